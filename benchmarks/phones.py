"""Phones: recall on the held-out obfuscations, false alarms on texts without a phone, recall on a world, speed.

Prints totals, and totals per style and language; never a held-out line (see benchmarks/heldout/README.md). Times are of
the processor (user and system) over both threads. `python -m benchmarks.phones [--world FOLDER] [--show N]`
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import orjson
import phonenumbers
import pyarrow as pa
import pyarrow.parquet as pq

from clew.extract.base import FIELDS, TextBatch, batch_of_texts, text_batch
from clew.extract.phone import PLUGIN
from clew.extract.region import regions

HELDOUT = Path(__file__).parent / "heldout"
SHARED = Path(__file__).parents[2] / "shared" / "data"
BATCH = 16_384
THREADS = 2

# An advert without obfuscation, for speed; {} is the number. About 450 characters when filled.
_ADVERT = (
    "Hello, my name is {name} and I am new in {city}. I offer a relaxing massage in a clean and quiet apartment near"
    " the centre, with parking in front of the door. Open every day from 10:00 to 22:00, also at weekends. Prices: 30"
    " minutes {price} euro, one hour {hour} euro, outcall after agreement. No hidden numbers please, be polite."
    " I speak English, a little German and Spanish. Call or send a message: {phone}. See you soon, kisses {name} xx"
)


def found_in(texts: Sequence[str], regions: Sequence[str] = ()) -> list[list[str]]:
    """The phones of each text, by the extractor."""
    found: list[list[str]] = [[] for _ in texts]
    for first in range(0, len(texts), BATCH):
        part = slice(first, first + BATCH)
        rows = PLUGIN.find(batch_of_texts(texts[part], regions[part]))
        for rid, value in zip(rows["rid"].to_pylist(), rows["value"].to_pylist(), strict=True):
            found[first + rid].append(value)
    return found


def _matcher(text: str, region: str) -> list[str]:
    """The phones of a text, by the matcher of libphonenumber."""
    hits = phonenumbers.PhoneNumberMatcher(text, region or None)
    return [phonenumbers.format_number(h.number, phonenumbers.PhoneNumberFormat.E164) for h in hits]


def _heldout(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (HELDOUT / name).read_text("utf-8").splitlines()]


def _shares(title: str, keys: Sequence[str], hits: Sequence[int], sizes: Sequence[int]) -> None:
    total, got = Counter(), Counter()
    for key, hit, size in zip(keys, hits, sizes, strict=True):
        total[key] += size
        got[key] += hit
    print(f"  by {title}: " + ", ".join(f"{k} {got[k]}/{total[k]}" for k in sorted(total)))


def heldout() -> None:
    """Recall on hidden phones and false alarms on hard texts without one."""
    rows = _heldout("phones.jsonl")
    texts, regions = [str(r["text"]) for r in rows], [str(r["region"]) for r in rows]
    truth = [set(map(str, r["phones"])) for r in rows]  # type: ignore[call-overload]
    sizes = [len(t) for t in truth]
    for label, home in (("region known", regions), ("region unknown", [""] * len(rows))):
        found = found_in(texts, home)
        hits = [len(t & set(f)) for t, f in zip(truth, found, strict=True)]
        wrong = sum(len(set(f) - t) for t, f in zip(truth, found, strict=True))
        valid = [k for k, r in enumerate(rows) if not r["reserved"]]
        print(f"held-out phones, {label}: recall {sum(hits)}/{sum(sizes)} = {sum(hits) / sum(sizes):.3f}, "
              f"wrong {wrong}; real {sum(hits[k] for k in valid)}/{sum(sizes[k] for k in valid)}")  # fmt: skip
        for key in ("style", "lang"):
            _shares(key, [str(r[key]) for r in rows], hits, sizes)
    peer = [len(t & set(_matcher(x, g))) for t, x, g in zip(truth, texts, regions, strict=True)]
    print(f"  PhoneNumberMatcher: {sum(peer)}/{sum(sizes)} = {sum(peer) / sum(sizes):.3f}")
    rows = _heldout("no_phones.jsonl")
    texts, regions = [str(r["text"]) for r in rows], [str(r["region"]) for r in rows]
    alarms = [int(bool(f)) for f in found_in(texts, regions)]
    print(f"held-out hard texts without a phone: {sum(alarms)}/{len(alarms)} give one")
    for key in ("style", "lang"):
        _shares(key, [str(r[key]) for r in rows], alarms, [1] * len(rows))
    print(f"  PhoneNumberMatcher: {sum(bool(_matcher(x, g)) for x, g in zip(texts, regions, strict=True))}/{len(rows)}")


@cache
def _dumpavail() -> str:
    command = ["apt-cache", "dumpavail"]
    return subprocess.run(command, capture_output=True, text=True, check=False, errors="replace").stdout


def debian(most: int = 100_000) -> list[str]:
    """Package descriptions: natural texts full of names, versions and standards, without phones."""
    out = subprocess.run(
        ["apt-cache", "dumpavail"], capture_output=True, text=True, check=False, errors="replace"
    ).stdout
    texts = re.findall(r"^Description(?:-en)?: (.*(?:\n .*)*)", out, re.MULTILINE)
    return texts[:most]


def control_records(most: int = 20_000) -> list[str]:
    """Whole package records: version numbers, file names, sizes and digests. Not natural text; the hardest digits."""
    out = subprocess.run(
        ["apt-cache", "dumpavail"], capture_output=True, text=True, check=False, errors="replace"
    ).stdout
    return out.split("\n\n")[:most]


def job_ads() -> list[str]:
    """Real job offers, where present."""
    path = SHARED / "emscad_job_ads.csv"
    if not path.exists():
        return []
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return ["\n".join(v for v in row.values() if isinstance(v, str)) for row in csv.DictReader(file)]


def ham() -> list[str]:
    """Real private messages, where present."""
    path = SHARED / "sms_spam_collection.tsv"
    if not path.exists():
        return []
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return [line.split("\t", 1)[1] for line in lines if line.startswith("ham\t")]


def natural(show: int) -> None:
    """How many natural texts give a phone; hits are shown, since some are real."""
    for name, texts in (
        ("Debian descriptions", debian()),
        ("Debian control records", control_records()),
        ("SMS ham", ham()),
        ("job ads", job_ads()),
    ):
        if not texts:
            print(f"{name}: not on this machine")
            continue
        rows = [(k, m) for k, t in enumerate(_rows(texts)) for m in t]
        hits = len({k for k, _ in rows})
        print(f"{name}: {hits} of {len(texts)} texts give a phone ({100 * hits / len(texts):.3f} %)")
        for k, m in rows[:: max(1, len(rows) // show)] if show else []:
            around = texts[k][max(0, m["start"] - 40) : m["end"] + 20].replace("\n", " ")
            print(f"    {m['value']} {m['raw']!r} in {around!r}")


def _rows(texts: Sequence[str]) -> Iterable[list[dict[str, object]]]:
    for first in range(0, len(texts), BATCH):
        part = texts[first : first + BATCH]
        by: dict[int, list[dict[str, object]]] = defaultdict(list)
        for m in PLUGIN.find(batch_of_texts(part)).to_pylist():
            by[m["rid"]].append(m)
        yield from (by[k] for k in range(len(part)))


def _records(rows: Sequence[dict[str, object]]) -> pa.RecordBatch:
    """Adverts of a simulated world as the extract stage reads them."""
    n = len(rows)
    names = {"title": "title", "body": "body", "place": "city", "price": "price", "url": "url", "platform": "platform",
             "handle": "username"}  # fmt: skip
    columns: dict[str, pa.Array] = {
        c: pa.array([None if r.get(k) is None else str(r[k]) for r in rows], pa.string()) for c, k in names.items()
    }
    columns |= {name: pa.nulls(n, pa.string()) for name in FIELDS if name not in columns}
    columns["kind"] = columns["source"] = pa.array(["ad"] * n)
    columns["images"] = pa.nulls(n, pa.list_(pa.string()))
    columns["rid"] = pa.array(range(n), pa.uint64())
    return pa.RecordBatch.from_pydict(columns)


def world(folder: Path, show: int) -> None:
    """Recall, precision and right marks of obscured numbers on the adverts of a simulated world."""
    truth: dict[tuple[str, str, int], dict[str, tuple[bool, str]]] = defaultdict(dict)
    for t in pq.read_table(folder / "truth" / "phones.parquet").to_pylist():
        truth[t["platform"], t["native_id"], t["version"]][t["value"]] = (t["obscured"], t["style"])
    versions: Counter[tuple[str, str]] = Counter()
    right = wrong = marked = 0
    total: Counter[str] = Counter()
    got: Counter[str] = Counter()
    with (folder / "ads.jsonl").open("rb") as file:
        while lines := list(itertools.islice(file, BATCH)):
            rows = [orjson.loads(line) for line in lines]
            batch = _records(rows)
            found: dict[int, dict[str, dict[str, object]]] = defaultdict(dict)
            for m in PLUGIN.find(text_batch(batch, regions(batch))).to_pylist():
                found[m["rid"]][m["value"]] = m
            for k, row in enumerate(rows):
                key = (str(row["platform"]), str(row["id"]))
                versions[key] += 1
                expected = truth.get((*key, versions[key]), {})
                for value, (obscured, style) in expected.items():
                    total[style] += 1
                    got[style] += value in found[k]
                    marked += value in found[k] and found[k][value]["obscured"] == obscured
                    if value not in found[k] and show > 0:
                        show -= 1
                        print(f"    missed {value} ({style}) among {list(found[k])} in {row['body'][-160:]!r}")
                right += len(expected.keys() & found[k].keys())
                wrong += len(found[k].keys() - expected.keys())
                for value in found[k].keys() - expected.keys() if show > 0 else ():
                    show -= 1
                    print(
                        f"    wrong {value} {found[k][value]['raw']!r}, not {list(expected)}, in {row['body'][-160:]!r}"
                    )
    all_ = sum(total.values())
    print(f"world {folder.name}: recall {right}/{all_} = {right / all_:.4f}, precision {right / (right + wrong):.4f} "
          f"({wrong} wrong), obscured marked as in truth {marked / max(1, right):.4f}")  # fmt: skip
    print("  by style: " + ", ".join(f"{k} {got[k]}/{total[k]}" for k in sorted(total)))


def _adverts(n: int) -> list[str]:
    places = (
        "Utrecht",
        "Leeds",
        "Köln",
        "Lyon",
        "Sevilla",
        "Torino",
        "Porto",
        "Cluj",
        "Gdańsk",
        "Győr",
        "Варна",
        "Казань",
    )
    return [
        _ADVERT.format(name=f"Name{k % 97}", city=places[k % 12], price=60 + k % 40, hour=100 + k % 90,
                       phone=f"06-{k * 7919 % 100_000_000:08d}")
        for k in range(n)
    ]  # fmt: skip


def speed(n: int = 200_000) -> None:
    """Texts a second, ours and the matcher's, on adverts of about 450 characters."""
    texts = _adverts(n)
    batches: list[TextBatch] = [batch_of_texts(texts[k : k + BATCH], ["NL"] * len(texts[k : k + BATCH]))
                                for k in range(0, n, BATCH)]  # fmt: skip
    PLUGIN.find(batches[0])
    wall, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        found = sum(t.num_rows for t in pool.map(PLUGIN.find, batches))
    wall, used = time.perf_counter() - wall, time.process_time() - used
    few = texts[:1000]
    peer = time.process_time()
    others = sum(len(_matcher(t, "NL")) for t in few)
    peer = time.process_time() - peer
    ours = n * THREADS / used
    print(f"speed, {n} adverts of {sum(map(len, few)) // len(few)} characters, {THREADS} threads: {ours:,.0f} texts/s "
          f"of processor time ({n / wall:,.0f}/s by the clock), {found} phones")  # fmt: skip
    theirs = len(few) / peer
    print(f"  PhoneNumberMatcher, one thread, {len(few)} of them: {theirs:,.0f} texts/s, {others} phones; "
          f"{ours / THREADS / theirs:,.0f} times as fast a thread")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, help="folder of a simulated world")
    parser.add_argument("--show", type=int, default=0, help="hits to print of each natural corpus")
    parser.add_argument("--only", action="store_true", help="the world only")
    options = parser.parse_args()
    if options.world:
        world(options.world, options.show)
    if not options.only:
        heldout()
        natural(options.show)
        speed()


if __name__ == "__main__":
    sys.exit(main())
