"""The tables of a workspace as Parquet, with record ids in place of the workspace's own integers: a contract.

Columns are only ever added. Every file exists, empty where nothing was found, so that a reader need not ask.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.model.files import check_new
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.trace.money.labels import HELD
from clew.trace.prices import PRICED

# A list of records as outside, in its order.
_RECORD_IDS = """(
            SELECT list(record_id ORDER BY n)
            FROM (SELECT unnest(rids) AS rid, generate_subscripts(rids, 1) AS n) JOIN ids USING (rid))"""
# Of the trace stage; payments are known by their record.
TRACED = {
    "stays": f"""
        SELECT network_id, subject, place, from_at, to_at, certainty, {_RECORD_IDS} AS record_ids
        FROM stays ORDER BY network_id, subject, from_at, place""",
    "moves": f"""
        SELECT network_id, subject, from_place, to_place, left_at, arrived_at, how, km, certainty,
               {_RECORD_IDS} AS record_ids
        FROM moves ORDER BY network_id, subject, arrived_at, to_place, from_place""",
    "clashes": f"""
        SELECT network_id, subject, place_a, place_b, at_a, at_b, km, hours_needed, reason, {_RECORD_IDS} AS record_ids
        FROM clashes ORDER BY network_id, subject, at_a, at_b, place_a, place_b""",
    "patterns": "SELECT * FROM patterns ORDER BY network_id, subject, pattern",
    "forecasts": "SELECT * FROM forecasts ORDER BY network_id, subject, rank",
    "payments": """
        SELECT i.record_id AS payment_id, payer, payee, payer_name, payee_name, amount, currency, booked_at, purpose,
               state, o.record_id AS of, network_id
        FROM payments p JOIN ids i USING (rid) LEFT JOIN ids o ON o.rid = p.of ORDER BY payment_id""",
    "flows": "SELECT * FROM flows ORDER BY payer, payee, currency",
    "money_signs": f"""
        SELECT sign, subject, network_id, weight, reason, {_RECORD_IDS} AS record_ids
        FROM money_signs ORDER BY sign, subject, network_id""",
    "payment_matches": """
        SELECT p.record_id AS payment_id, r.record_id, score, chance, network_id, payer, reason
        FROM payment_matches m JOIN ids p ON p.rid = m.rid_payment JOIN ids r ON r.rid = m.rid_record
        ORDER BY payment_id, score DESC, record_id""",
    "roles": f"""
        SELECT network_id, person, role, confidence, evidence, identifiers, reason, first_at, last_at,
               {_RECORD_IDS} AS record_ids
        FROM roles ORDER BY network_id, confidence DESC, person, role""",
    "assets": f"""
        SELECT network_id, kind, value, holder, first_at, last_at, turnover_low, turnover_mid, turnover_high, currency,
               reason, {_RECORD_IDS} AS record_ids, tie, turnover
        FROM assets ORDER BY network_id, kind, value, currency""",
}
# Table to its query; {name} is a view of the workspace's own table.
QUERIES = {
    "records": """
        SELECT record_id, item_id, version, native_id, kind, platform, source, url, title, body, contact, place, price,
               handle, conversation, recipient, payer, payee, amount, currency, posted_at, posted_offset, captured_at,
               captured_offset, images, extra, file, line
        FROM records ORDER BY record_id""",
    "changes": """
        SELECT c.item_id, a.record_id AS record_from, b.record_id AS record_to, c.field, c.old, c.new
        FROM changes c JOIN ids a ON a.rid = c.rid_from JOIN ids b ON b.rid = c.rid_to ORDER BY ALL""",
    "quarantine": "SELECT * FROM quarantine ORDER BY file, line, reason",
    "mentions": """
        SELECT record_id, type::VARCHAR AS type, value, raw, field::VARCHAR AS field, start, "end", obscured,
               extractor::VARCHAR AS extractor, version::VARCHAR AS version
        FROM mentions JOIN ids USING (rid) ORDER BY record_id, type, field, start, "end", value""",
    "templates": """
        SELECT template_id, text, slots, members, record_id AS medoid
        FROM templates t JOIN ids ON ids.rid = t.medoid ORDER BY template_id""",
    "template_members": """
        SELECT record_id, template_id FROM template_members JOIN ids USING (rid) ORDER BY template_id, record_id""",
    "image_members": "SELECT record_id, image_id FROM image_members JOIN ids USING (rid) ORDER BY image_id, record_id",
    "conversations": "SELECT * FROM conversations ORDER BY conversation_id",
    "conversation_members": """
        SELECT record_id, conversation_id FROM conversation_members JOIN ids USING (rid)
        ORDER BY conversation_id, record_id""",
    "stages": f"""
        SELECT conversation_id, stage, actor, first_at, last_at, weight, {_RECORD_IDS} AS record_ids
        FROM stages ORDER BY conversation_id, stage, actor""",
    "control": f"""
        SELECT conversation_id, controller, controlled, confidence, reason, {_RECORD_IDS} AS record_ids
        FROM control ORDER BY conversation_id, controller, controlled""",
    "links": """
        SELECT least(a.record_id, b.record_id) AS record_a, greatest(a.record_id, b.record_id) AS record_b,
               weight, evidence, state
        FROM links l JOIN ids a ON a.rid = l.rid_a JOIN ids b ON b.rid = l.rid_b ORDER BY record_a, record_b""",
    "networks": "SELECT * FROM networks ORDER BY network_id",
    "network_members": """
        SELECT record_id, network_id FROM network_members JOIN ids USING (rid) ORDER BY network_id, record_id""",
    "network_events": "SELECT * FROM network_events ORDER BY ALL",
    "labels": f"""
        SELECT value, label, category, note, source, who, "at"
        FROM ({HELD.format(labels="labels")}) ORDER BY value, source""",
    "prices": f"""
        SELECT platform, what, amount, currency, valid_from, valid_until, source, who, "at"
        FROM ({PRICED.format(prices="prices")}) ORDER BY ALL""",
    **TRACED,
    "findings": "SELECT * FROM findings ORDER BY finding_id",
    "leads": "SELECT * FROM leads ORDER BY rank",
    "record_scores": "SELECT record_id, priority FROM record_scores JOIN ids USING (rid) ORDER BY record_id",
}


_GROUP = 65_536  # rows
# Some rows of a table, and its name; the same rows as they may be given away.
Mask = Callable[[pa.Table, str], pa.Table]


def export_tables(
    workspace: Workspace,
    out: Path,
    progress: Callable[[float], None] = lambda share: None,
    mask: Mask | None = None,
    ready: Callable[[Path], None] = lambda made: None,
) -> dict[str, int]:
    """Write every table of `QUERIES` as ``OUT/NAME.parquet``; the folder appears whole or not at all.

    Args:
        workspace: with a run.
        out: a new or empty folder.
        progress: told the share that is done.
        mask: hides who may not be named (`clew.evidence.masks`); tables come to it in the order of `QUERIES`.
        ready: told the folder with all tables before it appears as ``out``.

    Returns:
        Rows per table.

    Raises:
        InputError: ``out`` exists and holds something.
        WorkspaceError: the workspace has records but no run yet.
    """
    check_new(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as staging:
        made = Path(staging) / "tables"
        made.mkdir()
        with open_views(workspace, spill=Path(staging) / "spill", memory_gb=2.0) as engine:
            engine.run("CREATE VIEW ids AS SELECT rid, record_id FROM records")
            for done, (name, query) in enumerate(QUERIES.items()):
                counts[name] = _write(engine, name, query, made / f"{name}.parquet", mask)
                progress((done + 1) / len(QUERIES))
        ready(made)
        if out.exists():
            out.rmdir()
        shutil.move(made, out)
    return counts


def _write(engine: Engine, name: str, query: str, path: Path, mask: Mask | None) -> int:
    file = str(path).replace("'", "''")
    if mask is None:
        engine.run(f"COPY ({query}) TO '{file}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP})")
        (count,) = engine.row(f"SELECT count(*) FROM read_parquet('{file}')")
        return int(count)
    count = 0
    with engine.batches(query, _GROUP) as (schema, batches):
        # What is masked may lose its place in a text: every column may be null.
        open_schema = pa.schema([field.with_nullable(True) for field in schema])
        with pq.ParquetWriter(path, open_schema, compression="zstd") as writer:
            for batch in batches:
                table = mask(pa.Table.from_batches([batch]), name).cast(open_schema)
                writer.write_table(table)
                count += len(table)
    return count
