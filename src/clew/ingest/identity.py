"""The ids of records: digests of what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint8).reshape(256, 2)


def canonical(columns: Sequence[pa.Array]) -> pa.Array:
    """One unambiguous text a row: each value as ``length:value``, a null as ``-`` (a netstring, Bernstein 1997)."""
    parts = list[pa.Array]()
    for column in columns:
        text = column.cast(pa.string())
        if text.null_count == len(text):
            parts.append(pa.scalar("-"))
            continue
        parts.append(pc.fill_null(pc.binary_length(text).cast(pa.string()), "-"))
        parts += [pc.if_else(pc.is_null(text), "", ":"), pc.fill_null(text, "")]
    return pc.binary_join_element_wise(*parts, "").cast(pa.string())


def digests(texts: pa.Array) -> npt.NDArray[np.uint8]:
    """The first 16 bytes of the SHA-256 of each text, as an (n, 16) array.

    One call into OpenSSL a text: with the processor's SHA instructions a third of the CPU time of DuckDB's
    ``sha256`` over the same column (measured: 0.43 s against 1.22 s for 300,000 texts of 700 bytes).
    """
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].tolist()
    view, sha256 = memoryview(data), hashlib.sha256
    whole = b"".join([sha256(view[start:end]).digest() for start, end in zip(ends, ends[1:], strict=False)])
    return np.frombuffer(whole, np.uint8).reshape(len(texts), 32)[:, :16]


def as_hex(digest: npt.NDArray[np.uint8]) -> pa.Array:
    """32 hex digits a row of an (n, 16) array."""
    letters = np.ascontiguousarray(_HEX[digest])
    offsets = np.arange(0, 32 * len(digest) + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(digest), pa.py_buffer(offsets), pa.py_buffer(letters))


def as_rid(digest: npt.NDArray[np.uint8]) -> pa.Array:
    """The first 8 bytes of each digest as uint64, so that its hex form is the first half of the record id."""
    return pa.array(np.ascontiguousarray(digest[:, :8]).view(">u8").ravel().astype(np.uint64))
