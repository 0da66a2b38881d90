"""The claims of a network, each at its level of evidence."""

from __future__ import annotations

from typing import Any

from clew.engine.duckdb import Engine
from clew.evidence.report.content_network import Claim
from clew.evidence.report.parts import moment
from clew.evidence.report.rates import stated
from clew.evidence.report.words import kind_word, type_word
from clew.model.words import count, value_shown
from clew.query.network import Mask, NetworkHead
from clew.query.network_links import Link, decisions_in, network_links
from clew.query.network_reasons import Why

_RECORDS, _VALUES_OF_A_TYPE, _WEAKEST, _DECISIONS = 20, 6, 12, 40
_OPENING = 160  # characters of a text

# Records that findings rest on first, then the earliest.
_OBSERVED = """
SELECT record_id, kind, platform, native_id, version, place, title, coalesce(body, '') AS body,
       posted_at, captured_at, file, line
FROM records WHERE net = $net
ORDER BY list_contains($quoted::VARCHAR[], record_id) DESC, coalesce(posted_at, captured_at) NULLS LAST, record_id
LIMIT $limit
"""
_EXTRACTED = """
SELECT type::VARCHAR AS type, value, extractor::VARCHAR AS extractor, version::VARCHAR AS version,
       count(DISTINCT rid) AS records, count(DISTINCT rid) FILTER (obscured) AS obscured,
       arg_min(raw, (rid, start)) AS raw
FROM mentions WHERE net = $net AND type NOT IN ('image', 'language', 'wording', 'age')
GROUP BY type, value, extractor, version
QUALIFY row_number() OVER (PARTITION BY type ORDER BY records DESC, value, extractor) <= $limit
ORDER BY type, records DESC, value, extractor
"""
_MATCHED = """
SELECT type, value, count(*) AS records, coalesce(any_value(text), '') AS text
FROM ties_of LEFT JOIN templates ON template_id = value AND type = 'template'
WHERE net = $net AND type IN ('image', 'template') GROUP BY type, value HAVING count(*) > 1
QUALIFY row_number() OVER (PARTITION BY type ORDER BY records DESC, value) <= $limit
ORDER BY type, records DESC, value
"""


def claims(engine: Engine, head: NetworkHead, told: Why, mask: Mask) -> tuple[Claim, ...]:
    """Claims at every level; those judged are the link decisions that are known to the index.

    Args:
        engine, head, told: the reading index, the network, and why it is a lead.
        mask: takes out of a text who may not be named; a text of which only the beginning is shown is masked before
            it is cut, as nobody would know half a name again.
    """
    quoted = sorted({quote.record_id for ground in told.grounds for quote in ground.quotes})
    observed = engine.rows(_OBSERVED, net=head.net, quoted=quoted, limit=_RECORDS)
    return (
        *(_observed(head.network_id, row, mask(row["body"])) for row in observed),
        *_rest(head, len(observed)),
        *(_extracted(head.network_id, row) for row in engine.rows(_EXTRACTED, net=head.net, limit=_VALUES_OF_A_TYPE)),
        *(
            _matched(head.network_id, row, mask(row["text"]))
            for row in engine.rows(_MATCHED, net=head.net, limit=_VALUES_OF_A_TYPE)
        ),
        *_linked(engine, head, mask),
        *_assessed(head, told),
        *_judged(engine, head),
    )


def _observed(network: str, row: dict[str, Any], body: str) -> Claim:
    at = row["posted_at"] or row["captured_at"]
    when = f", {'posted' if row['posted_at'] else 'captured'} {moment(at)}" if at else ""
    place = f", place “{row['place']}”" if row["place"] else ""
    text = " – ".join(part for part in (row["title"], body[:_OPENING]) if part)
    cut = "…" if len(body) > _OPENING else ""
    item = f" of item {row['native_id']}" if row["native_id"] else ""
    return Claim(
        "observed",
        network,
        f"{kind_word(row['kind'])} on {row['platform']}{when}{place}: “{text}{cut}”",
        f"record {row['record_id']}, version {row['version']}{item}, {row['file'].rsplit('/', 1)[-1]} line "
        f"{row['line']:,}",
    )


def _rest(head: NetworkHead, shown: int) -> list[Claim]:
    left = head.records - shown
    if left <= 0:
        return []
    text = f"{count(left, 'more record')}; the {shown} above are those that findings rest on, then the earliest."
    return [Claim("observed", head.network_id, text, "the table of records in the package")]


def _extracted(network: str, row: dict[str, Any]) -> Claim:
    text = f"{type_word(row['type'])} {value_shown(row['type'], row['value'])} in {count(row['records'], 'record')}"
    if row["obscured"]:
        text += f", hidden from machines in {row['obscured']:,}"
    return Claim(
        "extracted",
        network,
        f"{text}; as written: “{row['raw']}”",
        f"{row['extractor']} version {row['version']}",
        stated(row["type"], row["version"]),
    )


def _matched(network: str, row: dict[str, Any], text: str) -> Claim:
    if row["type"] == "image":
        said = f"Picture {row['value'][:12]} or one that looks alike in {count(row['records'], 'record')}"
        return Claim("extracted", network, said, "match, pictures (PDQ)", stated("image", ""))
    said = f"Text {row['value']} (“{text[:_OPENING]}…”), or a near copy, in {count(row['records'], 'record')}"
    return Claim("extracted", network, said, "match, near-copied texts", stated("template", ""))


def _linked(engine: Engine, head: NetworkHead, mask: Mask) -> list[Claim]:
    if head.records < 2:
        return []
    whole = f"{count(head.records, 'record')} are taken to be of one operation, tied by {count(head.links, 'link')}"
    links, total = network_links(engine, head.net, 0, _WEAKEST, mask)
    made = [Claim("linked", head.network_id, whole, f"weighed evidence; {stated('network')}", "see each link")]
    made += [_link(head.network_id, link) for link in links]
    if total > len(links):
        text = f"{count(total - len(links), 'further link')}, each stronger than those above"
        made.append(Claim("linked", head.network_id, text, "the table of links in the package"))
    return made


def _link(network: str, link: Link) -> Claim:
    text = f"Record {link.a.record_id[:16]} ({link.a.platform}) with {link.b.record_id[:16]} ({link.b.platform})"
    evidence = " ".join(f"{part.sentence} ({part.bits:.1f} bits)" for part in link.evidence[:4])
    state = "" if link.state == "none" else f", {link.state} by a person"
    return Claim("linked", network, text, evidence, f"{link.weight:.1f} bits{state}")


def _assessed(head: NetworkHead, told: Why) -> list[Claim]:
    made = []
    for ground in told.grounds:
        r = ground.reason
        common = "; ".join(part for part in (r.seen, r.known) if part)
        items = tuple(dict.fromkeys(quote.record_id for quote in ground.quotes))
        basis = f"{r.indicator}. {r.source}"
        made.append(
            Claim("assessed", head.network_id, f"{r.sentence} ({r.points:+.2f})", basis, common, r.caution, items)
        )
    return made


def _judged(engine: Engine, head: NetworkHead) -> list[Claim]:
    made = []
    for d in decisions_in(engine, head.net)[:_DECISIONS]:
        text = f"link: {d.state} between record {d.record_a[:16]} and {d.record_b[:16]}"
        if not d.current:
            text += " (a later decision holds)"
        made.append(Claim("judged", head.network_id, text, f"{d.who}, {moment(d.at)}", "", d.why))
    return made
