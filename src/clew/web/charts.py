"""Small charts as SVG, drawn on the server: they need no script, print well and say what they show.

Colours come from classes of styles.css, sizes from attributes: the pages' policy forbids inline style.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape


def sparkline(values: Sequence[float], label: str, width: int = 96, height: int = 20) -> Markup:
    """Bars of equal width, as high as their value is to the largest.

    Args:
        values: not negative.
        label: what it shows, for those who do not see it.
        width, height: pixels.
    """
    top = max([*values, 1e-9])
    step = width / max(len(values), 1)
    bars = "".join(
        f'<rect x="{at * step:.1f}" y="{height - h:.1f}" width="{max(step - 1, 0.5):.1f}" height="{h:.1f}"/>'
        for at, value in enumerate(values)
        if (h := max(value / top * (height - 1), 1.0 if value else 0.0)) > 0
    )
    return Markup(
        f'<svg class="spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(label)}">{bars}'
        f'<line class="base" x2="{width}" y1="{height - 0.5}" y2="{height - 0.5}"/></svg>'
    )


def columns(values: Sequence[float], starts: Sequence[str], label: str, width: int = 960, height: int = 200) -> Markup:
    """A chart of columns with an axis of numbers and of times.

    Args:
        values: not negative.
        starts: when each begins, in words; about eight of them are written under the columns.
        label: what it shows, for those who do not see it.
        width, height: pixels of the drawing; it grows and shrinks with its place.
    """
    left, bottom, top = 48, 24, 8
    most = _round_up(max([*values, 1]))
    step = (width - left) / max(len(values), 1)
    tall = height - bottom - top
    lines = "".join(
        f'<line class="grid" x1="{left}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{most * part:,.0f}</text>'
        for part in (0, 0.5, 1)
        if (y := top + tall * (1 - part)) >= 0
    )
    bars = "".join(
        f'<rect x="{left + at * step:.1f}" y="{top + tall - h:.1f}" width="{max(step - 1, 0.6):.1f}" height="{h:.1f}">'
        f"<title>{escape(start)}: {value:,.0f}</title></rect>"
        for at, (value, start) in enumerate(zip(values, starts, strict=True))
        if (h := value / most * tall) > 0
    )
    every = max(1, -(-len(starts) // 8))
    times = "".join(
        f'<text class="tick" x="{left + at * step:.1f}" y="{height - 6}">{escape(start)}</text>'
        for at, start in enumerate(starts)
        if at % every == 0 and left + at * step < width - 60
    )
    return Markup(
        f'<svg class="columns-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{lines}{bars}{times}</svg>"
    )


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(value, 1)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def meter(value: float, most: float, label: str, width: int = 64, height: int = 8) -> Markup:
    """One bar: how much of the most.

    Args:
        value: from 0 to ``most``; below 0 it grows from the right, in another colour and pattern.
        most: the full width.
        label: what it shows, for those who do not see it.
        width, height: pixels.
    """
    part = min(abs(value) / most if most else 0.0, 1.0) * width
    kind, at = ("part minus", f' x="{width - part:.1f}"') if value < 0 else ("part", "")
    return Markup(
        f'<svg class="meter" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(label)}"><rect class="track" width="{width}" height="{height}" rx="2"/>'
        f'<rect class="{kind}"{at} width="{part:.1f}" height="{height}" rx="2"/></svg>'
    )
