"""Show a family of texts as its constant words and typed slots: "Hi I am {name}, new in {place}, call {phone}".

A bounded sample of the members is aligned with the medoid, word by word, at the least number of edits. A mention
(a phone, a name …) is one word, so that "0612345678" and "06-12 34 56 78" stand for each other. Words that nearly all
members share are constant; the rest are slots, named by the type of mention that fills them, "number" or "text".
Texts are shown as a person reads them: without tags, comments and scripts, entities decoded, white space as one space.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.order import order_by
from clew.extract.fold import fold, text_buffers
from clew.match._plain import as_read
from clew.match._shingles import symbol_classes
from clew.match._slots import NUMBERS, filled, named_slots, write_families
from clew.match._tokens import MOST_WORDS, Words, words_of

# Types of mentions that are one word, the first ones first where they overlap.
TYPES = ("email", "url", "handle", "phone", "wallet", "account", "price", "age", "name", "place", "domain")
OTHER_NAME, NUMBER_NAME = "text", "number"
SEPARATOR = "\x1e"  # between title and body
MOST_CHARACTERS = 4096  # of a text that are read; four times as many where there is markup
MOST_MEMBERS = 8  # of a family that are aligned; fewer where texts are long
_LEAST_MEMBERS = 3
_CELLS = 300_000  # about as many steps are made to align one family
_CHUNK = 2048  # families in work at a time
_TEXT_ROOM, _JSON_ROOM = 1 << 20, 4 << 20

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """Mentions in sampled texts, sorted by text, then type, then place.

    Attributes:
        text: int64[k], the number of the text.
        place: int64[k, 3], number of the type in ``TYPES``, first character, character after the last.
    """

    text: Ints
    place: Ints

    @classmethod
    def of(cls, text: Ints, kind: Ints, start: Ints, end: Ints) -> Spans:
        """From columns in any order."""
        order = order_by(text << 8 | kind, start << 32 | end)
        return cls(text[order], np.stack([kind, start, end], axis=1).take(order, axis=0))

    def part(self, begin: int, end: int) -> tuple[Ints, Ints]:
        """The spans of some texts, and where those of each begin."""
        starts = np.searchsorted(self.text, np.arange(begin, end + 1))
        place = np.ascontiguousarray(self.place[starts[0] : starts[-1]])
        return place, starts - starts[0]


def sample(
    label: Ints, rid: npt.NDArray[np.uint64], medoid: Ints, shingles: npt.NDArray[np.int32]
) -> tuple[Ints, Ints]:
    """Choose the members of each family to align: the medoid, then those with the smallest rid.

    Args:
        label, medoid: see :class:`clew.match.families.TextFamilies`.
        rid, shingles: columns of SIGNATURES.

    Returns:
        Rows of the members, by family; int64[f + 1], where each family begins among them.
    """
    member = np.flatnonzero(label >= 0)
    is_medoid = np.zeros(len(label), np.bool_)
    is_medoid[medoid] = True
    member = member[order_by(label[member], ~is_medoid[member], rid[member])]
    size = np.bincount(label[member], minlength=len(medoid))
    rank = np.arange(len(member)) - np.repeat(np.cumsum(size) - size, size)
    length = np.clip(shingles[medoid].astype(np.int64), 1, MOST_WORDS)
    most = np.clip(_CELLS // length**2, _LEAST_MEMBERS, MOST_MEMBERS)
    first = np.concatenate(([0], np.cumsum(np.minimum(size, most))))
    return member[rank < np.repeat(most, size)], first.astype(np.int64)


def cut(texts: pa.Array, spans: tuple[Ints, Ints]) -> tuple[npt.NDArray[np.uint8], Ints, Words]:
    """Texts as a person reads them, as bytes with offsets, and their words."""
    data, offsets, place = as_read(*text_buffers(texts), MOST_CHARACTERS, *spans)
    folded = fold(data, offsets)
    room = len(folded.sym) + 1
    key, value, kind = np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty(room, np.uint8)
    words = Words(
        np.empty(len(offsets), np.int64), key, value, kind, np.empty(room, np.int64), np.empty(room, np.int64)
    )
    parts = folded.sym, folded.char, folded.byte, folded.width, folded.start
    words_of(data, offsets, *parts, symbol_classes(), place, spans[1], words)
    return data, offsets, words


def template_views(texts: pa.Array, first: Ints, spans: Spans, threads: int = 1) -> tuple[pa.Array, pa.Array]:
    """The text and the slots of families.

    Args:
        texts: title, ``SEPARATOR`` and body of the sampled members, by family, the medoid first.
        first: int64[f + 1], where each family begins among them.
        spans: their mentions.
        threads: workers; the result does not depend on them.

    Returns:
        string[f] with "{name}" marks; string[f], JSON lists of {name, distinct, examples} in the order of the marks,
        counted over the sample.
    """
    names, name_start = _names()

    def work(begin: int) -> list[tuple[pa.Array, pa.Array]]:
        part = first[begin : begin + _CHUNK + 1]
        low, high = int(part[0]), int(part[-1])
        data, offsets, words = cut(texts.slice(low, high - low), spans.part(low, high))
        return list(_written(data, offsets, words, part - low, names, name_start))

    with ThreadPoolExecutor(threads) as pool:
        done = [pair for pairs in pool.map(work, range(0, len(first) - 1, _CHUNK)) for pair in pairs]
    empty = pa.array([], pa.string())
    written = [pa.concat_arrays([pair[k] for pair in done]) if done else empty for k in range(2)]
    return written[0], written[1]


def _names() -> tuple[npt.NDArray[np.uint8], Ints]:
    """The names of slots as bytes."""
    names = [name.encode() for name in (OTHER_NAME, *TYPES, NUMBER_NAME)]
    return np.frombuffer(b"".join(names), np.uint8), np.cumsum([0, *map(len, names)])


def _written(
    data: npt.NDArray[np.uint8],
    offsets: Ints,
    words: Words,
    first: Ints,
    names: npt.NDArray[np.uint8],
    name_start: Ints,
) -> Iterator[tuple[pa.Array, pa.Array]]:
    begin, families = 0, len(first) - 1
    scale = 1
    while begin < families:
        text, json = np.empty(_TEXT_ROOM * scale, np.uint8), np.empty(_JSON_ROOM * scale, np.uint8)
        text_end, json_end = np.zeros(families, np.int64), np.zeros(families, np.int64)
        end = write_families(data, offsets, words, first, names, name_start, begin, text, text_end, json, json_end)
        if end == begin:
            scale *= 2
            continue
        yield _strings(text, text_end[begin:end]), _strings(json, json_end[begin:end])
        begin = end


def _strings(data: npt.NDArray[np.uint8], ends: Ints) -> pa.Array:
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(ends), pa.py_buffer(offsets.tobytes()), pa.py_buffer(data[: offsets[-1]].tobytes())
    )


@dataclass(frozen=True)
class Part:
    """A stretch of a template: constant words (``name`` is empty) or a slot."""

    name: str
    text: str


@dataclass(frozen=True)
class Aligned:
    """A family in full: its parts, and for each text what stands in each part."""

    parts: tuple[Part, ...]
    rows: tuple[tuple[str, ...], ...]


def align_family(texts: list[str], mentions: list[list[tuple[str, int, int]]] | None = None) -> Aligned:
    """Align all members of one family with the first of them.

    Args:
        texts: title, ``SEPARATOR`` and body of each, the medoid first; only the first 512 words are aligned.
        mentions: for each text its (type, first character, character after the last).
    """
    if not texts:
        return Aligned((), ())
    found = [(t, TYPES.index(k), a, b) for t, spans in enumerate(mentions or []) for k, a, b in spans if k in TYPES]
    columns = np.array(found, np.int64).reshape(-1, 4).T
    spans = Spans.of(columns[0], columns[1], columns[2], columns[3])
    data, _, words = cut(pa.array(texts, pa.large_string()), spans.part(0, len(texts)))
    n = int(words.start[1])
    start, stop = (np.zeros((len(texts), n + 1), np.int32) for _ in range(2))
    slots, kinds = np.empty((2 * n + 2, 4), np.int64), np.empty(2 * n + 2, np.int64)
    slots = slots[: named_slots(words, np.arange(len(texts)), start, stop, slots, kinds)]
    ranges = np.stack([_ranges(slots, start[t], stop[t]) + words.start[t] for t in range(len(texts))])
    rows = tuple(tuple(_between(data, words, a, b) for a, b in row) for row in ranges.tolist())
    named = {0: OTHER_NAME, NUMBERS: NUMBER_NAME} | dict(enumerate(TYPES, 1))
    parts = tuple(Part("" if k % 2 == 0 else named[int(kinds[k // 2])], rows[0][k]) for k in range(2 * len(slots) + 1))
    keep = [k for k in range(len(parts)) if parts[k].name or any(row[k] for row in rows)]
    return Aligned(tuple(parts[k] for k in keep), tuple(tuple(row[k] for k in keep) for row in rows))


def _ranges(slots: Ints, start: npt.NDArray[np.int32], stop: npt.NDArray[np.int32]) -> Ints:
    """int64[2 s + 1, 2]: the words of one text in each part: constant, slot, constant …"""
    edges = [0]
    for slot in slots:
        edges.extend(int(edge) for edge in filled(slot, start, stop))
    edges.append(int(stop[-1]))
    return np.array([edges[:-1], edges[1:]], np.int64).T


def _between(data: npt.NDArray[np.uint8], words: Words, begin: int, end: int) -> str:
    """The text from one word to before another, as written, white space as one space."""
    if begin == end:
        return ""
    raw = data[words.begin[begin] : words.end[end - 1]].tobytes().decode("utf-8", "replace")
    return " ".join(raw.replace(SEPARATOR, " ").split())
