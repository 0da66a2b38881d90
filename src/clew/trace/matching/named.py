"""Payments whose own text names the advert: its id on the platform, or the number or account that it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.trace.matching.read import HOUR, Ints, Payments, Posts, Rids

NOTHING, IDENTIFIER, NUMBER = 0, 1, 2  # what of the post a text names; NUMBER: the advert's own id
ODDS = np.array([1.0, 300.0, 1e6])  # that a text names by chance what a post nearby shows: one in so many
_LETTERS = 7  # of an advert's id, so that no date or amount is taken for one
_SHARED = 2_000  # an identifier of more adverts names none of them
_NEAR = 96 * HOUR
_MOST = 8  # adverts that show the number a payment names, nearest in time

# An id has a figure in it: few texts hold a word so long with one.
_LIKELY = "|".join(f"\\S{{{k}}}[0-9]\\S{{{_LETTERS - 1 - k}}}" for k in range(_LETTERS))
_NATIVE = f"""
WITH texts AS (
    SELECT rid, concat_ws(' ', body, regexp_extract(extra, '"reference":"([^"\\\\]*)"', 1)) AS text
    FROM records WHERE kind = 'payment'
), words AS (
    SELECT rid, unnest(list_distinct(regexp_extract_all(text, '[\\pL\\pN_-]{{{_LETTERS},40}}'))) AS word
    FROM texts WHERE regexp_matches(text, '{_LIKELY}')
), ids AS (
    SELECT native_id AS word, rid AS post FROM records SEMI JOIN posts USING (rid)
    WHERE length(native_id) >= {_LETTERS} AND regexp_matches(native_id, '[0-9]')
)
SELECT DISTINCT rid, post FROM words JOIN ids USING (word) SEMI JOIN paid USING (rid) ORDER BY rid, post
"""
_SHOWN = f"""
WITH said AS (
    SELECT DISTINCT rid, type::VARCHAR AS type, value, t FROM mentions JOIN paid USING (rid)
    WHERE type IN ('phone', 'email', 'handle', 'url') AND field::VARCHAR NOT IN ('payer', 'payee')
), shown AS (
    SELECT type, value, k.rid AS post, p.t AS posted FROM ties k JOIN posts p USING (rid)
    WHERE (type, value) IN (SELECT type, value FROM said)
    QUALIFY count(*) OVER (PARTITION BY type, value) <= {_SHARED}
)
SELECT DISTINCT rid, post FROM said JOIN shown USING (type, value) WHERE abs(posted - t) <= {_NEAR}
QUALIFY row_number() OVER (PARTITION BY rid ORDER BY abs(posted - t), post) <= {_MOST}
ORDER BY rid, post
"""


@dataclass(frozen=True)
class Named:
    """Pairs of a payment and a post that its text names; rows of both, and what is named."""

    payment: Ints
    post: Ints
    what: Ints


def named(engine: Engine, payments: Payments, posts: Posts, platform: Ints) -> Named:
    """What texts of payments name.

    Args:
        engine: holds the views ``records``, ``mentions`` and ``ties``.
        payments: all.
        posts: all.
        platform: int64[payments], that was paid; a number in the text counts only where one is known.
    """
    paid = pa.table({"rid": payments.rid, "t": payments.t})
    try:
        engine.register({"posts": pa.table({"rid": posts.rid, "t": posts.t}), "paid": paid})
        native = engine.sql(_NATIVE)
        engine.register({"paid": paid.filter(pa.array(platform >= 0))})
        shown = engine.sql(_SHOWN)
    finally:
        engine.forget("posts")
        engine.forget("paid")
    by_rid = np.argsort(posts.rid)
    rows, at, what = [], [], []
    for table, kind in ((native, NUMBER), (shown, IDENTIFIER)):
        rows.append(np.searchsorted(payments.rid, table.column("rid").to_numpy()))
        at.append(by_rid[_find(posts.rid[by_rid], table.column("post").to_numpy())])
        what.append(np.full(table.num_rows, kind))
    payment, post, kind_of = np.concatenate(rows), np.concatenate(at), np.concatenate(what)
    elsewhere = (platform[payment] >= 0) & (platform[payment] != posts.platform[post])
    kept = np.flatnonzero(~elsewhere)
    order = kept[np.lexsort((-kind_of[kept], post[kept], payment[kept]))]
    payment, post, kind_of = payment[order], post[order], kind_of[order]
    once = np.append(True, (payment[1:] != payment[:-1]) | (post[1:] != post[:-1]))[: len(order)]
    return Named(payment[once], post[once], kind_of[once])


def _find(rids: Rids, wanted: Rids) -> Ints:
    return np.searchsorted(rids, wanted).astype(np.int64)
