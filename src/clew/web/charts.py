"""Small charts as SVG, drawn on the server: they need no script, print well and say what they show.

Colours come from classes of styles.css, sizes from attributes: the pages' policy forbids inline style.
"""

from __future__ import annotations

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


def meter(value: float, most: float, label: str, width: int = 64, height: int = 8) -> Markup:
    """One bar: how much of the most.

    Args:
        value: from 0 to ``most``.
        most: the full width.
        label: what it shows, for those who do not see it.
        width, height: pixels.
    """
    part = min(max(value / most if most else 0.0, 0.0), 1.0) * width
    return Markup(
        f'<svg class="meter" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(label)}"><rect class="track" width="{width}" height="{height}" rx="2"/>'
        f'<rect class="part" width="{part:.1f}" height="{height}" rx="2"/></svg>'
    )
