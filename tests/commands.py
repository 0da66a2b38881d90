"""The command line in this process. Typer's runner puts all commands together for each call, which takes longer than
most of them run; here it is done once."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import typer.testing
from typer.main import get_command

_built = cache(get_command)


class Runner(typer.testing.CliRunner):
    """Calls commands as Typer's runner does."""

    def invoke(self, *words: Any, **more: Any) -> typer.testing.Result:
        """Call one."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(typer.testing, "_get_command", _built)
            return super().invoke(*words, **more)
