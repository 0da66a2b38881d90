"""The page on lexicons is the one that the data files make."""

from __future__ import annotations

from pathlib import Path

from clew.extract._meaning_lexicon import Lexicon, lexicons, parse
from clew.extract._meaning_rules import rules
from clew.extract.lexicons import NAMES, page
from clew.extract.wording import lexicon

PAGE = Path(__file__).parents[2] / "docs" / "lexicons.md"


def test_page_is_made_from_the_files() -> None:
    made = page(lexicons(), lexicon(), rules())
    assert PAGE.read_text("utf-8") == made, "run: python -m clew.extract.lexicons docs/lexicons.md"


def test_every_language_has_its_name() -> None:
    assert {f.language for f in lexicons()} | {p.language for p in lexicon()} <= set(NAMES)


def test_who_reviewed_a_file_is_shown() -> None:
    text = 'language = "nl"\nreviewed_by = "A. de Vries"\nreviewed_on = "2026-12-01"\n[word.send]\n"stuur*" = 1\n'
    reviewed, bare = parse("nl", text), Lexicon("fr", "", "", ())
    lines = page([bare, reviewed], (), ()).split("\n")
    assert next(line for line in lines if "`nl.toml`" in line).endswith("| A. de Vries | 2026-12-01 |")
    assert next(line for line in lines if "`fr.toml`" in line).endswith("| not yet | – |")
