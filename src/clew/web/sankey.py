"""Followed money as a flow chart, drawn on the server: columns of accounts, bands as wide as what went between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

from clew.query.money import Sankey

_BAR, _GAP, _TOP, _LABEL, _WIDTH = 10, 17, 10, 210, 1240
_LEAST_HEIGHT, _MOST_HEIGHT = 160, 900
_NAME = 24  # letters of a label
_TWO_LINES = 18  # height from which on the amount stands below the name


@dataclass
class _Node:
    """A bar: where it stands, how much goes through it, and how much of that has been drawn on each side."""

    name: str
    level: int
    through: Decimal
    size: float
    x: float = 0.0
    y: float = 0.0
    tall: float = 0.0
    taken_in: float = 0.0
    taken_out: float = 0.0


def sankey_chart(
    chart: Sankey,
    amounts: list[Decimal],
    back: bool,
    called: Callable[[str], str],
    address: Callable[[str], str],
    said: Callable[[Decimal], str],
    label: str,
) -> Markup:
    """Draw followed money.

    Args:
        chart: nodes with levels, and links.
        amounts: of each link, by one way of splitting.
        back: the account asked about stands on the right.
        called: what a node is called.
        address: where a node leads; "" for nowhere.
        said: an amount in words.
        label: what it shows, for those who do not see it.
    """
    links = [(s, t, float(a)) for s, t, a in zip(chart.source, chart.target, amounts, strict=True) if a > 0]
    nodes = _sized(chart, amounts)
    shown = sorted({i for s, t, _ in links for i in (s, t)})
    if not shown:
        return Markup("")
    columns = _columns(nodes, shown, links)
    height = min(max(_LEAST_HEIGHT, 34 * max(len(c) for c in columns.values())), _MOST_HEIGHT)
    _place(nodes, columns, height, back)
    bands = "".join(_bands(nodes, links, chart, amounts, called, said))
    bars = "".join(_bar(nodes[i], called, address, said) for i in shown)
    return Markup(
        f'<svg class="sankey" viewBox="0 0 {_WIDTH} {height + 2 * _TOP}" role="group" aria-label="{escape(label)}">'
        f"{bands}{bars}</svg>"
    )


def _sized(chart: Sankey, amounts: list[Decimal]) -> list[_Node]:
    came, went = [Decimal(0)] * len(chart.nodes), [Decimal(0)] * len(chart.nodes)
    for source, target, amount in zip(chart.source, chart.target, amounts, strict=True):
        if amount > 0:
            went[source] += amount
            came[target] += amount
    through = [max(sides) for sides in zip(came, went, strict=True)]
    return [_Node(name, chart.level[i], through[i], float(through[i])) for i, name in enumerate(chart.nodes)]


def _columns(nodes: list[_Node], shown: list[int], links: list[tuple[int, int, float]]) -> dict[int, list[int]]:
    """The nodes of each level from top to bottom: beside where most of their money comes from, the largest first."""
    columns: dict[int, list[int]] = {}
    for i in shown:
        columns.setdefault(nodes[i].level, []).append(i)
    near: dict[int, list[tuple[int, float]]] = {i: [] for i in shown}
    for source, target, amount in links:
        near[source].append((target, amount))
        near[target].append((source, amount))
    place: dict[int, float] = {}

    def middle(i: int) -> tuple[float, float, str]:
        known = [(place[other], a) for other, a in near[i] if other in place]
        weight = sum(a for _, a in known)
        return (sum(p * a for p, a in known) / weight if weight else 0.0, -nodes[i].size, nodes[i].name)

    for level in sorted(columns):
        columns[level].sort(key=middle)
        place |= {i: float(at) for at, i in enumerate(columns[level])}
    return columns


def _place(nodes: list[_Node], columns: dict[int, list[int]], height: float, back: bool) -> None:
    last = max(columns) or 1
    room = min((height - _GAP * (len(c) - 1)) / sum(nodes[i].size for i in c) for c in columns.values())
    for level, column in columns.items():
        share = (last - level if back else level) / last
        y = float(_TOP)
        for i in column:
            node = nodes[i]
            node.x = share * (_WIDTH - _LABEL - _BAR)
            node.y, node.tall = y, max(node.size * room, 1.5)
            y += node.tall + _GAP


def _bands(
    nodes: list[_Node],
    links: list[tuple[int, int, float]],
    chart: Sankey,
    amounts: list[Decimal],
    called: Callable[[str], str],
    said: Callable[[Decimal], str],
) -> list[str]:
    exact = {(s, t): a for s, t, a in zip(chart.source, chart.target, amounts, strict=True)}
    out = []
    for source, target, amount in sorted(links, key=lambda k: (nodes[k[0]].y, nodes[k[1]].y)):
        a, b = nodes[source], nodes[target]
        thick_a = amount / a.size * a.tall
        thick_b = amount / b.size * b.tall
        x0, x1 = a.x + _BAR, b.x
        y0, y1 = a.y + a.taken_out, b.y + b.taken_in
        a.taken_out += thick_a
        b.taken_in += thick_b
        mid = (x0 + x1) / 2
        words = f"{called(a.name)} → {called(b.name)}: {said(exact[source, target])}"
        out.append(
            f'<path class="band" d="M{x0:.1f} {y0:.1f}C{mid:.1f} {y0:.1f} {mid:.1f} {y1:.1f} {x1:.1f} {y1:.1f}'
            f"L{x1:.1f} {y1 + thick_b:.1f}C{mid:.1f} {y1 + thick_b:.1f} {mid:.1f} {y0 + thick_a:.1f} "
            f'{x0:.1f} {y0 + thick_a:.1f}Z"><title>{escape(words)}</title></path>'
        )
    return out


def _bar(
    node: _Node, called: Callable[[str], str], address: Callable[[str], str], said: Callable[[Decimal], str]
) -> str:
    name = called(node.name)
    amount = said(node.through)
    end = not address(node.name)
    short = f"{name[: _NAME - 1]}…" if len(name) > _NAME else name
    x, y = node.x + _BAR + 6, node.y + min(node.tall / 2, 20) + 3
    beside = f'x="{x:.1f}" dy="13"' if node.tall >= _TWO_LINES else 'dx="6"'
    drawn = (
        f'<rect class="{"end" if end else "account"}" x="{node.x:.1f}" y="{node.y:.1f}" width="{_BAR}" '
        f'height="{node.tall:.1f}"><title>{escape(name)}: {escape(amount)}</title></rect>'
        f'<text class="who" x="{x:.1f}" y="{y:.1f}">{escape(short)}'
        f'<tspan class="much" {beside}>{escape(amount)}</tspan></text>'
    )
    if end:
        return drawn
    # Bar and label are one place to click, the gap between them as well.
    hit = f'<rect class="hit" x="{node.x:.1f}" y="{y - 13:.1f}" width="{_BAR + _LABEL:.1f}" height="{_GAP}"/>'
    return f'<a href="{escape(address(node.name))}">{hit}{drawn}</a>'
