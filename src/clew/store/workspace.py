"""The workspace: a folder of immutable Parquet segments and one catalog that names the current ones.

A change writes its segments to a staging folder and then replaces ``catalog.json`` in one step. A process that is
killed before that step leaves the workspace as it was; what it staged is swept away by the next change. Segments are
named by their SHA-256, so the catalog is also the list of digests that a run's manifest quotes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from clew.model.errors import WorkspaceError
from clew.model.files import check_new, sha256_of, write_over

FORMAT = 3
ERASED = "erased.json"
# Never swept: a run can only be replayed while what it read is still there.
KEPT = ("records", "changes", "quarantine", "decisions", "labels", "prices", "anchors")


@dataclass(frozen=True)
class Segment:
    """One Parquet file of a table.

    Attributes:
        file: path below the workspace.
        sha256: digest of the file's bytes.
        bytes: size of the file.
        made_from: key of what it was computed from; empty for what was ingested.
    """

    file: str
    sha256: str
    bytes: int
    made_from: str = ""


@dataclass
class Catalog:
    """What is in the workspace now."""

    format: int = FORMAT
    generation: int = 0
    tables: dict[str, list[Segment]] = field(default_factory=dict)

    def dump(self) -> bytes:
        """As JSON."""
        return dumped(asdict(self))

    @classmethod
    def load(cls, raw: bytes) -> Catalog:
        """From JSON."""
        data = orjson.loads(raw)
        tables = {name: [Segment(**s) for s in segments] for name, segments in data["tables"].items()}
        return cls(data["format"], data["generation"], tables)


class Workspace:
    """A folder made by `Workspace.create`, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        catalog = path / "catalog.json"
        try:
            self.catalog = Catalog.load(catalog.read_bytes())
        except FileNotFoundError:
            raise WorkspaceError(f"{path} is not a Clew workspace.", f"Make one with: clew init {path}") from None
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise WorkspaceError(f"{catalog} cannot be read ({error}).", "Restore it from a backup.") from None
        if self.catalog.format != FORMAT:
            raise WorkspaceError(
                f"{path} has workspace format {self.catalog.format}; this Clew reads format {FORMAT}.",
                "Use the Clew version that made it, or ingest the sources again.",
            )

    @classmethod
    def create(cls, path: Path) -> Workspace:
        """Make an empty workspace; the folder must be empty or not exist."""
        check_new(path)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        for folder in ("segments", "runs", "staging"):
            (path / folder).mkdir(mode=0o700)
        write_over(path / "catalog.json", Catalog().dump())
        return cls(path)

    def segments(self, table: str) -> list[Segment]:
        """The current segments of a table, in the order in which they were added."""
        return list(self.catalog.tables.get(table, ()))

    def paths(self, table: str) -> list[Path]:
        """Their files."""
        return [self.path / s.file for s in self.segments(table)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from changing the workspace until the block ends.

        Raises:
            WorkspaceError: another process is changing this workspace.
        """
        with (self.path / "lock").open("a") as lock:
            os.fchmod(lock.fileno(), 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WorkspaceError(
                    f"Another clew process is changing {self.path}.", "Wait for it to end, then try again."
                ) from None
            self.catalog = Catalog.load((self.path / "catalog.json").read_bytes())
            yield

    def busy(self) -> bool:
        """Is another process changing the workspace?"""
        with (self.path / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Stage a change; it is published when the block ends without an exception, else nothing happened.

        Raises:
            WorkspaceError: another process is changing this workspace.
        """
        with self.locked():
            self._sweep()
            staging = Path(tempfile.mkdtemp(dir=self.path / "staging"))
            change = Change(self, staging)
            try:
                yield change
                change.publish()
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a killed change staged and the derived segments that no catalog names any more."""
        shutil.rmtree(self.path / "staging", ignore_errors=True)
        (self.path / "staging").mkdir(mode=0o700)
        current = {s.file for segments in self.catalog.tables.values() for s in segments}
        for path in (self.path / "segments").glob("*/*.parquet"):
            if path.parent.name not in KEPT and str(path.relative_to(self.path)) not in current:
                path.unlink()


class Change:
    """A change to a workspace that is being prepared."""

    def __init__(self, workspace: Workspace, staging: Path) -> None:
        self.workspace = workspace
        self.staging = staging
        self._tables = {name: list(segments) for name, segments in workspace.catalog.tables.items()}

    def folder(self, name: str) -> Path:
        """A new empty folder for files in the making."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.staging))

    def add(self, table: str, files: Iterable[Path], made_from: str = "") -> list[Segment]:
        """Take staged files over as further segments of a table; content that is there already is not added twice."""
        added = [self._take(table, path, made_from) for path in files]
        present = {(s.file, s.made_from) for s in self._tables.get(table, ())}
        self._tables.setdefault(table, []).extend(s for s in added if (s.file, s.made_from) not in present)
        return added

    def replace(self, table: str, files: Sequence[Path], made_from: str = "") -> list[Segment]:
        """Let staged files be all that a table holds."""
        self._tables[table] = []
        return self.add(table, files, made_from)

    def keep_only(self, table: str, made_from: Iterable[str]) -> None:
        """Drop the segments of a table that were made from anything else."""
        wanted = set(made_from)
        self._tables[table] = [s for s in self._tables.get(table, ()) if s.made_from in wanted]

    def drop(self, table: str, digests: Collection[str]) -> None:
        """Let go of some segments of a table."""
        self._tables[table] = [s for s in self._tables.get(table, ()) if s.sha256 not in digests]

    def segments(self, table: str) -> list[Segment]:
        """The segments a table will have when this change is published."""
        return list(self._tables.get(table, ()))

    def paths(self, table: str) -> list[Path]:
        """Their files."""
        return [self.workspace.path / s.file for s in self.segments(table)]

    def publish(self) -> None:
        """Make what was staged so far the current state (at the end of the block; a long run calls it earlier)."""
        catalog = Catalog(FORMAT, self.workspace.catalog.generation + 1, {k: list(v) for k, v in self._tables.items()})
        write_over(self.workspace.path / "catalog.json", catalog.dump())
        self.workspace.catalog = catalog

    def _take(self, table: str, path: Path, made_from: str) -> Segment:
        digest = sha256_of(path)
        home = self.workspace.path / "segments" / table
        home.mkdir(mode=0o700, exist_ok=True)
        target = home / f"{digest}.parquet"
        size = path.stat().st_size
        path.chmod(0o600)
        path.replace(target)
        return Segment(str(target.relative_to(self.workspace.path)), digest, size, made_from)


def erased_segments(workspace: Workspace) -> dict[str, str]:
    """What was erased from a workspace: a segment's SHA-256, and when and why in one clause."""
    path = workspace.path / ERASED
    return dict(orjson.loads(path.read_bytes())) if path.exists() else {}


def note_erased(workspace: Workspace, digests: Iterable[str], why: str) -> None:
    """Write down that segments were erased, so that a replay can say so."""
    noted = dict.fromkeys(digests, why) | erased_segments(workspace)
    write_over(workspace.path / ERASED, dumped(noted))


def find_workspace(named: str | os.PathLike[str] | None) -> Workspace:
    """The workspace named on the command line, else by ``CLEW_WORKSPACE``, else the current folder."""
    return Workspace(Path(named or os.environ.get("CLEW_WORKSPACE") or "."))


def manifest_path(workspace: Workspace, run: str) -> Path:
    """Where a run's manifest is kept."""
    return workspace.path / "runs" / f"{run}.json"


def write_manifest(workspace: Workspace, run: str, manifest: dict[str, Any]) -> None:
    """Keep a run's manifest."""
    write_over(manifest_path(workspace, run), dumped(manifest))


def dumped(value: dict[str, Any]) -> bytes:
    """JSON as it stands in the files of a workspace: for people to read, the same bytes for the same content."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
