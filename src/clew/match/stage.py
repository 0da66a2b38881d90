"""The match stage: from signatures, records and mentions to templates and pictures, and who has them.

Families of texts are made anew from all signatures at every run: that costs seconds for a million, and so the result of
an incremental run is that of a full one by construction. How a family is shown is taken over from the run before where
the members that are aligned are the same (:mod:`clew.match.reuse`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.engine.parquet import write_tables
from clew.match._hex import from_hex, to_hex
from clew.match.families import Signatures, TextFamilies, families
from clew.match.image_index import families as image_families
from clew.match.reuse import Before, Kept
from clew.match.template_view import MOST_CHARACTERS, SEPARATOR, TYPES, Spans, sample, template_views
from clew.model.tables import IMAGE_MEMBERS, TEMPLATE_MEMBERS, TEMPLATES

Ints = npt.NDArray[np.int64]

# A family is named by the member that was seen first: later ones never change that.
_IDS = """
SELECT family, 'T' || substr(arg_min(record_id, row(seen, record_id)), 1, 16) AS template_id, count(*) AS members
FROM (SELECT m.family, r.record_id,
             coalesce(epoch_us(r.posted_at), epoch_us(r.captured_at), 9223372036854775807) AS seen
      FROM family_members m JOIN records r USING (rid))
GROUP BY family ORDER BY family
"""
_TEXTS = f"""
SELECT number, length(title) AS skip,
       left(title || chr({ord(SEPARATOR)}) || body, {MOST_CHARACTERS} * CASE WHEN contains(body, '</') THEN 4 ELSE 1 END
           ) AS text
FROM (SELECT s.text AS number, coalesce(r.title, '') AS title, coalesce(r.body, '') AS body
      FROM sampled s JOIN records r USING (rid))
"""
_SPANS = """
SELECT s.text, list_position(getvariable('types'), m.type::VARCHAR) - 1 AS kind, m.start::BIGINT AS start,
       m."end"::BIGINT AS "end", m.field::VARCHAR = 'body' AS body
