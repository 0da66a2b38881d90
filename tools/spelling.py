"""What the dictionaries of hunspell know (developer's tools)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection
from pathlib import Path

_FOLDER = Path("/usr/share/hunspell")


def accepted(dictionary: str, words: Collection[str]) -> set[str]:
    """Those of some words that a dictionary such as "pl_PL" takes for right, as they are written.

    Raises:
        SystemExit: hunspell or the dictionary is not there.
    """
    rules = _FOLDER / f"{dictionary}.aff"
    if not rules.exists():
        raise SystemExit(f"hunspell has no dictionary {dictionary}: install it")
    charset = re.search(rb"SET\s+([\w-]+)", rules.read_bytes())[1].decode()
    asked = {w for w in words if w == w.encode(charset, "ignore").decode(charset)}
    text = "\n".join(sorted(asked)).encode()
    run = subprocess.run(["hunspell", "-i", "utf-8", "-d", dictionary, "-G"], input=text, capture_output=True)
    if run.returncode:
        raise SystemExit(f"hunspell fails with {dictionary}: {run.stderr.decode()[:200]}")
    return asked & set(run.stdout.decode("utf-8", "replace").split("\n"))
