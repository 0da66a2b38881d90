"""Money: the accounts of a network, one account, and where its money went or came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.common import CaseOption, JsonOption, WhyOption, WorkspaceOption, clean, console, print_json
from clew.cli.reading import MOST_WORDS, note
from clew.model.words import account_shown

if TYPE_CHECKING:
    from clew.query.money import AccountLine
    from clew.query.money_follow import Followed, FollowedEnd, FollowedFlow

_SHOWN = 12  # flows of a level, and ends


def money(
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT|NETWORK", help="A number, wallet or holder; or a network.")
    ],
    back: Annotated[bool, typer.Option("--back", help="Where the money came from.")] = False,
    depth: Annotated[int, typer.Option(help="Steps to follow.", min=1, max=12)] = 4,
    currency: Annotated[str, typer.Option(help="Only this currency.", show_default=False)] = "",
    workspace: WorkspaceOption = None,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """Follow the money of an account, first in first out and by proportion; or list the accounts of a network."""
    import re

    from clew.query.money import accounts_of, find_account
    from clew.query.money_follow import follow
    from clew.query.money_gaps import statement_gaps
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    with open_views(place) as engine:
        if re.fullmatch(r"N[0-9a-f]{6,32}", account.strip()):
            lines = accounts_of(engine, account.strip())
            note(place, why, case, "view", f"money {account.strip()}", {}, {"for": account[:MOST_WORDS]})
            if json:
                print_json([asdict(line) for line in lines])
            else:
                _print(_account_lines(lines))
            return
        node = find_account(engine, account.strip())
        found = follow(engine, node, back=back, depth=depth, currency=currency.upper())
        gaps = statement_gaps(engine, node)
    note(place, why, case, "view", "money of an account", {}, {"for": node[:MOST_WORDS]})
    if json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        _print(_followed_lines(one))
    _print(gap.said for gap in gaps)


def _print(lines: Iterator[str]) -> None:
    out = console()
    for line in lines:
        out.print(line)


def _account_lines(lines: list[AccountLine]) -> Iterator[str]:
    from clew.model.money import written

    yield f"{len(lines)} accounts, by what went through them:"
    for line in lines:
        t = line.turnover
        who = clean(account_shown(line.account)) + (f" ({clean(line.name)})" if line.name else "")
        yield f"  {who}: in {written(t.came, None)}, out {written(t.went, None)} {t.currency}"
        if line.signs:
            yield f"      shows: {', '.join(line.signs)}"


def _followed_lines(found: Followed) -> Iterator[str]:
    from decimal import Decimal

    from clew.model.money import written

    def who(account: str) -> str:
        name = found.names.get(account)
        return clean(f"{account_shown(account)} ({name})" if name else account_shown(account) or "unknown")

    def both(parts: Sequence[FollowedFlow | FollowedEnd]) -> str:
        """What some parts come to by either way of splitting; there is at least one."""
        fifo, share = (sum((getattr(part, of) for part in parts), Decimal(0)) for of in ("fifo", "share"))
        return f"{written(fifo, None)} | {written(share, None)}"

    way = "was paid" if found.back else "paid"
    yield f"{who(found.account)} {way} {written(found.total, None)} {found.currency}."
    yield "Each part by first in, first out | by proportion:"
    level, shown = -1, 0
    for flow in found.flows:
        if flow.level != level:
            level, shown = flow.level, 0
            yield f"step {level + 1}"
        shown += 1
        if shown <= _SHOWN:
            times = f"{flow.payments} payments" if flow.payments != 1 else "1 payment"
            span = f"{flow.first_at:%Y-%m-%d} to {flow.last_at:%Y-%m-%d}"
            yield f"  {who(flow.payer)} → {who(flow.payee)}"
            yield f"      {both([flow])}  in {times}, {span}"
        elif shown == _SHOWN + 1:
            smaller = sum(f.level == level for f in found.flows) - _SHOWN
            yield f"  … and {smaller} smaller ones (all of them with --json)"
    yield "Where it ends" if not found.back else "Where it begins"
    for end in found.ends[:_SHOWN]:
        yield f"  {both([end])}  {end.how}: {who(end.account)}"
    if rest := found.ends[_SHOWN:]:
        yield f"  {both(rest)}  at {len(rest)} others"
    yield from found.said


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(money)
