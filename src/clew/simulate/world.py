"""Writes a simulated world with its truth into a folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clew.model.errors import InputError
from clew.model.files import check_new
from clew.simulate import scenes
from clew.simulate.banks import LANGUAGES
from clew.simulate.crew import written
from clew.simulate.knobs import KINDS
from clew.simulate.knobs import preset as knobs_of
from clew.simulate.money.files import write as write_money
from clew.simulate.money.knobs import Money
from clew.simulate.money.world import number_of
from clew.simulate.operations import world_seed
from clew.simulate.places import CITIES, CODES
from clew.simulate.recruitment.knobs import Recruiting
from clew.simulate.recruitment.write import Numbers
from clew.simulate.recruitment.write import write as write_recruitment
from clew.simulate.render import WORLD_START
from clew.simulate.sheet import Sheet, draw_sheet
from clew.simulate.truth import SCHEMAS

# What a world holds, and the kind of record in each file.
FILES = (
    ("ads.jsonl", "ad"),
    ("offers.jsonl", "job_ad"),
    ("sites.warc.gz", "page"),
    ("chats.jsonl", "message"),
    ("payments.jsonl", "payment"),
    ("crypto.jsonl", "payment"),
)
MOST_ADS = 20_000_000
_STREAMED = ("records", "phones", "mentions", "templates", "images")
_HOW = np.array(["edit", "repost", "tour"])


@dataclass(frozen=True)
class WorldSummary:
    """What was written.

    Attributes:
        folder: where.
        ads: rows of ads.jsonl, later versions among them.
        items: adverts apart from versions.
        operations: how many.
        exploited: how many of them exploit.
        by_kind: adverts by kind of operation.
        images: files drawn.
        movements: moves of a person to another city.
        offers: rows of offers.jsonl.
        sites: sites in sites.warc.gz, each of some pages.
        conversations: chats.
        messages: rows of chats.jsonl.
        payments: rows of payments.jsonl and crypto.jsonl.
    """

    folder: Path
    ads: int
    items: int
    operations: int
    exploited: int
    by_kind: dict[str, int]
    images: int
    movements: int
    offers: int
    sites: int
    conversations: int
    messages: int
    payments: int


def _silent(share: float) -> None:
    """Report no progress."""


def simulate(
    out: Path,
    ads: int,
    seed: int = 7,
    *,
    preset: str = "mixed",
    images: int = 200,
    offers: int | None = None,
    sites: int | None = None,
    conversations: int | None = None,
    payments: int | None = None,
    banks: Path | None = None,
    progress: Callable[[float], None] = _silent,
    processes: int = 2,
) -> WorldSummary:
    """Write a world: ``ads.jsonl``, ``images/``, ``truth/``, and offers, sites, chats and payments.

    The same arguments give the same bytes; the adverts do not hang on what is said of the rest.

    Args:
        out: folder to make; it may exist if it is empty.
        ads: rows of ``ads.jsonl``.
        seed: worlds of different seeds share nothing.
        preset: a key of `PRESETS`.
        images: how many picture files are drawn at most; all other pictures are hashes.
        offers, sites, conversations: how many; in proportion to the adverts if None, and none with 0.
        payments: how many; in proportion to the adverts if None, and none with 0. Nothing else hangs on them.
        banks: folder of other sentences for chats and offers (``talk/en.txt`` ...); Clew's own if None.
        progress: told the share that is done, from 0 to 1.
        processes: helpers that write texts; the result does not depend on it.

    Raises:
        InputError: when a value cannot be used or the folder is not empty.
    """
    knobs = knobs_of(preset)
    if not 10 <= ads <= MOST_ADS:
        raise InputError(f"A world has from 10 to {MOST_ADS:,} adverts, not {ads:,}.", "Give another --ads.")
    if not 0 <= images <= 100_000:
        raise InputError(f"{images:,} pictures cannot be drawn.", "Give from 0 to 100,000.")
    around = Recruiting()
    numbers, money = Numbers.of(ads, around, (offers, sites, conversations)), Money()
    paid = number_of(ads, money, payments)
    check_new(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    # The process id keeps two runs apart; what a killed run leaves is hidden, and the next to this folder removes it.
    part = out.parent / f".{out.name}.part-{os.getpid()}"
    _remove_old(out)
    try:
        part.mkdir()
        own_seed = world_seed(ads, seed, preset)
        sheet = draw_sheet(ads, knobs, own_seed)
        progress(0.1)
        summary = _write(part, sheet, own_seed, images, progress, processes)
        made, outfits = write_recruitment(part, sheet, numbers, own_seed, around, banks)
        paid = write_money(part, sheet, outfits, paid, own_seed, money)
        given = {"ads": ads, "seed": seed, "preset": preset, "images": images, **asdict(numbers), "payments": paid}
        _parameters(part, given | {"knobs": asdict(knobs), "recruitment": asdict(around), "money": asdict(money)})
        if out.exists():
            out.rmdir()
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    progress(1.0)
    return WorldSummary(out, *summary, *made, paid)


def _remove_old(out: Path) -> None:
    """Remove parts of runs to this folder whose process is gone."""
    for old in out.parent.glob(f".{out.name}.part-*"):
        number = old.name.rpartition("-")[2]
        if number.isdigit() and not _alive(int(number)):
            shutil.rmtree(old, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(
    part: Path, sheet: Sheet, seed: int, images: int, progress: Callable[[float], None], processes: int
) -> tuple[int, int, int, int, dict[str, int], int, int]:
    """Write the adverts; returns the fields of the summary about them."""
    truth = part / "truth"
    truth.mkdir()
    drawn = scenes.chosen(sheet.pictures, images)
    scenes.draw_all(part, seed, drawn)
    done = 0
    with ExitStack() as stack:
        file = stack.enter_context((part / "ads.jsonl").open("wb"))
        writers = {
            name: stack.enter_context(pq.ParquetWriter(truth / f"{name}.parquet", SCHEMAS[name], compression="zstd"))
            for name in _STREAMED
        }
        held: dict[str, list[pa.RecordBatch]] = {name: [] for name in _STREAMED}
        for lines, tables in written(sheet, seed, drawn, processes):
            file.write(lines)
            for name, batch in tables.items():
                held[name].append(batch)
                if len(held[name]) == 16:
                    writers[name].write_table(pa.Table.from_batches(held[name]), row_group_size=1 << 20)
                    held[name].clear()
            done += tables["records"].num_rows
            progress(0.1 + 0.85 * done / sheet.count)
        for name, batches in held.items():
            if batches:
                writers[name].write_table(pa.Table.from_batches(batches), row_group_size=1 << 20)
    pq.write_table(_movements(sheet), truth / "movements.parquet", compression="zstd")
    pq.write_table(_operations(sheet), truth / "operations.parquet", compression="zstd")
    counts = np.bincount(sheet.table["kind"], minlength=len(KINDS))
    return (
        sheet.count,
        int((sheet.table["version"] == 1).sum()),
        sheet.operations.count,
        int(sheet.operations.exploited.sum()),
        dict(zip(KINDS, counts.tolist(), strict=True)),
        sum(map(len, drawn.values())),
        int(sheet.movements["row"].size),
    )


def _prefixed(prefix: str, numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    return pa.array([f"{prefix}{number}" for number in numbers.tolist()], pa.string())


def _movements(sheet: Sheet) -> pa.Table:
    """Movements in order of time."""
    moves = sheet.movements
    order = np.lexsort((moves["row"], moves["at"]))
    op, person = moves["operation"][order], moves["person"][order]
    cities = pa.array(CITIES)
    columns = [
        _prefixed("op-", op),
        pa.array([f"op-{o}-{p}" for o, p in zip(op.tolist(), person.tolist(), strict=True)], pa.string()),
        cities.take(pa.array(moves["from"][order])),
        cities.take(pa.array(moves["to"][order])),
        pa.array(WORLD_START + moves["at"][order].astype("timedelta64[s]")).cast(pa.timestamp("us", tz="UTC")),
        pa.array(_HOW[moves["how"][order]].tolist(), pa.string()),
    ]
    return pa.table(columns, schema=SCHEMAS["movements"])


def _operations(sheet: Sheet) -> pa.Table:
    """Operations by number."""
    operations = sheet.operations
    city = np.unique(sheet.table["op"].astype(np.int64) * 65_536 + sheet.table["city"].astype(np.int64)) >> 16
    names = {"kind": KINDS, "country": CODES, "language": LANGUAGES}
    words = {name: pa.array(options).take(pa.array(getattr(operations, name))) for name, options in names.items()}
    columns = {
        "operation": _prefixed("op-", np.arange(operations.count)),
        "kind": words["kind"],
        "exploitation": pa.array(operations.exploited),
        "people": pa.array(operations.people.astype(np.int32)),
        "ads": pa.array(operations.ads),
        "cities": pa.array(np.bincount(city, minlength=operations.count).astype(np.int32)),
        "country": words["country"],
        "language": words["language"],
        "tours": pa.array(operations.tours),
    }
    return pa.table([columns[name] for name in SCHEMAS["operations"].names], schema=SCHEMAS["operations"])


def _parameters(part: Path, given: dict[str, object]) -> None:
    """What the world was made with."""
    text = json.dumps(given, indent=1, sort_keys=True, ensure_ascii=False)
    (part / "truth" / "parameters.json").write_text(text + "\n", "utf-8")
