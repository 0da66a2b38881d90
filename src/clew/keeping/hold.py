"""Legal hold: what an open case has taken as evidence is not erased below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clew.cases.base import Casework
from clew.cases.exhibit import exhibits_in
from clew.cases.exhibits import original
from clew.cases.head import read_cases
from clew.cases.opened import held

_RECORD = re.compile(rb'"record_id":"([0-9a-f]{32})"')


def held_records(casework: Casework) -> dict[str, list[str]]:
    """The ids of records that exhibits of open cases consist of, and the cases that hold each.

    Exhibits that were withdrawn hold nothing.
    """
    with casework.db.connect() as connection:
        cases = [case.id for case in read_cases(connection, casework.keys) if case.state == "open"]
    found: dict[str, list[str]] = {}
    for case_id in cases:
        with held(casework, case_id) as file:
            frozen = [e for e in exhibits_in(file) if e.kind in ("network", "record") and not e.withdrawn]
        ids = {
            match.decode()
            for exhibit in frozen
            for line in _lines(original(casework, exhibit))
            for match in _RECORD.findall(line)
        }
        for record in sorted(ids):
            found.setdefault(record, []).append(case_id)
    return found


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    yield rest
