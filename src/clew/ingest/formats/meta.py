"""Messages in a download of one's data from Messenger or Instagram (``message_1.json``), also from encrypted chats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import orjson

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Reject, Source, rejected
from clew.ingest.chats import Messages, Value, as_list, photos, tagged
from clew.ingest.chats_json import Cut, Lists, Object, instant, list_of, object_of, text_of
from clew.ingest.streams import DamagedError

_MARK = re.compile(rb'"(?:sender_name|senderName)"\s*:')
_TIME = re.compile(rb'"timestamp(?:_ms)?"\s*:\s*\d{12,14}')
_THREAD = re.compile(rb'"(thread_path|title|threadName)"\s*:\s*("(?:[^"\\]|\\.)*")')
_FILES = ("photos", "videos", "audio_files", "gifs", "files", "media")
_BOXES = ("inbox", "archived_threads", "filtered_threads", "message_requests", "e2ee_cutover")
_SYSTEM = ("Subscribe", "Unsubscribe", "subscribe", "unsubscribe", "placeholder")


@dataclass(frozen=True)
class _Thread:
    """What the file says of all its messages."""

    conversation: str
    people: tuple[str, ...]
    platform: str
    title: str | None


def sniff(head: bytes, name: str) -> float:
    """An object with participants and messages that name sender and time as Meta does."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    known = text.startswith(b"{") and b'"participants"' in text and b'"messages"' in text
    return 0.98 if known and _MARK.search(text) and _TIME.search(text) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole messages; the file is read twice, as the thread is named at its end."""
    thread = _thread(source)
    if len(thread.people) > 2:
        yield partial(_members, thread)
    for cut in Lists("messages").cuts(source.text_blocks()):
        if isinstance(cut, Reject):
            yield partial(rejected, cut)
        else:
            yield partial(_parse, cut, thread)


def _thread(source: Source) -> _Thread:
    walk, instagram = Lists("messages"), "instagram" in str(source.path).lower()
    try:
        for cut in walk.cuts(source.text_blocks()):
            instagram = instagram or (isinstance(cut, Cut) and b"your_instagram_activity" in cut.text)
    except DamagedError:
        pass  # the second reading reports it
    told = _told(walk.outside())
    people = [text_of(person) or text_of(object_of(person).get("name")) for person in list_of(told.get("participants"))]
    names = tuple(mended(name) for name in people if name)
    named = text_of(told.get("thread_path")) or text_of(told.get("threadName"))
    if named is None:
        # A file that was cut off lost it; its folder has the name of the thread.
        folder = source.path.parent
        within = f"{folder.parent.name}/{folder.name}"
        named = within if folder.parent.name in _BOXES else tagged(names[0] if names else "thread", *sorted(names))
    return _Thread(mended(named), names, "instagram" if instagram else "messenger", _mended(text_of(told.get("title"))))


def _members(thread: _Thread) -> Iterator[Batch]:
    """Who is in a group, also those who never write, as one line of the app; the same in each file of a thread."""
    messages, people = Messages(), sorted(thread.people)
    fields: dict[str, Value] = {
        "native_id": f"{thread.conversation}/participants",
        "conversation": thread.conversation,
        "body": "\n".join([*([thread.title] if thread.title else []), *people]),
        "platform": thread.platform,
    }
    messages.add(1, fields, {"system": True, "title": thread.title, "members": people})
    yield messages.batch()


def _told(outside: bytes) -> Object:
    """The document without its messages; of a damaged one what still can be found."""
    try:
        return object_of(orjson.loads(outside))
    except orjson.JSONDecodeError:
        pass
    told: Object = {}
    for key, value in _THREAD.findall(outside):
        try:
            told[key.decode()] = orjson.loads(value)
        except orjson.JSONDecodeError:
            continue
    if found := re.search(rb'"participants"\s*:\s*(\[[^\]]{0,20000}\])', outside):
        try:
            told["participants"] = orjson.loads(found[1])
        except orjson.JSONDecodeError:
            pass
    return told


def mended(text: str) -> str:
    """Text that was written as UTF-8 and then read as Latin-1, as Meta writes it, made right; other text as it is."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _parse(cut: Cut, thread: _Thread) -> Iterator[Batch]:
    messages = Messages()
    for piece in cut.pieces:
        messages.gather(piece.objects(cut.text), _add, thread)
    yield messages.batch()


def _add(messages: Messages, line: int, said: Object, thread: _Thread) -> None:
    get = said.get
    handle = _mended(text_of(get("sender_name")) or text_of(get("senderName")))
    share = object_of(get("share"))
    files = [_mended(text_of(object_of(file).get("uri"))) for key in _FILES for file in list_of(get(key))]
    files.append(_mended(text_of(object_of(get("sticker")).get("uri"))))
    names = [name for name in files if name]
    others = [name for name in thread.people if name != handle]
    at = text_of(get("timestamp_ms")) or text_of(get("timestamp"))
    fields: dict[str, Value] = {
        "conversation": thread.conversation,
        "handle": handle,
        "recipient": others[0] if len(thread.people) == 2 and len(others) == 1 else None,
        "posted_at": instant(at) or at,
        "body": _mended(text_of(get("content")) or text_of(get("text")) or text_of(share.get("share_text"))),
        "url": text_of(share.get("link")),
        "images": as_list(photos(names)),
        "platform": thread.platform,
    }
    more = {
        "media": names,
        "deleted": bool(get("is_unsent") or get("isUnsent")),
        "system": get("type") in _SYSTEM,
        "call_duration": get("call_duration"),
    }
    messages.add(line, fields, more)


def _mended(text: Value) -> Value:
    return mended(text) if text else None


def examples() -> tuple[Example, ...]:
    """A thread with spoilt letters, one from an encrypted chat, and one cut off."""
    thread = {
        "participants": [{"name": "Zo\u00c3\u00ab"}, {"name": "Ben"}],
        "messages": [
            {"sender_name": "Zo\u00c3\u00ab", "timestamp_ms": 1612191846123, "content": "caf\u00c3\u00a9"},
            {"sender_name": "Ben", "timestamp_ms": 1612191840000, "photos": [{"uri": "messages/inbox/a/b.jpg"}]},
            {"sender_name": "Ben", "timestamp_ms": 1612191830000, "is_unsent": True},
        ],
        "title": "Zo\u00c3\u00ab",
        "thread_path": "inbox/zoe_12",
    }
    secret = {
        "participants": ["Zoë", "Ben"],
        "threadName": "Zoë_3",
        "messages": [{"isUnsent": False, "media": [], "senderName": "Zoë", "text": "hé", "timestamp": 1700000000000}],
    }
    whole = orjson.dumps(thread, option=orjson.OPT_INDENT_2)
    return (
        Example("message_1.json", whole, (None,) * 3),
        Example("Zoë_3.json", orjson.dumps(secret), (None,)),
        Example("message_2.json", whole[: whole.index(b'"is_unsent"')], (None,) * 2, rejected=1),
    )


PLUGIN = Format(
    "Messenger and Instagram", sniff, read, examples, platform="messenger", kind="message", certain_dates=True
)
