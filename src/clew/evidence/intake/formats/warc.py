"""WARC (ISO 28500): records counted, digests checked."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from clew.evidence.intake.base import Kind, Notes, Part, plain, starts
from clew.evidence.intake.limits import Budget
from clew.evidence.intake.registry import is_picture, look_inside, texts_inside
from clew.evidence.intake.warcrecords import Dechunker, Digest, Record, decoded, records, split_http

_FEW = 5
_MOST_HTTP_HEAD = 1 << 19
_NAMES = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")


def sniff(part: Part) -> tuple[float, str]:
    """The first bytes, unpacked where they are gzip."""
    head = part.head
    if starts(part, b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(head, 16)
        except zlib.error:
            return 0.0, ""
    return (1.0, "application/warc") if head.startswith((b"WARC/1.", b"WARC/0.")) else (0.0, "")


@dataclass
class Seen:
    """What the records of one file or many say together."""

    types: Counter[str] = field(default_factory=Counter)
    versions: set[str] = field(default_factory=set)
    targets: dict[str, None] = field(default_factory=dict)
    dates: list[str] = field(default_factory=list)
    info: dict[str, str] = field(default_factory=dict)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unknown: int = 0

    def tell(self, notes: Notes) -> None:
        """The facts."""
        notes.fact("WARC version", ", ".join(sorted(self.versions)[:_FEW]))
        counted = ", ".join(f"{count:,} {name}" for name, count in sorted(self.types.items()))
        notes.fact("records", f"{sum(self.types.values()):,} ({counted})" if counted else "0")
        notes.fact("captured", " to ".join(dict.fromkeys(self.dates)))
        for name in ("software", "operator", "hostname", "ispartof", "description", "purpose", "case"):
            notes.fact(name, self.info.get(name))
        for target in list(self.targets)[:_FEW]:
            notes.fact("target", target)
        for name in ("payload", "block"):
            notes.fact(f"{name} digests", f"{self.right[name]:,} right, {self.wrong[name]:,} wrong")
        if self.unknown:
            notes.fact("digests of an unknown kind", f"{self.unknown:,}, not checked")


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Read every record."""
    seen = Seen()
    try:
        read_records(part.file, seen, notes, budget, "")
    finally:
        seen.tell(notes)


def read_records(file: IO[bytes], seen: Seen, notes: Notes, budget: Budget, where: str) -> None:
    """Add what the records of a WARC say; ``where`` begins each fault."""
    for record in records(file, budget):
        kind = record.type if record.type in _NAMES else "other"
        seen.types[kind] += 1
        seen.versions.add(plain(record.version, 20))
        if record.target and len(seen.targets) < _FEW:
            seen.targets[record.target] = None
        _date(record, seen)
        for name in ("warc-type", "warc-record-id", "warc-date"):
            if not record.headers.get(name):
                notes.fault(f"{where}Record {record.number:,} has no {name.title().replace('Warc', 'WARC')}.")
        if record.headers.get("warc-truncated"):
            notes.fact("cut at capture", f"{record.target} ({record.headers['warc-truncated']})")
        _content(record, seen, notes, budget, where)


def _date(record: Record, seen: Seen) -> None:
    """Keep the first and the last time."""
    date = plain(record.headers.get("warc-date", ""), 40)
    if date:
        seen.dates = [min([*seen.dates[:1], date]), max([*seen.dates[-1:], date])]


def _content(record: Record, seen: Seen, notes: Notes, budget: Budget, where: str) -> None:
    """Check the digests of a record; look into it where it is small enough."""
    checks = _Checks(record)
    small = record.length <= budget.limits.inner
    kept = list[bytes]()
    for block in record.blocks():
        checks.update(block)
        if small:
            kept.append(block)
        budget.tick()
    for name, digest, good in checks.done():
        if not digest.known:
            seen.unknown += 1
        elif good:
            seen.right[name] += 1
        else:
            seen.wrong[name] += 1
            target = f" ({plain(record.target, 120)})" if record.target else ""
            notes.fault(f"{where}The {name} digest of record {record.number:,}{target} is wrong.")
    if not small:
        notes.hidden += 1
        return
    content = b"".join(kept)
    if record.type == "warcinfo" and not seen.info:
        lines = content[:20_000].decode("utf-8", "replace").splitlines()
        seen.info = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    elif record.type in ("response", "resource", "conversion") and content:
        _look(record, content, notes, budget, where)


class _Checks:
    """The digests that a record has of itself."""

    def __init__(self, record: Record) -> None:
        self._block, self._payload = (record.headers.get(f"warc-{name}-digest") for name in ("block", "payload"))
        self._whole = Digest(self._block or "")
        # Tools differ: some digest a chunked body as sent, others as meant.
        self._sent, self._meant = Digest(self._payload or ""), Digest(self._payload or "")
        self._http = record.is_http
        self._head = b""
        self._in_body = not record.is_http
        self._chunks: Dechunker | None = None
        if record.type == "revisit":
            self._payload = None  # that of the record it refers to

    def update(self, block: bytes) -> None:
        """Add bytes of the content."""
        self._whole.update(block)
        if self._payload is None:
            return
        if not self._in_body:
            self._head += block
            if b"\r\n\r\n" not in self._head and b"\n\n" not in self._head and len(self._head) < _MOST_HTTP_HEAD:
                return
            self._in_body = True
            _, headers, block = split_http(self._head)
            if "chunked" in headers.get("transfer-encoding", "").lower():
                self._chunks = Dechunker()
        self._sent.update(block)
        for piece in self._chunks.feed(block) if self._chunks else ():
            self._meant.update(piece)

    def done(self) -> Iterator[tuple[str, Digest, bool]]:
        """(which, the digest, whether it is right) for each that the record has."""
        if self._block is not None:
            yield "block", self._whole, self._whole.matches()
        if self._payload is not None:
            yield "payload", self._sent, self._sent.matches() or (self._chunks is not None and self._meant.matches())


def _body(record: Record, content: bytes, budget: Budget) -> bytes | None:
    """What a reader of the page got; None where it cannot be decoded."""
    if not record.is_http:
        return content
    _, headers, body = split_http(content)
    return decoded(headers, body, budget)


def _look(record: Record, content: bytes, notes: Notes, budget: Budget, where: str) -> None:
    """Whether the text in a record can be searched."""
    body = _body(record, content, budget)
    if body is None:
        notes.damaged(f"{where}The body of record {record.number:,} ({plain(record.target, 120)}) cannot be decoded.")
        return
    if not body:
        return
    if is_picture(body):
        notes.hidden += 1
        return
    inner = Notes()
    # What servers send is often broken; that is no fault of the WARC.
    look_inside("", body, inner, budget)
    notes.hidden += inner.hidden


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """Addresses, headers, and the text of bodies."""
    yield from record_texts(part.file, budget)


def record_texts(file: IO[bytes], budget: Budget) -> Iterator[str]:
    """The text in the records of a WARC."""
    for record in records(file, budget):
        yield "\n".join(f"{name}: {value}" for name, value in record.headers.items())
        content = record.content(budget.limits.inner)
        if not content:
            continue
        if record.is_http:
            yield split_http(content)[0].decode("utf-8", "replace")
        elif record.type not in ("resource", "conversion"):
            yield content.decode("utf-8", "replace")
            continue
        body = _body(record, content, budget)
        if body:
            yield from texts_inside(body, budget)


PLUGIN = Kind("warc", sniff, examine, texts)
