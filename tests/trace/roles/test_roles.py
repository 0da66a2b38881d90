"""Roles in hand-made networks."""

from __future__ import annotations

import json

import numpy as np
from tests.trace.roles.conftest import Namer, World

from clew.model.tables import TABLES
from clew.trace.roles.signs import SIGNS
from clew.trace.roles.structure import adjacency, betweenness, brokered

BOSS, MIRA = "+31611111111", "+31622222222"
HELD = (
    (BOSS, "earnings-demand"), (MIRA, "earnings-report"), (BOSS, "location-demand"), (MIRA, "check-in"),
    (BOSS, "rules-fines"), (MIRA, "plea"), (BOSS, "threat-family"), (MIRA, "earnings-report plea"),
)  # fmt: skip


def test_no_network_gives_an_empty_table(world: World, name: Namer) -> None:
    assert name.table(world).schema.equals(TABLES["roles"]) and name.table(world).num_rows == 0


def test_a_talk_of_control_shows_enforcer_collector_and_exploited(world: World, name: Namer) -> None:
    world.talk("c", *HELD)
    world.control("c", BOSS, MIRA)
    found = name(world)
    assert set(found[BOSS]) == {"enforcer", "collector"}
    assert set(found[MIRA]) == {"exploited"}
    row = found[MIRA]["exploited"]
    assert row["identifiers"] == [f"phone:{MIRA}"] and row["network_id"] == "N1" and len(row["rids"]) >= 3
    assert row["reason"].startswith(f"{MIRA} is controlled in talks (talks: 1); ")
    acts = json.loads(row["evidence"])
    assert {"controlled", "says-plea", "says-check-in", "says-earnings-report"} == {act["what"] for act in acts}
    logit = sum(act["points"] for act in acts) - 2.5
    assert abs(row["confidence"] - min(0.97, 1 / (1 + np.exp(-logit)))) < 0.01


def test_ordinary_talk_and_one_advert_give_no_role(world: World, name: Namer) -> None:
    for k in range(3):
        rid = world.record("message", k, handle="ana", conversation="c")
        world.put("conversation_members", rid=rid, conversation_id="c")
        world.mention(rid, "wording", "location-demand")
    world.put("conversations", conversation_id="c", platform="p", source="s", participants=["ana", "ben"], messages=3,
              stages=[], danger=False, danger_reason="")  # fmt: skip
    world.ad(1, "phone:+31633333333", name="Ana")
    assert name(world) == {}


def test_who_is_exploited_and_offends_has_both_roles(world: World, name: Namer) -> None:
    world.talk("c", *HELD)
    world.control("c", BOSS, MIRA)
    for k in range(9):
        world.ad(k, f"phone:{MIRA}", name=("Lily", "Rose", "Vera")[k % 3])
    assert set(name(world)[MIRA]) == {"exploited", "advert-manager"}


def test_one_person_by_number_account_name_and_what_only_one_names(world: World, name: Namer) -> None:
    world.talk("c", *HELD)
    world.control("c", BOSS, MIRA)
    rid = next(r["rid"] for r in world.rows["records"] if r["handle"] == BOSS)
    world.mention(rid, "account", "iban:NL91ABNA0417164300")
    for k in range(2):
        world.ad(k, f"phone:{BOSS}", "handle:telegram:boss_x")
        world.pay("account:iban:NL91ABNA0417164300", "account:iban:DE1", k, name="Jan de Vries")
        world.pay("account:number:77", "account:iban:DE2", k, name="JAN DE VRIES")
        world.pay("account:number:88", "account:iban:DE2", k, name="Jan")
    row = name(world)[BOSS]["enforcer"]
    assert set(row["identifiers"]) == {
        f"phone:{BOSS}", "handle:telegram:boss_x", "account:iban:NL91ABNA0417164300", "account:number:77",
    }  # fmt: skip
    assert row["reason"].endswith(
        "(one person because: accounts under the same name; always together in adverts; "
        "only this sender names the account in talks)."
    )


def test_an_account_that_two_name_is_nobodys(world: World, name: Namer) -> None:
    world.talk("c", *HELD)
    world.control("c", BOSS, MIRA)
    for who in (BOSS, MIRA):
        rid = next(r["rid"] for r in world.rows["records"] if r["handle"] == who)
        world.mention(rid, "account", "iban:NL91ABNA0417164300")
    world.pay("account:iban:NL91ABNA0417164300", "account:iban:DE1", 3)
    found = name(world)
    assert found[BOSS]["enforcer"]["identifiers"] == [f"phone:{BOSS}"]
    assert found[MIRA]["exploited"]["identifiers"] == [f"phone:{MIRA}"]


