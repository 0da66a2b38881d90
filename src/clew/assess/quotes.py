"""What findings point at: the records that show them, and the characters there.

Of a record finding that is its mark. Of a network finding it is, for some records, their mark if the indicator is one
on records, else their first mention of the type to show (of the identifier itself where that is its type).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.assess.arrays import NEVER, Ints, Records, sorted_once
from clew.assess.catalogue import Indicator
from clew.assess.marks import Marks
from clew.assess.mentions import FIELDS, TYPES, Mentions, first_of, read_raw
from clew.engine.duckdb import Engine

NOWHERE = NEVER  # stands for no mention: the record is named alone

# A span of a record as JSON, from where it stands as one number (`clew.assess.mentions.POSITION`).
_SPANS = f"""
SELECT concat('{{"record_id":"', record_id, CASE WHEN p IS NULL THEN '"}}' ELSE concat('","field":"',
    {list(FIELDS)}[(p // 1152921504606846976 + 1)::INTEGER], '","start":', start, ',"end":', start + p % 4294967296,
    ',"raw":', raw, '}}') END) AS span
FROM (SELECT record_id, p, raw, p // 4294967296 % 268435456 AS start FROM quoted)
"""


@dataclass(frozen=True)
class Examples:
    """Records that show the network findings, sorted by finding, then record.

    Attributes:
        begin: int64[f + 1], the first of each finding.
        row: int64[e], the record.
        at: int64[e], what is shown of it; `NOWHERE` for nothing.
        number: int64[e], the number of the mention, as in `Marks`; `NOWHERE` for none.
    """

    begin: Ints
    row: Ints
    at: Ints
    number: Ints


def examples(
    found: pa.Table, indicators: Sequence[Indicator], records: Records, marks: Marks, mentions: Mentions
) -> Examples:
    """The examples of network findings.

    Args:
        found: ind, h, itself (is it about an identifier of the type to show?) and examples (rids) of each.
        indicators: the catalogue.
        records: the records.
        marks: the record findings.
        mentions: the mentions.
    """
    listed, count = found.column("examples").combine_chunks(), max(len(records.index.rid), 1)
    rid = listed.flatten()
    of = pc.list_parent_indices(listed).filter(rid.is_valid()).to_numpy()
    row = records.index.rows(rid.drop_null().to_numpy().astype(np.uint64))
    once = sorted_once(of[row >= 0] * count + row[row >= 0])
    of, row = once // count, once % count
    ind = found.column("ind").to_numpy()[of]
    on_record = np.array([i.subject == "record" for i in indicators], np.bool_)[ind]
    mark = marks.find(ind[on_record], row[on_record])
    number = np.full(len(of), NOWHERE)
    number[on_record] = marks.number[mark]
    other = np.flatnonzero(~on_record)
    other = other[np.argsort(row[other], kind="stable")]
    shows = np.array([TYPES.index(i.show) if i.show else len(TYPES) for i in indicators], np.uint8)
    h, itself = (found.column(name).to_numpy(zero_copy_only=False)[of[other]] for name in ("h", "itself"))
    lowest = first_of(mentions, row[other], shows[ind[other]], h, ~itself)
    number[other] = np.where(lowest < 0, NOWHERE, lowest)
    at = np.full(len(of), NOWHERE)
    at[on_record] = marks.at[mark]
    at[other[lowest >= 0]] = mentions.at[lowest[lowest >= 0]]
    return Examples(np.searchsorted(of, np.arange(found.num_rows + 1)), row, at, number)


class Quotes:
    """The texts that findings quote, and spans of records with them.

    Args:
        engine: holds ``mentions``.
        records: the records.
        marks: the record findings.
        shown: the examples of the network findings.
    """

    def __init__(self, engine: Engine, records: Records, marks: Marks, shown: Examples) -> None:
        self._record_id = records.record_id
        wanted = np.concatenate([marks.number, shown.number])
        order = np.argsort(wanted)
        new = np.append(True, wanted[order][1:] != wanted[order][:-1])[: len(order)] & (wanted[order] >= 0)
        numbers = wanted[order][new]
        self._texts = pa.chunked_array([read_raw(engine, numbers), marks.said]).combine_chunks()
        text = np.empty(len(order), np.int64)
        text[order] = np.cumsum(new) - 1
        text = np.where(wanted >= 0, text, len(numbers) - 1 - wanted)
        self._text = np.where(wanted == NOWHERE, -1, text).astype(np.int32)
        self._at = np.concatenate([marks.at, shown.at])
        self._row = np.concatenate([marks.row, shown.row.astype(np.int32)])
        self._marks = len(marks.row)

    def of_marks(self, engine: Engine, part: slice) -> pa.Array:
        """string[n], JSON that names the record of some marks, where in it, and what is said there."""
        return self._spans(engine, part)

    def of_examples(self, engine: Engine, part: slice) -> pa.Array:
        """The same of some examples."""
        return self._spans(engine, slice(part.start + self._marks, part.stop + self._marks))

    def _spans(self, engine: Engine, part: slice) -> pa.Array:
        text = self._text[part]
        columns = {"record_id": self._record_id.take(pa.array(self._row[part]))}
        columns["p"] = pa.array(self._at[part], mask=text < 0)
        columns["raw"] = self._texts.take(pa.array(text, mask=text < 0))
        return engine.sql(_SPANS, {"quoted": pa.table(columns)}).column("span").combine_chunks()
