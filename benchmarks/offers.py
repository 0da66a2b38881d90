"""Job offers labelled fraudulent or not: the explained score of Clew beside plain peers, on families not learned from.

    python -m benchmarks.offers [--seeds 5] [--show 5]

The data are 742 real offers (EMSCAD), which lie beside the project and not in it. Their labels leak through formatting:
bad and good ones were exported differently. So every method but the last two rows reads the description alone, reduced
to lower-case letters; that is the main result. The last two show what formatting alone gives. Employment scam is not
trafficking, and the share of bad ones here is not natural: no figure of this set is proof of finding either.

Cross-validation in five parts by `family`, so that no near copy of a text learned from is tested; several times, with
the parts drawn anew; mean ± standard deviation. The method was chosen on one half of the families (`looked_at`, by
hash). The second table counts the offers of the other half only, on which nothing was chosen.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.metrics import auc, brier, calibration_error, precision_at, reliability
from benchmarks.phones import SHARED
from benchmarks.pipeline import clew
from clew.assess.offer import Terms, copies, learn_offers, letters
from clew.store.workspace import Workspace

FILE = SHARED / "emscad_job_ads.csv"
PARTS = 5
# Fields whose values say something about the work; `location` is cut down to its country.
_META = ("location", "employment_type", "required_experience", "required_education", "industry", "function")
_FILLED = ("location", "department", "salary_range", "company_profile", "requirements", "benefits", *_META[1:])
_TEXTS = ("title", "company_profile", "description", "requirements", "benefits")

Flags = np.ndarray
# Gives scores, higher is worse, and probabilities of the offers of the second selection, learned on the first.
Method = Callable[[Flags, Flags], np.ndarray]


class Set(NamedTuple):
    """The offers: rows of the file, descriptions as letters, labels and families."""

    rows: list[dict[str, str]]
    text: np.ndarray
    bad: Flags
    family: np.ndarray


def read(file: Path = FILE) -> Set:
    """Read the file."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    text = np.array(letters([row["description"] for row in rows]).to_pylist(), object)
    family = np.array([int(row["family"]) for row in rows])
    return Set(rows, text, np.array([row["fraudulent"] == "1" for row in rows]), family)


def looked_at(family: np.ndarray) -> Flags:
    """Offers of the families on which the method was chosen."""
    return np.array([hashlib.sha256(str(f).encode()).digest()[0] % 2 == 0 for f in family])


def folds(offers: Set, seed: int) -> np.ndarray:
    """The part of each offer: whole families, as alike as they can be in the share of bad ones."""
    from sklearn.model_selection import StratifiedGroupKFold

    part = np.empty(len(offers.bad), np.int64)
    split = StratifiedGroupKFold(PARTS, shuffle=True, random_state=seed)
    for k, (_, tested) in enumerate(split.split(offers.text, offers.bad, offers.family)):
        part[tested] = k
    return part


def explained(offers: Set) -> Method:
    """Clew: weights of words, pairs of words and senses. Copies are found in all texts of an offer, never read."""
    terms = Terms.of(list(offers.text))
    family = copies(["\n".join(row[name] for name in _TEXTS) for row in offers.rows])

    def method(known: Flags, tested: Flags) -> np.ndarray:
        model = learn_offers(terms.chosen(known), offers.bad[known], np.unique(family[known], return_inverse=True)[1])
        return 1 / (1 + np.exp(-model.score(terms.chosen(tested))))

    return method


