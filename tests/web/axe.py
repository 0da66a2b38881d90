"""axe-core over a page that is open: what it finds against WCAG 2.2 AA, one line each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS = ["color-contrast", "link-in-text-block"]
# What passes is not collected: on a long page that took longer than to look.
_RUN = """async only => (await axe.run(document, {runOnly: only, resultTypes: ["violations"]})).violations.flatMap(
  fault => fault.nodes.map(node => `${fault.id}: ${fault.help} – ${node.html.slice(0, 160)}`))"""


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def faults(page) -> list[str]:  # type: ignore[no-untyped-def]
    """What is wrong on the page."""
    return _run(page, {"type": "tag", "values": _RULES})


def faults_in_the_dark(page) -> list[str]:  # type: ignore[no-untyped-def]
    """What is wrong with the colours of the page in the dark theme, which differs in nothing but colours."""
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    return _run(page, {"type": "rule", "values": _OF_COLOURS})


def _run(page, only: dict[str, object]) -> list[str]:  # type: ignore[no-untyped-def]
    page.wait_for_load_state()  # a page that a click led to may have its words, but not its colours and sizes yet
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())  # by the debugger: the pages' policy takes no script from elsewhere
    return list(page.evaluate(_RUN, only))
