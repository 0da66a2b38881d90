"""How far intelligence is to be trusted (4×4), how it may be handled (H0 to H3), and who may see it (TLP 2.0)."""

from __future__ import annotations

from typing import Literal, get_args

from clew.cases.words import line
from clew.model.errors import InputError

SOURCES = {
    "A": "there is no doubt about the source",
    "B": "the source is mostly reliable",
    "C": "the source is mostly unreliable",
    "X": "the source cannot be assessed",
}
INFORMATION = {
    "1": "there is no doubt that the information is accurate",
    "2": "the source knows it from own experience, who reports it does not",
    "3": "the source does not know it from own experience, but other information corroborates it",
    "4": "it cannot be corroborated",
}
Code = Literal["H0", "H1", "H2", "H3"]
HANDLING: dict[Code, str] = {
    "H0": "used within the rules for law enforcement",
    "H1": "not used as evidence in court without the permission of who provided it",
    "H2": "not passed on without the permission of who provided it",
    "H3": "used only under the conditions stated",
}
Tlp = Literal["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"]
TLP: dict[Tlp, str] = {  # the strictest first
    "RED": "for the eyes and ears of the people it was given to only",
    "AMBER+STRICT": "for those of the own organisation who need to know",
    "AMBER": "for those of the own organisation and its clients who need to know",
    "GREEN": "for the community, not for the public",
    "CLEAR": "for everybody",
}
MAX_CONDITIONS = 2_000


def grading(written: str) -> str:
    """A 4×4 grading such as ``B3``; empty when there is none.

    Raises:
        InputError: it is no grading.
    """
    found = written.strip().upper()
    if found and (len(found) != 2 or found[0] not in SOURCES or found[1] not in INFORMATION):
        raise InputError(f"{written[:10]!r} is no grading.", "Give the source (A, B, C, X) and information (1–4): B3.")
    return found


def grading_words(grade: str) -> str:
    """What a grading means, a sentence."""
    if not grade:
        return "Not graded."
    return f"{grade}: {SOURCES[grade[0]]}; {INFORMATION[grade[1]]}."


def handling(code: str, conditions: str) -> tuple[Code, str]:
    """A handling code with its conditions, which every code but H0 needs.

    Raises:
        InputError: no such code, or no conditions.
    """
    written = code.strip().upper()
    found = next((known for known in HANDLING if known == written), None)
    if found is None:
        raise InputError(f"{code[:10]!r} is no handling code.", f"Codes: {', '.join(HANDLING)}.")
    told = line(conditions, "conditions", MAX_CONDITIONS, needed=False)
    if found != "H0" and not told:
        raise InputError(f"{found} needs conditions.", "State who gave the information and what it may be used for.")
    return found, told


def handling_words(code: Code, conditions: str) -> str:
    """What a handling code means, a sentence."""
    return f"{code}: {HANDLING[code]}." + (f" Conditions: {conditions.rstrip('.')}." if conditions else "")


def tlp(written: str) -> Tlp:
    """A label of the Traffic Light Protocol 2.0.

    Raises:
        InputError: there is no such label.
    """
    found = written.strip().upper().removeprefix("TLP:")
    for label in get_args(Tlp):
        if label == found:
            return label  # type: ignore[no-any-return]
    raise InputError(f"{written[:20]!r} is no label of the Traffic Light Protocol.", f"Labels: {', '.join(TLP)}.")


def tlp_words(label: Tlp) -> str:
    """What a label means, a sentence."""
    return f"TLP:{label}: {TLP[label]}."
