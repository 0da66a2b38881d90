"""Folding: what a person reads, and where in the text it stands."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.extract._starts import symbol_class
from clew.extract.base import batch_of_texts, mentions
from clew.extract.fold import BREAK, EMOJI, OTHER, fold, fold_text, text_buffers


def read(text: str) -> str:
    folded = batch_of_texts([text]).folded
    return "".join(chr(s) for s in folded.sym if s != BREAK)


def test_reads_letters_and_digits_of_any_style() -> None:
    assert read("ÉÀÜ ｅ𝐞ⓔ Łódź ß") == "eau eee lodz s"
    assert read("٠١٢ ０１２ 𝟎𝟏𝟐 ①") == "012 012 012 1"
    assert read("a\u200bb\u00adc\ufe0f") == "abc"
    assert read("don’t “x” — y") == 'don\'t "x" - y'
    assert read("한국 東京 мир") == "한국 東京 мир"
    assert fold_text("ÉŁ①") == "el1"


def test_pictures_and_rare_letters_are_marks() -> None:
    assert [ord(c) for c in read("😀☎")] == [EMOJI, EMOJI]
    assert [ord(c) for c in read("𐎀")] == [OTHER]


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=tried(50), deadline=None)
def test_every_symbol_points_at_its_character(first: str, second: str) -> None:
    first, second = (t.encode("utf-8", "replace").decode() for t in (first, second))
    folded = fold(*text_buffers(pa.array([first, second], pa.large_string())))
    for r, text in enumerate((first, second)):
        raw = text.encode()
        span = slice(folded.start[r], folded.start[r + 1])
        chars, starts, widths = folded.char[span], folded.byte[span], folded.width[span]
        assert (np.diff(chars.astype(np.int64)) >= 0).all()
        for char, byte, width in zip(chars.tolist(), starts.tolist(), widths.tolist(), strict=True):
            assert len(raw[:byte].decode()) == char
            assert width > 0 and char < len(text)


@given(st.lists(st.text(alphabet=st.sampled_from("aé1 <>&;b/#x😀\u200b中'\"=-!"), max_size=40), min_size=1, max_size=4))
@settings(max_examples=tried(50), deadline=None)
def test_a_mention_of_any_word_is_a_slice_of_its_text(texts: list[str]) -> None:
    batch = batch_of_texts(texts)
    f, kinds = batch.folded, symbol_class()
    words = [
        (r, i, i + 1)
        for r in range(len(texts))
        for i in range(f.start[r], f.start[r + 1])
        if f.sym[i] != BREAK and kinds[f.sym[i]] != 0
    ]
    record, begin, end = (np.array([w[k] for w in words], np.int64) for k in range(3))

    class Anything:
        name, version, types, examples = "any", "1", ("word",), ()

        def find(self, batch: object) -> pa.Table:
            raise NotImplementedError

    value = pa.array(["x"] * len(words), pa.string())
    rows = mentions(batch, Anything(), "word", record, begin, end, value, np.zeros(len(words), np.bool_)).to_pylist()
    for row in rows:
        assert texts[row["rid"]][row["start"] : row["end"]] == row["raw"]
        assert row["raw"]


@given(st.binary(max_size=80))
@settings(max_examples=tried(50), deadline=None)
def test_broken_utf8_never_reads_past_its_text(raw: bytes) -> None:
    data = np.frombuffer(raw + b"SECRET", np.uint8)
    offsets = np.array([0, len(raw)], np.int64)
    offsets.setflags(write=False)  # as Arrow's are: no other machine code
    folded = fold(data, offsets)
    assert (folded.byte < max(len(raw), 1)).all()
    assert folded.start[1] == len(folded.sym) <= len(raw)


def test_texts_do_not_run_into_each_other() -> None:
    together = fold(*text_buffers(pa.array(["<b", "x>&am", "p;y"], pa.large_string())))
    parts = ["".join(map(chr, together.sym[together.start[i] : together.start[i + 1]])) for i in range(3)]
    assert parts == ["<b", "x>&am", "p;y"]


def test_an_array_slice_is_folded_as_itself() -> None:
    whole = pa.array(["aa", "béb", "cc"], pa.large_string())
    folded = fold(*text_buffers(whole.slice(1, 1)))
    assert "".join(map(chr, folded.sym)) == "beb"
    assert folded.byte.tolist() == [0, 1, 3]
