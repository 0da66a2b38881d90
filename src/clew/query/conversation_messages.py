"""Messages of a conversation as a page shows them: in order, with every sign at its characters."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from clew.engine.duckdb import Engine
from clew.query.senses import indicator_of, sense_words

Row = dict[str, Any]
_OPENING = 90  # characters of a message that is replied to
_MOST_MEDIA = 20


@dataclass(frozen=True)
class Sign:
    """A sense that was read in some characters.

    Attributes:
        sense: its name.
        means: in words.
        indicator: that speaks of it; "" for none.
        faint: whether it is doubtful, and counts only beside other signs.
    """

    sense: str
    means: str
    indicator: str
    faint: bool = False


@dataclass(frozen=True)
class Stretch:
    """Characters of a text with the signs that cover them; ``ends`` are the senses whose characters end here."""

    text: str
    signs: tuple[Sign, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What a message replies to: its place, who wrote it, how it begins; the place is None where it is not here."""

    at: int | None
    sender: str
    opening: str


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        at: its place in the conversation, from 0.
        record_id: its record.
        sender, name: the account, and the display name where that is another.
        recipient: where it went to one person.
        moment, zone: when it was sent (UTC), and the minutes east of UTC that the source wrote; None for none.
        title, body: in stretches.
        media: names of attached files.
        reply: what it replies to.
        deleted, edited_at, system: as the source marks it.
        signs: the senses that were read in it, each once.
        counts: does a stage or a control rest on it?
        left: the side on which it stands.
    """

    at: int
    record_id: str
    sender: str
    name: str
    recipient: str
    moment: datetime | None
    zone: int | None
    title: tuple[Stretch, ...]
    body: tuple[Stretch, ...]
    media: tuple[str, ...]
    reply: Reply | None
    deleted: bool
    edited_at: str
    system: bool
    signs: tuple[Sign, ...]
    counts: bool
    left: bool


def messages_of(
    engine: Engine, talk: int, offset: int, limit: int, left: frozenset[str], evidence: frozenset[int]
) -> tuple[Message, ...]:
    """A stretch of the messages of a conversation.

    Args:
        engine: over the reading index.
        talk: number of the conversation.
        offset, limit: which messages.
        left: the people on the left side.
        evidence: the messages that stages and control rest on.
    """
    part = {"talk": talk, "low": offset, "high": offset + limit}
    rows = engine.rows("SELECT * FROM said WHERE talk = $talk AND nth >= $low AND nth < $high ORDER BY nth", **part)
    query = "SELECT * FROM signs WHERE talk = $talk AND nth >= $low AND nth < $high ORDER BY ALL"
    signs: dict[int, list[Row]] = {}
    for row in engine.rows(query, **part):
        signs.setdefault(row["nth"], []).append(row)
    asked = {row["nth"]: extra_of(row["extra"]) for row in rows}
    quoted = _quoted(engine, talk, [row["answers"] for row in rows if row["answers"] is not None])
    return tuple(
        _message(row, asked[row["nth"]], signs.get(row["nth"], []), quoted, row["nth"] in evidence, left)
        for row in rows
    )


def extra_of(extra: str | None) -> Row:
    """The columns that fit no field; none where they cannot be read."""
    try:
        held = orjson.loads(extra or "{}")
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def stretches(text: str, places: Iterable[tuple[int, int, Sign]]) -> tuple[Stretch, ...]:
    """A text cut where signs begin and end."""
    inside = [(a, b, sign) for a, b, sign in places if 0 <= a < b <= len(text)]
    edges = sorted({0, len(text), *(a for a, _, _ in inside), *(b for _, b, _ in inside)})
    return tuple(
        Stretch(
            text[begin:end],
            tuple(dict.fromkeys(sign for a, b, sign in inside if a <= begin and b >= end)),
            tuple(dict.fromkeys(sign.sense for _, b, sign in inside if b == end)),
        )
        for begin, end in itertools.pairwise(edges)
    )


def sign_of(sense: str, faint: bool) -> Sign:
    """A sense, with its words and its indicator."""
    means = sense_words(sense)
    return Sign(sense, f"perhaps: {means}" if faint else means, indicator_of(sense), faint)


def _message(
    row: Row, extra: Row, signs: Sequence[Row], quoted: dict[int, Reply], counts: bool, left: frozenset[str]
) -> Message:
    placed = [(s["field"], s["start"], s["end"], sign_of(s["sense"], s["faint"])) for s in signs]
    title, body = (
        stretches(row[field] or "", [(a, b, sign) for f, a, b, sign in placed if f == field])
        for field in ("title", "body")
    )
    sender = row["sender"] or ""
    name = _text(extra.get("name"))
    return Message(
        row["nth"],
        row["record_id"],
        sender,
        "" if name == sender else name,
        row["recipient"] or "",
        row["moment"],
        row["zone"],
        title,
        body,
        tuple(dict.fromkeys((*_names(extra.get("media")), *_names(row["images"])))),
        _reply(row, extra, quoted),
        _said(extra.get("deleted")),
        _text(extra.get("edited_at")),
        _said(extra.get("system")),
        tuple(dict.fromkeys(sign for *_, sign in placed)),
        counts,
        sender in left,
    )


def _quoted(engine: Engine, talk: int, places: list[int]) -> dict[int, Reply]:
    """The messages that are replied to."""
    if not places:
        return {}
    query = """SELECT nth, coalesce(sender, '') AS sender, left(coalesce(nullif(body, ''), title, ''), $most) AS opening
        FROM said WHERE talk = $talk AND nth IN (SELECT unnest($places::UINTEGER[]))"""
    rows = engine.rows(query, talk=talk, most=_OPENING, places=places)
    return {row["nth"]: Reply(row["nth"], row["sender"], row["opening"]) for row in rows}


def _reply(row: Row, extra: Row, quoted: dict[int, Reply]) -> Reply | None:
    if row["answers"] is not None:
        return quoted.get(row["answers"])
    return Reply(None, "", _text(extra.get("reply_text"))[:_OPENING]) if extra.get("reply_to") else None


def _names(media: object) -> tuple[str, ...]:
    """The names of files, however the source lists them."""
    found = media if isinstance(media, list) else [media] if media else []
    return tuple(_text(name) for name in found[:_MOST_MEDIA] if name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _said(value: object) -> bool:
    """A mark, as a bool or as a word of a table."""
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "1", "yes")) or value == 1
