"""Tables of banks and services: exports as each of them writes them, and tables that are no statements."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, quarantined, reasons, rows

from clew.ingest.formats.bankcsv import PLUGIN, sniff
from clew.ingest.money_roles import find_layout, iban_in
from clew.ingest.streams import FileSource

NL, DE, PL = "NL91ABNA0417164300", "DE89370400440532013000", "PL61109010140000071219812874"


def read(
    shelf: Shelf, text: str, name: str = "s.csv", encoding: str = "utf-8"
) -> tuple[list[dict[str, Any]], list[str]]:
    result = shelf.ingest(shelf.write(name, text.encode(encoding)), kind=None)
    return rows(result.records), reasons(result)


def told(row: dict[str, Any]) -> dict[str, Any]:
    return json.loads(row["extra"])


def paid(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["payer"], row["payee"], str(row["amount"].normalize()), row["currency"]


EXPORTS = {
    "ING": (
        '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij",'
        '"Bedrag (EUR)","Mutatiesoort","Mededelingen"\n'
        f'"20250702","Winkel","{NL}","","BA","Af","1.005,50","Betaalautomaat","Pas 1"\n'
        f'"20250701","A. Ander","{NL}","{DE}","GT","Bij","20,00","Online bankieren","huur juli"\n',
        [(NL, "Winkel", "1005.5", "EUR"), (DE, NL, "2E+1", "EUR")], ["card", "transfer"], "2025-07-02",
    ),
    "Rabobank": (
        '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN",'
        '"Naam tegenpartij","Omschrijving-1","Omschrijving-2"\n'
        f'"{NL}","EUR","RABONL2U","1","2025-07-01","2025-07-01","+20,00","+120,00","{DE}","Ander","huur","juli"\n'
        f'"{NL}","EUR","RABONL2U","2","2025-07-02","2025-07-02","-5,50","+114,50","","Winkel","pas",""\n',
        [(DE, NL, "2E+1", "EUR"), (NL, "Winkel", "5.5", "EUR")], [None, None], "2025-07-01",
    ),
    "DKB": (
        f'"Girokonto";"{DE}"\n""\n"Kontostand vom 02.07.2025:";"1.000,00 \u20ac"\n""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempf\u00e4nger*in";"Verwendungszweck";'
        '"Umsatztyp";"IBAN";"Betrag (\u20ac)";"Kundenreferenz"\n'
        f'"02.07.25";"02.07.25";"Gebucht";"Ann";"Laden";"Miete";"Ausgang";"{NL}";"-1.400,00";"R1"\n'
        f'"01.07.25";"01.07.25";"Vorgemerkt";"Chef";"Ann";"Lohn";"Eingang";"{PL}";"2.000,5";"R2"\n',
        [(DE, NL, "1.4E+3", "EUR"), (PL, DE, "2000.5", "EUR")], ["Ausgang", "Eingang"], "2025-07-02",
    ),
    "Deutsche Bank": (
        f"Umsätze Girokonto;;;Kundennummer: 1\nKonto;{DE}\n\n"
        "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;BIC;Soll;Haben;Währung\n"
        f"2.7.2025;2.7.2025;Kartenzahlung;Laden;Kauf;{NL};X;-5,50;;EUR\n"
        f"1.7.2025;1.7.2025;SEPA-Gutschrift;Chef;Lohn;{PL};Y;;1.020,00;EUR\n",
        [(DE, NL, "5.5", "EUR"), (PL, DE, "1.02E+3", "EUR")], ["card", "transfer"], "2025-07-02",
    ),
    "BBVA": (
        "Últimos movimientos\n\nFecha;F.Valor;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones\n"
        "02/07/2025;02/07/2025;Alquiler;Transferencia;-400,00;EUR;600,00;EUR;piso\n"
        "01/07/2025;01/07/2025;Nomina;Transferencia;1.000,00;EUR;1.000,00;EUR;\n",
        None, ["transfer", "transfer"], "2025-07-02",
    ),
    "PKO BP": (
        '"Data operacji","Data waluty","Typ transakcji","Kwota","Waluta",'
        '"Saldo po transakcji","Opis transakcji","","",""\n'
        '"2025-07-02","2025-07-02","Wypłata z bankomatu","-400.00","PLN","+600.00","Tytuł: 1","Lokalizacja: X","",""\n'
        f'"2025-07-01","2025-07-01","Przelew na konto","+1000.00","PLN","+1000.00","Rachunek: {PL}","Nazwa: Y","",""\n',
        None, ["cash-withdrawal", "transfer"], "2025-07-02",
    ),
    "mBank": (
        f"mBank S.A.\n#Klient;JAN;\n#Numer rachunku;{PL}\n\n"
        "#Data księgowania;#Data operacji;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;"
        "#Kwota;#Saldo po operacji;\n"
        f"2025-07-01;2025-07-01;PRZELEW;\"czynsz\";\"NOWAK\";'{DE}';-400,00;600,00;\n"
        "2025-07-02;2025-07-02;WPŁATA;\"x\";\"INNY\";'';1 000,00;1 600,00;\n",
        [(PL, DE, "4E+2", None), ("INNY", PL, "1E+3", None)], [None, None], "2025-07-01",
    ),
    "ČSOB": (
        "číslo účtu;datum zaúčtování;částka;měna;zůstatek;číslo účtu protiúčtu;"
        "kód banky protiúčtu;jméno protistrany;zpráva\n"
        "123456789/0300;01.07.2025;-400,00;CZK;600,00;987654321;0100;Novák;nájem\n"
        "123456789/0300;02.07.2025;1000,00;CZK;1600,00;987654321;0100;Šéf;mzda\n",
        [("123456789/0300", "987654321", "4E+2", "CZK"), ("987654321", "123456789/0300", "1E+3", "CZK")],
        [None, None], "2025-07-01",
    ),
    "BRD": (
        "Data tranzacției,Descriere,Suma debit,Suma credit,Sold\n"
        '01.07.2025,Plata chirie,"400,00",,"600,00"\n02.07.2025,Salariu,,"1.000,00","1.600,00"\n',
        None, [None, None], "2025-07-01",
    ),
    "Revolut": (
        "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        "TRANSFER,Current,2025-07-01 10:00:00,2025-07-01 10:00:01,From Ann,20.00,0.00,EUR,COMPLETED,120.00\n"
        "ATM,Current,2025-07-02 10:00:00,2025-07-02 10:00:01,Cash at X,-50.00,1.00,EUR,COMPLETED,69.00\n"
        "CARD_PAYMENT,Current,2025-07-03 10:00:00,,Shop,-5.00,0.00,EUR,PENDING,\n",
        None, ["transfer", "cash-withdrawal", "card"], "2025-07-01",
    ),
    "PayPal": (
        '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address",'
        '"To Email Address","Transaction ID","Balance"\n'
        '"7/1/2025","10:00:00","PDT","Ann","Mobile Payment","Completed","USD","1,020.00","-3.00","1,017.00",'
        '"ann@example.org",'
        '"me@example.org","T1","1,017.00"\n'
        '"7/13/2025","11:00:00","PDT","Ads Inc","Express Checkout Payment","Completed","USD","-17.00","0.00","-17.00",'
        '"me@example.org","ads@example.org","T2","1,000.00"\n',
        [("ann@example.org", "me@example.org", "1.02E+3", "USD"), ("me@example.org", "ads@example.org", "17", "USD")],
        ["transfer", "transfer"], "2025-07-01",
    ),
    "Wise": (
        "TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Exchange From,Exchange To,"
        "Exchange Rate,Payer Name,Payee Name,Payee Account Number,Merchant,Total fees\n"
        f"T-2,02-07-2025,-50.00,EUR,Sent money to Bo,rent,70.00,,,,,Bo,{DE},,0.50\n"
        "T-1,01-07-2025,20.00,EUR,Received money,wage,120.00,,,,Ann,,,,0.00\n",
        None, [None, None], "2025-07-02",
    ),
    "N26": (
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference",'
        '"Account Name","Amount (EUR)"\n'
        f'2025-07-01,2025-07-01,Ann,{DE},"Credit Transfer",rent,Main,20.0\n'
        '2025-07-02,2025-07-02,Shop,,"Presentment",,Main,-5.5\n',
        None, ["transfer", "Presentment"], "2025-07-01",
    ),
    "bunq": (
        '"Date","Interest Date","Amount","Account","Counterparty","Name","Description"\n'
        f'"2025-07-01","2025-07-01","20,00","{NL}","{DE}","Ann","rent"\n'
        f'"2025-07-02","2025-07-02","-1.005,50","{NL}","","Shop","card"\n',
        [(DE, NL, "2E+1", None), (NL, "Shop", "1005.5", None)], [None, None], "2025-07-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", EXPORTS)
def test_exports_of_banks(shelf: Shelf, service: str) -> None:
    text, expected, types, first = EXPORTS[service]
    found, wrong = read(shelf, text)
    assert wrong == []
    assert {row["platform"] for row in found} == {service} and {row["kind"] for row in found} == {"payment"}
    assert [told(row).get("type") for row in found] == types
    assert found[0]["posted_at"].date().isoformat() == first
    assert (
        all((row["payer"] == told(row)["account"]) == (told(row)["direction"] == "debit") for row in found) or expected
    )
    if expected:
        assert [paid(row) for row in found] == expected
    assert len({row["native_id"] for row in found}) == len(found)


@pytest.mark.parametrize(
    ("service", "bodies"),
    [("ING", ["Pas 1", "huur juli"]), ("Rabobank", ["huur juli", "pas"]), ("BBVA", ["Alquiler piso", "Nomina"]),
     ("PKO BP", ["Tytuł: 1 Lokalizacja: X", f"Rachunek: {PL} Nazwa: Y"]),
     ("Wise", ["Sent money to Bo rent", "Received money wage"])],
)  # fmt: skip
def test_texts_of_exports(shelf: Shelf, service: str, bodies: list[str]) -> None:
    assert [row["body"] for row in read(shelf, EXPORTS[service][0])[0]] == bodies


def test_states_and_names(shelf: Shelf) -> None:
    found, _ = read(shelf, EXPORTS["DKB"][0])
    assert [told(row)["status"] for row in found] == ["booked", "pending"]
    assert [(told(row)["payer_name"], told(row)["payee_name"]) for row in found] == [("Ann", "Laden"), ("Chef", "Ann")]
    assert told(found[0])["reference"] == "R1"


def test_an_owner_who_is_not_named_is_nobody_elses(shelf: Shelf) -> None:
    text = EXPORTS["Revolut"][0]
    one, other = (read(shelf, content)[0][0]["payee"] for content in (text, text.replace("20.00", "20.01")))
    assert one != other and one.startswith("owner of s.csv #")
    named, _ = read(shelf, text, f"account-{NL}.csv")
    assert named[0]["payee"] == NL


TABLE = "Date;Value date;Amount;Balance;Description\n"


def test_balances_that_do_not_follow(shelf: Shelf) -> None:
    oldest_first = (
        "2025-07-01;;100,00;100,00;a\n2025-07-02;;-5,00;95,00;b\n2025-07-03;;20,00;110,00;c\n2025-07-04;;1;111;d\n"
    )
    newest_first = "".join(reversed(oldest_first.splitlines(keepends=True)))
    gap = "running balance: 95.00 + 20.00 is 115.00, but 110.00 is written: 5.00 of debits are missing"
    for name, body, line in (("a.csv", oldest_first, 4), ("b.csv", newest_first, 3)):
        result = shelf.ingest(shelf.write(name, TABLE + body), kind=None)
        assert (reasons(result), result.new) == ([gap], 4)
        assert quarantined(result)[0]["line"] == line


def test_unordered_balances_are_told_once(shelf: Shelf) -> None:
    body = "".join(f"2025-07-0{n};;{n},00;{n * n * 100},00;x\n" for n in range(1, 9))
    assert read(shelf, TABLE + body)[1] == [
        "the running balances of this table follow from its amounts in neither order of rows; they were not checked"
    ]


def test_opening_and_closing_above_the_table(shelf: Shelf) -> None:
    head = f"IBAN;{NL}\nOpening balance;100,00\nClosing balance;110,00\n\n"
    body = "2025-07-01;;20,00;;a\n2025-07-02;;-5,00;;b\n"
    found, wrong = read(shelf, head + TABLE + body)
    assert len(found) == 2
    assert wrong == [
        f"statement of {NL}: opening 100.00 + 20.00 − 5.00 is 115.00, but closing says 110.00: "
        "5.00 of debits are missing"
    ]


def test_bad_rows_cost_themselves(shelf: Shelf) -> None:
    body = (
        "2025-07-01;;20,00;;a\n2025-07-02;;twenty;;b\n2025-07-03;;;;c\n2025-07-04;;1,00;;d;e;f\n2025-07-05;;2,00;;g\n"
    )
    body += "".join(f"2025-07-{n};;1,00;;x\n" for n in range(10, 20))
    result = shelf.ingest(shelf.write("s.csv", "above\n" + TABLE + body), kind=None)
    assert result.new == 12
    assert [(row["line"], row["reason"]) for row in quarantined(result)] == [
        (4, "a row without a readable amount"), (5, "a row without a readable amount"),
        (6, "7 fields where the header has 5"),
    ]  # fmt: skip


def test_a_second_export_adds_nothing_and_equal_rows_are_two(shelf: Shelf) -> None:
    head, row = f"IBAN;{NL}\n" + TABLE, "2025-07-01;;5,00;;coffee\n"
    first = shelf.ingest(shelf.write("a.csv", head + row + row), kind=None)
    again = shelf.ingest(shelf.write("b.csv", head + row + row + row), kind=None)
    assert (first.new, again.new, again.identical) == (2, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "id,title,text,price,posted,phone,city\n1,a,b,100,2025-07-01,+31612345678,Utrecht\n",
        "date,amount,description,url\n2025-07-01,100,x,https://a.example\n",
        "posted,price,amount,title,location\n2025-07-01,100,5,x,Utrecht\n",
        "payer,payee,amount,currency,booked_at,text\nA,B,5,EUR,2025-07-01,x\n",
        "Chat ID,Time,Visitor,Agent,Message\nc1,2025-07-01,Ann,Kim,hi\n",
        "date,balance,amount,title,phone\n2025-07-01,x,y,z,1\n",
        "date,amount\n2025-07-01,5\n",
        "date,amount,balance\nhello,world,again\n",
    ],
)
def test_other_tables_are_left_alone(text: str) -> None:
    assert sniff(text.encode(), "x.csv") == 0.0


def test_ibans_in_text() -> None:
    assert iban_in("Konto DE89 3704 0044 0532 0130 00 EUR") == DE
    assert iban_in(f"x{NL}") is None and iban_in(f"({NL})") == NL
    assert iban_in("NL92ABNA0417164300") is None


ROWS = st.lists(st.tuples(st.integers(-(10**9), 10**9), st.text("ab;\"', é", max_size=6)), min_size=2, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.booleans(), st.sampled_from([("{:,.2f}", "."), ("{:.2f}", "."), ("de", ","), ("{:.2f}", ",")]))
def test_any_table_adds_up(shelf: Shelf, told: list[tuple[int, str]], newest: bool, style: tuple[str, str]) -> None:
    def written(cents: int) -> str:
        text = f"{Decimal(cents) / 100:,.2f}" if style[0] in ("{:,.2f}", "de") else f"{Decimal(cents) / 100:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if style[1] == "," else text

    balance, lines = 0, []
    for cents, text in told:
        balance += cents
        quoted = '"' + text.replace('"', '""') + '"'
        lines.append(f'2025-07-01;"{written(cents)}";"{written(balance)}";{quoted}\n')
    path = shelf.write("h.csv", "Date;Amount;Balance;Description\n" + "".join(reversed(lines) if newest else lines))
    batches = [batch for chunk in PLUGIN.read(FileSource(path, shelf.root), bool) for batch in chunk()]
    assert [reject.reason for batch in batches for reject in batch.rejects] == []
    amounts = [Decimal(amount) for batch in batches for amount in batch.columns["amount"].to_pylist()]
    assert sorted(amounts) == sorted(abs(Decimal(cents)) / 100 for cents, _ in told)


@settings(max_examples=80, deadline=None)
@given(st.text('DateAmountBalance;,\n"0123-. é|\t', max_size=200))
def test_any_head_is_looked_at(text: str) -> None:
    find_layout(text.encode(), text[:20])
    find_layout(("Date;Amount;Balance\n" + text).encode())
