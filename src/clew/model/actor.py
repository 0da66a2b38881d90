"""Who does something, by which way, and why: stands beside everything that is looked at, decided or changed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal, get_args

Role = Literal["analyst", "supervisor", "auditor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
Via = Literal["command line", "workbench", "api", "clew"]
MAX_WHY = 500


@dataclass(frozen=True)
class Actor:
    """A person at work.

    Attributes:
        name: of the account; the login name of the operating system where there are no accounts.
        roles: what the person is in this unit.
        via: the way: command line, workbench, api; or Clew itself, on a schedule.
        why: the purpose, in the person's words; may be empty where a case gives it.
        case_id: the case in which it is done; None outside of one.
        scopes: what an API token is limited to; None for a person.
    """

    name: str
    roles: frozenset[Role]
    via: Via
    why: str = ""
    case_id: str | None = None
    scopes: frozenset[str] | None = None

    def within(self, case_id: str | None, why: str = "") -> Actor:
        """The same person, for a case or a purpose."""
        return replace(self, case_id=case_id, why=one_line(why)[:MAX_WHY])


def one_line(written: str) -> str:
    """Text as one line, without what no database takes: control characters and halves of characters."""
    whole = "".join(char for char in written if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs"))
    return " ".join(whole.split())
