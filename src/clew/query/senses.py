"""Senses of messages and offers in words, and the indicator of the catalogue that speaks of each."""

from __future__ import annotations

from functools import cache

from clew.assess.catalogue import catalogue
from clew.extract._meaning_lexicon import kinds

# Senses that say that somebody may be in danger now; see clew.talk.danger.
ALARMS = ("threat-publish", "threat-family", "threat-harm", "confinement", "documents-held")
_STAGE_WORDS = {
    "rapport": "Closeness and flattery", "isolation": "Isolation", "gift": "Gifts", "debt": "Debt",
    "move-private": "Move to another channel", "image-request": "Request for pictures",
    "threat-publish": "Threat to publish", "location-demand": "Demand for location",
    "rules-fines": "Rules and fines", "earnings-demand": "Earnings demanded", "documents-held": "Documents held",
    "threat-family": "Threat to family",
}  # fmt: skip


def sense_words(sense: str) -> str:
    """What a sense says, as a phrase; the sense itself where it has none."""
    return kinds().senses.get(sense, sense.replace("-", " "))


def stage_words(stage: str) -> str:
    """The name of a stage, as a heading."""
    return _STAGE_WORDS.get(stage, stage.replace("-", " ").capitalize())


@cache
def indicator_of(sense: str) -> str:
    """The id of the indicator that a sense is for, "" where there is none: of its name, else the first on records."""
    quoted = f"'{sense}'"
    found = [i for i in catalogue() if quoted in i.when or quoted in i.sql]
    found.sort(key=lambda i: (i.id != sense, i.subject != "record", i.id))
    return found[0].id if found else ""
