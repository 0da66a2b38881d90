"""Identifiers of persons in the spelling that the extractors give them, by which they are found in records."""

from __future__ import annotations

from clew.cases.words import line
from clew.model.errors import InputError
from clew.model.tables import IDENTIFIER_TYPES

_MAX_TYPE = 40
# Those by which persons are known and which no extractor reads.
_PAPERS = (
    "passport", "id-card", "residence-permit", "visa", "driving-licence", "tax-number", "social-security",
    "birth-date", "licence-plate", "imei", "imsi", "case-number", "other",
)  # fmt: skip
TYPES = (*IDENTIFIER_TYPES, *_PAPERS)


def canonical(kind: str, written: str) -> tuple[str, str]:
    """Type and canonical value; as written where no extractor reads such a type (a passport's number).

    Raises:
        InputError: one of them is empty, the type is unknown, or it is no phone number or mail address.
    """
    kind = line(kind, "a type of identifier", _MAX_TYPE).lower()
    if kind not in TYPES:
        raise InputError(f"{kind!r} is no type of identifier.", f"Types: {', '.join(TYPES)}.")
    value = line(written, "an identifier")
    if kind == "phone":
        return kind, _phone(value)
    if kind == "email":
        if "@" not in value:
            raise InputError(f"{value[:60]!r} is no mail address.", "Give it in full.")
        return kind, value.lower()
    return kind, _read(kind, value) if kind in IDENTIFIER_TYPES else value


def _phone(value: str) -> str:
    from clew.extract._phone_query import parse_query

    number = parse_query(value)
    if number is None:
        raise InputError(f"{value[:60]!r} is no phone number.", "Give it with its country's code: +31 6 …")
    return number


def _read(kind: str, value: str) -> str:
    """What the extractors of a type read in a text, where that is one value."""
    from clew.extract.base import batch_of_texts  # loads kernels, which only this needs
    from clew.extract.registry import extractors

    batch = batch_of_texts([value])
    found = {
        read
        for extractor in extractors()
        if kind in extractor.types
        for type_, read in _pairs(extractor.find(batch))
        if type_ == kind
    }
    return found.pop() if len(found) == 1 else value


def _pairs(table: object) -> list[tuple[str, str]]:
    import pyarrow as pa

    if not isinstance(table, pa.Table):
        return []
    return list(zip(table["type"].to_pylist(), table["value"].to_pylist(), strict=True))
