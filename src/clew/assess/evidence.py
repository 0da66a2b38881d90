"""The findings: on networks, with examples and counts as evidence; on records, with the mention that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.assess.arrays import Ints, Records
from clew.assess.catalogue import Indicator
from clew.assess.marks import Marks
from clew.assess.mentions import Mentions
from clew.assess.quotes import Examples, Quotes, examples
from clew.engine.duckdb import Engine
from clew.model.tables import FINDINGS

_ROWS = 32_768  # findings written at a time

_SUBJECTS = """
CREATE OR REPLACE TEMP TABLE subjects AS
WITH about AS (
    SELECT o.ind, o.net, o.type, o.h FROM observed o JOIN entries e USING (ind) WHERE contains(e.reason, '{subject}')
)
SELECT a.ind, a.net, min(if(t.type = 'account', substr(t.value, strpos(t.value, ':') + 1), t.value)) AS value
FROM (SELECT type, value, hash(value) AS h FROM ties WHERE type IN (SELECT DISTINCT type FROM about)) t
JOIN about a ON t.h = a.h AND t.type = a.type GROUP BY a.ind, a.net
"""

# In order: networks are numbered as their ids sort, indicators too.
_NETWORK_FINDINGS = """
SELECT o.ind, o.net, coalesce(p.milli, 0) AS milli, q.found / q.total AS rate, q.class, o.h, o.examples, o.counts,
    o.type = e.shown AS itself, replace(o.reason, '{subject}', coalesce(left(s.value, 120), '')) AS reason
FROM observed o JOIN entries e USING (ind) LEFT JOIN parts p USING (ind, net) LEFT JOIN peers q USING (ind, net)
LEFT JOIN subjects s USING (ind, net) ORDER BY o.net, o.ind
"""

_RATES = "SELECT rate, coalesce(milli, 0) AS milli FROM rates LEFT JOIN own USING (ind) ORDER BY ind"


@dataclass(frozen=True)
class Found:
    """All that was found.

    Attributes:
        indicators: the catalogue.
        records: the records.
        networks: string[k], the id of each network, by number.
        of_networks: findings on networks in order: ind, net, milli (thousandths of a point), rate and class (of
            `clew.assess.score`; null where the base rate is that of its indicator), reason, counts.
        shown: their examples.
        marks: findings on records.
        own: int64[i], thousandths of a point of each indicator on a record.
        rates: float64[i], the base rate of each indicator.
        quotes: what they say.
    """

    indicators: Sequence[Indicator]
    records: Records
    networks: pa.Array
    of_networks: pa.Table
    shown: Examples
    marks: Marks
    own: Ints
    rates: npt.NDArray[np.float64]
    quotes: Quotes


def gather(
    engine: Engine, indicators: Sequence[Indicator], records: Records, marks: Marks, mentions: Mentions
) -> Found:
    """Lay together what was observed and scored, and read what it quotes."""
    engine.run(_SUBJECTS)
    found = engine.sql(_NETWORK_FINDINGS)
    shown = examples(found, indicators, records, marks, mentions)
    known = engine.sql(_RATES)
    own, rates = (known.column(name).to_numpy() for name in ("milli", "rate"))
    networks = engine.sql("SELECT network_id FROM nets ORDER BY net").column("network_id").combine_chunks()
    quotes = Quotes(engine, records, marks, shown)
    return Found(indicators, records, networks, found.drop_columns(["examples"]), shown, marks, own, rates, quotes)


def findings(engine: Engine, found: Found) -> Iterator[pa.Table]:
    """FINDINGS, a portion at a time: on networks by id, then on records; each by indicator."""
    for start in range(0, found.of_networks.num_rows, _ROWS):
        yield _on_networks(engine, found, start, found.of_networks.slice(start, _ROWS))
    for start in range(0, len(found.marks.row), _ROWS):
        yield _on_records(engine, found, slice(start, min(start + _ROWS, len(found.marks.row))))


def _on_networks(engine: Engine, found: Found, start: int, part: pa.Table) -> pa.Table:
    """Findings on networks from a place on."""
    begin = found.shown.begin[start : start + part.num_rows + 1]
    spans = found.quotes.of_examples(engine, slice(begin[0], begin[-1]))
    listed = pc.binary_join(pa.ListArray.from_arrays(pa.array(begin - begin[0], pa.int32()), spans), ",")
    comma = pa.array(["", ","]).take(pa.array((np.diff(begin) > 0).astype(np.int8)))
    evidence = _joined("[", listed, comma, '{"counts":', part.column("counts").combine_chunks(), "}]")
    subject = found.networks.take(part.column("net"))
    points = (part.column("milli").to_numpy() / 1000).astype(np.float32)
    return _table(found, part.column("ind"), "network", subject, points, evidence, part.column("reason"))


def _on_records(engine: Engine, found: Found, of: slice) -> pa.Table:
    """Some of the findings on records."""
    marks = found.marks
    n = marks.n[of]
    counts = pa.array(["" if k < 2 else f',{{"counts":{{"mentions":{k}}}}}' for k in range(n.max(initial=0) + 1)])
    evidence = _joined("[", found.quotes.of_marks(engine, of), counts.take(pa.array(n)), "]")
    ind = pa.array(marks.ind[of])
    reason = pa.array([i.reason for i in found.indicators], pa.string()).take(ind)
    points = (found.own[marks.ind[of]] / 1000).astype(np.float32)
    return _table(found, ind, "record", found.records.record_id.take(pa.array(marks.row[of])), points, evidence, reason)


def _joined(*pieces: pa.Array | str) -> pa.Array:
    """Texts of several pieces each."""
    return pc.binary_join_element_wise(*pieces, "")


def _table(
    found: Found, ind: pa.Array, kind: str, subject: pa.Array, points: Any, evidence: pa.Array, reason: pa.Array
) -> pa.Table:
    """FINDINGS."""
    indicator = pa.array([i.id for i in found.indicators], pa.string()).take(ind)
    kinds = pa.repeat(kind, len(indicator))
    columns = [_joined(subject, "/", indicator), indicator, kinds, subject, pa.array(points), evidence, reason]
    return pa.table(dict(zip(FINDINGS.names, columns, strict=True))).cast(FINDINGS)
