"""The pages of the report: header and footer, numbers, contents, bookmarks; the same bytes for the same content."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph
from reportlab.platypus.tableofcontents import TableOfContents

from clew.evidence.report.content import Cover
from clew.evidence.report.parts import BODY, INK, MARGIN, RULE, SOFT, moment
from clew.evidence.report.text import BOLD, REGULAR, plain

_TOP, _BOTTOM = 22 * mm, 19 * mm


class Report(BaseDocTemplate):
    """A document on A4 whose pages say what it is and who may read it.

    Args:
        path: where it is written.
        cover: what the header says.
    """

    def __init__(self, path: Path, cover: Cover) -> None:
        super().__init__(
            str(path),
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=_TOP,
            bottomMargin=_BOTTOM,
            invariant=1,
            title=plain(f"Report of evidence package {cover.package_id}, case {cover.case_id}", 200),
            author=plain(cover.made_by, 100),
            subject=plain(f"{cover.case_name}. {marking(cover)}", 300),
            creator=plain(cover.made_with, 100),
            keywords=[marking(cover)],
            lang="en",
        )
        self.cover = cover
        self._headings = 0
        self.pages = self._last = 0  # of the pass before: known from the second pass on
        frame = Frame(MARGIN, _BOTTOM, A4[0] - 2 * MARGIN, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame], onPage=self._edges)])

    def beforeDocument(self) -> None:  # noqa: N802 (called by reportlab)
        """Before each pass: keep how many pages the last one had."""
        self.pages, self._headings = self._last, 0

    def beforePage(self) -> None:  # noqa: N802 (called by reportlab)
        """The document's time is that of the package, and its identity hangs on no clock; its content counts too."""
        if self.page > 1:
            return
        made = self.cover.made_at.timestamp()
        stamp = TimeStamp(1)
        stamp.t, stamp.lt = made, time.gmtime(made)
        stamp.YMDhms = tuple(stamp.lt)[:6]
        canvas: Any = self.canv
        canvas._doc._timeStamp = stamp
        canvas._doc.signature = hashlib.md5(str(made).encode(), usedforsecurity=False)

    def afterPage(self) -> None:  # noqa: N802 (called by reportlab)
        """After each page: it may be the last."""
        self._last = self.page

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (called by reportlab)
        """Headings stand in the contents and in the bookmarks."""
        level = {"h1": 0, "h2": 1}.get(flowable.style.name, -1) if isinstance(flowable, Paragraph) else -1
        if level < 0 or not isinstance(flowable, Paragraph):
            return
        self._headings += 1
        text, key = flowable.getPlainText(), f"part-{self._headings}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level, closed=level == 0)
        self.notify("TOCEntry", (level, _escaped(text), self.page, key))

    def _edges(self, canvas: Canvas, doc: Any) -> None:
        """Header and footer."""
        cover, right = self.cover, A4[0] - MARGIN
        canvas.saveState()
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, A4[1] - 16 * mm, right, A4[1] - 16 * mm)
        canvas.line(MARGIN, 14 * mm, right, 14 * mm)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 8)
        canvas.drawString(MARGIN, A4[1] - 14 * mm, marking(cover))
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, 7)
        canvas.drawRightString(right, A4[1] - 14 * mm, plain(f"Case {cover.case_id} · package {cover.package_id}", 90))
        canvas.drawString(MARGIN, 10.5 * mm, plain(f"Made {moment(cover.made_at)} by {cover.made_by}", 90))
        of = f" of {self.pages}" if self.pages else ""
        canvas.drawRightString(right, 10.5 * mm, f"Page {doc.page}{of}")
        canvas.restoreState()


def marking(cover: Cover) -> str:
    """What every page says of who may read it."""
    parts = [f"TLP:{cover.tlp}" if cover.tlp else "", cover.handling_code, cover.handling_level]
    return plain(" · ".join(part for part in parts if part), 110)


def contents() -> TableOfContents:
    """The table of contents."""
    made = TableOfContents(dotsMinLevel=0)
    made.levelStyles = [
        ParagraphStyle("toc-1", BODY, fontSize=9.2, leading=14, spaceBefore=3, spaceAfter=0),
        ParagraphStyle("toc-2", BODY, fontSize=8, leading=11.5, leftIndent=13, textColor=SOFT, spaceAfter=0),
    ]
    return made


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
