"""Gather what linking knows of the records from the tables of the stages before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.link.groups import Evidence, Incidence, Ints, incidence
from clew.link.weights import ATTRIBUTES, TYPES

# Each identifier of each record once. `key` stands for (type, value) while linking.
TIES = """
CREATE OR REPLACE TEMP TABLE ties AS
SELECT DISTINCT rid, type, value, hash(type || ':' || value) AS key FROM (
    SELECT rid, type::VARCHAR AS type, value FROM mentions
    WHERE type::VARCHAR IN ('phone', 'email', 'handle', 'wallet', 'account', 'url', 'domain')
    UNION ALL SELECT rid, 'image', image_id FROM image_members
    UNION ALL SELECT rid, 'template', template_id FROM template_members
)
"""

RECORDS = """
SELECT rid, hash(item_id) AS item, epoch(coalesce(posted_at, captured_at)) / 86400.0 AS day FROM records ORDER BY rid
"""

ATTRIBUTE = "SELECT rid, hash(value) AS key FROM mentions WHERE type::VARCHAR = '{name}'"


@dataclass(frozen=True)
class Gathered:
    """The evidence, and what its rows and columns stand for.

    Attributes:
        evidence: over records (rows) and identifiers (columns).
        rid: uint64[records], sorted.
        key: uint64[identifiers], sorted; hash of type and value, as in the temporary table ``ties``.
    """

    evidence: Evidence
    rid: npt.NDArray[np.uint64]
    key: npt.NDArray[np.uint64]


def column(table: pa.Table, name: str) -> np.ndarray:
    """A column of numbers as NumPy, nulls as NaN."""
    return table.column(name).to_numpy()


def gather(engine: Engine) -> Gathered:
    """Read ``records``, ``mentions``, ``image_members`` and ``template_members`` (views of the engine)."""
    engine.run(TIES)
    records = engine.sql(RECORDS)
    rid = column(records, "rid").astype(np.uint64)
    codes = " ".join(f"WHEN '{t}' THEN {k}" for k, t in enumerate(TYPES))
    ties = engine.sql(f"SELECT rid, key, (CASE type {codes} END)::UTINYINT AS kind FROM ties")
    keys, first, identifier = np.unique(column(ties, "key"), return_index=True, return_inverse=True)
    kind = column(ties, "kind")[first].astype(np.uint8)
    row = np.searchsorted(rid, column(ties, "rid"))
    evidence = Evidence(
        incidence(row, identifier, len(rid)),
        kind,
        tuple(_attribute(engine, name, rid) for name in ATTRIBUTES),
        column(records, "day").astype(np.float64),
        np.unique(column(records, "item"), return_inverse=True)[1].astype(np.int64),
    )
    return Gathered(evidence, rid, keys)


def _attribute(engine: Engine, name: str, rid: npt.NDArray[np.uint64]) -> Incidence:
    found = engine.sql(ATTRIBUTE.format(name=name))
    row: Ints = np.searchsorted(rid, column(found, "rid"))
    return incidence(row, np.unique(column(found, "key"), return_inverse=True)[1], len(rid))
