"""How far each type of tie is trusted: it starts from the linker's weights and follows the answers.

For each type a Beta distribution stands for "what shares such a tie is the same operation". It starts as `START`
imagined answers with the mean that the linker's weights give a tie of two networks; each answer about a record counts
for every type that ties it. The same is done once more for each single identifier, so that a hotline that was denied
does not speak against all numbers. Ties of a record are put together as log odds: the best counts in full, further
types by the linker's `second`; whether the linker joined two records or saw the tie and left them apart is a type too.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clew.link.weights import CONTACT, DEFAULT, TYPES, Weights

NAME_PLACE = "name and place"
SAME, OTHER = "same network", "other network"
TIES = (*TYPES, NAME_PLACE)
EVERY = (*TIES, SAME, OTHER)

START = 4.0  # imagined answers about a type
_START_ONE = 2.0  # and about one identifier
_NAME_PLACE_BONUS = -3.0  # bits: strangers in one town have one name
_JUDGED = {SAME: 4.0, OTHER: -3.0}  # bits: the linker is right about 19 in 20 that it joins, and 8 in 9 it leaves apart
_MOST, _LEAST = 0.97, 0.03  # no type is trusted or distrusted for good

Tie = tuple[str, str]  # type, value


@dataclass(frozen=True)
class Said:
    """An answer: was it the same operation, and what tied the record."""

    yes: bool
    ties: tuple[Tie, ...]


@dataclass(frozen=True)
class Trust:
    """A type of tie.

    Attributes:
        type: one of `EVERY`.
        yes, no: answers about records that it tied.
        start, now: how often it is right, before the answers and by them.
    """

    type: str
    yes: int
    no: int
    start: float
    now: float


def start_bits(type_: str, networks: int, weights: Weights = DEFAULT) -> float:
    """What a tie is worth before any answer, in bits for one operation.

    Args:
        type_: of `EVERY`.
        networks: that show the identifier, its owners as far as the linker knows.
        weights: the linker's.
    """
    if type_ in _JUDGED:
        return _JUDGED[type_]
    bonus = _NAME_PLACE_BONUS if type_ == NAME_PLACE else weights.bonus[TYPES.index(type_)]
    owners = max(networks, 1)
    faded = bonus - weights.fade * math.log2(max(owners, 2) / 2)
    return math.log2(weights.same_prior / owners) + (max(faded, 0.0) if bonus > 0 else bonus)


class Learned:
    """What the answers taught.

    Args:
        said: the answers that hold.
        learn: False to order by the linker's weights alone.
        linker: False to order as if no linker had joined anything; both are there to measure what they are worth.
    """

    def __init__(self, said: Iterable[Said], learn: bool = True, linker: bool = True) -> None:
        self.linker = linker
        self._types: Counter[tuple[str, bool]] = Counter()
        self._ones: Counter[tuple[Tie, bool]] = Counter()
        for answer in said:
            if not learn:
                continue
            self._types.update((kind, answer.yes) for kind in {tie[0] for tie in answer.ties})
            self._ones.update((tie, answer.yes) for tie in answer.ties)
        self._shift = {row.type: _bits(row.now) - _bits(row.start) for row in self.table()}

    def table(self) -> tuple[Trust, ...]:
        """Every type, in the order of `EVERY`."""
        found = []
        for kind in EVERY:
            start = min(max(_chance(start_bits(kind, 2)), _LEAST), _MOST)
            yes, no = self._types[kind, True], self._types[kind, False]
            found.append(Trust(kind, yes, no, start, (START * start + yes) / (START + yes + no)))
        return tuple(found)

    def counts(self, tie: Tie) -> tuple[int, int]:
        """Yes and no about records with this identifier."""
        return self._ones[tie, True], self._ones[tie, False]

    def of_type(self, kind: str) -> tuple[int, int]:
        """Yes and no about records with a tie of this type."""
        return self._types[kind, True], self._types[kind, False]

    def chance(self, tie: Tie, networks: int) -> float:
        """How likely it is, by this tie alone, that a record that shares it is of the same operation."""
        start = _chance(start_bits(tie[0], networks) + self._shift[tie[0]])
        yes, no = self.counts(tie)
        return (_START_ONE * start + yes) / (_START_ONE + yes + no)

    def together(self, chances: Mapping[str, float], same_network: bool) -> float:
        """The same by the best tie of each type, and what the linker made of it."""
        bits = sorted((_bits(chance) for chance in chances.values()), reverse=True)
        judged = SAME if same_network else OTHER
        linker = start_bits(judged, 2) + self._shift[judged] if self.linker else 0.0
        return _chance(bits[0] + DEFAULT.second[CONTACT] * sum(max(b, 0.0) for b in bits[1:]) + linker)


def best_of(ties: Sequence[Tie], chances: Mapping[Tie, float]) -> dict[str, float]:
    """The chance of the best tie of each type."""
    best: dict[str, float] = {}
    for tie in ties:
        best[tie[0]] = max(best.get(tie[0], 0.0), chances[tie])
    return best


def _bits(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log2(chance / (1 - chance))


def _chance(bits: float) -> float:
    return 1 / (1 + math.exp2(-max(min(bits, 60.0), -60.0)))
