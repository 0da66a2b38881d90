"""Opens inputs: decompression, encodings, and blocks of whole lines in bounded memory."""

from __future__ import annotations

import codecs
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import charset_normalizer
import numpy as np
import pyarrow as pa

from clew.ingest.base import MAX_LINE
from clew.ingest.binaries import known_binary
from clew.ingest.unpacking import UNPACK_ERRORS, unpacked
from clew.model.errors import InputError

T = TypeVar("T")

BLOCK = 8 << 20
HEAD = 1 << 18
MAX_SPOOL = 64 << 30  # bytes a compressed Parquet file may unpack to

_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


# What the library raises on ZIP files that somebody spoilt.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # a compression that is not known
    RuntimeError,  # encrypted
    OverflowError,
    LookupError,
    MemoryError,
)


class DamagedError(Exception):
    """The rest of an input cannot be read (cut off or corrupt compression, a bad disk).

    Attributes:
        line: where the damage begins; 0 where that is not known.
    """

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.line = line


def noting(blocks: Iterator[T]) -> Iterator[T | DamagedError]:
    """The blocks, and the damage at the end of them as one more."""
    try:
        yield from blocks
    except DamagedError as damage:
        yield damage


@dataclass
class FileSource:
    """A file of the user's, decompressed on the way.

    Attributes:
        path: the file.
        name: its name without ``.gz`` or ``.zst``.
        spool: a folder for a decompressed copy, for formats that need random access.
        on_bytes: told how many bytes of the file itself were read.
        damage: found in the first bytes, once these were asked for.
    """

    path: Path
    spool: Path
    on_bytes: Callable[[int], None] = lambda done: None

    def __post_init__(self) -> None:
        try:
            with self.path.open("rb", buffering=0) as raw:
                self._start = raw.read(HEAD)
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}.") from error
        self.compression = next((name for mark, name in _COMPRESSED.items() if self._start.startswith(mark)), None)
        self.damage: DamagedError | None = None
        ending = self.path.suffix.lower()
        self.name = self.path.stem if ending in (".gz", ".zst") else self.path.name

    def head(self) -> bytes:
        """The first 256 KiB as UTF-8 if it is text, decompressed; empty when nothing can be read."""
        raw = self._start
        if self.compression:
            first = [*islice(noting(self._unpacked(HEAD, lambda done: None)), 2)]
            self.damage = next((item for item in first if isinstance(item, DamagedError)), None)
            raw = b"" if not first or isinstance(first[0], DamagedError) else first[0][:HEAD]
        if known_binary(raw):
            return raw
        encoding = detect_encoding(raw)
        return raw if encoding == "utf-8" else raw.decode(encoding, "replace").encode("utf-8", "replace")

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """The decompressed bytes in blocks of ``size``, those of a packed file a little longer.

        Raises:
            DamagedError: after the last block that could be read.
        """
        if len(self._start) < HEAD and self.compression is None:
            self.on_bytes(len(self._start))
            yield from memory_blocks(self._start, size)
        else:
            yield from self._unpacked(size, self.on_bytes)

    def _unpacked(self, size: int, on_bytes: Callable[[int], None]) -> Iterator[bytes]:
        held, length, done = list[bytes](), 0, 0
        error: Exception | None = None
        try:
            with self.path.open("rb") as raw:
                pieces = unpacked(raw, self.compression) if self.compression else iter(partial(raw.read, size), b"")
                for piece in pieces:
                    held.append(piece)
                    length += len(piece)
                    if length >= size:
                        on_bytes(raw.tell() - done)
                        done = raw.tell()
                        yield b"".join(held)
                        held, length = [], 0
            on_bytes(self.path.stat().st_size - done)
        except UNPACK_ERRORS as damage:
            error = damage
        if length:
            yield b"".join(held)
        if error is not None:
            raise DamagedError(f"the file is damaged: {_one_line(error)}") from error

    def text_blocks(self) -> Iterator[bytes]:
        """The content as UTF-8 in blocks; a file in UTF-8 passes as it is, broken sequences and all.

        Raises:
            DamagedError: after the last block that could be read.
        """
        if self.compression is None:
            yield from self._utf8_blocks()
            return
        line = 1
        try:
            for block in self._utf8_blocks():
                line += block.count(b"\n")
                yield block
        except DamagedError as damage:
            raise DamagedError(str(damage), line) from damage

    def _utf8_blocks(self) -> Iterator[bytes]:
        blocks = self.blocks()
        first = next(blocks, b"")
        encoding = detect_encoding(first[:HEAD] if len(first) <= HEAD else first[: 1 << 20])
        if encoding == "utf-8":
            yield first
            yield from blocks
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        yield decoder.decode(first).encode("utf-8", "replace")
        for block in blocks:
            yield decoder.decode(block).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")

    def spooled(self) -> Path:
        """The file itself, or a decompressed copy in ``spool``."""
        if self.compression is None:
            self.on_bytes(self.path.stat().st_size)
            return self.path
        copy = self.spool / "spooled"
        written = 0
        with copy.open("wb") as out:
            for block in self.blocks():
                written += len(block)
                if written > MAX_SPOOL:
                    raise InputError(f"{self.path} unpacks to more than {MAX_SPOOL >> 30} GiB.", "Unpack it by hand.")
                out.write(block)
        return copy


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def detect_encoding(sample: bytes) -> str:
    """The codec of a text that starts with ``sample``.

    A byte order mark decides; then UTF-16 by its zeros; then UTF-8, also when a few sequences are broken (lines
    that hold them are mended one by one, see :func:`mend`); then charset-normalizer; then Windows-1252.
    """
    for mark, codec in _BOMS:
        if sample.startswith(mark):
            return codec
    if sample.count(0):
        zeros_even, zeros_odd = sample[0::2].count(0), sample[1::2].count(0)
        if max(zeros_even, zeros_odd) > len(sample) * 0.2 and min(zeros_even, zeros_odd) < len(sample) * 0.02:
            return "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"
    if sample.isascii():
        return "utf-8"
    text = sample.decode("utf-8", "replace")
    broken = text.count("�") - sample.count(b"\xef\xbf\xbd")
    whole = sum(1 for char in text if char > "\x7f") - broken
    if whole >= broken or sample.count(0):
        return "utf-8"
    return _one_byte_encoding(sample[: 1 << 16])


