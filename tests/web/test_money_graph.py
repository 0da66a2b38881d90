"""Money as a graph: flows in the place of records, accounts in that of what they show; and the same as a table."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import served, shot
from tests.web.test_money import COLLECTOR, HOSTILE, network, paid_for  # noqa: F401

from clew.model.errors import MissingError
from clew.query.money_graph import money_graph, money_graph_node

COLLECTS = f"account:iban:{COLLECTOR}"


@pytest.fixture(scope="module")
def money(paid_for):  # noqa: F811
    with served(paid_for) as found:
        yield found


def test_all_payments_from_one_account_to_another_are_a_node_tied_to_both(money):
    name = network(money)
    with money.desk.session() as engine:
        whole = money_graph(engine, name, "EUR", 2_000)
        small = money_graph(engine, name, "EUR", 50)
        opened = money_graph_node(engine, name, COLLECTS, "EUR", limit=200)
        flow = next(
            n for n in whole.nodes if n.kind == "record" and n.records == 8 and n.label == "1,440.00 EUR → Far Away"
        )
        paid = money_graph_node(engine, name, flow.id, "", limit=3)
        with pytest.raises(MissingError):
            money_graph_node(engine, name, "account:iban:NOBODY", "EUR")
    tied = {(whole.nodes[a].id, whole.nodes[b].id) for a, b in zip(whole.edges.record, whole.edges.shown, strict=True)}
    flows = [n for n in whole.nodes if n.kind == "record"]
    assert len(tied) == 2 * len(flows) == len(whole.edges.record) and whole.records == sum(n.records for n in flows)
    assert {b for a, b in tied if a == flow.id} == {COLLECTS, "account:iban:LT121000011101001000"}
    collects = next(n for n in whole.nodes if n.id == COLLECTS)
    assert (opened.total, collects.records, collects.label) == (32, 32, HOSTILE)  # 24 in, 8 out
    assert paid.total == 8 and all(item.title.endswith("→ Far Away") for item in paid.items)
    assert paid.items[0].shows == [COLLECTS, "account:iban:LT121000011101001000"]
    assert len(small.nodes) <= 50 and "smaller flows" in small.said[-1] and len(whole.said) == 1


def test_the_graph_is_drawn_and_read_with_the_keyboard(money, page):
    page.goto(money.url + f"/networks/{network(money)}/money")
    page.get_by_role("link", name="as a graph").click()
    graph = page.locator("clew-graph")
    expect(graph).to_have_attribute("data-state", "settled", timeout=20_000)
    page.locator("clew-graph canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".graph-name")).not_to_be_empty()
    expect(page.locator(".graph-records a").first).to_be_visible()
    assert faults(page) == [] and faults_in_the_dark(page) == []
    shot(page, "money-graph")


def test_the_same_is_a_table(money, page):
    page.goto(money.url + f"/networks/{network(money)}/money?draw=table")
    expect(page.get_by_role("link", name="1,440.00 EUR → Far Away")).to_be_visible()
    assert faults(page) == []
