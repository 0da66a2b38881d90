"""Ids: the digest of what a record says, and nothing else."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.identity import Texts, as_hex, as_rid, canonical, digests


def texts(*columns: pa.Array) -> list[bytes]:
    found = canonical(columns)
    ends = found.ends.tolist()
    return [bytes(found.data[start:end]) for start, end in pairwise(ends)]


def test_the_canonical_text_is_written_by_hand() -> None:
    names, numbers = pa.array(["é", "", None, "x" * 10]), pa.array([1, None, -23, 456])
    assert texts(names, numbers) == [b"2:\xc3\xa91:1", b"0:-", b"-3:-23", b"10:xxxxxxxxxx3:456"]
    assert texts(names.slice(2), numbers.slice(2)) == [b"-3:-23", b"10:xxxxxxxxxx3:456"]
    assert texts(names.slice(0, 0), numbers.slice(0, 0)) == []


def test_ids_are_the_start_of_the_sha256() -> None:
    digest = digests(canonical([pa.array(["a", None])]))
    expected = [hashlib.sha256(text).hexdigest()[:32] for text in (b"1:a", b"-")]
    assert as_hex(digest).to_pylist() == expected
    assert as_rid(digest).to_pylist() == [int(text[:16], 16) for text in expected]


_ROW = st.tuples(st.none() | st.text(max_size=12), st.none() | st.text(max_size=12))


@given(_ROW, _ROW)
def test_different_rows_have_different_texts(left: tuple[str | None, ...], right: tuple[str | None, ...]) -> None:
    columns = [pa.array(list(cells), pa.string()) for cells in zip(left, right, strict=True)]
    first, second = texts(*columns)
    assert (first == second) == (left == right)


@given(st.lists(st.binary(max_size=300) | st.integers(0, 4200).map(bytes), max_size=40))
def test_digests_of_texts_of_any_length_are_those_of_hashlib(parts: list[bytes]) -> None:
    whole = np.frombuffer(b"".join(parts) or b"\0", np.uint8)
    digest = digests(Texts(whole, np.cumsum([0, *map(len, parts)])))
    assert [bytes(row) for row in digest] == [hashlib.sha256(part).digest()[:16] for part in parts]


def test_texts_that_just_fill_a_block_have_the_digests_of_hashlib() -> None:
    parts = [b"x" * n for n in (0, 55, 56, 63, 64, 65, 119, 120, 127, 128, 2047, 2048)]
    digest = digests(Texts(np.frombuffer(b"".join(parts), np.uint8), np.cumsum([0, *map(len, parts)])))
    assert [bytes(row) for row in digest] == [hashlib.sha256(part).digest()[:16] for part in parts]
