"""Four eyes: what one person asks for and another, a supervisor, grants; used once, within seven days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from clew.access.roles import need
from clew.cases.base import Casework
from clew.cases.opened import Opened, Paper, case_of, opened
from clew.cases.words import line, text
from clew.database.base import now
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError

What = Literal["export", "release", "erase"]
WHATS: dict[What, str] = {
    "export": "take data of victims or minors out of the case",
    "release": "show a protected person by name in what leaves the case",
    "erase": "erase the case before its day",
}
_OF_A_CASE: dict[str, What] = {"export": "export", "erase": "erase"}
State = Literal["asked", "granted", "refused", "used", "lapsed"]
DAYS, MAX_REASON = 7, 1_000


@dataclass(frozen=True)
class Approval:
    """Something that was asked for.

    Attributes:
        id: ``C1-A1``.
        what: export, release or erase.
        subject: the person it is about; empty for the whole case.
        why: it is asked for.
        state: asked, granted, refused, used, or lapsed when its time is over.
        asked_by, asked_at: who asked, and when.
        answered_by, answered_at, answer: who granted or refused it, when, and why; empty until then.
        ends_at: until when it can be answered, or used once granted.
    """

    id: str
    what: What
    subject: str
    why: str
    state: State
    asked_by: str
    asked_at: str
    answered_by: str
    answered_at: str
    answer: str
    ends_at: str


def ask(casework: Casework, actor: Actor, case_id: str, what: str, why: str) -> Approval:
    """Ask for something that takes four eyes. (A release is asked for with `clew.cases.people.ask_release`.)

    Raises:
        InputError: no such thing, or no reason.
    """
    asked = _OF_A_CASE.get(what)
    if asked is None:
        raise InputError(f"{what[:20]!r} is nothing that is asked for a case.", f"Ask for: {', '.join(_OF_A_CASE)}.")
    with opened(casework, actor, case_id) as file:
        return ask_in(file, asked, why)


def ask_in(file: Opened, what: What, why: str, subject: str = "") -> Approval:
    """The same, in an opened case."""
    said = {"what": what, "subject": subject, "why": text(why, "a reason", MAX_REASON), "state": "asked",
            "answered_by": "", "answered_at": "", "answer": "", "ends_at": _end()}  # fmt: skip
    return _approval(file.add("approval", said, "decide", asked=what, subject=subject))


def grant(casework: Casework, actor: Actor, approval_id: str, why: str = "") -> Approval:
    """Grant what another person asked for; it takes a supervisor.

    Raises:
        DeniedError: no supervisor, or the one who asked.
        InputError: it was answered, or its time is over.
    """
    return _answer(casework, actor, approval_id, "granted", why)


def refuse(casework: Casework, actor: Actor, approval_id: str, why: str) -> Approval:
    """Refuse what another person asked for; it takes a supervisor, and a reason."""
    return _answer(casework, actor, approval_id, "refused", line(why, "a reason", MAX_REASON))


def use(casework: Casework, actor: Actor, case_id: str, what: What, subject: str = "") -> Approval:
    """Use up an approval that was granted to somebody.

    Raises:
        DeniedError: they have none.
    """
    with opened(casework, actor, case_id) as file:
        return use_in(file, what, subject)


def use_in(file: Opened, what: What, subject: str = "") -> Approval:
    """The same, in the transaction that does what was approved."""
    for paper in file.papers("approval"):
        found = _approval(paper)
        if (found.what, found.subject, found.asked_by, found.state) == (what, subject, file.who, "granted"):
            return _approval(file.change(paper, "decide", state="used"))
    raise DeniedError(
        f"It takes the approval of a second person to {WHATS[what]}.",
        f"Ask for it with: clew case ask {subject or file.case.id} {'--erase ' if what == 'erase' else ''}--why …",
    )


def all_of(casework: Casework, actor: Actor, case_id: str) -> list[Approval]:
    """What was asked for in a case, to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "approvals"})
        return approvals_in(file)


def find(casework: Casework, actor: Actor, approval_id: str) -> Approval:
    """One of them, to be looked at."""
    with opened(casework, actor, case_of(approval_id)) as file:
        found = _approval(file.paper("approval", approval_id))
        file.log("view", f"approval {approval_id}")
        return found


def approvals_in(file: Opened) -> list[Approval]:
    """What was asked for in an opened case."""
    return [_approval(paper) for paper in file.papers("approval")]


def granted_to_another(file: Opened, approval_id: str, what: What) -> Paper:
    """What the supervisor who opened the case may grant at this moment.

    Raises:
        DeniedError: it was they who asked.
        InputError: it is about something else, was answered, or its time is over.
    """
    paper = file.paper("approval", approval_id)
    found = _approval(paper)
    if found.what != what:
        raise InputError(f"{approval_id} asks to {WHATS[found.what]}.", "Answer that instead.")
    if found.asked_by == file.who:
        raise DeniedError(f"{file.who} asked for it, so another person has to answer.", "Four eyes are two people.")
    if found.state != "asked":
        raise InputError(f"{approval_id} is {found.state} already.", "Ask anew where it is still needed.")
    return paper


def answer_in(file: Opened, paper: Paper, state: State, why: str) -> Approval:
    """Write down an answer."""
    fields = {"state": state, "answered_by": file.who, "answered_at": now(), "ends_at": _end(), "answer": why}
    return _approval(file.change(paper, "decide", **fields))


def _answer(casework: Casework, actor: Actor, approval_id: str, state: State, why: str) -> Approval:
    need(actor, "oversee")
    with opened(casework, actor, case_of(approval_id)) as file:
        what = file.paper("approval", approval_id).content["what"]
        if what == "release" and state == "granted":
            raise InputError(f"{approval_id} asks for a release.", "Release the person instead.")
        paper = granted_to_another(file, approval_id, what)
        return answer_in(file, paper, state, line(why, "a reason", MAX_REASON, needed=False))


def _end() -> str:
    return (datetime.now(UTC) + timedelta(days=DAYS)).isoformat()


def _approval(paper: Paper) -> Approval:
    said = dict(paper.content)
    if said["state"] in ("asked", "granted") and said["ends_at"] < now():
        said["state"] = "lapsed"
    return Approval(id=paper.id, asked_by=paper.first_who, asked_at=paper.first_at, **said)
