"""Trains the learnt reader of messages, and measures it: rules alone, the reader alone, both.

    python -m benchmarks.reader [--write]

It learns from Clew's own sentences, the development banks (benchmarks/development) and the phrases of the lexicons.
Figures are of sentences that it was not shown: the check bank is read by a reader trained on the others alone, and each
half of the others by one trained on the other half (translations of a sentence are in the same half).
``--write`` puts the reader trained on everything into the package. The same banks and lexicons give the same file.
"""

from __future__ import annotations

import argparse
import io
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.reader_features import describe
from benchmarks.reader_messages import SENSES, Message, listed, messages
from benchmarks.reader_train import Features, Weights, fit, score
from clew.extract import _meaning_learnt as learnt
from clew.extract._meaning_cache import compiled
from clew.extract._meaning_matches import LEAST, NOTHING
from clew.extract._never import never_learned_words, without_never_learned
from clew.extract.base import batch_of_texts

OWN = Path(str(resources.files("clew.simulate"))) / "data" / "talk"
DEVELOPMENT = Path(__file__).parent / "development"
OUT = Path(str(resources.files("clew.extract"))) / "data" / "learnt" / "learnt.npz"
# How often each sentence of a bank is typed.
TIMES = {
    "own": 3, "talk": 4, "check": 4, "wide": 2, "more": 2, "ways": 3, "themes": 2, "terse": 2, "voices": 2, "scenes": 2,
    "twins": 2, "plain": 2, "near": 2, "lexis": 2, "grave": 2, "woo": 2, "aside": 2, "passing": 2,
}  # fmt: skip
RULES = 0.5  # what a weight of 1 by the rules is worth in the units of the reader
# How many of 1,000 ordinary messages may be read as each sense. Least of threats that count at once; of what counts
# only beside other signs (`clew.talk.senses`) more, but for fees and promises, which real mails seem to be full of.
MOST = dict.fromkeys(SENSES, 6.0) | {
    "threat-publish": 0.2, "threat-family": 0.2, "threat-harm": 1.0, "isolation": 3.0, "documents-held": 3.0,
    "confinement": 1.5, "gift": 3.0, "image-request": 3.0, "rapport": 4.0, "plea": 3.0,
    "fee-upfront": 2.0, "promise": 3.0,
}  # fmt: skip
# How often ordinary messages of a section are met, beside the others: few tell of what befell somebody else.
SELDOM = {"confide": 0.2, "small": 2.0, "reply": 2.0, "answer": 2.0}
NEGLIGIBLE = 4  # of 127; a feature that weighs less for every sense is left out
_BATCH = 8_000

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Described:
    """Messages with their features and what the rules say.

    Attributes:
        messages: n of them.
        features: of each.
        rules: float32[n, senses], the weight of what rules find, at most 2.
        says: bool[n, senses], the truth.
    """

    messages: list[Message]
    features: Features
    rules: Floats
    says: npt.NDArray[np.bool_]

    def bank(self, name: str) -> npt.NDArray[np.bool_]:
        """Which messages are of a bank."""
        return np.array([m.bank == name for m in self.messages])

    def ordinary(self) -> npt.NDArray[np.bool_]:
        """Which messages say nothing."""
        return ~self.says.any(axis=1)


def described(of: list[Message]) -> Described:
    """Messages with their features."""
    column = [compiled().senses.index(sense) for sense in SENSES]
    ids, owners, rules = [], [], []
    for at in range(0, len(of), _BATCH):
        texts = pa.array([m.text for m in of[at : at + _BATCH]], pa.string())
        total = describe(batch_of_texts(texts.to_pylist()))[2]
        # Origin, faith and gender are no features: the reader never sees such words, so it gives them no weight.
        found, owner, _ = describe(batch_of_texts(without_never_learned(texts).to_pylist()))
        ids.append(found.copy())
        owners.append(owner + at)
        rules.append(np.minimum(total[:, column], 2.0))
    says = np.array([[m.sense == sense for sense in SENSES] for m in of])
    every, owner = np.concatenate(ids), np.concatenate(owners)
    kept = ~np.isin(every, forbidden())
    return Described(of, Features(every[kept], owner[kept], len(of)), np.concatenate(rules), says)


def forbidden() -> npt.NDArray[np.uint32]:
    """The features of words that are never learnt: other words that begin alike ("romantic") would give them weight."""
    nothing, (whole, beginnings) = learnt.none(), never_learned_words()
    batch, room, found = batch_of_texts([*whole, *beginnings]), learnt.scratch(nothing), []
    words, ends = batch.words, batch.folded.start
    for i in range(len(words.first) - 1):
        first, last = words.first[i], words.first[i + 1]
        count = learnt.word_features(batch.folded.sym, ends[i + 1], words.at, words.hash, nothing, first, last, room)
        found.append(room.id[:count].copy())
    return np.unique(np.concatenate(found))


