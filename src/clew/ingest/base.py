"""What an input format is: a sniffer, a reader, and examples that prove both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

MAX_FIELD = 1 << 20  # characters in one field
MAX_LINE = 64 << 20  # bytes in one line, row, array element or mail
MAX_RAW = 2_000  # characters of a rejected row that go to quarantine
MAX_COLUMNS = 512  # different column names in one block

TOO_LONG_LINE = f"line over {MAX_LINE >> 20} MiB"
TOO_LONG_FIELD = "field over 1 MiB characters"
NUL_BYTE = "NUL byte in the row"


@dataclass(frozen=True)
class Reject:
    """A row that cannot become a record: where it stood, why, and how it began.

    Line 0 stands for the file as a whole; ``file`` is filled in by the stage, readers leave it empty.
    """

    line: int
    reason: str
    raw: str | None = None
    file: str = ""


@dataclass(frozen=True)
class Batch:
    """Rows of one file as text columns, not yet mapped to the fields of a record.

    Attributes:
        columns: column name to string array; all of length ``n``, null where a row has no such column.
        lines: int64, the 1-based line (or ordinal) at which each row starts.
        encoded: like ``columns``, but each value is JSON text; only for columns that fill no field.
        rejects: rows that could not be read, in file order.
        kinds: the kind of record of each row, where it is not that of the file (a job offer within a page); null there.
    """

    columns: Mapping[str, pa.Array]
    lines: pa.Array
    encoded: Mapping[str, pa.Array] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()
    kinds: pa.Array | None = None


def rejected(reject: Reject) -> tuple[Batch, ...]:
    """A chunk without rows, only with what could not be read."""
    return (Batch({}, pa.array([], pa.int64()), rejects=(reject,)),)


# Reading is split in two: the iterator cuts the file (cheap, in order), a chunk parses one cut (on any thread).
WORKERS = 2  # chunks that are parsed at a time
Chunk = Callable[[], Iterable[Batch]]
IsField = Callable[[str], bool]


@dataclass(frozen=True)
class Example:
    """A small file of a format and what must come out of it, for the contract test."""

    name: str
    content: bytes
    titles: tuple[str | None, ...]
    rejected: int = 0


class Source(Protocol):
    """An opened input, decompressed; see :class:`clew.ingest.streams.FileSource`."""

    path: Path
    name: str  # without the ending of a compression

    @property
    def on_bytes(self) -> Callable[[int], None]:
        """Told how many bytes of the file were read, by formats that read ``path``."""

    def blocks(self) -> Iterator[bytes]:
        """The bytes as they are, in blocks."""

    def text_blocks(self) -> Iterator[bytes]:
        """The bytes as UTF-8 in blocks, whatever the encoding of the file; may hold broken UTF-8."""

    def spooled(self) -> Path:
        """A file that can be read at random: the input itself, or a decompressed copy."""


@dataclass(frozen=True)
class Format:
    """An input format.

    Attributes:
        name: as shown to the user.
        sniff: (first bytes, file name) to a score from 0 (not mine) to 1 (certainly mine).
        read: cuts a source into chunks; ``is_field(column)`` tells which columns must come as text.
        examples: files for the contract test.
        platform: the platform of records that name none, before the host of their url is asked.
        kind: of its records, where the user names none; an ``image`` is read only where the user names that kind.
        certain_dates: dates name the month and amounts have a decimal point, so that neither needs a guess.
        by_hand: amounts are texts as people write them, whose points may part thousands.
    """

    name: str
    sniff: Callable[[bytes, str], float]
    read: Callable[[Source, IsField], Iterator[Chunk]]
    examples: Callable[[], tuple[Example, ...]]
    platform: str | None = None
    kind: str | None = None
    certain_dates: bool = False
    by_hand: bool = False


def up_to(blocks: Iterable[bytes], limit: int) -> bytes:
    """Blocks as one, of which no more are read as soon as they are more than ``limit`` bytes."""
    held, size = list[bytes](), 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > limit:
            break
    return b"".join(held)


def clip(raw: bytes | str) -> str:
    """The start of a rejected row as text that can be stored: at most 2,000 characters, odd bytes escaped."""
    text = raw[: MAX_RAW * 4].decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw[:MAX_RAW]
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")[:MAX_RAW]
