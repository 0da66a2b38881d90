"""Spans as they were written: letters keep their case and accents, digits and marks are as folded."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._kept import kept
from clew.extract.base import Ints, TextBatch, unique_spans
from clew.extract.fold import Folded, decode, fold_table
from clew.ingest.kernels import kernel


class _Letters(NamedTuple):
    """uint16[131072]: a letter's compatibility form in its own case, anything else as folded."""

    written: npt.NDArray[np.uint16]


@cache
def _letters() -> npt.NDArray[np.uint16]:
    return kept("letters", _Letters, ("_written.py", "fold.py"), _made).written


def _made() -> _Letters:
    table = fold_table().copy()
    for point in np.flatnonzero(table).tolist():
        letter = unicodedata.normalize("NFKC", chr(point))
        if len(letter) == 1 and ord(letter) <= 0xFFFF and unicodedata.category(letter)[0] == "L":
            table[point] = ord(letter)
    return _Letters(table)


@kernel
def _copy(sym, byte, width, data, offsets, table, record, begin, end, at, out, plain):  # type: ignore[no-untyped-def]
    for k in range(record.shape[0]):
        base, limit = offsets[record[k]], offsets[record[k] + 1]
        readable = True
        for i in range(begin[k], end[k]):
            where = base + byte[i]
            symbol = sym[i]
            if width[i] == 1:
                point, length = decode(data, where, limit)
                if point < table.shape[0] and table[point] != 0:
                    symbol = table[point]
                readable &= point < 0x80 or sym[i] >= 0x80 or symbol != sym[i]
                readable &= i + 1 >= end[k] or byte[i + 1] == byte[i] + length
            else:
                readable = False
            out[at[k] + i - begin[k]] = symbol
        plain[k] = readable


@kernel
def _plain(sym, char, width, byte, data, offsets, record, begin, end, plain):  # type: ignore[no-untyped-def]
    for k in range(record.shape[0]):
        readable = True
        for i in range(begin[k], end[k]):
            # a letter or digit of ASCII that stands for itself, or any other letter or sign
            own = data[offsets[record[k]] + byte[i]]
            digit = 48 <= sym[i] <= 57
            readable &= width[i] == 1 and (own < 0x80 or not digit)
            readable &= i + 1 >= end[k] or char[i + 1] == char[i] + 1
        plain[k] = readable


def plain(batch: TextBatch, record: Ints, begin: Ints, end: Ints) -> npt.NDArray[np.bool_]:
    """bool[k]: do the digits of each span stand in the text as ASCII, with nothing invisible in between?"""
    f, out = batch.folded, np.empty(len(begin), np.bool_)
    _plain(f.sym, f.char, f.width, f.byte, batch.data, batch.offsets, record, begin, end, out)
    return out


def symbols(
    batch: TextBatch, record: Ints, begin: Ints, end: Ints
) -> tuple[Ints, npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
    """Where each span begins in the symbols as written, those symbols, and whether it stands just so."""
    at = np.zeros(len(begin) + 1, np.int64)
    np.cumsum(end - begin, out=at[1:])
    out, plain = np.empty(int(at[-1]), np.uint16), np.empty(len(begin), np.bool_)
    f = batch.folded
    _copy(f.sym, f.byte, f.width, batch.data, batch.offsets, _letters(), record, begin, end, at, out, plain)
    return at, out, plain


def stands_so(batch: TextBatch, record: Ints, begin: Ints, end: Ints) -> npt.NDArray[np.bool_]:
    """bool[k]: does each span stand in the text just so (see `written`)?"""
    return symbols(batch, record, begin, end)[2]


def written(batch: TextBatch, record: Ints, begin: Ints, end: Ints) -> tuple[Ints, list[str], npt.NDArray[np.bool_]]:
    """The distinct spans as written.

    Returns:
        int64[k], which distinct string each span is; those strings; and bool[k], whether the span stands in
        the text just so (no look-alike symbols, entities, or invisible characters in between).
    """
    at, out, plain = symbols(batch, record, begin, end)
    f = batch.folded
    own = Folded(out, f.start, f.char, f.byte, f.width)
    inverse, strings = unique_spans(own, at[:-1], at[1:])
    return inverse, strings, plain
