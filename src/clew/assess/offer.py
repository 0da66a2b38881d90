"""What sets some offers apart from others, learned from offers that people labelled: a sum whose parts are words.

    score of an offer  =  base  +  Σ points of the words, pairs of words and senses that it holds

The score is the natural log-odds that a person would label the offer as they labelled the bad ones. Nothing else goes
in: no length, no punctuation, no fields that are filled or not; so that every part can be read in the text, as in
"'no experience' +0.40". Senses are those of the lexicons (`clew.extract.meaning`), and weigh like a word. Words of
gender, ethnicity, nationality and religion, and countries, never come in (`clew.extract._never`).

Near copies are one text. One campaign pasted a hundred times would otherwise teach its own words only, so each family
of copies has weight 1 together, and a term must stand in two families to count.

How the points are found (Wang and Manning, "Baselines and bigrams", 2012): a term's log-ratio is how much more often
bad offers hold it; a logistic model with a normal prior says how far it is to be believed; and the whole is shrunk by
what the same way of learning was worth on labelled offers that it was not shown, so that scores are no surer than that.
Of a long text each term counts less: points are divided by the root of the number of known terms.

It is learned anew from the labels each time, in a second; nothing is kept that has not been given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import minimize
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from clew.extract._never import never_learned
from clew.extract.base import batch_of_texts
from clew.extract.meaning import Meaning
from clew.model.errors import InputError

FEWEST = 10  # families of either kind
_SPREAD = 10.0  # inverse strength of the prior on what is believed of a log-ratio
_SMOOTH = 1.0  # families of either kind that every term is taken to stand in beside those seen
_RUN = 8  # words in a row that two authors seldom write alike
_OFTEN = 2  # families that hold a term
_FOLDS = 5  # to see what learning is worth on offers that were not shown
_NEVER = "targets-young-women"  # of gender: the catalogue shows it, a learned score does not rest on it
_SENSE = "sense:"  # before a sense, among terms; no word has a colon

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Terms:
    """What some offers hold, each term once for an offer.

    Attributes:
        offers: how many there are.
        offer, term: the offer and the term of each entry; sorted by offer.
    """

    offers: int
    offer: Ints
    term: pa.Array

    @classmethod
    def of(cls, texts: Sequence[str]) -> Terms:
        """Words, pairs of words in a row, and senses of texts, read as lower-case letters alone."""
        plain = letters(texts)
        word, offer = _words(plain)
        pair = pc.binary_join_element_wise(word[:-1], word[1:], " ").filter(pa.array(offer[1:] == offer[:-1]))
        said = Meaning(learnt=False).find(batch_of_texts(plain.to_pylist()))
        said = said.filter(pc.not_equal(said["value"], _NEVER))
        sense = pc.binary_join_element_wise(_SENSE, said["value"].combine_chunks().cast(pa.string()), "")
        rows = [offer, offer[1:][offer[1:] == offer[:-1]], said["rid"].to_numpy().astype(np.int64)]
        table = pa.table([np.concatenate(rows), pa.chunked_array([word, pair, sense])], ["offer", "term"])
        table = table.filter(pc.not_equal(table["term"], "")).group_by(["offer", "term"], use_threads=False)
        once = table.aggregate([]).sort_by([("offer", "ascending"), ("term", "ascending")])
        coded = once["term"].combine_chunks().dictionary_encode()
        allowed = pc.invert(never_learned(coded.dictionary)).take(coded.indices)
        once = once.filter(allowed)
        return cls(len(texts), once["offer"].to_numpy(), once["term"].combine_chunks())

    def chosen(self, which: Flags) -> Terms:
        """Those of some offers."""
        keep = which[self.offer]
        number = np.cumsum(which) - 1
        return Terms(int(which.sum()), number[self.offer[keep]], self.term.filter(pa.array(keep)))


@dataclass(frozen=True)
class Part:
    """One part of a score.

    Attributes:
        words: a word, two words in a row, or the name of a sense.
        points: what it adds.
        sense: whether it is a sense.
    """

    words: str
    points: float
    sense: bool

    def __str__(self) -> str:
        return f"{self.words} {self.points:+.2f}" if self.sense else f"'{self.words}' {self.points:+.2f}"


@dataclass(frozen=True)
class OfferModel:
    """What was learned.

    Attributes:
        terms: sorted; their ``points``, before they are divided by the root of the known terms of an offer.
        base: score of an offer with no known term.
        bad, good: families of near copies that were labelled so.
    """

    terms: pa.Array
    points: Floats
    base: float
    bad: int
    good: int

    def score(self, offers: Terms) -> Floats:
        """Log-odds of each offer: the base and the sum of its parts."""
        matrix = _matrix(offers, self.terms)
        return np.asarray(self.base + matrix @ self.points, np.float64)

    def parts(self, offers: Terms) -> list[list[Part]]:
        """What each offer's score is made of beside the base, the largest first."""
        matrix = _matrix(offers, self.terms)
        told = []
        for begin, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
            column = matrix.indices[begin:end]
            worth = matrix.data[begin:end] * self.points[column]
            order = np.argsort(-np.abs(worth), kind="stable")
            names = self.terms.take(pa.array(column[order])).to_pylist()
            told.append([_part(name, float(w)) for name, w in zip(names, worth[order], strict=True)])
        return told


