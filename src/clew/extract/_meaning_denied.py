"""What a text denies: "no deposit", "Предоплат нет" and "the passport stays with you" say the contrary of their words.

A denial stands before what it denies ("we never ask for a deposit") or behind it ("a deposit is not needed"), in the
same sentence and, but for lists ("no fee, commission or deposit"), in the same part of it between two commas.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import inner, kernel_step

NEAR, FAR = 1, 3  # words between a denial and what it denies
OWN = 2  # words between a matter and whose it is
TOLD = 10  # words between where something was heard and what
AT_ONCE = 1  # words between who pays and what: "we pay the fee"
# How a sense is denied: not at all; by a word just before it; also by one further off or behind it.
NEVER, JUST_BEFORE, ANYWHERE = 0, 1, 2

_Set = npt.NDArray[np.uint64]


class Denials(NamedTuple):
    """Sets of classes that tell what is denied, and how each sense is.

    Attributes:
        near: words that deny what comes at once.
        before: words that deny what comes within a few words.
        behind: words that deny what stood before them.
        yours: words by which a matter is the reader's own: "with you", "yourself".
        heard: words by which something happened elsewhere: "in the news", "in a film".
        listed: things that are listed, so that one denial holds for all of them.
        asked: words by which something is asked after all; no denial reaches over them backwards, and none goes on to
            the end of a list that has them.
        other: words of another matter; no denial reaches over them.
        payer: words by which the employer pays what comes at once: "the employer pays".
        paid: words by which the employer pays what stood before them: "is paid by the employer".
        matter: other things that may be what is paid.
        back: words by which it is only paid back.
        unless: words by which something is asked nevertheless: "if", "without a deposit you get no job".
        terms: more of them, if they are not denied: "must".
        amount: sums, which are asked where no words of wages stand with them.
        wages: those words.
        tax: words of what the law takes from every wage.
        levies: words of what it does not.
        cut: words of deducting, some of which are also fines.
        classes: of which a word says nothing where it is denied just before.
        how: int8[senses], NEVER, JUST_BEFORE or ANYWHERE.
        own: bool[senses], which are not meant where the matter is the reader's own.
        elsewhere: bool[senses], which are not meant where they happened elsewhere.
        covered: bool[senses], which are not meant where the employer pays.
        lawful: bool[senses], which are not meant of taxes.
    """

    near: _Set
    before: _Set
    behind: _Set
    yours: _Set
    heard: _Set
    listed: _Set
    asked: _Set
    other: _Set
    payer: _Set
    paid: _Set
    matter: _Set
    back: _Set
    unless: _Set
    terms: _Set
    amount: _Set
    wages: _Set
    tax: _Set
    levies: _Set
    cut: _Set
    classes: _Set
    how: npt.NDArray[np.int8]
    own: npt.NDArray[np.bool_]
    elsewhere: npt.NDArray[np.bool_]
    covered: npt.NDArray[np.bool_]
    lawful: npt.NDArray[np.bool_]


class Match(NamedTuple):
    """Where a match stands: its first word and the one after its last, its sentence and the part of it."""

    first: np.int64
    after: np.int64
    sentence: np.int64
    part: np.int64


@inner
def fits(bits, k, wanted):  # type: ignore[no-untyped-def]
    """Has the k-th word one of the classes?"""
    here = (bits[k, 0] & wanted[0]) | (bits[k, 1] & wanted[1])
    return here | (bits[k, 2] & wanted[2]) | (bits[k, 3] & wanted[3]) != 0


@inner
def hit_from(words, n, word):  # type: ignore[no-untyped-def]
    """The first hit that begins with a word or later."""
    low, high = 0, n
    while low < high:
        middle = (low + high) >> 1
        if words.first[middle] < word:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _alone(words, n, d, k, at):  # type: ignore[no-untyped-def]
    """Is nothing asked in the rest of the part of a sentence, from the k-th word on?"""
    while k < n and words.part[k] == at.part and words.sentence[k] == at.sentence:
        if fits(words.bits, k, d.asked) or fits(words.bits, k, d.other):
            return False
        k += 1
    return True


@inner
def _before(words, n, d, at, far):  # type: ignore[no-untyped-def]
    """Does a word before a match deny it?"""
    start = hit_from(words, n, at.first)
    alone = _alone(words, n, d, start, at)
    k, first, part = start - 1, at.first, at.part
    while k >= 0 and words.sentence[k] == at.sentence and first - words.after[k] <= far:
        if words.part[k] == part:
            if fits(words.bits, k, d.before):
                return True
            if first - words.after[k] <= NEAR and fits(words.bits, k, d.near):
                return True
        if fits(words.bits, k, d.listed) and (alone or words.part[k] == part):
            first, part = words.first[k], words.part[k]
        elif fits(words.bits, k, d.other):
            return False
        k -= 1
    return False


@inner
def _behind(words, n, d, at):  # type: ignore[no-untyped-def]
    """Does a word behind a match deny it? Over what is asked it must follow at once: "200 Euro brauchst du nicht"."""
    k, after, part, far = hit_from(words, n, at.after - 1), at.after, at.part, FAR
    while k < n and words.first[k] < at.after:  # "Kaution zahlen" in "Kaution zahlen Sie nicht"
        if words.after[k] > at.after and words.part[k] == part and fits(words.bits, k, d.behind):
            return True
        k += 1
    while k < n and words.sentence[k] == at.sentence and words.first[k] - after <= far:
        if words.part[k] == part and fits(words.bits, k, d.behind):
            return True
        if fits(words.bits, k, d.listed):
            after, part = max(after, words.after[k]), words.part[k]
        elif fits(words.bits, k, d.asked) and words.part[k] == part:
            after, far = max(after, words.after[k]), 0
        elif fits(words.bits, k, d.asked) or fits(words.bits, k, d.other):
            return False
        k += 1
    return False


@inner
def _reached(words, n, at, far):  # type: ignore[no-untyped-def]
    """The first hit that ends within so many words before a match."""
    k = hit_from(words, n, at.first)
    while k > 0 and at.first - words.after[k - 1] <= far:
        k -= 1
    return k


@inner
def _yours(words, n, d, at):  # type: ignore[no-untyped-def]
    """Is a matter the reader's own?"""
    k = _reached(words, n, at, OWN)
    while k < n and words.first[k] - at.after <= OWN:
        near = words.sentence[k] == at.sentence and at.first - words.after[k] <= OWN
        if near and words.part[k] == at.part and fits(words.bits, k, d.yours):
            return True
        k += 1
    return False


