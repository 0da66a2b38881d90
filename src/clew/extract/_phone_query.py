"""Read a phone number that an analyst types; the extractor is loaded for odd spellings only."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

_LONGEST_QUERY = 120
_FEWEST_DIGITS, _FEWEST_WORDS = 5, 3
_PLAIN = re.compile(r"[+0-9\s().\-/]+")


def parse_query(text: str, region: str = "") -> str | None:
    """The E.164 form of a typed phone number, or None when the text is no single number.

    Plain digits need only be a possible number, so that one that was never given out can be looked for too; other
    spellings ("nul zes 12…", "O6", keycaps, a link to chat) are read as in adverts.

    Args:
        text: the number, with a plus or 00, or as dialled inside ``region``.
        region: ISO 3166 country of a number without country code, "" unknown.
    """
    typed = text.strip()
    if not typed or len(typed) > _LONGEST_QUERY:
        return None
    if _PLAIN.fullmatch(typed):
        return _plain(typed, region.upper())
    return _spelled(typed, region.upper()) if _may_be_spelled(typed) else None


def _plain(typed: str, region: str) -> str | None:
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    for attempt, home in ((typed, region or None), ("+" + typed.lstrip("+"), None)):
        try:
            number = phonenumbers.parse(attempt, home)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _may_be_spelled(typed: str) -> bool:
    """Whether there is enough of a number to load the extractor for."""
    digits = sum(unicodedata.digit(c, None) is not None for c in typed)
    return (
        digits >= _FEWEST_DIGITS or len(re.findall(r"[^\W\d_]{2,}", typed)) >= _FEWEST_WORDS or len(typed.split()) == 1
    )


def _spelled(typed: str, region: str) -> str | None:
    from clew.extract.base import batch_of_texts
    from clew.extract.phone import PLUGIN

    for prefix in ("", "tel "):  # what is typed here is announced as a number
        found = set(PLUGIN.find(batch_of_texts([prefix + typed], [region]))["value"].to_pylist())
        if len(found) == 1:
            return str(found.pop())
    return None
