"""Error rates of each method as measured: one file of figures, and what of it applies to a claim."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clew.model.errors import InputError

_FILE = Path(__file__).resolve().parent.parent / "error_rates.toml"
TRUTHS = ("simulated", "held-out", "real", "none")
NOT_MEASURED = "error rate not measured"
_STATED = 2  # rates that are stated beside a claim


@dataclass(frozen=True)
class ErrorRate:
    """How often a method errs.

    Attributes:
        id: of the rate.
        method: what is measured.
        applies: types of mention, or steps, that it is about.
        version: of the extractor when it was measured; empty where it has none of its own.
        figure: the result in plain words.
        values: the same as numbers.
        data: on what it was measured.
        truth: simulated, held-out, real, or none.
        command: that prints it.
        caution: what it does not show.
    """

    id: str
    method: str
    applies: tuple[str, ...]
    version: str
    figure: str
    values: Mapping[str, float]
    data: str
    truth: str
    command: str
    caution: str

    @property
    def brief(self) -> str:
        """The first part of the result."""
        return re.split(r"[:;]", self.figure)[0]

    @property
    def measured(self) -> bool:
        """Has anybody measured it?"""
        return self.truth != "none"


@cache
def error_rates(path: Path = _FILE) -> tuple[ErrorRate, ...]:
    """All rates, in the order of the file.

    Raises:
        InputError: the file breaks its own rules.
    """
    rows = tomllib.loads(path.read_text("utf-8")).get("rate", [])
    try:
        rates = tuple(ErrorRate(**row | {"applies": tuple(row["applies"])}) for row in rows)
    except (TypeError, KeyError) as error:
        raise InputError(f"{path.name} has an entry that is not complete ({error}).") from None
    names = [rate.id for rate in rates]
    if len(set(names)) < len(names) or any(rate.truth not in TRUTHS for rate in rates):
        raise InputError(f"{path.name} names a rate twice, or a truth that is none of {', '.join(TRUTHS)}.")
    return rates


def rates_of(kind: str) -> tuple[ErrorRate, ...]:
    """The rates that apply to a type of mention (``phone``) or a step (``link``, ``finding``)."""
    return tuple(rate for rate in error_rates() if kind in rate.applies)


def stated(kind: str, version: str = "") -> str:
    """How often claims of a kind are wrong, in few words; says so when another version was measured.

    Args:
        kind: a type of mention or a step.
        version: of the extractor that made the claim; empty when it has none.
    """
    found = [rate for rate in rates_of(kind) if rate.measured]
    if not found:
        return NOT_MEASURED
    said = []
    for rate in found[:_STATED]:
        other = f", version {rate.version}" if version and rate.version not in ("", version) else ""
        said.append(f"{rate.brief} ({rate.truth} data{other})")
    return "; ".join(said)
