"""One conversation for a page: who talks, what shows in it and where, and a stretch of its messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.conversation_messages import Message, messages_of
from clew.query.senses import ALARMS, sense_words, stage_words

BUCKETS = 27  # places of a lane of the timeline that can be opened
CAUTION = (
    "Whoever controls somebody may be controlled by others, and a chat quotes, jokes and retells: read the messages "
    "before you believe the sentence."
)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Talk:
    """What is known of a conversation as a whole.

    Attributes:
        number: in the reading index.
        key: its name in the ledger: says nothing of the people in it.
        conversation_id, platform, source, participants, messages, first_at, last_at: see CONVERSATIONS.
        stages: in the order in which they first appear.
        danger, danger_reason: signs of present danger, and the sentence that says so.
        pairs, confidence: how many pairs of people with control there are, and of the surest how sure.
    """

    number: int
    key: str
    conversation_id: str
    platform: str
    source: str
    participants: tuple[str, ...]
    messages: int
    first_at: datetime | None
    last_at: datetime | None
    stages: tuple[str, ...]
    danger: bool
    danger_reason: str
    pairs: int
    confidence: float


@dataclass(frozen=True)
class Person:
    """Somebody who wrote or received messages; ``name`` is "" for those who are not named."""

    name: str
    sent: int
    controls: bool
    controlled: bool
    left: bool


@dataclass(frozen=True)
class Place:
    """A stretch of a lane with signs: which of the equal stretches, its first message, and how many there are."""

    bucket: int
    at: int
    count: int
    moment: datetime | None


@dataclass(frozen=True)
class Lane:
    """What one person does of one stage, over time."""

    stage: str
    name: str
    means: str
    actor: str
    first_at: datetime | None
    last_at: datetime | None
    weight: float
    messages: tuple[int, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Control:
    """Who controls whom, as far as the messages say; ``messages`` are their places."""

    controller: str
    controlled: str
    confidence: float
    reason: str
    messages: tuple[int, ...]

    @property
    def known(self) -> str:
        """How sure it is, in words."""
        return sure(self.confidence)


@dataclass(frozen=True)
class Belongs:
    """A network that holds messages of the conversation; its rank where it is a lead."""

    network_id: str
    messages: int
    rank: int | None


@dataclass(frozen=True)
class ConversationPage:
    """A conversation with a stretch of its messages.

    Attributes:
        talk: the whole.
        people: most messages first.
        lanes: stages by actor; ``by_time`` says whether their places are equal parts of time or of the messages.
        control: the surest first.
        networks: where it belongs.
        messages: from ``offset``.
        alarm: the last message with a threat, confinement or papers held; None without danger.
        next_sign, last_sign: the next message with signs after this stretch, and the last before it.
    """

    talk: Talk
    people: tuple[Person, ...]
    lanes: tuple[Lane, ...]
    by_time: bool
    control: tuple[Control, ...]
    networks: tuple[Belongs, ...]
    messages: tuple[Message, ...]
    offset: int
    alarm: int | None
    next_sign: int | None
    last_sign: int | None


TALK = """talk AS number, key, conversation_id, platform, source, participants, messages, first_at, last_at, stages,
    danger, danger_reason, pairs, confidence"""
_PEOPLE = """
SELECT coalesce(sender, '') AS name, count(*) AS sent, min(nth) AS first FROM said
WHERE talk = $talk AND NOT coalesce(contains(extra, '"system"'), false) GROUP BY ALL
"""
_NETWORKS = """
SELECT network_id, messages, rank FROM talk_nets JOIN networks USING (net)
LEFT JOIN (SELECT net, rank FROM leads) USING (net) WHERE talk = $talk ORDER BY messages DESC, network_id LIMIT 20
"""


def find_talk(engine: Engine, name: str) -> Talk:
    """The conversation of that id, or of that key.

    Raises:
        MissingError: there is none.
    """
    query = f"SELECT {TALK} FROM talks WHERE conversation_id = $name OR key = $name ORDER BY key = $name LIMIT 1"
    found = engine.rows(query, name=name)
    if not found:
        raise MissingError("There is no such conversation.", "See the list of conversations.")
    row = found[0]
    return Talk(**{**row, "participants": tuple(row["participants"]), "stages": tuple(row["stages"])})


def sure(confidence: float) -> str:
    """How sure a control is, in words."""
    return "strong signs" if confidence >= 0.9 else "clear signs" if confidence >= 0.7 else "some signs"


def conversation_page(engine: Engine, name: str, offset: int = 0, limit: int = 200) -> ConversationPage:
    """A conversation, with the messages from one on.

    Args:
        engine: over the reading index.
        name: id or key of the conversation.
        offset, limit: which messages.

    Raises:
        MissingError: there is none.
    """
    talk = find_talk(engine, name)
    offset = min(offset, max(talk.messages - 1, 0) // limit * limit)
    known = {"talk": talk.number}
    control = tuple(
        Control(**{k: r[k] for k in ("controller", "controlled", "confidence", "reason")}, messages=tuple(r["places"]))
        for r in engine.rows(
            "SELECT * FROM talk_control WHERE talk = $talk ORDER BY confidence DESC, controller, controlled", **known
        )
    )
    people = _people(engine, talk, control)
    lanes, by_time = _lanes(engine, talk)
    evidence = [lane.messages for lane in lanes] + [pair.messages for pair in control]
    places = sorted({at for messages in evidence for at in messages})
    left = frozenset(person.name for person in people if person.left)
    return ConversationPage(
        talk,
        people,
        lanes,
        by_time,
        control,
        tuple(Belongs(**row) for row in engine.rows(_NETWORKS, **known)),
        messages_of(engine, talk.number, offset, limit, left, frozenset(places)),
        offset,
        _alarm(engine, talk),
        next((at for at in places if at >= offset + limit), None),
        next((at for at in reversed(places) if at < offset), None),
    )


def _people(engine: Engine, talk: Talk, control: tuple[Control, ...]) -> tuple[Person, ...]:
    """Who takes part. On the left stand those who control, or else who wrote first."""
    sent = {row["name"]: row for row in engine.rows(_PEOPLE, talk=talk.number)}
    over, under = ({getattr(c, side) for c in control} for side in ("controller", "controlled"))
    names = list(dict.fromkeys([*sent, *talk.participants]))
    left = over or {min(sent, key=lambda n: (sent[n]["first"], n))} if sent else set()
    people = [Person(n, sent[n]["sent"] if n in sent else 0, n in over, n in under, n in left) for n in names]
    return tuple(sorted(people, key=lambda p: (-p.sent, p.name)))


def _lanes(engine: Engine, talk: Talk) -> tuple[tuple[Lane, ...], bool]:
    """The stages by actor; their places by time, or by number where a message in ten has no time."""
    rows = engine.rows(
        "SELECT * FROM talk_stages WHERE talk = $talk ORDER BY places[1] NULLS LAST, stage, actor", talk=talk.number
    )
    if not rows:
        return (), True
    query = "SELECT epoch_us(moment) AS t FROM said WHERE talk = $talk ORDER BY nth"
    t = engine.sql(query, params={"talk": talk.number}).column("t")
    moments = t.fill_null(-1).to_numpy().astype(np.int64)
    timed = moments >= 0
    by_time = bool(timed.mean() > 0.9 and moments.max() > moments[timed].min())
    along = np.where(timed, moments, moments.max()) if by_time else np.arange(len(moments))
    first, span = int(along.min()), max(int(along.max() - along.min()), 1)
    bucket = np.minimum((along - first) * BUCKETS // (span + 1), BUCKETS - 1)
    return tuple(_lane(row, bucket) for row in rows), by_time


def _lane(row: dict[str, object], bucket: Ints) -> Lane:
    places = tuple(int(at) for at in row["places"])  # type: ignore[attr-defined]
    found: dict[int, list[int]] = {}
    for at in places:
        found.setdefault(int(bucket[at]), []).append(at)
    values = {k: row[k] for k in ("stage", "actor", "first_at", "last_at", "weight")}
    return Lane(
        **values,  # type: ignore[arg-type]
        name=stage_words(str(row["stage"])),
        means=sense_words(str(row["stage"])),
        messages=places,
        places=tuple(Place(b, ats[0], len(ats), None) for b, ats in sorted(found.items())),
    )


def _alarm(engine: Engine, talk: Talk) -> int | None:
    """The last message with what danger rests on."""
    if not talk.danger:
        return None
    query = "SELECT max(nth) AS nth FROM signs WHERE talk = $talk AND list_contains($alarms, sense)"
    found: int | None = engine.rows(query, talk=talk.number, alarms=list(ALARMS))[0]["nth"]
    return found
