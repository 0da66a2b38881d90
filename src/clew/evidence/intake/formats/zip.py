"""ZIP archives, office documents and apps among them: names checked, every member unpacked once in memory."""

from __future__ import annotations

from collections.abc import Iterator

from clew.evidence.intake.base import Kind, Notes, Part, plain, starts
from clew.evidence.intake.limits import Budget
from clew.evidence.intake.registry import look_inside, texts_inside
from clew.evidence.intake.zipped import Member, check_names, is_folder, opened
from clew.ingest.streams import DamagedError

_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_FEW = 10
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def sniff(part: Part) -> tuple[float, str]:
    """The first bytes; office documents by the members that come first."""
    if not starts(part, *_MARKS):
        return 0.0, ""
    if part.head[30:38] == b"mimetype":
        return 0.7, plain(part.head[38:120].split(b"PK")[0].decode("ascii", "replace"), 80)
    if b"[Content_Types].xml" in part.head:
        return 0.7, next((kind for mark, kind in _OFFICE.items() if mark in part.head), "application/zip")
    return 0.7, "application/zip"


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Names, sizes, checksums of all members; members that are small enough are looked into."""
    with opened(part, budget) as found:
        members = [info for info in found.infolist() if not is_folder(info)]
        notes.fact("members", f"{len(members):,}, {sum(info.file_size for info in members):,} bytes as it claims")
        for info in members[:_FEW]:
            notes.fact("member", f"{info.filename} ({info.file_size:,} bytes)")
        check_names(found, notes)
        for info in members:
            budget.part()
            if info.flag_bits & 1:
                continue
            try:
                content = Member(found, info, budget).content(budget.limits.inner)
                if content is None:
                    notes.hidden += 1
                    for _ in Member(found, info, budget).blocks():
                        pass
                    continue
            except DamagedError as error:
                notes.damaged(f"{error}.")
                continue
            look_inside(f'"{plain(info.filename, 120)}"', content, notes, budget)


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """Names, and the text of members."""
    with opened(part, budget) as found:
        for info in found.infolist():
            yield info.filename
            if is_folder(info) or info.flag_bits & 1:
                continue
            try:
                content = Member(found, info, budget).content(budget.limits.inner)
            except DamagedError:
                continue
            if content:
                yield from texts_inside(content, budget)


PLUGIN = Kind("archive", sniff, examine, texts)
