"""Firms of the world with their accounts: shops, landlords, carriers, exchangers, advert platforms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.simulate import identity
from clew.simulate.events import PLATFORMS
from clew.simulate.hashing import Floats, Ints, below, mix_one
from clew.simulate.money.book import COINS, IBAN, NAME, WALLET, Book
from clew.simulate.money.iban import BANKS
from clew.simulate.money.spell import TRADES, chain_of, iban_kind
from clew.simulate.places import CITY_COUNTS, CODES, COUNTRIES, FIRST_CITY

# How many of each trade a country has (assumed), and whether payments name an account or the firm alone.
_POOLS: dict[str, tuple[int, bool]] = {
    "shop": (14, False), "market": (8, False), "landlord": (12, True), "hotel": (12, False), "airline": (2, False),
    "coach": (2, False), "rail": (1, False), "sender": (2, True), "employer": (8, True), "utility": (2, True),
    "telephone": (3, True), "vouchers": (2, False), "travel": (2, False),
}  # fmt: skip
_CHAINS = {"BTC": "btc", "ETH": "eth", "LTC": "ltc", "USDT": "tron"}
_EURO = tuple(CODES.index(code) for code in ("NL", "DE", "IE", "ES", "AT", "BE"))
EXCHANGERS = 4
# Units of a coin to a euro, in 1e-8 (assumed, fixed through the half year).
RATE = np.array([1e8 / 80_000, 1e8 / 2_800, 1e8 / 85, 1e8 * 1.1])


def address(seed: int, number: int, chain: str) -> str:
    """An address on a chain."""
    for step in range(64):
        found, value = identity.wallet(seed, (1 << 44) + number * 64 + step)
        if found == chain:
            return value
    return identity.wallet(seed, number)[1]


class Firms:
    """Accounts of firms.

    Attributes:
        platforms: bank account of each advert platform.
        desks: bank account of each exchanger.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        countries = np.arange(len(COUNTRIES))
        self._first: dict[str, int] = {}
        self._wallets = 0
        for trade, (size, banked) in _POOLS.items():
            country = np.repeat(countries, size)
            kind = iban_kind(country) if banked else np.full(country.size, NAME)
            key = np.tile(np.arange(size), countries.size)
            self._first[trade] = int(book.accounts.add(kind, country, trade=TRADES.index(trade), key=key)[0])
        city = np.concatenate([np.arange(size) for size in CITY_COUNTS])
        country = np.repeat(countries, CITY_COUNTS)
        machines = [
            book.accounts.add(NAME, country, trade=TRADES.index("machine"), key=city + 97 * bank)
            for bank in range(len(BANKS))
        ]
        self._machines = np.stack(machines)
        home = np.array([_EURO[mix_one(book.seed, "platform-home", at) % len(_EURO)] for at in range(PLATFORMS)])
        self.platforms = book.accounts.add(IBAN, home, trade=TRADES.index("platform"), key=np.arange(PLATFORMS))
        self.tills = {at: self.wallets(at, "platform", PLATFORMS) for at in range(len(COINS))}
        self.desks = book.accounts.add(
            IBAN,
            np.array([_EURO[at] for at in range(EXCHANGERS)]),
            trade=TRADES.index("exchanger"),
            key=np.arange(EXCHANGERS),
        )
        self.hot = {at: self.wallets(at, "exchanger", EXCHANGERS) for at in range(len(COINS))}
        self.mixers = {at: self.wallets(at, "mixer", 2) for at in range(len(COINS))}

    def wallets(self, coin: int, trade: str, size: int, holder: int = -1, unit: int = -1) -> Ints:
        """New wallets; trade "" for those of people."""
        number = TRADES.index(trade) if trade else -1
        found = self.book.accounts.add(WALLET, _EURO[0], holder=holder, unit=unit, trade=number, key=np.arange(size))
        for account in found.tolist():
            self._wallets += 1
            self.book.accounts.name(account, address(self.book.seed, self._wallets, _CHAINS[COINS[coin]]))
        return found

    def some(self, trade: str, country: NDArray[np.generic] | int, draws: Floats, most: int = 1 << 20) -> Ints:
        """A firm of a country for each of ``draws``; the first are larger."""
        size = min(_POOLS[trade][0], most)
        place = np.floor(draws**1.5 * size).astype(np.int64)
        return np.asarray(self._first[trade] + np.asarray(country, dtype=np.int64) * _POOLS[trade][0] + place)

    def machine(self, city: Ints, draws: Floats) -> Ints:
        """A cash machine in each city."""
        return np.asarray(self._machines[np.floor(draws * len(BANKS)).astype(np.int64), city])

    def chains(self, account: int) -> int:
        """The coin of a wallet."""
        chain = chain_of(self.book.accounts.known[account])
        return [_CHAINS[coin] for coin in COINS].index(chain)


def any_city(country: Ints | int, seed: int, purpose: str, *keys: Ints | int) -> Ints:
    """A city of each country."""
    home = np.asarray(country, dtype=np.int64)
    return np.asarray(FIRST_CITY[home] + below(CITY_COUNTS[home], seed, purpose, *keys))


def in_country(country: int, draws: Floats) -> Ints:
    """Cities of one country."""
    return np.asarray(int(FIRST_CITY[country]) + np.floor(draws * int(CITY_COUNTS[country])).astype(np.int64))
