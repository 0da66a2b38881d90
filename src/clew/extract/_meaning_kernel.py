"""The compiled part of the meaning extractor: hits of lexicon words in, senses out, record by record."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._meaning_learnt import HELD_BACK, SPAN, class_features, says_several, speaking, weigh, word_features
from clew.extract._meaning_matches import FAINTEST, grade, put, settle
from clew.extract._starts import JOIN, SPLIT
from clew.extract.base import Ints
from clew.extract.fold import BREAK
from clew.ingest.kernels import grown, making_kernel, making_step

PARTS = 3  # 64-bit words that hold a set of classes
_SHARE = 2  # a language counts where its words have at least one n-th of the letters of the leading one
# Words of a talk in which a sense must come to 1. Accidents grow with the words that are read, so in a longer text it
# must come to as much more. 99 of 100 short messages are not longer, and read as if there were no limit.
PASSAGE = 60


class Groups(NamedTuple):
    """What each phrase of the matcher stands for: rows ``first[p]`` to ``first[p + 1]``."""

    first: Ints
    language: npt.NDArray[np.int64]  # 0: every language
    kind: npt.NDArray[np.int64]  # a class, or the number of classes plus a sense
    weight: npt.NDArray[np.float64]
    mask: npt.NDArray[np.uint64]  # per phrase, its languages as bits


class Rules(NamedTuple):
    """The rules as arrays; a set of classes is PARTS numbers of 64 bits."""

    sense: Ints
    slots: npt.NDArray[np.uint64]  # [rules, slots, PARTS]
    size: Ints  # slots of each
    every: npt.NDArray[np.uint64]  # [rules, PARTS], the classes of all its slots
    none: npt.NDArray[np.uint64]
    window: Ints
    reach: Ints
    ordered: npt.NDArray[np.bool_]
    across: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]
    first: Ints  # per class, where its rules begin in `of`: those of which the rarest slot has it
    of: Ints


class Words(NamedTuple):
    """The hits of one record that one language knows."""

    bits: npt.NDArray[np.uint64]  # [room, PARTS], their classes
    hit: Ints
    first: Ints  # index of their first word and of the word after their last
    after: Ints
    sentence: Ints


@making_step
def _fits(bits, k, wanted):  # type: ignore[no-untyped-def]
    return (bits[k, 0] & wanted[0]) | (bits[k, 1] & wanted[1]) | (bits[k, 2] & wanted[2]) != 0


@making_step
def _assign(words, slots, count, ordered, i, j, chosen):  # type: ignore[no-untyped-def]
    """Can every slot have a word of its own among those from i to j, both of which are used?

    Words that overlap, as those of a turn do, are one.
    """
    s, k = 0, i
    while s >= 0:
        found = False
        while k <= j and not found:
            taken = False
            for t in range(s):
                taken |= words.first[k] < words.after[chosen[t]] and words.first[chosen[t]] < words.after[k]
            if not taken and _fits(words.bits, k, slots[s]):
                found = True
            else:
                k += 1
        if not found:
            s -= 1
            k = chosen[s] + 1 if s >= 0 else 0
            continue
        chosen[s] = k
        if s + 1 < count:
            s += 1
            k = chosen[s - 1] + 1 if ordered else i
            continue
        low = high = chosen[0]
        for t in range(1, count):
            low, high = min(low, chosen[t]), max(high, chosen[t])
        if low == i and high == j:
            return True
        k += 1
    return False


@making_step
def _forbidden(words, n, none, i, j, reach, across, chosen, count):  # type: ignore[no-untyped-def]
    """Does a word of a class that must not be there stand in the match or near it?"""
    if none[0] | none[1] | none[2] == 0:
        return False
    k = i
    while k > 0 and words.first[i] - words.after[k - 1] < reach:
        k -= 1
    while k < n and words.first[k] - words.after[j] < reach:
        used = False
        for t in range(count):
            used |= chosen[t] == k
        near = words.sentence[i] <= words.sentence[k] <= words.sentence[j]
        if not used and (near or across) and _fits(words.bits, k, none):
            return True
        k += 1
    return False


@making_step
def _weight(groups, phrase, language, wanted):  # type: ignore[no-untyped-def]
    """The greatest weight that a phrase has in a language and a set of classes."""
    best = 0.0
    for g in range(groups.first[phrase], groups.first[phrase + 1]):
        kind = groups.kind[g]
        own = groups.language[g] == language or groups.language[g] == 0
        if own and kind < 64 * PARTS and (wanted[kind >> 6] >> np.uint64(kind & 63)) & np.uint64(1):
            best = max(best, groups.weight[g])
    return best


@making_step
def _apply(hits, groups, rules, r, language, stretch, words, n, chosen, rows, weights, k):  # type: ignore[no-untyped-def]
    """All matches of one rule among the words of one language in one record."""
    slots, count, across = rules.slots[r], rules.size[r], rules.across[r]
    window = np.int64(rules.window[r] * stretch)
    for i in range(n - count + 1):
        if not _fits(words.bits, i, rules.every[r]):
            continue
        for j in range(i + count - 1, n):
            if words.first[j] - words.after[i] >= window or (not across and words.sentence[j] != words.sentence[i]):
                break
            if not _fits(words.bits, j, rules.every[r]):
                continue
            if not _assign(words, slots, count, rules.ordered[r], i, j, chosen):
                continue
            if not _forbidden(words, n, rules.none[r], i, j, rules.reach[r], across, chosen, count):
                product, hidden = 1.0, False
                for t in range(count):
                    h = words.hit[chosen[t]]
                    product *= _weight(groups, hits.phrase[h], language, slots[t])
                    hidden |= hits.hidden[h]
                begin, end = hits.begin[words.hit[i]], hits.end[words.hit[j]]
                weight = rules.weight[r] * product ** (1 / count)
                rows, weights = put(rows, weights, k, begin, end, rules.sense[r], hidden, weight)
                k += 1
            break
    return rows, weights, k


class Hits(NamedTuple):
    """Hits of phrases and figures, in order of place."""

    record: Ints
    begin: Ints
    end: Ints
    phrase: Ints
    first: Ints  # index of the first word, and of the one after the last
    after: Ints
    sentence: Ints
    hidden: npt.NDArray[np.bool_]  # written so that a filter does not read it


@making_step
def _vote(hits, groups, a, b, votes):  # type: ignore[no-untyped-def]
    """The letters of the words that each language knows; returns the most."""
    votes[:] = 0
    for h in range(a, b):
        mask, language = groups.mask[hits.phrase[h]], 0
        while mask:
            if mask & np.uint64(1):
                votes[language] += hits.end[h] - hits.begin[h]
            mask >>= np.uint64(1)
            language += 1
    votes[0] = 0
    return votes.max()


@making_step
def _gather(hits, groups, a, b, language, words, present, classes, sought, rows, weights, k):  # type: ignore[no-untyped-def]
    """The words that a language knows among the hits from a to b; sense phrases are matches at once."""
    n = 0
    present[:] = 0
    bits = words.bits
    for h in range(a, b):
        bits[n, :] = 0
        phrase = hits.phrase[h]
        for g in range(groups.first[phrase], groups.first[phrase + 1]):
            if groups.language[g] != language and groups.language[g] != 0:
                continue
            kind = groups.kind[g]
            if kind < classes:
                bits[n, kind >> 6] |= np.uint64(1) << np.uint64(kind & 63)
            elif sought[kind - classes]:
                rows, weights = put(
                    rows, weights, k, hits.begin[h], hits.end[h], kind - classes, hits.hidden[h], groups.weight[g]
                )
                k += 1
        if bits[n, 0] | bits[n, 1] | bits[n, 2]:
            words.hit[n], words.first[n], words.after[n] = h, hits.first[h], hits.after[h]
            words.sentence[n] = hits.sentence[h]
            present |= bits[n]
            n += 1
    return n, rows, weights, k


@making_step
def _try_rules(hits, groups, rules, sought, language, stretch, words, n, present, tried, chosen, rows, weights, k):  # type: ignore[no-untyped-def]
    """The matches of every rule of which the sense is sought and all slots have a word in the record."""
    tried[:] = False
    for part in range(PARTS):
        for bit in range(64):
            if not (present[part] >> np.uint64(bit)) & np.uint64(1):
                continue
            for at in range(rules.first[64 * part + bit], rules.first[64 * part + bit + 1]):
                r = rules.of[at]
                if tried[r] or not sought[rules.sense[r]]:
                    continue
                tried[r] = True
                may = rules.size[r] <= n
                for t in range(rules.size[r]):
                    slot = rules.slots[r, t]
                    may = may and (present[0] & slot[0]) | (present[1] & slot[1]) | (present[2] & slot[2]) != 0
                if may:
                    rows, weights, k = _apply(
                        hits, groups, rules, r, language, stretch, words, n, chosen, rows, weights, k
                    )
    return rows, weights, k


@making_step
def _scratch(longest):  # type: ignore[no-untyped-def]
    return Words(
        np.zeros((longest + 1, PARTS), np.uint64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
    )


class Texts(NamedTuple):
    """The texts of a batch and their words: `Folded` and `Starts`."""

    sym: npt.NDArray[np.uint16]
    start: Ints
    at: npt.NDArray[np.uint32]
    hash: npt.NDArray[np.uint64]
    first: Ints


@making_step
def _listen(texts, q, wide, words, n, reader, room, stamp, total, gain, rows, weights, k):  # type: ignore[no-untyped-def]
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
def read(texts, hits, bounds, longest, groups, rules, stretch, classes, grows, talk, length, reader, room):  # type: ignore[no-untyped-def]
    """Every sense of every record.

    Args:
        texts: `Texts`.
        hits: `Hits`.
        bounds: int64[records + 1], where the hits of each record begin.
        longest: the most hits of a record.
        groups, rules: what is looked for.
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
    words = _scratch(longest)
    votes, present, chosen = np.zeros(stretch.shape[0], np.int64), np.zeros(PARTS, np.uint64), np.zeros(8, np.int64)
    rows, weights, total = np.empty((256, 4), np.int64), np.empty(256), np.empty(grows.shape[0])
    tried = np.zeros(rules.size.shape[0], np.bool_)
    found, graded, m, stamp = np.empty((1024, 6), np.int64), np.empty(1024, np.float32), 0, np.int64(0)
    gain = np.empty(grows.shape[0])
    every, elsewhere = np.ones_like(talk), ~talk
    for q in range(bounds.shape[0] - 1):
        a, b, k, wide, asked = bounds[q], bounds[q + 1], np.int64(0), 1.0, length[q] == 0 or reader.weight.shape[0] == 0
        if a == b and asked:
            continue
        total[:], gain[:] = 0, 0
        sought = every if length[q] > 0 else elsewhere
        most = _vote(hits, groups, a, b, votes)
        for language in range(votes.shape[0]):
            if votes[language] * _SHARE < most or (votes[language] == 0 and not (most == 0 and language == 0)):
                continue
            wide = max(wide, stretch[language])
            n, rows, weights, k = _gather(
                hits, groups, a, b, language, words, present, classes, sought, rows, weights, k
            )
            rows, weights, k = _try_rules(
                hits, groups, rules, sought, language, stretch[language], words, n, present, tried, chosen, rows,
                weights, k,
            )  # fmt: skip
            if votes[language] == most and not asked:
                asked = True
                stamp, rows, weights, k = _listen(
                    texts, q, stretch[language], words, n, reader, room, stamp, total, gain, rows, weights, k
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
