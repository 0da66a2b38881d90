"""What the records of a network show, as a sparse table of records and identifiers that can be drawn at any size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine

_MOST_EDGES = 6  # for each node that may be drawn
LABEL = 80  # characters of a title that a label may need

Ints = npt.NDArray[np.int64]

# What each record shows. Versions of one item are tied by being that item, as in clew.link.
_SHOWN = """
CREATE OR REPLACE TEMP TABLE shown AS
WITH own AS (SELECT rid, item_id, platform, native_id FROM records WHERE net = $net)
SELECT rid, type, value, '' AS name FROM ties_of WHERE net = $net
UNION ALL
SELECT rid, 'item', item_id, concat_ws(' ', platform, native_id) FROM own
WHERE item_id IN (SELECT item_id FROM own GROUP BY item_id HAVING count(*) > 1)
"""
# Those that tie most records with most evidence first, contacts before content and versions of items, so that any
# beginning of the list is what to draw, and what to tell records apart by. An item's evidence does not name it.
_IDENTIFIERS = """
CREATE OR REPLACE TEMP TABLE identifiers AS
WITH said AS (
    SELECT unnest(from_json(evidence, '[{"type":"VARCHAR","value":"VARCHAR","bits":"FLOAT"}]'), recursive := true)
    FROM links WHERE net = $net
), worth AS (
    SELECT type, CASE type WHEN 'item' THEN '' ELSE value END AS value, max(bits) AS bits FROM said GROUP BY ALL
), counted AS (SELECT type, value, max(name) AS name, count(DISTINCT rid) AS many FROM shown GROUP BY type, value)
SELECT row_number() OVER (
           ORDER BY many > 1 DESC,
                    many * coalesce(bits, 1) * CASE WHEN c.type IN ('image', 'template', 'url', 'domain') THEN 1
                        WHEN c.type = 'item' THEN 0.5 ELSE 4 END DESC, c.type, c.value
       )::INTEGER - 1 AS id, c.type, c.value, name, many, bits
FROM counted c LEFT JOIN worth w ON w.type = c.type AND w.value = CASE c.type WHEN 'item' THEN '' ELSE c.value END
"""
_RECORDS = """
SELECT rid, record_id, left(coalesce(nullif(trim(title), ''), trim(body), ''), $label) AS label, platform,
       coalesce(posted_at, captured_at) AS t
FROM records WHERE net = $net ORDER BY rid
"""


@dataclass(frozen=True)
class Shown:
    """Records and what they show, as rows and columns of a sparse table.

    Attributes:
        records, identifiers: the tables; identifiers the most telling first.
        row, column: int64[m], record and identifier of each that is shown.
    """

    records: pa.Table
    identifiers: pa.Table
    row: Ints
    column: Ints

    def groups(self, by: int) -> Ints:
        """int64[records]: a number for each record; equal where they show the same of the first ``by`` identifiers.

        A set stands as the sum of a random 64-bit code of each member, drawn once from a fixed seed.
        """
        codes = np.random.default_rng(3).integers(1, 2**63, self.identifiers.num_rows, np.uint64)
        drawn = self.column < by
        total = np.zeros(self.records.num_rows, np.uint64)
        np.add.at(total, self.row[drawn], codes[self.column[drawn]])
        _, first, group = np.unique(total, return_index=True, return_inverse=True)
        place = np.empty(len(first), np.int64)
        place[np.argsort(first)] = np.arange(len(first))  # in the order of their first record
        out: Ints = place[group]
        return out

    def edges(self, group: Ints, drawn: int) -> tuple[Ints, Ints, Ints]:
        """Group, identifier (of the first ``drawn``) and number of records, a row for each group and what it shows."""
        some = self.column < drawn
        key, many = np.unique(group[self.row[some]] * max(drawn, 1) + self.column[some], return_counts=True)
        return key // max(drawn, 1), key % max(drawn, 1), many

    @property
    def tying(self) -> int:
        """How many identifiers two or more records show: they come first."""
        return int((self.identifiers.column("many").to_numpy() > 1).sum())

    def fitting(self, limit: int) -> tuple[int, int]:
        """How many identifiers to tell records apart by, and how many to draw, so that ``limit`` nodes are enough."""

        def fits(by: int, drawn: int) -> bool:
            group = self.groups(by)
            nodes = int(group.max(initial=-1)) + 1 + drawn
            return nodes <= limit and len(self.edges(group, drawn)[0]) <= _MOST_EDGES * limit

        every, tying = self.identifiers.num_rows, self.tying
        for count in (every, tying):
            if fits(count, count):
                return count, count
        drawn = min(tying, limit // 2)
        low, high = 0, drawn  # at `low` it fits: one node of records
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(middle, drawn) else (low, middle)
        return low, drawn


def read_shown(engine: Engine, net: int) -> Shown:
    """What the records of a network show.

    Args:
        engine: the reading index; one session, as temporary tables are made.
        net: the network's number.
    """
    engine.con.execute(_SHOWN, {"net": net})
    engine.con.execute(_IDENTIFIERS, {"net": net})
    records = engine.sql(_RECORDS, params={"net": net, "label": LABEL})
    pairs = engine.sql("SELECT DISTINCT rid, id FROM shown JOIN identifiers USING (type, value) ORDER BY rid, id")
    rid = records.column("rid").to_numpy()
    row = np.searchsorted(rid, pairs.column("rid").to_numpy()).astype(np.int64)
    column = pairs.column("id").to_numpy().astype(np.int64)
    return Shown(records, engine.sql("SELECT * FROM identifiers ORDER BY id"), row, column)
