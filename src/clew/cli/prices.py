"""Price lists of advert platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import JsonOption, WhyOption, WorkspaceOption, at_work, clean, console, print_json
from clew.model.errors import InputError

_SHOWN = 20  # rejected rows


def prices(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="CSV: platform,what,amount,currency and, if you like, from and until."),
    ] = None,
    source: Annotated[str, typer.Option(help="What to call the list.", show_default=False)] = "",
    remove: Annotated[str, typer.Option(metavar="SOURCE", help="Take a list back.", show_default=False)] = "",
    workspace: WorkspaceOption = None,
    why: WhyOption = "",
    json: JsonOption = False,
) -> None:
    """Say what advert platforms ask for; without a file, show the price lists that hold."""
    if file is not None and remove:
        raise InputError("Give a file, or --remove SOURCE, not both.", "clew prices FILE.csv --source NAME")
    if file is not None:
        _give(file, source, workspace, why, json)
    elif remove:
        from clew.pipeline.price import unprice

        with at_work(workspace, why, None) as (casework, actor, place):
            count = unprice(place, remove, why, actor, casework.db)
        if json:
            print_json({"source": remove, "removed": count})
        else:
            console().print(f"{count:,} prices of {clean(remove)} were taken back. It takes effect with: clew run")
    else:
        _list(workspace, json)


def _give(file: Path, source: str, workspace: Path | None, why: str, json: bool) -> None:
    from clew.pipeline.price import price

    if not source.strip():
        raise InputError("A list needs a name.", "Give one with --source.")
    with at_work(workspace, why, None) as (casework, actor, place):
        made = price(place, file, source, why, actor, casework.db)
    if json:
        rejects = [{"line": r.line, "reason": r.reason, "raw": r.raw} for r in made.rejects]
        print_json({**vars(made), "rejects": rejects})
        return
    out = console()
    platforms = f"{made.platforms:,} platform{'s' * (made.platforms != 1)}"
    count = f"{made.prices:,} price{'s' * (made.prices != 1)}"
    out.print(f"{count} of {platforms}. It takes effect with: clew run")
    if made.replaced:
        out.print(f"The {made.replaced:,} prices that this source gave before hold no more.")
    if made.rejects:
        out.print(f"{len(made.rejects):,} rows were not taken over:")
    for reject in made.rejects[:_SHOWN]:
        out.print(f"  line {reject.line:,}: {clean(reject.reason)}: {clean(reject.raw, 60)}")
    if len(made.rejects) > _SHOWN:
        out.print(f"  … and {len(made.rejects) - _SHOWN:,} more (all of them with --json)")


def _list(workspace: Path | None, json: bool) -> None:
    from dataclasses import asdict

    from clew.pipeline.price import price_lists

    with at_work(workspace, "", None) as (_, actor, place):
        from clew.access.roles import need

        need(actor, "read")
        lists = price_lists(place)
    if json:
        print_json([asdict(one) for one in lists])
        return
    out = console()
    if not lists:
        out.print("No price list holds. Give one with: clew prices FILE.csv --source NAME")
    for one in lists:
        kinds = ", ".join(f"{count:,} of {clean(name)}" for name, count in list(one.platforms.items())[:8])
        more = f" and {len(one.platforms) - 8:,} more platforms" if len(one.platforms) > 8 else ""
        days = f", from {one.first_day or '…'} until {one.last_day or '…'}" if one.first_day or one.last_day else ""
        out.print(f"{clean(one.source)}: {one.prices:,} prices ({kinds}{more}){days}, version {one.version} of "
                  f"{one.at:%Y-%m-%d}, by {clean(one.who)}")  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(prices)
