"""What a user asks for in one box: identifiers in any spelling, a picture, or a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from clew.model.errors import InputError
from clew.model.tables import IDENTIFIER_TYPES

_PDQ = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_PICTURE = re.compile(r"\.(jpe?g|png|webp|gif|bmp|tiff?|heic|avif)$", re.IGNORECASE)
_FEW_WORDS = 4  # fewer words than this are no advert to find copies of
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


def understand(query: str, region: str = "") -> Asked:
    """Read a question as an extractor would.

    Args:
        query: a phone in any spelling, mail address, link, ``type:value``, wallet, path of a picture, 64 hex digits of
            a PDQ hash, or the text of an advert.
        region: ISO country for numbers written without a country.

    Raises:
        InputError: nothing in it can be looked up.
    """
    query = query.strip()[:MAX_TEXT]
    if _PDQ.fullmatch(query):
        return Asked((), pdq=query.lower())
    if _PICTURE.search(query):
        return _picture(Path(query))
    kind, _, value = query.partition(":")
    if kind in IDENTIFIER_TYPES and value:
        return Asked(((kind, value.strip()),))
    identifiers = _identifiers(query, region)
    text = query if len(query.split()) >= _FEW_WORDS or len(query) > 60 else None
    if not identifiers and text is None:
        raise InputError(
            f"{query!r} is no identifier that Clew reads, and too short to be looked up as a text.",
            "Give a phone (with country code), mail address, link, @handle, wallet, picture, or a longer text.",
        )
    return Asked(identifiers, text)


def _picture(path: Path) -> Asked:
    from clew.extract.pdq import pdq

    return Asked((), pdq=pdq(path).hex)


def _identifiers(query: str, region: str) -> tuple[tuple[str, str], ...]:
    """Everything that ties records in a short text, each once, phones first."""
    from clew.extract.base import batch_of_texts
    from clew.extract.phone import parse_query
    from clew.extract.registry import extractors

    found: dict[tuple[str, str], None] = {}
    phone = parse_query(query, region)
    if phone:
        found["phone", phone] = None
    batch = batch_of_texts([query], [region])
    for extractor in extractors():
        if set(extractor.types) & set(IDENTIFIER_TYPES):
            table = extractor.find(batch)
            pairs = zip(table.column("type").to_pylist(), table.column("value").to_pylist(), strict=True)
            found |= {pair: None for pair in pairs if pair[0] in IDENTIFIER_TYPES}
    return tuple(found)
