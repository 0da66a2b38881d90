"""Hand-made talks: messages with the senses that are found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.engine.duckdb import Engine
from clew.model.tables import MENTIONS, RECORDS, TABLES
from clew.talk.stage import talk

HINT = -1.4  # odds that count in talk of orders and threats alone
START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@dataclass
class Talks:
    """Tables in the making."""

    records: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)

    def say(
        self,
        conversation: str | None,
        sender: str | None,
        *senses: str,
        to: str | None = None,
        minutes: float | None = None,
        body: str = "words",
        at: int = 0,
        platform: str = "p",
        source: str = "s",
        extra: str | None = None,
        kind: str = "message",
        item: str | None = None,
        native: str | None = None,
        version: int = 1,
        odds: float | None = None,
    ) -> int:
        """A message in which senses are found, those with "?" as hints; returns its rid. Ten minutes after the last."""
        n = len(self.records) + 1
        rid = n * 0x9E3779B97F4A7C15 % 2**64
        row: dict[str, Any] = dict.fromkeys(RECORDS.names)
        row |= {"rid": rid, "record_id": f"{rid:016x}{n:016x}", "item_id": item or f"item{n}", "version": version}
        row |= {"kind": kind, "source": source, "platform": platform, "file": "f", "line": n, "body": body}
        row |= {"conversation": conversation, "handle": sender, "recipient": to, "extra": extra, "native_id": native}
        row["posted_at"] = START + timedelta(minutes=10 * n if minutes is None else minutes)
        self.records.append(row)
        for sense in senses:
            self.mentions.append(
                {
                    "rid": rid,
                    "type": "hint" if sense[0] == "?" else "wording",
                    "value": sense.lstrip("?"),
                    "raw": body[at:],
                    "field": "body",
                    "start": at,
                }
                | {"end": len(body), "obscured": False, "extractor": "meaning", "version": "1"}
                | {"odds": HINT if sense[0] == "?" else odds}
            )
        return rid

    def chat(self, conversation: str, *lines: tuple[str, str], **said: Any) -> list[int]:
        """Messages of one talk: (who, senses with blanks between them)."""
        return [self.say(conversation, who, *senses.split(), **said) for who, senses in lines]

    def tables(self, seed: int | None = None) -> dict[str, pa.Table]:
        """The tables; with a seed their rows are in another order."""
        rows = {"records": (RECORDS, list(self.records)), "mentions": (MENTIONS, list(self.mentions))}
        if seed is not None:
            for _, listed in rows.values():
                Random(seed).shuffle(listed)
        return {name: pa.Table.from_pylist(listed, schema=schema) for name, (schema, listed) in rows.items()}


class Reader:
    """Runs the stage and gives its tables as lists of rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(
        self, talks: Talks, seed: int | None = None, threads: int = 2, families: pa.Table | None = None
    ) -> dict[str, Path]:
        """The written files; no text stands twice unless there are families."""
        out = self.folder / f"out{seed}-{threads}"
        out.mkdir(exist_ok=True)
        with Engine(self.folder, threads=threads) as engine:
            alike = TABLES["template_members"].empty_table() if families is None else families
            engine.register({"template_members": alike, **talks.tables(seed)})
            return talk(engine, out, lambda share: None)

    def __call__(self, talks: Talks, families: pa.Table | None = None) -> dict[str, list[dict[str, Any]]]:
        """The rows of each table."""
        made = {name: pq.read_table(path) for name, path in self.files(talks, families=families).items()}
        assert all(table.schema.equals(TABLES[name]) for name, table in made.items())
        return {name: table.to_pylist() for name, table in made.items()}


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


@pytest.fixture
def talks() -> Talks:
    return Talks()


def stages_of(made: dict[str, list[dict[str, Any]]], conversation: str = "c") -> Sequence[tuple[str, str]]:
    """(stage, actor) of one conversation, in the order of the table."""
    return [(r["stage"], r["actor"]) for r in made["stages"] if r["conversation_id"] == conversation]


def control_of(made: dict[str, list[dict[str, Any]]], conversation: str = "c") -> Sequence[tuple[str, str]]:
    """(controller, controlled) of one conversation."""
    return [(r["controller"], r["controlled"]) for r in made["control"] if r["conversation_id"] == conversation]
