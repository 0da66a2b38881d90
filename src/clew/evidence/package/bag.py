"""Writes a bag: files with two digests each, manifests, and the signature over all of it. Whole, or not at all."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clew.evidence import verify
from clew.model.errors import InputError
from clew.model.files import check_new
from clew.vault.keys import Keys
from clew.vault.store import Digester, Digests

_NEWLINES = re.compile(r"\s+")


class Bag:
    """A bag in the making, in a staging folder beside the place where it will be.

    Attributes:
        folder: the staging folder.
        payload: path below the bag to the digests of each file in ``data``.
        tags: the same for the files about them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.payload: dict[str, Digests] = {}
        self.tags: dict[str, Digests] = {}

    def add(self, path: str, pieces: Iterable[bytes]) -> Digests:
        """Write a file of the payload; the path is below ``data``."""
        name = f"data/{path}"
        if not verify.proper(name) or name in self.payload:
            raise InputError(f"{path!r} cannot be the name of a file of a package.")
        self.payload[name] = self._write(name, pieces)
        return self.payload[name]

    def drop(self, path: str) -> None:
        """Take a file of the payload out again."""
        name = f"data/{path}"
        file = self.folder / name
        file.unlink()
        if not any(file.parent.iterdir()):
            file.parent.rmdir()  # a package has no empty folder
        del self.payload[name]

    def add_json_lines(self, path: str, values: Iterable[Mapping[str, Any]]) -> Digests:
        """Write a file of JSON objects, a line each, in canonical form."""
        return self.add(path, (verify.canonical(value) + b"\n" for value in values))

    def finish(self, info: Mapping[str, str], readme: str, about: Mapping[str, Any], keys: Keys) -> Digests:
        """Write the files about the payload, and sign.

        Args:
            info: labels and values of bag-info.txt; what BagIt wants to know is added.
            readme: for whoever opens the package.
            about: what is signed beside the digests.
            keys: that sign.

        Returns:
            The digests of the signed statement, which stand for the whole package.
        """
        total = sum(digests.size for digests in self.payload.values())
        labels = {**info, "Payload-Oxum": f"{total}.{len(self.payload)}"}
        text = "".join(f"{label}: {_NEWLINES.sub(' ', value)}\n" for label, value in sorted(labels.items()))
        self._tag(verify.BAGIT, verify.BAGIT_TEXT)
        self._tag(verify.INFO, text.encode())
        self._tag("README.txt", readme.encode())
        self._tag("verify.py", Path(verify.__file__).read_bytes())
        for family, name in verify.MANIFESTS.items():
            self._tag(name, _manifest(self.payload, family))
        self._sign(about, keys)
        listed = dict(self.tags)
        for family, name in verify.TAG_MANIFESTS.items():
            self._tag(name, _manifest(listed, family))
        return self.tags[verify.SIGNED]

    def _sign(self, about: Mapping[str, Any], keys: Keys) -> None:
        def listed(files: Mapping[str, Digests]) -> dict[str, list[object]]:
            return {path: [d.size, d.sha256, d.blake2b] for path, d in files.items()}

        key = keys.public.hex()
        value = {**about, "key": key, "fingerprint": verify.fingerprint(key)}
        value |= {"payload": listed(self.payload), "tags": listed(self.tags)}
        signature = keys.sign(b"clew package 1\n" + verify.canonical(value)).hex()
        self._tag(verify.SIGNED, verify.canonical({**value, "signature": signature}) + b"\n")

    def _tag(self, name: str, content: bytes) -> None:
        self.tags[name] = self._write(name, [content])

    def _write(self, name: str, pieces: Iterable[bytes]) -> Digests:
        path, digester = self.folder / name, Digester()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            for piece in digester.watch(pieces):
                stream.write(piece)
        return digester.digests()


def _manifest(files: Mapping[str, Digests], family: str) -> bytes:
    return "".join(f"{getattr(files[path], family)}  {path}\n" for path in sorted(files)).encode()


@contextmanager
def staged(out: Path) -> Iterator[tuple[Bag, Path]]:
    """A bag that is thrown away unless it is moved to ``out`` (`place`) before the block ends.

    Raises:
        InputError: ``out`` exists and holds something.
    """
    if out.is_symlink():
        raise InputError(f"{out} exists and is not an empty folder.", "Name a new folder.")
    check_new(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.parent / f".{out.name}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        yield Bag(folder), folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def place(folder: Path, out: Path) -> None:
    """Give a finished bag its name, in one step."""
    if out.exists():
        out.rmdir()
    folder.rename(out)


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file, a mebibyte at a time."""
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece
