"""A timestamp that was changed, moved to another head, or comes from somebody else is named by the check."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from tests.tsa import make_authority, serving

from clew.access.roles import alone
from clew.database.base import write
from clew.ledger import log
from clew.ledger.check import check
from clew.ledger.entry import Deed
from clew.ledger.timestamps import configured, stamp, stamps
from clew.vault.keys import open_keys

ANN = alone("ann", "command line")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with serving(make_authority(tmp_path_factory.mktemp("tsa"))) as found:
        yield found


@pytest.fixture
def stamped(db, tmp_path, authority, monkeypatch):
    """Two heads with a timestamp each."""
    monkeypatch.setenv("CLEW_TSA_URL", authority.url)
    monkeypatch.setenv("CLEW_TSA_ROOTS", str(authority.roots))
    for _ in range(2):
        with write(db) as connection:
            log.append(connection, ANN, Deed("view", "leads"))
        stamp(db, open_keys(tmp_path))
    return db


def _after(db, statement, **values):
    with write(db) as connection:
        connection.execute(sa.text(statement), values)
    return check(db, trusted=configured()).faults


def test_whole_timestamps_are_whole(stamped):
    assert check(stamped).faults == check(stamped, trusted=configured()).faults == []


def test_a_changed_byte_of_a_token_is_named(stamped):
    with stamped.connect() as connection:
        token = stamps(connection)[0].token
    chance = random.Random(3)
    # The empty parameters of an algorithm (05 00) say nothing, so nothing is wrong without them.
    telling = [at for at in range(len(token)) if b"\x05\x00" not in token[max(at - 1, 0) : at + 2]]
    for at in (0, len(token) - 1, *chance.sample(telling, 10)):
        wrong = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        found = _after(stamped, "UPDATE ledger_timestamps SET token = :t WHERE size = 1", t=wrong)
        assert len(found) == 1 and "on the head of 1 entries does not hold" in found[0], at


def test_a_changed_time_or_root_is_named(stamped):
    (found,) = _after(stamped, "UPDATE ledger_timestamps SET at = '2020-01-01T00:00:00+00:00' WHERE size = 2")
    assert "on the head of 2 entries does not hold (it is of 20" in found
    (found,) = _after(stamped, "UPDATE ledger_timestamps SET root = :r WHERE size = 2", r=b"none")
    assert "on the head of 2 entries does not hold" in found


def test_a_timestamp_of_another_head_is_named(stamped):
    with stamped.connect() as connection:
        token = stamps(connection)[0].token
    (found,) = _after(stamped, "UPDATE ledger_timestamps SET token = :t WHERE size = 2", t=token)
    assert "on the head of 2 entries does not hold" in found


def test_a_timestamp_of_somebody_else_is_named(stamped, tmp_path, monkeypatch):
    with serving(make_authority(tmp_path / "other")) as other:
        monkeypatch.setenv("CLEW_TSA_ROOTS", str(other.roots))
        found = check(stamped, trusted=configured()).faults
    assert len(found) == 2 and all("none of those in CLEW_TSA_ROOTS" in fault for fault in found)
