"""Compile the kernels once, before a user waits for them: ``python -m clew.warm``.

With the argument ``lexicons`` only the lexicons of the meaning extractor are compiled.

Numba compiles a kernel when it is first called and keeps the machine code beside the source (or in the user's cache
folder). Together that takes a minute or two, on every core; after it, a command starts at once.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from clew.assess.mentions import read_mentions
from clew.assess.prepare import prepare
from clew.assess.stage import assess
from clew.engine.duckdb import Engine
from clew.extract._meaning_cache import compiled
from clew.extract.base import batch_of_texts
from clew.extract.registry import extractors
from clew.ingest.registry import all_formats
from clew.ingest.stage import IngestOptions
from clew.link.stage import link
from clew.match.query import near_pictures, near_texts
from clew.model.tables import TABLES
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.index import ensure_index, open_index
from clew.query.money_follow import follow
from clew.query.network_fabric import fabric, holds
from clew.simulate.world import FILES, simulate
from clew.store.workspace import Workspace
from clew.trace.stage import trace

# As the engine gives them: Numba compiles anew for arrays that others own.
_PICTURES = "SELECT 0::UBIGINT AS rid, repeat('0', 64) AS value"
_PAYER = "SELECT min(payer) FROM payments WHERE state = 'booked' AND booked_at IS NOT NULL"


def _extractor(name: str) -> None:
    """Run one extractor over its own examples."""
    (plugin,) = (e for e in extractors() if e.name == name)
    plugin.find(batch_of_texts([e.text for e in plugin.examples], [e.region for e in plugin.examples]))


def _readers(place: str) -> None:
    """Read a small world into a workspace, and an example of every format into another one."""
    folder = Path(place)
    world, examples = folder / "world", folder / "examples"
    simulate(world, 500, seed=1, images=3)
    workspace = Workspace.create(folder / "workspace")
    for file, kind in FILES:
        ingest(workspace, [world / file], IngestOptions(kind, "warm"))
    examples.mkdir()
    found = [example for plugin in all_formats() for example in plugin.examples()]
    for number, example in enumerate(found):
        kept = examples / str(number) / example.name
        kept.parent.mkdir()
        kept.write_bytes(example.content)
    ingest(Workspace.create(folder / "other"), [examples], IngestOptions(None, "warm"))


def _later_stages() -> None:
    """Run the stages after match on nothing, which calls most of their kernels."""
    with tempfile.TemporaryDirectory() as folder, Engine(Path(folder)) as engine:
        engine.register({name: schema.empty_table() for name, schema in TABLES.items()})
        prepared = prepare(engine, read_mentions(engine))
        for stage in (link, partial(trace, book=None), partial(assess, prepared=prepared)):
            made = stage(engine, Path(folder), lambda share: None)
            engine.register({name: [path] for name, path in made.items()})


def warm() -> None:
    """Call every kernel once: extractors and readers side by side, then a small run through all stages."""
    gc.disable()  # what Numba holds is never garbage, and would be looked through again and again
    _ = batch_of_texts(["what all extractors share"]).marks
    # What takes longest goes first, so that no process is left alone with it.
    names = sorted((e.name for e in extractors()), key=lambda name: name not in ("phone", "meaning"))
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn"), initializer=gc.disable) as pool,
    ):
        work: list[tuple[Callable[..., None], str]] = [(_extractor, name) for name in names]
        work.insert(2, (_readers, folder))
        jobs = [pool.submit(call, what) for call, what in work]
        for done, job in enumerate(as_completed(jobs)):
            job.result()
            _say(done + 1, len(jobs) + 1)
        later = pool.submit(_later_stages)  # while the run is at the stages before
        workspace = Workspace(Path(folder) / "workspace")
        run(workspace)
        near_texts("a quiet room, call any day", workspace.paths("signatures"))
        with open_index(ensure_index(workspace), Path(folder)) as index:
            near_pictures(bytes(32), index.sql(_PICTURES))
            holds(fabric(index, 1))
            follow(index, *index.row(_PAYER))
        later.result()
        _say(len(jobs) + 1, len(jobs) + 1)


def _say(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(f"\r[setup] compiling kernels, once: {done} of {of}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["lexicons"]:
        compiled()
    else:
        warm()
