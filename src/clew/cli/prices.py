"""Price lists of advert platforms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import JsonOption, WhyOption, WorkspaceOption, clean, console, print_json
from clew.cli.lists import give, held, print_made, print_rejects, take_back
from clew.model.errors import InputError


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

        take_back(unprice, "prices", remove, workspace, why, json)
    else:
        _list(workspace, json)


def _give(file: Path, source: str, workspace: Path | None, why: str, json: bool) -> None:
    from clew.pipeline.price import price

    made = give(price, file, source, workspace, why)
    if json:
        print_made(made)
        return
    out = console()
    platforms = f"{made.platforms:,} platform{'s' * (made.platforms != 1)}"
    count = f"{made.prices:,} price{'s' * (made.prices != 1)}"
    out.print(f"{count} of {platforms}. It takes effect with: clew run")
    if made.replaced:
        out.print(f"The {made.replaced:,} prices that this source gave before hold no more.")
    print_rejects(made.rejects)


def _list(workspace: Path | None, json: bool) -> None:
    from dataclasses import asdict

    from clew.pipeline.price import price_lists

    lists = held(price_lists, workspace)
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
