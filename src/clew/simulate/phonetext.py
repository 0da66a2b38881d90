"""Writes a telephone number as people do in adverts: plainly, or so that machines should not read it.

A style is a function of a `Writing`. `STYLES` holds them by name with whether they obscure the number: whether a
reader has to decode words, letters, other characters or separators inside the usual groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from clew.simulate import digitwords as dw
from clew.simulate.numbers import Plan, plan_of

_EMOJI = ("❤", "🌹", "✨", "🔥", "💋", "⭐", "🍀", "🌸", "💎", "📞", "☎️", "🦋")
_ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_BRACKETS = ("[]", "()", "{}", "«»", "【】", "<>")


@dataclass(frozen=True, slots=True)
class Writing:
    """What a style needs to write one number.

    Attributes:
        plan: the numbering plan of its country.
        digits: the national number, without trunk prefix.
        home: whether readers in the advert's country dial it as a national number.
        language: of the advert.
        draw: the source of chance.
    """

    plan: Plan
    digits: str
    home: bool
    language: str
    draw: Random

    def groups(self) -> list[str]:
        """The national number in its usual groups, the trunk prefix (at home) on the first."""
        parts, rest = [], self.digits
        for size in self.plan.groups:
            parts.append(rest[:size])
            rest = rest[size:]
        if rest:
            parts[-1] += rest
        if self.home:
            parts[0] = self.plan.trunk + parts[0]
        return parts

    def dialled(self) -> str:
        """Digits as dialled: national at home, else with the calling code and its ``00``."""
        return self.plan.trunk + self.digits if self.home else f"00{self.plan.calling}{self.digits}"

    def one_of(self, options: tuple[str, ...] | str) -> str:
        """One of some options."""
        return options[int(self.draw.random() * len(options))]


def _shown(w: Writing) -> list[str]:
    """Groups with the calling code in front when the number is foreign here."""
    return w.groups() if w.home else [f"+{w.plan.calling}", *w.groups()]


def _international(w: Writing) -> list[str]:
    return [f"+{w.plan.calling}", *Writing(w.plan, w.digits, False, w.language, w.draw).groups()]


def _area(w: Writing) -> str:
    first, *rest = w.groups()
    return f"({first}) " + " ".join(rest) if w.home else f"(+{w.plan.calling}) " + " ".join([first, *rest])


def _with_trunk(w: Writing) -> str:
    parts = _international(w)
    middle = f" ({w.plan.trunk})" if w.plan.trunk == "0" else " "
    return parts[0] + middle + " ".join(parts[1:])


def _words_of(w: Writing) -> tuple[tuple[str, ...], str]:
    language = w.language if w.language in dw.WORDS and w.draw.random() < 0.9 else "en"
    return dw.WORDS[language], language


def _words(w: Writing) -> str:
    words, language = _words_of(w)
    joint = "" if language == "zh" else w.one_of((" ", " ", " ", "-", ". ", ", "))
    return joint.join(words[int(digit)] for digit in w.dialled())


def _words_international(w: Writing) -> str:
    words, language = _words_of(w)
    if language not in dw.PLUS:
        words, language = dw.WORDS["en"], "en"
    return " ".join([dw.PLUS[language], *(words[int(digit)] for digit in f"{w.plan.calling}{w.digits}")])


def _words_some(w: Writing) -> str:
    words, _ = _words_of(w)
    shown = [words[int(digit)] if w.draw.random() < 0.4 else digit for digit in w.dialled()]
    shown[-1] = words[int(w.digits[-1])]
    return " ".join(shown)


def _words_upper(w: Writing) -> str:
    words, _ = _words_of(w)
    return " ".join(words[int(digit)].upper() for digit in w.dialled())


def _letters(w: Writing) -> str:
    groups = [list(group) for group in _shown(w)]
    changed = 0
    for group in groups:
        for at, char in enumerate(group):
            if char in dw.COMMON_LETTERS and w.draw.random() < 0.7:
                group[at] = w.one_of(dw.LETTERS[int(char)])
                changed += 1
    if not changed:  # no digit has a look-alike, or chance spared all
        return _spaced_single(w)
    return " ".join("".join(group) for group in groups)


def _mapped(table: tuple[str, ...], joint: str = "") -> Callable[[Writing], str]:
    def write(w: Writing) -> str:
        plus = "" if w.home else "+"
        digits = w.dialled() if w.home else f"{w.plan.calling}{w.digits}"
        return plus + joint.join(table[int(digit)] for digit in digits)

    return write


def _mapped_groups(table: tuple[str, ...]) -> Callable[[Writing], str]:
    def write(w: Writing) -> str:
        return " ".join("".join(c if c == "+" else table[int(c)] for c in group) for group in _shown(w))

    return write


def _spaced_single(w: Writing) -> str:
    return " ".join(w.dialled())


def _dotted_single(w: Writing) -> str:
    return w.one_of((".", "-", "_", "*", "/", "~", "|", "·", " . ", " - ")).join(w.dialled())


def _emoji_groups(w: Writing) -> str:
    sign = w.one_of(_EMOJI)
    return sign.join(_shown(w)) if w.draw.random() < 0.5 else "".join(g + w.one_of(_EMOJI) for g in _shown(w))


def _emoji_single(w: Writing) -> str:
    return w.one_of(_EMOJI).join(w.dialled())


def _zero_width(w: Writing) -> str:
    return "".join(digit + w.one_of(_ZERO_WIDTH) for digit in w.dialled()[:-1]) + w.digits[-1]


def _bracketed(w: Writing) -> str:
    pair = w.one_of(_BRACKETS)
    return "".join(f"{pair[0]}{group}{pair[1]}" for group in _shown(w))


def _bracketed_single(w: Writing) -> str:
    return "".join(f"({digit})" for digit in w.dialled())


def _mixed(w: Writing) -> str:
    marks = ("..", "--", " / ", "~", " * ", " :: ", " _ ", "…", " + ", "=")
    parts = _shown(w)
    return parts[0] + "".join(w.one_of(marks) + part for part in parts[1:])


def _sentence(w: Writing) -> str:
    start, middle, last = dw.SPLITS.get(w.language, dw.SPLITS["en"])
    groups = _shown(w)
    if not w.home:
        groups = ["".join(groups[:2]), *groups[2:]]
    if len(groups) == 1:
        groups = [groups[0][:3], groups[0][3:]]
    return start + middle.join(groups[:-1]) + last + groups[-1]


def _marked_up(w: Writing) -> str:
    tag = w.one_of(("b", "i", "span", "em", "u"))
    return "".join(f"<{tag}>{g}</{tag}>" if at % 2 else g for at, g in enumerate(_shown(w)))


def _entities(w: Writing) -> str:
    return "".join(f"&#{ord(digit)};" if w.draw.random() < 0.6 else digit for digit in w.dialled())


def _lines(w: Writing) -> str:
    return "\n".join(_shown(w))


def _plain(w: Writing) -> str:
    return w.dialled() if w.home else f"+{w.plan.calling}{w.digits}"


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing.

    Attributes:
        write: gives the text.
        obscured: whether it hides the number from machines.
        weight: how often it is taken among the plain or the obscured ones (assumed).
        html: only fits bodies in HTML.
    """

    write: Callable[[Writing], str]
    obscured: bool
    weight: float
    html: bool = False


