"""Little hand-made worlds: adverts with their identifiers, linked by the stage itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.link.stage import link
from clew.model.tables import ANCHORS, CONTROL, CONVERSATIONS, DECISIONS, STAGES, TEMPLATES
from clew.model.traced import MONEY

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Advert:
    """One record: a number, what it holds, its day, place and item.

    "phone:1"; "said phone:1" in a message; "from account:1" and "to account:2" in a payment.
    """

    number: int
    holds: tuple[str, ...]
    day: float | None = 0.0
    place: str | None = None
    item: str | None = None
    kind: str = "ad"
    sender: str | None = None
    url: str | None = None
    acts: bool = False  # whether the sender pitches or controls in the talk
    amount: int | None = None

    @property
    def rid(self) -> int:
        """Spread over 64 bits, as digests are."""
        return (self.number * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64


@dataclass
class Result:
    """What a run wrote."""

    files: dict[str, Path]
    network: dict[int, str] = field(default_factory=dict)  # by advert number

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.files[name])

    def of(self, numbers: Iterable[int]) -> set[str]:
        return {self.network[n] for n in numbers}

    def partition(self) -> set[frozenset[int]]:
        groups: dict[str, set[int]] = {}
        for number, network in self.network.items():
            groups.setdefault(network, set()).add(number)
        return {frozenset(g) for g in groups.values()}

    def events(self) -> list[tuple[str, str, str]]:
        return [tuple(row.values()) for row in self.table("network_events").to_pylist()]


def tables(adverts: Sequence[Advert]) -> dict[str, pa.Table]:
    """The tables that linking reads."""
    records = pa.table(
        {
            "rid": pa.array([a.rid for a in adverts], pa.uint64()),
            "item_id": pa.array([a.item or f"item{a.number}" for a in adverts], pa.string()),
            "kind": pa.array([a.kind for a in adverts], pa.string()),
            "url": pa.array([a.url for a in adverts], pa.string()),
            **{column: pa.nulls(len(adverts), pa.string()) for column in ("title", "body", "contact")},
            "handle": pa.array([a.sender for a in adverts], pa.string()),
            "platform": pa.array(["p"] * len(adverts), pa.string()),
            "posted_at": pa.array(
                [None if a.day is None else START + dt.timedelta(days=a.day) for a in adverts],
                pa.timestamp("us", tz="UTC"),
            ),
            "captured_at": pa.nulls(len(adverts), pa.timestamp("us", tz="UTC")),
            "amount": pa.array([a.amount for a in adverts]).cast(MONEY),
            "currency": pa.array([a.amount and "EUR" for a in adverts], pa.string()),
        }
    )
    held = [(a.rid, *h.split(" ")[-1].split(":", 1)) for a in adverts for h in a.holds]
    fields = {"said": "body", "from": "payer", "to": "payee"}
    spoken = {
        (a.rid, *h.split(" ")[1].split(":", 1)): fields[h.split(" ")[0]] for a in adverts for h in a.holds if " " in h
    }
    held += [(a.rid, "place", a.place) for a in adverts if a.place]

    def pairs(of: str, column: str) -> pa.Table:
        rows = [(r, v) for r, t, v in held if t == of]
        return pa.table(
            {
                "rid": pa.array([r for r, _ in rows], pa.uint64()),
                column: [v for _, v in rows] or pa.array([], pa.string()),
            }
        )

    said = [(r, t, v) for r, t, v in held if t not in ("image", "template", "conversation")]
    mentions = pa.table(
        {
            "rid": pa.array([r for r, _, _ in said], pa.uint64()),
            "type": pa.array([t for _, t, _ in said], pa.string()),
            "value": pa.array([v for _, _, v in said], pa.string()),
            "field": pa.array([spoken.get(s, "contact") for s in said], pa.string()),
            "start": pa.array([0] * len(said), pa.int32()),
            "end": pa.array([8] * len(said), pa.int32()),
        }
    )
    return {
        "records": records,
        "mentions": mentions,
        "template_members": pairs("template", "template_id"),
        "image_members": pairs("image", "image_id"),
        "conversation_members": pairs("conversation", "conversation_id"),
        "conversations": _conversations({v for _, t, v in held if t == "conversation"}),
        "templates": _templates({v for _, t, v in held if t == "template"}),
        "stages": _stages(adverts),
        "control": CONTROL.empty_table(),
    }


def _conversations(names: Iterable[str]) -> pa.Table:
    """Talks of two, and rooms of many, whose names begin with "room"."""
    rows = [
        {"conversation_id": name, "platform": "p", "source": "s", "messages": 2, "stages": [], "danger": False,
         "danger_reason": "", "participants": [f"p{n}" for n in range(40 if name.startswith("room") else 2)]}
        for name in sorted(names)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CONVERSATIONS)


def _stages(adverts: Sequence[Advert]) -> pa.Table:
    """A stage of each sender who acts."""
    talks = {(h[13:], a.sender) for a in adverts for h in a.holds if a.acts and h.startswith("conversation:")}
    rows = [
        {"conversation_id": talk, "stage": "rules-fines", "actor": sender, "weight": 1.0, "rids": []}
        for talk, sender in sorted(talks)
    ]
    return pa.Table.from_pylist(rows, schema=STAGES)


def _templates(names: Iterable[str]) -> pa.Table:
    """A text of one word, "hello", or of a hundred whose names begin with "long"."""
    rows = [
        {"template_id": name, "text": "{text} " + ("pitch " * 100 if name.startswith("long") else "hello"),
         "slots": "[]", "members": 2, "medoid": 0}
        for name in sorted(names)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=TEMPLATES)


def decision(a: Advert, b: Advert, state: str, minute: int = 0) -> dict[str, object]:
    """What an analyst said of two adverts."""
    ids = [f"{x.rid:016x}" + "0" * 16 for x in (a, b)]
    at = START + dt.timedelta(minutes=minute)
    return {"record_a": ids[0], "record_b": ids[1], "state": state, "why": "seen", "who": "ann", "at": at}


def run(
    folder: Path,
    adverts: Sequence[Advert],
    *,
    decisions: Sequence[dict[str, object]] = (),
    before: Result | None = None,
    threads: int = 2,
) -> Result:
    """Link adverts, after the run ``before`` if any."""
    out = folder / f"run{len(list(folder.iterdir()))}"
    out.mkdir()
    given = tables(adverts)
    given["decisions"] = pa.Table.from_pylist(list(decisions), DECISIONS)
    given["anchors"] = before.table("anchors") if before else ANCHORS.empty_table()
    with Engine(folder, threads=threads) as engine:
        engine.register(given)
        files = link(engine, out, lambda share: None)
    named = dict(pq.read_table(files["network_members"]).to_pydict().items())
    networks = dict(zip(named["rid"], named["network_id"], strict=True))
    assert len(networks) == len(adverts)  # records are never dropped
    return Result(files, {a.number: networks[a.rid] for a in adverts})


def crowd(first: int, operations: int = 150) -> list[Advert]:
    """Unrelated operations of two adverts each: what rarity is measured against."""
    adverts = []
    for k in range(operations):
        holds = (f"phone:crowd{k}", f"template:crowd{k}", f"image:crowd{k}")
        adverts += [Advert(first + 2 * k + i, holds, day=k % 90 + i, place=f"town{k % 15}") for i in range(2)]
    return adverts
