"""Simulated job offers and chats that went through Clew, beside their truth: for the benchmarks of stages and bias."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.pipeline import clew
from clew.simulate.world import simulate
from clew.store.workspace import Workspace

HELDOUT = Path(__file__).parent / "heldout"
_TABLES = ("records", "mentions", "findings", "record_scores", "conversations", "stages", "control")
_TRUTH = ("conversations", "stages", "acts", "offers")


@dataclass(frozen=True)
class World:
    """A run: tables of the workspace by their names, the truth as ``true_…``, ``offer_text`` with the raw offers."""

    con: duckdb.DuckDBPyConnection
    heldout: bool

    def rows(self, query: str) -> list[tuple]:
        """The rows that a query gives."""
        return self.con.execute(query).fetchall()


def made(folder: Path, conversations: int, offers: int, seed: int, heldout: bool = False) -> World:
    """Simulate, ingest what is no advert, run, and open the tables."""
    world, place = folder / f"world-{seed}-{heldout}", folder / f"workspace-{seed}-{heldout}"
    banks = HELDOUT if heldout else None
    simulate(world, 10, seed, images=0, offers=offers, sites=0, conversations=conversations, banks=banks)
    clew("init", str(place))
    for name, kind, count in (("offers.jsonl", "job_ad", offers), ("chats.jsonl", "message", conversations)):
        if count:
            clew("ingest", str(world / name), "--kind", kind, "--source", "simulated", "--workspace", str(place))
    clew("run", "--workspace", str(place))
    con = duckdb.connect()
    workspace = Workspace(place)
    for name in _TABLES:
        files = json.dumps([str(path) for path in workspace.paths(name)]).replace('"', "'")
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({files})")
    for name in _TRUTH:
        file = world / "truth" / f"{name}.parquet"
        if file.exists():
            con.execute(f"CREATE VIEW true_{name} AS SELECT * FROM read_parquet('{file}')")
    return World(con, heldout)
