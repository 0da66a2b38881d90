"""Words that every layer says alike: counts, lists, kinds of records, identifiers."""

from __future__ import annotations

from collections.abc import Sequence

KIND_WORDS = {  # one, many
    "ad": ("advert", "adverts"), "job_ad": ("job offer", "job offers"), "page": ("page", "pages"),
    "message": ("message", "messages"), "payment": ("payment", "payments"), "image": ("picture", "pictures"),
}  # fmt: skip


def count(number: int, one: str, many: str = "") -> str:
    """Such as "1 record" or "1,200 records"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Such as "a number", "a number and a text" or "a number, a text and a picture"; of one word or more."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def value_shown(kind: str, value: str) -> str:
    """The value of an identifier as people read it.

    What sort of number an account has (``iban:NL91…``, ``number:4711``) is for Clew to keep; the platform of a handle
    and the chain of a wallet tell people something.
    """
    return value.partition(":")[2] or value if kind == "account" else value


def account_shown(account: str) -> str:
    """An account as PAYMENTS name it (``account:iban:NL91…``, ``wallet:btc:…``, ``name:…``) as people read it."""
    kind, _, value = account.partition(":")
    return value_shown(kind, value) or account
