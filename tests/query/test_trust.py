"""What answers teach of types of ties; expected values by hand from the linker's weights."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.query.trust import EVERY, NAME_PLACE, OTHER, SAME, START, Learned, Said, best_of, start_bits

PHONE, HANDLE = ("phone", "+32"), ("handle", "telegram:x")


def trust(said, kind):
    (row,) = [row for row in Learned(said).table() if row.type == kind]
    return row


def test_the_start_comes_from_the_linkers_weights():
    assert start_bits("phone", 1) == pytest.approx(math.log2(3) + 5)
    assert start_bits("phone", 2) == pytest.approx(math.log2(3 / 2) + 5)
    assert start_bits("template", 8) == pytest.approx(math.log2(3 / 8))  # its bonus of 1 has faded: .7 * 2 > 1
    assert start_bits("phone", 2) > start_bits("phone", 40) > start_bits("phone", 400)
    assert start_bits("wallet", 2) > start_bits("phone", 2) > start_bits("image", 2) > start_bits(NAME_PLACE, 2)


def test_a_type_follows_the_answers_about_it_alone():
    said = [Said(True, (PHONE, (OTHER, ""))), Said(True, (PHONE,)), Said(False, (HANDLE,))]
    phone, handle = trust(said, "phone"), trust(said, "handle")
    assert (phone.yes, phone.no, handle.yes, handle.no) == (2, 0, 0, 1)
    assert phone.now == pytest.approx((START * phone.start + 2) / (START + 2))
    assert handle.now == pytest.approx(START * handle.start / (START + 1))
    assert trust(said, "email").now == trust([], "email").now
    assert trust(said, OTHER).yes == 1 and trust(said, SAME).yes == 0


def test_an_identifier_that_was_denied_falls_further_than_others_of_its_type():
    learned, fresh = Learned([Said(False, (PHONE,))]), Learned([])
    other = ("phone", "+40")
    assert learned.chance(PHONE, 2) < learned.chance(other, 2) < fresh.chance(other, 2)


def test_a_type_that_ties_twice_counts_once_in_an_answer():
    assert trust([Said(True, (PHONE, ("phone", "+40")))], "phone").yes == 1


def test_more_types_are_better_and_the_linkers_judgement_counts():
    learned = Learned([])
    one, two = {"phone": 0.9}, {"phone": 0.9, "handle": 0.8}
    assert learned.together(two, False) > learned.together(one, False)
    assert learned.together(one, True) > learned.together(one, False)
    assert learned.together({"phone": 0.9, "template": 0.1}, True) == learned.together(one, True)


def test_nothing_is_learned_where_it_is_not_wanted():
    said = [Said(False, (PHONE,))] * 5
    assert Learned(said, learn=False).chance(PHONE, 2) == Learned([]).chance(PHONE, 2)


def test_the_best_tie_of_a_type_counts():
    chances = {PHONE: 0.4, ("phone", "+40"): 0.7, HANDLE: 0.2}
    assert best_of(tuple(chances), chances) == {"phone": 0.7, "handle": 0.2}


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(EVERY)), max_size=60), st.integers(1, 10**6))
def test_chances_stay_chances(answers, networks):
    learned = Learned([Said(yes, ((kind, "v"),)) for yes, kind in answers])
    for kind in EVERY:
        assert 0 < learned.chance((kind, "v"), networks) < 1
    for row in learned.table():
        assert 0 < row.now < 1
    assert 0 <= learned.together({"phone": learned.chance(("phone", "v"), networks)}, True) <= 1
