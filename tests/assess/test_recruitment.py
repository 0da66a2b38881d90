"""Indicators of offers, sites and conversations fire on what their definition says, and not on what is nearly so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.assess.conftest import World

from clew.assess.catalogue import catalogue
from clew.assess.mentions import SURE

SENSES = {
    "easy-money": ("job_ad", "easy-money"),
    "employer-vague": ("job_ad", "employer-vague"),
    "papers-arranged": ("job_ad", "papers-arranged"),
    "fee-upfront": ("job_ad", "fee-upfront"),
    "documents-handover": ("job_ad", "documents-handover"),
    "wage-deductions": ("job_ad", "wage-deductions"),
    "debt-bondage": ("job_ad", "debt-bondage"),
    "targets-young-women": ("job_ad", "targets-young-women"),
    "live-in-no-leave": ("job_ad", "live-in-no-leave"),
    "start-now": ("job_ad", "start-now"),
    "no-contract": ("job_ad", "no-contract"),
    "account-lending": ("message", "account-lending"),
    "threat-harm": ("message", "threat-harm"),
    "confinement": ("message", "confinement"),
    "plea": ("message", "plea"),
    "earnings-reports": ("message", "earnings-report"),
    "organ-offer": ("ad", "organ-offer"),
    "organ-broker": ("message", "organ-broker"),
    "adoption-offer": ("page", "adoption-offer"),
    "surrogacy-pressure": ("page", "surrogacy-offer"),
    "marriage-broker": ("job_ad", "marriage-broker"),
    "begging-quota": ("message", "begging-quota"),
    "drug-errand": ("message", "drug-errand"),
}
STAGES = {
    "move-to-private": "move-private",
    "rapport-flattery": "rapport",
    "isolation": "isolation",
    "image-request": "image-request",
    "threat-publish": "threat-publish",
    "threat-family": "threat-family",
    "location-demand": "location-demand",
    "rules-fines": "rules-fines",
    "earnings-demanded": "earnings-demand",
    "documents-held": "documents-held",
    "gifts-debt": "debt",
}


def fires(made: Any, tmp_path: Path, indicator: str) -> set[str]:
    made.plain(3)
    return set(made.found(tmp_path).get(indicator, {}))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """One world with a network for each sense and each stage, named by the indicator: the findings of each kind."""
    made = World()
    for indicator, (kind, sense) in SENSES.items():
        made.add(indicator, ("wording", sense), kind=kind)
        made.add(f"{indicator}, paid", ("wording", sense), kind="payment")
    for indicator, stage in STAGES.items():
        made.message(indicator, f"talk {indicator}", "a", ("phone", "+31612345678"), stage=stage)
        made.message(f"{indicator}, no stage", f"other talk {indicator}", "a", ("wording", stage))
    for kind in ("ad", "job_ad", "message", "page"):
        made.add(f"plain {kind}", ("wording", "urgency"), kind=kind)
    made.plain(3)
    return made.found_of_all(tmp_path_factory.mktemp("shown"))


@pytest.mark.parametrize("indicator", SENSES)
def test_what_a_text_says_in_so_many_words(shown: dict[str, dict[str, Any]], indicator: str) -> None:
    _, sense = SENSES[indicator]
    assert set(shown["network"][indicator]) == {indicator}
    (finding,) = shown["record"][indicator].values()
    assert finding["evidence"][0]["raw"] == f"«{sense}»" and finding["reason"].endswith(".")


@pytest.mark.parametrize("indicator", STAGES)
def test_a_stage_is_shown_by_its_messages_and_a_sign_that_does_not_count_is_none(
    shown: dict[str, dict[str, Any]], indicator: str
) -> None:
    assert set(shown["network"][indicator]) == {indicator}
    (finding,) = shown["record"][indicator].values()
    assert finding["evidence"][0]["raw"] == f"«{STAGES[indicator]}»"


@pytest.mark.parametrize(("odds", "counts"), [(SURE - 0.01, False), (SURE + 0.01, True), (None, True)])
def test_a_reading_that_is_doubtful_accuses_nobody(made: Any, tmp_path: Path, odds: float | None, counts: bool) -> None:
    made.add("n1", ("wording", "threat-harm"), kind="message")
    made.mentions[-1]["odds"] = odds
    made.plain(3)
    found = made.found_of_all(tmp_path)
    assert ("threat-harm" in found.get("network", {}), "threat-harm" in found.get("record", {})) == (counts, counts)


def test_what_is_doubtful_counts_beside_orders(made: Any, tmp_path: Path) -> None:
    made.message("n1", "talk", "a", ("wording", "threat-harm"))
    made.mentions[-1]["odds"] = 0.1
    made.message("n1", "talk", "a", stage="rules-fines")
    made.message("n2", "other talk", "b", ("wording", "threat-harm"))
    made.mentions[-1]["odds"] = 0.1
    assert fires(made, tmp_path, "threat-harm") == {"n1"}


def test_an_offer_abroad_that_asks_for_nothing(made: Any, tmp_path: Path) -> None:
    made.add("n1", ("wording", "offer-abroad"), ("wording", "no-requirements"), kind="job_ad")
    made.add("n2", ("wording", "offer-abroad"), kind="job_ad")
    made.add("n3", ("wording", "no-requirements"), kind="job_ad")
    assert fires(made, tmp_path, "job-abroad-no-skill") == {"n1"}


def test_journey_and_housing_together(made: Any, tmp_path: Path) -> None:
    made.add("n1", ("wording", "travel-arranged"), ("wording", "housing-arranged"), kind="job_ad")
    made.add("n2", ("wording", "travel-arranged"), kind="job_ad")
    made.add("n3", ("wording", "housing-arranged"), kind="job_ad")
    assert fires(made, tmp_path, "all-inclusive-travel") == {"n1"}


def test_pay_far_above_the_others(made: Any, tmp_path: Path) -> None:
    for k in range(60):
        made.add(f"usual{k}", ("price", f"{1500 + 10 * k}.00 EUR/month"), kind="job_ad")
        made.add(f"hourly{k}", ("price", "14.00 EUR/hour"), kind="job_ad")
    made.add("n1", ("price", "9000.00 EUR/month"), kind="job_ad")
    made.add("n2", ("price", "2500.00 EUR/month"), kind="job_ad")
    made.add("n3", ("price", "9000.00 GBP/month"), kind="job_ad")  # nothing to compare it with
    made.add("n4", ("price", "9000.00 EUR/month"), kind="ad")
    assert fires(made, tmp_path, "pay-too-high") == {"n1"}


def test_pay_is_compared_within_the_branch_where_enough_is_known(made: Any, tmp_path: Path) -> None:
    for k in range(60):
        made.add(f"usual{k}", ("price", "2000.00 EUR/month"), kind="job_ad")
    for k in range(20):
        made.add(f"pilot{k}", ("price", "9000.00 EUR/month"), kind="job_ad")
        made.records[-1]["extra"] = '{"industry": "Aviation"}'
    assert fires(made, tmp_path, "pay-too-high") == set()


def test_a_free_mail_address_alone(made: Any, tmp_path: Path) -> None:
    made.add("n1", ("email", "work@gmail.com"), kind="job_ad")
    made.add("n2", ("email", "work@gmail.com"), ("domain", "firm.example"), kind="job_ad")
    made.add("n3", ("email", "work@firm.example"), kind="job_ad")
    assert fires(made, tmp_path, "employer-vague") == {"n1"}


def test_one_pitch_to_many_people(made: Any, tmp_path: Path) -> None:
    for k in range(4):
        made.message("n1", f"c{k}", "recruiter", ("wording", "job-pitch"), template="pitch")
        made.message("n2", f"d{k}", "friend", template="wishes")
        made.message("n3", "e", "recruiter2", ("wording", "job-pitch"), template="pitch2")
    found = made.found(tmp_path)["answers-job-seekers"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"] == "One account sent the same text about work in 4 conversations."


def test_promises_that_differ_by_person(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.message("n1", f"c{k}", "a", ("wording", "job-pitch"), ("price", f"{k}000.00 EUR/month"), template="p1")
        made.message("n2", f"d{k}", "b", ("wording", "job-pitch"), ("price", "2000.00 EUR/month"), template="p2")
    assert fires(made, tmp_path, "pitch-varies") == {"n1"}


def test_danger_is_read_at_once(made: Any, tmp_path: Path) -> None:
    for net, name in (("n1", "c1"), ("n2", "c2")):
        made.message(net, name, "a", ("wording", "confinement"))
    made.conversations["c1"]["danger"] = True
    found = made.found(tmp_path)["present-danger"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"] == "1 conversation shows signs of present danger: somebody should read it now."


def test_somebody_controls_somebody(made: Any, tmp_path: Path) -> None:
    for net, name, confidence in (("n1", "c1", 0.9), ("n2", "c2", 0.4)):
        rid = made.message(net, name, "a", stage="location-demand")
        row = {"conversation_id": name, "controller": "a", "controlled": "b", "confidence": confidence}
        made.control.append(row | {"reason": "x", "rids": [rid]})
    assert fires(made, tmp_path, "one-controls-other") == {"n1"}


def test_four_stages_of_one_person_in_one_conversation(made: Any, tmp_path: Path) -> None:
    for k, stage in enumerate(("rapport", "isolation", "debt", "threat-publish")):
        made.message("n1", "c1", "a", stage=stage, hours=k)
        made.message("n2", f"c2{k}", "a", stage=stage, hours=k)
        made.message("n3", "c3", f"p{k}", stage=stage, hours=k)
    assert fires(made, tmp_path, "stages-in-sequence") == {"n1"}


def test_near_copies_of_a_site(made: Any, tmp_path: Path) -> None:
    for k in range(3):
        made.add("n1", kind="page", template="t1", platform=f"site{k}.example", title=f"Firm {k}")
        made.add("n2", kind="page", template="t2", platform="one.example", title=f"Page {k}")
    found = made.found(tmp_path)["site-clone"]
    assert set(found) == {"n1"}
    assert found["n1"]["reason"] == "One text stands on 3 sites under 3 titles."


@pytest.mark.parametrize(
    ("indicator", "what"),
    [("site-shared-widget", ("widget", "tawk:5f")), ("company-many-sites", ("company", "vat:NL1"))],
)
def test_one_id_behind_several_sites(made: Any, tmp_path: Path, indicator: str, what: tuple[str, str]) -> None:
    for k in range(2):
        made.add("n1", what, kind="page", platform=f"site{k}.example")
        made.add("n2", (what[0], what[1] + "9"), kind="page", platform="one.example")
        made.add(f"m{k}", (what[0], what[1] + "8"), kind="page", platform=f"other{k}.example")  # of a template: apart
    assert fires(made, tmp_path, indicator) == {"n1"}


def test_claims_that_do_not_hold(made: Any, tmp_path: Path) -> None:
    made.add("n1", ("claim", "vat-invalid:NL1"), kind="page")
    made.add("n2", ("company", "vat:NL1"), ("phone", "+40712345678"), kind="page")
    made.add("n3", ("company", "vat:NL1"), ("phone", "+40712345678"), ("phone", "+31201234567"), kind="page")
    made.add("n4", ("company", "vat:NL1"), kind="page")
    assert fires(made, tmp_path, "site-claims-fail") == {"n1", "n2"}


def test_adverts_alone_have_none_of_these(made: Any, tmp_path: Path) -> None:
    made.add("n1", *(("wording", sense) for _, sense in SENSES.values()), kind="ad")
    allowed = {i.id for i in catalogue() if "ad" in i.record_kinds}
    assert set(made.found(tmp_path)) <= allowed
