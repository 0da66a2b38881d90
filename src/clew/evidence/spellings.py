"""Finds names and identifiers in text however they are written.

A text is read as its letters and digits alone: without case, accents, styled letters, and what stands between them, and
with what encodings hide (``%C3%A9``, ``&eacute;``, ``\\u00e9``). In that reading a spelling is a plain string. What was
skipped is remembered with each letter, so that a name is not found across words, and a match leads back to the text.
A word of a name is found as one, or with each of its letters alone (``M a r a``, ``m.a.r.a``), and in no way between.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

GAP = 3  # characters that may stand between two words of a name, or two letters of an identifier
# An identifier with so many digits, or letters and digits, is masked wherever it stands; a shorter one only as a word.
SURE_DIGITS, SURE = 6, 12
_SPELLED = 4  # characters of a name; fewer may well stand one by one for something else
_CHUNK = 20_000  # characters of one pattern

_PLAIN = {
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ħ": "h",
    "ŧ": "t",
    "ß": "ss",
}
_PLAIN |= {"ς": "σ"}
_ENCODED = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|\\u[0-9A-Fa-f]{4}|\\[nrtbf]|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
_HIDES = r"%[0-9A-Fa-f]{2}|\\[unrtbf]|&#?[A-Za-z0-9]{1,31};"  # the same for a column
TAG = re.compile(r"<[^<>]{0,2000}>")
# Scripts without spaces between words, or that write small words together with the next.
_JOINED = re.compile("[\u0590-\u06ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Needle:
    """A spelling to look for.

    Attributes:
        letters: as read.
        label: what stands in its place.
        whole: only where it does not go on as a longer word or number.
        gaps: for each letter, how many other characters may stand before it.
        lead: a sign before the letters that belongs to them where it stands, such as + or @.
        spelled: also where the letters of a word stand one by one.
    """

    letters: str
    label: str
    whole: bool
    gaps: tuple[int, ...]
    lead: str = ""
    spelled: bool = False


@dataclass(frozen=True)
class Span:
    """A place in a text, in characters, and what it is to be replaced by."""

    start: int
    end: int
    label: str


@dataclass
class Letters:
    """The letters and digits of a text: each with where it stands and how many visible characters were skipped."""

    text: str = ""
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)


def name_needles(name: str, label: str) -> list[Needle]:
    """A name, in the order given and with its words turned round (family name first)."""
    words = name.split()
    turns = [" ".join(words[i:] + words[:i]) for i in range(len(words) if len(words) < 5 else 1)]
    joined = bool(_JOINED.search(name))
    return [
        Needle(
            read.text,
            label,
            not joined,
            tuple(max(GAP, n) if n else 0 for n in read.skipped),
            spelled=len(set(read.start)) >= _SPELLED,
        )
        for read in map(letters_of, turns)
        if len(read.text) > 1
    ]


def identifier_needles(spelling: str, label: str) -> list[Needle]:
    """An identifier: anything short may stand between its letters."""
    read = letters_of(spelling)
    gaps = tuple(max(GAP, n) for n in read.skipped)
    sure = sum(map(str.isdigit, read.text)) >= SURE_DIGITS or len(read.text) >= SURE
    lead = spelling[: read.start[0]] if read.start else ""
    return [Needle(read.text, label, not sure, gaps, lead)] if len(read.text) > 1 else []


def letters_of(text: str, decode: bool = False, tags: bool = False) -> Letters:
    """Read a text; with what encodings hide, and without HTML tags, if asked."""
    found, parts, skipped = Letters(), list[str](), 0
    for start, end, piece in _pieces(text, decode, tags):
        for letter in piece:
            folded = _fold(letter)
            if folded is None:
                skipped += 1
            for each in folded or "":
                parts.append(each)
                found.start.append(start)
                found.end.append(end)
                found.skipped.append(skipped)
                skipped = 0
    found.text = "".join(parts)
    return found


class Finder:
    """Looks for many spellings at once.

    Args:
        needles: of two with the same letters the first one counts.
    """

    def __init__(self, needles: Iterable[Needle]) -> None:
        first: dict[tuple[str, bool], Needle] = {}
        for needle in needles:
            kept = first.setdefault((needle.letters, needle.whole), needle)
            if len(kept.gaps) == len(needle.gaps) and kept.label == needle.label:
                gaps = tuple(map(max, kept.gaps, needle.gaps))
                lead, spelled = kept.lead or needle.lead, kept.spelled or needle.spelled
                first[needle.letters, needle.whole] = replace(kept, gaps=gaps, lead=lead, spelled=spelled)
        self.needles = sorted(first.values(), key=lambda n: (-len(n.letters), n.letters, n.whole))
        self._patterns = list(_alternations([n.letters for n in self.needles]))

    def find(self, text: str, tags: bool = False) -> list[Span]:
        """Where they stand, in order, none overlapping another: what overlaps is one place."""
        readings = [letters_of(text)]
        if _ENCODED.search(text):
            readings.append(letters_of(text, decode=True))
        if tags and "<" in text:
            readings.append(letters_of(text, decode=True, tags=True))
        found = [span for read in readings for needle in self.needles for span in _places(text, read, needle)]
        return merged(found)

    def may_hold(self, column: pa.Array) -> pa.Array:
        """For each text of a column: could one of them stand in it? Never a wrong no; nulls are no."""
        texts = pc.fill_null(column.cast(pa.large_string()), "")
        hit = self._holds(texts)
        hides = pc.match_substring_regex(texts, _HIDES)
        if pc.any(hides).as_py():
            at = pc.indices_nonzero(hides)
            decoded = pa.array([_decoded(t) for t in texts.take(at).to_pylist()], pa.large_string())
            also = pa.array([None] * 0, pa.uint64()) if not len(decoded) else at.filter(self._holds(decoded))
            hit = pc.or_(hit, pc.is_in(pa.array(range(len(texts)), pa.uint64()), value_set=also))
        return hit

    def _holds(self, texts: pa.Array) -> pa.Array:
        letters = squeezed(texts)
        hit = pa.array([False] * len(texts), pa.bool_())
        for pattern in self._patterns:
            hit = pc.or_(hit, pc.match_substring_regex(letters, pattern))
        return hit


def squeezed(texts: pa.Array) -> pa.Array:
    """The letters of a whole column, as `letters_of` reads them without decoding."""
    folded = pc.utf8_lower(pc.utf8_normalize(texts, "NFKD"))
    letters = pc.replace_substring_regex(folded, r"[^\p{L}\p{N}]+", "")
    if pc.any(pc.match_substring_regex(letters, f"[{''.join(_PLAIN)}]")).as_py():
        for mark, plain in _PLAIN.items():
            letters = pc.replace_substring(letters, mark, plain)
    return letters


def _pieces(text: str, decode: bool, tags: bool) -> Iterator[tuple[int, int, str]]:
    """(start, end, what is read there): characters one by one, an encoded one as what it stands for."""
    at = 0
    for match in _hidden(text, decode, tags):
        yield from ((i, i + 1, text[i]) for i in range(at, match.start()))
        written = match[0]
        if written[0] != "<":  # a tag is nothing to a reader
            yield match.start(), match.end(), _decoded(written)
        at = match.end()
    yield from ((i, i + 1, text[i]) for i in range(at, len(text)))


def _hidden(text: str, decode: bool, tags: bool) -> Iterator[re.Match[str]]:
    if tags:
        return re.compile(f"{TAG.pattern}|{_ENCODED.pattern}").finditer(text)
    return _ENCODED.finditer(text) if decode else iter(())


def _decoded(text: str) -> str:
    """What encodings hide."""
    text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"\\[nrtbf]", " ", text)
    text = re.sub("[\ud800-\udfff]", " ", html.unescape(text))
    return unquote(text, errors="replace") if "%" in text else text


@cache
def _fold(letter: str) -> str | None:
    """How a character is read: "" for one that nobody sees, None for one that is seen but is no letter."""
    folded = "".join(
        _PLAIN.get(c, c) for c in unicodedata.normalize("NFKD", letter).lower() if unicodedata.category(c)[0] in "LN"
    )
    return folded or ("" if unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf") else None)


def _places(text: str, read: Letters, needle: Needle) -> Iterator[Span]:
    size = len(needle.letters)
    at = read.text.find(needle.letters)
    while at >= 0:
        last = at + size - 1
        start, end = read.start[at], read.end[last]
        if _near(read, needle, at) and not (needle.whole and _goes_on(read, at, last)):
            while end < len(text) and _fold(text[end]) == "":
                end += 1
            if needle.lead and text.endswith(needle.lead, 0, start):
                start -= len(needle.lead)
            yield Span(start, end, needle.label)
        at = read.text.find(needle.letters, at + 1)


def _near(read: Letters, needle: Needle, at: int) -> bool:
    """Is no more between the letters than there may be: between words, and within each word nothing, or always some?"""
    apart: bool | None = None  # do the letters of this word stand one by one?
    for k in range(1, len(needle.letters)):
        gap, most = read.skipped[at + k], needle.gaps[k]
        if gap > (most or (GAP if needle.spelled else 0)):
            return False
        if most:
            apart = None
        elif gap or read.start[at + k] != read.start[at + k - 1]:  # else two letters may be one character: ß, æ
            if apart not in (None, gap > 0):
                return False
            apart = gap > 0
    return True


def _goes_on(read: Letters, at: int, last: int) -> bool:
    """Is a letter followed by a letter, or a digit by a digit, at one of the ends?"""
    before, after = at - 1, last + 1
    text = read.text
    if before >= 0 and not read.skipped[at] and text[before].isalpha() == text[at].isalpha():
        return True
    return after < len(text) and not read.skipped[after] and text[after].isalpha() == text[last].isalpha()


def merged(spans: Sequence[Span]) -> list[Span]:
    """Places that overlap become one, with the label of the one that begins first (the longest of these)."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if merged and span.start < merged[-1].end:
            held = merged[-1]
            merged[-1] = Span(held.start, max(held.end, span.end), held.label)
        else:
            merged.append(span)
    return merged


def _alternations(letters: Sequence[str]) -> Iterator[str]:
    held: list[str] = []
    for each in letters:
        held.append(re.escape(each))
        if sum(map(len, held)) > _CHUNK:
            yield "|".join(held)
            held = []
    if held:
        yield "|".join(held)