@inner
def _elsewhere(words, n, d, at):  # type: ignore[no-untyped-def]
    """Does a text say before a match where it was heard of?"""
    k = hit_from(words, n, at.first) - 1
    while k >= 0 and words.sentence[k] == at.sentence and at.first - words.after[k] <= TOLD:
        if fits(words.bits, k, d.heard):
            return True
        k -= 1
    return False


@inner
def _any(words, n, k, at, until, wanted):  # type: ignore[no-untyped-def]
    """Does a word of some classes stand in the part of a match from the k-th word on, before the word ``until``?"""
    while k < n and words.first[k] < until and words.part[k] == at.part:
        if fits(words.bits, k, wanted):
            return True
        k += 1
    return False


@inner
def _covered(words, n, d, at):  # type: ignore[no-untyped-def]
    """Does the employer pay a matter: "we pay the fee", "the fee is paid by the employer"? Not what is paid back."""
    k = _reached(words, n, at, AT_ONCE)
    while k < n and words.first[k] - at.after <= FAR and words.part[k] <= at.part:
        here = words.part[k] == at.part
        soon = words.first[k] <= at.first and at.first - words.after[k] <= AT_ONCE
        if here and soon and fits(words.bits, k, d.payer):
            return True
        if here and words.first[k] > at.first and words.after[k] >= at.after and fits(words.bits, k, d.paid):
            stop = words.after[k] + FAR
            other = _any(words, n, hit_from(words, n, at.after), at, words.first[k], d.matter)
            back = _any(words, n, k, at, stop, d.back)
            return not other and not back and not (k > 0 and _refused(words, d, k))
        k += 1
    return False


