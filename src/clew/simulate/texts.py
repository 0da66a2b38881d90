"""Composes the text that an advert, or a whole family of adverts, is written from."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from clew.simulate.banks import LANGUAGES, MARKS, Bank, Pattern, bank, fill
from clew.simulate.hashing import mix_one
from clew.simulate.knobs import AGENCY, HOTLINE, NOISE, SIGNALS, SPAM, VENUE

_SIGNS = ("❤", "✨", "🌹", "😊", "💋", "🔥", "☀️", "🌸", "⭐", "🎉")
_BULLETS = ("-", "•", "*", "✔", "►", "")
_ENDS = (". ", "\n", " | ", " ✔ ", " - ", "!\n")
CONTACT = MARKS["contact"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with marks.

    Attributes:
        title: with marks.
        tokens: words, some with marks; joined by the language's joint.
        html: whether the body is HTML.
        lead: pattern that leads to the number, and what ends a contact.
        end: what stands after each contact.
        language: its bank.
    """

    title: str
    tokens: tuple[str, ...]
    html: bool
    lead: str
    end: str
    language: Bank


def compose(seed: int, number: int, language: int, kind: int, signals: int, alone: bool) -> Text:
    """The text with a number; the same for the same arguments."""
    words = bank(LANGUAGES[language])
    draw = Random(mix_one(seed, "text", number, language))
    if kind == NOISE:
        sentences = _notice(words, draw)
    elif kind == HOTLINE:
        sentences = [*_some(words, "help_notice", 1, draw), CONTACT, *_some(words, "about", 1 + alone, draw)]
    else:
        sentences = _profile(words, kind, signals, draw)
    titles = words.patterns["noise_title" if kind == NOISE else "title"]
    title = fill(_any(titles, draw), draw)
    html = draw.random() < 0.12
    body = _laid_out(sentences, words, html, draw)
    tokens = tuple(body.split(" ")) if words.joint else tuple(body)
    lead = fill(_any(words.patterns["contact"], draw), draw)
    return Text(title, tokens, html, lead, _ENDS[int(draw.random() * len(_ENDS))], words)


def _any(patterns: tuple[Pattern, ...], draw: Random) -> Pattern:
    return patterns[int(draw.random() * len(patterns))]


def _some(words: Bank, section: str, count: int, draw: Random) -> list[str]:
    """Some different sentences of a section."""
    patterns = words.patterns[section]
    order = list(range(len(patterns)))
    for at in range(min(count, len(order))):
        other = at + int(draw.random() * (len(order) - at))
        order[at], order[other] = order[other], order[at]
    return [fill(patterns[at], draw) for at in order[:count]]


def _notice(words: Bank, draw: Random) -> list[str]:
    """Something sold, sought or offered that has nothing to do with the rest."""
    sentences = _some(words, "noise", 1 + int(draw.random() * 4), draw)
    sentences.insert(int(draw.random() * (len(sentences) + 1)), CONTACT)
    return sentences


def _profile(words: Bank, kind: int, signals: int, draw: Random) -> list[str]:
    """An advert about a person or a house: short, ordinary, long, or very long."""
    size = draw.random()
    if kind == SPAM:
        size = 0.3 + size * 0.6
    if size < 0.07:
        sentences = _some(words, "hello", 1, draw)
    else:
        rounds = 1 if size < 0.85 else 2 if size < 0.96 else 4 if size < 0.985 else 9
        if not words.joint:  # the bank is small: two long texts would be near copies
            rounds = min(rounds, 2)
        sentences = []
        for _ in range(rounds):
            sentences += _some(words, "hello", int(draw.random() * 2), draw)
            sentences += _some(words, "about", 1 + int(draw.random() * 4) + (rounds > 1) * 3, draw)
            for section in ("place", "time", "pay", "rule"):
                sentences += _some(words, section, int(draw.random() * 2.2), draw)
        if draw.random() < 0.3:
            draw.shuffle(sentences)
        sentences += _some(words, "bye", draw.random() < 0.6, draw)
    for bit, section in enumerate(SIGNALS):
        if signals >> bit & 1:
            at = int(draw.random() * (len(sentences) + 1))
            sentences[at:at] = _some(words, section, 1, draw)
    if kind in (AGENCY, VENUE) and not signals & 1 and draw.random() < 0.3:
        sentences += _some(words, "place", 1, draw)
    place = draw.random()
    at = 0 if place < 0.12 else len(sentences) if place < 0.6 else int(draw.random() * (len(sentences) + 1))
    sentences.insert(at, CONTACT)
    return sentences


def _laid_out(sentences: list[str], words: Bank, html: bool, draw: Random) -> str:
    """Sentences as one body, with the author's habits: signs, lines, capitals, HTML."""
    signs = draw.random() < 0.35
    case = draw.random()
    bullet = _BULLETS[int(draw.random() * len(_BULLETS))] if draw.random() < 0.2 else ""
    out = []
    for sentence in sentences:
        if sentence != CONTACT:
            sentence = sentence.upper() if case < 0.05 else sentence.lower() if case < 0.14 else sentence
        if html:
            sentence = sentence.replace("&", "&amp;")
        if signs and draw.random() < 0.5:
            sentence += " " + _SIGNS[int(draw.random() * len(_SIGNS))]
        out.append(f"{bullet} {sentence}" if bullet else sentence)
    if html:
        kind = int(draw.random() * 3)
        joint = (" <br> ", " <br /> ", " </p> <p> ")[kind]
        return f"<p> {joint.join(out)} </p>" if kind == 2 else joint.join(out)
    return (" ", " ", " \n ", " \n\n ")[int(draw.random() * 4)].join(out)


def _may_change(token: str) -> bool:
    """A plain word: no mark, no markup, no digits, not a line break."""
    return token.strip(".,!?:、。，").isalpha()


def changed(text: Text, share: float, draw: Random) -> list[str]:
    """The tokens of a text with a share of them replaced, left out, doubled or misspelt."""
    tokens = list(text.tokens)
    count = int(share * len(tokens) + draw.random())
    words, size = text.language.words, len(tokens)
    for _ in range(count):
        at = int(draw.random() * size)
        if not _may_change(text.tokens[at]):
            continue
        how = draw.random()
        if how < 0.55:
            tokens[at] = words[int(draw.random() * len(words))]
        elif how < 0.75:
            tokens[at] = ""
        elif how < 0.9 and len(tokens[at]) > 3:
            tokens[at] = tokens[at][:2] + tokens[at][1:]
        else:
            tokens[at] = f"{tokens[at]} {words[int(draw.random() * len(words))]}"
    return tokens
