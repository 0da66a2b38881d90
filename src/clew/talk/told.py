"""Threats that are not the writer's own: quoted, retold, or told by the one who suffers them.

A person who is threatened repeats the threat to a friend, to the police, or to the one who made it. Whoever only looks
at words makes an offender of them. Nothing here is certain, so such a message counts little instead of not at all.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.talk.read import Hits, Messages
from clew.talk.senses import ANSWER, FORCE, NAMES, ORDER, TOLD, Flags, Floats, Ints, having

_HAN = re.compile(r"[\u4e00-\u9fff]")
_TIMES = 2.0  # as many orders and threats does the one write who is obeyed, at least
_PER_ANSWER = 3.0  # orders and threats for each answer that one who suffers them writes, at most
_BESIDE = 12  # characters around the words in which "my" and "your" are looked for
_NEAR = 60  # characters before the words in which "he said" is looked for
_ABOVE = 65_536  # characters before the words in which lines are looked for that say that a mail repeats them
_QUOTED = r"""
WITH said AS (
    SELECT h.*, CASE WHEN h."start" >= 0 THEN coalesce(r.body, '') ELSE '' END AS text, coalesce(r.title, '') AS title,
        regexp_matches(coalesce(r.extra, ''), '"forward[a-z_]*":') AS forwarded
    FROM talk_hits h JOIN records r USING (rid) WHERE r.kind = 'message'
), beside AS (
    SELECT hit, force, forwarded, "start" < 0 AND regexp_matches(title, $subjects) AS answers,
        substr(text, greatest("start" - {above}, 0) + 1, greatest(least("start", {above}), 0)) AS above,
        regexp_extract(above, '[^\n]*$') AS line, greatest("start" - {near}, 0) AS nearby,
        strip_accents(lower(substr(text, nearby + 1, "end" - nearby))) AS near,
        strip_accents(lower(substr(text, greatest("start" - {beside}, 0) + 1, "end" - "start" + 2 * {beside}))) AS words
    FROM said
)
SELECT hit FROM beside
WHERE forwarded OR answers OR regexp_matches(line, '[“„«][^“”„«»]*$') OR regexp_matches(line, '^\s*>')
    OR (length(line) - length(replace(line, '"', ''))) % 2 = 1
    OR regexp_matches(near, $said) OR regexp_matches(near, $third)
    OR force AND regexp_matches(words, $mine) AND NOT regexp_matches(words, $yours)
    OR regexp_matches(above, $repeated) OR regexp_matches(replace(above, '>', chr(10)), $headers)
    OR len(regexp_extract_all(above, '(?i)<blockquote\b')) > len(regexp_extract_all(above, '(?i)</blockquote\b'))
"""
# By these names programs of mail mark what they repeat; all that follows is repeated.
_PARTS = "gmail_quote|divRplyFwdMsg|OutlookMessageHeader|yahoo_quoted|protonmail_quote|moz-forward-container"
_SPACES = r"[ \t*\x{a0}]*"  # some write "*From:*"
_DATED = r"\d{4}|\d{1,2}[:.h]\d\d|@"
_LINES = r"(?:[^\n]*\n){1,16}?"  # between two headers: in HTML each tag is one


@cache
def patterns() -> dict[str, str]:
    """What finds, in lower case and without accents, the words of each table of ``data/told.toml``; and, in any case,
    the lines of ``data/repeated.toml``."""
    return {name: _pattern(table.values()) for name, table in _tables("told").items()} | _repeated()


def _tables(name: str) -> dict[str, dict[str, list[str]]]:
    text = resources.files("clew.talk").joinpath(f"data/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _pattern(languages: Iterable[Sequence[str]]) -> str:
    plain = sorted({_without_accents(phrase) for listed in languages for phrase in listed})
    words = "|".join(phrase for phrase in plain if not _HAN.search(phrase))
    unparted = "|".join(phrase for phrase in plain if _HAN.search(phrase))  # Chinese sets no space between words
    return rf"(?:^|[^\pL\pN])(?:{words})(?:$|[^\pL\pN])|{unparted}"


def _repeated() -> dict[str, str]:
    """What finds the beginning of what a mail repeats, and the subjects of answers.

    A line "… wrote:" above lines that begin with ">" is left to those, as an answer may stand below them.
    """
    words = {name: _either(table.values()) for name, table in _tables("repeated").items()}
    heading = rf"(?:^|\n){_SPACES}(?:[-_=]{{2,}}{_SPACES}(?:{words['headings']})|(?:{words['headings']}){_SPACES}[:：])"
    writer = rf"[^\n]*\n?[^\n]*(?:(?:{words['wrote']})[^\n]*\n?[^\n]*|@[^\s<>]+(?:>|&gt;)\)?){_SPACES}[:：]"
    wrote = rf"(?:{_DATED}){writer}[ \t\r]*(?:<|(?:\n[ \t\r]*)+(?:[^>\s]|$))"
    below = rf"{_LINES}{_SPACES}(?:{words['below']}){_SPACES}[:：]"
    return {
        "repeated": rf"(?i){heading}|{wrote}|(?:id|class)=[\"']?[^\"'>]*(?:{_PARTS})",
        "headers": rf"(?i)(?:^|\n){_SPACES}(?:{words['from']}){_SPACES}[:：]{below}{below}",
        "subjects": rf"(?i)^{_SPACES}(?:{words['subjects']}){_SPACES}(?:\[\d+\])?{_SPACES}[:：]",
    }


def _either(languages: Iterable[Sequence[str]]) -> str:
    """Any of the phrases, with accents or without."""
    listed = {phrase for some in languages for phrase in some}
    return "|".join(re.escape(phrase) for phrase in sorted(listed | {_without_accents(phrase) for phrase in listed}))


def _without_accents(text: str) -> str:
    """As `strip_accents` of the engine writes it."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def weights(messages: Messages, hits: Hits, repeated: Flags) -> Floats:
    """float64[h], what each hit counts for: 1, or `TOLD` for an order or threat that is probably somebody else's.

    Args:
        messages: of all conversations.
        hits: h that are believed.
        repeated: bool[h], those of `quoted`.
    """
    counted = np.where(repeated, TOLD, 1.0)
    suffers = _suffering(messages, hits, counted)
    counted[_directed(hits) & suffers[messages.sender[hits.message]]] = TOLD
    return counted


