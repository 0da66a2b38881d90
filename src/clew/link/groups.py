"""What records, and groups of records, hold: compressed rows, and the state of a clustering round."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Incidence:
    """Which row holds which column, sorted by row and then column: row r holds ``column[start[r]:start[r + 1]]``.

    Attributes:
        start: int64[rows + 1].
        column: int32[m].
        count: float32[m], in how many records.
    """

    start: Ints
    column: Codes
    count: npt.NDArray[np.float32]

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.start) - 1

    def row_of(self) -> Codes:
        """int32[m], the row of each entry."""
        return np.repeat(np.arange(self.rows, dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True)
class Evidence:
    """All that linking knows of n records.

    Attributes:
        identifiers: records × identifiers.
        kind: uint8[identifiers], code of the type in `weights.TYPES`.
        attributes: one records × values incidence for each of `weights.ATTRIBUTES`.
        time: float64[n], days; NaN when unknown.
        item: int64[n], records of one item (versions) have one number.
    """

    identifiers: Incidence
    kind: npt.NDArray[np.uint8]
    attributes: tuple[Incidence, ...]
    time: Floats
    item: Ints


def incidence(row: npt.NDArray[np.integer], column: npt.NDArray[np.integer], rows: int) -> Incidence:
    """Sort and merge (row, column) pairs; equal pairs are counted."""
    one = np.ones(len(row), np.float32)
    return _built(*_place(row.astype(np.int32), column.astype(np.int32), one, rows))


def regroup(table: Incidence, label: npt.NDArray[np.integer], groups: int) -> Incidence:
    """The same incidence after rows were put into groups: ``label[r]`` is the group of row r; counts add up."""
    row = label.astype(np.int32)[table.row_of()]
    return _built(*_place(row, table.column, table.count, groups))


def _built(start: Ints, column: Codes, count: npt.NDArray[np.float32]) -> Incidence:
    return Incidence(start, column[: start[-1]], count[: start[-1]])


@numba.njit(nogil=True, cache=True)
def _place(row, column, count, rows):  # type: ignore[no-untyped-def]
    """Counting sort by row; within a row sort by column, unless it is sorted already, and merge equals in place."""
    start = np.zeros(rows + 1, np.int64)
    for k in range(row.shape[0]):
        start[row[k] + 1] += 1
    for r in range(rows):
        start[r + 1] += start[r]
    at = start[:-1].copy()
    columns, counts = np.empty(row.shape[0], np.int32), np.empty(row.shape[0], np.float32)
    for k in range(row.shape[0]):
        columns[at[row[k]]], counts[at[row[k]]] = column[k], count[k]
        at[row[k]] += 1
    m = 0
    for r in range(rows):
        low, high = start[r], start[r + 1]
        start[r] = m
        rising = True
        for k in range(low + 1, high):
            if columns[k] < columns[k - 1]:
                rising = False
                break
        if not rising:
            order = np.argsort(columns[low:high], kind="mergesort")
            columns[low:high], counts[low:high] = columns[low:high][order], counts[low:high][order]
        for k in range(low, high):
            if m > start[r] and columns[m - 1] == columns[k]:
                counts[m - 1] += counts[k]
            else:
                columns[m], counts[m] = columns[k], counts[k]
                m += 1
    start[rows] = m
    return start, columns, counts


@numba.njit(nogil=True, cache=True)
def _transposed(start, column, columns):  # type: ignore[no-untyped-def]
    begin = np.zeros(columns + 1, np.int64)
    for k in range(column.shape[0]):
        begin[column[k] + 1] += 1
    for c in range(columns):
        begin[c + 1] += begin[c]
    at, rows = begin[:-1].copy(), np.empty(column.shape[0], np.int32)
    for r in range(start.shape[0] - 1):
        for k in range(start[r], start[r + 1]):
            rows[at[column[k]]] = r
            at[column[k]] += 1
    return begin, rows


def by_column(table: Incidence, columns: int) -> tuple[Ints, Codes]:
    """The rows of each column: column c is held by ``rows[begin[c]:begin[c + 1]]``, in order."""
    begin, rows = _transposed(table.start, table.column, columns)
    return begin, rows


@dataclass(frozen=True)
class Groups:
    """The groups that can still be merged, and what they hold.

    An identifier that one group alone holds can tie it to nothing: it is only counted. A group that holds nothing else
    is done and leaves.

    Attributes:
        name: int32[g], number of each group among all that there were at the start.
        size: float64[g], records.
        first, last: float64[g], days; NaN when no record of the group has a time.
        identifiers: groups × identifiers that at least two groups hold.
        kind: uint8[identifiers], code of the type.
        origin: int32[identifiers], their codes in `Evidence`.
        alone: int32[g, 3], identifiers of each class that no other group holds.
        attributes: as in `Evidence`, by group.
        done: float64[4], of the groups that left: their presence, and that times the identifiers held of each class.
    """

    name: Codes
    size: Floats
    first: Floats
    last: Floats
    identifiers: Incidence
    kind: npt.NDArray[np.uint8]
    origin: Codes
    alone: npt.NDArray[np.int32]
    attributes: tuple[Incidence, ...]
    done: Floats


def first_groups(evidence: Evidence, label: npt.NDArray[np.integer], count: int) -> Groups:
    """What each group of records holds; ``label`` numbers them from 0 to count - 1."""
    first, last = np.full(count, np.nan), np.full(count, np.nan)
    np.fmin.at(first, label, evidence.time)
    np.fmax.at(last, label, evidence.time)
    return Groups(
        np.arange(count, dtype=np.int32),
        np.bincount(label, minlength=count).astype(np.float64),
        first,
        last,
        regroup(evidence.identifiers, label, count),
        evidence.kind,
        np.arange(len(evidence.kind), dtype=np.int32),
        np.zeros((count, 3), np.int32),
        tuple(regroup(a, label, count) for a in evidence.attributes),
        np.zeros(4),
    )


def join(groups: Groups, label: Ints, count: int) -> Groups:
    """The groups after a round of merges: ``label`` numbers them from 0 to count - 1, in the order of their first."""
    lowest = np.full(count, len(label), np.int64)
    np.minimum.at(lowest, label, np.arange(len(label)))
    first, last = np.full(count, np.nan), np.full(count, np.nan)
    np.fmin.at(first, label, groups.first)
    np.fmax.at(last, label, groups.last)
    alone = np.zeros((count, 3), np.int32)
    np.add.at(alone, label, groups.alone)
    return Groups(
        groups.name[lowest],
        np.bincount(label, weights=groups.size, minlength=count).astype(np.float64),
        first,
        last,
        regroup(groups.identifiers, label, count),
        groups.kind,
        groups.origin,
        alone,
        tuple(regroup(a, label, count) for a in groups.attributes),
        groups.done,
    )


def prune(groups: Groups, classes: Ints, small: float) -> Groups:
    """Count and drop identifiers that one group alone holds; let groups that hold no other leave.

    Args:
        groups: what to prune.
        classes: class of each identifier type.
        small: presence of a group with one record.
    """
    table, n = groups.identifiers, len(groups.kind)
    users = np.bincount(table.column, minlength=n)
    shared = users[table.column] > 1
    row = table.row_of()
    alone = groups.alone.copy()
    np.add.at(alone, (row[~shared], classes[groups.kind[table.column[~shared]]]), 1)
    kept = np.bincount(row[shared], minlength=table.rows) > 0
    presence = 1.0 - (1.0 - small) / groups.size
    gone = np.append(presence[~kept].sum(), presence[~kept] @ alone[~kept])
    row_code = np.cumsum(kept) - 1
    column_code = (np.cumsum(users > 1) - 1).astype(np.int32)
    start = np.append(0, np.cumsum(np.bincount(row_code[row[shared]], minlength=int(kept.sum()))))
    return Groups(
        groups.name[kept],
        groups.size[kept],
        groups.first[kept],
        groups.last[kept],
        Incidence(start.astype(np.int64), column_code[table.column[shared]], table.count[shared]),
        groups.kind[users > 1],
        groups.origin[users > 1],
        alone[kept],
        tuple(_rows(a, kept) for a in groups.attributes),
        groups.done + gone,
    )


def _rows(table: Incidence, kept: npt.NDArray[np.bool_]) -> Incidence:
    """The kept rows alone."""
    size = np.diff(table.start)
    entry = np.repeat(kept, size)
    return Incidence(np.append(0, np.cumsum(size[kept])), table.column[entry], table.count[entry])
