"""Compile libphonenumber's numbering plans into the compact tables of `_phone_plan` (a developer's tool).

Run ``python -m clew.extract._phone_plan_build`` after an upgrade of ``phonenumbers``; a test compares the result with
the library. Every pattern of every country becomes part of one minimal acyclic automaton over the digits of an E.164
number, whose states say which kinds of number end there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import phonenumbers
from phonenumbers import PhoneMetadata

FIXED, MOBILE, OTHER = 1, 2, 4
_GENERAL = 0  # in a label: the pattern that every number of the region fits
_KINDS = {
    "fixed_line": FIXED, "mobile": MOBILE, "toll_free": OTHER, "premium_rate": OTHER, "shared_cost": OTHER,
    "personal_number": OTHER, "voip": OTHER, "pager": OTHER, "uan": OTHER, "voicemail": OTHER,
}  # fmt: skip
# Numbers that regulators keep for fiction and training and that the library therefore calls invalid.
_FICTION = {
    "FR": r"(?:63998|19900|26191|35301|46571|53649)\d{4}",
    "GB": r"7700900\d{3}|1632960\d{3}",
    "IE": r"2091\d{5}",
}
MOST_PREFIXES = 4

Edges = list[tuple[frozenset[int], int]]


class _Machine:
    """A nondeterministic automaton over digits; ``ends`` labels states with (region, kind)."""

    def __init__(self) -> None:
        self.edges: list[Edges] = []
        self.empty: list[list[int]] = []
        self.ends: dict[int, set[tuple[str, int]]] = {}

    def state(self) -> int:
        self.edges.append([])
        self.empty.append([])
        return len(self.edges) - 1

    def closure(self, states: frozenset[int]) -> frozenset[int]:
        seen, todo = set(states), list(states)
        while todo:
            for nxt in self.empty[todo.pop()]:
                if nxt not in seen:
                    seen.add(nxt)
                    todo.append(nxt)
        return frozenset(seen)


class _Pattern:
    """Reads the small part of regular expressions that the metadata uses into a `_Machine`."""

    def __init__(self, text: str, machine: _Machine) -> None:
        self.text, self.machine, self.at = text, machine, 0

    def read(self, start: int) -> int:
        end = self._either(start)
        if self.at != len(self.text):
            raise ValueError(f"cannot read the pattern {self.text!r} at {self.at}")
        return end

    def _either(self, start: int) -> int:
        ends = [self._row(start)]
        while self.text[self.at : self.at + 1] == "|":
            self.at += 1
            ends.append(self._row(start))
        end = self.machine.state()
        for e in ends:
            self.machine.empty[e].append(end)
        return end

    def _row(self, start: int) -> int:
        here = self.machine.state()
        self.machine.empty[start].append(here)
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            begin = self.at
            end = self._one(here)
            low, high = self._times()
            stop = self.at
            if (low, high) == (1, 1):
                here = end
                continue
            # read the same part again for each repetition, in a fresh chain
            skips, here2 = [], here
            for k in range(high):
                if k >= low:
                    skips.append(here2)
                self.at = begin
                fresh = self.machine.state()
                self.machine.empty[here2].append(fresh)
                here2 = self._one(fresh)
            for s in skips:
                self.machine.empty[s].append(here2)
            here, self.at = here2, stop
        return here

    def _times(self) -> tuple[int, int]:
        rest = self.text[self.at :]
        if rest.startswith("?"):
            self.at += 1
            return 0, 1
        if found := re.match(r"\{(\d+)(?:,(\d+))?\}", rest):
            self.at += found.end()
            return int(found[1]), int(found[2] or found[1])
        return 1, 1

    def _one(self, start: int) -> int:
        if self.text[self.at] == "(":
            self.at += 3 if self.text[self.at : self.at + 3] == "(?:" else 1
            end = self._either(start)
            self.at += 1
            return end
        found = re.match(r"\\d|\[[\d-]+\]|\d", self.text[self.at :])
        if not found:
            raise ValueError(f"cannot read the pattern {self.text!r} at {self.at}")
        self.at += found.end()
        digits = frozenset(d for d in range(10) if re.fullmatch(found[0], str(d)))
        end = self.machine.state()
        self.machine.edges[start].append((digits, end))
        return end


class _Minimal:
    """Shares equal tails: a state is what may follow it."""

    def __init__(self) -> None:
        self.index: dict[tuple[int, ...], int] = {(0,) * 11: 0}

    def add(self, label: int, children: list[int]) -> int:
        return self.index.setdefault((label, *children), len(self.index))

    def trie(self, words: dict[str, int], prefix: str = "") -> int:
        """The state from which each of ``words`` leads to its own state."""
        if prefix in words:
            return words[prefix]
        children = [
            self.trie(words, prefix + str(d)) if any(w.startswith(prefix + str(d)) for w in words) else 0
            for d in range(10)
        ]
        return self.add(0, children)


def _label(ends: set[tuple[str, int]]) -> int:
    general = {region for region, kind in ends if kind == _GENERAL}
    label = 0
    for region, kind in ends:
        if region in general:
            label |= kind
    return label


def _country(code: int, regions: tuple[str, ...], minimal: _Minimal) -> int:
    """The state after the digits of a country code."""
    machine = _Machine()
    start = machine.state()
    for region in regions:
        if region == "001":
            metadata = PhoneMetadata.metadata_for_nongeo_region(code)
        else:
            metadata = PhoneMetadata.metadata_for_region(region)
        patterns = [(metadata.general_desc.national_number_pattern, _GENERAL)]  # type: ignore[union-attr]
        patterns += [(getattr(metadata, name).national_number_pattern, kind) for name, kind in _KINDS.items()
                     if getattr(metadata, name) is not None]  # fmt: skip
        if region in _FICTION:
            patterns += [(_FICTION[region], _GENERAL), (_FICTION[region], MOBILE)]
        for pattern, kind in patterns:
            if pattern:
                machine.ends.setdefault(_Pattern(pattern, machine).read(start), set()).add((region, kind))
    known: dict[frozenset[int], int] = {}

    def build(states: frozenset[int]) -> int:
        states = machine.closure(states)
        if states in known:
            return known[states]
        nexts: list[set[int]] = [set() for _ in range(10)]
        for s in states:
            for digits, to in machine.edges[s]:
                for d in digits:
                    nexts[d].add(to)
        children = [build(frozenset(n)) if n else 0 for n in nexts]
        ends = set().union(*(machine.ends.get(s, set()) for s in states))
        known[states] = minimal.add(_label(ends), children)
        return known[states]

    return build(frozenset([start]))


def _prefixes(region: str) -> list[str]:
    """The national prefixes that may be written before a number, as literal digits, longest first."""
    metadata = PhoneMetadata.metadata_for_region(region)
    found = {metadata.national_prefix} if metadata.national_prefix else set()  # type: ignore[union-attr]
    pattern = metadata.national_prefix_for_parsing  # type: ignore[union-attr]
    if pattern and len(pattern) <= 6:
        found |= {f"{n:0{k}d}" for k in (1, 2) for n in range(10**k) if re.fullmatch(pattern, f"{n:0{k}d}")}
    return sorted(found, key=lambda p: (-len(p), p))[:MOST_PREFIXES]


def build() -> dict[str, Any]:
    """The arrays that `_phone_plan.load` reads."""
    minimal = _Minimal()
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    after = {str(code): _country(code, regions, minimal) for code, regions in codes.items()}
    root = minimal.trie(after)
    trans = np.zeros((len(minimal.index), 10), np.uint16)
    label = np.zeros(len(minimal.index), np.uint8)
    for key, k in minimal.index.items():
        label[k], trans[k] = key[0], key[1:]
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    prefixes = [_prefixes(r) + [""] * MOST_PREFIXES for r in regions]
    return {
        "trans": trans,
        "label": label,
        "root": np.array(root, np.int64),
        "region": np.array(regions, "U2"),
        "code": np.array([phonenumbers.country_code_for_region(r) for r in regions], np.int64),
        "prefix": np.array([p[:MOST_PREFIXES] for p in prefixes], "U2"),
        "main": np.array([[c, regions.index(r[0])] for c, r in codes.items() if r[0] != "001"], np.int64),
        "version": np.array(phonenumbers.__version__),
    }


if __name__ == "__main__":
    with (Path(__file__).parent / "data" / "phone_plan.npz").open("wb") as out:
        np.savez_compressed(out, **build())
