"""Text in pieces, whatever its encoding, and markup without its tags."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from clew.ingest.streams import detect_encoding

# Characters that a piece repeats of the one before, so that the longest name is whole in one of them, even with its
# letters one by one.
OVERLAP = 1024
_SAMPLE = 1 << 18
_DECLARED = re.compile(rb"""(?i)(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_.:-]{2,40})""")
_INLINE = re.compile(
    r"(?i)</?(?:a|b|i|u|s|em|strong|span|font|small|big|sub|sup|wbr|mark|tt|code|ins|del|label)\b[^<>]{0,4096}>|<!--[^<>]{0,4096}-->",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_TAG = re.compile(r"<[^<>]{0,65536}>")


def encoding_of(sample: bytes, markup: bool) -> str:
    """The codec of a text; what markup declares counts where the bytes do not say otherwise."""
    found = detect_encoding(sample)
    if markup and found != "utf-8" and not found.startswith("utf") and (named := _DECLARED.search(sample[:4096])):
        try:
            return codecs.lookup(named[1].decode("ascii")).name
        except LookupError:
            return found
    return found


def pieces(blocks: Iterable[bytes], markup: bool = False) -> Iterator[str]:
    """Blocks of bytes decoded; each piece repeats the end of the one before."""
    blocks = iter(blocks)
    first = b""
    for block in blocks:
        first += block
        if len(first) >= _SAMPLE:
            break
    codec = encoding_of(first, markup)
    try:
        decoder = codecs.getincrementaldecoder(codec)("replace")
        text = decoder.decode(first)
    except (LookupError, UnicodeError):  # a codec that is no text codec
        decoder = codecs.getincrementaldecoder("cp1252")("replace")
        text = decoder.decode(first)
    if text:
        yield text
    for block in blocks:
        more = decoder.decode(block)
        if more:
            text = text[-OVERLAP:] + more
            yield text
    if last := decoder.decode(b"", final=True):
        yield text[-OVERLAP:] + last


def without_tags(text: str) -> str:
    """Markup as a reader sees it: inline tags leave no gap, others a blank, entities are the letters they stand for."""
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", text)))


def readings(pieces: Iterable[str]) -> Iterator[str]:
    """Each piece as written, and as read where it holds markup, escapes of JSON or scripts, or escapes of addresses."""
    for text in pieces:
        yield text
        if "<" in text or "&" in text:
            yield html.unescape(text)
            yield without_tags(text)
        if "\\u" in text or "\\x" in text:
            yield _ESCAPE.sub(_letter, text)
        if "%" in text:
            yield unquote(text, errors="replace")


def _letter(found: re.Match[str]) -> str:
    """The letter of an escape; half of a pair stays as it is."""
    code = int(found[1] or found[2], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)
