"""Which column of a source fills which field of a record."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from clew.model.errors import InputError

_NAMES = tomllib.loads((files("clew.ingest") / "columns.toml").read_text("utf-8"))
SYNONYMS: Mapping[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _NAMES.items()}
MANY = ("contact", "images")  # fields that take every column that fits; the others take the best one
FIELDS = tuple(SYNONYMS)
_RANK = {
    synonym: (name, rank) for name in reversed(FIELDS) for rank, synonym in reversed(list(enumerate(SYNONYMS[name])))
}
_NESTED = re.compile(r"[^0-9a-z]+")


def plain(column: str) -> str:
    """A column name without accents, case and punctuation: ``"Posted-At "`` is ``postedat``."""
    text = column.casefold().replace("ß", "ss").replace("ł", "l").replace("ø", "o")
    letters = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _NESTED.sub("", letters)


@dataclass(frozen=True)
class ColumnMap:
    """How columns become fields.

    Attributes:
        mapping: field to column, given by the user; wins over detection, and its column fills no other field.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.mapping:
            if name not in SYNONYMS:
                raise InputError(f"There is no field {name!r} to map to.", f"Fields: {', '.join(FIELDS)}.")

    def field_of(self, column: str) -> tuple[str, int] | None:
        """(field, rank; 0 is best) that the column may fill; None when it fits no field."""
        for name, given in self.mapping.items():
            if given == column:
                return name, -1
        found = _RANK.get(plain(column))
        return None if found is None or found[0] in self.mapping else found

    def is_field(self, column: str) -> bool:
        """Whether the column may fill a field."""
        return self.field_of(column) is not None

    def assign(self, columns: Iterable[str]) -> dict[str, list[str]]:
        """Field to the columns that fill it, best first; the order of ``columns`` does not matter."""
        ranked: dict[str, list[tuple[int, str]]] = {}
        for column in columns:
            if found := self.field_of(column):
                ranked.setdefault(found[0], []).append((found[1], column))
        return {
            name: [column for _, column in sorted(ranked[name])][: None if name in MANY else 1]
            for name in FIELDS
            if name in ranked
        }
