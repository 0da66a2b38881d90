"""Receipts in mails: a payment beside the message where the mail says clearly what was paid; else the message alone."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf

from clew.ingest.money_receipts import receipt_of


def mail(subject: str, body: str, kind: str = "plain") -> str:
    return (
        "From: Ads Example <billing@ads.example>\nTo: payer@example.org\nMessage-ID: <1@ads.example>\n"
        f"Date: Tue, 1 Jul 2025 10:00:00 +0200\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n"
    )


def test_a_receipt_gives_a_payment_beside_the_message(shelf: Shelf) -> None:
    body = "Thank you for your payment.\nListing ID: 7788\nTop ad 7 days\nTotal paid: EUR 29.90\nCard ending in 4242\n"
    message, paid = shelf.records(shelf.write("r.eml", mail("Your receipt", body)), kind=None)
    assert (message["kind"], message["body"].strip(), message["amount"]) == ("message", body.strip(), None)
    assert (paid["kind"], paid["payer"], paid["payee"], paid["amount"], paid["currency"]) == (
        "payment", "payer@example.org", "ads.example", Decimal("29.90"), "EUR",
    )  # fmt: skip
    assert paid["posted_at"] == message["posted_at"] and paid["native_id"] == "<1@ads.example>/payment"
    assert json.loads(paid["extra"]) == {
        "card": "*4242", "label": "advert", "payee_name": "Ads Example", "reference": "7788", "status": "booked",
        "type": "receipt",
    }  # fmt: skip


def test_mails_without_receipts_are_as_before(shelf: Shelf) -> None:
    (row,) = shelf.records(shelf.write("r.eml", mail("Dinner", "I paid, total EUR 20.00")), kind=None)
    assert row["kind"] == "message"


RECEIPTS = [
    ("Your receipt from Ads", "Amount paid $1,029.90", "1029.9", "USD"),
    ("Zahlungsbestätigung", "Sie haben bezahlt.\nGesamtbetrag: 29,90 €", "29.9", "EUR"),
    ("Confirmation de paiement", "Le montant a été débité.\nMontant total : 1 029,90 EUR", "1029.9", "EUR"),
    ("Recibo de tu pago", "Has pagado.\nImporte pagado: 29,90 €", "29.9", "EUR"),
    ("Conferma di pagamento", "Importo pagato: € 29,90", "29.9", "EUR"),
    ("Potwierdzenie płatności", "Zapłacono.\nRazem: 129,00 zł", "129", "PLN"),
    ("Betalingsbevestiging", "Je hebt betaald. Totaal: € 29,90", "29.9", "EUR"),
    ("Potvrzení o platbě", "Bylo zaplaceno.\nCelkem 500 Kč", "500", "CZK"),
    ("Kvitto", "Betald.\nSumma: 100,00 SEK", "100", "SEK"),
]


def fields(subject: str, body: str) -> dict[str, str | None]:
    return {
        "title": subject, "body": body, "handle": "a@ads.example", "recipient": "b@example.org",
        "posted_at": "Tue, 1 Jul 2025 10:00:00 +0200", "native_id": None,
    }  # fmt: skip


@pytest.mark.parametrize(("subject", "body", "amount", "currency"), RECEIPTS, ids=[one[0] for one in RECEIPTS])
def test_languages(subject: str, body: str, amount: str, currency: str) -> None:
    found = receipt_of(fields(subject, body), None)
    assert found is not None and (found[0]["amount"], found[0]["currency"]) == (amount, currency)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Payment reminder: your receipt", "Total: 20 EUR, not paid"),
        ("Your receipt", "Payment declined. Total: 20 EUR"),
        ("Your receipt", "You were charged. Total: 20 EUR\nTotal: 30 EUR"),
        ("Your receipt", "You paid twenty euros"),
        ("Your receipt", "Paid. Total: 20"),
        ("Your receipt", "Total: 20 EUR"),
        ("Newsletter", "Win a total of 20 EUR, paid at once"),
    ],
)
def test_what_is_not_clear_is_left_alone(subject: str, body: str) -> None:
    assert receipt_of(fields(subject, body), None) is None


def test_a_wallet_names_who_was_paid() -> None:
    found = receipt_of(fields("You paid 20.00 EUR to Landlord Ltd", "Payment completed.\nTotal: 20.00 EUR"), None)
    assert found is not None and (found[0]["payee"], found[1]["payee_name"]) == ("Landlord Ltd", "Landlord Ltd")


def test_html() -> None:
    body = "<html><style>td{total:5 EUR}</style><body>"
    body += "<td>Total&nbsp;paid</td><td><b>29,90&nbsp;&euro;</b></td></body></html>"
    found = receipt_of(fields("Your receipt", body), None)
    assert found is not None and found[0]["amount"] == "29.9"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120), st.text("total paid EUR€:0129.,<>/tdbody \n", max_size=300))
def test_any_mail_is_looked_at(subject: str, body: str) -> None:
    receipt_of(fields("Receipt " + subject, body), subject)


def test_long_mails_are_looked_at_in_time() -> None:
    for part in ("<", "total ", "<style>", "paid 1", "ending in ", "you paid 1 ", "1 1 1,"):
        receipt_of(fields("Your receipt: paid", part * 40_000), None)
