"""Compile the kernels once, before a user waits for them: ``python -m clew.warm``.

With the argument ``lexicons`` only the lexicons of the meaning extractor are compiled.

Numba compiles a kernel when it is first called and keeps the machine code beside the source (or in the user's cache
folder). Together that takes a minute or two, on every core; after it, a command starts at once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from clew.extract._meaning_cache import compiled
from clew.extract.base import batch_of_texts
from clew.extract.registry import extractors
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.index import ensure_index, open_index
from clew.query.network_fabric import fabric, holds
from clew.simulate.world import FILES, simulate
from clew.store.workspace import Workspace


def _extractor(name: str) -> str:
    """Run one extractor over its own examples."""
    (plugin,) = (e for e in extractors() if e.name == name)
    plugin.find(batch_of_texts([e.text for e in plugin.examples], [e.region for e in plugin.examples]))
    return name


def warm() -> None:
    """Call every kernel once: the extractors side by side, then a small run through all stages."""
    _ = batch_of_texts(["what all extractors share"]).marks
    names = [e.name for e in extractors()]
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(_extractor, names)):
            _say(done + 1, len(names) + 1)
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        simulate(world, 500, seed=1, images=3)
        workspace = Workspace.create(Path(folder) / "workspace")
        for file, kind in FILES:
            ingest(workspace, [world / file], IngestOptions(kind, "warm"))
        run(workspace)
        with open_index(ensure_index(workspace), Path(folder)) as index:
            holds(fabric(index, 1))
    _say(len(names) + 1, len(names) + 1)


def _say(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(f"\r[setup] compiling kernels, once: {done} of {of}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["lexicons"]:
        compiled()
    else:
        warm()
