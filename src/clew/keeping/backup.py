"""Backups: everything of a workspace as it was at one moment, with two digests of each file, signed.

What can be made again (the reading index) is left out, and so are the keys, unless a passphrase is given for them.
Files that are sealed stay sealed. A backup is as confidential as the workspace: the material in it is readable.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clew.access.roles import need
from clew.cases.base import Casework
from clew.database.base import now, write
from clew.keeping.dump import dump, schema_of, snapshot
from clew.keeping.erase import unfinished
from clew.keeping.register import add_lines
from clew.ledger.entry import Deed, canonical
from clew.ledger.heads import Head, sign_head
from clew.ledger.log import append
from clew.ledger.log import size as ledger_size
from clew.model.actor import Actor
from clew.model.errors import InputError, SealError, WorkspaceError
from clew.model.files import sync_folder
from clew.store.workspace import KEPT, Workspace
from clew.vault.keys import SHORTEST, wrapped
from clew.vault.store import Digester, Digests

FORMAT = 1
MANIFEST, SIGNATURE, DATABASE, KEYS = "manifest.json", "manifest.sig", "database.jsonl", "keys.json"
INSIDE = "workspace"  # folder of the backup
_PARTS = ("catalog.json", "erased.json", "identity", "public-key")
_FOLDERS = ("runs", "vault", "incoming")
_PIECE = 1 << 20
_MOST_FAULTS = 20
_IDENTITY = re.compile("[0-9a-f]{16}")
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Manifest:
    """What is in a backup.

    Attributes:
        format: of the backup.
        workspace: identity of the workspace.
        at: when, ISO 8601 in UTC.
        clew: version that made it.
        schema: version of the database's schema.
        key: public key that signed, hex.
        head: the newest signed head of the ledger.
        entries: of the ledger.
        rows: per table of the database.
        files: path to digests.
    """

    format: int
    workspace: str
    at: str
    clew: str
    schema: str
    key: str
    head: dict[str, Any]
    entries: int
    rows: dict[str, int]
    files: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        """By which the ledger knows it: the SHA-256 of the manifest."""
        digester = Digester()
        for _ in digester.watch([canonical(asdict(self))]):
            pass
        return digester.digests().sha256

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(int(file["size"]) for file in self.files.values())


def back_up(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    out: Path,
    passphrase: str = "",
    progress: Progress = lambda share: None,
) -> Manifest:
    """Make a backup; the folder appears whole or not at all.

    Args:
        casework, workspace, actor: of what, and who.
        out: a folder that does not exist yet.
        passphrase: for the keys, which are in the backup then; empty: they are not.
        progress: told the share that is done.

    Raises:
        DeniedError: it takes an administrator.
        InputError: ``out`` is there, lies within the workspace, or the passphrase is too short.
        WorkspaceError: another process is changing the workspace, or an erasure was interrupted.
        SealError: a segment of the workspace was altered.
    """
    need(actor, "administer")
    out = out.absolute()
    if out.exists() or out.resolve().is_relative_to(workspace.path.resolve()):
        raise InputError(f"{out} exists or lies within the workspace.", "Name a new folder elsewhere.")
    if passphrase and len(passphrase) < SHORTEST:
        raise InputError("That passphrase is too short.", f"Take {SHORTEST} characters or more.")
    if unfinished(casework):
        raise WorkspaceError("An erasure was interrupted.", "End it first with: clew erase resume")
    staged = out.with_name(f".{out.name}.backing-up")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700, parents=True)
    try:
        with workspace.locked():
            manifest = _copy(casework, workspace, staged, passphrase, progress)
        _sign(casework, manifest, staged)
        staged.rename(out)
        sync_folder(out.parent)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    with write(casework.db) as connection:
        details = {"files": len(manifest.files), "bytes": manifest.size, "entries": manifest.entries,
                   "keys": KEYS in manifest.files}  # fmt: skip
        append(connection, actor, Deed("backup", f"backup {manifest.name}", details, {"to": str(out)}))
    return manifest


def verify_backup(backup: Path, progress: Progress = lambda share: None) -> Manifest:
    """Check a backup: the signature, and both digests of every file.

    Raises:
        InputError: it is no backup, or one that a newer Clew made.
        SealError: it is not as it was made; every file that is changed, missing or added is named.
    """
    manifest = read_manifest(backup)
    faults, done, root = list[str](), 0, backup.resolve()
    for name, digests in manifest.files.items():
        path = backup / name
        if not path.is_file() or path.resolve() != root / name:  # a link may lead anywhere
            faults.append(f"{name} is missing")
        else:
            found = digests_of(path)
            if asdict(found) != digests:
                faults.append(f"{name} was changed")
        done += int(digests["size"])
        progress(done / max(manifest.size, 1))
    there = {str(p.relative_to(backup)) for p in backup.rglob("*") if p.is_symlink() or not p.is_dir()}
    faults += [f"{name} was added" for name in sorted(there - {*manifest.files, MANIFEST, SIGNATURE})]
    if faults:
        more = f" and {len(faults) - _MOST_FAULTS:,} more" if len(faults) > _MOST_FAULTS else ""
        raise SealError(f"{backup} is not as it was made: {'; '.join(faults[:_MOST_FAULTS])}{more}.")
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup, its signature checked. (Whose key it is, `clew.keeping.restore` asks.)"""
    try:
        raw, signed = (backup / MANIFEST).read_bytes(), orjson.loads((backup / SIGNATURE).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise InputError(f"{backup} is no backup.", "Make one with: clew backup make OUT") from None
    wrong = SealError(f"{backup / MANIFEST} is not as it was signed.")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed["key"]))
        key.verify(bytes.fromhex(signed["signature"]), _statement(raw))
        held = orjson.loads(raw)
        if held["format"] != FORMAT:
            raise InputError(f"{backup} has format {held['format']}.", "Use the Clew that made it.")
        manifest = Manifest(**held)
        if manifest.key != signed["key"] or not _sound(manifest) or not Head(**manifest.head).valid():
            raise wrong
    except (KeyError, TypeError, ValueError, AttributeError, InvalidSignature):
        raise wrong from None
    return manifest


