"""Persons in a case, and what takes four eyes: to show a protected one by name, to take their data out."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from clew.access.roles import may
from clew.cases import approvals, people
from clew.cases.approvals import DAYS, WHATS
from clew.cases.people import CATEGORIES
from clew.model.errors import InputError
from clew.model.tables import IDENTIFIER_TYPES
from clew.web.access import access
from clew.web.pages.cases_frame import Failed, Place, ThePlace, TheTyped, Typed, grading_of, own

router = APIRouter(prefix="/cases/{case_id}")
_IDENTIFIER = re.compile(r"([A-Za-z-]+)[\s=:]+(\S.*)")


@router.get("/persons")
@access("work", purpose="none")
def persons(place: ThePlace) -> Response:
    """Who is in it, as what, and who of them is protected."""
    return _persons(place)


@router.post("/persons")
@access("work", purpose="none")
def add(place: ThePlace, typed: TheTyped) -> Response:
    """Add a person."""

    def act() -> object:
        return people.add(
            place.casework, place.who, place.case_id, _lines(typed["names"]), typed.all("category"),
            identifiers=_pairs(typed["identifiers"]), minor=typed["minor"] == "1", role=typed["role"],
            grade=grading_of(typed),
        )  # fmt: skip

    return place.done("person", typed, act, lambda wrong: _persons(place, wrong), "/persons")


@router.post("/persons/change")
@access("work", purpose="none")
def change(place: ThePlace, typed: TheTyped) -> Response:
    """Correct what is said of one."""
    person = own(place, typed["person"])

    def act() -> object:
        return people.change(
            place.casework, place.who, person, names=_lines(typed["names"]), categories=typed.all("category"),
            identifiers=_pairs(typed["identifiers"]), minor=typed["minor"] == "1", role=typed["role"],
            grade=grading_of(typed),
        )  # fmt: skip

    return place.done(person, typed, act, lambda wrong: _persons(place, wrong), f"/persons#{person}")


@router.post("/persons/release")
@access("work", purpose="none")
def ask_release(place: ThePlace, typed: TheTyped) -> Response:
    """Ask that a protected person may be shown by name."""
    person = own(place, typed["person"])

    def act() -> object:
        return people.ask_release(place.casework, place.who, person, typed["why"])

    return place.done(f"{person} release", typed, act, lambda wrong: _persons(place, wrong), "/approvals")


@router.post("/persons/revoke")
@access("work", purpose="none")
def revoke(place: ThePlace, typed: TheTyped) -> Response:
    """Protect a released person again."""
    person = own(place, typed["person"])

    def act() -> object:
        return people.revoke(place.casework, place.who, person, typed["why"])

    return place.done(f"{person} release", typed, act, lambda wrong: _persons(place, wrong), f"/persons#{person}")


@router.get("/approvals")
@access("work", purpose="none")
def asked(place: ThePlace) -> Response:
    """What was asked for, and the answers."""
    return _approvals(place)


@router.post("/approvals")
@access("work", purpose="none")
def ask(place: ThePlace, typed: TheTyped) -> Response:
    """Ask for a second person's approval, of what the whole case is about."""

    def act() -> object:
        return approvals.ask(place.casework, place.who, place.case_id, typed["what"] or "export", typed["why"])

    return place.done("ask", typed, act, lambda wrong: _approvals(place, wrong), "/approvals")


@router.post("/approvals/answer")
@access("oversee", purpose="none")
def answer(place: ThePlace, typed: TheTyped) -> Response:
    """Grant or refuse what another person asked for."""
    one = own(place, typed["approval"])
    return place.done(one, typed, lambda: _answer(place, one, typed), lambda wrong: _approvals(place, wrong),
                      "/approvals")  # fmt: skip


def _answer(place: Place, one: str, typed: Typed) -> object:
    if typed["answer"] not in ("grant", "refuse"):
        raise InputError("That is no answer.", "Grant or refuse it.")
    if typed["answer"] == "refuse":
        return approvals.refuse(place.casework, place.who, one, typed["why"])
    what = approvals.find(place.casework, place.who, one).what
    given = people.release if what == "release" else approvals.grant
    return given(place.casework, place.who, one, typed["why"])


def _persons(place: Place, wrong: Failed | None = None) -> Response:
    known = [kind for kind in IDENTIFIER_TYPES if kind not in ("image", "template")]
    return place.shown("Persons", lambda whole: {"CATEGORIES": CATEGORIES, "known": known}, wrong)


def _approvals(place: Place, wrong: Failed | None = None) -> Response:
    def more(_: object) -> dict[str, Any]:
        found = approvals.all_of(place.casework, place.who, place.case_id)
        return {
            "approvals": found[::-1], "WHATS": WHATS, "days": DAYS, "oversees": may(place.who, "oversee"),
            "exports": may(place.who, "export"),
        }  # fmt: skip

    return place.shown("Approvals", more, wrong)


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]


def _pairs(written: str) -> list[tuple[str, str]]:
    """Type and value, a line each."""
    found = []
    for line in _lines(written):
        parts = _IDENTIFIER.fullmatch(line)
        if parts is None:
            raise InputError(
                f"{line[:60]!r} is no identifier.", "Write its type, a space, and its value: phone +31 6 …"
            )
        found.append((parts[1], parts[2]))
    return found
