"""All benchmarks, each in a process of its own: ``make bench``, or ``python -m benchmarks NAME…``."""

from __future__ import annotations

import subprocess
import sys
import time

# Quick ones first. Each prints a table of its own, with the peers beside.
ALL = {
    "phones": [],
    "images": [],
    "templates": [],
    "extract": [],
    "ingest": [],
    "sites": [],
    "networks": ["--heldout"],
    "joined": [],
    "offers": [],
    "stages": ["--worst", "0"],
    "bias": [],
    "leads": [],
    "graph": [],
    "workbench": [],
    "explore": [],
    "triage": [],
    "ledger": [],
    "volumes": ["message", "job_ad", "payment", "page"],  # adverts are the pipeline's
    "pipeline": ["--ads", "1000000"],
}


def main() -> None:
    """Run those named, or all."""
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        raise SystemExit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(ALL)}.")
    failed = []
    for name in names:
        print(f"\n== {name} ==", flush=True)
        started = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *ALL[name]], check=False).returncode:
            failed.append(name)
        print(f"({name}: {time.perf_counter() - started:.0f} s)", flush=True)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
