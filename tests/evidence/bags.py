"""A package made by the real code, with everything that one can hold, for the tests that check and damage it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from tests.tsa import make_authority, serving

from clew.access.roles import alone
from clew.cases import case, people, triage
from clew.cases.base import Casework
from clew.evidence import verify
from clew.evidence.package.make import Packaged, package
from clew.evidence.take import take_file, take_network, take_record
from clew.ledger.timestamps import stamp
from clew.model.actor import Actor
from clew.pipeline.decide import decide
from clew.store.workspace import Workspace

ME = alone("ann", "command line")


@dataclass
class MadeBag:
    """A package, and where it came from."""

    path: Path
    workspace: Workspace
    casework: Casework
    packaged: Packaged
    tsa_roots: Path
    network: str

    @property
    def actor(self) -> Actor:
        """Who made it."""
        return ME


@contextmanager
def made_bag(finished: Path, folder: Path) -> Iterator[MadeBag]:
    """A case with a network, a record of another one, a file and a contact; stamped twice; packaged."""
    workspace = Workspace(Path(shutil.copytree(finished, folder / "workspace")))
    casework = Casework(workspace.path)
    opened = case.open_case(casework, ME, "Harbour", "Who runs it?", "Art. 8", "2049-12-31")
    network = pick(workspace, 8, 25)
    triage.decide(casework.db, network, ME, "confirmed", "Many numbers, one text")
    one, other = linked(workspace, network)
    decide(workspace, one, other, "accepted", "The same person answers", ME.name, ME, casework.db)
    with serving(make_authority(folder / "tsa")) as authority, _environment(authority.url, authority.roots):
        take_network(casework, workspace, ME, opened.id, network, why="=1+1 looks like a formula")
        stamp(casework.db, casework.keys)
        take_record(casework, workspace, ME, opened.id, other_record(workspace, network))
        note = folder / "note.txt"
        note.write_text("Seen at the harbour.\n")
        take_file(casework, ME, opened.id, note)
        people.add(casework, ME, opened.id, ["Somebody Else"], ["contact"])
        made = package(casework, workspace, ME, opened.id, folder / "bag")
    yield MadeBag(folder / "bag", workspace, casework, made, authority.roots, network)
    casework.close()


@contextmanager
def _environment(url: str, roots: Path) -> Iterator[None]:
    os.environ |= {"CLEW_TSA_URL": url, "CLEW_TSA_ROOTS": str(roots)}
    try:
        yield
    finally:
        del os.environ["CLEW_TSA_URL"], os.environ["CLEW_TSA_ROOTS"]


def rows(workspace: Workspace, name: str) -> list[dict[str, object]]:
    """The rows of a table of one segment."""
    found: list[dict[str, object]] = pq.read_table(workspace.paths(name)[0]).to_pylist()
    return found


def pick(workspace: Workspace, least: int, most: int) -> str:
    """A network of some size."""
    sizes = {str(row["network_id"]): int(str(row["records"])) for row in rows(workspace, "networks")}
    return min(name for name, size in sizes.items() if least <= size <= most)


def linked(workspace: Workspace, network: str) -> tuple[str, str]:
    """Two records of a network that are linked."""
    members = {row["rid"] for row in rows(workspace, "network_members") if row["network_id"] == network}
    names = {row["rid"]: str(row["record_id"]) for row in rows(workspace, "records")}
    link = next(row for row in rows(workspace, "links") if {row["rid_a"], row["rid_b"]} <= members)
    return names[link["rid_a"]], names[link["rid_b"]]


def other_record(workspace: Workspace, network: str) -> str:
    """A record that is not in the network."""
    members = {row["rid"] for row in rows(workspace, "network_members") if row["network_id"] == network}
    return min(str(row["record_id"]) for row in rows(workspace, "records") if row["rid"] not in members)


def files(bag: Path) -> dict[str, bytes]:
    """Every file of a package by its path."""
    return {p.relative_to(bag).as_posix(): p.read_bytes() for p in sorted(bag.rglob("*")) if p.is_file()}


def remake_manifests(bag: Path, signed: bool) -> None:
    """What somebody does who hides a change but has no key: new manifests, and digests in signed.json."""
    payload = {path: data for path, data in files(bag).items() if path.startswith("data/")}
    for family, name in verify.MANIFESTS.items():
        (bag / name).write_text(manifest(payload, family))
    if signed:
        info, total = (bag / verify.INFO).read_text(), sum(map(len, payload.values()))
        (bag / verify.INFO).write_text(re.sub("Oxum: .*", f"Oxum: {total}.{len(payload)}", info))
        value = json.loads((bag / verify.SIGNED).read_bytes())
        tags = {name: (bag / name).read_bytes() for name in verify.SEALED_TAGS}
        value |= {"payload": _named(payload), "tags": _named(tags)}
        (bag / verify.SIGNED).write_bytes(verify.canonical(value) + b"\n")
    tags = {name: (bag / name).read_bytes() for name in (*verify.SEALED_TAGS, verify.SIGNED)}
    for family, name in verify.TAG_MANIFESTS.items():
        (bag / name).write_text(manifest(tags, family))


def manifest(found: dict[str, bytes], family: str) -> str:
    """A manifest of some files."""
    return "".join(f"{hashlib.new(family, found[path]).hexdigest()}  {path}\n" for path in sorted(found))


def _named(found: dict[str, bytes]) -> dict[str, list[object]]:
    return {
        path: [len(data), hashlib.sha256(data).hexdigest(), hashlib.blake2b(data).hexdigest()]
        for path, data in found.items()
    }
