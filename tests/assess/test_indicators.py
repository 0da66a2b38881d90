"""Each indicator fires on what its definition says, and not on what is nearly so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.assess.conftest import World

from clew.assess.catalogue import catalogue

PHONE = ("phone", "+31612345678")
DAY = 24.0


def at(place: str) -> tuple[str, str]:
    return ("place", place)


def named(name: str) -> tuple[str, str]:
    return ("name", name)


def fires(made: Any, tmp_path: Path, indicator: str, kind: str = "network") -> set[str]:
    made.plain(3)
    return set(made.found(tmp_path, kind).get(indicator, {}))


SAID = [
    ("wording-trust", ("wording", "trust")),
    ("wording-youth", ("wording", "youth")),
    ("wording-movement", ("wording", "movement")),
    ("group-wording", ("wording", "group")),
    ("third-party-contact", ("wording", "third-party")),
    ("restricted-movement", ("wording", "premises-only")),
    ("always-available", ("wording", "always-available")),
    ("payment-details", ("wording", "payment")),
    ("payment-details", ("wallet", "btc:bc1qexample")),
    ("payment-details", ("account", "iban:NL00BANK0000000000")),
    ("payment-details", ("handle", "paypal:someone")),
    ("age-stated-young", ("age", "20")),
    ("age-stated-minor", ("age", "under-18-stated")),
    ("messenger-only", ("handle", "telegram:someone")),
]


@pytest.fixture(scope="module")
def said_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[int], dict[str, dict[str, Any]]]:
    """One world with a record for each of `SAID` in a network of its own: their numbers, the findings of each kind."""
    made = World()
    rids = [made.add(f"n{at}", ("language", "en"), said) for at, (_, said) in enumerate(SAID)]
    made.add("other", PHONE, ("wording", "outcall-only"), ("age", "30"), ("handle", "instagram:someone"))
    made.plain(3)
    return rids, made.found_of_all(tmp_path_factory.mktemp("said"))


@pytest.mark.parametrize("at", range(len(SAID)), ids=lambda at: "-".join((SAID[at][0], *SAID[at][1])))
def test_record_indicators_fire_on_the_record_and_its_network(
    said_once: tuple[list[int], dict[str, dict[str, Any]]], at: int
) -> None:
    (indicator, said), (rids, found) = SAID[at], said_once
    alike = [other for other, (name, _) in enumerate(SAID) if name == indicator]
    assert set(found["network"][indicator]) == {f"n{other}" for other in alike}
    on_record = found["record"][indicator]
    assert set(on_record) == {f"{rids[other]:016x}{other + 1:016x}" for other in alike}
    (span,) = on_record[f"{rids[at]:016x}{at + 1:016x}"]["evidence"]
    assert span == {
        "record_id": f"{rids[at]:016x}{at + 1:016x}", "field": "body", "start": 50,
        "end": 52 + len(said[1]), "raw": f"«{said[1]}»",
    }  # fmt: skip


def test_obscured_numbers_only(made: Any, tmp_path: Path) -> None:
    made.add("n1", PHONE, obscured=True)
    made.add("n2", PHONE)
    assert fires(made, tmp_path, "contact-obscured") == {"n1"}


def test_a_messenger_beside_a_number_is_not_the_only_contact(made: Any, tmp_path: Path) -> None:
    made.add("n1", PHONE, ("handle", "telegram:someone"))
    made.add("n2", ("handle", "instagram:someone"))
    assert fires(made, tmp_path, "messenger-only") == set()


def test_one_number_on_many_adverts(made: Any, tmp_path: Path) -> None:
    for k in range(10):
        made.add("n1", PHONE, item=f"a{k}")
        made.add("n2", ("phone", "+31687654321"), item=f"b{k % 9}")  # nine adverts, one of them in two versions
    assert fires(made, tmp_path, "phone-many-ads") == {"n1"}


def test_its_sentence_counts_names_and_cities(made: Any, tmp_path: Path) -> None:
    for k in range(12):
        made.add("n1", PHONE, named(f"name{k % 4}"), at(f"City{k % 3}, NL"))
    row = made.found(tmp_path)["phone-many-ads"]["n1"]
    assert row["reason"] == "One number (+31612345678) stands on 12 adverts under 4 names in 3 cities."
    assert row["evidence"][-1] == {"counts": {"items": 12, "versions": 0, "names": 4, "places": 3}}
    spans = row["evidence"][:-1]
    assert 2 <= len(spans) <= 5
    assert {s["raw"] for s in spans} == {"«+31612345678»"}


def test_names_cities_and_platforms_of_one_number(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", PHONE, named(f"name{k}"), at(f"City{k}, NL"), platform=f"p{k}")
    for k in range(4):
        other = ("phone", "+31687654321")
        made.add("n2", other, named(f"name{k % 2}"), at(f"City{k % 2}, NL"), platform=f"p{k % 2}")
    found = made.found(tmp_path)
    for indicator in ("phone-many-names", "phone-many-cities", "phone-many-platforms"):
        assert set(found[indicator]) == {"n1"}
    shown = [s["raw"] for s in found["phone-many-names"]["n1"]["evidence"][:-1]]
    assert len(set(shown)) >= 2
    assert set(shown) <= {"«name0»", "«name1»", "«name2»"}


def test_one_text_with_several_numbers_names_and_platforms(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", ("phone", f"+3161000000{k}"), named(f"name{k}"), platform=f"p{k}", template="t1")
        made.add("n2", ("phone", "+31620000000"), named("name"), template="t2")
        made.add("n3", ("phone", f"+3163000000{k}"), named(f"name{k}"), platform=f"p{k}", template=f"own{k}")
    found = made.found(tmp_path)
    for indicator in ("template-many-phones", "template-many-names", "template-many-platforms"):
        assert set(found[indicator]) == {"n1"}


def test_an_advert_of_several_versions_says_so(made: Any, tmp_path: Path) -> None:
    """Two numbers on one advert are not two adverts: the sentence names the versions."""
    for k in range(2):
        made.add("n1", ("phone", f"+3161000000{k}"), template="t1", item="one")
        made.add("n2", ("phone", f"+3162000000{k}"), template="t2", item=f"item{k}")
    found = made.found(tmp_path)["template-many-phones"]
    assert found["n1"]["reason"] == "One text is used with 2 numbers on 1 advert in 2 versions."
    assert found["n2"]["reason"] == "One text is used with 2 numbers on 2 adverts."


def test_one_picture_needs_several_numbers_and_names(made: Any, tmp_path: Path) -> None:
    for k in range(2):
        made.add("n1", ("phone", f"+3161000000{k}"), named(f"name{k}"), image="a")
        made.add("n2", ("phone", f"+3162000000{k}"), named("name"), image="b")
        made.add("n3", ("phone", "+31630000000"), named(f"name{k}"), image="c")
    assert fires(made, tmp_path, "shared-images") == {"n1"}


def test_an_edit_of_the_place_but_not_of_its_spelling(made: Any, tmp_path: Path) -> None:
    for k, (field, before, after) in enumerate(
        [
            ("place", "Ghent", "Bruges"),
            ("place", "Ghent", " GHENT "),
            ("title", "Ghent", "Bruges"),
            ("place", "", "Ghent"),
        ]
    ):
        old, new = made.add(f"n{k}", PHONE, item=f"i{k}"), made.add(f"n{k}", PHONE, item=f"i{k}")
        made.edit(old, new, field, before, after)
    assert fires(made, tmp_path, "ad-edited-city") == {"n0"}


def test_short_stays_in_a_circuit(made: Any, tmp_path: Path) -> None:
    tour = ["Ghent, BE", "Bruges, BE", "Antwerp, BE", "Ghent, BE"]
    for k, city in enumerate(tour):
        made.add("n1", PHONE, at(city), hours=4 * DAY * k)
        made.add("n2", ("phone", "+31687654321"), at(city), hours=40 * DAY * k)
        made.add("n3", ("phone", "+31687654300"), at("Ghent, BE"), hours=4 * DAY * k)
    found = made.found(tmp_path)["short-stays"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"] == "Adverts under one number move every few days: 2 short stays in 3 cities."


def test_distant_places_at_the_same_time(made: Any, tmp_path: Path) -> None:
    for k in range(4):
        made.add("n1", PHONE, at(("Amsterdam, NL", "Vienna, AT")[k % 2]), hours=k)
        made.add("n2", ("phone", "+31687654321"), at(("Amsterdam, NL", "Utrecht, NL")[k % 2]), hours=k)
        made.add("n3", ("phone", "+31687654300"), at(("Amsterdam, NL", "Vienna, AT")[k % 2]), hours=2 * DAY * k)
        made.add("n4", ("phone", "+31687654399"), at(("Amsterdam, NL", "Nowhere At All")[k % 2]), hours=k)
    found = made.found(tmp_path)["overlap-distant"]
    assert set(found) == {"n1"}
    assert 930 <= found["n1"]["evidence"][-1]["counts"]["km"] <= 945  # Amsterdam to Vienna: 936 km


def test_a_number_that_a_desk_answers_is_nobody_who_travels_or_has_names(made: Any, tmp_path: Path) -> None:
    free = ("+31800123456", "+18005550123", "+80012345678", "+491805123456", "+33800123456", "+34900123456",
            "+498001234567", "+31900123456", "+491371234567", "+499001123456")  # fmt: skip
    for k in range(4):
        for net, number in enumerate((*free, PHONE[1])):
            city = ("Amsterdam, NL", "Vienna, AT", "Madrid, ES", "Vienna, AT")[k]
            made.add(f"n{net:02}", ("phone", number), named(f"name{k}"), at(city), hours=k)
    found = made.found(tmp_path)
    for indicator in ("overlap-distant", "phone-many-cities", "phone-many-names"):
        assert set(found[indicator]) == {f"n{len(free):02}"}


def test_a_misread_namesake_makes_no_journey(made: Any, tmp_path: Path) -> None:
    for k in range(4):
        made.add("n1", PHONE, at(("Madrid, ES", "Córdoba, AR")[k % 2]), hours=4 * k)  # Córdoba, ES is 300 km away
        made.add("n2", ("phone", "+31687654321"), at(("Madrid, ES", "Rosario, AR")[k % 2]), hours=4 * k)
        made.add("n3", ("phone", "+31687654300"), at("Córdoba, ES"), hours=4 * k)
    assert set(made.found(tmp_path)["overlap-distant"]) == {"n2"}


def test_parts_of_a_sentence_without_a_number_are_left_out(made: Any, tmp_path: Path) -> None:
    for k in range(12):
        made.add("n1", PHONE)
        made.add("n2", ("phone", "+31687654321"), named("ann") if k == 3 else at("Ghent, BE"))
    found = made.found(tmp_path)["phone-many-ads"]
    assert found["n1"]["reason"] == "One number (+31612345678) stands on 12 adverts."
    assert found["n2"]["reason"] == "One number (+31687654321) stands on 12 adverts under 1 name in 1 city."


def test_numbers_that_move_one_by_one_and_together(made: Any, tmp_path: Path) -> None:
    tour = ["Ghent, BE", "Bruges, BE", "Antwerp, BE", "Ghent, BE"]
    for k, city in enumerate(tour):
        made.add("n1", PHONE, at(city), hours=4 * DAY * k)
        made.add("n1", ("phone", "+31687654321"), at(tour[3 - k]), hours=4 * DAY * k)
        made.add("n2", ("phone", "+31687654300"), at(city), hours=4 * DAY * k)
        made.add("n2", ("phone", "+31687654399"), at("Ghent, BE"), hours=4 * DAY * k)
    found = made.found(tmp_path)["several-move"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"] == "2 numbers of the network move from city to city every few days."


def test_numbers_that_follow_each_other(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        for day in (0, 5, 9):
            made.add("n1", ("phone", f"+3161000000{k}"), hours=DAY * (20 * k + day))
            made.add("n2", ("phone", f"+3162000000{k}"), hours=DAY * (k + day))  # side by side
            made.add("n3", ("phone", f"+3163000000{k}"), hours=DAY * (200 * k + 8 * day))  # kept for long
            made.add("n4", ("phone", f"+3164000000{k}"), hours=k + day / 10)  # gone within hours
    found = made.found(tmp_path)["numbers-replaced"]
    assert set(found) == {"n1"}
    assert found["n1"]["evidence"][-1] == {"counts": {"replaced": 2}}


def test_one_wallet_for_several_numbers(made: Any, tmp_path: Path) -> None:
    for k in range(2):
        made.add("n1", ("wallet", "btc:bc1qexample"), ("phone", f"+3161000000{k}"))
        made.add("n2", ("wallet", "btc:bc1qother"), ("phone", "+31620000000"))
        made.add("n3", ("account", "iban:NL00BANK0000000000"), named(f"name{k}"))
    found = made.found(tmp_path)["payee-many-numbers"]
    assert set(found) == {"n1", "n3"}
    assert found["n1"]["reason"] == "One wallet (btc:bc1qexample) stands on 2 adverts with 2 numbers."
    assert found["n3"]["reason"] == "One bank account (NL00BANK0000000000) stands on 2 adverts under 2 names."
    assert found["n1"]["evidence"][0]["raw"] == "«btc:bc1qexample»"


def test_one_handle_on_several_accounts(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", ("handle", "telegram:boss"), account=f"u{k}")
        made.add("n2", ("handle", "telegram:solo"), account="u")
        made.add("n3", ("email", "agency@example.org"), account=f"v{k}")
    assert fires(made, tmp_path, "shared-management") == {"n1", "n3"}


def test_bursts_but_not_times_on_the_hour(made: Any, tmp_path: Path) -> None:
    for k in range(6):
        made.add("n1", ("phone", "+31610000000"), hours=k / 3600)
        made.add("n2", ("phone", "+31620000000"), hours=k)
        made.add("n3", ("phone", "+31630000000"), hours=-(17 * 60 + 5) / 3600)  # 10:00:00, as where no time is kept
    assert fires(made, tmp_path, "burst-posting") == {"n1"}


def test_a_venue_with_turnover_of_names(made: Any, tmp_path: Path) -> None:
    for k in range(5):
        made.add("n1", PHONE, named(f"name{k}"), at("Ghent, BE"), hours=20 * DAY * k)
        made.add("n2", ("phone", "+31687654321"), named(f"name{k}"), at("Ghent, BE"), hours=DAY * k)
        made.add("n3", ("phone", "+31687654300"), named(f"name{k}"), at(f"City{k}, BE"), hours=20 * DAY * k)
    assert fires(made, tmp_path, "massage-venue") == {"n1"}


def test_a_mass_posting_lowers_the_priority(made: Any, tmp_path: Path) -> None:
    for k in range(50):
        made.add("n1", ("phone", f"+316100000{k:02d}"), template="mass", hours=k)
        made.add("n2", ("phone", f"+3162000000{k % 5}"), template="ring", hours=k)
        made.add("n3", ("phone", f"+316300000{k:02d}"), template="slow", hours=DAY * k)
    found = made.found(tmp_path)
    assert set(found["spam-burst"]) == {"n1"}
    up = sum(f["n1"]["points"] for f in found.values() if "n1" in f and f["n1"]["points"] > 0)
    assert found["spam-burst"]["n1"]["points"] == pytest.approx(-0.9 * up, abs=0.001)


def test_half_of_the_usual_price(made: Any, tmp_path: Path) -> None:
    for k in range(60):
        made.add(f"usual{k}", ("price", "150.00 EUR/hour"), at("Ghent, BE"))
    made.add("n1", ("price", "60.00 EUR/hour"), at("Ghent, BE"))
    made.add("n2", ("price", "90.00 EUR/hour"), at("Ghent, BE"))
    made.add("n3", ("price", "60.00 EUR/half-hour"), at("Ghent, BE"))
    made.add("n4", ("price", "60.00 GBP/hour"), at("Ghent, BE"))  # no other price in pounds
    assert fires(made, tmp_path, "price-low") == {"n1"}


def test_offers_of_one_operator(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", ("email", "hr@example.org"), kind="job_ad", template=f"offer{k}")
        made.add("n2", ("email", "own@example.org"), kind="job_ad", template="offer")
        made.add("n3", ("email", "ads@example.org"), kind="ad", template=f"advert{k}")
    assert fires(made, tmp_path, "offers-many-one-operator") == {"n1"}


def test_one_contact_of_offers_under_several_titles(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", ("email", "hr@example.org"), kind="job_ad", title=f"Work {k}")
        made.add("n2", ("email", "own@example.org"), kind="job_ad", title=("Work", " work ", "WORK")[k])
    found = made.found(tmp_path)["offers-many-one-operator"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"].endswith("on 3 offers with 3 unlike texts, accounts or titles.")


def test_one_offer_under_several_titles(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", at("Ghent, BE"), kind="job_ad", template="t1", title=f"Work {k}")
        made.add("n2", at("Ghent, BE"), kind="job_ad", template="t2", title="Work")
        made.add("n3", at("Ghent, BE"), kind="job_ad", template=f"own{k}", title=f"Work {k}")
        made.add("n4", at("Ghent, BE"), kind="ad", template="t4", title=f"Work {k}")
    found = made.found(tmp_path)["offer-copied"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"] == "One offer text stands on 3 offers under 3 titles in 1 place."
    assert found["n1"]["evidence"][0]["raw"] == "«Ghent, BE»"


def test_what_many_networks_share_counts_less(made: Any, tmp_path: Path) -> None:
    for k in range(6):
        for net in ("n1", "n2", "n3"):
            made.add(net, ("domain", "large.example"), kind="message", template=f"{net}{k % 3}")
        made.add("n4", ("domain", "own.example"), kind="message", template=f"own{k % 3}")
    assert fires(made, tmp_path, "contact-many-campaigns") == {"n4"}


def test_campaigns_of_messages(made: Any, tmp_path: Path) -> None:
    for k in range(6):
        made.add("n1", ("url", "http://x.example/"), kind="message", template=f"t{k % 2}", account=f"u{k}")
        made.add("n2", ("url", "http://y.example/"), kind="message", template="u", account=f"u{k}")
    found = made.found(tmp_path)
    assert set(found["contact-many-campaigns"]) == {"n1"}
    assert set(found["text-mass-sent"]) == {"n2"}
    assert found["text-mass-sent"]["n2"]["reason"] == "One text was sent 6 times from 6 accounts."


def test_urgency_is_read_in_messages_and_not_in_adverts(made: Any, tmp_path: Path) -> None:
    made.add("n1", ("wording", "urgency"), kind="message")
    made.add("n2", ("wording", "urgency"), kind="ad")
    assert fires(made, tmp_path, "urgency") == {"n1"}


def test_an_indicator_sees_only_the_kinds_it_names(made: Any, tmp_path: Path) -> None:
    for kind in ("page", "payment", "image"):
        for k in range(12):
            said = [("wording", w) for w in ("trust", "youth", "group", "third-party", "payment", "urgency")]
            made.add(kind, PHONE, named(f"n{k}"), at(f"City{k}, NL"), *said, kind=kind, platform=f"p{k}", hours=k)
    found = made.found(tmp_path)
    named_by = {i.id: set(i.record_kinds) for i in catalogue()}
    assert all(set(subjects) <= named_by[indicator] for indicator, subjects in found.items())


def test_every_measured_indicator_is_tested_here_or_among_those_of_recruitment() -> None:
    text = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [i.id for i in catalogue() if i.measured and f'"{i.id}"' not in text] == []
