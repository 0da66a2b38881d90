"""What a kind of file is to the intake: how to know it, what to say of it, and the text in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from clew.evidence.intake.limits import Budget

HEAD = 1 << 16
MOST_FACT, MOST_FAULTS = 300, 100

# Control characters, those that turn the direction of writing, lone surrogates: a file must not steer a terminal.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def plain(value: object, most: int = MOST_FACT) -> str:
    """A value of a file as one short line that is safe to print."""
    text = " ".join(_UNSAFE.sub(" ", str(value)[: 4 * most]).split())
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass
class Notes:
    """What was seen so far.

    Attributes:
        facts: label and value, in order.
        faults: sentences.
        hidden: parts whose text, if any, cannot be searched: pictures, encrypted or unknown or damaged parts.
    """

    facts: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    hidden: int = 0
    more_faults: int = 0

    def fact(self, label: str, value: object) -> None:
        """Add a fact; an empty value is no fact."""
        if (text := plain(value)) and value is not None:
            self.facts.append((label, text))

    def fault(self, sentence: str) -> None:
        """Add a fault; after the first hundred they are only counted."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(plain(sentence, 500))
        else:
            self.more_faults += 1

    def damaged(self, sentence: str) -> None:
        """Add a fault of a part that could not be read to its end."""
        self.fault(sentence)
        self.hidden += 1


@dataclass(frozen=True)
class Part:
    """A file, or a part of one that is held in memory.

    Attributes:
        file: opened, at its start, can be read at random.
        size: its bytes.
        head: its first 64 KiB.
    """

    file: IO[bytes]
    size: int
    head: bytes


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        name: as in :class:`clew.evidence.intake.examine.Examined`; several modules may share one, as "archive".
        sniff: how sure it is (0 to 1) that a part is of this kind, and the media type, by content alone.
        examine: adds facts and faults. Raises CutError and DamagedError only.
        texts: the human text in it, in pieces. Raises CutError and DamagedError only.
    """

    name: str
    sniff: Callable[[Part], tuple[float, str]]
    examine: Callable[[Part, Notes, Budget], None]
    texts: Callable[[Part, Budget], Iterator[str]]


def starts(part: Part, *marks: bytes) -> bool:
    """Whether a part starts with one of the marks."""
    return part.head.startswith(marks)


def no_text(part: Part, budget: Budget) -> Iterator[str]:
    """For kinds that hold none."""
    return iter(())
