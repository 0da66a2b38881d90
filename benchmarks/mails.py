"""False alarms of talk and findings on real mails and real short messages, in which nobody is held or threatened.

    python -m benchmarks.mails [--show 20]

The Spam Assassin corpus (6,046 mails: lists, newsletters, spam) as `clew ingest` and `clew run` read it, and the
ordinary ones of the SMS collection, each as a conversation of its own, and put together as talks. Whatever is found
there is wrong, as far as we have read: every row is printed, so that each can be judged.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

from benchmarks.phones import SHARED
from benchmarks.pipeline import clew
from clew.assess.catalogue import catalogue
from clew.model.errors import ClewError
from clew.sample import ensure_sample
from clew.store.views import open_views
from clew.store.workspace import Workspace

SMS = SHARED / "sms_spam_collection.tsv"
_TOGETHER = 40  # short messages that are put together as if two people had written them in turns
_TOTALS = """SELECT count(*), sum(messages)::BIGINT, count(*) FILTER (len(stages) > 0), count(*) FILTER (danger),
    (SELECT count(*) FROM control) FROM conversations"""
_FOUND = """SELECT DISTINCT m.value, c.danger, substr(CASE WHEN m.field::VARCHAR = 'title' THEN r.title ELSE r.body END,
    greatest(m.start - 30, 0) + 1, m."end" - m.start + 60)
FROM conversations c JOIN conversation_members USING (conversation_id) JOIN records r USING (rid)
JOIN mentions m USING (rid)
WHERE m.type = 'wording' AND (list_contains(c.stages, m.value) OR c.danger AND m.value IN
    ('threat-publish', 'threat-family', 'threat-harm', 'confinement', 'documents-held', 'plea'))
ORDER BY ALL"""
_SAID = """SELECT indicator, count(DISTINCT subject) AS n FROM findings
WHERE subject_kind = 'record' AND list_contains($of_senses, indicator) GROUP BY indicator ORDER BY n DESC, indicator"""


def short_messages(out: Path, together: int = 1) -> Path:
    """The ordinary ones of the SMS collection as a chat file: each alone, or some in a row as a talk of two."""
    with SMS.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(("conversation", "sender", "recipient", "body"))
        said = [line.rstrip("\n").split("\t", 1) for line in lines]
        for n, body in enumerate(body for label, body in said if label == "ham"):
            people = [f"A{n // together}", f"B{n // together}"]
            write.writerow((f"sms {n // together}", people[n % 2], people[1 - n % 2], body))
    return out


def figures(name: str, source: Path, place: Path, show: int) -> None:
    """Read a file or folder of messages, and print what the talk stage finds."""
    clew("init", str(place))
    clew("ingest", str(source), "--kind", "message", "--source", "benchmark", "-w", str(place))
    clew("run", "-w", str(place))
    of_senses = [i.id for i in catalogue() if "message" in i.record_kinds and "'wording'" in i.when]
    with open_views(Workspace(place)) as engine:
        conversations, messages, stages, danger, control = engine.row(_TOTALS)
        rows = [tuple(row.values()) for row in engine.rows(_FOUND)]
        said = [tuple(row.values()) for row in engine.rows(_SAID, of_senses=of_senses)]
    print(f"\n{name}: {messages:,} messages in {conversations:,} conversations: with stages {stages}, "
          f"with danger {danger}, pairs with control {control}")  # fmt: skip
    print("  messages with a finding for what they say: " + (", ".join(f"{i} {n}" for i, n in said) or "none"))
    for value, alarm, text in rows[:show]:
        print(f"  {value}{' (danger)' if alarm else ''}: {' '.join(text.split())}")


def real_mails(show: int = 20) -> None:
    """Both collections; one that is not there is skipped by name."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            figures("real mails", ensure_sample(), Path(folder) / "mails", show)
        except ClewError as error:
            print(f"skipped: real mails ({error})")
        if SMS.is_file():
            figures("short messages", short_messages(Path(folder) / "sms.csv"), Path(folder) / "sms", show)
            talks = short_messages(Path(folder) / "talks.csv", _TOGETHER)
            figures(f"short messages, {_TOGETHER} in a row as a talk of two", talks, Path(folder) / "talks", 0)
        else:
            print(f"skipped: {SMS.name} is not there")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=20, help="findings of each to print")
    real_mails(parser.parse_args().show)


if __name__ == "__main__":
    main()
