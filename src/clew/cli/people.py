"""Commands for persons in a case, and for what takes four eyes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from clew.cli.case import CaseArgument, Needed, at_work, case
from clew.cli.common import JsonOption, WorkspaceOption, clean, console, print_json
from clew.model.errors import InputError

person = typer.Typer(help="Persons in a case.", no_args_is_help=True)

ApprovalArgument = Annotated[str, typer.Argument(metavar="APPROVAL", help="Such as C1-A1.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to those of a case."""
    case.add_typer(person, name="person")
    for command in (ask, grant, refuse, revoke, approvals):
        case.command()(command)


@person.command("add")
def add_person(
    case_id: CaseArgument,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Their names, the usual one first.")],
    category: Annotated[list[str], typer.Option(help="suspect, convicted, victim, witness, contact; may be several.")],
    minor: Annotated[bool, typer.Option("--minor", help="Is, or may be, under 18.")] = False,
    identifier: Annotated[
        list[str] | None, typer.Option(metavar="TYPE=VALUE", help="Such as phone=+31612345678.")
    ] = None,
    role: Annotated[str, typer.Option(help="What they do or did, in words.")] = "",
    grading: Annotated[str, typer.Option(help="4×4, such as B3.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Add a person: victims and minors stand under a pseudonym in whatever leaves the case."""
    from clew.cases import people

    pairs = [_pair(text) for text in identifier or ()]
    with at_work(workspace, "", case_id) as (casework, actor, _):
        made = people.add(
            casework, actor, case_id, names, category, identifiers=pairs, minor=minor, role=role, grade=grading
        )
    shown = f"protected: {made.pseudonym} in whatever leaves the case" if made.protected else "not protected"
    console().print(f"{made.id} is {shown}.")


@person.command("change")
def change_person(
    person_id: Annotated[str, typer.Argument(metavar="PERSON", help="Such as C1-P2.")],
    name: Annotated[list[str] | None, typer.Option(help="All their names, the usual one first.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="All that they are; may be several.")] = None,
    minor: Annotated[bool | None, typer.Option("--minor/--adult", help="Is, or may be, under 18.")] = None,
    identifier: Annotated[list[str] | None, typer.Option(metavar="TYPE=VALUE", help="All that are known.")] = None,
    role: Annotated[str | None, typer.Option(help="What they do or did, in words.")] = None,
    grading: Annotated[str | None, typer.Option(help="4×4, such as B3.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Change what is known of a person; what is not named stays. Protection is not taken away by it."""
    from clew.cases import people
    from clew.cases.opened import case_of

    pairs = [_pair(text) for text in identifier] if identifier else None
    with at_work(workspace, "", case_of(person_id)) as (casework, actor, _):
        made = people.change(
            casework, actor, person_id, names=name or None, categories=category or None, identifiers=pairs,
            minor=minor, role=role, grade=grading,
        )  # fmt: skip
    what = ", ".join((*made.categories, *(["minor"] if made.minor else [])))
    console().print(f"{person_id} is {what}; {'protected' if made.protected else 'not protected'}.")


def _pair(text: str) -> tuple[str, str]:
    kind, equals, value = text.partition("=")
    if not (kind and equals and value):
        raise InputError(f"--identifier {text!r} is not TYPE=VALUE.", "For example: --identifier phone=+31612345678")
    return kind, value


def ask(
    subject: Annotated[str, typer.Argument(metavar="CASE|PERSON", help="C1 to export it, C1-P2 to release them.")],
    why: Needed,
    erase: Annotated[bool, typer.Option("--erase", help="Ask to erase the case before its day.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask for what takes a second person: to export victims' data, show a protected person by name, erase a case."""
    from clew.cases import approvals
    from clew.cases.opened import case_of
    from clew.cases.people import ask_release

    with at_work(workspace, "", case_of(subject)) as (casework, actor, _):
        if subject == case_of(subject):
            made = approvals.ask(casework, actor, subject, "erase" if erase else "export", why)
        else:
            made = ask_release(casework, actor, subject, why)
    console().print(f"{made.id} is asked for. A supervisor answers with: clew case grant {made.id}")


def grant(approval_id: ApprovalArgument, why: Needed, workspace: WorkspaceOption = None) -> None:
    """Grant what another person asked for; it takes a supervisor."""
    from clew.cases import approvals
    from clew.cases.opened import case_of
    from clew.cases.people import release

    with at_work(workspace, "", case_of(approval_id)) as (casework, actor, _):
        if approvals.find(casework, actor, approval_id).what == "release":
            console().print(f"{release(casework, actor, approval_id, why).id} may be shown by name.")
            return
        made = approvals.grant(casework, actor, approval_id, why)
    console().print(f"{made.id} is granted: {made.asked_by} can use it once until {made.ends_at[:10]}.")


def refuse(approval_id: ApprovalArgument, why: Needed, workspace: WorkspaceOption = None) -> None:
    """Refuse what another person asked for; it takes a supervisor."""
    from clew.cases import approvals
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(approval_id)) as (casework, actor, _):
        approvals.refuse(casework, actor, approval_id, why)
    console().print(f"{approval_id} is refused.")


def revoke(
    person_id: Annotated[str, typer.Argument(metavar="PERSON", help="Such as C1-P2.")],
    why: Needed,
    workspace: WorkspaceOption = None,
) -> None:
    """Protect a person again who was released."""
    from clew.cases import people
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(person_id)) as (casework, actor, _):
        people.revoke(casework, actor, person_id, why)
    console().print(f"{person_id} is protected again.")


def approvals(case_id: CaseArgument, workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """What was asked for in a case, and the answers."""
    from clew.cases.approvals import all_of

    with at_work(workspace, "", case_id) as (casework, actor, _):
        found = all_of(casework, actor, case_id)
    if json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        about = f" of {one.subject}" if one.subject else ""
        console().print(f"{one.id}  {one.what}{about}, {one.state}: {clean(one.why, 200)} ({one.asked_by})")
