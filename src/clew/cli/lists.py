"""What commands share that take over lists of accounts or of prices, show them and take them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from clew.cli.common import at_work, clean, console, print_json
from clew.model.errors import InputError

T = TypeVar("T")
_SHOWN = 20  # rejected rows


def give(take_over: Callable[..., Any], file: Path, source: str, workspace: Path | None, why: str) -> Any:
    """Take over a list; what it gave.

    Raises:
        InputError: it has no name.
    """
    if not source.strip():
        raise InputError("A list needs a name.", "Give one with --source.")
    with at_work(workspace, why, None) as (casework, actor, place):
        return take_over(place, file, source, why, actor, casework.db)


def print_made(made: Any) -> None:
    """What a list gave, as JSON."""
    rejects = [{"line": r.line, "reason": r.reason, "raw": r.raw} for r in made.rejects]
    print_json({**vars(made), "rejects": rejects})


def print_rejects(rejects: Sequence[Any]) -> None:
    """The rows that were not taken over, the first of them each by itself."""
    out = console()
    if rejects:
        out.print(f"{len(rejects):,} rows were not taken over:")
    for reject in rejects[:_SHOWN]:
        out.print(f"  line {reject.line:,}: {clean(reject.reason)}: {clean(reject.raw, 60)}")
    if len(rejects) > _SHOWN:
        out.print(f"  … and {len(rejects) - _SHOWN:,} more (all of them with --json)")


def take_back(taken: Callable[..., int], what: str, source: str, workspace: Path | None, why: str, json: bool) -> None:
    """Take back the list of a source, and say how many labels or prices (``what``) held."""
    with at_work(workspace, why, None) as (casework, actor, place):
        count = taken(place, source, why, actor, casework.db)
    if json:
        print_json({"source": source, "removed": count})
    else:
        console().print(f"{count:,} {what} of {clean(source)} were taken back. It takes effect with: clew run")


def held(lists: Callable[..., list[T]], workspace: Path | None) -> list[T]:
    """The lists that hold now, to who may read."""
    with at_work(workspace, "", None) as (_, actor, place):
        from clew.access.roles import need

        need(actor, "read")
        return lists(place)
