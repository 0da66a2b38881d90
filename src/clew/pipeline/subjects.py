"""Under which subjects what was done to a workspace stands in its ledger."""

from __future__ import annotations

from pathlib import Path

from clew.store.workspace import Workspace

_NAMES = {"I": "ingest", "R": "run"}


def subjects(workspace: Workspace) -> dict[str, Path]:
    """Every ingest and run by its manifest, in order, then decisions and lists by their segments."""
    manifests = (workspace.path / "runs").glob("[IR][0-9]*.json")
    in_order = sorted(manifests, key=lambda path: (path.stem[0], int(path.stem[1:])))
    found = {f"{_NAMES[path.stem[0]]} {path.stem}": path for path in in_order}
    for word, table in (("decision", "decisions"), ("labels", "labels"), ("prices", "prices")):
        found |= {f"{word} {s.sha256}": workspace.path / s.file for s in workspace.segments(table)}
    return found
