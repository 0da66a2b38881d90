"""Write what linking found: networks, their members, links, anchors and events, each sorted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.link.evidence import NO_TIME, Gathered
from clew.link.groups import Floats, Incidence, Ints, regroup
from clew.link.ids import NONE, Anchors, Ids, Named, read, spell
from clew.link.links import shared_identifiers
from clew.link.rows import RowIndex
from clew.link.weights import TYPES
from clew.model.tables import ANCHORS, LINKS, NETWORK_EVENTS, NETWORK_MEMBERS, NETWORKS

SAME_ITEM_BITS = 20.0  # versions of one item are of one operation, unless an account was sold

_LINKS_AT_ONCE = 65_536  # whose evidence is spelled at a time


def write(table: pa.Table, path: Path) -> Path:
    """Write Parquet with the same bytes for the same rows."""
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=131_072)
    return path


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


def links(gathered: Gathered, bits: Floats, pairs: dict[str, tuple[Ints, Ints]]) -> pa.Table:
    """LINKS, sorted by the two records.

    Args:
        gathered: the evidence.
        bits: float64[identifiers], worth of sharing each.
        pairs: for each state the pairs of rows (a < b); each pair once.
    """
    a = np.concatenate([p[0] for p in pairs.values()])
    b = np.concatenate([p[1] for p in pairs.values()])
    state = np.repeat(np.arange(len(pairs)), [len(p[0]) for p in pairs.values()])
    order = np.lexsort((b, a))
    a, b, state = a[order], b[order], state[order]
    which, identifier = shared_identifiers(gathered.evidence, a, b)
    rounded = np.round(bits, 2) + 0.0
    item = gathered.evidence.item[a] == gathered.evidence.item[b]
    weight = np.bincount(which, weights=rounded[identifier], minlength=len(a)) + SAME_ITEM_BITS * item
    text = _evidence(gathered, which, identifier, rounded, item)
    names = pa.array(list(pairs))
    rid = gathered.rid
    return pa.table([rid[a], rid[b], weight.astype(np.float32), text, names.take(pa.array(state))], schema=LINKS)


def _evidence(
    gathered: Gathered, which: Ints, identifier: Ints, bits: Floats, item: npt.NDArray[np.bool_]
) -> pa.ChunkedArray:
    """JSON for each link: what both records hold, the most telling first. What is said of one identifier is made once.

    Args:
        gathered: the evidence.
        which, identifier: which link holds which identifier.
        bits: float64[identifiers], rounded.
        item: bool[links], versions of one item.
    """
    identifiers = len(bits)
    same = identifiers  # the code of "same item"
    code = np.concatenate([identifier, np.full(int(item.sum()), same)])
    seen = np.zeros(identifiers + 1, bool)
    seen[code] = True
    used = np.flatnonzero(seen)
    worth = np.append(bits, SAME_ITEM_BITS)[used]
    order = np.lexsort((np.where(used == same, -1, used), -worth))
    place = np.empty(identifiers + 1, np.uint64)
    place[used[order]] = np.arange(len(used), dtype=np.uint64)
    key = (np.concatenate([which, np.flatnonzero(item)]).astype(np.uint64) << np.uint64(32)) | place[code]
    key.sort()
    entries = _entries(gathered, used[order], worth[order])
    offsets = np.searchsorted(key, np.arange(len(item) + 1, dtype=np.uint64) << np.uint64(32)).astype(np.int32)
    return pa.chunked_array(
        [_joined(entries, key, offsets[k : k + _LINKS_AT_ONCE + 1]) for k in range(0, len(item), _LINKS_AT_ONCE)],
        type=pa.string(),
    )


def _joined(entries: pa.Array, key: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int32]) -> pa.Array:
    """A JSON array for each link, of the entries that its keys name."""
    some = entries.take(pa.array(key[offsets[0] : offsets[-1]] & np.uint64(0xFFFFFFFF)))
    lists = pa.ListArray.from_arrays(pa.array(offsets - offsets[0]), some)
    return pc.binary_join_element_wise("[", pc.binary_join(lists, ","), "]", "")


def _entries(gathered: Gathered, code: Ints, bits: Floats) -> pa.Array:
    """JSON for each identifier; a code past the last stands for "same item"."""
    item = code == len(gathered.evidence.kind)
    kinds = np.append(gathered.evidence.kind, len(TYPES))[code].astype(np.int64)
    type_ = pa.array([*TYPES, "item"]).take(pa.array(kinds))
    shown = gathered.values.take(pa.array(code, mask=item))
    value = pc.coalesce(_escaped(shown), "same item")
    number = pa.array(bits).cast(pa.string())
    made = pc.binary_join_element_wise('{"type":"', type_, '","value":"', value, '","bits":', number, "}", "")
    if isinstance(made, pa.ChunkedArray):
        made = pa.concat_arrays(made.chunks) if made.num_chunks else pa.array([], pa.string())
    return made


def _escaped(text: pa.ChunkedArray) -> pa.ChunkedArray:
    r"""Text as it stands between quotes in JSON: \ and " escaped, control characters gone."""
    text = pc.replace_substring(text, "\\", "\\\\")
    text = pc.replace_substring(text, '"', '\\"')
    return pc.replace_substring_regex(text, r"[\x00-\x1f]", " ")
