"""What matching reads: the posts of each platform in time order, and the payments that may have paid for one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.ties import coded

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rids = npt.NDArray[np.uint64]

HOUR = 3_600_000_000  # microseconds
_SHARED = 5_000  # an identifier of more posts says nothing of who wrote one
_DATED = 0.8  # share of the payments of a source that are booked at midnight: it knows days only

# The first version of each advert. Its author is the account that placed it, else its commonest number or address; all
# posts of a network that show none are of one author.
_POSTS = f"""
WITH first AS (
    SELECT rid, platform, coalesce(posted_at, captured_at) AS at, handle, native_id, extra
    FROM records WHERE kind = 'ad' AND coalesce(posted_at, captured_at) IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY version, rid) = 1
), held AS (
    SELECT type, value, rid, count(*) OVER (PARTITION BY type, value) AS n FROM ties SEMI JOIN first USING (rid)
    WHERE type IN ('phone', 'email', 'handle')
), named AS (
    SELECT rid, arg_max(type || ':' || value, (n, type, value)) AS author FROM held WHERE n <= {_SHARED} GROUP BY rid
)
SELECT f.rid, f.platform, epoch_us(f.at) AS t, coalesce(m.network_id, f.rid::VARCHAR) AS network,
    coalesce(m.network_id, f.rid::VARCHAR) || chr(10) || coalesce(f.platform || ':' || f.handle, n.author, '')
        AS author,
    f.platform || chr(10) || coalesce(regexp_extract(f.extra, '"category":"([^"\\\\]{{0,40}})"', 1), '') || chr(10)
        || coalesce(regexp_extract(f.extra, '"promoted":"?(\\w{{0,8}})"?', 1), '') AS feature
FROM first f LEFT JOIN network_members m USING (rid) LEFT JOIN named n USING (rid)
ORDER BY f.platform, t, f.rid
"""
_PAYMENTS = f"""
WITH prices AS MATERIALIZED (  -- an exact amount takes long to write
    SELECT currency, amount, currency || ' ' || rtrim(rtrim(amount::VARCHAR, '0'), '.') AS price
    FROM (SELECT DISTINCT currency, amount FROM payments WHERE state = 'booked')
), told AS MATERIALIZED (
    SELECT rid, hash(source, platform) AS book, 60 * coalesce(posted_offset, 0) AS away FROM records
    WHERE kind = 'payment'
), booked AS MATERIALIZED (
    SELECT rid, payer, payee, purpose = 'advert' AS advert, epoch_us(booked_at) AS t, book,
        (epoch(booked_at)::BIGINT + away) % 86400 = 0 AS midnight, price
    FROM payments JOIN told USING (rid) JOIN prices USING (currency, amount)
    WHERE state = 'booked' AND booked_at IS NOT NULL AND payee <> ''
), days AS (SELECT book, avg(midnight::INT) >= {_DATED} AS dated FROM booked GROUP BY book)
SELECT * FROM booked JOIN days USING (book)
"""


@dataclass(frozen=True)
class Posts:
    """Adverts, sorted by platform and time.

    Attributes:
        rid: uint64[n].
        platform, network, author, feature: int64[n], numbers of words.
        t: int64[n], microseconds.
        first: int64[platforms + 1], where the posts of each platform begin.
        platforms, networks: the words.
    """

    rid: Rids
    platform: Ints
    network: Ints
    author: Ints
    feature: Ints
    t: Ints
    first: Ints
    platforms: pa.Array
    networks: pa.Array


@dataclass(frozen=True)
class Payments:
    """Booked payments, sorted by record.

    Attributes:
        rid: uint64[n].
        payer, payee, price: int64[n], numbers of words.
        t: int64[n], microseconds.
        dated: bool[n], only the day is known.
        advert: bool[n], the text says that an advert was paid for.
        payers, payees, prices: the words; a price is a currency and an amount.
    """

    rid: Rids
    payer: Ints
    payee: Ints
    price: Ints
    t: Ints
    dated: Flags
    advert: Flags
    payers: pa.Array
    payees: pa.Array
    prices: pa.Array

    @cached_property
    def currency(self) -> Ints:
        """int64[prices], the currency of each price."""
        return numbered(pa.chunked_array([pc.list_element(pc.split_pattern(self.prices, " "), 0)]))[0]


def numbered(words: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """The number of each word among those that occur, in alphabetical order."""
    code, names = coded(words)
    return code.astype(np.int64), names


def read_posts(engine: Engine) -> Posts:
    """All adverts with a time."""
    table = engine.sql(_POSTS)
    platform, platforms = numbered(table.column("platform"))
    network, networks = numbered(table.column("network"))
    return Posts(
        table.column("rid").to_numpy(),
        platform,
        network,
        numbered(table.column("author"))[0],
        numbered(table.column("feature"))[0],
        table.column("t").to_numpy(),
        np.searchsorted(platform, np.arange(len(platforms) + 1)),
        platforms,
        networks,
    )


def read_payments(engine: Engine) -> Payments:
    """All booked payments with a time."""
    table = engine.sql(_PAYMENTS)
    rid = table.column("rid").to_numpy()
    order = np.argsort(rid)
    payer, payers = numbered(table.column("payer"))
    payee, payees = numbered(table.column("payee"))
    price, prices = numbered(table.column("price"))
    t, dated, advert = (table.column(name).to_numpy()[order] for name in ("t", "dated", "advert"))
    return Payments(
        rid[order], payer[order], payee[order], price[order], t, dated, advert, payers, payees, prices
    )  # fmt: skip