def plain(offers: Set, by_family: bool) -> Method:
    """TF-IDF and logistic regression, as the library's defaults have it; or with a weight of 1 for each family."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    weight = (
        1
        / np.unique(offers.family, return_inverse=True, return_counts=True)[2][
            np.unique(offers.family, return_inverse=True)[1]
        ]
    )

    def method(known: Flags, tested: Flags) -> np.ndarray:
        reader = TfidfVectorizer()
        model = LogisticRegression(max_iter=1000)
        model.fit(reader.fit_transform(offers.text[known]), offers.bad[known], weight[known] if by_family else None)
        return model.predict_proba(reader.transform(offers.text[tested]))[:, 1]

    return method


def boosted(columns: np.ndarray, offers: Set) -> Method:
    """Gradient boosting over numbers."""
    from sklearn.ensemble import GradientBoostingClassifier

    def method(known: Flags, tested: Flags) -> np.ndarray:
        model = GradientBoostingClassifier(random_state=0).fit(columns[known], offers.bad[known])
        return model.predict_proba(columns[tested])[:, 1]

    return method


def metadata(offers: Set) -> np.ndarray:
    """Fields by how common their value is, and the length in words. An empty field is filled as others are, at random.

    So whether it was filled, which betrays the export, cannot be seen.
    """
    chance, columns = np.random.default_rng(1), []
    for name in _META:
        values = np.array([row[name][:2] if name == "location" else row[name] for row in offers.rows], object)
        empty = values == ""
        values[empty] = chance.choice(values[~empty], int(empty.sum()))
        common = np.unique(values.astype(str), return_inverse=True, return_counts=True)
        columns.append(common[2][common[1]])
    columns.append([row["telecommuting"] == "1" for row in offers.rows])
    columns.append([len(text.split()) for text in offers.text])
    return np.column_stack(columns).astype(float)


def formatting(offers: Set) -> np.ndarray:
    """What no detector may use: which fields are filled, signs that are not ASCII, breaks, logo and questions."""
    columns = [[bool(row[name]) for name in (*_FILLED, "has_company_logo", "has_questions")] for row in offers.rows]
    signs = [
        [len(re.findall(p, "".join(row[n] for n in _TEXTS))) for p in (r"[^\x00-\x7f]", "\xa0", "\n", r"\.\S", "#")]
        for row in offers.rows
    ]
    return np.hstack([np.array(columns, float), np.array(signs, float)])


def catalogue(offers: Set) -> np.ndarray:
    """The priority of each offer by the catalogue alone, without labels, from a run on the descriptions as letters."""
    with tempfile.TemporaryDirectory() as folder:
        file, place = Path(folder) / "offers.jsonl", Path(folder) / "w"
        lines = [json.dumps({"id": str(k), "body": text}) for k, text in enumerate(offers.text)]
        file.write_text("\n".join(lines) + "\n", "utf-8")
        clew("init", str(place))
        clew("ingest", str(file), "--kind", "job_ad", "--source", "emscad", "--workspace", str(place))
        clew("run", "--workspace", str(place))
        workspace = Workspace(place)
        records = pq.read_table(workspace.paths("records"), columns=["rid", "native_id"])
        scores = pq.read_table(workspace.paths("record_scores"), columns=["rid", "priority"])
        found = records.join(scores, "rid")
    priority = np.zeros(len(offers.bad))
    priority[found["native_id"].cast(pa.int64()).to_numpy()] = found["priority"].fill_null(0.0).to_numpy()
    return priority


def figures(chance: np.ndarray, bad: Flags, family: np.ndarray) -> list[float]:
    """AUC, AUC with one offer of each family, precision at 50, 100 and 200, Brier score, calibration error."""
    one = np.unique(family, return_index=True)[1]
    row = [auc(chance, bad), auc(chance[one], bad[one])]
    row += [precision_at(chance, bad, k) for k in (50, 100, 200)]
    return [*row, brier(chance, bad), calibration_error(chance, bad)]


def crossed(method: Method, parts: np.ndarray) -> np.ndarray:
    """The probabilities of all offers, each from a model that saw no offer of its part."""
    chance = np.empty(len(parts))
    for k in range(PARTS):
        chance[parts == k] = method(parts != k, parts == k)
    return chance


def told(offers: Set, seeds: int, show: int) -> None:
    """Are the first hundred explained? And what with, for the first."""
    parts = folds(offers, 0)
    terms = Terms.of(list(offers.text))
    family = copies(["\n".join(row[name] for name in _TEXTS) for row in offers.rows])
    score, said = np.empty(len(parts)), [[]] * len(parts)
    gap = 0.0
    for k in range(PARTS):
        known = parts != k
        model = learn_offers(terms.chosen(known), offers.bad[known], np.unique(family[known], return_inverse=True)[1])
        tested = terms.chosen(~known)
        score[~known] = model.score(tested)
        for at, listed in zip(np.flatnonzero(~known), model.parts(tested), strict=True):
            said[at] = listed
            gap = max(gap, abs(model.base + sum(p.points for p in listed) - score[at]))
    first = np.argsort(-score, kind="stable")[:100]
    raised = sum(any(p.points > 0 for p in said[k]) for k in first)
    print(f"\nOf the first 100, {raised} have words that raise them; parts and base sum to the score within {gap:.1e}.")
    for k in first[:show]:
        label = "bad " if offers.bad[k] else "good"
        print(f"  {label} {score[k]:+.2f}: {', '.join(str(p) for p in said[k][:8])}, and {len(said[k]) - 8} more")


def report(offers: Set, seeds: int) -> None:
    """Print all methods, over all offers and over those of families not looked at."""
    free = catalogue(offers)
    methods: dict[str, Method | None] = {
        "Clew, explained": explained(offers),
        "TF-IDF + logistic": plain(offers, by_family=False),
        "  same, by family": plain(offers, by_family=True),
        "boosted metadata": boosted(metadata(offers), offers),
        "Clew, no labels": None,
        "LEAK boosted format": boosted(formatting(offers), offers),
        "LEAK meta + format": boosted(np.hstack([metadata(offers), formatting(offers)]), offers),
    }
    chances = {
        name: [crossed(method, folds(offers, seed)) if method else free / (1 + free) for seed in range(seeds)]
        for name, method in methods.items()
    }
    unseen = ~looked_at(offers.family)
    for title, which in (("all offers", np.ones(len(unseen), bool)), ("families not looked at", unseen)):
        bad, family = offers.bad[which], offers.family[which]
        print(
            f"\n{title}: {len(bad)}, {bad.mean():.1%} bad, {len(set(family.tolist()))} families; description as letters"
        )
        heads = ("AUC", "AUC 1/family", "P@50", "P@100", "P@200", "Brier", "ECE")
        print(f"{'':20}" + "".join(f"{head:>14}" for head in heads))
        for name, each in chances.items():
            table = np.array([figures(chance[which], bad, family) for chance in each])
            cells = [f"{m:.3f} ± {s:.3f}" for m, s in zip(table.mean(axis=0), table.std(axis=0), strict=True)]
            if methods[name] is None:
                cells[-2:] = ["", ""]  # points of the catalogue are no probabilities
            print(f"{name:20}" + "".join(f"{cell:>14}" for cell in cells))
    print("\nReliability of Clew's score, all offers, all repetitions: probability said, share that is bad, offers")
    for n, said, true in reliability(np.concatenate(chances["Clew, explained"]), np.tile(offers.bad, seeds)):
        print(f"  {said:.2f}  {true:.2f}  {n / seeds:6.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--show", type=int, default=5, help="how many of the first offers to explain")
    given = parser.parse_args()
    if not FILE.exists():
        print(f"skipped: there is no {FILE.name} in {FILE.parent}")
        return
    offers = read()
    report(offers, given.seeds)
    told(offers, given.seeds, given.show)


if __name__ == "__main__":
    main()
