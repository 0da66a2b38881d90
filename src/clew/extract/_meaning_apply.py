"""Hits of lexicon words in one record in: what each language knows, and the matches of phrases and rules among them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._meaning_denied import ANYWHERE, NEVER, Match, deniable, denied, denied_inside, fits, silenced
from clew.extract._meaning_matches import write
from clew.extract.base import Ints
from clew.ingest.kernels import grown, inner, kernel_step, making_step

PARTS = 4  # 64-bit words that hold a set of classes
_SHARE = 2  # a language counts where its words have at least one n-th of the letters of the leading one


class Groups(NamedTuple):
    """What each phrase of the matcher stands for: rows ``first[p]`` to ``first[p + 1]``."""

    first: npt.NDArray[np.int32]
    language: npt.NDArray[np.uint8]  # in order within a phrase; 0: every language
    kind: npt.NDArray[np.uint16]  # a class, or the number of classes plus a sense
    weight: npt.NDArray[np.float64]


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
    within: npt.NDArray[np.bool_]  # one part of a sentence
    weight: npt.NDArray[np.float64]
    first: Ints  # per class, where its rules begin in `of`: those of which the rarest slot has it
    of: Ints
    may_be_denied: npt.NDArray[np.bool_]  # those of which no slot is a word that denies


class Hits(NamedTuple):
    """Hits of phrases and figures, in order of place."""

    record: Ints
    begin: Ints
    end: Ints
    phrase: Ints
    first: Ints  # index of the first word, and of the one after the last
    after: Ints
    sentence: Ints
    part: Ints  # of a sentence, between commas and the like
    hidden: npt.NDArray[np.bool_]  # written so that a filter does not read it


class Words(NamedTuple):
    """The hits of one record that one language knows, and room to look for matches among them."""

    bits: npt.NDArray[np.uint64]  # [room, PARTS], their classes
    hit: Ints
    first: Ints  # index of their first word and of the word after their last
    after: Ints
    sentence: Ints
    part: Ints
    present: npt.NDArray[np.uint64]  # [PARTS], the classes of all
    tried: npt.NDArray[np.bool_]  # rules
    chosen: Ints  # the word of each slot of a rule


@inner
def _assign(words, slots, count, ordered, i, j):  # type: ignore[no-untyped-def]
    """Can every slot have a word of its own (``chosen``) among those from i to j, both of which are used?

    Words that overlap, as those of a turn do, are one.
    """
    s, k, chosen = 0, i, words.chosen
    while s >= 0:
        found = False
        while k <= j and not found:
            taken = False
            for t in range(s):
                taken |= words.first[k] < words.after[chosen[t]] and words.first[chosen[t]] < words.after[k]
            if not taken and fits(words.bits, k, slots[s]):
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


@inner
def _forbidden(words, n, none, i, j, reach, across, count):  # type: ignore[no-untyped-def]
    """Does a word of a class that must not be there stand in the match or near it?"""
    if none[0] | none[1] | none[2] | none[3] == 0:
        return False
    k = i
    while k > 0 and words.first[i] - words.after[k - 1] < reach:
        k -= 1
    while k < n and words.first[k] - words.after[j] < reach:
        used = False
        for t in range(count):
            used |= words.chosen[t] == k
        near = words.sentence[i] <= words.sentence[k] <= words.sentence[j]
        if not used and (near or across) and fits(words.bits, k, none):
            return True
        k += 1
    return False


@inner
def _weight(groups, phrase, language, wanted):  # type: ignore[no-untyped-def]
    """The greatest weight that a phrase has in a language and a set of classes."""
    best = 0.0
    for g in range(groups.first[phrase], groups.first[phrase + 1]):
        kind = groups.kind[g]
        own = groups.language[g] == language or groups.language[g] == 0
        if own and kind < 64 * PARTS and (wanted[kind >> 6] >> np.uint64(kind & 63)) & np.uint64(1):
            best = max(best, groups.weight[g])
    return best


# What is called for every word, rule or match makes no array and leaves it to its caller to make room: Numba counts
# the references to some thirty arrays at every call of what makes one, which took a fifth of the time.
@inner
def _next_match(rules, r, window, words, n, i):  # type: ignore[no-untyped-def]
    """The next match of a rule that begins with the i-th word or later: its first and last word; n and n: none."""
    slots, every, count, across = rules.slots[r], rules.every[r], rules.size[r], rules.across[r]
    while i <= n - count:
        j = i + count - 1 if fits(words.bits, i, every) else n
        while j < n:
            if words.first[j] - words.after[i] >= window or (not across and words.sentence[j] != words.sentence[i]):
                break
            if rules.within[r] and words.part[j] != words.part[i]:
                break
            if fits(words.bits, j, every) and _assign(words, slots, count, rules.ordered[r], i, j):
                if not _forbidden(words, n, rules.none[r], i, j, rules.reach[r], across, count):
                    return i, j
                break
            j += 1
        i += 1
    return n, n


@inner
def _meant(hits, groups, rules, r, language, words):  # type: ignore[no-untyped-def]
    """The weight of a match, and whether a word of it is written so that a filter does not read it."""
    product, hidden, count = 1.0, False, rules.size[r]
    for t in range(count):
        h = words.hit[words.chosen[t]]
        product *= _weight(groups, hits.phrase[h], language, rules.slots[r, t])
        hidden |= hits.hidden[h]
    return rules.weight[r] * product ** (1 / count), hidden


@kernel_step
def vote(hits, groups, a, b, votes):  # type: ignore[no-untyped-def]
    """The letters of the words that each language knows; returns the most."""
    votes[:] = 0
    for h in range(a, b):
        phrase, last = hits.phrase[h], np.int64(0)
        for g in range(groups.first[phrase], groups.first[phrase + 1]):
            language = np.int64(groups.language[g])
            if language != last:
                votes[language] += hits.end[h] - hits.begin[h]
            last = language
    most = np.int64(0)
    for letters in votes:
        most = max(most, letters)
    return most


@inner
def counts(votes, language, most):  # type: ignore[no-untyped-def]
    """Is a record read in a language? The first stands for all of them, where none has a word."""
    return votes[language] * _SHARE >= most and (votes[language] > 0 or (most == 0 and language == 0))


@kernel_step
def _gather(hits, groups, denials, a, b, language, words, classes, sought, rows, weights, k):  # type: ignore[no-untyped-def]
    """The words that a language knows among the hits from a to b; sense phrases are matches at once.

    Returns:
        How many words, and how many matches there now are: those that find no room are only counted.
    """
    n = np.int64(0)
    bits, present = words.bits, words.present
    present[:] = 0
    for h in range(a, b):
        bits[n, 0], bits[n, 1], bits[n, 2], bits[n, 3] = 0, 0, 0, 0
        phrase = hits.phrase[h]
        for g in range(groups.first[phrase], groups.first[phrase + 1]):
            if groups.language[g] != language and groups.language[g] != 0:
                continue
            kind = np.int64(groups.kind[g])
            if kind < classes:
                bits[n, kind >> 6] |= np.uint64(1) << np.uint64(kind & 63)
            elif sought[kind - classes]:
                write(rows, weights, k, hits.begin[h], hits.end[h], kind - classes, hits.hidden[h], groups.weight[g], h)
                k += 1
        if bits[n, 0] | bits[n, 1] | bits[n, 2] | bits[n, 3]:
            words.hit[n], words.first[n], words.after[n] = h, hits.first[h], hits.after[h]
            words.sentence[n], words.part[n] = hits.sentence[h], hits.part[h]
            silenced(words, n, denials)
            for part in range(PARTS):
                present[part] |= bits[n, part]
            n += 1
    return n, k


@inner
def _contrary(words, n, rules, denials, r, i, j):  # type: ignore[no-untyped-def]
    """Does a text deny the match of a rule from the i-th word to the j-th?"""
    sense = rules.sense[r]
    if denials.how[sense] == NEVER and not deniable(denials, sense):
        return False
    if (
        rules.may_be_denied[r]
        and denials.how[sense] != NEVER
        and denied_inside(words, denials, i, j, words.chosen, rules.size[r])
    ):
        return True
    # a match in several parts of a sentence may be denied in its last: "without papers, we see to it" is offered
    first, after = words.first[j], words.after[j]
    for t in range(rules.size[r]):
        after = max(after, words.after[words.chosen[t]])
    for k in range(i, j):
        if words.part[k] == words.part[j]:
            first = min(first, words.first[k])
    return denied(
        words, n, denials, sense, Match(first, after, words.sentence[j], words.part[j]), rules.may_be_denied[r]
    )


@kernel_step
def _undenied(hits, denials, words, n, rows, weights, k, m):  # type: ignore[no-untyped-def]
    """Drop the phrases among the matches from k on of which the text says the contrary; returns how many remain."""
    kept = k
    for o in range(k, m):
        h, sense = rows[o, 4], rows[o, 2]
        if h >= 0 and deniable(denials, sense):
            at = Match(hits.first[h], hits.after[h], hits.sentence[h], hits.part[h])
            if denied(words, n, denials, sense, at, denials.how[sense] == ANYWHERE):
                continue
        for column in range(rows.shape[1]):
            rows[kept, column] = rows[o, column]
        weights[kept] = weights[o]
        kept += 1
    return kept


@kernel_step
def _try_rules(hits, groups, rules, denials, sought, language, stretch, words, n, rows, weights, k):  # type: ignore[no-untyped-def]
    """The matches of every rule of which the sense is sought and all slots have a word in the record.

    Returns:
        How many matches there now are: those that find no room are only counted.
    """
    present, tried = words.present, words.tried
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
                    here = (present[0] & slot[0]) | (present[1] & slot[1]) | (present[2] & slot[2])
                    may = may and here | (present[3] & slot[3]) != 0
                i = j = np.int64(0) if may else n
                while i < n:
                    i, j = _next_match(rules, r, np.int64(rules.window[r] * stretch), words, n, i)
                    if i < n:
                        if not _contrary(words, n, rules, denials, r, i, j):
                            weight, hidden = _meant(hits, groups, rules, r, language, words)
                            begin, end = hits.begin[words.hit[i]], hits.end[words.hit[j]]
                            write(rows, weights, k, begin, end, rules.sense[r], hidden, weight, np.int64(-1))
                            k += 1
                        i += 1
    return k


@making_step
def known(hits, groups, rules, denials, sought, a, b, language, stretch, words, classes, rows, weights, k):  # type: ignore[no-untyped-def]
    """The words that a language knows among the hits from a to b, and the matches of phrases and rules among them."""
    while True:
        n, m = _gather(hits, groups, denials, a, b, language, words, classes, sought, rows, weights, k)
        m = _try_rules(hits, groups, rules, denials, sought, language, stretch, words, n, rows, weights, m)
        if m <= rows.shape[0]:
            return n, rows, weights, _undenied(hits, denials, words, n, rows, weights, k, m)
        rows, weights = grown(rows, 2 * m), grown(weights, 2 * m)


@making_step
def room_for(longest, rules):  # type: ignore[no-untyped-def]
    """Room for the words of a record: at most so many."""
    return Words(
        np.zeros((longest + 1, PARTS), np.uint64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.zeros(PARTS, np.uint64),
        np.zeros(rules.size.shape[0], np.bool_),
        np.zeros(rules.slots.shape[1], np.int64),
    )
