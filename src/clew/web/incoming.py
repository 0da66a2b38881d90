"""Files that people give to the workbench: kept as they came, under a name of our own choosing."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import BinaryIO

from clew.model.errors import InputError, MissingError

FOLDER = "incoming"  # below the workspace
MAX_FILE = 256 << 20  # bytes
_PIECE = 1 << 20
_UNSAFE = re.compile(r"[^\w.-]+")
_TOKEN = re.compile(r"[0-9a-f]{16}")


def keep(workspace: Path, name: str, stream: BinaryIO) -> str:
    """Write an upload to disk.

    Args:
        workspace: its folder.
        name: as the browser says; only its letters, digits, dots and hyphens are used.
        stream: the content.

    Returns:
        What `kept` finds it by: ``TOKEN/NAME``.

    Raises:
        InputError: it is empty or too big; nothing is kept.
    """
    safe = _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(".-")[-120:] or "file"
    folder = workspace / FOLDER / secrets.token_hex(8)
    folder.mkdir(mode=0o700, parents=True)
    path, size = folder / safe, 0
    with path.open("xb") as out:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > MAX_FILE:
                break
            out.write(piece)
    path.chmod(0o600)
    if not 0 < size <= MAX_FILE:
        path.unlink()
        folder.rmdir()
        why = "is empty" if size == 0 else f"is larger than {MAX_FILE >> 20} MB"
        raise InputError(f"{safe} {why}.", "Give another file, or the path of one on this machine.")
    return f"{folder.name}/{safe}"


def kept(workspace: Path, name: str) -> Path:
    """The file of a name that `keep` gave, or a path on this machine.

    Raises:
        MissingError: there is no such file.
    """
    token, _, rest = name.partition("/")
    if _TOKEN.fullmatch(token) and rest and "/" not in rest and rest not in (".", ".."):
        path = workspace / FOLDER / token / rest
    else:
        path = Path(name)
    try:
        if path.is_absolute() and path.is_file():
            return path
    except (OSError, ValueError):
        pass
    raise MissingError(f"There is no file {name[:200]!r} here.", "Give the whole path, beginning with /, or upload it.")
