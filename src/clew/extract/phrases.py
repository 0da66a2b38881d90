"""Find any of many phrases in folded text, in one pass: place names, first names, word lists.

Each word of the text is hashed once; only a word that may begin a phrase is read on, word by word, as long as
some phrase begins so. Every hit is compared with its phrase symbol by symbol, so a hash never decides.
The time is linear in the text, times the words of the longest phrase at worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._room import room
from clew.extract._starts import JOIN, SEED, SINGLE, SPLIT, SYLLABLE, WORD, Starts, head, mix, starts, symbol_class
from clew.extract.fold import OTHER, Folded, fold_table
from clew.ingest.kernels import grown, inner, kernel, kernel_step, making_kernel

Ints = npt.NDArray[np.int64]

_ABBREVIATION = 2  # a dot after so short a word ("St. Gallen") does not end a phrase


@dataclass(frozen=True)
class PhraseHits:
    """Phrases found, in order of place; they overlap only if that was asked for.

    Attributes:
        record: int64[k], the text of the batch.
        begin, end: int64[k], positions in ``Folded.sym``, end exclusive.
        phrase: int32[k], the index of the phrase as given to `Phrases`.
    """

    record: Ints
    begin: Ints
    end: Ints
    phrase: npt.NDArray[np.int32]


# A hash table of phrase beginnings, uint64[a power of two]; 0: empty. The upper half of an entry is that of the hash,
# the lower half one more than the phrase that ends here (0: none), times two, plus one if some phrase goes on from
# here. So small a table mostly stays in the cache. It tells phrases apart by the bits of its size and 32 more: of
# 200,000 phrases two are taken for one once in 50,000 lexicons; what is found is compared anyway.
_Table = npt.NDArray[np.uint64]


class _Marks(NamedTuple):
    """Small tables that mostly say "no phrase begins here" (bitmaps by hash: see `_maybe`)."""

    words: npt.NDArray[np.uint8]  # words that are a phrase, or after which anything may follow
    pairs: npt.NDArray[np.uint8]  # first words, each with how the second begins
    heads: npt.NDArray[np.bool_]  # how stems of one word begin
    stems: npt.NDArray[np.uint8]  # stems


class Spelt(NamedTuple):
    """The phrases as symbols, one space between words, and which are stems."""

    sym: npt.NDArray[np.uint16]
    start: Ints
    stem: npt.NDArray[np.bool_]


@inner
def _maybe(bitmap, h):  # type: ignore[no-untyped-def]
    bit = (h >> np.uint64(32)) & np.uint64(bitmap.shape[0] * 8 - 1)
    return (bitmap[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1


@kernel_step
def _mark(bitmap, h):  # type: ignore[no-untyped-def]
    bit = (h >> np.uint64(32)) & np.uint64(bitmap.shape[0] * 8 - 1)
    bitmap[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))


@inner
def _pair(h, next_head):  # type: ignore[no-untyped-def]
    """The hash of a word (given its own) and how the word after it begins."""
    return mix(mix(h, 0x20), next_head)


@kernel
def _mark_beginnings(canon, classes, marks):  # type: ignore[no-untyped-def]
    sym = canon.sym
    for p in range(canon.start.shape[0] - 1):
        first, last = canon.start[p], canon.start[p + 1]
        h, end = mix(SEED, sym[first]), first + 1
        word = classes[sym[first]] == WORD
        while word and end < last and classes[sym[end]] == WORD:
            h = mix(h, sym[end])
            end += 1
        if word and end == last and canon.stem[p]:
            if end - first < 3:
                marks.heads[:] = True  # it may go on with any letter
            marks.heads[head(sym, np.uint64(first), np.uint64(last), classes)] = True
        elif word and end < last and sym[end] == 0x20 and not (canon.stem[p] and last - end < 4):
            _mark(marks.pairs, _pair(h, head(sym, np.uint64(end + 1), np.uint64(last), classes)))
        else:
            _mark(marks.words, h)


@inner
def _slot(table, h):  # type: ignore[no-untyped-def]
    """Where h is in the table, or where it would go."""
    mask, tag = np.uint64(table.shape[0] - 1), h >> np.uint64(32)
    at = (h ^ tag) & mask
    while table[at] != 0 and table[at] >> np.uint64(32) != tag:
        at = (at + np.uint64(1)) & mask
    return at


@inner
def _entry(table, h):  # type: ignore[no-untyped-def]
    """The phrase that ends with the hash h, or -1, and whether some phrase goes on from here."""
    held = np.int64(table[_slot(table, h)] & np.uint64(0xFFFFFFFF))
    return (held >> 1) - 1, held & 1 != 0


@inner
def _gap(sym, classes, begin, word_end, end):  # type: ignore[no-untyped-def]
    """Where the next word begins if only joining symbols stand between, else -1."""
    i = word_end
    short = word_end - begin <= _ABBREVIATION
    while i < end and (classes[sym[i]] == JOIN or (short and sym[i] == 46)):
        i += 1
    return i if i < end and classes[sym[i]] != SPLIT else -1


@kernel
def _canonical(sym, start, classes, out, out_start):  # type: ignore[no-untyped-def]
    """Copy phrases with anything but words as one space; returns the symbols written."""
    m = 0
    for p in range(start.shape[0] - 1):
        out_start[p] = m
        blank = False
        for i in range(start[p], start[p + 1]):
            c = classes[sym[i]]
            if c in (SPLIT, JOIN):
                blank = m > out_start[p]
                continue
            if blank:
                out[m] = 0x20
                m += 1
                blank = False
            out[m] = sym[i]
            m += 1
    out_start[start.shape[0] - 1] = m
    return m


@kernel_step
def _insert(table, h, phrase, longer):  # type: ignore[no-untyped-def]
    at = _slot(table, h)
    held = np.int64(table[at] & np.uint64(0xFFFFFFFF))
    ends = held >> 1 if held >> 1 > 0 else phrase + 1
    table[at] = (h >> np.uint64(32) << np.uint64(32)) | np.uint64(ends << 1 | held & 1 | np.int64(longer))


@kernel
def _build(canon, classes, table, stems, bitmap):  # type: ignore[no-untyped-def]
    """Enter every beginning of every phrase that ends with a word."""
    for p in range(canon.start.shape[0] - 1):
        h = SEED
        last = canon.start[p + 1] - 1
        for i in range(canon.start[p], last + 1):
            h = mix(h, canon.sym[i])
            if i == last:
                if canon.stem[p]:
                    _insert(stems, h, p, False)
                    _mark(bitmap, h)
                else:
                    _insert(table, h, p, False)
            elif canon.sym[i] != 0x20 and (classes[canon.sym[i]] != WORD or classes[canon.sym[i + 1]] != WORD):
                _insert(table, h, -1, True)


@inner
def _same(sym, classes, i, end, phrase, k, stop):  # type: ignore[no-untyped-def]
    """Is the text at i the phrase ``phrase[k:stop]``, symbol by symbol?"""
    begin = i
    for at in range(k, stop):
        if phrase[at] == 0x20:
            after = _gap(sym, classes, begin, i, end)
            if after <= i:
                return False
            i = begin = after
        else:
            if i >= end or sym[i] != phrase[at]:
                return False
            i += 1
    return True


# Read into its one caller: handing over so many arrays a word would cost more than reading the word.
@inner
def _longest(sym, classes, first, end, exact, table, stems, bitmap, spelt, spelt_start):  # type: ignore[no-untyped-def]
    """The longest phrase that begins at a word's begin: its index (or -1) and where it ends.

    Only if ``exact`` can the word be a phrase that is no stem, or the first of several words.
    """
    h, i = SEED, first
    best, best_end = np.int64(-1), first
    after = i
    while after >= 0:
        i = begin = after
        stem = np.int64(-1)
        word = classes[sym[i]] == WORD
        while i == begin or (word and i < end and classes[sym[i]] == WORD):
            h = mix(h, sym[i])
            i += 1
            if _maybe(bitmap, h):
                p, _ = _entry(stems, h)
                if p >= 0 and _same(sym, classes, first, end, spelt, spelt_start[p], spelt_start[p + 1]):
                    stem = p
        p, longer = _entry(table, h) if exact else (np.int64(-1), False)
        exact = True
        if p >= 0 and _same(sym, classes, first, end, spelt, spelt_start[p], spelt_start[p + 1]):
            best, best_end = p, i
        elif stem >= 0:
            best, best_end = stem, i
        # a stem's last word has no place in the table, but its earlier words have
        after = _gap(sym, classes, begin, i, end) if longer else -1
        if after > i:
            h = mix(h, 0x20)
    return best, best_end


@kernel
def _candidates(hashes, heads, nexts, marks, has_stems, out):  # type: ignore[no-untyped-def]
    """The words that may begin a phrase, times two, plus one for those that are not only stems."""
    words, pairs, stem_heads = marks.words, marks.pairs, marks.heads
    k = np.uint64(0)
    for w in range(hashes.shape[0]):
        h = hashes[w]
        may = _maybe(words, h) | _maybe(pairs, _pair(h, nexts[w]))
        out[k] = 2 * w + may
        k += np.uint64(may != 0 or (has_stems and stem_heads[heads[w]]))
    return k


@making_kernel
def _scan(sym, start, first, at, chosen, classes, table, stems, bitmap, canon, overlapping):  # type: ignore[no-untyped-def]
    room = max(np.int64(1024), np.int64(chosen.shape[0] // 2))
    record, begin, stop = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    phrase = np.empty(room, np.int32)
    # taken out of their tuple here, once: in a loop that would cost more than looking at them
    spelt, spelt_start = canon.sym, canon.start
    c, k, free = 0, 0, np.int64(0)
    for r in range(start.shape[0] - 1):
        end = start[r + 1]
        if k + end - start[r] > room:  # seen to once a text: in the loop over words it would cost as much as they do
            room = 2 * (k + end - start[r])
            record, begin, stop = grown(record, room), grown(begin, room), grown(stop, room)
            phrase = grown(phrase, room)
        while c < chosen.shape[0] and chosen[c] >> 1 < first[r + 1]:
            i, exact = np.int64(at[chosen[c] >> 1]), chosen[c] & 1 != 0
            c += 1
            while i >= free:
                found, found_end = _longest(sym, classes, i, end, exact, table, stems, bitmap, spelt, spelt_start)
                if found < 0:
                    break
                record[k], begin[k], stop[k], phrase[k] = r, i, found_end, found
                k += 1
                if overlapping:
                    break
                free = found_end
                if free < end and classes[sym[free]] == SYLLABLE and classes[sym[free - 1]] == SYLLABLE:
                    i, exact = free, True  # a phrase that ends inside a run of syllables: another may follow
    return record[:k], begin[:k], stop[:k], phrase[:k]


def _empty_table(entries: int) -> _Table:
    """Room for some entries: two thirds full at most."""
    return np.zeros(1 if entries == 0 else 1 << (3 * entries // 2).bit_length(), np.uint64)


def _empty_marks(entries: int, stem_entries: int) -> _Marks:
    """Room for some entries: 16 to 32 bits of a bitmap each."""
    sizes = (max(8, 1 << (2 * n).bit_length()) for n in (entries, entries, stem_entries))
    words, pairs, stems = (np.zeros(size, np.uint8) for size in sizes)
    return _Marks(words, pairs, np.zeros(1 << 15, np.bool_), stems)


def fold_all(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint16], Ints]:
    """Fold many short strings as `fold.fold_text` does: symbols, and where each begins (int64[n + 1])."""
    table = fold_table()
    points = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
    sym = np.where(points < len(table), table[np.minimum(points, len(table) - 1)], np.uint16(OTHER))
    kept = sym != 0
    read = np.concatenate(([0], np.cumsum(kept)))
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    return sym[kept], read[np.concatenate(([0], np.cumsum(lengths)))]


def _classes(joining: str) -> npt.NDArray[np.uint8]:
    """What each symbol is to a phrase, with more signs that may stand between words."""
    classes = symbol_class().copy()
    classes[[ord(c) for c in joining]] = JOIN
    return classes


class Phrases:
    """A set of phrases to look for.

    A phrase is a sequence of words: letters and digits of any script, after folding. Between its words the
    text may have any run of white space, hyphens and apostrophes. Words end where letters and digits end,
    except in scripts written without spaces. Of phrases that fold to the same words the first is reported.

    Args:
        phrases: in any case and with or without accents; a phrase's index is its payload.
        stem: bool for each phrase; the last word of a stem phrase also matches any word that begins so (the
            hit spans the whole word). A phrase that is no stem wins over a stem of the same length.
        joining: signs that may stand between words too, like a hyphen.

    Attributes:
        spelt: the phrases, to be kept where folding them each time would take too long (`of`).

    Raises:
        ValueError: a phrase has no word.
    """

    def __init__(self, phrases: Sequence[str], stem: Sequence[bool] | None = None, joining: str = "") -> None:
        sym, start = fold_all(phrases)
        classes = _classes(joining)
        out, out_start = np.empty(len(sym) + 1, np.uint16), np.empty(len(phrases) + 1, np.int64)
        m = _canonical(sym, start, classes, out, out_start)
        empty = np.flatnonzero(np.diff(out_start) == 0)
        if len(empty):
            raise ValueError(f"phrase {int(empty[0])} has no word: {phrases[int(empty[0])]!r}")
        stems = np.zeros(len(phrases), np.bool_) if stem is None else np.array(stem, np.bool_)
        if len(stems) != len(phrases):
            raise ValueError("as many stem marks as phrases are needed")
        self._enter(Spelt(out[:m], out_start, stems), classes)

    @classmethod
    def of(cls, spelt: Spelt, joining: str = "") -> Phrases:
        """A set again from its ``spelt`` and its joining signs, in a fraction of the time."""
        phrases = cls.__new__(cls)
        phrases._enter(spelt, _classes(joining))
        return phrases

    def _enter(self, spelt: Spelt, classes: npt.NDArray[np.uint8]) -> None:
        self.spelt, self._classes = spelt, classes
        single = np.count_nonzero(classes[spelt.sym] >= SINGLE)
        phrases, stems = len(spelt.stem), int(spelt.stem.sum())
        words = phrases + int(np.count_nonzero(spelt.sym == 0x20)) + 2 * int(single)
        self._table, self._stems = _empty_table(words), _empty_table(stems)
        self._marks = _empty_marks(phrases, stems)
        _build(spelt, classes, self._table, self._stems, self._marks.stems)
        _mark_beginnings(spelt, classes, self._marks)

    def find(self, folded: Folded, words: Starts | None = None, overlapping: bool = False) -> PhraseHits:
        """Every phrase in the texts: the longest one at each word's begin, then on after its end.

        Args:
            folded: the texts.
            words: their words, or some of them: those to look at.
            overlapping: go on with the next word instead, so that a phrase does not hide those that begin in it.
        """
        words = starts(folded) if words is None else words
        chosen = room(len(words.at) + 1, np.int64)
        has_stems = bool(self.spelt.stem.any())
        k = _candidates(words.hash, words.head, words.next, self._marks, has_stems, chosen)
        hits = _scan(
            folded.sym, folded.start, words.first, words.at, chosen[:k], self._classes, self._table, self._stems,
            self._marks.stems, self.spelt, overlapping,
        )  # fmt: skip
        return PhraseHits(*hits)
