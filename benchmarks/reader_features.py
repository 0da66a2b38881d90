"""What the learnt reader is trained on: the features of messages, and what the rules say of them."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from clew.extract import _meaning_learnt as learnt
from clew.extract._meaning_apply import counts, known, room_for, vote
from clew.extract._meaning_cache import compiled
from clew.extract._meaning_kernel import Texts
from clew.extract._meaning_matches import COLUMNS, settle
from clew.extract.base import Ints, TextBatch
from clew.extract.meaning import found_words


@numba.njit(nogil=True, cache=True)
def _describe(texts, hits, bounds, longest, groups, rules, denials, stretch, classes, reader, room, ids, owner, totals):  # type: ignore[no-untyped-def]
    words, votes = room_for(longest, rules), np.zeros(stretch.shape[0], np.int64)
    rows, weights, total = np.empty((256, COLUMNS), np.int64), np.empty(256), np.empty(totals.shape[1])
    grows, count = np.zeros(totals.shape[1], np.bool_), 0
    every = np.ones_like(grows)
    for q in range(bounds.shape[0] - 1):
        a, b, k, done = bounds[q], bounds[q + 1], 0, False
        most = vote(hits, groups, a, b, votes)
        total[:] = 0
        for language in range(votes.shape[0]):
            if not counts(votes, language, most):
                continue
            n, rows, weights, k = known(
                hits, groups, rules, denials, every, a, b, language, stretch[language], words, classes, rows, weights, k
            )
            if votes[language] == most and not done:
                done = True
                first, last = texts.first[q], texts.first[q + 1]
                m = learnt.word_features(texts.sym, texts.start[q + 1], texts.at, texts.hash, reader, first, last, room)
                m = learnt.class_features(words.bits, words.first, words.after, n, first, last, room, m)
                for f in range(m):
                    ids[count], owner[count] = room.id[f], q
                    count += 1
        if k:
            settle(rows, weights, k, total, grows, 0.0)
            totals[q] = total
    return count


def describe(batch: TextBatch) -> tuple[npt.NDArray[np.uint32], Ints, npt.NDArray[np.float32]]:
    """The features of short messages.

    Returns:
        uint32[k], features; int64[k], the message of each; float32[n, senses], the weight of what the rules find.
    """
    c, words = compiled(), batch.words
    hits, bounds, longest = found_words(batch, words, c)
    texts = Texts(batch.folded.sym, batch.folded.start, words.at, words.hash, words.first)
    empty: Any = learnt.none()
    room = learnt.scratch(empty)
    n = len(words.first) - 1
    size = 512 * n
    ids, owner, totals = np.empty(size, np.uint32), np.empty(size, np.int64), np.zeros((n, len(c.senses)), np.float32)
    count = _describe(
        texts, hits, bounds, longest, c.groups, c.rules, c.denials, c.stretch, len(c.classes), empty, room, ids,
        owner, totals,
    )  # fmt: skip
    return ids[:count], owner[:count], totals
