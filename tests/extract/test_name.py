"""First names in context, in many languages, and nothing that is only a word with a capital."""

import pytest

from clew.extract.base import batch_of_texts
from clew.extract.name import PLUGIN


def names(text: str) -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello! My name is Jessica.", "Jessica"),
        ("mijn naam is Femke", "Femke"),
        ("Mein Name ist Sabine", "Sabine"),
        ("je m’appelle Aurélie", "Aurelie"),
        ("Me llamo Ximena", "Ximena"),
        ("Mi chiamo Chiara", "Chiara"),
        ("chamo-me Beatriz", "Beatriz"),
        ("Mă numesc Ioana", "Ioana"),
        ("mam na imię Kasia", "Kasia"),
        ("A nevem Zsófi", "Zsofi"),
        ("Казвам се Десислава", "Десислава"),
        ("Меня зовут Светлана", "Светлана"),
        ("Мене звати Оксана", "Оксана"),
        ("jmenuji se Tereza", "Tereza"),
        ("zovem se Jelena", "Jelena"),
        ("Jag heter Linnéa", "Linnea"),
        ("με λένε Ελένη", "Ελενη"),
        ("Name: Zuzanna", "Zuzanna"),
        ("Имя: Полина", "Полина"),
        ("I'm Emma and I'm here", "Emma"),
        ("ich bin Lena", "Lena"),
        ("Jessica, 24", "Jessica"),
        ("★ Jessica (24) ★", "Jessica"),
        ("see you\nxoxo Jessica", "Jessica"),
        ("my name is <b>Jessica</b>", "Jessica"),
        ("my name is Qadri", "Qadri"),  # in no list
        ("An hour of rest with Laura", "Laura"),
        ("Welcome! Victoria here, your host", "Victoria"),
        ("all about me: Birgit, 41, calm", "Birgit"),
        ("Bună, sunt Andreea din Cluj", "Andreea"),
        ("Привет, я Катя", "Катя"),
        ("Катя меня зовут", "Катя"),
        ("Réka vagyok", "Reka"),
        ("A nevem Réka", "Reka"),
        ("Tu Ola, zapraszam", "Ola"),
        ("Kasia jestem", "Kasia"),
        ("na imię mam Kasia", "Kasia"),
        ("Ich bin die Lena", "Lena"),
        ("Hallo, hier ist Lena", "Lena"),
        ("aqui é a Bruna", "Bruna"),
        ("Είμαι η Ελένη", "Ελενη"),
        ("Мене звуть Оксана", "Оксана"),
        ("Аз съм Деси", "Деси"),
        ("soy Sofi, tranquila", "Sofi"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "my name is not important",
        "I'm New here. I'm Available. I am Ready",
        "I'm Dutch, ich bin Deutsch, soy Latina",
        "Company name: Acme",
        "User name Acme",
        "Call Now",
        "I love Amsterdam",
        "Jessica was here",
        "Room, 24",
        "my name is jess_24 or mail jessica.jones@example.org",
        "name is",
        "code K52 Valid 12hrs only",
        "with North America, with Reason, with Love",
        "my name is",
        "Я Красивая, я Новая",
        "Sunt Disponibilă, sunt Româncă, SUNT LIBERĂ",
        "tu Warszawa, tu i teraz",
        "y tu Ola",
        "Szép vagyok, Magyar vagyok, Barna vagyok",
        "Studentka jestem",
        "Soy Sofi Y Todo Esto",
    ],
)
def test_no_names(text: str) -> None:
    assert names(text) == []


def test_several_in_one_text() -> None:
    assert names("Ik ben Emma, my name is Jessica") == ["Emma", "Jessica"]
