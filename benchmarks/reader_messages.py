"""Messages of known meaning for the learnt reader: sentences of banks as typed, and phrases of the lexicons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from clew.extract._meaning_lexicon import lexicons
from clew.simulate.recruitment.habits import draw_habit, typed
from clew.simulate.recruitment.knobs import Recruiting
from clew.simulate.recruitment.phrases import Pattern, Phrases, parse

# Sections of the banks and the sense that their sentences say; "" in those of ordinary talk.
SECTIONS = {
    name: name
    for name in (
        "rapport", "isolation", "gift", "debt", "move-private", "image-request", "threat-publish", "location-demand",
        "rules-fines", "earnings-demand", "documents-held", "threat-family", "threat-harm", "confinement", "plea",
        "earnings-report", "check-in", "job-pitch", "promise", "job-seek",
    )
} | {"fee": "fee-upfront"} | dict.fromkeys(
    (
        "small", "reply", "answer", "family", "couple", "friends", "work", "sport", "landlord", "recruiter", "support",
        "school", "confide",
    ),
    "",
)  # fmt: skip
SENSES = tuple(sense for sense in SECTIONS.values() if sense)
# Nothing is learnt from other forms, of which there is too little, and from those who repeat what somebody said.
LEFT_OUT = {"errand", "quota", "lending", "organ", "adoption", "surrogacy", "marriage", "quote"}
_EVERYDAY = ("small", "reply", "answer")
_JOINTS = (" ", ", ", ". ", "... ", "\n", "! ")
_CITIES = ("Berlin", "Milano", "Madrid", "Rotterdam", "Wien", "Lyon", "Praha", "Leeds", "Dubai", "Barcelona")
_LEAST = 0.5  # weight of a phrase of a lexicon that says its sense


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        text: as typed.
        language: ISO 639.
        section: of the bank.
        sense: what it says; "" of ordinary talk.
        phrasing: stands for the sentence; messages of one sentence are not parted.
        bank: its name; "" of phrases of the lexicons.
        place: number of the sentence in its section; translations of each other have the same.
    """

    text: str
    language: str
    section: str
    sense: str
    phrasing: str
    bank: str
    place: int


def banks(folder: Path) -> dict[str, Phrases]:
    """The sentences of ``talk/LANGUAGE.txt`` files by language; ValueError where a section would not be learnt from."""
    made = {f.stem: parse(f.read_text("utf-8"), f.stem) for f in sorted(folder.glob("*.txt"))}
    for language, bank in made.items():
        if unknown := bank.sections.keys() - SECTIONS.keys() - LEFT_OUT:
            raise ValueError(f"{folder / language}.txt: no section is called {', '.join(sorted(unknown))}.")
    return made


def _values(bank: Phrases, draw: Random) -> dict[str, str]:
    def word(name: str) -> str:
        return draw.choice(bank.words[name])

    digits = "".join(str(draw.randrange(10)) for _ in range(9))
    return {
        "money": word("money"),
        "name": word("names"),
        "time": f"{draw.randrange(24)}:{draw.randrange(4) * 15:02d}",
        "n": str(2 + draw.randrange(9)),
        "city": draw.choice(_CITIES),
        "contact": draw.choice((f"+49{digits}", "@anna_x", "@mk.77", "@boss22", "@lili_93", f"+316{digits}")),
        "account": draw.choice(("NL91ABNA0417164300", "DE89370400440532013000")),
        "site": "https://example.org/",
        "company": "Firma",
        "mail": "info@example.org",
    }


def _typed(bank: Phrases, around: Phrases, section: str, pattern: Pattern, same: list[Pattern], draw: Random) -> str:
    """A sentence alone, after a name, or with another one, which is of the same section or an everyday one."""
    values, way = _values(bank, draw), draw.random()
    text = pattern.fill(draw, values)
    everyday = draw.choice(around.sections[draw.choice(_EVERYDAY)]).fill(draw, values)
    joint = draw.choice(_JOINTS)
    if 0.45 <= way < 0.58:
        text = f"{values['name']}, {text}"
    elif 0.58 <= way < 0.75:
        text = f"{text}{joint}{draw.choice(same).fill(draw, values)}"
    elif 0.75 <= way < 0.88:
        text = f"{everyday}{joint}{text}"
    elif way >= 0.88:
        text = f"{text}{joint}{everyday}"
    return typed(text, section, draw_habit(Recruiting(), draw), bank, draw)


def messages(name: str, folder: Path, times: int, around: Path | None = None) -> list[Message]:
    """Each sentence of a bank some times, differently typed.

    Args:
        name: of the bank.
        folder: its files.
        times: how often.
        around: the bank with everyday sentences, where this one has none.
    """
    made = []
    everyday = banks(around or folder)
    for language, bank in banks(folder).items():
        for section, sense in SECTIONS.items():
            patterns = bank.sections.get(section, ())
            for pattern in patterns:
                phrasing = f"{name} {language} {section} {pattern.place}"
                # what is parted later by the number of the sentence must not be mixed now
                draw, same = Random(phrasing), [p for p in patterns if p.place % 2 == pattern.place % 2]
                made += [
                    Message(
                        _typed(bank, everyday[language], section, pattern, same, draw),
                        language,
                        section,
                        sense,
                        phrasing,
                        name,
                        pattern.place,
                    )
                    for _ in range(times)
                ]
    return made


def listed() -> list[Message]:
    """The phrases of the lexicons that say a sense by themselves."""
    return [
        Message(e.phrase, e.language, "", e.kind, f"{e.language} {e.kind} {e.phrase}", "", 0)
        for lexicon in lexicons()
        for e in lexicon.entries
        if e.sense and e.kind in SENSES and e.weight >= _LEAST
    ]
