"""Walking through a stream of text block by block: what a walk is not done with is seen again, with what follows it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import chain
from typing import Generic, TypeVar

from clew.ingest.base import MAX_LINE, Reject, clip
from clew.ingest.streams import DamagedError, noting

T = TypeVar("T")


class Walker(Generic[T]):
    """Finds things in a stream of text that is never held as a whole.

    Attributes:
        what: that it finds, for what is said of one that is too long.
        line: number of the line where the text not yet done with begins.
    """

    what = "element"

    def __init__(self) -> None:
        self.line = 1

    def walk(self, text: bytes, *, last: bool) -> Generator[T | Reject, None, int]:
        """Yield what is found in a text; return how many bytes are done with, -1 to read no further."""
        raise NotImplementedError

    def found(self, blocks: Iterator[bytes]) -> Generator[T | Reject, None, bytes | None]:
        """What is found, in order, and what could not be read.

        Returns:
            What is left at the end of the stream; None where reading ended before it.

        Raises:
            DamagedError: after the last that could be read.
        """
        held, damage = b"", None
        for block in chain(noting(blocks), (None,)):
            if isinstance(block, DamagedError):
                damage = block
                continue
            held = held + block if block else held
            done = yield from self.walk(held, last=block is None)
            if done < 0:
                return None
            self.line += held.count(b"\n", 0, done)
            held = held[done:]
            if len(held) > MAX_LINE:
                reason = f"{self.what} over {MAX_LINE >> 20} MiB; what follows it was not read"
                yield Reject(self.line, reason, clip(held[:8_000]))
                return None
        if damage is not None:
            raise damage
        return held
