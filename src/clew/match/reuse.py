"""Templates of the run before that are shown as they were: those whose aligned members are the same.

How a family is shown depends on nothing but the texts and mentions of the members that are aligned (the code being
the same, which the caller answers for), and these are chosen from the members alone. So the members of the run before
are sampled as those of today are, and where both samples are the same rows, text and slots are taken over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.engine.order import order_by
from clew.match.template_view import sample

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Before:
    """Files that a run of the same code made from the same segments or some of them.

    Attributes:
        templates, members: rows of TEMPLATES and TEMPLATE_MEMBERS.
    """

    templates: Path
    members: Path


@dataclass(frozen=True)
class Kept:
    """What is taken over.

    Attributes:
        row: int64[f], by family the row in ``text`` and ``slots``; -1 where it has to be made.
        text, slots: columns of TEMPLATES.
    """

    row: Ints
    text: pa.ChunkedArray
    slots: pa.ChunkedArray

    @classmethod
    def of(
        cls,
        before: Before | None,
        rid: npt.NDArray[np.uint64],
        shingles: npt.NDArray[np.int32],
        rows: Ints,
        first: Ints,
    ) -> Kept:
        """Compare the samples of today with those of the run before.

        Args:
            before: None: nothing is taken over.
            rid, shingles: columns of SIGNATURES.
            rows, first: see :func:`clew.match.template_view.sample`.
        """
        none = pa.chunked_array([], pa.string())
        row = np.full(len(first) - 1, -1, np.int64)
        if before is None or not len(row):
            return cls(row, none, none)
        templates = pq.read_table(before.templates, columns=["template_id", "text", "slots", "medoid"])
        label, medoid = _labels(templates, pq.read_table(before.members), rid)
        if label is None:
            return cls(row, none, none)
        old_rows, old_first = sample(label, rid, medoid, shingles)
        old = label[rows[first[:-1]]]  # by family: that of its medoid in the run before
        some = np.flatnonzero(old >= 0)
        size = np.diff(first)[some]
        some = some[size == np.diff(old_first)[old[some]]]
        size = np.diff(first)[some]
        step = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        same = rows[np.repeat(first[some], size) + step] == old_rows[np.repeat(old_first[old[some]], size) + step]
        if len(some):
            equal = np.logical_and.reduceat(same, np.cumsum(size) - size)
            row[some[equal]] = old[some[equal]]
        return cls(row, templates.column("text"), templates.column("slots"))

    def filled(self, text: pa.Array, slots: pa.Array) -> tuple[pa.Array, pa.Array]:
        """The columns of all families, from those of the families that had to be made."""
        made = self.row < 0
        place = np.where(made, len(self.text) + np.cumsum(made) - 1, self.row)
        order = pa.array(place)
        both = ((self.text, text), (self.slots, slots))
        found = [pa.chunked_array([*old.chunks, new], pa.string()).combine_chunks().take(order) for old, new in both]
        return found[0], found[1]


def _labels(
    templates: pa.Table, members: pa.Table, rid: npt.NDArray[np.uint64]
) -> tuple[Ints, Ints] | tuple[None, Ints]:
    """The family in the run before by row of the signatures, and the row of each medoid; None if some are gone."""
    order = order_by(rid)
    in_order = rid[order]
    medoid = templates.column("medoid").to_numpy()
    wanted = members.column("rid").to_numpy()
    if not len(wanted) or not np.isin(wanted, in_order).all() or not np.isin(medoid, wanted).all():
        return None, medoid.astype(np.int64)
    label = np.full(len(rid), -1, np.int64)
    of = pc.index_in(members.column("template_id"), templates.column("template_id")).to_numpy()
    label[order[np.searchsorted(in_order, wanted)]] = of
    return label, order[np.searchsorted(in_order, medoid)]
