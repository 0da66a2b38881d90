"""Work that people begin in the workbench: decisions about links, and jobs that run as them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from clew.access import tokens
from clew.access.roles import Permission, may
from clew.model.actor import Actor
from clew.model.errors import DeniedError, WorkspaceError
from clew.pipeline.decide import decide
from clew.web.desk import Desk
from clew.web.jobs import Job

MAX_REASON = 500


def decide_link(desk: Desk, who: Actor, a: str, b: str, state: str, why: str) -> None:
    """Write a decision about a link down.

    Raises:
        InputError: no such record, twice the same one, or no reason given.
        WorkspaceError: the workspace is being changed, so nothing was written.
    """
    decide(desk.workspace, a, b, state, why, who.name, who, desk.db)


def decide_and_run(desk: Desk, who: Actor, a: str, b: str, state: str, why: str) -> Job | None:
    """Write a decision down and begin the run that obeys it.

    Returns:
        The run; None when other work is under way, or who decides may begin none: the decision waits for the next run.

    Raises:
        InputError, WorkspaceError: as `decide_link`.
    """
    decide_link(desk, who, a, b, state, why)
    try:
        return start_run(desk, who)
    except (DeniedError, WorkspaceError):
        return None


def start_run(desk: Desk, who: Actor) -> Job:
    """Begin a run."""
    return start(desk, who, "Run", ["run"])


def start(
    desk: Desk, who: Actor, what: str, *commands: Sequence[str], scopes: Sequence[Permission] = ("read", "ingest"),
    case_id: str = "",
) -> Job:  # fmt: skip
    """Begin a job that acts as who began it.

    Args:
        desk, who: where and who.
        what: in words, for the list of jobs, which others see, too.
        commands: see `Jobs.start`.
        scopes: what the commands need to be allowed.
        case_id: the case for which it is done.

    Raises:
        DeniedError: there are accounts, and a token asks.
        WorkspaceError: another is at work.
    """
    environment = {"CLEW_WHY": who.why}
    if desk.alone:
        return desk.jobs.start(what, *commands, environment=environment, case_id=case_id)
    if who.scopes is not None:
        raise DeniedError("A token begins no job in the workbench.", "Give it to the command in CLEW_TOKEN.")
    if desk.jobs.current():
        raise WorkspaceError("Another job is at work.", "Wait for it to end, or stop it; see Sources and runs.")
    # A job is a command of its own, so it has to prove for whom it works: by a token that ends with it.
    given = [permission for permission in scopes if may(who, permission)]
    label = f"{what[:40]}, a job of the workbench ({secrets.token_hex(4)})"
    environment["CLEW_TOKEN"] = tokens.make(desk.db, who, given, 1, label)
    made = next(token.id for token in tokens.all_of(desk.db, who, who.name) if token.label == label)
    return desk.jobs.start(
        what, *commands, environment=environment, case_id=case_id, ended=lambda: tokens.revoke(desk.db, who, made)
    )