FROM mentions m JOIN sampled s USING (rid)
WHERE m.type::VARCHAR IN (SELECT unnest(getvariable('types'))) AND m.field::VARCHAR IN ('title', 'body')
"""


def match(
    engine: Engine,
    signatures: Sequence[Path],
    out: Path,
    progress: Callable[[float], None],
    before: Before | None = None,
) -> dict[str, Path]:
    """Write TEMPLATE_MEMBERS, TEMPLATES and IMAGE_MEMBERS.

    Args:
        engine: has the views ``records`` and ``mentions``.
        signatures: all segments of SIGNATURES.
        out: the folder to write to.
        progress: called with the share that is done.
        before: what an earlier run made; it saves work and changes nothing.

    Returns:
        The files by table.
    """
    shown = engine.sql("SELECT DISTINCT rid, value FROM mentions WHERE type::VARCHAR = 'image'")
    with ThreadPoolExecutor(1) as beside:  # pictures need one thread for some time; texts not always two
        pictures = beside.submit(lambda: write_tables({"image_members": image_members(shown, engine.threads)}, out, 1))
        templates, members = _templates(engine, signatures, out, progress, before, beside)
        progress(0.9)
        written = write_tables({"templates": templates}, out, 1) | members.result() | pictures.result()
    progress(1.0)
    return written


def _templates(
    engine: Engine,
    paths: Sequence[Path],
    out: Path,
    progress: Callable[[float], None],
    before: Before | None,
    beside: Executor,
) -> tuple[pa.Table, Future[dict[str, Path]]]:
    """The templates; whose they are is written ``beside``."""
    signatures = Signatures.load(paths)
    progress(0.1)
    found = families(signatures, engine.threads)
    rid = signatures.rid
    rows, first = sample(found.label, rid, found.medoid, signatures.shingles)
    kept = Kept.of(before, rid, signatures.shingles, rows, first)
    del signatures
    progress(0.3)
    member = found.label >= 0
    engine.register({"family_members": pa.table({"rid": rid[member], "family": found.label[member]})})
    named = engine.sql(_IDS)
    # What a record was signed from may be gone from `records` by now; such families keep their other members.
    ids = named.column("template_id")
    family = named.column("family").to_numpy()
    members = beside.submit(lambda: write_tables({"template_members": _members(rid, found, ids, family)}, out, 1))
    progress(0.4)
    size = np.diff(first)
    new = kept.row < 0
    texts, spans = _sampled(engine, rid[rows[np.repeat(new, size)]])
    progress(0.6)
    engine.run("DROP VIEW IF EXISTS sampled; DROP VIEW IF EXISTS family_members")
    made = template_views(texts, np.concatenate(([0], np.cumsum(size[new]))), spans, engine.threads)
    text, slots = kept.filled(*made)
    columns = {
        "template_id": ids,
        "text": text.take(pa.array(family)),
        "slots": slots.take(pa.array(family)),
        "members": named.column("members"),
        "medoid": pa.array(rid[found.medoid][family]),
    }
    return pa.table(columns).cast(TEMPLATES).sort_by("template_id"), members


def _members(rid: npt.NDArray[np.uint64], found: TextFamilies, ids: pa.ChunkedArray, family: Ints) -> pa.Table:
    """Rows of TEMPLATE_MEMBERS, by rid."""
    place = np.full(len(found.medoid) + 1, -1, np.int64)  # the last: no family
    place[family] = np.arange(len(family))
    at = place[found.label]
    rows = np.flatnonzero(at >= 0)
    rows = rows[order_by(rid[rows])]
    return pa.table({"rid": rid[rows], "template_id": ids.take(pa.array(at[rows]))}).cast(TEMPLATE_MEMBERS)


def _sampled(engine: Engine, rid: npt.NDArray[np.uint64]) -> tuple[pa.Array, Spans]:
    """The texts of sampled members in their order, and the mentions in them."""
    sampled = pa.table({"rid": rid, "text": np.arange(len(rid))})
    engine.register({"sampled": sampled})
    read = engine.sql(_TEXTS)
    number = read.column("number").to_numpy()
    skip = np.zeros(len(rid), np.int64)
    skip[number] = read.column("skip").to_numpy()
    place = np.full(len(rid), -1, np.int64)
    place[number] = np.arange(len(number))
    order = pa.array(place, mask=place < 0)
    texts = pc.fill_null(read.column("text").cast(pa.large_string()).combine_chunks().take(order), "")
    engine.run("SET VARIABLE types = [" + ", ".join(f"'{name}'" for name in TYPES) + "]")
    found = engine.sql(_SPANS)
    text, kind, start, end, body = (found.column(k).to_numpy() for k in range(5))
    shift = np.where(body, skip[text] + 1, 0)
    return texts, Spans.of(text, kind.astype(np.int64), start + shift, end + shift)


def image_members(shown: pa.Table, threads: int = 1) -> pa.Table:
    """Rows of IMAGE_MEMBERS, by rid: records whose pictures say enough to be told apart.

    Args:
        shown: rid and value (64 hex digits) of the mentions of pictures.
        threads: workers; the result does not depend on them.
    """
    found = image_families(from_hex(shown.column("value")), threads=threads)
    rid = shown.column("rid").to_numpy()
    rank = np.empty(len(found.leader), np.int64)
    by_value = np.argsort(found.leader.view("S32").ravel(), kind="stable")
    rank[by_value] = np.arange(len(rank))
    rows = np.flatnonzero(found.label >= 0)
    rows = rows[order_by(rid[rows], rank[found.label[rows]])]
    label = found.label[rows]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rid[rows[1:]] != rid[rows[:-1]]) | (label[1:] != label[:-1])
    ids = to_hex(found.leader).take(pa.array(label[new]))
    return pa.table({"rid": rid[rows[new]], "image_id": ids}).cast(IMAGE_MEMBERS)
