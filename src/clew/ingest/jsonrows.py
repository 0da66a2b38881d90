"""Rows that are JSON objects in text, turned into columns; shared by the JSON formats.

Rows of plain JSON are read by our own scanner, which is some six times faster (plainjson.py); DuckDB's parser does the
others, and only a row that it refuses is looked at alone, to mend it (lone surrogates) or to say what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import duckdb
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import MAX_COLUMNS, NUL_BYTE, Batch, IsField, Reject, clip
from clew.ingest.jsonlists import hit
from clew.ingest.plainjson import Values, read_plain


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that only parses; chunks are what runs in parallel, so one thread a query."""
    return duckdb.connect(config={"threads": 1})


def parse_objects(rows: pa.Array, lines: pa.Array, is_field: IsField) -> Iterator[Batch]:
    """Batches of at most 512 columns from ``rows`` (one JSON text each); rejects come with the first.

    Args:
        rows: string array, valid UTF-8.
        lines: int64 array, the line of each row.
        is_field: which columns must come as text; the others stay JSON.
    """
    if len(rows) and '"_source"' in rows[0].as_py():
        rows = pa.array(map(_unwrapped, rows.to_pylist()), pa.string())
    values = read_plain(rows)
    if values is None or 2 * np.count_nonzero(values.plain) < len(rows):
        yield from _parsed(rows, lines, is_field)
        return
    fields = {key: values.column(key, as_json=False) for key in sorted(values.keys) if is_field(key)}
    others = {key: values.column(key, as_json=True) for key in sorted(values.keys) if key not in fields}
    batch = Batch(fields, lines, others)
    if values.plain.all():
        yield batch
        return
    places = pa.array(np.flatnonzero(~values.plain))
    rest = list(_parsed(rows.take(places), places, is_field))
    if len(rest) > 1 or len({*values.keys, *rest[0].columns, *rest[0].encoded}) > MAX_COLUMNS:
        yield from _parsed(rows, lines, is_field)
        return
    yield _together(batch, values, rest[0])


def _unwrapped(row: str) -> str:
    """What a search engine found in place of its hit; any other row as it is."""
    try:
        value = orjson.loads(row)
        found = hit(value) if isinstance(value, dict) else value
        return row if found is value else orjson.dumps(found).decode()
    except ValueError:  # no JSON, or a number or text that is mended elsewhere
        return row


def _together(batch: Batch, values: Values, rest: Batch) -> Batch:
    """The plain rows of a batch and the rest, whose lines are places in the batch, in the order of the rows."""
    plain = pa.array(np.flatnonzero(values.plain))
    order = pc.array_sort_indices(pa.concat_arrays([plain, rest.lines]))

    def joined(name: str, left: pa.Array | None, right: pa.Array | None) -> pa.Array:
        first = pa.nulls(len(plain), pa.string()) if left is None else left.take(plain)
        second = pa.nulls(len(rest.lines), pa.string()) if right is None else right
        return pa.concat_arrays([first, second]).take(order)

    return Batch(
        {
            name: joined(name, batch.columns.get(name), rest.columns.get(name))
            for name in sorted({*batch.columns, *rest.columns})
        },
        batch.lines.take(pa.concat_arrays([plain, rest.lines]).take(order)),
        {
            name: joined(name, batch.encoded.get(name), rest.encoded.get(name))
            for name in sorted({*batch.encoded, *rest.encoded})
        },
        tuple(replace(reject, line=batch.lines[reject.line].as_py()) for reject in rest.rejects),
    )


def _parsed(rows: pa.Array, lines: pa.Array, is_field: IsField) -> Iterator[Batch]:
    """What DuckDB makes of rows: batches of at most 512 columns; rejects come with the first."""
    with _engine().cursor() as con:
        rows, lines, rejects = _objects_only(con, rows, lines)
        batches = list(_columns(con, rows, lines, is_field))
    first = batches[0] if batches else Batch({}, pa.array([], pa.int64()))
    rejects += [reject for batch in batches for reject in batch.rejects]
    yield Batch(first.columns, first.lines, first.encoded, tuple(sorted(rejects, key=lambda reject: reject.line)))
    yield from batches[1:]


