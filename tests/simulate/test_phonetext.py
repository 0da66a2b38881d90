"""Every way of writing a number reads back to it, by a decoder that shares only the word lists with the writer."""

from __future__ import annotations

import html
import re
import unicodedata
from random import Random

import numpy as np
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.simulate import digitwords as dw
from clew.simulate.numbers import PLANS, e164, helpline, national, plan_of
from clew.simulate.phonetext import OBSCURED, PLAIN, STYLES, write_number
from clew.simulate.places import CODES

LOOKALIKES = str.maketrans("oOlIsSB", "0011558")
WORDS = {
    word.casefold(): str(digit)
    for language, words in dw.WORDS.items()
    if language != "zh"
    for digit, word in enumerate(words)
}


def plain_digits(text: str, language: str, style: str) -> str:
    """Digits of a written number, with + for the sign of a calling code."""
    text = html.unescape(re.sub(r"</?[a-z]+>", "", text)).replace("https://wa.me/", "+")
    if style == "with-trunk":
        text = text.replace("(0)", "")
    if style == "sentence":
        for part in dw.SPLITS.get(language, dw.SPLITS["en"]):
            text = text.replace(part, " ")
    if style.startswith("words"):
        for digit, word in enumerate(dw.WORDS["zh"]):
            text = text.replace(word, str(digit))
        tokens = re.split(r"[\s,.\-]+", text.casefold())
        signs = {word.casefold() for word in dw.PLUS.values()}
        text = "".join("+" if token in signs else WORDS.get(token, token) for token in tokens)
    if style == "letters":
        text = text.translate(LOOKALIKES)
    sign = "+" if style != "mixed-separators" and "+" in text else "+" if text.startswith("+") else ""
    dark = {char: str(digit) for digit, char in enumerate(dw.DARK_CIRCLED)}
    shown = (dark.get(char) or str(unicodedata.digit(char, "")) for char in text)
    return sign + "".join(shown)


def canonical(digits: str, country: int) -> str:
    """E.164 of digits dialled in a country."""
    plan = plan_of(country)
    if digits.startswith("+"):
        return digits
    if digits.startswith(f"00{plan.calling}"):
        return "+" + digits[2:]
    return f"+{plan.calling}{digits.removeprefix(plan.trunk)}"


@given(
    style=st.sampled_from(sorted(STYLES)),
    country=st.integers(0, len(CODES) - 1),
    index=st.integers(0, 10**7),
    home=st.booleans(),
    language=st.sampled_from([*sorted(dw.WORDS), "ar"]),
    chance=st.integers(0, 2**32),
)
def test_every_style_reads_back(style: str, country: int, index: int, home: bool, language: str, chance: int) -> None:
    number = int(national(3, np.array([country]), np.array([index]))[0])
    shown = write_number(style, country, number, home=home, language=language, draw=Random(chance))
    assert canonical(plain_digits(shown, language, style), country) == e164(country, number), shown


def test_there_are_at_least_twenty_ways_to_obscure_and_twelve_languages() -> None:
    assert len(OBSCURED) >= 20
    assert len(PLAIN) >= 8
    assert {"en", "nl", "de", "fr", "es", "it", "pt", "ro", "pl", "hu", "bg", "ru"} <= set(dw.WORDS)


@pytest.mark.parametrize("style", PLAIN)
def test_plain_styles_keep_ascii_digits_in_groups(style: str) -> None:
    shown = write_number(style, 0, 612345678, home=True, language="nl", draw=Random(1))
    assert re.fullmatch(r"[0-9+() ./\-]+|https://wa\.me/[0-9]+", shown)
    assert not re.search(r"[0-9](?:[ .\-][0-9]){4}", shown)  # no digit stands alone in a row of others


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("spaced", "06 12 34 56 78"),
        ("international-spaced", "+31 6 12 34 56 78"),
        ("with-trunk", "+31 (0)6 12 34 56 78"),
        ("spaced-single", "0 6 1 2 3 4 5 6 7 8"),
        ("fullwidth", "０６１２３４５６７８"),
        ("sentence", "eerst 06, daarna 12, daarna 34, daarna 56 en als laatste 78"),
        ("chat-link", "https://wa.me/31612345678"),
    ],
)
def test_examples_by_hand(style: str, expected: str) -> None:
    assert write_number(style, 0, 612345678, home=True, language="nl", draw=Random(1)) == expected


def test_a_foreign_number_carries_its_calling_code() -> None:
    shown = write_number("spaced", CODES.index("RO"), 721234567, home=False, language="de", draw=Random(1))
    assert shown == "+40 721 234 567"


@pytest.mark.parametrize("code", CODES)
def test_numbers_are_valid_in_their_country(code: str) -> None:
    country = CODES.index(code)
    plan = PLANS[code]
    index = np.arange(0, len(plan.prefixes) * 10**plan.free, len(plan.prefixes) * 10**plan.free // 150)
    for number in national(5, np.full(index.size, country), index).tolist():
        assert phonenumbers.is_valid_number(phonenumbers.parse(e164(country, number))), number
    for place in range(3):
        for seed in range(10):
            number = helpline(seed, country, place)
            assert phonenumbers.is_valid_number(phonenumbers.parse(e164(country, number))), number


def test_no_two_indices_share_a_number() -> None:
    for country in range(len(CODES)):
        numbers = national(9, np.full(50_000, country), np.arange(50_000))
        assert len(set(numbers.tolist())) == 50_000
