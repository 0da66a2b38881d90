"""ZIP files read with care: names that leave the folder, lying sizes, encryption, endless members."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from clew.evidence.intake.base import Notes, Part, plain
from clew.evidence.intake.limits import BLOCK, Budget, Guarded
from clew.ingest.streams import ZIP_ERRORS, DamagedError

_DRIVE = re.compile(r"[A-Za-z]:")


@contextmanager
def opened(part: Part, budget: Budget) -> Iterator[zipfile.ZipFile]:
    """The ZIP file in a part.

    Raises:
        DamagedError: its directory cannot be read.
        CutError: its directory is larger than 16 MiB.
    """
    try:
        found = zipfile.ZipFile(cast(IO[bytes], Guarded(part.file, budget)))
    except ZIP_ERRORS as error:
        raise DamagedError(f"the directory of the ZIP file cannot be read ({_short(error)})") from error
    with found:
        yield found


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder; the library's own question fails on an empty name."""
    return info.filename.endswith("/")


def escapes(name: str) -> bool:
    """Whether a name would be written outside of the folder that it is unpacked to."""
    parts = name.replace("\\", "/").split("/")
    return not parts[0] or ".." in parts or bool(_DRIVE.match(name)) or "\x00" in name


def check_names(found: zipfile.ZipFile, notes: Notes) -> None:
    """Faults of the directory: names that escape, that come twice, symbolic links, encrypted members."""
    for name, count in Counter(info.filename for info in found.infolist()).items():
        if count > 1:
            notes.fault(f'The archive holds "{plain(name, 120)}" {count} times.')
    for info in found.infolist():
        name = plain(info.filename, 120)
        if escapes(info.orig_filename) or escapes(info.filename):
            notes.fault(f'The name "{name}" leads out of the folder of the archive.')
        if info.external_attr >> 28 == 0xA:
            notes.fault(f'"{name}" is a symbolic link.')
        if info.flag_bits & 1:
            notes.damaged(f'"{name}" is encrypted.')


class Member:
    """A member read forwards; every error in it is a DamagedError."""

    def __init__(self, found: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> None:
        self._found, self._info, self._budget = found, info, budget
        self._stream: IO[bytes] | None = None

    def read(self, size: int = BLOCK) -> bytes:
        """At most ``size`` bytes, or 64 KiB."""
        try:
            self._stream = self._stream or self._found.open(self._info)
            block = self._stream.read(size if size > 0 else BLOCK)
        except ZIP_ERRORS as error:
            raise DamagedError(f'"{plain(self._info.filename, 120)}" cannot be unpacked ({_short(error)})') from error
        self._budget.unpack(len(block))
        return block

    def seek(self, offset: int, whence: int = 0) -> int:
        """Back to the start; nowhere else."""
        if offset or whence:
            raise DamagedError(f'"{plain(self._info.filename, 120)}" can only be read forwards')
        self._stream = None
        return 0

    def blocks(self) -> Iterator[bytes]:
        """All of it."""
        while block := self.read():
            yield block

    def content(self, most: int) -> bytes | None:
        """All of it if that is no more than ``most``, whatever the directory claims; else None."""
        kept, size = list[bytes](), 0
        for block in self.blocks():
            size += len(block)
            if size > most:
                return None
            kept.append(block)
        return b"".join(kept)

    def as_file(self) -> IO[bytes]:
        """For functions that only read."""
        return cast(IO[bytes], self)


def _short(error: BaseException) -> str:
    return plain(error, 100) or type(error).__name__
