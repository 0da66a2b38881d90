"""The assess stage: findings on records and networks, and the queue of leads.

One finding means nothing: most adverts show one (81 % of 17,362 in Giommoni & Ikwu 2021). So a lead's priority is a sum
of parts that stay small alone and grow where several kinds of evidence agree; see `clew.assess.score`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.assess.evidence import Found, findings, gather
from clew.assess.leads import leads, scores
from clew.assess.observe import observe_networks, observe_shares
from clew.assess.prepare import Prepared
from clew.assess.score import enter, score
from clew.engine.duckdb import Engine
from clew.model.tables import FINDINGS, LEADS, RECORD_SCORES

_ROW_GROUP = 65_536
_REPEATED = ["indicator", "subject_kind", "points", "reason"]
_MADE = (
    "net_sets", "entries", "applies", "observed", "rates", "peers", "raw_points", "parts", "own", "subjects",
)  # fmt: skip


def assess(engine: Engine, out: Path, progress: Callable[[float], None], prepared: Prepared) -> dict[str, Path]:
    """Observe every indicator and rank the networks.

    Args:
        engine: holds the views ``mentions``, ``conversations``, ``conversation_members``, ``control``, ``ties``,
            ``networks``, ``money_signs`` and ``payment_matches``; each may be empty.
        out: a folder to write to.
        progress: called with the share that is done.
        prepared: what was read of the records.

    Returns:
        The Parquet files of FINDINGS, LEADS and RECORD_SCORES, by name.
    """
    try:
        found = _find(engine, prepared, progress)
        with ThreadPoolExecutor(1) as beside, engine.session() as other:
            paths = {name: out / f"{name}.parquet" for name in ("record_scores", "leads", "findings")}
            queue = beside.submit(_write, leads(other, found), LEADS, paths["leads"])
            last = beside.submit(lambda: _write([scores(found)], RECORD_SCORES, paths["record_scores"]))
            _write(findings(engine, found), FINDINGS, paths["findings"])
            for part in (queue, last):
                part.result()
    finally:
        for table in _MADE:
            engine.run(f"DROP TABLE IF EXISTS temp.{table}")
        for table in prepared.tables:
            engine.forget(table)
    progress(1.0)
    return paths


def _find(engine: Engine, prepared: Prepared, progress: Callable[[float], None]) -> Found:
    """All that is found, with points."""
    indicators, records = prepared.indicators, prepared.records
    engine.register(prepared.tables)
    enter(engine, indicators, records.kinds)
    observe_networks(engine, indicators, records.kinds)
    progress(0.3)
    observe_shares(engine, indicators)
    score(engine)
    progress(0.5)
    found = gather(engine, indicators, records, prepared.marks, prepared.mentions)
    progress(0.7)
    return found


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
