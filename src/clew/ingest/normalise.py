"""Columns of a source to the fields of records, a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import MAX_FIELD, TOO_LONG_FIELD, Batch, Format, Reject
from clew.ingest.columns import ColumnMap
from clew.ingest.extras import as_json, json_objects
from clew.ingest.identity import as_hex, as_rid, canonical, digests
from clew.ingest.images import as_image_lists
from clew.ingest.payments import paid_text, settle
from clew.ingest.reading import Part
from clew.ingest.times import joined, parse_times
from clew.model.tables import RECORDS

if TYPE_CHECKING:
    import tldextract

DEFAULT_KIND = "ad"
EMPTY_ROW = "nothing to read in this row"
_NO_ID = ("null", "none", "nan", "n/a", "na", "nil", "undefined", "-", "#n/a")
_TEXT_FIELDS = (
    "native_id", "url", "title", "body", "place", "price", "handle", "conversation", "recipient", "platform",
    "payer", "payee", "amount", "currency",
)  # fmt: skip
_TRIMMED = frozenset(_TEXT_FIELDS) - {"title", "body", "place", "price"}
_TIMES = {"posted_at": "posted_offset", "captured_at": "captured_offset"}


@dataclass(frozen=True)
class Setting:
    """What the user said of all files; ``platform`` wins over a column, ``kind`` over what formats are used for."""

    kind: str | None
    source: str
    columns: ColumnMap
    platform: str | None = None


def to_records(part: Part, setting: Setting) -> tuple[pa.RecordBatch, list[Reject], int]:
    """(rows of RECORDS, all as version 1; all rows that cannot be one; rows with a time that cannot be read), of one
    part.
    """
    batch, files = part.batch, part.files
    n = len(batch.lines)
    long = _too_long(batch)
    rejects = [*batch.rejects, *(_reject(batch, files, row, TOO_LONG_FIELD) for row in long)]
    if long:
        kept = pa.array(sorted(set(range(n)).difference(long)), pa.int64())
        batch = Batch(
            {name: column.take(kept) for name, column in batch.columns.items()},
            batch.lines.take(kept),
            {name: column.take(kept) for name, column in batch.encoded.items()},
            kinds=None if batch.kinds is None else batch.kinds.take(kept),
        )
        files = files.take(kept)
    kinds = _kinds(batch, part, setting)
    fields, unpaid = _fields(batch, part, setting, kinds)
    fields["file"] = files
    fields["kind"] = kinds
    if unpaid.null_count < len(unpaid):
        poor = pc.indices_nonzero(pc.is_valid(unpaid)).to_pylist()
        rejects += [_reject(batch, files, row, unpaid[row].as_py()) for row in poor]
        sound = pc.is_null(unpaid)
        fields = {name: column.filter(sound) for name, column in fields.items()}
    readable = pc.or_(_has_text(fields["title"]), pc.is_valid(fields["amount"]))
    for name in ("body", "contact", "handle", "images"):
        if pc.all(readable, min_count=0).as_py():
            break
        more = pc.is_valid(fields[name]) if name == "images" else _has_text(fields[name])
        readable = pc.or_(readable, more)
    if not pc.all(readable, min_count=0).as_py():
        rows = fields["at"].filter(pc.invert(readable)).to_pylist()
        rejects += [_reject(batch, files, row, EMPTY_ROW) for row in rows]
        fields = {name: column.filter(readable) for name, column in fields.items()}
    untimed = pc.sum(fields.pop("untimed"), min_count=0).as_py()
    if not len(fields["line"]):
        return pa.RecordBatch.from_pylist([], RECORDS), rejects, 0
    return _identified(fields, part, setting), rejects, untimed


def _reject(batch: Batch, files: pa.Array, row: int, reason: str) -> Reject:
    return Reject(batch.lines[row].as_py(), reason, _start_of(batch, row), files[row].as_py())


def _nulls(n: int, kind: pa.DataType | None = None) -> pa.Array:
    return pa.nulls(n, kind or pa.string())


def _too_long(batch: Batch) -> list[int]:
    """Rows with a field over the limit."""
    found = set[int]()
    for column in (*batch.columns.values(), *batch.encoded.values()):
        if (pc.max(pc.binary_length(column)).as_py() or 0) > MAX_FIELD:
            found.update(pc.indices_nonzero(pc.greater(pc.utf8_length(column), MAX_FIELD)).to_pylist())
    return sorted(found)


def _start_of(batch: Batch, row: int) -> str:
    """The row as JSON, clipped, for the quarantine."""
    cells = {name: column[row].as_py() for name, column in sorted({**batch.columns, **batch.encoded}.items())}
    clipped = {name: cell[:500] for name, cell in cells.items() if cell}
    return orjson.dumps(clipped).decode()[:2_000]


def _has_text(column: pa.Array) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(column, r"\S"), False)


def _blank_to_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.binary_length(column), 0), None, column)


def _fields(batch: Batch, part: Part, setting: Setting, kinds: pa.Array) -> tuple[dict[str, pa.Array], pa.Array]:
    """Every field that a source can give, and its extra columns; and why a row cannot be the payment it should be."""
    n = len(batch.lines)
    assigned = setting.columns.assign(batch.columns)
    if setting.platform is not None:
        assigned.pop("platform", None)
    fields: dict[str, pa.Array] = {"line": batch.lines, "at": pa.array(range(n))}
    for name in _TEXT_FIELDS:
        column = batch.columns[assigned[name][0]] if name in assigned else _nulls(n)
        fields[name] = _blank_to_null(pc.utf8_trim_whitespace(column) if name in _TRIMMED else column)
    fields["native_id"] = _without_placeholders(fields["native_id"])
    contacts = [_blank_to_null(pc.utf8_trim_whitespace(batch.columns[name])) for name in assigned.get("contact", ())]
    fields["contact"] = _joined(contacts, "; ", n)
    fields["contact"] = pc.coalesce(fields["contact"], _numbers_of_senders(fields["handle"]))
    images = [as_image_lists(batch.columns[name]) for name in assigned.get("images", ())]
    fields["images"] = reduce(_concatenated, images) if images else _nulls(n, pa.list_(pa.string()))
    used = {column for columns in assigned.values() for column in columns}
    extra = {name: as_json(column) for name, column in batch.columns.items() if name not in used}
    extra.update(batch.encoded)
    fields["untimed"] = pa.repeat(False, n)
    for name, offset in _TIMES.items():
        source = assigned[name][0] if name in assigned else None
        column = batch.columns[source] if source else _nulls(n)
        others = setting.columns.beside(name, batch.columns.keys() - {source}) if source else []
        column, taken = joined(column, [batch.columns[other] for other in others])
        extra |= {
            other: as_json(pc.if_else(rows, None, batch.columns[other]))
            for other, rows in zip(others, taken, strict=True)
            if other in extra
        }
        times = parse_times(column, month_first=source in part.habits.month_first)
        fields[name], fields[offset] = times.at, times.offset
        if source and pc.any(times.unread, min_count=0).as_py():
            fields["untimed"] = pc.or_(fields["untimed"], times.unread)
            extra[source] = as_json(pc.if_else(times.unread, column, None))
    amounts = assigned.get("amount", ())
    bare = part.format is not None and part.format.by_hand and not part.habits.bare.isdisjoint(amounts)
    unpaid = settle(fields, extra, kinds, not part.habits.comma.isdisjoint(amounts), bare)
    fields["extra"] = json_objects(extra, n)
    return fields, unpaid


def _numbers_of_senders(handles: pa.Array) -> pa.Array:
    """Author names that are telephone numbers, as messengers show those who are in no address book; else null."""
    return pc.if_else(pc.match_substring_regex(handles, r"^\+[0-9 ().-]{7,24}$"), handles, None)


def _kinds(batch: Batch, part: Part, setting: Setting) -> pa.Array:
    """The kind of each row: what the reader says of the row, else the user of all, else the format of its records."""
    of_all = setting.kind or (part.format and part.format.kind) or DEFAULT_KIND
    kinds = pa.repeat(of_all, len(batch.lines))
    return kinds if batch.kinds is None else pc.coalesce(batch.kinds, kinds)


def _without_placeholders(ids: pa.Array) -> pa.Array:
    """Ids without what programs write for "none": such rows would all become versions of one item."""
    return pc.if_else(pc.is_in(pc.utf8_lower(ids), pa.array(_NO_ID)), None, ids)


def _joined(columns: Sequence[pa.Array], separator: str, n: int) -> pa.Array:
    """The values of each row that are not null, joined; null where there is none.

    Not ``null_handling="skip"``: Arrow 26 then loses the rows in which everything is null.
    """
    ended = [
        pc.fill_null(pc.binary_join_element_wise(column, separator, ""), "")
        for column in columns
        if column.null_count < n
    ]
    if not ended:
        return _nulls(n)
    if len(ended) == 1:
        (only,) = (column for column in columns if column.null_count < n)
        return _blank_to_null(only)
    whole = pc.binary_join_element_wise(*ended, "")
    return _blank_to_null(pc.utf8_slice_codeunits(whole, 0, -len(separator)))


def _concatenated(left: pa.Array, right: pa.Array) -> pa.Array:
    """Two columns of lists as one; used only where a source spreads pictures over columns."""
    pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
    return pa.array([[*(a or ()), *(b or ())] or None for a, b in pairs], pa.list_(pa.string()))


@cache
def _suffixes() -> tldextract.TLDExtract:
    import tldextract  # it loads what speaks HTTP

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _hosts(urls: pa.Array) -> pa.Array:
    """The registrable domain of each url; null where it has none."""
    host = pc.struct_field(
        pc.extract_regex(pc.utf8_lower(urls), r"^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@]*@)?(?P<host>[^/:?#\s]+)"),
        "host",
    )
    coded = host.dictionary_encode()
    names = [
        (_suffixes()(name).top_domain_under_public_suffix or name) if name else None
        for name in coded.dictionary.to_pylist()
    ]
    return pa.array(names, pa.string()).take(coded.indices)


def _platforms(fields: dict[str, pa.Array], plugin: Format | None, setting: Setting) -> pa.Array:
    n = len(fields["line"])
    if setting.platform is not None:
        return pa.repeat(setting.platform, n)
    if plugin is not None and plugin.platform is not None:
        return pc.fill_null(fields["platform"], plugin.platform)
    named = fields["platform"]
    if named.null_count:
        named = pc.coalesce(named, _hosts(fields["url"]))
    return pc.fill_null(named, setting.source)


def _identified(fields: dict[str, pa.Array], part: Part, setting: Setting) -> pa.RecordBatch:
    """Add what follows from the fields: platform, ids, and the file."""
    n = len(fields["line"])
    fields["platform"] = _platforms(fields, part.format, setting)
    content = content_of(fields)
    digest = digests(canonical(content))
    fields["rid"], fields["record_id"] = as_rid(digest), as_hex(digest)
    item = as_hex(digests(canonical(content[:3])))
    fields["item_id"] = pc.if_else(pc.is_null(fields["native_id"]), fields["record_id"], item)
    fields["version"] = pa.repeat(pa.scalar(1, pa.int32()), n)
    fields["source"] = pa.repeat(setting.source, n)
    return pa.RecordBatch.from_arrays(
        [fields[name].cast(RECORDS.field(name).type) for name in RECORDS.names], schema=RECORDS
    )


def content_of(fields: Mapping[str, pa.Array]) -> list[pa.Array]:
    """The columns that a record's id is a digest of: what it says, not where it was read or when it was captured."""
    words = (
        "kind", "platform", "native_id", "url", "title", "body", "contact", "place", "price", "handle",
        "conversation", "recipient",
    )  # fmt: skip
    posted = fields["posted_at"].cast(pa.int64())
    paid = paid_text(fields)
    extra = pc.coalesce(pc.binary_join_element_wise(paid, fields["extra"], "\n"), paid, fields["extra"])
    rest = [posted, fields["posted_offset"], image_text(fields["images"]), extra]
    return [*(fields[name] for name in words), *rest]


def image_text(images: pa.Array) -> pa.Array:
    r"""Lists of images as one text each: names between unit separators (written ``\u`` inside a name)."""
    names = images.values
    if pc.any(pc.match_substring_regex(names, r"[\\\x1f]"), min_count=0).as_py():
        names = pc.replace_substring(pc.replace_substring(names, "\\", "\\\\"), "\x1f", "\\u")
    return pc.binary_join(pa.ListArray.from_arrays(images.offsets, names, mask=pc.is_null(images)), "\x1f")
