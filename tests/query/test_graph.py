"""What is drawn of a network, against tables written by hand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.query.small import Small

from clew.model.errors import MissingError
from clew.query.graph import Graph, graph
from clew.query.graph_node import graph_node


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def _shows(drawn: Graph) -> set[tuple[str, str, int]]:
    edges = drawn.edges
    triples = zip(edges.record, edges.shown, edges.records, strict=True)
    return {(drawn.nodes[a].id, drawn.nodes[b].id, many) for a, b, many in triples}


def test_records_that_show_the_same_are_one_node(small):
    small.record(1, "phone:p1", "template:t1", hours=2)
    small.record(2, "phone:p1", "template:t1", hours=1)
    small.record(3, "phone:p1", hours=5)
    small.link(1, 2, phone_p1=20.0, template_t1=8.0)
    small.link(2, 3, phone_p1=20.0)
    drawn = graph(small.engine, "Nfirst")
    nodes = {node.id: node for node in drawn.nodes}
    assert sorted(nodes) == ["phone:p1", "record:r1", "record:r3", "template:t1"]
    assert nodes["record:r1"].records == 2 and nodes["record:r3"].records == 1
    assert nodes["phone:p1"].records == 3 and nodes["phone:p1"].bits == 20.0
    assert nodes["record:r1"].first_seen.hour == 1 and nodes["record:r1"].last_seen.hour == 2
    assert _shows(drawn) == {
        ("record:r1", "phone:p1", 2),
        ("record:r1", "template:t1", 2),
        ("record:r3", "phone:p1", 1),
    }
    assert (drawn.records, drawn.identifiers, drawn.said) == (3, 2, [])


def test_versions_of_an_item_are_tied_by_it(small):
    small.record(1, "phone:p1", item="x")
    small.record(2, "phone:p2", item="x")
    small.link(1, 2, item_same=20.0)
    drawn = graph(small.engine, "Nfirst")
    item = next(node for node in drawn.nodes if node.kind == "item")
    assert (item.label, item.records, item.bits) == ("board n2", 2, 20.0)
    assert [node.bits for node in drawn.nodes if node.kind == "phone"] == [None, None]  # one record alone shows each


def test_links_are_the_strongest_between_two_nodes(small):
    for rid in (1, 2):
        small.record(rid, "phone:p1")
    for rid in (3, 4):
        small.record(rid, "phone:p1", "email:e1")
    small.link(1, 2, phone_p1=20.0)  # within a node
    small.link(1, 3, phone_p1=20.0)
    small.link(2, 4, "accepted", phone_p1=20.0, template_x=5.0)
    small.link(3, 99, "rejected", phone_p1=20.0)  # leads out of the network
    links = graph(small.engine, "Nfirst").links
    assert (links.a, links.b, links.weight, links.state, links.links) == ([0], [1], [25.0], ["accepted"], [2])


def test_a_large_network_is_drawn_together_and_says_so(small):
    chance = random.Random(4)
    for rid in range(1, 301):
        own = [f"image:i{chance.randrange(40)}" for _ in range(3)]
        small.record(rid, f"phone:p{rid % 6}", f"handle:h{rid}", *own)
    whole = graph(small.engine, "Nfirst", 2_000)
    assert whole.said == [] and whole.identifiers == 346
    some = graph(small.engine, "Nfirst", 200)
    assert len(some.nodes) <= 200
    assert sum(node.records for node in some.nodes if node.kind == "record") == 300  # no record is left out
    assert {node.value for node in some.nodes if node.kind == "phone"} == {f"p{k}" for k in range(6)}
    assert not [node for node in some.nodes if node.kind == "handle"]
    assert "Not drawn, as they tie nothing: 300 identifiers that one record alone shows." in some.said
    few = graph(small.engine, "Nfirst", 50)
    assert len(few.nodes) <= 50
    assert any("tie least and 50 nodes are the limit: 21 identifiers" in sentence for sentence in few.said)


def test_the_order_of_rows_changes_nothing(tmp_path):
    rows = [(rid, f"phone:p{rid % 3}", f"email:e{rid % 5}") for rid in range(1, 40)]
    drawn = []
    for name in ("a", "b"):
        small = Small(tmp_path / name)
        for row in rows:
            small.record(*row)
        drawn.append(graph(small.engine, "Nfirst"))
        rows.reverse()
    assert drawn[0] == drawn[1]


def test_a_network_without_identifiers_is_one_node(small):
    small.record(1)
    small.record(2)
    (node,) = graph(small.engine, "Nfirst").nodes
    assert node.records == 2


def test_an_empty_network_draws_nothing(small):
    assert graph(small.engine, "Nother").nodes == []


def test_a_network_that_is_not_there(small):
    with pytest.raises(MissingError, match="no network"):
        graph(small.engine, "N'; DROP TABLE records; --")


def test_a_node_opens_to_its_records_and_their_links(small):
    small.record(1, "phone:p1", "template:t1", hours=1)
    small.record(2, "phone:p1", "template:t1", hours=2)
    small.record(3, "phone:p1", hours=3, title="the other")
    small.link(1, 2, phone_p1=20.0, template_t1=8.0)
    small.link(2, 3, phone_p1=20.0)
    drawn = graph(small.engine, "Nfirst")
    opened = graph_node(small.engine, "Nfirst", "record:r1", drawn.by)
    assert [record.record_id for record in opened.items] == ["r2", "r1"]  # the latest first
    assert opened.items[0].shows == ["phone:p1", "template:t1"]
    (link,) = opened.links  # not the one within
    assert (link.record_a, link.record_b, link.other, link.weight) == ("r2", "r3", "the other", 20.0)
    assert [(part.type, part.value, part.bits) for part in link.evidence] == [("phone", "p1", 20.0)]
    page = graph_node(small.engine, "Nfirst", "phone:p1", drawn.by, offset=1, limit=1)
    assert (page.total, [record.record_id for record in page.items], page.links) == (3, ["r2"], [])


def test_a_node_that_is_not_there(small):
    small.record(1, "phone:p1")
    for node in ("record:nothing", "phone:p2", "item:x", "", "::"):
        with pytest.raises(MissingError, match="no node"):
            graph_node(small.engine, "Nfirst", node)
