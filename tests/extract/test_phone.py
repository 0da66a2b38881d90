"""Phones: every spelling of the development lines, nothing else, and spans that point into the text as received."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.extract.phone_lines import DIGIT_WORDS, HAND, MORE, NATIONAL, NONE, TWO, positives
from tests.tried import tried

from clew.extract.base import batch_of_texts
from clew.extract.phone import PLUGIN, parse_query


def rows(texts: list[str], regions: list[str]) -> list[list[dict]]:
    found: list[list[dict]] = [[] for _ in texts]
    for m in PLUGIN.find(batch_of_texts(texts, regions)).to_pylist():
        found[m["rid"]].append(m)
    return found


def values(lines: list[tuple]) -> list[set[str]]:
    return [{m["value"] for m in found} for found in rows([x[1] for x in lines], [x[0] for x in lines])]


# Lines that a person reads and the extractor does not; shorter is better.
KNOWN_MISSES = {"sunati la 0712 345 678"}
KNOWN_ALARMS = {
    "061234567", "0.61234567", "MC 5105 1051 0510 5100 exp 12/28 cvv 123", "room 077 floor 00 flat 900 block 123",
}  # fmt: skip


def test_every_spelling_is_read() -> None:
    lines = [*positives(), *MORE]
    wrong = {x[1] for x, got in zip(lines, values(lines), strict=True) if got != {x[2]}}
    assert wrong <= KNOWN_MISSES


def test_two_numbers_in_a_text_are_two() -> None:
    assert values(TWO) == [x[2] for x in TWO]


def test_what_is_no_phone_gives_none() -> None:
    alarms = {x[1] for x, got in zip(NONE, values(NONE), strict=True) if got}
    assert alarms <= KNOWN_ALARMS


@pytest.mark.parametrize(
    ("text", "region", "obscured"),
    [
        ("06-12345678", "NL", False), ("+31 6 12 34 56 78", "NL", False), ("(06) 12345678", "NL", False),
        ("06.12.34.56.78", "NL", False), ("06/12345678", "NL", False), ("<b>06</b> 12345678", "NL", False),
        ("06 één2345678", "NL", True), ("O6-12345678", "NL", True), ("0 6 1 2 3 4 5 6 7 8", "NL", True),
        ("06*12*34*56*78", "NL", True), ("06\u200b12345678", "NL", True), ("０６１２３４５６７８", "NL", True),
        ("06❤️12345678", "NL", True), ("nul zes 12345678", "NL", True), ("&#48;6-12345678", "NL", True),
    ],
)  # fmt: skip
def test_obscured(text: str, region: str, obscured: bool) -> None:
    (found,) = rows([text], [region])
    assert [(m["value"], m["obscured"]) for m in found] == [("+31612345678", obscured)]


def test_an_opening_bracket_belongs_to_the_number() -> None:
    (found,) = rows(["call (202) 555-0123 now"], ["US"])
    assert [m["raw"] for m in found] == ["(202) 555-0123"]


def test_a_chat_link_is_international_whatever_the_region() -> None:
    assert values([("DE", "https://wa.me/48512345678", ""), ("", "api.whatsapp.com/send?phone=34612345678", "")]) == [
        {"+48512345678"}, {"+34612345678"},
    ]  # fmt: skip


SEPARATORS = st.sampled_from(
    ["", " ", "-", ".", " - ", "*", "_", "~", "🌹", " 💋 ", "|", "\u200b", "/", "·", "=", "\n"]
)
SIZES = st.lists(st.integers(1, 4), min_size=10, max_size=10)
SHAPES = st.sampled_from(
    [str, lambda d: chr(0xFF10 + int(d)), lambda d: chr(0x1D7D8 + int(d)), lambda d: d + "\ufe0f\u20e3",
     lambda d: chr(0x0660 + int(d))]
)  # fmt: skip


@settings(max_examples=tried(50), deadline=None)
@given(tail=st.from_regex(r"[1-5][0-9]{7}", fullmatch=True), sizes=SIZES, between=SEPARATORS, shape=SHAPES)
def test_any_grouping_and_separator(tail: str, sizes: list[int], between: str, shape) -> None:
    digits, groups = "06" + tail, []
    for size in sizes:
        groups.append("".join(map(shape, digits[:size])))
        digits = digits[size:]
    number = between.join(g for g in groups if g)
    text = f"Anna 💃 bel mij op {number} tot gauw"
    (found,) = rows([text], ["NL"])
    assert [m["value"] for m in found] == ["+316" + tail]
    assert all(text[m["start"] : m["end"]] == m["raw"] for m in found)


@settings(max_examples=tried(50), deadline=None)
@given(region=st.sampled_from(sorted(NATIONAL)), said=st.lists(st.booleans(), min_size=12, max_size=12),
       between=st.sampled_from([" ", "-", ", ", " . "]))  # fmt: skip
def test_words_and_digits_mixed(region: str, said: list[bool], between: str) -> None:
    digits, number = NATIONAL[region]
    words = DIGIT_WORDS[region].split()
    text = between.join(words[int(d)] if s else d for d, s in zip(digits, said, strict=False))
    assert values([(region, f"tel {text}", number)]) == [{number}]


NOISE = st.text(st.sampled_from("0123456789 -./()+€%,:;\n#*oOlI<>&é🌹6️⃣\u200b zesnulonetwosix"), max_size=200)


@settings(max_examples=tried(50), deadline=None)
@given(text=NOISE, region=st.sampled_from(["", "NL", "DE", "ES", "US", "RU"]))
def test_any_text_gives_valid_rows(text: str, region: str) -> None:
    (found,) = rows([text], [region])
    spans = sorted((m["start"], m["end"]) for m in found)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for m in found:
        assert text[m["start"] : m["end"]] == m["raw"]
        assert re.fullmatch(r"\+[1-9]\d{5,14}", m["value"])


@settings(max_examples=tried(20), deadline=None)
@given(st.permutations(range(6)))
def test_texts_do_not_touch_each_other(order: list[int]) -> None:
    lines = [HAND[k] for k in (0, 13, 22, 95, 110, 150)]
    alone = [values([x])[0] for x in lines]
    assert values([lines[k] for k in order]) == [alone[k] for k in order]


@pytest.mark.parametrize(
    "unit", ["0612345678 ", "nul zes ", "1 ", "to one ", "06 12 ", "a1", "plus ", "((((", "€1", "6️⃣", "s e v e n "]
)
def test_hostile_text_takes_linear_work(unit: str) -> None:
    # a hundred thousand characters: quadratic work would take minutes
    text = unit * (100_000 // len(unit))
    (found,) = rows([text], ["NL"])
    assert all(text[m["start"] : m["end"]] == m["raw"] for m in found)


def test_a_long_text_gives_all_its_numbers() -> None:
    text = ". Dan iets anders. ".join(f"bel 06-{k:08d}" for k in range(10_000_000, 10_002_000))
    (found,) = rows([text], ["NL"])
    assert [m["value"] for m in found] == [f"+316{k:08d}" for k in range(10_000_000, 10_002_000)]


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("+31 6 1234 5678", "", "+31612345678"), ("0031612345678", "", "+31612345678"),
        ("31612345678", "", "+31612345678"),
        ("06 12345678", "NL", "+31612345678"), ("nul zes 12 34 56 78", "NL", "+31612345678"),
        ("O6-l2345678", "NL", "+31612345678"), ("plus 31 zes 12345678", "", "+31612345678"),
        ("6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "es", "+34612345678"), ("https://wa.me/31612345678", "", "+31612345678"),
        ("hello", "NL", None), ("", "", None), ("12", "NL", None), ("some advert text", "", None),
    ],
)  # fmt: skip
def test_parse_query(typed: str, region: str, number: str | None) -> None:
    assert parse_query(typed, region) == number


def test_moments_that_programs_write_are_no_numbers() -> None:
    moments = ["2026-02-07T12:34:56Z", "2026-02-07T12:34:56+00:00", "2026-02-07T12:34:56.789Z", "20260207T123456Z"]
    lines = [(region, f"Last update: {moment}") for region in ("GB", "IE", "US", "DE", "") for moment in moments]
    assert values([(region, text, "") for region, text in lines]) == [set()] * len(lines)
    assert values([("GB", "call 07911 123456 until 2026-02-07T12:34:56Z", "")]) == [{"+447911123456"}]


def test_decimals_are_no_numbers() -> None:
    assert values([("GB", "0.7911123456 BTC", ""), ("DE", "ETH 0.15123456789", "")]) == [set(), set()]


def test_mobile_numbers_without_the_prefix_that_their_country_seldom_writes() -> None:
    lines = [
        ("BR", "me chama no zap (11) 97312-4808", "+5511973124808"), ("BR", "21973124808", "+5521973124808"),
        ("IN", "98128 62407", "+919812862407"), ("RU", "916 186 24 06", "+79161862406"),
        ("CO", "310 862 4061", "+573108624061"), ("PE", "912 862 406", "+51912862406"),
        ("AR", "11 2862-4061", "+541128624061"), ("NO", "412 86 305", "+4741286305"),
    ]  # fmt: skip
    assert values(lines) == [{number} for _, _, number in lines]
    assert values([("NO", "Artikkelnr 41286305", "")]) == [set()]
