"""The tables of some networks and records alone: what a package of evidence holds, and a replay makes again.

Nothing of other records comes along. A link is there when both its records are, a conversation when all its messages
are; of a family of texts that others belong to as well, only what the chosen records themselves say.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.duckdb import parquet
from clew.exchange.tables import QUERIES
from clew.model.tables import LABELS
from clew.store.views import open_views
from clew.store.workspace import Workspace

# What a row must be to come along, in terms of the columns of `QUERIES`. Rejected rows belong to no record.
_ROWS = {
    "records": "record_id IN (FROM chosen)",
    "changes": "record_from IN (FROM chosen) AND record_to IN (FROM chosen)",
    "mentions": "record_id IN (FROM chosen)",
    "templates": "template_id IN (SELECT template_id FROM families)",
    "template_members": "record_id IN (FROM chosen)",
    "image_members": "record_id IN (FROM chosen)",
    "conversations": "conversation_id IN (FROM whole)",
    "conversation_members": "conversation_id IN (FROM whole)",
    "stages": "conversation_id IN (FROM whole)",
    "control": "conversation_id IN (FROM whole)",
    "links": "record_a IN (FROM chosen) AND record_b IN (FROM chosen)",
    "networks": "network_id IN (FROM chosen_networks)",
    "network_members": "network_id IN (FROM chosen_networks)",
    "network_events": "network_id IN (FROM chosen_networks) OR other_id IN (FROM chosen_networks)",
    "labels": "value IN (FROM accounts)",
    **dict.fromkeys(("stays", "moves", "clashes", "patterns", "forecasts"), "network_id IN (FROM chosen_networks)"),
    "payments": "payment_id IN (FROM chosen)",
    "flows": "network_id IN (FROM chosen_networks)",
    "money_signs": "list_has_all((SELECT list(record_id) FROM chosen), record_ids)",
    "payment_matches": "payment_id IN (FROM chosen) AND record_id IN (FROM chosen)",
    "roles": "network_id IN (FROM chosen_networks)",
    "assets": "network_id IN (FROM chosen_networks)",
    "findings": "subject IN (FROM chosen) OR subject IN (FROM chosen_networks)",
    "leads": "network_id IN (FROM chosen_networks)",
    "record_scores": "record_id IN (FROM chosen)",
}
NAMES = tuple(_ROWS)

# The text of a family is that of its medoid, and its slots quote members: both may be other people's records.
_TEMPLATES = """
    SELECT t.template_id, CASE WHEN t.medoid IN (FROM chosen) THEN t.text ELSE '' END AS text,
           CASE WHEN t.members = f.n THEN t.slots ELSE '[]' END AS slots, t.members,
           CASE WHEN t.medoid IN (FROM chosen) THEN t.medoid END AS medoid
    FROM ({whole}) t JOIN families f USING (template_id) ORDER BY t.template_id"""


# The accounts that the chosen payments and the flows of the chosen networks name.
_ACCOUNTS = """
    SELECT unnest([payer, payee]) AS value FROM payments SEMI JOIN (FROM ids SEMI JOIN chosen USING (record_id))
    USING (rid)
    UNION SELECT unnest([payer, payee]) FROM flows WHERE network_id IN (FROM chosen_networks)"""


def selected(
    workspace: Workspace, networks: Sequence[str], records: Sequence[str], labels: Sequence[str] | None = None
) -> dict[str, pa.Table]:
    """The rows that belong to some networks, with all their records, and to some records, with all their versions.

    The order of rows is that of the contract, whatever the number of threads.

    Args:
        workspace: where from.
        networks, records: what is chosen.
        labels: digests of the segments of labels that a run read; None for all there are.

    Returns:
        A table for each of `NAMES`, empty where nothing was found.

    Raises:
        WorkspaceError: something is chosen, and the workspace has no run yet.
    """
    with open_views(workspace, memory_gb=2.0, need_run=bool(networks or records)) as engine:
        engine.run("CREATE VIEW ids AS SELECT rid, record_id FROM records")
        if labels is not None:
            read = [workspace.path / s.file for s in workspace.segments("labels") if s.sha256 in set(labels)]
            engine.register({"labels": read or LABELS.empty_table()})
        engine.register(
            {
                "chosen_networks": pa.table({"network_id": pa.array(sorted(set(networks)), pa.string())}),
                "chosen_alone": pa.table({"record_id": pa.array(sorted(set(records)), pa.string())}),
            }
        )
        engine.run(
            "CREATE TABLE chosen AS SELECT record_id FROM records WHERE rid IN "
            "(SELECT rid FROM network_members WHERE network_id IN (FROM chosen_networks)) OR item_id IN "
            "(SELECT item_id FROM records WHERE record_id IN (FROM chosen_alone))"
        )
        engine.run(
            "CREATE TABLE whole AS SELECT conversation_id FROM conversation_members LEFT JOIN ids USING (rid) "
            "GROUP BY conversation_id HAVING bool_and(record_id IN (FROM chosen))"
        )
        engine.run(
            f"CREATE TABLE families AS SELECT template_id, count(*) AS n FROM ({QUERIES['template_members']}) "
            "WHERE record_id IN (FROM chosen) GROUP BY ALL"
        )
        engine.run(f"CREATE TABLE accounts AS {_ACCOUNTS}")
        found = {}
        for name, rows in _ROWS.items():
            whole = QUERIES[name]
            query = _TEMPLATES.format(whole=whole) if name == "templates" else _only(whole, rows)
            found[name] = engine.sql(query).combine_chunks()
    return found


def segments_of(workspace: Workspace, records: pa.Table) -> list[str]:
    """The digests of the segments of records that hold these."""
    paths = workspace.paths("records")
    if not paths or not records.num_rows:
        return []
    with open_views(workspace, need_run=False) as engine:
        engine.register({"chosen": records.select(["record_id"])})
        files = parquet(paths).removesuffix(")") + ", filename = true)"
        query = f"SELECT DISTINCT filename FROM {files} WHERE record_id IN (FROM chosen) ORDER BY filename"
        return [Path(row["filename"]).stem for row in engine.rows(query)]


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table so that the same rows give the same bytes (with the same version of PyArrow)."""
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 16, store_schema=True)


def _only(query: str, rows: str) -> str:
    """A query of the contract with fewer rows, in its own order."""
    body, order, by = query.rpartition("ORDER BY")
    return f"SELECT * FROM ({body}) WHERE {rows} {order}{by}"
