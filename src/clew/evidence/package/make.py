"""Makes the package of a case: everything into a staging folder, checked with the verifier, then in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from clew.access.roles import need
from clew.cases.approvals import approvals_in, use_in
from clew.cases.base import Casework
from clew.cases.opened import opened
from clew.database.base import now
from clew.evidence import verify
from clew.evidence.caseuco import describe
from clew.evidence.package.bag import Bag, pieces_of, place, staged
from clew.evidence.package.derived import Derived, add_derived, check_manifests, decided_about
from clew.evidence.package.history import add_history, add_stamps, entries_of
from clew.evidence.package.issued import Issued, keep, next_nth, package_id
from clew.evidence.package.made import Made
from clew.evidence.package.material import Material, gather
from clew.evidence.package.originals import add_originals
from clew.evidence.package.printed import print_report
from clew.evidence.package.readme import readme
from clew.ledger.entry import Deed
from clew.ledger.heads import sign_head
from clew.ledger.log import append
from clew.ledger.timestamps import stamp
from clew.model.actor import Actor
from clew.model.errors import InputError, SealError
from clew.store.workspace import Workspace
from clew.vault.store import Digests

Progress = Callable[[str, float], None]
STEPS = ("originals", "tables", "history", "report", "check")


@dataclass(frozen=True)
class Packaged:
    """A package that was made.

    Attributes:
        id: such as C1-B1.
        path: where it is.
        files, bytes: of its payload.
        digests: of its ``signed.json``, which stands for all of it.
        fingerprint: of the key that signed.
        withheld: exhibits that were held back, and why.
        gone: networks that were frozen as exhibits and are none any more.
        timestamps: how many of outside authorities it holds.
    """

    id: str
    path: Path
    files: int
    bytes: int
    digests: Digests
    fingerprint: str
    withheld: dict[str, str]
    gone: list[str]
    timestamps: int


def package(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    case_id: str,
    out: Path,
    progress: Progress = lambda step, share: None,
) -> Packaged:
    """Write a case as a bag that others can check; it is there whole, or not at all, and the ledger has its digests.

    Protected persons stand under pseudonyms, and originals that show or name them are held back.

    Args:
        casework: database, vault and keys.
        workspace: the tables of its networks and records.
        actor: who exports, in which case and why.
        case_id: the case.
        out: a new or empty folder.
        progress: told the step of `STEPS` and how much of it is done.

    Raises:
        DeniedError: the role allows no export, or it takes the approval of a second person.
        MissingError: it is not a case of theirs.
        InputError: ``out`` holds something, or the workspace is to be run first.
        SealError: the package did not pass its own check, or what it is made from was altered.
    """
    need(actor, "export")
    material = gather(casework, workspace, actor, case_id)
    if material.uncovers:
        _need_approval(casework, actor, case_id)
    with staged(out) as (bag, folder):
        made = _fill(casework, workspace, actor, material, bag, progress)
        digests = bag.finish(_info(material, made), _readme(casework, material, made), _signed(made), casework.keys)
        _check(folder)
        progress("check", 1.0)
        _write_down(casework, actor, material, bag, digests, made)
        place(folder, out)
    held = {e["id"]: e["withheld"][0]["reason"] for e in made.exhibits if e["withheld"]}
    total = sum(each.size for each in bag.payload.values())
    return Packaged(
        made.package, out, len(bag.payload), total, digests, verify.fingerprint(casework.keys.public.hex()), held,
        made.derived.gone, len(made.stamps),
    )  # fmt: skip


def _fill(
    casework: Casework, workspace: Workspace, actor: Actor, material: Material, bag: Bag, progress: Progress
) -> Made:
    """Write the payload."""
    case_id = material.case.id
    stamp(casework.db, casework.keys)
    head = sign_head(casework.db, casework.keys)
    exhibits = add_originals(bag, material, lambda share: progress("originals", share))
    derived = add_derived(bag, workspace, material, lambda share: progress("tables", share))
    with casework.db.connect() as connection:
        nth = next_nth(connection, case_id)
        entries = entries_of(connection, case_id, _subjects(workspace, material, derived), head.size)
        check_manifests(workspace, derived.runs, entries)
        signed = add_history(bag, connection, entries, head, material.masks)
        given = add_stamps(bag, connection, signed)
    progress("history", 1.0)
    made = Made(
        nth, package_id(case_id, nth), now(), actor.name, metadata.version("clew"), head, exhibits, derived, entries,
        given, casework.keys.public.hex(),
    )  # fmt: skip
    bag.add("case.jsonld", [verify.canonical(describe(material, made)) + b"\n"])
    report = bag.folder / "report.pdf"
    print_report(casework, workspace, material, made, report)
    bag.add("report.pdf", pieces_of(report))
    report.unlink()
    bag.add("package.json", [verify.canonical(_about(material, made)) + b"\n"])
    progress("report", 1.0)
    return made


def _subjects(workspace: Workspace, material: Material, derived: Derived) -> list[str]:
    """What entries from outside of the case are about that belong into its history."""
    runs = [f"{'run' if name.startswith('R') else 'ingest'} {name}" for name in derived.runs]
    networks = [f"network {name}" for name in material.of_kind("network")]
    decisions = [f"decision {digest}" for digest in decided_about(workspace, derived.tables["records"])]
    return [*runs, *networks, *decisions]


def _need_approval(casework: Casework, actor: Actor, case_id: str) -> None:
    """Go on only with an approval; it is used up when the package is done."""
    with opened(casework, actor, case_id) as file:
        granted = [a for a in approvals_in(file) if (a.what, a.state, a.asked_by) == ("export", "granted", actor.name)]
        if not granted:
            use_in(file, "export")  # says what is missing


def _about(material: Material, made: Made) -> dict[str, Any]:
    """What ``package.json`` says."""
    derived = made.derived
    return {
        "format": 1, "package": made.package, "case": material.case.id, "made_at": made.at, "made_by": made.who,
        "made_with": f"clew {made.version}", "head": made.head.size, "entries": len(made.entries),
        "run": derived.run.id if derived.run else None, "networks": material.of_kind("network"),
        "records": material.of_kind("record"), "gone": derived.gone, "exhibits": made.exhibits,
        "tables": derived.digests, "runs": derived.runs, "timestamps": len(made.stamps),
        "masked": {"hides": bool(material.masks), "records": derived.masked, "runs": derived.covered},
    }  # fmt: skip


def _info(material: Material, made: Made) -> dict[str, str]:
    return {
        "Bag-Software-Agent": f"Clew {made.version}", "Bagging-Date": made.at[:10],
        "External-Identifier": made.package, "Internal-Sender-Identifier": material.case.id,
        "External-Description": f"Evidence package of case {material.case.id}",
    }  # fmt: skip


def _signed(made: Made) -> dict[str, Any]:
    return {
        "format": 1, "package": made.package, "case": made.package.partition("-")[0], "at": made.at,
        "head": made.head.size, "root": made.head.root,
    }  # fmt: skip


def _readme(casework: Casework, material: Material, made: Made) -> str:
    held = [f"{e['id']} ({e['kind']}): {e['withheld'][0]['reason']}" for e in made.exhibits if e["withheld"]]
    return readme(material, made.package, made.at, made.who, made.version, casework.keys.public, held)


def _check(folder: Path) -> None:
    """Let nothing out that its receiver could not verify."""
    report = verify.verify(str(folder))
    if not report.whole:
        raise SealError(f"The package did not pass its own check: {report.faults[0]}", "Check the ledger and the disk.")


def _write_down(casework: Casework, actor: Actor, material: Material, bag: Bag, digests: Digests, made: Made) -> None:
    """The export as an entry of the ledger, before anybody can have the package."""
    with opened(casework, actor, material.case.id) as file:
        if next_nth(file.connection, material.case.id) != made.nth:
            raise InputError(f"Somebody else made {made.package} at the same moment.", "Make yours again.")
        if material.uncovers:
            use_in(file, "export")
        details = {
            "package": made.package, "sha256": digests.sha256, "blake2b": digests.blake2b,
            "manifests": {name: bag.tags[name].sha256 for name in verify.MANIFESTS.values()}, "head": made.head.size,
            "exhibits": [e["id"] for e in made.exhibits], "withheld": [e["id"] for e in made.exhibits if e["withheld"]],
            "files": len(bag.payload), "pseudonyms": [p.id for p in material.whole.people if p.protected],
        }  # fmt: skip
        within = actor.within(material.case.id, actor.why or material.case.purpose)
        seq = append(file.connection, within, Deed("export", f"case {material.case.id}", details)).seq
        total = sum(each.size for each in bag.payload.values())
        keep(file.connection, Issued(material.case.id, made.nth, seq, made.head.size, digests.sha256, digests.blake2b,
                                     len(bag.payload), total, actor.name, made.at))  # fmt: skip
