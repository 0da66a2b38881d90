"""Build the language profiles that the package carries (developer's tool).

    python tools/languages.py LINGUA_FOLDER STOPWORDS_JSON

LINGUA_FOLDER is the unpacked wheel of lingua-language-detector 1.3.5 (Apache-2.0), whose models hold how often each
letter follows others in each language; STOPWORDS_JSON is ``stopwords-iso.json`` of stopwordsiso 0.7.1 (MIT). Needs
brotli.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path

import brotli
import numpy as np

from clew.extract.fold import fold_text

DATA = Path(__file__).resolve().parent.parent / "src" / "clew" / "extract" / "data"
GROUPS = {
    "latin": "en nl de fr es it pt ro pl hu cs sk hr sl sq lt lv et fi sv da nb is cy ca eu tr az id vi tl af",
    "cyrillic": "ru uk be bg mk sr kk mn",
    "arabic": "ar fa ur",
}
ROWS = {"latin": (12_000, 30_000), "cyrillic": (5_000, 10_000), "arabic": (3_000, 5_000)}
WIDTH = 32  # languages of one script at most
STEP = 0.05  # nats a unit of penalty
WORST = 9.0  # nats: a letter that never follows costs no more
BACKOFF = 0.3
MOST_WORDS = 300
NAMES = ("", "unigrams", "bigrams", "trigrams", "quadrigrams")

Grams = dict[str, float]


def joint(folder: Path, language: str) -> list[Grams]:
    """Probability of each n-gram of letters, n = 1 to 4, over folded letters."""
    raw: list[Grams] = [{"": 1.0}]
    out: list[Grams] = [{"": 1.0}]
    for n in range(1, 5):
        packed = (folder / "lingua" / "language-models" / language / f"{NAMES[n]}.json.br").read_bytes()
        grams: Grams = {}
        for fraction, group in json.loads(brotli.decompress(packed))["ngrams"].items():
            above, below = fraction.split("/")
            for gram in group.split():
                grams[gram] = raw[n - 1].get(gram[:-1], 0.0) * int(above) / int(below)
        folded: Grams = defaultdict(float)
        for gram, share in grams.items():
            key = fold_text(gram)
            if len(key) == n:
                folded[key] += share
        raw.append(grams)
        out.append(dict(folded))
    return out


def chance(model: list[Grams], gram: str) -> float:
    """Chance of the last letter after the ones before, from shorter contexts where a long one was never seen."""
    weight = 1.0
    while len(gram) > 1:
        n = len(gram)
        if gram in model[n]:
            return weight * min(1.0, model[n][gram] / max(model[n - 1].get(gram[:-1], 0.0), model[n][gram]))
        gram, weight = gram[1:], weight * BACKOFF
    return weight * model[1].get(gram, 1e-6)


def rows_of(models: list[list[Grams]], n: int, most: int) -> tuple[list[str], np.ndarray]:
    """The n-grams that tell languages apart best, and each language's penalty for them."""
    usual: Grams = defaultdict(float)
    for model in models:
        for gram, share in model[n].items():
            usual[gram] = max(usual[gram], share)
    likely = sorted(usual, key=lambda g: (-usual[g], g))[: 2 * most]
    costs = np.array([[-math.log(max(chance(m, g), 1e-9)) for m in models] for g in likely])
    costs = np.minimum(costs - costs.min(axis=1, keepdims=True), WORST)
    gain = np.array([usual[g] for g in likely]) * costs.mean(axis=1)
    best = np.argsort(-gain, kind="stable")[:most]
    return [likely[i] for i in best], np.rint(costs[best] / STEP).astype(np.uint8)


def pack(gram: str) -> int:
    """Up to four letters as one number."""
    key = 0
    for letter in gram:
        key = (key << 16) | ord(letter)
    return key


def words_of(stopwords: dict[str, list[str]], groups: list[list[str]]) -> tuple[list[str], np.ndarray]:
    """Everyday words, and in which languages of its script each is one."""
    where: dict[str, set[int]] = defaultdict(set)
    for column, language in ((i, code) for codes in groups for i, code in enumerate(codes)):
        listed = stopwords.get({"nb": "no"}.get(language, language), [])
        short = sorted({fold_text(w) for w in listed if w.isalpha()}, key=lambda w: (len(w), w))
        for word in [w for w in short if len(w) > 1][:MOST_WORDS]:
            where[word].add(column)
    words = sorted(where)
    marks = np.zeros((len(words), WIDTH), np.bool_)
    for row, word in enumerate(words):
        marks[row, sorted(where[word])] = True
    return words, marks


def main() -> None:
    """Write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lingua", type=Path)
    parser.add_argument("stopwords", type=Path)
    options = parser.parse_args()
    groups = [codes.split() for codes in GROUPS.values()]
    keys: list[int] = []
    tables: list[np.ndarray] = []
    for group, codes in zip(GROUPS, groups, strict=True):
        models = [joint(options.lingua, code) for code in codes]
        for n, most in zip((3, 4), ROWS[group], strict=True):
            grams, penalties = rows_of(models, n, most)
            keys += map(pack, grams)
            tables.append(np.pad(penalties, ((0, 0), (0, WIDTH - len(models)))))
            print(group, n, len(grams), flush=True)
    words, marks = words_of(json.loads(options.stopwords.read_text("utf-8")), groups)
    order = np.argsort(np.array(keys, np.uint64))
    np.savez_compressed(
        DATA / "languages.npz",
        languages=np.array([" ".join(codes) for codes in groups]),
        keys=np.array(keys, np.uint64)[order],
        penalties=np.concatenate(tables)[order],
        words=np.array(" ".join(words)),
        marks=np.packbits(marks, axis=1),
    )
    print(len(keys), "rows", len(words), "words", (DATA / "languages.npz").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
