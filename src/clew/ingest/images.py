"""Columns of pictures: paths, addresses or hashes, as a list however the source wrote them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.buffers import text_buffers
from clew.ingest.kernels import copy_letters, kernel

_KEYS = ("url", "src", "path", "href", "file", "filename", "name", "hash")
_EMPTY = pa.array(["", "[]", '[""]'])
MAX_IMAGES = 1_000


def as_image_lists(texts: pa.Array) -> pa.Array:
    """Lists of strings from JSON lists or from names separated by blanks, commas, bars or semicolons; null for none."""
    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.is_in(texts, _EMPTY), None, texts)
    ends, letters, valid = text_buffers(texts)
    # A list of texts takes at least three bytes a text, and is null where there is none.
    room = int(ends[-1] - ends[0]) // 3 + 1
    counts = np.zeros(len(texts) + 1, np.int32)
    starts, stops = np.empty(room, np.int32), np.empty(room, np.int32)
    found = _plain_lists(ends, letters, valid, counts, starts, stops)
    plain, other = counts[1:] > 0, counts[1:] < 0
    np.maximum(counts, 0, out=counts)
    sizes = stops[:found] - starts[:found]
    offsets = np.concatenate(([0], np.cumsum(sizes, dtype=np.int32))).astype(np.int32)
    joined = pa.allocate_buffer(int(offsets[-1]))
    _gather(letters, starts[:found], offsets, np.frombuffer(joined, np.uint8))
    names = pa.StringArray.from_buffers(found, pa.py_buffer(offsets), joined)
    mask = None if plain.all() else pa.array(~plain)
    lists = pa.ListArray.from_arrays(pa.array(np.cumsum(counts, dtype=np.int32)), names, mask=mask)
    if not pc.all(pc.or_(pc.is_null(texts), pa.array(plain)), min_count=0).as_py():
        text = pc.if_else(pa.array(plain | other), None, _trimmed(texts))
        lists = pc.if_else(pa.array(plain), lists, pc.split_pattern_regex(text, r"[\s,|;]+"))
    if other.any() or _hostile(lists):
        lists = _by_hand(lists, texts, pa.array(other))
    if pc.any(pc.equal(pc.list_value_length(lists), 0), min_count=0).as_py():
        lists = pc.if_else(pc.fill_null(pc.equal(pc.list_value_length(lists), 0), True), None, lists)
    return lists


@kernel
def _plain_lists(
    ends: npt.NDArray[np.int32],
    letters: npt.NDArray[np.uint8],
    valid: npt.NDArray[np.bool_],
    counts: npt.NDArray[np.int32],
    starts: npt.NDArray[np.int32],
    stops: npt.NDArray[np.int32],
) -> int:
    """Find the texts in JSON lists of non-empty texts without escapes.

    Fills ``starts`` and ``stops`` and gives how many there are; ``counts[n + 1]`` becomes how many row ``n`` has, 0 if
    it is no JSON, -1 if it is some other JSON.
    """
    total = 0
    for n in range(len(counts) - 1):
        i, end, first = ends[n], ends[n + 1], total
        if not valid[n] or i == end or (letters[i] != 91 and letters[i] != 123 and letters[i] != 34):
            continue
        good = letters[i] == 91 and letters[end - 1] == 93
        i += 1
        while good and i < end - 1:
            while letters[i] == 32:
                i += 1
            start = i + 1
            i = start
            good = letters[start - 1] == 34
            while good and i < end and letters[i] != 34:
                good = letters[i] != 92
                i += 1
            good = good and start < i < end - 1
            if good:
                starts[total], stops[total] = start, i
                total += 1
                i += 1
                good = letters[i] == 44 or i == end - 1
                i += 1
                good = good and (letters[i - 1] == 93 or i < end - 1)
        good = good and total > first
        total = total if good else first
        counts[n + 1] = total - first if good else -1
    return total


@kernel
def _gather(letters, starts, offsets, joined):  # type: ignore[no-untyped-def]
    """Put the pieces of a text that begin at ``starts`` one after the other."""
    for n in range(len(starts)):
        size = np.int64(offsets[n + 1]) - offsets[n]
        copy_letters(joined, np.int64(offsets[n]), letters, np.int64(starts[n]), size)


def _trimmed(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim(texts, " \t\r\n,|;")


def _hostile(lists: pa.Array) -> bool:
    return (pc.max(pc.list_value_length(lists)).as_py() or 0) > MAX_IMAGES


def _by_hand(lists: pa.Array, texts: pa.Array, other: pa.Array) -> pa.Array:
    """Rows that need a JSON parser, one by one, and no list longer than 1,000."""
    rows = zip(lists.to_pylist(), texts.to_pylist(), other.to_pylist(), strict=True)
    found = [_parse(text) if by_hand and text else names for names, text, by_hand in rows]
    return pa.array([names[:MAX_IMAGES] if names else None for names in found], pa.list_(pa.string()))


def _parse(text: str) -> list[str]:
    """Names in any JSON: texts, or objects that hold one under a usual key; the text itself if it is no JSON."""
    try:
        value = orjson.loads(text)
    except ValueError:
        return [text[:10_000]]
    names = list[str]()
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            part = next((part[key] for key in _KEYS if isinstance(part.get(key), str)), None)
        if isinstance(part, str) and part.strip():
            names.append(part.strip())
    return names
