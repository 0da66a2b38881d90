"""Declarations of cash at a border (CSV): who declared how much, when, and at which post."""

from __future__ import annotations

from collections.abc import Iterator

from clew.ingest.base import Chunk, Example, Format, IsField, Source
from clew.ingest.formats import csv as tables
from clew.ingest.money_simple import Made, Rows, header_of, read_simple, roles_of, sentence


def sniff(head: bytes, name: str) -> float:
    """A table whose header names who declares, an amount, and a post or the number of a declaration."""
    roles = roles_of(header_of(head), "cash")
    known = {"declarant", "amount"} <= roles.keys() and ("post" in roles or "number" in roles)
    return 0.95 if known and tables.sniff(head, name) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """What a CSV file gives; who declares is the payer, nobody is paid."""
    return read_simple(source, is_field, "cash", _made)


def _made(rows: Rows) -> Made:
    cell = rows.cell
    route = sentence(cell("origin"), cell("destination"))
    fields = {
        "payer": cell("declarant"), "payee": rows.constant(None), "amount": cell("amount"),
        "currency": cell("currency"), "posted_at": cell("date"), "place": cell("post"), "native_id": cell("number"),
        "body": sentence(cell("direction"), route, cell("text")),
    }  # fmt: skip
    extra = {
        "type": rows.constant("cash-declaration"), "payer_name": cell("declarant"), "document": cell("document"),
        "origin": cell("origin"), "destination": cell("destination"), "direction_of_travel": cell("direction"),
        "status": rows.constant("booked"),
    }  # fmt: skip
    return fields, extra


def examples() -> tuple[Example, ...]:
    """Two declarations, a row too short."""
    text = (
        "Declaration no,Date,Declarant,Amount,Currency,Border post,Direction,Purpose\n"
        'D1,2025-07-01,A. Ander,"12,500.00",EUR,Schiphol,exit,purchase of a car\n'
        "D2,2025-07-02,B. Bo,10000,EUR,Hoek,entry,\nD3\n"
    )
    return (Example("declarations.csv", text.encode(), (None, None), rejected=1),)


PLUGIN = Format("cash declarations", sniff, read, examples, platform="customs", kind="payment", by_hand=True)
