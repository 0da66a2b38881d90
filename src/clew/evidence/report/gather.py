"""Read one network from the reading index into what the report shows of it."""

from __future__ import annotations

from collections.abc import Callable

from clew.engine.duckdb import Engine
from clew.evidence.report.content_network import NetworkContent, Quoted, ReasonShown
from clew.evidence.report.gather_claims import claims
from clew.evidence.report.gather_pictures import graph_picture, map_picture, timelines
from clew.evidence.report.gather_tables import asset_tables, identity_tables, place_tables, structure_tables
from clew.evidence.report.words import type_word
from clew.model.words import count, value_shown
from clew.query.network import NetworkHead, network_head
from clew.query.network_fabric import STRONG, Fabric, fabric, holds, loose
from clew.query.network_facets import shared_elsewhere
from clew.query.network_reasons import Ground, Why, why

_CHECKED = 3  # findings whose checks are repeated among what would change our mind
_WEAK_POINTS, _SHARED = 6, 5


def network_content(
    engine: Engine, network_id: str, table_files: str = "tables/", mask: Callable[[str], str] = lambda text: text
) -> NetworkContent:
    """What the report shows of a network.

    Args:
        engine: the reading index (`clew.query.index.open_index`).
        network_id: its name.
        table_files: where in the package its full tables are.
        mask: takes out of a text who may not be named, before it is cut; all else is to be masked afterwards.

    Raises:
        MissingError: there is no such network.
    """
    with engine.session() as reading:  # drawing makes temporary tables
        head = network_head(reading, network_id)
        told = why(reading, head, mask)
        made = fabric(reading, head.net)
        return NetworkContent(
            network_id=head.network_id,
            records=head.records,
            items=head.items,
            first_seen=head.first_seen,
            last_seen=head.last_seen,
            rank=head.rank,
            priority=head.priority,
            glance=_glance(head),
            reasons=tuple(_reason(ground) for ground in told.grounds),
            doubts=_doubts(reading, head, told, made),
            identities=identity_tables(reading, head, made, table_files),
            structure=structure_tables(reading, head, table_files, mask),
            locations=place_tables(reading, head, table_files),
            assets=asset_tables(reading, head, table_files),
            claims=claims(reading, head, told, mask),
            graph=graph_picture(reading, network_id),
            map=map_picture(reading, network_id),
            timelines=timelines(reading, head.net),
            table_files=table_files,
        )


def _glance(head: NetworkHead) -> tuple[tuple[str, str], ...]:
    def named(names: tuple[str, ...], total: int) -> str:
        few = "; ".join(names[:8])
        return f"{total:,}: {few}{' …' if total > 8 else ''}" if few else f"{total:,}"

    return (
        ("Phones", f"{head.phones:,}"),
        ("Links", f"{head.links:,}"),
        ("Places", named(tuple(p.value for p in head.places), head.place_count)),
        ("Platforms", named(tuple(p.value for p in head.platforms), head.platform_count)),
        ("Languages", ", ".join(f"{p.value} ({p.records:,})" for p in head.languages[:8])),
    )


def _reason(ground: Ground) -> ReasonShown:
    r = ground.reason
    quotes = tuple(
        Quoted(q.record_id, q.platform, q.posted_at, q.place or "", q.field or "", q.before, q.quote, q.after)
        for q in ground.quotes
    )
    return ReasonShown(
        indicator=r.indicator,
        name=ground.name,
        sentence=r.sentence,
        points=r.points,
        base_rate=r.seen,
        strength=r.known,
        caution=r.caution,
        source=r.source,
        checks=ground.checks,
        quotes=quotes,
        records=ground.records,
    )


def _doubts(engine: Engine, head: NetworkHead, told: Why, made: Fabric) -> tuple[str, ...]:
    """What would change our mind: what speaks against it, weak points, ties that were not drawn."""
    said = []
    if not told.against and told.raising:
        said.append("Nothing that Clew measures speaks against it. That is no proof.")
    for ground in told.raising[:_CHECKED]:
        said.append(f"{ground.name}. It could also be: {ground.reason.caution}")
    for hold in holds(made)[:_WEAK_POINTS]:
        value = hold.value[:8] if hold.type == "image" else value_shown(hold.type, hold.value)
        said.append(
            f"{count(hold.loses, 'record')} of {head.records:,} hang on one identifier, {type_word(hold.type).lower()} "
            f"{value} (worth {hold.bits:.0f} bits). If strangers share it, they do not belong here."
        )
    if few := loose(made):
        verb = "is" if few == 1 else "are"
        said.append(
            f"{count(few, 'record')} {verb} tied to the rest only by identifiers worth less than {STRONG:.0f} bits."
        )
    for shared in shared_elsewhere(engine, head.net, _SHARED):
        named = ", ".join(shared.networks[:3]) + (" …" if shared.others > 3 else "")
        said.append(
            f"{type_word(shared.type)} {value_shown(shared.type, shared.value)} stands in "
            f"{count(shared.others, 'other network')} as well ({named}): "
            "a tie that was not drawn, or something that strangers share."
        )
    return tuple(said)
