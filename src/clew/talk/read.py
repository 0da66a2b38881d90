"""The messages of all conversations in order, as columns of integers, and the senses that were found in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.extract.handle import ADDRESS_BOOKS
from clew.talk.senses import NAMES, Flags, Floats, Ints

NOBODY = -1
NEVER = np.iinfo(np.int64).min

_ANY = "SELECT count(*) FROM (SELECT 1 FROM records WHERE kind = 'message' LIMIT 1)"
# An earlier version of a message that was edited is not looked at. What the system says ("Ana joined") has no sender;
# a person who is not named is ''. A mail may have many recipients, who belong to its conversation without a word.
# Names in the address book of one telephone ("Anna ~ me") are other people on another: there the source parts them.
# Messages of one minute are in the order of the file; those without a time come last.
_MESSAGES = rf"""
WITH latest AS (
    SELECT item_id, max(version) AS version FROM records WHERE kind = 'message' AND version > 1 GROUP BY item_id
), sent AS (
    SELECT r.rid, r.platform, r.source,
        CASE WHEN lower(r.platform) IN {ADDRESS_BOOKS} THEN r.platform || '/' || r.source ELSE r.platform END AS place,
        r.posted_at, r.file, r.line, nullif(r.conversation, '') AS conversation,
        CASE WHEN NOT coalesce(regexp_matches(r.extra, '"system":"?(true|1)\b'), false)
        THEN coalesce(r.handle, '') END AS sender,
        nullif(r.recipient, '') AS recipient,
        CASE WHEN contains(r.extra, '"recipients":[') THEN json_extract_string(r.extra, '$.recipients[*]') END AS others
    FROM records r LEFT JOIN latest l USING (item_id)
    WHERE r.kind = 'message' AND (l.version IS NULL OR r.version = l.version)
), given AS (
    SELECT *, coalesce(conversation, CASE WHEN sender <> '' AND recipient IS NOT NULL
        THEN least(sender, recipient) || ' ~ ' || greatest(sender, recipient)
        WHEN sender <> '' AND len(others) > 0
        THEN array_to_string(list_sort(list_distinct(list_append(others, sender))), ' ~ ') END) AS name
    FROM sent
), shared AS (
    SELECT name FROM given WHERE name IS NOT NULL GROUP BY name HAVING min(place) <> max(place)
)
SELECT g.rid, CASE WHEN s.name IS NULL THEN g.name ELSE g.place || '/' || g.name END AS id,
    g.place, g.platform, g.source, g.sender, g.recipient, g.others, epoch_us(g.posted_at) AS t
FROM given g LEFT JOIN shared s USING (name)
WHERE g.name IS NOT NULL
ORDER BY id, g.posted_at NULLS LAST, g.file, g.line, g.rid
"""

_SENSES = ", ".join(f"'{name}'" for name in NAMES)
# A sense that is found twice in a message is found once; where it stands first decides whether it is quoted.
_FOUND = f"""
SELECT rid, value, min("start") FILTER (field::VARCHAR = 'body') AS "start",
    min("end") FILTER (field::VARCHAR = 'body') AS "end", CASE WHEN count(odds) = count(*) THEN max(odds) END AS odds
