"""Signs of present danger: a threat or confinement that somebody should read today.

A false alarm costs a minute of reading, a missed one perhaps a life: so quoted and retold threats count in full here,
and it does not matter who writes them. "Present" is measured from the last message of the talk: what a run finds does
not depend on the day on which it is run.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.talk.read import NEVER, NOBODY, Hits, Messages
from clew.talk.reasons import dates, joined, who
from clew.talk.senses import FORCE, ORDER, Flags, Ints, codes, having

_DAY = 86_400_000_000  # microseconds
_WEEK, _RECENT = 7 * _DAY, 3 * _DAY
_LAST_MESSAGES = 20
_AT_ONCE = codes("threat-publish", "threat-family")
_ALARMS = {  # in the order of SENSES
    "documents-held": "that papers are held",
    "threat-publish": "a threat to publish pictures",
    "threat-family": "a threat against family",
    "threat-harm": "a threat of violence",
    "confinement": "that somebody is locked in or may not leave",
}
_ALARMING = codes(*_ALARMS)


def dangers(messages: Messages, hits: Hits, own: Flags) -> tuple[Ints, pa.Array]:
    """The conversations with signs of present danger, sorted, and a sentence for each.

    A threat, confinement or holding of papers with a plea within a week of it; or, in the last three days or twenty
    messages of the talk, a threat to publish or against family, or a threat or confinement whose writer has uttered
    another order or threat.

    Args:
        messages: all.
        hits: their senses.
        own: which hits are not quoted or retold, as far as one can see.
    """
    alarm = np.flatnonzero(np.isin(hits.sense, _ALARMING))
    plea = hits.message[hits.sense == codes("plea")[0]]
    nearest = _nearest(messages, plea, hits.message[alarm])
    recent = _recent(messages, hits.message[alarm])
    serious = np.isin(hits.sense[alarm], _AT_ONCE) | _has_company(messages, hits, alarm)
    urgent = (nearest != NOBODY) | (recent & serious)
    alarm, nearest, recent = alarm[urgent], nearest[urgent], recent[urgent]
    conversation = messages.conversation[hits.message[alarm]]
    last = np.append(conversation[1:] != conversation[:-1], True)[: len(alarm)]  # the latest speaks for the others
    many = np.bincount(conversation, minlength=len(messages.ids))
    alarm, conversation = alarm[last], conversation[last]
    wrote = pc.if_else(pa.array(own[alarm]), " wrote", " repeated")
    wrote = joined(who(messages, messages.sender[hits.message[alarm]]), wrote)
    return conversation, _sentences(messages, hits, alarm, wrote, nearest[last], recent[last], many[conversation])


def _nearest(messages: Messages, plea: Ints, alarm: Ints) -> Ints:
    """The plea before or after each alarm in its conversation, within a week if both have a time; `NOBODY`: none."""
    found = np.full(len(alarm), NOBODY)
    if not len(plea):
        return found
    after = np.searchsorted(plea, alarm)
    for at in (after, after - 1):  # one before is preferred
        near = plea[np.clip(at, 0, len(plea) - 1)]
        apart = np.abs(messages.t[near] - messages.t[alarm])
        timed = (messages.t[near] != NEVER) & (messages.t[alarm] != NEVER)
        same = (at >= 0) & (at < len(plea)) & (messages.conversation[near] == messages.conversation[alarm])
        found = np.where(same & ~(timed & (apart > _WEEK)), near, found)
    return found


def _recent(messages: Messages, alarm: Ints) -> Flags:
    """Which messages are among the last of their conversation."""
    conversation = messages.conversation[alarm]
    place = messages.start[conversation + 1] - alarm
    latest = np.full(len(messages.ids), NEVER)
    np.maximum.at(latest, messages.conversation, messages.t)
    t = messages.t[alarm]
    recent: Flags = (place <= _LAST_MESSAGES) | ((t != NEVER) & (t >= latest[conversation] - _RECENT))
    return recent


def _has_company(messages: Messages, hits: Hits, alarm: Ints) -> Flags:
    """Which threats and confinements are not the only message with an order or threat of who wrote them."""
    directed = np.unique(hits.message[(having(ORDER) | having(FORCE))[hits.sense]])
    all_of_it = np.bincount(messages.sender[directed], minlength=len(messages.member_conversation))
    many = all_of_it[messages.sender[hits.message[alarm]]] > 1
    company: Flags = many & (hits.sense[alarm] != codes("documents-held")[0])
    return company


def _sentences(
    messages: Messages, hits: Hits, alarm: Ints, wrote: pa.Array, plea: Ints, recent: Flags, many: Ints
) -> pa.Array:
    """One sentence for each alarm.

    Args:
        messages: all.
        hits: their senses.
        alarm: rows of ``hits``.
        wrote: "A wrote" or "A repeated".
        plea: the message with a plea that goes with it; `NOBODY` for none.
        recent: whether it is among the last messages.
        many: how many alarms there are in the conversation.
    """
    what = pa.array(_ALARMS.values(), pa.string()).take(pa.array(np.searchsorted(_ALARMING, hits.sense[alarm])))
    wrote = joined(wrote, dates(messages.t[hits.message[alarm]]), " what reads as ", what)
    others = joined(" (one of ", pa.array(many).cast(pa.string()), " such messages)")
    at = np.maximum(plea, 0)
    begged = joined("; ", who(messages, messages.sender[at]), " pleaded or was afraid", dates(messages.t[at]))
    return joined(
        wrote,
        pc.if_else(pa.array(many > 1), others, ""),
        pc.if_else(pa.array(plea != NOBODY), begged, ""),
        pc.if_else(pa.array(recent), "; it is among the last messages of this talk", ""),
        ". Somebody should read it at once.",
    )
