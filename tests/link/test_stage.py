"""The stage's promises: same bytes, lasting ids, decisions that hold, events, empty inputs."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.link.worlds import Advert, crowd, decision, run
from tests.tried import tried

from clew.model.tables import TABLES

PAIR = [Advert(k, ("phone:a", "email:a"), day=float(k)) for k in range(6)]


def test_nothing_in_gives_empty_tables_of_the_right_columns(tmp_path: Path) -> None:
    result = run(tmp_path, [])
    for name, path in result.files.items():
        table = pq.read_table(path)
        assert table.schema.equals(TABLES[name]) and len(table) == 0


def test_records_without_identifier_are_networks_of_their_own(tmp_path: Path) -> None:
    result = run(tmp_path, [Advert(1, ()), Advert(2, (), day=None), Advert(3, ("phone:x",))])
    assert len(result.partition()) == 3
    networks = result.table("networks").to_pylist()
    assert sorted(n["phones"] for n in networks) == [0, 0, 1]
    assert sum(n["first_seen"] is None for n in networks) == 1


def test_tables_are_as_promised(tmp_path: Path) -> None:
    result = run(tmp_path, [*crowd(100), *PAIR])
    for name in result.files:
        assert result.table(name).schema.equals(TABLES[name])
    ties = result.table("ties").to_pylist()
    assert ties == sorted(ties, key=lambda t: (t["type"], t["value"], t["rid"]))
    for link in result.table("links").to_pylist():
        evidence = json.loads(link["evidence"])
        assert link["rid_a"] < link["rid_b"] and link["state"] == "none"
        assert abs(link["weight"] - sum(e["bits"] for e in evidence)) < 1e-3
    sizes = {n["network_id"]: n["records"] for n in result.table("networks").to_pylist()}
    assert sizes[result.network[0]] == 6 and sum(sizes.values()) == 306
    assert all(len(i) == 13 and i[0] == "N" for i in sizes)


@settings(max_examples=tried(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(72)), threads=st.sampled_from([1, 2]))
def test_row_order_and_threads_change_no_byte(tmp_path: Path, order: list[int], threads: int) -> None:
    adverts = [*crowd(100, 30), *PAIR, *(Advert(50 + k, ("phone:hot", f"handle:t:{k}")) for k in range(6))]
    first = run(tmp_path, adverts)
    again = run(tmp_path, [adverts[k] for k in order], threads=threads)
    for name, path in first.files.items():
        assert path.read_bytes() == again.files[name].read_bytes(), name


def test_values_are_quoted_in_evidence(tmp_path: Path) -> None:
    value = 'https://x.test/"a"\\b'
    result = run(tmp_path, [Advert(k, (f"url:{value}",)) for k in range(2)] + crowd(100, 40))
    said = [e["value"] for r in result.table("links").to_pylist() for e in json.loads(r["evidence"])]
    assert value in said


def test_an_id_stays_when_records_come(tmp_path: Path) -> None:
    first = run(tmp_path, [*crowd(100), *PAIR[:3]])
    later = run(tmp_path, [*crowd(100), *PAIR], before=first)
    assert later.of(range(6)) == first.of(range(3)) and later.events() == []
    fresh = run(tmp_path, [*crowd(100), *PAIR])
    assert fresh.partition() == later.partition()  # whatever was run before


def test_a_merge_keeps_the_larger_id_and_is_told(tmp_path: Path) -> None:
    small = [Advert(20 + k, ("phone:b", "email:b"), day=float(k)) for k in range(2)]
    bridge = [Advert(30 + k, ("phone:a", "phone:b", "email:a", "email:b"), day=float(k)) for k in range(4)]
    first = run(tmp_path, [*crowd(100), *PAIR, *small])
    assert first.network[0] != first.network[20]
    later = run(tmp_path, [*crowd(100), *PAIR, *small, *bridge], before=first)
    assert later.of([0, 20, 30]) == {first.network[0]}
    assert later.events() == [("merged", first.network[20], first.network[0])]
    rows = [r for r in later.table("anchors").to_pylist() if r["network_id"] == first.network[20]]
    assert rows and {r["merged_into"] for r in rows} == {first.network[0]}
    third = run(tmp_path, [*crowd(100), *PAIR, *small, *bridge], before=later)
    assert third.events() == []  # told once
    apart = run(tmp_path, [*crowd(100), *PAIR, *small], before=third)
    assert apart.network == {n: first.network[n] for n in apart.network}  # and undone
    assert apart.events() == [("split", first.network[20], first.network[0])]


def test_a_rejected_link_splits_one_network_only_and_lasts(tmp_path: Path) -> None:
    chain = [Advert(k, (f"phone:{k // 3}", "email:all", f"image:{k // 3}"), day=float(k)) for k in range(6)]
    adverts = [*crowd(100), *chain]
    first = run(tmp_path, adverts)
    assert len(first.of(range(6))) == 1
    said = [decision(chain[0], chain[5], "rejected")]
    later = run(tmp_path, adverts, before=first, decisions=said)
    assert len(later.of(range(3))) == len(later.of(range(3, 6))) == 1
    assert later.network[0] != later.network[5]
    assert {g for g in later.partition() if min(g) >= 100} == {g for g in first.partition() if min(g) >= 100}
    assert [e[0] for e in later.events()] == ["split"] and later.events()[0][2] == first.network[0]
    states = {(r["rid_a"], r["rid_b"]): r["state"] for r in later.table("links").to_pylist()}
    assert states[tuple(sorted((chain[0].rid, chain[5].rid)))] == "rejected"
    third = run(tmp_path, adverts, before=later, decisions=said)
    assert third.network == later.network and third.events() == []
    undone = run(tmp_path, adverts, before=third, decisions=[*said, decision(chain[5], chain[0], "none", 5)])
    assert undone.of(range(6)) == first.of(range(6))


def test_rejected_versions_of_one_item_come_apart(tmp_path: Path) -> None:
    versions = [Advert(k, ("phone:v", "email:v"), day=float(k), item="x") for k in range(3)]
    result = run(tmp_path, [*crowd(100), *versions], decisions=[decision(versions[0], versions[2], "rejected")])
    assert result.network[0] != result.network[2]


def test_an_accepted_link_joins_what_shares_nothing(tmp_path: Path) -> None:
    a, b = Advert(1, ("phone:a",)), Advert(2, ("phone:b",), day=300)
    result = run(tmp_path, [*crowd(100), a, b], decisions=[decision(b, a, "accepted")])
    assert result.network[1] == result.network[2]
    link = next(r for r in result.table("links").to_pylist() if r["state"] == "accepted")
    assert {link["rid_a"], link["rid_b"]} == {a.rid, b.rid} and link["evidence"] == "[]"


def test_decisions_about_absent_records_wait(tmp_path: Path) -> None:
    result = run(tmp_path, crowd(100, 5), decisions=[decision(Advert(1, ()), Advert(2, ()), "accepted")])
    assert set(result.table("links").column("state").to_pylist()) == {"none"}
