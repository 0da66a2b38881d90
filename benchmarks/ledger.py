"""The ledger: entries a second with one writer and with eight, with and without killing them; checking all of it.

Each writer is a process of its own and each entry a transaction of its own, on the disk before it counts. With kills,
writers are killed at random (SIGKILL) and started again; every entry that was acknowledged must be there afterwards,
and the ledger whole. On SQLite, and on a PostgreSQL of the benchmark's own that writes as safely as one in earnest.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from tests.servers import Postgresql

from clew.access.roles import alone
from clew.database.base import METADATA, open_database, write
from clew.ledger import log, merkle
from clew.ledger.check import check
from clew.ledger.entry import Deed, entry_of

WRITER = Path(__file__).parent.parent / "tests" / "ledger" / "writers.py"


@contextmanager
def database(kind: str) -> Iterator[tuple[Path, sa.Engine]]:
    """A workspace's folder with a fresh database."""
    os.environ.pop("CLEW_DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="clew-bench-") as folder:
        server = Postgresql(durable=True) if kind == "PostgreSQL" else None
        if server:
            os.environ["CLEW_DATABASE_URL"] = server.url(server.new())
        db = open_database(Path(folder))
        try:
            yield Path(folder), db
        finally:
            db.dispose()
            os.environ.pop("CLEW_DATABASE_URL", None)
            if server:
                server.stop()


class Writer(threading.Thread):
    """Runs a writer for some seconds, killing and restarting it where asked; notes what was acknowledged."""

    def __init__(self, folder: Path, name: str, start: threading.Barrier, until: list[float], kills: bool) -> None:
        super().__init__()
        self.folder, self.writer, self.begin, self.until, self.kills = folder, name, start, until, kills
        self.told: list[tuple[int, int]] = []
        self.killed = 0

    def run(self) -> None:
        chance = random.Random(self.writer)
        first = True
        while first or time.monotonic() < self.until[0]:
            command = [sys.executable, str(WRITER), str(self.folder), self.writer, "1000000"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                process.stdout.readline()
                if first:
                    self.begin.wait()
                    first = False
                left = max(self.until[0] - time.monotonic(), 0.0)
                killer = threading.Timer(min(chance.uniform(0.2, 2.0), left) if self.kills else left, process.kill)
                killer.start()
                self.told += [(int(seq), int(nth)) for seq, nth in map(str.split, whole(process.stdout))]
                self.killed += 1


def whole(lines: Iterator[str]) -> Iterator[str]:
    """Lines without the one that was cut off."""
    return (line for line in lines if line.endswith("\n"))


def appending(kind: str, writers: int, seconds: float, kills: bool) -> None:
    """One row of the table."""
    with database(kind) as (folder, db):
        until = [0.0]
        barrier = threading.Barrier(writers, lambda: until.__setitem__(0, time.monotonic() + seconds))
        threads = [Writer(folder, f"w{n}", barrier, until, kills) for n in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(1.0)  # the server ends what the killed left open
        found = check(db)
        with db.connect() as connection:
            held = {entry.seq: (entry.who, entry.facts()["nth"]) for entry in log.entries(connection)}
    told = [(seq, (thread.writer, nth)) for thread in threads for seq, nth in thread.told]
    lost = sum(held.get(seq) != what for seq, what in told)
    killed = sum(thread.killed for thread in threads) if kills else 0
    state = "whole" if found.whole else "; ".join(found.faults)
    print(
        f"{kind:<11}{writers:>8}{killed:>7}{len(told):>14,}{len(told) / seconds:>10,.0f}{lost:>7}  {state}", flush=True
    )
    if lost or not found.whole:
        raise SystemExit("An acknowledged entry was lost, or the ledger is torn.")


def fill(db: sa.Engine, count: int) -> None:
    """Entries as `append` writes them, many in one transaction."""
    actor, frontier, batch = alone("ann", "command line"), list[bytes](), 20_000
    tables = [METADATA.tables[name] for name in ("ledger_entries", "ledger_nodes", "ledger_size")]
    for low in range(0, count, batch):
        rows, nodes = [], []
        for seq in range(low, min(low + batch, count)):
            deed = Deed("view", f"network N{seq % 997:06x}", {"records": [f"{seq:032x}"]}, {"why": "a benchmark"})
            entry = entry_of(seq, "2026-11-26T10:00:00+00:00", actor.name, actor.via, None, deed)
            made, frontier = merkle.grow(seq, frontier, merkle.leaf_hash(entry.leaf()))
            rows.append(vars(entry))
            nodes += [{"level": level, "nth": nth, "hash": digest.hex()} for level, nth, digest in made]
        joined = " ".join(digest.hex() for digest in frontier)
        with write(db) as connection:
            connection.execute(tables[0].insert(), rows)
            connection.execute(tables[1].insert(), nodes)
            connection.execute(tables[2].update().values(size=rows[-1]["seq"] + 1, frontier=joined))


def checking(kind: str, count: int) -> None:
    """How long a check takes, a proof, and a search for words."""
    with database(kind) as (_, db):
        fill(db, count)
        started, used = time.perf_counter(), time.process_time()
        found = check(db)
        took, used = time.perf_counter() - started, time.process_time() - used
        with db.connect() as connection:
            started = time.perf_counter()
            for seq in range(100):
                log.inclusion(connection, seq * count // 100, count)
            proof = (time.perf_counter() - started) / 100
            started = time.perf_counter()
            _, fit = log.search(connection, log.Wanted(text="N0003e4"))
            sought = time.perf_counter() - started
    state = "whole" if found.whole else "; ".join(found.faults)
    print(f"{kind:<11}{count:>11,} entries checked in {took:.1f} s ({used:.1f} s CPU): {state}", flush=True)
    print(f"{'':11} a proof {proof * 1e3:.1f} ms; words found in {fit:,} entries {sought:.1f} s", flush=True)
    if not found.whole:
        raise SystemExit("The ledger is not whole.")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each row")
    parser.add_argument("--entries", type=int, default=1_000_000, help="that are checked")
    given = parser.parse_args()
    print(f"{'database':<11}{'writers':>8}{'kills':>7}{'acknowledged':>14}{'per s':>10}{'lost':>7}  ledger")
    for kind in ("SQLite", "PostgreSQL"):
        for writers, kills in ((1, False), (8, False), (8, True)):
            appending(kind, writers, given.seconds, kills)
    for kind in ("SQLite", "PostgreSQL"):
        checking(kind, given.entries)


if __name__ == "__main__":
    main()
