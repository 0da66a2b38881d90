"""Gradings, handling codes and labels: what is one, and what it means in words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.cases import grading
from clew.cases.words import line, text
from clew.model.errors import InputError


def test_there_are_sixteen_gradings():
    for source, information in itertools.product("ABCX", "1234"):
        assert grading.grading(f" {source.lower()}{information}") == f"{source}{information}"
    assert grading.grading("") == ""
    assert grading.grading_words("B3") == (
        "B3: the source is mostly reliable; the source does not know it from own experience, but other information "
        "corroborates it."
    )
    assert grading.grading_words("") == "Not graded."


@given(st.text(max_size=3))
def test_nothing_else_is_a_grading(word):
    known = {"", *(f"{a}{b}" for a in "ABCX" for b in "1234")}
    if word.strip().upper() in known:
        return
    with pytest.raises(InputError, match="no grading"):
        grading.grading(word)


def test_handling_codes_say_what_they_ask_for():
    assert grading.handling("h0", "") == ("H0", "")
    assert grading.handling("H3", " only  for\nthe unit ") == ("H3", "only for the unit")
    assert grading.handling_words("H1", "Ask the NGO.") == (
        "H1: not used as evidence in court without the permission of who provided it. Conditions: Ask the NGO."
    )
    for code in ("H1", "H2", "H3"):
        with pytest.raises(InputError, match=f"{code} needs conditions"):
            grading.handling(code, " ")
    with pytest.raises(InputError, match="no handling code"):
        grading.handling("H9", "x")


def test_labels_of_the_traffic_light_protocol():
    assert grading.tlp("tlp:amber+strict") == "AMBER+STRICT"
    assert [grading.tlp(label) for label in grading.TLP] == list(grading.TLP)
    assert grading.tlp_words("CLEAR") == "TLP:CLEAR: for everybody."
    with pytest.raises(InputError, match="no label"):
        grading.tlp("WHITE")


@given(st.text(st.characters(), max_size=50))
def test_words_are_safe_to_keep(written):
    kept = line(written, "x", needed=False)
    assert kept == line(kept, "x", needed=False)
    assert "\n" not in kept and "\x00" not in kept and "\x1b" not in kept
    kept = text(written, "x", needed=False)
    assert kept == text(kept, "x", needed=False)
    kept.encode()
