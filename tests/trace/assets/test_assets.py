"""Assets of hand-made networks: what is listed, what it turns over, and how that is said to be known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.trace.roles.conftest import World

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.assets import assets
from clew.trace.assets.places import ADDRESS, STREETS

Row = dict[str, Any]
ACCOUNT = "iban:NL91ABNA0417164300"


@pytest.fixture
def world() -> World:
    return World()


def table(folder: Path, world: World, seed: int | None = None, threads: int = 2, people: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    """ASSETS; ``people`` have a role: by their identifier, the network."""
    world_tables = world.tables(seed)
    rows = [
        dict.fromkeys(TABLES["roles"].names)
        | {"network_id": network, "person": node, "role": "host", "confidence": 0.9, "evidence": "[]", "reason": "r"}
        | {"identifiers": [node], "rids": []}
        for node, network in (people or {}).items()
    ]
    world_tables["roles"] = TABLES["roles"].empty_table().from_pylist(rows, schema=TABLES["roles"])
    with Engine(folder, threads=threads) as engine:
        engine.register(world_tables)
        return assets(engine)["assets"]


def found(folder: Path, world: World, **more: Any) -> dict[tuple[str, str], Row]:
    """The rows by kind and value."""
    return {(row["kind"], row["value"]): row for row in table(folder, world, **more).to_pylist()}


def test_nothing_gives_an_empty_table(tmp_path: Path, world: World) -> None:
    assert table(tmp_path, world).schema.equals(TABLES["assets"]) and table(tmp_path, world).num_rows == 0


def test_an_account_that_an_advert_names_has_what_came_and_went(tmp_path: Path, world: World) -> None:
    world.ad(1, f"account:{ACCOUNT}", "account:number:2")
    world.pay("account:number:9", f"account:{ACCOUNT}", 2, "120.50", name="A")
    world.pay("account:number:2", f"account:{ACCOUNT}", 3, "80")
    world.pay("account:number:9", f"account:{ACCOUNT}", 4, "999", state="reversed")
    world.pay(f"account:{ACCOUNT}", "account:number:7", 5, "300", name="Jan de Vries")
    rows = found(tmp_path, world)
    row = rows["account", ACCOUNT]
    assert (row["turnover_low"], row["turnover_mid"], row["turnover_high"]) == (
        Decimal("120.50"), Decimal("200.50"), Decimal(300),
    )  # fmt: skip
    assert row["currency"] == "EUR" and row["holder"] == "Jan de Vries" and len(row["rids"]) == 4
    assert row["reason"].startswith("Observed: 2 payments came and 1 went.")
    assert ("account", "number:9") not in rows and ("account", "number:7") not in rows


def test_accounts_of_people_with_a_role_and_of_signs_are_listed(tmp_path: Path, world: World) -> None:
    rid = world.pay("account:number:5", "account:number:6", 1)
    world.pay("account:number:7", "account:number:8", 1)
    world.sign("funnel-account", "account:number:6", rid)
    rows = found(tmp_path, world, people={"account:number:5": "N1"})
    assert {value for kind, value in rows if kind == "account"} == {"number:5", "number:6"}


def test_a_wallet_without_payments_has_no_turnover(tmp_path: Path, world: World) -> None:
    world.ad(1, "wallet:btc:1abc")
    row = found(tmp_path, world)["wallet", "btc:1abc"]
    assert row["turnover_mid"] is None and "no payment of it is among the records" in row["reason"]


def test_a_phone_is_estimated_from_days_and_prices_and_says_so(tmp_path: Path, world: World) -> None:
    """Days 1, 2 and 9; up for one day: 3, for two: 1 + 2 + 2, for four: 1 + 4 + 4; visits 1, 3, 6; price 100."""
    for day in (1, 2, 9):
        rid = world.ad(day, "phone:+31611111111")
        world.mention(rid, "price", "100 EUR/hour")
        world.mention(rid, "price", "180 EUR/2hours")
    row = found(tmp_path, world)["phone", "+31611111111"]
    assert [row[f"turnover_{name}"] for name in ("low", "mid", "high")] == [300, 1500, 5400]
    assert row["currency"] == "EUR" and row["reason"].startswith("Assumed, not observed: ")
    assert "(3, 5, 9, if one is up for 1, 2 or 4 days)" in row["reason"]


def test_a_phone_without_a_price_is_not_estimated(tmp_path: Path, world: World) -> None:
    for day in (1, 2):
        world.ad(day, "phone:+31611111111")
    row = found(tmp_path, world)["phone", "+31611111111"]
    assert row["turnover_mid"] is None and row["currency"] is None


def test_a_domain_of_many_networks_is_a_service(tmp_path: Path, world: World) -> None:
    for k in range(25):
        world.ad(k, "domain:big.example", network=f"N{k}")
    world.ad(1, "domain:own.example")
    assert [value for kind, value in found(tmp_path, world) if kind == "domain"] == ["own.example"]


def advert(world: World, host: str, phone: str, network: str) -> None:
    """An advert on a site that names the site, a mailbox there, and a number."""
    rid = world.record("ad", 1, network, url=f"https://www.{host}/ad/{phone}")
    contacts = {"phone": phone, "email": "abuse@board.example", "domain": "board.example"}
    for kind, value in contacts.items():
        world.put("ties", type=kind, value=value, rid=rid)
        world.mention(rid, kind, value)


@pytest.mark.parametrize(
    ("host", "numbers", "networks", "listed"),
    [
        ("board.example", 6, 6, False),  # a board, of whose advertisers each has a number
        ("board.example", 1, 6, True),  # the site of who is reached at one number
        ("board.example", 6, 1, True),  # an agency that gives a number to each of its people
        ("elsewhere.example", 6, 6, True),  # who is advertised elsewhere names it
    ],
)
def test_a_board_is_no_asset_of_who_advertises_on_it(
    tmp_path: Path, world: World, host: str, numbers: int, networks: int, listed: bool
) -> None:
    for k in range(6):
        advert(world, host, f"+3161111111{k % numbers}", f"N{k % networks}")
    assert (("domain", "board.example") in found(tmp_path, world)) == listed


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("neem de auto, kenteken: 12-ABC-3, om acht uur", "vehicle", "12-ABC-3"),
        ("blue car plate WX 123 YZ waits outside", "vehicle", "WX-123-YZ"),
        ("Kennzeichen B-MW 1234", "vehicle", "B-MW-1234"),
        ("kom naar Dorpsstraat 12 om acht uur", "premises", "dorpsstraat 12"),
        ("on part de la rue des Lilas 14 demain", "premises", "rue des lilas 14"),
        ("be at 221b Baker Street at nine", "premises", "221b baker street"),
    ],
)
def test_vehicles_and_premises_are_read_by_their_form(
    tmp_path: Path, world: World, text: str, kind: str, value: str
) -> None:
    world.record("message", 1, body=text)
    assert [key for key in found(tmp_path, world) if key[0] == kind] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    ["order AB-123-C is paid", "the card sales 1675", "vanaf 84 euro", "beautiful. an hour 80", "via whatsapp 0612",
     "the car is 20 years old"],
)  # fmt: skip
def test_what_only_looks_like_it_is_neither(tmp_path: Path, world: World, text: str) -> None:
    world.record("message", 1, body=text)
    assert found(tmp_path, world) == {}


WORDS = ("Lange", "linden", "straße", "straat", "vägen", "Calle", "via", "str.", "ul.", "du", "de la", "12", "4b", ",",
         "nr.", "n°", "O'Neill", "Baker", "street", "Rd", "st", "é")  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " ", ", "])), max_size=9))
@example([("12", " "), ("Baker", " "), ("O'Neill", " "), ("street", "")])
@example([("Calle", " "), ("du", " "), ("Baker", ", "), ("n°", " "), ("12", "")])
@example([("Lange", ""), ("straße", " "), ("12", "")])
def test_the_quick_look_misses_no_address(words: list[tuple[str, str]]) -> None:
    text = pa.array(["".join(word + gap for word, gap in words)])
    if pc.match_substring_regex(text, ADDRESS)[0].as_py():
        assert any(pc.match_substring_regex(text, look)[0].as_py() for look in STREETS)


def test_rent_of_people_with_a_role_shows_premises(tmp_path: Path, world: World) -> None:
    for day in (1, 31):
        rid = world.pay("account:number:5", "account:number:66", day, "900", purpose="rent")
        world.mention(rid, "place", "Utrecht, NL", where="place")
    row = found(tmp_path, world, people={"account:number:5": "N1"})["premises", "rented from number:66, Utrecht, NL"]
    assert "2 payments, 1800 EUR in all" in row["reason"]
    assert not [key for key in found(tmp_path, world) if key[0] == "premises"]


def test_what_ties_it_and_what_its_turnover_rests_on_are_columns(tmp_path: Path, world: World) -> None:
    """An account that is named and was paid, one that is named only, one that somebody with a role here uses; …"""
    for day in (1, 2):
        rid = world.ad(day, f"account:{ACCOUNT}", "account:number:2", "phone:+31611111111", "domain:own.example")
        world.mention(rid, "price", "100 EUR/hour")
    world.ad(1, "phone:+31622222222")
    world.ad(2, "phone:+31622222222")
    world.pay("account:number:5", f"account:{ACCOUNT}", 2, "120.50")
    world.pay("account:number:5", "account:number:66", 3, "900", purpose="rent")
    world.record("message", 1, body="kom naar Dorpsstraat 12 om acht uur")
    rows = found(tmp_path, world, people={"account:number:5": "N1"})
    assert {key: (row["tie"], row["turnover"]) for key, row in rows.items()} == {
        ("account", ACCOUNT): ("named", "observed"),
        ("account", "number:2"): ("named", "none"),
        ("account", "number:5"): ("inferred", "observed"),
        ("phone", "+31611111111"): ("named", "assumed"),
        ("phone", "+31622222222"): ("named", "none"),
        ("domain", "own.example"): ("named", "none"),
        ("premises", "rented from number:66"): ("inferred", "none"),
        ("premises", "dorpsstraat 12"): ("read", "none"),
    }


def test_rows_in_any_order_give_the_same(tmp_path: Path, world: World) -> None:
    for k in range(12):
        rid = world.ad(k, f"phone:+3161111111{k % 3}", f"account:number:{k % 2}", f"domain:d{k % 2}.example")
        world.mention(rid, "price", f"{100 + k} EUR/hour")
        world.pay(f"account:number:{k}", f"account:number:{k % 2}", k, f"{k}.10", name=f"Name {k % 3}")
    first = table(tmp_path, world)
    assert first.num_rows >= 6
    assert table(tmp_path, world, seed=1, threads=1).equals(first)
    assert table(tmp_path, world, seed=2, threads=3).equals(first)
