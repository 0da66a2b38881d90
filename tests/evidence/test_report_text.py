"""Texts of records on paper: hostile, in any script, of any length."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.platypus import Paragraph
from tests.evidence.reports import NET, content, cover, made, network, reason
from tests.tried import tried

from clew.evidence.report.content import CasePerson
from clew.evidence.report.content_network import Claim, Quoted
from clew.evidence.report.parts import BODY
from clew.evidence.report.text import clean, display, fonts, markup, plain, runs, words
from clew.evidence.report.write import write_report

HOSTILE = (
    '<b>bold</b> <img src="file:///etc/passwd"/> </para> <para> &amp; &#0; {x} %s <a href="http://evil.example">x</a> '
    "<onDraw name='x' label='y'/> =HYPERLINK(1) \x00\x07\x1b[31m \u202egnp.exe\u202c a\u200bb \ufeff"
)


def test_markup_of_a_record_is_text(tmp_path: Path) -> None:
    claim = Claim("observed", NET, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    quote = Quoted(HOSTILE, HOSTILE, None, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    hostile = network(network_id=NET, claims=(claim,), doubts=(HOSTILE,), reasons=(replace(reason(), quotes=(quote,)),))
    told = content(
        cover=cover(case_name=HOSTILE, made_by=HOSTILE),
        networks=(hostile,),
        asked=(HOSTILE,),
        persons=(CasePerson(HOSTILE, HOSTILE, HOSTILE),),
    )
    text = " ".join(made(told, tmp_path))
    assert '<b>bold</b> <img src="file:///etc/passwd"/> </para> <para> &amp; &#0; {x} %s' in text
    assert "gnp.exe ab" in text
    assert not any(c in text for c in "\x00\x07\x1b\u202e\u200b")
    links = [note for page in PdfReader(tmp_path / "report.pdf").pages for note in page.get("/Annots") or ()]
    assert not any("/URI" in (note.get_object().get("/A") or {}) for note in links)


def test_a_text_is_cut_and_says_so() -> None:
    assert clean("a" * 601) == "a" * 600 + " … (cut, 601 characters in all)"
    assert clean("a" * 600) == "a" * 600
    assert clean("x" * 10_000_000, 5) == "xxxxx … (cut, 10,000,000 characters in all)"
    assert clean(" \n\t a \r\n b\u2028c ") == "a b c"


def test_scripts_get_fonts_that_have_them() -> None:
    fonts()
    assert [part for font, part in runs("Ab Ωμέγα Київ ქალაქი") if font == "ClewSans"] == ["Ab Ωμέγα Київ ქალაქი"]
    by_font = dict(runs("日本カナ한국"))
    assert by_font == {"STSong-Light": "日本", "HeiseiKakuGo-W5": "カナ", "HYGothic-Medium": "한국"}


def test_what_no_font_has_is_numbered() -> None:
    assert "⟨U+1F525 U+1F48B⟩" in markup("🔥💋")
    assert "⟨U+1F525⟩" in plain("hot 🔥")
    assert "and 8 more⟩" in markup("🔥" * 20)
    assert plain("日本") == "⟨U+65E5 U+672C⟩"


def test_letters_from_the_right_are_joined_and_turned() -> None:
    assert display("abc") == "abc"
    assert display("שלום 12") == "12 םולש"
    # seen (initial), lam-alef (final), meem (isolated): drawn from the right
    assert display("سلام") == "\ufee1\ufefc\ufeb3"


def test_lines_from_the_right_are_broken_before_they_are_turned() -> None:
    first, last = "אחת", "עשר"
    made = words(" ".join([first, *["מילה"] * 40, last]), BODY)
    made.wrap(200, 1_000)
    text = made.getPlainText()
    assert text.index(first[::-1]) < text.index(last[::-1])  # the first word stands on the first line


def test_many_scripts_on_paper(tmp_path: Path) -> None:
    texts = (
        "Ünïcödé Łódź ßẞ",
        "Ωραία Αθήνα",
        "Съешь ещё київ їжак",
        "日本語 テスト",
        "한국어",
        "عربي",
        "עברית",
        "ไทย",
        "🔥",
    )
    told = content(asked=texts)
    text = " ".join(made(told, tmp_path))
    for part in ("Ünïcödé Łódź ßẞ", "Ωραία Αθήνα", "Съешь ещё київ їжак", "⟨U+0E44 U+0E17 U+0E22⟩", "⟨U+1F525⟩"):
        assert part in text
    embedded = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(tmp_path / "report.pdf").pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
        if "/FontDescriptor" in font.get_object()
    }
    assert any("DejaVuSans" in name for name in embedded)


@given(st.text(max_size=400))
@settings(max_examples=tried(50))
def test_any_text_is_a_paragraph(text: str) -> None:
    fonts()
    words(text, BODY).wrap(300, 10_000)
    Paragraph(markup(text), BODY).wrap(30, 10_000)
    plain(text)


def test_a_long_text_goes_on_on_the_next_page(tmp_path: Path) -> None:
    told = content(
        asked=tuple(
            f"{start} " + f"{word} " * 450 + end
            for start, word, end in (("first", "word", "last"), ("אחת", "מילה", "עשר")) * 3
        )
    )
    text = " ".join(made(told, tmp_path))
    assert text.count("last") == 3
    assert text.count("word") >= 3 * 450
    assert text.count("מילה") + text.count("הלימ") == 3 * 450  # readers of PDF turn it back, or do not


@pytest.mark.parametrize("word", ["W" * 5_000, "\u0301" * 3_000, "א" * 3_000, "🔥" * 3_000, "日" * 3_000, "<" * 3_000])
def test_words_without_end(word: str, tmp_path: Path) -> None:
    write_report(
        content(asked=(word,), networks=(network(glance=((word, word),), doubts=(word,)),)), tmp_path / "r.pdf"
    )
    assert len(PdfReader(tmp_path / "r.pdf").pages) < 20
