"""The quick way to write an entry writes what the other way writes, and stands back where something is not as usual."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from clew.access.roles import alone
from clew.database.base import FILE, open_database, write
from clew.ledger import quick
from clew.ledger.check import check
from clew.ledger.entry import Deed
from clew.ledger.log import append, entries

ANN = alone("ann", "command line").within(None, "a tip")


@pytest.fixture
def sqlite(tmp_path):
    db = open_database(tmp_path)
    yield db
    db.dispose()


def test_both_ways_write_the_same(sqlite, tmp_path):
    deeds = [Deed("view", f"network NW{n}", {"n": n}, {"for": "x"} if n % 2 else {}) for n in range(9)]
    for deed in deeds:
        with write(sqlite) as connection:
            append(connection, ANN, deed)
        assert quick.append(tmp_path, ANN, deed, ())
    assert check(sqlite).faults == []
    with sqlite.connect() as connection:
        held = list(entries(connection))
    assert [entry.seq for entry in held] == list(range(18))
    for slow, fast in zip(held[::2], held[1::2], strict=True):
        for column in ("who", "via", "act", "subject", "case_id", "details", "private"):
            assert getattr(slow, column) == getattr(fast, column)
        assert len(slow.at) == len(fast.at) and slow.at <= fast.at and fast.whole()


def _untouched(tmp_path, accounted=()):
    said = quick.append(tmp_path, ANN, Deed("view", "leads"), accounted)
    if (tmp_path / FILE).exists():
        with sqlite3.connect(tmp_path / FILE) as connection:
            assert connection.execute("SELECT count(*) FROM ledger_entries").fetchone() == (0,)
    return said is False


def test_it_stands_back_where_something_is_not_as_usual(sqlite, tmp_path, monkeypatch):
    assert _untouched(tmp_path, ["run R0001"])
    with monkeypatch.context() as patch:
        patch.setenv("CLEW_DATABASE_URL", "postgresql://host/name")
        assert _untouched(tmp_path)
    for statement in (
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE served_workspace SET name = 'other'",
        "CREATE TRIGGER full BEFORE INSERT ON ledger_nodes BEGIN SELECT RAISE(ABORT, 'full'); END",
    ):
        with sqlite.begin() as connection:
            held = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
            served = connection.execute(sa.text("SELECT name FROM served_workspace")).scalar_one()
            connection.execute(sa.text(statement))
        assert _untouched(tmp_path), statement
        with sqlite.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :held"), {"held": held})
            connection.execute(sa.text("UPDATE served_workspace SET name = :served"), {"served": served})
            connection.execute(sa.text("DROP TRIGGER IF EXISTS full"))
    assert quick.append(tmp_path, ANN, Deed("view", "leads"), ())


def test_it_stands_back_where_there_are_accounts(sqlite, tmp_path):
    from clew.access import accounts
    from clew.access.passwords import Cost

    accounts.add(sqlite, ANN, "root", ["administrator"], "violet anchors drift north", Cost(1, 64, 1))
    with sqlite.connect() as connection:
        before = len(list(entries(connection)))
    assert not quick.append(tmp_path, ANN, Deed("view", "leads"), ())
    with sqlite.connect() as connection:
        assert len(list(entries(connection))) == before


def test_it_stands_back_where_there_is_no_database_yet_or_none_that_is_one(tmp_path):
    assert _untouched(tmp_path)
    assert not (tmp_path / FILE).exists()
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    assert not quick.append(tmp_path, ANN, Deed("view", "leads"), ())
