"""The register of erasures: what was erased, in a file outside of the workspace, so that no backup brings it back.

It stands beside the key file. Each line is signed with the workspace's key and holds the digest of the line before;
it has ids, digests and reasons, never what was erased. Heads of the ledger stand in it, too, by which a restored
ledger is known to be the same one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clew.ledger.entry import canonical
from clew.model.errors import SealError
from clew.vault.keys import Keys, key_folder

What = Literal["case", "records", "head"]
MOST_IDS = 10_000  # of a line
_FIRST = "0" * 64


@dataclass(frozen=True)
class Line:
    """A line of the register.

    Attributes:
        nth: from 0.
        at: when, ISO 8601 in UTC.
        what: a case or records that were erased, or a head of the ledger.
        erasure: name of the erasure; empty for a head.
        about: ids and reason; size and root of a head.
        before: SHA-256 of the line before.
        signature: of the workspace's key over all of that, hex.
    """

    nth: int
    at: str
    what: What
    erasure: str
    about: Mapping[str, Any]
    before: str
    signature: str = ""

    def statement(self) -> bytes:
        """What is signed."""
        return b"clew erased 1\n" + canonical({**asdict(self), "signature": None})


def register_file(identity: str) -> Path:
    """Where the register of a workspace stands."""
    return key_folder() / f"{identity}.erased.jsonl"


def read_register(path: Path, public: bytes) -> list[Line]:
    """Every line, checked.

    Args:
        path: of the register.
        public: the workspace's key.

    Raises:
        SealError: a line was changed, removed or added by somebody else.
    """
    if not path.exists():
        return []
    with path.open("rb") as stream:
        return [line for line, _ in _lines(stream, path, public)]


def add_lines(keys: Keys, at: str, what: What, erasure: str, abouts: Iterator[Mapping[str, Any]]) -> None:
    """Add lines at the end; what a killed process left of a line is taken away.

    An erasure that stands there already is not added again.
    """
    path = register_file(keys.workspace)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path) as stream:
        held = list(_lines(stream, path, keys.public))
        end = held[-1][1] if held else 0
        there = sum(bool(erasure) and line.erasure == erasure for line, _ in held)
        before = _digest(held[-1][0]) if held else _FIRST
        stream.truncate(end)
        stream.seek(end)
        nth = len(held)
        for place, about in enumerate(abouts):
            if place < there:
                continue
            line = Line(nth, at, what, erasure, about, before)
            line = Line(**{**vars(line), "signature": keys.sign(line.statement()).hex()})
            stream.write(canonical(asdict(line)) + b"\n")
            nth, before = nth + 1, _digest(line)
        stream.flush()
        os.fsync(stream.fileno())


def _lines(stream: BinaryIO, path: Path, public: bytes) -> Iterator[tuple[Line, int]]:
    """Lines, and where each one ends; an unfinished last one does not count."""
    key, before, end = Ed25519PublicKey.from_public_bytes(public), _FIRST, 0
    stream.seek(0)
    for nth, raw in enumerate(stream):
        if not raw.endswith(b"\n"):
            return
        wrong = SealError(f"Line {nth + 1} of {path} is not as Clew wrote it.", "Put a copy of the register there.")
        try:
            line = Line(**orjson.loads(raw))
            key.verify(bytes.fromhex(line.signature), line.statement())
        except (orjson.JSONDecodeError, TypeError, ValueError, InvalidSignature):
            raise wrong from None
        if line.nth != nth or line.before != before:
            raise wrong
        end += len(raw)
        before = _digest(line)
        yield line, end


def _digest(line: Line) -> str:
    return hashlib.sha256(canonical(asdict(line))).hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream
