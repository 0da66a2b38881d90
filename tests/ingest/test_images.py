"""Columns of pictures, however they are written."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.images import as_image_lists

MANY = json.dumps([f"{n}.jpg" for n in range(1_200)])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('["a.jpg","b.jpg"]', ["a.jpg", "b.jpg"]),
        ('["a.jpg", "b c.jpg"]', ["a.jpg", "b c.jpg"]),
        ('[ "a.jpg" , "b.jpg" ]', ["a.jpg", "b.jpg"]),
        (r'["a\"b.jpg"]', ['a"b.jpg']),
        ('["a.jpg", 3, null, ""]', ["a.jpg"]),
        ('[{"src": "a.jpg"}, {"alt": "x"}]', ["a.jpg"]),
        ('{"url": "a.jpg"}', ["a.jpg"]),
        ('"a.jpg"', ["a.jpg"]),
        ("a.jpg|b.jpg; c.jpg,d.jpg", ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]),
        (" a.jpg ", ["a.jpg"]),
        ('["a.jpg",]', ['["a.jpg",]']),
        ('["a.jpg"', ['["a.jpg"']),
        ('["a""b"]', ['["a""b"]']),
        ("[", ["["]),
        ("[]", None),
        ('[""]', None),
        ("", None),
        (None, None),
    ],
)
def test_names_are_found(text: str | None, names: list[str] | None) -> None:
    assert as_image_lists(pa.array([text], pa.string())).to_pylist() == [names]
    around = pa.array(["x", None, text, '["y"]', "[]"], pa.string()).slice(1)
    assert as_image_lists(around).to_pylist() == [None, names, ["y"], None]


def test_no_list_is_longer_than_a_thousand() -> None:
    (names,) = as_image_lists(pa.array([MANY])).to_pylist()
    assert len(names) == 1_000 and names[-1] == "999.jpg"


@given(st.lists(st.one_of(st.none(), st.lists(st.text(min_size=1).filter(str.strip), min_size=1)), max_size=8))
def test_json_lists_come_back(rows: list[list[str] | None]) -> None:
    texts = pa.array([None if row is None else json.dumps(row, ensure_ascii=False) for row in rows], pa.string())
    expected = [None if row is None else [name.strip() for name in row] for row in rows]
    found = as_image_lists(texts).to_pylist()
    assert [row and [name.strip() for name in row] for row in found] == expected
