"""Texts of records on paper: they are hostile, of any length and in any script.

Everything printed goes through `markup`: characters without a shape are left out, length is bounded, what reportlab
reads as markup is escaped, each run of characters gets a font that has them, and letters written from the right are
joined and put in the order in which they are read. What no font has is shown by its number, never as an empty box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bidi import get_display
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

REGULAR, BOLD = "ClewSans", "ClewSans-Bold"
_FONTS = Path(__file__).parent / "fonts"
# Japanese, Korean, Chinese: named in the file, drawn with what the reader's program has for them.
_KANA, _HANGUL, _HAN = "HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light"
MOST = 600  # characters of a text, unless told otherwise
_MOST_NUMBERED = 12  # characters without a shape that are numbered one by one
_MARKS = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}


@cache
def fonts() -> None:
    """Register the fonts, once a process."""
    for name, file in ((REGULAR, "DejaVuSans.ttf"), (BOLD, "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    for name in (_KANA, _HANGUL, _HAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


@cache
def _has() -> frozenset[int]:
    """Characters that the embedded fonts both have."""
    fonts()
    made: list[Any] = [pdfmetrics.getFont(name) for name in (REGULAR, BOLD)]
    return frozenset(made[0].face.charToGlyph) & frozenset(made[1].face.charToGlyph)


def clean(text: str, most: int = MOST) -> str:
    """A text on one line, without characters that have no shape, of bounded length.

    Args:
        text: from anywhere.
        most: characters that are kept; what was cut is said.
    """
    whole = len(text)
    shaped = "".join(_shape(c) for c in text[: 4 * most + 64])  # what is never shown need not be looked at
    line = " ".join(shaped.split())
    if len(line) <= most and whole <= 4 * most + 64:
        return line
    return f"{line[:most].rstrip()} … (cut, {whole:,} characters in all)"


def _shape(c: str) -> str:
    if c.isspace():
        return " "
    kind = unicodedata.category(c)
    # Cf has the marks that turn the direction of text round; Mn past U+FE00 the selectors of pictures.
    if kind in ("Cc", "Cf", "Cs") or unicodedata.bidirectional(c) in _MARKS or 0xFE00 <= ord(c) <= 0xFE0F:
        return ""
    return c


def markup(text: str, most: int = MOST) -> str:
    """A text as reportlab's paragraphs take it."""
    return "".join(_run(font, part) for font, part in runs(clean(text, most)))


def plain(text: str, most: int = MOST) -> str:
    """A text for a drawing, which has one font: what it has not is numbered."""
    line = "".join(part if font == REGULAR else _numbers(part) for font, part in runs(clean(text, most)))
    return display(line, begins_right(line))


def runs(text: str) -> Iterator[tuple[str, str]]:
    """A text cut by the font that has its characters; the font is empty where none has them."""
    for font, part in groupby(text, key=_font):
        yield font, "".join(part)


@lru_cache(maxsize=65_536)
def _font(c: str) -> str:
    code = ord(c)
    if code in _has():
        return REGULAR
    if 0x3040 <= code <= 0x30FF or 0xFF61 <= code <= 0xFF9F:
        return _KANA
    if 0xAC00 <= code <= 0xD7A3:
        return _HANGUL
    if 0x3000 <= code <= 0x303F or 0x4E00 <= code <= 0x9FFF or 0xFF01 <= code <= 0xFF5E:
        return _HAN
    return ""


def _run(font: str, part: str) -> str:
    if font == REGULAR:
        return escape(part)
    if font:
        return f'<font name="{font}">{escape(part)}</font>'
    return f'<font color="#666666">{escape(_numbers(part))}</font>'


def _numbers(part: str) -> str:
    """Characters that no font has, by their numbers, so that they can be looked up."""
    shown = " ".join(f"U+{ord(c):04X}" for c in part[:_MOST_NUMBERED])
    more = len(part) - _MOST_NUMBERED
    return f"⟨{shown}{f' and {more} more' if more > 0 else ''}⟩"


