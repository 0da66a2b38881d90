"""Ids: the digest of what a record says, and nothing else."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.identity import as_hex, as_rid, canonical, digests


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
