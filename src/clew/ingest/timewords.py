"""Times with words in or around them, put into what the kernel of times reads: numbers in the order it knows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

# How the names of the months start, without accents and case: of most of Europe, then in Cyrillic and Greek letters.
# The longest start that fits is taken.
_MONTHS = (
    "jan janv ene gen sty led ian oca tam янв яну јан січ сту ιαν",
    "feb fev fevr lut uno sub hel фев феб лют φεβ",
    "mar mrz maerz marz maa mrt bre мар бер сак μαρ",
    "apr avr abr kwi dub nis huh апр кві кра απρ",
    "may mai mei mag maj kve tou маи мая мај тра μαι",
    "jun juin giu cze cer iun haz kes июн јун юни чер чэр ιουν",
    "jul juil lug lip iul cvc cerven cervenec cervence tem hei июл јул юли лип ліп ιουλ",
    "aug aou ago sie srp agu elo авг сер жні αυγ",
    "sep set wrz zar sze eyl syy сен сеп вер σεπ",
    "oct okt out ott paz rij eki lok окт жов кас οκτ",
    "nov lis noi kas marr ноя ное нов лис ліс νοε",
    "dec dez dic gru pro des ara jou дек дец гру сне δεκ",
)
_MONTH = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts.split()}
_LONGEST = max(map(len, _MONTH))

_MOST = 100  # letters

_WORD = r"[^\W\d_]"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"""(?:{_WORD}{{2,12}}\.?,?\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er|º|o)?[\s-]{{0,3}}(?:de\s|of\s)?
            (?P<month>{_WORD}{{3,12}})\.?,?[\s-]{{1,3}}(?:de\s|del\s)?(?P<year>\d{{4}}|\d{{2}})
            (?:\s?(?:г|год|года|р|року)\b\.?)?""",
        rf"""(?:{_WORD}{{2,12}}\.?,?\s)?(?P<month>{_WORD}{{3,12}})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?
            ,?[\s-]{{1,3}}(?:de\s|del\s)?(?P<year>\d{{4}})""",
        rf"(?P<year>\d{{4}})\.?\s(?P<month>{_WORD}{{3,12}})\.?\s(?P<day>\d{{1,2}})\.?(?:,?\s{_WORD}{{2,12}})?",
        r"(?P<year>\d{4})\s?[年년]\s?(?P<number>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]",
    )
)
_NUMERIC = re.compile(r"\d{1,4}(?P<mark>[./-])\s?\d{1,2}(?P=mark)\s?\d{1,4}\.?")

_AT = r"(?:at|a|as|a\slas|alle|ore|um|om|o|kl|klo|ora|la|godz|v|ve|saat|в|о|об|у|στις)\.?"
_CLOCK = r"""(?:(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)
    |(?P<hour>\d{1,2})(?:[h.](?P<minute>\d{2})|(?=\s?(?:uhr|h|[ap]m)\b)))
    \s?(?P<half>[ap]\.?m\.?)?(?:\s?(?:uhr|hrs?|h|ч)\b\.?)?"""
_BEHIND = re.compile(rf"(?P<date>.+?)(?:,\s?|\s|(?<=\d)T|(?<=[日일]))(?:{_AT}\s?)?{_CLOCK}", re.IGNORECASE | re.VERBOSE)
_BEFORE = re.compile(rf"{_CLOCK}(?:,\s?|\s)(?P<date>.+)", re.IGNORECASE | re.VERBOSE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})", re.IGNORECASE)

# Hours east of UTC of zones whose letters mean nothing else.
_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "мск": 3, "est": -5, "edt": -4, "cdt": -5, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_PLACE = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}")
_NOTED = re.compile(r"(?P<rest>[^\[(]+?)\s?(?:\[(?P<place>[^\[\]()]{1,50})\]|\((?P<note>[^\[\]()]{1,50})\))")
_OFFSET = re.compile(
    r"(?P<rest>.*(?:\d{6}|:\d{2}(?:[.,]\d{1,9})?|m\.?|h))\s?(?:(?:UTC|GMT)(?P<sign>[+-])(?P<hours>\d{1,2})"
    r"(?::?(?P<minutes>[0-5]\d))?|(?P<sign2>[+-])(?P<hours2>\d{2}):?(?P<minutes2>[0-5]\d))",
    re.IGNORECASE,
)
_LAST = re.compile(r"(?P<rest>.+)(?:\s|(?<=\d)(?=Z$))(?P<name>[^\W\d_]\S*)", re.IGNORECASE)

_MILLIS = (
    re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/"),
    re.compile(r"\{\s?\"\$date\"\s?:\s?(-?\d{1,15})\s?\}"),
    re.compile(r"\{\s?\"\$date\"\s?:\s?\{\s?\"\$numberLong\"\s?:\s?\"(-?\d{1,15})\"\s?\}\s?\}"),
)
_WRAPPED = re.compile(r"\{\s?\"\$date\"\s?:\s?\"([^\"\\]{1,60})\"\s?\}")


@dataclass(frozen=True)
class Reworded:
    """A time as the kernel reads it, and the zone of its clock; None: the text names its offset or no zone."""

    text: str
    zone: tzinfo | None = None

    def offset(self, shown: int) -> int:
        """Minutes east of UTC when the clock of the zone shows a time (microseconds as if that were UTC)."""
        local = datetime(1970, 1, 1) + timedelta(microseconds=shown)
        east = local.replace(tzinfo=self.zone).utcoffset() or timedelta()
        return east // timedelta(minutes=1)


def reworded(text: str) -> Reworded | None:
    """The time that a text names, in numbers; None where it is not plain what it says."""
    text = " ".join(_bare(text).split()) if len(text) <= _MOST else ""
    if not text or not text.isprintable():
        return None
    if text[0] in "/{":
        for pattern in _MILLIS:
            if found := pattern.fullmatch(text):
                return _since_1970(int(found[1]))
        if (found := _WRAPPED.fullmatch(text)) is None:
            return None
        text = found[1].strip()
    parts = _zoned(text)
    if parts is None:
        return None
    rest, offset, zone = parts
    day, clock = _clocked(rest)
    date = _dated(day)
    return None if date is None else Reworded(f"{date} {clock}{offset}", zone)


def _since_1970(millis: int) -> Reworded | None:
    try:
        return Reworded((datetime(1970, 1, 1) + timedelta(milliseconds=millis)).isoformat())
    except OverflowError:
        return None


def _zoned(text: str) -> tuple[str, str, tzinfo | None] | None:
    """(the text without its zone, its offset as written, its zone by name); None for a note that names no zone."""
    noted = None
    if found := _NOTED.fullmatch(text):
        text, noted = found["rest"], found["place"] or found["note"]
    if found := _OFFSET.fullmatch(text):
        sign, hours = found["sign"] or found["sign2"], found["hours"] or found["hours2"]
        minutes = found["minutes"] or found["minutes2"] or "00"
        unknown = (sign, int(hours), int(minutes)) == ("-", 0, 0)  # RFC 5322: the zone is not known
        return found["rest"], "" if unknown else f"{sign}{int(hours):02}:{minutes}", None
    if (found := _LAST.fullmatch(text)) and (zone := zone_named(found["name"])):
        return found["rest"], "", zone
    if noted is None:
        return text, "", None
    return (text, "", zone) if (zone := zone_named(noted)) else None


def zone_named(name: str) -> tzinfo | None:
    """The zone of an abbreviation that is plain, or of a place such as Europe/Paris."""
    if (hours := _HOURS.get(name.casefold())) is not None:
        return timezone(timedelta(hours=hours))
    if not _PLACE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # KeyError: there is none of that name
        return None


def _clocked(text: str) -> tuple[str, str]:
    """(the date, the time of the day; midnight where there is none)."""
    if found := _COMPACT.fullmatch(text):
        return "-".join(found.groups()[:3]), ":".join(found.groups()[3:])
    found = _BEHIND.fullmatch(text) or _BEFORE.fullmatch(text)
    if found is None:
        return text, "00:00"
    clock = found["clock"] or f"{found['hour']}:{found['minute'] or '00'}"
    return found["date"], f"{clock} {found['half'][0]}m" if found["half"] else clock


def _dated(text: str) -> str | None:
    """A date in numbers, in the order in which they are written, or year first where the month is named."""
    text = text.removesuffix(",")
    if _NUMERIC.fullmatch(text):
        return text
    found = next((match for pattern in _DATES if (match := pattern.fullmatch(text))), None)
    if found is None:
        return None
    words = found.groupdict()
    month, year = words.get("number") or _month(found["month"]), int(found["year"])
    if month is None:
        return None
    if len(found["year"]) == 2:
        year += 2000 if year < 70 else 1900
    return f"{year:04}-{int(month):02}-{int(found['day']):02}"


def _bare(text: str) -> str:
    """The text without accents."""
    if text.isascii():
        return text
    parts = (char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", "".join(parts))


def _month(name: str) -> int | None:
    letters = name.casefold()
    return next((_MONTH[letters[:n]] for n in range(_LONGEST, 2, -1) if letters[:n] in _MONTH), None)
