"""PAYMENT_MATCHES: the pairs worth showing, the chance of such a coincidence, and why, in a sentence."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.matching.delays import DATED, EDGES, WIDTHS
from clew.trace.matching.listed import NO_LIST, PriceList
from clew.trace.matching.model import Matched, Pairs, both
from clew.trace.matching.named import NOTHING, NUMBER
from clew.trace.matching.read import Flags, Floats, Ints, Payments, Posts

LEAST = 0.1  # probability of a row
_MOST = 0.995  # that rests on times alone; a text that names the advert may be surer

_MATCHES = """
WITH said AS (
    SELECT m.*, (m.posted - m.paid) / 6e7 AS minutes,
        CASE WHEN what = 2 THEN 'The text of the payment names this advert by its id. '
             WHEN what = 1 THEN 'The text of the payment names what this advert shows. ' ELSE '' END AS lead,
        CASE WHEN times = 1 THEN 'the platform''s ' || listed
            ELSE split_part(price, ' ', 2) || ' ' || split_part(price, ' ', 1) || CASE
                WHEN times > 1 THEN ', ' || times || ' times the platform''s ' || listed || ','
                WHEN times = 0 THEN ' (no price of its list)' ELSE '' END
            END || ' to ' || platform AS paid_for
    FROM found m
)
SELECT rid_payment, rid_record, score::FLOAT AS score, chance, n.network_id, payer,
    lead || 'Paid ' || paid_for || CASE
        WHEN dated THEN ', booked ' || CASE WHEN minutes >= -1440 AND minutes < 1440 THEN 'within a day of this post'
            ELSE round(abs(minutes) / 1440)::INT || ' days ' || if(minutes < 0, 'after', 'before') || ' this post' END
        WHEN abs(minutes) < 120 THEN ' ' || greatest(round(abs(minutes))::INT, 1)
            || if(abs(minutes) < 1.5, ' minute ', ' minutes ')
            || if(minutes < 0, 'after', 'before') || ' this post'
        ELSE ' ' || round(abs(minutes) / 60)::INT || ' hours ' || if(minutes < 0, 'after', 'before') || ' this post'
        END
    || '; ' || hits || ' of ' || payments || ' such payments of this payer stand beside posts of this '
    || if(n.network_id IS NULL, 'advert', 'network') || ', where chance gives ' || round(expected, 1) || '; '
    || CASE WHEN rivals = 0 THEN 'no other post fits' WHEN rivals = 1 THEN 'one other post fits'
       ELSE rivals || ' other posts fit' END || ' this payment.' AS reason
FROM said LEFT JOIN network_members n ON n.rid = rid_record
ORDER BY rid_payment, score DESC, rid_record
"""


def payment_matches(engine: Engine, payments: Payments, posts: Posts, prices: PriceList, matched: Matched) -> pa.Table:
    """PAYMENT_MATCHES, sorted by payment and score.

    Args:
        engine: holds the view ``network_members``.
        payments: all.
        posts: all.
        prices: what platforms ask for, as far as somebody knows.
        matched: what was found.
    """
    pairs = matched.pairs
    chosen = np.flatnonzero(pairs.score >= LEAST)
    of, at = pairs.payment[chosen], pairs.post[chosen]
    hits, of_payer, expected, chance = _coincidence(payments, posts, matched, chosen)
    rivals = np.bincount(pairs.payment, pairs.score >= 0.02, len(payments.rid))[of] - 1
    score = np.where(pairs.what[chosen] == NOTHING, np.minimum(pairs.score[chosen], _MOST), pairs.score[chosen])
    # The line of the list that a payment is of, and how many times: 0 for a price that is not there, -1 without a list.
    row = np.where(matched.listed[of] >= 0, matched.listed[of], len(prices.entry))
    entry = np.append(prices.entry, len(prices.told))[row]
    times = np.where(matched.listed[of] == NO_LIST, -1, np.append(prices.times, 0)[row])
    found = pa.table(
        {
            "rid_payment": payments.rid[of],
            "rid_record": posts.rid[at],
            "score": score,
            "chance": np.where(pairs.what[chosen] == NUMBER, np.minimum(chance, 1e-6), chance),
            "payer": payments.payers.take(pa.array(payments.payer[of])),
            "price": payments.prices.take(pa.array(payments.price[of])),
            "listed": pa.array([*prices.told, ""], pa.string()).take(pa.array(entry)),
            "times": times,
            "platform": posts.platforms.take(pa.array(posts.platform[at])),
            "paid": payments.t[of],
            "posted": posts.t[at],
            "dated": payments.dated[of],
            "what": pairs.what[chosen],
            "hits": hits,
            "payments": of_payer,
            "expected": expected,
            "rivals": rivals.astype(np.int64),
        }
    )
    try:
        engine.register({"found": found})
        return engine.sql(_MATCHES).cast(TABLES["payment_matches"])
    finally:
        engine.forget("found")


def _coincidence(payments: Payments, posts: Posts, matched: Matched, chosen: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    """Of each chosen pair's payer and network: payments beside its posts, payments, those expected by chance, chance.

    The chance is that of so many such payments, for any of the networks of the platform.
    """
    from scipy.special import pdtrc  # takes half a second to load, and only payments need it

    pairs = matched.pairs
    kind = np.where(payments.dated, DATED, 1 - DATED)[pairs.payment]
    beside = _beside(payments, posts, matched, kind)
    moment = 1.0 - np.exp(-matched.share * matched.rate[pairs.post] * matched.delays.usual()[kind])
    count = int(pairs.network.max(initial=-1)) + 1
    hits = np.bincount(pairs.network[_once(pairs, np.flatnonzero(beside))], minlength=count)
    mean = np.bincount(pairs.network, moment * pairs.score, count) / np.maximum(
        np.bincount(pairs.network, pairs.score, count), 1e-9
    )
    of_payer = np.bincount(payments.payer[matched.paid], minlength=len(payments.payers))
    mine = of_payer[payments.payer[pairs.payment[chosen]]]
    key = pairs.network[chosen]
    expected = mine * mean[key]
    pool = both(posts.platform, posts.network)[0] // (int(posts.network.max(initial=0)) + 1)
    networks = np.bincount(pool, minlength=len(posts.platforms))[posts.platform[pairs.post[chosen]]]
    # As many or more by the law of Poisson.
    tail = np.where(hits[key] > 0, pdtrc(np.maximum(hits[key] - 1, 0), expected), 1.0)
    return hits[key], mine, expected, np.minimum(tail * networks, 1.0)


def _beside(payments: Payments, posts: Posts, matched: Matched, kind: Ints) -> Flags:
    """Which pairs lie among the delays that hold most true ones."""
    density, usual = matched.delays.density, matched.delays.usual()
    at = np.searchsorted(EDGES, posts.t[matched.pairs.post] - payments.t[matched.pairs.payment], "right") - 1
    inside = (at >= 0) & (at < len(WIDTHS))
    thick = np.zeros(density.shape, np.bool_)
    for k in range(2):
        order = np.argsort(-density[k], kind="stable")
        thick[k, order[np.cumsum(WIDTHS[order]) <= usual[k] * 1.000001]] = True
    flags: Flags = inside & thick[kind, np.clip(at, 0, len(WIDTHS) - 1)]
    return flags


def _once(pairs: Pairs, chosen: Ints) -> Ints:
    """Of the chosen pairs, the first of each payment with each network: a payment is counted once."""
    key = pairs.payment[chosen] * (int(pairs.network.max(initial=0)) + 1) + pairs.network[chosen]
    return chosen[np.unique(key, return_index=True)[1]]
