"""Marks of texts: all that is there in order of place, and nothing of another text."""

from __future__ import annotations

import pytest

from clew.extract._marks import AT_SIGN, AT_WORD, BRACKET, CUE, DOT_SIGN, DOT_WORD, NUMBER
from clew.extract.base import FIELDS, batch_of_texts


def _marks(text: str) -> list[tuple[str, int]]:
    """The text from each mark on, up to eight symbols, and what is there."""
    batch = batch_of_texts(["7", text, "@8"])
    found, first = batch.marks, batch.folded.start[1] + batch.starts[1, FIELDS.index("body")]
    rows = range(found.first[1], found.first[2])
    return [(text[int(found.at[k]) - first :][:8], int(found.what[k])) for k in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.c", [("@b.c", AT_SIGN), (".c", DOT_SIGN)]),
        ("x (at) y", [("(at) y", BRACKET)]),
        ("x at y dot z", [("at y dot", AT_WORD), ("dot z", DOT_WORD)]),
        ("at dot", [("dot", DOT_WORD)]),  # words that join two parts do not come first
        ("insta x", [("insta x", CUE)]),
        ("(tg5anna", [("(tg5anna", BRACKET), ("tg5anna", CUE), ("5anna", NUMBER)]),
        ("12 a345 6", [("12 a345 ", NUMBER), ("345 6", NUMBER), ("6", NUMBER)]),
        ("9", [("9", NUMBER)]),
        ("", []),
    ],
)
def test_marks(text: str, expected: list[tuple[str, int]]) -> None:
    assert _marks(text) == expected


def test_marks_of_a_long_text_are_all_found() -> None:
    text = "abcde 1 " * 1000
    assert [what for _, what in _marks(text)] == [NUMBER] * 1000
