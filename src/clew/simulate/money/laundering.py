"""How proceeds are hidden: cash split under a limit, coins and mixers, round trips."""

from __future__ import annotations

import numpy as np

from clew.simulate.money.book import EXPLOITING, FIRST_COIN, SCALE, Book, Dice
from clew.simulate.money.cast import Unit
from clew.simulate.money.firms import RATE, Firms, in_country
from clew.simulate.money.knobs import Money
from clew.simulate.money.proceeds import rounded
from clew.simulate.money.spell import TRADES
from clew.simulate.operations import DAY


def launder(book: Book, firms: Firms, unit: Unit, knobs: Money) -> None:
    """What one operation does of these."""
    dice = Dice(book.seed, "launder", unit.number)
    chances = dice.some(3)
    if chances[0] < knobs.split * (1 if unit.victims.size > 3 else 0.3):
        _split(book, firms, unit, dice, knobs)
    if chances[1] < knobs.coins:
        _coins(book, firms, unit, dice)
    if chances[2] < knobs.round_trips:
        _round(book, unit, dice)


def _purse(unit: Unit, t: float) -> int:
    return unit.purse[unit.who("launderer", t)]


def _split(book: Book, firms: Firms, unit: Unit, dice: Dice, knobs: Money) -> None:
    """Cash paid in just under the limit, in several places within two days; then most of it goes on."""
    scale = SCALE[unit.country]
    for _ in range(1 + int(dice.one() * 3)):
        start = unit.start + (unit.end - unit.start) * (0.1 + 0.8 * dice.one())
        size = 3 + int(dice.one() * 4)
        t = np.sort(start // DAY * DAY + 8 * 3600 + 1.6 * DAY * dice.some(size))
        amount = rounded(knobs.limit * (0.86 + 0.135 * dice.some(size)), scale, 50)
        purse, city = _purse(unit, start), in_country(unit.country, dice.some(size))
        book.pay(
            "split-cash", EXPLOITING, firms.machine(city, dice.some(size)), purse, amount, t, unit.country,
            unit=unit.number, place=city, type="cash-deposit",
        )  # fmt: skip
        target = unit.purse[unit.who("coordinator", start)]
        if target != purse:
            total = int(amount.sum() * (0.8 + 0.15 * dice.one())) // 10_000 * 10_000
            book.pay(
                "pass-on", EXPLOITING, purse, target, total, np.array([t[-1] + DAY]), unit.country, unit=unit.number
            )


def _coins(book: Book, firms: Firms, unit: Unit, dice: Dice) -> None:
    """Money to an exchanger, coins from it to a wallet, and on to a mixer or another exchanger."""
    if unit.coins >= 0:
        coin, wallet = firms.chains(unit.coins), unit.coins
    else:
        coin = (0, 3, 1, 2)[int(4 * dice.one() ** 2)]
        holder = unit.duties["launderer"][0][0]
        wallet = int(firms.wallets(coin, "", 1, holder=holder, unit=unit.number)[0])
        unit.coins = wallet
    desk = int(dice.one() * firms.desks.size)
    t = dice.times(0.06 / DAY, unit.start + 5 * DAY, unit.end)
    if not t.size:
        return
    euros = 200 + 1_800 * dice.some(t.size) ** 2
    source = unit.purses("launderer", t.tolist())
    amount = rounded(euros, SCALE[unit.country], 10)
    book.pay("to-exchange", EXPLOITING, source, int(firms.desks[desk]), amount, t, unit.country, unit=unit.number)
    got = np.round(euros * RATE[coin] * (0.975 + 0.02 * dice.some(t.size)))
    later = t + 1_200 + 30_000 * dice.some(t.size)
    hot = int(firms.hot[coin][desk])
    more: dict[str, int | str] = {"unit": unit.number, "currency": FIRST_COIN + coin, "type": "coin"}
    book.pay("coin", EXPLOITING, hot, wallet, got, later, 0, **more)
    mixes = dice.one() < 0.4
    part = dice.some(t.size) < 0.7
    out, when = (
        np.round(got * (0.9 + 0.09 * dice.some(t.size)))[part],
        (later + 600 + 2 * DAY * dice.some(t.size) ** 3)[part],
    )
    other = int(firms.hot[coin][(desk + 1) % firms.desks.size])
    target = int(firms.mixers[coin][int(dice.one() * 2)]) if mixes else other
    book.pay("mixer" if mixes else "coin-out", EXPLOITING, wallet, target, out, when, 0, **more)
    if mixes:  # comes out days later at a fresh address
        fresh = int(firms.wallets(coin, "", 1, holder=unit.duties["launderer"][0][0], unit=unit.number)[0])
        back = np.round(out * 0.97)
        book.pay("coin", EXPLOITING, target, fresh, back, when + DAY * (1 + 4 * dice.some(out.size)), 0, **more)


def _round(book: Book, unit: Unit, dice: Dice) -> None:
    """Money round by two firms of their own and back, a little less each time."""
    keys = unit.number * 2 + np.arange(2)
    holder = unit.duties["launderer"][0][0]
    front = book.accounts.add(0, unit.country, trade=TRADES.index("front"), key=keys, unit=unit.number, holder=holder)
    t = dice.times(0.015 / DAY, unit.start + 10 * DAY, unit.end)
    amount = rounded(900 + 5_000 * dice.some(t.size), SCALE[unit.country], 50).astype(np.float64)
    purse = unit.purses("launderer", t.tolist())
    stops = (purse, np.full(t.size, front[0]), np.full(t.size, front[1]), purse)
    for leg in range(3):
        book.pay(
            "round-trip", EXPLOITING, stops[leg], stops[leg + 1], amount // 100 * 100, t, unit.country, unit=unit.number
        )
        t, amount = t + DAY * (0.2 + 2 * dice.some(t.size)), amount * (0.96 + 0.03 * dice.some(t.size))
