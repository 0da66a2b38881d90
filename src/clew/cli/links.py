"""Commands by which a person decides about links."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import WorkspaceOption, at_work, clean, console
from clew.model.errors import DeniedError

link = typer.Typer(help="Say that two records are, or are not, of one operation.", no_args_is_help=True)

First = Annotated[str, typer.Argument(metavar="A", help="Record id, its beginning, or a native id.")]
Second = Annotated[str, typer.Argument(metavar="B")]
Why = Annotated[str, typer.Option(help="The reason, kept with the decision.")]
Who = Annotated[str, typer.Option(help="Who decides, where there are no accounts; else it is you.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(link, name="link")


def _decide(a: str, b: str, state: str, why: str, who: str, workspace: Path | None) -> None:
    from clew.access import accounts
    from clew.pipeline.decide import decide

    with at_work(workspace, "", None) as (casework, actor, place):
        if who not in ("", actor.name) and accounts.any(casework.db):
            raise DeniedError(
                f"A decision stands under the name of who makes it, which is {actor.name}.", "Leave out --who."
            )
        first, second = decide(place, a, b, state, why, who or actor.name, actor, casework.db)
    console().print(f"{clean(first)} – {clean(second)}: {state}. It takes effect with the next: clew run")


@link.command()
def reject(a: First, b: Second, why: Why, who: Who = "", workspace: WorkspaceOption = None) -> None:
    """The two records are not of one operation: their network splits at the next run."""
    _decide(a, b, "rejected", why, who, workspace)


@link.command()
def accept(a: First, b: Second, why: Why, who: Who = "", workspace: WorkspaceOption = None) -> None:
    """The two records are of one operation: they stay together whatever the evidence."""
    _decide(a, b, "accepted", why, who, workspace)


@link.command()
def reset(a: First, b: Second, why: Why, who: Who = "", workspace: WorkspaceOption = None) -> None:
    """Take an earlier decision back: the evidence decides again."""
    _decide(a, b, "none", why, who, workspace)
