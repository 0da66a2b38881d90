"""Tables whose rows name both sides, or the one there is: their columns found by name, and mapped a batch at a time."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch, Chunk, IsField, Reject, Source, clip
from clew.ingest.chats import message_ids
from clew.ingest.extras import as_json
from clew.ingest.formats import csv as tables
from clew.ingest.money_roles import STATUS, key_of
from clew.ingest.money_types import folded

LISTS: dict[str, Any] = tomllib.loads((files("clew.ingest") / "money_simple.toml").read_text("utf-8"))
NOT_MADE = "a payment that was not made"
_FAILED = tuple(LISTS["failed"]["begins"].split())
_NO_ERROR = frozenset(LISTS["failed"]["no_error"].split())

Columns = dict[str, pa.Array]
Made = tuple[Columns, Columns]  # the fields of a record; what goes to extra


def roles_of(names: list[str], kind: str) -> dict[str, str]:
    """Role to the column that has it; where several fit, the one named first in the list."""
    found: dict[str, str] = {}
    taken = set[str]()
    keys = {name: key_of(name) for name in reversed(names)}
    for role, words in LISTS[kind].items():
        for word in words.split():
            match = next((name for name in names if keys[name] == word and name not in taken), None)
            if match is not None:
                found[role] = match
                taken.add(match)
                break
    return found


def header_of(head: bytes) -> list[str]:
    """The cells of the first line, cut at the delimiter that gives most."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n", 1)[0][:8_192].decode("utf-8", "replace")
    if not first or first[0] in "{[<":
        return []
    best = list[str]()
    for delimiter in (",", ";", "\t", "|"):
        try:
            cells = next(csv.reader([first.strip("\r").replace("\x00", "")], delimiter=delimiter), [])
        except csv.Error:
            continue
        best = max(best, cells, key=len)
    return [" ".join(cell.split()) for cell in best]


@dataclass(frozen=True)
class Rows:
    """The rows of a batch: the cells of each role, trimmed, blank as null."""

    batch: Batch
    roles: Mapping[str, str]

    def cell(self, role: str) -> pa.Array:
        """The column of a role; nulls where there is none."""
        name = self.roles.get(role)
        if name is None:
            return pa.nulls(len(self.batch.lines), pa.string())
        text = pc.utf8_trim_whitespace(self.batch.columns[name])
        return pc.if_else(pc.equal(pc.binary_length(text), 0), None, text)

    def constant(self, value: str | None) -> pa.Array:
        """The same in every row."""
        return pa.repeat(pa.scalar(value, pa.string()), len(self.batch.lines))


def read_simple(source: Source, is_field: IsField, kind: str, made: Callable[[Rows], Made]) -> Iterator[Chunk]:
    """What a CSV file gives, each batch mapped by ``made``."""
    for chunk in tables.read(source, is_field):
        yield partial(_told, chunk, kind, made)


def _told(chunk: Chunk, kind: str, made: Callable[[Rows], Made]) -> Iterator[Batch]:
    for batch in chunk():
        yield _mapped(batch, kind, made) if len(batch.lines) else batch


def _mapped(batch: Batch, kind: str, made: Callable[[Rows], Made]) -> Batch:
    roles = roles_of(list(batch.columns), kind)
    rejects = list(batch.rejects)
    for role, is_failed in (("status", _is_failed), ("error", _is_error)):
        if role in roles:
            batch, more = _without_failed(batch, batch.columns[roles[role]], is_failed)
            rejects = sorted((*rejects, *more), key=lambda reject: reject.line)
    if not len(batch.lines):
        return Batch({}, batch.lines, rejects=tuple(rejects))
    fields, extra = made(Rows(batch, roles))
    fields["native_id"] = distinct(fields)
    used = set(roles.values())
    encoded = {name: column for name, column in batch.columns.items() if name not in used} | extra
    n = len(batch.lines)
    said = {name: as_json(column) for name, column in encoded.items() if column.null_count < n}
    return Batch(fields, batch.lines, said, tuple(rejects))


def _is_failed(status: str) -> bool:
    plain = folded(status).replace(" ", "")
    return STATUS.get(plain) == "failed" or plain.startswith(_FAILED)


def _is_error(code: str) -> bool:
    plain = folded(code).replace(" ", "")
    return plain != "" and plain not in _NO_ERROR


def _without_failed(batch: Batch, status: pa.Array, is_failed: Callable[[str], bool]) -> tuple[Batch, list[Reject]]:
    """The rows that were paid or will be; and why the others are none: declined, cancelled, failed."""
    coded = status.dictionary_encode()
    bad = [is_failed(word) for word in coded.dictionary.to_pylist()]
    if not any(bad):
        return batch, []
    failed = pc.fill_null(pa.array(bad, pa.bool_()).take(coded.indices), False)
    rejects = [
        Reject(batch.lines[row].as_py(), f"{NOT_MADE}: {status[row].as_py()}"[:200], start_of(batch, row))
        for row in pc.indices_nonzero(failed).to_pylist()
    ]
    kept = pc.invert(failed)
    columns = {name: column.filter(kept) for name, column in batch.columns.items()}
    return Batch(columns, batch.lines.filter(kept), kinds=batch.kinds), rejects


def start_of(batch: Batch, row: int) -> str:
    """A row for the quarantine."""
    return clip(" | ".join(str(column[row].as_py() or "") for column in batch.columns.values()))


def distinct(fields: Columns) -> pa.Array:
    """The ids that a source gives, where each row has one of its own; else ids from what the rows say."""
    ids = fields.get("native_id")
    if ids is not None and ids.null_count == 0:
        if pc.count_distinct(ids).as_py() == len(ids):
            return ids
        parts = [pc.fill_null(fields[name], "") for name in ("payer", "payee", "amount", "currency")]
        longer = pc.binary_join_element_wise(ids, *parts, "/")
        if pc.count_distinct(longer).as_py() == len(longer):
            return longer
    said = [fields[name] for name in ("native_id", "payer", "payee", "amount", "currency", "posted_at", "body")]
    return message_ids([column for column in said if column is not None])


def sentence(*parts: pa.Array) -> pa.Array:
    """The parts of each row that are there, with ``; `` between them; null where there is none."""
    whole = parts[0]
    for part in parts[1:]:
        whole = pc.coalesce(pc.binary_join_element_wise(whole, part, "; "), whole, part)
    return whole
