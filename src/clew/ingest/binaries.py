"""What a file is that holds no text, by its first bytes: folders of chats are full of pictures, sound and video."""

from __future__ import annotations

import re

PICTURE, ARCHIVE = "a picture", "an archive without a chat or pages"
_STARTS = tuple(
    (what, re.compile(pattern, re.DOTALL))
    for what, pattern in (
        (PICTURE, rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF.{4}WEBP|II\*\x00|MM\x00\*|BM.{4}\x00{4}"),
        (PICTURE, rb".{4}ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1|avif|avis)"),
        ("sound", rb".{4}ftypM4[AB]|OggS|ID3[\x02-\x04]|fLaC|#!AMR|caff\x00|MThd\x00|RIFF.{4}WAVE"),
        ("sound", rb"\xff[\xf1-\xf3\xf9-\xfb]"),
        ("a video", rb".{4}ftyp|\x1a\x45\xdf\xa3|RIFF.{4}AVI |FLV\x01|\x00\x00\x01[\xba\xb3]"),
        ("a PDF", rb"%PDF-"),
        ("a document of an office program", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf"),
        (ARCHIVE, rb"PK(?:\x03\x04|\x05\x06)|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\xfd7zXZ\x00|BZh[1-9]1AY|.{257}ustar"),
        ("a database", rb"SQLite format 3\x00"),
        ("a program", rb"\x7fELF|MZ.{58}..\x00\x00|\xca\xfe\xba\xbe\x00"),
    )
)  # fmt: skip
_LOOKED_AT = 4_096
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_SHORT = 32  # bytes that are too few to count in


def known_binary(head: bytes) -> str | None:
    """What the file is where its first bytes say so."""
    return next((what for what, start in _STARTS if start.match(head)), None)


def no_text(head: bytes) -> str | None:
    """What the file is; None where it may be text, whose encoding was already turned into UTF-8."""
    if named := known_binary(head):
        return named
    seen = head[:_LOOKED_AT]
    odd = len(seen) - len(seen.translate(None, _CONTROL))
    return "no text" if len(seen) >= _SHORT and odd > len(seen) // 8 else None
