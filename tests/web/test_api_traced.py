"""What the API says of money, roles, conversations and sites: the same as the pages, amounts as exact texts."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import quote

import pytest
from tests.recruiting import CHAT, SITES, workspace
from tests.web.conftest import served
from tests.web.people import entries
from tests.web.test_money import COLLECTOR, network, paid_for  # noqa: F401  (a fixture)

ACCOUNT = f"account:iban:{COLLECTOR}"


@pytest.fixture(scope="module")
def money(paid_for):  # noqa: F811
    with served(paid_for) as found:
        yield found


@pytest.fixture(scope="module")
def talks(tmp_path_factory):
    with served(workspace(tmp_path_factory).path) as found:
        yield found


def ask(bench, path: str, status: int = 200, **params: object):
    answer = bench.client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_money_of_a_network(money):
    found = ask(money, f"/networks/{network(money)}/money")
    assert found["currency"] == "EUR"
    (collector,) = [a for a in found["accounts"] if a["account"] == ACCOUNT]
    assert (collector["turnover"]["came"], collector["turnover"]["went"]) == ("2160", "1440")
    chart = found["chart"]
    assert "2160" in chart["fifo"] or sum(map(Decimal, chart["fifo"])) > 2160
    assert len(chart["source"]) == len(chart["fifo"]) > 0


def test_an_account_and_its_money_both_ways(money):
    page = ask(money, f"/money/accounts/{ACCOUNT}", limit=5)
    assert page["payment_count"] == 32 and len(page["payments"]) == 5
    assert page["turnovers"][0]["came"] == "2160"
    for back, total in ((False, "1440"), (True, "2160")):
        (found,) = ask(money, f"/money/followed/{ACCOUNT}", back=back)
        assert found["total"] == total
        for way in ("fifo", "share"):
            assert sum(Decimal(end[way]) for end in found["ends"]) == Decimal(total)


def test_an_amount_of_nothing_is_a_plain_nought(money):
    (turnover,) = ask(money, "/money/accounts/name:grocer")["turnovers"]
    assert (turnover["came"], turnover["went"]) == ("8000", "0")


@pytest.mark.parametrize("path", [
    "/money/accounts/name:nobody", "/money/followed/name:a/b", "/networks/N0/money", "/networks/N0/roles",
    "/networks/N0/seizable", "/networks/N0/conversations", "/conversations/none", "/sites/none.example",
    "/sites/none.example/clones/T0",
])  # fmt: skip
def test_what_is_not_there_is_told_so(money, path):
    assert set(ask(money, path, 404)) == {"error", "todo"}


def test_an_account_stands_only_in_the_part_of_the_ledger_that_can_be_erased(money):
    ask(money, "/money/accounts/name:client 3 of 1")
    money.client.get(f"/money/{quote('name:client 4 of 1', safe=':')}")
    said = [e for e in entries(money) if e.subject == "money of an account"]
    assert {"name:client 3 of 1", "name:client 4 of 1"} <= {json.loads(e.private)["account"] for e in said}
    assert not any("client" in json.dumps([e.subject, e.details]) for e in said)


def test_roles_and_assets_come_in_parts(money):
    for end in ("roles", "seizable"):
        whole = ask(money, f"/networks/{network(money)}/{end}")
        assert whole["total"] >= len(whole["items"])
        part = ask(money, f"/networks/{network(money)}/{end}", offset=1, limit=1)
        assert part["items"] == whole["items"][1:2]


def test_conversations_and_one_of_them(talks):
    listed = ask(talks, "/conversations", danger=True)
    assert listed["items"][0]["danger"] and listed["total"] >= 1
    assert ask(talks, "/conversations", who="nobody of that name")["total"] == 0
    page = ask(talks, f"/conversations/{quote(CHAT, safe='')}", offset=13, limit=1)
    (message,) = page["messages"]
    assert message["at"] == 13
    assert "documents-held" in {sign["indicator"] for sign in message["signs"]}
    assert any(e.subject == f"conversation {page['talk']['key']}" for e in entries(talks))


def test_sites_and_one_of_them(talks):
    assert SITES[0] in {site["site"] for site in ask(talks, "/sites")["items"]}
    found = ask(talks, f"/sites/{SITES[0]}")
    assert found["site"]["site"] == SITES[0] and found["pages"] and found["clones"]
    clone = found["clones"][0]
    sides = ask(talks, f"/sites/{SITES[0]}/clones/{clone['template_id']}")["sides"]
    assert sides[0]["site"] == SITES[0] and clone["site"] in {side["site"] for side in sides}
