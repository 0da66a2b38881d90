"""The original bytes of a case's exhibits: named by their digest, sealed with the case's key, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clew.model.errors import MissingError, SealError
from clew.model.files import sync_folder
from clew.vault.seal import seal_stream, unseal_stream

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Digests:
    """What names some bytes for good: two digests of different families, and the size.

    Attributes:
        sha256: hex.
        blake2b: of 64 bytes, hex.
        size: in bytes.
    """

    sha256: str
    blake2b: str
    size: int


class Digester:
    """Computes `Digests` of bytes that pass by."""

    def __init__(self) -> None:
        self._sha256, self._blake2b, self._size = hashlib.sha256(), hashlib.blake2b(), 0

    def watch(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass pieces on."""
        for piece in pieces:
            self.update(piece)
            yield piece

    def update(self, piece: bytes) -> None:
        """Take a piece in."""
        self._sha256.update(piece)
        self._blake2b.update(piece)
        self._size += len(piece)

    def digests(self) -> Digests:
        """Of what passed by so far."""
        return Digests(self._sha256.hexdigest(), self._blake2b.hexdigest(), self._size)


def digests_of(content: bytes) -> Digests:
    """Of bytes that are at hand."""
    digester = Digester()
    digester.update(content)
    return digester.digests()


class Vault:
    """The folder ``vault`` of a workspace, a folder per case in it."""

    def __init__(self, workspace: Path) -> None:
        self.path = workspace / "vault"

    def put(self, case_id: str, key: bytes, pieces: Iterable[bytes]) -> Digests:
        """Keep some bytes; the same bytes are kept once, however often they are given."""
        folder = self._folder(case_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digester = Digester()
        descriptor, staged = tempfile.mkstemp(dir=folder, prefix=".staged-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                seal_stream(key, digester.watch(pieces), case_id, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(staged).replace(folder / digester.digests().sha256)
            sync_folder(folder)
        finally:
            Path(staged).unlink(missing_ok=True)
        return digester.digests()

    def read(self, case_id: str, key: bytes, digests: Digests) -> Iterator[bytes]:
        """The bytes, a piece at a time, checked against both digests at the end.

        Raises:
            MissingError: they are not there.
            SealError: they are not what was kept.
        """
        path = self._path(case_id, digests.sha256)
        digester = Digester()
        try:
            with path.open("rb") as stream:
                yield from digester.watch(unseal_stream(key, stream, case_id))
        except FileNotFoundError:
            raise MissingError(f"The original {digests.sha256[:16]}… of {case_id} is not in the vault.") from None
        if digester.digests() != digests:
            raise SealError(f"The original {digests.sha256[:16]}… of {case_id} is not what was kept.")

    def names(self, case_id: str) -> list[str]:
        """The SHA-256 of everything that a case holds."""
        folder = self._folder(case_id)
        return sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) if folder.is_dir() else []

    def erase(self, case_id: str, sha256: str | None = None) -> None:
        """Erase one original of a case, or all. (What makes it unreadable for good is erasing the case's key.)"""
        if sha256 is None:
            shutil.rmtree(self._folder(case_id), ignore_errors=True)
        else:
            self._path(case_id, sha256).unlink(missing_ok=True)

    def _path(self, case_id: str, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise MissingError(f"{sha256[:20]!r} is no SHA-256.")
        return self._folder(case_id) / sha256

    def _folder(self, case_id: str) -> Path:
        if not (case_id.isascii() and case_id.isalnum()):
            raise MissingError(f"There is no case {case_id[:20]!r}.")
        return self.path / case_id
