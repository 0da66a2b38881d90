"""Gather what linking knows of the records from the tables of the stages before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.link.groups import Evidence, Incidence, Ints, incidence
from clew.link.rows import Rids, RowIndex
from clew.link.ties import write_ties
from clew.link.weights import ATTRIBUTES

RECORDS = """
SELECT rid, hash(item_id) AS item, hash(platform) AS platform, epoch_us(coalesce(posted_at, captured_at)) AS time
FROM records ORDER BY rid
"""

ATTRIBUTE = "SELECT rid, hash(value) AS key FROM mentions WHERE type::VARCHAR = '{name}' AND value IS NOT NULL"

NO_TIME = np.int64(-(2**63))
_DAY = 86_400e6


@dataclass(frozen=True)
class Gathered:
    """The evidence, and what its rows and columns stand for.

    Attributes:
        evidence: over records (rows) and identifiers (columns).
        index: record numbers and their rows.
        values: the identifiers' values, in the order of columns.
        micros: int64[records], microseconds since 1970; `NO_TIME` when unknown.
        platform: one platform per record, as an incidence.
    """

    evidence: Evidence
    index: RowIndex
    values: pa.ChunkedArray
    micros: Ints
    platform: Incidence

    @property
    def rid(self) -> Rids:
        """uint64[records], sorted."""
        return self.index.rid


def gather(engine: Engine, ties: Path) -> Gathered:
    """Read ``records``, ``mentions``, ``image_members`` and ``template_members`` (views of the engine); write TIES."""
    records = engine.sql(RECORDS)
    index = RowIndex(records.column("rid").to_numpy().astype(np.uint64))
    n = len(index.rid)
    micros = records.column("time").fill_null(int(NO_TIME)).to_numpy().astype(np.int64)
    tied = write_ties(engine, index, ties)
    evidence = Evidence(
        incidence(tied.row, tied.identifier, n),
        tied.kind,
        tuple(_attribute(engine, name, index) for name in ATTRIBUTES),
        np.where(micros == NO_TIME, np.nan, micros / _DAY),
        codes(records.column("item").to_numpy()),
    )
    platform = incidence(np.arange(n), codes(records.column("platform").to_numpy()), n)
    return Gathered(evidence, index, tied.values, micros, platform)


def codes(keys: npt.NDArray[np.integer]) -> Ints:
    """int64, dense numbers for keys."""
    numbers: Ints = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    return numbers


def _attribute(engine: Engine, name: str, index: RowIndex) -> Incidence:
    found = engine.sql(ATTRIBUTE.format(name=name))
    row = index.rows(found.column("rid").to_numpy().astype(np.uint64))
    known = row >= 0
    return incidence(row[known], codes(found.column("key").to_numpy())[known], len(index.rid))
