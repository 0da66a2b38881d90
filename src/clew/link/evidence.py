"""Gather what linking knows of the records from the tables of the stages before it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clew.engine.duckdb import Engine
from clew.link.boards import boards_own
from clew.link.groups import Evidence, Incidence, Ints, Telling, incidence
from clew.link.paid import own_payments, read_booked
from clew.link.rows import Rids, RowIndex
from clew.link.talks import telling
from clew.link.ties import Ties, coded, read_ties
from clew.link.weights import ATTRIBUTES, DEFAULT, Weights

# A bit for each kind of record: an advert is not written like an offer; and in a talk hardly anything is said twice.
_SORTS = ("ad", "job_ad", "page", "payment", "image")
_sort = "CASE kind " + " ".join(f"WHEN '{kind}' THEN {1 << k}" for k, kind in enumerate(_SORTS)) + " ELSE 0 END"
# A page, or an offer on it, stands for as long as nobody takes it down: when it was captured says little.
RECORDS = f"""
SELECT rid, hash(item_id) AS item, platform, epoch_us(coalesce(posted_at, captured_at)) AS time,
       (kind IN ('page', 'job_ad') AND posted_at IS NULL) AS standing, {_sort} AS sort
FROM records ORDER BY rid
"""

ATTRIBUTED = (
    f"SELECT rid, list_position({list(ATTRIBUTES)}, type::VARCHAR)::UTINYINT - 1 AS attribute, value FROM mentions "
    f"WHERE type::VARCHAR IN {ATTRIBUTES} AND value IS NOT NULL"
)

NO_TIME = np.int64(-(2**63))
_DAY = 86_400e6


@dataclass(frozen=True)
class Gathered:
    """The evidence, and what its rows and columns stand for.

    Attributes:
        evidence: over records (rows) and identifiers (columns).
        told: what of it clustering weighs.
        index: record numbers and their rows.
        ties: the identifiers as they were read; their values are in the order of columns.
        micros: int64[records], microseconds since 1970; `NO_TIME` when unknown.
        platform: one platform per record, as an incidence.
    """

    evidence: Evidence
    told: Telling
    index: RowIndex
    ties: Ties
    micros: Ints
    platform: Incidence

    @property
    def rid(self) -> Rids:
        """uint64[records], sorted."""
        return self.index.rid


def gather(engine: Engine, weights: Weights = DEFAULT) -> Gathered:
    """Read what `clew.link.stage.link` names (views of the engine)."""
    records = engine.sql(RECORDS)
    index = RowIndex(records.column("rid").to_numpy().astype(np.uint64))
    n = len(index.rid)
    micros = records.column("time").fill_null(int(NO_TIME)).to_numpy().astype(np.int64)
    standing = records.column("standing").to_numpy()
    with engine.beside(read_booked) as booked:
        tied = read_ties(engine, index)
        weighed, paid = own_payments(engine, index, tied, booked.result())
    with engine.beside(lambda other: boards_own(other, index, weighed)) as boards:
        attributes = _attributes(engine, index)
        item = _numbered(records.column("item").to_numpy())
        platform = incidence(np.arange(n), coded(records.column("platform").fill_null(""))[0], n)
        weighed = weighed.only(~boards.result())
    evidence = Evidence(
        incidence(weighed.row, weighed.identifier, n),
        tied.kind,
        attributes,
        np.where((micros == NO_TIME) | standing, np.nan, micros / _DAY),
        item,
        records.column("sort").to_numpy().astype(np.uint8),
    )
    told = telling(engine, index, weighed, evidence, weights)
    both = (np.concatenate([told.together[0], paid[0]]), np.concatenate([told.together[1], paid[1]]))
    return Gathered(evidence, replace(told, together=both), index, tied, micros, platform)


def _attributes(engine: Engine, index: RowIndex) -> tuple[Incidence, ...]:
    """One records × values incidence for each of `ATTRIBUTES`."""
    found = engine.sql(ATTRIBUTED)
    row = index.rows(found.column("rid").to_numpy().astype(np.uint64))
    attribute = np.where(row >= 0, found.column("attribute").to_numpy(), len(ATTRIBUTES))
    code = coded(found.column("value"))[0]
    return tuple(incidence(row[attribute == k], code[attribute == k], len(index.rid)) for k in range(len(ATTRIBUTES)))


def _numbered(values: npt.NDArray[np.uint64]) -> Ints:
    """int64[n], the distinct values numbered from 0."""
    order = np.argsort(values)
    new = np.append(False, values[order][1:] != values[order][:-1])
    out = np.empty(len(values), np.int64)
    out[order] = np.cumsum(new[: len(values)])
    return out
