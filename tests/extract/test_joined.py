"""Fields become one text, whatever they hold."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from clew.extract._joined import joined

fields = st.lists(st.tuples(*[st.none() | st.text(max_size=2100)] * 3), max_size=5)


@given(fields, st.integers(0, 2))
def test_joined_texts_hold_their_fields_and_say_where_each_begins(rows: list[tuple[str | None, ...]], cut: int) -> None:
    columns = [pa.array([row[f] for row in rows], pa.string()).slice(cut) for f in range(3)]
    data, offsets, starts = joined(columns)
    texts = [data[a:b].tobytes().decode() for a, b in pairwise(offsets)]
    whole = [[field or "" for field in row] for row in rows[cut:]]
    assert texts == ["\x1e".join(row) for row in whole]
    assert starts.tolist() == [[0, len(a) + 1, len(a) + len(b) + 2] for a, b, _ in whole]
