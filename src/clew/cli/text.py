"""Leads, pivots and views as lines of plain text. Whatever comes from a record passes through `clean`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clew.cli.common import clean
from clew.model.money import written
from clew.model.words import count

if TYPE_CHECKING:
    from clew.assess.explain import Lead, Reason
    from clew.query.asked import Asked
    from clew.query.overview import Overview
    from clew.query.pivot import PivotResult
    from clew.query.show import NetworkView, RecordView, TemplateView, View

Row = dict[str, Any]
_TELLING = 0.1  # a part of a priority below this is left to `clew show`


def when(at: datetime | str | None) -> str:
    """A time in UTC, to the minute; a dash when unknown."""
    return at.strftime("%Y-%m-%d %H:%M UTC") if isinstance(at, datetime) else clean(at) or "—"


def table_lines(rows: list[Row], columns: dict[str, int]) -> Iterator[str]:
    """Rows as aligned columns, each at most so wide."""
    cells = [
        [clean(when(row[name]) if isinstance(row[name], datetime) else row[name], w) for name, w in columns.items()]
        for row in rows
    ]
    widths = [max(len(name), *(len(row[k]) for row in cells)) if cells else len(name) for k, name in enumerate(columns)]
    yield "  " + "  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True)).rstrip()
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def overview_lines(view: Overview) -> Iterator[str]:
    """What is in a workspace."""
    columns = {"kind": 8, "records": 10, "platforms": 9, "edited": 8, "first_seen": 21, "last_seen": 21}
    yield from table_lines(view.kinds, columns)
    if view.rejected:
        yield f"  {view.rejected:,} rows are in quarantine"
    yield ""
    yield "Largest families of near-copied texts; what differs between copies stands in braces"
    for family in view.templates:
        told = (count(family["members"], "copy", "copies"), *(count(family[f"{n}s"], n) for n in ("author", "network")))
        yield f"  {family['template_id']}: {', '.join(told)}"
        yield f"      {clean(family['text'], 230)}"
    yield ""
    yield "Identifiers on the most different texts (a campaign is one family of near-copies)"
    yield from table_lines(view.shared, {"type": 8, "value": 50, "records": 9, "campaigns": 9, "networks": 9})
    yield ""
    yield "Largest networks"
    names = ("network_id", "records", "phones", "templates", "places", "platforms", "rank")
    yield from table_lines(view.networks, dict.fromkeys(names, 14))


def _asked_lines(asked: Asked) -> Iterator[str]:
    """What was looked up, and what was assumed for it."""
    understood = [f"{kind} {value}" for kind, value in (*asked.identifiers, *asked.mentions)]
    understood += ["a text"] if asked.text else []
    understood += [f"a picture with PDQ {asked.pdq[:16]}…"] if asked.pdq else []
    if understood:
        yield f"Looked up: {'; '.join(understood)}"
    for said in asked.read:
        yield f"{said}; give --region for another country."
    for said in asked.tried:
        yield f"{said}."


def pivot_lines(result: PivotResult) -> Iterator[str]:
    """What is tied to a question."""
    yield from _asked_lines(result.asked)
    if not result.total_records:
        yield "Nothing in this workspace is tied to it."
        return
    tied = count(result.total_records, "record is", "records are")
    only_mentioned = not (result.asked.identifiers or result.asked.text or result.asked.pdq)
    tied += " found by it, which ties none of them;" if only_mentioned else " tied to it,"
    yield f"{tied} in {count(len(result.networks), 'network')} shown:"
    yield ""
    yield from table_lines(
        [vars(t) for t in result.ties], {"type": 10, "value": 60, "how": 34, "records": 9, "networks": 9}
    )
    yield ""
    yield from table_lines(
        [vars(n) for n in result.networks],
        {"network_id": 14, "records": 9, "tied": 9, "rank": 6, "priority": 8, "via": 70},
    )
    yield ""
    columns = {
        "record_id": 12,
        "native_id": 16,
        "network_id": 14,
        "platform": 20,
        "posted_at": 20,
        "place": 20,
        "title": 40,
    }
    yield from table_lines([vars(r) | {"record_id": r.record_id[:12]} for r in result.records], columns)
    if result.neighbours:
        yield ""
        yield "Also on these records; each is a thread to pull next:"
        yield from table_lines([vars(n) for n in result.neighbours], {"type": 10, "value": 60, "tied": 8, "records": 9})


def view_lines(view: View) -> Iterator[str]:
    """A network, record, template, conversation or site."""
    from clew.cli.talktext import conversation_lines, site_lines
    from clew.query.show import NetworkView, RecordView
    from clew.query.talk_show import ConversationView, SiteView

    if isinstance(view, ConversationView):
        return conversation_lines(view)
    if isinstance(view, SiteView):
        return site_lines(view)
    if isinstance(view, NetworkView):
        return network_lines(view)
    return record_lines(view) if isinstance(view, RecordView) else template_lines(view)


def network_lines(view: NetworkView) -> Iterator[str]:
    """A network: why it is a lead, who and where, and what holds it together."""
    from clew.assess.explain import ONE_FINDING

    n = view.network
    span = f"{when(n['first_seen'])} to {when(n['last_seen'])}"
    yield f"Network {n['network_id']}: {count(n['records'], 'record')}, {span}"
    yield f"  {_counts(n)}"
    if view.lead:
        yield ""
        yield f"Lead {view.lead.rank:,}, priority {view.lead.priority:.2f}. {ONE_FINDING}"
        for reason in view.lead.reasons:
            yield from reason_lines(reason)
    yield ""
    yield "Identifiers"
    yield from table_lines(view.identities, {"type": 9, "value": 60, "records": 8, "first_seen": 21, "last_seen": 21})
    if view.attributes:
        yield ""
        yield "Places, names, languages"
        yield from table_lines(view.attributes, {"type": 9, "value": 50, "records": 8})
    if view.links:
        yield ""
        yield "Links, the weakest first (reject one with: clew link reject A B --why …)"
        rows = [_link_row(link) for link in view.links]
        yield from table_lines(rows, {"record_a": 12, "record_b": 12, "bits": 6, "state": 9, "evidence": 90})
    yield ""
    yield "Records"
    rows = [r | {"record_id": r["record_id"][:12]} for r in view.records]
    yield from table_lines(
        rows, {"record_id": 12, "native_id": 16, "platform": 20, "posted_at": 21, "place": 18, "title": 50}
    )
    for event in view.history:
        yield f"  {event['event']}: {event['network_id']} {event['other_id'] or ''}".rstrip()


def _link_row(link: Row) -> Row:
    evidence = ", ".join(f"{e['type']} {e['value']} ({e['bits']:+.1f})" for e in link["evidence"])
    return {
        "record_a": link["record_a"][:12],
        "record_b": link["record_b"][:12],
        "bits": f"{link['weight']:.1f}",
        "state": link["state"],
        "evidence": evidence,
    }


def _counts(network: Row) -> str:
    """What stands in a network, such as "1 phone, 0 templates, 2 places, 1 platform"."""
    return ", ".join(count(network[f"{one}s"], one) for one in ("phone", "template", "place", "platform"))


def lead_lines(lead: Lead, network: Row) -> Iterator[str]:
    """A lead: the network in one line, then every part of its priority."""
    yield f"{lead.rank:>3}. {lead.network_id}  priority {lead.priority:.2f}  ({', '.join(lead.kinds)})"
    span = f"{when(network['first_seen'])} to {when(network['last_seen'])}"
    yield f"     {count(network['records'], 'record')}, {_counts(network)}; {span}"
    telling = [reason for reason in lead.reasons if abs(reason.points) >= _TELLING]
    for reason in telling:
        yield from reason_lines(reason)
    if rest := len(lead.reasons) - len(telling):
        yield f"         {rest} more that add little or are context only: clew show {lead.network_id}"
    yield ""


def reason_lines(reason: Reason) -> Iterator[str]:
    """One part of a priority: points, the sentence, how common it is here, and what else could explain it."""
    yield f"  {reason.points:+5.2f}  {clean(reason.sentence, 300)}"
    yield f"         {clean(reason.seen, 160)}; {reason.known}; could also be: {clean(reason.caution, 160)}"


def record_lines(view: RecordView) -> Iterator[str]:
    """A record: as received, with what was read in it."""
    r = view.record
    yield f"Record {r['record_id']} ({r['kind']}, version {r['version']}), native id {clean(r['native_id']) or '—'}"
    yield f"  from {clean(r['source'])}, platform {clean(r['platform'])}, {clean(r['file'], 200)} line {r['line']:,}"
    yield f"  posted {when(r['posted_at'])}, captured {when(r['captured_at'])}, network {r['network_id'] or '—'}"
    if r["amount"] is not None:
        yield f"  {'amount':<9}{written(r['amount'], clean(r['currency'], 10))}"
    for name in ("payer", "payee", "url", "handle", "contact", "place", "price", "title"):
        if r[name]:
            yield f"  {name:<9}{clean(r[name], 300)}"
    yield ""
    for line in (r["body"] or "").splitlines()[:60]:
        yield f"  │ {clean(line, 400)}"
    yield ""
    rows = [m | {"span": f"{m['start']}–{m['end']}", "obscured": "yes" if m["obscured"] else ""} for m in view.mentions]
    yield from table_lines(
        rows, {"type": 9, "value": 45, "raw": 45, "field": 7, "span": 11, "obscured": 8, "extractor": 10, "version": 7}
    )
    if len(view.versions) > 1:
        yield ""
        yield f"Versions of this item: {len(view.versions)}"
        yield from table_lines(view.changes, {"version": 7, "field": 10, "old": 50, "new": 50})
    for finding in view.findings:
        yield f"  {finding.points:+5.2f}  {clean(finding.reason, 300)}"


def template_lines(view: TemplateView) -> Iterator[str]:
    """A template: constant words and slots, and where it is used."""
    yield f"Template {view.template['template_id']}: {view.template['members']:,} records"
    yield ""
    yield f"  {clean(view.template['text'], 2_000)}"
    yield ""
    rows = [s | {"examples": " · ".join(clean(e, 30) for e in s["examples"])} for s in view.slots]
    yield from table_lines(rows, {"name": 10, "distinct": 8, "examples": 110})
    yield ""
    yield from table_lines(view.networks, {"network_id": 14, "members": 8, "rank": 6})
    yield ""
    rows = [m | {"record_id": m["record_id"][:12]} for m in view.members]
    yield from table_lines(
        rows, {"record_id": 12, "native_id": 16, "platform": 20, "posted_at": 21, "place": 18, "title": 50}
    )
