"""Money in a real browser: a network's flows, and one account's money followed, with amounts that add up."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from tests.once import once
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import served, shot

from clew.access.roles import alone
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.label import label
from clew.pipeline.run import run
from clew.query.index import ensure_index
from clew.store.workspace import Workspace

HOSTILE = "<script>alert(1)</script>"
COLLECTOR = "NL91ABNA0417164300"
WORKERS = ("DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606")
PAGE = f"/money/account:iban:{COLLECTOR}"


def rows() -> list[dict[str, str]]:
    """Clients pay three workers, who hand over nine tenths within a day; the collector sends two thirds abroad.

    Four hundred strangers shop, and one more, nobody knows when, and one on a day.
    """
    out: list[dict[str, str]] = []

    def pay(payer: str, payee: str, amount: str, day: int, hour: int, payee_name: str = "") -> None:
        at = f"2026-03-{day:02}T{hour:02}:00:00Z"
        out.append(
            {"native_id": f"p{len(out)}", "payer": payer, "payee": payee, "amount": amount, "currency": "EUR",
             "booked_at": at, "text": "thanks", "payee_name": payee_name}
        )  # fmt: skip

    for day in range(1, 9):
        for number, worker in enumerate(WORKERS):
            pay(f"client {day} of {number}", worker, "100.00", day, 2, f"Worker {number}")
            pay(worker, COLLECTOR, "90.00", day, 20, HOSTILE)
        pay(COLLECTOR, "LT121000011101001000", "180.00", day, 22, "Far Away")
    pay("undated payer", "kiosk", "5.00", 1, 1)
    out[-1]["booked_at"] = ""
    pay("day payer", "kiosk", "5.00", 2, 1)
    out[-1]["booked_at"] = "2026-03-02"
    for stranger in range(400):
        pay(f"ACC-{1_000_000 + stranger}", "grocer", "20.00", 9 + stranger % 9, 12)
    return out


@pytest.fixture(scope="session")
def paid_for(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of payments alone."""

    def make(home: Path) -> None:
        with (home / "payments.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows()[0]))
            writer.writeheader()
            writer.writerows(rows())
        place = Workspace.create(home / "workspace")
        ingest(place, [home / "payments.csv"], IngestOptions("payment", "bank"))
        (home / "list.csv").write_text(f"address,label,category,note\n{COLLECTOR},{HOSTILE},own,Request 12\n")
        label(place, home / "list.csv", "Unit 5", actor=alone("ann", "command line"))
        run(place)
        ensure_index(place)

    return once(tmp_path_factory, "money-world", make) / "workspace"


@pytest.fixture(scope="module")
def money(paid_for):
    with served(paid_for) as found:
        yield found


def network(bench) -> str:
    with bench.desk.session() as engine:
        query = "SELECT network_id FROM payments WHERE network_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
        return str(engine.row(query)[0])


@pytest.mark.parametrize("name", ["network", "account"])
def test_no_page_has_a_fault_that_axe_finds(money, page, name):
    page.goto(money.url + {"network": f"/networks/{network(money)}/money", "account": PAGE}[name])
    shot(page, f"money-{name}")
    assert faults(page) + faults_in_the_dark(page) == []
    page.set_viewport_size({"width": 820, "height": 1100})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_network_shows_what_comes_in_and_goes_out_and_leads_to_accounts(money, page):
    page.goto(f"{money.url}/networks/{network(money)}")
    page.get_by_role("link", name="Money").click()
    chart = page.locator("svg.sankey")
    assert "in: transfer" in chart.text_content() and "2,160.00 EUR" in chart.text_content()
    assert HOSTILE in page.locator("main").inner_text()
    chart.locator("a").filter(has_text="2,160.00 EUR").locator("text").click()
    assert page.url.endswith(PAGE)


def test_an_account_shows_what_lists_say_of_it_and_from_when(money, page):
    page.goto(money.url + PAGE)
    cells = page.locator("section:has(#lists) tbody tr td").all_inner_texts()
    assert [*cells[:4], cells[5]] == [HOSTILE, "own", "Request 12", "Unit 5", "ann"] and len(cells) == 6
    assert cells[4].startswith("20") and page.locator("section:has(#lists)").count() == 1
    page.goto(f"{money.url}/money/account:iban:{WORKERS[0]}")
    assert page.locator("#lists").count() == 0


def test_what_goes_on_from_an_account_adds_up_both_ways(money, page):
    page.goto(money.url + PAGE)
    assert page.locator("h1").inner_text() == HOSTILE
    for way in ("first in, first out", "by proportion"):
        if page.get_by_role("link", name=way, exact=True).count():
            page.get_by_role("link", name=way, exact=True).click()
        column = 3 if way == "by proportion" else 2
        cells = page.locator("section[aria-labelledby=followed] tbody tr").all()
        amounts = [Decimal(row.locator("td").nth(column).inner_text().replace(",", "")) for row in cells]
        assert sum(amounts) == Decimal(8 * 180)
    page.get_by_role("link", name="back", exact=True).click()
    assert "Where its money came from" in page.locator("main").inner_text()
    assert page.locator("section[aria-labelledby=followed] tfoot").inner_text().count("2,160.00 EUR") == 2


def test_a_currency_in_which_nothing_was_paid_is_told_so_and_leads_to_those_in_which_something_was(money, page):
    page.goto(f"{money.url}{PAGE}?back=true&currency=GBP")
    followed = page.locator("section[aria-labelledby=followed]")
    assert "Nothing was paid to it in GBP. Something was in EUR." in followed.inner_text()
    assert followed.locator("svg.sankey").count() == 0
    followed.get_by_role("link", name="EUR").click()
    assert "currency=EUR" in page.url and followed.locator("tfoot").inner_text().count("2,160.00 EUR") == 2
    assert "It paid nothing in &lt;b&gt;" in money.client.get(f"{PAGE}?currency=<b>").text


def test_a_payment_known_by_its_day_alone_is_shown_without_a_time(money, page):
    page.goto(f"{money.url}/money/name:day%20payer")
    cell = page.locator("section[aria-labelledby=paid] tbody a")
    assert cell.inner_text() == "2026-03-02"
    cell.click()
    assert page.locator("dt:text-is('Booked') + dd").inner_text() == "2026-03-02"
    with money.desk.session() as engine:
        (name,) = engine.row("SELECT network_id FROM payments WHERE payer = 'name:day payer'")
    listed = money.client.get(f"/networks/{name}/records").text
    assert "2026-03-02</td>" in listed and "2026-03-02 00:00" not in listed
    assert ":00 UTC</td>" in money.client.get(f"/networks/{network(money)}/records").text


def test_an_account_of_payments_without_a_date_has_its_page(money):
    answer = money.client.get(f"/money/{quote('name:undated payer', safe=':')}")
    assert answer.status_code == 200 and "has no date that could be read" in answer.text


def test_the_search_leads_from_the_name_of_a_holder_to_the_account(money, page):
    page.goto(f"{money.url}/search?q=far+AWAY")
    held = page.locator("section[aria-labelledby=held]")
    assert held.locator("h2").inner_text() == "1 account held under that name"
    assert "Nothing here is tied to that" not in page.locator("main").inner_text()
    assert faults(page) == []
    held.locator("tbody a").first.click()
    assert page.url.endswith("/money/account:iban:LT121000011101001000")
    (found,) = money.client.get("/api/v1/search", params={"q": HOSTILE}).json()["holders"]
    assert found["account"] == f"account:iban:{COLLECTOR}" and found["payments"] == 24
    assert HOSTILE not in money.client.get("/search", params={"q": HOSTILE}).text


def test_the_search_leads_from_an_iban_to_its_account(money, page):
    page.goto(f"{money.url}/search?q={COLLECTOR}")
    page.get_by_role("link", name="See the account").click()
    assert page.url.endswith(PAGE)
    assert "See the account" not in money.client.get("/search", params={"q": "account:iban:NL00NOBODY"}).text


def test_a_payment_leads_to_its_record(money, page):
    page.goto(money.url + PAGE)
    page.locator("section[aria-labelledby=paid] tbody a").first.click()
    assert "180.00 EUR" in page.locator("main").inner_text()
    assert "LT121000011101001000" in page.locator("main").inner_text()


def test_the_payments_of_an_account_are_read_page_by_page(money, page):
    with money.desk.session() as engine:
        account, count = engine.row("SELECT payee, count(*) FROM payments GROUP BY payee ORDER BY 2 DESC LIMIT 1")
    page.goto(f"{money.url}/money/{quote(account)}?depth=1")
    assert page.get_by_text(f"1–50 of {count}").count() == 1
    first = page.locator("#paid ~ table tbody tr a").first.get_attribute("href")
    page.keyboard.press("n")
    page.wait_for_url("**offset=50#paid")
    assert page.get_by_text(f"51–100 of {count}").count() == 1
    assert page.locator("#paid ~ table tbody tr a").first.get_attribute("href") != first
    assert faults(page) == []


@pytest.mark.parametrize("account", ["account:iban:NL00NOBODY", HOSTILE, "x" * 300, "name:a/b"])
def test_an_account_that_no_payment_names_is_told_so(money, account):
    answer = money.client.get(f"/money/{quote(account, safe=':')}")
    assert answer.status_code == 404
    assert HOSTILE not in answer.text


def test_roles_and_assets_stand_on_their_pages(money):
    for end, word in (("roles", "Who does what"), ("assets", "What could be frozen")):
        assert word in money.client.get(f"/networks/{network(money)}/{end}").text
    for end, first in (("people", "person"), ("seizable", "kind")):
        assert money.client.get(f"/networks/{network(money)}/{end}.csv").text.lstrip("\ufeff").startswith(first)


def test_what_is_observed_looks_other_than_what_is_inferred(money, page):
    page.goto(f"{money.url}/networks/{network(money)}/assets")
    row = page.locator("tr", has_text="Observed: ").first
    expect(row.locator(".tag.good")).to_have_text("turnover observed")
    expect(row.locator(".tag.warn")).to_have_text("tie inferred")
    assert faults(page) == []


def test_who_has_a_role_is_named_as_the_holder_of_the_account(money):
    said = money.client.get(f"/networks/{network(money)}/roles").text
    assert "<bdi>Worker 0</bdi>" in said and f"{COLLECTOR} " in said and HOSTILE not in said
    assert "iban:" not in said  # an IBAN is known by its look