def quoted(engine: Engine, messages: Messages, hits: Hits) -> Flags:
    """bool[h], which orders and threats are probably somebody else's, by the words around them.

    In quotation marks, in a quoted line, after "he said", in a forwarded message, in what a mail repeats; where it is a
    third person who suffers it ("they took her passport"); or a threat to what is mine.
    """
    repeated = np.zeros(len(hits.message), np.bool_)
    asked = np.flatnonzero(_directed(hits))
    if not len(asked):
        return repeated
    columns: dict[str, npt.NDArray[Any]] = {"hit": asked, "rid": messages.rid[hits.message[asked]]}
    columns |= {"start": hits.start[asked], "end": hits.end[asked], "force": having(FORCE)[hits.sense[asked]]}
    try:
        engine.register({"talk_hits": pa.table(columns)})
        found = engine.sql(_QUOTED.format(above=_ABOVE, near=_NEAR, beside=_BESIDE), params=patterns())
    finally:
        engine.forget("talk_hits")
    repeated[found.column("hit").to_numpy()] = True
    return repeated


def _directed(hits: Hits) -> Flags:
    """bool[h], orders and threats."""
    return (having(ORDER) | having(FORCE))[hits.sense]


def _suffering(messages: Messages, hits: Hits, counted: Floats) -> Flags:
    """bool[m], whose orders and threats are those that they suffer.

    They plead, report or say where they are, and another person of the conversation gives twice as many orders and
    threats; or they plead, nobody else answers like that as often, and it may be a friend whom they tell. Either way
    they write hardly more orders and threats than answers.
    """
    members, where = len(messages.member_conversation), messages.member_conversation
    sender = messages.sender[hits.message]

    def total(flags: Flags) -> Floats:
        weight = np.where(flags[hits.sense], counted, 0.0)
        return np.bincount(sender, weights=weight, minlength=members).astype(np.float64)

    orders, answers = total(having(ORDER) | having(FORCE)), total(having(ANSWER))
    pleas = total(np.array([name == "plea" for name in NAMES]))
    told_to = _most_of_others(orders, where, len(messages.ids)) >= _TIMES * np.maximum(orders, 1.0)
    all_answers = np.bincount(where, weights=answers, minlength=len(messages.ids))
    others = all_answers[where] - answers
    obeys = (answers > 0) & told_to & (orders <= _PER_ANSWER * answers)
    tells = (pleas > 0) & (pleas >= others) & (orders <= _PER_ANSWER * pleas)
    suffering: Flags = obeys | tells
    return suffering


def _most_of_others(amount: Floats, where: Ints, conversations: int) -> Floats:
    """float64[m], the highest amount of another member of the same conversation; 0 where there is none."""
    order = np.lexsort((-amount, where))
    start = np.searchsorted(where, np.arange(conversations))[where]  # of each member's conversation, the highest
    members = np.arange(len(where))
    runner_up = np.minimum(start + 1, len(where) - 1)
    other = np.where(order[start] == members, order[runner_up], order[start])
    highest: Floats = np.where((other != members) & (where[other] == where), amount[other], 0.0)
    return highest
