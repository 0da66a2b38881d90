"""Commands that give data away: export tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import WorkspaceOption, console, steps

export = typer.Typer(help="Write what a workspace holds in formats that others read.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(export, name="export")


@export.callback()
def _group() -> None:
    """Write what a workspace holds in formats that others read."""


@export.command()
def tables(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Every table as Parquet: records, mentions, templates, links, networks, findings, leads and more."""
    from clew.exchange.tables import export_tables
    from clew.store.workspace import find_workspace

    with steps(("export",)) as told:
        counts = export_tables(find_workspace(workspace), out, lambda share: told("export", share))
    for name, count in counts.items():
        console().print(f"{count:>12,} {name}")
