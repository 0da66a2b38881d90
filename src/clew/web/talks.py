"""What pages of conversations share: addresses, days and times of messages, and the timeline as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup, escape

from clew.model.words import count
from clew.query.conversation import BUCKETS, Lane, Talk
from clew.query.conversation_messages import Message

SIZE = 200  # messages of a page
_STEP, _HEIGHT = 24, 28  # pixels of a place of the timeline: as wide as a finger needs


def href(talk: Talk, at: int | None = None, size: int = SIZE) -> str:
    """The address of a conversation, or of one of its messages. Browsers would take "." and ".." for folders."""
    name = talk.conversation_id if talk.conversation_id.strip(".") else talk.key
    address = f"/conversations/{quote(name, safe='')}"
    if at is None:
        return address
    page = at // size * size
    return f"{address}{f'?offset={page}' if page else ''}#m{at}"


def clock(message: Message) -> str:
    """When a message was sent, to the minute, with the zone."""
    if message.moment is None:
        return "no time"
    return message.moment.astimezone(UTC).strftime("%H:%M UTC")


def written(message: Message) -> str:
    """The time as the source wrote it."""
    if message.moment is None:
        return "the source gives no time"
    if message.zone is None:
        return f"{message.moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}, the source names no zone: taken as UTC"
    local = message.moment.astimezone(UTC) + timedelta(minutes=message.zone)
    sign, minutes = "-" if message.zone < 0 else "+", abs(message.zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {sign}{minutes // 60:02d}:{minutes % 60:02d} as written"


def by_day(messages: Sequence[Message]) -> Iterator[tuple[str, list[Message]]]:
    """Messages under the day (UTC) on which they were sent."""
    held: list[Message] = []
    day = ""
    for message in messages:
        now = f"{message.moment.astimezone(UTC):%A %-d %B %Y}" if message.moment else "Without a time"
        if now != day and held:
            yield day, held
            held = []
        day = now
        held.append(message)
    if held:
        yield day, held


def lane(talk: Talk, row: Lane, controls: bool) -> Markup:
    """One lane of the timeline: a link for each place with signs, as high as it has many.

    Args:
        talk: the conversation.
        row: what one person does of one stage.
        controls: does the person control somebody?
    """
    most = max((place.count for place in row.places), default=1)
    parts = []
    for place in row.places:
        x, high = place.bucket * _STEP, 8 + (_HEIGHT - 12) * place.count / most
        label = (
            f"{row.name} by {row.actor or 'somebody'}: {count(place.count, 'message')}, from message {place.at + 1:,}"
        )
        parts.append(
            f'<a href="{escape(href(talk, place.at))}" aria-label="{escape(label)}"><title>{escape(label)}</title>'
            f'<rect class="reach" x="{x}" width="{_STEP}" height="{_HEIGHT}"/>'
            f'<rect class="sign" x="{x + 4}" y="{_HEIGHT - 2 - high:.1f}" width="{_STEP - 8}" '
            f'height="{high:.1f}" rx="2"/></a>'
        )
    width = BUCKETS * _STEP
    return Markup(
        f'<svg class="lane{" over" if controls else ""}" width="{width}" height="{_HEIGHT}" '
        f'viewBox="0 0 {width} {_HEIGHT}" role="group" aria-label="{escape(row.name)}">'
        f'<line class="base" x2="{width}" y1="{_HEIGHT - 1}" y2="{_HEIGHT - 1}"/>{"".join(parts)}</svg>'
    )


def days(first: datetime | None, last: datetime | None) -> int:
    """How many days a conversation spans, at least one."""
    return max(1, (last - first).days + 1) if first and last else 1
