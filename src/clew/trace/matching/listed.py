"""Price lists that people gave: which payment is of a price that its platform asks for, at the time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.trace.matching.platforms import plain
from clew.trace.matching.read import HOUR, Flags, Floats, Ints, Payments, Posts
from clew.trace.prices import PRICED

NO_LIST, OFF_LIST = -2, -1
TIMES = 10  # prices that one payment pays at once, at most
_DAY = 24 * HOUR
_EVER = 1 << 62
# Prices that are the same in several lists once; of sources, the first by name.
_LISTED = f"""
SELECT platform, what, amount, currency, min(source) AS source,
    coalesce(epoch_us(valid_from::TIMESTAMP), {-_EVER}) AS since,
    coalesce(epoch_us(valid_until::TIMESTAMP) + {_DAY}, {_EVER}) AS until
FROM ({PRICED.format(prices="prices")}) GROUP BY ALL ORDER BY platform, what, currency, amount, since, until
"""


@dataclass(frozen=True)
class PriceList:
    """What platforms with posts ask for, each price once and again for each number of times it is paid at once.

    Attributes:
        entry: int64[n], which line of the list; lines are sorted.
        platform, price: int64[n], as posts and payments number them.
        times: int64[n], 1 to `TIMES`.
        since, until: int64[n], microseconds; from when and until when it holds.
        item: int64[lines], platform and what is bought, as a number.
        has: bool[platforms], whether a list gives prices of it.
        told: of each line, the price and what it is for, in words.
    """

    entry: Ints
    platform: Ints
    price: Ints
    times: Ints
    since: Ints
    until: Ints
    item: Ints
    has: Flags
    told: list[str]

    def find(self, payments: Payments, platform: Ints) -> Ints:
        """int64[payments], the row of each payment's price; `OFF_LIST` or `NO_LIST` where it has none.

        Args:
            payments: all.
            platform: int64[payments], that was paid; negative where none is known.
        """
        found = np.where((platform >= 0) & self.has[np.maximum(platform, 0)], OFF_LIST, NO_LIST)
        width = len(payments.prices)
        keys, asked = self.platform * width + self.price, platform * width + payments.price
        first, last = np.searchsorted(keys, asked), np.searchsorted(keys, asked, "right")
        for row in range(int((last - first).max(initial=0))):
            at = np.minimum(first + row, max(len(keys) - 1, 0))
            holds = (self.since[at] <= payments.t) & (payments.t < self.until[at])
            chosen = (found == OFF_LIST) & (first + row < last) & holds
            found[chosen] = at[chosen]
        return found

    def fits(self, payments: Payments, rest: Ints) -> tuple[Ints, Ints, Floats]:
        """Payees whose prices are those of a platform's list, and how much that says.

        A price that many payees charge says little, one that nobody else charges much; payments of one price say it
        once. Four of five payments must be of a price of the list.

        Args:
            payments: all.
            rest: rows of payments whose platform is not known.

        Returns:
            Payee, platform, and minus the logarithm of the chance of such prices.
        """
        if not len(self.entry) or not len(rest):
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        single = self.times == 1
        pairs = np.unique(self.platform[single] * len(payments.prices) + self.price[single])
        of_list, price = np.divmod(pairs, len(payments.prices))
        kept = rest[np.isin(payments.price[rest], price)]
        charged = np.unique(payments.payee[rest] * len(payments.prices) + payments.price[rest])
        payee, what = np.divmod(charged, len(payments.prices))
        money = payments.currency
        in_money = np.unique(payee * (int(money.max(initial=0)) + 1) + money[what]) % (int(money.max(initial=0)) + 1)
        payees = np.bincount(in_money, minlength=int(money.max(initial=0)) + 1)
        others = np.maximum(np.bincount(what, minlength=len(payments.prices)) - 1, 0)
        rare = -np.log(np.minimum((others + 1.0) / (payees[money] + 1.0), 1.0))
        total = np.bincount(payments.payee[rest], minlength=len(payments.payees))
        size = len(payments.payees)
        whom: list[Ints] = []
        where: list[Ints] = []
        worth: list[Floats] = []
        for k in np.unique(of_list).tolist():
            own = price[of_list == k]
            hits = np.bincount(payments.payee[kept[np.isin(payments.price[kept], own)]], minlength=size)
            mine = np.isin(what, own)
            told = np.bincount(payee[mine], rare[what[mine]], size)
            fit = np.flatnonzero((hits > 0) & (hits >= 0.8 * total) & (told > 0))
            whom.append(fit)
            where.append(np.full(len(fit), k))
            worth.append(told[fit].astype(np.float64))
        return np.concatenate(whom), np.concatenate(where), np.concatenate(worth)


def price_list(engine: Engine, payments: Payments, posts: Posts) -> PriceList:
    """The list of the platforms that have posts.

    Args:
        engine: holds the view ``prices``.
        payments, posts: all.
    """
    names = {plain(name): k for k, name in enumerate(posts.platforms.to_pylist())}
    rows = [row for row in engine.sql(_LISTED).to_pylist() if plain(row["platform"]) in names]
    platform = np.array([names[plain(row["platform"])] for row in rows], np.int64)
    words = [_word(row["currency"], times * row["amount"]) for times in range(1, TIMES + 1) for row in rows]
    price = pc.index_in(pa.array(words, pa.string()), value_set=payments.prices)
    known = np.flatnonzero(pc.is_valid(price).to_numpy(zero_copy_only=False))
    price = pc.fill_null(price, 0).to_numpy().astype(np.int64)
    entry, times = np.tile(np.arange(len(rows)), TIMES), np.repeat(np.arange(1, TIMES + 1), len(rows))
    # One price before several, then the line that comes first.
    order = known[np.lexsort((entry[known], times[known], price[known], platform[entry[known]]))]
    entry, has = entry[order], np.zeros(max(len(posts.platforms), 1), np.bool_)
    has[platform] = True
    since, until = (np.array([row[name] for row in rows], np.int64) for name in ("since", "until"))
    items = {item: n for n, item in enumerate(sorted({(row["platform"], row["what"]) for row in rows}))}
    return PriceList(
        entry, platform[entry], price[order], times[order], since[entry], until[entry],
        np.array([items[row["platform"], row["what"]] for row in rows], np.int64), has, [_told(row) for row in rows],
    )  # fmt: skip


def _word(currency: str, amount: Decimal) -> str:
    """A price as `clew.trace.matching.read` writes it."""
    return f"{currency} {format(amount, 'f').rstrip('0').rstrip('.')}"


def _told(row: dict[str, object]) -> str:
    """``list price of 12.00 EUR (renewal; list of NAME)``."""
    whole, _, part = format(Decimal(str(row["amount"])), "f").partition(".")
    digits = part.rstrip("0").ljust(2, "0")
    what = f"{row['what']}; " if row["what"] else ""
    return f"list price of {whole}.{digits} {row['currency']} ({what}{row['source']})"
