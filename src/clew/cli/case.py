"""Commands of a case: open it, add exhibits to it, look at it, let others work in it, close it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from clew.cli.checking import to_check
from clew.cli.common import JsonOption, WhyOption, WorkspaceOption, clean, console, print_json
from clew.cli.common import at_work as at_work
from clew.model.errors import InputError

if TYPE_CHECKING:
    from clew.cases.base import Casework
    from clew.cases.exhibit import Exhibit
    from clew.model.actor import Actor
    from clew.store.workspace import Workspace

case = typer.Typer(help="Cases: exhibits, notes, hypotheses, tasks, persons.", no_args_is_help=True)
member = typer.Typer(help="Who works in a case.", no_args_is_help=True)

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Such as C1.")]
Needed = Annotated[str, typer.Option("--why", help="The reason, kept with it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    case.add_typer(member, name="member")
    app.add_typer(case, name="case")


@case.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call it.")],
    purpose: Annotated[str, typer.Option(help="What it is for, in words.")],
    legal_basis: Annotated[str, typer.Option(help="The law, order or consent that allows it.")],
    retain_until: Annotated[str, typer.Option(metavar="DATE", help="The day after which it is erased: 2027-12-31.")],
    handling: Annotated[str, typer.Option(help="H0, H1, H2 or H3.")] = "H0",
    conditions: Annotated[str, typer.Option(help="What H1, H2 or H3 asks for.")] = "",
    tlp: Annotated[str, typer.Option(help="RED, AMBER+STRICT, AMBER, GREEN or CLEAR.")] = "AMBER",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Open a case: it is yours, and those you add work in it."""
    from clew.cases.case import open_case

    with at_work(workspace, "", None) as (casework, actor, _):
        made = open_case(casework, actor, name, purpose, legal_basis, retain_until, handling, conditions, tlp)
    if json:
        print_json(asdict(made))
        return
    console().print(f"{made.id} is open. Next: clew case add {made.id} NETWORK|RECORD|FILE…")


