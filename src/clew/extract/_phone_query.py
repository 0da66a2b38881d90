"""Read a phone number that an analyst types, without the tables that reading adverts needs."""

from __future__ import annotations

import phonenumbers

_LONGEST_QUERY = 100


def parse_query(text: str, region: str = "") -> str | None:
    """The E.164 form of a typed phone number ("+31 6 1234 5678"), or None when it is no possible number.

    Args:
        text: the number, with a plus or 00, or as dialled inside ``region``.
        region: ISO 3166 country of a number without country code, "" unknown.
    """
    typed = text.strip()[:_LONGEST_QUERY]
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    for attempt, home in ((typed, region.upper() or None), ("+" + typed.lstrip("+"), None)):
        try:
            number = phonenumbers.parse(attempt, home)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
