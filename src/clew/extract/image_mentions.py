"""Mentions of the pictures that records show: hashes as the source gives them, or of files beside the source.

The span of such a mention counts in the texts of the column ``images`` joined by line breaks. A file is looked for
under the folder of the file that its record came from, and nowhere else; what cannot be read is counted, never fatal.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract.base import Ints, constant
from clew.extract.image import ImageFacts, hash_references, pdq_values
from clew.model.tables import MENTIONS

VERSION = "1"
_NAME = "image"
_FIELD = "images"
_USABLE = 50  # PDQ quality below which a hash says nothing
_WEB = r"(?i)^\s*(?:[a-z][a-z0-9+.-]{1,9}:)?//"
_NOT_FETCHED = "a web address; pictures are not downloaded"
_MISSING = "no such file"
_OUTSIDE = "outside the folder of the source"

Row = tuple[str, str]  # type and value of a mention


@dataclass
class ImageReport:
    """What became of the files that records refer to: ``read``, and how many were ``unread`` for which reason."""

    read: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, other: ImageReport) -> None:
        """Count the files of another report too."""
        self.read += other.read
        self.unread.update(other.unread)


def image_mentions(records: pa.RecordBatch, threads: int = 1) -> tuple[pa.Table, ImageReport]:
    """Mentions of types image, exif_place and device for the column ``images``.

    Args:
        records: with the columns rid, images and file.
        threads: files decoded at a time.

    Returns:
        Rows of MENTIONS in the order of the records, and what became of the files.
    """
    lists = records.column(_FIELD)
    texts = lists.flatten()
    if not len(texts):
        return MENTIONS.empty_table(), ImageReport()
    row = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    start = _starts(texts, row)
    hashes = pdq_values(texts)
    hashed = np.flatnonzero(hashes.is_valid().to_numpy(zero_copy_only=False))
    rid = records.column("rid")
    found = [_table(rid, texts, row, start, hashed, constant(_NAME, len(hashed)), hashes.take(pa.array(hashed)))]
    report = ImageReport()
    if len(hashed) < len(texts):
        others = np.flatnonzero(hashes.is_null().to_numpy(zero_copy_only=False))
        files = records.column("file").take(pa.array(row[others]))
        at, rows = _of_files(texts.take(pa.array(others)), files, threads, report)
        where = others[np.array(at, np.int64)]
        kinds, values = (pa.array([r[i] for r in rows], pa.string()) for i in (0, 1))
        found.append(_table(rid, texts, row, start, where, kinds, values))
    return pa.concat_tables(found).unify_dictionaries(), report


def _starts(texts: pa.Array, row: Ints) -> Ints:
    """Where each text begins in the texts of its list, joined by line breaks."""
    lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    begin = np.cumsum(lengths) - lengths
    first = np.searchsorted(row, row)  # the first text of the same list
    starts: Ints = begin - begin[first]
    return starts


def _table(
    rid: pa.Array, texts: pa.Array, row: Ints, start: Ints, at: Ints, kind: pa.Array, value: pa.Array
) -> pa.Table:
    """Mentions of the texts at some positions."""
    raw = texts.take(pa.array(at))
    lengths = pc.utf8_length(raw).to_numpy(zero_copy_only=False).astype(np.int64)
    k = len(at)
    columns = {
        "rid": rid.take(pa.array(row[at])),
        "type": kind if pa.types.is_dictionary(kind.type) else kind.dictionary_encode(),
        "value": value,
        "raw": raw,
        "field": constant(_FIELD, k),
        "start": pa.array(start[at].astype(np.int32)),
        "end": pa.array((start[at] + lengths).astype(np.int32)),
        "obscured": pa.array(np.zeros(k, np.bool_)),
        "extractor": constant(_NAME, k),
        "version": constant(VERSION, k),
        "odds": pa.nulls(k, pa.float32()),
    }
    return pa.table(columns).cast(MENTIONS)


def _of_files(texts: pa.Array, files: pa.Array, threads: int, report: ImageReport) -> tuple[list[int], list[Row]]:
    """Mentions that files give: which of the texts each is of, and the mention."""
    web = pc.fill_null(pc.match_substring_regex(texts, _WEB), True)
    fetched = int(pc.sum(web).as_py())
    if fetched:
        report.unread[_NOT_FETCHED] += fetched
    pairs = pa.StructArray.from_arrays([files, texts], ["file", "ref"]).to_pylist()
    wanted: dict[str, dict[str, list[int]]] = {}
    for at, (pair, skip) in enumerate(zip(pairs, web.to_pylist(), strict=True)):
        if not skip:
            folder = _folder(pair["file"])
            wanted.setdefault(folder, {}).setdefault(pair["ref"], []).append(at)
    found: list[tuple[int, Row]] = []
    for folder, refs in wanted.items():
        for ref, facts in _read(folder, refs, threads):
            if isinstance(facts, str):
                report.unread[facts] += len(refs[ref])
            else:
                report.read += len(refs[ref])
                found += [(at, mention) for at in refs[ref] for mention in _mentions(facts)]
    found.sort()
    return [at for at, _ in found], [mention for _, mention in found]


def _read(folder: str, refs: Iterable[str], threads: int) -> Iterator[tuple[str, ImageFacts | str]]:
    """The facts of each reference, or why there are none; files that are not there cost next to nothing."""
    there = []
    for ref in refs:
        name, names = _names_beside(folder, ref)
        if names is not None and name in names:
            there.append(ref)
        else:
            yield ref, _OUTSIDE if names is None else _MISSING
    if there:
        facts = hash_references(there, Path(folder), threads)
        for ref in there:
            known = facts[ref]  # a reason begins with the file's name: without it reasons can be counted
            yield ref, known.removeprefix(f"{Path(ref).name}: ").rstrip(".") if isinstance(known, str) else known


@lru_cache(maxsize=1 << 12)
def _folder(file: str) -> str:
    return str(Path(file).parent)


def _names_beside(folder: str, ref: str) -> tuple[str, frozenset[str] | None]:
    """The name of a file, and all names in its folder; None for a folder outside the record's."""
    inner, _, name = ref.strip().replace("\\", "/").rpartition("/")
    root = os.path.abspath(folder)  # noqa: PTH100 - as written, without following links
    beside = os.path.normpath(os.path.join(root, inner))  # noqa: PTH118
    inside = beside == root or beside.startswith(root.rstrip("/") + "/")
    return name, _listing(beside) if inside else None


@lru_cache(maxsize=256)
def _listing(folder: str) -> frozenset[str]:
    """The names in a folder; none if it cannot be read. What may be opened is judged later, links followed."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208
    except (OSError, ValueError):
        return frozenset()


def forget_folders() -> None:
    """Look into folders again: files may have come since."""
    _listing.cache_clear()


def _mentions(facts: ImageFacts) -> list[Row]:
    """What a picture says, as mentions."""
    rows = [("image", facts.pdq)] if facts.quality >= _USABLE else []
    if facts.place is not None:
        rows.append(("exif_place", f"{facts.place[0]:.5f},{facts.place[1]:.5f}"))
    device = " ".join(part for part in (facts.make, facts.model) if part)
    if device:
        rows.append(("device", f"{device} #{facts.serial}" if facts.serial else device))
    return rows
