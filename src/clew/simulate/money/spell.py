"""How accounts and the names of their holders are written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.simulate import identity
from clew.simulate.hashing import Ints, mix_one
from clew.simulate.identity import SYLLABLES
from clew.simulate.money.book import ACCOUNT_KINDS, IBAN, NAME, NUMBER, PHONE, VOUCHER, WALLET, Accounts
from clew.simulate.money.iban import BANKS, account, bank_of
from clew.simulate.numbers import e164, national
from clew.simulate.places import CITIES, CODES, FIRST_CITY

# What a firm is; the words stand in its name, as they do in those of real ones.
TRADES = (
    "platform", "shop", "market", "landlord", "hotel", "airline", "coach", "rail", "exchanger", "mixer", "sender",
    "employer", "utility", "telephone", "machine", "vouchers", "travel", "front",
)  # fmt: skip
_WORDS = {
    "shop": ("Shop", "Store", "Mode", "Sport"), "market": ("Market", "Supermarkt", "Food"),
    "landlord": ("Vastgoed", "Immobilien", "Homes", "Rent"), "hotel": ("Hotel", "Inn", "Apartments", "Rooms"),
    "airline": ("Air", "Airways"), "coach": ("Bus", "Coach"), "rail": ("Rail", "Bahn"),
    "exchanger": ("Exchange", "Coins"), "mixer": ("Mix",), "sender": ("Money Transfer", "Remit"),
    "employer": ("Service", "Logistics", "Catering", "Bouw", "Hotels"), "utility": ("Energy", "Water"),
    "telephone": ("Mobile", "Telecom"), "vouchers": ("Gift Cards", "Prepaid"), "travel": ("Travel", "Reisen"),
    "front": ("Trading", "Consult", "Import"),
}  # fmt: skip
_GIVEN = (
    "Ada", "Alex", "Ari", "Chris", "Dani", "Eli", "Emi", "Iva", "Jamie", "Jo", "Kim", "Lou", "Luca", "Mika", "Nika",
    "Noa", "Ola", "Pat", "Quin", "Remi", "Robin", "Sam", "Sasha", "Toni", "Val", "Vanya", "Yael", "Zoe",
)  # fmt: skip
_ENDS = ("ov", "er", "sen", "ini", "escu", "ska", "ez", "man", "as", "i")
# Private numbers of mobile money come from here on: above those of adverts and chats.
_FIRST_PHONE = 8_500_000


def person_name(seed: int, person: int) -> str:
    """The name in which a person's accounts are; nobody's."""
    bits = mix_one(seed, "holder", person)
    family = SYLLABLES[bits >> 8 & 15] + SYLLABLES[bits >> 12 & 15] + _ENDS[(bits >> 16) % len(_ENDS)]
    given = _GIVEN[bits % len(_GIVEN)]
    # One in five accounts shows an initial alone.
    return f"{given[0]}. {family.title()}" if bits >> 40 & 7 < 2 else f"{given} {family.title()}"


def firm_name(seed: int, trade: int, country: int, key: int) -> str:
    """The name of a firm."""
    kind = TRADES[trade]
    if kind == "platform":
        return identity.platform(seed, key)[1]
    if kind == "machine":
        city = CITIES[int(FIRST_CITY[country]) + key % 97]
        return f"ATM {BANKS[key // 97 % len(BANKS)]} {city}"
    bits = mix_one(seed, "firm", trade)
    # An odd factor permutes the stems: no two firms of a trade have one.
    place = ((country * 16 + key) * (bits | 1) + (bits >> 20)) & 4095
    stem = (SYLLABLES[place & 15] + SYLLABLES[place >> 4 & 15] + SYLLABLES[place >> 8]).title()
    words = _WORDS[kind]
    return f"{stem} {words[mix_one(seed, 'firm-word', trade, country, key) % len(words)]}"


class Spelling:
    """Writes the accounts of a world; each once.

    Args:
        accounts: of the world.
        seed: of the world.
    """

    def __init__(self, accounts: Accounts, seed: int, used: Ints) -> None:
        self.used = used
        columns = {name: accounts.column(name)[used] for name in ("kind", "country", "holder", "trade", "key", "unit")}
        self.columns = columns
        phones = national(seed, columns["country"], _FIRST_PHONE + used)
        self.holders: list[str | None] = []
        kinds = []
        self.values: list[str] = []
        self.banks: list[str] = []
        rows = zip(used.tolist(), phones.tolist(), *(column.tolist() for column in columns.values()), strict=True)
        for number, phone, kind, country, holder, trade, key, _ in rows:
            firm = firm_name(seed, trade, country, key) if trade >= 0 else None
            name = firm or (person_name(seed, holder) if holder >= 0 else None)
            value = accounts.known.get(number)
            if value is None:
                value = _written(seed, kind, country, number, phone, name)
            self.values.append(value)
            kinds.append((IBAN if value[:2].isalpha() else NUMBER) if kind in (IBAN, NUMBER) else kind)
            self.holders.append(name if kind not in (WALLET, VOUCHER) else None)
            self.banks.append(_bank(seed, kind, country, number))
        self.kinds = np.array(kinds)

    def nodes(self) -> list[str]:
        """Type and value of each account, as the graph of money names it."""
        return [node(kind, value) for kind, value in zip(self.kinds.tolist(), self.values, strict=True)]


def node(kind: int, value: str) -> str:
    """An account as the graph of money names it."""
    if kind == WALLET:
        return f"wallet:{chain_of(value)}:{value}"
    if kind == NAME:
        return f"name:{value.casefold()}"
    return {IBAN: "account:iban:", PHONE: "phone:"}.get(kind, "account:number:") + value


def chain_of(address: str) -> str:
    """The chain of an address as `identity.wallet` makes them."""
    return "eth" if address.startswith("0x") else {"T": "tron", "L": "ltc"}.get(address[0], "btc")


def _written(seed: int, kind: int, country: int, number: int, phone: int, name: str | None) -> str:
    if kind in (IBAN, NUMBER):
        return account(seed, country, number)
    if kind == PHONE:
        return e164(country, phone)
    if kind == VOUCHER:
        return f"GC{mix_one(seed, 'voucher', number) % 10**14:014d}"
    if kind == WALLET:
        raise ValueError("wallets are spelt where they are drawn")
    return name or f"{ACCOUNT_KINDS[kind]}-{number}"


def _bank(seed: int, kind: int, country: int, number: int) -> str:
    """The bank or service that tells of payments of this account."""
    if kind in (IBAN, NUMBER):
        return f"{BANKS[bank_of(country, number)]} {CODES[country]}"
    return {PHONE: "mobimoney", WALLET: "chain", VOUCHER: "giftcard"}.get(kind, "")


def iban_kind(country: Ints) -> NDArray[np.int64]:
    """Whether accounts of a country are IBANs or other numbers."""
    return np.where(np.isin(country, (CODES.index("US"), CODES.index("RU"))), NUMBER, IBAN)
