"""WhatsApp's chats in plain text: what the file as a whole tells, and its messages as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import MAX_LINE, NUL_BYTE, TOO_LONG_LINE, Batch, Chunk, Reject, clip
from clew.ingest.buffers import text_array
from clew.ingest.chats import between, contact_of, message_ids, tagged
from clew.ingest.chats_dates import UNKNOWN, Evidence, times
from clew.ingest.chats_heads import (
    AFTER,
    AFTER_END,
    BEFORE,
    BEFORE_END,
    BODY,
    BRACKET,
    FIRST_DIGITS,
    HOUR,
    LINE,
    SENDER,
    SENDER_END,
    SEPARATOR,
    START,
    Found,
    find_heads,
)
from clew.ingest.chats_said import Said, said
from clew.ingest.chats_words import halves, trimmed
from clew.ingest.extras import as_json
from clew.ingest.kernels import copy_letters, kernel
from clew.ingest.streams import DamagedError, Lines, line_blocks, mend, noting

Blocks = Callable[[], Iterator[bytes]]

NO_DATE = "a date or time that does not exist"
NO_HEAD = "text before the first message"
_SLASH = 47
_ENOUGH = 3  # different senders, after which a chat is a group


@dataclass
class Survey:
    """What a reading of the whole file tells about each of its messages.

    Attributes:
        style: what ends the date and time of a message (`BRACKET`), and what parts the numbers of a date.
        order: of day, month and year.
        whole_day: an hour above twelve was written, so that words which are not known do not say which half it is.
        senders: the first three different ones.
        title: the chat's name where the text itself holds it.
    """

    style: tuple[int, int] | None = None
    order: str = "dmy"
    whole_day: bool = False
    senders: list[str] = field(default_factory=list)
    title: str | None = None

    def own(self, heads: Found) -> Found:
        """The heads in the style of this file; the others stand within messages."""
        if self.style is None:
            return heads[:0]
        alike: Found = heads[(heads[:, BRACKET] == self.style[0]) & (heads[:, SEPARATOR] == self.style[1])]
        return alike


def survey(blocks: Blocks) -> Survey:
    """Read a chat once, before its messages are."""
    found, evidence = Survey(), Evidence()
    liked = "dmy"
    for block in noting(line_blocks(blocks())):
        if isinstance(block, DamagedError):
            break  # the second reading reports it
        text = mend(block.text)
        heads = find_heads(text)
        if found.style is None and len(heads):
            styles, counts = np.unique(heads[:, [BRACKET, SEPARATOR]], axis=0, return_counts=True)
            bracket, separator = styles[np.argmax(counts)].tolist()
            found.style = (bracket, separator)
        heads = found.own(heads)
        if not len(heads):
            continue
        evidence.add(heads)
        found.whole_day = found.whole_day or bool((heads[:, HOUR] > 12).any())
        liked = _liked(text, heads) or liked
        if len(found.senders) < _ENOUGH:
            _add_senders(found, text, heads)
    found.order = evidence.order(liked)
    return found


def _liked(text: bytes, heads: Found) -> str | None:
    """The order to take where nothing else tells, from how times are written.

    "1/2/21, 3:04 PM" is how the US write, "01/02/21, 3:04 pm" how others do; with Chinese before the hour the year
    comes first.
    """
    after = text[heads[0, AFTER] : heads[0, AFTER_END]].strip()[-2:]
    if heads[0, SEPARATOR] == _SLASH and after in (b"AM", b"PM") and (heads[:, FIRST_DIGITS] == 1).any():
        return "mdy"
    before = text[heads[0, BEFORE] : heads[0, BEFORE_END]].decode("utf-8", "replace")
    return "ymd" if any(letter >= "\u3000" for letter in before) else None


def _add_senders(found: Survey, text: bytes, heads: Found) -> None:
    """The people who write; not the name of a group under which an iPhone's app writes, if only the app does."""
    row = said(*_texts(text, heads), None)
    if found.title is None and not found.senders:
        # The app's first line says that the chat is encrypted.
        names = row.sender.slice(0, 1).filter(row.system.slice(0, 1)).drop_null()
        found.title = names[0].as_py() if len(names) else None
    nobody = row.system
    if found.title is not None:
        nobody = pc.or_(nobody, pc.and_(row.marked, pc.fill_null(pc.equal(row.sender, found.title), False)))
    people = pc.unique(pc.if_else(nobody, None, row.sender).drop_null()).to_pylist()
    found.senders += [name for name in people if name not in found.senders][: _ENOUGH - len(found.senders)]