def display(line: str, begins_right: bool = False) -> str:
    """A line in the order in which it is drawn: letters written from the right are joined and turned round.

    Args:
        line: as it is read.
        begins_right: does the text that it is of begin with such letters?
    """
    if not from_right(line):
        return line
    return str(get_display(_joined(line), base_dir="R" if begins_right else "L"))


def begins_right(text: str) -> bool:
    """Is its first letter written from the right? Then the whole runs from there."""
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return first != "L"


def from_right(text: str) -> bool:
    """Does it have letters that are written from the right?"""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


@cache
def _forms() -> dict[str, dict[str, str]]:
    """The shapes of each Arabic letter by its place in the word, from the Unicode character database."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEFD)):
        place, *letters = unicodedata.decomposition(chr(code)).split() or ["", ""]
        if place in ("<isolated>", "<final>", "<initial>", "<medial>") and code in _has():
            forms.setdefault("".join(chr(int(c, 16)) for c in letters), {})[place[1:-1]] = chr(code)
    return forms


def _joined(text: str) -> str:
    """Arabic letters in the shape that their neighbours ask for."""
    forms = _forms()
    for pair in [name for name in forms if len(name) == 2 and name[0] == "\u0644"]:  # lam and alef are one shape
        if pair in text and "isolated" in forms[pair]:
            text = text.replace(pair, forms[pair]["isolated"])
    ligatures = {shape["isolated"]: shape for name, shape in forms.items() if len(name) == 2 and "isolated" in shape}
    letters = [c for c in text if not unicodedata.combining(c)]  # marks above letters do not part them
    out, at = [], -1
    for c in text:
        if unicodedata.combining(c):
            out.append(c)
            continue
        at += 1
        shapes = ligatures.get(c) or forms.get(c)
        before = letters[at - 1] if at else ""
        after = letters[at + 1] if at + 1 < len(letters) else ""
        joins_before = "initial" in forms.get(before, {})
        joins_after = after in forms or after in ligatures
        if shapes:
            place = ("medial" if joins_after and "initial" in shapes else "final") if joins_before else "initial"
            c = shapes.get(place) or shapes.get("final" if joins_before else "isolated") or c
            if not joins_before and not joins_after:
                c = shapes.get("isolated", c)
        out.append(c)
    return "".join(out)


def words(text: str, style: ParagraphStyle, most: int = MOST) -> Paragraph:
    """A paragraph of text from anywhere; never markup.

    Args:
        text: from anywhere.
        style: of the paragraph.
        most: characters that are printed.
    """
    if not from_right(text[: 4 * most]):
        return Paragraph(markup(text, most), style)
    made = _FromRight(markup(text, most), style)
    made.logical = clean(text, most)
    return made


class _FromRight(Paragraph):
    """Text with letters from the right: broken into lines before these are turned, which needs the width.

    Attributes:
        logical: the text as it is read; empty for the parts into which it is cut at the foot of a page.
    """

    logical = ""

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The size that it takes in a column."""
        if self.logical:
            style: ParagraphStyle = self.style
            lines = _lines(self.logical, style.fontName, style.fontSize, width - style.leftIndent - style.rightIndent)
            right = begins_right(self.logical)
            drawn = [display(line, right) for line in lines]
            turned = "<br/>".join("".join(_run(font, part) for font, part in runs(line)) for line in drawn)
            Paragraph.__init__(self, turned, ParagraphStyle(style.name, style, alignment=TA_RIGHT) if right else style)
        size: tuple[float, float] = super().wrap(width, height)
        return size


def _lines(text: str, font: str, size: float, width: float) -> list[str]:
    """Words in lines that fit the width, in the order in which they are read."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if line and pdfmetrics.stringWidth(_joined(longer), font, size) > width - 2:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]
