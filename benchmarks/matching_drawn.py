"""Posts and payments drawn at random, harder than the simulated world: long delays, statements that know days only.

Groups post in bursts at all hours of a day, half of them are paid for here, a third of these by accounts of which only
days are known, booked up to two days later; a third of all payments are for posts that nobody captured.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import RECORDS, TABLES
from clew.trace.matching import matching

DAY = 86_400_000_000
DAYS, PLATFORMS = 180, 24
START = 20_000 * DAY


def tables(posts: int, seed: int) -> tuple[dict[str, pa.Table], set[tuple[int, int]], np.ndarray]:
    """The tables, the true pairs, and which payments are dated only."""
    draw = np.random.default_rng(seed)
    sizes = (1 + draw.pareto(1.1, posts) * 3).clip(max=3000).astype(np.int64)
    group = np.repeat(np.arange(posts), sizes)[:posts]
    groups = int(group.max()) + 1
    span = np.minimum(DAYS, 8 + draw.random(groups) * (DAYS - 8))
    t = _times(draw, draw.random(groups)[group] * (DAYS - span)[group] + draw.random(posts) * span[group])
    burst = np.flatnonzero((draw.random(posts - 1) < 0.3) & (group[1:] == group[:-1])) + 1
    for at in burst.tolist():
        t[at] = t[at - 1] + int(draw.exponential(1_200_000_000))
    weight = 1 / np.arange(1, PLATFORMS + 1) ** 0.8
    usual = draw.choice(PLATFORMS, (groups, 3), p=weight / weight.sum())
    platform = usual[group, draw.integers(0, 3, posts)]
    promoted = draw.random(posts) < 0.1
    price = (5 + draw.random(PLATFORMS) * 40).round(2)
    paid = np.flatnonzero((draw.random(groups) < 0.5)[group] & (draw.random(posts) < 0.9))
    dated = (draw.random(groups) < 0.3)[group[paid]]
    when = t[paid] - (np.exp(draw.normal(np.log(600), 1.2, len(paid))) * 1e6).astype(np.int64)
    when = np.where(dated, (when // DAY + draw.choice(3, len(paid), p=[0.6, 0.3, 0.1])) * DAY, when)
    elsewhere = len(paid) // 2
    other = draw.integers(0, PLATFORMS, elsewhere)
    payer = np.append(group[paid] * 2 + (draw.random(len(paid)) < 0.15), 10**9 + draw.integers(0, groups, elsewhere))
    to = np.append(platform[paid], other)
    booked = np.append(when, _times(draw, draw.random(elsewhere) * DAYS))
    amount = np.append(price[platform[paid]] * np.where(promoted[paid], 2, 1), price[other])
    only_days = np.append(dated, np.zeros(elsewhere, np.bool_))
    rid = draw.permutation(np.arange(1, posts + len(to) + 1)).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    posted = {"platform": platform, "t": t, "promoted": promoted, "handle": group * 3 + draw.integers(0, 3, posts)}
    made = _tables(rid, posted, {"payer": payer, "to": to, "t": booked, "amount": amount, "dated": only_days})
    made["network_members"] = pa.table(
        [rid[:posts], np.char.add("N", group.astype(str))], schema=TABLES["network_members"]
    )
    return made, set(zip(rid[posts : posts + len(paid)].tolist(), rid[paid].tolist(), strict=True)), only_days


def _times(draw: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """A time of some day, in the afternoon rather than at night."""
    hour = np.clip(draw.normal(15, 4, len(day)), 0, 23.9)
    return START + ((np.floor(day) + hour / 24) * DAY).astype(np.int64)


def _tables(rid: np.ndarray, posts: dict[str, np.ndarray], paid: dict[str, np.ndarray]) -> dict[str, pa.Table]:
    n, m = len(posts["t"]), len(paid["t"])
    names = np.array([f"zor{chr(97 + k)}lomarket" for k in range(PLATFORMS)])
    at = pa.array(np.append(posts["t"], paid["t"])).cast(pa.timestamp("us", tz="UTC"))
    ids = np.char.add("r", np.arange(n + m).astype(str))
    said = {
        "rid": rid, "record_id": ids, "item_id": ids, "version": np.ones(n + m, np.int32),
        "kind": np.repeat(["ad", "payment"], [n, m]), "file": np.repeat("f", n + m), "line": np.arange(n + m),
        "source": np.append(np.repeat("posts", n), np.where(paid["dated"], "statement", "ledger")),
        "platform": np.append(names[posts["platform"]], np.repeat("bank", m)), "posted_at": at,
        "extra": np.append(np.where(posts["promoted"], '{"promoted":true}', '{"promoted":false}'), np.repeat("{}", m)),
        "handle": np.append(np.char.add("h", posts["handle"].astype(str)), np.repeat("", m)),
    }  # fmt: skip
    given = {
        "rid": rid[n:], "payer": np.char.add("account:number:", paid["payer"].astype(str)),
        "payee": np.char.add("account:number:P", paid["to"].astype(str)), "payer_name": np.repeat("", m),
        "payee_name": np.char.add(names[paid["to"]], " bv"), "currency": np.repeat("EUR", m), "booked_at": at[n:],
        "amount": pa.array(paid["amount"].round(2)).cast(pa.decimal128(12, 2)).cast(pa.decimal128(38, 18)),
        "purpose": np.repeat("advert", m), "state": np.repeat("booked", m),
    }  # fmt: skip
    made = {name: TABLES[name].empty_table() for name in ("ties", "mentions", "prices")}
    for name, schema, columns, rows in (
        ("records", RECORDS, said, n + m), ("payments", TABLES["payments"], given, m),
    ):  # fmt: skip
        made[name] = pa.table(
            [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(rows, f.type) for f in schema],
            schema=schema,
        )
    return made


def drawn(folder: Path, posts: int, seed: int) -> None:
    """Print precision, recall and time."""
    given, true, dated = tables(posts, seed)
    payments = given["payments"].num_rows
    with Engine(folder, 1.5) as engine:
        engine.register(given)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        started, clock = time.process_time(), time.perf_counter()
        found = matching(engine)["payment_matches"]
        spent, passed = time.process_time() - started, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\ndrawn at random: {posts:,} posts, {payments:,} payments to platforms, {len(true):,} true pairs, "
          f"{dated.mean():.0%} dated only; {spent:.1f} s of processor time ({passed:.0f} s), "
          f"{peak} MB at most ({before} before)")  # fmt: skip
    pairs = zip(found.column("rid_payment").to_pylist(), found.column("rid_record").to_pylist(), strict=True)
    right = np.array([pair in true for pair in pairs])
    score = found.column("score").to_numpy()
    for least in (0.1, 0.5, 0.8, 0.9, 0.95):
        said = score >= least
        print(f"  at {least}: precision {right[said].mean():.3f}, recall {right[said].sum() / len(true):.3f}, "
              f"said {score[said].mean():.3f}")  # fmt: skip
