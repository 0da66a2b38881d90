"""What the learnt reader hears asked though a message denies it: "you pay no fee up front".

Only a message that denies every fee that it names, and asks for nothing else, takes it back: "no deposit, no job",
"without a fee no papers" and "no fee, just 300 for the visa" ask for one.
"""

from __future__ import annotations

from clew.extract._meaning_denied import FAR, NEAR, Match, denied, denies, fits, hit_from, lawful
from clew.ingest.kernels import inner, kernel_step


@inner
def _paid_out(words, n, d, k):  # type: ignore[no-untyped-def]
    """Is the k-th word a sum that is earned: do words of wages stand in its part of the sentence?"""
    i = k
    while i > 0 and words.part[i - 1] == words.part[k]:
        i -= 1
    while i < n and words.part[i] == words.part[k]:
        if fits(words.bits, i, d.wages):
            return True
        i += 1
    return False


@inner
def _after_nothing(words, n, d, k):  # type: ignore[no-untyped-def]
    """Does a turn stand before the k-th word that denies what is in it: "nothing to pay" before "in advance"?"""
    i = hit_from(words, n, words.first[k] - FAR - NEAR)
    while i < n and words.first[i] < words.first[k]:
        if words.first[k] - words.after[i] <= NEAR and fits(words.bits, i, d.behind) and words.part[i] == words.part[k]:
            return True
        i += 1
    return False


@inner
def _of_fee(words, n, d, k):  # type: ignore[no-untyped-def]
    """Does the k-th word, which denies, deny a fee? The second one of "no deposit, no job" does not."""
    if fits(words.bits, k, d.behind):
        return True
    for i in range(max(k - FAR, 0), n):
        if words.first[i] - words.after[k] > FAR:
            break
        around = words.first[i] <= words.first[k] and words.after[i] >= words.after[k] and fits(words.bits, i, d.behind)
        if around or (words.first[i] >= words.after[k] and fits(words.bits, i, d.listed)):
            return True
    return False


@inner
def _asked(words, n, d, k):  # type: ignore[no-untyped-def]
    """Does the k-th word ask for something: "if", "must" (not "must not"), a sum that nobody earns, a second denial?"""
    if fits(words.bits, k, d.unless):
        return True
    if fits(words.bits, k, d.amount):
        return not _paid_out(words, n, d, k)
    if denies(words, d, k):
        return not _of_fee(words, n, d, k)
    if not fits(words.bits, k, d.terms):
        return False
    for i in range(max(k - 2, 0), min(k + 3, n)):
        near = words.first[k] - words.after[i] <= 0 and words.first[i] - words.after[k] <= 0
        if near and denies(words, d, i):
            return False
    return True


@kernel_step
def unasked(words, n, d, sense, a, b):  # type: ignore[no-untyped-def]
    """Do the words from a to b ask for no fee: do they deny each that they name, or speak of taxes only?"""
    for k in range(n):
        if a <= words.first[k] < b and _asked(words, n, d, k):
            return False
    if d.lawful[sense]:
        return lawful(words, n, d, a, b)
    named = False
    for k in range(n):
        if a <= words.first[k] < b and fits(words.bits, k, d.listed):
            at = Match(words.first[k], words.after[k], words.sentence[k], words.part[k])
            if not _after_nothing(words, n, d, k) and not denied(words, n, d, sense, at, True):
                return False
            named = True
    return named
