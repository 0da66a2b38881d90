"""To whom a message is said: the recipient, the other of two, or who speaks next."""

from __future__ import annotations

import numpy as np

from clew.talk.read import NOBODY, Messages
from clew.talk.senses import ANSWER, Flags, Ints, having


def addressees(messages: Messages, message: Ints, sense: Ints) -> Ints:
    """The member whom each hit is said to; `NOBODY` where that cannot be said.

    In a group without recipients an order is taken to be for the one who speaks next, and a report or a plea to be for
    the one who spoke before, or else next.
    """
    named = messages.named()
    sender, recipient = messages.sender[message], messages.recipient[message]
    before, after = _neighbours(messages, named)
    nearby = np.where(having(ANSWER)[sense] & (before[message] >= 0), before[message], after[message])
    other = _other_of_two(messages, named)[sender]
    to = np.where((recipient >= 0) & (recipient != sender), recipient, np.where(other >= 0, other, nearby))
    return np.where(named[sender], to, NOBODY)


def _other_of_two(messages: Messages, named: Flags) -> Ints:
    """int64[m], the only other named member of the conversation; `NOBODY` where there are more or none."""
    where = messages.member_conversation
    count = np.bincount(where[named], minlength=len(messages.ids))
    member = np.arange(len(where))
    total = np.zeros(len(messages.ids), np.int64)
    np.add.at(total, where[named], member[named])
    return np.where(named & (count[where] == 2), total[where] - member, NOBODY)


def _neighbours(messages: Messages, named: Flags) -> tuple[Ints, Ints]:
    """int64[n] each, the last other person who spoke before a message, and the first after it, in its conversation."""
    before, after = np.full(len(messages.rid), NOBODY), np.full(len(messages.rid), NOBODY)
    spoken = np.flatnonzero((messages.sender >= 0) & named[messages.sender]) if len(named) else np.zeros(0, np.int64)
    sender = messages.sender[spoken]  # a member is in one conversation only
    first = np.ones(len(spoken), np.bool_)
    first[1:] = sender[1:] != sender[:-1]
    turn = np.cumsum(first) - 1
    speaker = np.append(sender[first], NOBODY)
    where = np.append(messages.member_conversation[sender[first]], NOBODY)
    before[spoken] = np.where(where[turn - 1] == where[turn], speaker[turn - 1], NOBODY)
    after[spoken] = np.where(where[turn + 1] == where[turn], speaker[turn + 1], NOBODY)
    return before, after
