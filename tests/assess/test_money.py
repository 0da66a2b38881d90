"""Signs of money become findings on the network that has the payments, with small points."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.assess.conftest import World

from clew.assess.catalogue import catalogue

SIGNS = (
    "payer-many-ads", "prepaid-cards", "funnel-account", "money-through", "money-round-trip", "structured-cash",
    "wallet-mixer", "night-micro-credits", "wages-returned", "many-wages-one-account", "rent-many-beds",
    "travel-for-others", "victim-account-controlled",
)  # fmt: skip


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_of_two_accounts_is_a_finding_on_their_network(made: World, tmp_path: Path, name: str) -> None:
    paid = [made.add("ring", kind="payment", hours=k) for k in range(3)]
    made.add("other", kind="payment")
    made.sign("ring", name, "account:iban:1", *paid[:2])
    made.sign("ring", name, "account:iban:2", paid[2])
    made.sign(None, name, "account:iban:3", paid[2])
    found = made.found(tmp_path, indicators=[i for i in catalogue() if i.id == name])
    assert set(found[name]) == {"ring"}
    finding = found[name]["ring"]
    assert "2 accounts" in finding["reason"]
    assert finding["evidence"][0]["record_id"]
    assert 0 < finding["points"] <= 1


def test_other_signs_and_signs_of_no_network_say_nothing(made: World, tmp_path: Path) -> None:
    rid = made.add("ring", kind="payment")
    made.sign("ring", "something-else", "account:iban:1", rid)
    made.sign(None, "funnel-account", "account:iban:1", rid)
    assert not set(made.found(tmp_path)) & {*SIGNS, "pay-before-post"}


def test_payments_of_one_payer_that_fit_posts_are_counted_from_three_on(made: World, tmp_path: Path) -> None:
    for network, posts, score in (("ring", 3, 0.9), ("few", 2, 0.9), ("vague", 4, 0.4)):
        for k in range(posts):
            payment = made.add(network, kind="payment", hours=k)
            made.match(network, "account:iban:1", payment, made.add(network, hours=k + 0.5), score)
    found = made.found(tmp_path)["pay-before-post"]
    assert set(found) == {"ring"}
    assert found["ring"]["reason"] == "Payments of one account fit 3 posts in time and price."
