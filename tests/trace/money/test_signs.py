"""Signs of money: each fires on what it is about, and not on the honest life that looks nearly like it."""

from __future__ import annotations

import pytest
from tests.trace.money.conftest import Book, iban

HOUR = 1 / 24


def account(n: int) -> str:
    return iban(1000 + n)


def test_cash_from_several_places_that_is_drawn_in_another(book: Book) -> None:
    for k, place in enumerate(("Graz", "Linz", "Wels", "Graz", "Steyr", "Linz")):
        book.pay("machine", account(1), 900, 3 * k, type="cash-deposit", place=place)
        book.pay(account(1), "atm", 860, 3 * k + 1, type="cash-withdrawal", place="Wien")
        book.pay("machine", account(2), 900, 3 * k, type="cash-deposit", place="Graz")  # a trader
        book.pay(account(2), "atm", 860, 3 * k + 1, type="cash-withdrawal", place="Graz")
        book.pay("machine", account(3), 900, 3 * k, type="cash-deposit", place=place)  # who saves
    assert book.signs() == [("funnel-account", account(1))]


def test_many_who_pay_one_who_passes_it_on(book: Book) -> None:
    for k in range(10):
        book.pay(account(10 + k), account(1), 300, 2 * k + 10 * HOUR)
        book.pay(account(1), account(2), 280, 2 * k + 20 * HOUR)
        book.pay(account(10 + k), account(3), 300, 2 * k + 10 * HOUR, "rent")  # a landlord
        book.pay(account(3), account(4), 280, 2 * k + 20 * HOUR)
        book.pay(account(10), account(5), 300, 2 * k + 10 * HOUR)  # pocket money
        book.pay(account(5), "shop", 280, 2 * k + 20 * HOUR, "groceries")
    assert set(book.signs()) == {("funnel-account", account(1)), ("money-through", account(1))}


def test_money_that_comes_back_by_two_others(book: Book) -> None:
    for k in range(2):
        book.pay(account(1), account(2), 2000, 20 * k)
        book.pay(account(2), account(3), 1950, 20 * k + 1)
        book.pay(account(3), account(1), 1900, 20 * k + 2)
        book.pay(account(4), account(5), 2000, 20 * k)  # a loan and its return
        book.pay(account(5), account(4), 2000, 20 * k + 4)
    assert book.signs() == [("money-round-trip", account(1))]


@pytest.mark.parametrize(("amounts", "shows"), [
    ((9500, 9900, 9800, 9200), True),
    ((9500, 7900, 8200, 9200), False),
    ((9500, 9900, 9800, 12000, 15000), False),
    ((950, 990, 980, 920), False),
])  # fmt: skip
def test_cash_that_crowds_below_the_limit(book: Book, amounts: tuple[int, ...], shows: bool) -> None:
    for k, amount in enumerate(amounts):
        book.pay("machine", account(1), amount, k, type="cash-deposit")
    assert book.signs() == ([("structured-cash", account(1))] if shows else [])


def test_coins_that_go_to_a_mixer_and_by_one_more_wallet(book: Book) -> None:
    book.label("wallet:btc:mix", "mixer")
    book.pay("wallet:btc:a", "wallet:btc:b", "1.5", 1, currency="BTC")
    book.pay("wallet:btc:b", "wallet:btc:mix", "1.4", 2, currency="BTC")
    book.pay("wallet:btc:c", "wallet:btc:d", "1.5", 1, currency="BTC")
    book.pay("wallet:btc:mix", "wallet:btc:e", "1.3", 5, currency="BTC")
    assert book.signs() == [("wallet-mixer", "wallet:btc:a"), ("wallet-mixer", "wallet:btc:b")]


def test_small_credits_at_night_that_go_on_to_one_account(book: Book) -> None:
    for k in range(14):
        for who, hour in ((1, 22), (2, 22), (3, 12)):
            book.pay(account(20 + k % 9), account(who), 80 + k, k + hour * HOUR)
        book.pay(account(1), account(9), 70, k + 23 * HOUR)
        book.pay(account(3), account(9), 70, k + 13 * HOUR)
    assert [s for s in book.signs() if s[0] == "night-micro-credits"] == [("night-micro-credits", account(1))]


def test_gifts_to_a_charity_at_night_that_go_on_are_no_sign(book: Book) -> None:
    for k in range(14):
        for who, name in ((1, "Anna"), (2, "Stichting Warme Handen")):
            book.pay(account(20 + k % 9), account(who), 20, k + 22 * HOUR, "donation", payee_name=name)
        book.pay(account(1), account(9), 15, k + 23 * HOUR)
        book.pay(account(2), account(8), 15, k + 23 * HOUR)
    assert {subject for sign, subject in book.signs() if sign == "night-micro-credits"} == {account(1)}


def test_messages_shortly_before_credits_at_night_are_told(book: Book) -> None:
    for k in range(10):
        book.pay(account(20 + k), account(1), 80, k + 22 * HOUR, network="N1")
        book.pay(account(1), account(9), 70, k + 23 * HOUR, network="N1")
        if k < 4:
            book.write("N1", k + 21 * HOUR)
            book.write("N2", k + 21 * HOUR)
    reasons = {row["sign"]: row["reason"] for row in book.run()["money_signs"].to_pylist()}
    assert reasons["night-micro-credits"].endswith("; within two hours before 4 of them somebody of the network wrote.")


