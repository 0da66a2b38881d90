"""What was traced of a network: money, who may pay for it, where next, roles, assets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.common import (
    CaseOption,
    JsonOption,
    LimitOption,
    WhyOption,
    WorkspaceOption,
    clean,
    console,
    print_json,
)
from clew.cli.reading import note
from clew.model.words import account_shown, value_shown

if TYPE_CHECKING:
    from clew.query.traced import Asset
    from clew.query.traced_show import TracedView

_WIDE = 300  # characters of a sentence


def trace(
    network: Annotated[str, typer.Argument(metavar="NETWORK", help="A network, as clew leads calls it.")],
    limit: LimitOption = 5,
    workspace: WorkspaceOption = None,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """Money, movement, roles and assets of a network, in short: estimates, with what they rest on."""
    from clew.query.traced_show import traced_of
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    with open_views(place) as engine:
        found = traced_of(engine, network.strip(), limit)
    note(place, why, case, "view", f"network {found.network_id}", {})
    if json:
        print_json(asdict(found))
        return
    out = console()
    for line in _lines(found):
        out.print(line)


def _lines(found: TracedView) -> Iterator[str]:
    yield from _money(found)
    yield from _movement(found)
    yield _heading("Who does what, by what was seen of them", len(found.roles), found.counts["roles"])
    for row in found.roles:
        more = f", and {row['people'] - 1:,} more" if row["people"] > 1 else ""
        yield f"  {row['confidence']:.2f}  {row['role']}: {clean(row['person'])}{more}"
        yield f"      {clean(row['reason'], _WIDE)}"
    yield _heading("What could be frozen", len(found.assets), found.counts["assets"])
    for asset in found.assets:
        holder = f" of {clean(asset.holder)}" if asset.holder else ""
        yield f"  {asset.kind} {clean(value_shown(asset.kind, asset.value))}{holder}{_turnover(asset)}"
        yield f"      {clean(asset.reason, _WIDE)}"
    name = found.network_id
    yield f"More: clew money {name} · clew money ACCOUNT [--back] · clew export geojson|kml|ics {name} OUT"


def _money(found: TracedView) -> Iterator[str]:
    from clew.model.money import written

    sums = [f"{written(t.amount, t.currency)} in {t.payments:,}" for t in found.totals[:4]]
    yield f"Payments of {found.network_id}: {', '.join(sums) or 'none'}"
    yield _heading("What its accounts show", len(found.signs), found.counts["signs"])
    for row in found.signs:
        more = f", and {row['accounts'] - 1:,} more accounts" if row["accounts"] > 1 else ""
        yield f"  {row['sign']}: {clean(account_shown(row['subject']))}{more}"
        yield f"      {clean(row['reason'], _WIDE)}"
    yield _heading("Who may have paid for its posts", len(found.payers), found.counts["payers"])
    for payer in found.payers:
        name = f" ({clean(payer.name)})" if payer.name else ""
        yield f"  {payer.best:.2f}  {clean(account_shown(payer.account))}{name}: {payer.posts:,} posts"
        yield f"      {clean(payer.reason, _WIDE)}"


def _movement(found: TracedView) -> Iterator[str]:
    subjects = [(name, list(rows)) for name, rows in groupby(found.expected, key=lambda row: row["subject"])]
    yield _heading("Where next (in brackets the plain guess)", len(subjects), found.counts["expected"])
    if found.pattern:
        yield f"  {clean(found.pattern['reason'], _WIDE)}"
    for name, rows in subjects:
        places = ", ".join(f"{clean(r['place'])} {r['probability']:.0%} ({r['baseline']:.0%})" for r in rows)
        yield f"  {clean(name)}: {places}"


def _heading(text: str, shown: int, total: int) -> str:
    return f"{text}: none" if not total else f"{text}: {shown} of {total:,}" if total > shown else text


def _turnover(asset: Asset) -> str:
    from clew.model.money import written

    if asset.turnover_mid is None:
        return ""
    low, high = written(asset.turnover_low, None), written(asset.turnover_high, None)
    return f": {written(asset.turnover_mid, asset.currency)} ({low} to {high})"


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(trace)
