"""Telegram's export from its desktop app (``result.json``): one chat, or all chats of an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Reject, Source, rejected
from clew.ingest.chats import Messages, Value, as_list, between, photos
from clew.ingest.chats_json import Cut, Lists, Object, list_of, object_of, text_of
from clew.model.money import WITHOUT_CENTS

_MARK = re.compile(rb'"(?:from_id|actor_id|date_unixtime)"\s*:')
_ALL = re.compile(rb'^\s*\{\s*"about"\s*:.{0,2000}"(?:personal_information|chats|contacts)"', re.DOTALL)
_CHAT = re.compile(
    rb'\{\s*((?:"[^"\\]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[-\w.]+)\s*,\s*){1,12})$',
)
_OWNER = re.compile(rb'"personal_information"\s*:\s*\{\s*"user_id"\s*:\s*(\d{1,20})')
_FROM = re.compile(rb'"(?:from_id|actor_id)"\s*:\s*"(user\d{1,20})"')
_PERSONAL = ("personal_chat", "bot_chat")
_FILES = ("photo", "file")
_WHOLE = WITHOUT_CENTS | {"XTR"}  # Telegram's own
_THREE = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}  # with three decimal places


@dataclass(frozen=True)
class _Chat:
    """A chat: the id of the conversation, and of a personal one the two whose it is."""

    conversation: str
    pair: tuple[str, str] | None


def sniff(head: bytes, name: str) -> float:
    """An object with messages that name their sender as Telegram does, or its introduction to a whole account."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"{"):
        return 0.0
    if _ALL.match(text):
        return 0.98
    return 0.98 if b'"messages"' in text and _MARK.search(text) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole messages; the beginning is read twice, to know whose account it is."""
    owner = _owner(source)
    for cut in Lists("messages").cuts(source.text_blocks()):
        if isinstance(cut, Reject):
            yield partial(rejected, cut)
        else:
            yield partial(_parse, cut, owner)


def _owner(source: Source) -> str | None:
    """Whose account it is: named in a whole account; in one chat between two, who is not the other."""
    if named := _OWNER.search(next(source.text_blocks(), b"")):
        return f"user{named[1].decode()}"
    other: bytes | None = None
    tail = b""
    for cut in Lists("messages").cuts(source.text_blocks()):
        if isinstance(cut, Reject):
            break
        for piece in cut.pieces:
            told = _told(piece.head)
            if other is None:
                if told.get("type") not in _PERSONAL:
                    return None
                other = f"user{told.get('id')}".encode()
        found = next((name for name in _FROM.findall(tail + cut.text) if name != other), None)
        if found is not None:
            return str(found.decode())
        tail = cut.text[-64:]
    return None


def _told(head: bytes) -> Object:
    """What a chat says of itself before its messages."""
    found = _CHAT.search(head[-8_192:])
    if found is None:
        return {}
    try:
        return object_of(orjson.loads(b"{" + found[1].rstrip().removesuffix(b",") + b"}"))
    except orjson.JSONDecodeError:
        return {}


def _chat(head: bytes, owner: str | None) -> _Chat:
    told = _told(head)
    name = text_of(told.get("id")) or text_of(told.get("name")) or "telegram"
    if told.get("type") not in _PERSONAL:
        return _Chat(name, None)
    other = f"user{name}"
    # An id is that of the other: two accounts that talk to the same person have two conversations.
    return _Chat(between(other, owner), (other, owner)) if owner else _Chat(other, None)


def _parse(cut: Cut, owner: str | None) -> Iterator[Batch]:
    messages = Messages()
    for piece in cut.pieces:
        chat = _chat(piece.head, owner)
        messages.gather(piece.objects(cut.text), _add, chat)
    yield messages.batch()


def _add(messages: Messages, line: int, said: Object, chat: _Chat) -> None:
    get = said.get
    service = get("type") == "service"
    handle = text_of(get("actor_id" if service else "from_id")) or text_of(get("actor" if service else "from"))
    body = _service(said) if service else _said(said)
    files = [name for key in _FILES if key in said and (name := text_of(said[key]))]
    number, reply = text_of(get("id")), text_of(get("reply_to_message_id"))
    name = text_of(get("actor" if service else "from"))
    fields: dict[str, Value] = {
        "native_id": f"{chat.conversation}/{number}" if number else None,
        "conversation": chat.conversation,
        "handle": handle,
        "recipient": (chat.pair[1] if handle == chat.pair[0] else chat.pair[0]) if chat.pair else None,
        "posted_at": _time(get("date"), get("date_unixtime")),
        "body": body,
        "images": as_list(photos(files)) if files else None,
    }
    more = {
        "reply_to": f"{chat.conversation}/{reply}" if reply else None,
        "media": files,
        "edited_at": _time(get("edited"), get("edited_unixtime")) if "edited" in said else None,
        "system": service,
        "name": name if name != handle else None,
        "forwarded_from": text_of(get("forwarded_from")),
        "media_type": text_of(get("media_type")),
        "links": _links(get("text")),
        "place": get("location_information"),
        "invoice": get("invoice_information"),
    }
    messages.add(line, fields, more)


def _text(value: object) -> Value:
    """The text of a message: as it is, or in pieces of which some are links and marks."""
    if isinstance(value, str):
        return value or None
    pieces = (piece if isinstance(piece, str) else text_of(object_of(piece).get("text")) for piece in list_of(value))
    return "".join(piece for piece in pieces if piece) or None


def _links(value: object) -> list[str]:
    """Addresses that stand behind words."""
    if isinstance(value, str):
        return []
    found = (text_of(object_of(piece).get("href")) for piece in list_of(value))
    return [link for link in found if link]


def _said(said: Object) -> Value:
    """The text of a message, and what it holds that is read as text: a contact, a poll, an invoice, a place."""
    parts = [
        _text(said.get("text")),
        _card(said.get("contact_information")),
        *_asked(object_of(said.get("poll")), "question"),
        *_asked(object_of(said.get("todo_list")), "title"),
        _invoice(object_of(said.get("invoice_information"))),
        text_of(said.get("place_name")),
        text_of(said.get("address")),
    ]
    return "\n".join(part for part in parts if part) or None


def _asked(asked: Object, title: str) -> list[Value]:
    """What a poll or a list asks, and the answers or tasks to choose from."""
    return [
        _text(asked.get(title)),
        *(_text(object_of(answer).get("text")) for answer in list_of(asked.get("answers"))),
    ]


def _invoice(invoice: Object) -> Value:
    """The title and the amount, which is written in the currency's smallest unit."""
    amount, currency = text_of(invoice.get("amount")) or "", text_of(invoice.get("currency")) or ""
    if amount.isdecimal() and currency and currency not in _WHOLE:
        digits = 3 if currency in _THREE else 2
        whole = amount.zfill(digits + 1)
        amount = f"{whole[:-digits]}.{whole[-digits:]}"
    parts = [text_of(invoice.get("title")), text_of(invoice.get("description")), f"{amount} {currency}".strip()]
    return "\n".join(part for part in parts if part) or None


def _card(value: object) -> Value:
    """A contact that was sent, as text."""
    card = object_of(value)
    parts = [text_of(card.get(key)) for key in ("first_name", "last_name", "phone_number")]
    return " ".join(part for part in parts if part) or None


def _service(said: Object) -> Value:
    """What the app tells, in its own word for it, with the names it tells."""
    members: list[Any] = list_of(said.get("members"))
    parts = [text_of(said.get("action")), text_of(said.get("title")), *map(text_of, members), _text(said.get("text"))]
    return " ".join(part for part in parts if part) or None


def _time(local: object, unix: object) -> Value:
    """A local time with the zone that follows from the time in UTC beside it."""
    written, second = text_of(local), text_of(unix)
    if written is None or second is None or not second.isdecimal():
        return written or second
    try:
        here = datetime.fromisoformat(f"{written}+00:00")
        minutes, rest = divmod(int(here.timestamp()) - int(second), 60)
    except (ValueError, OverflowError):
        return second
    if rest or abs(minutes) > 18 * 60:
        return second
    sign = "-" if minutes < 0 else "+"
    return f"{written}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def examples() -> tuple[Example, ...]:
    """A chat with a link and a service message; an account with two chats, cut off."""
    one = {
        "name": "Ann",
        "type": "personal_chat",
        "id": 42,
        "messages": [
            {"id": 1, "type": "service", "date": "2021-02-01T15:04:00", "actor": "Ann", "actor_id": "user42",
             "action": "phone_call", "text": ""},
            {"id": 2, "type": "message", "date": "2021-02-01T15:05:00", "date_unixtime": "1612188300", "from": "Ann",
             "from_id": "user42", "text": ["see ", {"type": "link", "text": "example.org"}]},
            {"id": 3, "type": "message", "date": "2021-02-01T15:06:00", "from": "Me", "from_id": "user7",
             "reply_to_message_id": 2, "photo": "photos/a.jpg", "text": ""},
        ],
    }  # fmt: skip
    group = {"name": "Work", "type": "private_group", "id": 9, "messages": one["messages"]}
    account = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 7, "first_name": "Me"},
        "contacts": {"list": [{"user_id": 42, "first_name": "Ann"}]},
        "chats": {"about": "All chats", "list": [one, group]},
    }
    whole = orjson.dumps(account, option=orjson.OPT_INDENT_2)
    return (
        Example("result.json", orjson.dumps(one), (None,) * 3),
        Example("account.json", whole[: whole.rindex(b'"reply_to')], (None,) * 5, rejected=1),
    )


PLUGIN = Format("Telegram", sniff, read, examples, platform="telegram", kind="message", certain_dates=True)
