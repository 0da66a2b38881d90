"""Web archives: pages and megabytes a second, and peak memory, of `clew ingest` on a WARC file.

The archive is made here (seeded, harmless words): sites of a few operators, each page 20 to 120 kB of HTML as content
systems write it (menus, classes, inline scripts and styles), with photographs, style sheets and scripts between, one
gzip member a record. Sizes are of the content, unpacked, and of the file. `python -m benchmarks.sites [--mb 200]`
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.ingest import _peak_mb
from clew.ingest.formats.warc import example_record
from clew.ingest.stage import IngestOptions, ingest_files

_WORDS = """
work abroad house garden kitchen season harvest driver nurse office contract travel monthly weekly training team city
help people family service company agency offer reply today week client market food clean build care hotel farm plant
zomer werk chauffeur wonen kamer Küche Straße été maison работа сезон дом město práce łąka ogród
""".split()  # noqa: SIM905


def _text(rng: np.random.Generator, words: int) -> str:
    return " ".join(np.array(_WORDS)[rng.integers(0, len(_WORDS), words)])


def page(rng: np.random.Generator, site: int, number: int) -> str:
    """One page of a site."""
    operator = site % 40
    menu = "".join(
        f'<li id="menu-item-{n}" class="menu-item menu-item-type-post menu-item-{n}"><a href="/p{n}">'
        f"{_text(rng, 2)}</a></li>"
        for n in range(20)
    )
    blocks = "".join(
        f'<div class="elementor-section elementor-section-{k} col-md-6" data-id="{rng.integers(1 << 30):x}" '
        f'data-settings=\'{{"background":"classic","n":{k}}}\'><div class="elementor-widget-wrap"><h2 class="title">'
        f'{_text(rng, 4)}</h2><p>{_text(rng, 60)} <strong>{_text(rng, 2)}</strong></p><p><a class="btn" href="/p{k}">'
        f'<span class="icon"></span>{_text(rng, 3)}</a></p>'
        f'<img class="lazy" alt="" src="/i/{site}-{(number + k) % 9}.jpg">'
        f"</div></div>"
        for k in range(int(rng.integers(8, 40)))
    )
    script = "window.dataLayer=window.dataLayer||[];" + "".join(
        f"function f{k}(a,b){{if(a<b){{return a*{k}+b;}}return '{k}';}}" for k in range(int(rng.integers(50, 400)))
    )
    style = "".join(f".c{k}{{color:#{k:06x};margin:{k}px}}" for k in range(int(rng.integers(50, 500))))
    job = {
        "@type": "JobPosting",
        "title": _text(rng, 3),
        "description": f"<p>{_text(rng, 50)}</p>",
        "identifier": number,
    }
    return (
        f'<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8"><title>{_text(rng, 5)}</title>'
        f'<link rel="icon" href="/favicon.ico"><style>{style}</style><script>{script}</script>'
        f"<script>(function(){{s.src='https://embed.tawk.to/{operator:024x}/default';}})();"
        f"gtag('config', 'G-AB{operator:08d}');</script>"
        + (f'<script type="application/ld+json">{json.dumps(job)}</script>' if number % 10 == 0 else "")
        + f'</head><body class="page-id-{number}"><nav class="main-nav"><ul>{menu}</ul></nav><main><article><h1>'
        f"{_text(rng, 5)}</h1>{blocks}</article></main><footer><p>Tel "
        f'<a href="tel:+3161{site:07d}">+31 6 1{site:07d}</a></p></footer></body></html>'
    )


def photograph(rng: np.random.Generator) -> bytes:
    """A JPEG of coarse noise."""
    coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8)).resize((800, 600), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    coarse.save(out, "JPEG", quality=80)
    return out.getvalue()


def archive(megabytes: int, seed: int = 1) -> Iterator[bytes]:
    """Records until their content, unpacked, has the size."""
    rng = np.random.default_rng(seed)
    size, number = 0, 0
    while size < megabytes * 1e6:
        site, place = divmod(number, 50)
        host = f"https://www.site{site}.example"
        if place == 0:
            files = [(f"/i/{site}-{n}.jpg", "image/jpeg", photograph(rng)) for n in range(9)]
            files += [
                ("/favicon.ico", "image/png", photograph(rng)[:2_000]),
                ("/a.js", "text/javascript", b"f();" * 20_000),
            ]
        else:
            files = [(f"/p{number}", "text/html; charset=utf-8", page(rng, site, number).encode())]
        for path, kind, body in files:
            content = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            record = example_record("response", host + path, content)
            size += len(record)
            yield record
        number += 1


def write(path: Path, megabytes: int) -> dict[str, float]:
    """Save an archive, each record in a gzip member of its own."""
    unpacked = pages = 0
    with path.open("wb") as out:
        for record in archive(megabytes):
            unpacked += len(record)
            pages += b"text/html" in record[:400]
            out.write(gzip.compress(record, 6))
    return {"unpacked_mb": unpacked / 1e6, "file_mb": path.stat().st_size / 1e6, "pages": pages}


def _measured(path: Path, results: Any) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        wall, cpu = time.perf_counter(), time.process_time()
        result = ingest_files([path], IngestOptions("page", "bench"), [], Path(out))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    results.put(
        {"records": result.read, "rejected": result.rejected, "wall_s": wall, "cpu_s": cpu, "peak_mb": _peak_mb()}
    )


def measure(path: Path) -> dict[str, float]:
    """One ingest in a fresh process."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_measured, args=(path, results))
    process.start()
    row: dict[str, float] = results.get(timeout=1_800)
    process.join()
    return row


def main() -> None:
    """Make an archive, read it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mb", type=int, default=200, help="megabytes of content, unpacked")
    parser.add_argument("--folder", type=Path, help="where the archive is made (default: a temporary folder)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        path = Path(folder) / "sites.warc.gz"
        made = write(path, asked.mb)
        measure(path) if asked.mb <= 20 else None
        found = measure(path)
    for name, value in (made | found).items():
        print(f"{name:12} {value:12,.1f}")
    speed = made["unpacked_mb"] / found["wall_s"]
    print(f"{speed:.1f} MB of content a second; 1 GB of content takes {1_000 / speed:,.0f} s")


if __name__ == "__main__":
    main()
