"""One-time links of a workspace without accounts."""

from __future__ import annotations

import pytest
from tests.access.conftest import CHEAP, PASSWORD

from clew.access import accounts
from clew.access.links import Links
from clew.access.roles import alone
from clew.model.errors import DeniedError


def test_a_link_opens_once(db, ledger):
    links = Links("me")
    secret = links.make()
    assert links.take(db, secret) == alone("me", "workbench")
    assert ledger.newest() == ("me", "login", "workspace", {"with": ["link"]})
    with pytest.raises(DeniedError, match="was used"):
        links.take(db, secret)
    assert ledger.newest() == ("nobody", "refuse", "sign-in", {"reason": "link"})
    assert secret not in ledger.text()


def test_other_secrets_open_nothing(db):
    links = Links("me")
    links.make()
    for wrong in ("", "\x00", "\ud800", Links("me").make()):
        with pytest.raises(DeniedError):
            links.take(db, wrong)


def test_a_link_opens_nothing_once_there_are_accounts(db, owner):
    links = Links("me")
    secret = links.make()
    accounts.add(db, owner, "ann", ["administrator"], PASSWORD, CHEAP)
    with pytest.raises(DeniedError):
        links.take(db, secret)


def test_only_the_newest_wait(db):
    links = Links("me")
    made = [links.make() for _ in range(21)]
    with pytest.raises(DeniedError):
        links.take(db, made[0])
    assert links.take(db, made[1]).name == "me"
