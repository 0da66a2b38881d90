"""A simulated world with money that went through Clew, for the benchmarks of matching, roles and assets.

The tables of the trace stage are made here, part by part, so that their time is known.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from benchmarks.pipeline import clew
from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.simulate.world import simulate
from clew.store.workspace import Workspace
from clew.trace.matching import matching
from clew.trace.money import keep_book, money

FILES = {"ads": "ad", "payments": "payment", "crypto": "payment", "chats": "message", "offers": "job_ad"}


def made(folder: Path, seed: int, ads: int, payments: int, conversations: int) -> tuple[Engine, Path]:
    """Simulate, ingest and run; the engine holds the tables and payments, signs and matches; and where the world is."""
    world, place = folder / f"world-{seed}", folder / f"workspace-{seed}"
    if not place.exists():
        simulate(world, ads, seed, images=0, sites=0, conversations=conversations, payments=payments)
        clew("init", str(place))
        for name, kind in FILES.items():
            if (world / f"{name}.jsonl").exists():
                file = str(world / f"{name}.jsonl")
                clew("ingest", file, "--kind", kind, "--source", name, "--workspace", str(place))
        clew("run", "--workspace", str(place))
    engine = Engine(folder, 2.0)
    workspace = Workspace(place)
    engine.register({name: workspace.paths(name) or table.empty_table() for name, table in TABLES.items()})
    timed(engine, "money", lambda e: money(e, keep_book(e)))
    timed(engine, "matching", matching)
    for file in sorted((world / "truth").glob("*.parquet")):
        engine.register({f"true_{file.stem}": [file]})
    return engine, world


def timed(engine: Engine, name: str, part: Callable[[Engine], dict[str, pa.Table]]) -> None:
    """Run a part of the stage, register what it makes, and print its time."""
    started = time.process_time()
    found = {name: table.cast(TABLES[name]) for name, table in part(engine).items()}
    print(f"{name}: {time.process_time() - started:.1f} s of processor time")
    engine.register(found)
