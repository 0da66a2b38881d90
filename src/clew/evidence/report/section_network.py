"""One network: at a glance, why it is a lead, what else explains it, and the five things asked of an operation."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer

from clew.evidence.report.content_network import NetworkContent, Quoted, ReasonShown
from clew.evidence.report.draw_graph import graph_figure
from clew.evidence.report.draw_map import map_figure
from clew.evidence.report.draw_time import timeline_figure
from clew.evidence.report.parts import (
    BODY,
    H1,
    H2,
    H3,
    ITEM,
    NOTE,
    SMALL_ITEM,
    bullets,
    day,
    facts,
    grid,
    heading,
    moment,
    more,
    own,
    para,
    table,
)
from clew.evidence.report.text import clean, from_right, markup, words
from clew.model.words import count

MOST_NETWORKS = 12  # in full
_MOST_LISTED = 300
_REASON = 75  # points of room that the beginning of a finding needs
_MOST_REASONS, _MOST_QUOTES, _MOST_DOUBTS = 16, 3, 16
_INFERENCE = (
    "A network is records that were resolved to one operation by weighed evidence. It is an inference (linked), and "
    "can be wrong: the weakest links are listed for each."
)
ONE_FINDING = (
    "One finding means nothing: in a study of 17,362 adverts 81 % showed at least one classic indicator, and 1.7 % "
    "three or more (Giommoni and Ikwu 2021). Each finding below says how common it is among the records here, how "
    "well it is known to work, and what else could explain it."
)


def networks(shown: Sequence[NetworkContent]) -> list[Flowable]:
    """All networks of the case: the first in full, the others as a list."""
    out = heading("3  Networks", H1)
    if not shown:
        return [*out, para("The case has no network.")]
    out.append(para(_INFERENCE))
    for at, network in enumerate(shown[:MOST_NETWORKS]):
        out += ([PageBreak()] if at else []) + _network(network, f"3.{at + 1}")
    rest = shown[MOST_NETWORKS:]
    if rest:
        out += heading("Further networks", H2)
        rows = [(n.network_id, f"{n.records:,}", f"{day(n.first_seen)} – {day(n.last_seen)}",
                 n.reasons[0].sentence if n.reasons else "", n.table_files) for n in rest[:_MOST_LISTED]]  # fmt: skip
        out.append(grid(("Network", "Records", "Seen", "First finding", "Tables"), rows, (2, 1, 2, 5, 2)))
        out += more(len(rest) - len(rows), "the package's tables")
    return out


def _network(n: NetworkContent, number: str) -> list[Flowable]:
    lead = f"Lead {n.rank:,}, priority {n.priority:.2f}" if n.rank is not None and n.priority is not None else "No lead"
    span = f"{day(n.first_seen)} to {day(n.last_seen)} (UTC)" if n.first_seen else "no record has a time"
    at_once = [
        ("Records", f"{n.records:,}, of {count(n.items, 'different item')}"),
        ("Seen", span),
        ("In the queue", lead),
    ]
    out = [*heading(f"{number}  Network {n.network_id}"), facts([*at_once, *n.glance], 400, 0.2), Spacer(0, 6)]
    out += _reasons(n)
    if n.doubts:
        out += [*heading("What else could explain it, and what would change our mind", H3)]
        out += bullets(n.doubts[:_MOST_DOUBTS], SMALL_ITEM, 500)
        out += more(len(n.doubts) - _MOST_DOUBTS, n.table_files)
    if n.graph and n.graph.dots:
        out += graph_figure(n.graph)
    for rows in n.structure:
        out += table(rows)
    for rows in n.identities:
        out += table(rows)
    if n.map and n.map.spots:
        out += map_figure(n.map)
    for rows in n.locations:
        out += table(rows)
    for picture in n.timelines:
        out += timeline_figure(picture)
    if any(rows.rows for rows in n.assets):
        for rows in n.assets:
            out += table(rows)
    else:
        out += [*heading("Assets", H3), para("No account, wallet or price was read.", NOTE)]
    return [*out, para(f"Tables of this network in the package: {n.table_files}", NOTE, 300)]


def _reasons(n: NetworkContent) -> list[Flowable]:
    raising = [reason for reason in n.reasons if reason.points > 0]
    others = [reason for reason in n.reasons if reason.points <= 0]
    out = heading("Why it is a lead" if raising else "Why it is no lead", H3)
    if not raising:
        out.append(para("Nothing that Clew looks for raises the priority of this network.", BODY))
    else:
        out.append(para(ONE_FINDING, NOTE))
    for at, reason in enumerate(raising[:_MOST_REASONS]):
        out += _reason(reason, at + 1)
    out += more(len(raising) - _MOST_REASONS, n.table_files)
    if others:
        out += heading("Findings that lower the priority, or are context", H3)
        out += bullets([_context(reason) for reason in others[:_MOST_REASONS]], SMALL_ITEM)
        out += more(len(others) - _MOST_REASONS, n.table_files)
    return out


def _reason(r: ReasonShown, number: int) -> list[Flowable]:
    seen = f"{r.base_rate}; " if r.base_rate else ""
    beside = f"{r.name}. Points {r.points:+.2f}; {seen}{r.strength}." + (f" Source: {r.source}." if r.source else "")
    out: list[Flowable] = [
        CondPageBreak(_REASON),
        own(f"<b>{number}. {markup(r.sentence, 500)}</b>", ITEM),
        words(beside.replace("..", "."), SMALL_ITEM, 700),
        own(f"<b>Could also be:</b> {markup(r.caution or 'nothing is noted', 500)}", SMALL_ITEM),
    ]
    if r.checks:
        out.append(own(f"<b>To check:</b> {markup(' '.join(r.checks), 600)}", SMALL_ITEM))
    out += [_quote(q) for q in r.quotes[:_MOST_QUOTES]]
    left = len(r.quotes) - _MOST_QUOTES
    if left > 0:
        out += [para(f"and {count(left, 'more quote')}, in the claims and tables.", SMALL_ITEM)]
    return [*out, Spacer(0, 4)]


def _quote(q: Quoted) -> Flowable:
    where = ", ".join(part for part in (q.platform, moment(q.at) if q.at else "", q.place) if part)
    record = f"record {q.record_id[:16]}"
    if not q.quote:
        return para(f"Rests on {record} as a whole ({where}).", SMALL_ITEM, 300)
    if from_right(q.before + q.quote + q.after):
        return para(f"“{q.before}«{q.quote}»{q.after}” – {q.field} of {record} ({where})", SMALL_ITEM, 600)
    before, after = clean(q.before, 90), clean(q.after, 90)
    gap_before = " " if q.before[-1:].isspace() else ""
    gap_after = " " if q.after[:1].isspace() else ""
    text = f"“{markup(before)}{gap_before}<b>{markup(q.quote, 160)}</b>{gap_after}{markup(after)}”"
    return own(f"{text} – {markup(f'{q.field} of {record} ({where})', 200)}", SMALL_ITEM)


def _context(r: ReasonShown) -> str:
    seen = f" Seen: {r.base_rate}." if r.base_rate else ""
    return f"{r.sentence} ({r.points:+.2f}; {r.strength}).{seen}"
