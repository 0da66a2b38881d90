"""Commands for what people write in a case: notes, hypotheses, tasks."""

from __future__ import annotations

from typing import Annotated

import typer

from clew.cli.case import CaseArgument, at_work, case
from clew.cli.common import WorkspaceOption, console

hypothesis = typer.Typer(help="What may be so, and what speaks for and against it.", no_args_is_help=True)
task = typer.Typer(help="What is to be done.", no_args_is_help=True)

HypothesisArgument = Annotated[str, typer.Argument(metavar="HYPOTHESIS", help="Such as C1-H1.")]
On = Annotated[
    list[str] | None, typer.Option("--on", metavar="ID", help="Exhibit, finding or record that it rests on.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to those of a case."""
    case.command()(note)
    case.add_typer(hypothesis, name="hypothesis")
    case.add_typer(task, name="task")


def note(
    case_id: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    grading: Annotated[str, typer.Option(help="4×4, such as B3.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Note something."""
    from clew.cases.thinking import add_note

    with at_work(workspace, "", case_id) as (casework, actor, _):
        console().print(f"{add_note(casework, actor, case_id, text, grading).id} is noted.")


@hypothesis.command("add")
def add_hypothesis(
    case_id: CaseArgument,
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="What may be so.")],
    would_change: Annotated[str, typer.Option(help="What would change your mind.")],
    workspace: WorkspaceOption = None,
) -> None:
    """State what may be so."""
    from clew.cases import thinking

    with at_work(workspace, "", case_id) as (casework, actor, _):
        console().print(f"{thinking.add_hypothesis(casework, actor, case_id, statement, would_change).id} is open.")


@hypothesis.command("for")
def speaks_for(
    hypothesis_id: HypothesisArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    on: On = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what speaks for it."""
    _argue(hypothesis_id, "for", text, on, workspace)


@hypothesis.command("against")
def speaks_against(
    hypothesis_id: HypothesisArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    on: On = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what speaks against it."""
    _argue(hypothesis_id, "against", text, on, workspace)


def _argue(hypothesis_id: str, side: str, text: str, on: list[str] | None, workspace: WorkspaceOption) -> None:
    from clew.cases.opened import case_of
    from clew.cases.thinking import argue

    with at_work(workspace, "", case_of(hypothesis_id)) as (casework, actor, _):
        made = argue(casework, actor, hypothesis_id, side, text, on or ())
    console().print(f"{made.id}: {len(made.speaking('for'))} for, {len(made.speaking('against'))} against.")


@hypothesis.command("judge")
def judge_hypothesis(
    hypothesis_id: HypothesisArgument,
    state: Annotated[str, typer.Argument(metavar="STATE", help="open, supported or rejected.")],
    why: Annotated[str, typer.Option("--why", help="The reason of that judgement.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Judge it."""
    from clew.cases.opened import case_of
    from clew.cases.thinking import judge

    with at_work(workspace, "", case_of(hypothesis_id)) as (casework, actor, _):
        console().print(f"{hypothesis_id} is {judge(casework, actor, hypothesis_id, state, why).state}.")


@task.command("add")
def add_task(
    case_id: CaseArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    assignee: Annotated[str, typer.Option("--for", metavar="ACCOUNT", help="Who does it.")] = "",
    due: Annotated[str, typer.Option(metavar="DATE", help="By when: 2027-01-31.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Set a task."""
    from clew.cases import thinking

    with at_work(workspace, "", case_id) as (casework, actor, _):
        console().print(f"{thinking.add_task(casework, actor, case_id, what, assignee, due or None).id} is set.")


@task.command("done")
def finish_task(
    task_id: Annotated[str, typer.Argument(metavar="TASK", help="Such as C1-T1.")], workspace: WorkspaceOption = None
) -> None:
    """Say that it is done."""
    from clew.cases import thinking
    from clew.cases.opened import case_of

    with at_work(workspace, "", case_of(task_id)) as (casework, actor, _):
        thinking.finish_task(casework, actor, task_id)
    console().print(f"{task_id} is done.")