def letters(texts: Sequence[str]) -> pa.Array:
    """Texts as lower-case words with one space between them; digits, punctuation and masked contacts are left out."""
    plain = pc.replace_substring_regex(pa.array(texts, pa.string()), r"#[A-Z]+_[0-9a-f]+#", " ")
    plain = pc.replace_substring_regex(pc.utf8_lower(plain), r"[^\pL\pM]+", " ")
    return pc.utf8_trim_whitespace(plain)


def copies(texts: Sequence[str]) -> Ints:
    """The family of each text, as a number: texts with a run of eight words in common, and those tied through others.

    Looser than templates are (`clew.match.families`): a passage that was pasted makes one author of two offers.
    """
    word, offer = _words(letters(texts))
    whole = (
        np.flatnonzero(offer[_RUN - 1 :] == offer[: len(offer) - _RUN + 1]) if len(word) >= _RUN else np.empty(0, int)
    )
    if not len(whole):
        return np.arange(len(texts), dtype=np.int64)
    code = word.dictionary_encode().indices.to_numpy().astype(np.int64)
    runs = np.unique(code[whole[:, None] + np.arange(_RUN)], axis=0, return_inverse=True)[1].ravel()
    nodes = len(texts) + int(runs.max()) + 1
    ties = coo_array((np.ones(len(runs), np.int8), (offer[whole], runs + len(texts))), shape=(nodes, nodes))
    label = connected_components(ties, directed=False)[1][: len(texts)]
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def learn_offers(offers: Terms, bad: Flags, family: Ints) -> OfferModel:
    """Learn from labelled offers.

    Args:
        offers: what they hold.
        bad: how each was labelled.
        family: of near copies, see `copies`.

    Raises:
        InputError: there are too few of a kind.
    """
    counts = [len(set(family[kind].tolist())) for kind in (bad, ~bad)]
    if min(counts) < FEWEST:
        raise InputError(
            f"{counts[0]} different bad and {counts[1]} different good offers are too few to learn from.",
            f"Label at least {FEWEST} of each; near copies count once.",
        )
    offers, bad, family = _in_order(offers, bad, family)
    terms, points, base = _fit(offers, bad, family)
    unseen = np.empty(len(bad))
    fold = _folds(family, bad)
    for k in range(_FOLDS):
        rest = fold != k
        known, own, start = _fit(offers.chosen(rest), bad[rest], family[rest])
        unseen[~rest] = start + _matrix(offers.chosen(~rest), known) @ own
    slope, shift = _logistic(csr_array(unseen[:, None]), bad, _weights(family), spread=100.0)
    slope = np.clip(slope, 0.0, 1.0)  # it may make less sure of a thing, never surer
    return OfferModel(terms, slope[0] * points, float(slope[0] * base + shift), counts[0], counts[1])


def _words(plain: pa.Array) -> tuple[pa.Array, Ints]:
    """All words one after the other, and the text of each."""
    listed = pc.split_pattern(plain, " ")
    return listed.flatten(), pc.list_parent_indices(listed).to_numpy().astype(np.int64)


