"""What a payment is for, by the words of its text: a lexicon of words and pairs of words, counted in one pass."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.ingest.kernels import kernel, kernel_step, making_kernel

UNKNOWN = -1
_SEED, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_BLANK = np.uint64(0x20)
_SHORTEST_PREFIX = 4

# Letters as they are compared: small, without accents, as banks print them.
PLAIN = "replace(replace(translate(strip_accents(lower({})), 'łđøı', 'ldoi'), 'æ', 'ae'), 'ß', 'ss')"


@dataclass(frozen=True)
class Lexicon:
    """The words of all languages.

    Attributes:
        purposes: their names, in the order of the file.
        merchant: bool[p], whether the words of a purpose count in the name of whoever is paid, too.
        hashes: uint64[w], sorted: of a word, or of two words with a blank between them.
        codes: int16[w], purpose.
        prefix_hashes, prefix_codes: the same of beginnings.
    """

    purposes: tuple[str, ...]
    merchant: npt.NDArray[np.bool_]
    hashes: npt.NDArray[np.uint64]
    codes: npt.NDArray[np.int16]
    prefix_hashes: npt.NDArray[np.uint64]
    prefix_codes: npt.NDArray[np.int16]


@cache
def _read() -> tuple[tuple[str, ...], tuple[bool, ...], tuple[tuple[str, int], ...]]:
    """Purposes, which of them are merchants, and (word, purpose) in order."""
    given = tomllib.loads(files("clew.trace.money").joinpath("data/purposes.toml").read_text(encoding="utf-8"))
    merchant = tuple(bool(entry.get("merchant", False)) for entry in given.values())
    return tuple(given), merchant, tuple(_listed(list(given.values())))


def _listed(entries: list[dict[str, list[str]]]) -> Iterator[tuple[str, int]]:
    for code, entry in enumerate(entries):
        for language, words in entry.items():
            if language != "merchant":
                yield from ((word, code) for word in words)


def lexicon(engine: Engine, platforms: pa.Array) -> Lexicon:
    """The lexicon, with the names of the platforms that adverts stand on as words for adverts.

    Args:
        engine: makes letters plain the same way for words and texts.
        platforms: string[k].
    """
    purposes, merchant, listed = _read()
    words = [word for word, _ in listed] + platforms.to_pylist()
    code = [code for _, code in listed] + [purposes.index("advert")] * len(platforms)
    table = pa.table({"word": pa.array(words, pa.string()), "code": pa.array(code, pa.int16())})
    # A name of three letters stands in other words' places too often to be a platform's.
    query = rf"""
        SELECT starred, hash_input, min(code) AS code FROM (
            SELECT code, ends_with(word, '*') AS starred,
                trim(regexp_replace({PLAIN.format("word")}, '[^\p{{L}}]+', ' ', 'g')) AS hash_input FROM words_given)
        WHERE length(hash_input) >= 3 AND len(string_split(hash_input, ' ')) <= 2 GROUP BY ALL ORDER BY ALL"""
    found = engine.sql(query, {"words_given": table})
    engine.forget("words_given")
    starred = found.column("starred").to_numpy()
    codes = found.column("code").to_numpy().astype(np.int16)
    hashes = _hashes(found.column("hash_input").combine_chunks())
    whole, begun = (np.flatnonzero(starred == flag) for flag in (False, True))
    whole, begun = (at[np.argsort(hashes[at], kind="stable")] for at in (whole, begun))
    return Lexicon(purposes, np.array(merchant), hashes[whole], codes[whole], hashes[begun], codes[begun])


def purposes_of(
    lexicon: Lexicon, texts: pa.Array, merchants: pa.Array, paid: npt.NDArray[np.int64]
) -> npt.NDArray[np.int16]:
    """int16[n], the purpose that most words speak for, of equals the first in the file; `UNKNOWN` without any.

    Args:
        lexicon: the words.
        texts: string[n], what is said about each payment, plain but for the size of its letters.
        merchants: string[m], names of shops, carriers and people, plain.
        paid: int64[n], which of them is paid.
    """
    said = _counted(lexicon, texts, np.ones(len(lexicon.purposes), np.bool_))
    counts = said.astype(np.uint16) + _counted(lexicon, merchants, lexicon.merchant)[paid]
    best = counts.argmax(axis=1).astype(np.int16)
    return np.where(counts[np.arange(len(best)), best] > 0, best, UNKNOWN).astype(np.int16)


def _counted(lexicon: Lexicon, column: pa.Array, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """uint8[n, purposes], how many words of each text speak for each purpose of the mask."""
    counts = np.zeros((len(column), len(lexicon.purposes)), np.uint8)
    data, offsets = _buffers(column)
    known = (lexicon.hashes, lexicon.codes, lexicon.prefix_hashes, lexicon.prefix_codes)
    _count(data, offsets, *known, mask, counts)
    return counts


def _buffers(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of a column without nulls and where each text begins."""
    column = column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    begin = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8), begin


def _hashes(words: pa.Array) -> npt.NDArray[np.uint64]:
    data, offsets = _buffers(words)
    out = np.empty(len(words), np.uint64)
    _hash_whole(data, offsets, out)
    return out


@kernel
def _hash_whole(data, offsets, out):  # type: ignore[no-untyped-def]
    for k in range(out.shape[0]):
        h = _SEED
        for i in range(offsets[k], offsets[k + 1]):
            h = (h ^ np.uint64(data[i])) * _PRIME
        out[k] = h


@kernel_step
def _find(hashes, codes, wanted):  # type: ignore[no-untyped-def]
    """The purpose of a hash; -1 where there is none."""
    low, high = 0, hashes.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if hashes[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return codes[low] if low < hashes.shape[0] and hashes[low] == wanted else -1


@making_kernel
def _count(data, offsets, hashes, codes, prefix_hashes, prefix_codes, mask, counts):  # type: ignore[no-untyped-def]
    """Count the words of each purpose in each text. A pair of words counts twice: it says more than one."""
    sieve = np.zeros(1 << 16, np.bool_)  # most words are no beginning that is looked for
    for h in prefix_hashes:
        sieve[h >> np.uint64(48)] = True
    for k in range(offsets.shape[0] - 1):
        h, pair = _SEED, _SEED  # of this word; of the last word, a blank and this word
        length, before, begun = 0, False, -1
        for i in range(offsets[k], offsets[k + 1] + 1):
            c = data[i] if i < offsets[k + 1] else np.uint8(32)
            c = c | np.uint8(32) if c >= 65 and c <= 90 else c  # a capital
            if (c >= 97 and c <= 122) or c >= 128:
                h = (h ^ np.uint64(c)) * _PRIME
                pair = (pair ^ np.uint64(c)) * _PRIME
                length += 1
                if length >= _SHORTEST_PREFIX and begun < 0 and sieve[h >> np.uint64(48)]:
                    begun = _find(prefix_hashes, prefix_codes, h)
            elif length > 0:
                found = _find(hashes, codes, h) if begun < 0 else begun
                if found >= 0 and mask[found] and counts[k, found] < 200:
                    counts[k, found] += 1
                if before:
                    found = _find(hashes, codes, pair)
                    if found >= 0 and mask[found] and counts[k, found] < 200:
                        counts[k, found] += 2
                pair = (h ^ _BLANK) * _PRIME
                before, h, length, begun = True, _SEED, 0, -1