@dataclass(frozen=True)
class Chat:
    """What is the same for every message of a file.

    Attributes:
        conversation: its id.
        pair: the two whose it is; None for a group.
        group: a group's name, where an iPhone's app writes under it.
    """

    conversation: str
    pair: tuple[str, str] | None = None
    group: str | None = None


def chat_of(found: Survey, name: str | None) -> Chat:
    """The conversation that a file holds.

    A later export of the same chat has more messages and perhaps more people, but begins as this one does: so that
    what names a group is its name and the two who wrote first.
    """
    name = name or found.title
    people = found.senders
    if len(people) == 2 and (name is None or name in people):
        return Chat(between(*people), (people[0], people[1]))
    if len(people) == 1 and name is not None and name != people[0]:
        return Chat(between(name, people[0]), (name, people[0]))
    if len(people) <= 1 and name in (None, *people):
        return Chat(name or (people[0] if people else "whatsapp"), None, found.title)
    return Chat(tagged(name or "group", *sorted(people[:2])), None, found.title)


def chunks(blocks: Blocks, name: str | None) -> Iterator[Chunk]:
    """One chunk a block of whole messages, cut where the minute changes: equal messages stay together."""
    about = survey(blocks)
    chat = chat_of(about, name)
    held, line = b"", 1
    damage: DamagedError | None = None
    for block in noting(line_blocks(blocks())):
        if isinstance(block, DamagedError):
            damage = block
            break
        if block.too_long:
            yield partial(_rejected, Reject(block.first, TOO_LONG_LINE, clip(block.text)))
            continue
        if not held:
            line = block.first
        held += mend(block.text)
        heads = about.own(find_heads(held))
        cut = _cut(held, heads)
        if not cut and len(held) > MAX_LINE:  # one minute, or one message, without end
            cut = int(heads[-1, START]) if len(heads) > 1 else len(held)
        if cut:
            keep = heads[heads[:, START] < cut]
            yield partial(_parse, Lines(held[:cut], line), keep, about, chat)
            line, held = line + held.count(b"\n", 0, cut), held[cut:]
    if held:
        yield partial(_parse, Lines(held, line), about.own(find_heads(held)), about, chat)
    if damage is not None:
        raise damage


def _cut(text: bytes, heads: Found) -> int:
    """Where the last stamp that differs from the one before it begins; 0 where there is none."""
    for row in range(len(heads) - 1, 0, -1):
        here, before = heads[row], heads[row - 1]
        if text[here[START] : here[AFTER_END]] != text[before[START] : before[AFTER_END]]:
            return int(here[START])
    return 0


def _rejected(*rejects: Reject) -> Iterator[Batch]:
    yield Batch({}, pa.array([], pa.int64()), rejects=rejects)


@kernel
def _gather(letters, starts, ends, offsets, joined):  # type: ignore[no-untyped-def]
    for n in range(len(starts)):
        copy_letters(joined, np.int64(offsets[n]), letters, np.int64(starts[n]), np.int64(ends[n]) - starts[n])


def _pieces(text: bytes, starts: npt.NDArray[np.int32], ends: npt.NDArray[np.int32]) -> pa.Array:
    """Parts of a text as a string array; null where a start is -1."""
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(ends - starts, out=offsets[1:])
    room = pa.allocate_buffer(int(offsets[-1]))
    joined = np.frombuffer(room, np.uint8) if room.size else np.zeros(1, np.uint8)
    _gather(np.frombuffer(text, np.uint8), starts, ends, offsets, joined)
    return text_array(offsets, room, starts >= 0)


