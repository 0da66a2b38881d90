"""Turn an advert of the held-out world into text: templates, token edits, ways to write a phone."""

from __future__ import annotations

import re
from random import Random

import phonenumbers

from benchmarks.heldout import phrases

_CHOICE = re.compile(r"\[([^\]]+)\]")


def phone_number(rng: Random, country: str) -> str:
    """Return a random mobile number (E.164) that libphonenumber holds valid."""
    code, pattern = phrases.COUNTRIES[country][3:5]
    while True:
        digits = _CHOICE.sub(lambda m: rng.choice(m[1]), pattern)
        digits = "".join(str(rng.randrange(10)) if c == "#" else c for c in digits)
        number = f"+{code}{digits}"
        if phonenumbers.is_valid_number(phonenumbers.parse(number)):
            return number


def written_phone(rng: Random, number: str, country: str, obscured: float) -> str:
    """Return a phone as its owner writes it: plain, or with probability ``obscured`` lightly hidden.

    A number of the advert's country is written nationally half of the time, a foreign one never.
    """
    code = phrases.COUNTRIES[country][3]
    head, digits = "+" + code + " ", number[1 + len(code) :]
    if not number.startswith("+" + code):
        head, digits = number[:3] + " ", number[3:]
    elif rng.random() < 0.5:
        head, digits = "", digits if country == "ES" else "0" + digits
    if rng.random() >= obscured:
        cut = rng.choice((0, 3, 4))
        return head + (digits if not cut else f"{digits[:cut]} {digits[cut : cut + 3]} {digits[cut + 3 :]}")
    style = rng.randrange(5)
    pairs = [digits[i : i + 2] for i in range(0, len(digits), 2)]
    if style == 0:
        return head + digits.replace("0", "o")
    if style == 1:
        return head + ".".join(digits)
    if style == 2:
        return head + " - ".join(pairs)
    if style == 3:
        return head + " ".join(f"({pair})" for pair in pairs)
    return head + digits.translate({ord("0") + d: 0xFF10 + d for d in range(10)})


def template_text(rng: Random, language: str) -> str:
    """Return a new template: 5–8 sentences with their choices made; exactly one of them holds {phone}."""
    bank = phrases.SENTENCES[language]
    contact = next(s for s in bank if "{phone}" in s)
    chosen = rng.sample([s for s in bank if s is not contact], rng.randint(4, 7))
    chosen.insert(rng.randint(0, len(chosen)), contact)
    return " ".join(_CHOICE.sub(lambda m: rng.choice(m[1].split("|")), s) for s in chosen)


def _vocabulary(language: str) -> list[str]:
    text = " ".join(phrases.SENTENCES[language])
    return sorted({w for w in re.findall(r"\w+", text) if w not in {"name", "city", "price", "phone"}})


VOCABULARY = {language: _vocabulary(language) for language in phrases.SENTENCES}


def edited(rng: Random, text: str, language: str, rate: float) -> str:
    """Return a template with about ``rate`` of its tokens replaced, dropped, doubled or added."""
    words: list[str] = []
    for word in text.split(" "):
        if "{" in word or rng.random() >= rate:
            words.append(word)
            continue
        action = rng.randrange(4)
        if action == 0:
            words.append(rng.choice(VOCABULARY[language]))
        elif action == 1:
            words += [word, word]
        elif action == 2:
            words += [word, rng.choice(VOCABULARY[language])]
    return " ".join(words)


def perturbed(rng: Random, image: int, bits: int) -> str:
    """Return a 256-bit hash as 64 hex digits, up to ``bits`` bits flipped as by another compression."""
    for _ in range(rng.randint(0, bits)):
        image ^= 1 << rng.randrange(256)
    return f"{image:064x}"
