"""Phrases of a sense that everybody says: "send a photo", "where are you". They weigh little alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa

from clew.extract._meaning_lexicon import ANY, Entry, kinds
from clew.extract._starts import starts
from clew.extract.fold import fold, text_buffers
from clew.extract.phrases import Phrases

MOST = 0.5  # what such a phrase weighs at most
_FILLER = 3  # letters; one so short word ("me", "a") may stand among the everyday ones


def everyday(
    entries: Sequence[Entry], words: Phrases, meanings: Sequence[Sequence[tuple[str, int, float]]], names: Sequence[str]
) -> set[Entry]:
    """The phrases made of everyday words only.

    Args:
        entries: sense phrases.
        words: the matcher of class words.
        meanings: what each of its phrases stands for: language, class, weight.
        names: the classes.
    """
    some = [e for e in entries if e.kind in kinds().everyday and e.weight > MOST]
    folded = fold(*text_buffers(pa.array([e.phrase for e in some], pa.large_string())))
    at = starts(folded)
    hits = words.find(folded, at)
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for record, begin, end, phrase in zip(hits.record, hits.begin, hits.end, hits.phrase, strict=True):
        found[int(record)].append((int(begin), int(end), int(phrase)))
    plain = set()
    for i, e in enumerate(some):
        own = [(a, b) for a, b, p in found[i] if _is_everyday(e, meanings[p], names)]
        begins = [int(w) for w in at.at[at.first[i] : at.first[i + 1]]]
        ends = [*begins[1:], int(folded.start[i + 1])]
        left = [b - a for a, b in zip(begins, ends, strict=True) if not _inside(a, own)]
        if own and (not left or (len(left) == 1 and left[0] <= _FILLER + 1)):
            plain.add(e)
    return plain


def _is_everyday(e: Entry, meanings: Sequence[tuple[str, int, float]], names: Sequence[str]) -> bool:
    return any(names[m[1]] in kinds().everyday[e.kind] for m in meanings if m[0] in (e.language, ANY))


def _inside(place: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(a <= place < b for a, b in spans)
