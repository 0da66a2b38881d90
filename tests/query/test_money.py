"""Accounts of a network, an account's page, and flow charts whose amounts add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clew.engine.duckdb import Engine
from clew.model.errors import InputError, MissingError
from clew.model.tables import TABLES
from clew.query.money import account_page, accounts_of, find_account, sankey
from clew.query.money_follow import follow
from clew.query.money_network import count_of_accounts

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
IBAN = "account:iban:NL91ABNA0417164300"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    rows: list[dict[str, Any]] = []

    def pay(payer: str, payee: str, amount: str | int, day: int, network: str | None = "N1", **more: object) -> None:
        row = {"rid": len(rows) + 1, "payer": payer, "payee": payee, "payer_name": "", "payee_name": "Anna Bakker"}
        row |= {"amount": Decimal(amount), "currency": "EUR", "booked_at": START + timedelta(days=day)}
        rows.append(row | {"purpose": "wage", "state": "booked", "of": None, "network_id": network} | more)

    pay("name:firm", IBAN, "100.50", 0)
    pay("name:firm", IBAN, "200", 1, network=None)
    pay("name:firm", IBAN, "999", 1, state="duplicate")
    for k in range(6):
        pay(IBAN, f"name:p{k}", 10 + k, 2, payee_name=f"P{k}")
    signs = [
        {"sign": "money-through", "subject": IBAN, "network_id": "N1", "weight": 0.5, "reason": "So.", "rids": [1]}
    ]
    records = [
        dict.fromkeys(TABLES["records"].names) | {"rid": r["rid"], "record_id": f"{r['rid']:032x}", "item_id": "i"}
        | {"version": 1, "kind": "payment", "source": "s", "platform": "p", "file": "f", "line": 1} for r in rows
    ]  # fmt: skip
    said = {"value": IBAN, "written": "x", "note": "", "state": "given", "who": "ann", "at": START}
    labels = [
        said | {"label": "Ours", "category": "own", "source": "Unit 5"},
        said | {"label": "A shop", "category": "shop", "source": "web", "at": START + timedelta(days=1)},
        said | {"label": "Old", "category": "shop", "source": "Unit 5", "at": START - timedelta(days=1)},
        said | {"label": "Wrong", "category": "mixer", "source": "old"},
        said | {"label": "Wrong", "category": "mixer", "source": "old", "state": "removed", "at": START + DAY},
        said | {"label": "Not its", "category": "mixer", "source": "web", "value": "name:firm"},
    ]
    with Engine(tmp_path, threads=1) as made:
        listed_in = (("payments", rows), ("labels", labels), ("money_signs", signs), ("records", records))
        for name, listed in listed_in:
            made.register({name: pa.Table.from_pylist(listed, schema=TABLES[name])})
        yield made


def test_accounts_of_a_network_count_what_is_booked_in_it(engine: Engine) -> None:
    first = accounts_of(engine, "N1")[0]
    assert (first.account, first.name, first.signs) == (IBAN, "Anna Bakker", ("money-through",))
    assert (first.turnover.came, first.turnover.went, first.turnover.credits) == (Decimal("100.5"), 75, 1)
    assert accounts_of(engine, "N2") == []


def test_a_page_shows_turnover_partners_signs_and_every_payment(engine: Engine) -> None:
    page = account_page(engine, IBAN)
    assert page.names == ("Anna Bakker",)
    assert (page.turnovers[0].came, page.turnovers[0].payees, page.payment_count) == (Decimal("300.5"), 6, 9)
    assert (page.partners[0].account, page.partners[0].received, page.partners[0].payments) == ("name:firm", True, 2)
    assert sorted(p.state for p in page.payments)[-1] == "duplicate"
    assert page.signs[0].reason == "So."
    with pytest.raises(MissingError):
        account_page(engine, "name:nobody")


def test_a_page_says_what_lists_that_hold_say_of_the_account_the_newest_first(engine: Engine) -> None:
    said = account_page(engine, IBAN).labels
    assert [(s.label, s.category, s.source, s.who, s.at - START) for s in said] == [
        ("A shop", "shop", "web", "ann", DAY),
        ("Ours", "own", "Unit 5", "ann", timedelta(0)),
    ]
    assert [s.label for s in account_page(engine, "name:firm").labels] == ["Not its"]


def test_accounts_are_found_by_number_and_by_name(engine: Engine) -> None:
    assert find_account(engine, "nl91 abna 0417 1643 00") == IBAN
    assert find_account(engine, "Firm") == "name:firm"
    assert find_account(engine, "P1") == "name:p1"
    engine.run("CREATE TABLE more AS SELECT * REPLACE ('name:x' AS payee) FROM payments")
    engine.register({"payments": engine.sql("FROM payments UNION ALL FROM more")})
    with pytest.raises(InputError):
        find_account(engine, "Anna Bakker")
    with pytest.raises(MissingError):
        find_account(engine, "NL00")


def test_a_flow_chart_draws_small_ones_together_and_loses_nothing(engine: Engine) -> None:
    found = follow(engine, IBAN)[0]
    chart = sankey(found, most=2)
    assert chart.said == ["4 accounts that got less are drawn together."]
    start = chart.nodes.index(IBAN)
    assert sum(a for s, a in zip(chart.source, chart.fifo, strict=True) if s == start) == found.total == 75
    last = chart.nodes.index("no later payment known")
    assert sum(a for t, a in zip(chart.target, chart.share, strict=True) if t == last) == 75
    whole = sankey(follow(engine, "name:p3", back=True)[0])
    assert set(zip(whole.source, whole.target, strict=True)) != set()
    assert whole.nodes[whole.source[0]] != "name:p3"


def test_the_tab_counts_accounts_of_its_payments_and_those_that_may_have_paid_for_posts(engine: Engine) -> None:
    matches = [
        {"rid_payment": 1, "rid_record": at, "score": score, "chance": 0.1, "network_id": network, "reason": "So."}
        | {"payer": payer}
        for at, (score, network, payer) in enumerate(
            [(0.9, "N2", IBAN), (0.8, "N2", IBAN), (0.3, "N2", "name:p1"), (0.9, "N1", IBAN), (0.9, "N1", "name:far")]
        )
    ]
    engine.register({"payment_matches": pa.Table.from_pylist(matches, schema=TABLES["payment_matches"])})
    assert count_of_accounts(engine, "N2") == 1  # not its two posts
    assert count_of_accounts(engine, "N1") == 9  # the firm, the holder, six payees, and who may have paid
    assert count_of_accounts(engine, "N3") == 0
