"""Account numbers of payers and payees that are no IBAN: of banks without it, cards, customers of a payment service.

Whoever writes a payment's payer means an account, so the whole field is one; a name of somebody is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract.base import Example, TextBatch, whole_fields
from clew.model.tables import MENTIONS

SIDES = ("payer", "payee")
_ALONE = 8  # characters from which on a number is taken to be of one account, whatever the bank
_LONGEST = 64
_MARKS = re.compile(r"[\s./-]+")
_IBAN = r"^[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}$"  # as it is mostly written
_NAME = r"^[\x00-/:-\x7f]*$"  # as most are: letters and marks of ASCII, no digit
# What other extractors read: IBANs, mail addresses, telephone numbers, wallets.
_OTHERS = re.compile(
    r"""[A-Z]{2}\d{2}[A-Z0-9]{11,30} | [^@]+@[^@]+\.[^@]+ | (?:\+|00)[\d()]{7,20}
      | 0x[0-9A-F]{40} | (?:BC1|TB1|LTC1)[0-9A-Z]{20,80} | [13LMT][1-9A-Z]{25,34} | [48][1-9A-Z]{94,105}""",
    re.VERBOSE | re.IGNORECASE,
)


@lru_cache(1 << 17)  # books name the same accounts again and again
def account_number(text: str, platform: str) -> str:
    """``number:…`` for what a payment names as an account; "" for a name and for what has an extractor of its own.

    A short number is one of its platform only.
    """
    number = _MARKS.sub("", text).upper()
    digits, letters = sum(map(str.isdigit, number)), sum(map(str.isalpha, number))
    one_word = len(text.split()) == 1
    if not digits or len(number) > _LONGEST or _OTHERS.fullmatch(number):
        return ""
    if not one_word and (digits < 4 or letters > digits):
        return ""
    return f"number:{number}" if len(number) >= _ALONE else f"number:{platform.casefold()}/{number}"


class Holder:
    """Reads payer and payee; the value is ``number:12345678``."""

    name = "holder"
    version = "1"
    types: tuple[str, ...] = ("account",)
    examples: Sequence[Example] = (
        Example("12-3456.78", (("account", "number:12345678", "12-3456.78", False),), field="payer"),
        Example("card **** 4711", (("account", "number:CARD****4711", "card **** 4711", False),), field="payee"),
        Example("shop 22, 1234 Utrecht", (), field="payee"),
        Example("NL91ABNA0417164300", (), field="payee"),
        Example("paid to account 12345678 by card ****1111", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        sides = [side for side in SIDES if batch.records.column(side).null_count < len(batch.rid)]
        return pa.concat_tables([MENTIONS.empty_table(), *(self._of(batch, side) for side in sides)])

    def _of(self, batch: TextBatch, side: str) -> pa.Table:
        names = batch.records.column(side).cast(pa.string())
        # Most are IBANs or names, which `account_number` would put aside one by one.
        written = names.dictionary_encode()
        other = pc.invert(pc.match_substring_regex(written.dictionary, f"{_IBAN}|{_NAME}")).take(written.indices)
        at = np.flatnonzero(pc.fill_null(other, False).to_numpy(zero_copy_only=False))
        names = names.take(pa.array(at))
        platforms = pc.fill_null(batch.records.column("platform").cast(pa.string()), "").take(pa.array(at))
        # Few accounts and platforms, so each number is read once for each platform that has it.
        coded, of = names.dictionary_encode(), platforms.dictionary_encode()
        both = coded.indices.to_numpy().astype(np.int64) * len(of.dictionary) + of.indices.to_numpy()
        pairs, inverse = np.unique(both, return_inverse=True)
        words, places = coded.dictionary.to_pylist(), of.dictionary.to_pylist()
        found = [account_number(words[p // len(places)], places[p % len(places)]) or None for p in pairs.tolist()]
        value = pa.array(found, pa.string()).take(pa.array(inverse))
        known = value.is_valid()
        return whole_fields(
            batch, self, "account", side, pa.array(at).filter(known), names.filter(known), value.filter(known)
        )


PLUGIN = Holder()
