"""What stands in payments: short texts by what they are for, in the language of the country."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.simulate.hashing import Ints
from clew.simulate.money.knobs import FLOWS
from clew.simulate.places import COUNTRIES

_NAMES = ("Mia", "Lola", "Nina", "Kim", "Sam", "Alex", "Robin", "Noa", "Vera", "Dani")
# Flows that say what another does.
_AS = {
    "advert-post": "advert", "advert-boost": "advert", "funnel-in": "cash-in", "split-cash": "cash-in",
    "funnel-out": "cash-out",
}  # fmt: skip


@cache
def _read() -> dict[tuple[str, str], list[tuple[str, str | None]]]:
    """Patterns by flow and language: what stands before the digits, and after them (None: there are none)."""
    text = resources.files("clew.simulate").joinpath("data", "payments.txt").read_text("utf-8")
    found: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    for line in text.splitlines()[1:]:
        flow, language, patterns = (part.strip() for part in line.split(" | ", 2))
        rows = found.setdefault((flow, language), [])
        for pattern in patterns.split("|"):
            for name in _NAMES if "{who}" in pattern else _NAMES[:1]:
                before, digits, after = pattern.strip().replace("{who}", name).partition("{n}")
                rows.append(("" if before == "-" else before, after if digits else None))
    return found


class Texts:
    """Patterns of all flows and countries as arrays."""

    def __init__(self) -> None:
        found = _read()
        before: list[str] = []
        after: list[str] = []
        digits: list[bool] = []
        size = (len(FLOWS), len(COUNTRIES))
        self.first, self.count = np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)
        for at, flow in enumerate(FLOWS):
            name = _AS.get(flow, flow)
            for country, home in enumerate(COUNTRIES):
                rows = found.get((name, home.language)) or found.get((name, "en")) or [("", None)]
                self.first[at, country], self.count[at, country] = len(before), len(rows)
                before += [row[0] for row in rows]
                after += [row[1] or "" for row in rows]
                digits += [row[1] is not None for row in rows]
        self.before, self.after, self.digits = pa.array(before), pa.array(after), np.array(digits)

    def of(self, flow: Ints, country: Ints, chance: Ints) -> pa.StringArray:
        """The text of each payment."""
        which = self.first[flow, country] + chance % self.count[flow, country]
        number = pc.cast(pa.array(100 + chance // 64 % 900_000), pa.string())
        shown = pc.if_else(pa.array(self.digits[which]), number, "")
        place = pa.array(which)
        return pc.binary_join_element_wise(self.before.take(place), shown, self.after.take(place), "")
