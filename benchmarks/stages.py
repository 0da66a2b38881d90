"""Stages of grooming and control, who controls whom, and present danger, found in simulated chats.

    python -m benchmarks.stages [--conversations 6000] [--offers 2500] [--seed 301] [--worst 3]

Two worlds: with Clew's own sentences, which the authors of the lexicons may look at; and with held-out ones that
somebody else wrote (benchmarks/heldout/talk), of which only totals are shown. F1 of a stage counts conversations (and,
by actor, pairs of a conversation and who is at it); macro-F1 is the mean over stages. Ordinary chats count: a stage
found there is wrong. Chats that tell of what happened to somebody else have no stages of their own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.mails import real_mails
from benchmarks.metrics import wilson
from benchmarks.recruited import HELDOUT, SAID, World, made, read_perfectly

# What stands for a stage in the truth and in what was found: conversation, actor, stage.
_TRUE = "SELECT DISTINCT conversation, actor, stage FROM true_stages"
_FOUND = "SELECT DISTINCT conversation_id, actor, stage FROM stages"
# Indicators that one message shows by what it says, and its sense.
_SAYS = {
    "threat-harm": "threat-harm",
    "plea": "plea",
    "confinement": "confinement",
    "earnings-reports": "earnings-report",
    "fee-upfront": "fee-upfront",
}
_SAYING = "SELECT DISTINCT subject FROM findings WHERE subject_kind = 'record' AND indicator = ?"

Entry = tuple[str, str, str]


class Tally:
    """Right, wrongly found and missed, by stage."""

    def __init__(self, true: set, found: set) -> None:
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for entry in true | found:
            self.counts[entry[-1]][(entry in found) + 2 * (entry in true) - 1] += 1  # wrong, missed, right

    def row(self, stage: str) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        wrong, missed, right = self.counts[stage]
        precision = right / (right + wrong) if right + wrong else 0.0
        recall = right / (right + missed) if right + missed else 0.0
        return precision, recall, 2 * right / (2 * right + wrong + missed)

    def macro(self) -> float:
        """Mean F1 over the stages that occur in the truth."""
        scores = [self.row(stage)[2] for stage, (_, missed, right) in self.counts.items() if missed + right]
        return sum(scores) / len(scores) if scores else 0.0


def stage_figures(world: World) -> None:
    """Print the stages: each, together, by language."""
    true, found = set(world.rows(_TRUE)), set(world.rows(_FOUND))
    language = dict(world.rows("SELECT conversation, language FROM true_conversations"))
    by_actor = Tally(true, found)
    plain = Tally({(c, s) for c, _, s in true}, {(c, s) for c, _, s in found})
    print(f"\n{'stage':18}{'true':>6}{'precision':>11}{'recall':>8}{'F1':>7}{'F1 by actor':>13}")
    for stage in sorted(plain.counts):
        _, missed, right = plain.counts[stage]
        precision, recall, f1 = plain.row(stage)
        print(f"{stage:18}{missed + right:6}{precision:11.3f}{recall:8.3f}{f1:7.3f}{by_actor.row(stage)[2]:13.3f}")
    print(f"{'macro-F1':18}{len(true):6}{'':19}{plain.macro():7.3f}{by_actor.macro():13.3f}")
    print(
        "by language: " + "  ".join(_language(name, language, true, found) for name in sorted(set(language.values())))
    )


def reading(world: World) -> None:
    """Print, for each language, the share of the messages that say a stage in which it is read."""
    rows = world.rows(
        """SELECT c.language, avg(EXISTS (FROM mentions m
            WHERE m.rid = r.rid AND m.type = 'wording' AND m.value = t.stage)::INT), count(*)
        FROM (SELECT stage, conversation, unnest(native_ids) AS native_id FROM true_stages) t
        JOIN true_conversations c USING (conversation) JOIN records r USING (conversation, native_id)
        GROUP BY 1 ORDER BY 1"""
    )
    total = sum(share * n for _, share, n in rows) / sum(n for _, _, n in rows)
    print(f"messages whose stage is read: {total:.3f}; " + "  ".join(f"{name} {share:.2f}" for name, share, _ in rows))


def _language(name: str, language: dict[str, str], true: set[Entry], found: set[Entry]) -> str:
    def own(entries: set[Entry]) -> set:
        return {(c, s) for c, _, s in entries if language.get(c) == name}

    return f"{name} {Tally(own(true), own(found)).macro():.2f} ({len(own(true))})"


def said_figures(world: World) -> None:
    """Print the findings on single messages: a chat holds many, and each finding accuses whoever wrote one."""
    true = set(world.rows(f"SELECT DISTINCT record_id, value FROM ({SAID}) JOIN records USING (rid)"))
    print("\nfindings on what single messages say: right of found, of true")
    for indicator, sense in _SAYS.items():
        found = {s for (s,) in world.rows(_SAYING, indicator)}
        said = {record for record, value in true if value == sense}
        print(f"  {indicator:18}{len(found & said):5} of {len(found):5}, of {len(said):5}")


def control_figures(world: World) -> None:
    """Print how often the surest pair is the right one, how often there is none, and pairs where nobody controls."""
    best = world.rows(
        """SELECT t.controller IS NOT NULL AS any, c.controller IS NOT NULL AS found,
            c.controller = t.controller AND c.controlled = t.controlled AS right,
            c.controller = t.controlled AS reversed, t.exploitation, t.kind
        FROM true_conversations t LEFT JOIN (
            SELECT * FROM control QUALIFY row_number() OVER (
                PARTITION BY conversation_id ORDER BY confidence DESC, controller, controlled) = 1
        ) c ON c.conversation_id = t.conversation"""
    )
    some, rest = [row for row in best if row[0]], [row for row in best if not row[0]]
    right, none = sum(bool(row[2]) for row in some), sum(not row[1] for row in some)
    back = sum(bool(row[3]) for row in some)
    low, high = wilson(right, len(some))
    print(f"\ncontrollers: {right} of {len(some)} right: {right / max(len(some), 1):.3f} [{low:.3f}, {high:.3f}]; none "
          f"given in {none}, the two turned round in {back}")  # fmt: skip
    said = sum(bool(row[1]) for row in some)
    print(f"  where one is given it is right in {right / max(said, 1):.3f}")
    wrong: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rest:
        wrong[row[5]][0] += bool(row[1])
        wrong[row[5]][1] += 1
    total = sum(hits for hits, _ in wrong.values())
    kinds = ", ".join(f"{kind} {hits} of {of}" for kind, (hits, of) in sorted(wrong.items()) if hits)
    print(f"  pairs where nobody controls: {total} of {len(rest)} chats ({_per_thousand(total, len(rest))})"
          + (f": {kinds}" if kinds else ""))  # fmt: skip


def _per_thousand(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{1000 * hits / max(of, 1):.1f} per 1,000 [{1000 * low:.1f}, {1000 * high:.1f}]"


def danger_figures(world: World) -> None:
    """Print recall and false alarms of the danger flag."""
    rows = world.rows(
        "SELECT t.danger, c.danger, t.exploitation, t.kind FROM true_conversations t "
        "LEFT JOIN conversations c ON c.conversation_id = t.conversation"
    )
    true, ordinary = [r for r in rows if r[0]], [r for r in rows if not r[2]]
    other = [r for r in rows if r[2] and not r[0]]
    caught = sum(bool(r[1]) for r in true)
    low, high = wilson(caught, len(true))
    print(f"\ndanger: recall {caught} of {len(true)}: {caught / max(len(true), 1):.3f} [{low:.3f}, {high:.3f}]")
    print(f"  false alarms on ordinary chats: {_per_thousand(sum(bool(r[1]) for r in ordinary), len(ordinary))}")
    print(f"  on exploitation without present danger: {_per_thousand(sum(bool(r[1]) for r in other), len(other))}")
    told = [r for r in ordinary if r[3] == "confide"]
    print(f"  on those who tell of what happened elsewhere: {sum(bool(r[1]) for r in told)} of {len(told)}")


def false_alarms(world: World) -> None:
    """Print what is found in chats and offers in which there is nothing to find."""
    chats = world.rows("SELECT conversation, kind FROM true_conversations WHERE NOT exploitation")
    ordinary = {c for c, _ in chats}
    hits: dict[str, set[str]] = defaultdict(set)
    for c, _, stage in world.rows(_FOUND):
        if c in ordinary:
            hits[stage].add(c)
            hits["any stage"].add(c)
    print(f"\nfalse alarms on {len(ordinary):,} ordinary chats, per 1,000: "
          + ", ".join(f"{stage} {1000 * len(c) / len(ordinary):.1f}"
                      for stage, c in sorted(hits.items(), key=lambda e: -len(e[1]))))  # fmt: skip
    if world.heldout:
        return
    ((count,),) = world.rows("SELECT count(*) FROM true_offers WHERE kind = 'ordinary'")
    alarms = world.rows(_OFFERS)
    print(f"findings on {count:,} ordinary job offers, per 1,000 (and on those of exploiters, scams): ")
    for indicator, honest, exploiting, scam in alarms:
        print(f"  {indicator:26}{1000 * honest:7.1f}  ({1000 * exploiting:.0f}, {1000 * scam:.0f})")
    print("  share with so many findings or more, ordinary / exploiting / scam:")
    for least, *shares in world.rows(_MANY):
        print(f"    {least}: " + " / ".join(f"{share:.3f}" for share in shares))


_OFFERS = """
WITH found AS (
    SELECT DISTINCT f.indicator, r.native_id, r.platform FROM findings f JOIN records r ON r.record_id = f.subject
    WHERE f.subject_kind = 'record' AND r.kind = 'job_ad'
), counts AS (SELECT kind, count(*) AS n FROM true_offers GROUP BY kind)
SELECT f.indicator, {}
FROM found f JOIN true_offers t USING (native_id, platform) GROUP BY 1 ORDER BY 2 DESC, 1
""".format(
    ", ".join(
        f"coalesce(count(*) FILTER (t.kind = '{kind}') / (SELECT n FROM counts WHERE kind = '{kind}'), 0)"
        for kind in ("ordinary", "exploiting", "scam")
    )
)
_MANY = """
WITH found AS (
    SELECT r.native_id, r.platform, count(DISTINCT f.indicator) AS n
    FROM findings f JOIN records r ON r.record_id = f.subject
    WHERE f.subject_kind = 'record' AND r.kind = 'job_ad' GROUP BY ALL
), each AS (SELECT t.kind, coalesce(f.n, 0) AS n FROM true_offers t LEFT JOIN found f USING (native_id, platform))
SELECT least, {} FROM each, unnest([1, 2, 3, 5]) AS u(least) GROUP BY least ORDER BY least
""".format(
    ", ".join(
        f"coalesce(avg((n >= least)::INT) FILTER (kind = '{kind}'), 0)" for kind in ("ordinary", "exploiting", "scam")
    )
)


def worst(world: World, most: int) -> None:
    """Print messages that say a stage and are not read, and messages of ordinary chats that are read as one."""
    if world.heldout or not most:
        return
    missed = world.rows(
        """SELECT t.stage, c.language, any_value(r.body), count(*) OVER (PARTITION BY t.stage) AS n
        FROM (SELECT stage, conversation, unnest(native_ids) AS native_id FROM true_stages) t
        JOIN true_conversations c USING (conversation) JOIN records r USING (conversation, native_id)
        WHERE NOT EXISTS (FROM mentions m WHERE m.rid = r.rid AND m.type = 'wording' AND m.value = t.stage)
        GROUP BY t.stage, c.language, lower(r.body) ORDER BY t.stage, c.language, 3"""
    )
    print("\nmessages that say a stage and are not read so (of those different):")
    _listed(missed, most)
    wrong = world.rows(
        """SELECT s.stage, t.language, any_value(r.body), count(*) OVER (PARTITION BY s.stage)
        FROM stages s JOIN true_conversations t ON t.conversation = s.conversation_id AND NOT t.exploitation
        JOIN records r ON list_contains(s.rids, r.rid)
        GROUP BY s.stage, t.language, lower(r.body) ORDER BY 1, 2, 3"""
    )
    print("\nmessages of ordinary chats that made a stage count:")
    _listed(wrong, most)
    alarms = world.rows(
        """SELECT t.kind, t.language, any_value(c.danger_reason), 0 FROM true_conversations t
        JOIN conversations c ON c.conversation_id = t.conversation AND c.danger AND NOT t.exploitation
        GROUP BY t.kind, t.language, c.conversation_id ORDER BY 1, 2, 3"""
    )
    print("\nwhy ordinary chats were flagged for danger:")
    _listed(alarms, most)


def _listed(rows: list[tuple], most: int) -> None:
    """Some of each stage, spread over the languages."""
    by_stage: dict[str, list[tuple]] = defaultdict(list)
    for row in rows:
        by_stage[row[0]].append(row)
    for stage, of in by_stage.items():
        print(f"  {stage}: {len(of)}")
        step = max(1, len(of) // most)
        for _, language, body, _ in of[::step][:most]:
            print(f"    {language}: {body}")


def report(world: World) -> None:
    """Print everything on one world."""
    ((chats, messages),) = world.rows("SELECT count(*), sum(messages) FROM true_conversations")
    print(f"\n== {'held-out' if world.heldout else 'own'} sentences: {chats:,} chats, {messages:,} messages ==")
    stage_figures(world)
    reading(world)
    said_figures(world)
    control_figures(world)
    danger_figures(world)
    false_alarms(world)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=6000)
    parser.add_argument("--offers", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=301)
    parser.add_argument("--worst", type=int, default=3, help="errors to show of each stage, own sentences only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        own = made(Path(folder), given.conversations, given.offers, given.seed)
        report(own)
        worst(own, given.worst)
        print("\n== the same chats, had every message been read as the truth says: what the talk stage loses ==")
        perfect = read_perfectly(own, Path(folder))
        stage_figures(perfect)
        control_figures(perfect)
        danger_figures(perfect)
        print("\n== real mails and short messages, in which there is nothing to find (benchmarks.mails) ==")
        real_mails()
        if not (HELDOUT / "talk").is_dir():
            print("\nskipped: there are no held-out sentences (benchmarks/heldout/talk)")
            return
        report(made(Path(folder), given.conversations, 0, given.seed, heldout=True))


if __name__ == "__main__":
    main()
