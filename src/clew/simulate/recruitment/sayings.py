"""What is said in one conversation: sentences of the bank, joined so that unrelated people seldom say the same."""

from __future__ import annotations

from random import Random

from clew.simulate.hashing import mix_one
from clew.simulate.places import CITIES, CITY_COUNTS, FIRST_CITY
from clew.simulate.recruitment.knobs import Recruiting
from clew.simulate.recruitment.outfits import Outfit
from clew.simulate.recruitment.phrases import Phrases

_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟")
_JOINTS = (". ", ", ", "\n", " ")


def city(outfit: Outfit, chance: float) -> str:
    """A city of an outfit's country."""
    return CITIES[int(FIRST_CITY[outfit.country]) + int(chance * int(CITY_COUNTS[outfit.country]))]


class Sayings:
    """Says one thing after another, and nothing twice while there is something else to say.

    Args:
        language: the bank.
        outfit: whose conversation it is.
        values: what fills the marks that stay the same.
        seed: of the world.
        knobs: parameters.
        draw: of this conversation.
    """

    def __init__(
        self, language: Phrases, outfit: Outfit, values: dict[str, str], seed: int, knobs: Recruiting, draw: Random
    ) -> None:
        self.language, self.outfit, self.values, self.seed, self.draw = language, outfit, values, seed, draw
        self.said: dict[str, set[int]] = {}
        self.you = [self._word("names", draw), self._word("names", draw)]
        self.edges = knobs.alone, knobs.alone + knobs.called, knobs.alone + knobs.called + knobs.doubled

    def say(self, section: str, who: int) -> str:
        """A sentence of a section, often with a name, a second sentence or an everyday one."""
        how, chance = self.draw.random(), self.draw.random
        text = self._sentence(section)
        alone, called, doubled = self.edges
        if how < alone or section == "reply":
            return text
        if how < called:
            return f"{self.you[who != 0]}, {text}"
        if how < doubled:
            return self._joined(text, self._sentence(section))
        other = self._sentence("reply" if chance() < 0.5 else "small")
        return self._joined(text, other) if chance() < 0.6 else self._joined(other, text)

    def paste(self, section: str) -> str:
        """The sentence that an account pastes for all whom it answers: the same letter for letter."""
        patterns = self.language.sections[section]
        same = Random(mix_one(self.seed, f"pasted-{section}", self.outfit.key))
        own = self.values | self._amounts(same) | {"city": city(self.outfit, same.random())}
        if section != "recruiter":  # who is polite fills in the name
            own["name"] = self._word("names", same)
        return patterns[int(same.random() * len(patterns))].fill(same, own)

    def _amounts(self, draw: Random) -> dict[str, str]:
        """What fills the marks that differ each time."""
        hour, quarter, number = (int(draw.random() * most) for most in (24, 4, 9))
        return {"money": self._word("money", draw), "time": f"{hour}:{quarter * 15:02d}", "n": str(2 + number)}

    def _word(self, name: str, draw: Random) -> str:
        words = self.language.words[name]
        return words[int(draw.random() * len(words))]

    def _joined(self, first: str, second: str) -> str:
        joint = " " if first.endswith(_ENDS) else _JOINTS[int(self.draw.random() * len(_JOINTS))]
        return f"{first}{joint}{second}"

    def _sentence(self, section: str) -> str:
        chance = self.draw.random
        patterns = self.language.sections[section]
        used = self.said.setdefault(section, set())
        if len(used) >= len(patterns):
            used.clear()
        place = int(chance() * len(patterns))
        while place in used:
            place = (place + 1) % len(patterns)
        used.add(place)
        pattern = patterns[place]
        if pattern.marks:
            self.values |= self._amounts(self.draw)
        return pattern.fill(self.draw, self.values)
