"""Take over a list of accounts that somebody knows, or take one back; the next run obeys it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from clew.engine.duckdb import Engine
from clew.extract.registry import extractors
from clew.extract.stage import extract_segment
from clew.ingest.base import Reject, clip
from clew.ingest.labels import read_labels
from clew.link.paid import NODES
from clew.match.signature import signature
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.model.tables import RECORDS
from clew.pipeline import custody
from clew.pipeline.lists import giver, held_of, keep, rows_of
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.trace.money.labels import HELD

# As payments are named: by the account that extraction reads in the field, else by the name in it.
_NAMED = rf"""
WITH nodes AS ({NODES})
SELECT g.line, g.address AS written, g.label, g.category, g.note, g.platform,
    coalesce(n.node, 'name:' || lower(regexp_replace(trim(g.address), '\s+', ' ', 'g'))) AS value
FROM given g LEFT JOIN nodes n ON n.rid = g.line ORDER BY g.line
"""
_READY = r"^(account:(iban|number):|wallet:[a-z]+:|phone:\+|email:|handle:|name:).+$"
# Written like an account, and yet none that was read: check digits are wrong, or it is a number of nobody knows whom.
_FAULTS = (
    (r"^account:number:/", "a short number: name its bank or service in a column platform"),
    (r"(?i)^name:[a-z]{2}\d{2}[a-z0-9 ]{11,34}$", "no account: looks like an IBAN, but its check digits are wrong"),
    (r"(?i)^name:(0x[0-9a-f]{40}|(bc1|tb1|ltc1)[0-9a-z]{20,}|[13lmt48][0-9a-z]{25,})$",
     "no account: looks like a wallet, but its checksum is wrong"),
    (r"^name:\P{L}*$", "no account, and no name either"),
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """What a list gave.

    Attributes:
        accounts: rows that were taken over.
        repeated: rows about an account that a later row of the same list is about as well; the later one holds.
        names: of the accounts, those of which only a name is known.
        rejects: rows that were not taken over, and why.
    """

    accounts: int
    repeated: int
    names: int
    rejects: list[Reject]


@dataclass(frozen=True)
class LabelList:
    """Labels of one source that hold now."""

    source: str
    accounts: int
    categories: dict[str, int]
    first_at: datetime
    last_at: datetime
    who: tuple[str, ...]


def label(
    workspace: Workspace,
    path: Path,
    source: str,
    why: str = "",
    actor: Actor | None = None,
    db: sa.Engine | None = None,
) -> Labelled:
    """Take over a list of known accounts; what the same source said earlier of one of them holds no more.

    Args:
        workspace: where to.
        path: a CSV file; see `clew.ingest.labels.read_labels`.
        source: what to call the list.
        why: the reason, kept in the ledger.
        actor: who does it; the user of the operating system where nobody is named.
        db: the workspace's database, where it is open already.

    Raises:
        DeniedError: the actor may not do that.
        InputError: the file is no such list, or nothing in it names an account.
    """
    actor, source = giver(actor, source)
    with custody.ledger(workspace, db) as ledger, workspace.change() as change:
        folder = change.folder("labels")
        read = read_labels(path, folder)
        named, rejects = _accounts(read.rows, folder)
        rejects = sorted((*read.rejects, *rejects), key=lambda reject: reject.line)
        newest = {value: n for n, value in enumerate(named["value"].to_pylist())}  # a later row of the list holds
        kept = named.take(pa.array(sorted(newest.values()), pa.int64()))
        if not kept.num_rows:
            why_not = f" The first row: {rejects[0].reason}." if rejects else ""
            raise InputError(f"{path} names no account.{why_not}", "Give a list: address,label,category")
        keep(change, "labels", rows_of(kept, "labels", source, "given", actor), ledger, actor, why, str(path))
    names = pc.sum(pc.starts_with(kept["value"], "name:")).as_py() or 0
    return Labelled(kept.num_rows, named.num_rows - kept.num_rows, names, rejects)


def unlabel(
    workspace: Workspace, source: str, why: str = "", actor: Actor | None = None, db: sa.Engine | None = None
) -> int:
    """Take back all that a source said.

    Returns:
        How many labels held.

    Raises:
        DeniedError: the actor may not do that.
        InputError: the source labels nothing now.
    """
    actor, source = giver(actor, source)
    with custody.ledger(workspace, db) as ledger, workspace.change() as change:
        rows = held_of(change, "labels", HELD, source).sort_by("value")
        if not rows.num_rows:
            raise InputError(f"No list {source[:40]!r} labels anything.", "See: clew label --list")
        keep(change, "labels", rows_of(rows, "labels", source, "removed", actor), ledger, actor, why)
    return int(rows.num_rows)


def label_lists(workspace: Workspace) -> list[LabelList]:
    """The lists that hold now, by name."""
    query = f"""
        SELECT source, sum(n)::BIGINT AS accounts, map_from_entries(list((category, n) ORDER BY n DESC, category))
                   AS categories, min(first_at) AS first_at, max(last_at) AS last_at,
               list_sort(list_distinct(flatten(list(who)))) AS who
        FROM (
            SELECT source, category, count(*)::BIGINT AS n, min("at") AS first_at, max("at") AS last_at,
                   list(DISTINCT who) AS who FROM ({HELD.format(labels="labels")}) GROUP BY ALL
        ) GROUP BY source ORDER BY source"""
    with open_views(workspace, need_run=False) as engine:
        return [
            LabelList(**row | {"categories": dict(row["categories"]), "who": tuple(row["who"])})
            for row in engine.rows(query)
        ]


def _accounts(rows: pa.Table, folder: Path) -> tuple[pa.Table, list[Reject]]:
    """The rows with ``value``, the account as payments name it, and those that name none.

    The addresses go through extraction as payees of payments, so that they are named as those are.
    """
    ready = pc.match_substring_regex(rows["address"], _READY)  # copied from an export
    records, mentions = folder / "records.parquet", folder / "mentions.parquet"
    written = pc.if_else(ready, "", rows["address"])
    pq.write_table(_as_payees(rows["line"], written, rows["platform"]), records)
    extract_segment(records, mentions, folder / "signatures.parquet", extractors(), signature, 2, lambda count: None)
    with Engine(folder) as engine:
        named = engine.sql(_NAMED, {"given": rows, "mentions": [mentions]})
    value = pc.if_else(pc.match_substring_regex(named["written"], _READY), named["written"], named["value"])
    named = named.set_column(named.column_names.index("value"), "value", value)
    rejects, bad = list[Reject](), pa.array([False] * named.num_rows, pa.bool_())
    for pattern, reason in _FAULTS:
        fault = pc.and_not(pc.match_substring_regex(value, pattern), bad)
        at: Sequence[int] = pc.indices_nonzero(fault).to_pylist()
        rejects += [Reject(named["line"][n].as_py(), reason, clip(named["written"][n].as_py())) for n in at]
        bad = pc.or_(bad, fault)
    return named.filter(pc.invert(bad)), rejects


def _as_payees(line: pa.ChunkedArray, address: pa.ChunkedArray, platform: pa.ChunkedArray) -> pa.Table:
    """RECORDS of payments to some accounts; ``rid`` is the line."""
    n = len(line)
    same = {"kind": "payment", "source": "labels", "file": "", "record_id": "", "item_id": ""}
    given = {"rid": line.cast(pa.uint64()), "line": line, "payee": address, "platform": platform}
    columns: dict[str, Any] = {"version": pa.repeat(pa.scalar(1, pa.int32()), n)} | given
    for field in RECORDS:
        if field.name in same:
            columns[field.name] = pa.repeat(pa.scalar(same[field.name], field.type), n)
        elif field.name not in columns:
            columns[field.name] = pa.nulls(n, field.type)
    return pa.table({field.name: columns[field.name] for field in RECORDS}, schema=RECORDS)
