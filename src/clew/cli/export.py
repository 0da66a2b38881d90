"""Commands that give data away: export tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import CaseOption, WhyOption, WorkspaceOption, at_work, console, steps

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
    why: WhyOption = "",
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Every table as Parquet: records, mentions, templates, links, networks, findings, leads and more.

    Victims and minors of the cases here stand under pseudonyms unless a supervisor released them.
    """
    from clew.evidence.masks import open_masks
    from clew.exchange.tables import export_tables
    from clew.pipeline.custody import giving

    with at_work(workspace, why, case) as (casework, actor, place), steps(("export",)) as told:
        ready = giving(casework.db, actor, "tables", {"to": str(out)})
        masks = open_masks(casework, place)
        counts = export_tables(place, out, lambda share: told("export", share), masks.table if masks else None, ready)
    for name, count in counts.items():
        console().print(f"{count:>12,} {name}")
