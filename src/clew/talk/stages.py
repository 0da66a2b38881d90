"""Which stages count in a conversation, and who is at it.

One mild sign says nothing: everybody pays compliments and asks where somebody is. A stage counts when what is found for
it, repeated or beside other signs of the same person and the answers of others, reaches the strength of one threat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.talk.read import Hits, Messages
from clew.talk.senses import (
    ANSWER,
    BESIDE_MILD,
    BESIDE_ORDINARY,
    BESIDE_STRONG,
    COUNTS,
    NAMES,
    RECIPROCAL,
    Flags,
    Floats,
    Ints,
    column,
    hard,
    having,
    repeated,
    unusual,
)

_STRENGTH = column("strength")
_MILD = _STRENGTH < 0.6
_GRAVE = _STRENGTH >= COUNTS
_BESIDE = np.where(_MILD, np.where(column("ordinary") > 0, BESIDE_ORDINARY, BESIDE_MILD), BESIDE_STRONG)


@dataclass(frozen=True)
class Shown:
    """What a member shows: one row for each sense of a member, sorted by member and sense.

    Attributes:
        member, sense: int64[s].
        of_hit: int64[h], the row of each hit.
        score: float64[s], how strongly, with what stands beside it.
    """

    member: Ints
    sense: Ints
    of_hit: Ints
    score: Floats

    def stages(self) -> Ints:
        """The rows that are stages and count."""
        return np.flatnonzero((column("stage")[self.sense] > 0) & (self.score >= COUNTS))


def shown(messages: Messages, hits: Hits, counted: Floats, talk: Flags) -> Shown:
    """Weigh what each member shows; where nobody answers, only what is grave by itself.

    Args:
        messages: all.
        hits: their senses.
        counted: float64[h], what each hit counts for.
        talk: which conversations are talks.
    """
    key, of_hit = np.unique(messages.sender[hits.message] * len(NAMES) + hits.sense, return_inverse=True)
    member, sense = key // len(NAMES), key % len(NAMES)
    said = np.bincount(of_hit, weights=counted, minlength=len(key)).astype(np.float64)
    own = _own(messages, member, sense, said)
    beside = _beside(member, sense, own, len(messages.member_conversation))
    beside += _answers(messages, member, sense, said)[member]
    answered = talk[messages.member_conversation[member]]
    score = np.where(answered, np.where(own > 0, own + beside, 0.0), np.where(_GRAVE[sense], own, 0.0)).round(3)
    return Shown(member, sense, of_hit, score)


def _own(messages: Messages, member: Ints, sense: Ints, said: Floats) -> Floats:
    """Strength of each row alone: its messages less what is usual, and, of mild senses, less what others do too."""
    conversation = messages.member_conversation[member]
    both, at = np.unique(conversation * len(NAMES) + sense, return_inverse=True)
    others = np.bincount(at, weights=said, minlength=len(both))[at] - said
    people = np.bincount(messages.member_conversation, minlength=len(messages.ids))[conversation]
    likewise = np.where(_MILD[sense], RECIPROCAL * others / np.maximum(people - 1, 1), 0.0)
    return _STRENGTH[sense] * repeated(unusual(said, messages.sent()[member], column("usual")[sense]) - likewise)


def _beside(member: Ints, sense: Ints, own: Floats, members: int) -> Floats:
    """What the other orders, threats and what draws somebody in, of the same member, add to each row.

    A mild one adds no more if it is repeated: it takes different sorts to make a pattern.
    """
    once = np.where(_MILD[sense], np.minimum(own, _STRENGTH[sense]), own)
    share = np.where(having(ANSWER), 0.0, _BESIDE)[sense] * once
    total: Floats = np.bincount(member, weights=share, minlength=members)[member] - share
    return total


def _answers(messages: Messages, member: Ints, sense: Ints, said: Floats) -> Floats:
    """float64[m], what pleas of the others in the conversation add to all that a member shows.

    No more than one threat would: in a group of hundreds somebody always wants to go home. And nothing to those who
    give no order that a helper would not. Reports and check-ins add nothing: staff and children write them too.
    """
    answer = np.flatnonzero((having(ANSWER) & (column("ordinary") == 0))[sense])
    worth = (_BESIDE * _STRENGTH)[sense[answer]] * repeated(said[answer])
    by_member = np.bincount(member[answer], weights=worth, minlength=len(messages.member_conversation))
    in_all = np.bincount(messages.member_conversation, weights=by_member, minlength=len(messages.ids))
    of_others = np.clip(in_all[messages.member_conversation] - by_member, 0.0, BESIDE_STRONG)
    orders = np.bincount(member[hard()[sense]], minlength=len(by_member)) > 0
    return np.where(orders, of_others, 0.0)
