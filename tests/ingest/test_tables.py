"""Tables as spreadsheets and data frames save them."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.ingest.shelf import Shelf, quarantined, rows


@pytest.mark.parametrize("told", ["sep=;\r\n", '"sep=;"\r\n', "SEP=;\n", "\ufeffsep=;\r\n", "sep=;;;\r\n"])
@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_a_first_line_that_tells_the_delimiter_is_no_header(shelf: Shelf, told: str, name: str) -> None:
    found = shelf.records(shelf.write(name, f"{told}id;title\n1;Room, quiet\n2;Flat\n"))
    assert [(row["native_id"], row["title"], row["line"]) for row in found] == [
        ("1", "Room, quiet", 3),
        ("2", "Flat", 4),
    ]


def test_a_title_like_that_line_stays_a_title(shelf: Shelf) -> None:
    (record,) = shelf.records(shelf.write("a.csv", "title,text\nsep=;,x\n"))
    assert (record["title"], record["body"]) == ("sep=;", "x")


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_are_counted_however_they_end(shelf: Shelf, end: str) -> None:
    result = shelf.ingest(shelf.write("a.csv", end.join(["", "id,title", "1,one", "", "2", '3,"a\nb"', "4,four", ""])))
    assert [(row["native_id"], row["line"]) for row in rows(result.records)] == [("1", 3), ("3", 6), ("4", 8)]
    assert [row["line"] for row in quarantined(result)] == [5]


def test_columns_with_one_name_are_both_kept(shelf: Shelf) -> None:
    table = pa.Table.from_arrays([pa.array(["1"]), pa.array(["one"]), pa.array(["uno"])], ["id", "title", "title"])
    pq.write_table(table, shelf.root / "a.parquet")
    text = shelf.write("a.csv", "id,title,title\n1,one,uno\n")
    for path in (shelf.root / "a.parquet", text):
        (record,) = shelf.records(path, source=path.suffix)
        assert (record["title"], json.loads(record["extra"])) == ("one", {"title 3": "uno"})
