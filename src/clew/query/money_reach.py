"""The payments within reach of an account, as arrays in the order in which money can have gone through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.model.errors import InputError
from clew.query.money_kernel import Ints, order, split

MOST_PAYMENTS = 2_000_000
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """The payments around an account, in order; for following back time and direction are turned round already."""

    nodes: pa.Array
    level: Ints
    expands: Flags
    pooled: Flags
    cash: Flags
    payer: npt.NDArray[np.int32]
    payee: npt.NDArray[np.int32]
    whole: Ints
    part: Ints
    t: Ints


def reach(
    engine: Engine, account: str, back: bool, depth: int, currency: str, when: dict[str, datetime | None], pool: int
) -> Reach:
    """The accounts within reach and the payments of those that are followed through."""
    here, there = ("payee", "payer") if back else ("payer", "payee")
    cash = "cash-in" if back else "cash-out"  # a machine is a door: who draws there and who pays in are strangers
    counts = """state = 'booked' AND currency = $currency AND booked_at IS NOT NULL AND payer <> payee
        AND ($since::TIMESTAMPTZ IS NULL OR booked_at >= $since)
        AND ($until::TIMESTAMPTZ IS NULL OR booked_at < $until)"""
    given = {"currency": currency, **when}
    reached = pa.table(
        {"node": pa.array([account]), "level": pa.array([0]), "pooled": pa.array([False]), "cash": pa.array([False])}
    )
    fresh = reached
    for level in range(1, depth + 1):
        query = f"""WITH next AS (
                SELECT DISTINCT {there} AS node FROM payments SEMI JOIN (SELECT node FROM fresh WHERE NOT pooled) f
                ON f.node = {here} WHERE {counts} AND {there} <> ''),
            new AS (SELECT node FROM next ANTI JOIN reached USING (node)),
            busy AS (SELECT {there} AS node, count(DISTINCT {here}) >= {pool} AS pooled,
                bool_or(purpose = '{cash}') AS cash FROM payments SEMI JOIN new ON new.node = {there} WHERE {counts}
                GROUP BY 1)
            SELECT node, {level} AS level, pooled OR cash AS pooled, cash FROM busy ORDER BY node"""
        fresh = engine.sql(query, {"fresh": fresh, "reached": reached}, given)
        if not fresh.num_rows:
            break
        reached = pa.concat_tables([reached, fresh.cast(reached.schema)])
    level_of = reached.column("level").to_numpy()
    pooled, drawn = (reached.column(name).to_numpy() for name in ("pooled", "cash"))
    expands = (level_of < depth) & ~pooled
    through = reached.filter(pa.array(expands)).select(["node"])
    query = f"""SELECT payer, payee, amount, epoch_us(booked_at) AS t, rid FROM payments
        WHERE {counts} AND (payer IN (SELECT node FROM through) OR payee IN (SELECT node FROM through))
        LIMIT {MOST_PAYMENTS + 1}"""
    rows = engine.sql(query, {"through": through}, given)
    for name in ("fresh", "reached", "through"):
        engine.forget(name)
    if rows.num_rows > MOST_PAYMENTS:
        raise InputError(
            f"More than {MOST_PAYMENTS:,} payments lie within {depth} steps of it.",
            "Ask for fewer steps or a shorter time.",
        )
    return _coded(rows, reached.column("node").combine_chunks(), level_of, (expands, pooled, drawn), back)


def _coded(
    rows: pa.Table,
    nodes: pa.Array,
    level: Ints,
    flags: tuple[Flags, Flags, Flags],
    back: bool,
) -> Reach:
    """Number the accounts and put the payments in order. All accounts out of reach are one, the last."""
    n = len(nodes)
    ends = [
        pc.index_in(rows.column(side), nodes).fill_null(n).to_numpy().astype(np.int32) for side in ("payer", "payee")
    ]
    t = rows.column("t").to_numpy().astype(np.int64)
    whole, part = amounts(rows.column("amount"))
    at = order(t, ends[0], ends[1], rows.column("rid").to_numpy().astype(np.uint64))
    at = at[::-1] if back else at
    payer, payee = (ends[1], ends[0]) if back else (ends[0], ends[1])
    expands, pooled, cash = (np.append(flag, False) for flag in flags)
    return Reach(
        pa.concat_arrays([nodes, pa.array([""])]), np.append(level, 0), expands, pooled, cash,
        payer[at], payee[at], whole[at], part[at], t[at],
    )  # fmt: skip


def amounts(column: pa.ChunkedArray) -> tuple[Ints, Ints]:
    """Exact amounts as wholes and parts of 10^18."""
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    halves = np.frombuffer(array.buffers()[1] or b"", np.uint64).reshape(-1, 2)[
        array.offset : array.offset + len(array)
    ]
    whole, part = np.empty(len(array), np.int64), np.empty(len(array), np.int64)
    split(halves[:, 1].astype(np.int64), np.ascontiguousarray(halves[:, 0]), whole, part)
    return whole, part
