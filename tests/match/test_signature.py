from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.extract.base import FIELDS, batch_of_texts, text_batch
from clew.match._forest import jaccard
from clew.match._shingles import LISTED
from clew.match.families import Signatures
from clew.match.signature import signature
from clew.model.tables import RECORDS, SIGNATURES


def signed(*texts: str) -> Signatures:
    return Signatures.of(signature(batch_of_texts(texts)))


def alike(a: str, b: str) -> float:
    both = signed(a, b)
    assert len(both.rid) == 2
    return float(jaccard(*both.bitmap, *both.level))


def words(count: int, seed: int) -> list[str]:
    return [
        f"w{''.join(chr(97 + int(d)) for d in str(x))}" for x in np.random.default_rng(seed).integers(0, 10**9, count)
    ]


def test_the_table_has_the_schema_and_short_texts_are_left_out() -> None:
    table = signature(batch_of_texts(["", "one", "two words", "three words here", "🔥🔥🔥", "   "]))
    assert table.schema == SIGNATURES
    assert table.column("rid").to_pylist() == [3]
    assert table.column("shingles").to_pylist() == [2]


def test_a_short_text_is_compared_exactly() -> None:
    assert alike("a b c d", "a b c e") == pytest.approx(2 / 4)
    assert alike("one two three four five six seven", "one two three four five six eight") == pytest.approx(5 / 7)
    assert alike("one two three four", "five six seven eight") == 0


def test_numbers_are_one_word_unless_the_text_is_hardly_longer() -> None:
    long = "Please call me for an appointment at {} between noon and nine, from {} an hour"
    assert alike(long.format("0612 345 678", "€ 150"), long.format("+31-6-99", "90")) > 0.9
    assert alike("please call 0612345678", "please call 0699999999") < 0.5


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Приватная встреча в центре города, звоните вечером", "ПРИВАТНАЯ встреча в центре города! Звоните вечером"),
        ("Διακριτική συνοδεία στο κέντρο της πόλης κάθε μέρα", "διακριτικη συνοδεια, στο κεντρο της πολης καθε μερα"),
        ("مساج مريح في وسط المدينة كل يوم من المساء", "مساج مريح، في وسط المدينة كل يوم، من المساء 🌹"),
        ("新しい店舗が駅前に開店しました、予約は電話で", "新しい店舗が駅前に開店しました。予約は電話で！"),
        ("นวดผ่อนคลายใจกลางเมืองทุกวัน", "นวดผ่อนคลาย ใจกลางเมือง ทุกวัน"),
        ("Relaxing massage in the centre every day", "𝐑𝐞𝐥𝐚𝐱𝐢𝐧𝐠 🔥 massage 🔥 in the c\u200bentre, ｅｖｅｒｙ day"),
        ("<p>Relaxing massage</p> in the centre &amp; more", "Relaxing massage in the centre & more"),
    ],
)
def test_decoration_case_and_width_do_not_count_in_any_script(a: str, b: str) -> None:
    assert alike(a, b) == 1


@pytest.mark.parametrize("count", [20, 40, 300, 900, 5_000, 15_000])
@pytest.mark.parametrize("changed", [0.05, 0.2])
def test_the_index_is_estimated_well_at_any_length(count: int, changed: float) -> None:
    a, other = words(count, 1), words(count, 2)
    pick = np.random.default_rng(3).random(count) < changed
    b = [o if p else w for w, o, p in zip(a, other, pick, strict=True)]
    sets = [set(pairwise(x)) for x in (a, b)]
    exact = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    assert alike(" ".join(a), " ".join(b)) == pytest.approx(exact, abs=0.06)


def test_a_text_is_compared_with_one_held_in_another_form() -> None:
    a = words(4000, 5)
    for longer, shorter in ((40, 25), (1000, 600), (2500, 1500)):
        exact = (shorter - 1) / (longer - 1)
        assert alike(" ".join(a[:longer]), " ".join(a[:shorter])) == pytest.approx(exact, abs=0.06)
    assert alike(" ".join(a), " ".join(a[:200])) < 0.1


def test_repeated_words_do_not_make_a_text_long() -> None:
    once, often = "come and see us today", " ".join(["come and see us today"] * 4000)
    table = signed(once, often)
    assert table.level.tolist() == [LISTED, LISTED]
    assert table.shingles.tolist() == [4, 5]


def test_only_title_and_body_count() -> None:
    columns = {f: pa.array(["call me any time of the day"] * 2) for f in RECORDS.names}
    columns |= {f: pa.array(["here", "somewhere else"]) for f in FIELDS[2:]}
    columns |= {"rid": pa.array([1, 2], pa.uint64()), "images": pa.nulls(2, pa.list_(pa.string()))}
    table = signature(text_batch(pa.RecordBatch.from_pydict(columns)))
    assert table.column("bitmap")[0] == table.column("bitmap")[1]
    assert table.column("bands")[0] == table.column("bands")[1]


@settings(max_examples=tried(30), deadline=None)
@given(st.lists(st.text(max_size=80), max_size=8))
def test_any_text_is_signed_alone_as_among_others(texts: list[str]) -> None:
    together = signature(batch_of_texts(texts)).to_pylist()
    alone = []
    for number, text in enumerate(texts):
        alone += [row | {"rid": number} for row in signature(batch_of_texts([text])).to_pylist()]
    assert together == alone
