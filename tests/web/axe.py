"""axe-core over a page that is open: what it finds against WCAG 2.2 AA, one line each."""

from __future__ import annotations

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page) -> list[str]:  # type: ignore[no-untyped-def]
    """What is wrong on the page."""
    page.evaluate(AXE.read_text("utf-8"))  # by the debugger: the pages' policy takes no script from elsewhere
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", _RULES)
    return [
        f"{fault['id']}: {fault['help']} – {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
