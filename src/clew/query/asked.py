"""What a user asks for in one box: identifiers in any spelling, a picture, or a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from clew.model.errors import InputError
from clew.model.tables import IDENTIFIER_TYPES

_PDQ = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_PICTURE = re.compile(r"\.(jpe?g|png|webp|gif|bmp|tiff?|heic|avif)$", re.IGNORECASE)
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
# Fewer words than this are no advert to find copies of; in scripts without spaces each letter counts.
_WORD = re.compile(r"[^\W\d_]{2,}|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_FEW_WORDS = 4
MAX_TEXT = 100_000


@dataclass(frozen=True)
class Asked:
    """A question, understood.

    Attributes:
        identifiers: (type, canonical value) of each identifier in it.
        text: words to find copies of; None where there are too few.
        pdq: hash of a picture, 64 hex digits.
    """

    identifiers: tuple[tuple[str, str], ...]
    text: str | None = None
    pdq: str | None = None


def understand(query: str, region: str = "", files: bool = True) -> Asked:
    """Read a question as an extractor would.

    Args:
        query: a phone in any spelling, mail address, link, ``type:value``, wallet, path of a picture, 64 hex digits of
            a PDQ hash, or the text of an advert.
        region: ISO country for numbers written without a country.
        files: may it name a picture's file on this machine? Not where the question comes over a network.

    Raises:
        InputError: nothing in it can be looked up.
    """
    query = query.strip()[:MAX_TEXT]
    if _PDQ.fullmatch(query):
        return Asked((), pdq=query.lower())
    if files and _PICTURE.search(query):
        return _picture(Path(query))
    kind, _, value = query.partition(":")
    if kind in IDENTIFIER_TYPES and value:
        return Asked(((kind, value.strip()),))
    identifiers = _identifiers(query, region)
    text = query if len(_WORD.findall(query)) >= _FEW_WORDS else None
    if not identifiers and text is None:
        raise InputError(
            f"{query!r} is no identifier that Clew reads, and too short to be looked up as a text.",
            "Give a phone (with country code), mail address, link, @handle, wallet, picture, or a longer text.",
        )
    return Asked(identifiers, text)


def _picture(path: Path) -> Asked:
    from clew.ingest.pdq import pdq

    return Asked((), pdq=pdq(path).hex)


def _identifiers(query: str, region: str) -> tuple[tuple[str, str], ...]:
    """Everything that ties records in a short text, each once, phones first."""
    from clew.extract._phone_query import parse_query  # reads plain digits without loading a kernel

    if _MAIL.fullmatch(query):
        return (("email", query.lower()),)
    phone = parse_query(query, region)
    if phone and not any(c.isalpha() for c in query):
        return (("phone", phone),)
    found: dict[tuple[str, str], None] = {("phone", phone): None} if phone else {}
    return tuple(found | _extracted(query, region))


def _extracted(query: str, region: str) -> dict[tuple[str, str], None]:
    from clew.extract.base import batch_of_texts
    from clew.extract.registry import extractors

    batch = batch_of_texts([query], [region])
    tables = [e.find(batch) for e in extractors() if set(e.types) & set(IDENTIFIER_TYPES)]
    pairs = [p for t in tables for p in zip(t["type"].to_pylist(), t["value"].to_pylist(), strict=True)]
    return dict.fromkeys(pair for pair in pairs if pair[0] in IDENTIFIER_TYPES)
