"""Payments among adverts: whose they are, and whom they must not join."""

from __future__ import annotations

from pathlib import Path

from tests.link.worlds import Advert, crowd, run

CROWD = crowd(10_000)


def paid(number: int, payer: str, payee: str, amount: int = 50, day: float = 0.0) -> Advert:
    holds = tuple(f"{side} account:{who}" for side, who in (("from", payer), ("to", payee)) if who)
    return Advert(number, holds, day=day, kind="payment", amount=amount)


def advert(number: int, *holds: str) -> Advert:
    return Advert(number, ("phone:own", *holds), place="town1")


def test_the_payments_of_an_account_are_together_and_its_shop_joins_nobody(tmp_path: Path) -> None:
    payments = [
        paid(10 * k + i, f"person{k}", "shop" if i else f"friend{k}", day=i) for k in range(8) for i in range(4)
    ]
    result = run(tmp_path, [*CROWD, *payments])
    assert [len(result.of(range(10 * k, 10 * k + 4))) for k in range(8)] == [1] * 8
    assert len(result.of(p.number for p in payments)) == 8


def test_what_comes_to_an_account_in_an_advert_is_the_adverts_and_what_else_its_payer_pays_is_not(
    tmp_path: Path,
) -> None:
    adverts = [advert(n, "account:ours") for n in range(3)]
    payments = [paid(100, "client", "ours"), paid(101, "client", "grocer"), paid(102, "client", "landlord")]
    result = run(tmp_path, [*CROWD, *adverts, *payments])
    assert result.of([100]) == result.of(range(3))
    assert len(result.of([101, 102])) == 1
    assert result.of([101]) != result.of([100])


def test_what_an_account_in_an_advert_pays_is_the_adverts(tmp_path: Path) -> None:
    adverts = [advert(n, "account:ours") for n in range(3)]
    payments = [paid(100 + n, "ours", f"shop{n}", day=n) for n in range(4)]
    assert len(run(tmp_path, [*CROWD, *adverts, *payments]).of([*range(3), *range(100, 104)])) == 1


def sweeps(first: int, account: str, onto: str, share: float, times: int = 4) -> list[Advert]:
    """What comes in one day and goes out the next, so many times."""
    payments = []
    for k in range(times):
        payments.append(paid(first + 2 * k, f"payer-of-{account}-{k}", account, 100, 7.0 * k))
        payments.append(paid(first + 2 * k + 1, account, onto, round(100 * share), 7.0 * k + 1))
    return payments


def test_accounts_that_hand_over_what_they_get_are_one_operation(tmp_path: Path) -> None:
    swept = [sweeps(100 * k, f"worker{k}", "collector", 0.9) for k in range(1, 4)]
    onward = [paid(900 + k, "collector", "abroad", 70, 10.0 * k) for k in range(3)]
    result = run(tmp_path, [*CROWD, *onward, *(p for s in swept for p in s)])
    handed = [p.number for s in swept for p in s if p.number % 2]
    assert len(result.of([*handed, 900, 901, 902])) == 1


def test_rent_that_takes_a_part_of_the_wage_joins_no_tenants(tmp_path: Path) -> None:
    tenants = [sweeps(100 * k, f"tenant{k}", "landlord", 0.4) for k in range(1, 4)]
    result = run(tmp_path, [*CROWD, *(p for t in tenants for p in t)])
    assert len(result.of(p.number for t in tenants for p in t if p.number % 2)) == 3


def test_cash_paid_in_is_the_payees(tmp_path: Path) -> None:
    result = run(tmp_path, [*CROWD, paid(1, "", "mule"), paid(2, "", "mule", day=1), paid(3, "mule", "abroad", day=2)])
    assert len(result.of([1, 2, 3])) == 1
