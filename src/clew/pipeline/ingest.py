"""Ingest into a workspace: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from clew.access.roles import need
from clew.database.base import write
from clew.ingest.reading import list_files
from clew.ingest.stage import IngestOptions, IngestResult, ingest_files
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.pipeline import custody
from clew.pipeline.manifest import next_id, now
from clew.store.workspace import Workspace, write_manifest


def ingest(
    workspace: Workspace,
    files: Sequence[Path],
    options: IngestOptions,
    progress: Callable[[int, int], None] = lambda done, total: None,
    actor: Actor | None = None,
    db: sa.Engine | None = None,
) -> IngestResult:
    """Read files into the workspace.

    Args:
        workspace: where to.
        files: files, or folders of them.
        options: kind, source, platform and columns of the records.
        progress: told (bytes done, bytes in all).
        actor: who does it; the user of the operating system where nobody is named.
        db: the workspace's database, where it is open already.

    Raises:
        DeniedError: the actor may not do that.
        InputError: nothing can be read as asked, or a file changed meanwhile; the workspace is as before.
        WorkspaceError: another process is changing the workspace.
    """
    actor = custody.somebody(actor)
    need(actor, "ingest")
    paths = list_files(files)
    with custody.ledger(workspace, db) as engine, workspace.change() as change, custody.digesting(paths) as digests:
        result = ingest_files(paths, options, change.paths("records"), change.folder("ingest"), progress)
        records = change.add("records", result.records)
        if result.changes:
            change.add("changes", [result.changes])
        rejected = change.add("quarantine", [result.quarantine]) if result.quarantine else []
        name = next_id(workspace, "I")
        manifest = {
            "id": name,
            "at": now().isoformat(timespec="seconds"),
            "who": actor.name,
            "files": [str(path.resolve()) for path in files],
            "digests": digests(),
            "kind": options.kind,
            "source": options.source,
            "platform": options.platform,
            "mapping": dict(options.mapping),
            "counts": {c: getattr(result, c) for c in ("read", "new", "changed", "identical", "rejected")},
            "segments": [segment.sha256 for segment in records],
            "quarantine": [segment.sha256 for segment in rejected],
        }
        write_manifest(workspace, name, manifest)
        change.publish()
        with write(engine) as connection:
            append(connection, actor, custody.intake(manifest))
    return result
