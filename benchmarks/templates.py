"""Templates: speed, memory and agreement of Clew and its peers on the same texts, and on Debian's package descriptions.

Texts are drawn: families of texts of 50 to 100 words in which up to 15 in 100 words were changed, put in or left out.
Peers run as their documentation shows (2-word shingles, Jaccard index of one half, candidates joined by
union-find), with their own threads, each in a process of its own, on as many of the texts as they do in about the time
given; Clew runs on the very same texts in the same process after them, from a column of texts to labels. Their rate on
more texts would be lower. `python -m benchmarks.templates`
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.metrics import adjusted_rand
from clew.extract.base import FIELDS, TextBatch, text_batch
from clew.match.families import Signatures, families
from clew.match.signature import signature

Ints = npt.NDArray[np.int64]
Row = dict[str, Any]

BATCH = 16_384
_VOCABULARY = 20_000


def drawn(n: int, seed: int) -> tuple[pa.ChunkedArray, Ints]:
    """n texts, and the family of each: about five texts a family, some with many more."""
    rng = np.random.default_rng(seed)
    letters = rng.integers(97, 123, (_VOCABULARY, 10), np.uint8)
    words = pa.array([row[: rng.integers(2, 11)].tobytes().decode() for row in letters])
    share = 1 / np.arange(10, _VOCABULARY + 10)
    share /= share.sum()
    count = max(1, n // 5)
    truth = (count * rng.random(n) ** 1.5).astype(np.int64)
    lengths = rng.integers(50, 100, count)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    base = rng.choice(_VOCABULARY, int(starts[-1]), p=share)
    return pa.chunked_array(
        [_edited(truth[k : k + BATCH], lengths, starts, base, share, words, rng) for k in range(0, n, BATCH)]
    ), truth


def _edited(
    family: Ints, lengths: Ints, starts: Ints, base: Ints, share: npt.NDArray[np.float64], words: pa.Array, rng: Any
) -> pa.Array:
    """One text for each entry of `family`, its words changed at a rate of its own."""
    size = lengths[family]
    owner = np.repeat(np.arange(len(family)), size)
    at = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    word = base[starts[family][owner] + at]
    rate = rng.uniform(0, 0.15, len(family))[owner]
    chance = rng.random(len(word)) / rate
    word = np.where(chance < 0.6, rng.choice(_VOCABULARY, len(word), p=share), word)
    times = np.where(chance < 0.6, 1, np.where(chance < 0.8, 2, np.where(chance < 1, 0, 1)))
    word, owner = np.repeat(word, times), np.repeat(owner, times)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(family))))).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), words.take(pa.array(word))), " ")


def _batch(texts: pa.Array, first: int) -> TextBatch:
    columns: dict[str, Any] = {f: pa.nulls(len(texts), pa.string()) for f in FIELDS}
    columns |= {"body": texts, "rid": pa.array(np.arange(first, first + len(texts)), pa.uint64())}
    return text_batch(pa.RecordBatch.from_pydict(columns))


def clew(texts: pa.ChunkedArray, threads: int = 2) -> tuple[Ints, dict[str, float]]:
    """Families by Clew; processor seconds of its steps (folding is shared with all extractors in the pipeline)."""
    firsts = np.cumsum([0, *(len(chunk) for chunk in texts.chunks)])[:-1].tolist()
    spent = [0.0, 0.0]

    def work(pair: tuple[pa.Array, int]) -> pa.Table:
        begin = time.thread_time()
        batch = _batch(*pair)
        middle = time.thread_time()
        signed = signature(batch)
        spent[0] += middle - begin
        spent[1] += time.thread_time() - middle
        return signed

    with ThreadPoolExecutor(threads) as pool:
        signatures = Signatures.gathered(pool.map(work, zip(texts.chunks, firsts, strict=True)), len(texts))
    begin = time.process_time()
    found = families(signatures, threads)
    label = -1 - np.arange(len(texts))
    member = found.label >= 0
    label[signatures.rid[member].astype(np.int64)] = found.label[member]
    return label, {"fold": spent[0], "sign": spent[1], "families": time.process_time() - begin}


def _shingles(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return [f"{a} {b}" for a, b in itertools.pairwise(words)]


def _components(n: int, found: Iterable[tuple[int, Iterable[int]]]) -> Ints:
    pairs = np.array([(a, b) for a, near in found for b in near if a != b], np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)  # type: ignore[no-any-return]


def rensa(texts: list[str]) -> Ints:
    """128 permutations, 32 bands, candidates verified by the sketch."""
    import rensa as peer

    hashes = peer.RMinHash.from_token_sets([_shingles(text) for text in texts], 128, 42)
    index = peer.RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    index.insert_many(hashes)
    return _components(
        len(texts), ((i, [j for j in index.query(h) if h.jaccard(hashes[j]) >= 0.5]) for i, h in enumerate(hashes))
    )


def gaoya(texts: list[str]) -> Ints:
    """42 bands of 3, as in its documentation; all threads."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.5, 42, 3, None, "word", True, (2, 2), "vec")
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    return _components(len(texts), enumerate(index.par_bulk_query(texts)))


