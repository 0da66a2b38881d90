"""OFX: SGML and XML, times with zones, balances that follow on each other, and files made to break."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.formats.ofx import PLUGIN, moment
from clew.ingest.streams import FileSource

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\n\n<OFX><BANKMSGSRSV1><STMTTRNRS>"


def statement(*entries: str, balance: str = "10.00", start: str = "20250701") -> str:
    return (
        "<STMTRS><CURDEF>USD\n<BANKACCTFROM><BANKID>021\n<ACCTID>123 456\n<ACCTTYPE>CHECKING\n</BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>{start}\n<DTEND>20250731\n{''.join(entries)}</BANKTRANLIST>\n"
        f"<LEDGERBAL><BALAMT>{balance}<DTASOF>20250731</LEDGERBAL></STMTRS>\n"
    )


def entry(amount: str, name: str = "Shop &amp; Co", more: str = "", kind: str = "POS") -> str:
    told = f"<TRNTYPE>{kind}\n<DTPOSTED>20250702\n<TRNAMT>{amount}\n<FITID>F{amount}\n<NAME>{name}\n"
    return f"<STMTTRN>{told}{more}</STMTTRN>\n"


def test_entries_of_both_ways(shelf: Shelf) -> None:
    transfer = entry("250.00", "Ann", "<BANKACCTTO><ACCTID>777</BANKACCTTO><MEMO>rent  july\n", "XFER")
    paid, got = shelf.records(shelf.write("a.ofx", HEAD + statement(entry("-5,50"), transfer)), kind=None)
    assert (paid["payer"], paid["payee"], paid["amount"], paid["currency"]) == (
        "123456", "Shop & Co", Decimal("5.50"), "USD",
    )  # fmt: skip
    assert (got["payer"], got["payee"], got["body"], got["platform"]) == ("777", "123456", "rent july", "021")
    assert json.loads(paid["extra"]) == {
        "account": "123456", "direction": "debit", "payee_name": "Shop & Co", "status": "booked", "type": "card",
    }  # fmt: skip
    assert paid["native_id"] == "123456/F-5,50/-5.50" and paid["posted_at"].date().isoformat() == "2025-07-02"


def test_a_balance_that_does_not_follow(shelf: Shelf) -> None:
    text = HEAD + statement(entry("1"), balance="10.00") + statement(entry("2"), balance="15.00", start="20250801")
    result = shelf.ingest(shelf.write("a.ofx", text), kind=None)
    assert result.new == 2
    assert reasons(result) == [
        "statement from 20250801 of 123456: opening 10.00 + 2.00 − 0.00 is 12.00, but closing says 15.00: "
        "3.00 of credits are missing"
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [("20250701", "2025-07-01"), ("20250701120000", "2025-07-01T12:00:00"), ("20251301", "20251301"), (None, None),
     ("20250701120000.123[-5:EST]", "2025-07-01T12:00:00-05:00"),
     ("20250701120000[+5.5:IST]", "2025-07-01T12:00:00+05:30"),
     ("20250701[99:X]", "20250701[99:X]")],
)  # fmt: skip
def test_times(written: str | None, read: str | None) -> None:
    assert moment(written) == read


def test_no_document_type(shelf: Shelf) -> None:
    bomb = '<?OFX OFXHEADER="200"?><!DOCTYPE x [<!ENTITY a "b">]><OFX>' + statement(entry("1"))
    result = shelf.ingest(shelf.write("b.ofx", bomb), kind=None)
    assert (result.new, reasons(result)) == (0, ["XML with a document type is not read: it may define entities"])


def test_what_is_torn_costs_itself(shelf: Shelf) -> None:
    text = HEAD + statement(entry("1").replace("</STMTTRN>", ""), entry("2"), entry("x"), entry("3"))
    result = shelf.ingest(shelf.write("c.ofx", text), kind=None)
    assert [row["amount"] for row in rows(result.records)] == [Decimal(2), Decimal(3)]
    assert reasons(result) == ["an element that is not closed", "an entry without a readable amount"]


TAGS = (
    "<STMTTRN>", "</STMTTRN>", "<TRNAMT>", "1.5", "<LEDGERBAL>", "</LEDGERBAL>", "<BALAMT>", "<STMTRS>", "</STMTRS>",
    "&#0;", "<!--", "-->", "\0", "é", "<ACCTID>",
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(TAGS), max_size=20))
def test_any_order_of_tags(shelf: Shelf, parts: list[str]) -> None:
    path = shelf.write("h.ofx", HEAD + "".join(parts))
    for chunk in PLUGIN.read(FileSource(path, shelf.root), bool):
        for batch in chunk():
            assert all(amount is not None for amount in batch.columns.get("amount", []))
