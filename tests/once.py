"""What is made once for all workers of pytest-xdist, who would else each make it for themselves."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that one worker fills and all read; the others wait meanwhile."""
    base = factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once-{name}"
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file is closed, or its process dies
        ready = home / "ready"
        if not ready.exists():
            home.mkdir()  # fails where a worker failed before
            make(home)
            ready.touch()
    return home
