"""Counts and lists as every layer says them."""

from __future__ import annotations

import pytest

from clew.model.tables import KINDS
from clew.model.words import KIND_WORDS, account_shown, count, listed, value_shown


def test_one_is_said_as_one() -> None:
    assert [count(k, "record") for k in (0, 1, 1200)] == ["0 records", "1 record", "1,200 records"]
    assert [count(k, "record is", "records are") for k in (1, 2)] == ["1 record is", "2 records are"]


def test_the_last_of_a_list_has_its_word_before_it() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_every_kind_of_records_has_words() -> None:
    assert tuple(KINDS) == tuple(sorted(KIND_WORDS, key=KINDS.index))


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("account:iban:NL91ABNA0417164300", "NL91ABNA0417164300"),
        ("account:number:4711", "4711"),
        ("account:bare", "bare"),
        ("wallet:btc:1abc", "btc:1abc"),  # which chain it is of tells something
        ("name:a: b", "a: b"),
        ("phone:+31612345678", "+31612345678"),
        ("", ""),
    ],
)
def test_an_account_is_shown_without_what_sort_of_number_it_has(account: str, said: str) -> None:
    assert account_shown(account) == said


def test_identifiers_are_shown_as_they_are_but_for_accounts() -> None:
    kept = [("handle", "telegram:anna"), ("wallet", "btc:1abc"), ("widget", "tawk:1"), ("url", "https://a.example")]
    assert [value_shown(*each) for each in kept] == [value for _, value in kept]
    assert value_shown("account", "iban:NL91ABNA0417164300") == "NL91ABNA0417164300"
