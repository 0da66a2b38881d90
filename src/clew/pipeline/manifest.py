"""What a run writes down of itself: inputs, parameters, versions and the digests of what came out."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

import clew
from clew.model.errors import InputError
from clew.store.workspace import Workspace, manifest_path

# Parts of the package that show, keep or guard tables and make none.
_SHOWING = ("access", "cases", "cli", "database", "evidence", "keeping", "ledger", "query", "vault", "web")
# What the tables depend on besides Clew's own code.
_LIBRARIES = ("duckdb", "numba", "numpy", "pyarrow", "scipy", "phonenumbers", "pillow")


def now() -> datetime:
    """The time, in UTC; the only clock of the pipeline, which reaches manifests but never a table."""
    return datetime.now(UTC)


@cache
def code_digest() -> str:
    """SHA-256 over the names and contents of every file that makes a table: the exact version of the code."""
    root = Path(clew.__file__).parent
    digest = hashlib.sha256()
    files = (p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    for path in sorted(p for p in files if p.relative_to(root).parts[0] not in _SHOWING):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True)
class Manifest:
    """One run of the pipeline.

    Attributes:
        id: ``R0001``…
        at: when it ended.
        inputs: per table that was read from the workspace, the SHA-256 of each segment in order.
        outputs: per table that was written, the SHA-256 of its file.
        parameters: what the user could have chosen otherwise.
        code: digest of the files that make tables.
        versions: of Clew, Python, the processor's architecture and the libraries.
        seconds: per step.
        counts: rows per table written.
        who: began it.
    """

    id: str
    at: str
    inputs: dict[str, list[str]]
    outputs: dict[str, list[str]]
    parameters: dict[str, Any]
    code: str
    versions: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    who: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def versions() -> dict[str, str]:
    """Versions of all that the result may depend on."""
    found = {name: metadata.version(name) for name in _LIBRARIES}
    return {
        "clew": metadata.version("clew"),
        "python": platform.python_version(),
        "machine": platform.machine(),
    } | found


def next_id(workspace: Workspace, letter: str) -> str:
    """The next free id: runs are R0001…, ingests I0001…"""
    taken = [int(path.stem[1:]) for path in (workspace.path / "runs").glob(f"{letter}[0-9]*.json")]
    return f"{letter}{max(taken, default=0) + 1:04d}"


def read_manifest(workspace: Workspace, run: str) -> Manifest:
    """The manifest of a run, named by id (or ``last``).

    Raises:
        InputError: there is no such run.
    """
    runs = sorted((workspace.path / "runs").glob("R[0-9]*.json"), key=lambda p: int(p.stem[1:]))
    if run == "last" and runs:
        run = runs[-1].stem
    path = manifest_path(workspace, run)
    if not run.isalnum() or path not in runs:
        names = ", ".join(p.stem for p in runs[-5:]) or "none yet; make one with: clew run"
        raise InputError(f"There is no run {run!r}.", f"Runs: {names}.")
    return Manifest(**orjson.loads(path.read_bytes()))
