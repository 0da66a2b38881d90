"""Processes that are there at once: each is forked from one that has loaded what they need and done nothing else.

A Python that starts afresh loads for a second before it does anything, so that those started together hardly meet.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any

_STREAMS = ("in", "out", "err")
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


def command(*words: str, folder: Path, said: str = "") -> CompletedProcess[str]:
    """What ``clew`` does in a folder, and what it says to somebody who types something."""
    with TemporaryDirectory() as held:
        for name in _STREAMS:
            (Path(held) / name).write_text(said if name == "in" else "")
        process = forked(_command, words, folder, Path(held))
        process.join()
        _, told, failed = ((Path(held) / name).read_text("utf-8", "surrogateescape") for name in _STREAMS)
    return CompletedProcess(words, process.exitcode or 0, told, failed)


def _command(words: Sequence[str], folder: Path, held: Path) -> None:
    from clew.cli import main

    for number, name in enumerate(_STREAMS):
        os.dup2(os.open(held / name, os.O_RDWR | os.O_APPEND), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 (multiprocessing has put another in its place)
    sys.argv = ["clew", *words]
    os.chdir(folder)
    main()
