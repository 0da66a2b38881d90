"""Which objects of a JSON document are its records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from clew.ingest.base import IsField
from clew.ingest.columns import ColumnMap

_READABLE = frozenset({"title", "body", "contact", "handle", "images", "amount"})  # a record needs one of them
_DETECTED = ColumnMap()
_LOOKED_AT = 1_000  # objects of lists in a document that is looked at as a whole
SURE = 2  # fields that objects fill when they are records for sure


def filled(value: object, is_field: IsField) -> int:
    """How many fields of a record the keys of an object fill; 0 when nothing in it could be read."""
    if not isinstance(value, dict):
        return 0
    found = {_field(key, is_field) for key in hit(value)} - {None}
    return len(found) if not found.isdisjoint({*_READABLE, "mapped"}) else 0


def _field(key: str, is_field: IsField) -> str | None:
    """The field that a column fills; that it is mapped is all that is known of one that no name tells."""
    if not is_field(key):
        return None
    found = _DETECTED.field_of(key)
    return found[0] if found else "mapped"


def hit(value: dict[str, Any]) -> dict[str, Any]:
    """The object itself, or what a search engine found (Elasticsearch: ``_source``), with the id that it has there."""
    source = value.get("_source")
    if not isinstance(source, dict):
        return value
    return {key: value[key] for key in value if key in ("_id", "_index")} | source


def most_filled(elements: Iterable[bytes], is_field: IsField) -> int:
    """The most fields that one of these JSON texts fills."""
    return max((filled(_loaded(element), is_field) for element in elements), default=0)


def is_record(text: bytes, is_field: IsField) -> bool:
    """Whether a document is one object that is a record for sure, more so than the objects of any list in it."""
    value = _loaded(text)
    own = filled(value, is_field)
    return own >= SURE and all(filled(element, is_field) <= own for element in _elements(value))


def _loaded(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _elements(value: object) -> Iterator[object]:
    """The first elements of the lists in an object and in the objects in it."""
    held = [value]
    for _ in range(_LOOKED_AT):
        if not held:
            return
        part = held.pop()
        if isinstance(part, dict):
            held += part.values()
        elif isinstance(part, list):
            yield part[0] if part else None
