"""Persons, exhibits with their digests, and the custody log."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable

from clew.evidence.report.content import CasePerson, CustodyEvent, Exhibit
from clew.evidence.report.parts import H1, NOTE, grid, heading, moment, more, para
from clew.model.words import count

_MOST_PERSONS, _MOST_EXHIBITS, _MOST_EVENTS = 300, 300, 400

_CATEGORY = (
    "The category says in what capacity a person stands in the case (Directive (EU) 2016/680, Art. 6). One person can "
    "be exploited and have offended. Victims and minors stand under a pseudonym unless a supervisor released the "
    "name; then the reason is given."
)
_DIGEST = (
    "The digest of an item is computed from every byte of it; if one byte differs, so does the digest. Two families "
    "of digests are given, SHA-256 and BLAKE2b with 64 bytes, so that a weakness of one does not matter."
)
_LOG = (
    "Each event is an entry of a ledger to which entries are only ever added. Its number is its place there; "
    "verify.py shows for each that it stands under the signed tree head."
)


def persons(shown: Sequence[CasePerson]) -> list[Flowable]:
    """Persons with the category of the data subject."""
    out = heading("6  Persons", H1)
    if not shown:
        return [*out, para("No person is entered in this case.")]
    out.append(para(_CATEGORY))
    rows = [
        (p.id, p.shown_as + (" (pseudonym)" if p.pseudonymised else ""), p.category, p.grading.text,
         " ".join(part for part in (p.note, f"Name released: {p.basis}" if p.basis else "") if part))
        for p in shown[:_MOST_PERSONS]
    ]  # fmt: skip
    out.append(grid(("Person", "Shown as", "Category", "Grading", "What is known"), rows, (1.3, 2.6, 1.4, 1.8, 6), 700))
    return [*out, *more(len(shown) - _MOST_PERSONS, "the package")]


def exhibits(shown: Sequence[Exhibit]) -> list[Flowable]:
    """Exhibits with both digests."""
    out = heading("7  Exhibits", H1)
    if not shown:
        return [*out, para("The package holds no exhibit.")]
    out.append(para(_DIGEST))
    rows = []
    for e in shown[:_MOST_EXHIBITS]:
        told = [f"{e.title}.", f"{e.kind}, {count(e.size, 'byte')}.", f"From: {e.origin}." if e.origin else "",
                f"Added by {e.added_by}, {moment(e.added_at)}.", e.note, e.grading.text]  # fmt: skip
        digests = (e.file, f"SHA-256 {e.sha256}", f"BLAKE2b {e.blake2b}")
        rows.append((e.id, " ".join(part for part in told if part), digests))
    out.append(grid(("Exhibit", "What it is", "File in the package, digests"), rows, (1.2, 4.2, 6.4), 700))
    return [*out, *more(len(shown) - _MOST_EXHIBITS, "the manifest of the package")]


def custody(shown: Sequence[CustodyEvent]) -> list[Flowable]:
    """What happened to the items, in order."""
    out = heading("8  Custody log", H1)
    if not shown:
        return [*out, para("The log of the package has no event.")]
    out.append(para(_LOG))
    kept = shown if len(shown) <= _MOST_EVENTS else (*shown[: _MOST_EVENTS // 2], *shown[-_MOST_EVENTS // 2 :])
    rows = [(f"{e.number:,}", moment(e.at), e.who, e.act, e.about, e.why) for e in kept]
    out.append(grid(("No.", "When", "Who", "What", "About", "Why"), rows, (0.8, 3.1, 2.2, 2, 2, 3.2), 240))
    if len(kept) < len(shown):
        out.append(
            para(
                f"The first and last {_MOST_EVENTS // 2} of {len(shown):,}; the others are in the custody log of the "
                "package.",
                NOTE,
            )
        )
    return out
