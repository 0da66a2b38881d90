"""What all drawings share: a frame of fixed size, labels that keep out of each other's way, a caption below."""

from __future__ import annotations

from dataclasses import dataclass, field

from reportlab.lib.colors import HexColor, white
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from clew.evidence.report.parts import H3, INK, NOTE, RULE, WIDTH, own, para
from clew.evidence.report.text import REGULAR, fonts, markup, plain

LAND, SEA, LINE = HexColor("#e9e6df"), white, HexColor("#9aa1a9")
LABEL = 6.2  # size of letters
_SHORT = 34  # characters of a label
_CAPTION = 95  # points for heading and caption

Box = tuple[float, float, float, float]  # left, bottom, right, top


class Figure(Flowable):
    """A drawing as wide as the text."""

    def __init__(self, height: float) -> None:
        super().__init__()
        fonts()
        self.width, self.height = WIDTH, height
        self.canv: Canvas

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Its size."""
        return self.width, self.height

    def frame(self) -> None:
        """A thin line around it."""
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        self.canv.rect(0, 0, self.width, self.height, stroke=1, fill=0)


def captioned(title: str, figure: Figure, caption: str, said: tuple[str, ...] = ()) -> list[Flowable]:
    """A drawing with its heading, what it shows and what it leaves out; all on one page.

    Args:
        title: heading.
        figure: the drawing.
        caption: what is shown, and how to read it.
        said: one sentence for each thing that is not.
    """
    left_out = " ".join(said) if said else "nothing."
    text = f"{markup(caption, 900)} <b>Drawn together or left out:</b> {markup(left_out, 900)}"
    room = figure.height + _CAPTION
    return [CondPageBreak(room), para(title, H3), figure, Spacer(0, 3), own(text, NOTE), Spacer(0, 6)]


def short(text: str, most: int = _SHORT) -> str:
    """A label: cut without many words."""
    line = plain(text, 4 * most)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


@dataclass
class Labels:
    """Places labels where nothing stands yet.

    Attributes:
        bounds: of the drawing.
        taken: boxes that are not free.
        crossed: boxes that lines cross: taken only where nothing else is free.
        missed: how many labels found no place.
    """

    bounds: Box
    taken: list[Box] = field(default_factory=list)
    crossed: list[Box] = field(default_factory=list)
    missed: int = 0

    def block(self, x: float, y: float, r: float) -> None:
        """A dot stands here."""
        self.taken.append((x - r, y - r, x + r, y + r))

    def find(self, text: str, x: float, y: float, r: float, size: float = LABEL) -> tuple[float, float] | None:
        """Where the text of a dot begins; None where no place is free."""
        w, gap = pdfmetrics.stringWidth(text, REGULAR, size), r + 1.6
        up, down = y + gap, y - gap - 0.75 * size
        spots = [
            (x + gap, y - 0.35 * size), (x - gap - w, y - 0.35 * size), (x - w / 2, up), (x - w / 2, down),
            (x + 0.7 * gap, up - 0.3 * gap), (x + 0.7 * gap, down + 0.3 * gap), (x - w - 0.7 * gap, up - 0.3 * gap),
            (x - w - 0.7 * gap, down + 0.3 * gap), (x - w / 2, up + size), (x - w / 2, down - size),
            (x + gap + 4, y + size), (x + gap + 4, y - 1.6 * size), (x - gap - w - 4, y + size),
            (x - gap - w - 4, y - 1.6 * size),
        ]  # fmt: skip
        boxes = [(x - 0.6, y - 0.25 * size, x + w + 0.6, y + 0.8 * size) for x, y in spots]
        for busy in ([*self.taken, *self.crossed], self.taken):
            for spot, box in zip(spots, boxes, strict=True):
                if self._free(box, busy):
                    self.taken.append(box)
                    return spot
        self.missed += 1
        return None

    def _free(self, box: Box, busy: list[Box]) -> bool:
        a, b, c, d = box
        left, bottom, right, top = self.bounds
        if a < left or b < bottom or c > right or d > top:
            return False
        return not any(a < r and c > x and b < t and d > y for x, y, r, t in busy)


def write(canvas: Canvas, text: str, x: float, y: float, size: float = LABEL) -> None:
    """A label with a pale edge, so that it is read on lines too."""
    canvas.saveState()
    shape = canvas.beginText(x, y)
    shape.setFont(REGULAR, size)
    shape.setTextRenderMode(1)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(1.5)
    canvas.setLineJoin(1)
    shape.textOut(text)
    canvas.drawText(shape)
    canvas.restoreState()
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, size)
    canvas.drawString(x, y, text)
