"""The picture of a network: records, and the identifiers that tie them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import numpy.typing as npt
from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from clew.evidence.report.content_network import Dot, GraphPicture
from clew.evidence.report.drawings import LABEL, LINE, Figure, Labels, captioned, short, write
from clew.evidence.report.parts import ACCENT, INK
from clew.evidence.report.text import REGULAR
from clew.model.words import count

MOST_DOTS = 500
_LABELLED = 34  # identifiers, those of most records; and records where there are few
_PAD = 9 * mm
_LEGEND = 7 * mm
_SHAPES = {"record": "circle", "phone": "square", "image": "triangle", "template": "triangle"}
_CORNERS: dict[str, list[tuple[float, float]]] = {
    "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "triangle": [(-1.1, -0.9), (1.1, -0.9), (0, 1.2)],
    "diamond": [(-1.25, 0), (0, -1.25), (1.25, 0), (0, 1.25)],
}
Points = npt.NDArray[np.float64]


class _Graph(Figure):
    def __init__(self, picture: GraphPicture) -> None:
        tall = 70 * mm if len(picture.dots) <= 8 else 105 * mm if len(picture.dots) <= 60 else 140 * mm
        super().__init__(tall)
        self.picture = picture
        self.where = _fitted(spring(len(picture.dots), picture.edges), self.width, self.height)
        self.labels, self.named = self._named()

    def _named(self) -> tuple[Labels, list[tuple[str, float, float]]]:
        """Labels of what ties most; of records only where there is room."""
        labels = Labels((2, _LEGEND, self.width - 2, self.height - 2))
        dots = self.picture.dots
        for dot, (x, y) in zip(dots, self.where, strict=True):
            labels.block(x, y, _radius(dot))
        order = sorted(range(len(dots)), key=lambda i: (dots[i].kind == "record", -dots[i].records, -dots[i].bits, i))
        few = len(dots) <= _LABELLED
        wanted = [i for i in order if few or (dots[i].kind != "record" and dots[i].records > 1)][:_LABELLED]
        named = []
        for i in wanted:
            text = short(dots[i].label)
            x, y = self.where[i]
            if found := labels.find(text, x, y, _radius(dots[i])):
                named.append((text, *found))
        return labels, named

    def draw(self) -> None:
        """Lines first, then dots, then labels."""
        c = self.canv
        c.setStrokeColor(LINE)
        for a, b, many in self.picture.edges:
            c.setLineWidth(0.3 + 0.25 * math.log2(max(many, 1)))
            c.line(*self.where[a], *self.where[b])
        for dot, (x, y) in zip(self.picture.dots, self.where, strict=True):
            self._dot(dot, x, y)
        for text, x, y in self.named:
            write(c, text, x, y)
        self._legend()
        self.frame()

    def _dot(self, dot: Dot, x: float, y: float) -> None:
        c, r = self.canv, _radius(dot)
        shape = _SHAPES.get(dot.kind, "diamond")
        c.setLineWidth(0.5)
        c.setStrokeColor(INK if shape == "circle" else white)
        c.setFillColor(HexColor("#d3d7dc") if shape == "circle" else ACCENT)
        if shape == "circle":
            c.circle(x, y, r, fill=1)
            if dot.records > 1 and r > 3.4:
                c.setFillColor(INK)
                c.setFont(REGULAR, min(6.0, r * 1.1))
                c.drawCentredString(x, y - min(6.0, r * 1.1) * 0.36, f"{dot.records:,}")
            return
        corners = _CORNERS[shape]
        path = c.beginPath()
        path.moveTo(x + corners[0][0] * r, y + corners[0][1] * r)
        for dx, dy in corners[1:]:
            path.lineTo(x + dx * r, y + dy * r)
        path.close()
        c.drawPath(path, fill=1, stroke=1)

    def _legend(self) -> None:
        c, x = self.canv, 10.0
        c.setFillColor(white)
        c.rect(0.5, 0.5, self.width - 1, _LEGEND - 1, fill=1, stroke=0)
        signs = [("record", "records (number: how many)"), ("phone", "phone number"), ("email", "mail, handle, "
                                                                                                "account, site, item"),
                 ("image", "picture or text")]  # fmt: skip
        for kind, words in signs:
            self._dot(Dot(kind, "", 1), x, _LEGEND / 2)
            c.setFillColor(INK)
            c.setFont(REGULAR, LABEL)
            c.drawString(x + 6, _LEGEND / 2 - 2.2, words)
            x += 22 + c.stringWidth(words, REGULAR, LABEL)


def graph_figure(picture: GraphPicture) -> list[Flowable]:
    """The picture with its caption."""
    shown = skeleton(picture)
    figure = _Graph(shown)
    kinds = Counter("record" if dot.kind == "record" else "identifier" for dot in shown.dots)
    nodes = count(kinds["record"], "node") + " of records and " + count(kinds["identifier"], "identifier")
    caption = (
        f"Graph: {nodes}; a line says that a record shows the identifier. Records that show the same are one node. "
        "Identifiers grow with the records that show them. Nearness has no meaning of its own."
    )
    said = list(shown.said)
    unnamed = sum(dot.kind != "record" for dot in shown.dots) - len(figure.named)
    if unnamed > 0:
        said.append(f"Names of {count(unnamed, 'identifier')}; all are in the tables.")
    return captioned("Structure: the graph", figure, caption, tuple(said))


def skeleton(picture: GraphPicture, most: int = MOST_DOTS) -> GraphPicture:
    """The picture with as many nodes as can be read: the identifiers that tie most, and the records they tie."""
    if len(picture.dots) <= most:
        return picture
    dots = picture.dots
    ties = sorted((i for i in range(len(dots)) if dots[i].kind != "record"), key=lambda i: (-_worth(dots[i]), i))
    beside: dict[int, set[int]] = {}
    for a, b, _ in picture.edges:
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    kept: set[int] = set()
    for i in ties:
        more = {i} | {j for j in beside.get(i, ()) if dots[j].kind == "record"}
        if len(kept | more) > most:
            if not kept:  # one identifier with more records than can be drawn
                kept = {i, *sorted(more - {i})[: most - 1]}
            continue
        kept |= more
    order = sorted(kept)
    at = {old: new for new, old in enumerate(order)}
    left = f"{count(len(dots) - len(order), 'node')} of {len(dots):,}"
    said = f"{left}: shown are the identifiers that tie most, and their records."
    edges = tuple((at[a], at[b], many) for a, b, many in picture.edges if a in at and b in at)
    return GraphPicture(tuple(dots[i] for i in order), edges, (*picture.said, said))


def _worth(dot: Dot) -> float:
    return dot.records * max(dot.bits, 0.1)


def _radius(dot: Dot) -> float:
    base = 2.1 if dot.kind == "record" else 2.4
    return base + min(5.5, 0.95 * math.log2(max(dot.records, 1)))


def spring(nodes: int, edges: tuple[tuple[int, int, int], ...], rounds: int = 220) -> Points:
    """Positions by forces (Fruchterman and Reingold 1991): lines pull, nodes push by how many lines they have.

    Begins on a spiral and rounds after each step, so that the same graph gives the same picture.
    """
    turn = np.arange(nodes) * 2.399963
    at: Points = np.sqrt(np.arange(nodes) + 0.5)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    if nodes < 2:
        return at
    a, b = np.array([edge[:2] for edge in edges], np.int64).reshape(-1, 2).T
    degree = np.bincount(np.concatenate([a, b]), minlength=nodes) + 1.0
    push = np.sqrt(degree[:, None] * degree[None, :])
    heat = math.sqrt(nodes)
    for step in range(rounds):
        dx, dy = (one[:, None] - one[None, :] for one in at.T)
        away = push / (dx * dx + dy * dy + 0.01)
        force = np.column_stack([(dx * away).sum(axis=1), (dy * away).sum(axis=1)])
        force -= 0.04 * at * np.sqrt(degree)[:, None]
        pull = at[b] - at[a]
        pull *= np.sqrt((pull**2).sum(axis=1) + 1e-9)[:, None] * 0.35
        np.add.at(force, a, pull)
        np.subtract.at(force, b, pull)
        size = np.sqrt((force**2).sum(axis=1) + 1e-12)[:, None]
        at = np.round(at + force / size * np.minimum(size, heat * (1 - step / rounds) ** 1.5), 6)
    return at


def _fitted(at: Points, width: float, height: float) -> list[tuple[float, float]]:
    """Positions in the frame: turned so that the longer side lies, and stretched a little where that fills it."""
    if not len(at):
        return []
    at = at - at.mean(axis=0)
    if len(at) > 2:
        spread = np.array([(at[:, 0] ** 2).sum(), (at[:, 1] ** 2).sum(), (at[:, 0] * at[:, 1]).sum()])
        angle = 0.5 * math.atan2(2 * spread[2], spread[0] - spread[1])
        c, s = math.cos(angle), math.sin(angle)
        at = np.column_stack([at[:, 0] * c + at[:, 1] * s, at[:, 1] * c - at[:, 0] * s])
    low, high = at.min(axis=0), at.max(axis=0)
    room = np.array([width - 2.6 * _PAD, height - 1.4 * _PAD - _LEGEND])
    scale = room / np.maximum(high - low, 1e-6)
    scale = np.minimum(scale, scale.min() * 1.7)
    middle = np.array([width / 2, _LEGEND + (height - _LEGEND) / 2])
    placed = (at - (low + high) / 2) * scale + middle
    return [(round(float(x), 2), round(float(y), 2)) for x, y in placed]
