"""CASE/UCO: accounts found by their ids, names with any prefix, threads, and what is no message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows
from tests.tried import tried

UCO = "https://ontology.unifiedcyberontology.org/uco/observable/"


def node(name: str, prefix: str = "uco-observable:", **facets: dict[str, object]) -> dict[str, Any]:
    has = [
        {"@type": f"{prefix}{kind}", **{f"{prefix}{key}": told[key] for key in told}} for kind, told in facets.items()
    ]
    return {"@id": f"kb:{name}", "@type": f"{prefix}ObservableObject", "uco-core:hasFacet": has}


def said(text: str, sender: str, *to: str, **more: object) -> dict[str, object]:
    time = {"@type": "xsd:dateTime", "@value": "2021-02-01T15:04:05+02:00"}
    people = {"from": {"@id": f"kb:{sender}"}, "to": [{"@id": f"kb:{name}"} for name in to]}
    return {"messageText": text, "sentTime": time, **people, **more}


def document(*nodes: object) -> str:
    return json.dumps(
        {"@context": {"uco-observable": UCO, "kb": "http://example.org/"}, "@graph": list(nodes)}, indent=1
    )


def read(shelf: Shelf, *nodes: object) -> list[dict[str, Any]]:
    return shelf.records(shelf.write("case.jsonld", document(*nodes)), kind=None)


ANN = node(
    "ann", AccountFacet={"accountIdentifier": "ann1"}, PhoneAccountFacet={"phoneNumber": "+31612345678"},
    DigitalAccountFacet={"displayName": "Ann"},
)  # fmt: skip
BEN = node(
    "ben", AccountFacet={"accountIdentifier": "ben2"}, ApplicationAccountFacet={"application": {"@id": "kb:app"}}
)
APP = {**node("app", ApplicationFacet={"applicationIdentifier": "org.x"}), "uco-core:name": "WhatsApp"}


def test_messages_between_accounts_that_are_described_elsewhere(shelf: Shelf) -> None:
    one = node("m1", MessageFacet=said("hi", "ann", "ben", sessionID="s1", application={"@id": "kb:app"}))
    two = node("m2", MessageFacet=said("ho", "ben", "ann"), RecoveredObjectFacet={})
    three = node("m3", MessageFacet=said("all", "ann", "ben", "cem"))
    first, second, third = read(shelf, one, APP, ANN, two, BEN, three, node("file", FileFacet={"fileName": "x"}))
    assert (first["handle"], first["recipient"], first["contact"]) == ("+31612345678", "ben2", "+31612345678")
    assert (first["conversation"], first["platform"], first["native_id"]) == ("s1", "whatsapp", "kb:m1")
    assert (first["posted_offset"], first["body"], json.loads(first["extra"])) == (120, "hi", {"name": "Ann"})
    assert (second["handle"], second["platform"], second["conversation"]) == ("ben2", "whatsapp", "+31612345678 ~ ben2")
    assert json.loads(second["extra"]) == {"deleted": True}
    assert third["recipient"] is None and json.loads(third["extra"])["recipients"] == ["ben2", "kb:cem"]
    assert third["conversation"].startswith("group #")


def test_names_with_any_prefix_and_threads(shelf: Shelf) -> None:
    thread = node("t", MessageThreadFacet={"message": [{"@id": "kb:m1"}]})
    one = node("m1", UCO, MessageFacet=said("hi", "ann", "ben"))
    sms = node("m2", SMSMessageFacet={"messageText": "ho", "from": {"@id": "kb:ann"}})
    first, second = read(shelf, one, thread, sms, ANN)
    assert (first["conversation"], first["body"], first["platform"]) == ("kb:t", "hi", "case")
    assert (second["platform"], second["handle"], second["recipient"]) == ("sms", "+31612345678", None)


def test_good_messages_go_in_and_the_rest_is_named(shelf: Shelf) -> None:
    text = document(node("m1", MessageFacet=said("hi", "ann", "ben")), 3, node("m2", MessageFacet=said("ho", "a", "b")))
    result = shelf.ingest(shelf.write("case.jsonld", text[: text.index('"ho"')]), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["hi"]
    assert reasons(result) == ["not a JSON object", "the file ends inside the list of messages"]
    none = shelf.ingest(shelf.write("none.jsonld", document(ANN)), kind=None)
    assert reasons(none) == ["no message in the graph"]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["@id", "@type", "@value", "uco-observable:from"]), inner, max_size=2)
    ),
    max_leaves=5,
)
_KEYS = ["@id", "@type", "uco-core:hasFacet", "uco-core:name"]


@settings(max_examples=tried(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(_KEYS), _ANY, max_size=4), max_size=3), _ANY)
def test_no_values_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, nodes: list[dict[str, object]], value: object
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("any"))
    good = node("m1", MessageFacet=said("hi", "ann", "ben"))
    odd = node("m2", MessageFacet=dict.fromkeys(("from", "to", "sentTime", "messageText", "sessionID"), value))
    accounts = node("ann", AccountFacet={"accountIdentifier": value}, MessageThreadFacet={"message": value})
    result = shelf.ingest(shelf.write("case.jsonld", document(good, *nodes, odd, accounts)), kind=None)
    assert rows(result.records)[0]["body"] == "hi"


@pytest.mark.parametrize("key", ["uco-core:object", "https://ontology.unifiedcyberontology.org/uco/core/object"])
def test_a_bundle_holds_what_a_graph_holds(shelf: Shelf, key: str) -> None:
    nodes = [ANN, node("m1", MessageFacet=said("hi", "ann", "ben")), {"@id": "kb:m1"}]
    bundle = {"@context": {"kb": UCO}, "@id": "kb:b", "@type": "uco-core:Bundle", "rdfs:comment": ["one"], key: nodes}
    (one,) = shelf.records(shelf.write("bundle.jsonld", json.dumps(bundle)), kind=None)
    assert (one["body"], one["handle"], one["native_id"]) == ("hi", "+31612345678", "kb:m1")


def test_a_bundle_in_a_graph_is_opened(shelf: Shelf) -> None:
    inner = {"@id": "kb:in", "uco-core:object": [node("m2", MessageFacet=said("ho", "ann")), {"@id": "kb:m1"}]}
    outer = {"@id": "kb:out", "@type": "uco-core:Bundle", "uco-core:object": [ANN, inner, {"@id": "kb:ann"}, 3]}
    found = read(shelf, node("m1", MessageFacet=said("hi", "ann")), outer)
    assert [(row["body"], row["handle"]) for row in found] == [("hi", "+31612345678"), ("ho", "+31612345678")]


def test_bundles_in_bundles_end_somewhere(shelf: Shelf) -> None:
    deep: dict[str, Any] = node("m1", MessageFacet=said("hi", "ann"))
    for k in range(30):
        deep = {"@id": f"kb:{k}", "uco-core:object": [deep]}
    result = shelf.ingest(
        shelf.write("deep.jsonld", document(deep, node("m2", MessageFacet=said("ho", "a")))), kind=None
    )
    assert [row["body"] for row in rows(result.records)] == ["ho"]


def test_kinds_of_messages_that_a_tool_names_itself(shelf: Shelf) -> None:
    facets = [
        {"@type": ["drafting:FacebookMessageFacet", "uco-core:Facet"], "uco-observable:body": "hi",
         "uco-observable:from": {"@id": "kb:ann"}},
    ]  # fmt: skip
    (one,) = read(shelf, {"@id": "kb:m1", "uco-core:hasFacet": facets}, ANN)
    assert (one["body"], one["handle"], one["platform"]) == ("hi", "+31612345678", "case")


def test_an_address_of_an_account_that_stands_apart(shelf: Shelf) -> None:
    account = node("eva", EmailAccountFacet={"emailAddress": {"@id": "kb:address"}})
    address = node("address", EmailAddressFacet={"addressValue": "eva@example.org"})
    mail = node("m1", EmailMessageFacet={"body": "hi", "subject": "news", "from": {"@id": "kb:eva"}})
    (one,) = read(shelf, mail, account, address)
    assert (one["handle"], one["contact"], one["title"]) == ("eva@example.org", "eva@example.org", "news")


def test_what_types_alone_say(shelf: Shelf) -> None:
    mobile = node("cem", MobileAccountFacet={"MSISDN": "+31687654321"})
    sms = {
        **node("m1", MessageFacet=said("hi", "cem")),
        "@type": ["uco-observable:Message", "uco-observable:SMSMessage"],
    }
    app = {"@id": "kb:app", "@type": "uco-observable:Application", "uco-core:name": "Chirper"}
    post = node("m2", MessageFacet=said("ho", "ben"))
    first, second = read(shelf, sms, mobile, app, post, BEN)
    assert (first["platform"], first["handle"], first["contact"]) == ("sms", "+31687654321", "+31687654321")
    assert (second["platform"], second["handle"]) == ("chirper", "ben2")


@pytest.mark.parametrize("key", ["co:element", "co:item"])
def test_a_thread_lists_its_messages_itself_or_elsewhere(shelf: Shelf, key: str) -> None:
    listed = {"@id": "kb:list", "@type": "uco-types:Thread", key: [{"@id": "kb:m1"}, {"@id": "kb:m2"}]}
    one, two = node("m1", MessageFacet=said("hi", "ann", "ben")), node("m2", MessageFacet=said("ho", "ben", "ann"))
    inside = read(shelf, node("t", MessageThreadFacet={"messageThread": listed}), one, two)
    assert [row["conversation"] for row in inside] == ["kb:t", "kb:t"]
    changed = node("m1", MessageFacet=said("hey", "ann", "ben"))
    apart = read(shelf, node("t", MessageThreadFacet={"messageThread": {"@id": "kb:list"}}), listed, changed)
    assert [row["conversation"] for row in apart] == ["kb:list"]


def test_what_parsers_of_telephones_write(shelf: Shelf) -> None:
    cem = node("cem", AccountFacet={"accountIdentifier": "31612345678@s.whatsapp.net"})
    dora = node(
        "dora", AccountFacet={"accountIdentifier": "Dora T."}, EmailAccountFacet={"emailAddress": {"@id": "kb:at"}}
    )
    at = node("at", EmailAddressFacet={"addressValue": "dora@example.org"})
    app = node("app", ApplicationFacet={"applicationIdentifier": "com.whatsapp"})
    said_there = node("m1", MessageFacet=said("hi", "cem", application={"@id": "kb:app"}))
    chat, mail = read(
        shelf, said_there, node("m2", EmailMessageFacet={"body": "ho", "from": {"@id": "kb:dora"}}), cem, dora, at, app
    )
    assert (chat["handle"], chat["contact"], chat["platform"]) == ("+31612345678", "+31612345678", "whatsapp")
    assert (mail["handle"], json.loads(mail["extra"])) == ("dora@example.org", {"name": "Dora T."})
