"""The sentences of a search: what ties records, how far to trust it, and what in a record shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clew.model.words import count, value_shown

MANY_NETWORKS = 12  # what so many operations share is a hotline, a board or a hub
_AROUND = 60  # characters on each side of a word that was found
_VALUE = 80

_IDENTIFIERS = {
    "phone": ("gives the number {}", "give the number {}"),
    "email": ("gives the address {}", "give the address {}"),
    "url": ("leads to {}", "lead to {}"),
    "domain": ("names the site {}", "name the site {}"),
    "handle": ("names the handle {}", "name the handle {}"),
    "wallet": ("names the wallet {}", "name the wallet {}"),
    "account": ("names the account {}", "name the account {}"),
    "image": ("shows the picture {}", "show the picture {}"),
    "template": ("uses the text of template {}", "use the text of template {}"),
    "widget": ("has the id {} in its code", "have the id {} in their code"),
    "company": ("gives the company number {}", "give the company number {}"),
    "conversation": ("is of conversation {}", "are of conversation {}"),
}
_OTHERS = {
    "text": ("says nearly the same", "say nearly the same"),
    "picture": ("shows nearly the same picture", "show nearly the same picture"),
    "mention": ("mentions the {type} {}", "mention the {type} {}"),
    "id": ("has the id {} on its platform", "have the id {} on their platforms"),
    "words": ("has the words: {}", "have the words: {}"),
}


def sentence(kind: str, type_: str, value: str, records: int, partly: bool = False) -> str:
    """What ties so many records; where none is, that too."""
    one, many = _IDENTIFIERS.get(type_, ("has {}", "have {}")) if kind == "identifier" else _OTHERS[kind]
    value = value_shown(type_, value)
    value = value if len(value) <= _VALUE else value[: _VALUE - 1] + "…"
    said = (one if records in (0, 1) else many).format(value, type=type_.replace("_", " "))
    if records == 0:
        return f"No record {said}{' so far' if partly else ''}."
    return f"{count(records, 'record')} {said}{', and more may' if partly else ''}."


def public(kind: str, type_: str, records: int, networks: int, least: float) -> str:
    """How far to trust the tie."""
    spread = f"They stand in {networks:,} networks" if networks > 1 else ""
    if kind == "identifier" and networks >= MANY_NETWORKS:
        return f"{spread}: what so many operations share is public (a hotline, a board, a sold text) and ties nobody."
    if kind == "identifier" and networks > 1:
        return f"{spread}: the rest of their evidence did not hold them together."
    if kind == "identifier":
        return "All of them stand in one network." if records > 1 else ""
    if kind == "text":
        return f"They share {least:.0%} of their pairs of words or more. A text is copied by strangers, too.".replace(
            "%", " %", 1
        )
    if kind == "picture":
        return "Their hashes differ in 31 of 256 bits at most. A picture is stolen by strangers, too."
    if kind == "mention":
        return "Many strangers share it: it finds records, and ties none of them."
    if kind == "words":
        return "Words find records, and tie none of them."
    return ""


def evidence(kind: str, near: float, raw: str, title: str, body: str, words: Sequence[str]) -> str:
    """What in a record shows the tie."""
    if kind == "text":
        return f"{near:.0%} of its pairs of words".replace("%", " %")
    if kind == "picture":
        return "the same hash" if near == 0 else f"{-near:.0f} of 256 bits differ"
    if kind == "words":
        return _around(f"{title}\n{body}", words)
    return f"written “{raw}”" if raw else ""


def _around(text: str, words: Sequence[str]) -> str:
    """The place in a text where the first of the words stands."""
    found = re.search("|".join(re.escape(word) for word in words), text, re.IGNORECASE)
    if not found:
        return ""
    begin, end = max(found.start() - _AROUND, 0), min(found.end() + _AROUND, len(text))
    cut = " ".join(text[begin:end].split())
    return f"{'…' if begin else ''}{cut}{'…' if end < len(text) else ''}"
