"""Kernel of :mod:`clew.match.signature`: from the symbols of a text to band keys and a bitmap."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from clew.extract._load import load8
from clew.extract.fold import OTHER
from clew.ingest.kernels import copy_letters, kernel_step, making_kernel, making_step
from clew.match._machine import ones

BINS = 32
BANDS = 16
WORDS = 16  # 64-bit words of a bitmap
LISTED = 255  # the level of texts so short that the bitmap's place holds their shingles themselves
LIST = 32  # how many of them have room
CROWDED = 512  # bits set above which a bitmap says too little: the shingles are sampled one level more
SHORT = 24  # shingles up to which a text gets 32 independent hashes
FEW = 6  # texts with fewer shingles than this have to agree in their numbers as well

GAP, LETTER, DIGIT, ALONE = 0, 1, 2, 4
WORD = LETTER | DIGIT

# Scripts written without spaces: each character is a word.
_UNSPACED = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Japanese kana
    (0x3400, 0x9FFF),  # Chinese
    (0xF900, 0xFAFF),
)
_NUMBER = np.uint64(0x9B1F3C5D7E2A4867)  # stands for any run of words with digits
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xFF51AFD7ED558CCD)
_M2 = np.uint64(0xC4CEB9FE1A85EC53)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
# _LEFT[8 + n]: what keeps the first n of four symbols that were read as one number (all for more, none below 0).
_LEFT = np.array([(1 << 16 * min(max(n, 0), 4)) - 1 for n in range(-8, 13)], np.uint64)


@cache
def symbol_classes() -> npt.NDArray[np.uint8]:
    """uint8[65536]: what each folded symbol does to a word. Emoji and punctuation part words and say nothing more."""
    classes = np.zeros(0x10000, np.uint8)
    for point in range(0x10000):
        category = unicodedata.category(chr(point))
        if category[0] in "LM":
            classes[point] = LETTER
        elif category[0] == "N":
            classes[point] = DIGIT
    for low, high in _UNSPACED:
        classes[low : high + 1] = np.where(classes[low : high + 1] == LETTER, ALONE, classes[low : high + 1])
    classes[OTHER] = ALONE
    return classes


@kernel_step
def mix(h):  # type: ignore[no-untyped-def]
    """Spread a 64-bit number over all its bits (MurmurHash3's last step)."""
    h = (h ^ (h >> np.uint64(33))) * _M1
    h = (h ^ (h >> np.uint64(33))) * _M2
    return h ^ (h >> np.uint64(33))


@kernel_step
def _hash(text, at, size):  # type: ignore[no-untyped-def]
    """A hash of a word, four symbols at a time; the first twelve without branches: lengths cannot be foretold.

    Twelve symbols from ``at`` on must be there to be read, whatever they are.
    """
    four = np.uint64(4)
    most = min(size, np.uint64(12))
    h = (load8(text, at) & _LEFT[most + np.uint64(8)]) * _PRIME
    h = ((h ^ (h >> np.uint64(32))) + (load8(text, at + four) & _LEFT[most + four])) * _M1
    h = ((h ^ (h >> np.uint64(32))) + (load8(text, at + np.uint64(8)) & _LEFT[most])) * _PRIME
    done = np.uint64(12)
    while done < size:
        rest = min(size - done, four)
        h = ((h ^ (h >> np.uint64(32))) + (load8(text, at + done) & _LEFT[rest + np.uint64(8)])) * _M1
        done += four
    return h ^ (h >> np.uint64(32))


@kernel_step
def _edges(text, size, classes, out):  # type: ignore[no-untyped-def]
    """Where words begin and end, in turns, each with the number of digits before it in the upper half.

    Written without branches: where words end cannot be foretold, and every wrong guess of the processor costs more
    than the arithmetic of a whole word.

    Returns:
        How many words, or -1 where characters stand alone.
    """
    count = digits = np.uint64(0)
    every = before = np.uint8(0)
    for i in range(size):
        kind = classes[text[i]]
        inside = np.uint8(kind & WORD != 0)
        out[count] = i | (digits << np.uint64(32))
        count += np.uint64(inside ^ before)
        digits += np.uint64(kind & DIGIT != 0)
        every |= kind
        before = inside
    out[count] = size | (digits << np.uint64(32))
    return np.int64(-1) if every & ALONE else np.int64((count + np.uint64(before)) >> np.uint64(1))


@kernel_step
def _words(text, size, classes, out):  # type: ignore[no-untyped-def]
    """Hashes of the words of a text; gives how many, or -1 where characters stand alone."""
    words = _edges(text, size, classes, out)
    low = np.uint64(0xFFFFFFFF)
    for k in range(np.uint64(max(words, 0))):
        begin, end = out[k + k], out[k + k + np.uint64(1)]
        h = _hash(text, begin & low, (end - begin) & low)
        out[k] = _NUMBER if (begin ^ end) > low else h
    return words


@kernel_step
def _words_alone(text, size, classes, literal, out):  # type: ignore[no-untyped-def]
    """As `_words`, for any text. Where numbers count, a long one counts twice: it says who wrote, not what."""
    count = digits = 0
    begin = np.uint64(0)
    kinds = np.uint8(0)
    for i in range(size + np.uint64(1)):
        kind = classes[text[i]] if i < size else np.uint8(GAP)
        if kind & WORD:
            begin = np.uint64(i) if kinds == 0 else begin
            kinds |= kind
            digits += kind == DIGIT
            continue
        if kinds:
            h = _hash(text, begin, i - begin)
            out[count] = _NUMBER if kinds & DIGIT and not literal else h
            count += 1
            if literal and digits > 5:
                out[count] = h
                count += 1
            kinds, digits = np.uint8(0), 0
        if kind == ALONE:
            out[count] = np.uint64(text[i])
            count += 1
    return count


@kernel_step
def _shingles(text, size, classes, literal, out):  # type: ignore[no-untyped-def]
    """Hashes of each two words in a row of a text; gives how many.

    A word with a digit is a number, and a run of numbers is one: so prices, ages and phones, however they are
    grouped, are the same word in all copies of a text. With ``literal`` numbers count as written.
    """
    words = -1 if literal else _words(text, size, classes, out)
    if words < 0:
        words = _words_alone(text, size, classes, literal, out)
    count = 0
    before = np.uint64(0)
    for k in range(words):
        word = out[k]
        again = word == _NUMBER and before == _NUMBER
        if k > 0:
            out[count] = mix(before * _PRIME + word * _M1)
            count += not again
        before = word
    return count


@kernel_step
def _draw(hashes, level, bitmap):  # type: ignore[no-untyped-def]
    """Set the bits of the shingles that a level keeps; gives how many bits are set.

    Bits 0 to 8 of a hash place it within half a bitmap, bit 9 + level says in which half. Level k keeps shingles whose
    bits 9 to 8 + k are 0, so the first half at one level holds the same shingles as both halves at the next.
    """
    bitmap[:] = 0
    skip = (np.uint64(1) << np.uint64(level)) - np.uint64(1)
    for h in hashes:
        if (h >> np.uint64(9)) & skip:
            continue
        at = (h & np.uint64(511)) | (((h >> np.uint64(9 + level)) & np.uint64(1)) << np.uint64(9))
        bitmap[at >> np.uint64(6)] |= np.uint64(1) << (at & np.uint64(63))
    total = np.uint64(0)
    for w in range(WORDS):
        total += ones(bitmap[w])
    return np.int64(total)


@making_step
def _list(hashes, bitmap):  # type: ignore[no-untyped-def]
    """Write the lower 32 bits of distinct shingles, in order, where a bitmap would be; gives whether there is room."""
    small = np.sort((hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32))
    distinct = 0
    for k in range(small.shape[0]):
        if k == 0 or small[k] != small[k - 1]:
            if distinct == LIST:
                return False
            small[distinct] = small[k]
            distinct += 1
    bitmap[:] = _EMPTY
    for k in range(distinct):
        shift = np.uint64(32 * (k & 1))
        bitmap[k // 2] ^= (np.uint64(0xFFFFFFFF) ^ np.uint64(small[k])) << shift
    return True


@kernel_step
def _bands(hashes, least, keys):  # type: ignore[no-untyped-def]
    """Band keys by one-permutation MinHash.

    In short texts an empty bin has a MinHash of its own over all shingles: copies would make the bands depend on a
    few shingles. In others it copies a full one (Shrivastava, "Optimal Densification", 2017).
    """
    least[:] = _EMPTY
    for h in hashes:
        b = h >> np.uint64(59)
        least[b] = min(least[b], h)
    if hashes.shape[0] <= SHORT:
        for b in range(BINS):
            if least[b] == _EMPTY:
                for h in hashes:
                    least[b] = min(least[b], mix(h ^ (np.uint64(b + 1) * _M1)))
    for band in range(BANDS):
        key = np.uint64(band + 1)
        for row in range(2):
            b = np.uint64(2 * band + row)
            attempt = np.uint64(0)
            while least[b] == _EMPTY:
                attempt += np.uint64(1)
                b = mix((np.uint64(2 * band + row) << np.uint64(32)) + attempt) & np.uint64(BINS - 1)
            key = mix(key * _M1 + least[b])
        keys[band] = np.uint32(key & np.uint64(0xFFFFFFFF))


@making_kernel
def sign(sym, start, stop, classes, row, bands, bitmap, level, bits):  # type: ignore[no-untyped-def]
    """Sign texts; gives how many had anything to sign.

    Args:
        sym: uint16[m], folded symbols.
        start, stop: int64[n], where each text lies in them.
        classes: see :func:`symbol_classes`.
        row: int64[n], written: which text each signature is of.
        bands: uint32[n, 16], written.
        bitmap: uint64[n, 16], written.
        level: uint8[n], written: how often the shingles were halved to fit the bitmap.
        bits: int64[n], written: bits set in the bitmap.
    """
    longest = 0
    for t in range(start.shape[0]):
        longest = max(longest, stop[t] - start[t])
    buffer = np.empty(longest + 2, np.uint64)  # `_edges` writes one ahead
    text = np.empty(longest + 16, sym.dtype)  # `_hash` reads on
    least = np.empty(BINS, np.uint64)
    written = 0
    for t in range(start.shape[0]):
        copy_letters(text, 0, sym, start[t], stop[t] - start[t])
        size = np.uint64(stop[t] - start[t])
        count = _shingles(text, size, classes, False, buffer)
        if count < FEW:
            count = _shingles(text, size, classes, True, buffer)
        if count < 2:
            continue
        hashes = buffer[:count]
        depth = 0
        held = _draw(hashes, depth, bitmap[written])
        if held <= LIST and _list(hashes, bitmap[written]):
            depth = LISTED
        while held > CROWDED:
            depth += 1
            held = _draw(hashes, depth, bitmap[written])
        _bands(hashes, least, bands[written])
        row[written], level[written], bits[written] = t, depth, held
        written += 1
    return written
