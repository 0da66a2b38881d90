"""How banks write their tables: sums below the rows, marks without a name, signs, thousands, zones of times."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from tests.ingest.shelf import Shelf, quarantined, reasons, rows

from clew.ingest.formats.bankcsv import sniff
from clew.ingest.money_roles import is_balance
from clew.ingest.money_table import BALANCE, UNDATED
from clew.ingest.money_zones import with_zones

DE, PL = "DE89370400440532013000", "PL61109010140000071219812874"


def read(shelf: Shelf, text: str) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    """Payments in the order of the file, and (line, reason) of the rows that are none."""
    result = shelf.ingest(shelf.write("s.csv", text), kind=None)
    found = sorted(rows(result.records), key=lambda row: row["line"])
    assert {row["kind"] for row in found} <= {"payment"}
    return found, [(row["line"], row["reason"]) for row in quarantined(result)]


def told(row: dict[str, Any]) -> dict[str, Any]:
    return json.loads(row["extra"])


def signed(found: list[dict[str, Any]]) -> list[str]:
    """Amounts, those that the owner paid with a minus."""
    return [f"{'-' if told(row)['direction'] == 'debit' else ''}{row['amount'].normalize():f}" for row in found]


ITALIAN = "Data operazione;Data valuta;Descrizione;Importo;Divisa;Saldo\n"


def test_sums_below_the_rows_are_no_bookings(shelf: Shelf) -> None:
    found, wrong = read(
        shelf,
        ITALIAN + "04/03/2026;04/03/2026;Affitto;-1.200,50;EUR;8.799,50\n"
        "05/03/2026;05/03/2026;Stipendio;2.000,00;EUR;10.799,50\n"
        ";;Totale movimenti;799,50;EUR;\n;;Saldo finale;10.799,50;EUR;\n",
    )
    assert signed(found) == ["-1200.5", "2000"]
    assert wrong == [(4, UNDATED), (5, BALANCE)]


def test_a_sum_may_stand_in_the_column_of_dates(shelf: Shelf) -> None:
    found, wrong = read(shelf, ITALIAN + "04/03/2026;;Affitto;-1.200,50;EUR;8.799,50\nTotal;;;-1.200,50;;\n")
    assert signed(found) == ["-1200.5"] and wrong == [(3, UNDATED)]


def test_what_is_not_booked_yet_has_another_day(shelf: Shelf) -> None:
    found, wrong = read(shelf, ITALIAN + "04/03/2026;;Affitto;-1,50;EUR;5,00\n;06/03/2026;Carta;-2,00;EUR;\n")
    assert signed(found) == ["-1.5", "-2"] and wrong == []


def test_the_final_balance_may_be_paid_to_somebody(shelf: Shelf) -> None:
    head = "Data;Beneficiario;Causale;Importo;Saldo\n"
    found, wrong = read(shelf, head + "04/03/2026;Anna;Saldo finale;-1,50;5,00\n05/03/2026;;Saldo finale;5,00;\n")
    assert signed(found) == ["-1.5"] and wrong == [(3, BALANCE)]


def test_which_texts_name_a_balance() -> None:
    texts = ["Anfangssaldo", "#Saldo końcowe", "Beginning balance as of 01/01/2026", "SOLDE AU 31/03/26", "Saldo", None]
    assert is_balance(pa.array([*texts, "Endsaldo Miete"])).to_pylist() == [True] * 4 + [False] * 3


GAD = (
    '"Buchungstag";"Valuta";"Auftraggeber/Zahlungsempfänger";"Empfänger/Zahlungspflichtiger";"Konto-Nr.";"IBAN";"BLZ";'
    '"BIC";"Vorgang/Verwendungszweck";"Kundenreferenz";"Währung";"Umsatz";" "\n'
    f'"04.03.2026";"04.03.2026";"Max Muster";"Anna Vermieter";"";"{DE}";"";"COBADEFF";"Miete";"";"EUR";"1.200,50";"S"\n'
    f'"05.03.2026";"05.03.2026";"Max Muster";"Firma";"";"{PL}";"";"INGDDEFF";"Lohn";"";"EUR";"2.000,00";"H"\n\n'
    '"01.03.2026";;;;;;;;;"Anfangssaldo";"EUR";"500,00";"H"\n"31.03.2026";;;;;;;;;"Endsaldo";"EUR";"1.299,50";"H"\n'
)


def test_a_mark_without_a_name(shelf: Shelf) -> None:
    found, wrong = read(shelf, GAD)
    assert signed(found) == ["-1200.5", "2000"] and wrong == [(5, BALANCE), (6, BALANCE)]
    assert (found[0]["payee"], found[1]["payer"]) == (DE, PL)
    assert [row["body"] for row in found] == ["Miete", "Lohn"]
    names = [(told(row)["payer_name"], told(row)["payee_name"]) for row in found]
    assert names == [("Max Muster", "Anna Vermieter"), ("Firma", "Max Muster")]


@pytest.mark.parametrize("marks", ["SH", "DC", "-+", ("Dr", "Cr")])
def test_short_tables_with_a_mark_without_a_name(shelf: Shelf, marks: tuple[str, str]) -> None:
    found, _ = read(
        shelf,
        "Buchungsdatum;Valuta;Auftraggeber/Empfänger;Verwendungszweck;Währung;Umsatz; \n"
        f"04.03.2026;04.03.2026;Anna;Miete;EUR;1.200,50;{marks[0]}\n05.03.2026;05.03.2026;Firma;Lohn;EUR;2,5;{marks[1]}\n",
    )
    assert signed(found) == ["-1200.5", "2.5"]
    assert (found[0]["payee"], found[0]["body"], found[1]["payer"]) == ("Anna", "Miete", "Firma")


def test_other_columns_without_a_name_are_text(shelf: Shelf) -> None:
    found, _ = read(shelf, "Date;Text;Amount; ;Balance\n2025-07-01;a;-5,00;S;1,00\n2025-07-02;b;5,00;card 7;6\n")
    assert signed(found) == ["-5", "5"] and [row["body"] for row in found] == ["a S", "b card 7"]


FRENCH = "Date;Libellé;Débit;Crédit;Solde\n"


def test_a_minus_in_the_columns_of_debits_and_credits_is_a_correction(shelf: Shelf) -> None:
    found, wrong = read(
        shelf,
        FRENCH + "02/01/2026;LOYER;1200,00;;8800,00\n03/01/2026;SALAIRE;;2000,50;10800,50\n"
        "04/01/2026;CB;20,00;;10780,50\n05/01/2026;ANNULATION;;-10,00;10770,50\n"
        "06/01/2026;CB;30,00;;10740,50\n07/01/2026;CB RECTIFIEE;-20,00;;10760,50\n",
    )
    assert wrong == [] and signed(found) == ["-1200", "2000.5", "-20", "-10", "-30", "20"]


def test_a_bank_may_write_every_debit_with_a_minus(shelf: Shelf) -> None:
    found, wrong = read(
        shelf, FRENCH + "02/01/2026;A;-12,00;;88,00\n03/01/2026;B;-8,00;;80,00\n04/01/2026;C;;5,00;85\n"
    )
    assert wrong == [] and signed(found) == ["-12", "-8", "5"]


GERMAN = "Buchungstag;Valutadatum;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;Betrag;Waehrung\n"


@pytest.mark.parametrize(
    ("amounts", "currency", "expected"),
    [
        (["-1.200", "3.000"], "EUR", ["-1200", "3000"]),
        (["-1.200", "3.000"], "€", ["-1200", "3000"]),
        (["-1.200", "3.000"], "KWD", ["-1.2", "3"]),
        (["-1.200", "3.000"], "", ["-1.2", "3"]),
        (["-1.200", "3.5"], "EUR", ["-1.2", "3.5"]),
        (["-1.200", "3,50"], "EUR", ["-1200", "3.5"]),
        (["-1,200", "3,000"], "EUR", ["-1200", "3000"]),
    ],
)
def test_thousands_without_decimals(shelf: Shelf, amounts: list[str], currency: str, expected: list[str]) -> None:
    body = "".join(
        f"0{n}.02.2026;;Kauf;Bea;DE0250010517013707503{n};{text};{currency}\n" for n, text in enumerate(amounts, 1)
    )
    assert signed(read(shelf, GERMAN + body)[0]) == expected


def test_balances_above_a_table_have_thousands_too(shelf: Shelf) -> None:
    head = "Konto;DE89370400440532013000\nWährung;EUR\nAnfangssaldo;10.000\nEndsaldo;8.800\n\n"
    _, wrong = read(shelf, head + "Buchungstag;Wert;Verwendungszweck;Betrag\n03.02.2026;03.02.2026;Miete;-1.200\n")
    assert wrong == []


def test_nordea(shelf: Shelf) -> None:
    head = "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta\n"
    ((row,), wrong) = read(shelf, head + "2026/03/04;-1 200,50;1234567;7654321;Anna;Hyra;8 799,50;SEK\n")
    assert wrong == [] and row["platform"] == "Nordea"
    assert (row["payer"], row["payee"], row["body"], told(row)["payee_name"]) == ("1234567", "7654321", "Hyra", "Anna")


@pytest.mark.parametrize(
    "table",
    [
        'Date,Description,Amount,Running Bal.\n01/05/2026,RENT,-1200.50,8799.50\n01/15/2026,WAGE,2000.00,"10,799.50"\n',
        "Date;Libellé;Débit euros;Crédit euros\n05/01/2026;LOYER;1200,50;\n15/01/2026;SALAIRE;;2000,00\n",
        "ID operace;Datum;Objem;Měna;Protiúčet\n1;05.01.2026;-1200,50;CZK;2000699\n2;15.01.2026;2000,00;CZK;2000700\n",
        "Datum;Omschrijving;Bedrag af;Bedrag bij\n05-01-2026;Huur;1200,50;\n15-01-2026;Loon;;2000,00\n",
        'Txn Date,Narration,Amount\n05/01/2026,RENT,"1,200.50 Dr"\n15/01/2026,SALARY,"2,000.00 Cr"\n',
        'Date,Narration,Amount,Balance\n05/01/2026,RENT,1200.50 Dr,700.5 Dr\n15/01/2026,WAGE,"2,000.00 CR",1299.5 Cr\n',
    ],
)  # fmt: skip
def test_names_of_columns_and_signs_of_more_banks(shelf: Shelf, table: str) -> None:
    found, wrong = read(shelf, table)
    assert wrong == [] and signed(found) == ["-1200.5", "2000"]


def test_a_short_export_below_many_lines(shelf: Shelf) -> None:
    head = "mBank S.A.;\n#Klient;\nJAN;\n\n#Waluta;#Wpływy;#Wydatki;\nPLN;2 000,00;-1 200,50;\n\n"
    names = "#Data księgowania;#Data operacji;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo;"
    body = (
        f"\n2026-01-05;2026-01-05;PRZELEW;czynsz;NOWAK;'{PL[2:]}';-1 200,50;8 799,50;\n"
        f"2026-01-06;2026-01-06;PRZELEW;pensja;FIRMA;'{PL[2:]}';2 000,00;10 799,50;\n;;;;;;#Saldo końcowe;10 799,50;\n"
    )
    found, wrong = read(shelf, head + names + body)
    assert signed(found) == ["-1200.5", "2000"] and wrong == [(11, UNDATED)]
    assert {row["currency"] for row in found} == {"PLN"}


PAYPAL = (
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID"\n'
    '"13.02.2026","23:30:00","{0}","Ann","x","Completed","USD","1,020.00","0.00","1,020.00","T1"\n'
    '"01.07.2026","23:30:00","{0}","Ann","x","Completed","USD","1,020.00","0.00","1,020.00","T2"\n'
)


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("PST", ["02-14T07:30", "07-02T07:30"]), ("Europe/Berlin", ["02-13T22:30", "07-01T21:30"]),
        ("+05:30", ["02-13T18:00", "07-01T18:00"]), ("GMT-3", ["02-14T02:30", "07-02T02:30"]),
        ("XQT", ["02-13T23:30", "07-01T23:30"]), ("../etc/passwd", ["02-13T23:30", "07-01T23:30"]),
    ],
)  # fmt: skip
def test_zones_of_times(shelf: Shelf, zone: str, days: list[str]) -> None:
    found, wrong = read(shelf, PAYPAL.format(zone))
    assert wrong == [] and [row["posted_at"].strftime("%m-%dT%H:%M") for row in found] == days
    assert {told(row)["TimeZone"] for row in found} == {zone}


def test_a_zone_needs_a_clock() -> None:
    times = pa.array(["13.02.2026", "13.02.2026 9:05 pm", None, "13.02.2026 10:00"])
    zones = pa.array(["PST", "CET", "PST", None])
    assert with_zones(times, zones).to_pylist() == ["13.02.2026", "13.02.2026 9:05 pm +01:00", None, "13.02.2026 10:00"]


def test_tables_of_adverts_are_still_left_alone(shelf: Shelf) -> None:
    assert sniff(b"date,title,amount eur,url\n2025-07-01,x,100,https://a.example\n", "x.csv") == 0.0
    assert reasons(shelf.ingest(shelf.write("a.csv", "title,amount,date\nchair,45,\nTotal,45,\n"))) == []
