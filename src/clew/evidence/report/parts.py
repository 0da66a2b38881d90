"""The building blocks of the report: headings, paragraphs, lists, tables. One look for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph, Spacer, TableStyle

from clew.evidence.report.content_network import Rows
from clew.evidence.report.text import BOLD, REGULAR, markup, words

INK, SOFT, RULE, PALE = HexColor("#1a1d21"), HexColor("#555b63"), HexColor("#b9bfc6"), HexColor("#f1f3f5")
ACCENT: Color = HexColor("#1d4f73")
MARGIN = 19 * mm
WIDTH = A4[0] - 2 * MARGIN
Cell = str | tuple[str, ...]
CELL = 320  # characters of a cell, unless told otherwise

BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9, leading=13, textColor=INK, spaceAfter=5, allowWidows=0)
BODY.allowOrphans = 0
NOTE = ParagraphStyle("note", BODY, fontSize=7.6, leading=10.6, textColor=SOFT, spaceAfter=4)
ITEM = ParagraphStyle("item", BODY, leftIndent=11, bulletIndent=2, spaceAfter=2.5)
SMALL_ITEM = ParagraphStyle("small-item", NOTE, leftIndent=11, bulletIndent=2, spaceAfter=1.5, textColor=INK)
TITLE = ParagraphStyle("title", BODY, fontName=BOLD, fontSize=21, leading=27, spaceAfter=4)
SUBTITLE = ParagraphStyle("subtitle", BODY, fontSize=12, leading=16, textColor=SOFT, spaceAfter=12)
H1 = ParagraphStyle("h1", BODY, fontName=BOLD, fontSize=15, leading=19, textColor=ACCENT, spaceBefore=4, spaceAfter=7)
H2 = ParagraphStyle("h2", BODY, fontName=BOLD, fontSize=11.5, leading=15, spaceBefore=9, spaceAfter=4)
H3 = ParagraphStyle("h3", BODY, fontName=BOLD, fontSize=9, leading=12, spaceBefore=6, spaceAfter=3)
SUBJECT = ParagraphStyle("subject", BODY, fontName=BOLD, fontSize=8, leading=11, textColor=ACCENT, spaceAfter=2)
HEAD_CELL = ParagraphStyle("head-cell", NOTE, fontName=BOLD, textColor=INK, spaceAfter=0, fontSize=7.2, leading=9.4)
TEXT_CELL = ParagraphStyle("cell", HEAD_CELL, fontName=REGULAR)
CODE = ParagraphStyle("code", BODY, fontSize=8, leading=11, leftIndent=8, textColor=INK)
_ROOM = {"h1": 60 * mm, "h2": 38 * mm, "h3": 26 * mm}  # that must be left on a page below a heading


def heading(text: str, style: ParagraphStyle = H2) -> list[Flowable]:
    """A heading that never stands at the foot of a page."""
    return [CondPageBreak(_ROOM[style.name]), words(text, style)]


def para(text: str, style: ParagraphStyle = BODY, most: int = 3_000) -> Flowable:
    """A paragraph of text from anywhere."""
    return words(text, style, most)


def own(text: str, style: ParagraphStyle = BODY) -> Flowable:
    """A paragraph of markup that we wrote; texts from elsewhere in it went through `markup`."""
    return Paragraph(text, style)


def bullets(texts: Iterable[str], style: ParagraphStyle = ITEM, most: int = 1_200) -> list[Flowable]:
    """A list of texts from anywhere."""
    return [Paragraph(markup(text, most), style, bulletText="•") for text in texts]


def facts(pairs: Sequence[tuple[str, str]], most: int = 1_200, name: float = 0.24) -> Flowable:
    """Names and values in two columns; pairs without a value are left out."""
    rows = [[words(k, HEAD_CELL), words(v, TEXT_CELL, most)] for k, v in pairs if v]
    made = LongTable(rows or [["", ""]], colWidths=[WIDTH * name, WIDTH * (1 - name)], hAlign="LEFT")
    made.setStyle(TableStyle([*_CELLS, ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE)]))
    return made


_CELLS = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 2.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2),
]
_TABLE = TableStyle(
    [
        *_CELLS,
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("BACKGROUND", (0, 0), (-1, 0), PALE),
    ]
)


def grid(
    head: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[float] = (), most: int = CELL
) -> Flowable:
    """A table whose head is repeated on each page.

    Args:
        head: names of the columns.
        rows: texts from anywhere; a cell of several has a line for each.
        widths: shares of the width of the page; equal where none are given.
        most: characters of a cell.
    """
    shares = widths or [1.0] * len(head)
    cells: list[list[Flowable | list[Flowable]]] = [[words(text, HEAD_CELL) for text in head]]
    cells += [[_cell(cell, most) for cell in row] for row in rows]
    made = LongTable(cells, colWidths=[WIDTH * w / sum(shares) for w in shares], repeatRows=1, hAlign="LEFT")
    made.setStyle(_TABLE)
    return made


def _cell(cell: Cell, most: int) -> Flowable | list[Flowable]:
    if isinstance(cell, str):
        return words(cell, TEXT_CELL, most)
    return [words(text, TEXT_CELL, most) for text in cell]


def table(rows: Rows, most: int = CELL) -> list[Flowable]:
    """A table with its title, and where the rest of it is."""
    if not rows.rows:
        return []
    out = [*heading(rows.title, H3), grid(rows.head, rows.rows, rows.widths, most)]
    return [*out, *more(rows.total - len(rows.rows), rows.rest), Spacer(0, 4)]


def more(count: int, where: str) -> list[Flowable]:
    """The line below a list that was cut."""
    if count <= 0:
        return []
    return [Spacer(0, 2), para(f"and {count:,} more{f', in {where}' if where else ''}.", NOTE)]


def moment(at: datetime | None) -> str:
    """A time in UTC to the second; a dash where there is none."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else "–"


def day(at: datetime | date | None) -> str:
    """A day; of a time, the day in UTC."""
    if isinstance(at, datetime):
        at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%d") if at else "–"
