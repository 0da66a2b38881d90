"""Text messages backed up from an Android phone by SMS Backup & Restore: SMS, and MMS with their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from clew.ingest.base import NUL_BYTE, Batch, Chunk, Example, Format, IsField, Reject, Source, clip
from clew.ingest.chats import OWNER, Messages, Value, as_list, between, contact_of, photos, tagged
from clew.ingest.chats_json import instant
from clew.ingest.chats_xml import Element, Elements, attributes, unescaped
from clew.ingest.streams import DamagedError, mend, noting

_START = re.compile(rb"<smses\b|<(?:sms|mms)\s[^>]{0,400}?\b(?:address|date|msg_box)=")
_PART = re.compile(rb"""<part\s((?:[^<>"']|"[^"]*"|'[^']*')*+)/?>""")
_ADDRESS = re.compile(rb"""<addr\s((?:[^<>"']|"[^"]*"|'[^']*')*+)/?>""")
_DATA = re.compile(rb"""\sdata\s*=\s*(?:"[^"]*"|'[^']*')""")
_TOLD = re.compile(rb"""\s(address|contact_name)="([^"]*)\"""")
_NO_DIGIT = re.compile(r"\D")
_SPACING = re.compile(r"[\s().\u00a0/-]+")
_SENT = ("2", "4", "5", "6")  # sent, outbox, failed, queued
_DRAFT = "3"
_FROM, _OWN_PLACEHOLDER = "137", "insert-address-token"
_TO = ("151", "130", "129")  # to, copy, blind copy; the owner is one of those of a message that was received
_NONE = ("null", "")
_NO_NAME = ("(Unknown)", *_NONE)
_ALIKE = 8  # digits at the end, in which the spellings of a number agree

Spellings = Mapping[str, str]  # a number as it is written to the one that stands for it


def sniff(head: bytes, name: str) -> float:
    """XML whose root or records are those of the app."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return 0.97 if text.startswith(b"<") and _START.search(text[:65_536]) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole messages; the file is read twice, to know which numbers are one."""
    spellings = _spellings(source)
    for found in Elements(("sms", "mms")).blocks(source.text_blocks()):
        yield partial(_parse, found, spellings)


def _spellings(source: Source) -> Spellings:
    """The numbers to replace: the same contact has one that agrees in its last digits, with the country before them."""
    known: dict[tuple[str, str], set[str]] = {}
    for found in noting(Elements(("sms", "mms")).blocks(source.text_blocks())):
        if isinstance(found, DamagedError):
            break  # the second reading reports it
        for element in found:
            told = _who(element) if isinstance(element, Element) else {}
            number = _number(unescaped(told.get(b"address", b"").decode("utf-8", "replace")), {})
            name = unescaped(told.get(b"contact_name", b"").decode("utf-8", "replace"))
            if name not in _NO_NAME and len(digits := _NO_DIGIT.sub("", number)) >= _ALIKE:
                known.setdefault((name, digits[-_ALIKE:]), set()).add(number)
    one: dict[str, str] = {}
    for numbers in known.values():
        whole = {f"+{number.removeprefix('00')}" if number.startswith("00") else number for number in numbers}
        abroad = [number for number in whole if number.startswith("+")]
        if len(abroad) == 1 and len(numbers) > 1:
            one.update(dict.fromkeys(numbers, abroad[0]))
    return one


def _who(element: Element) -> dict[bytes, bytes]:
    """The address and the name in the first tag of an element."""
    end = None if element.tag == "sms" else element.text.find(b">")
    return dict(_TOLD.findall(element.text[:end]))


def _parse(found: Sequence[Element | Reject], spellings: Spellings) -> Iterator[Batch]:
    messages = Messages()
    for element in found:
        if isinstance(element, Reject):
            messages.rejects.append(element)
            continue
        if b"\x00" in element.text or b"&#0;" in element.text:
            messages.rejects.append(Reject(element.line, NUL_BYTE, clip(element.text)))
            continue
        text = mend(element.text)
        told = attributes(_DATA.sub(b"", text[: text.find(b">", _quoted_end(text)) + 1]))
        (_add_sms if element.tag == "sms" else _add_mms)(messages, element.line, told, text, spellings)
    yield messages.batch()


def _quoted_end(text: bytes) -> int:
    """A byte within or after the last attribute of the first tag, before the ``>`` that ends it."""
    found = re.match(rb"""<\w+(?:[^<>"']|"[^"]*"|'[^']*')*+""", text)
    return found.end() if found else 0


def _value(text: Value) -> Value:
    return None if text is None or text in _NONE else text


def _number(written: str, spellings: Spellings) -> str:
    """A phone number without spacing, as it is spelt elsewhere; a name that stands for one as it is."""
    number = _SPACING.sub("", written) if contact_of(written) and "@" not in written else written
    return spellings.get(number, number)


def _add(
    messages: Messages,
    line: int,
    told: dict[str, str],
    others: list[str],
    sender: Value,
    body: Value,
    more: dict[str, object],
) -> None:
    """Add a message between the owner and others; ``sender`` is null where the owner wrote it."""
    name = _value(told.get("contact_name"))
    one = others[0] if len(others) == 1 else None
    media = [str(file) for file in more.get("media") or ()]  # type: ignore[attr-defined]
    fields: dict[str, Value] = {
        "conversation": between(one, OWNER) if one else tagged("group", *sorted(others)),
        "handle": sender or OWNER,
        "recipient": (OWNER if sender else one) if one else None,
        "contact": contact_of(sender),
        "posted_at": instant(told.get("date")) or _value(told.get("readable_date")) or _value(told.get("date")),
        "title": _value(told.get("subject") or told.get("sub")),
        "body": body,
        "images": as_list(photos(media)),
    }
    known = name if name not in _NO_NAME else None
    messages.add(line, fields, {**more, "name" if sender else "recipient_name": known})


def _add_sms(messages: Messages, line: int, told: dict[str, str], text: bytes, spellings: Spellings) -> None:
    address, kind = _value(told.get("address")), told.get("type")
    if address is None or "body" not in told:
        messages.rejects.append(Reject(line, "a message without a number or a text", clip(text)))
        return
    other = _number(address, spellings)
    sender = None if kind in _SENT or kind == _DRAFT else other
    _add(messages, line, told, [other], sender, _value(told["body"]), {"draft": kind == _DRAFT})


def _add_mms(messages: Messages, line: int, told: dict[str, str], text: bytes, spellings: Spellings) -> None:
    body, files = _parts(text)
    given = (_value(number) for number in (told.get("address") or "").split("~"))
    numbers = (_number(number, spellings) for number in given if number and number != _OWN_PLACEHOLDER)
    others = list(dict.fromkeys(numbers))
    senders = [_number(number, spellings) for number in _addresses(text, _FROM)]
    received = told.get("msg_box") == "1"
    sender = next(iter(senders), None) or (others[0] if len(others) == 1 else None)
    if received and sender is not None and not others:
        others = [sender]
    if not others:
        messages.rejects.append(Reject(line, "a message without a number", clip(text)))
        return
    to = [*(_number(number, spellings) for number in _addresses(text, *_TO)), *others]
    to = [number for number in dict.fromkeys(to) if number != sender or not received]
    more: dict[str, object] = {"media": files, "recipients": to if len(to) > 1 else None}
    _add(messages, line, told, others, (sender or "unknown") if received else None, body, more)


def _parts(text: bytes) -> tuple[Value, list[str]]:
    """(the texts of a message, the names of its files)."""
    texts, files = list[str](), list[str]()
    for found in _PART.finditer(text):
        part = attributes(_DATA.sub(b"", b" " + found[1]))
        kind = part.get("ct", "")
        if kind == "text/plain":
            if written := _value(part.get("text")):
                texts.append(written)
        elif kind != "application/smil":
            names = (_value(part.get(key)) for key in ("fn", "cl", "name"))
            files.append(next((name for name in names if name), kind or "file"))
    return "\n".join(texts) or None, files


def _addresses(text: bytes, *kinds: str) -> list[str]:
    found = (attributes(address[1]) for address in _ADDRESS.finditer(text))
    named = (address.get("address", "") for address in found if address.get("type") in kinds)
    return [address for address in named if address not in (*_NONE, _OWN_PLACEHOLDER)]


def examples() -> tuple[Example, ...]:
    """SMS with a character in two halves, an MMS in two parts, a torn element."""
    content = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"4\">\n"
        '  <sms protocol="0" address="+31 6 12345678" date="1612191846123" type="1" '
        'body="Hi &#55357;&#56832; &amp; bye" contact_name="Ann" />\n'
        '  <sms protocol="0" address="0612345678" date="1612191847000" type="2" body="torn />\n'
        '  <sms protocol="0" address="+31612345678" date="1612191848000" type="2" body="ok" contact_name="null" />\n'
        '  <mms date="1612191849000" msg_box="1" address="+31612345678" sub="null"><parts>\n'
        '    <part seq="0" ct="text/plain" text="look" /><part seq="1" ct="image/jpeg" cl="a.jpg" data="/9j/" />\n'
        '  </parts><addrs><addr address="+31612345678" type="137" /></addrs></mms>\n</smses>\n'
    )
    return (Example("sms-20210201.xml", content.encode(), (None,) * 3, rejected=1),)


PLUGIN = Format("SMS Backup & Restore", sniff, read, examples, platform="sms", kind="message", certain_dates=True)
