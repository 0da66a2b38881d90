"""What a command that reads leaves in the ledger, before it shows anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clew.cli.common import acting, passphrase

if TYPE_CHECKING:
    from clew.cases.base import Casework
    from clew.ledger.entry import Act, Deed
    from clew.model.actor import Actor
    from clew.store.workspace import Workspace

QUEUE = "leads"  # the subject of a look at the lead queue
MOST_WORDS = 500  # characters of what somebody asked for that are kept
_IDS = {
    "network_id": "networks", "record_id": "records", "record_a": "records", "record_b": "records",
    "template_id": "templates",
}  # fmt: skip


def note(
    place: Workspace,
    why: str,
    case: str | None,
    act: Act,
    subject: str,
    details: Mapping[str, Any],
    private: Mapping[str, str] | None = None,
) -> None:
    """Write down that somebody reads; only then may be shown what the entry is about.

    Args:
        place: the workspace.
        why: the purpose; may be empty.
        case: the case in which it is done.
        act, subject, details, private: see `clew.ledger.entry.Deed`.

    Raises:
        DeniedError: the person may not read.
        MissingError: the case is not theirs.
        WorkspaceError: nothing can be written down.
    """
    from clew.access.login import login_name
    from clew.access.roles import alone
    from clew.ledger import quick
    from clew.ledger.entry import Deed
    from clew.pipeline.subjects import subjects

    deed = Deed(act, subject, details, private or {})
    person = alone(login_name(), "command line").within(None, why)
    if case is not None or not quick.append(place.path, person, deed, subjects(place)):
        _note(place, why, case, deed)


def _note(place: Workspace, why: str, case: str | None, deed: Deed) -> None:
    """The way that always works; it takes a third of a second longer to load."""
    from clew.access.roles import need
    from clew.cases.base import Casework
    from clew.database.base import explained, write
    from clew.ledger.log import append
    from clew.pipeline.custody import account_for

    casework = Casework(place.path, passphrase)
    try:
        with explained(casework.db, place.path):
            actor = acting(casework.db, why, case)
            need(actor, "read")
            if case is not None or deed.subject != QUEUE:  # the lead queue alone is open without a purpose
                need_purpose(casework, actor)
            account_for(place, casework.db)
            with write(casework.db) as connection:
                append(connection, actor, deed)
    finally:
        casework.close()


def need_purpose(casework: Casework, actor: Actor) -> None:
    """Among several people nothing is opened or given away without a purpose; who is alone may leave it out.

    Raises:
        DeniedError: none is stated.
        MissingError: the case is not theirs.
    """
    from clew.access import accounts
    from clew.cases.opened import opened
    from clew.model.errors import DeniedError

    if actor.case_id is not None:
        with opened(casework, actor, actor.case_id):  # it is one of theirs, and open to them
            pass
    elif not actor.why and accounts.any(casework.db):
        raise DeniedError(
            "Nothing is opened outside of the lead queue without a purpose.", "State it with --why or --case."
        )


def shown(answer: Any) -> dict[str, list[str]]:
    """The ids of all networks, records and templates in an answer."""
    found: dict[str, dict[str, None]] = {}

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in _IDS and isinstance(inner, str):
                    found.setdefault(_IDS[key], {})[inner] = None
                else:
                    look(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                look(inner)

    look(answer)
    return {name: list(ids) for name, ids in found.items()}