def _texts(text: bytes, heads: Found) -> tuple[pa.Array, pa.Array]:
    """(the senders, the bodies) of messages."""
    ends = np.append(heads[1:, START], len(text)).astype(np.int32)
    return _pieces(text, heads[:, SENDER], heads[:, SENDER_END]), _pieces(text, heads[:, BODY], ends)


def _parse(block: Lines, heads: Found, about: Survey, chat: Chat) -> Iterator[Batch]:
    """The messages of a block."""
    if not len(heads):
        yield from _rejected(Reject(block.first, NO_HEAD, clip(block.text)))
        return
    rejects = list[Reject]()
    first = int(heads[0, START])
    if block.text[:first].strip():
        rejects.append(Reject(block.first, NO_HEAD, clip(block.text[:first])))
    words = [
        _pieces(block.text, heads[:, start], heads[:, end]) for start, end in ((BEFORE, BEFORE_END), (AFTER, AFTER_END))
    ]
    said_of = np.maximum(*(halves(word) for word in words))
    at, good = times(heads, about.order, said_of)
    if not about.whole_day and (said_of == UNKNOWN).any():
        # No time rather than one that is twelve hours off: the words make it one that cannot be read, and is counted.
        unclear = pc.binary_join_element_wise(at, trimmed(words[0]), trimmed(words[1]), "?", " ")
        at = pc.if_else(pa.array(said_of == UNKNOWN), unclear, at)
    senders, bodies = _texts(block.text, heads)
    lines = block.first + heads[:, LINE].astype(np.int64)
    nul = pc.match_substring(bodies, "\x00").to_numpy(zero_copy_only=False) if b"\x00" in block.text else ~good & False
    if not good.all() or nul.any():
        ends = np.append(heads[1:, START], len(block.text))
        for row in np.flatnonzero(~good | nul).tolist():
            raw = clip(block.text[heads[row, START] : ends[row]])
            rejects.append(Reject(int(lines[row]), NUL_BYTE if nul[row] else NO_DATE, raw))
        kept = pa.array(good & ~nul)
        at, senders, bodies, lines = at.filter(kept), senders.filter(kept), bodies.filter(kept), lines[good & ~nul]
    yield _batch(said(senders, bodies, chat.group), at, lines, chat, rejects)


def _batch(row: Said, at: pa.Array, lines: npt.NDArray[np.int64], chat: Chat, rejects: list[Reject]) -> Batch:
    """Columns of a record from what messages say."""
    n = len(at)
    handle = pc.if_else(row.system, None, row.sender)
    coded = handle.dictionary_encode()
    people = coded.dictionary.to_pylist()
    contact = pa.array([contact_of(name) for name in people], pa.string()).take(coded.indices)
    columns = {
        "conversation": pa.repeat(pa.scalar(chat.conversation), n),
        "handle": handle,
        "contact": contact,
        "posted_at": at,
        "body": row.body,
    }
    if chat.pair is not None:
        others = {chat.pair[0]: chat.pair[1], chat.pair[1]: chat.pair[0]}
        columns["recipient"] = pa.array([others.get(name) for name in people], pa.string()).take(coded.indices)
    columns["native_id"] = message_ids([columns["conversation"], row.sender, at, row.whole])
    columns["images"] = as_json(pc.if_else(row.photo, row.media, None))
    encoded = {
        "media": pc.binary_join_element_wise("[", as_json(row.media), "]", ""),
        "deleted": _true(row.deleted),
        "edited": _true(row.edited),
        "system": _true(row.system),
    }
    return Batch(columns, pa.array(lines), encoded, tuple(rejects))


def _true(which: pa.Array) -> pa.Array:
    return pc.if_else(which, pa.scalar("true"), pa.scalar(None, pa.string()))
