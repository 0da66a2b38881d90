"""Processes that are there at once: each is forked from one that has loaded what they need and done nothing else.

A Python that starts afresh loads for a second before it does anything, so that those started together hardly meet.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

_FROM = get_context("forkserver")
_FROM.set_forkserver_preload(["clew.keeping.erase", "clew.pipeline.run", "alembic.command", "psycopg", "pytest"])
pipe = _FROM.Pipe


def forked(call: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a process that makes a call in the environment of now; the call stands in a module."""
    process = _FROM.Process(target=_there, args=(dict(os.environ), call, *arguments))
    process.start()
    return process


def _there(environment: dict[str, str], call: Callable[..., None], *arguments: Any) -> None:
    os.environ.clear()
    os.environ.update(environment)
    call(*arguments)
