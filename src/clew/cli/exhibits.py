"""Commands for the exhibits of a case: their custody, grading, marks, and their withdrawal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from clew.cli.case import CaseArgument, Needed, at_work, case
from clew.cli.common import JsonOption, WorkspaceOption, clean, console, print_json

ExhibitArgument = Annotated[str, typer.Argument(metavar="EXHIBIT", help="Such as C1-E3.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to those of a case."""
    for command in (grade, mark, clear, withdraw, custody):
        case.command()(command)


def grade(
    exhibit_id: ExhibitArgument,
    grading: Annotated[str | None, typer.Argument(metavar="GRADING", help="4×4, such as B3.")] = None,
    handling: Annotated[str | None, typer.Option(help="H0, H1, H2 or H3.")] = None,
    conditions: Annotated[str | None, typer.Option(help="What H1, H2 or H3 asks for.")] = None,
    tlp: Annotated[str | None, typer.Option(help="RED, AMBER+STRICT, AMBER, GREEN or CLEAR.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Grade an exhibit, or say how it may be handled and shared."""
    from clew.cases import exhibits
    from clew.cases.grading import grading_words, handling_words, tlp_words
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(exhibit_id)) as (casework, actor, _):
        made = exhibits.grade(
            casework, actor, exhibit_id, grading=grading, handling=handling, conditions=conditions, tlp=tlp
        )
    words = (grading_words(made.grading), handling_words(made.handling, made.conditions), tlp_words(made.tlp))
    console().print(f"{exhibit_id} is {clean(' '.join(words), 1_000)}")


def mark(
    exhibit_id: ExhibitArgument,
    persons: Annotated[list[str] | None, typer.Argument(metavar="PERSON…", help="Such as C1-P2; none: nobody.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say which persons of the case an exhibit shows."""
    from clew.cases import exhibits
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(exhibit_id)) as (casework, actor, _):
        made = exhibits.mark(casework, actor, exhibit_id, persons or ())
    console().print(f"{exhibit_id} shows {', '.join(made.shows) or 'nobody of the case'}.")


def clear(exhibit_id: ExhibitArgument, workspace: WorkspaceOption = None) -> None:
    """Say that you looked at an exhibit and that it shows no victim and no minor."""
    from clew.cases import exhibits
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(exhibit_id)) as (casework, actor, _):
        made = exhibits.clear(casework, actor, exhibit_id)
    console().print(f"{exhibit_id} was looked at by {made.cleared_by}: it shows no protected person.")


def withdraw(exhibit_id: ExhibitArgument, why: Needed, workspace: WorkspaceOption = None) -> None:
    """Rely on an exhibit no longer; it stays in the case, with the reason."""
    from clew.cases import exhibits
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(exhibit_id)) as (casework, actor, _):
        exhibits.withdraw(casework, actor, exhibit_id, why)
    console().print(f"{exhibit_id} is withdrawn.")


def custody(case_id: CaseArgument, workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """What happened to the exhibits of a case, as the ledger has it."""
    from clew.cases.custody import custody as read_custody

    with at_work(workspace, "", case_id) as (casework, actor, _):
        found = read_custody(casework, actor, case_id)
    if json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        why = f": {clean(one.why, 200)}" if one.why else ""
        console().print(f"{one.at[:19]}Z  {one.exhibit:<8} {one.act:<8} {one.who} ({one.via}){why}  #{one.seq}")
