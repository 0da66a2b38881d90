"""How hard a simulated world is for linking: plain components, the best cap on degree, and a bound from the truth.

    python -m benchmarks.simulated WORLD

Identifiers are those of the truth (what a perfect extractor gives), so the figures are of the world, not of Clew.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.metrics import bcubed, best_cap, components, largest_share
from clew.simulate.truth import load, values

KEY = ["platform", "native_id"]


def edges(world: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Record and identifier of every edge, the operation of every record, and the type of every edge; by item."""
    records = load(world, "records", [*KEY, "version", "operation"])
    records = records.filter(pc.equal(records["version"], 1))
    records = records.append_column("record", pa.array(range(records.num_rows)))
    truth = records["operation"].combine_chunks().dictionary_encode().indices.to_numpy()
    rows, names, kinds = [], [], []
    for table, column in (("phones", "value"), ("mentions", "value"), ("images", "image"), ("templates", "template")):
        part = load(world, table, [*KEY, column]) if table == "templates" else values(world, table)
        part = part.join(records.select([*KEY, "record"]), KEY)
        rows.append(part["record"].combine_chunks().to_numpy())
        names.append(part[column].combine_chunks().cast(pa.string()))
        kinds.append(np.full(part.num_rows, table))
    codes = pa.chunked_array(names).combine_chunks().dictionary_encode().indices.to_numpy()
    return np.concatenate(rows), codes.astype(np.int64), truth, np.concatenate(kinds)


def ceiling(record: np.ndarray, identifier: np.ndarray, truth: np.ndarray, operations: int = 3) -> float:
    """B³ F1 when each identifier of up to ``operations`` operations is cut at their border and others are dropped."""
    width = int(truth.max()) + 1
    pairs = np.unique(identifier * width + truth[record])
    shared = np.bincount(pairs // width, minlength=int(identifier.max()) + 1)
    kept = shared[identifier] <= operations
    split = identifier[kept] * width + truth[record[kept]]
    _, split = np.unique(split, return_inverse=True)
    return bcubed(truth, components(record[kept], split, truth.size)).f1


def main(world: Path) -> None:
    """Print the figures of one world."""
    record, identifier, truth, _ = edges(world)
    plain = components(record, identifier, truth.size)
    best = best_cap(record, identifier, truth)
    templates = load(world, "records", ["template"])["template"].combine_chunks()
    counts = pc.value_counts(templates.drop_null()).field("counts").to_numpy()
    print(f"items {truth.size:,}  operations {truth.max() + 1:,}")
    print(f"largest plain component {largest_share(plain):.3f}  plain B3 F1 {bcubed(truth, plain).f1:.3f}")
    print(f"best cap {best.cap}: B3 F1 {best.score.f1:.3f}")
    print(f"ceiling {ceiling(record, identifier, truth):.3f}")
    print(f"near-duplicate share {counts[counts > 1].sum() / len(templates):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
