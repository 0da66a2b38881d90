"""People of the tests: who comes in to a bench, and what the ledger says of it."""

from __future__ import annotations

from contextlib import contextmanager

import httpx
from tests.access.conftest import CHEAP
from tests.web.conftest import stranger

from clew.access import accounts
from clew.access.roles import alone
from clew.ledger import log

ADMIN = alone("tester", "command line")
PASSWORD = "three turtles on a bicycle"


def entries(bench, **wanted):
    """Entries of the ledger that fit, the oldest first."""
    with bench.desk.db.connect() as connection:
        return log.search(connection, log.Wanted(**wanted), 0, 500)[0][::-1]


@contextmanager
def browser_of(bench, **headers):
    """Somebody who has not signed in."""
    with stranger(bench.url) as client:
        client.headers.update(headers)
        yield client


def sign_in(bench, client, name, password=PASSWORD, code="") -> httpx.Response:
    client.headers["origin"] = bench.url
    return client.post("/sign-in", data={"name": name, "password": password, "code": code})


def people(bench, **roles) -> None:
    """Accounts whose owners have taken a password of their own."""
    for name, role in {"root": "administrator", **roles}.items():
        accounts.add(bench.desk.db, ADMIN, name, [role], PASSWORD, CHEAP)
    with bench.desk.db.begin() as connection:
        connection.execute(accounts.ACCOUNTS.update().values(handed=False))


def lead_of(bench) -> str:
    return str(bench.client.get("/api/v1/leads").json()["items"][0]["network_id"])


def no_lead(bench) -> str:
    with bench.desk.session() as engine:
        return str(engine.row("SELECT network_id FROM networks ANTI JOIN leads USING (network_id) ORDER BY 1")[0])
