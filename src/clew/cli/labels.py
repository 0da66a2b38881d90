"""Lists of accounts that somebody knows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import JsonOption, WhyOption, WorkspaceOption, clean, console, print_json
from clew.cli.lists import give, held, print_made, print_rejects, take_back
from clew.model.errors import InputError


def label(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="CSV: address,label,category and, if you like, note and platform."),
    ] = None,
    source: Annotated[str, typer.Option(help="What to call the list.", show_default=False)] = "",
    remove: Annotated[str, typer.Option(metavar="SOURCE", help="Take a list back.", show_default=False)] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show the lists that hold now.")] = False,
    workspace: WorkspaceOption = None,
    why: WhyOption = "",
    json: JsonOption = False,
) -> None:
    """Say whose accounts and wallets are: exchangers, mixers, gambling, advert platforms, shops, your own."""
    if (file is not None) + bool(remove) + listed != 1:
        raise InputError("Give a file, or --list, or --remove SOURCE.", "clew label FILE.csv --source NAME")
    if file is not None:
        _give(file, source, workspace, why, json)
    elif remove:
        from clew.pipeline.label import unlabel

        take_back(unlabel, "labels", remove, workspace, why, json)
    else:
        _list(workspace, json)


def _give(file: Path, source: str, workspace: Path | None, why: str, json: bool) -> None:
    from clew.pipeline.label import label as take_over

    made = give(take_over, file, source, workspace, why)
    if json:
        print_made(made)
        return
    out = console()
    names = f", {made.names:,} of them by name alone" if made.names else ""
    count = f"{made.accounts:,} account{'s' * (made.accounts != 1)}"
    out.print(f"{count} labelled{names}. It takes effect with: clew run")
    if made.repeated:
        out.print(
            f"{made.repeated:,} rows are about an account that a later row is about as well; the later one holds."
        )
    print_rejects(made.rejects)


def _list(workspace: Path | None, json: bool) -> None:
    from dataclasses import asdict

    from clew.pipeline.label import label_lists

    lists = held(label_lists, workspace)
    if json:
        print_json([asdict(one) for one in lists])
        return
    out = console()
    if not lists:
        out.print("No account is labelled. Give a list with: clew label FILE.csv --source NAME")
    for one in lists:
        kinds = ", ".join(f"{count:,} {clean(word)}" for word, count in list(one.categories.items())[:8])
        out.print(f"{clean(one.source)}: {one.accounts:,} accounts ({kinds}), {one.last_at:%Y-%m-%d}, "
                  f"by {clean(', '.join(one.who))}")  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(label)
