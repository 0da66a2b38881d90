"""Which workspace it is, wherever its folder is moved."""

from __future__ import annotations

import secrets
from pathlib import Path

from clew.model.files import write_once

FILE = "identity"


def identity(workspace: Path) -> str:
    """The name of a workspace, given when it is first asked for; it is in the folder and goes where that goes."""
    path = workspace / FILE
    if not path.exists():
        write_once(path, f"{secrets.token_hex(8)}\n".encode())
    return path.read_text().strip()
