"""Why a network is a lead: each finding opened to the characters it rests on, and what would change our mind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from clew.assess.catalogue import catalogue
from clew.assess.explain import Finding, Lead, Reason, Span, as_finding, as_lead
from clew.engine.duckdb import Engine
from clew.query.checks import checks_of
from clew.query.network import Mask, NetworkHead, Row

_AROUND = 60  # characters shown on either side of a quote
_FIELDS = ("title", "body", "contact", "place", "price", "handle", "url")


@dataclass(frozen=True)
class Quote:
    """What a finding rests on in one record.

    Attributes:
        record_id, kind, platform, posted_at, place, title: of the record.
        field: where the characters stand; None when the finding rests on the record as a whole.
        before, quote, after: the characters, and some around them.
    """

    record_id: str
    kind: str
    platform: str
    posted_at: datetime | None
    place: str | None
    title: str | None
    field: str | None
    before: str
    quote: str
    after: str


@dataclass(frozen=True)
class Ground:
    """A finding on a network, as a person judges it.

    Attributes:
        reason: its sentence, points, base rate, caution, strength and source.
        name: title of the indicator.
        quotes: examples of what it rests on.
        counts: the numbers of its sentence.
        records: records of the network with a finding of the same indicator; 0 for what only a network can show.
        checks: what a person can do to find out whether it means what it seems to mean.
    """

    reason: Reason
    name: str
    quotes: tuple[Quote, ...]
    counts: dict[str, int]
    records: int
    checks: tuple[str, ...]

    @property
    def polarity(self) -> str:
        """Does it raise the priority, lower it, or stand as context?"""
        return "raises" if self.reason.points > 0 else "lowers" if self.reason.points < 0 else "context"


@dataclass(frozen=True)
class Why:
    """All findings on a network, in the order of a lead: what raises it first."""

    lead: Lead | None
    grounds: tuple[Ground, ...]

    @property
    def raising(self) -> tuple[Ground, ...]:
        """What raised the priority."""
        return tuple(g for g in self.grounds if g.polarity == "raises")

    @property
    def against(self) -> tuple[Ground, ...]:
        """What lowers it, or stands as context."""
        return tuple(g for g in self.grounds if g.polarity != "raises")


def why(engine: Engine, head: NetworkHead, mask: Mask | None = None) -> Why:
    """The findings on a network with all that they rest on.

    Args:
        engine: the reading index.
        head: the network.
        mask: takes out of a text who may not be named. Quotes are cut from texts that were masked whole, as nobody
            would know half a name again; all else is to be masked afterwards.
    """
    net = {"net": head.net}
    led = engine.rows("SELECT * EXCLUDE (net) FROM leads WHERE net = $net", **net)
    lead = as_lead(led[0]) if led else None
    query = "SELECT * EXCLUDE (net) FROM findings WHERE net = $net AND subject_kind = 'network' ORDER BY finding_id"
    found = {f.indicator: f for f in map(as_finding, engine.rows(query, **net))}
    query = """
        SELECT indicator, count(*) AS records FROM findings
        WHERE net = $net AND subject_kind = 'record' GROUP BY indicator"""
    shown = {row["indicator"]: row["records"] for row in engine.rows(query, **net)}
    quotes = _quoted(engine, head.net, [span for f in found.values() for span in f.spans], mask)
    reasons = list(lead.reasons) if lead else []
    told = {r.indicator for r in reasons}
    reasons += [_alone(f) for f in found.values() if f.indicator not in told]
    names = {i.id: i.name for i in catalogue()}
    return Why(
        lead,
        tuple(
            Ground(
                reason,
                names.get(reason.indicator, reason.indicator),
                tuple(quotes[s] for s in found[reason.indicator].spans if s in quotes) if _in(found, reason) else (),
                found[reason.indicator].counts if _in(found, reason) else {},
                shown.get(reason.indicator, 0),
                checks_of(reason.indicator),
            )
            for reason in reasons
        ),
    )


def _in(found: dict[str, Finding], reason: Reason) -> bool:
    return reason.indicator in found


def _alone(finding: Finding) -> Reason:
    """A finding on a network that is no lead: what the catalogue says of it."""
    known = {i.id: i for i in catalogue()}.get(finding.indicator)
    caution, strength, source = (known.caution, known.strength, known.source) if known else ("", "", "")
    return Reason(finding.indicator, finding.points, finding.reason, 0.0, "", caution, strength, source)


def _quoted(engine: Engine, net: int, spans: Iterable[Span], mask: Mask | None) -> dict[Span, Quote]:
    """The characters of spans, with some around them; spans of records that are gone are left out."""
    wanted = list(dict.fromkeys(spans))
    query = f"""
        SELECT record_id, kind, platform, coalesce(posted_at, captured_at) AS posted_at, {", ".join(_FIELDS)}
        FROM records WHERE net = $net AND rid IN (SELECT unnest($rids::UBIGINT[]))"""
    rids = sorted({int(span.record_id[:16], 16) for span in wanted})
    held = {row["record_id"]: row for row in engine.rows(query, net=net, rids=rids)}
    once = cache(mask) if mask else None  # many spans stand in one text
    return {span: _quote(held[span.record_id], span, once) for span in wanted if span.record_id in held}


def _quote(record: Row, span: Span, mask: Mask | None) -> Quote:
    text = str(record.get(span.field or "") or "")
    if span.field is None or span.start is None or span.end is None:
        before, quote, after = "", "", ""
    else:
        before = _tail(text[: span.start])
        quote = text[span.start : span.end] or span.raw or ""
        after = _tail(text[span.end :][::-1])[::-1]
    known = {name: record[name] for name in ("record_id", "kind", "platform", "posted_at", "place", "title")}
    made = Quote(**known, field=span.field, before=before, quote=quote, after=after)
    return _cover(made, text, mask) if mask else made


def _cover(quote: Quote, text: str, mask: Mask) -> Quote:
    """The quote, or what of it can be shown where somebody in the text may not be named."""
    masked = mask(text)
    shown = quote.before.removeprefix("…") + quote.quote + quote.after.removesuffix("…")
    if masked == text or _plain(shown) in _plain(masked):
        return quote
    words = mask(quote.quote)
    known = words != quote.quote or _plain(words) in _plain(masked)  # else it is a part of what was masked
    return replace(quote, before="…", quote=words if known else "…", after="…")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _tail(text: str) -> str:
    """The last characters of a text on one line, from the beginning of a word, with a sign where more stands."""
    line = " ".join(text[-2 * _AROUND :].split()) + (" " if text[-1:].isspace() else "")
    if len(line) <= _AROUND:
        return ("…" if len(text) > 2 * _AROUND else "") + line
    cut = line[-_AROUND:]
    return "…" + cut[max(cut.find(" ", 0, 20), 0) :].lstrip()
