"""Bounds on what a hostile file may cost: time, unpacked bytes, parts, nesting."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import IO

BLOCK = 1 << 16


class CutError(Exception):
    """A bound was reached: the rest of a file is not looked at. The message is a sentence."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost.

    Attributes:
        seconds: time, digests of the file itself not counted.
        unpacked: bytes that all its parts unpack to.
        ratio: how many times its size it may unpack to, once ``free`` bytes were unpacked.
        free: bytes that any file may unpack to.
        parts: records, members, attachments.
        depth: an archive in an archive in a mail is 2.
        inner: bytes of a part that is looked into; of a larger one only the digests are checked.
    """

    seconds: float = 900.0
    unpacked: int = 64 << 30
    ratio: int = 200
    free: int = 128 << 20
    parts: int = 2_000_000
    depth: int = 4
    inner: int = 32 << 20


class Budget:
    """What is left of the limits of one file; shared by all its parts, however deep."""

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits = limits
        self.depth = 0
        self._deadline = time.monotonic() + limits.seconds
        self._most = min(limits.unpacked, max(limits.free, limits.ratio * size))
        self._size = size
        self._unpacked = 0
        self._parts = 0

    def left(self) -> float:
        """Seconds left; never below zero."""
        return max(0.0, self._deadline - time.monotonic())

    def tick(self) -> None:
        """Stop when the time is over."""
        if time.monotonic() > self._deadline:
            raise CutError(f"it takes more than {self.limits.seconds:g} seconds to look through")

    def unpack(self, size: int) -> None:
        """Count bytes that came out of a compressed or encoded part."""
        self._unpacked += size
        if self._unpacked > self._most:
            raise CutError(
                f"{self._size:,} bytes unpack to more than {self._most:,}, as an archive bomb does; no more is unpacked"
            )
        self.tick()

    def part(self) -> None:
        """Count a record, member or attachment."""
        self._parts += 1
        if self._parts > self.limits.parts:
            raise CutError(f"it has more than {self.limits.parts:,} parts")
        self.tick()


class Guarded:
    """An open file that refuses to read much at once: a library that believes a lying length fails here."""

    MOST = 16 << 20

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file, self._budget = file, budget

    def read(self, size: int = -1) -> bytes:
        """At most 16 MiB at once."""
        self._budget.tick()
        block = self._file.read(self.MOST + 1 if size < 0 else min(size, self.MOST + 1))
        if len(block) > self.MOST:
            raise CutError(f"an index or header of it is larger than {self.MOST >> 20} MiB")
        return block

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of a file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of a file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Always."""
        return True
