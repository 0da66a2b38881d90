"""Payments as a book: who paid whom, what for, and which ones count."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from tests.trace.money.conftest import Book, iban

A, B, C = iban(1), iban(2), iban(3)


def test_accounts_are_named_by_their_safest_mention_else_by_the_folded_name(book: Book) -> None:
    first = book.pay(A, "  Anna   JANSEN ", 10, payer_name="Bob")
    second = book.pay("phone:+31612345678", "", "0.000000000000000001", currency="eth", payee_name="Shop 24")
    book.mentions.append(book.mentions[0] | {"type": "phone", "value": "+3161"})
    paid = book.payments()
    assert (paid[first]["payer"], paid[first]["payee"]) == (A, "name:anna jansen")
    assert (paid[first]["payer_name"], paid[first]["payee_name"]) == ("Bob", "Anna   JANSEN")
    assert (paid[second]["payer"], paid[second]["payee"]) == ("phone:+31612345678", "name:shop 24")
    assert (paid[second]["amount"], paid[second]["currency"]) == (Decimal("0.000000000000000001"), "ETH")


PURPOSES: list[tuple[str, dict[str, str], str]] = [
    ("Salary March 2026", {}, "wage"),
    ("LOHN/GEHALT 03", {}, "wage"),
    ("Lohnabrechnung", {}, "wage"),
    ("Czynsz za pokój", {}, "rent"),
    ("Huur kamer 4, 6 slaapplaatsen", {}, "rent"),
    ("WPŁATA GOTÓWKI", {}, "cash-in"),
    ("Kontoführung", {}, "fee"),
    ("Gebuehren", {}, "fee"),
    ("order 4711", {"merchant": "FlixBus SE"}, "travel"),
    ("", {"payee_name": "Hotel Astoria"}, "lodging"),
    ("", {"payer_name": "Hotel Astoria"}, "transfer"),
    ("gift-card 50", {}, "prepaid"),
    ("parental love", {}, "transfer"),
    ("x", {"type": "PMNT/CNTR/CDPT"}, "cash-in"),
    ("x", {"type": "card"}, "shop"),
    ("hotel", {"type": "card"}, "lodging"),
    ("x", {"mcc": "4511"}, "travel"),
    ("x", {"mcc": "3501"}, "lodging"),
    ("x", {"label": "Mixer (community)"}, "mixer"),
    ("Rosengasse premium 3x", {}, "advert"),
]


def test_purposes_come_from_labels_codes_merchants_and_words(book: Book) -> None:
    book.advert("rosengasse")
    assert not book.payments()
    rids = [book.pay(A, B, k + 1, k, text, **extra) for k, (text, extra, _) in enumerate(PURPOSES)]
    paid = book.payments()
    assert [(text, paid[rid]["purpose"]) for rid, (text, _, _) in zip(rids, PURPOSES, strict=True)] == [
        (text, purpose) for text, _, purpose in PURPOSES
    ]


def test_a_payment_in_the_books_of_both_banks_counts_once(book: Book) -> None:
    first = book.pay(A, B, 100, 4, file="a.xml", account="1", direction="debit")
    again = book.pay(A, B, 100, 6, file="b.sta", account="2", direction="credit")
    late = book.pay(A, B, 100, 10, file="b.sta", account="2", direction="credit")
    paid = book.payments()
    assert [(paid[r]["state"], paid[r]["of"]) for r in (first, again, late)] == [
        ("booked", None),
        ("duplicate", first),
        ("booked", None),
    ]


def test_equal_payments_in_one_book_are_all_real_and_pair_one_by_one_with_another_book(book: Book) -> None:
    for file in ("a.xml", "b.csv"):
        for _ in range(3):
            book.pay(A, B, 30, 1, file=file, account="1")
    book.pay(A, B, 30, 1, file="c.sta", account="1")
    assert Counter(row["state"] for row in book.payments().values()) == {"booked": 3, "duplicate": 4}


def test_parts_of_one_source_with_ids_of_their_own_repeat_nothing(book: Book) -> None:
    book.pay(A, B, 30, 1, file="a.jsonl", native="1")
    book.pay(A, B, 30, 1, file="b.jsonl", native="2")
    book.pay(A, B, 30, 4.5, file="c.csv")
    book.pay(A, B, 30, 4.5004, file="d.sta")  # half a minute later
    book.pay(A, B, 30, 4.555, file="e.xml")  # 79 minutes later
    assert Counter(row["state"] for row in book.payments().values()) == {"booked": 4, "duplicate": 1}


def test_of_what_is_told_twice_the_better_account_counts(book: Book) -> None:
    day = book.pay(A, "", 30, 1, file="a.sta", account="1", reference="pay-17")
    hour = book.pay(A, B, 30, 1.4, file="b.jsonl", native="pay-17", platform="other")
    paid = book.payments()
    assert [(paid[r]["state"], paid[r]["of"]) for r in (day, hour)] == [("duplicate", hour), ("booked", None)]


def test_months_of_one_account_that_meet_repeat_nothing(book: Book) -> None:
    book.pay(A, B, 30, 1, file="march.csv", account="1")
    book.pay(A, B, 30, 2, file="april.csv", account="1")
    assert {row["state"] for row in book.payments().values()} == {"booked"}


def test_a_reference_joins_what_one_book_gives_by_name_alone(book: Book) -> None:
    first = book.pay(A, B, 30, 1, file="a.xml", reference="INV-2026-17")
    again = book.pay(A, "Shop", 30, 2, file="b.csv", reference="INV-2026-17")
    other = book.pay(A, "Shop", 30, 3, file="c.csv", reference="NOTPROVIDED")
    paid = book.payments()
    assert (paid[again]["state"], paid[again]["of"], paid[other]["state"]) == ("duplicate", first, "booked")


def test_what_the_bank_reversed_counts_on_neither_side(book: Book) -> None:
    early = book.pay(A, B, 50, 1, reference="first1")
    last = book.pay(A, B, 50, 2, reference="second")
    named = book.pay(B, A, 50, 3, reversal="true", reverses="first1")
    unnamed = book.pay(A, B, 50, 4, reversal="true")
    alone = book.pay(A, C, 7, 4, reversal="true")
    paid = book.payments()
    assert (paid[early]["state"], paid[last]["state"]) == ("reversed", "reversed")
    assert [(paid[r]["state"], paid[r]["of"]) for r in (named, unnamed, alone)] == [
        ("reversal", early),
        ("reversal", last),
        ("reversal", None),
    ]
    assert book.run()["flows"].num_rows == 0


def test_a_refund_is_a_payment_that_names_what_it_takes_back(book: Book) -> None:
    bought = book.pay(A, B, 50, 1)
    refund = book.pay(B, A, 50, 9, "Refund")
    late = book.pay(B, A, 50, 12, "Refund")
    paid = book.payments()
    assert [(paid[r]["state"], paid[r]["of"]) for r in (bought, refund, late)] == [
        ("booked", None),
        ("booked", bought),
        ("booked", None),
    ]


def test_pending_and_earlier_versions_do_not_count(book: Book) -> None:
    pending = book.pay(A, B, 50, 1, status="pending", item="x", version=1)
    booked = book.pay(A, B, 50, 2, status="booked", item="x", version=2)
    other = book.pay(A, B, 60, 2, status="pending")
    paid = book.payments()
    assert (paid[pending]["state"], paid[pending]["of"]) == ("duplicate", booked)
    assert (paid[booked]["state"], paid[other]["state"]) == ("booked", "pending")
    assert [row["amount"] for row in book.run()["flows"].to_pylist()] == [Decimal(50)]


def test_flows_add_up_by_currency_and_know_a_network_only_where_it_is_of_all(book: Book) -> None:
    book.pay(A, B, "0.1", 1, network="N1")
    book.pay(A, B, "0.2", 2, network="N1")
    book.pay(A, B, "5", 3, currency="RON")
    book.pay(A, C, "1", 3, network="N1")
    book.pay(A, C, "1", 4)
    listed = book.run()["flows"].to_pylist()
    assert [(r["payee"], r["currency"], r["payments"], r["amount"], r["network_id"]) for r in listed] == [
        (B, "EUR", 2, Decimal("0.3"), "N1"),
        (B, "RON", 1, Decimal(5), None),
        (C, "EUR", 2, Decimal(2), None),
    ]


def test_labels_of_users_say_what_a_wallet_is(book: Book) -> None:
    book.label("wallet:btc:mix", "Mixing service")
    book.label(iban(9), "Escort ads (adverts)")
    book.label(iban(8), "Royal", "gambling")
    book.label("name:corner kiosk", "", "shop")
    mixed = book.pay("wallet:btc:me", "wallet:btc:mix", 1, currency="BTC")
    paid = [mixed, *(book.pay(A, payee, 20) for payee in (iban(9), iban(8), "Corner  Kiosk", iban(7)))]
    out = book.pay("wallet:btc:mix", "wallet:btc:me", 1, currency="BTC")
    found = book.payments()
    assert [found[rid]["purpose"] for rid in (*paid, out)] == [
        "mixer", "advert", "gambling", "shop", "transfer", "transfer",
    ]  # fmt: skip


def test_the_newest_label_of_a_source_holds_until_it_is_removed(book: Book) -> None:
    book.label(iban(11), "", "mixer", "a", age=3)
    book.label(iban(11), "", "exchange", "a", age=2)
    book.label(iban(12), "", "mixer", "a", age=3)
    book.label(iban(12), "", "mixer", "a", age=1, state="removed")
    book.label(iban(13), "", "mixer", "a", age=1)
    book.label(iban(13), "", "shop", "b", age=2)
    book.label(iban(14), "", "shop", "a", age=3)
    book.label(iban(14), "", "own", "b", age=1)
    paid = [book.pay(A, iban(n), 20) for n in (11, 12, 13, 14)]
    found = book.payments()
    assert [found[rid]["purpose"] for rid in paid] == ["exchange", "transfer", "mixer", "shop"]


def test_row_order_and_threads_change_nothing(book: Book) -> None:
    for k in range(60):
        book.pay(iban(k % 3), iban(k % 4 + 3), 10 + k % 2, k % 7, file=f"f{k % 3}.csv", account=str(k % 2))
    expected = book.run(threads=1)
    for seed in (1, 2):
        found = book.run(seed, threads=2)
        assert all(found[name].equals(expected[name]) for name in expected)


def test_change_that_comes_back_is_no_payment(book: Book) -> None:
    coins = {"currency": "BTC", "tx": "t1", "file": "chain.json"}
    paid = book.pay("wallet:btc:a", "wallet:btc:shop", "0.3", 1, type="transfer", native="t1/0", **coins)
    back = book.pay("wallet:btc:a", "wallet:btc:a", "0.6", 1, type="change", native="t1/1", **coins)
    other = book.pay("wallet:btc:a", "wallet:btc:b", "0.1", 1, type="change", native="t1/2", **coins)
    bank = book.pay(A, B, 5, 1, type="change")  # a bank's word, and no transaction of a chain
    found = book.payments()
    assert [(found[r]["purpose"], found[r]["state"], found[r]["of"]) for r in (back, other)] == [
        ("change", "duplicate", None),
    ] * 2
    assert [found[r]["state"] for r in (paid, bank)] == ["booked", "booked"] and found[bank]["purpose"] == "transfer"
    flowed = book.run()["flows"].to_pylist()
    assert [(f["payer"], f["payee"]) for f in flowed] == [(A, B), ("wallet:btc:a", "wallet:btc:shop")]


def test_a_receipt_by_mail_counts_once_beside_the_statement(book: Book) -> None:
    me = "email:anna@example.org"
    mail = {"type": "receipt", "file": "a.mbox", "platform": "mail"}
    first = book.pay(me, "nightads.example", "25.00", 2.4, "Your receipt", payee_name="Night Ads Billing", **mail)
    second = book.pay(me, "nightads.example", "25.00", 3.4, "Your receipt", payee_name="Night Ads Billing", **mail)
    alone = book.pay(me, "nightads.example", "25.00", 9.5, "Your receipt", payee_name="Night Ads Billing", **mail)
    other = book.pay(me, "otherads.example", "25.00", 2.4, "Your receipt", payee_name="Otherads", **mail)
    booked = [book.pay(A, B, "25.00", day, "CARD 4711 NIGHTADS.EXAMPLE", type="card") for day in (2, 3)]
    book.pay(A, B, "26.00", 2, "CARD 4711 NIGHTADS.EXAMPLE", type="card")
    book.pay(A, C, "25.00", 2, "CARD 4711 BAKERY", type="card")
    found = book.payments()
    assert [(found[r]["state"], found[r]["of"]) for r in (first, second, alone, other)] == [
        ("duplicate", booked[0]), ("duplicate", booked[1]), ("booked", None), ("booked", None),
    ]  # fmt: skip
    assert {found[r]["state"] for r in booked} == {"booked"}
