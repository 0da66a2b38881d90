"""Commands that give data away: export tables, and the movement of a network for maps and calendars."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.common import CaseOption, WhyOption, WorkspaceOption, at_work, console, steps
from clew.cli.reading import need_purpose

if TYPE_CHECKING:
    from clew.exchange.moving import Moving

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
        need_purpose(casework, actor)
        masks = open_masks(casework, place)
        counts = export_tables(place, out, lambda share: told("export", share), masks.table if masks else None, ready)
    for name, count in counts.items():
        console().print(f"{count:>12,} {name}")


NetworkArgument = Annotated[str, typer.Argument(metavar="NETWORK", help="A network, as clew leads calls it.")]
FileArgument = Annotated[Path, typer.Argument(metavar="OUT", help="A new file.")]


@export.command()
def geojson(
    network: NetworkArgument,
    out: FileArgument,
    why: WhyOption = "",
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Where a network was and may go next, as GeoJSON for maps; victims and minors under pseudonyms."""
    from clew.exchange.geojson import rendered

    _movement(rendered, "geojson", network, out, (why, case, workspace), "features")


@export.command()
def kml(
    network: NetworkArgument,
    out: FileArgument,
    why: WhyOption = "",
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Where a network was and may go next, as KML for globes; victims and minors under pseudonyms."""
    from clew.exchange.kml import rendered

    _movement(rendered, "kml", network, out, (why, case, workspace), "placemarks")


@export.command()
def ics(
    network: NetworkArgument,
    out: FileArgument,
    why: WhyOption = "",
    case: CaseOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Stays, journeys and clashes of a network, as iCalendar; victims and minors under pseudonyms."""
    from clew.exchange.icalendar import rendered

    _movement(rendered, "ics", network, out, (why, case, workspace), "events")


def _movement(
    rendered: Callable[[Moving], tuple[bytes, int]],
    what: str,
    network: str,
    out: Path,
    options: tuple[str, str | None, Path | None],
    counted: str,
) -> None:
    """Write the movement of a network, by leave, masked, with an entry."""
    from clew.evidence.masks import open_masks
    from clew.exchange.moving import export_movement
    from clew.pipeline.custody import giving

    why, case, workspace = options
    with at_work(workspace, why, case) as (casework, actor, place):
        ready = giving(casework.db, actor, f"{what} of network {network[:64]}", {"to": str(out)})
        need_purpose(casework, actor)
        masks = open_masks(casework, place)
        count = export_movement(place, network, out, rendered, masks.table if masks else None, ready)
    console().print(f"{count:>12,} {counted}")
