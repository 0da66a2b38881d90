"""The fields of SWIFT statements (MT940, MT942): lines that begin with a tag such as ``:61:``, and what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException

from clew.ingest.base import MAX_LINE, Reject, clip
from clew.ingest.money_iban import leading_iban
from clew.ingest.money_rows import Value, compact, is_iban, joined, one_line
from clew.ingest.streams import Lines

MAX_LINES = 200  # of one field; the standard allows six
_TAG = re.compile(r":(\d\d[A-Z]?):")
_BLOCK = re.compile(r"\{[1-5]:")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<mark>[CD]|R[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>\d{0,15}(?:[,.]\d{0,4})?)"
    r"(?P<type>[A-Z][A-Z0-9]{3})?(?P<reference>[^\n]*)(?:\n(?P<more>.*))?",
    re.DOTALL,
)
_BALANCE = re.compile(r"(?P<mark>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})(?P<amount>\d{1,15}(?:[,.]\d{0,4})?)\s*")
_CODED = re.compile(r"(?P<gvc>\d{3})(?P<mark>[^\w\s])(?=\d\d)", re.ASCII)
_SLASHED = re.compile(
    r"/(TRTP|TRCD|EREF|MARF|CSID|CNTP|REMI|PURP|ULTC|ULTD|IBAN|BIC|NAME|ORDP|BENM|ADDR|ISDT|PREF|SVCL|ID|RTRN|TRAN|BA)/"
)
_SEPA = re.compile(r"(?:^|(?<=\s)|(?<=\W))(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|OAMT|COAM)[+:]\s?")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?=\s|$)")


@dataclass(frozen=True)
class Field:
    """A field: its tag, its text with the lines as they stand, the line where it begins."""

    tag: str
    text: str
    line: int


@dataclass
class Told:
    """What field 86 says of an entry."""

    account: Value = None
    bank: Value = None
    name: Value = None
    final: Value = None
    reference: Value = None
    mandate: Value = None
    purpose: Value = None
    gvc: Value = None
    words: list[str] = field(default_factory=list)

    @property
    def body(self) -> Value:
        """The text that a person reads."""
        return one_line(joined(self.words))

    def add(self, other: Told) -> None:
        """Add what another field tells: its words, and what is not known yet."""
        self.words += other.words
        for name, value in vars(other).items():
            if getattr(self, name) is None:
                setattr(self, name, value)


def fields_of(blocks: Iterator[Lines]) -> Iterator[Field | Reject]:
    """The fields of a file in order, whatever stands around them: envelopes of SWIFT, page breaks, blank lines."""
    tag, lines, begin = "", list[str](), 0
    for block in blocks:
        if block.too_long:
            yield Reject(block.first, f"line over {MAX_LINE >> 20} MiB", clip(block.text))
            continue
        text = block.text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        for line, said in enumerate(text.split("\n"), block.first):
            found = _tag_of(said)
            ends = said.startswith(("-}", "{")) or said.strip() == "-"
            if found is None and not ends:
                if tag and len(lines) < MAX_LINES:
                    lines.append(said)
                continue
            if tag:
                yield Field(tag, "\n".join(lines).rstrip(), begin)
            tag = found[1] if found is not None else ""
            lines, begin = [said[found.end() :] if found is not None else ""], line
            if ends and found is None:
                yield Field("", "", line)
    if tag:
        yield Field(tag, "\n".join(lines).rstrip(), begin)


def _tag_of(line: str) -> re.Match[str] | None:
    """The tag that a line begins with, or that stands behind the envelope which SWIFT puts before the first one."""
    return _TAG.match(line) or (_TAG.search(line, 0, 200) if _BLOCK.match(line) else None)


def amount_of(written: str) -> Decimal | None:
    """An amount with a decimal comma, as the standard has it, or with a point, as some write it."""
    plain = written.replace(",", ".")
    try:
        return Decimal(plain.rstrip(".") if plain.endswith(".") else plain)
    except DecimalException:
        return None


def balance_of(text: str) -> tuple[Decimal, str, str] | None:
    """(balance with sign, currency, day) of fields 60 and 62; None where it cannot be read."""
    found = _BALANCE.match(text)
    amount = amount_of(found["amount"]) if found is not None else None
    if found is None or amount is None:
        return None
    return (-amount if found["mark"] == "D" else amount), found["currency"], found["day"]


def entry_of(text: str) -> re.Match[str] | None:
    """The parts of field 61; None where it does not begin with a date, a mark and an amount."""
    found = _ENTRY.match(text.strip())
    return found if found is not None and re.search(r"\d", found["amount"]) else None


def day_of(written: str, booked: str | None = None) -> Value:
    """``YYMMDD`` as a date; with ``booked`` (``MMDD``), the day of booking, which may be in the year beside it."""
    year, month = 2000 + int(written[:2]), int(written[2:4])
    year -= 100 if year > 2079 else 0
    if booked is None:
        return _date(year, month, int(written[4:6]))
    other = int(booked[:2])
    year += 1 if month - other > 6 else -1 if other - month > 6 else 0
    return _date(year, other, int(booked[2:]))


def _date(year: int, month: int, day: int) -> Value:
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def information(*fields: str) -> Told:
    """Field 86, however the bank builds it: ``?20`` and the like, ``/EREF/``, ``EREF+``, or words alone; and where an
    entry has several, what all of them tell.
    """
    told, *more = [_information(text) for text in _wholes(fields)] or [Told()]
    for other in more:
        told.add(other)
    return told


def _wholes(fields: Sequence[str]) -> list[str]:
    """Fields of one entry, each whole: one that the next repeats and goes on is left out (Polish banks write the code
    alone first), subfields without a code of their own belong to those before.
    """
    wholes = list[str]()
    for text in fields:
        coded = _CODED.match(wholes[-1]) if wholes else None
        if wholes and text.startswith(wholes[-1]):
            wholes[-1] = text
        elif coded is not None and text.startswith(coded["mark"]):
            wholes[-1] += f"\n{text}"
        else:
            wholes.append(text)
    return wholes


def _information(text: str) -> Told:
    coded = _CODED.match(text)
    if coded is not None:
        return _coded(text[coded.end() :], coded["gvc"], coded["mark"])
    flat = text.replace("\n", "")
    if _SLASHED.search(flat):
        return _slashed(flat)
    told = Told()
    _sepa(told, text)
    return told


def _coded(text: str, gvc: str, mark: str) -> Told:
    """Subfields of two digits behind a mark: 20–29 and 60–63 the purpose, 30 the bank, 31 the account, 32–33 the name.

    A line of a subfield goes on with the next one without a blank; the banks cut after 27 characters.
    """
    told, lines = Told(gvc=gvc), dict[str, str]()
    for part in text.replace("\n", "").split(mark):
        if part[:2].isdigit():
            lines[part[:2]] = lines.get(part[:2], "") + part[2:]
        elif lines:
            lines[next(reversed(lines))] += mark + part  # the mark was part of a text
    told.bank = one_line(lines.get("30"))
    told.account = compact(lines.get("38")) or compact(lines.get("31"))
    told.name = one_line((lines.get("32", "") + lines.get("33", "")) if "32" in lines else lines.get("33"))
    if told.name is None and "27" in lines and "38" in lines:  # as Polish banks have it
        told.name = one_line(lines.pop("27") + " " + lines.pop("28", "") + " " + lines.pop("29", ""))
    ordered = [
        *sorted(key for key in lines if "20" <= key <= "29"),
        *sorted(key for key in lines if "60" <= key <= "63"),
    ]
    # A keyword begins a subfield of its own: with a blank it is found again.
    purpose = "".join(f" {lines[key]}" if _SEPA.match(lines[key]) else lines[key] for key in ordered)
    _sepa(told, purpose)
    if not told.words and "00" in lines:
        told.words.append(lines["00"])
    return told


def _slashed(text: str) -> Told:
    """Words between slashes, as Dutch banks and the SEPA rules for field 86 have them."""
    told, cuts = Told(), list(_SLASHED.finditer(text))
    told.words = [text[: cuts[0].start()].strip()]
    side = ""
    for found, following in zip(cuts, [*cuts[1:], None], strict=True):
        key, said = found[1], text[found.end() : following.start() if following is not None else len(text)].strip(" /")
        if key in ("ORDP", "BENM", "ULTC", "ULTD"):
            side = key
        if key == "CNTP":  # account / bank / name / town
            parts = [part.strip() or None for part in said.split("/")] + [None] * 3
            told.account, told.bank, told.name = compact(parts[0]), parts[1], parts[2]
        elif key == "NAME" and said:
            if side.startswith("ULT"):
                told.final = told.final or said
            else:
                told.name = told.name or said
        elif key in ("ULTC", "ULTD") and said:
            told.final = said
        elif key in ("IBAN", "BA") and said:
            told.account = told.account or compact(said)
        elif key == "BIC" and said:
            told.bank = told.bank or said
        elif key == "EREF" and said:
            told.reference = said
        elif key == "MARF" and said:
            told.mandate = said
        elif key == "REMI" and said:
            told.words.append(re.sub(r"^(USTD|STRD)//?", "", said).strip("/ "))
        elif key == "PURP" and said:
            told.purpose = said.removeprefix("CD/").strip("/ ")
    return told


def _sepa(told: Told, text: str) -> None:
    """``EREF+``, ``SVWZ+`` and the like within the purpose; what stands before the first is text."""
    cuts = list(_SEPA.finditer(text))
    if not cuts:
        told.words.append(text)
        return
    told.words.append(text[: cuts[0].start()].strip())
    for found, following in zip(cuts, [*cuts[1:], None], strict=True):
        said = one_line(text[found.end() : following.start() if following is not None else len(text)])
        if not said:
            continue
        key = found[1]
        if key == "SVWZ":
            told.words.append(said)
        elif key == "EREF":
            told.reference = told.reference or said
        elif key == "MREF":
            told.mandate = said
        elif key in ("ABWA", "ABWE"):
            told.final = said
        elif key == "IBAN":
            account, more = _account_in(said)
            told.account = told.account or account
            told.words.append(more.strip())
        elif key == "BIC":
            code = _BIC.match(said)
            end = code.end() if code is not None else len(said)
            told.bank = told.bank or said[:end]
            told.words.append(said[end:].strip())
        elif key == "PURP":
            told.purpose = said


def _account_in(said: str) -> tuple[Value, str]:
    """(the IBAN that a text begins with, words behind it). One with wrong check digits is a word, or all there is."""
    account, more = leading_iban(said)
    if account is not None:
        return account, more
    first, _, more = said.partition(" ")
    if is_iban(first):
        return first, more
    whole = compact(said)
    return (whole, "") if is_iban(whole) else (None, said)
