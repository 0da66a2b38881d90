"""The assess stage: findings on records and networks, and the queue of leads.

One finding means nothing: most adverts show one (81 % of 17,362 in Giommoni & Ikwu 2021). So a lead's priority is a sum
of parts that stay small alone and grow where several kinds of evidence agree; see `clew.assess.score`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.assess import facts
from clew.assess.arrays import Records, read_records
from clew.assess.catalogue import Indicator, catalogue
from clew.assess.evidence import Found, findings, gather
from clew.assess.held import read_held
from clew.assess.leads import leads, scores
from clew.assess.marks import Marks, find_marks, marked_items, shares
from clew.assess.mentions import Mentions
from clew.assess.observe import observe_networks, observe_shares
from clew.assess.score import enter, score
from clew.engine.duckdb import Engine
from clew.model.tables import FINDINGS, LEADS, RECORD_SCORES

_ROW_GROUP = 65_536
_REPEATED = ["indicator", "subject_kind", "points", "reason"]
_MADE = (
    "nets", "net_sets", "entries", "applies", "observed", "rates", "peers", "raw_points", "parts", "own", "subjects",
)  # fmt: skip
_REGISTERED = (*facts.REGISTERED, "said", "told", "shares", "marked_items")


def assess(
    engine: Engine,
    out: Path,
    progress: Callable[[float], None],
    mentions: Mentions,
    indicators: Sequence[Indicator] | None = None,
) -> dict[str, Path]:
    """Observe every indicator and rank the networks.

    Args:
        engine: holds the views ``records``, ``changes``, ``mentions``, ``template_members``, ``conversations``,
            ``conversation_members``, ``stages``, ``control``, ``ties``, ``networks``, ``network_members``,
            ``money_signs`` and ``payment_matches``; each may be empty.
        out: a folder to write to.
        progress: called with the share that is done.
        mentions: all of them, with what they show of the same indicators.
        indicators: the catalogue unless others are given.

    Returns:
        The Parquet files of FINDINGS, LEADS and RECORD_SCORES, by name.
    """
    chosen = catalogue() if indicators is None else tuple(indicators)
    try:
        with ThreadPoolExecutor(1) as beside, engine.session() as other:
            found = _find(engine, other, beside, mentions, chosen, progress)
            progress(0.7)
            paths = {name: out / f"{name}.parquet" for name in ("record_scores", "leads", "findings")}
            queue = beside.submit(_write, leads(other, found), LEADS, paths["leads"])
            last = beside.submit(lambda: _write([scores(found)], RECORD_SCORES, paths["record_scores"]))
            _write(findings(engine, found), FINDINGS, paths["findings"])
            for part in (queue, last):
                part.result()
    finally:
        for table in _MADE:
            engine.run(f"DROP TABLE IF EXISTS temp.{table}")
        for table in _REGISTERED:
            engine.forget(table)
    progress(1.0)
    return paths


def _find(
    engine: Engine,
    other: Engine,
    beside: Executor,
    mentions: Mentions,
    indicators: Sequence[Indicator],
    progress: Callable[[float], None],
) -> Found:
    """All that is found, with points. Two threads: what is held and marked is found beside the rest, by ``other``."""
    engine.run(facts.NETS)
    records = read_records(engine)
    said = facts.read_said(engine)
    engine.register(said)
    other.register(said)
    coming = beside.submit(read_held, other, records)
    records = replace(records, words=records.words | mentions.first)
    marking = beside.submit(_mark, other, indicators, records, mentions)
    progress(0.3)
    engine.register(facts.tables(records, coming.result(), facts.read_places(engine), engine.threads))
    enter(engine, indicators, records.kinds)
    observe_networks(engine, indicators, records.kinds)
    marks, of_marks = marking.result()
    engine.register(of_marks)
    observe_shares(engine, indicators)
    progress(0.5)
    score(engine)
    return gather(engine, indicators, records, marks, mentions)


def _mark(
    engine: Engine, indicators: Sequence[Indicator], records: Records, mentions: Mentions
) -> tuple[Marks, dict[str, pa.Table]]:
    """The record findings, and the tables ``shares`` and ``marked_items``."""
    engine.register({"all_items": records.table()})
    marks = find_marks(engine, indicators, records, mentions)
    return marks, {"shares": shares(marks, records), "marked_items": marked_items(marks, records)}


def _write(portions: Iterable[pa.Table], schema: pa.Schema, path: Path) -> Path:
    """Write portions of a table, in row groups of one size; the next is made while the last is written."""
    waiting: list[pa.Table] = []
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=_REPEATED) as writer:
        for portion in _ahead(iter(portions)):
            waiting.append(portion)
            rows += portion.num_rows
            while rows >= _ROW_GROUP:
                table = pa.concat_tables(waiting)
                writer.write_table(table.slice(0, _ROW_GROUP), row_group_size=_ROW_GROUP)
                waiting = [table.slice(_ROW_GROUP)]
                rows -= _ROW_GROUP
        if rows:
            writer.write_table(pa.concat_tables(waiting), row_group_size=_ROW_GROUP)
    return path


def _ahead(portions: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The portions, the next one made while the last one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, portions, None)
        while (portion := coming.result()) is not None:
            coming = pool.submit(next, portions, None)
            yield portion
