"""The assess stage: findings on records and networks, and the queue of leads.

One finding means nothing: most adverts show one (81 % of 17,362 in Giommoni & Ikwu 2021). So a lead's priority is a sum
of parts that stay small alone and grow where several kinds of evidence agree; see `clew.assess.score`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.assess import evidence, facts, marks
from clew.assess.catalogue import Indicator, catalogue
from clew.assess.observe import observe_networks
from clew.assess.score import enter, score
from clew.engine.duckdb import Engine
from clew.model.tables import FINDINGS, LEADS, RECORD_SCORES

_ROW_GROUP = 65_536
_REPEATED = ["indicator", "subject_kind", "points", "reason"]
_MADE = (
    "nets", "net_sets", "entries", "applies", "observed", "rates", "peers", "raw_points", "parts", "priorities", "own",
    "examples", "subjects", "network_findings", "wanted", "said",
)  # fmt: skip


def assess(
    engine: Engine, out: Path, progress: Callable[[float], None], indicators: Sequence[Indicator] | None = None
) -> dict[str, Path]:
    """Observe every indicator and rank the networks.

    Args:
        engine: holds the views ``records``, ``changes``, ``mentions``, ``template_members``, ``ties``, ``networks`` and
            ``network_members``; each may be empty.
        out: a folder to write to.
        progress: called with the share that is done.
        indicators: the catalogue unless others are given.

    Returns:
        The Parquet files of FINDINGS, LEADS and RECORD_SCORES, by name.
    """
    chosen = catalogue() if indicators is None else tuple(indicators)
    try:
        records = facts.prepare(engine)
        progress(0.3)
        enter(engine, chosen)
        marks.register(engine, chosen, records)
        observe_networks(engine, chosen)
        progress(0.5)
        score(engine)
        evidence.gather(engine, chosen)
        progress(0.7)
        engine.run("SET preserve_insertion_order = true")
        both = f"({evidence.NETWORK_FINDINGS}) UNION ALL {evidence.record_findings(engine, chosen)}"
        written = {
            "record_scores": _write(engine, evidence.RECORD_SCORES, RECORD_SCORES, out / "record_scores.parquet"),
            "leads": _write(engine, evidence.LEADS, LEADS, out / "leads.parquet"),
            "findings": _write(engine, both, FINDINGS, out / "findings.parquet"),
        }
    finally:
        engine.run("SET preserve_insertion_order = false")
        for table in _MADE:
            engine.run(f"DROP TABLE IF EXISTS temp.{table}")
        for table in (*facts.REGISTERED, *marks.REGISTERED):
            engine.con.unregister(table)
    progress(1.0)
    return written


def _write(engine: Engine, query: str, schema: pa.Schema, path: Path) -> Path:
    """Write the rows of an ordered query, in row groups of one size however the engine portions them."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=_REPEATED) as writer:
        for batch in _ahead(engine.con.sql(query).to_arrow_reader(_ROW_GROUP)):
            waiting.append(batch)
            rows += len(batch)
            while rows >= _ROW_GROUP:
                table = pa.Table.from_batches(waiting)
                writer.write_table(table.slice(0, _ROW_GROUP).cast(schema), row_group_size=_ROW_GROUP)
                waiting = table.slice(_ROW_GROUP).to_batches()
                rows -= _ROW_GROUP
        if rows:
            writer.write_table(pa.Table.from_batches(waiting).cast(schema), row_group_size=_ROW_GROUP)
    return path


def _ahead(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches of a query, the next one computed while the last one is written."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, reader, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, reader, None)
            yield batch
