"""A workspace again from a backup, with nothing in it that was erased since or is due.

It is put together beside its place and moved there as the last step: before that nobody can use it. The register of
erasures says what was erased, and the heads of the ledger that it holds tell whether it is the same ledger.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import sqlalchemy as sa

from clew.cases.base import Casework
from clew.cases.head import read_cases
from clew.cases.words import line
from clew.database.base import FILE, METADATA, now, open_file, open_server, write
from clew.database.migrations import HEAD, upgrade
from clew.keeping import backup as made
from clew.keeping.backup import Manifest, Progress, verify_backup
from clew.keeping.dump import load
from clew.keeping.erase import carry_out_case, carry_out_records, fingerprint
from clew.keeping.register import Line, read_register, register_file
from clew.keeping.retention import due, ingested_at
from clew.ledger.check import check
from clew.ledger.entry import Deed
from clew.ledger.heads import Head
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import InputError, SealError, WorkspaceError
from clew.model.files import check_new, sync_folder, write_once
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.vault.keys import adopt, key_file

_DUE = "it was to be kept no longer"

_RESTORES = sa.Table(
    "restores",
    METADATA,
    sa.Column("backup", sa.String, primary_key=True),  # SHA-256 of its manifest
    sa.Column("at", sa.String, primary_key=True),  # ISO 8601, UTC
    sa.Column("done_at", sa.String),  # null while it is under way
)


@dataclass
class Restored:
    """What a restore did.

    Attributes:
        manifest: of the backup.
        behind: entries that the ledger is known to have had after the backup; they are lost.
        cases: that were in the backup and are erased again.
        records: how many.
    """

    manifest: Manifest
    behind: int = 0
    cases: list[str] = field(default_factory=list)
    records: int = 0


def restore(
    backup: Path,
    target: Path,
    actor: Actor,
    *,
    register: Path | None = None,
    without_register: str = "",
    passphrase: str = "",
    today: date | None = None,
    progress: Progress = lambda share: None,
) -> Restored:
    """Make a workspace from a backup.

    Args:
        backup: its folder.
        target: the new workspace; must not exist or be empty.
        actor: who.
        register: a copy of the register of erasures, where this machine has none.
        without_register: why it is done without any.
        passphrase: of the keys in the backup, where this machine has none.
        today: to tell what is due.
        progress: told the share that is done.

    Raises:
        InputError: the target is in use, or something is missing that is needed.
        SealError: the backup, the register or the ledger in it is not as Clew wrote it.
        WorkspaceError: there are no keys, or the database is in use.
    """
    target = target.absolute()
    check_new(target)
    manifest = verify_backup(backup, lambda share: progress(share / 3))
    if manifest.schema > HEAD:
        raise WorkspaceError("A newer Clew made this backup.", "Use the Clew that made it.")
    _keys(backup, manifest, passphrase)
    lines = _register(manifest, register, without_register)
    staged = target.with_name(f".{target.name}.restoring")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700, parents=True)
    try:
        _copy(backup, manifest, staged, lambda share: progress((1 + share) / 3))
        _fill(backup, manifest, staged)
        casework = Casework(staged)
        try:
            restored = _clean(casework, Workspace(staged), actor, manifest, lines, today, without_register)
        finally:
            casework.close()
        target.rmdir() if target.exists() else None
        staged.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    progress(1.0)
    return restored


def _keys(backup: Path, manifest: Manifest, passphrase: str) -> None:
    """See that there are keys: on this machine, else in the backup."""
    path = key_file(manifest.workspace)
    if path.exists():
        return
    if made.KEYS not in manifest.files:
        raise WorkspaceError(
            f"The keys of this workspace are neither in {path} nor in the backup.", "Put a copy of the key file there."
        )
    if not passphrase:
        raise InputError("The keys are in the backup, under a passphrase.", "Give it in CLEW_PASSPHRASE.")
    adopt((backup / made.KEYS).read_bytes(), manifest.workspace, manifest.key, passphrase)


def _register(manifest: Manifest, given: Path | None, why: str) -> list[Line]:
    """The register of this machine or the one that is given; a longer one that goes on from it counts."""
    public, home = bytes.fromhex(manifest.key), register_file(manifest.workspace)
    if given is not None and not given.is_file():
        raise InputError(f"There is no register {given}.")
    mine = read_register(home, public)
    theirs = read_register(given, public) if given else []
    shared = min(len(mine), len(theirs))
    if mine[:shared] != theirs[:shared]:
        raise SealError(f"{given} and {home} are different registers of the same workspace.", "Ask who wrote them.")
    if given and len(theirs) > len(mine):
        home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.unlink(missing_ok=True)
        write_once(home, given.read_bytes())
        return theirs
    if not mine and not why.strip():
        raise InputError(
            f"The register of erasures is not in {home}: what was erased since the backup would come back.",
            "Give a copy with --register FILE, or --without-register with --why.",
        )
    return mine


def _copy(backup: Path, manifest: Manifest, staged: Path, progress: Progress) -> None:
    done = 0
    for name, digests in manifest.files.items():
        inside = Path(name)
        if inside.parts[0] != made.INSIDE:
            continue
        found = made.copy_file(backup / name, staged.joinpath(*inside.parts[1:]))
        if asdict(found) != digests:
            raise SealError(f"{backup / name} was changed while it was read.")
        done += found.size
        progress(done / max(manifest.size, 1))
    for folder in ("segments", "runs", "staging"):
        (staged / folder).mkdir(mode=0o700, exist_ok=True)


def _fill(backup: Path, manifest: Manifest, staged: Path) -> None:
    """Fill the database, all in one step. What an interrupted restore left in it goes."""
    named = os.environ.get("CLEW_DATABASE_URL", "")
    engine = open_server(named) if named else open_file(staged / FILE)
    try:
        if _in_use(engine):
            raise WorkspaceError("The database that CLEW_DATABASE_URL names is in use.", "Name an empty one.")
        _empty(engine)
        upgrade(engine, manifest.schema)
        with write(engine) as connection, (backup / made.DATABASE).open("rb") as lines:
            if _loaded(connection, lines, backup) != manifest.rows:
                raise SealError(f"{backup / made.DATABASE} does not hold the rows that the manifest names.")
            connection.execute(_RESTORES.insert().values(backup=manifest.name, at=now(), done_at=None))
        upgrade(engine)
    finally:
        engine.dispose()


def _loaded(connection: sa.Connection, lines: BinaryIO, backup: Path) -> dict[str, int]:
    """Rows per table. A manifest that somebody else signed may vouch for anything; whose key it is is seen later."""
    try:
        return load(connection, lines)
    except (ValueError, KeyError, TypeError, AttributeError, sa.exc.SQLAlchemyError) as error:
        raise SealError(f"{backup / made.DATABASE} is no database that Clew wrote ({type(error).__name__}).") from error


def _in_use(engine: sa.Engine) -> bool:
    """Does a database hold something that no interrupted restore left?"""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("served_workspace"):
            return False
        served = connection.execute(sa.text("SELECT name FROM served_workspace WHERE name <> ''")).first()
        if served is None:
            return False
        return connection.execute(sa.select(_RESTORES).where(_RESTORES.c.done_at.is_(None))).first() is None


def _empty(engine: sa.Engine) -> None:
    with engine.connect().execution_options(clew_writes=True) as connection, connection.begin():
        held = sa.MetaData()
        held.reflect(connection)
        held.drop_all(connection)


def _clean(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    manifest: Manifest,
    lines: Sequence[Line],
    today: date | None,
    without: str,
) -> Restored:
    """Check the ledger, erase again what was erased, and what is due; write down that it was restored."""
    if casework.keys.public.hex() != manifest.key:
        raise SealError("The backup was not signed with the keys of this workspace.", "Ask who made it.")
    restored = Restored(manifest)
    newest = _same_ledger(casework, manifest, lines)
    restored.behind = max(0, newest - manifest.entries)
    records: dict[str, list[Line]] = {}
    for found in lines:
        if found.what == "case":
            _case_again(casework, actor, found, restored)
        elif found.what == "records":
            records.setdefault(found.erasure, []).append(found)
    for parts in records.values():
        restored.records += _records_again(casework, workspace, actor, parts)
    _erase_due(casework, workspace, actor, today or datetime.now(UTC).date(), restored)
    details = {
        "at": manifest.at, "entries": manifest.entries, "known": newest, "cases": restored.cases,
        "records": restored.records, "register": bool(lines),
    }  # fmt: skip
    private = {"reason": line(without, "a reason", needed=False)} if without else {}
    with write(casework.db) as connection:
        append(connection, actor, Deed("restore", f"backup {manifest.name}", details, private))
        connection.execute(_RESTORES.update().values(done_at=now()))
    return restored


def _same_ledger(casework: Casework, manifest: Manifest, lines: Sequence[Line]) -> int:
    """See that the ledger is whole, and that it is the one of which heads are known; the newest known size."""
    known = [Head(**found.about) for found in lines if found.what == "head"] + [Head(**manifest.head)]
    against = [head for head in known if head.size <= manifest.entries]
    checked = check(casework.db, casework.keys.public, against)
    if checked.faults:
        raise SealError(f"The ledger in the backup is not whole: {'; '.join(checked.faults[:5])}")
    return max(head.size for head in known)


def _case_again(casework: Casework, actor: Actor, found: Line, restored: Restored) -> None:
    case_id, mark = found.about["case"], found.about["mark"]
    with casework.db.connect() as connection:
        there = {case.id: case for case in read_cases(connection, casework.keys)}
        case = there.get(case_id)
        if case is None or case.state == "erased" or fingerprint(casework, connection, case_id) != mark:
            return
    carry_out_case(casework, actor, case_id, found.about["why"], known=True)
    restored.cases.append(case_id)


def _records_again(casework: Casework, workspace: Workspace, actor: Actor, parts: Sequence[Line]) -> int:
    """Records that came in before they were erased; what was ingested anew since then stays.

    Args:
        casework, workspace, actor: where, and who.
        parts: the lines of one erasure.
    """
    erased_at, why = datetime.fromisoformat(parts[0].at), parts[0].about["why"]
    wanted = pa.table({"record_id": pa.array([r for part in parts for r in part.about["records"]], pa.string())})
    came = ingested_at(workspace)
    files = [
        workspace.path / s.file for s in workspace.segments("records") if came.get(s.sha256, erased_at) <= erased_at
    ]
    if not files:
        return 0
    with open_views(workspace, need_run=False) as engine:
        engine.register({"older": files, "wanted": wanted})
        ids = engine.sql("SELECT record_id FROM older SEMI JOIN wanted USING (record_id)")["record_id"].to_pylist()
    if ids:
        carry_out_records(casework, workspace, actor, ids, why, {}, lambda share: None, known=True)
    return len(ids)


def _erase_due(casework: Casework, workspace: Workspace, actor: Actor, today: date, restored: Restored) -> None:
    for case_id in due(casework, workspace, today).cases:
        carry_out_case(casework, actor, case_id, _DUE)
        restored.cases.append(case_id)
    for source in due(casework, workspace, today).sources:
        if source.records or source.quarantine:
            carry_out_records(
                casework, workspace, actor, source.records, _DUE, source.held, lambda share: None, source.quarantine
            )
            restored.records += len(source.records)