def weights_of(of: Described, chosen: npt.NDArray[np.bool_]) -> Weights:
    """A reader trained on some of the messages."""
    phrasing: dict[str, int] = {}
    group = np.array([phrasing.setdefault(m.phrasing, len(phrasing)) for m in of.messages])
    worth = np.where(of.bank(""), 0.3, np.where(of.ordinary(), 3.0, 1.0)).astype(np.float32)
    says = np.where(of.ordinary(), len(SENSES), of.says.argmax(axis=1))
    return fit(of.features, group, says, len(SENSES), worth * chosen)


def crossed(of: Described, pool: Executor) -> Floats:
    """What readers say that were not shown the sentence: float32[n, senses].

    The check bank is read by a reader that was shown nothing of it; of the other banks each half by one that was shown
    the other half. They are trained in ``pool``.
    """
    part = np.where(of.bank("check"), 2, np.array([m.place % 2 for m in of.messages]))
    part[of.bank("")] = 3
    out = np.zeros(of.says.shape, np.float32)
    for held, reader in enumerate(pool.map(lambda held: weights_of(of, part != held), range(3))):
        out[part == held] = score(reader, of.features)[part == held]
    return out


def limits(of: Described, said: Floats) -> Floats:
    """float32[senses], from where on as many ordinary messages as `MOST` says are read as each sense."""
    ordinary = of.ordinary() & ~of.bank("")
    seldom = np.array([SELDOM.get(m.section, 1.0) for m in of.messages])[ordinary]
    out = []
    for j, sense in enumerate(SENSES):
        order = np.argsort(-said[ordinary, j], kind="stable")
        share = np.cumsum(seldom[order]) / seldom.sum()
        out.append(said[ordinary, j][order][np.searchsorted(share, MOST[sense] / 1000)])
    return np.array(out, np.float32)


def figures(name: str, of: Described, found: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]) -> None:
    """Print recall and false alarms."""
    recall = [
        found[of.says[:, j] & chosen, j].sum() / max((of.says[:, j] & chosen).sum(), 1) for j in range(len(SENSES))
    ]
    ordinary = found[of.ordinary() & chosen]
    print(f"{name}: recall, stages {np.mean(recall[:12]):.3f}, all senses {np.mean(recall):.3f}; of 1,000 ordinary "
          f"messages, a stage in {1000 * ordinary[:, :12].any(axis=1).mean():.1f}, anything in "
          f"{1000 * ordinary.any(axis=1).mean():.1f}")  # fmt: skip
    false = 1000 * ordinary.mean(axis=0)
    print("    " + ", ".join(f"{s} {r:.2f} ({f:.1f})" for s, r, f in zip(SENSES, recall, false, strict=True)))


def by_language(of: Described, found: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]) -> None:
    """Print the recall of each language."""
    right = (found & of.says).any(axis=1)
    told = of.says.any(axis=1) & chosen
    languages = np.array([m.language for m in of.messages])
    print("    by language: " + "  ".join(
        f"{name} {right[told & (languages == name)].mean():.2f}" for name in sorted(set(languages[told]))))  # fmt: skip


def packed(reader: Weights, limit: Floats) -> bytes:
    """The content of the file: weights as small whole numbers, points so that 1 is the limit."""
    scale = np.abs(reader.weight).max() / 127
    weight = np.round(reader.weight / scale).astype(np.int8)
    kept = np.abs(weight).max(axis=1) >= NEGLIGIBLE
    content = io.BytesIO()
    np.savez_compressed(
        content,
        senses=np.array(SENSES),
        keys=reader.keys[kept],
        weight=weight[kept],
        scale=np.float64(scale),
        gain=np.full(len(SENSES), 1 / RULES, np.float32),
        shift=(1 + (reader.bias - limit) / RULES).astype(np.float32),
    )
    return content.getvalue()


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the reader into the package")
    given = parser.parse_args()
    folders = {name: OWN if name == "own" else DEVELOPMENT / name for name in TIMES}
    said_by = [m for name, f in folders.items() for m in messages(name, f, TIMES[name], DEVELOPMENT / "talk")]
    of = described([*said_by, *listed()])
    with ThreadPoolExecutor(2) as pool:
        written = pool.submit(weights_of, of, np.ones(len(of.messages), np.bool_)) if given.write else None
        said = crossed(of, pool)
    limit, alone = limits(of, said + RULES * of.rules), limits(of, said)
    odds = said + RULES * of.rules - limit
    hints = np.exp(odds) >= LEAST * (np.exp(NOTHING) + np.exp(odds).sum(axis=1, keepdims=True))
    for name in TIMES:
        print(f"\n{name}: {of.bank(name).sum():,} messages")
        figures("  rules", of, of.rules >= 0.999, of.bank(name))
        figures("  reader", of, said >= alone, of.bank(name))
        figures("  both", of, odds >= 0, of.bank(name))
        figures("  and hints", of, (odds >= 0) | hints, of.bank(name))
        by_language(of, odds >= 0, of.bank(name))
    if written:
        content = packed(written.result(), limit)
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_bytes(content)
        print(f"\nwrote {OUT.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
