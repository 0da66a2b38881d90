"""The page about formats says what the readers say."""

from __future__ import annotations

from pathlib import Path

from clew.ingest.columns import FIELDS
from clew.ingest.describe import page
from clew.ingest.registry import all_formats


def test_the_page_in_the_documents_is_the_one_that_is_made_now() -> None:
    kept = Path(__file__).parents[2] / "docs" / "formats.md"
    assert kept.read_text("utf-8") == page(), "run: python -m clew.ingest.describe > docs/formats.md"


def test_every_format_and_field_is_on_the_page() -> None:
    text = page()
    assert all(f"| {plugin.name} |" in text for plugin in all_formats())
    assert all(f"| `{name}` |" in text for name in FIELDS)