# The letters and signs beyond ASCII that texts in Western and in Central Europe use; the two code pages share bytes.
_USUAL = {
    "cp1252": frozenset("éèêëàâäáãåæçíìîïñóòôöõøœßúùûüýÿÉÈÊÀÂÄÁÅÆÇÍÎÑÓÖØÚÜ€£§°´·¿¡«»“”‘’„–—…•©®™ºª²\xa0"),
    "cp1250": frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉÍŇŘŠŤÚŮÝŽőűöüŐŰÖÜăâîşţĂÂÎŞŢäô€§°«»“”’„–—…•\xa0"),
}
_CANDIDATES = [
    "cp1252",
    "cp1250",
    "iso8859_2",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_kr",
]


def _one_byte_encoding(sample: bytes) -> str:
    """Which legacy code page; Windows-1252 where nothing speaks for another.

    charset-normalizer confuses the first two on short texts, so that their letters are counted before it is asked.
    """
    for codec, usual in _USUAL.items():
        beyond = [char for char in sample.decode(codec, "replace") if char > "\x7f"]
        if sum(char in usual for char in beyond) >= 0.95 * len(beyond):
            return codec
    best = charset_normalizer.from_bytes(sample, cp_isolation=_CANDIDATES).best()
    return best.encoding if best is not None and best.encoding in _CANDIDATES else "cp1252"


def mend(block: bytes) -> bytes:
    """The block as valid UTF-8: a line that is not is read as Windows-1252, odd bytes replaced."""
    offsets = pa.py_buffer(np.array([0, len(block)], np.int32))
    try:
        # Arrow's check is ten times faster than decoding.
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(block)).validate(full=True)
    except pa.ArrowInvalid:
        return b"".join(_mend_line(line) for line in block.splitlines(keepends=True))
    return block


def _mend_line(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode("utf-8")
    return line


@dataclass(frozen=True)
class Lines:
    """Whole lines of a file: ``first`` is the number of the first; a line too long shows by its first bytes."""

    text: bytes
    first: int
    too_long: bool = False


def line_blocks(blocks: Iterator[bytes]) -> Iterator[Lines]:
    """Cut a stream into blocks of whole lines, ended by a line feed; a line over 64 MiB is skipped.

    Memory stays below 64 MiB plus one block, however long a line is.
    """
    number, parts, held = 1, list[bytes](), 0
    skipping = False
    for block in blocks:
        if skipping:
            end = block.find(b"\n")
            if end < 0:
                continue
            block, skipping, number = block[end + 1 :], False, number + 1
        cut = block.rfind(b"\n") + 1
        if held and held + block.find(b"\n") > MAX_LINE and cut:
            yield Lines(parts[0][:8_000], number, too_long=True)
            end = block.find(b"\n") + 1
            block, cut, parts, held, number = block[end:], cut - end, [], 0, number + 1
        if not cut:
            parts.append(block)
            held += len(block)
            if held > MAX_LINE:
                yield Lines(parts[0][:8_000], number, too_long=True)
                parts, held, skipping = [], 0, True
            continue
        text = b"".join((*parts, memoryview(block)[:cut]))  # one copy, not two
        yield Lines(text, number)
        number += text.count(b"\n")
        parts, held = ([block[cut:]], len(block) - cut) if cut < len(block) else ([], 0)
    if held and not skipping:
        yield Lines(b"".join(parts), number)


def memory_blocks(content: bytes, size: int = BLOCK) -> Iterator[bytes]:
    """Blocks of bytes that are in memory already."""
    for start in range(0, len(content), size):
        yield content[start : start + size]
