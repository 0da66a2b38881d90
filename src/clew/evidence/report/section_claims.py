"""The claims, each at its level of evidence, facts first and kept apart from assessments; hypotheses after them."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from clew.evidence.report.content import Hypothesis, Judgement, ReportContent
from clew.evidence.report.content_network import LEVELS, Claim
from clew.evidence.report.parts import (
    H1,
    H2,
    H3,
    ITEM,
    NOTE,
    SUBJECT,
    bullets,
    facts,
    grid,
    heading,
    moment,
    more,
    para,
)
from clew.evidence.report.section_cover import LEVEL_WORDS

MOST_CLAIMS = 60  # of a level and a network
_MOST_OF_LEVEL = 240
_MOST_HYPOTHESES, _MOST_GROUNDS = 40, 20
_HEADS = {
    "observed": ("What stands in the record", "Record"),
    "extracted": ("What was read", "By", "How often such a reading is wrong"),
    "linked": ("What is linked", "Evidence", "Weight"),
    "assessed": ("Finding", "Indicator and source", "How common, how well known", "What else could explain it"),
    "judged": ("Judgement", "By whom", "Grading", "Reason"),
}
_WIDTHS = {
    "observed": (0.7, 8, 4.2),
    "extracted": (0.7, 5, 2, 5),
    "linked": (0.7, 4.2, 6.2, 1.6),
    "assessed": (0.7, 4.4, 3.6, 3.2, 4),
    "judged": (0.7, 4.4, 3, 2.2, 4),
}
_NUMBERS = (
    "Numbers such as O1 or L3 name a claim, so that it can be spoken of. Lists are bounded; what is not here is in "
    "the tables of the package."
)
_FACTS = ("observed", "extracted")


def claims(content: ReportContent) -> list[Flowable]:
    """All claims by level: of the case, then of each network."""
    held: dict[str, dict[str, list[Claim]]] = {level: {} for level in LEVELS}
    for judgement in content.judgements:
        held["judged"].setdefault(judgement.about, []).append(_judged(judgement))
    for network in content.networks:
        for claim in network.claims:
            held[claim.level].setdefault(claim.about, []).append(claim)
    out = heading("4  Claims by level of evidence", H1)
    out.append(para(_NUMBERS))
    for title, levels in (("4.1  Facts", _FACTS), ("4.2  Assessments", ("linked", "assessed", "judged"))):
        out += heading(title)
        for level in levels:
            out += _level(level, held[level])
    return out


def _judged(j: Judgement) -> Claim:
    return Claim("judged", j.about, f"{j.kind}: {j.statement}", f"{j.who}, {moment(j.at)}", j.grading.text, j.reason)


def _level(level: str, about: dict[str, list[Claim]]) -> list[Flowable]:
    """The claims of a level, a table for each subject, with numbers that run on."""
    out = [*heading(level.capitalize(), H3), para(LEVEL_WORDS[level], NOTE)]
    if not about:
        none = "Nobody has judged anything yet." if level == "judged" else "No claim at this level."
        return [*out, para(none, NOTE)]
    number = 0
    for subject, claims in about.items():
        shown = claims[: min(MOST_CLAIMS, max(_MOST_OF_LEVEL - number, 0))]
        if shown:
            rows = [(f"{level[0].upper()}{number + at}", *_cells(claim)) for at, claim in enumerate(shown, 1)]
            out += [CondPageBreak(70), para(subject, SUBJECT, 120)]
            out.append(grid(("", *_HEADS[level]), rows, _WIDTHS[level], most=360))
        number += len(shown)
        out += [*more(len(claims) - len(shown), f"the tables of the package, about {subject}"), Spacer(0, 5)]
    return out


def _cells(claim: Claim) -> tuple[str, ...]:
    """As many as the table of its level has columns."""
    items = ", ".join(item[:16] for item in claim.items[:3])
    basis = claim.basis + (f" ({items})" if items else "")
    every = (claim.statement, basis, claim.measured, claim.caution)
    return every[: len(_HEADS[claim.level])]


def hypotheses(shown: Sequence[Hypothesis]) -> list[Flowable]:
    """Each explanation with what speaks for and against it."""
    out = heading("5  Hypotheses", H1)
    if not shown:
        return [*out, para("No hypothesis was written down in this case.")]
    for h in shown[:_MOST_HYPOTHESES]:
        out += heading(f"{h.id}  {h.statement}"[:160], H2)
        grading = h.grading.text
        out.append(facts([("In full", h.statement if len(h.statement) > 140 else ""), ("State", h.state),
                          ("Judged by", f"{h.who}, {moment(h.at)}"), ("Grading", grading)]))  # fmt: skip
        for title, texts in (("For", h.speaks_for), ("Against", h.speaks_against),
                             ("What would change our mind", h.would_change)):  # fmt: skip
            out += heading(title, H3)
            out += bullets(texts[:_MOST_GROUNDS], ITEM, 600) or [
                para("Nothing is noted. That is a gap, not a result.", NOTE)
            ]
            out += more(len(texts) - _MOST_GROUNDS, "the case")
    return [*out, *more(len(shown) - _MOST_HYPOTHESES, "the case")]
