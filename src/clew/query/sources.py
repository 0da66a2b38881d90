"""Where records came from: sources, ingests and runs with their digests, and what was refused, with the reason."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.store.workspace import Workspace, manifest_path

Row = dict[str, Any]
_NO_QUARANTINE = "SELECT NULL::VARCHAR AS file, NULL::BIGINT AS line, '' AS reason, NULL::VARCHAR AS raw, '' AS segment"


@dataclass(frozen=True)
class Source:
    """Records of one source and kind."""

    source: str
    kind: str
    records: int
    platforms: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class Ingest:
    """One reading of files.

    Attributes:
        id: I0001…
        at: when, in UTC.
        files: as named then.
        kind, source, platform, mapping: what was said about them.
        counts: read, new, changed, identical, rejected.
        segments: SHA-256 of the record segments it wrote.
        quarantine: SHA-256 of the segments with the rows it refused.
    """

    id: str
    at: datetime
    files: tuple[str, ...]
    kind: str
    source: str
    platform: str | None
    mapping: dict[str, str]
    counts: dict[str, int]
    segments: tuple[str, ...]
    quarantine: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One run of the pipeline; see `clew.pipeline.manifest.Manifest`."""

    id: str
    at: datetime
    inputs: dict[str, list[str]]
    outputs: dict[str, list[str]]
    parameters: dict[str, Any]
    code: str
    versions: dict[str, str]
    seconds: dict[str, float]
    counts: dict[str, int]
    who: str = ""


@dataclass(frozen=True)
class Refused:
    """A row in quarantine. ``ingest`` read it; ``again`` is a later ingest of the same file, if there was one."""

    file: str
    line: int
    reason: str
    raw: str | None
    ingest: str | None
    again: str | None


@dataclass(frozen=True)
class Reason:
    """Why rows were refused, and how many."""

    reason: str
    rows: int
    files: int


@dataclass(frozen=True)
class Quarantine:
    """What was refused: the reasons, and a part of the rows."""

    reasons: tuple[Reason, ...]
    rows: tuple[Refused, ...]
    total: int


def sources(engine: Engine) -> list[Source]:
    """Every source with what it holds."""
    query = """
        SELECT source, kind, count(*) AS records, count(DISTINCT platform) AS platforms,
               min(coalesce(posted_at, captured_at)) AS first_seen, max(coalesce(posted_at, captured_at)) AS last_seen
        FROM records GROUP BY source, kind ORDER BY records DESC, source, kind"""
    return [Source(**row) for row in engine.sql(query).to_pylist()]


def ingests(workspace: Workspace) -> list[Ingest]:
    """Every ingest, the newest first."""
    found = []
    for row in _manifests(workspace, "I"):
        values: Row = {name: row[name] for name in ("id", "kind", "source", "platform", "mapping", "counts")}
        values |= {name: tuple(row.get(name, ())) for name in ("files", "segments", "quarantine")}
        found.append(Ingest(at=datetime.fromisoformat(row["at"]), **values))
    return found


def runs(workspace: Workspace) -> list[Run]:
    """Every run, the newest first."""
    return [Run(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in _manifests(workspace, "R")]


def run_of(workspace: Workspace, name: str) -> Run:
    """The run of that id.

    Raises:
        MissingError: there is none.
    """
    for run in runs(workspace):
        if run.id == name:
            return run
    raise MissingError(f"There is no run {name[:40]}.", "See the list of runs.")


def quarantine(workspace: Workspace, reason: str = "", file: str = "", offset: int = 0, limit: int = 50) -> Quarantine:
    """What was refused.

    Args:
        workspace: its segments are read as they are now, not as the index has them.
        reason, file: only these rows; all where empty.
        offset, limit: which part of them.
    """
    with tempfile.TemporaryDirectory(prefix="clew-") as spill, Engine(Path(spill), memory_gb=0.5) as engine:
        return _quarantine(workspace, engine, reason, file, offset, limit)


def _quarantine(workspace: Workspace, engine: Engine, reason: str, file: str, offset: int, limit: int) -> Quarantine:
    """With an engine that may read files: that of the pages may not."""
    paths = [str(path) for path in workspace.paths("quarantine")]
    table = (
        "SELECT file, line, reason, raw, regexp_extract(filename, '([0-9a-f]{64})[.]parquet$', 1) AS segment "
        "FROM read_parquet($paths, filename = true)"
        if paths
        else f"{_NO_QUARANTINE} WHERE false"
    )
    given: dict[str, object] = {"paths": paths} if paths else {}
    reasons = engine.rows(
        f"SELECT reason, count(*) AS rows, count(DISTINCT file) AS files FROM ({table}) "
        "GROUP BY reason ORDER BY rows DESC, reason",
        **given,
    )
    where = "WHERE ($reason = '' OR reason = $reason) AND ($file = '' OR file = $file)"
    rows = engine.rows(
        f"SELECT *, count(*) OVER () AS total FROM ({table}) {where} ORDER BY file, line, reason LIMIT $n OFFSET $o",
        **{**given, "reason": reason, "file": file, "n": limit, "o": offset},
    )
    done = ingests(workspace)
    return Quarantine(
        tuple(Reason(**row) for row in reasons),
        tuple(_refused(row, done) for row in rows),
        rows[0]["total"] if rows else 0,
    )


def _refused(row: Row, done: list[Ingest]) -> Refused:
    """A row with the ingest that refused it, and the newest later one that named its file."""
    mine = next((i for i in done if row["segment"] in i.quarantine), None)
    later = (i for i in done if mine and i.id > mine.id and row["file"] in i.files)
    again = next(later, None)
    names = ("file", "line", "reason", "raw")
    return Refused(**{n: row[n] for n in names}, ingest=mine.id if mine else None, again=again.id if again else None)


def _manifests(workspace: Workspace, letter: str) -> list[Row]:
    """What ingests or runs wrote down, the newest first; one that a disk spoiled is passed over."""
    names = sorted((p.stem for p in (workspace.path / "runs").glob(f"{letter}[0-9]*.json")), key=lambda n: -int(n[1:]))
    found = []
    for name in names:
        try:
            found.append(json.loads(manifest_path(workspace, name).read_bytes()))
        except (OSError, ValueError):
            continue
    return found
