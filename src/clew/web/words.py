"""Words for codes that pages show: languages, forms of exploitation, kinds of records."""

from __future__ import annotations

import re

from clew.model.words import KIND_WORDS

_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovene", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "th": "Thai",
    "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_FORMS = {
    "sexual": "sexual exploitation", "labour": "forced labour", "criminality": "forced criminality",
    "organ": "organ removal", "adoption": "illegal adoption", "marriage": "forced marriage",
    "any": "none in particular",
}  # fmt: skip
_TRACES = {"money": "money signs", "payer": "somebody may pay for its posts", "circuit": "moves in a circuit"}


# What an error tells people to type, and where the workbench has it.
_PLACES = (
    (re.compile(r"See the accounts(?: of a network)? with: clew money.*"),
     "Open the Money page of a network, or search for the account or its holder."),
    (re.compile(r"See: clew leads, clew conversations.*"), "Look in the leads or the conversations, or search for it."),
    (re.compile(r"See the networks with: clew leads.*"), "Look in the leads, or search for it."),
    (re.compile(r"Run it with: clew run.*"), "Begin a run on the page Sources and runs."),
    (re.compile(r"(.*) (?:with|first): clew case ask .*"), r"\1 on the page Approvals of the case."),
)  # fmt: skip
_COMMAND = re.compile(r"(?:,? (?:with|by|first))?: clew .*", re.DOTALL)


def of_pages(todo: str) -> str:
    """What an error says to do, in words of pages: without the commands that do it in a terminal."""
    for said, instead in _PLACES:
        if said.fullmatch(todo):
            return said.sub(instead, todo)
    return _COMMAND.sub(".", todo)


def language(code: str) -> str:
    """A language by its ISO 639-1 code; the code itself where it has no word here."""
    return _LANGUAGES.get(code, code)


def form(code: str) -> str:
    """A form of exploitation of the catalogue."""
    return _FORMS.get(code, code)


def kind(code: str, count: int = 1) -> str:
    """A kind of records, for one or for many."""
    one, many = KIND_WORDS.get(code, (code, code))
    return one if count == 1 else many


def trace(code: str) -> str:
    """What was traced of a network, as a filter of the queue names it."""
    return _TRACES.get(code, code)
