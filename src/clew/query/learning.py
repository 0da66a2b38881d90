"""The learned order of the queue: decisions laid beside the findings of their leads, and every lead scored anew."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.assess.catalogue import catalogue
from clew.assess.learn import Learned, learn, score
from clew.engine.duckdb import Engine
from clew.query.queue import ORDERED

_Whole = npt.NDArray[np.int64]


def learn_order(engine: Engine, labels: Mapping[str, bool]) -> tuple[Learned, pa.Table | None]:
    """What is learned, and the order of all leads by it (`ORDERED`); None where the order stays the catalogue's.

    Args:
        engine: over a reading index.
        labels: by network: confirmed, or dismissed. Networks that are no leads any more are passed over.
    """
    names = pa.array([i.id for i in catalogue()])
    given = pa.table({"network_id": pa.array(labels, pa.string()), "confirmed": pa.array(labels.values(), pa.bool_())})
    judged = engine.sql(
        "SELECT q.indicators, q.milli, confirmed FROM queue q JOIN decided d USING (network_id) ORDER BY q.rank",
        {"decided": given},
    )
    columns, points, starts = _flat(judged, names)
    dense = np.zeros((judged.num_rows, len(names)), np.int64)
    dense[np.repeat(np.arange(judged.num_rows), np.diff(starts)), columns] = points
    learned = learn(names.to_pylist(), dense, judged["confirmed"].to_numpy().astype(np.bool_))
    if not learned.active:
        return learned, None
    every = engine.sql("SELECT rank, indicators, milli FROM queue ORDER BY rank")
    scores = score(learned.factors(), *_flat(every, names))
    place = np.empty(len(scores), np.int64)
    place[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)  # of equal ones the catalogue's first
    return learned, pa.table([every["rank"], place, scores], schema=ORDERED)


def _flat(table: pa.Table, names: pa.Array) -> tuple[_Whole, _Whole, _Whole]:
    """Findings of leads one after the other: their indicators as numbers, their points, where each lead begins."""
    listed = table["indicators"].combine_chunks()
    columns = pc.index_in(listed.flatten(), names).to_numpy().astype(np.int64)
    points = table["milli"].combine_chunks().flatten().to_numpy().astype(np.int64)
    return columns, points, np.append(0, np.cumsum(pc.list_value_length(listed).to_numpy())).astype(np.int64)
