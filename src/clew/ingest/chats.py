"""What the readers of chats share: the ids of conversations and messages, and rows gathered one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch, Reject
from clew.ingest.identity import as_hex, canonical, digests

FIELDS = (
    "native_id", "conversation", "handle", "recipient", "contact", "posted_at", "title", "body", "images",
    "url", "platform", "captured_at",
)  # fmt: skip
OWNER = "me"  # who owns the device, where the export does not say who that is
_PHONE = re.compile(r"\+?[\d\s().\u00a0\u2010-\u2015\u202f-]{6,24}")
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_PHOTO = re.compile(r"(?i)\.(jpe?g|png|heic)$")

Value = str | None
C = TypeVar("C")  # what a format knows of a chat


def between(one: str, other: str) -> str:
    """The id of the conversation of two."""
    return " ~ ".join(sorted((one, other)))


def tagged(name: str, *more: str) -> str:
    """The id of a conversation whose name may be that of another: the name, and a tag of what tells them apart."""
    return f"{name} #{sha256(orjson.dumps([name, *more])).hexdigest()[:8]}"


def message_ids(columns: Sequence[pa.Array]) -> pa.Array:
    """An id for each message from what it says, and from its place among those that say the same.

    Args:
        columns: conversation, sender, time and text.
    """
    found = digests(canonical(columns)).copy()
    keys = np.ascontiguousarray(found).view(">u8")[:, 0]
    order = np.argsort(keys, kind="stable")
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = keys[order][1:] != keys[order][:-1]
    place = np.arange(len(keys))
    nth = np.empty(len(keys), np.int64)
    nth[order] = place - np.maximum.accumulate(np.where(fresh, place, 0))
    again = np.flatnonzero(nth)
    if len(again):
        rows = pa.array(again)
        found[again] = digests(canonical([*(column.take(rows) for column in columns), pa.array(nth[again])]))
    return as_hex(found)


def contact_of(name: Value) -> Value:
    """The name where it is a phone number or a mail address."""
    if not name:
        return None
    return name if _PHONE.fullmatch(name) or _MAIL.fullmatch(name) else None


def photos(names: Iterable[str]) -> list[str]:
    """The files that are photos: those that are compared with other pictures."""
    return [name for name in names if _PHOTO.search(name)]


def as_list(names: Sequence[str]) -> Value:
    """Names as a JSON list; null for none."""
    return orjson.dumps(list(names)).decode() if names else None


class Messages:
    """Messages of one chunk, gathered row by row into columns.

    ``fields`` of a row are those of a record, ``more`` goes to ``extra``: reply_to, media, deleted, edited_at, system,
    name and what else a source tells.
    """

    def __init__(self) -> None:
        self._rows = list[Mapping[str, Value]]()
        self._more = list[dict[str, object]]()
        self._lines = list[int]()
        self.rejects = list[Reject]()

    def add(self, line: int, fields: Mapping[str, Value], more: Mapping[str, object]) -> None:
        """Add a message; of ``more`` what is null, false or empty is left out."""
        self._rows.append(fields)
        self._more.append({key: value for key, value in more.items() if value})
        self._lines.append(line)

    def gather(
        self,
        found: Iterable[tuple[int, dict[str, Any] | Reject]],
        add: Callable[[Messages, int, dict[str, Any], C], None],
        chat: C,
    ) -> None:
        """Add each message that could be read, as its format does (``add``), and remember the others."""
        for line, said in found:
            if isinstance(said, Reject):
                self.rejects.append(said)
            else:
                add(self, line, said, chat)

    def batch(self) -> Batch:
        """The rows so far; a message without an id of its own is given one."""
        columns = {name: pa.array([row.get(name) for row in self._rows], pa.string()) for name in FIELDS}
        missing = columns["native_id"].is_null()
        if missing.true_count:
            said = [columns[name] for name in ("conversation", "handle", "posted_at", "body")]
            columns["native_id"] = pc.coalesce(columns["native_id"], message_ids(said))
        keys = sorted({key for more in self._more for key in more})
        encoded = {
            key: pa.array(
                [orjson.dumps(more[key]).decode() if key in more else None for more in self._more], pa.string()
            )
            for key in keys
        }
        used = {name: column for name, column in columns.items() if column.null_count < len(column)}
        return Batch(used, pa.array(self._lines, pa.int64()), encoded, tuple(self.rejects))
