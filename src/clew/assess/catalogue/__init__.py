"""The indicators, one TOML file each, as frozen dataclasses; a file that breaks the rules is refused with its name.

To add an indicator, add ``<id>.toml`` here and its test. Its ``sql`` reads the tables of `clew.assess.facts`:
they hold only records of the kinds that the indicator names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clew.model.errors import InputError
from clew.model.tables import KINDS, READ_TYPES

PHASES = ("recruitment", "advertisement", "movement", "control", "proceeds")
FORMS = ("sexual", "labour", "criminality", "organ", "adoption", "marriage", "any")
POLARITIES = ("raises", "lowers", "neutral-context")
STRENGTHS = ("outcome-tested", "research", "expert-list", "speculative", "refuted")
FAMILIES = (
    "contact", "text", "image", "place", "time", "wording", "money", "account",
    "terms", "grooming", "control", "pressure", "trade",
)  # fmt: skip
SUBJECTS = ("record", "network", "none")
CONTACTS = ("phone", "email", "domain")  # what `lacks` may name
SHOWN = (*READ_TYPES, "place", "name", "wording", "price", "")

MOST = 255  # indicators: their place in the catalogue is one byte where millions of findings are counted
_FOLDER = Path(__file__).parent
_ID = re.compile(r"[a-z]+(-[a-z]+)*")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z_]+)(?:([:?])([^{}|]*)\|([^{}|]*))?\}")
_FORBIDDEN = re.compile(r"\b(ethnicity|nationality|religion|gender|race|skin)\b", re.IGNORECASE)
_STATEMENT = re.compile(r";|\b(attach|copy|create|delete|drop|insert|install|load|pragma|set|update)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue.

    Attributes:
        id: lower-case words with hyphens; also the name of its file.
        name: a short title.
        definition: what it is, in plain words.
        phase: of the trafficking process.
        exploitation: forms of exploitation it speaks for.
        record_kinds: records it applies to; it never looks at others.
        measure: how it is measured, in words.
        polarity: whether it raises or lowers the priority, or is context only.
        strength: how well it is known to work.
        caution: what else could explain it.
        source: who says so.
        points: its part of the priority at most; 0 unless it raises, negative if it lowers.
        family: the kind of evidence it rests on. Findings of one family repeat each other, of several confirm them.
        subject: what it is observed on; "none" where Clew does not measure it.
        reason: sentence for a finding; ``{column}`` is filled in, ``{column:advert|adverts}`` adds the right word,
            ``{column?is|are}`` is the word alone. What is in brackets is left out where its column is 0.
        reason_network: for a record indicator, the sentence for a network; ``{with}`` of ``{all}`` records have it.
        when: a condition on MENTIONS (record indicators).
        lacks: contacts (phone, email, domain) that a record with the finding mentions none of.
        sql: a query for records (rid, field, start, end; and raw, unless it is a mention that stands there) or for
            networks (net, size, type, h, examples, …).
        begins, full: the size at which a network finding begins to count, and from which it counts in full. A record
            indicator with these counts by the number of items that show it, else by their share.
        show: mention type that the examples of a network finding point at.
        not_measured: why it is not measured; empty where it is.
    """

    id: str
    name: str
    definition: str
    phase: str
    exploitation: tuple[str, ...]
    record_kinds: tuple[str, ...]
    measure: str
    polarity: str
    strength: str
    caution: str
    source: str
    points: float
    family: str = ""
    subject: str = "none"
    reason: str = ""
    reason_network: str = ""
    when: str = ""
    lacks: tuple[str, ...] = ()
    sql: str = ""
    begins: float = 1.0
    full: float = 1.0
    show: str = ""
    not_measured: str = ""

    @property
    def measured(self) -> bool:
        """Does Clew look for it?"""
        return self.subject != "none"


class Slot(NamedTuple):
    """A piece of a sentence: the text before a column, the column ("" at the end), its word for one and for more."""

    before: str
    column: str = ""
    one: str = ""
    many: str = ""
    counted: bool = True  # is the number itself said?


def slots(sentence: str) -> list[Slot]:
    """A sentence as pieces; the last has no column."""
    pieces, at = [], 0
    for match in _SLOT.finditer(sentence):
        pieces.append(Slot(sentence[at : match.start()], match[1], match[3] or "", match[4] or "", match[2] != "?"))
        at = match.end()
    return [*pieces, Slot(sentence[at:])]


def clauses(sentence: str) -> list[tuple[bool, str]]:
    """A sentence as clauses: (may be left out, text). Those in brackets are left out where their number is 0."""
    parts, at = [], 0
    for match in _OPTIONAL.finditer(sentence):
        parts += [(False, sentence[at : match.start()]), (True, match[1])]
        at = match.end()
    return [(optional, text) for optional, text in [*parts, (False, sentence[at:])] if text]


