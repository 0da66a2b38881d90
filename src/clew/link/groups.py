"""What records, and groups of records, hold: compressed rows, and the state of a clustering round."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.ingest.kernels import kernel, making_kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]

_NEAR = 128  # records; see `neighbourly`


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
        item: int64[n], records of one item (versions) have one number; numbers are below n.
        sort: uint8[n], a bit for each sort of record whose texts and pictures can be compared; 0: with none.
    """

    identifiers: Incidence
    kind: npt.NDArray[np.uint8]
    attributes: tuple[Incidence, ...]
    time: Floats
    item: Ints
    sort: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Telling:
    """What clustering weighs, where it is not all evidence alike. Columns beyond the identifiers are those *met*.

    Attributes:
        identifiers: records × columns.
        kind: uint8[columns], code of the type.
        together: pairs of records of one talk.
        others: int32[records], identifiers of people of its talk that nothing else shows; in one record of the talk.
        bonus: float64[columns], on top of rarity.
        most: float64[columns], bits that sharing it can be worth.
    """

    identifiers: Incidence
    kind: npt.NDArray[np.uint8]
    together: tuple[Ints, Ints]
    others: npt.NDArray[np.int32]
    bonus: Floats
    most: Floats


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


def chains(row: Ints, group: Ints) -> tuple[Ints, Ints]:
    """Each record of a group with the next: pairs of records.

    Args:
        row: int64[n], records.
        group: int64[n], what each is in.
    """
    order = order_by(group, row)
    row, group = row[order], group[order]
    same = group[1:] == group[:-1]
    return row[:-1][same], row[1:][same]


@making_kernel
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


@making_kernel
def _transposed(start, column, users, order):  # type: ignore[no-untyped-def]
    begin = np.zeros(users.shape[0] + 1, np.int64)
    for c in range(users.shape[0]):
        begin[c + 1] = begin[c] + users[c]
    at, rows = begin[:-1].copy(), np.empty(column.shape[0], np.int32)
    for r in order:
        for k in range(start[r], start[r + 1]):
            rows[at[column[k]]] = r
            at[column[k]] += 1
    return begin, rows


def by_column(table: Incidence, users: Ints, order: Ints) -> tuple[Ints, Codes]:
    """The rows of each column: column c is held by ``rows[begin[c]:begin[c + 1]]``, in the order given."""
    begin, rows = _transposed(table.start, table.column, users, order)
    return begin, rows


@dataclass(frozen=True)
class Groups:
    """The groups that can still be merged, and what they hold.

    An identifier that one group alone holds can tie it to nothing: it is only counted. A group that holds nothing else
    is done and leaves. The order of groups is free: what decides between equals is `lowest`.

    Attributes:
        lowest: int64[g], lowest record of each group: its name.
        size: float64[g], records.
        first, last: float64[g], days; NaN when no record of the group has a time.
        identifiers: groups × identifiers that at least two groups hold.
        kind: uint8[identifiers], code of the type.
        users: int64[identifiers], groups that hold each.
        origin: int32[identifiers], their codes in `Evidence`.
        bonus, most: float64[identifiers], see `Telling`.
        alone: int32[g, 4], identifiers of each class that no other group holds; last: those of other people of talks.
        sort: uint8[g], of the records, see `Evidence`.
        attributes: as in `Evidence`, by group.
        done: float64[5], of the groups that left: their presence, and that times the identifiers held of each class.
    """

    lowest: Ints
    size: Floats
    first: Floats
    last: Floats
    identifiers: Incidence
    kind: npt.NDArray[np.uint8]
    users: Ints
    origin: Codes
    bonus: Floats
    most: Floats
    alone: npt.NDArray[np.int32]
    sort: npt.NDArray[np.uint8]
    attributes: tuple[Incidence, ...]
    done: Floats


def single(evidence: Evidence, told: Telling) -> Groups:
    """Every record as a group of its own."""
    n, identifiers = len(evidence.item), len(told.kind)
    alone = np.zeros((n, 4), np.int32)
    alone[:, 3] = told.others
    return Groups(
        np.arange(n),
        np.ones(n),
        evidence.time,
        evidence.time,
        told.identifiers,
        told.kind,
        np.bincount(told.identifiers.column, minlength=identifiers),
        np.arange(identifiers, dtype=np.int32),
        told.bonus,
        told.most,
        alone,
        evidence.sort,
        evidence.attributes,
        np.zeros(5),
    )


