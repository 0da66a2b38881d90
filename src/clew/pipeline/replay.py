"""Run again from a manifest, from the records alone, and compare the digests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clew.engine.duckdb import Engine
from clew.model.errors import ReplayError
from clew.model.files import sha256_of
from clew.pipeline.manifest import Manifest, code_digest, read_manifest, versions
from clew.pipeline.run import INPUTS, OUTPUTS, ROWWISE, Progress, derive, extract_new, memory_gb
from clew.store.workspace import Workspace, erased_segments


@dataclass(frozen=True)
class Replay:
    """What a replay found.

    Attributes:
        manifest: of the run that was replayed.
        differs: tables whose digests are not those of the manifest, in the order of the flow.
        reasons: what is not as it was when the run was made (code, library versions): why digests may differ.
    """

    manifest: Manifest
    differs: list[str]
    reasons: list[str]


def replay(
    workspace: Workspace,
    run: str,
    scratch: Path,
    progress: Progress = lambda step, share: None,
    threads: int | None = None,
) -> Replay:
    """Make a run's tables again in ``scratch``, an empty folder; the workspace is only read.

    Raises:
        InputError: there is no such run.
        ReplayError: a segment that the run read is missing, was erased or was altered, or one that it made was altered.
    """
    manifest = read_manifest(workspace, run)
    # What a later run replaced is there no more; what is there has to be what was made, as people read that.
    files = (
        (f"segments/{name}/{digest}.parquet", digest) for name, made in manifest.outputs.items() for digest in made
    )
    if altered := altered_in(
        workspace, ((file, digest) for file, digest in files if (workspace.path / file).is_file())
    ):
        raise ReplayError(f"{altered} was altered since run {manifest.id} made it.", "Restore it from a backup.")
    copy = _workspace_of(workspace, manifest, scratch / "workspace")
    threads = threads or os.cpu_count() or 1
    with copy.change() as change:
        extract_new(change, threads, progress)
        with Engine(change.folder("spill"), memory_gb(change), threads) as engine:
            made = derive(engine, change, change.folder("run"), {}, progress)
        for name in OUTPUTS:
            change.replace(name, [made[name]])
        differs = [
            name
            for name in (*ROWWISE, *OUTPUTS)
            if [s.sha256 for s in change.segments(name)] != manifest.outputs.get(name)
        ]
    return Replay(manifest, differs, _reasons(manifest))


def altered_in(workspace: Workspace, files: Iterable[tuple[str, str]]) -> str:
    """The first file below a workspace that is missing or has another SHA-256 than the one given; empty for none."""
    for file, digest in files:
        path = workspace.path / file
        if not path.is_file() or sha256_of(path) != digest:
            return file
    return ""


def _workspace_of(workspace: Workspace, manifest: Manifest, path: Path) -> Workspace:
    """A workspace with nothing but what the run read."""
    copy, erased = Workspace.create(path), erased_segments(workspace)
    with copy.change() as change:
        for table in (*INPUTS, "anchors"):
            folder = change.folder(table)
            for digest in manifest.inputs.get(table, []):
                source = workspace.path / "segments" / table / f"{digest}.parquet"
                if not source.is_file() and digest in erased:
                    raise ReplayError(f"Run {manifest.id} cannot be repeated: what it read was {erased[digest]}.")
                if not source.is_file():
                    raise ReplayError(f"{table} segment {digest[:12]}… is no longer in the workspace.", "Restore it.")
                target = folder / source.name
                shutil.copyfile(source, target)
                (added,) = change.add(table, [target])
                if added.sha256 != digest:
                    raise ReplayError(
                        f"{source} was altered: its digest is {added.sha256[:12]}…, not {digest[:12]}….",
                        "Restore it from a backup.",
                    )
    return copy


def _reasons(manifest: Manifest) -> list[str]:
    today = versions()
    found = [
        f"{name} was {then}, is {today.get(name, 'missing')}"
        for name, then in manifest.versions.items()
        if today.get(name) != then
    ]
    if manifest.code != code_digest():
        found.insert(0, "Clew's own code has changed since")
    return found
