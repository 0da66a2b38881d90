"""Messages in CASE/UCO (JSON-LD), as forensic tools export them; what else is in the graph is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import orjson

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Reject, Source, rejected
from clew.ingest.chats import Messages
from clew.ingest.chats_case import Graph, add_messages
from clew.ingest.chats_json import Cut, Lists, parse
from clew.ingest.streams import DamagedError

_KNOWN = re.compile(rb"unifiedcyberontology\.org|caseontology\.org|uco-observable:")
# The objects of a graph, or those of a bundle that is the whole document.
_OBJECTS = r'(?:@graph|[^"\\]{0,200}[:/#]object)'
_LISTED = re.compile(rb'"' + _OBJECTS.encode() + rb'"\s*:\s*\[')
_REFERRED = re.compile(rb'(?:Account|Address|Application|Thread|Message)Facet|[:/#](?:Application|Thread)"')
NOTHING = "no message in the graph"


def sniff(head: bytes, name: str) -> float:
    """JSON-LD with the names of UCO."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    known = text.startswith(b"{") and b'"@context"' in text and _LISTED.search(text) is not None
    return 0.985 if known and _KNOWN.search(text) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole objects; the file is read twice: for accounts and applications, then for messages."""
    graph = _learnt(source)
    if not graph.messages:
        yield partial(rejected, Reject(0, NOTHING))
        return
    for cut in Lists(_OBJECTS).cuts(source.text_blocks()):
        if isinstance(cut, Reject):
            yield partial(rejected, cut)
        else:
            yield partial(_parse, cut, graph)


def _learnt(source: Source) -> Graph:
    graph = Graph()
    try:
        for cut in Lists(_OBJECTS).cuts(source.text_blocks()):
            if isinstance(cut, Reject):
                break
            for piece in cut.pieces:
                for start, end in zip(piece.starts.tolist(), piece.ends.tolist(), strict=True):
                    node = parse(cut.text[start:end], 0) if _REFERRED.search(cut.text, start, end) else None
                    if isinstance(node, dict):
                        graph.learn(node)
    except DamagedError:
        pass  # the second reading reports it
    return graph


def _parse(cut: Cut, graph: Graph) -> Iterator[Batch]:
    messages = Messages()
    for piece in cut.pieces:
        messages.gather(piece.objects(cut.text), add_messages, graph)
    yield messages.batch()


def examples() -> tuple[Example, ...]:
    """Two accounts, an application and two messages; the same cut off."""
    uco = "uco-observable"

    def node(name: str, **facets: dict[str, object]) -> dict[str, object]:
        has = [
            {"@type": f"{uco}:{kind}", **{f"{uco}:{key}": told[key] for key in told}} for kind, told in facets.items()
        ]
        return {"@id": f"kb:{name}", "@type": f"{uco}:ObservableObject", "uco-core:hasFacet": has}

    def said(text: str, sender: str, to: str) -> dict[str, object]:
        time = {"@type": "xsd:dateTime", "@value": "2021-02-01T15:04:05Z"}
        people: dict[str, object] = {"from": {"@id": f"kb:{sender}"}, "to": [{"@id": f"kb:{to}"}]}
        return {"messageText": text, "sentTime": time, "application": {"@id": "kb:app"}, **people}

    document = {
        "@context": {uco: "https://ontology.unifiedcyberontology.org/uco/observable/", "kb": "http://example.org/kb/"},
        "@graph": [
            node("message-1", MessageFacet=said("hi", "ann", "ben")),
            {**node("app", ApplicationFacet={"applicationIdentifier": "org.telegram"}), "uco-core:name": "Telegram"},
            node("ann", AccountFacet={"accountIdentifier": "ann1"}, PhoneAccountFacet={"phoneNumber": "+31612345678"}),
            node("ben", AccountFacet={"accountIdentifier": "ben2"}),
            node("message-2", MessageFacet=said("ho", "ben", "ann")),
        ],
    }
    whole = orjson.dumps(document)
    return (
        Example("case.jsonld", whole, (None,) * 2),
        Example("cut.jsonld", whole[: whole.index(b'"ho"')], (None,), rejected=1),
    )


PLUGIN = Format("CASE/UCO", sniff, read, examples, platform="case", kind="message", certain_dates=True)
