"""Ingest into a workspace: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from clew.ingest.stage import IngestOptions, IngestResult, ingest_files
from clew.pipeline.manifest import next_id, now
from clew.store.workspace import Workspace, write_manifest


def ingest(
    workspace: Workspace,
    files: Sequence[Path],
    options: IngestOptions,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> IngestResult:
    """Read files into the workspace.

    Args:
        workspace: where to.
        files: files, or folders of them.
        options: kind, source, platform and columns of the records.
        progress: told (bytes done, bytes in all).

    Raises:
        InputError: nothing can be read as asked; the workspace is as before.
        WorkspaceError: another process is changing the workspace.
    """
    with workspace.change() as change:
        result = ingest_files(files, options, change.paths("records"), change.folder("ingest"), progress)
        records = change.add("records", result.records)
        if result.changes:
            change.add("changes", [result.changes])
        rejected = change.add("quarantine", [result.quarantine]) if result.quarantine else []
        name = next_id(workspace, "I")
        manifest = {
            "id": name,
            "at": now().isoformat(timespec="seconds"),
            "files": [str(path.resolve()) for path in files],
            "kind": options.kind,
            "source": options.source,
            "platform": options.platform,
            "mapping": dict(options.mapping),
            "counts": {c: getattr(result, c) for c in ("read", "new", "changed", "identical", "rejected")},
            "segments": [segment.sha256 for segment in records],
            "quarantine": [segment.sha256 for segment in rejected],
        }
        write_manifest(workspace, name, manifest)
    return result