def test_money_shows_who_is_swept_who_collects_and_who_gets_it_in_the_end(world: World, name: Namer) -> None:
    for victim in ("account:number:1", "account:number:2", "account:number:3"):
        for k in range(5):
            world.pay(f"account:number:9{k}", victim, 2 * k, "100")
            world.pay(victim, "account:number:50", 2 * k + 0.2, "90")
        world.sign("victim-account-controlled", victim)
    for k in range(4):
        world.pay("account:number:50", "account:number:60", 3 * k, "300")
    found = name(world)
    assert {"collector"} <= set(found["number:50"])
    assert "exploited" in found["number:1"] and "exploited" in found["number:3"]
    assert "coordinator" in found["number:60"] and "collector" not in found["number:60"]
    assert "gets what others collected (people: 1)" in found["number:60"]["coordinator"]["reason"]


def test_payments_that_were_taken_back_show_nothing(world: World, name: Namer) -> None:
    for k in range(9):
        world.pay("account:number:1", "account:number:2", k, purpose="travel", state="reversed")
    assert name(world) == {}


def test_who_takes_over_is_told(world: World, name: Namer) -> None:
    for start, number in ((0, "+31600000001"), (60, "+31600000002")):
        for k in range(12):
            world.ad(start + 4 * k, f"phone:{number}", name=("Lily", "Rose", "Vera", "Nina")[k % 4])
    found = name(world)
    reason = found["+31600000002"]["advert-manager"]["reason"]
    assert "takes over from +31600000001, who stops on 2026-02-18" in reason and "joined on 2026-03-06" in reason
    assert "takes over" not in found["+31600000001"]["advert-manager"]["reason"]
    assert "not seen since 2026-02-18" in found["+31600000001"]["advert-manager"]["reason"]


def test_some_acts_but_no_clear_role_is_unknown(world: World, name: Namer) -> None:
    for k in range(6):
        world.pay("account:number:1", "name:bahn", k, purpose="travel")
    (row,) = name(world)["number:1"].values()
    assert row["role"] == "unknown" and row["reason"].startswith(
        "No role is clear: account 1 bought travel (payments: 6)"
    )


def test_an_iban_stands_for_itself(world: World, name: Namer) -> None:
    for k in range(6):
        world.pay("account:iban:NL91ABNA0417164300", "name:bahn", k, purpose="travel")
    (row,) = name(world)["NL91ABNA0417164300"].values()
    assert row["reason"].startswith("No role is clear: NL91ABNA0417164300 bought travel (payments: 6)")
    assert row["identifiers"] == ["account:iban:NL91ABNA0417164300"]


def test_rows_are_ranked_and_the_same_in_any_order(world: World, name: Namer) -> None:
    for k in range(4):
        world.talk(f"c{k}", *HELD[: 4 + k], day=k, network=f"N{k % 2}")
        world.control(f"c{k}", BOSS, MIRA)
        world.ad(k, f"phone:{BOSS}", "handle:telegram:boss_x", name=f"Lily {k}")
        world.pay("account:number:1", "account:number:2", k, purpose="travel", name="Jan de Vries")
    table = name.table(world)
    confidence = table.column("confidence").to_pylist()
    assert confidence == sorted(confidence, reverse=True) and len(confidence) >= 3
    assert name.table(world, seed=1, threads=1).equals(table)
    assert name.table(world, seed=2, threads=3).equals(table)


def test_no_sign_speaks_of_who_somebody_is() -> None:
    words = " ".join(f"{sign.what} {sign.words}" for sign in SIGNS).lower()
    assert not any(word in words for word in ("woman", "women", "girl", "female", "nationality", "ethnic"))


def test_betweenness_and_brokers_of_a_bow_tie() -> None:
    """Two triangles that share node 2: all four pairs across go through it."""
    a, b = np.array([0, 0, 1, 2, 2, 3]), np.array([1, 2, 2, 3, 4, 4])
    start, other = adjacency(a, b, 5)
    assert betweenness(start, other).tolist() == [0, 0, 4, 0, 0]
    assert brokered(start, other).tolist() == [0, 0, 0, 0, 0]
    star = adjacency(np.zeros(4, np.int64), np.arange(1, 5), 5)
    assert betweenness(*star).tolist() == [6, 0, 0, 0, 0]
    assert brokered(*star).tolist() == [4, 1, 1, 1, 1]
