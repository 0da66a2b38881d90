"""The queue: networks in the order of their priority with reasons that sum to it; and a priority for every record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.assess.catalogue import Indicator
from clew.assess.evidence import Found
from clew.engine.duckdb import Engine
from clew.model.tables import LEADS, RECORD_SCORES
from clew.model.words import KIND_WORDS, listed

_LEADS = 8_192  # written at a time

# How many networks of about its size show it as strongly, in words.
_PEERS = """concat(round(rate, 4), ',"seen":"seen at least as strongly in ', CASE WHEN rate >= 0.995 THEN 'all'
    ELSE format(CASE WHEN rate >= 0.095 THEN '{:.0f} % of' ELSE '{:.1f} % of' END, 100 * rate) END,
    ' networks of ', pow(4, class)::BIGINT, ' to ', pow(4, class + 1)::BIGINT - 1, ' ', noun, ' here"')"""

_REASONS = f"""
SELECT concat(head, milli / 1000, ',"sentence":', to_json(reason), ',"base_rate":',
    CASE WHEN rate IS NULL THEN seen ELSE {_PEERS} END, tail) AS reason
FROM part
"""


def leads(engine: Engine, found: Found) -> Iterator[pa.Table]:
    """LEADS, a portion at a time, by rank."""
    ind, net, milli = (found.of_networks.column(name).to_numpy() for name in ("ind", "net", "milli"))
    raises = np.array([i.points > 0 for i in found.indicators], np.bool_)[ind]
    order = np.lexsort((ind, -milli, net))
    first = np.flatnonzero(np.append(True, net[1:] != net[:-1])[: len(net)])
    begin = np.append(first, len(net))
    priority = np.add.reduceat(milli, first) if len(first) else milli
    raised = np.flatnonzero(np.logical_or.reduceat(raises, first)) if len(first) else first
    ranked = raised[np.argsort(-priority[raised], kind="stable")]  # of equal ones by id
    said = _said(found.indicators, found.rates, found.records.kinds)
    for start in range(0, len(ranked), _LEADS):
        group = ranked[start : start + _LEADS]
        bounds = np.append(0, np.cumsum(begin[group + 1] - begin[group]))
        at = order[np.repeat(begin[group] - bounds[:-1], np.diff(bounds)) + np.arange(bounds[-1])]
        part = found.of_networks.select(["milli", "reason", "rate", "class"]).take(pa.array(at))
        for name, words in said.items():
            part = part.append_column(name, pa.DictionaryArray.from_arrays(pa.array(ind[at]), words))
        text = engine.sql(_REASONS, {"part": part}).column("reason").combine_chunks()
        listed = pc.binary_join(pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), text), ",")
        columns = [found.networks.take(pa.array(net[first[group]])), pa.array(start + 1 + np.arange(len(group)))]
        columns += [pa.array(priority[group] / 1000), pc.binary_join_element_wise("[", listed, "]", "")]
        yield pa.table(dict(zip(LEADS.names, columns, strict=True))).cast(LEADS)


def scores(found: Found) -> pa.Table:
    """RECORD_SCORES: the priority of a record's network and what its own findings add."""
    net, marks = found.records.net, found.marks
    of_network = np.zeros(len(found.networks) + 1, np.int64)  # the last is that of no network
    np.add.at(of_network, found.of_networks.column("net").to_numpy(), found.of_networks.column("milli").to_numpy())
    milli = of_network[net]
    np.add.at(milli, marks.row, found.own[marks.ind])
    return pa.table({"rid": found.records.index.rid, "priority": milli / 1000}).cast(RECORD_SCORES)


def _noun(kinds: Sequence[str], present: frozenset[str]) -> str:
    """What records of some kinds are called; those that are not in the workspace were not counted, nor are named."""
    counted = [kind for kind in kinds if kind in present] or kinds
    return listed([KIND_WORDS[kind][1] for kind in counted], "or")


def percent(rate: float) -> str:
    """A base rate as a person reads it."""
    if rate >= 0.995:
        return "seen in all"
    return f"seen in {100 * rate:.0f} %" if rate >= 0.095 else f"seen in {100 * rate:.1f} %"


def _said(
    indicators: Sequence[Indicator], rates: npt.NDArray[np.float64], present: frozenset[str]
) -> dict[str, pa.Array]:
    """What a reason says of each indicator: before its points, of its base rate, and last."""
    words: dict[str, list[str]] = {"head": [], "seen": [], "noun": [], "tail": []}
    for i, rate in zip(indicators, rates.tolist(), strict=True):
        noun = _noun(i.record_kinds, present)
        words["head"].append('{"indicator":' + orjson.dumps(i.id).decode() + ',"points":')
        words["seen"].append(f'{round(rate, 4)},"seen":"{percent(rate)} of {noun} here"')
        words["noun"].append(noun)
        last = orjson.dumps({"caution": i.caution, "strength": i.strength, "source": i.source}).decode()
        words["tail"].append("," + last[1:])
    return {name: pa.array(listed, pa.string()) for name, listed in words.items()}