def _part(name: str, points: float) -> Part:
    sense = name.startswith(_SENSE)
    return Part(name.removeprefix(_SENSE), points, sense)


def _weights(family: Ints) -> Floats:
    """1 for each family together."""
    return np.asarray(1.0 / np.bincount(family)[family], np.float64)


def _in_order(offers: Terms, bad: Flags, family: Ints) -> tuple[Terms, Flags, Ints]:
    """The same in an order that hangs on what the offers hold alone, so that sums are the same to the last bit."""
    coded = offers.term.dictionary_encode()
    rank = np.empty(len(coded.dictionary), np.uint64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank), dtype=np.uint64)
    mixed = (rank[coded.indices.to_numpy()] + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    key = np.zeros(offers.offers, np.uint64)
    np.add.at(key, offers.offer, (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9))
    order = np.lexsort((key, bad))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    first = np.full(int(family.max()) + 1, len(order))
    np.minimum.at(first, family, place)
    moved = np.argsort(place[offers.offer], kind="stable")
    arranged = Terms(offers.offers, place[offers.offer][moved], offers.term.take(pa.array(moved)))
    return arranged, bad[order], np.unique(first[family[order]], return_inverse=True)[1].astype(np.int64)


def _folds(family: Ints, bad: Flags) -> Ints:
    """A number below `_FOLDS` for each offer, the same within a family; kinds are spread evenly."""
    share = np.bincount(family, weights=bad) / np.maximum(np.bincount(family), 1)
    place = np.empty(len(share), np.int64)
    place[np.argsort(share, kind="stable")] = np.arange(len(share))
    return place[family] % _FOLDS


def _matrix(offers: Terms, terms: pa.Array) -> csr_array:
    """Offers by known terms: one over the root of how many of them the offer holds."""
    column = pc.index_in(offers.term, terms)
    known = pc.is_valid(column).to_numpy(zero_copy_only=False)
    offer, column = offers.offer[known], column.drop_null().to_numpy()
    held = np.bincount(offer, minlength=offers.offers)
    return csr_array((1.0 / np.sqrt(held[offer]), (offer, column)), shape=(offers.offers, len(terms)))


def _fit(offers: Terms, bad: Flags, family: Ints) -> tuple[pa.Array, Floats, float]:
    """Terms, their points and the base, not yet shrunk by what they are worth elsewhere."""
    coded = offers.term.dictionary_encode()
    width, code = int(family.max()) + 1, coded.indices.to_numpy().astype(np.int64)
    seen = np.unique(code * width + family[offers.offer]) // width
    often = pa.array(np.bincount(seen, minlength=len(coded.dictionary)) >= _OFTEN)
    terms = coded.dictionary.filter(often)
    terms = terms.take(pc.sort_indices(terms))
    matrix, weight = _matrix(offers, terms), _weights(family)
    ratio = _log_ratio(matrix, bad, weight)
    scaled = csr_array(matrix.multiply(ratio[None, :]))
    believed, base = _logistic(scaled, bad, weight, _SPREAD)
    return terms, believed * ratio, base


def _log_ratio(matrix: csr_array, bad: Flags, weight: Floats) -> Floats:
    """How much more often bad offers hold each term, as a natural logarithm."""
    holds = csr_array((np.ones(len(matrix.data)), matrix.indices, matrix.indptr), shape=matrix.shape)
    yes, no = (_SMOOTH + holds.T @ (weight * kind) for kind in (bad, ~bad))
    return np.asarray(np.log((yes / yes.sum()) / (no / no.sum())), np.float64)


def _logistic(matrix: csr_array, bad: Flags, weight: Floats, spread: float) -> tuple[Floats, float]:
    """Weights of greatest posterior probability under a normal prior around 0, and the base, which has none."""
    labels, across = bad.astype(np.float64), csr_array(matrix.T)

    def loss(x: Floats) -> tuple[float, Floats]:
        odds = matrix @ x[:-1] + x[-1]
        wrong = weight * (expit(odds) - labels)
        value = weight @ (np.logaddexp(0, odds) - labels * odds) + x[:-1] @ x[:-1] / (2 * spread)
        return float(value), np.append(across @ wrong + x[:-1] / spread, wrong.sum())

    found = minimize(loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return np.asarray(found[:-1], np.float64), float(found[-1])
