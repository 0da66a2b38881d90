"""Priorities are sums of parts, base rates are shares, and nothing depends on the order of rows or on threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest

from clew.assess.catalogue import catalogue
from clew.assess.score import __doc__ as how
from clew.model.tables import FINDINGS, LEADS, RECORD_SCORES

PHONE = ("phone", "+31612345678")


def ring(made: Any, network: str = "ring", number: str = "+31612345678") -> None:
    """Several kinds of evidence: contact, text, place, wording."""
    for k in range(12):
        made.add(
            network, ("phone", number), ("name", f"name{k % 4}"),
            ("place", ("Ghent, BE", "Vienna, AT", "Lyon, FR")[k % 3]),
            ("wording", "group"), ("wording", "trust"), template=f"{network}-t", account=f"u{k % 5}", hours=48.0 * k,
            platform=f"p{k % 4}", obscured=True,
        )  # fmt: skip


def leads_of(tables: dict[str, pa.Table]) -> dict[str, Any]:
    return {row["network_id"]: row | {"reasons": orjson.loads(row["reasons"])} for row in tables["leads"].to_pylist()}


def test_an_empty_workspace(made: Any, tmp_path: Path) -> None:
    tables = made.assess(tmp_path)
    assert [tables[n].num_rows for n in ("findings", "leads", "record_scores")] == [0, 0, 0]
    assert (tables["findings"].schema, tables["leads"].schema) == (FINDINGS, LEADS)
    assert tables["record_scores"].schema == RECORD_SCORES


def test_no_indicators_no_leads(made: Any, tmp_path: Path) -> None:
    ring(made)
    tables = made.assess(tmp_path, indicators=())
    assert (tables["findings"].num_rows, tables["leads"].num_rows, tables["record_scores"].num_rows) == (0, 0, 12)


def test_parts_sum_to_the_priority(made: Any, tmp_path: Path) -> None:
    ring(made)
    made.plain(30)
    for k in range(60):
        made.add("mass", ("phone", f"+316200000{k:02d}"), template="mass", hours=k / 10, obscured=True)
    tables = made.assess(tmp_path)
    leads = leads_of(tables)
    assert {"ring", "mass"} <= set(leads)
    for lead in leads.values():
        milli = [round(1000 * r["points"]) for r in lead["reasons"]]
        assert sum(milli) == round(1000 * lead["priority"])
        assert len({r["indicator"] for r in lead["reasons"]}) == len(lead["reasons"])
        assert milli == sorted(milli, reverse=True)
    for row in tables["findings"].to_pylist():
        if row["subject_kind"] == "network" and row["subject"] in leads:
            (same,) = [r for r in leads[row["subject"]]["reasons"] if r["indicator"] == row["indicator"]]
            assert (same["points"], same["sentence"]) == (pytest.approx(row["points"], abs=1e-6), row["reason"])


def test_what_is_refuted_adds_nothing(made: Any, tmp_path: Path) -> None:
    ring(made)
    before = leads_of(made.assess(tmp_path))["ring"]
    for record in list(made.records):
        for said in (("wording", "movement"), ("age", "19")):
            made.mentions.append(
                {
                    "rid": record["rid"],
                    "type": said[0],
                    "value": said[1],
                    "raw": "x",
                    "field": "title",
                    "start": 0,
                    "end": 1,
                }
                | {"obscured": False, "extractor": "test", "version": "1"}
            )
    after = leads_of(made.assess(tmp_path))["ring"]
    assert after["priority"] == before["priority"]
    context = {r["indicator"]: r["points"] for r in after["reasons"] if r["strength"] == "refuted"}
    assert context == {"wording-movement": 0, "age-stated-young": 0}


def test_only_refuted_findings_make_no_lead(made: Any, tmp_path: Path) -> None:
    made.add("n1", PHONE, ("wording", "movement"), ("age", "19"))
    tables = made.assess(tmp_path)
    assert tables["leads"].num_rows == 0
    assert set(tables["findings"]["points"].to_pylist()) == {0.0}


def test_base_rates_are_shares_of_items_and_networks(made: Any, tmp_path: Path) -> None:
    for k in range(10):
        made.add(f"n{k}", ("phone", f"+3161234567{k}"), *([("wording", "trust")] if k < 3 else []))
    made.add("n0", ("phone", "+31612345670"), ("wording", "trust"), item="item1")  # a further version of the first
    made.add("m", ("wording", "trust"), kind="message")
    reasons = {r["indicator"]: r for r in leads_of(made.assess(tmp_path))["n0"]["reasons"]}
    assert reasons["wording-trust"]["base_rate"] == 0.3
    assert reasons["wording-trust"]["seen"] == "seen in 30 % of adverts here"
    assert reasons["wording-trust"]["sentence"] == "1 of 1 advert insists on being real and trustworthy."


def test_base_rates_name_the_kinds_that_were_counted(made: Any, tmp_path: Path) -> None:
    def seen() -> str:
        reasons = {r["indicator"]: r for r in leads_of(made.assess(tmp_path))["n0"]["reasons"]}
        return str(reasons["payment-details"]["seen"]).partition(" % of ")[2]

    for k in range(10):
        made.add(f"n{k}", ("phone", f"+3161234567{k}"), *([("wording", "payment")] if k < 3 else []))
    assert seen() == "adverts here"
    made.message("m", "c1", "a")
    assert seen() == "adverts or messages here"
    made.add("j", ("phone", "+31612345690"), kind="job_ad")
    assert seen() == "adverts, messages or job offers here"


def test_what_everybody_has_counts_less(made: Any, tmp_path: Path) -> None:
    ring(made)
    made.plain(60)
    rare = leads_of(made.assess(tmp_path))["ring"]["priority"]
    for k in range(60):
        ring(made, f"other{k:02d}", f"+316870000{k:02d}")
    common = leads_of(made.assess(tmp_path))["ring"]["priority"]
    assert common < rare / 2


def test_one_finding_means_little_and_several_kinds_mean_more(made: Any, tmp_path: Path) -> None:
    for k in range(12):
        made.add("one", ("phone", "+31687654321"), ("wording", "trust"), hours=1000.0 * k)
    ring(made)
    made.plain(60)
    leads = leads_of(made.assess(tmp_path))
    assert leads["ring"]["rank"] == 1
    assert leads["one"]["priority"] < leads["ring"]["priority"] / 4


def test_size_alone_does_not_lead(made: Any, tmp_path: Path) -> None:
    for k in range(400):
        made.add("hotline", ("phone", "+31880000000"), hours=10.0 * k)
    ring(made)
    made.plain(60)
    leads = leads_of(made.assess(tmp_path))
    assert leads["ring"]["priority"] > 5 * leads["hotline"]["priority"]


def test_every_record_has_a_score_and_exploited_ones_higher(made: Any, tmp_path: Path) -> None:
    ring(made)
    made.plain(10)
    loner = made.add(None, ("phone", "+31612121212"), obscured=True)
    silent = made.add(None)
    tables = made.assess(tmp_path)
    scores = dict(zip(*(tables["record_scores"][c].to_pylist() for c in ("rid", "priority")), strict=True))
    assert list(scores) == sorted(r["rid"] for r in made.records)
    assert scores[silent] == 0
    assert 0 < scores[loner] < 1
    ring_priority = leads_of(tables)["ring"]["priority"]
    assert all(scores[m["rid"]] > ring_priority for m in made.members if m["network_id"] == "ring")


def test_ranks_follow_priority_and_ties_the_id(made: Any, tmp_path: Path) -> None:
    ring(made, "n2", "+31620000000")
    ring(made, "n1", "+31610000000")
    made.plain(20)
    leads = leads_of(made.assess(tmp_path))
    assert leads["n1"]["priority"] == leads["n2"]["priority"]
    assert (leads["n1"]["rank"], leads["n2"]["rank"]) == (1, 2)


def test_the_same_bytes_in_any_order_and_with_any_threads(made: Any, tmp_path: Path) -> None:
    for n in range(4):
        ring(made, f"ring{n}", f"+3161234567{n}")
    made.plain(20)
    first = None
    for seed, threads in ((None, 1), (1, 2), (2, 4)):
        out = tmp_path / str(seed)
        out.mkdir()
        made.assess(out, seed=seed, threads=threads)
        found = {p.name: p.read_bytes() for p in out.glob("*.parquet")}
        first = first or found
        assert found == first


def test_findings_are_sorted_and_named_once(made: Any, tmp_path: Path) -> None:
    ring(made)
    made.plain(5)
    rows = made.assess(tmp_path)["findings"].to_pylist()
    keys = [(r["subject_kind"], r["subject"], r["indicator"]) for r in rows]
    assert keys == sorted(keys)
    assert len({r["finding_id"] for r in rows}) == len(rows)


def test_values_are_never_read_as_sql_or_as_part_of_a_sentence(made: Any, tmp_path: Path) -> None:
    nasty = "'); DROP TABLE records; -- {subject} {items} \" \\ \n"
    for k in range(12):
        made.add(
            "n'1",
            ("phone", nasty),
            ("name", f"{nasty}{k}"),
            ("place", f"{nasty}{k}"),
            platform=f"{nasty}{k}",
            template=nasty,
        )
    made.plain(3)
    found = made.found(tmp_path)
    assert nasty in found["phone-many-ads"]["n'1"]["reason"]
    assert found["phone-many-ads"]["n'1"]["evidence"][0]["raw"] == f"«{nasty}»"
    assert "n'1" in leads_of(made.assess(tmp_path))


def test_catalogue_texts_may_hold_quotes(made: Any, tmp_path: Path) -> None:
    made.add("n1", ("wording", "trust"))
    (one,) = [i for i in catalogue() if i.id == "wording-trust"]
    odd = replace(one, caution='It\'s "odd" {with}', reason="It's so.", reason_network="It's {with}.")
    (lead,) = leads_of(made.assess(tmp_path, indicators=[odd])).values()
    assert lead["reasons"][0]["caution"] == 'It\'s "odd" {with}'
    assert lead["reasons"][0]["sentence"] == "It's 1."


def test_nothing_is_left_behind_in_the_engine(made: Any, tmp_path: Path) -> None:
    from clew.assess.mentions import read_mentions
    from clew.assess.prepare import prepare
    from clew.assess.stage import assess
    from clew.engine.duckdb import Engine

    ring(made)
    with Engine(tmp_path) as engine:
        engine.register(made.tables())
        for _ in range(2):  # and it can run again
            with engine.session() as other:
                prepared = prepare(other, read_mentions(other))
            assess(engine, tmp_path, lambda _: None, prepared)
        left = engine.sql(
            "SELECT table_name AS name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views()"
        )
        assert not {"places", "all_items", "all_entities", "marks"} & set(left["name"].to_pylist())


def test_the_module_says_how_points_are_made() -> None:
    assert how is not None
    assert all(word in how for word in ("strength", "rarity", "repetition", "breadth"))
