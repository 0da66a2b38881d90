"""How a payment was made, in one word, from the codes and words of banks; the lists are in ``money_types.toml``."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any

_LISTS: dict[str, Any] = tomllib.loads((files("clew.ingest") / "money_types.toml").read_text("utf-8"))
_CUT = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "ı": "i"})


def folded(text: str) -> str:
    """Text without accents and case, its letters and digits of any script in words with one blank between them."""
    cut = unicodedata.normalize("NFKD", text.casefold().translate(_CUT))
    kept = (char if char.isalnum() else " " for char in cut if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


_WORDS: dict[str, str] = {folded(word): kind for kind, words in _LISTS["words"].items() for word in words}
_LONGEST = max(len(word.split()) for word in _WORDS)


def of_iso(family: str | None, subfamily: str | None) -> str | None:
    """The word for a bank transaction code of ISO 20022; the code itself where none is listed."""
    if family is None:
        return None
    codes: dict[str, str] = _LISTS["iso"]
    both = f"{family}/{subfamily}"
    return codes.get(both) or codes.get(family) or codes.get(subfamily or "") or both


def of_code(system: str, code: str | None) -> str | None:
    """The word for a code of ``swift``, ``gvc`` or ``ofx``; the code itself where none is listed, None where it says
    nothing."""
    if not code:
        return None
    codes: dict[str, str] = _LISTS[system]
    return codes.get(code, code) or None


@lru_cache(maxsize=4_096)
def of_words(written: str) -> str:
    """The word for what stands in a type column; what was written, where no word of it is known."""
    words = folded(written).split()[:12]
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            if (kind := _WORDS.get(" ".join(words[start : start + size]))) is not None:
                return kind
    return written