def _sound(manifest: Manifest) -> bool:
    """Is everything in it what it should be? Anybody can sign anything with a key of their own, names of files too."""
    return (
        isinstance(manifest.workspace, str)
        and bool(_IDENTITY.fullmatch(manifest.workspace))
        and all(isinstance(text, str) for text in (manifest.at, manifest.clew, manifest.schema))
        and isinstance(manifest.entries, int)
        and all(isinstance(count, int) for count in manifest.rows.values())
        and all(
            set(digests) == {"sha256", "blake2b", "size"} and isinstance(digests["size"], int)
            for digests in manifest.files.values()
        )
        and all(_inside(name) for name in manifest.files)
    )


def _inside(name: str) -> bool:
    """May a file be called that: one of the few at the top, or below the workspace?"""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        return False
    return name in (DATABASE, KEYS) if len(parts) == 1 else parts[0] == INSIDE


def copy_file(source: Path, target: Path) -> Digests:
    """Copy a file and take its digests on the way."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digester = Digester()
    with source.open("rb") as stream, open_new(target) as out:
        for piece in digester.watch(_pieces(stream)):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digester.digests()


def digests_of(path: Path) -> Digests:
    """Both digests of a file."""
    digester = Digester()
    with path.open("rb") as stream:
        for _ in digester.watch(_pieces(stream)):
            pass
    return digester.digests()


def open_new(path: Path) -> BinaryIO:
    """A new file for its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _copy(casework: Casework, workspace: Workspace, staged: Path, passphrase: str, progress: Progress) -> Manifest:
    """Everything, while nobody else changes the workspace. Originals are only ever added: after the database, all that
    it names are there."""
    head = sign_head(casework.db, casework.keys)
    add_lines(casework.keys, now(), "head", "", iter([asdict(head)]))
    files: dict[str, dict[str, Any]] = {}
    with snapshot(casework.db) as connection:
        schema, entries = schema_of(connection), ledger_size(connection)
        with open_new(staged / DATABASE) as out:
            rows = dump(connection, out)
    files[DATABASE] = asdict(digests_of(staged / DATABASE))
    if passphrase:
        with open_new(staged / KEYS) as out:
            out.write(wrapped(casework.keys, passphrase))
        files[KEYS] = asdict(digests_of(staged / KEYS))
    paths = sorted(_held(workspace))
    total, done = max(sum(path.stat().st_size for path in paths), 1), 0
    for path in paths:
        name = path.relative_to(workspace.path)
        found = copy_file(path, staged / INSIDE / name)
        if name.parts[0] == "segments" and found.sha256 != path.stem:
            raise SealError(f"{path} was altered.", "Restore the workspace from an older backup.")
        files[f"{INSIDE}/{name.as_posix()}"] = asdict(found)
        done += found.size
        progress(min(done / total, 1.0))
    return Manifest(
        FORMAT, casework.keys.workspace, now(), metadata.version("clew"), schema, casework.keys.public.hex(),
        asdict(head), entries, rows, dict(sorted(files.items())),
    )  # fmt: skip


def _held(workspace: Workspace) -> Iterator[Path]:
    """The files that a backup needs."""
    root = workspace.path
    yield from (root / name for name in _PARTS if (root / name).is_file())
    for folder in _FOLDERS:
        yield from (p for p in (root / folder).rglob("*") if p.is_file() and not p.name.startswith("."))
    current = {s.file for segments in workspace.catalog.tables.values() for s in segments}
    for path in (root / "segments").glob("*/*.parquet"):
        if path.parent.name in KEPT or str(path.relative_to(root)) in current:
            yield path


def _sign(casework: Casework, manifest: Manifest, staged: Path) -> None:
    raw = canonical(asdict(manifest))
    signature = {"key": manifest.key, "signature": casework.keys.sign(_statement(raw)).hex()}
    for name, content in ((MANIFEST, raw), (SIGNATURE, orjson.dumps(signature))):
        with open_new(staged / name) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())


def _statement(raw: bytes) -> bytes:
    return b"clew backup 1\n" + raw


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
