"""Wording: each sense in each language, and no everyday phrase."""

from __future__ import annotations

from collections import defaultdict

import pytest

from clew.extract.base import batch_of_texts
from clew.extract.fold import fold_text
from clew.extract.wording import PLUGIN, SENSES, lexicon, parse
from clew.model.errors import InputError

LANGUAGES = {"bg", "de", "en", "es", "fr", "hu", "it", "nl", "pl", "pt", "ro", "ru"}


def senses(text: str) -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


def test_every_language_has_every_sense() -> None:
    held = defaultdict(set)
    for e in lexicon():
        held[e.language].add(e.sense)
    assert set(held) >= LANGUAGES
    assert all(held[language] == set(SENSES) for language in LANGUAGES)


def test_a_phrase_has_one_sense_and_weight_however_it_folds() -> None:
    said = defaultdict(set)
    for e in lexicon():
        words = e.phrase.translate({ord(c): " " for c in "%/*_~|+&-'"})
        said[" ".join(fold_text(words).split())].add((e.sense, e.weight))
    assert {k: v for k, v in said.items() if len(v) > 1} == {}


def test_every_phrase_of_full_weight_is_found_by_itself() -> None:
    full = [e for e in lexicon() if e.weight == 1]
    rows = PLUGIN.find(batch_of_texts([e.phrase for e in full]))
    found = defaultdict(set)
    for rid, value in zip(rows["rid"].to_pylist(), rows["value"].to_pylist(), strict=True):
        found[rid].add(value)
    assert [e.phrase for k, e in enumerate(full) if e.sense not in found[k]] == []


def test_a_weak_phrase_counts_only_with_others_of_its_sense() -> None:
    assert senses("a young company") == []
    assert senses("young and inexperienced") == ["youth", "youth"]
    assert senses("I am a young student, innocent and young") == ["youth", "youth", "youth"]
    assert senses("verified and reliable") == ["trust", "trust"]


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("24 / 7", "always-available"),
        ("OPEN 24/7!!!", "always-available"),
        ("ＮＥＷ ＩＮ ＴＯＷＮ", "movement"),
        ("n\u200bew in\u00a0town", "movement"),
        ("NO*SCAM", "trust"),
        ("Nouvelle en ville", "movement"),
        ("nouvelle-en-ville", "movement"),
        ("solo recibo en mi piso", "premises-only"),
        ("Ricevo solo da me", "premises-only"),
        ("наши девушки ждут", "group"),
        ("Нашите момичета", "group"),
        ("przedpłata", "payment"),
        ("éjjel-nappal", "always-available"),
        ("chamar: falar com meu gerente", "third-party"),
        ("sună managerul", "third-party"),
        ("dringend gesucht", "urgency"),
        ("Kein Termin ohne Anzahlung", "payment"),
        ("no money at the door, pay in advance", "payment"),
        ("geen ontvangst", "outcall-only"),
    ],
)
def test_spellings(text: str, sense: str) -> None:
    assert set(senses(text)) == {sense}


@pytest.mark.parametrize(
    "text",
    [
        "new",
        "a new car in a new colour",
        "brand new shoes, never worn",
        "call 0624 7123344",
        "06 24 7 12 33 44",
        "room 24 / 700",
        "my real name is on the lease",
        "young at heart",
        "deliveries within 24 hours",
        "the girls of the football team",
        "ask for a quote",
        "open every day",
        "she is a doctor",
        "nieuw in doos",
        "neu in OVP",
        "jeune entreprise",
        "nueva en caja",
        "wir haben geöffnet",
        "mamy nadzieję",
        "у нас дома",
        "deposito di cereali",
        "No deposit required, cash only",
        "Keine Anzahlung, keine Vorkasse",
        "Aucun acompte",
        "Предоплаты нет",
        "Без предоплаты!",
        "borg betalen niet nodig",
        "Eine Anzahlung brauchst du nicht",
        "Een aanbetaling hoef je niet",
        "Vorkasse will ich nicht",
        "La caparra non la chiedo",
        "",
    ],
)
def test_everyday_phrases_are_left(text: str) -> None:
    assert senses(text) == []


def test_a_phrase_does_not_cross_fields_or_sentences() -> None:
    assert senses("I am new. In town there is a fair") == []
    assert senses("all verified; scam") == []


def test_bad_lexicons_are_refused() -> None:
    with pytest.raises(InputError, match="unknown sense 'beauty'"):
        parse("xx", '[beauty]\n"nice" = 1')
    with pytest.raises(InputError, match="needs a weight"):
        parse("xx", '[trust]\n"nice" = 2')
    with pytest.raises(InputError, match="needs a weight"):
        parse("xx", '[trust]\n"nice" = { note = "no weight" }')


def test_the_lexicons_are_never_explicit() -> None:
    words = ("sex", "секс", "porn", "nud", "naked", "oral", "anal", "fuck", "xxx")
    held = [e.phrase for e in lexicon() if any(w in fold_text(e.phrase) for w in words)]
    assert held == []


@pytest.mark.parametrize("part", ["new in ", "24/7 ", "young ", "no ", "our girls "])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    assert PLUGIN.find(batch_of_texts([part * (1_000_000 // len(part))])).num_rows <= 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "giovane coppia seria, studentessa, cerca casa",
        "Junge Hühner, legereif, junge Enten, jung",
        "Studentin, junge Frau, sucht WG-Zimmer",
        "jeune couple, jeune et avec un jeune chien",
        "Very young puppies, innocent and petite puppies",
        "jonge vrouw, studente, zoekt kamer",
        "młoda rodzina, młoda kotka, studentka szuka pokoju",
        "молодая семья, молодая студентка, снимет квартиру",
        "young plants, young trees, young hens",
        "young, young, young",
        "We offer tea. We offer cakes.",
    ],
)
def test_things_and_who_looks_for_a_home_are_no_youth(text: str) -> None:
    assert not {"youth", "group"} & set(senses(text))


@pytest.mark.parametrize(
    "text",
    [
        "innocent and young",
        "very young girl, fresh face, looking for a room",
        "a young couple has hens; young girls are waiting",
        "junge Hühner im Hof, junge Mädchen im Haus",
    ],
)
def test_youth_beside_things_is_still_seen(text: str) -> None:
    assert "youth" in senses(text)


def test_insisting_counts_each_time() -> None:
    assert senses("verified, verified") == ["trust", "trust"]
