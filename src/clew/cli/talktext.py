"""Conversations and sites as lines of plain text. Whatever comes from a record passes through `clean`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clew.cli.common import clean
from clew.cli.text import table_lines, when
from clew.model.words import count

if TYPE_CHECKING:
    from clew.query.talk_show import ConversationView, SiteView

Row = dict[str, Any]
_NAMED = 6  # participants of a line


def conversations_lines(rows: list[Row], danger: bool) -> Iterator[str]:
    """A list of conversations: the sentence of those in danger under them."""
    if not rows:
        yield "No conversation shows signs of present danger." if danger else "There are no conversations."
    for row in rows:
        yield f"{row['key']}  {_people(row['participants'])}"
        span = f"{when(row['first_at'])} to {when(row['last_at'])}"
        yield f"     {row['messages']:,} messages on {clean(row['platform'])}, {span}"
        if row["danger"]:
            yield f"     READ NOW: {clean(row['danger_reason'], 400)}"
        if row["pairs"]:
            yield f"     control: {count(row['pairs'], 'pair')}, confidence {row['confidence']:.2f}"
        if row["stages"]:
            yield f"     stages: {', '.join(row['stages'])}"


def conversation_lines(view: ConversationView) -> Iterator[str]:
    """A conversation: danger first, then who, what and when, and the messages that show it."""
    from clew.query.conversation import CAUTION, sure

    c = view.conversation
    origin = f"{clean(c['platform'])}, from {clean(c['source'])}"
    yield f"Conversation {clean(c['conversation_id'], 200)} ({c['key']}), {origin}"
    yield f"  {c['messages']:,} messages, {when(c['first_at'])} to {when(c['last_at'])}"
    if c["danger"]:
        yield ""
        yield f"READ THIS NOW: {clean(c['danger_reason'], 600)}"
    yield ""
    yield "Participants"
    yield from table_lines(view.people, {"participant": 60, "sent": 8})
    if view.stages:
        yield ""
        yield "Stages, in the order in which they appear"
        yield from table_lines(view.stages, {"stage": 16, "actor": 40, "messages": 8, "first_at": 21, "last_at": 21})
    for pair in view.control:
        yield ""
        known = f"{sure(pair['confidence'])}, confidence {pair['confidence']:.2f} of 1"
        yield f"{clean(pair['controller'], 60)} seems to control {clean(pair['controlled'], 60)}: {known}"
        yield f"  {clean(pair['reason'], 600)}"
    if view.control:
        yield f"  {CAUTION}"
    if view.messages:
        yield ""
        yield "Messages that show it"
    for row in view.messages:
        sender = clean(row["sender"], 40) or "—"
        yield f"  {row['record_id'][:12]}  {when(row['posted_at'])}  {sender}: {clean(row['body'], 240)}"
        if row["said"]:
            yield f"{'':<16}{clean(row['said'], 240)}"


def site_lines(view: SiteView) -> Iterator[str]:
    """A site: what it shares with others, its near-copies, its pages."""
    s = view.site
    yield f"Site {clean(s['site'], 200)}: {s['pages']:,} pages, {s['offers']:,} job offers in them"
    yield f"  Ids shared with other sites: {s['shared']:,}; sites with near-copies: {s['clones']:,}"
    yield f"  Claims that fail: {s['claims']:,}"
    yield ""
    yield "What gives its operator away"
    rows = [row | {"also on": ", ".join(row["others"])} for row in view.ids]
    yield from table_lines(rows, {"type": 8, "value": 60, "pages": 6, "sites": 6, "also on": 80})
    if view.clones:
        yield ""
        yield "Near-copies on other sites"
        yield from table_lines(view.clones, {"site": 60, "template_id": 18, "here": 6, "there": 6})
    yield ""
    yield "Pages"
    pages = [row | {"record_id": row["record_id"][:12]} for row in view.pages]
    yield from table_lines(pages, {"record_id": 12, "kind": 7, "seen_at": 21, "url": 70, "title": 50})


def _people(names: list[str]) -> str:
    named = " · ".join(clean(name, 40) for name in names[:_NAMED]) or "nobody is named"
    return named + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
