"""The workbench under load: the reading index, each page alone, and twenty users who click for a minute.

    python -m benchmarks.workbench [--workspace FOLDER] [--ads 20000] [--users 20] [--seconds 60]

The server is a process of its own, as a user starts it; times are those of the client, from asking to the last byte.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.pipeline import clew

ALONE = 60  # times each page is asked for, each time another one where there are so many


@dataclass
class Server:
    """A server over a workspace, and the last one-time link that it printed.

    Attributes:
        url: its address.
        printed: lines of its terminal.
    """

    url: str
    printed: queue.Queue[str]

    def enter(self) -> httpx.Client:
        """A browser that is signed in, with a purpose: it asks for a link, reads it in the terminal, follows it."""
        client = httpx.Client(base_url=self.url, timeout=60, headers={"origin": self.url})
        while True:
            try:
                link = re.search(rf"{self.url}/enter\?key=\S+", self.printed.get(timeout=0.2))
            except queue.Empty:
                client.post("/enter/link")
                time.sleep(0.2)
                continue
            if link:
                break
        for answer in (client.get(link[0]), client.post("/purpose", data={"why": "Benchmark of the workbench"})):
            if answer.status_code != 303:
                raise SystemExit(f"The workbench lets nobody in: {answer.status_code}")
        return client

    def another(self, client: httpx.Client) -> httpx.Client:
        """One more browser, by a link that the first one makes."""
        link = re.search(r"/enter\?key=[\w-]+", client.post("/enter/another").text)
        other = httpx.Client(base_url=self.url, timeout=60, headers={"origin": self.url})
        other.get(link[0] if link else "/")
        other.post("/purpose", data={"why": "Benchmark of the workbench"})
        return other


@contextmanager
def served(workspace: Path) -> Iterator[Server]:
    """A server over a workspace, when it is ready; prints how long that took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    words = [sys.executable, "-m", "clew", "serve", "-w", str(workspace), "--port", str(port), "--no-browser"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    printed: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [printed.put(line) for line in process.stdout or ()], daemon=True).start()
    try:
        while process.poll() is None:
            try:
                if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.05)
        print(
            f"  ready after {time.perf_counter() - started:.1f} s (with the index, where it was not there)", flush=True
        )
        yield Server(url, printed)
    finally:
        process.terminate()
        process.wait(20)


def targets(client: httpx.Client) -> dict[str, list[str]]:
    """Addresses of each page, found as a user finds them: by the lists of the API."""
    leads = client.get("/api/v1/leads", params={"limit": 200}).json()
    networks = [lead["network_id"] for lead in leads["items"]]
    random.Random(1).shuffle(networks)
    networks = networks[:ALONE]
    records, templates, phones = [], [], []
    for name in networks:
        page = client.get(f"/networks/{name}/records").text
        records += re.findall(r"/records/([0-9a-f]{32})", page)[:2]
    for name in records:
        found = client.get(f"/api/v1/records/{name}").json()
        templates += [found["template_id"]] if found["template_id"] else []
        phones += [m["value"] for m in found["mentions"] if m["type"] == "phone"][:1]
    tabs = ("", "/identities", "/roles", "/structure", "/locations", "/assets", "/records", "/links")
    found = {"/leads": ["/leads", "/leads?sort=size", "/leads?state=confirmed"]}
    found |= {f"/networks/N{tab}": [f"/networks/{name}{tab}" for name in networks] for tab in tabs}
    found |= {
        "/api/v1 graph": [f"/api/v1/networks/{name}/graph" for name in networks],
        "/api/v1 movements": [f"/api/v1/networks/{name}/movements" for name in networks],
        "/records/R": [f"/records/{name}" for name in records],
        "/templates/T": [f"/templates/{name}" for name in templates],
        "/search": [f"/search?q={value.replace('+', '%2B')}" for value in phones],
        "/overview": ["/overview"],
        "/sources": ["/sources"],
    }
    return {page: addresses for page, addresses in found.items() if addresses}


def asked(client: httpx.Client, address: str) -> tuple[float, bool]:
    """Milliseconds, and whether it answered."""
    started = time.perf_counter()
    try:
        answer = client.get(address)
        return (time.perf_counter() - started) * 1e3, answer.status_code == 200
    except httpx.HTTPError:
        return (time.perf_counter() - started) * 1e3, False


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def alone(client: httpx.Client, pages: dict[str, list[str]]) -> None:
    """Each page by one user."""
    for page, addresses in pages.items():
        asked(client, addresses[0])
        spent = [asked(client, addresses[at % len(addresses)]) for at in range(ALONE)]
        times = [ms for ms, _ in spent]
        wrong = sum(not fine for _, fine in spent)
        said = f"{statistics.median(times):7.0f} ms median {percentile(times, 0.95):7.0f} ms at 95 %"
        print(f"  {page:<24}{said}{f'  {wrong} errors' if wrong else ''}", flush=True)


def crowd(server: Server, first: httpx.Client, pages: dict[str, list[str]], users: int, seconds: float) -> None:
    """Users who each open a page, look at it for a second, and open the next."""
    every = [address for addresses in pages.values() for address in addresses]
    spent: list[tuple[float, bool]] = []
    browsers = [server.another(first) for _ in range(users)]
    until = time.perf_counter() + seconds

    def user(number: int) -> None:
        choice = random.Random(number)
        with closing(browsers[number]) as client:
            while time.perf_counter() < until:
                spent.append(asked(client, choice.choice(every)))
                time.sleep(choice.uniform(0.5, 1.5))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [ms for ms, _ in spent]
    print(
        f"  {users} users for {seconds:.0f} s: {len(spent):,} pages, {sum(not fine for _, fine in spent)} errors, "
        f"{statistics.median(times):.0f} ms median, {percentile(times, 0.95):.0f} ms at 95 %",
        flush=True,
    )


def main() -> None:
    """Measure a workspace that is there, or one made for it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--workspace", type=Path, help="one that was run; else a simulated one is made")
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-bench-") as folder:
        place = given.workspace
        if place is None:
            place = Path(folder) / "workspace"
            clew("simulate", f"{folder}/world", "--ads", str(given.ads), "--seed", "51")
            clew("init", str(place))
            clew("ingest", f"{folder}/world/ads.jsonl", "--source", "bench", "-w", str(place))
            clew("run", "-w", str(place))
        print(f"workbench over {place}", flush=True)
        with served(place) as server, closing(server.enter()) as client:
            pages = targets(client)
            alone(client, pages)
            crowd(server, client, pages, given.users, given.seconds)


if __name__ == "__main__":
    main()
