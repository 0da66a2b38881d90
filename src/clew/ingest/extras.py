"""The columns of a source that fill no field, as one JSON object a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.buffers import text_array, text_buffers
from clew.ingest.kernels import copy_letters, kernel


def as_json(texts: pa.Array) -> pa.Array:
    """Each text as a JSON string; null for null or empty."""
    texts = pc.if_else(pc.equal(pc.binary_length(texts), 0), None, texts)
    if texts.null_count == len(texts):
        return texts
    if pc.any(pc.match_substring_regex(texts, r'[\x00-\x1f"\\]')).as_py():
        return pa.array(
            [None if text is None else orjson.dumps(text).decode() for text in texts.to_pylist()], pa.string()
        )
    return pc.binary_join_element_wise('"', texts, '"', "")


def json_objects(members: Mapping[str, pa.Array], n: int) -> pa.Array:
    """One JSON object a row, keys sorted, nulls left out; null where nothing is left.

    Args:
        members: JSON texts by key; each column has ``n`` rows.
    """
    sizes, filled = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    columns = [(orjson.dumps(name) + b":", text_buffers(members[name])) for name in sorted(members)]
    for key, (offsets, _, valid) in columns:
        sizes += (len(key) + 1 + np.diff(offsets)) * valid
        filled |= valid
    offsets = np.zeros(n + 1, np.int32)
    np.cumsum(sizes + filled, out=offsets[1:])  # each member with a comma or the last brace, and one brace more
    room = pa.allocate_buffer(int(offsets[-1]))
    out, cursor = np.frombuffer(room, np.uint8), offsets[:-1].astype(np.int64)
    for key, (starts, letters, valid) in columns:
        _append(np.frombuffer(key, np.uint8), starts, letters, valid, offsets, out, cursor)
    _close(filled, offsets, out)
    return text_array(offsets, room, filled)


@kernel
def _append(key, starts, letters, valid, offsets, out, cursor):  # type: ignore[no-untyped-def]
    """Write a member of each object, with the brace or comma before it, where its row has got to, and move on."""
    for n in range(len(cursor)):
        if not valid[n]:
            continue
        at, size = cursor[n], np.int64(starts[n + 1]) - starts[n]
        out[at] = 123 if at == offsets[n] else 44
        copy_letters(out, at + 1, key, 0, len(key))
        copy_letters(out, at + 1 + len(key), letters, np.int64(starts[n]), size)
        cursor[n] = at + 1 + len(key) + size


@kernel
def _close(filled, offsets, out):  # type: ignore[no-untyped-def]
    for n in range(len(filled)):
        if filled[n]:
            out[offsets[n + 1] - 1] = 125
