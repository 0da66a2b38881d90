"""The records that a question finds in the reading index, one way of being tied at a time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine

if TYPE_CHECKING:  # loads kernels, which a plain identifier does not need
    from clew.match.query import Texts

Kind = Literal["identifier", "text", "picture", "mention", "id", "words"]

MOST_HITS = 200_000  # a tie to more records than this says nothing about any of them
NEAR_TEXTS = 2_000
_NEAR_BITS = 31  # of 256: pictures that differ in more are others
_BLOCK = 500  # networks that are read through for words at first; each time twice as many
_MOST_BLOCK = 16_000
_SECONDS = 0.15  # then reading through ends with what was found
_FEW = 200  # records with the words

# Hashes as four numbers each, so that all of them can be compared with one while a page waits.
PICTURES = """
SELECT DISTINCT ('0x' || value[1:16])::UBIGINT AS a, ('0x' || value[17:32])::UBIGINT AS b,
       ('0x' || value[33:48])::UBIGINT AS c, ('0x' || value[49:64])::UBIGINT AS d, rid, net
FROM mentions WHERE type::VARCHAR = 'image' AND regexp_full_match(value, '[0-9a-f]{64}')
ORDER BY a, b, c, d, rid
"""

# Ids that platforms gave, found by a digest: records lie in the order of their networks.
NATIVE_IDS = """
SELECT (md5_number_lower(native_id) % 4294967296)::UINTEGER AS digest, rid, net
FROM records WHERE native_id IS NOT NULL ORDER BY digest, rid
"""


_NONE = pa.schema([("rid", pa.uint64()), ("net", pa.uint32()), ("near", pa.float64())]).empty_table()


@dataclass(frozen=True)
class Hits:
    """Records that are tied in one way.

    Attributes:
        kind, type, value: the way.
        table: rid, net and near: larger is nearer; 0 where all are tied alike.
        looked: share of all records that was looked at, from the first network on.
        after: the network after which to look on; None when all were looked at.
    """

    kind: Kind
    type: str
    value: str
    table: pa.Table
    looked: float = 1.0
    after: int | None = None


def identifier_hits(engine: Engine, kind: str, value: str) -> Hits:
    """Records that share an identifier."""
    query = "SELECT rid, net, 0.0 AS near FROM ties WHERE type = $type AND value = $value LIMIT $most"
    table = engine.sql(query, params={"type": kind, "value": value, "most": MOST_HITS})
    return Hits("identifier", kind, value, table)


def mention_hits(engine: Engine, kind: str, value: str) -> Hits:
    """Records in which a place, name, price … was read: no tie, but a way to find them."""
    query = """
        SELECT DISTINCT rid, net, 0.0 AS near FROM mentions WHERE type = $type AND value = $value LIMIT $most"""
    table = engine.sql(query, params={"type": kind, "value": value, "most": MOST_HITS})
    return Hits("mention", kind, value, table)


def id_hits(engine: Engine, name: str) -> Hits:
    """Records whose platform gave them this id."""
    query = """
        SELECT rid, net FROM native_ids WHERE digest = (md5_number_lower($name) % 4294967296)::UINTEGER"""
    may = engine.sql(query, params={"name": name})
    query = """
        SELECT rid, net, version::DOUBLE AS near FROM records
        WHERE net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids)) AND native_id = $name LIMIT $most"""
    given = {"nets": may.column("net").to_pylist(), "rids": may.column("rid").to_pylist(), "name": name, "most": _FEW}
    return Hits("id", "id", name, engine.sql(query, params=given) if len(may) else _NONE)


def text_hits(engine: Engine, texts: Texts, text: str) -> Hits:
    """Records that say nearly the same."""
    near = texts.near(text, most=NEAR_TEXTS).rename_columns(["rid", "near"])
    query = "SELECT rid, net, near::DOUBLE AS near FROM close_texts JOIN members USING (rid) WHERE net IS NOT NULL"
    return Hits("text", "text", "", engine.sql(query, {"close_texts": near}))


def picture_hits(engine: Engine, pdq: str) -> Hits:
    """Records with nearly the same picture; ``near`` is minus the bits that differ."""
    parts = {name: int(pdq[at : at + 16], 16) for name, at in zip("abcd", range(0, 64, 16), strict=True)}
    bits = " + ".join(f"bit_count(xor({name}, ${name}::UBIGINT))" for name in parts)
    query = f"""
        SELECT rid, net, -min(bits)::DOUBLE AS near FROM (SELECT rid, net, {bits} AS bits FROM pictures)
        WHERE bits <= $most GROUP BY rid, net"""
    return Hits("picture", "image", pdq, engine.sql(query, params={**parts, "most": _NEAR_BITS}))


def word_hits(engine: Engine, words: Sequence[str], after: int = 0) -> Hits:
    """Records whose title or body has all of some words, whatever their capitals.

    Reads records through, so it stops where enough are found or it takes too long, and says how far it came.

    Args:
        engine: over the reading index.
        words: looked for as parts of words.
        after: the network after which to begin; at least one block is read.
    """
    (nets,) = engine.row("SELECT coalesce(max(net), 0) FROM networks")
    said = " AND ".join(
        f"(regexp_matches(body, $w{n}) OR regexp_matches(coalesce(title, ''), $w{n}))" for n in range(len(words))
    )
    query = f"""
        SELECT rid, net, 0.0 AS near FROM records
        WHERE net > $low AND net <= $high AND {said} ORDER BY net, rid LIMIT $most"""
    patterns = {f"w{n}": "(?i)" + re.escape(word) for n, word in enumerate(words)}
    found: list[pa.Table] = []
    low, step, begun = after, _BLOCK, time.monotonic()
    while low < nets and sum(map(len, found)) < _FEW and (low == after or time.monotonic() - begun < _SECONDS):
        given = {**patterns, "low": low, "high": low + step, "most": _FEW}
        block = engine.sql(query, params=given)
        low, step = low + step, min(2 * step, _MOST_BLOCK)
        if len(block) == _FEW and len(nets_in := block.column("net").unique()) > 1:
            # Cut short: the last network may be there in part only, so it is left for the next time.
            low = nets_in[-1].as_py() - 1
            block = block.filter(pc.less_equal(block.column("net"), low))
        found.append(block)
    table = pa.concat_tables([part.cast(_NONE.schema) for part in found] or [_NONE])
    done = low >= nets
    looked = 1.0 if done else _share(engine, low)
    return Hits("words", "words", " ".join(words), table, looked, None if done else low)


def _share(engine: Engine, until: int) -> float:
    """The share of all records that the networks up to a number hold."""
    query = "SELECT (sum(records) FILTER (net <= $until) / sum(records))::DOUBLE AS share FROM networks"
    return float(engine.sql(query, params={"until": until}).to_pylist()[0]["share"] or 0.0)


class HeldTexts:
    """The signatures of a workspace, read once and held until its segments change.

    Args:
        load: makes `clew.match.query.Texts` of files.
    """

    def __init__(self, load: Callable[[Sequence[Path]], Texts] | None = None) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._key: tuple[str, ...] | None = None
        self._held: Texts | None = None

    def of(self, digests: Sequence[str], paths: Sequence[Path]) -> Texts:
        """The signatures in these files.

        Args:
            digests: of the files, in any order.
            paths: the files.
        """
        from clew.match.query import Texts

        key = tuple(sorted(digests))
        with self._lock:
            if self._held is None or key != self._key:
                self._held = None  # never two of them in memory
                self._held, self._key = (self._load or Texts)(paths), key
            return self._held
