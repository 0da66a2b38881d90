"""Files that are there whole or not at all, their digests, folders that are to be filled, and where a cache goes."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from clew.model.errors import InputError


def cache_folder() -> Path:
    """Where a user's files are kept that can be had again: ``CLEW_CACHE``, else ``clew`` in ``XDG_CACHE_HOME``, else
    ``~/.cache/clew``.
    """
    if named := os.environ.get("CLEW_CACHE"):
        return Path(named)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "clew"


def check_new(folder: Path) -> None:
    """See whether a folder may be filled: it is not there yet, or empty.

    Raises:
        InputError: it holds something, or is no folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists and is not an empty folder.", "Name a new folder.")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_once(path: Path, content: bytes) -> bool:
    """Write a file for its owner alone, whole and on the disk, unless it is there already.

    Returns:
        Whether it was this call that wrote it: of several at once one is the first.
    """
    staged = stage(path, content)
    try:
        os.link(staged, path)
    except FileExistsError:
        return False
    finally:
        staged.unlink()
    sync_folder(path.parent)
    return True


def write_over(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, whole and on the disk, in place of what is there."""
    stage(path, content).replace(path)
    sync_folder(path.parent)


def stage(path: Path, content: bytes) -> Path:
    """A file beside another, under a name that nobody else takes."""
    staged = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return staged


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk, too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
