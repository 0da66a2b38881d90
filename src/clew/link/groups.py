"""Groups of records and what they hold, as compressed rows: the state of a clustering round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ALL_PAIRS = 8  # an identifier (or a pair of identifiers) of at most so many groups gives all their pairs
_HUBS = 6  # of the wide identifiers that a group holds, so many (the rarest) are looked at in pairs


@dataclass(frozen=True)
class Incidence:
    """Which row holds which column, sorted by row and then column: row r holds ``column[start[r]:start[r + 1]]``.

    Attributes:
        start: int64[rows + 1].
        column: int32[m].
        count: float32[m], in how many records.
    """

    start: Ints
    column: npt.NDArray[np.int32]
    count: npt.NDArray[np.float32]

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.start) - 1

    def row_of(self) -> Ints:
        """int64[m], the row of each entry."""
        return np.repeat(np.arange(self.rows), np.diff(self.start))


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


def incidence(
    row: npt.NDArray[np.integer],
    column: npt.NDArray[np.integer],
    rows: int,
    count: npt.NDArray[np.floating] | None = None,
) -> Incidence:
    """Sort and merge (row, column) pairs; counts of equal pairs add up."""
    key = (row.astype(np.uint64) << np.uint64(32)) | column.astype(np.uint64)
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.ones(len(key), bool)
    first[1:] = key[1:] != key[:-1]
    at = np.flatnonzero(first)
    weight = np.ones(len(key), np.float32) if count is None else count[order].astype(np.float32)
    summed = np.add.reduceat(weight, at) if len(at) else np.zeros(0, np.float32)
    unique = key[at]
    start = np.searchsorted(unique >> np.uint64(32), np.arange(rows + 1, dtype=np.uint64))
    return Incidence(
        start.astype(np.int64), (unique & np.uint64(0xFFFFFFFF)).astype(np.int32), summed.astype(np.float32)
    )


def regroup(table: Incidence, label: Ints, groups: int) -> Incidence:
    """The same incidence after rows were put into groups: ``label[r]`` is the group of row r."""
    return incidence(label[table.row_of()], table.column, groups, table.count)


@dataclass(frozen=True)
class Groups:
    """The groups of one round.

    Attributes:
        label: int64[n], the group of each record; groups are numbered by their first record.
        size: float64[groups], records.
        first, last: float64[groups], days; NaN when no record of the group has a time.
        identifiers, attributes: as in `Evidence`, by group.
    """

    label: Ints
    size: Floats
    first: Floats
    last: Floats
    identifiers: Incidence
    attributes: tuple[Incidence, ...]


def group(evidence: Evidence, label: Ints) -> Groups:
    """Collect what each group of records holds. Labels may be any integers."""
    _, label = np.unique(label, return_inverse=True)
    n = int(label.max()) + 1 if len(label) else 0
    first, last = np.full(n, np.nan), np.full(n, np.nan)
    np.fmin.at(first, label, evidence.time)
    np.fmax.at(last, label, evidence.time)
    return Groups(
        label,
        np.bincount(label, minlength=n).astype(np.float64),
        first,
        last,
        regroup(evidence.identifiers, label, n),
        tuple(regroup(a, label, n) for a in evidence.attributes),
    )


def wide_in_pairs(table: Incidence, users: Ints, row: Ints, column: Ints) -> tuple[Ints, Ints]:
    """One key for each two wide identifiers that a group holds, with the group."""
    wide = users[column] > ALL_PAIRS
    row, column = row[wide], column[wide]
    order = np.lexsort((column, users[column], row))
    row, column = row[order], column[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    row, column, place = row[place < _HUBS], column[place < _HUBS], place[place < _HUBS]
    keys, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, _HUBS):
        same = np.flatnonzero(row[step:] == row[:-step]) if len(row) > step else np.zeros(0, np.int64)
        x, y = column[same], column[same + step]
        keys.append((np.minimum(x, y) << 32) | np.maximum(x, y))
        rows.append(row[same])
    return np.concatenate(keys), np.concatenate(rows)
