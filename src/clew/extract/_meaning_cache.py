"""The compiled lexicons and rules in a file, so that only the first process after a change compiles them.

The file lies with Numba's, in ``__pycache__`` beside this module, or in the user's cache folder where the package may
not be written. It names what it was made from: with other lexicons, rules or code it is made anew, and so is a damaged
one.
"""

from __future__ import annotations

import hashlib
import io
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clew.extract._meaning_compile import Compiled, Tables, ready, tables
from clew.extract._meaning_kernel import Groups, Rules
from clew.extract._meaning_lexicon import lexicons
from clew.extract._meaning_rules import rules
from clew.extract.phrases import Spelt
from clew.model.files import cache_folder, stage

_NAME = f"meaning.{sys.implementation.cache_tag}.npz"
# Besides `_meaning_*.py`: where phrases are folded and split into words.
_CODE = ("_starts.py", "_words.py", "fold.py", "phrases.py")


def _sources() -> list[Traversable]:
    package = resources.files("clew.extract")
    code = [f for f in package.iterdir() if f.name.startswith("_meaning_") or f.name in _CODE]
    return [*code, *(package / "data" / "meaning").iterdir()]


def key(sources: Iterable[Traversable]) -> str:
    """What the compiled arrays depend on, as one digest: lexicons, rules, the code that compiles, Unicode."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for source in sorted(sources, key=lambda s: s.name):
        if source.is_file():
            digest.update(hashlib.sha256(source.name.encode() + b"\0" + source.read_bytes()).digest())
    return digest.hexdigest()


def pack(held: Tables, made_from: str) -> bytes:
    """The content of a cache file."""
    flat: dict[str, npt.NDArray[np.generic]] = {"key": np.array(made_from)}
    for name, value in held._asdict().items():
        parts = value._asdict() if isinstance(value, Spelt | Groups | Rules) else {"": value}
        flat |= {f"{name}.{part}": array for part, array in parts.items()}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **flat)
    return content.getvalue()


def unpack(path: Path, made_from: str) -> Tables | None:
    """What a cache file holds; None if there is none, if it was made from something else, or is damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["key"]) != made_from:
                return None
            words, turns, says = (
                Spelt(*(file[f"{name}.{part}"] for part in Spelt._fields)) for name in ("words", "turns", "says")
            )
            return Tables(
                words,
                turns,
                says,
                file["hidden."],
                file["stretch."],
                Groups(*(file[f"groups.{part}"] for part in Groups._fields)),
                Rules(*(file[f"rules.{part}"] for part in Rules._fields)),
            )
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):  # each array has a checksum
        return None


def load(places: Sequence[Path], made_from: str) -> Compiled:
    """The compiled lexicons from the first of some cache files that is good, or compiled and kept in the first that can
    be written.
    """
    for path in places:
        if (held := unpack(path, made_from)) is not None:
            return ready(held)
    held = tables(lexicons(), rules())
    content = pack(held, made_from)
    for path in places:
        with suppress(OSError):
            _keep(path, content)
            break
    return ready(held)


def _keep(path: Path, content: bytes) -> None:
    """Put a file in place whole; whoever may run the program may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = stage(path, content)
    staged.chmod(0o644)
    staged.replace(path)


@cache
def compiled() -> Compiled:
    """All lexicons and rules there are."""
    places = [Path(__file__).parent / "__pycache__" / _NAME]
    with suppress(RuntimeError):  # a user without a home
        places.append(cache_folder() / _NAME)
    return load(places, key(_sources()))
