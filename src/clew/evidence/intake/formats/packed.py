"""Single files compressed by gzip, bzip2, xz or zstd, tar files in them; 7-Zip and RAR are only named."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from clew.evidence.intake import unpack
from clew.evidence.intake.base import Kind, Notes, Part
from clew.evidence.intake.formats import tar
from clew.evidence.intake.limits import Budget, CutError
from clew.evidence.intake.registry import look_inside, texts_inside
from clew.ingest.streams import DamagedError

_MARKS = (
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)


def sniff(part: Part) -> tuple[float, str]:
    """The first bytes."""
    return next(((0.8, name) for mark, name in _MARKS if part.head.startswith(mark)), (0.0, ""))


def _blocks(part: Part, budget: Budget) -> Iterator[bytes] | None:
    """The content; None where it is not unpacked."""
    match sniff(part)[1]:
        case "application/gzip":
            return unpack.gunzip(part.file, budget)
        case "application/x-bzip2":
            return unpack.bunzip(part.file, budget)
        case "application/x-xz":
            return unpack.unxz(part.file, budget)
        case "application/zstd":
            return unpack.by_arrow(part.file, "zstd", budget)
    return None


def _first(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Enough to know a tar file, and everything."""
    kept = list[bytes]()
    for block in blocks:
        kept.append(block)
        if sum(map(len, kept)) >= 512:
            break
    return b"".join(kept), itertools.chain(kept, blocks)


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """What is in it."""
    found = _blocks(part, budget)
    if found is None:
        notes.hidden += 1
        notes.fact("content", "not looked into")
        return
    head, blocks = _first(found)
    if tar.is_tar(head):
        notes.fact("content", "tar")
        tar.examine_members(blocks, notes, budget)
        return
    kept, size = list[bytes](), 0
    for block in blocks:
        size += len(block)
        if size <= budget.limits.inner:
            kept.append(block)
    notes.fact("unpacked size", f"{size:,} bytes")
    if size > budget.limits.inner:
        notes.hidden += 1
    else:
        notes.fact("content", look_inside("The content", b"".join(kept), notes, budget))


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """The text of what is in it; of a damaged one, what can be read."""
    found = _blocks(part, budget)
    if found is None:
        return
    head, blocks = _first(found)
    if tar.is_tar(head):
        yield from tar.member_texts(blocks, budget)
        return
    kept, size = list[bytes](), 0
    try:
        for block in blocks:
            size += len(block)
            if size > budget.limits.inner:
                raise CutError(f"what is packed in it is larger than {budget.limits.inner:,} bytes")
            kept.append(block)
    except DamagedError:
        pass
    yield from texts_inside(b"".join(kept), budget)


PLUGIN = Kind("archive", sniff, examine, texts)
