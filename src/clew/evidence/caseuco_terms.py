"""What identifiers are in the terms of UCO: facets, or where it has none whose identifier it is, and which."""

from __future__ import annotations

import re
from typing import Any

Node = dict[str, Any]

# The facet that says what an identifier is, and its property. UCO has none for wallets; they are accounts there.
_FACETS = {
    "phone": ("PhoneAccountFacet", "phoneNumber"), "email": ("EmailAddressFacet", "addressValue"),
    "domain": ("DomainNameFacet", "value"), "url": ("URLFacet", "fullValue"),
    "handle": ("AccountFacet", "accountIdentifier"), "wallet": ("AccountFacet", "accountIdentifier"),
    "account": ("AccountFacet", "accountIdentifier"),
}  # fmt: skip
# Who defines an identifier that has no facet; what stands before the first colon of a value says it closer.
_DEFINED = {
    "widget": "Service or part of a site whose id stands in the code of a page",
    "company": "Register of companies or of their taxes",
    "template": "Clew: family of near-copied texts",
    "image": "Clew: pictures",
    "conversation": "Conversation, as its source names it",
}
_PDQ = re.compile(r"[0-9a-f]{64}")


def facets(kind: str, value: str) -> list[Node]:
    """The facets of an identifier; none where UCO has no word for it."""
    if kind in _FACETS:
        facet, name = _FACETS[kind]
        return [{"@type": f"uco-observable:{facet}", f"uco-observable:{name}": value}]
    if kind == "image" and _PDQ.fullmatch(value):  # else a mask stands there
        hashed = {"@type": "uco-types:Hash", "uco-types:hashMethod": "PDQ", "uco-types:hashValue": _hex(value)}
        return [{"@type": "uco-observable:ContentDataFacet", "uco-observable:hash": [hashed]}]
    return []


def text_facet(text: str) -> list[Node]:
    """The words of a text that several records share; none where they are not known."""
    said = {"@type": "uco-observable:ExtractedString", "uco-observable:stringValue": text}
    return [{"@type": "uco-observable:ExtractedStringsFacet", "uco-observable:strings": [said]}] if text else []


def reference(kind: str, value: str, where: str = "") -> Node:
    """Where an identifier is defined, and what it is there.

    Args:
        kind: of identifier.
        value: of it, in which a widget or company number has what defines it before the first colon.
        where: what defines it, if that is known otherwise.
    """
    if kind in ("widget", "company") and ":" in value:
        where, _, value = value.partition(":")
    context = f"{_DEFINED.get(kind, kind)}: {where}" if where else _DEFINED.get(kind, kind)
    return {"@type": "uco-core:ExternalReference", "uco-core:definingContext": context,
            "uco-core:externalIdentifier": value}  # fmt: skip


def _hex(value: str) -> Node:
    return {"@type": "xsd:hexBinary", "@value": value}
