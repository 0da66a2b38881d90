"""What a command that reads leaves in the ledger, before it shows anything.

The database is opened on a thread while the command reads: most of that time goes into loading the libraries, and the
answer should not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clew.cli.common import acting, passphrase

if TYPE_CHECKING:
    from clew.cases.base import Casework
    from clew.ledger.entry import Act
    from clew.model.actor import Actor
    from clew.store.workspace import Workspace


class Reading:
    """Writes down what is read.

    Args:
        place: the workspace.
        opened: gives its database and who reads.
    """

    def __init__(self, place: Workspace, opened: Future[tuple[Casework, Actor]]) -> None:
        self._place = place
        self._opened = opened

    def note(
        self, act: Act, subject: str, details: Mapping[str, Any], private: Mapping[str, str] | None = None
    ) -> None:
        """Write an entry; only then may be shown what it is about.

        Raises:
            DeniedError: the person may not read.
            MissingError: the case is not theirs.
            WorkspaceError: nothing can be written down.
        """
        from clew.access.roles import need
        from clew.database.base import explained, write
        from clew.ledger.entry import Deed
        from clew.ledger.log import append
        from clew.pipeline.custody import account_for

        casework, actor = self._opened.result()
        need(actor, "read")
        with explained(casework.db, self._place.path):
            account_for(self._place, casework.db)
            with write(casework.db) as connection:
                append(connection, actor, Deed(act, subject, details, private or {}))


MOST_WORDS = 500  # characters of what somebody asked for that are kept
_IDS = {
    "network_id": "networks", "record_id": "records", "record_a": "records", "record_b": "records",
    "template_id": "templates",
}  # fmt: skip


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


@contextmanager
def reading(place: Workspace, why: str, case: str | None) -> Iterator[Reading]:
    """Begin to read in a workspace."""
    with ThreadPoolExecutor(1, "ledger") as pool:
        opened = pool.submit(_open, place, why, case)
        try:
            yield Reading(place, opened)
        finally:
            if opened.exception() is None:
                opened.result()[0].close()


def _open(place: Workspace, why: str, case: str | None) -> tuple[Casework, Actor]:
    from clew.cases.base import Casework

    casework = Casework(place.path, passphrase)
    try:
        actor = acting(casework.db, why, case)
        if case is not None:
            from clew.cases.opened import opened

            with opened(casework, actor, case):  # it is one of theirs, and open to them
                pass
    except BaseException:
        casework.close()
        raise
    return casework, actor
