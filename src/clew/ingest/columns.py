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
_NESTED = re.compile(r"[\W_]+")
_NAMED = 40  # columns of the files that a message names


def plain(column: str) -> str:
    """A column name without accents, case and punctuation: ``"Posted-At "`` is ``postedat``."""
    text = column.casefold().replace("ß", "ss").replace("ł", "l").replace("ø", "o").replace("ı", "i")
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

    def beside(self, name: str, columns: Iterable[str]) -> list[str]:
        """The columns that might fill a field that another fills, best first: of a time the other half, perhaps."""
        used = set(self.mapping.values())
        ranked = {column: _RANK.get(plain(column)) for column in columns if column not in used}
        found = sorted((rank[1], column) for column, rank in ranked.items() if rank and rank[0] == name)
        return [column for _, column in found]

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


class Sought:
    """The columns that a user maps, until some file has them."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._missing = {column: name for name, column in mapping.items()}
        self._others = set[str]()

    def see(self, columns: Iterable[str]) -> None:
        """Note the columns of some rows."""
        if not self._missing:
            return
        for column in columns:
            self._missing.pop(column, None)
            if len(self._others) < _NAMED:
                self._others.add(column)

    def check(self) -> None:
        """See that each was found, where there were columns at all.

        Raises:
            InputError: one was in no file.
        """
        if self._missing and self._others:
            column, name = next(iter(self._missing.items()))
            raise InputError(
                f"No file has a column {column!r} to read {name} from.", f"Columns: {', '.join(sorted(self._others))}."
            )


def distinct(names: Iterable[str]) -> list[str]:
    """Names of columns, those that come again with their place behind: ``title``, ``title 2``."""
    found: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        while name in found:
            name = f"{name} {place}"
        found[name] = None
    return list(found)
