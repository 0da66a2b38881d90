"""Kernels of :mod:`clew.match.template_view`: which words of a family are constant, and its text with slots."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import kernel, kernel_step, making_kernel, making_step
from clew.match._tokens import MOST_WORDS, NUMBER, align

# A word is constant where more than 70 in 100 of the members have it; a place between two words is a slot where
# at least 30 in 100 put something in.
_SHARE = 30
_EXAMPLES = 5
_EXAMPLE_BYTES = 80
_SLOT_BYTES = 120 + _EXAMPLES * (2 * _EXAMPLE_BYTES + 4)  # most that one slot takes in the JSON
NUMBERS = 254  # kind of a slot that numbers of no known type fill


@making_step
def agreement(words, texts, start, stop):  # type: ignore[no-untyped-def]
    """Align the members of a family with the first of them.

    Args:
        words: of all texts.
        texts: int64[k], the texts of the members, the medoid first.
        start, stop: int32[k, n + 1], written; see `align`.

    Returns:
        bool[n], which words vary; bool[n + 1], where words are put in, before each and at the end.
    """
    a = texts[0]
    a0 = words.start[a]
    n = words.start[a + 1] - a0
    k = texts.shape[0]
    other = np.zeros(n, np.int64)
    put_in = np.zeros(n + 1, np.int64)
    for t in range(k):
        align(words, a, texts[t], start[t], stop[t])
        b0 = words.start[texts[t]]
        behind = 0
        for j in range(n + 1):
            put_in[j] += start[t, j] > behind
            behind = stop[t, j]
            if j < n:
                same = stop[t, j] > start[t, j] and words.value[b0 + start[t, j]] == words.value[a0 + j]
                other[j] += not same
    return other * 100 >= _SHARE * k, put_in * 100 >= _SHARE * k


@kernel_step
def _set(slot, first, end, before, after):  # type: ignore[no-untyped-def]
    slot[0], slot[1], slot[2], slot[3] = first, end, before, after


@kernel_step
def slots_of(kind, varies, put_in, slots):  # type: ignore[no-untyped-def]
    """Cut what varies into slots: a mention is one by itself, other words are joined.

    Args:
        kind: uint8[n], of the medoid's words.
        varies, put_in: see `agreement`.
        slots: int64[2 n + 2, 4], written: first word, word after the last, whether what is put in before and after
            belongs to it.

    Returns:
        How many.
    """
    n = kind.shape[0]
    count = 0
    j = 0
    taken = False  # what is put in before word j belongs to the slot before
    while j <= n:
        before = put_in[j] and not taken
        taken = False
        if j < n and varies[j] and kind[j] == 0:
            end = j + 1
            while end < n and varies[end] and kind[end] == 0:
                end += 1
            taken = put_in[end]
            _set(slots[count], j, end, before, taken)
            count += 1
            j = end
            continue
        if before:
            _set(slots[count], j, j, True, False)
            count += 1
        if j < n and varies[j]:
            _set(slots[count], j, j + 1, False, False)
            count += 1
        j += 1
    return count


@kernel
def filled(slot, start, stop):  # type: ignore[no-untyped-def]
    """The words of a member that fill a slot, as a range counted from its first.

    Args:
        slot: int64[4], see `slots_of`.
        start, stop: int32[n + 1], its alignment.
    """
    first, end = slot[0], slot[1]
    low = start[first]
    if slot[2]:
        low = stop[first - 1] if first else 0
    if end == first:
        return low, start[first]
    return low, start[end] if slot[3] else stop[end - 1]


@kernel_step
def _copy(data, begin, end, out, at, quote):  # type: ignore[no-untyped-def]
    """Write text with runs of white space as one space, the end of the title as a line end; gives where it ended."""
    for i in range(begin, end):
        b = data[i]
        if b <= 0x20 or b == 0x7F:
            if b == 0x1E and not quote:
                if at and out[at - 1] == 0x20:
                    at -= 1
                out[at] = 0x0A
                at += 1
            elif at and out[at - 1] != 0x20 and out[at - 1] != 0x0A and not (quote and out[at - 1] == 0x22):
                out[at] = 0x20
                at += 1
            continue
        if quote and (b == 0x22 or b == 0x5C):
            out[at] = 0x5C
            at += 1
        out[at] = b
        at += 1
    return at


@kernel_step
def _put(out, at, piece):  # type: ignore[no-untyped-def]
    for b in piece:
        out[at] = b
        at += 1
    return at


@kernel_step
def _put_number(out, at, number):  # type: ignore[no-untyped-def]
    size = 1
    while 10**size <= number:
        size += 1
    for place in range(size - 1, -1, -1):
        out[at] = 0x30 + number // 10**place % 10
        at += 1
    return at


@making_step
def values(words, texts, slot, start, stop, low, high, value):  # type: ignore[no-untyped-def]
    """What fills a slot in each member: ranges of words, and a hash of each (0: nothing). Gives the kind of most."""
    votes = np.zeros(256, np.int64)
    some = 0
    for t in range(texts.shape[0]):
        a, b = filled(slot, start[t], stop[t])
        base = words.start[texts[t]]
        low[t], high[t] = base + a, base + b
        h = np.uint64(0)
        numbers = b > a
        for k in range(base + a, base + b):
            h = (h * np.uint64(0x9E3779B97F4A7C15)) ^ words.value[k]
            numbers &= words.key[k] == NUMBER
        value[t] = h if b > a else np.uint64(0)
        some += b > a
        if numbers:
            votes[NUMBERS] += 1
        elif b == a + 1:
            votes[words.kind[base + a]] += 1
    best = int(np.argmax(votes[1:])) + 1
    return best if some and 2 * votes[best] >= some else 0


@making_kernel
def named_slots(words, texts, start, stop, slots, kinds):  # type: ignore[no-untyped-def]
    """The slots of an aligned family, and what fills each; with nothing constant between them, other words are one.

    Args:
        words: of all texts.
        texts: int64[k], the texts of the members, the medoid first.
        start, stop: int32[k, n + 1], written; see `align`.
        slots: int64[2 n + 2, 4], written; see `slots_of`.
        kinds: int64[2 n + 2], written; see `values`.

    Returns:
        How many.
    """
    k = texts.shape[0]
    varies, put_in = agreement(words, texts, start, stop)
    a0 = words.start[texts[0]]
    count = slots_of(words.kind[a0 : a0 + varies.shape[0]], varies, put_in, slots)
    low, high, value = np.empty(k, np.int64), np.empty(k, np.int64), np.empty(k, np.uint64)
    kept = 0
    open_to_join = False
    for s in range(count):
        kind = values(words, texts, slots[s], start, stop, low, high, value)
        other = kind == 0 or kind == NUMBERS
        if open_to_join and other and slots[kept - 1, 1] == slots[s, 0]:
            slots[kept - 1, 1], slots[kept - 1, 3] = slots[s, 1], slots[s, 3]
            kinds[kept - 1] = values(words, texts, slots[kept - 1], start, stop, low, high, value)
        else:
            slots[kept], kinds[kept] = slots[s], kind
            kept += 1
        open_to_join = other
    return kept


@making_step
def _put_slot(data, words, low, high, value, name, out, at):  # type: ignore[no-untyped-def]
    """Write one slot as JSON: name, number of distinct values, examples."""
    at = _put(out, at, b'{"name":"')
    at = _put(out, at, name)
    at = _put(out, at, b'","distinct":')
    distinct = 0
    new = np.zeros(low.shape[0], np.bool_)
    for t in range(low.shape[0]):
        new[t] = value[t] != 0
        for s in range(t):
            new[t] &= value[s] != value[t]
        distinct += new[t]
    at = _put_number(out, at, distinct)
    at = _put(out, at, b',"examples":[')
    shown = 0
    for t in range(low.shape[0]):
        if not new[t] or shown == _EXAMPLES:
            continue
        if shown:
            at = _put(out, at, b",")
        at = _put(out, at, b'"')
        begin, end = words.begin[low[t]], words.end[high[t] - 1]
        if end - begin > _EXAMPLE_BYTES:
            end = begin + _EXAMPLE_BYTES
            while data[end] & 0xC0 == 0x80:
                end -= 1
        at = _copy(data, begin, end, out, at, True)
        at = _put(out, at, b'"')
        shown += 1
    return _put(out, at, b"]}")


@kernel_step
def _put_mark(data, words, a0, slot, name, copied, out, home, at):  # type: ignore[no-untyped-def]
    """Write the medoid's text up to a slot and the slot's mark; gives what is read and written now."""
    here, after = slot[0], slot[1]
    if after > here:
        at = home + _copy(data, copied, words.begin[a0 + here], out[home:], at - home, False)
        copied = words.end[a0 + after - 1]
    elif here > 0:
        done = max(copied, words.end[a0 + here - 1])
        at = home + _copy(data, copied, done, out[home:], at - home, False)
        copied = done
    if at > home and here == after and out[at - 1] != 0x20:
        at = _put(out, at, b" ")
    at = _put(out, at, b"{")
    at = _put(out, at, name)
    at = _put(out, at, b"}")
    if here == after == 0:
        at = _put(out, at, b" ")
    return copied, at


@making_kernel
def write_families(data, offsets, words, first, names, name_start, begin, text, text_end, json, json_end):  # type: ignore[no-untyped-def]
    """Write the text and the slots of families, until the room might not hold one more.

    Args:
        data, offsets: the texts, by family, the medoid first.
        words: their words.
        first: int64[f + 1], the first text of each family.
        names, name_start: bytes of the names of slots: of other words, then of each type, then of numbers.
        begin: the first family to write.
        text, json: uint8, written.
        text_end, json_end: int64[f], written.

    Returns:
        The family to go on with.
    """
    t_at = j_at = 0
    for f in range(begin, first.shape[0] - 1):
        texts = np.arange(first[f], first[f + 1])
        a, k = texts[0], texts.shape[0]
        a0, n = words.start[a], words.start[a + 1] - words.start[a]
        size = offsets[a + 1] - offsets[a]
        if t_at + size + 24 * (2 * n + 2) > text.shape[0] or j_at + _SLOT_BYTES * (2 * n + 2) > json.shape[0]:
            return f
        start, stop = np.empty((k, n + 1), np.int32), np.empty((k, n + 1), np.int32)
        slots, kinds = np.empty((2 * n + 2, 4), np.int64), np.empty(2 * n + 2, np.int64)
        count = named_slots(words, texts, start, stop, slots, kinds)
        low, high, value = np.empty(k, np.int64), np.empty(k, np.int64), np.empty(k, np.uint64)
        home = t_at
        j_at = _put(json, j_at, b"[")
        at = offsets[a]  # bytes of the medoid written so far
        if size and data[at] == 0x1E:
            at += 1  # no title
        for s in range(count):
            values(words, texts, slots[s], start, stop, low, high, value)
            kind = name_start.shape[0] - 2 if kinds[s] == NUMBERS else kinds[s]
            name = names[name_start[kind] : name_start[kind + 1]]
            at, t_at = _put_mark(data, words, a0, slots[s], name, at, text, home, t_at)
            if s:
                j_at = _put(json, j_at, b",")
            j_at = _put_slot(data, words, low, high, value, name, json, j_at)
        whole = n < MOST_WORDS
        stop_at = offsets[a + 1] if whole or n == 0 else max(at, words.end[a0 + n - 1])
        t_at = home + _copy(data, at, stop_at, text[home:], t_at - home, False)
        while t_at > home and (text[t_at - 1] == 0x20 or text[t_at - 1] == 0x0A):
            t_at -= 1
        j_at = _put(json, j_at, b"]")
        text_end[f], json_end[f] = t_at, j_at
    return first.shape[0] - 1
