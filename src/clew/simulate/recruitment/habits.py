"""How people type: small letters, no full stops, slips, short forms, letters without accents, signs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from random import Random

from clew.simulate.recruitment.knobs import Recruiting
from clew.simulate.recruitment.phrases import Phrases

_SIGNS = {
    "warm": ("❤️", "😘", "😍", "🥰", "💕"),
    "cold": ("😡", "🤬", "❗", "😠", "‼️"),
    "any": ("😂", "👍", "🙏", "😊", "😅", "👌"),
}
_MOOD = dict.fromkeys(("rapport", "gift", "couple", "promise"), "warm") | dict.fromkeys(
    ("threat-publish", "threat-family", "threat-harm", "rules-fines"), "cold"
)


def _without_accents() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "D", ord("ł"): "l", ord("Ł"): "L", ord("ı"): "i"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table[code] = base
    return table


_ACCENTS = _without_accents()
# Stops and commas; not the point of a number or the colon of a time.
_STOPS = re.compile(r"[.,!;:。！،]+(?=\s|$)")


@dataclass(frozen=True)
class Habit:
    """How one person types.

    Attributes:
        small: no capitals.
        bare: no stops and commas.
        plain: no accents.
        latin: Latin letters for another script.
        short: short forms.
        signs: share of messages with a sign.
        typos: share of messages with a slip.
        split: share of messages in two parts.
    """

    small: bool
    bare: bool
    plain: bool
    latin: bool
    short: bool
    signs: float
    typos: float
    split: float


def draw_habit(knobs: Recruiting, draw: Random) -> Habit:
    """The habit of one person in one conversation (rates assumed)."""
    chance = draw.random
    return Habit(
        small=chance() < 0.45,
        bare=chance() < 0.4,
        plain=chance() < 0.2,
        latin=chance() < 0.06,
        short=chance() < 0.3,
        signs=0.25 * chance() ** 2,
        typos=knobs.typos * (4 if chance() < 0.2 else 1),
        split=knobs.split * 2 * chance(),
    )


def _slip(text: str, draw: Random) -> str:
    """One letter left out, doubled or changed with the next."""
    at = 1 + int(draw.random() * (len(text) - 2))
    if not (text[at - 1].isalpha() and text[at].isalpha() and text[at + 1].isalpha()):
        return text
    how = draw.random()
    if how < 0.4:
        return text[:at] + text[at + 1 :]
    if how < 0.6:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def typed(text: str, section: str, habit: Habit, phrases: Phrases, draw: Random) -> str:
    """A sentence as this person types it; addresses and numbers in it stay readable."""
    chance = draw.random
    exact = "@" in text or "://" in text or "+" in text or any(len(word) > 24 for word in text.split())
    if not exact:
        found, shorter = phrases.short
        if habit.short and found:
            text = found.sub(lambda word: shorter.get(word[0].lower(), word[0]), text)
        if habit.small:
            text = text.lower()
        if habit.bare:
            text = _STOPS.sub("", text)
        if chance() < habit.typos and len(text) > 8:
            text = _slip(text, draw)
        if habit.latin and phrases.latin:
            text = text.translate(phrases.latin)
        elif habit.plain:
            text = text.translate(_ACCENTS)
    if chance() < habit.signs:
        signs = _SIGNS[_MOOD.get(section, "any")]
        text = f"{text} {signs[int(chance() * len(signs))]}"
    return text


def parts(text: str, habit: Habit, draw: Random) -> list[str]:
    """A message as it is sent: whole, or cut in two at a word."""
    if draw.random() >= habit.split:
        return [text]
    words = text.split(" ")
    if len(words) < 4:
        return [text]
    at = 1 + int(draw.random() * (len(words) - 2))
    return [" ".join(words[:at]), " ".join(words[at:])]
