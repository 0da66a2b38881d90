"""Phone numbers, in every spelling that a person reads at once, as E.164.

The text is read once (`_phone_scan`): digits, number words of some thirty languages, letters and pictures used as
digits become tokens in a chain; too much between two of them ends the chain. Then (`_phone_choose`) every run of
groups in a chain that is a valid number by libphonenumber's plans gets points (`_phone_score`) for its form (a plus, a
national prefix, the record's own country) and for what surrounds it ("call", "order no.", "€"), and the best that do
not overlap are taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._phone_query import parse_query
from clew.extract._phone_scan import scan
from clew.extract._phone_tables import Text, scratch, tables
from clew.extract._room import room
from clew.extract.base import Example, TextBatch, mentions
from clew.ingest.kernels import kernel

_SIGN = 43  # "+"
_BESIDE = 64  # rows of a text that are compared
_OWN = 10**8  # the digits that no country has before its own
_PLUS, _NOTHING = (pa.scalar(x, pa.string()) for x in ("+", ""))  # with their type: see `handle`

__all__ = ["PLUGIN", "PhoneExtractor", "parse_query"]


@kernel
def _agree(sym, rows):  # type: ignore[no-untyped-def]
    """A number told without its country is the one that its text tells with it: "0470 12 34 56" beside its link."""
    for k in range(rows.shape[0]):
        if sym[rows[k, 1]] != _SIGN:
            continue
        for j in range(max(0, k - _BESIDE), min(rows.shape[0], k + _BESIDE)):
            alike = rows[j, 0] == rows[k, 0] and rows[j, 3] % _OWN == rows[k, 3] % _OWN
            if alike and sym[rows[j, 1]] != _SIGN:
                rows[j, 3] = rows[k, 3]


class PhoneExtractor:
    """Finds phone numbers; ``obscured`` is true where the spelling had to be decoded."""

    name = "phone"
    version = "5"
    types: tuple[str, ...] = ("phone",)
    examples: Sequence[Example] = (
        Example("Bel +31 6 1234 5678", (("phone", "+31612345678", "+31 6 1234 5678", False),)),
        Example("bel nul zes 12 34 56 78", (("phone", "+31612345678", "nul zes 12 34 56 78", True),), "NL"),
        Example("06🔥12🔥34🔥56🔥78", (("phone", "+31612345678", "06🔥12🔥34🔥56🔥78", True),), "NL"),
        Example("llámame al 612 345 678", (("phone", "+34612345678", "612 345 678", False),), "ES"),
        Example(
            '<a href="tel:+32470123456">0470 12 34 56</a>',
            (("phone", "+32470123456", "+32470123456", False), ("phone", "+32470123456", "0470 12 34 56", False)),
            "AU",
        ),
        Example("NL91 ABNA 0417 1643 00, 12.10.2026 14:00, € 100 150 200 250", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in order of text; within one, the surest first."""
        f = batch.folded
        text = Text(f.sym, f.char, f.byte, f.width, batch.data, batch.offsets)
        rows = 4 * len(batch.rid) + 64
        out = room(5 * rows, np.int64).reshape(rows, 5)
        found = scan(text, tables(), f.start, batch.region, scratch(), out)
        while found == rows:  # texts full of numbers
            rows *= 4
            out = room(5 * rows, np.int64).reshape(rows, 5)
            found = scan(text, tables(), f.start, batch.region, scratch(), out)
        _agree(f.sym, out[:found])
        record, begin, end, number, obscured = (np.ascontiguousarray(c) for c in out[:found].T)
        value = pc.binary_join_element_wise(_PLUS, pa.array(number).cast(pa.string()), _NOTHING)
        return mentions(batch, self, "phone", record, begin, end, value, obscured.astype(np.bool_))


PLUGIN = PhoneExtractor()
