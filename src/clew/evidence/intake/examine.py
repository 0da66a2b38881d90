"""What a file is, by its content, and whether it is whole. Nothing of it is run or unpacked to disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clew.evidence.intake.base import HEAD, Notes, Part
from clew.evidence.intake.limits import Budget, CutError, Limits
from clew.evidence.intake.registry import kind_of
from clew.ingest.streams import DamagedError
from clew.model.errors import InputError
from clew.vault.store import Digester

_DIGEST_BLOCK = 4 << 20


@dataclass(frozen=True)
class Examined:
    """What was found in a file.

    Attributes:
        kind: warc, wacz, html, image, pdf, mail, text, archive or other.
        media_type: by content; the name of a file is never asked.
        size: bytes.
        sha256: 64 hex digits.
        blake2b: 128 hex digits.
        facts: label and value, one line each, safe to print.
        faults: what is wrong and where, a sentence each; none: the file is whole as far as its kind can be checked.
        hidden: parts whose text, if any, cannot be searched: pictures, encrypted, damaged or unknown parts.
    """

    kind: str
    media_type: str
    size: int
    sha256: str
    blake2b: str
    facts: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    hidden: int


def examine(path: Path, limits: Limits | None = None) -> Examined:
    """Look at an untrusted file in bounded memory.

    Raises:
        InputError: the file cannot be read, or is no regular file. Anything wrong in it is a fault instead.
    """
    with _opened(path) as part:
        sha256, blake2b = _digests(part)
        budget = Budget(limits or Limits(), part.size)
        kind, media_type = kind_of(part)
        notes = Notes()
        try:
            kind.examine(part, notes, budget)
        except CutError as cut:
            notes.damaged(f"Not looked at to its end: {cut}.")
        except DamagedError as error:
            notes.damaged(f"Damaged: {error}.")
    if notes.more_faults:
        notes.faults.append(f"{notes.more_faults:,} more faults, not listed.")
    facts, faults = tuple(notes.facts), tuple(notes.faults)
    return Examined(kind.name, media_type, part.size, sha256, blake2b, facts, faults, notes.hidden)


def searchable(examined: Examined) -> bool:
    """Whether all text of the file is in :func:`texts`.

    False when any part of it is a picture, encrypted, damaged, unknown or beyond a bound: names may stand there unseen.
    """
    return examined.hidden == 0


def texts(path: Path, examined: Examined, limits: Limits | None = None) -> Iterator[str]:
    """The human text in a file, decoded and decompressed, in pieces that overlap by some hundred characters.

    Markup comes twice: with its tags (a name can stand in an attribute) and without them.

    Raises:
        InputError: the file cannot be read, is not the one that was examined, or has become too large to read.
    """
    with _opened(path) as part:
        if part.size != examined.size:
            raise InputError(f"{path} is not the file that was examined: its size differs.")
        kind, _ = kind_of(part)
        try:
            yield from kind.texts(part, Budget(limits or Limits(), part.size))
        except (CutError, DamagedError) as error:
            if searchable(examined):
                raise InputError(f"The text of {path} could not be read to its end: {error}.") from error


@contextmanager
def _opened(path: Path) -> Iterator[Part]:
    """A regular file; a pipe or device would be waited for without end."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no valid name"
        raise InputError(f"{path} cannot be read: {reason}.") from error
    about = os.fstat(number)
    if not stat.S_ISREG(about.st_mode):
        os.close(number)
        raise InputError(f"{path} is no file.", "Give the files in a folder one by one.")
    with os.fdopen(number, "rb") as file:
        try:
            head = file.read(HEAD)
            file.seek(0)
            yield Part(file, about.st_size, head)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error


def _digests(part: Part) -> tuple[str, str]:
    digester = Digester()
    while block := part.file.read(_DIGEST_BLOCK):
        digester.update(block)
    part.file.seek(0)
    digests = digester.digests()
    return digests.sha256, digests.blake2b
