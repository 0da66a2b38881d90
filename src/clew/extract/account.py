"""Bank accounts: IBANs whose length, structure and check digits are right (ISO 13616)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from stdnum import numdb

from clew.extract._marks import NUMBER
from clew.extract._words import put, word_list
from clew.extract._written import symbols
from clew.extract.base import Example, TextBatch, mentions, slice_bytes
from clew.ingest.kernels import kernel, kernel_step, making_kernel

# Length of an IBAN by country (SWIFT, IBAN registry).
_LENGTHS = word_list(
    """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28
    EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26
    IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28
    NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25
    SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
    """
)

_DOTLESS = 0x131  # the Turkish i without a dot, whose capital is I


@cache
def _lengths() -> npt.NDArray[np.int64]:
    """int64[26 * 26]: the length of an IBAN by the two letters of its country, 0 where there is none."""
    table = np.zeros(26 * 26, np.int64)
    for entry in _LENGTHS:
        table[(ord(entry[0]) - 65) * 26 + ord(entry[1]) - 65] = int(entry[2:])
    return table


@kernel_step
def _is_letter(c):  # type: ignore[no-untyped-def]
    return 97 <= c <= 122


@kernel_step
def _is_separator(c):  # type: ignore[no-untyped-def]
    return c == 32 or c == 46 or c == 45 or c == 95


@kernel_step
def _read(sym, i, end, length, number):  # type: ignore[no-untyped-def]
    """Read so many letters and digits from i, at most two separators between; returns the end, or -1."""
    gap = 0
    for k in range(length):
        gap = 0
        while i < end and gap < 2 and k > 0 and _is_separator(sym[i]):
            i, gap = i + 1, gap + 1
        if i >= end:
            return -1
        c = sym[i]
        if 48 <= c <= 57:
            number[k] = c - 48
        elif _is_letter(c):
            number[k] = c - 87
        else:
            return -1
        i += 1
    return i


@kernel_step
def _checks(number, length):  # type: ignore[no-untyped-def]
    """ISO 7064 mod 97-10, with the first four symbols read last."""
    rest = 0
    for k in range(length):
        d = number[(k + 4) % length]
        rest = (rest * (100 if d > 9 else 10) + d) % 97
    return rest == 1


@making_kernel
def _scan(sym, start, places, lengths):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end of what has the length and the check digits of an IBAN."""
    rows = np.empty((64, 3), np.int64)
    number = np.empty(34, np.int64)
    k = np.int64(0)
    for r in range(start.shape[0] - 1):
        first, end = start[r], start[r + 1]
        done = first
        for c in range(places.first[r], places.first[r + 1]):
            i = np.int64(places.at[c])
            if i >= end - 10:
                break
            if not places.what[c] & NUMBER or i < done + 2 or not 48 <= sym[i + 1] <= 57:
                continue
            a = i
            if _is_separator(sym[a - 1]) and a - 3 >= first:
                a -= 1
            if not (_is_letter(sym[a - 1]) and _is_letter(sym[a - 2])):
                continue
            length = lengths[(sym[a - 2] - 97) * 26 + sym[a - 1] - 97]
            if length == 0:
                continue
            stop = _read(sym, a - 2, end, length, number)
            if stop < 0 or (stop < end and (48 <= sym[stop] <= 57 or _is_letter(sym[stop]))):
                continue
            if _checks(number, length):
                rows = put(rows, k, (r, a - 2, stop))
                k += 1
                done = stop
    return rows[:k]


_LETTER, _DIGIT = 1, 2  # what may stand at a place of a number
_MAY_BE = {"n": _DIGIT, "a": _LETTER, "c": _LETTER | _DIGIT}
_LONGEST = 34


@cache
def _places() -> npt.NDArray[np.uint8]:
    """uint8[26 * 26, 35]: what may stand at each place of the numbers of a country; 0 where none may."""
    table = np.zeros((26 * 26, _LONGEST + 1), np.uint8)  # a number ends where none may stand
    for entry in _LENGTHS:
        # How numbers go on after the letters and check digits: ``4!a10!n`` in the registry.
        written = numdb.get("iban").info(entry[:2])[0][1].get("bban", "")
        may = [_MAY_BE[kind] for count, kind in re.findall(r"([0-9]+)!([nac])", written) for _ in range(int(count))]
        row = table[(ord(entry[0]) - 65) * 26 + ord(entry[1]) - 65]
        row[:2], row[2:4], row[4 : 4 + len(may)] = _LETTER, _DIGIT, may
    return table


@kernel_step
def _spelt(letters, country, out):  # type: ignore[no-untyped-def]
    """Write a number as it is named; its length, or 0 without its country's structure."""
    n = 0
    for c in letters:
        if _is_separator(c):
            continue
        if _is_letter(c):
            c -= 32
        elif c == _DOTLESS:
            c = 73
        is_digit = 48 <= c <= 57
        if not (is_digit or 65 <= c <= 90) or not country[n] & (_DIGIT if is_digit else _LETTER):
            return 0
        out[n] = c
        n += 1
    return n if country[n] == 0 else 0


@kernel
def _spell(rows, sym, at, letters, places, out, size, unusual):  # type: ignore[no-untyped-def]
    for k in range(rows.shape[0]):
        a, b = rows[k, 1], rows[k, 2]
        country = places[(sym[a] - 97) * 26 + sym[a + 1] - 97]
        size[k] = _spelt(letters[at[k] : at[k + 1]], country, out[k])
        for i in range(a, b):
            unusual[k] |= _is_separator(sym[i]) and sym[i] != 32


def _named(batch: TextBatch, rows: npt.NDArray[np.int64]) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """string[k], the value of each number, null where it has not its country's structure; bool[k], whether it is
    written as it usually is not.
    """
    n = len(rows)
    at, letters, as_is = symbols(batch, rows[:, 0], rows[:, 1], rows[:, 2])
    out, size, unusual = np.empty((n, _LONGEST), np.uint8), np.empty(n, np.int64), ~as_is
    _spell(rows, batch.folded.sym, at, letters, _places(), out, size, unusual)
    begin = np.arange(n) * _LONGEST
    spelt = slice_bytes(out.reshape(-1), begin, begin + size)
    return pc.if_else(pa.array(size > 0), pc.binary_join_element_wise("iban:", spelt, ""), None), unusual


class Account:
    """Finds bank accounts; the value is ``iban:NL91ABNA0417164300``."""

    name = "account"
    version = "1"
    types: tuple[str, ...] = ("account",)
    # The example numbers of the IBAN registry.
    examples: Sequence[Example] = (
        Example(
            "IBAN: NL91 ABNA 0417 1643 00 tnv",
            (("account", "iban:NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", False),),
        ),
        Example(
            "de89370400440532013000",
            (("account", "iban:DE89370400440532013000", "de89370400440532013000", False),),
        ),
        Example(
            "GB29.NWBK.6016.1331.9268.19",
            (("account", "iban:GB29NWBK60161331926819", "GB29.NWBK.6016.1331.9268.19", True),),
        ),
        Example("NL91 ABNA 0417 1643 01, NL91ABNA04171643009 and ref DE12 3456", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        rows = _scan(batch.folded.sym, batch.folded.start, batch.marks, _lengths())
        value, hidden = _named(batch, rows)
        keep = np.flatnonzero(value.is_valid())
        rows, value = rows[keep], value.take(pa.array(keep))
        return mentions(batch, self, "account", rows[:, 0], rows[:, 1], rows[:, 2], value, hidden[keep])


PLUGIN = Account()
