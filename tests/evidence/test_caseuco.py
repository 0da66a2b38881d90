"""The description of a package holds to the CASE and UCO ontologies, and to what is in the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.evidence.bags import MadeBag

from clew.evidence.caseuco import CONTEXT, _Describer


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


def _holds(described: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check a description against the ontologies."""
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
    found = validate(str(described), case_version="case-1.4.0", inference="none", allow_infos=True)
    assert not found.undefined_concepts
    assert found.conforms, found.text[:3000]


@pytest.mark.filterwarnings("ignore")
def test_it_holds_to_the_ontologies(made: MadeBag, monkeypatch: pytest.MonkeyPatch) -> None:
    _holds(made.path / "data/case.jsonld", monkeypatch)


PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
# What records of other kinds than adverts show: kind, value, and where it stands in the graph.
SHOWN = [
    ("phone", "+31612345678", {"uco-observable:phoneNumber": "+31612345678"}),
    ("widget", "tawk:5d2f8a", {"uco-core:externalIdentifier": "5d2f8a"}),
    ("company", "vat:NL004495445B01", {"uco-core:externalIdentifier": "NL004495445B01"}),
    ("image", PDQ, {"uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": PDQ}}),
    ("image", "[Person 1: image 1]", {"uco-core:externalIdentifier": "[Person 1: image 1]"}),  # masked
    ("template", "T0123456789abcdef", {"uco-core:externalIdentifier": "T0123456789abcdef"}),
    ("template", "T0123456789abcdef", {"uco-observable:stringValue": "Work in {place}"}),
    ("conversation", "chat 7", {"uco-core:externalIdentifier": "chat 7"}),
    ("conversation", "chat 7", {"uco-core:definingContext": "Conversation, as its source names it: signal"}),
]


@pytest.fixture
def described() -> dict[str, Any]:
    """The graph of two records that show all of `SHOWN`."""
    tables: dict[str, list[dict[str, Any]]] = {
        "mentions": [{"record_id": "a", "type": kind, "value": value} for kind, value, _ in SHOWN
                     if kind not in ("template", "conversation")],
        "template_members": [{"record_id": record, "template_id": "T0123456789abcdef"} for record in "ab"],
        "templates": [{"template_id": "T0123456789abcdef", "text": "Work in {place}"}],
        "conversations": [{"conversation_id": "chat 7", "platform": "signal", "participants": ["bo", "cy"],
                           "messages": 2}],
        "conversation_members": [{"record_id": record, "conversation_id": "chat 7"} for record in "ab"],
    }  # fmt: skip
    made = _Describer(None, SimpleNamespace(package="P1", public="key"))  # type: ignore[arg-type]
    for record in "ab":
        made._record({"record_id": record, "kind": "message", "platform": "signal", "version": 1, "title": None,
                      "body": "Work in Breda", "url": None, "posted_at": None})  # fmt: skip
    made._identifiers(tables)
    made._conversations(tables)
    return {"@context": {**CONTEXT, "kb": made.base}, "@graph": list(made.nodes.values())}


@pytest.mark.filterwarnings("ignore")
def test_what_has_no_facet_holds_to_the_ontologies_too(
    described: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "case.jsonld").write_text(json.dumps(described))
    _holds(tmp_path / "case.jsonld", monkeypatch)
    assert set(_references(described)) <= {node["@id"] for node in described["@graph"]}


@pytest.mark.parametrize(("kind", "value", "said"), SHOWN)
def test_every_identifier_says_its_value(described: dict[str, Any], kind: str, value: str, said: Any) -> None:
    (node,) = [n for n in described["@graph"] if n.get("uco-core:name") == f"{kind} {value}"]
    ((name, wanted),) = said.items()
    assert json.dumps({name: wanted})[1:-1] in json.dumps(node)
    ends = [n["uco-core:source"] for n in described["@graph"] if "uco-core:source" in n]
    within = [n["uco-core:target"] for n in described["@graph"] if "uco-core:target" in n]
    assert [{"@id": node["@id"]}] in ends or {"@id": node["@id"]} in within


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
