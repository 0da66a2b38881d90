"""WACZ: a ZIP file with WARC files in ``archive/``, as Browsertrix, ArchiveWeb.page and Scoop write it."""

from __future__ import annotations

import gzip
import io
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, cast

import orjson

from clew.ingest.base import Chunk, Example, Format, IsField, Reject, Source
from clew.ingest.formats.warc import example_record
from clew.ingest.pages_warc import Record, records
from clew.ingest.streams import ZIP_ERRORS, DamagedError

_MOST_READ = 16 << 20  # bytes that the directory may have: a library that believes a lying length fails here
_MOST_ARCHIVES, _MOST_JSON = 10_000, 1 << 20
_FREE, _RATIO = 4 << 30, 100  # bytes that all compressed members may unpack to, or times the size of the file
_BLOCK = 1 << 20
_LOCAL = struct.Struct("<4s22xHH")  # signature, length of the name, length of the extra field


def sniff(head: bytes, name: str) -> float:
    """A ZIP file whose first member is one of those of a WACZ, or whose name says it."""
    if not head.startswith(b"PK\x03\x04"):
        return 0.0
    first = head[30:60]
    known = first.startswith((b"archive/", b"datapackage", b"pages/", b"indexes/", b"fuzzy.json", b"logs/"))
    return 1.0 if name.endswith(".wacz") else 0.8 if known else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk for some pages at a time, of all WARC files in order of their names.

    Raises:
        DamagedError: the ZIP file cannot be read, or holds no WARC record.
    """
    from clew.ingest.pages_archive import pages_of  # see warc.py
    from clew.ingest.pages_gather import Gathered

    path = source.spooled()
    with ExitStack() as held:
        raw = held.enter_context(path.open("rb"))
        size = path.stat().st_size
        try:
            found = held.enter_context(zipfile.ZipFile(cast(IO[bytes], _Guarded(raw))))
            title = _title(found)
        except ZIP_ERRORS as error:
            raise DamagedError(f"the directory of the ZIP file cannot be read: {_short(error)}") from error
        archives, faults = _archives(found, raw, max(_FREE, _RATIO * size), held)
        count = len(faults)

        def read_all() -> Iterator[Record | Reject]:
            nonlocal count
            yield from faults
            number = len(faults)
            for archive in archives:
                before = number
                for record in records(archive):
                    number = before + record_number(record)
                    count += 1
                    yield renumbered(record, number)

        yield from pages_of(read_all, Gathered(title=title))
        if not count:
            raise DamagedError("the file holds no WARC record")


def record_number(record: Record | Reject) -> int:
    """Which record of its WARC file it is."""
    return record.line if isinstance(record, Reject) else record.number


def renumbered(record: Record | Reject, number: int) -> Record | Reject:
    """The same with another number."""
    if isinstance(record, Reject):
        return Reject(number, record.reason, record.raw)
    return Record(number, record.headers, record.content, record.whole)


def _archives(
    found: zipfile.ZipFile, raw: IO[bytes], left: int, held: ExitStack
) -> tuple[list[IO[bytes]], list[Reject]]:
    """The WARC files, opened; those that cannot be, as rejects. Names are only compared: nothing is written by them."""
    archives, faults = list[IO[bytes]](), list[Reject]()
    members = sorted(
        (info for info in found.infolist() if info.filename.startswith("archive/") and _is_warc(info.filename)),
        key=lambda info: (info.filename, info.header_offset),
    )
    for info in members[:_MOST_ARCHIVES]:
        try:
            if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
                archives.append(_stored(raw, info))
                continue
            copy = held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed by the stack
            with found.open(info) as member:
                while block := member.read(_BLOCK):
                    left -= len(block)
                    if left < 0:
                        raise DamagedError("it unpacks to far more than its size, as an archive bomb does")
                    copy.write(block)
            archives.append(copy)
        except (*ZIP_ERRORS, DamagedError) as error:
            faults.append(
                Reject(len(faults) + 1, f"a WARC file that cannot be unpacked: {_short(error)}", info.filename)
            )
    return archives, faults


def _is_warc(name: str) -> bool:
    return name.lower().endswith((".warc", ".warc.gz"))


def _stored(raw: IO[bytes], info: zipfile.ZipInfo) -> IO[bytes]:
    """A member that is not compressed, as a window on the file: the library's own can only be read forwards."""
    raw.seek(info.header_offset)
    mark, name, extra = _LOCAL.unpack(raw.read(_LOCAL.size))
    if mark != b"PK\x03\x04":
        raise DamagedError("it is not where the directory says")
    return cast(IO[bytes], _Window(raw, info.header_offset + _LOCAL.size + name + extra, info.file_size))


class _Window:
    """A part of a file, as a file."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._at = file, start, 0
        self._size = min(size, max(0, file.seek(0, io.SEEK_END) - start))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """From the start or the end of the part."""
        self._at = offset + (self._size if whence == io.SEEK_END else 0)
        return self._at

    def read(self, size: int) -> bytes:
        """At most what is left of the part."""
        self._file.seek(self._start + self._at)
        block = self._file.read(max(0, min(size, self._size - self._at)))
        self._at += len(block)
        return block


class _Guarded:
    """An open file that refuses to read much at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """At most 16 MiB."""
        block = self._file.read(_MOST_READ + 1 if size < 0 else min(size, _MOST_READ + 1))
        if len(block) > _MOST_READ:
            raise DamagedError(f"its directory is larger than {_MOST_READ >> 20} MiB")
        return block


def _title(found: zipfile.ZipFile) -> str:
    """What the collection is called."""
    if "datapackage.json" not in found.namelist():
        return ""
    with found.open("datapackage.json") as file:
        raw = file.read(_MOST_JSON)
    try:
        package = orjson.loads(raw)
    except ValueError:
        return ""
    title = package.get("title") if isinstance(package, dict) else None
    return " ".join(title[:1_000].split())[:300] if isinstance(title, str) else ""


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def examples() -> tuple[Example, ...]:
    """A package with one WARC file; one whose second WARC file is broken."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>one</title><p>Text"
    page = gzip.compress(example_record("response", "https://one.example/", http))
    parts = {"datapackage.json": b'{"title": "Seen"}', "archive/data.warc.gz": page}
    return (
        Example("a.wacz", _zipped(parts), ("one",)),
        Example("b.wacz", _zipped(parts | {"archive/more.warc": b"no record"}), ("one",), rejected=1),
    )


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


PLUGIN = Format("WACZ", sniff, read, examples, certain_dates=True, kind="page")
