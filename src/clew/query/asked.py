"""What a user asks for in one box: identifiers in any spelling, a picture, or a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from clew.extract._phone_readings import Number, regions
from clew.model.errors import InputError
from clew.model.tables import ATTRIBUTE_TYPES, IDENTIFIER_TYPES

_PDQ = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_PICTURE = re.compile(r"\.(jpe?g|png|webp|gif|bmp|tiff?|heic|avif)$", re.IGNORECASE)
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_AT = re.compile(r"@([\w.-]{2,64})")
_E164 = re.compile(r"\+[0-9]{5,17}")
_SAYS = re.compile(r"[^\W_]")
# Fewer words than this are no advert to find copies of; in scripts without spaces each letter counts. Letters that
# touch digits are of a wallet or a name.
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_FEW_WORDS = 4
_LONGEST_VALUE = 400
# Their values name a platform, a chain or a kind of account; without that they are as somebody wrote them.
_NAMED = ("handle", "wallet", "account")
MAX_TEXT = 100_000


@dataclass(frozen=True)
class Asked:
    """A question, understood.

    Attributes:
        identifiers: (type, canonical value) of each identifier in it.
        text: words to find copies of; None where there are too few.
        pdq: hash of a picture, 64 hex digits.
        numbers: phone numbers of which the country is not known.
        names: names of accounts, the platform not known.
        mentions: (type, value) of attributes.
        value: the question itself, where it may be a value as Clew prints it; empty if it cannot.
        read: how numbers were read, in words; the country is assumed there.
        tried: what was looked for and is not in the workspace, in words.
    """

    identifiers: tuple[tuple[str, str], ...]
    text: str | None = None
    pdq: str | None = None
    numbers: tuple[Number, ...] = ()
    names: tuple[str, ...] = ()
    mentions: tuple[tuple[str, str], ...] = ()
    value: str = ""
    read: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


def understand(query: str, region: str = "", files: bool = True) -> Asked:
    """Read a question as an extractor would; `clew.query.asked_here.known` says what a workspace holds of it.

    Args:
        query: a phone in any spelling, mail address, link, @handle, ``type:value``, wallet, path of a picture, 64 hex
            digits of a PDQ hash, or the text of an advert.
        region: ISO country for numbers written without a country.
        files: may it name a picture's file on this machine? Not where the question comes over a network.

    Raises:
        InputError: nothing in it can be looked up, or there is no such country.
    """
    region = _country(region)
    query = query.strip()[:MAX_TEXT]
    if _PDQ.fullmatch(query):
        return Asked((), pdq=query.lower())
    if files and _PICTURE.search(query):
        return _picture(Path(query))
    query = query.encode("utf-8", "replace").decode()  # no half of a pair
    if not _SAYS.search(query):
        raise nothing_in(query)
    return _typed(query, region) or _read(query, region)


def nothing_in(query: str) -> InputError:
    """What is raised where a question can be looked up in no way."""
    return InputError(
        f"{query!r} is no identifier that Clew reads, and too short to be looked up as a text.",
        "Give a phone (with country code), mail address, link, @handle, wallet, picture, or a longer text.",
    )


def _country(region: str) -> str:
    """An ISO country in capitals, or "".

    Raises:
        InputError: it is none.
    """
    region = region.strip()
    if region and region.upper() not in regions():
        raise InputError(
            f"{region[:40]!r} is no country whose numbers Clew knows.", "Give its two letters (ISO 3166): NL, US, GB."
        )
    return region.upper()


def _picture(path: Path) -> Asked:
    from clew.ingest.pdq import pdq

    return Asked((), pdq=pdq(path).hex)


def _typed(query: str, region: str) -> Asked | None:
    """``type:value`` as Clew prints it, without a space between; None where a question is none."""
    kind, _, value = query.partition(":")
    kind = kind.lower()
    if not value or value[0].isspace() or len(value) > _LONGEST_VALUE or not value.isprintable():
        return None
    if kind == "image" and _PDQ.fullmatch(value):
        return Asked((), pdq=value.lower())
    if kind in ATTRIBUTE_TYPES:
        return Asked((), mentions=((kind, value),))
    if (kind == "phone" and not _E164.fullmatch(value)) or (kind in _NAMED and ":" not in value):
        at = kind == "handle" and _AT.fullmatch("@" + value.removeprefix("@"))
        return Asked((), names=(at[1].lower(),)) if at else _read(value, region)
    return Asked(((kind, value),)) if kind in IDENTIFIER_TYPES else None


def _read(query: str, region: str) -> Asked:
    """Everything that ties records in a question, each once, phones first; and whether there is a text beside it."""
    from clew.extract._phone_query import numbers_in, read_query  # reads plain digits without loading a kernel

    if _MAIL.fullmatch(query):
        return Asked((("email", query.lower()),))
    value = query if len(query) <= _LONGEST_VALUE and query.isprintable() else ""
    if at := _AT.fullmatch(query):
        return Asked((), names=(at[1].lower(),), value=value)
    if not any(c.isalpha() for c in query) and (number := read_query(query, region)):
        return _asked([number], {}, None, value)
    numbers = numbers_in(query, region)
    pairs, spans = _extracted(query)
    if not numbers and not pairs and (number := read_query(query, region)):
        return _asked([number], {}, None, value)
    beside = _without(query, [*spans, *(span for _, span in numbers)])
    text = query if len(_WORD.findall(beside)) >= _FEW_WORDS else None
    return _asked([number for number, _ in numbers], pairs, text, value)


def _asked(numbers: list[Number], pairs: dict[tuple[str, str], None], text: str | None, value: str) -> Asked:
    sure = dict.fromkeys(("phone", number.readings[0]) for number in numbers if number.sure)
    names = tuple(name for kind, name in pairs if kind == "handle" and name.startswith("at:"))
    return Asked(
        tuple(sure | {pair: None for pair in pairs if pair[1] not in names}),
        text,
        numbers=tuple(dict.fromkeys(number for number in numbers if not number.sure)),
        names=tuple(name.removeprefix("at:") for name in names),
        value="" if sure and not pairs else value,
    )


def _extracted(query: str) -> tuple[dict[tuple[str, str], None], list[tuple[int, int]]]:
    """Identifiers other than phones in a text, and where they stand."""
    from clew.extract.base import batch_of_texts
    from clew.extract.registry import extractors

    batch = batch_of_texts([query])
    kinds = set(IDENTIFIER_TYPES) - {"phone"}
    tables = [e.find(batch) for e in extractors() if set(e.types) & kinds]
    rows = [row for table in tables for row in table.select(["type", "value", "start", "end"]).to_pylist()]
    found = [row for row in rows if row["type"] in kinds]
    return dict.fromkeys((row["type"], row["value"]) for row in found), [(row["start"], row["end"]) for row in found]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """A text with some places of it left blank."""
    left = list(text)
    for begin, end in spans:
        left[begin:end] = " " * len(left[begin:end])
    return "".join(left)
