"""What a network or a record is at this moment, as lines that are the same whenever it is the same.

The first line says what it is and by which run; then a line for each record, link or change. ``what`` names the kind
of a line. Numbers of 64 bits are written as digits in quotes, as not every reader of JSON can hold them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from clew.engine.duckdb import Engine, parquet
from clew.ledger.entry import canonical
from clew.model.errors import InputError, MissingError
from clew.model.money import exact
from clew.model.tables import RECORDS
from clew.pipeline.manifest import Manifest, read_manifest
from clew.query.show import find_record, quote
from clew.store.workspace import Workspace

FORMAT = 1
MOST_RECORDS, MOST_BYTES, MOST_PICTURES = 100_000, 1 << 30, 20_000
_BATCH = 2_000
_NETWORK = re.compile(r"N[0-9a-f]{6,32}")
# Tables that say what a network is; their digests stand in the first line.
_TABLES = ("records", "networks", "network_members", "links", "decisions", "anchors")

Row = dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """A picture that records refer to.

    Attributes:
        file: from which the records came.
        name: as the records have it.
        records: how many refer to it.
        record_id: one of them.
        pdq: of the picture when it was read; None where it was not.
    """

    file: str
    name: str
    records: int
    record_id: str
    pdq: str | None


@dataclass(frozen=True)
class Frozen:
    """What will be an exhibit.

    Attributes:
        name: what to call it.
        whence: where it was taken from.
        run: that made it; empty where none did.
        facts: label and value.
        pictures: to which its records refer.
        lines: makes the bytes, a piece at a time; once.
    """

    name: str
    whence: str
    run: str
    facts: tuple[tuple[str, str], ...]
    pictures: tuple[Reference, ...]
    lines: Callable[[], Iterator[bytes]]


def is_network(name: str) -> bool:
    """Does it look like the id of a network?"""
    return bool(_NETWORK.fullmatch(name))


def freeze_network(engine: Engine, workspace: Workspace, network_id: str) -> Frozen:
    """A network with its records and links.

    Raises:
        MissingError: there is none of that id.
        InputError: it was merged into another, or is too large for an exhibit.
    """
    network = _network(engine, network_id)
    members = f"(SELECT rid FROM network_members WHERE network_id = {quote(network_id)})"
    _choose(engine, workspace, network_id, f"rid IN {members}")
    run = _run_of(workspace)
    lead = engine.rows(f"SELECT rank, priority FROM leads WHERE network_id = {quote(network_id)}")
    links = """
        SELECT least(a.record_id, b.record_id) AS record_a, greatest(a.record_id, b.record_id) AS record_b,
               weight, evidence, state
        FROM links l JOIN frozen a ON a.rid = rid_a JOIN frozen b ON b.rid = rid_b ORDER BY 1, 2"""
    head = {"what": "network", "network": network, "lead": lead[0] if lead else None, **_origin(workspace, run)}

    def lines() -> Iterator[bytes]:
        yield _line(head)
        yield from _records(engine)
        yield from _rows(engine, links, lambda row: {"what": "link", **row, "evidence": orjson.loads(row["evidence"])})

    facts = [("Network", network_id), ("Records", f"{network['records']:,}")]
    facts += [("Seen", f"{_day(network['first_seen'])} to {_day(network['last_seen'])}")] * bool(network["first_seen"])
    facts += [("Priority as a lead", f"{lead[0]['priority']:.1f}, rank {lead[0]['rank']}")] if lead else []
    facts += _run_facts(run)
    name = f"Network {network_id}"
    whence = f"network {network_id} of this workspace"
    return Frozen(name, whence, run.id if run else "", tuple(facts), _pictures(engine), lines)


def freeze_record(engine: Engine, workspace: Workspace, name: str) -> Frozen:
    """A record with all versions of the same item and what changed between them.

    Raises:
        MissingError: there is none of that name.
        InputError: there are several.
    """
    record = find_record(engine, name)
    item = quote(record["item_id"])
    versions = _choose(engine, workspace, record["record_id"], f"item_id = {item}")
    run = _run_of(workspace)
    changes = f"""
        SELECT a.record_id AS record_from, b.record_id AS record_to, field, old, new
        FROM changes c JOIN frozen a ON a.rid = rid_from JOIN frozen b ON b.rid = rid_to
        WHERE c.item_id = {item} ORDER BY b.version, 1, 2, field"""
    head = {"what": "item", "asked": record["record_id"], "network": record["network_id"], "versions": versions}
    head |= _origin(workspace, run)

    def lines() -> Iterator[bytes]:
        yield _line(head)
        yield from _records(engine)
        yield from _rows(engine, changes, lambda row: {"what": "change", **row})

    facts = [("Record", record["record_id"]), ("Versions", str(versions)), ("Kind", record["kind"]),
             ("Source", record["source"]), ("Platform", record["platform"])]  # fmt: skip
    facts += [
        (label, record[field]) for label, field in (("Native id", "native_id"), ("Address", "url")) if record[field]
    ]
    facts += [
        (label, record[field].isoformat())
        for label, field in (("Posted", "posted_at"), ("Captured", "captured_at"))
        if record[field]
    ]
    facts += [("Network", record["network_id"])] * bool(record["network_id"])
    facts += _run_facts(run)
    whence = record["url"] or f"{record['file']}, line {record['line']}"
    title = f"Record {record['record_id'][:12]}"
    return Frozen(title, whence, run.id if run else "", tuple(facts), _pictures(engine), lines)


def _network(engine: Engine, network_id: str) -> Row:
    found = engine.rows(f"SELECT * FROM networks WHERE network_id = {quote(network_id)}")
    if found:
        return found[0]
    merged = f"SELECT merged_into FROM anchors WHERE network_id = {quote(network_id)} AND merged_into IS NOT NULL"
    if into := engine.rows(merged):
        raise InputError(f"{network_id} was merged into {into[0]['merged_into']}.", "Add that network.")
    raise MissingError(f"There is no network {network_id[:40]!r}.", "See: clew leads")


def _choose(engine: Engine, workspace: Workspace, name: str, which: str) -> int:
    """Read the records once, with the segment of each, into the table ``frozen``; refuse what nobody could read.

    Returns:
        How many there are.
    """
    files = parquet(workspace.paths("records")).removesuffix(")") + ", filename = true)"
    columns = ", ".join(RECORDS.names)
    engine.run(f"CREATE OR REPLACE TEMP TABLE frozen AS SELECT {columns}, filename FROM {files} WHERE {which}")
    texts = " + ".join(f"coalesce(strlen({column}), 0)" for column in ("title", "body", "contact", "extra"))
    count, size = engine.row(f"SELECT count(*), coalesce(sum({texts}), 0)::BIGINT FROM frozen")
    if count > MOST_RECORDS or size > MOST_BYTES:
        raise InputError(
            f"{name} has {count:,} records with {size / 1e6:,.0f} MB of text; an exhibit takes up to "
            f"{MOST_RECORDS:,} with {MOST_BYTES / 1e6:,.0f} MB.",
            "Add the records that matter one by one, or reject the links that hold it together.",
        )
    return int(count)


def _run_of(workspace: Workspace) -> Manifest | None:
    """The run that made the networks of the workspace."""
    made = [segment.sha256 for segment in workspace.segments("networks")]
    if not made:
        return None
    run = read_manifest(workspace, "last")
    return run if run.outputs.get("networks") == made else None


def _origin(workspace: Workspace, run: Manifest | None) -> Row:
    tables = {name: [segment.sha256 for segment in workspace.segments(name)] for name in _TABLES}
    made = {"id": run.id, "at": run.at, "code": run.code, "versions": run.versions} if run else None
    return {"format": FORMAT, "run": made, "tables": tables}


def _run_facts(run: Manifest | None) -> list[tuple[str, str]]:
    return [("Run", f"{run.id}, {run.at[:19]}Z"), ("Code of the run", run.code)] if run else []


def _records(engine: Engine) -> Iterator[bytes]:
    """A line for each record: every column as received, and the segment that holds it."""

    def said(row: Row) -> Row:
        segment = Path(row.pop("filename")).stem
        amount = row.get("amount")  # of a payment: a text, for a number of JSON would lose digits
        row |= {"rid": str(row["rid"]), "amount": None if amount is None else exact(amount)}
        return {"what": "record", "segment": segment, "record": row}

    yield from _rows(engine, "SELECT * FROM frozen ORDER BY record_id", said)


def _rows(engine: Engine, query: str, said: Callable[[Row], Row]) -> Iterator[bytes]:
    with engine.batches(query, _BATCH) as (_, batches):
        for batch in batches:
            yield b"".join(_line(said(row)) for row in batch.to_pylist())


def _pictures(engine: Engine) -> tuple[Reference, ...]:
    """The pictures that records refer to, each once, with the hash that was read."""
    query = f"""
        WITH referred AS (
            SELECT rid, record_id, file, unnest(images) AS name FROM frozen WHERE images IS NOT NULL
        ), read AS (
            SELECT DISTINCT rid, raw AS name, value FROM mentions
            WHERE type = 'image' AND field = 'images' AND rid IN (SELECT rid FROM frozen)
        )
        SELECT file, r.name, count(DISTINCT r.rid) AS records, min(record_id) AS record_id, min(value) AS pdq
        FROM referred r LEFT JOIN read USING (rid, name) GROUP BY file, r.name ORDER BY file, r.name
        LIMIT {MOST_PICTURES}"""
    return tuple(Reference(**row) for row in engine.rows(query))


def _line(value: Row) -> bytes:
    return canonical(value) + b"\n"


def _day(at: Any) -> str:
    return at.date().isoformat() if at else "?"
