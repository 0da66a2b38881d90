"""Which payment paid for which post, without any id that both share (Portnoff et al. 2017)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.matching.listed import price_list
from clew.trace.matching.model import match
from clew.trace.matching.named import named
from clew.trace.matching.platforms import platforms_paid
from clew.trace.matching.read import read_payments, read_posts
from clew.trace.matching.tables import payment_matches


def matching(engine: Engine) -> dict[str, pa.Table]:
    """Match payments to advert platforms with posts.

    Args:
        engine: holds the views ``records``, ``mentions``, ``ties``, ``network_members``, ``prices`` and ``payments``.

    Returns:
        PAYMENT_MATCHES, by its name.
    """
    nothing = {"payment_matches": TABLES["payment_matches"].empty_table()}
    if not engine.row("SELECT (SELECT count(*) FROM payments) > 0 AND bool_or(kind = 'ad') FROM records")[0]:
        return nothing
    payments, posts = read_payments(engine), read_posts(engine)
    if not len(payments.rid) or not len(posts.rid):
        return nothing
    prices = price_list(engine, payments, posts)
    platform = platforms_paid(engine, payments, posts, prices.fits)
    said = named(engine, payments, posts, platform)
    if not len(said.payment) and not np.any(platform >= 0):
        return nothing
    matched = match(payments, posts, platform, said, prices, engine.threads)
    return {"payment_matches": payment_matches(engine, payments, posts, prices, matched)}
