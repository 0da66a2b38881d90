"""Receipts in mails: who was paid, how much and for what, where the mail says so clearly; else nothing."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Sequence
from email.utils import getaddresses
from importlib.resources import files

import orjson
import pyarrow as pa

from clew.ingest.amounts import parse_amounts
from clew.ingest.base import Batch

_LISTS: dict[str, str] = tomllib.loads((files("clew.ingest") / "money_receipts.toml").read_text("utf-8"))
_READ = 40_000  # characters of a mail that are looked at
_FIRST = 300  # characters in which a receipt names itself, where the subject does not
_CODES = "EUR|USD|GBP|CHF|PLN|CZK|HUF|RON|BGN|SEK|DKK|NOK|UAH|RUB|TRY|CAD|AUD"
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "US$": "USD",
    "$": "USD",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "лв": "BGN",
}
_SIGN = "|".join(re.escape(sign) for sign in _SIGNS)
_NUMBER = r"\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"
_MONEY = (
    rf"(?:(?P<before>{_CODES}|{_SIGN})\s?(?P<first>{_NUMBER})(?!\d)"
    rf"|(?P<second>{_NUMBER})\s?(?P<behind>{_CODES}|{_SIGN})(?!\w))"
)
_TAGS = re.compile(r"(?is)<(style|script|head)\b.{0,200000}?</\1>|<[^<>]{0,5000}>")
_RECEIPT, _PAID, _NEVER, _TO, _ADVERT, _NUMBERED = (
    re.compile(_LISTS[name], re.IGNORECASE) for name in ("receipt", "paid", "never", "to", "advert", "number")
)
_CARD = re.compile(_LISTS["card"], re.IGNORECASE)
_SURE, _TOTAL = (
    re.compile(rf"(?<!\w){_LISTS[name]}(?!\w)[^\d\n.€$£]{{0,40}}{_MONEY}", re.IGNORECASE) for name in ("sure", "total")
)

Row = dict[str, str | None]
Receipt = tuple[Row, dict[str, str]]  # the fields of a record; what goes to extra


def receipt_of(mail: Row, sender: str | None) -> Receipt | None:
    """The payment that a mail is the receipt of.

    Args:
        mail: the fields of the message.
        sender: its From header, with the name.
    """
    subject, body = mail.get("title") or "", mail.get("body") or ""
    address = mail.get("handle")
    if not (_RECEIPT.search(subject) or _RECEIPT.search(body[:_FIRST])) or not address or "@" not in address:
        return None
    text = _plain(body[:_READ])
    whole = f"{subject}\n{text}"
    if _NEVER.search(whole) or not _PAID.search(whole):
        return None
    amount = _one_amount(whole)
    if amount is None or not mail.get("posted_at"):
        return None
    named = _TO.search(whole)
    name = named["name"].strip() if named is not None else _display_name(sender)
    domain = address.rsplit("@", 1)[1].lower()
    advert, card, number = _ADVERT.search(whole), _CARD.search(whole), _NUMBERED.search(whole)
    own_id = mail.get("native_id")
    fields: Row = {
        "payer": mail.get("recipient"), "payee": name if named is not None else domain, "amount": amount[0],
        "currency": amount[1], "posted_at": mail.get("posted_at"), "title": subject or None,
        "native_id": f"{own_id}/payment" if own_id else None,
    }  # fmt: skip
    extra = {
        "type": "receipt", "status": "booked", "payee_name": name or domain,
        "card": f"*{card['digits']}" if card is not None else "",
        "reference": advert["id"] if advert is not None else number["id"] if number is not None else "",
        "label": "advert" if advert is not None else "",
    }  # fmt: skip
    return fields, {key: value for key, value in extra.items() if value}


def _plain(body: str) -> str:
    """The text of a body, without tags where it is HTML."""
    if "<" in body and re.search(r"(?i)</?(html|body|div|table|p|br|td)\b", body):
        body = html.unescape(_TAGS.sub(" ", body))
    return re.sub(r"[ \t\u00a0]+", " ", body)


def _one_amount(text: str) -> tuple[str, str] | None:
    """(amount, currency) that the text says was paid, else its only total; None where that is not one amount."""
    for pattern in (_SURE, _TOTAL):
        found = {_money(match) for match in pattern.finditer(text)}
        found.discard(None)
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None


def _money(found: re.Match[str]) -> tuple[str, str] | None:
    written, sign = found["first"] or found["second"], found["before"] or found["behind"]
    value = parse_amounts(pa.array([written]), comma=False).value[0].as_py()
    if not value:
        return None
    return f"{value.normalize():f}", _SIGNS.get(sign.lower(), sign.upper())


def _display_name(sender: str | None) -> str | None:
    names = [name for name, _ in getaddresses([sender or ""]) if name]
    return " ".join(names[0].split())[:200] if names else None


def beside(batch: Batch, receipts: Sequence[tuple[int, Receipt]]) -> Batch:
    """The messages of a batch and, behind them, the payments that some of them are receipts of."""
    if not receipts:
        return batch
    n, lines = len(receipts), batch.lines.to_pylist()
    names = sorted({*batch.columns, *(name for _, (fields, _) in receipts for name in fields)})
    keys = sorted({*batch.encoded, *(key for _, (_, extra) in receipts for key in extra)})
    none = pa.nulls(len(lines), pa.string())
    columns = {
        name: pa.concat_arrays(
            [batch.columns.get(name, none), pa.array([fields.get(name) for _, (fields, _) in receipts], pa.string())]
        )
        for name in names
    }
    encoded = {
        key: pa.concat_arrays(
            [
                batch.encoded.get(key, none),
                pa.array([_json(extra.get(key)) for _, (_, extra) in receipts], pa.string()),
            ]
        )
        for key in keys
    }
    kinds = pa.concat_arrays([none, pa.array(["payment"] * n, pa.string())])
    return Batch(
        columns, pa.array([*lines, *(line for line, _ in receipts)], pa.int64()), encoded, batch.rejects, kinds
    )


def _json(value: str | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
