"""The explained score of offers: what is learned, what never is, and that its parts sum to it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.assess.offer import OfferModel, Terms, copies, learn_offers, letters
from clew.extract._never import never_learned
from clew.model.errors import InputError

THINGS = [
    "lamp",
    "desk",
    "road",
    "hill",
    "lake",
    "tree",
    "barn",
    "kiln",
    "loom",
    "forge",
    "mill",
    "quay",
    "dock",
    "farm",
]
BAD = [f"easy cash {a} {b}" for a, b in zip(THINGS, THINGS[1:] + THINGS[:1], strict=True)]
GOOD = [f"skilled work {a} {b}" for a, b in zip(THINGS, THINGS[2:] + THINGS[:2], strict=True)]


def learned(bad: list[str] = BAD, good: list[str] = GOOD) -> OfferModel:
    texts = bad + good
    return learn_offers(Terms.of(texts), np.arange(len(texts)) < len(bad), copies(texts))


def test_words_of_bad_offers_raise_and_words_of_good_ones_lower() -> None:
    model = learned()
    (parts,) = model.parts(Terms.of(["Easy cash, skilled lamp!"]))
    points = {part.words: part.points for part in parts}
    assert points["easy cash"] > 0.2
    assert points["cash"] > 0.2
    assert points["skilled"] < -0.2
    assert "cash skilled" not in points  # was in no labelled offer
    assert str(parts[0]).startswith("'")


def test_parts_and_base_sum_to_the_score() -> None:
    model, terms = learned(), Terms.of(["easy cash lamp", "skilled work desk", "nothing known", ""])
    sums = [model.base + sum(part.points for part in parts) for parts in model.parts(terms)]
    assert np.allclose(sums, model.score(terms))
    assert sums[2] == sums[3] == model.base
    assert sums[0] > model.base > sums[1]


def test_a_sense_is_a_part_and_is_named_without_quotation_marks() -> None:
    bad = [f"{text} No experience needed." for text in BAD]
    parts = learned(bad).parts(Terms.of(["No experience needed"]))[0]
    assert [str(p).split(" ")[0] for p in parts if p.sense] == ["no-requirements"]


def test_only_letters_are_read() -> None:
    assert letters(["  Wage: 20€/h, call #PHONE_8bb1f8# NOW;écru "]).to_pylist() == ["wage h call now écru"]
    one, two = Terms.of(["Easy   cash!!! 100"]), Terms.of(["easy cash"])
    assert one.term.equals(two.term)


@pytest.mark.parametrize("word", ["girls", "Ukrainian", "Muslims", "she", "France", "asian", "жінка", "frauen"])
def test_gender_origin_and_faith_are_never_learned(word: str) -> None:
    assert Terms.of([f"{word} wanted"]).term.to_pylist() == ["wanted"]
    assert Terms.of([f"wanted {word}"]).term.to_pylist() == ["wanted"]


def test_words_that_only_begin_alike_may_be_learned() -> None:
    assert never_learned(pa.array(["herbs", "manager", "shelf", "good", "hero work"])).to_pylist() == [False] * 5


def test_copies_count_once() -> None:
    passage = " ".join(THINGS[:9])
    texts = [f"first {passage}", f"second {passage}", "another one", f"third {' '.join(THINGS[:7])}"]
    assert copies(texts).tolist() == [0, 0, 1, 2]
    assert copies(["one", "one"]).tolist() == [0, 1]  # too short to tell
    assert copies([]).tolist() == []
    pasted = [f"{passage} easy cash" for n in range(50)]
    with pytest.raises(InputError, match="1 different bad and 14 different good"):
        learned(pasted)


def test_a_pasted_campaign_weighs_no_more_than_one_offer() -> None:
    passage = " ".join(reversed(THINGS[:10])) + " brochure"
    some, many = learned(bad=[*BAD, passage, passage]), learned(bad=[*BAD, *[passage] * 200])
    assert "brochure" not in many.terms.to_pylist()  # one family
    texts = Terms.of(BAD + GOOD)
    assert np.allclose(some.score(texts), many.score(texts), atol=0.05)


@settings(max_examples=tried(5))
@given(st.permutations(range(len(BAD) + len(GOOD))))
def test_the_order_of_offers_changes_nothing(order: list[int]) -> None:
    texts = BAD + GOOD
    bad = np.array(order) < len(BAD)
    mixed = [texts[k] for k in order]
    one = learned()
    other = learn_offers(Terms.of(mixed), bad, copies(mixed))
    assert one.terms.equals(other.terms)
    assert one.points.tolist() == other.points.tolist()
    assert one.base == other.base
