"""The command that makes a world with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import console, steps


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(simulate)


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    ads: Annotated[str, typer.Option(metavar="N", help="How many adverts; 1_000_000 can be written so.")] = "10000",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another world.")] = 7,
    preset: Annotated[str, typer.Option(help="Character of the world; see docs/simulated-world.md.")] = "mixed",
    images: Annotated[int, typer.Option(min=0, help="How many pictures to draw.")] = 200,
    offers: Annotated[int | None, typer.Option(min=0, help="Job offers; by default one to 40 adverts.")] = None,
    sites: Annotated[int | None, typer.Option(min=0, help="Recruiters' sites; by default one to 400 adverts.")] = None,
    conversations: Annotated[int | None, typer.Option(min=0, help="Chats; by default one to 200 adverts.")] = None,
    payments: Annotated[int | None, typer.Option(min=0, help="Payments; by default three to two adverts.")] = None,
) -> None:
    """Write a simulated world of adverts, offers, sites, chats and payments, and its truth: safe to show."""
    from clew.model.errors import InputError
    from clew.simulate.world import FILES
    from clew.simulate.world import simulate as make_world

    if not ads.replace("_", "").isdigit():
        raise InputError(f"--ads {ads!r} is not a number.", "For example: --ads 1_000_000")
    with steps(("simulate",)) as told:
        world = make_world(
            out,
            int(ads.replace("_", "")),
            seed,
            preset=preset,
            images=images,
            offers=offers,
            sites=sites,
            conversations=conversations,
            payments=payments,
            progress=lambda s: told("simulate", s),
        )
        told("simulate", 1.0)
    console().print(
        f"{out} holds {world.ads:,} adverts of {world.operations:,} operations; the truth is in {out}/truth."
    )
    if world.offers or world.sites or world.conversations or world.payments:
        console().print(
            f"Beside them: {world.offers:,} job offers, {world.sites:,} sites of recruiters, "
            f"{world.conversations:,} chats of {world.messages:,} messages, {world.payments:,} payments."
        )
    for name, kind in FILES:
        if (out / name).is_file() and (out / name).stat().st_size:
            console().print(f"Next: clew ingest {out}/{name} --kind {kind} --source simulated")
