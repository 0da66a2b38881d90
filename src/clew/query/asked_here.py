"""A question as a workspace can answer it: what it holds of a number without country, a bare name, a printed value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from clew.engine.duckdb import Engine
from clew.extract._phone_readings import Number
from clew.model.tables import ATTRIBUTE_TYPES
from clew.model.words import count
from clew.query.asked import Asked
from clew.query.show import quote

_NAME = re.compile(r"[\w.-]{3,64}")
_MOST_READINGS, _MOST_HANDLES = 2_000, 50
_LONGEST_MENTION = 80  # a place in several words is no text; who pastes a text need not wait for it to be looked for
_SAID = 6  # readings or handles that are named
_TRIED = 3  # numbers or names of which it is said that nothing was found

Pair = tuple[str, str]


def known(engine: Engine, asked: Asked) -> Asked:
    """What is to be looked up for a question.

    A number without its country is looked up in every reading that the workspace holds, a name on every platform that
    has it, and what is a value here is taken as that value.

    Args:
        engine: with tables TIES and MENTIONS, of a workspace or of its reading index.
        asked: as `clew.query.asked.understand` gives it.
    """
    readings = [value for number in asked.numbers for value in number.readings][:_MOST_READINGS]
    held = _held(engine, [*([asked.value] if asked.value else []), *readings])
    if printed := [pair for pair in held if pair[1] == asked.value]:
        found = tuple(dict.fromkeys([*printed, *asked.identifiers]))
        return replace(asked, identifiers=found, text=None, numbers=(), names=())
    phones = [[pair for pair in held if pair[0] == "phone" and pair[1] in n.readings] for n in asked.numbers]
    pairs = [*(pair for some in phones for pair in some), *asked.identifiers, *_handles(engine, asked.names)]
    if pairs:
        read = [
            f"“{n.written}” is read as {_countries([v for _, v in some])}"
            for n, some in zip(asked.numbers, phones, strict=True)
            if some
        ]
        return replace(asked, identifiers=tuple(dict.fromkeys(pairs)), read=tuple(read))
    if asked.pdq or asked.mentions:
        return asked
    if asked.text:
        mentions = _mentioned(engine, asked.value) if len(asked.value) <= _LONGEST_MENTION else ()
        return replace(asked, text=None, mentions=mentions) if mentions else asked
    return _as_name(engine, asked) or replace(
        asked, mentions=_mentioned(engine, asked.value), tried=(*map(_tried, asked.numbers[:_TRIED]), *_nobody(asked))
    )


def _held(engine: Engine, values: Sequence[str]) -> list[Pair]:
    """Those values that stand in the workspace, the most frequent first."""
    if not values:
        return []
    rows = engine.rows(
        f"SELECT type, value, count(*) AS records FROM ties WHERE value IN ({', '.join(map(quote, values))}) "
        f"GROUP BY type, value ORDER BY records DESC, type, value"
    )
    return [(row["type"], row["value"]) for row in rows]


def _handles(engine: Engine, names: Sequence[str]) -> list[Pair]:
    """The accounts of these names, on whatever platform."""
    if not names:
        return []
    rows = engine.rows(
        f"SELECT value, count(*) AS records FROM ties WHERE type = 'handle' "
        f"AND substr(value, strpos(value, ':') + 1) IN ({', '.join(map(quote, names))}) "
        f"GROUP BY value ORDER BY records DESC, value LIMIT {_MOST_HANDLES}"
    )
    return [("handle", row["value"]) for row in rows]


def _as_name(engine: Engine, asked: Asked) -> Asked | None:
    """A word that is an account's name; which one is to be said where several platforms have it."""
    if asked.numbers or asked.names or not _NAME.fullmatch(asked.value):
        return None
    handles = _handles(engine, [asked.value.lower()])
    if len(handles) > 1:
        several = ", ".join(value for _, value in handles[:_SAID])
        return replace(asked, tried=(f"{count(len(handles), 'handle')} have that name; give one, or @name: {several}",))
    return replace(asked, identifiers=tuple(handles)) if handles else None


def _mentioned(engine: Engine, value: str) -> tuple[Pair, ...]:
    """The kinds of place, price, name … that a value is here."""
    if not value:
        return ()
    kinds = ", ".join(map(quote, ATTRIBUTE_TYPES))
    rows = engine.rows(
        f"SELECT DISTINCT type::VARCHAR AS type FROM mentions "
        f"WHERE value = {quote(value)} AND type::VARCHAR IN ({kinds}) ORDER BY type"
    )
    return tuple((row["type"], value) for row in rows)


def _tried(number: Number) -> str:
    more = len(number.readings) - _SAID
    others = f" and {count(more, 'other number')}" if more > 0 else ""
    return f"No record gives “{number.written}”, read as {_countries(number.readings)}{others}"


def _nobody(asked: Asked) -> list[str]:
    return [f"No record names @{name} on any platform" for name in asked.names[:_TRIED]]


def _countries(values: Sequence[str]) -> str:
    """Numbers as they are written in the world, each with its country."""
    import phonenumbers

    said = []
    for value in values[:_SAID]:
        number = phonenumbers.parse(value)
        shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        region = phonenumbers.region_code_for_number(number) or "no country"
        said.append(f"{shown} ({region})")
    return ", ".join(said)
