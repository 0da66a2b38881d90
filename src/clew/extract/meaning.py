"""Meaning: what job offers, pages and messages say in any of the languages of ``data/meaning``.

Lexicons sort the words of each language into classes (``send``, ``picture``, ``family``); rules, the same for all
languages, say which classes within a few words make a sense (a stage of control, a promise of an offer). So the same
meaning is found in wordings that nobody listed. The value of a mention is the sense; its span reaches from the first
to the last word that made it. Adverts are not read: `wording` is for them. What accuses somebody must be said more
often in a long message than in a short one (`PASSAGE`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._meaning_apply import Hits
from clew.extract._meaning_cache import compiled
from clew.extract._meaning_compile import Compiled
from clew.extract._meaning_kernel import Texts, read
from clew.extract._meaning_learnt import Reader, none, reader, scratch
from clew.extract._meaning_lexicon import kinds
from clew.extract._meaning_places import merge, numbers, sentences, word_places
from clew.extract._room import room
from clew.extract._starts import Starts
from clew.extract._written import plain
from clew.extract.base import Example, Ints, TextBatch, mentions
from clew.model.tables import MENTIONS

KINDS = ("job_ad", "page", "message")
# Beside the senses of talk, what a longer message must say more often before it counts: it accuses somebody. Offers
# and pages that say such a thing once say it to everybody.
GROWING = (
    "documents-held", "confinement", "documents-handover", "debt-bondage", "wage-deductions", "live-in-no-leave",
    "organ-offer", "organ-broker", "adoption-offer", "surrogacy-offer", "marriage-broker", "begging-quota",
    "drug-errand", "account-lending",
)  # fmt: skip


def _chosen(words: Starts, wanted: npt.NDArray[np.bool_]) -> Starts:
    """The words of some of the texts."""
    if wanted.all():
        return words
    lengths = np.diff(words.first)
    keep = np.repeat(wanted, lengths)
    first = np.concatenate(([0], np.cumsum(np.where(wanted, lengths, 0))))
    return Starts(first, words.at[keep], words.hash[keep], words.head[keep], words.next[keep])


def _figures(batch: TextBatch, words: Starts) -> Ints:
    """Numbers among the words: int64[k, 4] with record, begin, end and which of MADE."""
    digit = np.flatnonzero(batch.folded.sym[words.at] - np.uint16(48) < 10)
    record = np.searchsorted(words.first, digit, "right") - 1
    out = np.empty((len(digit), 4), np.int64)
    return out[: numbers(batch.folded.sym, batch.folded.start, record, words.at[digit], out)]


def _merged(hits: Sequence[npt.NDArray[np.integer]], more: Ints, apart: bool) -> list[Ints]:
    """`merge`, in memory that the next batch uses again."""
    out = [room(len(hits[0]) + len(more), np.int64) for _ in hits]
    k = merge(*hits, more, apart, *out)
    return [column[:k] for column in out]


def _hits(batch: TextBatch, words: Starts, c: Compiled) -> Hits:
    """The words of the lexicons, and numbers, in order of place."""
    f = batch.folded
    found, turns, said = c.words.find(f, words), c.turns.find(f, words, overlapping=True), c.says.find(f, words)
    figures = _figures(batch, words)
    figures[:, 3] += c.first_made
    merged = _merged((found.record, found.begin, found.end, found.phrase), figures, True)
    for more, first_phrase in ((turns, c.first_turns), (said, c.first_says)):
        places = np.stack((more.record, more.begin, more.end, more.phrase + np.int64(first_phrase)), axis=1)
        merged = _merged(merged, places, False)
    record, begin, end, phrase = merged
    number, part, first, after = (room(len(record), np.int64) for _ in range(4))
    word_places(words.at, words.first, record, begin, end, first, after)
    sentences(f.sym, f.start, record, begin, number, part)
    hidden = c.hidden[phrase] | ~plain(batch, record, begin, end)
    return Hits(record, begin, end, phrase, first, after, number, part, hidden)


def found_words(batch: TextBatch, words: Starts, c: Compiled) -> tuple[Hits, Ints, int]:
    """The words of the lexicons; int64[n + 1], where those of each text begin; the most of a text."""
    hits = _hits(batch, words, c)
    bounds = np.searchsorted(hits.record, np.arange(len(words.first)))
    return hits, bounds, int(np.diff(bounds).max(initial=0))


def senses(
    batch: TextBatch, words: Starts, length: Ints, c: Compiled, by: Reader
) -> tuple[Ints, npt.NDArray[np.float32]]:
    """Every sense that rules and the reader find: int64[k, 6] with record, begin, end, sense, hidden, hint; float32[k].

    The latter are the odds that it is meant (see MENTIONS), NaN where they are not graded.

    Args:
        batch: the texts.
        words: their words, of those that are read.
        length: int64[n], the words of each message; 0 of what is no message.
        c: the lexicons and rules.
        by: the learnt reader.
    """
    hits, bounds, longest = found_words(batch, words, c)
    talk = np.isin(c.senses, list(kinds().talk))
    grows = talk | np.isin(c.senses, GROWING)
    texts = Texts(batch.folded.sym, batch.folded.start, words.at, words.hash, words.first)
    return read(  # type: ignore[no-any-return]
        texts, hits, bounds, longest, c.groups, c.rules, c.denials, c.stretch, len(c.classes), grows, talk, length,
        by, scratch(by),
    )  # fmt: skip


class Meaning:
    """Finds senses in job offers, pages and messages; a record without a kind is read as a message.

    Args:
        learnt: whether the learnt reader is asked beside the rules.
    """

    name = "meaning"
    version = "15"
    types: tuple[str, ...] = ("wording", "hint")
    examples: Sequence[Example] = (
        Example(
            "If you don't pay I will send your pictures to your family.",
            (("wording", "threat-publish", "If you don't pay I will send your pictures", False),),
        ),
    )

    def __init__(self, learnt: bool = True) -> None:
        self._learnt = learnt

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        kind = batch.records.column("kind")
        wanted = pc.fill_null(pc.is_in(kind, pa.array(KINDS, kind.type)), False)
        wanted = pc.or_(wanted, pc.is_null(kind)).to_numpy(zero_copy_only=False)
        if not wanted.any():
            return MENTIONS.empty_table()
        c = compiled()
        words = _chosen(batch.words, wanted)
        said = pc.fill_null(pc.equal(kind, "message"), True).to_numpy(zero_copy_only=False)
        by = reader(c.senses) if self._learnt else none()
        found, odds = senses(batch, words, np.where(said, np.diff(words.first), 0), c, by)
        made = []
        for hint, type in enumerate(self.types):
            of_type = found[:, 5] == hint
            record, begin, end, sense, hidden, _ = np.ascontiguousarray(found[of_type].T)
            value = pa.array(c.senses, pa.string()).take(pa.array(sense))
            hidden = hidden.astype(np.bool_)
            made.append(mentions(batch, self, type, record, begin, end, value, hidden, odds[of_type]))
        return pa.concat_tables(made)


PLUGIN = Meaning()
