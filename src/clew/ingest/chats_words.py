"""What messengers write into text exports themselves, as patterns over columns of text (see ``chats.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.chats_dates import AFTERNOON, MORNING, NOTHING, UNKNOWN

_WORDS = tomllib.loads((files("clew.ingest") / "chats.toml").read_text("utf-8"))
_ENDINGS = (
    "jpe?g|png|gif|webp|heic|mp4|3gp|mov|avi|mkv|opus|ogg|m4a|mp3|aac|amr|wav|pdf|docx?|xlsx?|pptx?|txt|vcf|zip|apk|csv"
)
_FILE = rf"[^\n/\\:<>|]{{1,200}}\.(?:{_ENDINGS})"
MARKS = "[\u200e\u200f\u202a-\u202e\u061c\ufeff]"


def _any(phrases: Iterable[str]) -> str:
    """A pattern for any of these phrases, whichever apostrophe they are written with."""
    return "(?:" + "|".join(re.escape(phrase).replace("'", "['’]") for phrase in phrases) + ")"


# Android names an attached file with a word in brackets after it, whatever the language; iOS in angle brackets.
ATTACHED = (
    rf"(?si)^(?:(?P<android>{_FILE}) \([^()\n]{{3,60}}\)|<[^<>\n:]{{2,40}}: ?(?P<ios>{_FILE})>)"
    r"[ \r]*(?:\n(?P<caption>.*))?$"
)
DELETED = rf"(?i)^{_any(_WORDS['deleted']['starts'])}[^\n]{{0,80}}$"
EDITED = rf"(?i){MARKS}*[ \n]?<{MARKS}*{_any(_WORDS['edited']['marks'])}[.。]?>$"
_OMITTED_WORD = _any(_WORDS["omitted"]["words"])
OMITTED = (
    rf"(?i)^(?:<{MARKS}*{_any(_WORDS['omitted']['brackets'])}[.。]?>"
    r"|(?:image|video|audio|sticker|gif|document|contact card) omitted)$"
)
OMITTED_AFTER_MARK = rf"(?i)^(?:[^\n<>]{{1,40}}[ ]?{_OMITTED_WORD}|{_OMITTED_WORD}[^\n<>]{{1,40}})$"
STARTS_WITH_MARK = rf"^{MARKS}"
PHOTO = r"(?i)\.(jpe?g|png|heic)$"
SYSTEM = rf"(?i){_any(_WORDS['system']['phrases'])}"


@cache
def _chat_name() -> re.Pattern[str]:
    words = _WORDS["name"]
    # The longest first: "with the contact" is not "with" somebody called "the contact".
    after = _any(sorted(words["after"], key=len, reverse=True))
    before = _any(words["before"]).replace("whatsapp", " ?whatsapp ?").replace(r"\ ", " ?")
    return re.compile(
        rf"^(?:.{{0,30}}{_any(words['app'])}.{{0,24}}? {after} (?P<last>.+?)"
        rf"|(?:{_any(words['front'])} ?)?(?P<first>.+?) ?{before})(?: ?\(\d{{1,3}}\))?$",
        re.IGNORECASE,
    )


def chat_name(file_name: str) -> str | None:
    """The name of a chat in the name of its export; None where there is none."""
    found = _chat_name().match(re.sub(r"(?i)(\.(txt|zip))+$", "", file_name))
    return ((found["last"] or found["first"]).strip() or None) if found else None


def _letters(text: str) -> str:
    """Words of letters and what is written over and under these, in small letters."""
    written = unicodedata.normalize("NFC", text.casefold())
    return " ".join("".join(char if unicodedata.category(char)[0] in "LM" else " " for char in written).split())


@cache
def _half_words() -> dict[str, int]:
    """What each word says; also those that are written together."""
    lists = ((MORNING, "morning"), (AFTERNOON, "afternoon"), (NOTHING, "neither"))
    words = {_letters(word): half for half, name in lists for word in _WORDS["half"][name]}
    return {word.replace(" ", ""): half for word, half in words.items()} | words


def _half(text: str) -> int:
    """What a text beside the hour says of the half of the day; that it is not known where its words are not."""
    word = _letters(text)
    joined, known = word.replace(" ", ""), _half_words()
    for name in (word, joined):
        if not name or name in known:
            return known.get(name, NOTHING)
    # Chinese and Japanese write it right after the day of the week.
    ends = (joined[at:] for at in range(1, len(joined)) if joined[at] >= "\u3000")
    return next((known[end] for end in ends if end in known), UNKNOWN)


def halves(texts: pa.Array) -> npt.NDArray[np.uint8]:
    """Which half of the day each of these texts names; each different text is looked at once."""
    coded = texts.dictionary_encode()
    known = np.array([_half(text) for text in coded.dictionary.to_pylist()] or [0], np.uint8)
    found: npt.NDArray[np.uint8] = known[coded.indices.to_numpy()]
    return found


def trimmed(texts: pa.Array) -> pa.Array:
    """Texts without blanks and marks of direction round them."""
    return pc.utf8_trim(texts, " \t\r\n\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u061c\ufeff")
