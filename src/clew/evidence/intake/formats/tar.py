"""Tar archives, read forwards; also the walker for tar files in gzip, bzip2, xz and zstd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clew.evidence.intake import unpack
from clew.evidence.intake.base import Kind, Notes, Part, plain
from clew.evidence.intake.limits import Budget
from clew.evidence.intake.registry import look_inside, texts_inside
from clew.evidence.intake.warcrecords import Forward
from clew.evidence.intake.zipped import escapes
from clew.ingest.streams import DamagedError

_UNIT = 512
_MOST_NAME = 1 << 20
_LINKS = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe"}


def is_tar(head: bytes) -> bool:
    """Whether a tar header begins here: its mark, and its checksum."""
    header = head[:_UNIT]
    if len(header) < _UNIT or header[257:262] != b"ustar":
        return False
    return _number(header[148:156]) == sum(header[:148]) + 8 * 32 + sum(header[156:])


def sniff(part: Part) -> tuple[float, str]:
    """A tar header."""
    return (0.9, "application/x-tar") if is_tar(part.head) else (0.0, "")


@dataclass
class Member:
    """A member: its name, type, size, and its bytes where it is small enough."""

    name: str
    type: bytes
    size: int
    content: bytes | None


def members(blocks: Iterator[bytes], budget: Budget) -> Iterator[Member]:
    """The members of a tar stream."""
    stream, name, size = Forward(blocks), "", -1
    while (header := _exactly(stream, _UNIT)).strip(b"\x00"):
        budget.part()
        if not is_tar(header):
            raise DamagedError(f"no tar member begins at byte {stream.position - _UNIT:,} of the content")
        kind, own = header[156:157], size if size >= 0 else _number(header[124:136])
        size = -1
        if own < 0:
            raise DamagedError(f"the tar member before byte {stream.position:,} of the content has no size")
        if kind in b"xgLK" and kind:
            if own > _MOST_NAME:
                raise DamagedError(f"a tar member has a name of {own:,} bytes")
            more = _content(stream, own, _MOST_NAME, budget) or b""
            if kind == b"L":
                name = more.rstrip(b"\x00").decode("utf-8", "replace")
            elif kind == b"x":
                found = _pax(more)
                name = found.get("path", name)
                size = int(found["size"]) if found.get("size", "").isdecimal() and len(found["size"]) < 16 else -1
            continue
        if not name:
            parts = [header[345:500], header[:100]] if header[257:263] == b"ustar\x00" else [header[:100]]
            written = (part.split(b"\x00")[0].decode("utf-8", "replace") for part in parts)
            name = "/".join(filter(None, written))
        yield Member(name, kind, own, _content(stream, own, budget.limits.inner, budget))
        name = ""


def _number(field: bytes) -> int:
    """Octal, or base 256 where the first bit is set."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    try:
        return int(field.strip(b" \x00") or b"0", 8)
    except ValueError:
        return -1


def _exactly(stream: Forward, size: int) -> bytes:
    """``size`` bytes; none where the stream ends here."""
    kept = b""
    while len(kept) < size and (block := stream.some(size - len(kept))):
        kept += block
    if kept and len(kept) < size:
        raise DamagedError("the tar file is cut off")
    return kept


def _content(stream: Forward, size: int, most: int, budget: Budget) -> bytes | None:
    """The content of a member, None where it is larger than ``most``; the padding after it is read too."""
    kept, left = list[bytes](), size
    while left:
        block = stream.some(left)
        if not block:
            raise DamagedError("the tar file is cut off")
        left -= len(block)
        budget.tick()
        if size <= most:
            kept.append(block)
    _exactly(stream, -size % _UNIT)
    return b"".join(kept) if size <= most else None


def _pax(raw: bytes) -> dict[str, str]:
    """The records of a pax header: "length key=value\\n"."""
    found: dict[str, str] = {}
    while raw:
        length, _, _ = raw.partition(b" ")
        if not (length.isdigit() and len(length) < 8 and 0 < int(length) <= len(raw)):
            return found
        key, _, value = raw[len(length) + 1 : int(length)].rstrip(b"\n").partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        raw = raw[int(length) :]
    return found


def examine_members(blocks: Iterator[bytes], notes: Notes, budget: Budget) -> None:
    """Names and contents of the members."""
    count, size, shown = 0, 0, list[str]()
    try:
        for member in members(blocks, budget):
            count, size = count + 1, size + member.size
            name = plain(member.name, 120)
            if len(shown) < 10:
                shown.append(f"{name} ({member.size:,} bytes)")
            if escapes(member.name):
                notes.fault(f'The name "{name}" leads out of the folder of the archive.')
            if member.type in _LINKS:
                notes.fault(f'"{name}" is {_LINKS[member.type]}.')
            elif member.content is None:
                notes.hidden += 1
            elif member.type != b"5":
                look_inside(f'"{name}"', member.content, notes, budget)
    finally:
        notes.fact("members", f"{count:,}, {size:,} bytes")
        for line in shown:
            notes.fact("member", line)


def member_texts(blocks: Iterator[bytes], budget: Budget) -> Iterator[str]:
    """Names, and the text of members."""
    for member in members(blocks, budget):
        yield member.name
        if member.content:
            yield from texts_inside(member.content, budget)


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """All members."""
    examine_members(unpack.blocks(part.file, budget), notes, budget)


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """All members."""
    yield from member_texts(unpack.blocks(part.file, budget), budget)


PLUGIN = Kind("archive", sniff, examine, texts)
