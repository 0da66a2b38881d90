"""MHTML: a page saved as one file by a browser (``.mhtml``, ``.mht``), with its address and its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.message import Message
from functools import partial
from itertools import islice

from clew.ingest.base import MAX_LINE, Batch, Chunk, Example, Format, IsField, Reject, Source, clip, rejected, up_to
from clew.ingest.mail_parts import header_text, parsed, payload_of
from clew.ingest.pages_http import MAX_BODY

_SAVED = re.compile(rb"^(?:snapshot-content-location:|from:[ \t]*\"?<?saved by )", re.IGNORECASE | re.MULTILINE)
_RELATED = re.compile(rb"^content-type:[ \t]*multipart/related", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_MOST_PARTS = 2_000


def sniff(head: bytes, name: str) -> float:
    """Headers as browsers write them; or the name, above parts that belong together."""
    block = _BLANK_LINE.split(head.lstrip(b"\r\n")[:65_536], maxsplit=1)[0]
    if not _RELATED.search(block):
        return 0.0
    return 0.97 if _SAVED.search(block) else 0.93 * name.endswith((".mht", ".mhtml"))


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk: the page."""
    raw = up_to(source.blocks(), MAX_LINE)
    if len(raw) > MAX_LINE:
        yield partial(rejected, Reject(1, f"page over {MAX_LINE >> 20} MiB", clip(raw)))
        return
    yield partial(_page, raw)


def _page(raw: bytes) -> Iterable[Batch]:
    """The row of the page and those of its job offers."""
    from clew.ingest.pages import Raw, pages_batch  # see warc.py
    from clew.ingest.pages_gather import Gathered, gather
    from clew.ingest.pages_warc import Record

    try:
        message = parsed(raw)
        parts = list(islice((part for part in message.walk() if not part.is_multipart()), _MOST_PARTS))
        root = _root(message, parts)
    except (MessageError, RecursionError) as error:
        return rejected(Reject(1, f"page that cannot be parsed: {type(error).__name__}", clip(raw)))
    if root is None:
        return rejected(Reject(1, "MHTML without a page in it", clip(raw)))
    url = _address(message, "Snapshot-Content-Location") or _address(root, "Content-Location")
    shared, body = Gathered(), payload_of(root)
    gather((Record(0, _record(at), _response(part)) for part, at in _pictures(parts)), shared)
    saved = header_text(str(message.get("Date", ""))).strip() or None
    kind = header_text(str(root.get("Content-Type", "")))
    page = Raw(1, url, saved, body[:MAX_BODY], kind, whole=len(body) <= MAX_BODY, rendered=True)
    return pages_batch([page], shared)


def _root(message: Message, parts: list[Message]) -> Message | None:
    """The part that is the page; the others are its frames, styles and pictures."""
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    start = str(message.get_param("start", "")).strip("<> ")
    named = (part for part in pages if start and _text(part, "Content-ID").strip("<>") == start)
    return next(named, pages[0] if pages else None)


def _address(part: Message, header: str) -> str:
    """An address of the web in a header; "" where there is none."""
    found = _text(part, header)
    return found if found.startswith(("http://", "https://")) else ""


def _text(part: Message, header: str) -> str:
    return "".join(header_text(str(part.get(header, ""))).split())


def _pictures(parts: list[Message]) -> Iterator[tuple[Message, str]]:
    """Pictures, by the address or the id that the page knows them by."""
    for part in parts:
        if part.get_content_maintype() == "image":
            named = _text(part, "Content-ID").strip("<>")
            yield from ((part, at) for at in (_address(part, "Content-Location"), f"cid:{named}" * bool(named)) if at)


def _record(address: str) -> dict[str, str]:
    """Headers as an archive has them, whose pictures are hashed in the same way."""
    return {"warc-type": "response", "warc-target-uri": address, "content-type": "application/http"}


def _response(part: Message) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {part.get_content_type()}\r\n\r\n".encode() + payload_of(part)


def examples() -> tuple[Example, ...]:
    """A page as Chrome saves it, one as Internet Explorer did, and one without a page."""
    chrome = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://rooms.example/one\r\n"
        b"Subject: =?utf-8?Q?One?=\r\nDate: Tue, 1 Jul 2025 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b"\r\n\r\n\r\n'
    )
    explorer = b'From: "Saved by Internet Explorer 11"\nSubject: x\nContent-Type: multipart/related; boundary="b"\n\n'
    page = (
        b"--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n"
        b"Content-Location: https://rooms.example/two\n\n<title>caf=C3=A9</title><p>Te=\nxt\n--b--\n"
    )
    return (
        Example("a.mhtml", chrome + page, ("café",)),
        Example("b.mht", explorer + page, ("café",)),
        Example("c.mhtml", chrome + b"--b\nContent-Type: text/css\n\n*{}\n--b--\n", (), rejected=1),
    )


PLUGIN = Format("MHTML", sniff, read, examples, certain_dates=True, kind="page")
