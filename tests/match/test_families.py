from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.extract.base import batch_of_texts
from clew.match.families import Signatures, TextFamilies, families
from clew.match.signature import signature

AD = "Hi, I am {} and new in {}, sweet and friendly company for a quiet evening, call {} any time"
FAMILIES = (
    [AD.format(*x) for x in (("Anna", "Lyon", "06 11"), ("Eva", "Nice", "0622222222"), ("Zoé", "Paris", "+33 6 3"))],
    ["Срочно требуются повара на кухню возле вокзала, жильё и питание, пишите " + x for x in ("нам", "Олегу", "5")],
    ["مطلوب طباخ للعمل في مطعم قرب المحطة مع السكن والطعام اتصل على " + x for x in ("1", "22", "الهاتف")],
    ["駅前の食堂で調理の仕事があります。寮と食事つき、連絡は" + x for x in ("田中", "電話で", "山本まで")],
)
LONE = ["We sell used bicycles and repair yours while you wait", "Ein ganz anderer Text über Blumen im Garten", "hi"]


def grouped(found: TextFamilies, rid: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(rid[found.label == f].tolist()) for f in range(len(found.medoid))}


def of(texts: list[str]) -> Signatures:
    return Signatures.of(signature(batch_of_texts(texts)))


def shuffled(signatures: Signatures, order: np.ndarray) -> Signatures:
    return Signatures(*(getattr(signatures, k)[order] for k in ("rid", "bands", "bitmap", "level", "shingles")))


def test_copies_with_other_names_and_numbers_are_one_family_in_any_script() -> None:
    texts = [text for family in FAMILIES for text in family] + LONE
    signatures = of(texts)
    found = families(signatures, threads=2)
    assert grouped(found, signatures.rid) == {frozenset(range(k, k + 3)) for k in (0, 3, 6, 9)}
    assert all(found.label[found.medoid] == np.arange(4))
    assert found.label.tolist()[-2:] == [-1, -1]


def test_short_unrelated_texts_stay_apart() -> None:
    texts = [
        "call me at 0611111111",
        "call me at 0622222222",
        "call me now please",
        "hello how are you",
        "how are they",
    ]
    assert len(families(of(texts)).medoid) == 0


def chain(length: int, step: int, seed: int = 1) -> list[str]:
    """Texts of 60 words of which each shares all but `step` with the one before."""
    letters = np.random.default_rng(seed).integers(97, 123, (length * step + 60, 9))
    line = ["".join(map(chr, word)) for word in letters.tolist()]
    return [" ".join(line[k * step : k * step + 60]) for k in range(length)]


def test_a_chain_is_split_into_families_whose_members_agree() -> None:
    texts = chain(120, 5)
    found = families(of(texts))
    sizes = np.bincount(found.label[found.label >= 0])
    assert sizes.max() <= 2 * (60 // 5)
    sets = [set(pairwise(t.split())) for t in texts]
    for row, label in enumerate(found.label):
        if label >= 0:
            a, b = sets[row], sets[found.medoid[label]]
            assert len(a & b) / len(a | b) > 0.2
    assert (found.label >= 0).mean() > 0.9


def test_identical_and_crowded_inputs_stay_linear() -> None:
    one = of(["the same advert text over and over again, call us"])
    columns = [np.repeat(getattr(one, k), 200_000, axis=0) for k in ("bands", "bitmap", "level", "shingles")]
    many = Signatures(np.arange(200_000, dtype=np.uint64), *columns)
    found = families(many)
    assert len(found.medoid) == 1 and (found.label == 0).all()
    rng = np.random.default_rng(2)
    bitmap = rng.integers(0, 2**63, (20_000, 16)).astype(np.uint64)  # one bucket of texts that have nothing in common
    crowd = Signatures(
        many.rid[:20_000], many.bands[:20_000], bitmap, np.zeros(20_000, np.uint8), many.shingles[:20_000]
    )
    assert families(crowd, alike=0.9).medoid.size == 0


def test_segments_are_read_in_any_order(tmp_path: Path) -> None:
    table = signature(batch_of_texts([text for family in FAMILIES for text in family]))
    paths = [tmp_path / f"{k}.parquet" for k in range(3)]
    for path, (a, b) in zip(paths, ((0, 5), (5, 5), (5, 12)), strict=True):
        pq.write_table(table.slice(a, b - a), path, compression="none", row_group_size=2)
    one, two = Signatures.load(paths), Signatures.load(paths[::-1])
    assert grouped(families(one), one.rid) == grouped(families(two), two.rid)
    assert len(Signatures.load([]).rid) == 0


WORD = st.sampled_from(["red", "blue", "call", "now", "new", "in", "town", "sweet", "happy", "day", "12", "99"])


@settings(max_examples=tried(30), deadline=None)
@given(st.lists(st.lists(WORD, max_size=12).map(" ".join), max_size=40), st.randoms(use_true_random=False))
def test_neither_order_nor_threads_matter(texts: list[str], random: object) -> None:
    signatures = of(texts)
    order = np.array(sorted(range(len(signatures.rid)), key=lambda _: random.random()), np.int64)  # type: ignore[attr-defined]
    mixed = shuffled(signatures, order)
    one, two = families(signatures), families(mixed, threads=3)
    assert grouped(one, signatures.rid) == grouped(two, mixed.rid)
    assert signatures.rid[one.medoid].tolist() == mixed.rid[two.medoid].tolist()


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_texts(count: int) -> None:
    found = families(of(["some text of five words"] * count))
    assert found.label.tolist() == [-1] * count and len(found.medoid) == 0
