"""Following money: amounts add up, whatever the payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.model.tables import TABLES
from clew.query.money_follow import BACK, BEFORE, CASH, DEEP, POOLED, STILL, Followed, follow, traced
from clew.query.money_kernel import order
from clew.query.money_reach import amounts

START = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Books:
    """Payments in the making: (payer, payee, amount, day)."""

    engine: Engine
    rows: list[dict[str, Any]] = field(default_factory=list)

    def pay(self, payer: str, payee: str, amount: str | int, day: float, **more: object) -> None:
        row = {"rid": len(self.rows) + 1, "payer": payer, "payee": payee, "payer_name": "", "payee_name": ""}
        row |= {"amount": Decimal(amount), "currency": "EUR", "booked_at": START + timedelta(days=day)}
        self.rows.append(row | {"purpose": "transfer", "state": "booked", "of": None, "network_id": None} | more)

    def follow(self, account: str, **how: Any) -> Followed:
        self.engine.register({"payments": pa.Table.from_pylist(self.rows, schema=TABLES["payments"])})
        return follow(self.engine, account, **how)[0]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with Engine(tmp_path, threads=1) as engine:
        yield Books(engine)


def ends(found: Followed) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    return {(end.account, end.how): (end.fifo, end.share) for end in found.ends}


def flows(found: Followed) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    return {(flow.payer, flow.payee): (flow.fifo, flow.share) for flow in found.flows}


def test_payments_without_a_date_are_told_apart_from_none(books: Books) -> None:
    for amount in (1, 2, 3):
        books.pay("x", "b", amount, 0, booked_at=None)
    with pytest.raises(MissingError, match=r"no date that could be read \(payments: 3\)"):
        books.follow("x")
    with pytest.raises(MissingError, match="Nothing was paid by 'b'"):
        books.follow("b")


def test_whole_amounts_are_split_by_proportion_to_the_cent(books: Books) -> None:
    books.pay("y", "b", 200, 0)
    books.pay("x", "b", 100, 1)
    for day in range(20):
        books.pay("b", "c", 1, 2 + day)
    found = ends(books.follow("x"))
    assert found[("c", STILL)] == (0, Decimal("6.67"))  # a third of 20, though a third of each is 0.33
    assert found[("b", STILL)] == (100, Decimal("93.33"))


@pytest.mark.parametrize(("currency", "third"), [("JPY", "0"), ("BTC", "0.33333333"), ("KWD", "0.33")])
def test_amounts_are_split_as_far_as_their_currency_is(books: Books, currency: str, third: str) -> None:
    for payer, payee, amount in (("y", "b", 2), ("x", "b", 1), ("b", "c", 1)):
        books.pay(payer, payee, amount, len(books.rows), currency=currency)
    assert ends(books.follow("x")).get(("c", STILL), (0, Decimal(0)))[1] == Decimal(third)


def test_first_in_first_out_and_proportion_split_a_mixed_account_otherwise(books: Books) -> None:
    books.pay("x", "m", 100, 0)
    books.pay("a", "m", 100, 1)
    books.pay("m", "y", 120, 2)
    books.pay("m", "z", 40, 3)
    found = books.follow("a")
    assert found.total == 100
    assert flows(found)["m", "y"] == (20, 60)  # x's hundred goes first; or half of all that is there
    assert flows(found)["m", "z"] == (40, 20)
    assert ends(found)["m", STILL] == (40, 20)


def test_back_the_same_pairs_are_found(books: Books) -> None:
    books.pay("x", "m", 100, 0)
    books.pay("a", "m", 100, 1)
    books.pay("m", "y", 120, 2)
    found = books.follow("y", back=True)
    assert flows(found) == {("m", "y"): (120, 120), ("x", "m"): (100, 60), ("a", "m"): (20, 60)}
    assert ends(found) == {("x", BEFORE): (100, 60), ("a", BEFORE): (20, 60)}


def test_what_was_there_before_is_spent_first(books: Books) -> None:
    books.pay("a", "m", 50, 0)
    books.pay("m", "y", 80, 1)  # thirty were there
    found = books.follow("a")
    assert flows(found)["m", "y"] == (50, 50)
    assert ends(books.follow("y", back=True)) == {("m", BEFORE): (30, 30), ("a", BEFORE): (50, 50)}


def test_money_goes_through_several_accounts_on_one_day_given_without_hours(books: Books) -> None:
    books.pay("c", "d", 100, 5)
    books.pay("b", "c", 100, 5)
    books.pay("a", "b", 100, 5)
    assert ends(books.follow("a")) == {("d", STILL): (100, 100)}


def test_a_round_comes_back_and_a_pool_is_an_end(books: Books) -> None:
    books.pay("a", "b", 100, 0)
    books.pay("b", "a", 90, 1)
    for k in range(5):
        books.pay(f"p{k}", "shop", 10, 1)
    books.pay("b", "shop", 10, 2)
    books.pay("shop", "owner", 50, 3)
    found = books.follow("a", pool=5)
    assert ends(found) == {("a", BACK): (90, 90), ("shop", POOLED): (10, 10)}
    assert ends(books.follow("a", pool=5, depth=1)) == {("b", DEEP): (100, 100)}


def test_a_cash_machine_is_no_account(books: Books) -> None:
    books.pay("a", "machine", 100, 0, purpose="cash-out")
    books.pay("machine", "b", 100, 1, purpose="cash-in")
    assert ends(books.follow("a")) == {("machine", CASH): (100, 100)}
    assert ends(books.follow("b", back=True)) == {("machine", CASH): (100, 100)}


def test_only_what_counts_is_followed_and_who_paid_nothing_is_missing(books: Books) -> None:
    books.pay("a", "b", 100, 0, state="duplicate")
    books.pay("a", "b", 7, 0, currency="RON")
    books.pay("a", "b", 5, None or 0)
    books.pay("a", "b", 6, 0, booked_at=None)
    found = books.follow("a")
    assert found.total == 5
    assert found.said == ("1 payments without a date are left out.",)
    assert books.follow("a", currency="RON").total == 7
    with pytest.raises(MissingError):
        books.follow("b")


def test_coins_are_exact_to_the_last_digit(books: Books) -> None:
    books.pay("a", "b", "99999999.000000000000000001", 0)
    books.pay("b", "c", "33333333.333333333333333333", 1)
    found = books.follow("a")
    assert ends(found)["c", STILL] == (Decimal("33333333.333333333333333333"),) * 2
    assert ends(found)["b", STILL] == (Decimal("66666665.666666666666666668"),) * 2


@given(st.lists(st.decimals("0", "99999999999", places=18, allow_nan=False), min_size=1, max_size=20))
def test_amounts_are_cut_without_loss(values: list[Decimal]) -> None:
    column = pa.chunked_array([pa.array(values, pa.decimal128(38, 18))])
    whole, part = amounts(column)
    assert [Decimal(f"{w}.{p:018d}") for w, p in zip(whole, part, strict=True)] == values


payments = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 500), st.integers(0, 6)), min_size=1, max_size=40
)


def plain(rows: list[tuple[int, int, int, int]], at: list[int]) -> list[int]:
    """First in, first out, money as lists of single cents: the followed cents of each payment."""
    held: dict[int, list[int]] = {}
    need: dict[int, int] = {}
    for k in at:
        payer, payee, amount, _ = rows[k]
        need[payer] = need.get(payer, 0) - amount
        held[payer] = [0] * max(len(held.get(payer, [])), -need[payer])
        need[payee] = need.get(payee, 0) + amount
    found = [0] * len(rows)
    for k in at:
        payer, payee, amount, _ = rows[k]
        if payer == 0:
            coins = [1] * amount
        else:
            coins, held[payer] = held[payer][:amount], held[payer][amount:]
        found[k] = sum(coins)
        if payee != 0:
            held.setdefault(payee, []).extend(sorted(coins, reverse=True))
    return found


@settings(deadline=None, max_examples=60)
@given(payments, st.booleans())
def test_parts_sum_to_the_whole_whatever_is_paid(rows: list[tuple[int, int, int, int]], back: bool) -> None:
    rows = [row for row in rows if row[0] != row[1]] or [(0, 1, 5, 0)]
    payer, payee = (np.array([row[k] for row in rows], np.int32) for k in (0, 1))
    t = np.array([row[3] for row in rows], np.int64)
    at = order(t, payer, payee, np.arange(len(rows)).astype(np.uint64))
    assert sorted(at.tolist()) == list(range(len(rows)))
    if back:
        at, payer, payee = at[::-1], payee, payer
    rows = [(int(a), int(b), row[2], row[3]) for a, b, row in zip(payer, payee, rows, strict=True)]
    cents = np.array([row[2] for row in rows], np.int64)[at]
    whole, part = cents // 100, cents % 100 * 10**16
    expands = np.ones(6, np.bool_)
    fw, ff, pw, pf = traced(payer[at], payee[at], whole, part, expands, 0)
    by_fifo = [int(w) * 100 + int(f) // 10**16 for w, f in zip(fw, ff, strict=True)]
    by_share = [int(w) * 100 + int(f) // 10**16 for w, f in zip(pw, pf, strict=True)]
    assert not (pf % 10**16).any()  # whole cents
    assert by_fifo == [plain(rows, at.tolist())[k] for k in at.tolist()]
    for found in (by_fifo, by_share):
        assert all(0 <= x <= amount for x, amount in zip(found, cents.tolist(), strict=True))
        left = dict.fromkeys(range(6), 0)
        for x, a, b in zip(found, payer[at].tolist(), payee[at].tolist(), strict=True):
            left[a] -= x
            left[b] += x
            assert left[a] >= 0 or a == 0
        assert sum(left.values()) == 0
        assert sum(x for x, a in zip(found, payer[at].tolist(), strict=True) if a == 0) == int(
            cents[payer[at] == 0].sum()
        )


@settings(deadline=None, max_examples=8)
@given(payments)
def test_ends_sum_to_the_total_by_either_way(rows: list[tuple[int, int, int, int]]) -> None:
    with Engine(Path("/tmp"), threads=1) as engine:
        books = Books(engine)
        books.pay("n0", "n1", 3, 0)
        for payer, payee, cents, day in rows:
            books.pay(f"n{payer}", f"n{payee}", str(Decimal(cents) / 100), day)
        for back, account in ((False, "n0"), (True, "n1")):
            found = books.follow(account, back=back, depth=3)
            assert sum(end.fifo for end in found.ends) == sum(end.share for end in found.ends) == found.total
            assert all(end.fifo >= 0 and end.share >= 0 for end in found.ends)