def datasketch(texts: list[str]) -> Ints:
    """128 permutations, its own choice of bands."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)
    hashes = MinHash.bulk([[s.encode() for s in _shingles(text)] for text in texts], num_perm=128)
    for i, one in enumerate(hashes):
        index.insert(i, one)
    return _components(len(texts), ((i, index.query(one)) for i, one in enumerate(hashes)))


PEERS: dict[str, Callable[[list[str]], Ints]] = {"gaoya": gaoya, "rensa": rensa, "datasketch": datasketch}
_TRIAL = 5_000


def _peak() -> float:
    """Most memory of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _clew_row(texts: pa.ChunkedArray, truth: Ints, threads: int) -> Row:
    clew(texts.slice(0, 2000), threads)  # compiles, or reads what was compiled
    before = _peak()
    wall, spent = time.perf_counter(), time.process_time()
    label, steps = clew(texts, threads)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    row = {"wall": wall, "cpu": spent, "ari": adjusted_rand(truth, label), "steps": steps}
    return row | {"name": "clew", "texts": len(texts), "memory": _peak(), "more": _peak() - before}


def _peer_row(name: str, n: int, seed: int, seconds: float, threads: int) -> Row:
    """A peer on as many texts as it is expected to do in some seconds, and Clew on the same."""
    trial = drawn(_TRIAL, seed)[0].to_pylist()
    wall = time.perf_counter()
    PEERS[name](trial)
    rate = _TRIAL / (time.perf_counter() - wall)
    count = min(n, max(_TRIAL, int(rate * seconds) // 1000 * 1000))
    texts, truth = drawn(count, seed)
    plain = texts.to_pylist()
    before = _peak()
    wall, spent = time.perf_counter(), time.process_time()
    label = PEERS[name](plain)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    row = {"name": name, "texts": count, "wall": wall, "cpu": spent, "ari": adjusted_rand(truth, label)}
    row |= {"memory": _peak(), "more": _peak() - before}
    return row | {"clew": _clew_row(texts, truth, threads)}


def measure(name: str, n: int, seed: int, seconds: float, threads: int = 2) -> Row:
    """One row, in this process."""
    if name == "clew":
        return _clew_row(*drawn(n, seed), threads)
    return _peer_row(name, n, seed, seconds, threads)


def compare(n: int, seed: int, seconds: float, names: Iterable[str]) -> Iterator[Row]:
    """A row for each, in processes of their own."""
    for name in names:
        options = ["--one", name, "--texts", str(n), "--seed", str(seed), "--seconds", str(seconds)]
        command = [sys.executable, "-m", "benchmarks.templates", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name}: did not run ({done.stderr.strip().splitlines()[-1:]})")
            continue
        yield json.loads(done.stdout)


def descriptions(translations: Path | None = None) -> list[str]:
    """Debian's package descriptions: from one of its `Translation-en` files, else the short ones that apt knows."""
    if translations is not None:
        compression = "lz4" if translations.suffix == ".lz4" else None
        with pa.input_stream(str(translations), compression=compression) as stream:
            raw = stream.read().decode()
    elif shutil.which("apt-cache") is None:
        return []
    else:
        raw = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=False).stdout
    return re.findall(r"^Description(?:-en)?: (.*(?:\n .*)*)", raw, re.MULTILINE)


def exact(texts: list[str], least: float = 0.5) -> Ints:
    """Families by the exact Jaccard index of 2-word shingles, single linkage."""
    ids: dict[str, int] = {}
    known: dict[frozenset[int], int] = {}
    of = []
    for number, text in enumerate(texts):
        shingles = frozenset(ids.setdefault(s, len(ids)) for s in _shingles(text)) or frozenset([-1 - number])
        of.append(known.setdefault(shingles, len(known)))
    sets = [sorted(s) if min(s) >= 0 else [] for s in known]
    indptr = np.cumsum([0, *map(len, sets)])
    cells = np.fromiter(itertools.chain.from_iterable(sets), np.int64, int(indptr[-1]))
    matrix = csr_matrix((np.ones(len(cells), np.int32), cells, indptr), shape=(len(sets), max(1, len(ids))))
    size = np.diff(indptr)
    pairs = []
    for k in range(0, len(sets), 4000):
        common = (matrix[k : k + 4000] @ matrix.T).tocoo()
        a, b = common.row + k, common.col
        near = common.data >= least * (size[a] + size[b] - common.data)
        pairs.append(np.stack([a[near], b[near]], axis=1))
    both = np.concatenate(pairs)
    graph = coo_matrix((np.ones(len(both), np.int8), (both[:, 0], both[:, 1])), shape=(len(sets),) * 2)
    return connected_components(graph, directed=False)[1][np.array(of)]  # type: ignore[no-any-return]


def _line(row: Row) -> str:
    rate = row["texts"] / row["wall"]
    numbers = f"{row['texts']:>10,}{row['wall']:>9.2f}{row['cpu']:>9.2f}{rate:>14,.0f}"
    return f"{row['name']:<14}{numbers}{row['memory']:>7.2f}{row['more']:>7.2f}{row['ari']:>8.4f}"


def _print_comparison(options: argparse.Namespace) -> None:
    print(f"{'':<14}{'texts':>10}{'wall s':>9}{'CPU s':>9}{'texts/wall s':>14}{'GB':>7}{'+GB':>7}{'ARI':>8}  Clew is")
    whole = 0.0
    for row in compare(options.texts, options.seed, options.seconds, ["clew", *PEERS]):
        print(_line(row), end="")
        rate = row["texts"] / row["wall"]
        if row["name"] == "clew":
            whole = rate
            print("\n" + " " * 14 + "of which CPU s: " + ", ".join(f"{k} {v:.2f}" for k, v in row["steps"].items()))
            continue
        same = row["clew"]["texts"] / row["clew"]["wall"]
        print(f"  {same / rate:.0f}x on the same texts, {whole / rate:.0f}x by its rate on all")
        print(_line(row["clew"] | {"name": "  Clew on these", "memory": float("nan")}))
    print("GB: peak of the process; +GB: of which while grouping. Texts are in memory before.")


def _print_descriptions(translations: Path | None) -> None:
    texts = descriptions(translations)
    if not texts:
        print("Debian's package descriptions: skipped, apt-cache has none here")
        return
    label, _ = clew(pa.chunked_array([pa.array(texts, pa.string())]))
    score = adjusted_rand(exact(texts), label)
    length = sum(map(len, texts)) / len(texts)
    print(f"Debian's package descriptions ({len(texts):,}, on average {length:.0f} characters): ARI {score:.4f}")
    print("against exact families (Jaccard index of 2-word shingles at least one half, single linkage)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=45, help="about how long a peer may take")
    parser.add_argument("--descriptions", type=Path, help="a Translation-en file of Debian (.lz4 or plain)")
    parser.add_argument("--one", choices=["clew", *PEERS], help="print one measure as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.texts, options.seed, options.seconds)))
        return
    _print_comparison(options)
    _print_descriptions(options.descriptions)


if __name__ == "__main__":
    main()
