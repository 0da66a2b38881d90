"""What a learnt reader adds to the rules: points for or against a sense, from the words and classes of a message.

Rules find what their authors thought of. The reader has seen many ways to say each sense, and many ordinary messages
that sound alike, in all languages (`benchmarks.reader` trains it), and gives each word, each four neighbouring letters
of one, pair of neighbouring words, class and pair of near classes a weight. The sum is a number of points, which count
like weights of rules: together they must come to 1. So the reader finds wordings that no rule has, and holds back a
rule where the rest of the message is ordinary. What it proposes is marked from the first to the last word that spoke
for it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._never import never_learned_words
from clew.extract._starts import SEED, SINGLE, SYLLABLE, mix, symbol_class
from clew.extract.base import Ints, batch_of_texts
from clew.ingest.kernels import kernel, kernel_step, making_kernel, making_step

STEM = 5  # letters of the beginning of a word that are a feature of their own
PIECE = 4  # neighbouring letters of a word that are one, so that endings and inflected forms are known
_LONGEST = 24  # letters of a word that are looked at
NEAR = 4  # words between two classes that are a pair
SPAN = 40  # words that are read together; a longer message is read in parts
LEAST = 32  # known features from which on a message is judged in full: a few known words say little
# What is said beside other things in one message is not to be missed.
GRAVE = ("threat-family", "threat-publish", "threat-harm", "confinement", "documents-held")
HELD_BACK = -1.0  # log-odds to which the reader may hold back what rules find of these: a hint, if nothing is likelier
WHOLE, BEGINS = 0, 1  # what is never learnt: a word, or all that begin so
_MOST = 2048  # features of a part
_FILE = "learnt.npz"


class Reader(NamedTuple):
    """The weights as the kernel reads them; without any weight nothing is read.

    Attributes:
        slots: uint32[2**k, 2], a hash table of features, each with its row in `weight`; 0 is free.
        weight: int8[features, senses].
        scale: of the weights.
        gain, shift: float32[senses]; points are ``gain * z + shift``, z the sum of weights by the root of their number.
        sense: int64[senses], the sense of the extractor that each column stands for.
        grave: bool[senses], of `GRAVE`.
        kind: uint8[65536], what each symbol is to a word.
        never: uint64[2**k, 2], a hash table of words that are never learnt: `WHOLE` or `BEGINS`.
    """

    slots: npt.NDArray[np.uint32]
    weight: npt.NDArray[np.int8]
    scale: float
    gain: npt.NDArray[np.float32]
    shift: npt.NDArray[np.float32]
    sense: Ints
    grave: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.uint8]
    never: npt.NDArray[np.uint64]


class Scratch(NamedTuple):
    """Room for the features of one part of a message."""

    id: npt.NDArray[np.uint32]
    first: Ints  # index of the first word of each, and of the one after its last
    after: Ints
    row: Ints  # in `Reader.weight`; -1 where it is not known or was there before
    seen: npt.NDArray[np.int32]  # per row of the weights, the part in which it was last seen
    sum: npt.NDArray[np.int32]
    z: npt.NDArray[np.float32]
    said: npt.NDArray[np.float64]  # per word of the part, what it said for one sense


def scratch(reader: Reader) -> Scratch:
    """Room to read with."""
    features, senses = reader.weight.shape
    return Scratch(
        np.empty(_MOST, np.uint32),
        np.empty(_MOST, np.int64),
        np.empty(_MOST, np.int64),
        np.empty(_MOST, np.int64),
        np.zeros(features + 1, np.int32),
        np.empty(senses, np.int32),
        np.empty(senses, np.float32),
        np.empty(_MOST, np.float64),
    )


@kernel_step
def _mixed(a, b):  # type: ignore[no-untyped-def]
    h = (a + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(32)
    h = (h ^ b) * np.uint64(0xD6E8FEB86659FD93)
    return h ^ (h >> np.uint64(29))


@kernel_step
def _put(room, k, h, kind, first, after):  # type: ignore[no-untyped-def]
    if k < room.id.shape[0]:
        h = _mixed(h, np.uint64(kind))
        room.id[k] = np.uint32(h >> np.uint64(32)) | np.uint32(1)
        room.first[k], room.after[k] = first, after
        k += 1
    return k


@kernel_step
def _row(slots, key):  # type: ignore[no-untyped-def]
    """What a hash table (`_table`) holds for a key, or -1."""
    last = np.uint64(slots.shape[0] - 1)
    place = (np.uint64(key) >> np.uint64(1)) & last
    while slots[place, 0] != 0:
        if slots[place, 0] == key:
            return np.int64(slots[place, 1])
        place = (place + np.uint64(1)) & last
    return np.int64(-1)


@kernel_step
def _pieces(sym, i, n, w, room, k):  # type: ignore[no-untyped-def]
    """Each `PIECE` of the n letters from i, its begin and its end among them."""
    for piece in range(-1, n + 2 - PIECE):
        h = np.uint64(0)
        for j in range(piece, piece + PIECE):
            h = _mixed(h, np.uint64(sym[i + j]) if 0 <= j < n else np.uint64(0))
        k = _put(room, k, h, 7, w, w + 1)
    return k


@kernel
def word_features(sym, stop, at, hashes, reader, a, b, room):  # type: ignore[no-untyped-def]
    """The features of the words from a to b: each word, its beginning and pieces, and beginnings of neighbours.

    Args:
        sym, stop: the text, and where it ends.
        at, hashes: `Starts`.
        reader: gives the kinds of symbols, and the words of which there are no pieces, which other words have, too.
        a, b: words.
        room: to be filled.

    Returns:
        How many there are.
    """
    kind, k, before, earlier = reader.kind, 0, np.uint64(1), np.uint64(1)
    for w in range(a, b):
        i, h = np.int64(at[w]), hashes[w]
        single = kind[sym[i]] == SINGLE or kind[sym[i]] == SYLLABLE
        begin, run, n, listed = np.uint64(0), SEED, 0, False
        if 48 <= sym[i] <= 57:
            h = begin = np.uint64(7)  # figures are alike
        elif single:
            begin = h
        else:
            while i < stop and n < _LONGEST and kind[sym[i]] == kind[sym[np.int64(at[w])]]:
                if n < STEM:
                    begin = _mixed(begin, np.uint64(sym[i]))
                n, run, i = n + 1, mix(run, sym[i]), i + 1
                listed |= _row(reader.never, run) == BEGINS
            if n >= PIECE and not listed and _row(reader.never, hashes[w]) < 0:
                k = _pieces(sym, i - n, n, w, room, k)
        k = _put(room, k, h, 1, w, w + 1)
        if n > STEM:
            k = _put(room, k, begin, 2, w, w + 1)
        k = _put(room, k, _mixed(before, begin), 3, max(w - 1, a), w + 1)
        if single:
            k = _put(room, k, _mixed(earlier, _mixed(before, begin)), 4, max(w - 2, a), w + 1)
        earlier, before = before, begin
    return k


@kernel_step
def _pairs(bits, first, after, n, i, x, b, room, k):  # type: ignore[no-untyped-def]
    """The pairs of class x of hit i with classes of the hits soon after it."""
    for j in range(i + 1, n):
        if first[j] - after[i] > NEAR or first[j] >= b:
            break
        if first[j] < after[i]:
            continue
        for part in range(bits.shape[1]):
            left, y = bits[j, part], 64 * part
            while left:
                if left & np.uint64(1):
                    k = _put(room, k, _mixed(np.uint64(x), np.uint64(y)), 6, first[i], after[j])
                left >>= np.uint64(1)
                y += 1
    return k


@kernel_step
def class_features(bits, first, after, n, a, b, room, k):  # type: ignore[no-untyped-def]
    """The classes of the hits that begin among the words from a to b, and pairs of classes near each other, in order.

    Args:
        bits, first, after: the classes and words of the hits of one language, n of them.
        a, b: words.
        room: to be filled, from ``k`` on.

    Returns:
        How many features there are now.
    """
    for i in range(n):
        if not a <= first[i] < b:
            continue
        for part in range(bits.shape[1]):
            left, x = bits[i, part], 64 * part
            while left:
                if left & np.uint64(1):
                    k = _put(room, k, np.uint64(x), 5, first[i], after[i])
                    k = _pairs(bits, first, after, n, i, x, b, room, k)
                left >>= np.uint64(1)
                x += 1
    return k


@kernel
def weigh(reader, room, k, stamp):  # type: ignore[no-untyped-def]
    """Fill ``room.z`` with what the first k features say together; each counts once."""
    room.sum[:] = 0
    known = 0
    for f in range(k):
        room.row[f] = -1
        row = _row(reader.slots, room.id[f])
        if row >= 0 and room.seen[row] != stamp:
            room.seen[row], room.row[f] = stamp, row
            known += 1
            for s in range(room.sum.shape[0]):
                room.sum[s] += reader.weight[row, s]
    share = np.float32(reader.scale / np.sqrt(max(known, LEAST)))
    for s in range(room.z.shape[0]):
        room.z[s] = reader.gain[s] * share * room.sum[s] + reader.shift[s]


@making_step
def says_several(reader, rows, weights, k, total):  # type: ignore[no-untyped-def]
    """Whether rules find three senses or more in a message, a threat among them: then nothing of it is held back.

    A message that says several things at once is unlike those that the reader was trained on, and ordinary ones hardly
    ever do.

    Args:
        reader: the weights.
        rows, weights, k: the matches of rules.
        total: float64[senses of the extractor], all 0, as they are again afterwards.
    """
    for o in range(k):
        total[rows[o, 2]] += weights[o]
    threat = False
    for s in range(reader.sense.shape[0]):
        threat |= reader.grave[s] and total[reader.sense[s]] >= 0.999
    found = (total >= 0.999).sum()
    total[:] = 0
    return threat and found >= 3


@kernel_step
def speaking(reader, room, k, s, a, b):  # type: ignore[no-untyped-def]
    """The words from a to b that speak for a sense: the run whose sum is greatest."""
    room.said[: b - a] = 0
    for f in range(k):
        if room.row[f] >= 0:
            share = reader.weight[room.row[f], s] / max(room.after[f] - room.first[f], 1)
            for w in range(room.first[f], min(room.after[f], b)):
                room.said[w - a] += share
    best, begin, end, total, start = 0.0, a, b, 0.0, a
    for w in range(a, b):
        if total <= 0:
            total, start = 0.0, w
        total += room.said[w - a]
        if total > best:
            best, begin, end = total, start, w + 1
    return begin, end


@cache
def reader(senses: tuple[str, ...]) -> Reader:
    """The weights that come with Clew.

    Args:
        senses: of the extractor, in order.
    """
    file = resources.files("clew.extract") / "data" / "learnt" / _FILE
    with file.open("rb") as held, np.load(held, allow_pickle=False) as arrays:
        known = np.array([senses.index(str(name)) for name in arrays["senses"]], np.int64)
        keys, weight, scale, gain, shift = (arrays[name] for name in ("keys", "weight", "scale", "gain", "shift"))
        grave = np.isin(arrays["senses"], GRAVE)
        return build(keys, weight, scale, gain, shift, known, grave)


def build(keys: Any, weight: Any, scale: Any, gain: Any, shift: Any, sense: Ints, grave: Any) -> Reader:
    """A reader from its features (uint32, sorted) and weights."""
    slots = _table(np.asarray(keys, np.uint32), np.arange(len(keys)), _size(len(keys)))
    weight = np.ascontiguousarray(weight, np.int8)
    gain, shift = (np.asarray(each, np.float32) for each in (gain, shift))
    grave = np.asarray(grave, np.bool_)
    return Reader(slots, weight, float(scale), gain, shift, sense, grave, symbol_class(), _never())


@cache
def _never() -> npt.NDArray[np.uint64]:
    """The words that are never learnt, for `Reader.never`."""
    whole, beginnings = (batch_of_texts(words).words.hash for words in never_learned_words())
    whole = np.setdiff1d(whole, beginnings)
    keys = np.concatenate((whole, np.unique(beginnings)))
    slots: npt.NDArray[np.uint64] = _table(
        keys, np.where(np.arange(len(keys)) < len(whole), WHOLE, BEGINS), _size(len(keys))
    )
    return slots


def _size(count: int) -> int:
    """Of a hash table."""
    return 1 << max((2 * count).bit_length(), 4)


@cache
def none() -> Reader:
    """A reader that says nothing."""
    nothing = np.zeros(0)
    return build(nothing, np.zeros((0, 1)), 1.0, nothing, nothing, np.zeros(0, np.int64), nothing)


@making_kernel
def _table(keys, rows, size):  # type: ignore[no-untyped-def]
    """keys.dtype[size, 2], a hash table of distinct keys, each with its row; 0 is free."""
    slots, last = np.zeros((size, 2), keys.dtype), np.uint64(size - 1)
    for k in range(keys.shape[0]):
        place = (np.uint64(keys[k]) >> np.uint64(1)) & last
        while slots[place, 0] != 0:
            place = (place + np.uint64(1)) & last
        slots[place, 0], slots[place, 1] = keys[k], rows[k]
    return slots
