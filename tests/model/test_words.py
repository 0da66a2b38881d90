"""Counts and lists as every layer says them."""

from __future__ import annotations

from clew.model.tables import KINDS
from clew.model.words import KIND_WORDS, count, listed


def test_one_is_said_as_one() -> None:
    assert [count(k, "record") for k in (0, 1, 1200)] == ["0 records", "1 record", "1,200 records"]
    assert [count(k, "record is", "records are") for k in (1, 2)] == ["1 record is", "2 records are"]


def test_the_last_of_a_list_has_its_word_before_it() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_every_kind_of_records_has_words() -> None:
    assert tuple(KINDS) == tuple(sorted(KIND_WORDS, key=KINDS.index))
