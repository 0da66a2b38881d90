"""Extra columns as JSON objects."""

from __future__ import annotations

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.extras import as_json, json_objects

_TEXT = st.text(st.characters(codec="utf-8"), max_size=6)


def test_keys_are_sorted_and_nulls_left_out() -> None:
    members = {"b": pa.array(["1", None, None]), 'a"': pa.array(['"x"', "[2]", None])}
    assert json_objects(members, 3).to_pylist() == ['{"a\\"":"x","b":1}', '{"a\\"":[2]}', None]
    assert json_objects({}, 2).to_pylist() == [None, None]


def test_part_of_a_column() -> None:
    assert json_objects({"a": pa.array(["1", "2", None, "3"]).slice(1)}, 3).to_pylist() == ['{"a":2}', None, '{"a":3}']


@given(st.lists(st.tuples(*[st.none() | _TEXT] * 3), min_size=1, max_size=5))
def test_what_goes_in_comes_out(rows: list[tuple[str | None, ...]]) -> None:
    columns = dict(zip("xyz", map(list, zip(*rows, strict=True)), strict=True))
    found = json_objects({name: as_json(pa.array(cells, pa.string())) for name, cells in columns.items()}, len(rows))
    expected = [{name: cell for name, cell in zip("xyz", row, strict=True) if cell} or None for row in rows]
    assert [text and json.loads(text) for text in found.to_pylist()] == expected
