"""Hand-made tables for the tests of assess: records with their mentions, and the networks they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.assess.catalogue import Indicator
from clew.assess.mentions import read_mentions
from clew.assess.prepare import prepare
from clew.assess.stage import assess
from clew.engine.duckdb import Engine
from clew.model.tables import (
    CHANGES,
    CONTROL,
    CONVERSATION_MEMBERS,
    CONVERSATIONS,
    IDENTIFIER_TYPES,
    MENTIONS,
    NETWORK_MEMBERS,
    NETWORKS,
    RECORDS,
    STAGES,
    TEMPLATE_MEMBERS,
    TIES,
)
from clew.model.traced import TRACED

START = datetime(2026, 3, 1, 10, 17, 5, tzinfo=UTC)


@dataclass
class World:
    """Tables in the making."""

    records: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    ties: set[tuple[str, str, int]] = field(default_factory=set)
    conversations: dict[str, dict[str, Any]] = field(default_factory=dict)
    talks: list[dict[str, Any]] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    control: list[dict[str, Any]] = field(default_factory=list)
    signs: list[dict[str, Any]] = field(default_factory=list)
    matches: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        network: str | None,
        *said: tuple[str, str],
        kind: str = "ad",
        platform: str = "p",
        account: str | None = None,
        hours: float | None = None,
        template: str | None = None,
        image: str | None = None,
        obscured: bool = False,
        item: str | None = None,
        title: str | None = None,
    ) -> int:
        """A record with mentions (type, value); returns its rid. Places are read from the place field."""
        n = len(self.records) + 1
        rid = n * 0x9E3779B97F4A7C15 % 2**64
        row: dict[str, Any] = dict.fromkeys(RECORDS.names)
        row |= {
            "rid": rid,
            "record_id": f"{rid:016x}{n:016x}",
            "item_id": item or f"item{n}",
            "version": 1,
            "kind": kind,
        }
        row |= {"source": "s", "platform": platform, "handle": account, "file": "f", "line": n}
        row["title"] = title
        row["posted_at"] = None if hours is None else START + timedelta(hours=hours)
        self.records.append(row)
        for at, (type_, value) in enumerate(said):
            where = "place" if type_ == "place" else "body"
            self.mentions.append(
                {"rid": rid, "type": type_, "value": value, "raw": f"«{value}»", "field": where, "start": at * 50}
                | {"end": at * 50 + len(value) + 2, "obscured": obscured and type_ == "phone"}
                | {"extractor": "test", "version": "1"}
            )
            if type_ in IDENTIFIER_TYPES:
                self.ties.add((type_, value, rid))
        if network is not None:
            self.members.append({"rid": rid, "network_id": network})
        if template is not None:
            self.templates.append({"rid": rid, "template_id": template})
            self.ties.add(("template", template, rid))
        if image is not None:
            self.ties.add(("image", image, rid))
        return rid

    def message(
        self, network: str, conversation: str, sender: str, *said: tuple[str, str], stage: str = "", **more: Any
    ) -> int:
        """A message in a conversation; with a stage it shows that stage of its sender."""
        said = (*said, ("wording", stage)) if stage else said
        rid = self.add(network, *said, kind="message", account=sender, **more)
        row = {"conversation_id": conversation, "platform": "p", "source": "s", "participants": [sender]}
        row |= {"messages": 1, "stages": [], "danger": False, "danger_reason": ""}
        self.conversations.setdefault(conversation, row)
        self.talks.append({"rid": rid, "conversation_id": conversation})
        if stage:
            row = {"conversation_id": conversation, "stage": stage, "actor": sender, "weight": 1.0, "rids": [rid]}
            self.stages.append(row)
        return rid

    def sign(self, network: str | None, name: str, account: str, *rids: int) -> None:
        """An account shows a sign of money."""
        row = {"sign": name, "subject": account, "network_id": network, "weight": 0.5, "reason": "So it is."}
        self.signs.append(row | {"rids": list(rids)})

    def match(self, network: str, payer: str, payment: int, post: int, score: float = 0.9) -> None:
        """A payment that fits a post."""
        row = {"rid_payment": payment, "rid_record": post, "score": score, "chance": 0.01, "network_id": network}
        self.matches.append(row | {"payer": payer, "reason": "It fits."})

    def edit(self, old: int, new: int, field_: str, before: str, after: str) -> None:
        """A change between two versions."""
        self.changes.append(
            {"item_id": "x", "rid_from": old, "rid_to": new, "field": field_, "old": before, "new": after}
        )

    def tables(self, seed: int | None = None) -> dict[str, pa.Table]:
        """All tables; with a seed their rows are in another order."""
        ids = sorted({m["network_id"] for m in self.members})
        networks = [
            {"network_id": i, "records": 0, "first_seen": None, "last_seen": None}
            | {"phones": 0, "templates": 0, "places": 0, "platforms": 0}
            for i in ids
        ]
        ties = [{"type": t, "value": v, "rid": r} for t, v, r in sorted(self.ties)]
        rows: dict[str, tuple[pa.Schema, list[dict[str, Any]]]] = {
            "records": (RECORDS, list(self.records)),
            "mentions": (MENTIONS, list(self.mentions)),
            "changes": (CHANGES, list(self.changes)),
            "template_members": (TEMPLATE_MEMBERS, list(self.templates)),
            "ties": (TIES, ties),
            "conversations": (CONVERSATIONS, list(self.conversations.values())),
            "conversation_members": (CONVERSATION_MEMBERS, list(self.talks)),
            "stages": (STAGES, list(self.stages)),
            "control": (CONTROL, list(self.control)),
            "money_signs": (TRACED["money_signs"], list(self.signs)),
            "payment_matches": (TRACED["payment_matches"], list(self.matches)),
            "networks": (NETWORKS, networks),
            "network_members": (NETWORK_MEMBERS, list(self.members)),
        }
        if seed is not None:
            for _, listed in rows.values():
                Random(seed).shuffle(listed)
        return {name: pa.Table.from_pylist(listed, schema=schema) for name, (schema, listed) in rows.items()}

    def assess(
        self,
        out: Path,
        indicators: Sequence[Indicator] | None = None,
        seed: int | None = None,
        threads: int = 2,
    ) -> dict[str, pa.Table]:
        """FINDINGS, LEADS and RECORD_SCORES of these records."""
        out.mkdir(exist_ok=True)
        with Engine(out, memory_gb=0.5, threads=threads) as engine:
            engine.register(self.tables(seed))
            prepared = prepare(engine, read_mentions(engine, indicators), indicators)
            made = assess(engine, out, lambda _: None, prepared)
            return {name: pq.read_table(path) for name, path in made.items()}

    def plain(self, count: int) -> None:
        """Further networks of two adverts each, which show nothing."""
        for n in range(count):
            for k in range(2):
                self.add(f"plain{n:04d}", ("phone", f"+3169{n:07d}"), hours=1000.0 * k, platform="other")

    def found(self, out: Path, kind: str = "network", indicators: Sequence[Indicator] | None = None) -> dict[str, Any]:
        """What each indicator was found on: {indicator: {subject: finding}}."""
        return self.found_of_all(out, indicators).get(kind, {})

    def found_of_all(self, out: Path, indicators: Sequence[Indicator] | None = None) -> dict[str, dict[str, Any]]:
        """What was found, by the kind of the subject: {kind: {indicator: {subject: finding}}}."""
        by: dict[str, dict[str, Any]] = {}
        for row in self.assess(out, indicators)["findings"].to_pylist():
            found = by.setdefault(row["subject_kind"], {}).setdefault(row["indicator"], {})
            found[row["subject"]] = row | {"evidence": orjson.loads(row["evidence"])}
        return by


@pytest.fixture
def made() -> World:
    """An empty world to fill."""
    return World()
