"""What an offer of work says, put under the few headings that a person asks for first, and findings in its words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clew.assess.explain import Finding
from clew.query.conversation_messages import extra_of

Row = dict[str, Any]
# Where sources keep what has no field of its own, in lower case without separators; the likeliest first.
_EMPLOYER = ("organisation", "company", "companyname", "employer", "hiringorganization", "companyprofile", "advertiser")
_BRANCH = ("industry", "branch", "sector", "function", "category", "department")
_TERMS = ("employmenttype", "validthrough", "experience", "requiredexperience", "requirededucation", "locationtype")
_MOST = 160  # characters of a fact


@dataclass(frozen=True)
class Offer:
    """The facts of an offer; "" where it says nothing. ``terms`` are (word of the source, what it says)."""

    employer: str
    place: str
    pay: str
    branch: str
    posted_at: datetime | None
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Marked:
    """A stretch of a text, and the numbers (from 1) of the findings that rest on it."""

    text: str
    findings: tuple[int, ...] = ()


@dataclass(frozen=True)
class MarkedText:
    """A field of a record with the words of its findings marked."""

    field: str
    stretches: tuple[Marked, ...]


def offer_of(record: Row) -> Offer:
    """The facts of an offer.

    Args:
        record: a row of RECORDS.
    """
    extra = extra_of(record["extra"])
    said = {"".join(c for c in name.lower() if c.isalnum()): (name, _line(value)) for name, value in extra.items()}

    def first(names: Sequence[str]) -> str:
        return next((said[name][1] for name in names if name in said and said[name][1]), "")

    return Offer(
        first(_EMPLOYER) or (record["handle"] or ""),
        record["place"] or "",
        record["price"] or "",
        first(_BRANCH),
        record["posted_at"],
        tuple((said[n][0].replace("_", " "), said[n][1]) for n in _TERMS if n in said and said[n][1]),
    )


def marked(
    record: Row, findings: Sequence[Finding], fields: Sequence[str] = ("title", "body")
) -> tuple[MarkedText, ...]:
    """The texts of a record with the words of its findings, numbered in their order."""
    found = []
    for field in fields:
        text = record[field] or ""
        places = [
            (span.start, span.end, number)
            for number, finding in enumerate(findings, 1)
            for span in finding.spans
            if span.field == field and span.start is not None and span.end is not None
            and 0 <= span.start < span.end <= len(text)
        ]  # fmt: skip
        edges = sorted({0, len(text), *(a for a, _, _ in places), *(b for _, b, _ in places)})
        stretches = tuple(
            Marked(text[begin:end], tuple(sorted({n for a, b, n in places if a <= begin and b >= end})))
            for begin, end in itertools.pairwise(edges)
        )
        if stretches:
            found.append(MarkedText(field, stretches))
    return tuple(found)


def _line(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    line = " ".join(text.split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"
