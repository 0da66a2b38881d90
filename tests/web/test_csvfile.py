"""Tables as files: nothing in them runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.web.csvfile import cell, csv_file, csv_lines


@pytest.mark.parametrize(
    "text", ["=1+1", "+31612345678", "-2", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1", "\t", "\x00=cmd|' /C calc'!A0"]
)
def test_what_begins_like_a_formula_is_text(text):
    assert str(cell(text)).startswith("'")


def test_values_keep_their_meaning():
    east = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert [cell(v) for v in (None, True, -3, 2.5, "a=b", ("x", "y"), east)] == [
        "", "yes", -3, 2.5, "a=b", "x; y", "2026-02-28T23:30:00Z",
    ]  # fmt: skip


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=8))
def test_every_text_comes_back_and_none_is_a_formula(rows):
    read = list(csv.reader(io.StringIO("".join(csv_lines(["a", "b"], rows)).removeprefix("\ufeff"), newline="")))
    assert read[0] == ["a", "b"] and len(read) == len(rows) + 1
    for got, given_ in zip(read[1:], rows, strict=True):
        for text, before in zip(got, given_, strict=True):
            # Only apostrophes come in.
            assert text.replace("'", "") == before.replace("\x00", "").replace("'", "")
            assert text[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_many_rows_come_in_portions():
    assert len(list(csv_lines(["n"], ([n] for n in range(1_200))))) == 3


def test_the_name_of_the_file_is_harmless():
    head = csv_file('N1"/../x;\r\nset-cookie: a', ["a"], []).headers["content-disposition"]
    assert head == 'attachment; filename="N1-x-set-cookie-a.csv"'
