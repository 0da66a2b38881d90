"""What differs between two texts, word by word."""

from __future__ import annotations

import difflib
import re

MOST_WORDS = 4_000  # of a text that are compared
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def difference(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Two texts word by word: stretches that are the same, gone or come; what is beyond the first words is one."""
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    rest = ("".join(a[MOST_WORDS:]), "".join(b[MOST_WORDS:]))
    a, b = a[:MOST_WORDS], b[:MOST_WORDS]
    # Most of two versions is the same at both ends: only what lies between is worth the long comparison.
    begin = _alike(a, b)
    end = _alike(a[begin:][::-1], b[begin:][::-1])
    tail = "".join(a[len(a) - end :])
    found: list[tuple[str, str]] = [("same", "".join(a[:begin]))]
    a, b = a[begin : len(a) - end], b[begin : len(b) - end]
    for kind, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(a[i:j])))
        else:
            found += [("gone", "".join(a[i:j])), ("come", "".join(b[k:m]))]
    found.append(("same", tail))
    found += [("same", rest[0])] if rest[0] == rest[1] else [("gone", rest[0]), ("come", rest[1])]
    return tuple(pair for pair in found if pair[1])


def _alike(a: list[str], b: list[str]) -> int:
    """How many words both begin with."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
