"""Adverts matched with payments that share no id with them, on simulated worlds and on posts drawn at random.

    python -m benchmarks.matching [--seed 12] [--ads 20000] [--payments 40000] [--drawn 1000000] [--folder F]
    python -m benchmarks.matching --lists

``--lists`` matches the world without and with the price list of its platforms: as it is, with payees and texts that
name no platform, and of these the payments of one payer in twenty alone.

Precision and recall are of pairs of a payment and a post. A pair of a payer and an operation is true if one of the
payer's payments paid for one of its posts; its score is the probability that any did, by the matches. Seeds 11 and 1
were used while the method was made; do not report these.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.matching_drawn import drawn
from benchmarks.metrics import auc, brier, calibration_error, wilson
from benchmarks.traced import made, timed
from clew.access.roles import alone
from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.pipeline.price import price
from clew.store.workspace import Workspace
from clew.trace.matching import matching

THRESHOLDS = (0.1, 0.3, 0.5, 0.8, 0.9, 0.95)
_TRUE = r"""
CREATE OR REPLACE TEMP TABLE told AS SELECT r.rid, t.* FROM true_payments t JOIN records r USING (native_id)
SEMI JOIN payments p ON p.rid = r.rid
WHERE r.kind = 'payment' AND t.state = 'booked'
UNION ALL SELECT r.rid, t.* FROM true_payments t
JOIN records r ON regexp_extract(extra, '"tx":"(\w+)"', 1) = t.native_id
SEMI JOIN (FROM payments WHERE state = 'booked') p ON p.rid = r.rid
WHERE r.kind = 'payment' AND r.native_id IS NULL AND t.state = 'booked';
CREATE OR REPLACE TEMP TABLE pairs AS
SELECT t.rid AS rid_payment, r.rid AS rid_record, t.flow FROM told t, unnest(ads) u(ad)
JOIN records r ON r.native_id = ad AND r.kind = 'ad' AND r.version = 1 AND r.platform = t.platform;
CREATE OR REPLACE TEMP TABLE got AS
SELECT m.*, p.rid_record IS NOT NULL AS ok, coalesce(p.flow, '') AS flow
FROM payment_matches m LEFT JOIN pairs p USING (rid_payment, rid_record)
"""
# The truth and what was found of each payer and operation.
_COUPLES = """
WITH op AS (
    SELECT r.rid, t.operation FROM records r JOIN true_records t USING (native_id, platform, version)
    WHERE r.kind = 'ad'
), true_couples AS (
    SELECT p.payer, o.operation, count(DISTINCT rid_payment) AS posts
    FROM pairs JOIN payments p ON p.rid = rid_payment JOIN op o ON o.rid = rid_record GROUP BY ALL
), found AS (
    SELECT payer, operation, 1 - exp(sum(ln(1 - least(score, 0.9999)))) AS score
    FROM payment_matches JOIN op ON rid = rid_record GROUP BY ALL
)
SELECT coalesce(t.posts, 0) AS posts, coalesce(f.score, 0) AS score, t.posts IS NOT NULL AS true
FROM true_couples t FULL JOIN found f USING (payer, operation)
"""

# The same payments to accounts of numbers alone, with no text.
_NAMELESS = """
CREATE TABLE nameless_payments AS SELECT * REPLACE ('' AS payee_name,
    if(payee LIKE 'name:%', 'account:number:' || hash(payee), payee) AS payee) FROM payments;
CREATE TABLE few_payments AS FROM nameless_payments WHERE hash(payer) % 20 = 0;
CREATE TABLE nameless_records AS SELECT * REPLACE (if(kind = 'payment', NULL, body) AS body) FROM records
"""


def pairs(engine: Engine) -> None:
    """Print precision, recall and calibration of payments and posts."""
    for query in _TRUE.split(";"):
        engine.run(query)
    kinds = engine.rows("SELECT flow, count(*) AS n FROM pairs GROUP BY flow ORDER BY flow")
    ((asked, known),) = [tuple(r.values()) for r in engine.rows(
        "SELECT count(*) FILTER (flow LIKE 'advert%' OR flow = 'other-customer') AS a, "
        "count(*) FILTER (flow LIKE 'advert-%' AND len(ads) > 0) AS b FROM told")]  # fmt: skip
    print(f"{asked:,} payments to platforms, {known:,} of them for posts that are there; pairs: "
          + ", ".join(f"{r['flow']} {r['n']:,}" for r in kinds))  # fmt: skip
    posts = "SELECT DISTINCT rid_payment, rid_record FROM pairs WHERE flow = 'advert-post'"
    (total,) = engine.row(f"SELECT count(*) FROM ({posts})")
    print(f"{'score':>7}{'found':>9}{'precision':>11}{'95 %':>17}{'recall':>9}{'said':>8}")
    for least in THRESHOLDS:
        n, right, hit, said = engine.row(
            f"SELECT count(*), count(*) FILTER (ok), count(*) FILTER ((rid_payment, rid_record) IN ({posts})), "
            f"avg(score) FROM got WHERE score >= {least}"
        )
        low, high = wilson(right, n)
        print(
            f"{least:7.2f}{n:9,}{right / max(n, 1):11.3f}   [{low:.3f}, {high:.3f}]{hit / total:9.3f}{said or 0:8.3f}"
        )
    table = engine.sql("SELECT score, ok FROM got")
    score, right = table.column("score").to_numpy(), table.column("ok").to_numpy()
    print(f"Brier {brier(score, right):.3f}, calibration error {calibration_error(score, right):.3f}")


def with_lists(engine: Engine, world: Path, folder: Path) -> None:
    """Match without and with the price list, where platforms are named and where nothing names them; print each."""
    place = Workspace.create(folder / "lists")
    price(place, world / "prices.csv", "prices.csv", actor=alone("benchmark", "command line"))
    engine.run(_NAMELESS)
    views = {
        "named": ("payments", "records"),
        "nameless": ("nameless_payments", "nameless_records"),
        "nameless, books of one payer in twenty": ("few_payments", "nameless_records"),
    }
    tables = {name: engine.sql(f"FROM {name}") for names in views.values() for name in names}
    for told, (paid, said) in views.items():
        engine.register({"payments": tables[paid], "records": tables[said]})
        for listed in (False, True):
            engine.register({"prices": place.paths("prices") if listed else TABLES["prices"].empty_table()})
            print(f"\nplatforms {told}, {'with' if listed else 'without'} their price list")
            timed(engine, "matching", matching)
            pairs(engine)


def by_posts(engine: Engine) -> None:
    """Print precision and recall at one half, by how many posts of the payer are there."""
    print("posts per payer: precision and recall of pairs at 0.5")
    for low, high in ((1, 1), (2, 2), (3, 5), (6, 10), (11, 30), (31, 10**9)):
        n, right, hit, total = engine.row(
            f"""WITH sizes AS (SELECT payer FROM pairs JOIN payments p ON p.rid = rid_payment WHERE flow = 'advert-post'
                GROUP BY payer HAVING count(*) BETWEEN {low} AND {high})
            SELECT (SELECT count(*) FROM got SEMI JOIN sizes USING (payer) WHERE score >= 0.5),
                (SELECT count(*) FROM got SEMI JOIN sizes USING (payer) WHERE score >= 0.5 AND ok),
                (SELECT count(*) FROM got SEMI JOIN sizes USING (payer) WHERE score >= 0.5 AND flow = 'advert-post'),
                (SELECT count(*) FROM pairs JOIN payments p ON p.rid = rid_payment SEMI JOIN sizes USING (payer)
                 WHERE flow = 'advert-post')"""
        )
        if total:
            label = f"{low}" if low == high else f"{low} or more" if high > 10**8 else f"{low} to {high}"
            print(f"  {label:12} {right / max(n, 1):.3f} {hit / total:.3f} ({total:,} pairs)")


def couples(engine: Engine) -> None:
    """Print how well payers and operations are told apart."""
    table = engine.sql(_COUPLES)
    score, true = table.column("score").to_numpy(), table.column("true").to_numpy()
    (payers,) = engine.row("SELECT count(DISTINCT payer) FROM payments WHERE purpose = 'advert' AND state = 'booked'")
    (operations,) = engine.row("SELECT count(DISTINCT operation) FROM true_records")
    rest = payers * operations - len(true)  # pairs that nobody named, neither truth nor Clew
    everything = np.concatenate([score, np.zeros(rest)])
    label = np.concatenate([true, np.zeros(rest, np.bool_)])
    area = auc(everything, label)
    print(f"payers and operations: {payers:,} x {operations:,}, {true.sum():,} true pairs; AUC {area:.4f}")
    for least in (0.5, 0.9):
        said = score >= least
        print(f"  at {least}: true {true[said].sum() / true.sum():.3f}, precision {true[said].mean():.3f}, "
              f"false {(~true[said]).sum() / (payers * operations):.6f} of all pairs")  # fmt: skip
    several = table.column("posts").to_numpy() >= 3
    for name, some in (("all", true), ("payers of three posts or more", true & several)):
        wrong = np.sort(score[~true])[::-1]
        limit = wrong[min(int(0.01 * max(len(wrong), 1)), len(wrong) - 1)] if len(wrong) else 0.0
        print(f"  {name}: true rate at 1 % false of all pairs {(score[some] > 0).mean():.3f}; at 1 % false of the "
              f"{len(wrong):,} wrong pairs that were named {(score[some] > limit).mean():.3f}")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--payments", type=int, default=40_000)
    parser.add_argument("--conversations", type=int, default=100)
    parser.add_argument("--drawn", type=int, default=100_000, help="posts drawn at random; 0: none")
    parser.add_argument("--lists", action="store_true", help="without and with the price list of the platforms")
    parser.add_argument("--folder", type=Path, help="keep the world there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if given.ads:
            engine, world = made(folder, given.seed, given.ads, given.payments, given.conversations)
            with engine:
                if given.lists:
                    with_lists(engine, world, Path(temporary))
                    return
                pairs(engine)
                by_posts(engine)
                couples(engine)
        if given.drawn:
            drawn(folder, given.drawn, given.seed)


if __name__ == "__main__":
    main()
