"""Identifiers of persons are kept as the extractors would read them."""

from __future__ import annotations

import pytest

from clew.cases.identifiers import canonical
from clew.model.errors import InputError


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("phone", "+31 6-1234 5678", "+31612345678"),
        ("Phone", "0031612345678", "+31612345678"),
        ("email", " Ann@Example.ORG ", "ann@example.org"),
        ("passport", "x  1", "x 1"),
        ("handle", "bo.example", "bo.example"),
        ("domain", "www.Example.org", "example.org"),
    ],
)
def test_the_spelling_that_is_kept(kind: str, written: str, kept: str) -> None:
    assert canonical(kind, written) == (kind.lower(), kept)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("phone", "0612345678"),
        ("phone", "x"),
        ("email", "ann"),
        ("", "x"),
        ("nonsense", "without anything"),
        ("telephone", "+353 86 539 9787"),
    ],
)
def test_what_cannot_be_looked_for(kind: str, written: str) -> None:
    with pytest.raises(InputError):
        canonical(kind, written)


def test_the_types_that_are_known_are_told() -> None:
    with pytest.raises(InputError, match="'telephone' is no type of identifier") as refused:
        canonical("telephone", "+353 86 539 9787")
    assert {"phone", "passport", "other"} <= set(refused.value.todo.removeprefix("Types: ").rstrip(".").split(", "))
