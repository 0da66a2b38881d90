from __future__ import annotations

import json
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.match.template_view import MOST_MEMBERS, SEPARATOR, TYPES, Spans, align_family, sample, template_views

FINDERS = {"name": "Anna|Maria|Eva", "place": "Paris|Lyon|Nice", "phone": r"\+?\d[\d. ]{6,}\d"}
Found = list[list[tuple[str, int, int]]]


def found(texts: list[str]) -> Found:
    return [[(k, *m.span()) for k, f in FINDERS.items() for m in re.finditer(f, text)] for text in texts]


def view(texts: list[str], first: list[int] | None = None) -> list[tuple[str, list[dict[str, object]]]]:
    rows = [(t, TYPES.index(k), a, b) for t, spans in enumerate(found(texts)) for k, a, b in spans]
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    starts = np.array(first or [0, len(texts)])
    text, slots = template_views(pa.array(texts, pa.large_string()), starts, Spans.of(*columns), threads=2)
    return [(t, json.loads(s)) for t, s in zip(text.to_pylist(), slots.to_pylist(), strict=True)]


def test_slots_are_named_by_what_fills_them_and_the_rest_is_as_the_medoid_wrote_it() -> None:
    texts = [
        "Sweet\x1eHi, I am Anna!  New in <b>Paris</b>, call +33 6 12 34 56 78 🔥 now",
        "Sweet\x1ehi i am Maria, new in Lyon; call 06.12.99.88.77 now",
        "Sweet\x1eHi I am Eva, new in Nice. Call 0612345611 now",
    ]
    ((text, slots),) = view(texts)
    assert text == "Sweet\nHi, I am {name}! New in {place}, call {phone} 🔥 now"
    assert [slot["name"] for slot in slots] == ["name", "place", "phone"]
    assert slots[0]["examples"] == ["Anna", "Maria", "Eva"]
    assert slots[2] == {
        "name": "phone",
        "distinct": 3,
        "examples": ["+33 6 12 34 56 78", "06.12.99.88.77", "0612345611"],
    }


def test_a_slot_takes_its_name_from_other_members_where_the_extractor_missed_the_medoid() -> None:
    texts = [f"\x1ehello this is {name} from Paris, write soon" for name in ("Xyz", "Anna", "Maria", "Eva")]
    ((text, slots),) = view(texts)
    assert text == "hello this is {name} from Paris, write soon"
    assert slots == [{"name": "name", "distinct": 4, "examples": ["Xyz", "Anna", "Maria", "Eva"]}]


def test_words_put_in_by_some_are_a_slot_and_one_odd_member_is_not() -> None:
    ((text, slots),) = view(["\x1eone two three", "\x1eone extra words two three"])
    assert (text, slots) == ("one {text} two three", [{"name": "text", "distinct": 1, "examples": ["extra words"]}])
    ((text, _),) = view(["\x1eone two three four"] * 4 + ["\x1eone two four three odd"])
    assert text == "one two three four"
    ((text, _),) = view(["\x1eone two", "\x1ezero one two end"])
    assert text == "{text} one two {text}"


def test_scripts_without_spaces_are_aligned_by_character() -> None:
    ((text, slots),) = view(["\x1e日本語のテキスト", "\x1e日本話のテキスト"])
    assert (text, slots[0]["examples"]) == ("日本{text}のテキスト", ["語", "話"])


def test_values_are_valid_json_and_cut_between_characters() -> None:
    odd = 'é"\\\n' * 60
    ((_, slots),) = view([f"\x1esay é{odd}e now", "\x1esay x now"])
    assert len(str(slots[0]["examples"][0]).encode()) <= 80  # type: ignore[index]


def test_the_sample_is_the_medoid_and_the_smallest_rids_and_smaller_for_long_texts() -> None:
    label = np.array([0] * 20 + [-1] + [1] * 20)
    rid = np.arange(41, dtype=np.uint64)[::-1].copy()
    shingles = np.array([50] * 21 + [5000] * 20, np.int32)
    rows, first = sample(label, rid, np.array([3, 22]), shingles)
    assert first.tolist() == [0, MOST_MEMBERS, MOST_MEMBERS + 3]
    assert rows[:3].tolist() == [3, 19, 18]
    assert rows[MOST_MEMBERS:].tolist() == [22, 40, 39]


def test_a_family_in_full() -> None:
    texts = ["\x1eI am Anna, call 0612345678 now", "\x1eI am Eva, please call 06 12 34 56 79"]
    family = align_family(texts, found(texts))
    assert [part.name for part in family.parts] == ["", "name", "text", "", "phone", "text"]
    assert family.rows == (
        ("I am", "Anna", "", "call", "0612345678", "now"),
        ("I am", "Eva", "please", "call", "06 12 34 56 79", ""),
    )
    assert align_family([]).rows == ()


@settings(max_examples=tried(30), deadline=None)
@given(st.lists(st.lists(st.text(max_size=40), min_size=2, max_size=4), max_size=4))
def test_any_texts_give_text_and_json_for_each_family(families: list[list[str]]) -> None:
    texts = [SEPARATOR + text for family in families for text in family]
    first = np.cumsum([0, *map(len, families)]).tolist()
    shown = view(texts, first) if families else []
    assert len(shown) == len(families)
    for text, slots in shown:
        assert all(f"{{{slot['name']}}}" in text for slot in slots)


@pytest.mark.parametrize("size", [600, 60_000])
def test_long_texts_are_bounded(size: int) -> None:
    texts = [
        "\x1e" + " ".join(f"word{'abcdefghij'[k % 10]}{seed if k % 7 == 0 else ''}" for k in range(size))
        for seed in "xy"
    ]
    ((text, _),) = view(texts)
    assert text.count("{text}") == -(-512 // 7)


def test_only_what_a_person_reads_is_shown() -> None:
    texts = [
        '\x1e<style>p {color: red}</style><p>Caf&eacute; &amp; bar in <a href="//x.example">Paris</a></p><!-- 1 -->',
        '\x1e<script>go("Paris")</script><div>Café &#38; bar in&nbsp;<b>Ly</b>on</div><img alt="none"/>',
        "\x1ecafe & bar in Nice",
    ]
    assert view(texts) == [
        ("Café & bar in {place}", [{"name": "place", "distinct": 3, "examples": ["Paris", "Lyon", "Nice"]}])
    ]
    family = align_family(texts, found(texts))
    assert family.rows[1] == ("Café & bar in", "Lyon")
    long = "\x1e<p>" + "alwaysthesame " * 300 + '<a href="cut'
    assert view([long, long])[0][0] == ("alwaysthesame " * 300).strip()


def test_entities_never_break_the_text() -> None:
    odd = "\x1e&#0;&#xD800;&#x1F525;&#30;&lt;b&gt; &Ouml; &ntilde; &unknown; &#x10FFFF; one two"
    ((text, _),) = view([odd, odd])
    assert text == "\ufffd🔥 <b> Ö ñ &unknown; \U0010ffff one two"


def test_numbers_of_no_type_and_words_side_by_side_are_one_slot_each() -> None:
    filled = (("12", "Eva and"), ("7", "they or"), ("9", "we now"), ("10", "you but"))
    texts = [f"\x1eroom {number} upstairs, {who} call us" for number, who in filled]
    ((text, slots),) = view(texts)
    assert text == "room {number} upstairs, {text} call us"
    assert slots[1]["examples"] == ["Eva and", "they or", "we now", "you but"]
    assert [part.name for part in align_family(texts, found(texts)).parts] == ["", "number", "", "text", ""]
