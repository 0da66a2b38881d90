"""Take exhibits out of the workspace: a network or a record is frozen as what it was, a file as it is.

Records come as JSON Lines in canonical form (sorted keys, UTF-8), a line each with every column as received and the
digest of the segment that holds it, below a line that says which run, which tables and which links made it one
network. The pictures that records refer to become exhibits of their own, as far as they are still there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from clew.cases import exhibits
from clew.cases.base import Casework
from clew.cases.exhibit import About, Exhibit, Kind
from clew.evidence.attached import Attached, look_for
from clew.evidence.freeze import Frozen, freeze_network, freeze_record
from clew.evidence.intake.examine import examine
from clew.evidence.unaltered import check_tables
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.store.views import open_views
from clew.store.workspace import Workspace

JSON_LINES = "application/jsonl"
MOST_BYTES = 256 << 30  # of one file


def take_network(
    casework: Casework, workspace: Workspace, actor: Actor, case_id: str, network_id: str, *, why: str = "",
    whence: str = "", grading: str = "",
) -> list[Exhibit]:  # fmt: skip
    """Freeze a network as an exhibit, and the pictures of its records with it.

    Returns:
        The network, then its pictures.

    Raises:
        MissingError: no such network, or no case of theirs.
        InputError: it is too large, or the case holds it already as it is.
        SealError: a table of the workspace was altered.
    """
    check_tables(workspace)
    with open_views(workspace) as engine:
        frozen = freeze_network(engine, workspace, network_id)
        return _take(casework, actor, case_id, frozen, "network", why, whence, grading)


def take_record(
    casework: Casework, workspace: Workspace, actor: Actor, case_id: str, name: str, *, why: str = "",
    whence: str = "", grading: str = "",
) -> list[Exhibit]:  # fmt: skip
    """Freeze a record with all its versions as an exhibit, and its pictures with it.

    Args:
        casework, workspace, actor, case_id: what and who.
        name: record id, its beginning, or a native id.
        why: it matters.
        whence: where it comes from; else what the record says of that.
        grading: 4×4.
    """
    check_tables(workspace)
    with open_views(workspace, need_run=False) as engine:
        frozen = freeze_record(engine, workspace, name)
        return _take(casework, actor, case_id, frozen, "record", why, whence, grading)


def take_file(
    casework: Casework, actor: Actor, case_id: str, path: Path, *, why: str = "", whence: str = "", grading: str = "",
    kind: Kind = "file", how: str = "",
) -> Exhibit:  # fmt: skip
    """Take a file as an exhibit: what it is is told by its content, its faults are kept with it.

    Raises:
        InputError: it cannot be read, changed while it was read, or the case holds it already.
    """
    _fits(casework, path)
    found = examine(path)
    return exhibits.add_file(
        casework, actor, case_id, path, path.name, kind, whence or str(path.absolute()), how or tool(),
        found.media_type, found.facts, faults=found.faults, why=why, grading=grading,
        expected=(found.sha256, found.blake2b),
    )  # fmt: skip


def _fits(casework: Casework, path: Path) -> None:
    """Refuse a file for which there is no room before hours are spent on reading it."""
    try:
        size, room = path.stat().st_size, shutil.disk_usage(casework.workspace).free
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    if size > MOST_BYTES:
        raise InputError(
            f"{path} has {size / 1e9:,.0f} GB; an exhibit takes up to {MOST_BYTES / 1e9:,.0f} GB.",
            "Add the parts that matter.",
        )
    if size > room:
        raise InputError(f"{path} has {size / 1e9:,.1f} GB and there is room for {room / 1e9:,.1f} GB.", "Make room.")


def tool() -> str:
    """What takes the exhibits: name and version."""
    return f"clew {metadata.version('clew')}"


def _take(
    casework: Casework, actor: Actor, case_id: str, frozen: Frozen, kind: Kind, why: str, whence: str,
    grading: str,
) -> list[Exhibit]:  # fmt: skip
    pictures = look_for(frozen.pictures)
    about = About(
        frozen.name, kind, JSON_LINES, whence or frozen.whence, tool(), (*frozen.facts, *pictures.facts()),
        pictures.faults(), why, frozen.run, grading,
    )  # fmt: skip
    return exhibits.add(casework, actor, case_id, about, frozen.lines(), _parts(pictures, frozen.run, grading))


def _parts(pictures: Attached, run: str, grading: str) -> Iterator[exhibits.Piece]:
    for found in pictures.there:
        seen = found.examined
        about = About(
            found.path.name, "file", seen.media_type, str(found.path), tool(), (*found.facts, *seen.facts),
            (*found.faults, *seen.faults), "A record of the exhibit refers to it.", run, grading,
            expected=(seen.sha256, seen.blake2b),
        )  # fmt: skip
        yield about, exhibits.pieces_of(found.path)
