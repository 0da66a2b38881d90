"""Read phone numbers that an analyst types or pastes; the extractor is loaded for odd spellings only.

A number without its country's code is another one in each country, so all that it may be is told
(`clew.extract._phone_readings`); which of them is meant, the workspace says that holds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import phonenumbers

from clew.extract._phone_readings import Number, readings, regions

_LONGEST_QUERY = 120
_FEWEST_DIGITS, _FEWEST_WORDS = 5, 3
_PLAIN = re.compile(r"[+0-9\s().\-/]+")
_ANNOUNCED = "tel "
_CITY = 11  # a plus and the digits of a number with the code of its city
# A longer text is read in every country around each number only: all of it, 245 times, would take seconds.
_SHORT, _AROUND, _MOST_NUMBERS = 2_000, 40, 40  # characters, characters, numbers

Span = tuple[int, int]


def parse_query(text: str, region: str = "") -> str | None:
    """The E.164 form of a typed phone number, or None when the text is no single number or may be several.

    Args:
        text: the number, with a plus, 00 or its country's code, or as dialled inside ``region``.
        region: ISO 3166 country of a number without country code, "" unknown.
    """
    number = read_query(text, region)
    if number is None:
        return None
    if number.sure or len(number.readings) == 1:
        return number.readings[0]
    led = "+" + "".join(re.findall(r"[0-9]", typed := number.written))
    # Ten digits, or a code in brackets, are as likely those of a city: (479) 555-0123 is not Norway's +47 9….
    return led if led in number.readings and len(led) > _CITY and "(" not in typed else None


def read_query(text: str, region: str = "") -> Number | None:
    """What a typed phone number may be, or None when the text is no single number.

    With its country, plain digits need only be a possible number, so that one that was never given out can be looked
    for too; other spellings ("nul zes 12…", "O6", keycaps, a link to chat) are read as in adverts.

    Args:
        text, region: see `parse_query`.
    """
    typed = text.strip()
    if not typed or len(typed) > _LONGEST_QUERY:
        return None
    if _PLAIN.fullmatch(typed):
        return _plain(typed, region.upper())
    return _spelled(typed, region.upper()) if _may_be_spelled(typed) else None


def numbers_in(text: str, region: str = "") -> list[tuple[Number, Span]]:
    """The phone numbers in a text, each with the place where it stands.

    Args:
        text: such as an advert.
        region: see `parse_query`.
    """
    if region:
        return [
            (Number(text[begin:end], (value,), True), (begin, end)) for begin, end, value in _extracted(text, [region])
        ]
    votes = _everywhere(text)
    return [(_voted(text[begin:end], group), (begin, end)) for (begin, end), group in _together(votes)]


def _plain(typed: str, region: str) -> Number | None:
    given = "+" + typed[2:] if typed.startswith("00") else typed
    if "+" in given or region:
        try:
            number = phonenumbers.parse(given, region or None)
        except phonenumbers.NumberParseException:
            number = None
        if number and phonenumbers.is_possible_number(number):
            value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return Number(typed, (value,), True)
    found = () if "+" in given else readings("".join(re.findall(r"[0-9]", typed)))
    return Number(typed, found) if found else None


def _may_be_spelled(typed: str) -> bool:
    """Whether there is enough of a number to load the extractor for."""
    digits = sum(unicodedata.digit(c, None) is not None for c in typed)
    return (
        digits >= _FEWEST_DIGITS or len(re.findall(r"[^\W\d_]{2,}", typed)) >= _FEWEST_WORDS or len(typed.split()) == 1
    )


def _spelled(typed: str, region: str) -> Number | None:
    for prefix in ("", _ANNOUNCED):  # what is typed here is announced as a number
        found = numbers_in(prefix + typed, region)
        if len(found) == 1:
            return found[0][0]
    return None


def _extracted(text: str, countries: list[str]) -> Iterator[tuple[int, int, str]]:
    """Begin, end and value of each number that the extractor reads in a text, as in a record of each country."""
    from clew.extract.base import batch_of_texts
    from clew.extract.phone import PLUGIN

    table = PLUGIN.find(batch_of_texts([text] * len(countries), countries))
    return zip(*(table[name].to_pylist() for name in ("start", "end", "value")), strict=True)


def _everywhere(text: str) -> Counter[tuple[int, int, str]]:
    """Begin, end and value of each number in a text, with the number of countries where it is read so."""
    if len(text) <= _SHORT:
        return Counter(_extracted(text, list(regions())))
    votes = Counter(_extracted(text, [""]))
    for begin, end in sorted({(begin, end) for begin, end, _ in votes})[:_MOST_NUMBERS]:
        base = max(begin - _AROUND, 0)
        for b, e, value in _extracted(text[base : end + _AROUND], list(regions())):
            if b + base < end and e + base > begin:
                votes[b + base, e + base, value] += 1
    return votes


def _together(votes: Counter[tuple[int, int, str]]) -> Iterator[tuple[Span, Counter[str]]]:
    """Readings whose places overlap are of one number."""
    span, group = (0, 0), Counter[str]()
    for begin, end, value in sorted(votes):
        if group and begin >= span[1]:
            yield span, group
            group = Counter()
        span = (span[0], max(span[1], end)) if group else (begin, end)
        group[value] += votes[begin, end, value]
    if group:
        yield span, group


def _voted(written: str, group: Counter[str]) -> Number:
    """A number as the countries read it, what most of them say first; sure where all of them say the same."""
    values = sorted(group, key=lambda value: (-group[value], value))
    return Number(written, tuple(values), len(values) == 1 and group[values[0]] >= len(regions()))
