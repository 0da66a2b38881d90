"""What commands share: the workspace option, progress bars, and output that can be piped."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import sqlalchemy as sa
    from rich.console import Console

    from clew.cases.base import Casework
    from clew.model.actor import Actor
    from clew.store.workspace import Workspace

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="CLEW_WORKSPACE",
        help="Folder of the workspace; the current folder when not given.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="Most rows of each list.")]
WhyOption = Annotated[
    str, typer.Option("--why", envvar="CLEW_WHY", help="The purpose, kept in the ledger.", show_default=False)
]
CaseOption = Annotated[
    str | None, typer.Option("--case", metavar="CASE", help="The case in which you do it.", show_default=False)
]


def acting(db: sa.Engine, why: str = "", case: str | None = None) -> Actor:
    """Who types this command.

    Raises:
        DeniedError: the workspace has accounts, and none is theirs.
    """
    from clew.access.terminal import typing

    found = typing(db, os.environ.get("CLEW_TOKEN", "")).within(case, why)
    # A job of the workbench is a command, too; who began it sat at the workbench (`clew.web.jobs`).
    return replace(found, via="workbench") if os.environ.get("CLEW_JOB") == "workbench" else found


@contextmanager
def at_work(workspace: Path | None, why: str, case_id: str | None) -> Iterator[tuple[Casework, Actor, Workspace]]:
    """What a command needs that does more than read, and who types it."""
    from clew.cases.base import Casework
    from clew.database.base import explained
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    casework = Casework(place.path, passphrase)
    try:
        with explained(casework.db, place.path):
            yield casework, acting(casework.db, why, case_id), place
    finally:
        casework.close()


def passphrase(prompt: str = "Passphrase of the keys: ") -> str:
    """Ask for a passphrase on the terminal; empty where there is none."""
    import getpass

    return getpass.getpass(prompt) if sys.stdin.isatty() else ""


def console() -> Console:
    """Standard output; text of records is printed as it is, never read as markup."""
    from rich.console import Console

    return Console(markup=False, highlight=False, soft_wrap=not sys.stdout.isatty())


def print_json(value: Any) -> None:
    """Pretty JSON on standard output."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str))
    sys.stdout.buffer.flush()


# Control characters, and those that turn the direction of writing.
_CONTROL = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def clean(text: object, most: int = 100) -> str:
    """Text of a record for a terminal: one line, no control characters (a record must not steer the terminal)."""
    plain = str(text if text is not None else "").encode("utf-8", "replace").decode("utf-8")  # no half of a pair
    line = " ".join(plain.translate(_CONTROL).split())
    return line if len(line) <= most else line[: most - 1] + "…"


@contextmanager
def steps(names: tuple[str, ...]) -> Iterator[Callable[[str, float], None]]:
    """A progress bar per step, on standard error; plain lines where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    if not sys.stderr.isatty():
        with _lines() if os.environ.get("CLEW_PROGRESS") == "lines" else _plain() as told:
            yield told
        return
    columns = (TextColumn("{task.description:<9}"), BarColumn(40), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {name: progress.add_task(name, total=1.0, start=False) for name in names}

        def told(step: str, share: float) -> None:
            task = tasks.setdefault(step, TaskID(-1))
            if task >= 0:
                progress.start_task(task)
                progress.update(task, completed=share)

        yield told


@contextmanager
def _lines() -> Iterator[Callable[[str, float], None]]:
    """A line of JSON for each percent, for a program that shows the progress itself (the workbench)."""
    import orjson

    last: dict[str, int] = {}

    def told(step: str, share: float) -> None:
        percent = int(share * 100)
        if last.get(step) != percent:
            last[step] = percent
            print(orjson.dumps({"step": step, "share": share}).decode(), file=sys.stderr, flush=True)

    yield told


@contextmanager
def _plain() -> Iterator[Callable[[str, float], None]]:
    """One line when a step ends."""
    ended: set[str] = set()

    def told(step: str, share: float) -> None:
        if share >= 1.0 and step not in ended:
            ended.add(step)
            print(f"{step}: done", file=sys.stderr, flush=True)

    yield told