def parse(name: str, text: str) -> Indicator:
    """Read one file of the catalogue.

    Args:
        name: the file's name without its ending.
        text: its content.

    Raises:
        InputError: the content is no indicator; the message says what is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"Indicator {name}: not valid TOML ({error}).") from None
    indicator = _typed(name, data)
    for problem in _problems(name, indicator):
        raise InputError(f"Indicator {name}: {problem}.", "See the fields in docs/indicators.md.")
    return indicator


def _typed(name: str, data: Mapping[str, Any]) -> Indicator:
    """The fields with their types checked."""
    known = {f.name: str(f.type) for f in fields(Indicator)}
    values: dict[str, Any] = {}
    for key, value in data.items():
        kind = known.get(key)
        if kind is None:
            raise InputError(f"Indicator {name}: unknown field '{key}'.")
        if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
            values[key] = float(value)
        elif kind == "str" and isinstance(value, str):
            values[key] = " ".join(value.split()) if key not in ("sql", "when") else value.strip()
        elif kind.startswith("tuple") and isinstance(value, list) and all(isinstance(v, str) for v in value):
            values[key] = tuple(value)
        else:
            raise InputError(f"Indicator {name}: field '{key}' has a value of the wrong type.")
    required = [f.name for f in fields(Indicator)][:12]
    missing = [key for key in required if key not in values]
    if missing:
        raise InputError(f"Indicator {name}: field '{missing[0]}' is missing.")
    return Indicator(**values)


def _problems(name: str, i: Indicator) -> list[str]:
    """What breaks the rules of the catalogue."""
    checks = [
        (i.id == name and _ID.fullmatch(i.id) is not None, f"id '{i.id}' is not the file's name in lower-case words"),
        (i.phase in PHASES, f"phase '{i.phase}' is none of {', '.join(PHASES)}"),
        (set(i.exploitation) <= set(FORMS) and i.exploitation, f"exploitation must be some of {', '.join(FORMS)}"),
        (set(i.record_kinds) <= set(KINDS) and i.record_kinds, f"record_kinds must be some of {', '.join(KINDS)}"),
        (i.polarity in POLARITIES, f"polarity '{i.polarity}' is none of {', '.join(POLARITIES)}"),
        (i.strength in STRENGTHS, f"strength '{i.strength}' is none of {', '.join(STRENGTHS)}"),
        (i.subject in SUBJECTS, f"subject '{i.subject}' is none of {', '.join(SUBJECTS)}"),
        (all((i.name, i.definition, i.measure, i.caution, i.source)), "name, definition, measure … must say something"),
        (i.points == 0 or (i.measured and i.strength != "refuted"), "what is refuted or not measured has 0 points"),
        ((i.points > 0) == (i.polarity == "raises" and i.measured), "points are above 0 exactly where it raises"),
        (i.points >= 0 or i.polarity == "lowers", "points below 0 need the polarity 'lowers'"),
        (i.measured != bool(i.not_measured), "either subject or not_measured is given"),
        (i.show in SHOWN, f"show '{i.show}' is no mention type"),
        (0 < i.begins <= i.full, "begins must be above 0 and not above full"),
    ]  # fmt: skip
    found = [message for holds, message in checks if not holds]
    return found or (_sql_problems(i) if i.measured else [])


def _sql_problems(i: Indicator) -> list[str]:
    code = f"{i.when} {i.sql}"
    columns = {slot.column for slot in slots(i.reason) if slot.column} - {"subject"}
    checks = [
        (i.family in FAMILIES, f"family '{i.family}' is none of {', '.join(FAMILIES)}"),
        (bool(i.when) != bool(i.sql), "exactly one of when and sql is given"),
        (i.subject == "record" or bool(i.sql), "a network indicator needs sql"),
        (set(i.lacks) <= set(CONTACTS), f"lacks may name {', '.join(CONTACTS)}"),
        (bool(i.reason), "reason is missing"),
        (i.subject == "network" or bool(i.reason_network), "a record indicator needs reason_network"),
        (i.subject == "network" or not columns, "the reason of a record indicator has no columns"),
        (_STATEMENT.search(code) is None, "sql may only be one query"),
        (_FORBIDDEN.search(code) is None, "Clew measures no such attribute of a person"),
    ]
    return [message for holds, message in checks if not holds]


@cache
def catalogue() -> tuple[Indicator, ...]:
    """Every indicator, by id.

    Raises:
        InputError: a file breaks the rules.
    """
    return load(_FOLDER)


def load(folder: Path) -> tuple[Indicator, ...]:
    """Every indicator of a folder, by id."""
    found = tuple(parse(path.stem, path.read_text("utf-8")) for path in sorted(folder.glob("*.toml")))
    if len(found) > MOST:
        raise InputError(f"The catalogue holds {len(found)} indicators; {MOST} is the most.", "Leave some out.")
    return found
