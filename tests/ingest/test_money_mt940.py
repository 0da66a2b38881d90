"""MT940: the ways in which banks write field 86, totals, several statements, and what cannot be read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.formats.mt940 import PLUGIN
from clew.ingest.money_mt940 import day_of, information
from clew.ingest.streams import FileSource

OWN, OTHER = "NL91ABNA0417164300", "DE89370400440532013000"


def statement(
    *entries: str, opening: str = "C250630EUR100,00", closing: str = "C250701EUR120,00", number: str = "5/1"
) -> str:
    return f":20:X\n:25:{OWN}\n:28C:{number}\n:60F:{opening}\n{''.join(entries)}:62F:{closing}\n-\n"


def entry(mark: str, amount: str, about: str = "", reference: str = "NONREF", day: str = "2507010701") -> str:
    return f":61:{day}{mark}{amount}NTRF{reference}\n" + (f":86:{about}\n" if about else "")


def read(shelf: Shelf, *statements: str, name: str = "x.sta") -> tuple[list[dict[str, Any]], list[str]]:
    result = shelf.ingest(shelf.write(name, "".join(statements)), kind=None)
    return rows(result.records), reasons(result)


def told(row: dict[str, Any]) -> dict[str, Any]:
    return json.loads(row["extra"])


def test_a_structured_entry_in_german(shelf: Shelf) -> None:
    about = (
        "166?00SEPA-GUTSCHRIFT?109310?20EREF+E-17?21SVWZ+Miete Juli fuer Zim?22mer 4?30COBADEFFXXX"
        f"?31{OTHER}?32Ann Ander?33son?34000?60 Haus 2"
    )
    (row,), wrong = read(shelf, statement(entry("C", "20,00", about, "REF1//BANK1")))
    assert not wrong
    assert (row["payer"], row["payee"], row["amount"], row["currency"]) == (OTHER, OWN, Decimal("20.00"), "EUR")
    assert (row["body"], row["native_id"]) == ("Miete Juli fuer Zimmer 4 Haus 2", f"{OWN}/BANK1/20.00")
    assert told(row) == {
        "account": OWN, "direction": "credit", "payer_bank": "COBADEFFXXX", "payer_name": "Ann Anderson",
        "opening": "100.00", "closing": "120.00", "reference": "E-17", "statement": "5", "status": "booked",
        "type": "transfer", "value_at": "2025-07-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("about", "account", "name", "body"),
    [
        (f"/TRTP/SEPA OVERBOEKING/IBAN/{OTHER}/BIC/COBADEFF\n/NAME/A. Ander\n/REMI/huur juli/EREF/E1",
         OTHER, "A. Ander", "huur juli"),
        (f"/EREF/E2//CNTP/{OTHER}/COBADEFF/Ann/Berlin///REMI/USTD//wage week 2/", OTHER, "Ann", "wage week 2"),
        ("/PREF/P/BENM//NAME/Shop BV/REMI/order 5/ISDT/2025-07-01", None, "Shop BV", "order 5"),
        ("020~00PRZELEW~20czynsz lip~21iec~3010901014~32Jan~33 Nowak~38PL61109010140000071219812874",
         "PL61109010140000071219812874", "Jan Nowak", "czynsz lipiec"),
        ("BEA NR:123 01.07.25/10.00 SHOP UTRECHT,PAS123", None, None, "BEA NR:123 01.07.25/10.00 SHOP UTRECHT,PAS123"),
        (f"EREF+E9 IBAN+{OTHER} BIC+COBADEFF ABWA+Final SVWZ+text", OTHER, None, "text"),
    ],
)  # fmt: skip
def test_the_ways_of_field_86(about: str, account: str | None, name: str | None, body: str) -> None:
    found = information(about)
    assert (found.account, found.name, found.body) == (account, name, body)


def test_marks_of_reversal_and_of_what_is_expected(shelf: Shelf) -> None:
    entries = (
        entry("RD", "5,00", "a", "E1"),
        entry("RC", "3,00", "b"),
        entry("EC", "9,00", "c"),
        entry("CR", "1,5", "d"),
    )
    found, wrong = read(shelf, statement(*entries, closing="C250701EUR103,50"))
    assert [(row["payee"] == OWN, told(row).get("reversal"), told(row)["status"]) for row in found] == [
        (True, "true", "booked"), (False, "true", "booked"), (True, None, "pending"), (True, None, "booked"),
    ]  # fmt: skip
    assert told(found[0])["reverses"] == "E1" and wrong == []


def test_what_is_missing_is_told_and_the_rest_is_read(shelf: Shelf) -> None:
    bad = ":61:25XX01C1,00NTRF\n:86:what\n", ":61:250701C,NTRF\n"
    found, wrong = read(shelf, statement(*bad, entry("D", "5,00"), closing="D250701EUR7,5"))
    assert [row["amount"] for row in found] == [Decimal("5.00")]
    assert wrong == [
        "an entry that cannot be read (field 61)",
        "an entry that cannot be read (field 61)",
        f"statement 5, page 1, of {OWN}: opening 100.00 + 0.00 − 5.00 is 95.00, but closing says −7.50: "
        "102.50 of debits are missing; 2 of its entries could not be read",
    ]


def test_pages_and_statements_follow_on_each_other(shelf: Shelf) -> None:
    one = statement(entry("C", "20,00"), number="00005/001").replace(":62F:", ":62M:")
    two = statement(entry("C", "20,00"), opening="C250701EUR120,00", closing="C250701EUR140,00", number="00005/002")
    late = statement(entry("C", "1,00"), opening="C250701EUR9,00", closing="C250701EUR10,00", number="00007/001")
    found, wrong = read(shelf, one, two.replace(":60F:", ":60M:"), late)
    assert len(found) == 3  # two that say the same on two pages are two
    assert wrong == [
        f"statement 7, page 1, of {OWN} opens with 9.00, but the one before (5) closed with 140.00: "
        "statement 6 is missing"
    ]


def test_a_statement_twice_is_read_once(shelf: Shelf) -> None:
    one = statement(entry("C", "10,00"), entry("C", "10,00"))
    found, wrong = read(shelf, one, one)
    assert (len(found), wrong) == (2, [f"statement 5, page 1, of {OWN} stands twice in this file; it counts once"])


def test_envelopes_and_line_ends(shelf: Shelf) -> None:
    text = "{1:F01X}{2:I940X}{3:{108:1}}{4:\n" + statement(entry("C", "20,00", "a\nb")).replace("-\n", "-}{5:}\n")
    (row,), wrong = read(shelf, text.replace("\n", "\r\n"))
    assert (row["body"], row["line"], wrong) == ("a b", 6, [])


@pytest.mark.parametrize(
    ("value", "booked", "day"),
    [("250701", None, "2025-07-01"), ("251231", "0102", "2026-01-02"), ("260102", "1231", "2025-12-31"),
     ("991231", None, "1999-12-31"), ("251301", None, None)],
)  # fmt: skip
def test_days(value: str, booked: str | None, day: str | None) -> None:
    assert day_of(value, booked) == day


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(":6182CDRE?/+0123,. \nNTRF{}-é", max_size=40), max_size=8))
def test_any_text_is_read_or_rejected(shelf: Shelf, parts: list[str]) -> None:
    path = shelf.write("h.sta", ":20:X\n:25:1\n:60F:C250630EUR1,00\n" + "\n:61:".join(parts))
    for chunk in PLUGIN.read(FileSource(path, shelf.root), bool):
        for batch in chunk():
            assert all(amount is not None for amount in batch.columns["amount"].to_pylist())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_field_86_is_read(text: str) -> None:
    information(text)
    information("166?" + text)
    information("/EREF/" + text)


GERMAN, POLISH = "DE12500105170648489890", "PL61109010140000071219812874"


@pytest.mark.parametrize(
    ("field", "about", "own", "other"),
    [
        ("50010517/0648489890", f"166?3037040044?31{OTHER}", GERMAN, OTHER),
        ("50010517/648489890EUR", "166?3037040044?310532013000", GERMAN, OTHER),
        ("12030000/0000202051", "166?30COBADEFF?310532013000", "DE02120300000000202051", "0532013000"),
        ("ABNANL2A/417164300", "x", OWN, None),
        ("417164300", "x", "417164300", None),  # does not say of which bank
        ("61109010140000071219812874", "020~30109010~3827114020040000300201355387",
         POLISH, "PL27114020040000300201355387"),
        ("/PL61109010140000071219812874", "020~3827114020040000300201355388", POLISH, "27114020040000300201355388"),
        ("50010517/0000000000", "166?3037040044?3100", "0000000000", "00"),
        ("5001051/0648489890", "166?3037040044?3112345678901", "0648489890", "12345678901"),
    ],
)  # fmt: skip
def test_accounts_in_national_form(shelf: Shelf, field: str, about: str, own: str, other: str | None) -> None:
    text = statement(entry("C", "20,00", about, "R//B1")).replace(f":25:{OWN}", f":25:{field}")
    (row,), _ = read(shelf, text)
    assert (row["payee"], told(row)["account"], row["payer"]) == (own, own, other)


def test_ids_hang_on_what_is_written(shelf: Shelf) -> None:
    text = statement(entry("C", "20,00", "x", "R//B1")).replace(OWN, "50010517/0648489890")
    (row,), _ = read(shelf, text)
    assert row["native_id"] == "0648489890/B1/20.00"


@pytest.mark.parametrize(
    ("fields", "account", "name", "body", "gvc"),
    [
        (("073", "073~00VE02\n~20Zakup karta ~21SKLEP ABC\n~32JAN KOWALSKI~3827114020040000300201355387"),
         "27114020040000300201355387", "JAN KOWALSKI", "Zakup karta SKLEP ABC", "073"),
        (("166?00GUTSCHRIFT?20Miete", "?21 Juli?32Ann"), None, "Ann", "Miete Juli", "166"),
        (("166?20Miete", "166?20Juli?32Ann"), None, "Ann", "Miete Juli", "166"),
        (("166?20Miete?32Ann", "more words"), None, "Ann", "Miete more words", "166"),
        (("SHOP UTRECHT", "card 5"), None, None, "SHOP UTRECHT card 5", None),
        ((f"/IBAN/{OTHER}/REMI/huur", "/NAME/Ann/REMI/juli"), OTHER, "Ann", "huur juli", None),
        (("x", "x"), None, None, "x", None),
    ],
)  # fmt: skip
def test_several_fields_86_of_one_entry(
    shelf: Shelf, fields: tuple[str, ...], account: str | None, name: str | None, body: str, gvc: str | None
) -> None:
    found = information(*fields)
    assert (found.account, found.name, found.body, found.gvc) == (account, name, body, gvc)
    (row,), _ = read(shelf, statement(entry("C", "20,00", "\n:86:".join(fields))))
    assert (row["body"], told(row).get("payer_name")) == (body, name)


@pytest.mark.parametrize(
    ("about", "account", "bank", "body"),
    [
        (f"Zahlung Otto IBAN: {OTHER} Kaution Zimmer 9", OTHER, None, "Zahlung Otto Kaution Zimmer 9"),
        ("Otto IBAN: DE89 3704 0044 0532 0130 00 BIC: COBADEFFXXX KAUTION", OTHER, "COBADEFFXXX", "Otto KAUTION"),
        (f"IBAN+{OTHER} BIC+COBADEFF SVWZ+text", OTHER, "COBADEFF", "text"),
        ("IBAN: DE00370400440532013000 KAUTION", "DE00370400440532013000", None, "KAUTION"),
        ("IBAN: DE00 3704 0044 0532 0130 00", "DE00370400440532013000", None, None),
        ("Otto IBAN: unknown, Kaution", None, None, "Otto unknown, Kaution"),
    ],
)  # fmt: skip
def test_words_behind_an_account_stay(about: str, account: str | None, bank: str | None, body: str | None) -> None:
    found = information(about)
    assert (found.account, found.bank, found.body) == (account, bank, body)
