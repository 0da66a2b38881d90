"""The first pages: whose report it is, how to check it, how to read it, what was asked and what was found."""

from __future__ import annotations

from collections import Counter

from reportlab.platypus import Flowable, PageBreak, Spacer

from clew.evidence.report.content import ReportContent
from clew.evidence.report.content_network import NetworkContent
from clew.evidence.report.page import contents
from clew.evidence.report.parts import (
    BODY,
    CODE,
    H1,
    H3,
    NOTE,
    SUBTITLE,
    TITLE,
    bullets,
    day,
    facts,
    grid,
    heading,
    moment,
    more,
    para,
)
from clew.model.words import count

LEVEL_WORDS = {
    "observed": "Stands in a record, as received.",
    "extracted": "Read from a record by a named program, whose error rate is given as far as it is measured.",
    "linked": "Records taken to be of one operation, with the weight of the evidence and what it is.",
    "assessed": "A finding of the catalogue of indicators, with its source and what else could explain it.",
    "judged": "Decided or written by a named person.",
}
# The summary stays within a page.
_SUMMARY = 2_300  # characters of the analyst's sentences
_NETWORKS_FOUND, _MOST_FOUND = 4, 9  # networks and sentences that follow from the content
_WORTH = "How much each sentence is worth stands in the claims (part 4), how often the methods err in part 9."
_VERIFY = (
    "The program verify.py in the package checks, on a machine without Clew, that no byte of it was changed, that "
    "nothing is missing or was added, and that the custody log is the one that was signed. Compare the tree head and "
    "the fingerprint above with those that the owner of the case gives you by another way."
)
_NO_PROOF = (
    "A lead is a place to look, not a suspicion against a person. Indicators are no proof. Nothing in this report was "
    "decided by a machine: people decide, and stand here by name."
)
_LEVELS = (
    "Each claim stands at one of five levels of evidence. The first two are facts about what was received; the others "
    "are assessments, and are kept apart (Directive (EU) 2016/680, Art. 7)."
)
_LETTERS = (
    "A text that was received is printed as it is, on one line; characters that no font here has are shown by their "
    "number, such as ⟨U+1F525⟩; those without a shape are left out. Chinese, Japanese and Korean letters are drawn "
    "with the fonts of your own program, and are empty boxes where it has none. The record in the package "
    "has every byte."
)
_TLP = {
    "RED": "for the named recipients only", "AMBER+STRICT": "for the recipient's organisation only",
    "AMBER": "for the recipient's organisation and its clients who need to know", "GREEN": "for the community",
    "CLEAR": "without limit",
}  # fmt: skip
_CODES = {
    "H0": "within the rules that hold for law enforcement", "H1": "not as evidence in court without the "
                                                                  "provider's permission",
    "H2": "not to be passed on without permission", "H3": "other restrictions, as given",
}  # fmt: skip


def cover(content: ReportContent) -> list[Flowable]:
    """Title page and contents."""
    c = content.cover
    tlp = f"TLP:{c.tlp}, {_TLP[c.tlp]}" if c.tlp in _TLP else f"TLP:{c.tlp}" if c.tlp else ""
    code = f"{c.handling_code}, {_CODES[c.handling_code]}" if c.handling_code in _CODES else c.handling_code
    head = f"{c.tree_head} (tree of {count(c.tree_size, 'entry', 'entries')}, {moment(c.tree_head_at)})"
    return [
        Spacer(0, 16),
        para("Report of an evidence package", SUBTITLE),
        para(f"Case {c.case_id}: {c.case_name}", TITLE, 300),
        Spacer(0, 8),
        facts(
            [
                ("Purpose", c.purpose),
                ("Legal basis", c.legal_basis),
                ("Owner of the case", c.owner),
                ("Handling level", c.handling_level),
                ("Traffic light protocol", tlp),
                ("Handling code", code),
                ("Conditions", c.handling_conditions),
                ("To be erased on", day(c.retain_until)),
                ("Package", c.package_id),
                ("Made", f"{moment(c.made_at)} by {c.made_by}, with {c.made_with}"),
                ("Ledger's tree head", head if c.tree_head else "none given"),
                ("Signed with key", c.key_fingerprint or "none given"),
                ("Time from outside", c.timestamp or "none: no authority was asked"),
            ]
        ),
        Spacer(0, 10),
        *heading("How to verify", H3),
        para(_VERIFY),
        *(para(line, CODE, 300) for line in c.verify),
        Spacer(0, 8),
        para(_NO_PROOF),
        PageBreak(),
        para("Contents", H3),
        contents(),
        Spacer(0, 14),
        *heading("How to read this report", H3),
        para(_LEVELS, NOTE),
        grid(("Level", "What it means"), list(LEVEL_WORDS.items()), (1, 5)),
        Spacer(0, 4),
        para(_LETTERS, NOTE),
        PageBreak(),
    ]


def asked(content: ReportContent) -> list[Flowable]:
    """What was asked."""
    said = content.asked or (content.cover.purpose,)
    return [*heading("1  What was asked", H1), *(para(text) for text in said)]


def found(content: ReportContent) -> list[Flowable]:
    """What was found: the analyst's sentences, then those that follow from the content."""
    out = heading("2  Summary: what was found", H1)
    room, told = _SUMMARY, 0
    for text in content.summary:
        if len(text) > room:
            break
        out.append(para(text))
        room, told = room - len(text), told + 1
    if told < len(content.summary):
        out += [para(content.summary[told], BODY, max(room, 120)), *more(len(content.summary) - told - 1, "the case")]
    return [*out, *bullets(counted(content)[:_MOST_FOUND], most=380), para(_WORTH, NOTE)]


def counted(content: ReportContent) -> list[str]:
    """Sentences that follow from the content."""
    said = []
    if not content.networks:
        said.append("The case has no network: nothing was linked or assessed.")
    for network in content.networks[:_NETWORKS_FOUND]:
        said.append(_network(network))
    if len(content.networks) > _NETWORKS_FOUND:
        said.append(f"{count(len(content.networks) - _NETWORKS_FOUND, 'more network')}: see part 3.")
    kinds = Counter(person.category for person in content.persons)
    if kinds:
        each = ", ".join(f"{many} {kind}" for kind, many in sorted(kinds.items()))
        hidden = sum(person.pseudonymised for person in content.persons)
        said.append(f"The case has {count(len(content.persons), 'person')}: {each}; {hidden} pseudonymised.")
    if content.hypotheses:
        many = count(len(content.hypotheses), "hypothesis was", "hypotheses were")
        said.append(f"{many} written down, with what speaks for and against: part 5.")
    if content.exhibits:
        said.append(f"The package holds {count(len(content.exhibits), 'exhibit')}, with two digests for each.")
    else:
        said.append("The package holds no exhibit.")
    return said


def _network(network: NetworkContent) -> str:
    """A network in a sentence or two."""
    span = f", {day(network.first_seen)} to {day(network.last_seen)}" if network.first_seen else ""
    text = f"Network {network.network_id} (linked): {count(network.records, 'record')}{span}."
    raising = [reason for reason in network.reasons if reason.points > 0]
    if raising:
        text += f" {count(len(raising), 'finding')} raised its priority (assessed), first: {raising[0].sentence}"
        text += f" It could also be: {raising[0].caution}" if raising[0].caution else ""
    else:
        text += " No finding raises its priority."
    return text
