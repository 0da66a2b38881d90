"""What a report says, as plain data: strings, numbers, times. Whoever makes a package fills it; `write` prints it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from typing import cast

from clew.evidence.report.content_network import NetworkContent
from clew.evidence.report.rates import ErrorRate, error_rates


@dataclass(frozen=True)
class Cover:
    """Whose report it is, under which rules, and how to check it.

    Attributes:
        package_id: of the evidence package.
        case_id, case_name: of the case.
        purpose, legal_basis: why data were processed, and on what ground.
        owner: of the case.
        handling_level: of the case.
        tlp: "AMBER", "CLEAR" …
        handling_code: "H0" … "H3".
        handling_conditions: in words; empty where the code says all.
        retain_until: when the case is erased.
        made_at, made_by: when and by whom the package was made.
        made_with: name and version of the program.
        tree_size, tree_head, tree_head_at: the ledger's signed state that the package rests on; hex.
        key_fingerprint: of the key that signed it.
        timestamp: what an outside authority says of the time; empty where none was asked.
        verify: how to check the package, a line each.
    """

    package_id: str
    case_id: str
    case_name: str
    purpose: str
    legal_basis: str
    owner: str
    handling_level: str
    tlp: str
    handling_code: str
    retain_until: date
    made_at: datetime
    made_by: str
    made_with: str = "Clew"
    handling_conditions: str = ""
    tree_size: int = 0
    tree_head: str = ""
    tree_head_at: datetime | None = None
    key_fingerprint: str = ""
    timestamp: str = ""
    verify: tuple[str, ...] = ("python verify.py BAG",)


@dataclass(frozen=True)
class Grading:
    """The 4×4 grading of a piece of intelligence, and how it may be handled; what is not given is empty."""

    source: str = ""  # A, B, C, X
    information: str = ""  # 1 … 4
    handling_code: str = ""  # H0 … H3
    conditions: str = ""
    tlp: str = ""

    @property
    def text(self) -> str:
        """Such as "B2, H1, TLP:AMBER"."""
        parts = [self.source + self.information, self.handling_code, f"TLP:{self.tlp}" if self.tlp else ""]
        return ", ".join(part for part in [*parts, self.conditions] if part)


@dataclass(frozen=True)
class Judgement:
    """What a named person decided or wrote: a triage, link or analysis decision, a note.

    Attributes:
        who, at: the person, and when.
        kind: "triage", "link", "note" …
        about: network, record, exhibit or person.
        statement: what was judged.
        reason: why.
        grading: of the intelligence it rests on.
    """

    who: str
    at: datetime
    kind: str
    about: str
    statement: str
    reason: str = ""
    grading: Grading = field(default_factory=Grading)


@dataclass(frozen=True)
class Hypothesis:
    """An explanation that is tested: what speaks for it, against it, and what would change our mind."""

    id: str
    statement: str
    state: str
    who: str
    at: datetime
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()
    grading: Grading = field(default_factory=Grading)


@dataclass(frozen=True)
class CasePerson:
    """A person of the case, as the package may show them.

    Attributes:
        id: in the case, such as C1-P2.
        shown_as: name, or pseudonym.
        category: of the data subject (Directive 2016/680, Art. 6): suspect, convicted, victim, witness, contact.
        pseudonymised: does ``shown_as`` stand for a name that is held back?
        note: what is known, and from where.
        grading: of it.
        basis: for a name that a supervisor released: by whom and why.
    """

    id: str
    shown_as: str
    category: str
    pseudonymised: bool = False
    note: str = ""
    grading: Grading = field(default_factory=Grading)
    basis: str = ""


@dataclass(frozen=True)
class Exhibit:
    """An item of evidence with its two digests."""

    id: str
    title: str
    kind: str
    added_by: str
    added_at: datetime
    origin: str
    file: str  # path in the package
    size: int  # bytes
    sha256: str
    blake2b: str
    note: str = ""
    grading: Grading = field(default_factory=Grading)


@dataclass(frozen=True)
class CustodyEvent:
    """What happened to an item: number in the ledger, when, who, what, to which item, why."""

    number: int
    at: datetime
    who: str
    act: str
    about: str
    why: str = ""


@dataclass(frozen=True)
class RunUsed:
    """A run of the analysis whose tables are in the package."""

    run_id: str
    at: datetime
    version: str  # of the program
    manifest_sha256: str
    inputs: str  # what it read, in words
    replay: str = ""  # command that repeats it


@dataclass(frozen=True)
class ReportContent:
    """Everything that a report prints.

    Attributes:
        cover: title page.
        asked: what was asked, a paragraph each.
        summary: what was found, in sentences of the analyst; sentences counted from the content follow by themselves.
        networks: of the case.
        judgements, hypotheses, persons, exhibits, custody, runs: of the case.
        rates: error rates, as measured.
        limits: that this case adds to those that always hold.
    """

    cover: Cover
    asked: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    networks: tuple[NetworkContent, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    persons: tuple[CasePerson, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    custody: tuple[CustodyEvent, ...] = ()
    runs: tuple[RunUsed, ...] = ()
    rates: tuple[ErrorRate, ...] = field(default_factory=error_rates)
    limits: tuple[str, ...] = ()


def with_texts(content: ReportContent, change: Callable[[str], str]) -> ReportContent:
    """The same content with every text changed, such as by the masks of the package.

    Args:
        content: of a report.
        change: gives a text for a text. A finding's quote, and what stands before and after it, are texts of their own.
    """
    return cast("ReportContent", _changed(content, change))


def _changed(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(part, change) for part in value)
    if is_dataclass(value) and not isinstance(value, (type, ErrorRate)):
        return replace(value, **{f.name: _changed(getattr(value, f.name), change) for f in fields(value)})
    return value
