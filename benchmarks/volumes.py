"""Each kind of record alone, from file to leads: a million adverts, offers, messages and payments, a WARC of 1 GB.

    python -m benchmarks.volumes [KIND …] [--share 1.0] [--seed 31] [--keep FOLDER]

Each command runs as a process of its own, as a user would run it; times are wall-clock, peaks of the largest process.
Aims: messages 60 s, payments 30 s, the WARC 5 minutes, job offers as fast as adverts: name both, more than once, since
machines are slower in one minute than in the next (``ad job_ad ad job_ad``).
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks.pipeline import clew

_CHUNK = 1 << 24


class Volume(NamedTuple):
    """What is simulated for a kind.

    Attributes:
        option: of ``clew simulate``.
        count: how many make a million records, or a gigabyte.
        file: that is written.
    """

    option: str
    count: int
    file: str


VOLUMES = {  # by the kind that `clew ingest` is told
    "ad": Volume("ads", 1_000_000, "ads.jsonl"),
    "message": Volume("conversations", 49_000, "chats.jsonl"),
    "job_ad": Volume("offers", 1_000_000, "offers.jsonl"),
    "payment": Volume("payments", 1_000_000, "payments.jsonl"),
    "page": Volume("sites", 150_000, "sites.warc.gz"),
}
OPTIONS = {volume.option for volume in VOLUMES.values()}


def simulate(volume: Volume, share: float, seed: int, out: Path) -> None:
    """Write a world that holds that kind and a few adverts."""
    counts = dict.fromkeys(OPTIONS, 0) | {"ads": 1000, volume.option: round(volume.count * share)}
    words = [word for option, count in counts.items() for word in (f"--{option}", str(count))]
    clew("simulate", str(out), "--images", "0", "--seed", str(seed), *words)


def size(file: Path) -> str:
    """Megabytes of a file, as it is and unpacked."""
    held = file.stat().st_size / 1e6
    if file.suffix != ".gz":
        return f"{held:,.0f} MB"
    unpacked = 0
    with gzip.open(file) as content:
        while part := content.read(_CHUNK):
            unpacked += len(part)
    return f"{unpacked / 1e6:,.0f} MB, packed {held:,.0f}"


def measure(name: str, file: Path, place: Path) -> None:
    """Print what one kind costs."""
    workspace = str(place)
    clew("init", workspace)
    read = clew("ingest", str(file), "--kind", name, "--source", "bench", "-w", workspace)
    run = clew("run", "-w", workspace)
    print(
        f"{name:8} {size(file):>28}: ingest {read.seconds:6.1f} s, run {run.seconds:6.1f} s, "
        f"together {read.seconds + run.seconds:6.1f} s, {max(read.gigabytes, run.gigabytes):.2f} GB",
        flush=True,
    )


def main() -> None:
    """Simulate, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[*VOLUMES, []], default=[])
    parser.add_argument("--share", type=float, default=1.0, help="of a million, or of a gigabyte")
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--keep", type=Path, help="keep worlds there, and take those that are there")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="clew-volumes-"))
    for name in given.kinds or VOLUMES:
        world, place = folder / f"world-{name}-{given.share}-{given.seed}", folder / f"work-{name}"
        file = world / VOLUMES[name].file
        if not file.exists():
            simulate(VOLUMES[name], given.share, given.seed, world)
        shutil.rmtree(place, ignore_errors=True)
        measure(name, file, place)
        shutil.rmtree(place)
    if not given.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
