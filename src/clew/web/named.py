"""Ids as the pages print them, typed into the search: the beginning of a record's, a run, a chat, a case's paper."""

from __future__ import annotations

import re
from urllib.parse import quote

from clew.cases.head import read_case
from clew.cases.opened import sees
from clew.engine.duckdb import Engine
from clew.model.actor import Actor
from clew.query.sources import runs
from clew.web.desk import Desk

_RUN = re.compile(r"R[0-9]{4,9}")
_PAPER = re.compile(r"(C[1-9][0-9]{0,8})(-([ENHTPA])[1-9][0-9]{0,8})?")
_PAGES = {"E": "exhibits", "N": "notes", "H": "hypotheses", "T": "tasks", "P": "persons", "A": "approvals"}
_BEGINNING = re.compile(r"(?=.*[a-f])(?=.*[0-9])[0-9a-f]{8,31}")  # no word and no telephone number


def place_named(desk: Desk, engine: Engine, who: Actor, asked: str) -> str | None:
    """The page of what a printed id stands for; None where it stands for nothing that they may see."""
    if _RUN.fullmatch(asked):
        return f"/runs/{asked}" if any(run.id == asked for run in runs(desk.workspace)) else None
    if paper := _PAPER.fullmatch(asked):
        return _paper(asked, paper[1], paper[3]) if _seen(desk, who, paper[1]) else None
    if _BEGINNING.fullmatch(asked):
        return _record(engine, asked)
    return _chat(engine, asked)


def _paper(asked: str, case_id: str, letter: str | None) -> str:
    if letter is None:
        return f"/cases/{case_id}"
    return f"/cases/{case_id}/{_PAGES[letter]}{'/' if letter == 'E' else '#'}{asked}"


def _seen(desk: Desk, who: Actor, case_id: str) -> bool:
    with desk.db.connect() as connection:
        case = read_case(connection, desk.casework.keys, case_id)
    return case is not None and sees(who, case)


def _record(engine: Engine, beginning: str) -> str | None:
    low, high = (int(beginning[:16].ljust(16, fill), 16) for fill in "0f")
    query = "SELECT rid FROM members WHERE rid BETWEEN $low AND $high LIMIT 2"
    return f"/records/{beginning}" if len(engine.rows(query, low=low, high=high)) == 1 else None


def _chat(engine: Engine, asked: str) -> str | None:
    """Only ids that begin with their platform: others may be a number or a name, of which more is to be found."""
    query = """
        SELECT conversation_id FROM talks
        WHERE conversation_id = $asked AND starts_with(lower($asked), lower(platform) || '-') LIMIT 2"""
    found = engine.rows(query, asked=asked[:500])
    return f"/conversations/{quote(asked, safe='')}" if len(found) == 1 else None
