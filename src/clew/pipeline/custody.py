"""What ingests, runs, decisions and lists leave in the ledger, and what a process that died left out of it.

Each stands in a manifest or a segment before it stands in the ledger, under the lock of the workspace. So where a
process dies in between, the next command finds what is missing (`account_for`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from clew.access.login import login_name
from clew.access.roles import alone, need
from clew.database.base import explained, open_database, write
from clew.ledger.entry import Deed
from clew.ledger.log import append, known
from clew.model.actor import Actor
from clew.model.errors import InputError, WorkspaceError
from clew.pipeline.subjects import subjects
from clew.store.workspace import Workspace, dumped
from clew.vault.store import Digester

_LISTED = 50  # files that an entry lists; the manifest, whose digest it has, lists all
_PIECE = 1 << 20
CLEW = Actor("clew", frozenset(), "clew")  # notes what nobody else did


@contextmanager
def ledger(workspace: Workspace, db: sa.Engine | None) -> Iterator[sa.Engine]:
    """The database that is open already, else the workspace's for a while; its faults become one line."""
    engine = db or open_database(workspace.path)
    try:
        with explained(engine, workspace.path):
            yield engine
    finally:
        if db is None:
            engine.dispose()


def somebody(actor: Actor | None) -> Actor:
    """Who acts; the user of the operating system where nobody is named (benchmarks, a script of one's own)."""
    return actor or alone(login_name(), "command line")


