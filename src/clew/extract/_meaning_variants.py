"""Other ways in which people write the words of a lexicon: Cyrillic and Greek in Latin letters, Arabic with its
prefixes, umlauts as two letters, digits for letters, letters set apart.

Variants are made when the lexicon is compiled, so that reading a text costs nothing more.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from clew.extract._meaning_lexicon import Entry
from clew.extract._words import word_list

# Shorter words in Latin letters are too often words of another language.
_TRANSLITERATED = 5
_DISGUISED = 5
_MOST = 16  # variants of one phrase

# Classes and senses whose words people disguise: those that a filter or a stranger must not read.
TELLING = frozenset(
    word_list(
        """
        document visa picture video private-picture camera location money debt fine client police secret messenger
        kidney surrogate adopt drugs transfer girl-woman escape kill
        """
    )
)

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh j z", "з": "z", "и": "i", "й": "y j i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h kh x", "ц": "c ts", "ч": "ch 4", "ш": "sh 6", "щ": "sch shch", "ъ": "", "ы": "y i", "ь": "",
    "э": "e", "ю": "yu ju iu", "я": "ya ja ia", "ё": "e yo",
}  # fmt: skip
_LETTERS: dict[str, dict[str, str]] = {
    "ru": _CYRILLIC,
    "uk": _CYRILLIC | {"г": "h g", "ґ": "g", "и": "y i", "і": "i", "ї": "i yi", "є": "e ye", "щ": "shch sch"},
    "bg": _CYRILLIC | {"щ": "sht", "ъ": "a u y", "ж": "zh j", "х": "h", "ч": "ch 4", "ш": "sh 6"},
    "sr": _CYRILLIC
    | {"ж": "z", "х": "h", "ц": "c", "ч": "c ch", "ш": "s sh", "ћ": "c", "ђ": "dj d", "џ": "dz", "ј": "j", "љ": "lj"}
    | {"њ": "nj"},
    "el": {
        "α": "a", "β": "v b", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i h", "θ": "th 8", "ι": "i", "κ": "k",
        "λ": "l", "μ": "m", "ν": "n", "ξ": "ks x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
        "υ": "y u i", "φ": "f", "χ": "x h ch", "ψ": "ps", "ω": "o w", "ου": "ou u", "μπ": "mp b", "ντ": "nt d",
        "αυ": "av au", "ευ": "ev eu", "γκ": "gk g",
    },
}  # fmt: skip
_GREEK_ACCENTS = str.maketrans("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ")
# Serbian is written in both alphabets; a phrase in Latin letters is also looked for in Cyrillic ones.
_SERBIAN = {
    "dž": "џ", "lj": "љ", "nj": "њ", "đ": "ђ", "č": "ч", "ć": "ћ", "š": "ш", "ž": "ж", "a": "а", "b": "б", "c": "ц",
    "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "ј", "k": "к", "l": "л", "m": "м", "n": "н",
    "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "z": "з",
}  # fmt: skip
_TWO_LETTERS = {
    "de": {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"},
    "sv": {"å": "aa", "ä": "ae", "ö": "oe"},
    "da": {"å": "aa", "æ": "ae", "ø": "oe"},
}
_ARABIC_PREFIXES = ("ال", "و", "ب", "ل", "وال", "بال", "لل", "ول", "وب")
_ARABIC_ENDS = {"ة": "ه", "ى": "ي"}
_DIGITS = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"}


def spellings(entry: Entry) -> Iterator[str]:
    """The phrase, and how it is also written without any wish to hide it."""
    phrase = entry.phrase.lower()
    yield phrase
    letters = _LETTERS.get(entry.language)
    if entry.language == "sr" and phrase.isascii() | any(c in phrase for c in "čćšžđ"):
        yield _replaced(phrase, _SERBIAN)
    elif letters is not None and sum(c.isalpha() for c in phrase) >= _TRANSLITERATED and not phrase.isascii():
        yield from _transliterated(phrase.translate(_GREEK_ACCENTS), letters)
    pairs = _TWO_LETTERS.get(entry.language, {})
    if any(c in phrase for c in pairs):
        yield _replaced(phrase, pairs)
    if entry.language == "ar":
        yield from _arabic(phrase)


def disguises(entry: Entry) -> Iterator[str]:
    """How a telling word is written so that a filter, or a stranger, does not read it."""
    phrase = entry.phrase.lower()
    short = sum(c.isalpha() for c in phrase) < _DISGUISED
    if short or entry.kind not in TELLING or any(c.isdigit() for c in phrase):
        return
    if " " not in phrase:
        yield " ".join(phrase)
    held = [c for c in _DIGITS if c in phrase]
    for n in range(1, len(held) + 1):
        for some in itertools.combinations(held, n):
            yield phrase.translate({ord(c): _DIGITS[c] for c in some})
    for i, c in enumerate(phrase[1:-1], 1):
        if c in _DIGITS and phrase.count(c) > 1:
            yield phrase[:i] + _DIGITS[c] + phrase[i + 1 :]
        if c in "aeiou" and phrase[i - 1] != " " != phrase[i + 1]:
            yield f"{phrase[:i]} {phrase[i + 1 :]}"  # "p@ssport", "p*ssport": the sign parts like a space


def _replaced(phrase: str, pairs: Mapping[str, str]) -> str:
    for a, b in pairs.items():
        phrase = phrase.replace(a, b)
    return phrase


def _transliterated(phrase: str, letters: Mapping[str, str]) -> Iterator[str]:
    """Every way that writes the same letter in the same way throughout, the commonest first."""
    parts, i = [], 0
    while i < len(phrase):
        size = 2 if phrase[i : i + 2] in letters else 1
        parts.append(phrase[i : i + size])
        i += size
    held = list(dict.fromkeys(p for p in parts if " " in letters.get(p, "")))
    choices = itertools.product(*(letters[p].split(" ") for p in held))
    for chosen in itertools.islice(choices, _MOST):
        written = dict(zip(held, chosen, strict=True))
        yield "".join(written.get(p, letters.get(p, p)) for p in parts)


def _arabic(phrase: str) -> Iterator[str]:
    """With the article and short words written on to the first word, and with the usual slips at its end."""
    forms = [phrase]
    if phrase[-1] in _ARABIC_ENDS:
        forms.append(phrase[:-1] + _ARABIC_ENDS[phrase[-1]])
    yield from forms[1:]
    if len(phrase.split(" ")[0]) >= 3:
        bare = [f.removeprefix("ال") for f in forms]
        yield from (prefix + f for f in bare for prefix in _ARABIC_PREFIXES)
