"""Receipts of advert platforms and card processors (CSV): the product, the advert, the amount, the card that paid."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from clew.ingest.base import Chunk, Example, Format, IsField, Source
from clew.ingest.formats import csv as tables
from clew.ingest.money_roles import key_of
from clew.ingest.money_simple import Made, Rows, header_of, read_simple, roles_of, sentence

_OF_ADVERTS = {"title", "phone", "phonenumber", "text", "body", "images", "price", "age"}


def sniff(head: bytes, name: str) -> float:
    """A table whose header names an amount, who or which card paid, and an advert or a product; no table of adverts."""
    names = header_of(head)
    roles = roles_of(names, "receipts")
    paid = {"date", "amount"} <= roles.keys() and ("card" in roles or {"payer", "id"} <= roles.keys())
    what = roles.keys() & {"advert", "url"} or {"product", "id"} <= roles.keys()
    adverts = {key_of(name) for name in names} & _OF_ADVERTS
    return 0.95 if paid and what and not adverts and tables.sniff(head, name) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """What a CSV file gives; the card is the payer, the platform is paid."""
    return read_simple(source, is_field, "receipts", _made)


def _made(rows: Rows) -> Made:
    cell = rows.cell
    payee = cell("payee")
    fields = {
        "payer": pc.coalesce(cell("card"), cell("payer")), "payee": payee, "amount": cell("amount"),
        "currency": cell("currency"), "posted_at": cell("date"), "native_id": cell("id"), "url": cell("url"),
        "body": sentence(cell("product"), cell("advert")), "platform": payee,
    }  # fmt: skip
    extra = {
        "type": rows.constant("card" if "card" in rows.roles else None), "card": cell("card"),
        "reference": cell("advert"), "payer_name": cell("payer"), "status": rows.constant("booked"),
        "label": rows.constant("advert" if rows.roles.keys() & {"advert", "url"} else None),
    }  # fmt: skip
    return fields, extra


def examples() -> tuple[Example, ...]:
    """Receipts of two adverts, and one that was declined."""
    text = (
        "Receipt ID,Date,Product,Ad ID,Ad URL,Amount,Currency,Card token,Status\n"
        "R1,2025-07-01 10:00,Top 7 days,77,https://ads.example/77,29.90,EUR,tok_1a2b,paid\n"
        "R2,2025-07-01 10:05,Top 7 days,78,https://ads.example/78,29.90,EUR,tok_1a2b,paid\n"
        "R3,2025-07-01 10:06,Top 7 days,79,https://ads.example/79,29.90,EUR,tok_1a2b,declined\n"
    )
    return (Example("receipts.csv", text.encode(), (None, None), rejected=1),)


PLUGIN = Format("receipts", sniff, read, examples, platform="receipts", kind="payment")
