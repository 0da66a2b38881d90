"""The case for other programs: JSON-LD by the CASE and UCO ontologies (version 1).

Exhibits are observable objects with provenance records; what was done with them are investigative actions; records and
identifiers are observable objects with facets; links are relationships and findings are annotations, each in the
provenance record of the run that made it. Views are in the custody log only. Names of nodes follow from what they are,
so that the same package gives the same bytes.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from clew.evidence.caseuco_terms import Node, facets, reference, text_facet
from clew.evidence.package.history import shows
from clew.evidence.package.made import Made
from clew.evidence.package.material import Material
from clew.ledger.entry import Entry
from clew.model.tables import IDENTIFIER_TYPES

CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-role": "https://ontology.unifiedcyberontology.org/uco/role/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Acts that change or judge something; to look at it is none of them.
_DONE = frozenset(("intake", "run", "decide", "change", "export", "erase"))


def describe(material: Material, made: Made) -> Node:
    """The description of a package."""
    return _Describer(material, made).all()


class _Describer:
    """Collects the nodes of the graph."""

    def __init__(self, material: Material, made: Made) -> None:
        self.material, self.made = material, made
        self.base = f"urn:example:clew:{made.package}:"
        self.space = uuid.uuid5(uuid.NAMESPACE_OID, f"{made.public} {made.package}")
        self.nodes: dict[str, Node] = {}

    def all(self) -> Node:
        """The whole graph."""
        tool = self._add("tool", "clew", "uco-tool:Tool", "Clew", {"uco-tool:version": self.made.version})
        exhibits = self._exhibits()
        actions = self._actions(exhibits, tool)
        self._subjects()
        self._derived(tool, exhibits)
        self._investigation(actions)
        context = {**CONTEXT, "kb": self.base}
        return {"@context": context, "@graph": [self.nodes[name] for name in sorted(self.nodes)]}

    # -- nodes ------------------------------------------------------------------------------------------------------

    def _id(self, kind: str, name: str) -> str:
        return f"kb:{kind}-{uuid.uuid5(self.space, f'{kind} {name}')}"

    def _add(self, kind: str, name: str, type_: str, title: str, more: Node | None = None) -> str:
        """A node; gives its id."""
        node_id = self._id(kind, name)
        node: Node = {"@id": node_id, "@type": type_}
        if title:
            node["uco-core:name"] = title
        said = {key: value for key, value in (more or {}).items() if value not in (None, "", [])}
        self.nodes[node_id] = node | said
        return node_id

    def _observable(
        self, kind: str, name: str, title: str, facets: Iterable[Node], more: Node | None = None,
        type_: str = "ObservableObject",
    ) -> str:  # fmt: skip
        said = {"uco-core:hasFacet": list(facets), **(more or {})}
        named = {key: self._named(value, f"{kind} {name}") for key, value in said.items()}
        return self._add(kind, name, f"uco-observable:{type_}", title, named)

    def _named(self, part: Any, of: str) -> Any:
        """The same with an id for each part that is a thing: all of them have a type, and so have literals."""
        if isinstance(part, list):
            return [self._named(each, of) for each in part]
        if not isinstance(part, dict) or "@value" in part or set(part) == {"@id"}:
            return part
        label = part["@type"].rpartition(":")[2].lower()
        inner = {key: self._named(value, of) for key, value in part.items()}
        return {"@id": self._id(label, of), **inner}

    def _content(self, name: str, size: int, digests: Mapping[str, str], media_type: str, payload: str = "") -> Node:
        hashes = [
            {
                "@id": self._id("hash", f"{name} {method}"),
                "@type": "uco-types:Hash",
                "uco-types:hashMethod": method,
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": value},
            }
            for method, value in digests.items()
        ]
        facet: Node = {
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:mimeType": media_type,
            "uco-observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(size)},
            "uco-observable:hash": hashes,
        }
        return {**facet, **({"uco-observable:dataPayload": payload} if payload else {})}

    # -- what was collected, and what was done with it --------------------------------------------------------------

    def _exhibits(self) -> dict[str, tuple[str, str]]:
        """Exhibit to its observable object and its provenance record."""
        found = {}
        for said in self.made.exhibits:
            named = (said["withheld"] or said["files"])[0]
            digests = {"SHA256": named["sha256"], "BLAKE2b-512": named["blake2b"]}
            facets = [self._content(said["id"], named["size"], digests, said["media_type"])]
            if said["files"]:
                path = named["path"]
                file = {"uco-observable:fileName": path.rpartition("/")[2], "uco-observable:filePath": path}
                facets.append({"@type": "uco-observable:FileFacet", **file})
            if said["media_type"].startswith("image/"):
                picture = {"uco-observable:pictureType": said["media_type"].partition("/")[2]}
                facets.append({"@type": "uco-observable:RasterPictureFacet", **picture})
            held = f"Withheld: {said['withheld'][0]['reason']}" if said["withheld"] else ""
            told = [f"From {said['whence']}", f"by {said['how']}", f"grading {said['grading']}" * bool(said["grading"]),
                    f"handling {said['handling']}, TLP:{said['tlp']}", held]  # fmt: skip
            thing = self._observable("exhibit", said["id"], said["name"], facets,
                                     {"uco-core:description": ". ".join(filter(None, told))})  # fmt: skip
            record = self._add(
                "provenance", said["id"], "case-investigation:ProvenanceRecord", f"Exhibit {said['id']}",
                {"case-investigation:exhibitNumber": said["id"], "uco-core:object": [_ref(thing)],
                   "case-investigation:rootExhibitNumber": said["part_of"] or said["id"]},
            )  # fmt: skip
            found[said["id"]] = thing, record
        return found

    def _actions(self, exhibits: Mapping[str, tuple[str, str]], tool: str) -> list[str]:
        """What was done, each informed by what was done before with the same thing."""
        last: dict[str, str] = {}
        found = []
        for entry in self.made.entries:
            if entry.act not in _DONE:
                continue
            thing, record = exhibits.get(entry.subject.removeprefix("exhibit "), ("", ""))
            before = last.get(entry.subject)
            action = self._add(
                "action", str(entry.seq), "case-investigation:InvestigativeAction", f"{entry.act} of {entry.subject}",
                {
                    "uco-core:description": self._why(entry),
                    "uco-action:startTime": _time(entry.at), "uco-action:endTime": _time(entry.at),
                    "uco-action:performer": _ref(self._account(entry.who)), "uco-action:instrument": [_ref(tool)],
                    "uco-action:object": [_ref(thing)] if thing else [],
                    "uco-action:result": [_ref(record)] if record and entry.act == "intake" else [],
                    "case-investigation:wasInformedBy": [_ref(before)] if before else [],
                },
            )  # fmt: skip
            last[entry.subject] = action
            found.append(action)
        return found

    def _why(self, entry: Entry) -> str:
        why = entry.texts().get("why", "") if shows(entry, self.material.masks) else ""
        return f"Entry {entry.seq} of the ledger. {why}".strip()

    def _account(self, name: str) -> str:
        return self._add("identity", f"account {name}", "uco-identity:Identity", name)

    def _subjects(self) -> None:
        """Persons, protected ones under their pseudonym, each with a role for every category of the data subject."""
        for person in self.material.whole.people:
            shown = person.pseudonym if person.protected else self.material.masks.text(person.names[0])
            node = self._add("person", person.id, "uco-identity:Person", shown, {"uco-core:tag": person.id})
            for category in (*person.categories, *(["minor"] if person.minor else [])):
                role = self._add("role", category, "uco-role:Role", category)
                self._relate(f"{person.id} {category}", node, role, "Has_Role", "uco-core:Relationship", True)

    # -- what was derived -------------------------------------------------------------------------------------------

    def _derived(self, tool: str, exhibits: Mapping[str, tuple[str, str]]) -> None:
        derived = self.made.derived
        if derived.run is None:
            return
        tables = {name: table.to_pylist() for name, table in derived.tables.items()}
        for row in tables["records"]:
            self._record(row)
        self._identifiers(tables)
        self._conversations(tables)
        known = {row["record_id"] for row in tables["records"]}
        made = [self._link(row) for row in tables["links"]]
        made += self._networks(tables["network_members"], known)
        made += [self._finding(row) for row in tables["findings"]]
        results = []
        if made:
            results = [_ref(self._add(
                "provenance", derived.run.id, "case-investigation:ProvenanceRecord", f"Made by run {derived.run.id}",
                {"uco-core:object": [_ref(name) for name in sorted(set(made))]},
            ))]  # fmt: skip
        frozen = sorted(thing for thing, _ in exhibits.values())
        self._add(
            "action", derived.run.id, "case-investigation:InvestigativeAction", f"Analysis run {derived.run.id}",
            {"uco-action:endTime": _time(derived.run.at), "uco-action:instrument": [_ref(tool)],
               "uco-core:description": f"Code {derived.run.code}", "uco-action:result": results,
               "uco-action:object": [_ref(name) for name in frozen]},
        )  # fmt: skip

    def _record(self, row: Mapping[str, Any]) -> str:
        text = "\n".join(filter(None, (row["title"], row["body"])))
        data = text.encode()
        digests = {"SHA256": hashlib.sha256(data).hexdigest()}
        name = row["record_id"]
        facets = [self._content(name, len(data), digests, "text/plain", text)] if text else []
        if row["url"]:
            facets.append({"@type": "uco-observable:URLFacet", "uco-observable:fullValue": row["url"]})
        told = f"{row['kind']} on {row['platform']}, record {name}, version {row['version']}"
        created = _time(row["posted_at"].isoformat()) if row["posted_at"] else None
        return self._observable(
            "record", name, row["title"] or name, facets,
            {"uco-core:description": told, "uco-core:objectCreatedTime": created},
        )  # fmt: skip

    def _identifiers(self, tables: Mapping[str, list[dict[str, Any]]]) -> None:
        """Each identifier once, and in which records it stands."""
        stands = {(m["record_id"], m["type"], m["value"]) for m in tables["mentions"] if m["type"] in IDENTIFIER_TYPES}
        stands |= {(m["record_id"], "template", m["template_id"]) for m in tables["template_members"]}
        texts = {row["template_id"]: row["text"] for row in tables["templates"]}
        for record, kind, value in sorted(stands):
            told = facets(kind, value)
            refer = {} if told else {"uco-core:externalReference": [reference(kind, value)]}
            if kind == "template":
                told = text_facet(texts.get(value, ""))
            node = self._observable("identifier", f"{kind} {value}", f"{kind} {value}", told, refer)
            name = f"{record} {kind} {value}"
            self._relate(name, node, self._id("record", record), "Contained_Within", _OBSERVED, True)

    def _conversations(self, tables: Mapping[str, list[dict[str, Any]]]) -> None:
        """Each conversation that is here as a whole, who talks in it, and its messages."""
        for row in tables["conversations"]:
            platform, name = row["platform"], row["conversation_id"]
            people = [
                self._observable("participant", f"{platform} {who}", who, facets("handle", f"{platform}:{who}"))
                for who in row["participants"]
            ]
            facet = {"@type": "uco-observable:MessageThreadFacet", "uco-observable:participant": [*map(_ref, people)]}
            self._observable(
                "conversation", name, f"conversation {name}", [facet],
                {"uco-core:description": f"{row['messages']} messages on {platform}",
                   "uco-core:externalReference": [reference("conversation", name, platform)]}, "MessageThread",
            )  # fmt: skip
        for row in tables["conversation_members"]:
            talk, record = row["conversation_id"], row["record_id"]
            ends = self._id("record", record), self._id("conversation", talk)
            self._relate(f"{record} conversation {talk}", *ends, "Contained_Within", _OBSERVED, True)

    def _link(self, row: Mapping[str, Any]) -> str:
        told = f"{row['weight']:.1f} bits of evidence for one operation; state {row['state']}; {row['evidence']}"
        name, one, other = f"{row['record_a']} {row['record_b']}", row["record_a"], row["record_b"]
        return self._relate(
            name, self._id("record", one), self._id("record", other), "Linked_To", _OBSERVED, False, told
        )

    def _networks(self, members: Iterable[Mapping[str, Any]], known: set[str]) -> list[str]:
        groups: dict[str, list[str]] = {}
        for row in members:
            if row["record_id"] in known:
                groups.setdefault(row["network_id"], []).append(row["record_id"])
        return [
            self._add(
                "network", name, "uco-core:Grouping", f"Network {name}",
                {"uco-core:context": ["records resolved to one operation"],
                   "uco-core:object": [_ref(self._id("record", record)) for record in sorted(records)]},
            )
            for name, records in sorted(groups.items())
        ]  # fmt: skip

    def _finding(self, row: Mapping[str, Any]) -> str:
        kind = "record" if row["subject_kind"] == "record" else "network"
        return self._add(
            "finding", row["finding_id"], "uco-core:Annotation", row["indicator"],
            {"uco-core:statement": [row["reason"]], "uco-core:object": [_ref(self._id(kind, row["subject"]))],
               "uco-core:tag": ["assessed"]},
        )  # fmt: skip

    def _relate(
        self, name: str, source: str, target: str, kind: str, type_: str, directional: bool, told: str = ""
    ) -> str:
        return self._add(
            "relationship", f"{kind} {name}", type_, "",
            {"uco-core:source": [_ref(source)], "uco-core:target": _ref(target), "uco-core:description": told,
               "uco-core:kindOfRelationship": kind, "uco-core:isDirectional": directional},
        )  # fmt: skip

    def _investigation(self, actions: Iterable[str]) -> None:
        case, masks = self.material.case, self.material.masks
        allowed = self._add(
            "authorization", case.id, "case-investigation:Authorization", "",
            {"case-investigation:authorizationType": masks.text(case.legal_basis)},
        )  # fmt: skip
        things = [name for name, node in self.nodes.items() if node["@type"] in _LISTED]
        told = f"Handling {case.handling}, TLP:{case.tlp}, kept until {case.retain_until}."
        self._add(
            "investigation", case.id, "case-investigation:Investigation", f"Case {case.id}",
            {"case-investigation:focus": [masks.text(case.purpose)], "uco-core:description": told,
               "case-investigation:relevantAuthorization": [_ref(allowed)],
               "uco-core:object": [_ref(name) for name in sorted({*things, *actions})]},
        )  # fmt: skip


_OBSERVED = "uco-observable:ObservableRelationship"
_LISTED = ("case-investigation:ProvenanceRecord", "case-investigation:InvestigativeAction", "uco-core:Grouping",
           "uco-identity:Person")  # fmt: skip


def _ref(node_id: str) -> Node:
    return {"@id": node_id}


def _time(at: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": at}
