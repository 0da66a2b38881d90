"""The description of a package holds to the CASE and UCO ontologies, and to what is in the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.evidence.bags import MadeBag


@pytest.fixture(scope="module")
def graph(made: MadeBag) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((made.path / "data/case.jsonld").read_bytes())
    return found


def _nodes(graph: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node for node in graph["@graph"] if node["@type"].endswith(f":{kind}")]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if set(part) == {"@id"}:
            yield part["@id"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


@pytest.mark.filterwarnings("ignore")
def test_it_holds_to_the_ontologies(made: MadeBag, monkeypatch: pytest.MonkeyPatch) -> None:
    from case_utils.case_validate import validate
    from rdflib.plugins.sparql import processor

    # The ontologies ask the same four questions of hundreds of nodes; reading them took longer than all the rest.
    parse, translate = processor.parseQuery, processor.translateQuery
    read = cache(lambda text, base: translate(parse(text), base, names[text]))
    names: dict[str, Any] = {}

    def once(text: str, base: str | None, given: Any) -> Any:
        assert names.setdefault(text, given) == given
        return read(text, base)

    monkeypatch.setattr(processor, "parseQuery", lambda text: text)
    monkeypatch.setattr(processor, "translateQuery", once)
    found = validate(str(made.path / "data/case.jsonld"), case_version="case-1.4.0", inference="none", allow_infos=True)
    assert not found.undefined_concepts
    assert found.conforms, found.text[:3000]


def test_every_reference_leads_somewhere(graph: dict[str, Any]) -> None:
    there = {node["@id"] for node in graph["@graph"]}
    assert set(_references(graph["@graph"])) <= there


def test_exhibits_are_there_with_both_digests(made: MadeBag, graph: dict[str, Any]) -> None:
    about = json.loads((made.path / "data/package.json").read_bytes())
    records = {n["case-investigation:exhibitNumber"] for n in _nodes(graph, "ProvenanceRecord")
               if "case-investigation:exhibitNumber" in n}  # fmt: skip
    assert records == {"C1-E1", "C1-E2", "C1-E3"}
    text = json.dumps(graph)
    for exhibit in about["exhibits"]:
        (file,) = exhibit["files"]
        assert file["sha256"] in text
        assert file["blake2b"] in text


def test_links_findings_and_networks_are_those_of_the_tables(made: MadeBag, graph: dict[str, Any]) -> None:
    def rows(name: str) -> int:
        return int(pq.read_table(made.path / f"data/tables/{name}.parquet").num_rows)

    linked = [n for n in _nodes(graph, "ObservableRelationship") if n["uco-core:kindOfRelationship"] == "Linked_To"]
    assert len(linked) == rows("links") > 0
    assert len(_nodes(graph, "Annotation")) == rows("findings") > 0
    assert [n["uco-core:name"] for n in _nodes(graph, "Grouping")] == [f"Network {made.network}"]
    acts = [n["uco-core:name"] for n in _nodes(graph, "InvestigativeAction")]
    assert "intake of exhibit C1-E1" in acts
    assert "Analysis run R0001" in acts
