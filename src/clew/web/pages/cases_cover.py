"""The cover of a case: what it is for, who works in it, how it may be handled, until when it is kept; every version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from clew.access import accounts
from clew.access.roles import may
from clew.cases import case as cases
from clew.cases.base import Casework
from clew.cases.whole import WholeCase
from clew.model.actor import Actor
from clew.web.access import access
from clew.web.pages.cases_frame import Failed, Place, ThePlace, TheTyped, Typed

router = APIRouter(prefix="/cases/{case_id}")
_FIELDS = ("name", "purpose", "legal_basis", "owner", "handling", "conditions", "tlp", "retain_until")


@router.get("")
@access("work", purpose="none")
def cover(place: ThePlace) -> Response:
    """What stands on it."""
    return _shown(place)


@router.post("/change")
@access("work", purpose="none")
def change(place: ThePlace, typed: TheTyped) -> Response:
    """Another version of it."""
    fields = {name: typed[name] for name in _FIELDS}

    def act() -> object:
        return cases.change(place.casework, place.who, place.case_id, typed["why"], **fields)

    return place.done("change", typed, act, _again(place), "")


@router.post("/close")
@access("work", purpose="none")
def close(place: ThePlace, typed: TheTyped) -> Response:
    """Close it."""
    return place.done("close", typed, lambda: cases.close(*_of(place), typed["why"]), _again(place), "")


@router.post("/reopen")
@access("work", purpose="none")
def reopen(place: ThePlace, typed: TheTyped) -> Response:
    """Open it again."""
    return place.done("close", typed, lambda: cases.reopen(*_of(place), typed["why"]), _again(place), "")


@router.post("/members")
@access("work", purpose="none")
def add_member(place: ThePlace, typed: TheTyped) -> Response:
    """Let somebody work in it."""

    def add() -> object:
        return cases.add_member(*_of(place), typed["member"].strip(), typed["why"])

    return place.done("member", typed, add, _again(place), "#members")


@router.post("/members/remove")
@access("work", purpose="none")
def remove_member(place: ThePlace, typed: TheTyped) -> Response:
    """Let somebody work in it no longer."""
    name = typed["member"]
    return place.done("member", Typed(), lambda: cases.remove_member(*_of(place), name), _again(place), "#members")


def _of(place: Place) -> tuple[Casework, Actor, str]:
    return place.casework, place.who, place.case_id


def _again(place: Place) -> Any:
    return lambda wrong: _shown(place, wrong)


def _shown(place: Place, wrong: Failed | None = None) -> Response:
    def more(whole: WholeCase) -> Mapping[str, Any]:
        case = whole.case
        there = accounts.all_of(place.desk.db)
        workers = [one.name for one in there if may(Actor(one.name, one.roles, "workbench"), "work")]
        return {
            "versions": cases.versions(*_of(place))[::-1],
            "others": [name for name in workers if name not in (case.owner, *case.members)],
            "owners": [case.owner, *case.members, *(name for name in workers if name not in case.members)],
        }

    return place.shown("Cover", more, wrong)
