"""Transcripts of live chats on sites as CSV (tawk.to, Tidio, LiveChat …): chat, visitor, agent, sender, message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Source
from clew.ingest.columns import plain
from clew.ingest.extras import as_json
from clew.ingest.formats import csv as tables

# Names of columns, as `plain` writes them, the likeliest first.
_CHAT = ("chatid", "conversationid", "sessionid", "threadid", "transcriptid", "ticketid", "chat", "conversation")
_VISITOR = ("visitor", "visitorname", "customer", "customername", "client", "clientname", "guest", "guestname")
_AGENT = ("agent", "agentname", "operator", "operatorname", "staff", "staffname", "supportagent", "assignee")
_SENDER = (
    "sendertype", "senderrole", "authortype", "usertype", "fromtype", "role", "sender", "sentby", "author", "from",
    "direction", "type", "messagetype",
)  # fmt: skip
_TEXT = ("message", "messagetext", "text", "body", "content", "messagebody", "msg")
_MAIL = ("visitoremail", "customeremail", "clientemail", "guestemail", "email")
_PHONE = ("visitorphone", "customerphone", "clientphone", "guestphone", "phone")

_BY_VISITOR = ("visitor", "customer", "client", "guest", "user", "lead", "contact", "in", "incoming", "inbound", "v")
_BY_AGENT = ("agent", "operator", "staff", "admin", "support", "bot", "chatbot", "out", "outgoing", "outbound", "a")
_BY_NOBODY = ("system", "event", "notification", "info")


def sniff(head: bytes, name: str) -> float:
    """A table whose header names a chat, a visitor, an agent and a message."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n", 1)[0][:8_192].decode("utf-8", "replace")
    names = {plain(cell) for cell in re.split(r"[,;\t|]", first)}
    known = all(names.intersection(wanted) for wanted in (_CHAT, _VISITOR, _AGENT, _TEXT))
    return 0.93 if known and tables.sniff(head, name) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """What a CSV file gives, with the sender of each row found."""
    for chunk in tables.read(source, is_field):
        yield partial(_told, chunk)


def _told(chunk: Chunk) -> Iterator[Batch]:
    for batch in chunk():
        yield _chat(batch) if len(batch.lines) else batch


def _first(batch: Batch, wanted: Iterable[str]) -> str | None:
    """The column that best fits."""
    names = {plain(name): name for name in reversed(list(batch.columns))}
    return next((names[name] for name in wanted if name in names), None)


def _column(batch: Batch, wanted: Iterable[str]) -> pa.Array:
    """The column that best fits, blank cells as null; nulls where there is none."""
    name = _first(batch, wanted)
    if name is None:
        return pa.nulls(len(batch.lines), pa.string())
    trimmed = pc.utf8_trim_whitespace(batch.columns[name])
    return pc.if_else(pc.equal(pc.binary_length(trimmed), 0), None, trimmed)


def _chat(batch: Batch) -> Batch:
    """Rows with handle and recipient; who wrote one is told by its sender, else by which of the two is named at all."""
    visitor, agent, sender = _column(batch, _VISITOR), _column(batch, _AGENT), _column(batch, _SENDER)
    role = pc.utf8_lower(sender)
    by_visitor = pc.or_(_is(role, _BY_VISITOR), pc.fill_null(pc.equal(sender, visitor), False))
    by_agent = pc.and_(
        pc.or_(_is(role, _BY_AGENT), pc.fill_null(pc.equal(sender, agent), False)), pc.invert(by_visitor)
    )
    untold = pc.is_null(sender)
    by_visitor = pc.or_(by_visitor, pc.and_(untold, pc.and_(pc.is_valid(visitor), pc.is_null(agent))))
    by_agent = pc.or_(by_agent, pc.and_(untold, pc.and_(pc.is_null(visitor), pc.is_valid(agent))))
    system = _is(role, _BY_NOBODY)
    others = pc.if_else(pc.or_(system, untold), None, sender)
    handle = pc.if_else(
        by_visitor, pc.fill_null(visitor, "visitor"), pc.if_else(by_agent, pc.fill_null(agent, "agent"), others)
    )
    none = pa.scalar(None, pa.string())
    mail, phone = _column(batch, _MAIL), _column(batch, _PHONE)
    kept = {name: column for name, column in batch.columns.items() if name not in _taken(batch)}
    columns = {
        **kept,
        "conversation": _column(batch, _CHAT),
        "handle": handle,
        "recipient": pc.if_else(by_visitor, agent, pc.if_else(by_agent, visitor, none)),
        "body": _column(batch, _TEXT),
        # Of the two of them only the visitor's are given.
        "contact": pc.if_else(by_visitor, mail, none),
        "visitor phone": pc.if_else(by_visitor, phone, none),
    }
    columns["contact"] = _joined(columns["contact"], columns.pop("visitor phone"))
    encoded = {name: as_json(batch.columns[name]) for name in _taken(batch) if name != _first(batch, _TEXT)}
    encoded["system"] = pc.if_else(system, pa.scalar("true"), none)
    return Batch(columns, batch.lines, encoded, batch.rejects)


def _taken(batch: Batch) -> list[str]:
    """The columns that were read here, which fill no field by their name."""
    found = (_first(batch, wanted) for wanted in (_CHAT, _VISITOR, _AGENT, _SENDER, _TEXT, _MAIL, _PHONE))
    return [name for name in found if name is not None]


def _is(role: pa.Array, words: tuple[str, ...]) -> pa.Array:
    return pc.is_in(role, pa.array(words))


def _joined(one: pa.Array, other: pa.Array) -> pa.Array:
    """Both values, or the one that is there."""
    return pc.coalesce(pc.binary_join_element_wise(one, other, "; "), one, other)


def examples() -> tuple[Example, ...]:
    """A transcript in which the sender is told by a word, and a row too short."""
    content = (
        b"Chat ID,Time,Visitor,Visitor email,Agent,Sender,Message\n"
        b"c1,2025-07-01T10:00:00Z,Ann,ann@example.org,Kim,visitor,Is the job still free?\n"
        b'c1,2025-07-01T10:01:00Z,Ann,ann@example.org,Kim,agent,"Yes, write to me"\n'
        b"c1,2025-07-01T10:02:00Z,Ann\n"
    )
    return (Example("transcript.csv", content, (None,) * 2, rejected=1),)


PLUGIN = Format("live chat", sniff, read, examples, platform="livechat", kind="message")
