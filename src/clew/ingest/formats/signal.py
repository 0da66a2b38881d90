"""Signal's chats in JSON: its own export (``main.jsonl``), Signal Desktop's messages, signal-export and signal-cli."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain

import orjson

from clew.ingest.base import (
    MAX_LINE,
    TOO_LONG_LINE,
    Batch,
    Chunk,
    Example,
    Format,
    IsField,
    Reject,
    Source,
    clip,
    rejected,
)
from clew.ingest.chats import Messages
from clew.ingest.chats_json import Object, parse
from clew.ingest.chats_signal import Book, add_backup, add_cli, add_desktop, add_exported
from clew.ingest.jsonelements import Scanner
from clew.ingest.streams import Lines, line_blocks, mend

_SHAPES: tuple[tuple[re.Pattern[bytes], ...], ...] = tuple(
    tuple(re.compile(rb'"' + key + rb'"\s*:') for key in keys)
    for keys in (
        (rb"envelope", rb"(?:dataMessage|syncMessage|editMessage|typingMessage|receiptMessage)"),
        (rb"conversationId", rb"sent_at"),
        (rb"chatItem", rb"(?:dateSent|authorId)"),
        (rb"backupTimeMs", rb"(?:account|recipient)"),
        (rb"sender", rb"quote", rb"sticker", rb"reactions", rb"attachments"),
    )
)
_DESKTOP = re.compile(rb'"type"\s*:\s*"(?:incoming|outgoing)"')
_PEOPLE = re.compile(rb'^\{\s*"(?:recipient|chat|account)"', re.MULTILINE)
UNKNOWN = "no message in a shape that is known"


def sniff(head: bytes, name: str) -> float:
    """JSON with the keys of one of the four."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in (b"{", b"["):
        return 0.0
    shape = next((keys for keys in _SHAPES if all(key.search(text) for key in keys)), None)
    return 0.98 if shape and (shape is not _SHAPES[1] or _DESKTOP.search(text)) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of lines, or of elements of a list."""
    blocks = source.text_blocks()
    first = next(blocks, b"").removeprefix(b"\xef\xbb\xbf")
    whole = chain((first,), blocks)
    folder = source.path.parent.name
    if first.lstrip().startswith(b"["):
        yield from _elements(whole, folder)
        return
    book = Book(folder)
    for block in line_blocks(whole):
        # People and chats are named before the messages: what is known grows as the file is read.
        people = list(_PEOPLE.finditer(block.text))
        book = book.copy() if people else book
        for found in people:
            end = block.text.find(b"\n", found.start())
            told = parse(block.text[found.start() : end if end >= 0 else None], 0)
            if not isinstance(told, Reject):
                book.learn(told)
        yield partial(_lines, block, book)


def _elements(blocks: Iterator[bytes], folder: str) -> Iterator[Chunk]:
    scanner, held = Scanner(), b""
    for block in chain(blocks, (None,)):
        held += block or b""
        while len((found := scanner.feed(held, last=block is None)).starts):
            spans = zip(found.starts.tolist(), found.ends.tolist(), found.lines.tolist(), strict=True)
            rows = [(held[start:end], line) for start, end, line in spans]
            yield partial(_parse, rows, Book(folder))
            held = held[found.used :]
        held = held[found.used :]
        if len(held) > MAX_LINE:
            break
    if problem := scanner.problem(held):
        yield partial(rejected, Reject(scanner.line, problem, clip(held[:8_000])))


def _lines(block: Lines, book: Book) -> Iterator[Batch]:
    if block.too_long:
        yield from rejected(Reject(block.first, TOO_LONG_LINE, clip(block.text)))
        return
    lines = mend(block.text).split(b"\n")
    yield from _parse([(line, n) for n, line in enumerate(lines, block.first) if line.strip()], book)


def _parse(rows: list[tuple[bytes, int]], book: Book) -> Iterator[Batch]:
    messages = Messages()
    for raw, line in rows:
        said = parse(raw, line)
        if isinstance(said, Reject):
            messages.rejects.append(said)
            continue
        add = _adder(said)
        if add is None or not add(messages, line, said, book):
            messages.rejects.append(Reject(line, UNKNOWN, clip(raw)))
    yield messages.batch()


def _adder(said: Object) -> Callable[[Messages, int, Object, Book], bool] | None:
    """What reads an object of this shape."""
    if "envelope" in said or "params" in said:
        return add_cli
    if said.keys() & {
        "chatItem",
        "recipient",
        "chat",
        "account",
        "backupTimeMs",
        "stickerPack",
        "chatFolder",
        "adHocCall",
    }:
        return add_backup
    if "conversationId" in said:
        return add_desktop
    return add_exported if "sender" in said and "body" in said else None


def examples() -> tuple[Example, ...]:
    """One of each shape."""
    ann, uuid = "+31612345678", "11111111-2222-4333-8444-555555555555"
    data = {
        "timestamp": 1631458508784,
        "message": "hi",
        "attachments": [{"filename": "a.jpg", "contentType": "image/jpeg"}],
    }
    cli = [
        {"envelope": {"source": ann, "sourceNumber": ann, "sourceName": "Ann", "timestamp": 1631458508784,
                      "dataMessage": data}, "account": "+31600000009"},
        {"envelope": {"source": ann, "timestamp": 1, "typingMessage": {}}, "account": "+31600000009"},
    ]  # fmt: skip
    desktop = [
        {"id": uuid, "conversationId": "c1", "type": "incoming", "source": ann, "sent_at": 1631458508784, "body": "hi"},
        {"id": uuid[::-1], "conversationId": "c1", "type": "outgoing", "sent_at": 1631458508785, "body": "ho"},
    ]
    own = [
        {"version": "1", "backupTimeMs": "1749000000000"},
        {"recipient": {"id": "1", "self": {}}},
        {"recipient": {"id": "5", "contact": {"e164": "31612345678", "profileGivenName": "Ann"}}},
        {"chat": {"id": "3", "recipientId": "5"}},
        {"chatItem": {"chatId": "3", "authorId": "5", "dateSent": "1749000000001", "incoming": {},
                      "standardMessage": {"text": {"body": "hi"}}}},
    ]  # fmt: skip
    exported = [
        {"date": "2021-02-01T15:04:05", "sender": "Ann", "body": "hi", "quote": "", "sticker": "", "reactions": [],
         "attachments": [{"name": "a.jpg", "path": "media/a.jpg"}]},
    ]  # fmt: skip

    def lines(rows: Sequence[object]) -> bytes:
        return b"".join(orjson.dumps(row) + b"\n" for row in rows)

    return (
        Example("signal.jsonl", lines(cli) + b'{"envelope": {"x": 1}}\n', (None,), rejected=1),
        Example("messages.json", orjson.dumps(desktop), (None,) * 2),
        Example("main.jsonl", lines(own), (None,)),
        Example("data.json", lines(exported), (None,)),
    )


PLUGIN = Format("Signal", sniff, read, examples, platform="signal", kind="message", certain_dates=True)