@contextmanager
def digesting(files: Sequence[Path]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Compute the digests of files on a thread while they are read for something else.

    Yields:
        A function that waits for them. It raises InputError when a file was changed meanwhile.
    """
    before, stop = [_stamp(path) for path in files], Event()

    def digests() -> list[dict[str, Any]]:
        found = work.result()
        for path, stamp in zip(files, before, strict=True):
            if _stamp(path) != stamp:
                raise InputError(f"{path} was changed while it was read.", "Ingest it again when it is complete.")
        return found

    with ThreadPoolExecutor(1, "digests") as pool:
        work = pool.submit(_digests, files, stop)
        try:
            yield digests
        finally:
            stop.set()


def intake(manifest: dict[str, Any]) -> Deed:
    """The entry of an ingest.

    Args:
        manifest: as `clew.pipeline.ingest` wrote it.
    """
    files = manifest.get("digests", [])
    named = ("sha256", "blake2b", "size")
    kept = ("kind", "source", "counts", "segments", "quarantine")  # older manifests lack some
    details = {name: manifest[name] for name in kept if name in manifest} | {
        "files": len(files),
        "digests": [{name: file[name] for name in named} for file in files[:_LISTED]],
        "manifest": _digest_of(manifest),
    }
    names = [str(file["file"]) for file in files[:_LISTED]]
    return Deed("intake", f"ingest {manifest['id']}", details, {"files": "\n".join(names)})


def ran(manifest: dict[str, Any]) -> Deed:
    """The entry of a run."""
    details = {name: manifest[name] for name in ("code", "outputs", "counts")} | {"manifest": _digest_of(manifest)}
    return Deed("run", f"run {manifest['id']}", details)


def decided(digest: str, row: dict[str, Any]) -> Deed:
    """The entry of a decision about a link.

    Args:
        digest: SHA-256 of the segment that holds it.
        row: of DECISIONS.
    """
    details = {"a": row["record_a"], "b": row["record_b"], "state": row["state"], "who": row["who"]}
    return Deed("decide", f"decision {digest}", details, {"reason": row["why"]})


def listed(word: str, digest: str, rows: pa.Table, why: str = "", file: str = "") -> Deed:
    """The entry of a list of labels or prices, or of one that was taken back.

    Args:
        word: labels, prices.
        digest: SHA-256 of the segment that holds it.
        rows: of LABELS or PRICES, all of one source and state.
        why: the reason, where one was given.
        file: the list, where it is known.
    """
    facts = {name: rows[name][0].as_py() for name in ("source", "state", "who")} if rows.num_rows else {}
    private = {name: text for name, text in (("reason", why), ("file", file)) if text}
    return Deed("change", f"{word} {digest}", facts | {"rows": rows.num_rows}, private)


def giving(db: sa.Engine, actor: Actor, what: str, private: dict[str, str] | None = None) -> Callable[[Path], None]:
    """Export something, by leave and with an entry.

    Args:
        db: the database.
        actor: who takes it out.
        what: such as tables; the subject of the entry.
        private: where to.

    Returns:
        A function that is told the finished files, in a folder that nobody else sees yet; only with their digests in
        the ledger are they given away.

    Raises:
        DeniedError: the actor may not do that.
    """
    need(actor, "export")

    def ready(made: Path) -> None:
        files = sorted(path for path in made.rglob("*") if path.is_file())
        digests = {
            path.relative_to(made).as_posix(): {name: digest[name] for name in ("sha256", "blake2b", "size")}
            for path, digest in zip(files, _digests(files, Event()), strict=True)
        }
        with write(db) as connection:
            append(connection, actor, Deed("export", what, {"files": digests}, private or {}))

    return ready


def account_for(workspace: Workspace, db: sa.Engine) -> int:
    """Write into the ledger what a process that died did and did not write there.

    Returns:
        How many entries were added.
    """
    if not _unaccounted(workspace, db):
        return 0
    try:
        with workspace.locked():  # whoever holds it is at work, and will write it down
            missing = _unaccounted(workspace, db)
            with write(db) as connection:
                for deed in missing.values():
                    late = Deed(deed.act, deed.subject, {**deed.details, "noted": "later"}, deed.private)
                    append(connection, CLEW, late)
            return len(missing)
    except WorkspaceError:
        return 0


def _unaccounted(workspace: Workspace, db: sa.Engine) -> dict[str, Deed]:
    """What the ledger lacks, by subject, in order."""
    wanted = subjects(workspace)
    with db.connect() as connection:
        there = known(connection, list(wanted))
    found: dict[str, Deed] = {}
    for subject, path in wanted.items():
        if subject in there:
            continue
        if path.suffix == ".json":
            found[subject] = _late(workspace, subject, path)
        elif path.exists():
            word, _, digest = subject.partition(" ")
            rows = pq.read_table(path)
            one = word == "decision"
            found[subject] = decided(digest, rows.to_pylist()[0]) if one else listed(word, digest, rows)
    return found


def _late(workspace: Workspace, subject: str, path: Path) -> Deed:
    """The entry of an ingest or run that nobody wrote; ``held``: is what it made in the workspace now?"""
    content, ingest = path.read_bytes(), subject.startswith("ingest")
    try:
        manifest = orjson.loads(content)
        deed = intake(manifest) if ingest else ran(manifest)
        made = manifest["segments"] if ingest else manifest["outputs"]["networks"]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        damaged = {"manifest": hashlib.sha256(content).hexdigest(), "damaged": True}
        return Deed("intake" if ingest else "run", subject, damaged)
    held = {s.sha256 for segments in workspace.catalog.tables.values() for s in segments}
    return Deed(deed.act, subject, {**deed.details, "held": held.issuperset(made)}, deed.private)


def _digest_of(manifest: dict[str, Any]) -> str:
    """SHA-256 of the manifest's file."""
    return hashlib.sha256(dumped(manifest)).hexdigest()


def _digests(files: Sequence[Path], stop: Event) -> list[dict[str, Any]]:
    found = []
    for path in files:
        digester = Digester()
        with path.open("rb", buffering=0) as stream:
            for _ in digester.watch(iter(lambda held=stream: held.read(_PIECE), b"")):  # type: ignore[misc]
                if stop.is_set():
                    return []
        found.append({"file": str(path), **vars(digester.digests())})
    return found


def _stamp(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
