"""Our scanner of plain JSON gives what DuckDB's parser gives, and leaves the rest to it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.ingest.base import Batch
from clew.ingest.jsonrows import _parsed, parse_objects
from clew.ingest.plainjson import read_plain


def is_field(column: str) -> bool:
    return column < "m"


def cells(batches: list[Batch]) -> list[tuple[int, dict[str, str | None]]]:
    """Line and columns of each row; whether a column came as text or as JSON is part of its name."""
    rows = list[tuple[int, dict[str, str | None]]]()
    for batch in batches:
        named = {f"text {name}": values for name, values in batch.columns.items()}
        named |= {f"json {name}": values for name, values in batch.encoded.items()}
        for values in named.values():
            values.validate(full=True)
        columns = {name: values.to_pylist() for name, values in named.items()}
        rows += [(line, {name: columns[name][n] for name in columns}) for n, line in enumerate(batch.lines.to_pylist())]
    return rows


def both(texts: list[str]) -> None:
    rows, lines = pa.array(texts, pa.string()), pa.array(range(10, 10 + len(texts)), pa.int64())
    ours, theirs = list(parse_objects(rows, lines, is_field)), list(_parsed(rows, lines, is_field))
    assert cells(ours) == cells(theirs)
    assert [batch.rejects for batch in ours] == [batch.rejects for batch in theirs]


_TEXT = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(['"', "\\", "/", "\n\t\b", "\x1f<&", "🌹"])
_NUMBER = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.5, 10.0, -0.0, 1e-7])
_PLAIN = st.none() | st.booleans() | _TEXT | _NUMBER
_VALUE = _PLAIN | st.lists(_PLAIN, max_size=3) | st.dictionaries(_TEXT, _PLAIN, max_size=2)
_ROW = st.dictionaries(st.sampled_from(["a", "b", "title", "x", "yé", "z"]) | _TEXT, _VALUE, max_size=5)


@settings(max_examples=tried(50), deadline=None)
@given(st.lists(_ROW, min_size=1, max_size=5), st.booleans(), st.booleans(), st.booleans())
def test_rows_are_read_as_duckdb_reads_them(rows: list[dict[str, Any]], ascii: bool, close: bool, php: bool) -> None:
    separators = (",", ":") if close else (" , ", ": ")
    texts = [json.dumps(row, ensure_ascii=ascii, separators=separators) for row in rows]
    both([text.replace("/", "\\/") for text in texts] if php else texts)


@settings(max_examples=tried(50), deadline=None)
@given(_ROW, st.integers(0, 60), st.text('{}[]":,\\u0041tfn1.e \t', max_size=3))
def test_spoilt_rows_are_read_as_duckdb_reads_them(row: dict[str, Any], at: int, junk: str) -> None:
    text = json.dumps(row, ensure_ascii=False)
    both([text[:at] + junk + text[at + 1 :], text, '{"a":"b"}', '{"a":1}'])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('{"a":"x","z":[1,"y\\n",null, true]} \r\n', True),
        ("{}", True),
        ('{"a":"\\ud83c\\udf39 \\u00e9\\u003c"}', True),
        ('{"a":12.5,"b":-3,"z":0}', True),
        ('{"a":"\\ud83c"}', False),  # half a pair
        ('{"a":"\\u0000"}', False),
        ('{"a":1,"a":2}', False),  # twice
        ('{"a":1.50}', False),  # a parser writes 1.5
        ('{"a":1e5}', False),
        ('{"a":{"b":1}}', False),
        ('{"a":[[1]]}', False),
        ('{"a":1,}', False),
        ('{"":1}', False),
        ('{"a":"x"} y', False),
        ('{"a":"tab\there"}', False),
        ("[1]", False),
        ("", False),
    ],
)
def test_what_is_plain(text: str, plain: bool) -> None:
    values = read_plain(pa.array([text, '{"a":"b"}']))
    assert values is not None and values.plain.tolist() == [plain, True]
    both([text, '{"a":"b"}', '{"z":0}'])


def test_long_numbers_keep_their_digits() -> None:
    numbers = ["0.123456789012345678", "-98765.000000000000000010", "12345678901234567890.12", "0.000000000000000001"]
    rows = pa.array([f'{{"a":{number},"z":[{number}]}}' for number in numbers])
    (batch,) = parse_objects(rows, pa.array(range(4), pa.int64()), is_field)
    assert batch.columns["a"].to_pylist() == numbers
    assert batch.encoded["z"].to_pylist() == [f"[{number}]" for number in numbers]


def test_a_key_of_a_row_that_is_not_plain_is_no_column() -> None:
    values = read_plain(pa.array(['{"title":"x","a":1', '{"b":"y"}']))
    assert values is not None and values.keys == ["b"]


def test_many_keys() -> None:
    wide = [json.dumps({f"k{n + k}": n for k in range(200)}) for n in range(0, 300, 100)]
    both(wide)
    assert read_plain(pa.array([json.dumps(dict.fromkeys(map(str, range(513)), 1))])) is None
    hostile = pa.array([*wide, json.dumps({f"k{n}": {} for n in range(600)}), *wide])
    (batch,) = parse_objects(hostile, pa.array(range(1, 8), pa.int64()), is_field)
    assert batch.lines.to_pylist() == [1, 2, 3, 5, 6, 7] and len(batch.columns) == 400
    assert [(reject.line, reject.reason) for reject in batch.rejects] == [(4, "600 keys in one object, more than 512")]
    values = read_plain(pa.array(wide))
    assert values is not None and np.all(values.plain) and len(values.keys) == 400
