"""Whom do false alarms fall on? By language, by country of the places that are mentioned, by sector.

    python -m benchmarks.bias [--conversations 4000] [--offers 6000] [--seed 401]

Counted are offers and chats in which there is nothing to find, of a simulated world; there, neither language nor place
nor sector has anything to do with exploitation, so that a difference is Clew's. A false alarm is: of a chat, a stage or
the danger flag; of an offer, two indicators or more, and, apart, a priority among the highest tenth of all offers. Real
offers (EMSCAD, where it lies beside the project): good ones to which the learned score gives more than one half, by
cross-validation; there a difference may also come from the offers.

A group is listed where its rate differs from that of all others beyond chance: Fisher's exact test, corrected by Holm
over all groups of at least 20 of the whole report. Chance of the table as a whole: chi-square, 2,000 permutations. Two
texts of one author are taken as independent, which they are not quite: small differences may be listed wrongly.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import fisher_exact

from benchmarks.metrics import wilson
from benchmarks.offers import FILE, crossed, explained, folds
from benchmarks.offers import read as read_offers
from benchmarks.recruited import World, made

FEWEST = 20
SURE = 0.05


@dataclass(frozen=True)
class Question:
    """One table: the things asked about, each with its groups (none, one or several) and whether it is an alarm."""

    name: str
    groups: list[list[str]]
    alarm: list[bool]


@dataclass(frozen=True)
class Group:
    """Alarms and number of those in a group and of the others, and how likely by chance."""

    question: str
    name: str
    hits: int
    of: int
    rest_hits: int
    rest: int
    chance: float


def split(question: Question) -> list[Group]:
    """The groups that are large enough, the largest first."""
    members: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(question.groups):
        for name in set(names):
            members[name].append(row)
    alarm = np.array(question.alarm, bool)
    out = []
    for name, rows in sorted(members.items(), key=lambda e: (-len(e[1]), e[0])):
        rest = len(alarm) - len(rows)
        if len(rows) < FEWEST or rest < FEWEST:
            continue
        hits = int(alarm[rows].sum())
        others = int(alarm.sum()) - hits
        chance = fisher_exact([[hits, len(rows) - hits], [others, rest - others]]).pvalue
        out.append(Group(question.name, name, hits, len(rows), others, rest, float(chance)))
    return out


def holm(chances: list[float]) -> list[float]:
    """The same chances corrected for how many were tried. Source: Holm 1979."""
    order = np.argsort(chances, kind="stable")
    steps = np.asarray(chances)[order] * np.arange(len(chances), 0, -1)
    out = np.empty(len(chances))
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return out.tolist()


def whole(question: Question, groups: list[Group], times: int = 2000) -> float:
    """How often alarms dealt out at random differ as much between the groups."""
    names = [g.name for g in groups]
    if not names or not 0 < sum(question.alarm) < len(question.alarm):
        return 1.0
    member = np.array([[name in listed for name in names] for listed in question.groups], float).reshape(-1, len(names))
    alarm = np.array(question.alarm, float)
    size, share = member.sum(axis=0), alarm.mean()

    def differ(dealt: np.ndarray) -> np.ndarray:
        return ((member.T @ dealt - (size * share)[:, None]) ** 2 / (size * share * (1 - share))[:, None]).sum(axis=0)

    chance = np.random.default_rng(1)
    dealt = np.stack([chance.permutation(alarm) for _ in range(times)], axis=1)
    return float((1 + (differ(dealt) >= differ(alarm[:, None])[0] - 1e-9).sum()) / (times + 1))


_CHATS = """
SELECT t.language, c.danger OR len(c.stages) > 0 AS alarm, p.countries
FROM true_conversations t JOIN conversations c ON c.conversation_id = t.conversation
LEFT JOIN (SELECT r.conversation, list(DISTINCT right(m.value, 2)) AS countries FROM mentions m
    JOIN records r USING (rid) WHERE m.type = 'place' AND m.field = 'body' GROUP BY 1) p
    ON p.conversation = t.conversation
