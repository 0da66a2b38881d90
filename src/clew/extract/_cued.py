"""What announces a name and ages in words, found in one pass for both: a pass costs more than what it finds."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract import _agenumbers
from clew.extract._namewords import CUES
from clew.extract._starts import Starts
from clew.extract.fold import Folded
from clew.extract.phrases import Phrases

Ints = npt.NDArray[np.int64]


class Found(NamedTuple):
    """Phrases found: their text, begin and end, and the code of each (what it says of a name; an age)."""

    record: Ints
    begin: Ints
    end: Ints
    code: Ints


class Cued(NamedTuple):
    """What announces a name, and numbers in words that may be an age."""

    names: Found
    ages: Found


@cache
def _phrases() -> tuple[Phrases, Ints, int]:
    """All phrases, the code of each, and how many of them announce a name: these come first."""
    cues = [(cue, code) for code, phrases in CUES.items() for cue in phrases]
    codes = [code for _, code in cues]
    numbers = _agenumbers.numbers()
    return Phrases([*(cue for cue, _ in cues), *numbers]), np.array([*codes, *numbers.values()], np.int64), len(cues)


def cued(folded: Folded, words: Starts) -> Cued:
    """What stands in some texts."""
    phrases, codes, cues = _phrases()
    hits = phrases.find(folded, words)
    of_name = hits.phrase < cues

    def some(which: npt.NDArray[np.bool_]) -> Found:
        return Found(hits.record[which], hits.begin[which], hits.end[which], codes[hits.phrase[which]])

    return Cued(some(of_name), some(~of_name))