FROM mentions WHERE type::VARCHAR IN ('wording', 'hint') AND value IN ({_SENSES}) GROUP BY rid, value
"""


@dataclass(frozen=True)
class Messages:
    """One row a message, sorted by conversation and time. A *member* is one person in one conversation,
    who writes or is written to.

    Attributes:
        rid: uint64[n].
        conversation: int64[n], numbers from 0 in the order of their ids.
        sender: int64[n], members; `NOBODY` for what the system says.
        recipient: int64[n], members; `NOBODY` where not known.
        t: int64[n], microseconds; `NEVER` where not known.
        place: of each message, within which a name is one account: its platform, and of an address book its source.
        platform, source: of each message.
        ids: string[c], the conversation's id.
        start: int64[c + 1], first message of each conversation.
        member_conversation: int64[m], sorted.
        member_name: string[m], sorted within a conversation; '' for somebody who is not named.
    """

    rid: npt.NDArray[np.uint64]
    conversation: Ints
    sender: Ints
    recipient: Ints
    t: Ints
    place: pa.Array
    platform: pa.Array
    source: pa.Array
    ids: pa.Array
    start: Ints
    member_conversation: Ints
    member_name: pa.Array

    def named(self) -> Flags:
        """Which members have a name."""
        flags: Flags = pc.not_equal(self.member_name, "").to_numpy(zero_copy_only=False)
        return flags

    def rows(self, rid: npt.NDArray[np.uint64]) -> Ints:
        """int64[k], the row of each record; -1 where it is no message that counts."""
        if not len(self.rid):
            return np.full(len(rid), -1)
        order = np.argsort(self.rid)
        at = order[np.minimum(np.searchsorted(self.rid[order], rid), len(order) - 1)]
        return np.where(self.rid[at] == rid, at, -1)

    def sent(self) -> Ints:
        """int64[m], messages of each member."""
        return np.bincount(self.sender[self.sender >= 0], minlength=len(self.member_conversation))


@dataclass(frozen=True)
class Hits:
    """Which message says what: one row for each sense of a message, sorted by message and sense.

    Attributes:
        message: int64[h], row in `Messages`.
        sense: int64[h], position in `SENSES`.
        start, end: int64[h], where in the text it is said; -1 where it is in the title.
        odds: float64[h], log-odds that it is meant (see MENTIONS and `clew.talk.meant`); NaN where not graded.
    """

    message: Ints
    sense: Ints
    start: Ints
    end: Ints
    odds: Floats

    def only(self, kept: Flags) -> Hits:
        """Some of the hits."""
        return Hits(self.message[kept], self.sense[kept], self.start[kept], self.end[kept], self.odds[kept])


def any_messages(engine: Engine) -> bool:
    """Whether there is anything to read."""
    return bool(engine.row(_ANY)[0])


def read_messages(engine: Engine) -> Messages:
    """Read ``records``."""
    table = engine.sql(_MESSAGES).combine_chunks()
    n = table.num_rows
    ids, conversation = _coded(table.column("id"))
    others = _whole(table.column("others"))
    columns = [*table.column("sender").chunks, *table.column("recipient").chunks, others.flatten()]
    names, who = _coded(pa.chunked_array(columns, pa.string()))
    where = np.concatenate([conversation, conversation, conversation[pc.list_parent_indices(others).to_numpy()]])
    rank = np.argsort(pc.sort_indices(names).to_numpy()) if len(names) else np.zeros(0, np.int64)
    by_rank = names.take(pc.sort_indices(names))
    key = np.where(who >= 0, where * len(names) + rank[who], NOBODY) if len(names) else who
    known, member = np.unique(key[key >= 0], return_inverse=True)
    members = np.full(len(who), NOBODY)
    members[key >= 0] = member
    return Messages(
        table.column("rid").to_numpy().astype(np.uint64),
        conversation,
        members[:n],
        members[n : 2 * n],
        table.column("t").fill_null(NEVER).to_numpy().astype(np.int64),
        _whole(table.column("place")),
        _whole(table.column("platform")),
        _whole(table.column("source")),
        ids,
        np.searchsorted(conversation, np.arange(len(ids) + 1)),
        known // max(len(names), 1),
        by_rank.take(pa.array(known % max(len(names), 1))),
    )


def read_hits(engine: Engine, messages: Messages) -> Hits:
    """Read ``mentions``: the senses of what people wrote."""
    found = engine.sql(_FOUND)
    message = messages.rows(found.column("rid").to_numpy().astype(np.uint64))
    held = np.flatnonzero((message >= 0) & (np.append(messages.sender, NOBODY)[message] >= 0))
    message = message[held]
    sense = pc.index_in(found.column("value"), pa.array(NAMES)).to_numpy()[held].astype(np.int64)
    sort = np.lexsort((sense, message))
    start, end = (found.column(at).fill_null(-1).to_numpy()[held].astype(np.int64)[sort] for at in ("start", "end"))
    odds = found.column("odds").cast(pa.float64()).to_numpy()[held][sort]
    return Hits(message[sort], sense[sort], start, end, odds)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _coded(column: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The distinct values of a column in order of appearance, and the number of each row's; -1 for null."""
    coded = _whole(column).dictionary_encode()
    return coded.dictionary, coded.indices.fill_null(NOBODY).to_numpy().astype(np.int64)
