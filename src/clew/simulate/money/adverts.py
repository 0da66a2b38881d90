"""What advertisers pay to platforms, by their price list; and what other customers of these pay at the same times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.simulate.events import PLATFORMS
from clew.simulate.hashing import Ints, below, pick, unit
from clew.simulate.knobs import SPAM
from clew.simulate.money.book import ADVERTS, CURRENCIES, CUSTOMERS, FIRST_COIN, OFFSET, VOUCHER, Book, Value
from clew.simulate.money.cast import Unit
from clew.simulate.money.firms import RATE, Firms
from clew.simulate.money.knobs import FLOWS, TYPES, Money
from clew.simulate.money.spell import iban_kind
from clew.simulate.operations import DAY
from clew.simulate.places import WEIGHTS
from clew.simulate.sheet import Sheet

PRODUCTS = ("post", "boost", "month")
_USUAL = (np.array([3, 5, 6, 8, 10, 12]), np.array([4, 5, 8, 10, 15, 20]), np.array([29, 39, 49, 60, 79, 99]))
_FLOW = np.array([FLOWS.index(f"advert-{product}") for product in PRODUCTS], dtype=np.int8)
MONTH = 30 * DAY
BANK, COIN, CARD = range(3)


@dataclass(frozen=True)
class Prices:
    """The price list.

    Attributes:
        amount: hundredths by platform and product; 0 where it costs nothing.
        coin: which coin a platform takes, -1 for none.
        currency: of each platform.
    """

    amount: Ints
    coin: Ints
    currency: NDArray[np.int8]

    def in_coins(self, platform: Ints, product: Ints) -> Ints:
        """Prices in the coin of the platform, 1e-8, rounded to four digits as lists have them."""
        raw = self.amount[platform, product] / 100 * RATE[np.maximum(self.coin[platform], 0)]
        step = 10.0 ** (np.floor(np.log10(np.maximum(raw, 1))) - 3)
        return np.asarray(np.round(raw / step) * step, dtype=np.int64)


def draw_prices(seed: int, knobs: Money) -> Prices:
    """Prices of every platform: equal ones on many, as of those that one firm runs."""
    at = np.arange(PLATFORMS)
    columns = [values[below(values.size, seed, "tariff", at, place)] for place, values in enumerate(_USUAL)]
    amount = np.stack(columns, axis=1) * 100 - below(2, seed, "tariff-99", at)[:, None]
    amount[unit(seed, "free", at) >= knobs.fee_platforms, 0] = 0
    takes = unit(seed, "takes-coins", at) < knobs.coin_platforms
    coin = np.where(takes, pick([0.5, 0.1, 0.15, 0.25], unit(seed, "which-coin", at)), -1)
    dollars = unit(seed, "dollars", at) < 0.15
    currency = np.where(dollars, CURRENCIES.index("USD"), CURRENCIES.index("EUR")).astype(np.int8)
    return Prices(amount, coin, currency)


def pay_adverts(
    book: Book, firms: Firms, sheet: Sheet, units: list[Unit], payers: NDArray[np.int32], prices: Prices, knobs: Money
) -> None:
    """Payments for the adverts of all operations whose payments are seen.

    Args:
        book: gets them.
        firms: the platforms.
        sheet: the adverts.
        units: operations that exploit.
        payers: account of every other operation.
        prices: the price list.
        knobs: parameters.
    """
    seed, table = book.seed, sheet.table
    op, platform, t = (table[name].astype(np.int64) for name in ("op", "platform", "t"))
    kind = sheet.operations.kind
    seen = unit(seed, "pays", np.arange(kind.size)) < np.array(knobs.pays)[kind]
    seen |= sheet.operations.exploited
    costs = seen[op] & (table["version"] == 1) & (prices.amount[platform, 0] > 0)
    monthly = _monthly(sheet, knobs, seed)
    posts = np.flatnonzero(costs & ~monthly)
    single = posts[unit(seed, "paid-apart", posts) < 0.75]  # the others from a balance that was topped up in cash
    boosts = np.flatnonzero(seen[op] & (table["chance"].astype(np.float64) > 0.93))
    months = np.flatnonzero(costs & monthly)
    rows, groups, product = [], [], []
    # Adverts of one operation on one platform within ten minutes are one order.
    for number, (found, span) in enumerate(((single, 600), (boosts, 1), (months, MONTH))):
        keys = (op[found] * PLATFORMS + platform[found]) * 40_000 + t[found] // span if span > 1 else found
        order = np.lexsort((t[found], keys))
        edges = np.flatnonzero(np.diff(keys[order], prepend=-1))
        parts = np.split(found[order], edges[1:]) if edges.size else []
        groups += parts
        rows.append(found[order][edges])
        product.append(np.full(edges.size, number))
    first, what = np.concatenate(rows), np.concatenate(product)
    if not first.size:
        return
    many = np.where(what == 2, 1, np.array([part.size for part in groups]))
    group = book.paid_for(groups)
    _settle(book, firms, sheet, units, payers, prices, knobs, (first, what, many, group))


def _monthly(sheet: Sheet, knobs: Money, seed: int) -> NDArray[np.bool_]:
    """Adverts under a subscription: operations that have some of these use one on a platform with enough adverts."""
    op, platform = sheet.table["op"].astype(np.int64), sheet.table["platform"].astype(np.int64)
    month = sheet.table["t"].astype(np.int64) // MONTH
    _, place, count = np.unique((op * PLATFORMS + platform) * 8 + month, return_inverse=True, return_counts=True)
    habit = unit(seed, "subscribes", np.arange(sheet.operations.count)) < knobs.subscribes
    return np.asarray(habit[op] & (count[place] >= 6) & (sheet.operations.kind[op] != SPAM))


def _method(sheet: Sheet, op: Ints, platform: Ints, prices: Prices, knobs: Money, seed: int) -> Ints:
    """How each is paid: a habit of the operation, as far as the platform allows."""
    bad = sheet.operations.exploited[op].astype(np.int64)
    coin = unit(seed, "by-coin", op) < np.array(knobs.pays_by_coin[::-1])[bad]
    card = unit(seed, "by-voucher", op) < np.array(knobs.pays_by_voucher[::-1])[bad]
    return np.where(coin & (prices.coin[platform] >= 0), COIN, np.where(card, CARD, BANK))


def _settle(
    book: Book, firms: Firms, sheet: Sheet, units: list[Unit], payers: NDArray[np.int32], prices: Prices, knobs: Money,
    orders: tuple[Ints, Ints, Ints, Ints],
) -> None:  # fmt: skip
    """Pay orders: row of the first advert, product, how many, group."""
    first, what, many, group = orders
    seed, table = book.seed, sheet.table
    op, platform = table["op"][first].astype(np.int64), table["platform"][first].astype(np.int64)
    low, wide = knobs.lag_minutes
    lag = (low + wide * unit(seed, "lag", first, what) ** 1.8) * 60
    late = unit(seed, "late", first, what) < knobs.late
    lag = np.where(late, 3600 * (1 + 20 * unit(seed, "late-by", first)), lag)
    t = np.maximum(table["t"][first] - lag.astype(np.int64), 0)
    method = _method(sheet, op, platform, prices, knobs, seed)
    payer = payers[op].astype(np.int64)
    for one in units:
        rows = np.flatnonzero(op == one.number) if one.number < payers.size else np.zeros(0, dtype=np.int64)
        if rows.size:
            payer[rows] = one.purses("payer", t[rows].tolist())
    bank = np.flatnonzero((method == BANK) & (payer >= 0))
    amount = prices.amount[platform, what] * many
    common = {"unit": op, "ads": group}

    def pay(rows: Ints, source: Ints, target: Ints, sums: Ints, currency: Value, way: Value | str) -> None:
        more = {name: values[rows] for name, values in common.items()}
        book.pay(_FLOW[what[rows]], ADVERTS, source, target, sums, t[rows], 0, currency=currency, type=way, **more)

    way = np.where(unit(seed, "card-or-bank", op[bank]) < 0.6, TYPES.index("card"), TYPES.index("instant"))
    pay(bank, payer[bank], firms.platforms[platform[bank]], amount[bank], prices.currency[platform[bank]], way)
    coins = np.flatnonzero(method == COIN)
    target = np.array(
        [firms.tills[c][p] for c, p in zip(prices.coin[platform[coins]], platform[coins], strict=True)], dtype=np.int64
    )
    sums = prices.in_coins(platform[coins], what[coins]) * many[coins]
    purse = _wallets(firms, op[coins], prices.coin[platform[coins]], units)
    pay(coins, purse, target, sums, FIRST_COIN + prices.coin[platform[coins]], "coin")
    cards = np.flatnonzero((method == CARD) & (payer >= 0))
    source = _vouchers(book, firms, op[cards], payer[cards], amount[cards], t[cards])
    pay(cards, source, firms.platforms[platform[cards]], amount[cards], prices.currency[platform[cards]], "card")


def _wallets(firms: Firms, op: Ints, coin: Ints, units: list[Unit]) -> Ints:
    """A wallet of the right chain for each operation that pays in coins: that of its adverts, where it fits."""
    purse = np.zeros(op.size, dtype=np.int64)
    own = {unit.number: unit for unit in units}
    keys, place = np.unique(op * 8 + coin, return_inverse=True)
    found = np.zeros(keys.size, dtype=np.int64)
    for at, key in enumerate(keys.tolist()):
        number, chain = key // 8, key % 8
        one = own.get(number)
        if one is not None and one.coins >= 0 and firms.chains(one.coins) == chain:
            found[at] = one.coins
        else:
            holder = one.duties["payer"][0][0] if one is not None else -1
            found[at] = firms.wallets(chain, "", 1, holder=holder, unit=number)[0]
    if keys.size:
        purse[:] = found[place]
    return purse


def _vouchers(book: Book, firms: Firms, op: Ints, payer: Ints, amount: Ints, t: Ints) -> Ints:
    """Prepaid cards: one holds 50 or so and is bought hours before its first use; some were bought in cash, unseen."""
    if not op.size:
        return op
    order = np.lexsort((t, op))
    spent = np.zeros(op.size, dtype=np.int64)
    spent[order] = np.cumsum(amount[order])
    keys = op * (1 << 24) + spent // 5_000
    unique, first, place = np.unique(keys, return_index=True, return_inverse=True)
    country, holder = (book.accounts.column(name)[payer[first]] for name in ("country", "holder"))
    cards = book.accounts.add(VOUCHER, country, holder=holder, unit=op[first])
    bought = unit(book.seed, "card-bought", unique) < 0.6
    rows = first[bought]
    at = np.maximum(t[rows] - 600 - below(20_000, book.seed, "card-when", unique[bought]), 0)
    worth = np.maximum(5_000, amount[rows])
    shop = firms.some("vouchers", country[bought], unit(book.seed, "card-shop", unique[bought]))
    where = {"unit": op[rows], "type": "card"}
    book.pay("voucher", ADVERTS, payer[rows], shop, worth, at, country[bought], **where)
    return np.asarray(cards[place])


def other_customers(book: Book, firms: Firms, sheet: Sheet, count: int, prices: Prices, knobs: Money) -> None:
    """Payments of people whose adverts are not in the world; many at the hours at which those of the world pay."""
    seed, rows = book.seed, np.arange(count)
    paid = book.rows()
    paid = paid[paid["ads"] >= 0]
    first = np.array([book.ads[group][0] for group in paid["ads"].tolist()], dtype=np.int64)
    pool = max(4, count // 5)
    home = pick(WEIGHTS, unit(seed, "customer-home", np.arange(pool)))
    person = book.people.add(-1, np.arange(pool))
    purse = book.accounts.add(iban_kind(home), home, holder=person)
    who = np.floor(pool * unit(seed, "customer", rows) ** 2).astype(np.int64)
    near = (unit(seed, "customer-rush", rows) < knobs.rush) & (first.size > 0)
    place = below(first.size, seed, "customer-near", rows)
    advert = first[place] if first.size else place
    platform = np.where(
        near, sheet.table["platform"][advert].astype(np.int64), below(PLATFORMS, seed, "customer-platform", rows)
    )
    what = pick([0.6, 0.3, 0.1], unit(seed, "customer-product", rows))
    same = near & (unit(seed, "customer-same", rows) < knobs.same_price)
    if first.size:
        what = np.where(same, paid["flow"][place].astype(np.int64) - int(_FLOW[0]), what)
    what = np.where((what == 0) & (prices.amount[platform, 0] == 0), 1, what)
    beside = sheet.table["t"][advert].astype(np.int64) - 4_200 + below(4_500, seed, "customer-beside", rows)
    anytime = below(180 * DAY, seed, "customer-day", rows)
    t = np.maximum(np.where(near, beside, anytime - OFFSET[home[who]]), 0)
    many = 1 + pick([0.85, 0.1, 0.05], unit(seed, "customer-many", rows))
    coin = (prices.coin[platform] >= 0) & (unit(seed, "customer-coin", who) < 0.1)
    amount = prices.amount[platform, what] * many
    bank = np.flatnonzero(~coin)
    book.pay(
        "other-customer", CUSTOMERS, purse[who[bank]], firms.platforms[platform[bank]], amount[bank], t[bank], 0,
        currency=prices.currency[platform[bank]], type="card",
    )  # fmt: skip
    rest = np.flatnonzero(coin)
    own: dict[tuple[int, int], int] = {}
    keys = list(zip(who[rest].tolist(), prices.coin[platform[rest]].tolist(), strict=True))
    for key in keys:
        if key not in own:
            own[key] = int(firms.wallets(key[1], "", 1, holder=int(person[key[0]]))[0])
    source = np.array([own[key] for key in keys], dtype=np.int64)
    target = np.array(
        [firms.tills[c][p] for (_, c), p in zip(keys, platform[rest].tolist(), strict=True)], dtype=np.int64
    )
    sums = prices.in_coins(platform[rest], what[rest]) * many[rest]
    book.pay(
        "other-customer", CUSTOMERS, source, target, sums, t[rest], 0,
        currency=FIRST_COIN + prices.coin[platform[rest]], type="coin",
    )  # fmt: skip