def wages(book: Book, employer: str, workers: range, to: str | None, share: float) -> None:
    for month in range(3):
        for k in workers:
            book.pay(employer, account(k), 1500, 30 * month, "Salary")
            if to:
                book.pay(account(k), to, round(1500 * share), 30 * month + 1)


def test_wages_that_go_to_one_who_gets_them_from_several(book: Book) -> None:
    wages(book, account(1), range(30, 33), account(2), 0.8)
    wages(book, account(1), range(40, 43), account(3), 0.4)  # a shared rent
    wages(book, account(1), range(50, 51), account(4), 0.9)  # a couple's budget
    assert [s for s in book.signs() if s[0] == "wages-returned"] == [("wages-returned", account(2))]


def test_wages_of_several_on_one_account(book: Book) -> None:
    for month in range(3):
        for k in range(4):
            book.pay(account(1), account(2), 1500 + k, 30 * month, "Salary")
        for _ in range(2):
            book.pay(account(1), account(3), 1500, 30 * month, "Salary")  # a couple
    assert [s for s in book.signs() if s[0] == "many-wages-one-account"] == [("many-wages-one-account", account(2))]


def test_an_account_that_another_empties_as_it_empties_others(book: Book) -> None:
    for k in range(6):
        for who in (1, 2):
            book.pay(account(60 + 7 * who + k), account(who), 100, 3 * k + HOUR)
            book.pay(account(who), account(9), 85, 3 * k + 5 * HOUR)
        book.pay(account(80 + k), account(3), 100, 3 * k + HOUR)
        book.pay(account(3), account(8), 85, 3 * k + 5 * HOUR)  # a child and a parent
    controlled = {s[1] for s in book.signs() if s[0] == "victim-account-controlled"}
    assert controlled == {account(1), account(2)}


def test_one_device_on_accounts_of_several_families(book: Book) -> None:
    for k in range(3):
        for n, name in enumerate(("A. Berg", "B. Dahl", "C. Holm")):
            book.pay(account(n), f"shop{n}", 10, k, payer_name=name, device="d1")
        for n, name in enumerate(("A. Lund", "B. Lund", "C. Lund")):
            book.pay(account(10 + n), f"shop{n}", 10, k, payer_name=name, device="d2")
    assert {s[1] for s in book.signs()} == {account(0), account(1), account(2)}


def test_rents_side_by_side_and_texts_that_count_beds(book: Book) -> None:
    for month in range(3):
        for k in range(2):
            book.pay(account(1), f"landlord{k}", 600, 30 * month, "rent")
        book.pay(account(2), "landlord0", 600, 30 * month, "rent")
        book.pay(account(3), "landlord0", 900, 30 * month, "rent 6 beds")
        book.pay(account(4), f"landlord{month}", 600, 30 * month, "rent")  # who moves
    assert [s for s in book.signs() if s[0] == "rent-many-beds"] == [
        ("rent-many-beds", account(1)),
        ("rent-many-beds", account(3)),
    ]


def test_tickets_for_others(book: Book) -> None:
    for k in range(4):
        for _ in range(2):
            book.pay(account(1), "flixbus", 30, 10 * k, "FlixBus ticket")
        book.pay(account(2), "flixbus", 30, 40 * k, "FlixBus ticket")
    assert book.signs() == [("travel-for-others", account(1))]


def test_one_payer_of_many_adverts_and_prepaid_cards_beside_them(book: Book) -> None:
    book.advert("rosengasse")
    for week in range(5):
        for _ in range(2):
            book.pay(account(1), "Rosengasse", 20, 7 * week, "Rosengasse premium")
            book.pay(account(1), "Marktplatz", 20, 7 * week, "advert")
        book.pay(account(1), "kiosk", 50, 7 * week, "paysafecard")
        book.pay(account(2), "Rosengasse", 20, 7 * week, "Rosengasse renewal")
        book.pay(account(2), "kiosk", 50, 7 * week + 1, "phone credit")
        book.pay(account(3), "kiosk", 50, 7 * week, "paysafecard")  # who plays
    assert book.signs() == [("payer-many-ads", account(1)), ("prepaid-cards", account(1))]


def test_a_sign_says_its_figures_and_stands_on_the_network_that_has_most_of_its_payments(book: Book) -> None:
    for k in range(4):
        book.pay("machine", account(1), 9500, k, type="cash-deposit", network="N2" if k else "N1")
    row = book.run()["money_signs"].to_pylist()[0]
    assert (row["network_id"], len(row["rids"])) == ("N2", 4)
    assert row["reason"] == (
        "4 of 4 cash deposits lie in the last 15 % below 10,000 EUR (38,000 EUR, within 3 days), "
        "0 in the 15 % below those, and 0 at the limit or above."
    )


def test_no_payments_no_tables(book: Book) -> None:
    book.advert("rosengasse")
    assert all(table.num_rows == 0 for table in book.run().values())
