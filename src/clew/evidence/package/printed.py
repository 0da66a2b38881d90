"""The report of a package: the case, its networks and its history, as `clew.evidence.report` prints them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from clew.cases.base import Casework
from clew.cases.grading import handling_words
from clew.cases.triage import history as triage_history
from clew.evidence import verify
from clew.evidence.package.history import shows
from clew.evidence.package.made import Made
from clew.evidence.package.material import Material
from clew.evidence.report.content import (
    CasePerson,
    Cover,
    CustodyEvent,
    Exhibit,
    Grading,
    Hypothesis,
    Judgement,
    ReportContent,
    RunUsed,
)
from clew.evidence.report.content_network import NetworkContent
from clew.evidence.report.gather import network_content
from clew.evidence.report.write import write_report
from clew.query.index import ensure_index, open_index
from clew.store.views import open_views
from clew.store.workspace import Workspace, manifest_path

T = TypeVar("T")


def print_report(casework: Casework, workspace: Workspace, material: Material, made: Made, path: Path) -> None:
    """Write the PDF; protected persons stand under pseudonyms in all of it."""
    whole = material.whole
    networks = _networks(workspace, material, made)
    judgements = [*_triage(casework, material), *_decisions(workspace, made), *_notes(material)]
    content = ReportContent(
        _cover(material, made),
        asked=(material.case.purpose,),
        networks=tuple(networks),
        judgements=tuple(sorted(judgements, key=lambda j: j.at)),
        hypotheses=tuple(
            Hypothesis(
                h.id, h.statement, h.state + (f": {h.reason}" if h.reason else ""), h.who, _at(h.at),
                tuple(_argued(a) for a in h.speaking("for")), tuple(_argued(a) for a in h.speaking("against")),
                (h.would_change,) if h.would_change else (),
            )
            for h in whole.hypotheses
        ),
        persons=tuple(_persons(material)),
        exhibits=tuple(_exhibit(said) for said in made.exhibits),
        custody=tuple(_custody(material, made)),
        runs=tuple(_runs(workspace, made)),
        limits=tuple(_limits(material, made)),
    )  # fmt: skip
    write_report(masked(content, material.masks.text) if material.masks else content, path)


def masked(value: T, mask: Callable[[str], str]) -> T:
    """The same content with every text masked."""
    return _masked(value, mask)  # type: ignore[no-any-return]


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, tuple):
        return tuple(_masked(part, mask) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _masked(getattr(value, f.name), mask) for f in fields(value) if f.init})
    return value


def _cover(material: Material, made: Made) -> Cover:
    case, stamps = material.case, made.stamps
    said = (
        f"{stamps[-1].authority} confirmed the state of {stamps[-1].size:,} entries at {stamps[-1].at}"
        if stamps
        else ""
    )
    return Cover(
        made.package, case.id, case.name, case.purpose, case.legal_basis, case.owner,
        handling_words(case.handling, case.conditions), case.tlp, case.handling, case.retain_until, _at(made.at),
        made.who, f"Clew {made.version}", case.conditions, made.head.size, made.head.root, _at(made.head.at),
        verify.fingerprint(made.public), said,
        ("python -m pip install cryptography", "python verify.py BAG"),
    )  # fmt: skip


def _networks(workspace: Workspace, material: Material, made: Made) -> Iterator[NetworkContent]:
    there = [name for name in material.of_kind("network") if name not in made.derived.gone]
    if not there:
        return
    with (
        tempfile.TemporaryDirectory(prefix="clew-report-") as spill,
        open_index(ensure_index(workspace), Path(spill)) as engine,
    ):
        for name in there:
            yield network_content(engine, name, "data/tables/", material.masks.text)


def _triage(casework: Casework, material: Material) -> Iterator[Judgement]:
    networks = material.of_kind("network")
    for d in triage_history(casework.db, *networks) if networks else ():
        yield Judgement(d.who, d.at, "triage", d.network_id, f"state: {d.state}", d.reason)


def _decisions(workspace: Workspace, made: Made) -> Iterator[Judgement]:
    """What people said of links between records of the package."""
    ids = made.derived.tables["records"].select(["record_id"])
    if not ids.num_rows or not workspace.segments("decisions"):
        return
    with open_views(workspace, need_run=False) as engine:
        engine.register({"mine": ids})
        query = "SELECT * FROM decisions WHERE record_a IN (FROM mine) AND record_b IN (FROM mine) ORDER BY ALL"
        for d in engine.rows(query):
            about = f"{d['record_a'][:12]} – {d['record_b'][:12]}"
            yield Judgement(d["who"], d["at"], "link", about, f"link {d['state']}", d["why"])


def _notes(material: Material) -> Iterator[Judgement]:
    for note in material.whole.notes:
        yield Judgement(note.who, _at(note.at), "note", note.id, note.text, "", _grading(note.grading))


def _persons(material: Material) -> Iterator[CasePerson]:
    for p in material.whole.people:
        shown = p.pseudonym if p.protected else p.names[0]
        basis = f"{p.release.by}: {p.release.why}" if p.release else ""
        categories = ", ".join((*p.categories, "minor") if p.minor else p.categories)
        yield CasePerson(p.id, shown, categories, p.protected, p.role, _grading(p.grading), basis)


def _exhibit(said: dict[str, Any]) -> Exhibit:
    held = said["withheld"]
    named = (held or said["files"])[0]
    file = "withheld: " + held[0]["reason"] if held else named["path"]
    note = f"Withdrawn: {said['withdrawn']}" if said["withdrawn"] else said["why"]
    return Exhibit(
        said["id"], said["name"], said["kind"], said["who"], _at(said["at"]), said["whence"], file, named["size"],
        named["sha256"], named["blake2b"], note,
        _grading(said["grading"], said["handling"], said["conditions"], said["tlp"]),
    )  # fmt: skip


def _custody(material: Material, made: Made) -> Iterator[CustodyEvent]:
    for entry in made.entries:
        why = entry.texts().get("why", "") if shows(entry, material.masks) else ""
        yield CustodyEvent(entry.seq, _at(entry.at), entry.who, entry.act, entry.subject, why)


def _runs(workspace: Workspace, made: Made) -> Iterator[RunUsed]:
    run = made.derived.run
    if run is not None:
        digest = hashlib.sha256(manifest_path(workspace, run.id).read_bytes()).hexdigest()
        counts = ", ".join(f"{len(digests)} of {name}" for name, digests in run.inputs.items() if digests)
        yield RunUsed(run.id, _at(run.at), run.versions["clew"], digest, f"segments: {counts}", "clew replay BAG")


def _limits(material: Material, made: Made) -> Iterator[str]:
    for name in made.derived.gone:
        yield (f"Network {name} was one when it was frozen as an exhibit. Since then links were judged anew or records "
               f"came, and it is none any more: the tables hold nothing of it, the exhibit does.")  # fmt: skip
    if held := sum(bool(e["withheld"]) for e in made.exhibits):
        yield f"{held} originals were held back to protect people. Their digests are given; a court can ask for them."
    if material.masks:
        yield "Names and identifiers of victims and minors were replaced by pseudonyms in tables and in this report."
    if not made.stamps:
        yield "No outside authority confirmed a time: when things happened is known from Clew's own clock."


def _argued(argument: Any) -> str:
    rests = f" ({', '.join(argument.references)})" if argument.references else ""
    return f"{argument.text}{rests} – {argument.who}"


def _grading(grade: str, handling: str = "", conditions: str = "", tlp: str = "") -> Grading:
    return Grading(grade[:1], grade[1:], handling, conditions, tlp)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
