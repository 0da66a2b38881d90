"""The tables that the talk stage writes, each sorted by conversation."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.model.tables import CONTROL, CONVERSATION_MEMBERS, CONVERSATIONS, STAGES
from clew.talk.control import Pairs
from clew.talk.read import NEVER, Hits, Messages
from clew.talk.reasons import control_reasons
from clew.talk.senses import NAMES, Flags, Ints
from clew.talk.stages import Shown

_TIME = pa.timestamp("us", tz="UTC")


def conversation_members(messages: Messages) -> pa.Table:
    """CONVERSATION_MEMBERS, sorted by record."""
    order = np.argsort(messages.rid)
    names = messages.ids.take(pa.array(messages.conversation[order]))
    return pa.table([pa.array(messages.rid[order]), names], schema=CONVERSATION_MEMBERS)


def conversations(
    messages: Messages, hits: Hits, found: Shown, counting: Ints, danger: tuple[Ints, pa.Array]
) -> pa.Table:
    """CONVERSATIONS, sorted by id.

    Args:
        messages: all.
        hits: their senses.
        found: what each person shows.
        counting: the rows of ``found`` that are stages.
        danger: conversations with signs of danger, and a sentence for each.
    """
    count = len(messages.ids)
    named = np.flatnonzero(messages.named())
    people = _lists(messages.member_conversation[named], messages.member_name.take(pa.array(named)), count)
    first, last = _span(messages.conversation, messages.t, count)
    endangered = np.zeros(count, np.bool_)
    endangered[danger[0]] = True
    reason = pc.if_else(pa.array(endangered), danger[1].take(_position(endangered)), "")
    columns = [
        messages.ids,
        *(_lowest(messages.conversation, words, count) for words in (messages.platform, messages.source)),
        people,
        pa.array(np.diff(messages.start)),
        _times(first),
        _times(last),
        _stages_in_order(messages, hits, found, counting),
        pa.array(endangered),
        reason,
    ]
    return pa.table(columns, schema=CONVERSATIONS)


def stages(messages: Messages, hits: Hits, found: Shown, counting: Ints) -> pa.Table:
    """STAGES, sorted by conversation, stage in the order of first sight, and actor."""
    member = found.member[counting]
    message, row = _evidence(hits.message, found.of_hit, counting, len(found.sense))
    first, last = _span(row, messages.t[message], len(counting))
    begin = _starts(row, len(counting))[:-1]
    order = np.lexsort((found.sense[counting], message[begin], messages.member_conversation[member]))
    columns = [
        messages.ids.take(pa.array(messages.member_conversation[member])),
        pa.array(NAMES).take(pa.array(found.sense[counting])),
        messages.member_name.take(pa.array(member)),
        _times(first),
        _times(last),
        pa.array(found.score[counting].astype(np.float32)),
        _lists(row, pa.array(messages.rid[message]), len(counting)),
    ]
    return pa.table([column.take(pa.array(order)) for column in columns], schema=STAGES)


def control(messages: Messages, hits: Hits, own: Flags, sure: Flags, pairs: Pairs) -> pa.Table:
    """CONTROL, sorted by conversation and names.

    Args:
        messages: all.
        hits: their senses.
        own: which hits are meant by who writes them, as far as one can see.
        sure: which hits are surely read; others are told as what may be meant.
        pairs: who may control whom.
    """
    chosen = pairs.shown()
    of_hit = np.where(own, pairs.of_hit, -1)
    said = np.zeros((len(pairs.over), len(NAMES)), np.int64)
    plain = sure & (of_hit >= 0)
    np.add.at(said, (of_hit[plain], hits.sense[plain]), 1)
    hinted = np.setdiff1d(hits.message[of_hit >= 0], hits.message[plain])
    message, row = _evidence(hits.message, of_hit, chosen, len(pairs.over))
    once = np.append(True, (message[1:] != message[:-1]) | (row[1:] != row[:-1]))[: len(row)]
    perhaps = np.bincount(row[once], weights=np.isin(message[once], hinted), minlength=len(chosen)).astype(np.int64)
    over, under = (messages.member_name.take(pa.array(side[chosen])) for side in (pairs.over, pairs.under))
    columns = [
        messages.ids.take(pa.array(messages.member_conversation[pairs.over[chosen]])),
        over,
        under,
        pa.array(pairs.confidence[chosen].astype(np.float32)),
        control_reasons(over, under, said[chosen], perhaps, pairs.elsewhere[chosen]),
        _lists(row[once], pa.array(messages.rid[message[once]]), len(chosen)),
    ]
    return pa.table(columns, schema=CONTROL)


def _stages_in_order(messages: Messages, hits: Hits, found: Shown, counting: Ints) -> pa.Array:
    """The stages of each conversation, each once, by the message that shows it first."""
    message, row = _evidence(hits.message, found.of_hit, counting, len(found.sense))
    begin = _starts(row, len(counting))[:-1]
    sense = found.sense[counting]
    conversation = messages.member_conversation[found.member[counting]]
    first = message[begin]
    order = np.lexsort((first, sense, conversation))
    conversation, sense, first = conversation[order], sense[order], first[order]
    once = np.append(True, (conversation[1:] != conversation[:-1]) | (sense[1:] != sense[:-1]))[: len(order)]
    conversation, sense, first = conversation[once], sense[once], first[once]
    order = np.lexsort((sense, first, conversation))
    return _lists(conversation[order], pa.array(NAMES).take(pa.array(sense[order])), len(messages.ids))


def _evidence(message: Ints, of: Ints, chosen: Ints, rows: int) -> tuple[Ints, Ints]:
    """The messages of the chosen rows and the number of the row among them, sorted by row and time.

    Args:
        message: of each hit.
        of: the row of each hit; -1 for none.
        chosen: rows, sorted.
        rows: how many there are.
    """
    number = np.full(rows + 1, -1)
    number[chosen] = np.arange(len(chosen))
    row = number[of]  # row -1 is the last: none
    kept = np.flatnonzero(row >= 0)
    kept = kept[np.argsort(row[kept], kind="stable")]
    return message[kept], row[kept]


def _starts(row: Ints, rows: int) -> Ints:
    return np.searchsorted(row, np.arange(rows + 1))


def _lists(row: Ints, values: pa.Array, rows: int) -> pa.Array:
    """A list for each row, of values that are sorted by row."""
    return pa.ListArray.from_arrays(pa.array(_starts(row, rows).astype(np.int32)), values)


def _span(group: Ints, t: Ints, groups: int) -> tuple[Ints, Ints]:
    """First and last known time of each group; `NEVER` where there is none."""
    first, last = np.full(groups, np.iinfo(np.int64).max), np.full(groups, NEVER)
    known = t != NEVER
    np.minimum.at(first, group[known], t[known])
    np.maximum.at(last, group[known], t[known])
    return np.where(last == NEVER, NEVER, first), last


def _times(t: Ints) -> pa.Array:
    return pa.array(t, mask=t == NEVER).cast(_TIME)


def _lowest(group: Ints, words: pa.Array, groups: int) -> pa.Array:
    """The alphabetically first word of each group."""
    coded = words.dictionary_encode()
    sort = pc.sort_indices(coded.dictionary)
    rank = np.argsort(sort.to_numpy())
    lowest = np.full(groups, len(rank))
    np.minimum.at(lowest, group, rank[coded.indices.to_numpy()])
    return coded.dictionary.take(sort).take(pa.array(lowest))


def _position(flags: Flags) -> pa.Array:
    """For each flag that is set, its number among those that are set; null for others."""
    return pa.array(np.cumsum(flags) - 1, mask=~flags)
