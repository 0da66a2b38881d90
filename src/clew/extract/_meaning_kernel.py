"""The compiled part of the meaning extractor: hits of lexicon words in, senses out, record by record."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._meaning_apply import counts, known, room_for, vote
from clew.extract._meaning_denied import ANYWHERE
from clew.extract._meaning_learnt import HELD_BACK, SPAN, class_features, says_several, speaking, weigh, word_features
from clew.extract._meaning_matches import COLUMNS, FAINTEST, grade, put, settle
from clew.extract._meaning_unasked import unasked
from clew.extract._starts import JOIN, SPLIT
from clew.extract.base import Ints
from clew.extract.fold import BREAK
from clew.ingest.kernels import grown, kernel_step, making_kernel, making_step

# Words of a talk in which a sense must come to 1. Accidents grow with the words that are read, so in a longer text it
# must come to as much more. 99 of 100 short messages are not longer, and read as if there were no limit.
PASSAGE = 60


class Texts(NamedTuple):
    """The texts of a batch and their words: `Folded` and `Starts`."""

    sym: npt.NDArray[np.uint16]
    start: Ints
    at: npt.NDArray[np.uint32]
    hash: npt.NDArray[np.uint64]
    first: Ints


@kernel_step
def _unsay(words, n, denials, reader, room, a, b, rows, k):  # type: ignore[no-untyped-def]
    """Take back what the reader says of what the words from a to b deny or the law takes, where no rule agrees."""
    for s in range(room.z.shape[0]):
        sense, least = reader.sense[s], np.float32(1.0 + reader.gain[s] * FAINTEST)
        ruled = room.z[s] < least or not (denials.how[sense] == ANYWHERE or denials.lawful[sense])
        for o in range(k):
            ruled |= rows[o, 2] == sense
        if not ruled and unasked(words, n, denials, sense, a, b):
            room.z[s] = least - np.float32(1.0)


@making_step
def _listen(texts, q, wide, words, n, denials, reader, room, stamp, total, gain, rows, weights, k):  # type: ignore[no-untyped-def]
    """What the learnt reader adds to one message: points, and matches of what no rule has matched.

    A message of one part gives its points to ``total``, and to ``gain`` what one unit of log-odds is in them; of a
    longer one each part that comes to 1 is a match.
    """
    plain = says_several(reader, rows, weights, k, total)
    first, b, stop = texts.first[q], texts.first[q + 1], texts.start[q + 1]
    whole = b - first <= PASSAGE * wide
    step = max(b - first, 1) if whole else np.int64(SPAN * wide)
    for a in range(first, b, step):
        c = min(a + step, b)
        m = word_features(texts.sym, stop, texts.at, texts.hash, reader, a, c, room)
        m = class_features(words.bits, words.first, words.after, n, a, c, room, m)
        stamp += 1
        weigh(reader, room, m, stamp)
        _unsay(words, n, denials, reader, room, a, c, rows, k)
        for s in range(room.z.shape[0]):
            sense, matched, enough = reader.sense[s], False, 1.0
            if whole:
                ruled = 0.0
                for o in range(k):
                    matched |= rows[o, 2] == sense
                    ruled += weights[o] if rows[o, 2] == sense else 0.0
                trusted = plain and matched and room.z[s] < 0  # rules are believed, and what they say is not graded
                total[sense] = 0.0 if trusted else room.z[s]
                if reader.grave[s] and ruled >= 0.999:
                    total[sense] = max(total[sense], 1.0 - ruled + reader.gain[s] * HELD_BACK)
                gain[sense] = 0.0 if trusted else reader.gain[s]
                enough += reader.gain[s] * FAINTEST
            if room.z[s] >= enough and not matched:
                i, j = speaking(reader, room, m, s, a, c)
                end = np.int64(texts.at[j]) if j < b else stop
                begin = np.int64(texts.at[i])
                for at in range(begin, end):  # a title is another field
                    begin = np.int64(at + 1) if texts.sym[at] == BREAK and at < texts.at[j - 1] else begin
                while texts.sym[end - 1] == BREAK or reader.kind[texts.sym[end - 1]] in (SPLIT, JOIN):
                    end -= 1
                weight = 0.0 if whole else 1.0
                rows, weights = put(rows, weights, k, begin, end, sense, np.bool_(False), weight)
                k += 1
    return stamp, rows, weights, k


@making_kernel
def read(texts, hits, bounds, longest, groups, rules, denials, stretch, classes, grows, talk, length, reader, room):  # type: ignore[no-untyped-def]
    """Every sense of every record.

    Args:
        texts: `Texts`.
        hits: `Hits`.
        bounds: int64[records + 1], where the hits of each record begin.
        longest: the most hits of a record.
        groups, rules, denials: what is looked for.
        stretch: float64[languages], how much wider windows are.
        classes: how many there are.
        grows: bool[senses], of which a longer text must say more.
        talk: bool[senses], which are looked for in messages only.
        length: int64[records], words of each message; 0 of what is none: there nothing grows, and the reader is not
            asked.
        reader, room: of `_meaning_learnt`.

    Returns:
        int64[k, 6]: record, begin, end, sense, hidden, whether it is only a hint; and float32[k], `grade` of each.
    """
    words, votes = room_for(longest, rules), np.zeros(stretch.shape[0], np.int64)
    rows, weights, total = np.empty((256, COLUMNS), np.int64), np.empty(256), np.empty(grows.shape[0])
    found, graded, m, stamp = np.empty((1024, 6), np.int64), np.empty(1024, np.float32), 0, np.int64(0)
    gain = np.empty(grows.shape[0])
    every, elsewhere = np.ones_like(talk), ~talk
    for q in range(bounds.shape[0] - 1):
        a, b, k, wide, asked = bounds[q], bounds[q + 1], np.int64(0), 1.0, length[q] == 0 or reader.weight.shape[0] == 0
        if a == b and asked:
            continue
        total[:], gain[:] = 0, 0
        sought = every if length[q] > 0 else elsewhere
        most = vote(hits, groups, a, b, votes)
        for language in range(votes.shape[0]):
            if not counts(votes, language, most):
                continue
            wide = max(wide, stretch[language])
            n, rows, weights, k = known(
                hits, groups, rules, denials, sought, a, b, language, stretch[language], words, classes, rows,
                weights, k,
            )  # fmt: skip
            if votes[language] == most and not asked:
                asked = True
                stamp, rows, weights, k = _listen(
                    texts, q, stretch[language], words, n, denials, reader, room, stamp, total, gain, rows, weights, k
                )
        if k == 0:
            continue
        kept, full = settle(rows, weights, k, total, grows, length[q] / (PASSAGE * wide))
        odds = grade(rows, kept, full, total, gain)
        while m + kept.shape[0] > found.shape[0]:
            found, graded = grown(found, 2 * found.shape[0]), grown(graded, 2 * found.shape[0])
        for i, o in enumerate(kept):
            if odds[i] == -np.inf:
                continue
            found[m, 0] = q
            for column in range(4):
                found[m, 1 + column] = rows[o, column]
            found[m, 5], graded[m] = not full[i], odds[i]
            m += 1
    return found[:m], graded[:m]