def _objects_only(
    con: duckdb.DuckDBPyConnection, rows: pa.Array, lines: pa.Array
) -> tuple[pa.Array, pa.Array, list[Reject]]:
    """The rows that are JSON objects, mended where that is possible, and the rejects."""
    con.register("given", pa.table({"n": pa.array(range(len(rows)), pa.int64()), "row": rows}))
    doubtful = con.execute(
        r"SELECT n FROM given WHERE TRY(json_type(row)) IS DISTINCT FROM 'OBJECT' OR contains(row, '\u0000') ORDER BY n"
    ).fetchall()
    if not doubtful:
        return rows, lines, []
    rejects = list[Reject]()
    keep = pc.is_valid(rows).to_numpy(zero_copy_only=False)
    mended: dict[int, str] = {}
    for (n,) in doubtful:
        text = rows[n].as_py()
        fixed, reason = _mend(text)
        if reason:
            keep[n] = False
            rejects.append(Reject(lines[n].as_py(), reason, clip(text)))
        elif fixed != text:
            mended[n] = fixed
    if mended:
        texts = rows.to_pylist()
        for n, text in mended.items():
            texts[n] = text
        rows = pa.array(texts, pa.string())
    kept = pa.array(keep)
    return rows.filter(kept), lines.filter(kept), rejects


def _mend(text: str) -> tuple[str, str]:
    """(text that DuckDB reads, "") or ("", why this row is no JSON object)."""
    if "\x00" in text:
        return "", NUL_BYTE
    try:
        value = json.loads(text)
    except RecursionError:
        return "", "bad JSON: nested too deep"
    except ValueError as error:
        return "", f"bad JSON: {error}"[:300]
    if not isinstance(value, dict):
        return "", f"not a JSON object but {_NAMES.get(type(value), 'a number')}"
    try:
        plain = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return "", "bad JSON: a number out of range"
    except RecursionError:
        return "", "bad JSON: nested too deep"
    if "\\u0000" in plain and "\x00" in _all_text(value):
        return "", NUL_BYTE
    return plain.encode("utf-8", "replace").decode("utf-8"), ""


_NAMES: dict[type, str] = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}


def _all_text(value: object) -> str:
    """Every text in a JSON value, one after the other."""
    if isinstance(value, dict):
        return "".join(_all_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return "".join(map(_all_text, value))
    return value if isinstance(value, str) else ""


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _columns(con: duckdb.DuckDBPyConnection, rows: pa.Array, lines: pa.Array, is_field: IsField) -> Iterator[Batch]:
    """Extract every key of the block as a column; halves a block that has too many different keys."""
    if not len(rows):
        return
    con.register("objects", pa.table({"row": rows}))
    keys = [
        key for (key,) in con.execute("SELECT DISTINCT unnest(json_keys(row)) AS k FROM objects ORDER BY k").fetchall()
    ]
    if len(keys) > MAX_COLUMNS:
        if len(rows) == 1:
            reject = Reject(
                lines[0].as_py(),
                f"{len(keys)} keys in one object, more than {MAX_COLUMNS}",
                clip(rows[0].as_py()),
            )
            yield Batch({}, lines.slice(0, 0), rejects=(reject,))
            return
        half = len(rows) // 2
        yield from _columns(con, rows.slice(0, half), lines.slice(0, half), is_field)
        yield from _columns(con, rows.slice(half), lines.slice(half), is_field)
        return
    texts, encoded = [key for key in keys if is_field(key)], [key for key in keys if not is_field(key)]
    wanted = [f"t[{n + 1}]" for n in range(len(texts))]
    wanted += [
        f"CASE WHEN e[{n + 1}]::VARCHAR NOT IN ('null', '\"\"') THEN e[{n + 1}]::VARCHAR END"
        for n in range(len(encoded))
    ]
    if not wanted:
        yield Batch({}, lines)
        return
    sql = (
        f"SELECT {', '.join(f'{expression} AS c{n}' for n, expression in enumerate(wanted))} FROM "
        "(SELECT json_extract_string(row, $texts) AS t, json_extract(row, $encoded) AS e FROM objects)"
    )
    parameters = {"texts": [_pointer(key) for key in texts], "encoded": [_pointer(key) for key in encoded]}
    table = con.sql(sql, params=parameters).to_arrow_table().combine_chunks()
    columns = [pa.array([], pa.string()) if not table.num_rows else column.chunk(0) for column in table.columns]
    yield Batch(
        dict(zip(texts, columns[: len(texts)], strict=True)),
        lines,
        dict(zip(encoded, columns[len(texts) :], strict=True)),
    )
