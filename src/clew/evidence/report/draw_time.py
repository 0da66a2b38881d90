"""The timeline of a network: how many records in each day, week or month, a lane for each place or platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from clew.evidence.report.content_network import Lane, TimelinePicture
from clew.evidence.report.drawings import LABEL, LINE, Figure, captioned, short
from clew.evidence.report.parts import ACCENT, INK, RULE, SOFT
from clew.evidence.report.text import REGULAR
from clew.model.words import count

MOST_LANES = 14
_LANE, _AXIS, _NAMES, _COUNTS = 8.2 * mm, 7 * mm, 34 * mm, 10 * mm
_MOST_BARS = 110
_EARLIEST, _LATEST = -700_000, 2_900_000  # days that have a name


class _Timeline(Figure):
    def __init__(self, lanes: list[Lane], first: int, last: int, step: int) -> None:
        super().__init__(_AXIS + _LANE * len(lanes) + 4)
        self.lanes, self.first, self.step = lanes, first, step
        self.bars = (last - first) // step + 1
        self.wide = (self.width - _NAMES - _COUNTS) / self.bars
        self.counts = [self._binned(lane) for lane in lanes]
        self.most = max(max(row.values(), default=1) for row in self.counts)

    def _binned(self, lane: Lane) -> dict[int, int]:
        found: dict[int, int] = {}
        for day, records in lane.days:
            at = (day - self.first) // self.step
            found[at] = found.get(at, 0) + records
        return found

    def draw(self) -> None:
        """Lanes from the top, each with its bars and its sum; days below."""
        c = self.canv
        top = self.height - 2
        for i, (lane, row) in enumerate(zip(self.lanes, self.counts, strict=True)):
            base = top - (i + 1) * _LANE + 1.5
            c.setStrokeColor(RULE)
            c.setLineWidth(0.4)
            c.line(_NAMES, base, self.width - _COUNTS, base)
            c.setFillColor(INK)
            c.setFont(REGULAR, LABEL + 0.6)
            c.drawRightString(_NAMES - 4, base + 2, short(lane.label, 27))
            c.drawRightString(self.width - 1, base + 2, f"{sum(row.values()):,}")
            c.setFillColor(ACCENT)
            for bar, records in sorted(row.items()):
                tall = max(0.9, records / self.most * (_LANE - 5))
                c.rect(_NAMES + bar * self.wide, base, max(self.wide * 0.82, 0.5), tall, stroke=0, fill=1)
        self._axis()

    def _axis(self) -> None:
        c, floor = self.canv, _AXIS
        c.setStrokeColor(LINE)
        c.setFillColor(SOFT)
        c.setFont(REGULAR, LABEL)
        every = max(1, -(-self.bars // 8))
        for bar in range(0, self.bars, every):
            x = _NAMES + bar * self.wide
            c.setLineWidth(0.3)
            c.line(x, floor - 2, x, self.height - 2)
            if x < self.width - _COUNTS - 20:
                c.drawString(x + 1, floor - 8, _day(self.first + bar * self.step))


def timeline_figure(picture: TimelinePicture) -> list[Flowable]:
    """The timeline with its caption; nothing where no record has a time."""
    days = [day for lane in picture.lanes for day, _ in lane.days]
    if not days:
        return []
    first, last = min(days), max(days)
    step = next(s for s in (1, 7, 30, 91, 365, 3650) if (last - first) // s < _MOST_BARS or s == 3650)
    lanes = sorted(picture.lanes, key=lambda lane: (-_sum(lane), lane.label))
    kept, rest = lanes[:MOST_LANES], lanes[MOST_LANES:]
    said = list(picture.said)
    if rest:
        said.append(f"{count(len(rest), picture.by)} of fewest records, with {count(sum(map(_sum, rest)), 'record')}.")
    figure = _Timeline(kept, first, last, step)
    word = {1: "day", 7: "week", 30: "30 days", 91: "91 days", 365: "365 days", 3650: "3,650 days"}[step]
    caption = (
        f"Timeline by {picture.by}: a bar is the records of one {word}" if step in (1, 7) else
        f"Timeline by {picture.by}: a bar is the records of {word}"
    ) + (
        f", the highest {figure.most:,}; to the right their number. {_day(first)} to {_day(last)}, UTC; when posted, "
        "else when captured."
    )  # fmt: skip
    return captioned(f"Timeline by {picture.by}", figure, caption, tuple(said))


def _sum(lane: Lane) -> int:
    return sum(records for _, records in lane.days)


def _day(number: int) -> str:
    number = min(max(number, _EARLIEST), _LATEST)
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).strftime("%Y-%m-%d")
