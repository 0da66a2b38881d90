"""What no other kind knows; sound and video are at least named."""

from __future__ import annotations

from clew.evidence.intake.base import Kind, Notes, Part, no_text
from clew.evidence.intake.limits import Budget

_MARKS = (
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (0, b"wOF2", "font/woff2"),
    (0, b"wOFF", "font/woff"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (4, b"ftyp", "video/mp4"),
)


def sniff(part: Part) -> tuple[float, str]:
    """Last resort."""
    for at, mark, media_type in _MARKS:
        if part.head.startswith(mark, at):
            return 0.35, media_type
    return 0.01, "application/octet-stream"


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Nothing can be said of it."""
    notes.hidden += 1


PLUGIN = Kind("other", sniff, examine, no_text)
