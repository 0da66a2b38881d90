"""Markup: what a browser hides is not read, what only looks like markup is."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.extract.base import batch_of_texts
from clew.extract.fold import BREAK


def read(text: str) -> str:
    return "".join(chr(s) for s in batch_of_texts([text]).folded.sym if s != BREAK)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("06<b>12</b>34", "061234"),
        ("06<span class='x>y'>12</span>", "0612"),
        ("a<br>b<p>c", "a\nb\nc"),
        ("a<!-- 06 12 -->b", "ab"),
        ("a<script>var x = '0612';</script>b", "a\nb"),
        ("a<style>.x{color:red}</style>b", "a\nb"),
        ("a<script>open", "a"),
        ("a<!-- b <!-- 06 -->c", "a<!-- b c"),
        ("a<!--[if mso]><!-->b", "a<!--[if mso]>b"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&#48;&#x36;&eacute;&nbsp;x", "06e x"),
        ("AT&T & co; &nosuch; &#; &#x;", "at&t & co; &nosuch; &#; &#x;"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("<name@example.org> <http://example.org>", "<name@example.org> <http://example.org>"),
        ("x <- y, <3", "x <- y, <3"),
        ("a<b", "a<b"),
        ("&amp;lt;", "&lt;"),  # read once, not twice
        ("&#1114112;", "&#1114112;"),  # beyond Unicode
    ],
)
def test_markup(text: str, shown: str) -> None:
    assert read(text) == shown


def test_the_target_of_a_link_stays_readable() -> None:
    assert "tel:+31612345678" in read('<a href="tel:+31612345678">call</a>')
    assert read("<a title=x>call</a>") == "call"


@given(st.text(alphabet=st.sampled_from("<>&;ab/!-'\"= #x3script"), max_size=200))
@settings(max_examples=tried(50), deadline=None)
def test_any_markup_ends(text: str) -> None:
    assert len(read(text)) <= len(text)


@pytest.mark.parametrize(
    "part", ["<", "&", "<!--", "<a href='", "<script>", "&#", "&amp", "<b ", "</", '<a href="x"', "&amp;amp;"]
)
def test_a_megabyte_of_it_is_read_in_time(part: str) -> None:
    text = part * (1_000_000 // len(part))
    read(part * 10)  # compiled
    started = time.process_time()
    assert len(read(text)) <= len(text)
    assert time.process_time() - started < 10  # a quadratic scan would take hours
