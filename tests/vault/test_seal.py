"""Whatever is done to something sealed, it does not open; and nothing else than what was sealed comes out."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.model.errors import SealError
from clew.vault import seal as sealing
from clew.vault.seal import new_key, seal, seal_stream, unseal, unseal_stream

KEY = new_key()
HEAD = 5 + 32  # magic and salt
TAG = 16


@given(data=st.binary(max_size=200), context=st.text(max_size=20))
def test_texts_come_back(data, context):
    sealed = seal(KEY, data, context)
    assert unseal(KEY, sealed, context) == data
    assert sealed != seal(KEY, data, context)  # a nonce is never used twice


@given(data=st.binary(max_size=60), where=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_changed_byte_shows(data, where, flip):
    sealed = bytearray(seal(KEY, data, "note C1-N1"))
    sealed[where % len(sealed)] ^= flip
    with pytest.raises(SealError, match="note C1-N1 cannot be opened"):
        unseal(KEY, bytes(sealed), "note C1-N1")


@given(data=st.binary(min_size=1, max_size=60), left=st.integers(0, 80))
def test_cut_texts_and_other_places_and_keys_show(data, left):
    sealed = seal(KEY, data, "note C1-N1")
    for wrong in (sealed[: min(left, len(sealed) - 1)], sealed + b"\0"):
        with pytest.raises(SealError):
            unseal(KEY, wrong, "note C1-N1")
    with pytest.raises(SealError):
        unseal(KEY, sealed, "note C1-N2")
    with pytest.raises(SealError):
        unseal(new_key(), sealed, "note C1-N1")


def _sealed(data: bytes, cut: int = 7) -> bytes:
    out = io.BytesIO()
    seal_stream(KEY, (data[at : at + cut] for at in range(0, len(data), cut)), "C1", out)
    return out.getvalue()


def _opened(sealed: bytes, key: bytes = KEY, context: str = "C1") -> bytes:
    return b"".join(unseal_stream(key, io.BytesIO(sealed), context))


@pytest.fixture
def small(monkeypatch):
    """Pieces of 8 bytes, so that files of many pieces are small."""
    monkeypatch.setattr(sealing, "PIECE", 8)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 80, 83])
@pytest.mark.parametrize("cut", [1, 7, 8, 1000])
def test_files_come_back_whatever_their_size(small, size, cut):
    data = bytes(range(size))
    sealed = _sealed(data, cut)
    assert _opened(sealed) == data
    assert len(sealed) == HEAD + size + TAG * max(1, -(-size // 8))


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_files_around_a_real_piece_come_back(more):
    data = bytes(sealing.PIECE + more)
    assert _opened(_sealed(data, 1 << 19)) == data


def test_a_huge_piece_is_cut(small):
    assert _opened(_sealed(bytes(1000), 10_000)) == bytes(1000)


def test_every_changed_byte_of_a_file_shows(small):
    sealed = _sealed(bytes(range(20)))
    for at in range(len(sealed)):
        wrong = bytearray(sealed)
        wrong[at] ^= 1
        with pytest.raises(SealError):
            _opened(bytes(wrong))


def test_every_cut_and_every_addition_of_a_file_shows(small):
    sealed = _sealed(bytes(range(24)))
    for left in range(len(sealed)):
        with pytest.raises(SealError):
            _opened(sealed[:left])
    for added in (b"\0", bytes(8 + TAG), sealed[HEAD : HEAD + 8 + TAG]):
        with pytest.raises(SealError):
            _opened(sealed + added)


def test_pieces_cannot_be_exchanged_dropped_or_taken_from_another_file(small):
    sealed, other = _sealed(bytes(range(24))), _sealed(bytes(range(24)))
    step = 8 + TAG
    head, pieces = sealed[:HEAD], [sealed[at : at + step] for at in range(HEAD, len(sealed), step)]
    strange = other[HEAD : HEAD + step]
    for wrong in (
        [pieces[1], pieces[0], pieces[2]],
        pieces[1:],
        [pieces[0], pieces[2]],
        pieces[:2],
        [*pieces, pieces[2]],
        [strange, *pieces[1:]],
    ):
        with pytest.raises(SealError):
            _opened(head + b"".join(wrong))


def test_another_case_and_another_key_open_nothing(small):
    sealed = _sealed(b"x" * 20)
    for key, context in ((KEY, "C2"), (new_key(), "C1")):
        with pytest.raises(SealError):
            _opened(sealed, key, context)


def test_what_comes_before_a_fault_is_right(small):
    sealed = bytearray(_sealed(bytes(range(24))))
    sealed[-1] ^= 1
    given_ = []
    with pytest.raises(SealError):
        given_.extend(unseal_stream(KEY, io.BytesIO(bytes(sealed)), "C1"))
    assert b"".join(given_) == bytes(range(16))


def test_what_is_no_sealed_file_is_said_to_be_none():
    for wrong in (b"", b"CLEW1", b"PK\x03\x04" + bytes(100)):
        with pytest.raises(SealError, match="no sealed file"):
            _opened(wrong)
