"""Statements of mobile money (CSV: M-Pesa, MTN, Orange, Airtel): the other side stands in a column or in the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Source
from clew.ingest.extras import as_json
from clew.ingest.formats import bankcsv
from clew.ingest.money_roles import find_layout, key_of
from clew.ingest.money_simple import LISTS
from clew.ingest.money_types import of_words

_SERVICES = {name: frozenset(columns.split()) for name, columns in LISTS["mobile"].items()}
_COUNTRIES = {name: frozenset(codes.split()) for name, codes in LISTS["mobile_in"].items()}
_HOMES: dict[str, str] = LISTS["mobile_home"]
_SIDES = [re.compile(pattern) for pattern in LISTS["sides"]["patterns"]]
_EDGES = re.compile(r"^[\s.:-]+|[\s.:-]+$")
_NUMBER = re.compile(r"(?P<abroad>\+|00)?(?P<digits>[0-9]{9,15})")


def service_of(names: tuple[str, ...]) -> str | None:
    """The service whose columns are all there."""
    keys = {key_of(name) for name in names}
    return next((service for service, needed in _SERVICES.items() if needed <= keys), None)


def sniff(head: bytes, name: str) -> float:
    """A statement whose columns are those of a service of mobile money."""
    if head.lstrip()[:1] in (b"{", b"[", b"<", b"") or head.startswith(b"PAR1"):
        return 0.0
    layout = find_layout(head, name)
    return 0.97 if layout is not None and service_of(layout.names) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """What a bank's table gives, with the other side taken from the text where it stands only there; customers by their
    telephones.
    """
    layout = find_layout(next(source.text_blocks(), b""), source.name)
    service = service_of(layout.names) if layout is not None else None
    for chunk in bankcsv.read(source, is_field):
        yield partial(iter, tuple(_told(batch, service) for batch in chunk()))


def _told(batch: Batch, service: str | None) -> Batch:
    if not len(batch.lines) or "payer" not in batch.columns:
        return batch
    columns, encoded = dict(batch.columns), dict(batch.encoded)
    texts = columns["body"].dictionary_encode()
    found = [_other_side(text, service) for text in texts.dictionary.to_pylist()]
    account, name, kind = (
        pa.array([one[n] for one in found], pa.string()).take(texts.indices) for n in range(3)
    )  # fmt: skip
    credit = pc.equal(encoded["direction"], '"credit"')
    payer, payee = (_telephones(columns[side], service) for side in ("payer", "payee"))
    columns["payer"] = pc.coalesce(payer, pc.if_else(credit, pc.coalesce(account, name), None))
    columns["payee"] = pc.coalesce(payee, pc.if_else(credit, None, pc.coalesce(account, name)))
    none = pa.nulls(len(batch.lines), pa.string())
    for side, other in (("payer_name", credit), ("payee_name", pc.invert(credit))):
        encoded[side] = pc.coalesce(encoded.get(side, none), as_json(pc.if_else(other, name, None)))
    encoded["type"] = pc.coalesce(as_json(kind), encoded.get("type", none))
    return Batch(columns, batch.lines, encoded, batch.rejects)


@lru_cache(maxsize=65_536)
def _other_side(text: str | None, service: str | None) -> tuple[str | None, str | None, str | None]:
    """(account, name, how) that a text tells of the other side."""
    if not text:
        return None, None, None
    text = text[:300]
    kind = of_words(text)
    known = kind if kind != text else None
    for pattern in _SIDES:
        if (found := pattern.search(text)) is not None:
            said = found.groupdict()
            account = said["till"] if said.get("till") else _telephone(said["account"], service)
            return account, _EDGES.sub("", said["name"]) or None, known
    return None, None, known


def _telephones(numbers: pa.Array, service: str | None) -> pa.Array:
    coded = numbers.dictionary_encode()
    told = [_telephone(number, service) for number in coded.dictionary.to_pylist()]
    return pa.array(told, pa.string()).take(coded.indices)


@lru_cache(maxsize=65_536)
def _telephone(number: str, service: str | None) -> str:
    """A customer's number in E.164, if it is of a mobile phone where the service is; else as it is written.

    Services write numbers with the country's code and without a plus; people write them as they dial.
    """
    found = _NUMBER.fullmatch(number)
    if found is None or service is None:
        return number
    attempts = [f"+{found['digits']}"]
    if (home := _HOMES.get(service)) and not found["abroad"] and number.startswith("0"):
        attempts.append(f"+{home}{number[1:]}")
    return next((mobile for attempt in attempts if (mobile := _mobile(attempt, _COUNTRIES[service]))), number)


def _mobile(number: str, countries: Collection[str]) -> str | None:
    """A mobile phone of some countries in E.164; None where it is no such number."""
    import phonenumbers  # few files are of mobile money

    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.number_type(parsed) not in mobile or phonenumbers.region_code_for_number(parsed) not in countries:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def examples() -> tuple[Example, ...]:
    """Money received, a withdrawal and a payment, of M-Pesa; a payment that failed."""
    text = (
        "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
        "QA1,2025-07-01 10:00:00,Funds received from - 2547******123 ANN ANDER,Completed,500.00,,1500.00\n"
        "QA2,2025-07-01 11:00:00,Customer Withdrawal At Agent Till 123456 - AGENT ONE,Completed,,-200.00,1300.00\n"
        "QA3,2025-07-01 12:00:00,Pay Bill to 888880 - POWER Acc. 12,Completed,,-300.00,1000.00\n"
        "QA4,2025-07-01 13:00:00,Pay Bill to 888880 - POWER Acc. 12,Failed,,-300.00,1000.00\n"
    )
    return (Example("statement.csv", text.encode(), (None,) * 3, rejected=1),)


PLUGIN = Format("mobile money", sniff, read, examples, platform="mobile money", kind="payment")