@inner
def _refused(words, d, k):  # type: ignore[no-untyped-def]
    """Is the k-th word denied by one right before it: "not paid by the employer"?"""
    near = words.first[k] - words.after[k - 1] <= 0 and words.part[k] == words.part[k - 1]
    return near and (fits(words.bits, k - 1, d.near) or fits(words.bits, k - 1, d.before))


@inner
def lawful(words, n, d, a, b):  # type: ignore[no-untyped-def]
    """Do the words from a to b speak of taxes, and of nothing else that is taken from wages?"""
    taxes = False
    for k in range(hit_from(words, n, a), n):
        if words.first[k] >= b:
            break
        if fits(words.bits, k, d.tax):
            taxes = True
        elif fits(words.bits, k, d.levies) and not fits(words.bits, k, d.cut):
            return False
    return taxes


@inner
def _taxes(words, n, d, at):  # type: ignore[no-untyped-def]
    """Does the sentence of a match speak of taxes alone?"""
    k = hit_from(words, n, at.first)
    a, b, i = at.first, at.after, k
    while i > 0 and words.sentence[i - 1] == at.sentence and at.first - words.after[i - 1] <= TOLD:
        i -= 1
        a = words.first[i]
    while k < n and words.sentence[k] == at.sentence and words.first[k] - at.after <= TOLD:
        b = max(b, words.after[k])
        k += 1
    return lawful(words, n, d, a, b)


@kernel_step
def denied(words, n, d, sense, at, may):  # type: ignore[no-untyped-def]
    """Does a text say the contrary of a match of a sense? ``may``: whether words that deny are looked for."""
    how = d.how[sense] if may else NEVER
    if how != NEVER and _before(words, n, d, at, FAR if how == ANYWHERE else NEAR):
        return True
    if how == ANYWHERE and _behind(words, n, d, at):
        return True
    if (d.covered[sense] and _covered(words, n, d, at)) or (d.lawful[sense] and _taxes(words, n, d, at)):
        return True
    return (d.own[sense] and _yours(words, n, d, at)) or (d.elsewhere[sense] and _elsewhere(words, n, d, at))


@inner
def deniable(d, sense):  # type: ignore[no-untyped-def]
    """May a text say the contrary of a phrase of a sense?"""
    return d.how[sense] == ANYWHERE or d.own[sense] or d.elsewhere[sense] or d.lawful[sense]


@inner
def denies(words, d, k):  # type: ignore[no-untyped-def]
    """Is the k-th word one that denies?"""
    return fits(words.bits, k, d.near) or fits(words.bits, k, d.before) or fits(words.bits, k, d.behind)


@inner
def denied_inside(words, d, i, j, chosen, count):  # type: ignore[no-untyped-def]
    """Does a word between those of a rule, from the i-th to the j-th, deny what stands in its part of the sentence?"""
    for k in range(i + 1, j):
        if denies(words, d, k):
            for t in range(count):
                if words.part[chosen[t]] == words.part[k] and words.first[chosen[t]] >= words.after[k]:
                    return True
    return False


@inner
def silenced(words, n, d):  # type: ignore[no-untyped-def]
    """Take the classes from the newest word that say nothing where it is denied: "no live-in"."""
    if not fits(words.bits, n, d.classes):
        return
    k = n - 1
    while k >= 0 and words.first[n] - words.after[k] <= 0 and words.part[k] == words.part[n]:
        if fits(words.bits, k, d.near) or fits(words.bits, k, d.before):
            for part in range(words.bits.shape[1]):
                words.bits[n, part] &= ~d.classes[part]
            return
        k -= 1
