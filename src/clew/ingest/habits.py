"""How a file writes its dates and amounts, where a single value can be read in two ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from clew.ingest.amounts import parse_amounts
from clew.ingest.base import Batch
from clew.ingest.columns import ColumnMap
from clew.ingest.times import joined, parse_times

_LOOKED_AT = 16  # batches (some 100 MB)
_TIMES = ("posted_at", "captured_at")


@dataclass(frozen=True)
class Habits:
    """Columns that are written in the way that is not the usual one.

    Attributes:
        month_first: time columns in which 03/04/2025 is in March.
        comma: amount columns in which 1,234 is little more than one.
        bare: amount columns in which no value shows whether its mark parts thousands or decimals.
    """

    month_first: frozenset[str] = frozenset()
    comma: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()


USUAL = Habits()


def habits_of(batches: Iterable[Batch], columns: ColumnMap) -> Habits:
    """The habits of a file: some value proves one, and none proves the opposite.

    Reads on only while that is open: it stops when no column holds numeric dates or amounts in the first batch, when
    each that does was proved, and after 16 batches.
    """
    day_first, month_first, point, comma, amounted = (set[str]() for _ in range(5))
    open_columns: set[str] | None = None
    for batch in islice(batches, _LOOKED_AT):
        assigned = columns.assign(batch.columns)
        unsure = set[str]()
        times = {assigned[name][0]: name for name in _TIMES if name in assigned}
        for name in times.keys() - day_first:
            others = columns.beside(times[name], batch.columns.keys() - {name})
            texts, _ = joined(batch.columns[name], [batch.columns[other] for other in others])
            day, month, either = parse_times(texts, month_first=False).evidence
            if day:
                day_first.add(name)
            if month:
                month_first.add(name)
            if day or month or either:
                unsure.add(name)
        amounted.update(assigned.get("amount", ()))
        for name in set(assigned.get("amount", ())) - point:
            amounts = parse_amounts(batch.columns[name], comma=False)
            if amounts.point:
                point.add(name)
            if amounts.comma:
                comma.add(name)
            unsure.add(name)
        open_columns = (unsure if open_columns is None else open_columns) - day_first - point
        if not open_columns:
            break
    return Habits(frozenset(month_first - day_first), frozenset(comma - point), frozenset(amounted - comma - point))