@case.command("list")
def list_(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Your cases."""
    from clew.cases.case import all_of

    with at_work(workspace, "", None) as (casework, actor, _):
        found = all_of(casework, actor)
    if json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        told = f"until {one.retain_until}  {one.owner:<12} {one.state:<7} {clean(one.name)}"
        console().print(f"{one.id:<6}{told}")
    if not found:
        console().print("No case is yours. Open one with: clew case new NAME --purpose … --legal-basis … …")


@case.command()
def show(
    case_id: CaseArgument, why: WhyOption = "", workspace: WorkspaceOption = None, json: JsonOption = False
) -> None:
    """A case: its cover, exhibits, persons, notes, hypotheses and tasks."""
    from clew.cases.whole import read
    from clew.cli.casetext import case_lines

    with at_work(workspace, why, case_id) as (casework, actor, _):
        found = read(casework, actor, case_id)
    if json:
        print_json(asdict(found))
        return
    out = console()
    for line in case_lines(found):
        out.print(line)


@case.command()
def add(
    case_id: CaseArgument,
    what: Annotated[list[str], typer.Argument(metavar="NETWORK|RECORD|FILE…", help="Ids, native ids, or files.")],
    why: Annotated[str, typer.Option("--why", help="Why it matters, kept with it.")] = "",
    whence: Annotated[str, typer.Option(help="Where a file comes from, such as an address; else its path.")] = "",
    grading: Annotated[str, typer.Option(help="4×4: source A, B, C or X, information 1 to 4, such as B3.")] = "",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Add exhibits: networks and records as they are now, files with their original bytes."""
    out = console()
    added: list[Exhibit] = []
    with at_work(workspace, why, case_id) as (casework, actor, place):
        for name in what:
            taken = _taken(casework, actor, place, case_id, name, why, whence, grading)
            added += taken
            for one in () if json else taken:
                out.print(f"{one.id}  {one.kind:<8} {clean(one.name, 60)}  {one.size:,} bytes  SHA-256 {one.sha256}")
                for fault in one.faults:
                    out.print(f"  {clean(fault, 300)}")
    if json:
        print_json([asdict(one) for one in added])


class _More(TypedDict):
    why: str
    whence: str
    grading: str


def _taken(
    casework: Casework, actor: Actor, place: Workspace, case_id: str, name: str, why: str, whence: str, grading: str
) -> list[Exhibit]:
    """What a word of the command line names: a file that is there, else a network, else a record."""
    from clew.evidence.freeze import is_network
    from clew.evidence.take import take_file, take_network, take_record

    more = _More(why=why, whence=whence, grading=grading)
    try:
        there = Path(name).exists()
    except (OSError, ValueError):  # too long for a name of a file
        there = False
    if there:
        return [take_file(casework, actor, case_id, Path(name), **more)]
    if is_network(name):
        return take_network(casework, place, actor, case_id, name, **more)
    if "/" in name or Path(name).suffix:
        raise InputError(f"There is no file {clean(name)}.", "Give a network, a record, or a file that is there.")
    return take_record(casework, place, actor, case_id, name, **more)


@case.command()
def change(
    case_id: CaseArgument,
    why: Needed,
    name: Annotated[str | None, typer.Option(help="What you call it.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    legal_basis: Annotated[str | None, typer.Option(help="The law, order or consent that allows it.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="ACCOUNT", help="Who answers for it from now on.")] = None,
    retain_until: Annotated[str | None, typer.Option(metavar="DATE", help="The day after which it is erased.")] = None,
    handling: Annotated[str | None, typer.Option(help="H0, H1, H2 or H3.")] = None,
    conditions: Annotated[str | None, typer.Option(help="What H1, H2 or H3 asks for.")] = None,
    tlp: Annotated[str | None, typer.Option(help="RED, AMBER+STRICT, AMBER, GREEN or CLEAR.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Change the cover of a case; what was before stays to be read."""
    from clew.cases import case as cases

    with at_work(workspace, "", case_id) as (casework, actor, _):
        made = cases.change(
            casework, actor, case_id, why, name=name, purpose=purpose, legal_basis=legal_basis, owner=owner,
            handling=handling, conditions=conditions, tlp=tlp, retain_until=retain_until,
        )  # fmt: skip
    console().print(f"{case_id} is changed: version {made.version}.")


@case.command()
def check(case_id: CaseArgument, why: WhyOption = "", workspace: WorkspaceOption = None) -> None:
    """Compare everything in a case with what the ledger says of it, and read every original."""
    from clew.cases.check import check as check_case
    from clew.model.errors import SealError

    with to_check(workspace, why, case_id) as (casework, actor, _):
        found = check_case(casework, actor, case_id)
    for fault in found.faults:
        console().print(clean(fault, 300))
    if found.faults:
        raise SealError(
            f"{case_id} is not whole: {len(found.faults):,} faults.", "Look at a backup: clew restore --help"
        )
    console().print(
        f"{case_id} is whole: {found.versions:,} versions and {found.originals:,} originals are what the ledger says. "
        f"Whether the ledger is whole is said by: clew ledger check"
    )


@case.command()
def close(case_id: CaseArgument, why: Needed, workspace: WorkspaceOption = None) -> None:
    """Close a case: it can be read and exported, not changed."""
    from clew.cases.case import close as close_case

    with at_work(workspace, "", case_id) as (casework, actor, _):
        close_case(casework, actor, case_id, why)
    console().print(f"{case_id} is closed.")


@case.command()
def reopen(case_id: CaseArgument, why: Needed, workspace: WorkspaceOption = None) -> None:
    """Open a closed case again."""
    from clew.cases.case import reopen as reopen_case

    with at_work(workspace, "", case_id) as (casework, actor, _):
        reopen_case(casework, actor, case_id, why)
    console().print(f"{case_id} is open.")


@member.command("add")
def add_member(
    case_id: CaseArgument,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    why: WhyOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Let somebody work in a case."""
    from clew.cases import case as cases

    with at_work(workspace, "", case_id) as (casework, actor, _):
        made = cases.add_member(casework, actor, case_id, name, why)
    console().print(f"{case_id}: {', '.join((made.owner, *made.members))}")


@member.command("remove")
def remove_member(
    case_id: CaseArgument,
    name: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    why: WhyOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Let somebody work in a case no longer."""
    from clew.cases import case as cases

    with at_work(workspace, "", case_id) as (casework, actor, _):
        made = cases.remove_member(casework, actor, case_id, name, why)
    console().print(f"{case_id}: {', '.join((made.owner, *made.members))}")
