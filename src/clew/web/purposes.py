"""What one looks at something for: the cases that may be named for it, and whether a named one is one's own."""

from __future__ import annotations

from clew.access.roles import may
from clew.cases.base import Casework
from clew.cases.case import all_of
from clew.cases.head import Case
from clew.cases.opened import held, not_yours, sees
from clew.model.actor import Actor
from clew.model.errors import InputError, MissingError


def check_case(casework: Casework, actor: Actor, case_id: str) -> None:
    """See whether somebody may name a case as the purpose of a look.

    Raises:
        MissingError: it is not a case of theirs.
        InputError: it is closed.
    """
    try:
        with held(casework, case_id) as file:
            theirs, state = sees(actor, file.case), file.case.state
    except MissingError:  # the same sentence, so that nobody learns which cases there are
        theirs, state = False, "erased"
    if not theirs:
        raise not_yours(case_id)
    if state != "open":
        raise InputError(f"{case_id} is closed, so it is no reason to look further.", "Open it again first.")


def choices(casework: Casework, actor: Actor) -> list[Case]:
    """The open cases that somebody may name; looking at the list is written down."""
    return [case for case in all_of(casework, actor) if case.state == "open"] if may(actor, "work") else []