def join(groups: Groups, label: Ints, count: int, pool: Executor) -> Groups:
    """The groups after a round of merges: ``label`` numbers them from 0 to count - 1."""
    tables = pool.map(lambda table: regroup(table, label, count), (groups.identifiers, *groups.attributes))
    lowest, size, first, last, alone, sort = _joined(
        label, count, groups.lowest, groups.size, groups.first, groups.last, groups.alone, groups.sort
    )
    identifiers, *attributes = tables
    users = np.bincount(identifiers.column, minlength=len(groups.kind))
    return Groups(
        lowest, size, first, last, identifiers, groups.kind, users, groups.origin, groups.bonus, groups.most,
        alone, sort, tuple(attributes), groups.done,
    )  # fmt: skip


@making_kernel
def _joined(label, count, lowest, size, first, last, alone, sort):  # type: ignore[no-untyped-def]
    """What is known of groups, from what is known of their parts."""
    low, many = np.full(count, np.iinfo(np.int64).max), np.zeros(count)
    begin, end, own = np.full(count, np.nan), np.full(count, np.nan), np.zeros((count, 4), np.int32)
    sorts = np.zeros(count, np.uint8)
    for k in range(label.shape[0]):
        g = label[k]
        low[g] = min(low[g], lowest[k])
        many[g] += size[k]
        if first[k] < begin[g] or np.isnan(begin[g]):
            begin[g] = first[k]
        if last[k] > end[g] or np.isnan(end[g]):
            end[g] = last[k]
        sorts[g] |= sort[k]
        for c in range(4):
            own[g, c] += alone[k, c]
    return low, many, begin, end, own, sorts


def prune(groups: Groups, classes: Ints, small: float, pool: Executor) -> Groups:
    """Count and drop identifiers that one group alone holds; let groups that hold no other leave.

    Args:
        groups: what to prune.
        classes: class of each identifier type.
        small: presence of a group with one record.
        pool: workers.
    """
    table, wide, alone = groups.identifiers, groups.users > 1, groups.alone.copy()
    code = np.where(wide, np.cumsum(wide) - 1, -1).astype(np.int32)
    start, column, count = _shared(table.start, table.column, table.count, code, classes[groups.kind], alone)
    kept = np.diff(start) > 0
    attributes = pool.map(
        lambda table: Incidence(*_rows(table.start, table.column, table.count, kept)), groups.attributes
    )
    presence = 1.0 - (1.0 - small) / groups.size
    gone = np.append(presence[~kept].sum(), presence[~kept] @ alone[~kept])
    return Groups(
        groups.lowest[kept],
        groups.size[kept],
        groups.first[kept],
        groups.last[kept],
        Incidence(np.append(start[:-1][kept], start[-1]), column, count),
        groups.kind[wide],
        groups.users[wide],
        groups.origin[wide],
        groups.bonus[wide],
        groups.most[wide],
        alone[kept],
        groups.sort[kept],
        tuple(attributes),
        groups.done + gone,
    )


@making_kernel
def _shared(start, column, count, code, classes, alone):  # type: ignore[no-untyped-def]
    """The entries whose column has a code (not -1); the others are counted in ``alone`` by row and class."""
    starts, columns, counts = np.zeros_like(start), np.empty_like(column), np.empty_like(count)
    m = 0
    for r in range(start.shape[0] - 1):
        for k in range(start[r], start[r + 1]):
            c = column[k]
            if code[c] < 0:
                alone[r, classes[c]] += 1
            else:
                columns[m], counts[m] = code[c], count[k]
                m += 1
        starts[r + 1] = m
    return starts, columns[:m], counts[:m]


@making_kernel
def _rows(start, column, count, kept):  # type: ignore[no-untyped-def]
    """The kept rows alone."""
    starts, columns, counts = np.zeros(kept.sum() + 1, np.int64), np.empty_like(column), np.empty_like(count)
    m, to = 0, 0
    for r in range(kept.shape[0]):
        if kept[r]:
            for k in range(start[r], start[r + 1]):
                columns[m], counts[m] = column[k], count[k]
                m += 1
            to += 1
            starts[to] = m
    return starts, columns[:m], counts[:m]


def neighbourly(table: Incidence, users: Ints) -> Ints:
    """int64[rows], a key by which to sort rows so that those that are compared stand near each other in memory.

    It is the most widely held identifier of the row that no more than `_NEAR` hold.
    """
    key = np.full(table.rows, len(users), np.int64)
    _neighbourly(table.start, table.column, users, key)
    return key


@kernel
def _neighbourly(start, column, users, key):  # type: ignore[no-untyped-def]
    for r in range(start.shape[0] - 1):
        most = 1
        for k in range(start[r], start[r + 1]):
            if most < users[column[k]] <= _NEAR:
                most, key[r] = users[column[k]], column[k]
