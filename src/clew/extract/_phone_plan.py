"""Numbering plans of the world as one automaton, so that compiled code can tell whether digits are a phone number.

The tables are compiled from libphonenumber's metadata by `_phone_plan_build`; a test compares them with the library.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, kernel_step

FIXED, MOBILE, OTHER = 1, 2, 4  # kinds of number, as bits
TRUNK, PLAIN, BARE = 1, 2, 3  # a national number: with its prefix; where none is used; with the prefix left out
WITHOUT_PREFIX = FIXED | MOBILE | OTHER  # where there is none
_NANP = 1
# Before mobile numbers a prefix is seldom written there (Argentina's look like its others).
_MOBILE_BARE, _ALL_BARE = ("BR", "CO", "IN", "KZ", "PE", "RU"), ("AR",)


class Plan(NamedTuple):
    """The automaton and what each region writes before a national number.

    Attributes:
        trans: uint16[states, 10], the next state; 0 is dead.
        label: uint8[states], the kinds of number that end there.
        root: the state before the country code.
        index: int16[65536], packed ISO region to row of the tables below, -1 unknown.
        code: int64[regions], country code; 0 ends the digits of a prefix or code.
        after: uint16[regions], the state after the country code.
        prefix, prefix_size: uint8[regions, 4, 2] and uint8[regions, 4], national prefixes, longest first.
        bare: uint8[regions], the kinds of national numbers that are usually written without a prefix.
        main: int16[1000], the main region of a country code, -1 for no such code.
    """

    trans: npt.NDArray[np.uint16]
    label: npt.NDArray[np.uint8]
    root: int
    index: npt.NDArray[np.int16]  # type: ignore[assignment]
    code: npt.NDArray[np.int64]
    after: npt.NDArray[np.uint16]
    prefix: npt.NDArray[np.uint8]
    prefix_size: npt.NDArray[np.uint8]
    bare: npt.NDArray[np.uint8]
    main: npt.NDArray[np.int16]


@cache
def plan() -> Plan:
    """The tables of the data file (shared; do not change them)."""
    with np.load(Path(__file__).parent / "data" / "phone_plan.npz") as raw:
        trans, code, regions = raw["trans"], raw["code"], raw["region"]
        label, root, words, mains = raw["label"], int(raw["root"]), raw["prefix"], raw["main"]
    index = np.full(65536, -1, np.int16)
    prefix = np.zeros((len(regions), words.shape[1], 2), np.uint8)
    size = np.zeros((len(regions), words.shape[1]), np.uint8)
    after = np.zeros(len(regions), np.uint16)
    for r, region in enumerate(regions):
        index[ord(region[0]) << 8 | ord(region[1])] = r
        state = root
        for d in str(code[r]):
            state = trans[state, int(d)]
        after[r] = state
        for k, word in enumerate(words[r]):
            size[r, k] = len(word)
            prefix[r, k, : len(word)] = [int(d) for d in word]
    main = np.full(1000, -1, np.int16)
    main[mains[:, 0]] = mains[:, 1]
    bare = np.where((size[:, 0] == 0) | (code == _NANP), WITHOUT_PREFIX, 0).astype(np.uint8)
    bare[np.isin(regions, _MOBILE_BARE)] |= MOBILE
    bare[np.isin(regions, _ALL_BARE)] |= FIXED | MOBILE
    return Plan(trans, label, root, index, code, after, prefix, size, bare, main)


@kernel_step
def _kinds(plan, state, digits, i, j):  # type: ignore[no-untyped-def]
    for k in range(i, j):
        state = plan.trans[state, digits[k]]
        if state == 0:
            return 0
    return np.int64(plan.label[state])


@kernel_step
def _number(code, digits, i, j):  # type: ignore[no-untyped-def]
    value = np.int64(code)
    for k in range(i, j):
        value = value * 10 + digits[k]
    return value


@kernel_step
def _without_prefix(plan, region, digits, i, j):  # type: ignore[no-untyped-def]
    """Kinds of the number after a national prefix of the region, and where it begins; 0 when there is none."""
    for p in range(plan.prefix.shape[1]):
        size = plan.prefix_size[region, p]
        if size == 0:
            break
        if j - i <= size or digits[i] != plan.prefix[region, p, 0]:
            continue
        if size < 2 or digits[i + 1] == plan.prefix[region, p, 1]:
            kinds = _kinds(plan, plan.after[region], digits, i + size, j)
            if kinds:
                return kinds, i + np.int64(size)
    return 0, i


@kernel
def international(plan, digits, i, j):  # type: ignore[no-untyped-def]
    """Kinds and E.164 number of ``digits[i:j]`` read as country code and number ("31 (0)6…" too); 0, 0 if invalid."""
    if j - i > 18 or i >= j or digits[i] == 0:
        return 0, np.int64(0)
    kinds = _kinds(plan, plan.root, digits, i, j)
    if kinds:
        return kinds, _number(0, digits, i, j)
    code = np.int64(0)
    for k in range(i, min(i + 3, j)):
        code = code * 10 + digits[k]
        region = plan.main[code]
        if region >= 0:
            kinds, first = _without_prefix(plan, region, digits, k + 1, j)
            if not kinds and k + 1 < j and digits[k + 1] == 0:  # a superfluous 0 is dropped everywhere
                kinds, first = _kinds(plan, plan.after[region], digits, k + 2, j), k + 2
            return kinds, (_number(code, digits, first, j) if kinds else np.int64(0))
    return 0, np.int64(0)


@kernel
def national(plan, region, digits, i, j):  # type: ignore[no-untyped-def]
    """Kinds, E.164 number, form (TRUNK, PLAIN, BARE) of ``digits[i:j]`` dialled in a region; kinds 0 if invalid."""
    if j - i > 15:
        return 0, np.int64(0), 0
    kinds, first = _without_prefix(plan, region, digits, i, j)
    if kinds:
        form = PLAIN if plan.code[region] == _NANP else TRUNK
    else:
        kinds, first = _kinds(plan, plan.after[region], digits, i, j), i
        # an Italian landline keeps its 0: as telling as a prefix
        form = TRUNK if digits[i] == 0 else PLAIN if plan.bare[region] & kinds else BARE
    return kinds, (_number(plan.code[region], digits, first, j) if kinds else np.int64(0)), form
