"""Tables that take long to make, in files, so that only the first process after a change makes them.

A file lies with Numba's, in ``__pycache__`` beside this module, or in the user's cache folder where the package may not
be written. It names what it was made from: with other data or code it is made anew, and so is a damaged one.
"""

from __future__ import annotations

import hashlib
import io
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt

from clew.model.files import cache_folder, stage

_MADE_FROM = "made from"

T = TypeVar("T", bound=NamedTuple)


def kept(name: str, kind: type[T], sources: Sequence[str], make: Callable[[], T]) -> T:
    """Tables from their file, or made and put there.

    Args:
        name: of the file.
        kind: a named tuple of arrays, or of such.
        sources: the files of this package that they depend on, as ``fold.py`` or ``data/meaning/*.toml``.
        make: makes them.
    """
    return load(_places(name), kind, key(_files(sources)), make)


def load(places: Sequence[Path], kind: type[T], made_from: str, make: Callable[[], T]) -> T:
    """Tables from the first of some files that is good, or made and kept in the first that can be written."""
    for path in places:
        if (held := unpack(path, kind, made_from)) is not None:
            return held
    made = make()
    content = pack(made, made_from)
    for path in places:
        with suppress(OSError):
            _keep(path, content)
            break
    return made


def key(sources: Iterable[Traversable]) -> str:
    """What tables depend on, as one digest: some files, and the version of Unicode."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for source in sorted(sources, key=lambda s: s.name):
        digest.update(hashlib.sha256(source.name.encode() + b"\0" + source.read_bytes()).digest())
    return digest.hexdigest()


def pack(held: NamedTuple, made_from: str) -> bytes:
    """The content of a file."""
    content = io.BytesIO()
    flat: dict[str, Any] = {_MADE_FROM: np.array(made_from)} | dict(_flat(held))
    np.savez(content, allow_pickle=False, **flat)
    return content.getvalue()


def unpack(path: Path, kind: type[T], made_from: str) -> T | None:
    """What a file holds; None if there is none, if it was made from something else, or is damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return _shaped(kind, file) if str(file[_MADE_FROM]) == made_from else None
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):  # each array has a checksum
        return None


def _flat(held: NamedTuple, prefix: str = "of.") -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
    for name, value in held._asdict().items():
        if hasattr(value, "_fields"):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, np.asarray(value)


def _shaped(kind: type[T], arrays: Any, prefix: str = "of.") -> T:
    kinds = get_type_hints(kind)
    return kind(
        *(
            _shaped(kinds[f], arrays, f"{prefix}{f}.") if hasattr(kinds[f], "_fields") else arrays[prefix + f]
            for f in kind._fields
        )
    )


@cache
def _package() -> Traversable:
    return resources.files("clew.extract")


def _files(names: Sequence[str]) -> list[Traversable]:
    """The files of the package by name; a star stands for any part of a name."""
    found = []
    for name in names:
        folder, _, last = name.rpartition("/")
        place = _package() / folder if folder else _package()
        begin, star, end = last.partition("*")
        if star:
            found += [f for f in place.iterdir() if f.name.startswith(begin) and f.name.endswith(end)]
        else:
            found.append(place / last)
    return found


def _places(name: str) -> list[Path]:
    name = f"{name}.{sys.implementation.cache_tag}.npz"
    places = [Path(__file__).parent / "__pycache__" / name]
    with suppress(RuntimeError):  # a user without a home
        places.append(cache_folder() / name)
    return places


def _keep(path: Path, content: bytes) -> None:
    """Put a file in place whole; whoever may run the program may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = stage(path, content)
    staged.chmod(0o644)
    staged.replace(path)