WHERE NOT t.exploitation ORDER BY t.conversation
"""
_OFFERS = """
WITH findings_of AS (
    SELECT subject, count(DISTINCT indicator) AS n FROM findings WHERE subject_kind = 'record' GROUP BY 1
), places AS (
    SELECT rid, list(DISTINCT right(value, 2)) AS countries FROM mentions
    WHERE type = 'place' AND field <> 'place' GROUP BY 1
), high AS (
    SELECT quantile_cont(priority, 0.9) AS least FROM record_scores JOIN records USING (rid) WHERE kind = 'job_ad'
)
SELECT t.language, t.sector, p.countries, coalesce(f.n, 0) >= 2, coalesce(s.priority, 0) > (SELECT least FROM high)
FROM true_offers t JOIN records r USING (native_id, platform)
LEFT JOIN findings_of f ON f.subject = r.record_id LEFT JOIN places p ON p.rid = r.rid
LEFT JOIN record_scores s ON s.rid = r.rid
WHERE t.kind = 'ordinary' ORDER BY t.native_id, t.platform
"""


def of_world(world: World) -> list[Question]:
    """The questions that a simulated world answers."""
    chats, offers = world.rows(_CHATS), world.rows(_OFFERS)
    alarm = [bool(row[1]) for row in chats]
    two, high = [bool(row[3]) for row in offers], [bool(row[4]) for row in offers]
    language, sector, places = (
        [[row[0]] for row in offers],
        [[row[1]] for row in offers],
        [row[2] or [] for row in offers],
    )
    return [
        Question("chats by language", [[row[0]] for row in chats], alarm),
        Question("chats by country of places mentioned", [row[2] or [] for row in chats], alarm),
        Question("offers by language, two indicators", language, two),
        Question("offers by language, highest tenth", language, high),
        Question("offers by country of places mentioned, two indicators", places, two),
        Question("offers by country of places mentioned, highest tenth", places, high),
        Question("offers by sector, two indicators", sector, two),
        Question("offers by sector, highest tenth", sector, high),
    ]


def of_real() -> list[Question]:
    """The questions that real offers answer; none where they are missing."""
    if not FILE.exists():
        print(f"skipped: there is no {FILE.name} in {FILE.parent}")
        return []
    offers = read_offers()
    chance = crossed(explained(offers), folds(offers, 0))
    good = np.flatnonzero(~offers.bad)
    alarm = [bool(chance[k] > 0.5) for k in good]
    rows = [offers.rows[k] for k in good]
    return [
        Question("real offers by country", [[row["location"][:2]] if row["location"] else [] for row in rows], alarm),
        Question("real offers by sector", [[row["industry"]] if row["industry"] else [] for row in rows], alarm),
    ]


def report(questions: list[Question]) -> None:
    """Print every table, then what differs beyond chance."""
    tables = [split(question) for question in questions]
    every = [group for table in tables for group in table]
    sure = dict(zip(map(id, every), holm([group.chance for group in every]), strict=True))
    for question, table in zip(questions, tables, strict=True):
        alarms = sum(question.alarm)
        print(f"\n{question.name}: {alarms} false alarms of {len(question.alarm):,}; "
              f"as uneven by chance: p = {whole(question, table):.4f}")  # fmt: skip
        for g in table:
            low, high = wilson(g.hits, g.of)
            mark = " *" if sure[id(g)] < SURE else ""
            print(f"  {g.name:32}{g.hits:5} of {g.of:5}  {g.hits / g.of:.3f} [{low:.3f}, {high:.3f}]{mark}")
    print(f"\nbeyond chance (p < {SURE} after Holm's correction over {len(every)} groups):")
    print("| where | group | false alarms | rate | rate of the others | p |\n| --- | --- | --- | --- | --- | --- |")
    for g in sorted(every, key=lambda g: g.chance):
        if sure[id(g)] < SURE:
            print(f"| {g.question} | {g.name} | {g.hits} of {g.of} | {g.hits / g.of:.3f} "
                  f"| {g.rest_hits / g.rest:.3f} | {sure[id(g)]:.2g} |")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=4000)
    parser.add_argument("--offers", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=401)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        questions = of_world(made(Path(folder), given.conversations, given.offers, given.seed))
    report(questions + of_real())


if __name__ == "__main__":
    main()
