"""Who is who: to whom a message is said (the recipient, the other of two, who is replied to, or who speaks next), and
which members are one account."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.talk.read import NOBODY, Hits, Messages
from clew.talk.senses import ANSWER, Flags, Ints, having

# The ids of messages in `reply_to` are those of the source, as in `native_id`.
_REPLIES = r"""
WITH asked AS (
    SELECT h.message, r.platform, regexp_extract(r.extra, '"reply_to":"([^"\\]+)"', 1) AS native_id
    FROM talk_hits h JOIN records r USING (rid) WHERE r.kind = 'message' AND contains(r.extra, '"reply_to":"')
)
SELECT a.message, q.rid FROM asked a JOIN records q USING (platform, native_id) WHERE q.kind = 'message'
ORDER BY a.message, q.rid
"""


def addressees(engine: Engine, messages: Messages, hits: Hits) -> Ints:
    """The member whom each hit is said to; `NOBODY` where that cannot be said.

    In a group without recipients, who is replied to; else an order is taken to be for the one who speaks next, and a
    report or a plea to be for the one who spoke before, or else next.
    """
    named = messages.named()
    sender, recipient = messages.sender[hits.message], messages.recipient[hits.message]
    before, after = (neighbour[hits.message] for neighbour in _neighbours(messages, named))
    nearby = np.where(having(ANSWER)[hits.sense] & (before >= 0), before, after)
    other = _other_of_two(messages, named)[sender]
    replied = _replied(engine, messages, hits, other < 0)
    to = np.where(replied >= 0, replied, nearby)
    to = np.where(other >= 0, other, to)
    to = np.where((recipient >= 0) & (recipient != sender), recipient, to)
    return np.where(named[sender], to, NOBODY)


def accounts(messages: Messages) -> Ints:
    """int64[m], a number for the account of each member: one name in one place, the same in all conversations."""
    place = messages.place.take(pa.array(messages.start[messages.member_conversation])).dictionary_encode()
    name = messages.member_name.dictionary_encode()
    key = place.indices.to_numpy().astype(np.int64) * max(len(name.dictionary), 1) + name.indices.to_numpy()
    return np.unique(key, return_inverse=True)[1]


def _replied(engine: Engine, messages: Messages, hits: Hits, in_group: Flags) -> Ints:
    """int64[h], the member whose message is replied to, where another person of the conversation wrote it."""
    to = np.full(len(messages.rid), NOBODY)
    asked = np.unique(hits.message[in_group])
    if len(asked):
        try:
            engine.register({"talk_hits": pa.table({"message": asked, "rid": messages.rid[asked]})})
            found = engine.sql(_REPLIES)
        finally:
            engine.forget("talk_hits")
        message, quoted = found.column("message").to_numpy(), messages.rows(found.column("rid").to_numpy())
        author = np.append(messages.sender, NOBODY)[quoted]
        same = (author >= 0) & (messages.conversation[message] == messages.conversation[quoted])
        same &= author != messages.sender[message]
        to[message[same]] = author[same]
    return to[hits.message]


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
