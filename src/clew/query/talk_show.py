"""Conversations and sites for the command line, from the tables of a workspace: the reading index is not needed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from clew.engine.duckdb import Engine
from clew.query.senses import sense_words
from clew.query.site import clones_of, ids_of, pages_of, site_of
from clew.query.site_tables import ID_SITES, SITE_CLONES, SITE_IDS, SITE_PAGES, SITES

Row = dict[str, Any]
_KEY = "'K' || left(sha256(conversation_id), 16)"


@dataclass(frozen=True)
class ConversationView:
    """A conversation: who takes part, what shows and when, who controls whom, and the messages that show it."""

    conversation: Row
    people: list[Row]
    stages: list[Row]
    control: list[Row]
    messages: list[Row]


@dataclass(frozen=True)
class SiteView:
    """A site: its counts, what stands in its pages, near-copies, and pages."""

    site: Row
    ids: list[Row]
    clones: list[Row]
    pages: list[Row]


def list_conversations(engine: Engine, danger: bool = False, limit: int = 20) -> list[Row]:
    """The conversations, those in danger first, then those with the surest control.

    Args:
        engine: with the workspace's tables as views.
        danger: only those with signs of present danger.
        limit: most rows.
    """
    query = f"""
        SELECT {_KEY} AS key, c.*, coalesce(k.pairs, 0) AS pairs, coalesce(k.confidence, 0) AS confidence
        FROM conversations c LEFT JOIN (
            SELECT conversation_id, count(*) AS pairs, max(confidence) AS confidence FROM control GROUP BY ALL
        ) k USING (conversation_id) WHERE danger OR NOT $danger
        ORDER BY danger DESC, k.confidence DESC NULLS LAST, len(stages) DESC, last_at DESC NULLS LAST, conversation_id
        LIMIT $n"""
    return engine.rows(query, danger=danger, n=limit)


def find_conversation(engine: Engine, name: str) -> Row | None:
    """The conversation of that id or key, if there is one."""
    query = f"SELECT {_KEY} AS key, * FROM conversations WHERE conversation_id = $name OR key = $name LIMIT 1"
    found = engine.rows(query, name=name)
    return found[0] if found else None


def show_conversation(engine: Engine, conversation: Row, limit: int = 20) -> ConversationView:
    """All that is known of a conversation; of its messages those that show it.

    Args:
        engine: with the workspace's tables as views.
        conversation: as `find_conversation` gave it.
        limit: most rows of each list.
    """
    name = {"name": conversation["conversation_id"]}
    people = """
        SELECT coalesce(handle, '') AS participant, count(*) AS sent FROM conversation_members JOIN records USING (rid)
        WHERE conversation_id = $name AND NOT coalesce(contains(extra, '"system"'), false)
        GROUP BY 1 ORDER BY sent DESC, 1 LIMIT $n"""
    stages = """
        SELECT stage, actor, len(rids) AS messages, first_at, last_at, weight FROM stages WHERE conversation_id = $name
        ORDER BY first_at NULLS LAST, stage, actor LIMIT $n"""
    control = """
        SELECT controller, controlled, confidence, reason, len(rids) AS messages FROM control
        WHERE conversation_id = $name ORDER BY confidence DESC, controller, controlled LIMIT $n"""
    # Threats and papers held come first where not all can be shown, the latest of them before the earlier ones.
    messages = """
        WITH shown AS (SELECT DISTINCT unnest(rids) AS rid FROM (
            SELECT rids FROM stages WHERE conversation_id = $name
            UNION ALL SELECT rids FROM control WHERE conversation_id = $name)
        ), read AS (
            SELECT rid, list(DISTINCT value ORDER BY value) AS senses FROM mentions SEMI JOIN shown USING (rid)
            WHERE type::VARCHAR IN ('wording', 'hint') GROUP BY rid
        )
        SELECT * FROM (
            SELECT record_id, posted_at, handle AS sender, body, coalesce(senses, []) AS senses
            FROM records JOIN shown USING (rid) LEFT JOIN read USING (rid)
            ORDER BY list_has_any(coalesce(senses, []), ['threat-family', 'threat-publish', 'threat-harm',
                'confinement', 'documents-held']) DESC, posted_at DESC NULLS LAST, record_id LIMIT $n
        ) ORDER BY posted_at NULLS LAST, record_id"""
    read = [engine.rows(query, **name, n=limit) for query in (people, stages, control, messages)]
    for row in read[3]:
        row["said"] = "; ".join(sense_words(sense) for sense in row["senses"])
    return ConversationView(conversation, *read)


def has_site(engine: Engine, name: str) -> bool:
    """Has a workspace pages of that site?"""
    return bool(engine.rows("SELECT 1 FROM records WHERE kind = 'page' AND platform = $name LIMIT 1", name=name))


def show_site(engine: Engine, name: str, limit: int = 20) -> SiteView:
    """A site with what it shares with others.

    Args:
        engine: with the workspace's tables as views.
        name: its registrable domain; `has_site` says that it is there.
        limit: most rows of each list.
    """
    made = {
        "site_pages": SITE_PAGES, "site_ids": SITE_IDS, "id_sites": ID_SITES, "site_clones": SITE_CLONES,
        "sites": SITES,
    }  # fmt: skip
    for table, query in made.items():
        engine.run(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
    lists = (ids_of(engine, name, limit), clones_of(engine, name, limit), pages_of(engine, name, 0, limit))
    site = asdict(site_of(engine, name))
    return SiteView(site, *([asdict(row) for row in rows] for rows in lists))
