"""Lexicons and rules: every file that is there can be read, and what cannot be is refused by name."""

from __future__ import annotations

from importlib import resources

import pytest

from clew.extract._meaning_cache import compiled
from clew.extract._meaning_compile import compile_all
from clew.extract._meaning_lexicon import Entry, kinds, lexicons, parse
from clew.extract._meaning_rules import parse_rules, rules
from clew.extract._meaning_variants import disguises, spellings
from clew.model.errors import InputError

FOLDER = resources.files("clew.extract") / "data" / "meaning"
FILES = sorted(f.name for f in FOLDER.iterdir() if f.name not in ("classes.toml", "rules.toml"))


def entry(phrase: str, language: str, kind: str = "document", stem: bool = False) -> Entry:
    return Entry(phrase, kind, False, language, 1.0, "", stem)


@pytest.mark.parametrize("name", FILES)
def test_every_lexicon_is_one(name: str) -> None:
    lexicon = parse(name.removesuffix(".toml"), (FOLDER / name).read_text("utf-8"))
    assert lexicon.entries
    assert compile_all([lexicon], rules()).first_made > 0


def test_all_languages_go_together() -> None:
    c = compiled()
    assert len(c.stretch) == len(lexicons())  # "any" is one of them
    assert len(c.groups.first) == len(c.hidden) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('language = "nl"\n[word.sent]\n"stuur" = 1', r"\[word.sent\]: there is no such class"),
        ('language = "nl"\n[word.sum]\n"3000" = 1', r"\[word.sum\]: there is no such class"),
        ('language = "nl"\n[sense.send]\n"stuur" = 1', r"\[sense.send\]: there is no such sense"),
        ('language = "nl"\n[word.send]\n"stuur" = 2', r"\[word.send\]: 'stuur' needs a weight"),
        ('language = "nl"\n[word.send]\n"stuur" = true', r"'stuur' needs a weight"),
        ('language = "nl"\n[word.send]\n"stuur" = { note = "x" }', r"'stuur' needs a weight"),
        ('language = "nl"\n[word.send]\n"st*r" = 1', r"'st\*r' needs a word, and a \* only at its end"),
        ('language = "nl"\n[word.send]\n"?!" = 1', r"needs a word"),
        ('language = "nl"\n[word]\nsend = 1', r"must be phrases with their weights"),
        ('language = "de"\n', r"its language is 'de'"),
        ('language = "nl"\nreviewer = "x"', r"unknown key 'reviewer'"),
        ('language = "nl"\n"a" = 1\n"a" = 2', r"not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_entry(text: str, said: str) -> None:
    with pytest.raises(InputError, match=rf"^Lexicon nl.*{said}"):
        parse("nl", text)


def test_weights_and_notes() -> None:
    text = 'language = "nl"\n[word.send]\n"zend*" = { weight = 0.5, note = "also of broadcasting" }\n"stuur" = 1'
    assert [(e.phrase, e.stem, e.weight, e.note) for e in parse("nl", text).entries] == [
        ("zend", True, 0.5, "also of broadcasting"),
        ("stuur", False, 1.0, ""),
    ]


def test_messengers_are_of_every_language() -> None:
    text = 'language = "nl"\n[word.messenger]\n"appje" = 1\n[word.app]\n"app" = 1'
    assert [e.language for e in parse("nl", text).entries] == ["any", "nl"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('sense = "gifts"\nslots = [["gift"]]', "no such sense"),
        ('sense = "gift"\nslots = [["gifts"]]', "no class 'gifts'"),
        ('sense = "gift"\nslots = [["gift"]]\nnone = ["@kin"]', "no class '@kin'"),
        ('sense = "gift"\nslots = []', "needs one to 5 slots"),
        ('sense = "gift"\nslots = [["gift"]]\nwidth = 4', "unknown key 'width'"),
        ('sense = "gift"\nslots = [["gift"]]\nweight = 0', "needs a weight above 0"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(rule: str, said: str) -> None:
    with pytest.raises(InputError, match=rf"^Rule 1 .*{said}"):
        parse_rules(f"[[rule]]\n{rule}")


def test_groups_stand_for_their_classes() -> None:
    (rule,) = parse_rules(
        '[group]\nkin = ["family", "child-kin"]\n[[rule]]\nsense = "gift"\nslots = [["@kin", "gift"], ["buy"]]'
    )
    assert rule.slots == (("family", "child-kin", "gift"), ("buy",))
    assert rule.weight == 1.5


def test_every_sense_can_be_found() -> None:
    said = {r.sense for r in rules()} | {e.kind for f in lexicons() for e in f.entries if e.sense}
    assert said == set(kinds().senses)


@pytest.mark.parametrize(
    ("phrase", "language", "written"),
    [
        ("паспорт", "ru", {"pasport"}),
        ("женщина", "ru", {"zhenshchina", "jenschina"}),
        ("къща на", "bg", {"kushta na", "kashta na"}),
        ("гроші", "uk", {"hroshi", "groshi"}),
        ("διαβατήριο", "el", {"diavatirio", "diabathrio"}),
        ("χρήματα", "el", {"xrimata", "chrhmata"}),
        ("pasoš", "sr", {"пасош"}),
        ("пасош", "sr", {"pasos"}),
        ("für", "de", {"fuer"}),
        ("صورة", "ar", {"الصورة", "وصورة", "صوره", "بالصورة"}),
    ],
)
def test_spellings(phrase: str, language: str, written: set[str]) -> None:
    found = set(spellings(entry(phrase, language)))
    assert {phrase} | written <= found


def test_short_words_are_not_transliterated() -> None:
    assert list(spellings(entry("дам", "ru"))) == ["дам"]


def test_telling_words_are_also_read_disguised() -> None:
    found = set(disguises(entry("passport", "en")))
    assert {"p4ssport", "passp0rt", "p455p0rt", "p a s s p o r t", "p ssport"} <= found
    assert list(disguises(entry("weather", "en", "travel"))) == []


def test_a_phrase_of_everyday_words_only_weighs_little() -> None:
    text = """
language = "nl"
[word.send]
"stuur" = 1
[word.picture]
"foto" = 1
[sense.image-request]
"stuur een foto" = 1
"stuur een foto voor mij alleen" = 1
"""
    c = compile_all([parse("nl", text)], ())
    assert c.groups.weight[c.groups.first[c.first_says] : c.groups.first[c.first_made]].tolist() == [0.5, 1.0]
