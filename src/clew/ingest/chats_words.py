"""What messengers write into text exports themselves, as patterns over columns of text (see ``chats.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.chats_dates import AFTERNOON, MORNING

_WORDS = tomllib.loads((files("clew.ingest") / "chats.toml").read_text("utf-8"))
_ENDINGS = (
    "jpe?g|png|gif|webp|heic|mp4|3gp|mov|avi|mkv|opus|ogg|m4a|mp3|aac|amr|wav|pdf|docx?|xlsx?|pptx?|txt|vcf|zip|apk|csv"
)
_FILE = rf"[^\n/\\:<>|]{{1,200}}\.(?:{_ENDINGS})"
MARKS = "[\u200e\u200f\u202a-\u202e\u061c\ufeff]"
_LETTERS = re.compile(r"[\W\d_]+")


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
    after, before = _any(_WORDS["name"]["after"]), _any(_WORDS["name"]["before"])
    return re.compile(
        rf"^(?:.{{0,30}}whatsapp.{{0,24}}? {after} (?P<last>.+?)|(?P<first>.+?) {before})(?: ?\(\d{{1,3}}\))?$",
        re.IGNORECASE,
    )


def chat_name(file_name: str) -> str | None:
    """The name of a chat in the name of its export; None where there is none."""
    found = _chat_name().match(re.sub(r"(?i)(\.(txt|zip))+$", "", file_name))
    return ((found["last"] or found["first"]).strip() or None) if found else None


def _half(text: str) -> int:
    """1 for morning, 2 for afternoon, 0 where a text between date and time says neither."""
    word = " ".join(_LETTERS.sub(" ", text.casefold()).split())
    joined = word.replace(" ", "")
    for half, name in ((MORNING, "morning"), (AFTERNOON, "afternoon")):
        if any(
            mark in (word, joined) or (joined.endswith(mark) and not mark.isascii()) for mark in _WORDS["half"][name]
        ):
            return half
    return 0


def halves(texts: pa.Array) -> npt.NDArray[np.uint8]:
    """Which half of the day each of these texts names; each different text is looked at once."""
    coded = texts.dictionary_encode()
    known = np.array([_half(text) for text in coded.dictionary.to_pylist()] or [0], np.uint8)
    found: npt.NDArray[np.uint8] = known[coded.indices.to_numpy()]
    return found


def trimmed(texts: pa.Array) -> pa.Array:
    """Texts without blanks and marks of direction round them."""
    return pc.utf8_trim(texts, " \t\r\n\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u061c\ufeff")