STYLES: dict[str, Style] = {
    "plain": Style(_plain, False, 5),
    "spaced": Style(lambda w: " ".join(_shown(w)), False, 6),
    "dashed": Style(lambda w: "-".join(_shown(w)), False, 3),
    "dotted": Style(lambda w: ".".join(_shown(w)), False, 2),
    "slashed": Style(lambda w: "/".join([_shown(w)[0], "".join(_shown(w)[1:])]), False, 1),
    "area": Style(_area, False, 1),
    "international": Style(lambda w: f"+{w.plan.calling}{w.digits}", False, 3),
    "international-spaced": Style(lambda w: " ".join(_international(w)), False, 4),
    "double-zero": Style(lambda w: f"00{w.plan.calling} {w.digits}", False, 1),
    "with-trunk": Style(_with_trunk, False, 1),
    "chat-link": Style(lambda w: f"https://wa.me/{w.plan.calling}{w.digits}", False, 1.5),
    "words": Style(_words, True, 3),
    "words-some": Style(_words_some, True, 3),
    "words-upper": Style(_words_upper, True, 1),
    "words-international": Style(_words_international, True, 1),
    "letters": Style(_letters, True, 4),
    "keycaps": Style(_mapped(dw.KEYCAPS), True, 2),
    "fullwidth": Style(_mapped(dw.FULLWIDTH), True, 1),
    "circled": Style(_mapped(dw.CIRCLED), True, 1),
    "dark-circled": Style(_mapped(dw.DARK_CIRCLED), True, 0.5),
    "bold": Style(_mapped_groups(dw.BOLD), True, 1),
    "double-struck": Style(_mapped_groups(dw.DOUBLE_STRUCK), True, 0.7),
    "sans": Style(_mapped_groups(dw.SANS), True, 0.5),
    "monospace": Style(_mapped(dw.MONOSPACE), True, 0.5),
    "arabic-indic": Style(_mapped(dw.ARABIC_INDIC), True, 0.4),
    "persian": Style(_mapped(dw.PERSIAN), True, 0.2),
    "devanagari": Style(_mapped(dw.DEVANAGARI), True, 0.2),
    "superscript": Style(_mapped(dw.SUPERSCRIPT), True, 0.4),
    "subscript": Style(_mapped(dw.SUBSCRIPT), True, 0.3),
    "spaced-single": Style(_spaced_single, True, 4),
    "dotted-single": Style(_dotted_single, True, 3),
    "emoji-groups": Style(_emoji_groups, True, 2.5),
    "emoji-single": Style(_emoji_single, True, 1),
    "zero-width": Style(_zero_width, True, 1),
    "bracketed": Style(_bracketed, True, 1),
    "bracketed-single": Style(_bracketed_single, True, 0.7),
    "mixed-separators": Style(_mixed, True, 2),
    "sentence": Style(_sentence, True, 1.5),
    "lines": Style(_lines, True, 0.5),
    "marked-up": Style(_marked_up, True, 1, html=True),
    "entities": Style(_entities, True, 0.7, html=True),
}
PLAIN = tuple(name for name, style in STYLES.items() if not style.obscured)
OBSCURED = tuple(name for name, style in STYLES.items() if style.obscured and not style.html)
OBSCURED_HTML = tuple(name for name, style in STYLES.items() if style.obscured)


def write_number(style: str, country: int, number: int, *, home: bool, language: str, draw: Random) -> str:
    """The number in a style.

    Args:
        style: a key of `STYLES`.
        country: index of the number's country.
        number: national number, without trunk prefix.
        home: whether the advert is read in that country, so that a national number is understood.
        language: of the advert.
        draw: the source of chance.
    """
    return STYLES[style].write(Writing(plan_of(country), str(number), home, language, draw))
