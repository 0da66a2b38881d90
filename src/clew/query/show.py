"""One network, record, template, conversation or site, with what a person needs to judge it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from clew.assess.explain import Finding, Lead, findings_of, lead_of
from clew.engine.duckdb import Engine
from clew.model.errors import InputError, MissingError
from clew.query.talk_show import (
    ConversationView,
    SiteView,
    find_conversation,
    has_site,
    show_conversation,
    show_site,
)

Row = dict[str, Any]


@dataclass(frozen=True)
class NetworkView:
    """A network: its facts, what its records hold, why it is a lead, and the links that hold it together."""

    network: Row
    lead: Lead | None
    identities: list[Row]
    attributes: list[Row]
    links: list[Row]
    records: list[Row]
    history: list[Row]


@dataclass(frozen=True)
class RecordView:
    """A record: as received, what was read in it, its versions, its network and findings."""

    record: Row
    mentions: list[Row]
    versions: list[Row]
    changes: list[Row]
    findings: list[Finding]


@dataclass(frozen=True)
class TemplateView:
    """A template: its text with slots, what fills them, and some members."""

    template: Row
    slots: list[Row]
    members: list[Row]
    networks: list[Row]


View = NetworkView | RecordView | TemplateView | ConversationView | SiteView


def show(engine: Engine, name: str, limit: int = 20) -> View:
    """The network (N…), template (T…), conversation, record or site of that name.

    A conversation has the id that its source gave it, or its key (K…); a record 32 hex digits, of which the first few
    do, or its native id; a site the name of its host.

    Args:
        engine: with the workspace's tables as views.
        name: what to show.
        limit: most rows of each list.

    Raises:
        InputError: nothing has that name, or several records have.
    """
    name = name.strip()
    quoted = quote(name)
    if re.fullmatch(r"[NT][0-9a-f]{6,32}", name):
        if name[0] == "N" and (rows := engine.rows(f"SELECT * FROM networks WHERE network_id = {quoted}")):
            return _network(engine, rows[0], quoted, limit)
        if rows := engine.rows(f"SELECT * EXCLUDE (medoid) FROM templates WHERE template_id = {quoted}"):
            return _template(engine, rows[0], quoted, limit)
        merged = engine.rows(f"SELECT merged_into FROM anchors WHERE network_id = {quoted} AND merged_into IS NOT NULL")
        if merged:
            raise InputError(f"{name} was merged into {merged[0]['merged_into']}.", "Show that network.")
    if conversation := find_conversation(engine, name):
        return show_conversation(engine, conversation, limit)
    try:
        return _record(engine, find_record(engine, name), limit)
    except MissingError:
        if has_site(engine, name.lower()):
            return show_site(engine, name.lower(), limit)
        raise


def networks_of(engine: Engine, names: list[str]) -> dict[str, Row]:
    """The rows of NETWORKS of these ids, by id."""
    # Joined: of a list of several DuckDB makes a filter that reads every column of all networks.
    query = "SELECT * FROM networks SEMI JOIN (SELECT unnest($names::VARCHAR[]) AS network_id) USING (network_id)"
    return {row["network_id"]: row for row in engine.rows(query, names=names)}


def quote(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _network(engine: Engine, network: Row, name: str, limit: int) -> NetworkView:
    engine.run(  # without the texts: their columns would be read whole
        f"CREATE OR REPLACE TEMP TABLE shown AS SELECT rid, record_id, native_id, platform, posted_at, captured_at, "
        f"place, title, version FROM records JOIN network_members USING (rid) WHERE network_id = {name}"
    )
    seen = "min(coalesce(posted_at, captured_at)) AS first_seen, max(coalesce(posted_at, captured_at)) AS last_seen"
    identities = f"""
        SELECT type, value, count(*) AS records, {seen}
        FROM ties JOIN shown USING (rid) GROUP BY type, value ORDER BY records DESC, type, value LIMIT {limit}"""
    attributes = f"""
        SELECT type::VARCHAR AS type, value, count(DISTINCT rid) AS records FROM mentions JOIN shown USING (rid)
        WHERE type::VARCHAR IN ('place', 'name', 'language') GROUP BY 1, 2 ORDER BY records DESC, 1, 2 LIMIT {limit}"""
    links = f"""
        SELECT a.record_id AS record_a, b.record_id AS record_b, weight, evidence, state
        FROM links JOIN shown a ON a.rid = rid_a JOIN shown b ON b.rid = rid_b ORDER BY weight, 1, 2 LIMIT {limit}"""
    records = f"""
        SELECT record_id, native_id, platform, posted_at, place, title, version FROM shown
        ORDER BY posted_at, record_id LIMIT {limit}"""
    linked = engine.rows(links)
    for link in linked:
        link["evidence"] = orjson.loads(link["evidence"])
    history = f"SELECT * FROM network_events WHERE network_id = {name} OR other_id = {name} ORDER BY ALL LIMIT {limit}"
    return NetworkView(
        network,
        lead_of(engine, network["network_id"]),
        engine.rows(identities),
        engine.rows(attributes),
        linked,
        engine.rows(records),
        engine.rows(history),
    )


def find_record(engine: Engine, name: str) -> Row:
    """The record of that id, beginning of an id, or native id (its newest version)."""
    column = "r.* EXCLUDE (rid), r.rid, network_id"
    query = f"SELECT {column} FROM records r LEFT JOIN network_members USING (rid) WHERE "
    found: list[Row] = []
    if re.fullmatch(r"[0-9a-f]{6,32}", name):
        found = engine.rows(query + f"starts_with(record_id, {quote(name)}) LIMIT 3")
    if not found:
        found = engine.rows(query + f"native_id = {quote(name)} ORDER BY version DESC LIMIT 20")
        if len({row["item_id"] for row in found}) == 1:
            found = found[:1]
    if not found:
        raise MissingError(
            f"There is no network, template, record, conversation or site {name!r}.",
            "See: clew leads, clew conversations, or look it up with: clew pivot",
        )
    if len(found) > 1:
        names = ", ".join(row["record_id"][:12] for row in found[:3])
        raise InputError(f"{name!r} names several records: {names}…", "Give more of the record id.")
    return found[0]


def _record(engine: Engine, record: Row, limit: int) -> RecordView:
    rid, item = record.pop("rid"), quote(record["item_id"])
    mentions = f"""
        SELECT type::VARCHAR AS type, value, raw, field::VARCHAR AS field, start, "end", obscured,
               extractor::VARCHAR AS extractor, version::VARCHAR AS version
        FROM mentions WHERE rid = {rid} AND type::VARCHAR <> 'hint' ORDER BY field, start, type, value"""
    versions = f"""
        SELECT record_id, version, posted_at, captured_at, place, title
        FROM records WHERE item_id = {item} ORDER BY version"""
    changes = f"""
        SELECT field, old, new, b.version AS version FROM changes c JOIN records b ON b.rid = c.rid_to
        WHERE c.item_id = {item} ORDER BY version, field"""
    found = sorted(findings_of(engine, record["record_id"]), key=lambda f: (-f.points, f.indicator))[:limit]
    return RecordView(record, engine.rows(mentions), engine.rows(versions), engine.rows(changes), found)


def _template(engine: Engine, template: Row, name: str, limit: int) -> TemplateView:
    slots = orjson.loads(template.pop("slots"))
    members = f"""
        SELECT record_id, native_id, platform, posted_at, place, title, body
        FROM template_members JOIN records USING (rid) WHERE template_id = {name}
        ORDER BY posted_at, record_id LIMIT {limit}"""
    networks = f"""
        SELECT network_id, count(*) AS members, any_value(rank) AS rank
        FROM template_members JOIN network_members USING (rid) LEFT JOIN leads USING (network_id)
        WHERE template_id = {name} GROUP BY network_id ORDER BY members DESC, network_id LIMIT {limit}"""
    return TemplateView(template, slots, engine.rows(members), engine.rows(networks))
