"""Write LINKS: each link with what both records hold, as JSON."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.ingest.kernels import copy_letters, making_kernel
from clew.link.evidence import Gathered
from clew.link.groups import Floats, Ints
from clew.link.links import shared_identifiers
from clew.link.weights import TYPES
from clew.model.tables import LINKS

SAME_ITEM_BITS = 20.0  # versions of one item are of one operation, unless an account was sold

_LINKS_AT_ONCE = 65_536  # whose evidence is spelled at a time; a row group
_UNSAFE = (np.arange(256) < 32) | np.isin(np.arange(256), [ord('"'), ord("\\")])  # bytes that JSON wants escaped
_Bytes = npt.NDArray[np.uint8]


def write_links(gathered: Gathered, bits: Floats, pairs: dict[str, tuple[Ints, Ints]], path: Path) -> Path:
    """Write LINKS, sorted by the two records; what was spelled before is written while more is spelled.

    Args:
        gathered: the evidence.
        bits: float64[identifiers], worth of sharing each.
        pairs: for each state the pairs of rows (a < b); each pair once.
        path: the file.
    """
    a = np.concatenate([p[0] for p in pairs.values()])
    b = np.concatenate([p[1] for p in pairs.values()])
    state = np.repeat(np.arange(len(pairs)), [len(p[0]) for p in pairs.values()])
    order = np.argsort((a.astype(np.uint64) << np.uint64(32)) | b.astype(np.uint64))
    a, b, state = a[order], b[order], state[order]
    which, identifier = shared_identifiers(gathered.evidence, a, b)
    rounded = np.round(bits, 2) + 0.0
    item = gathered.evidence.item[a] == gathered.evidence.item[b]
    weight = np.bincount(which, weights=rounded[identifier], minlength=len(a)) + SAME_ITEM_BITS * item
    entries, key = _ranked(gathered, which, identifier, rounded, item)
    offsets = np.searchsorted(key, np.arange(len(item) + 1, dtype=np.uint64) << np.uint64(32))
    names, rid = pa.array(list(pairs)), gathered.rid

    def made(low: int) -> pa.Table:
        some = slice(low, low + _LINKS_AT_ONCE)
        text = _spelled(entries, key, offsets[low : low + _LINKS_AT_ONCE + 1])
        columns = [rid[a[some]], rid[b[some]], weight[some].astype(np.float32), text, names.take(pa.array(state[some]))]
        return pa.table(columns, schema=LINKS)

    dictionaries = ["state"]  # record numbers and evidence hardly repeat
    with (
        pq.ParquetWriter(path, LINKS, compression="zstd", compression_level=1, use_dictionary=dictionaries) as file,
        ThreadPoolExecutor(1) as beside,
    ):
        before = None
        for low in range(0, len(a), _LINKS_AT_ONCE):
            table = made(low)
            if before:
                before.result()
            before = beside.submit(file.write_table, table)
        if before:
            before.result()
    return path


def _ranked(
    gathered: Gathered, which: Ints, identifier: Ints, bits: Floats, item: npt.NDArray[np.bool_]
) -> tuple[pa.Array, npt.NDArray[np.uint64]]:
    """What is said of one identifier is made once: JSON for each that links use, the most telling first.

    Args:
        gathered: the evidence.
        which, identifier: which link holds which identifier.
        bits: float64[identifiers], rounded.
        item: bool[links], versions of one item.

    Returns:
        The entries; and sorted keys, one for each entry of each link: the link (32 bits) and the entry.
    """
    identifiers = len(bits)
    same = identifiers  # the code of "same item"
    code = np.concatenate([identifier, np.full(int(item.sum()), same)])
    seen = np.zeros(identifiers + 1, bool)
    seen[code] = True
    used = np.flatnonzero(seen)
    worth = np.append(bits, SAME_ITEM_BITS)[used]
    order = np.lexsort((np.where(used == same, -1, used), -worth))
    place = np.empty(identifiers + 1, np.uint64)
    place[used[order]] = np.arange(len(used), dtype=np.uint64)
    key = (np.concatenate([which, np.flatnonzero(item)]).astype(np.uint64) << np.uint64(32)) | place[code]
    key.sort()
    return _entries(gathered, used[order], worth[order]), key


def _entries(gathered: Gathered, code: Ints, bits: Floats) -> pa.Array:
    """JSON for each identifier; a code past the last stands for "same item"."""
    item = code == len(gathered.evidence.kind)
    kinds = np.append(gathered.evidence.kind, len(TYPES))[code].astype(np.int64)
    type_ = pa.array([*TYPES, "item"]).take(pa.array(kinds))
    values = pa.chunked_array([_escaped(chunk) for chunk in gathered.ties.values.chunks], pa.string())
    value = pc.coalesce(values.take(pa.array(code, mask=item)), "same item")
    worths = pa.array(bits).dictionary_encode()  # rounded: few are told apart, and numbers are slow to spell
    number = worths.dictionary.cast(pa.string()).take(worths.indices)
    made = pc.binary_join_element_wise('{"type":"', type_, '","value":"', value, '","bits":', number, "}", "")
    if isinstance(made, pa.ChunkedArray):
        made = pa.concat_arrays(made.chunks) if made.num_chunks else pa.array([], pa.string())
    return made


def _escaped(text: pa.StringArray) -> pa.StringArray:
    r"""Text as it stands between quotes in JSON: \ and " escaped, control characters gone."""
    if not _UNSAFE[_parts(text)[1]].any():  # nearly always
        return text
    text = pc.replace_substring(text, "\\", "\\\\")
    text = pc.replace_substring(text, '"', '\\"')
    return pc.replace_substring_regex(text, r"[\x00-\x1f]", " ")


def _parts(text: pa.StringArray) -> tuple[npt.NDArray[np.int32], _Bytes]:
    """Offsets of the strings, and the bytes that they count in."""
    _, offsets, data = text.buffers()
    at = (
        np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
        if offsets
        else np.zeros(1, np.int32)
    )
    return at, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)


def _spelled(entries: pa.Array, key: npt.NDArray[np.uint64], offsets: Ints) -> pa.StringArray:
    """A JSON array for each link, of the entries that its keys name: ``key[offsets[k] : offsets[k + 1]]``."""
    at, data = _parts(entries)
    ends, text = _joined(at, data, key, offsets)
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(text))


@making_kernel
def _joined(at, data, key, offsets):  # type: ignore[no-untyped-def]
    """Entries between brackets, with commas between them."""
    ends = np.zeros(offsets.shape[0], np.int32)
    for k in range(offsets.shape[0] - 1):
        size = 2 + max(offsets[k + 1] - offsets[k] - 1, 0)
        for j in range(offsets[k], offsets[k + 1]):
            entry = np.int64(key[j] & np.uint64(0xFFFFFFFF))
            size += at[entry + 1] - at[entry]
        ends[k + 1] = ends[k] + size
    text = np.empty(ends[-1], np.uint8)
    for k in range(offsets.shape[0] - 1):
        m = ends[k]
        text[m] = ord("[")
        m += 1
        for j in range(offsets[k], offsets[k + 1]):
            if j > offsets[k]:
                text[m] = ord(",")
                m += 1
            entry = np.int64(key[j] & np.uint64(0xFFFFFFFF))
            size = np.int64(at[entry + 1] - at[entry])
            copy_letters(text, np.int64(m), data, np.int64(at[entry]), size)
            m += size
        text[m] = ord("]")
    return ends, text
