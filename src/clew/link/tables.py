"""Write what linking found: networks, their members, anchors and events, each sorted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.evidence import NO_TIME, Gathered
from clew.link.groups import Incidence, Ints, regroup
from clew.link.ids import NONE, Anchors, Ids, Named, read, spell
from clew.link.rows import RowIndex
from clew.link.weights import TYPES
from clew.model.tables import ANCHORS, NETWORK_EVENTS, NETWORK_MEMBERS, NETWORKS


def strings(ids: Ids) -> pa.Array:
    """Network ids as text; null for `NONE`."""
    text = pa.array(spell(ids), pa.binary()).cast(pa.string())
    return pc.if_else(pa.array(ids == NONE), pa.scalar(None, pa.string()), text)


def networks(gathered: Gathered, network: Ints, ids: Ids) -> pa.Table:
    """NETWORKS, sorted by id."""
    count = len(ids)
    first, last = np.full(count, np.int64(2**63 - 1)), np.full(count, NO_TIME)
    known = gathered.micros != NO_TIME
    np.minimum.at(first, network[known], gathered.micros[known])
    np.maximum.at(last, network[known], gathered.micros[known])
    evidence = gathered.evidence
    held = regroup(evidence.identifiers, network, count)
    kind = evidence.kind[held.column]
    timed = pa.array(last == NO_TIME)
    columns = [
        strings(ids),
        np.bincount(network, minlength=count),
        *(pc.if_else(timed, None, pa.array(t)).cast(pa.timestamp("us", tz="UTC")) for t in (first, last)),
        *(np.bincount(held.row_of()[kind == TYPES.index(t)], minlength=count) for t in ("phone", "template")),
        *(_values(a, network, count) for a in (evidence.attributes[0], gathered.platform)),
    ]
    order = np.argsort(ids, kind="stable")
    return pa.table([pa.array(c).take(pa.array(order)) for c in columns], schema=NETWORKS)


def _values(table: Incidence, network: Ints, count: int) -> Ints:
    """How many distinct values each network has."""
    return np.diff(regroup(table, network, count).start)


def members(gathered: Gathered, network: Ints, ids: Ids) -> pa.Table:
    """NETWORK_MEMBERS, sorted by record."""
    return pa.table([gathered.rid, strings(ids).take(pa.array(network))], schema=NETWORK_MEMBERS)


def read_anchors(engine: Engine, index: RowIndex) -> tuple[Anchors, Ints]:
    """The anchors of the run before, and their rows now (-1: gone)."""
    table = engine.sql("SELECT network_id, rid, records, merged_into FROM anchors ORDER BY network_id, rid")
    rid = table.column("rid").to_numpy().astype(np.uint64)
    anchors = Anchors(
        _numbers(table.column("network_id")),
        rid,
        table.column("records").to_numpy().astype(np.int64),
        _numbers(table.column("merged_into")),
    )
    return anchors, index.rows(rid)


def _numbers(text: pa.ChunkedArray) -> Ids:
    missing = text.is_null().to_numpy()
    fixed = text.fill_null("N" + "0" * 12).cast(pa.binary()).cast(pa.binary(13)).combine_chunks()
    if isinstance(fixed, pa.ChunkedArray):
        fixed = pa.concat_arrays(fixed.chunks) if fixed.num_chunks else pa.array([], pa.binary(13))
    if not len(fixed):
        return np.zeros(0, np.uint64)
    raw = np.frombuffer(fixed.buffers()[1], "S13")[fixed.offset : fixed.offset + len(fixed)]
    return np.where(missing, NONE, read(raw))


def anchors(named: Named) -> pa.Table:
    """ANCHORS, sorted by id and record."""
    a = named.anchors
    return pa.table([strings(a.id), a.rid, a.records, strings(a.into)], schema=ANCHORS)


def events(named: Named) -> pa.Table:
    """NETWORK_EVENTS: merged, then split, each sorted by id."""
    parts = []
    for event, pairs in (("merged", named.merged), ("split", named.split)):
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        columns = [pa.array([event]).take(pa.array(np.zeros(len(pairs), np.int64))), *map(strings, pairs.T)]
        parts.append(pa.table(columns, schema=NETWORK_EVENTS))
    return pa.concat_tables(parts)
