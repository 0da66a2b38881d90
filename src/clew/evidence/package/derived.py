"""Puts what the analysis derived into a package: tables of the exhibits' networks and records, manifests of runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from clew.evidence import verify
from clew.evidence.package.bag import Bag, pieces_of
from clew.evidence.package.material import Material
from clew.exchange.selected import segments_of, selected, write_table
from clew.ledger.entry import Entry
from clew.model.errors import InputError, SealError
from clew.pipeline.manifest import Manifest, read_manifest
from clew.store.workspace import Workspace, manifest_path


@dataclass
class Derived:
    """What was written.

    Attributes:
        run: manifest of the run that made the tables; None where there are none to make.
        tables: the tables as they were written.
        masked: records of which something was pseudonymised.
        digests: SHA-256 and rows of each table's file.
        runs: manifests of runs and ingests that came along.
        covered: those of them in which something was pseudonymised.
        gone: networks that were frozen as exhibits and are none any more, as links were judged anew.
    """

    run: Manifest | None = None
    tables: dict[str, pa.Table] = field(default_factory=dict)
    masked: list[str] = field(default_factory=list)
    digests: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def add_derived(
    bag: Bag, workspace: Workspace, material: Material, progress: Callable[[float], None] = lambda share: None
) -> Derived:
    """Write the tables and manifests.

    Raises:
        InputError: the tables of the workspace are not those of its last run.
    """
    networks, records = material.of_kind("network"), material.of_kind("record")
    made = Derived(_run(workspace) if networks or records else None)
    found = selected(workspace, networks, records, made.run.inputs.get("labels", []) if made.run else [])
    progress(0.5)
    for name, table in found.items():  # records come first, as the masks want
        masked = material.masks.table(table, name) if material.masks else table
        if name == "records":
            made.masked = _differing(table, masked)
        path = bag.folder / f"{name}.parquet"
        write_table(masked, path)
        digests = bag.add(f"tables/{name}.parquet", pieces_of(path))
        path.unlink()
        made.tables[name] = masked
        made.digests[name] = {"sha256": digests.sha256, "rows": masked.num_rows}
    made.gone = sorted(set(networks) - set(made.tables["networks"]["network_id"].to_pylist()))
    wanted = {exhibit.run for exhibit in material.whole.exhibits if exhibit.run}
    if made.run:
        wanted |= {made.run.id, *_ingests(workspace, segments_of(workspace, found["records"]))}
    made.runs = sorted(name for name in wanted if manifest_path(workspace, name).is_file())
    for name in made.runs:
        content = manifest_path(workspace, name).read_bytes()
        shown = material.masks.text(content.decode()).encode() if material.masks else content
        bag.add(f"runs/{name}.json", [shown])
        made.covered += [name] * (shown != content)
    progress(1.0)
    return made


def _run(workspace: Workspace) -> Manifest:
    """The run whose tables are the workspace's, and so are the records that it read."""
    run = read_manifest(workspace, "last")
    held = {name: [s.sha256 for s in segments] for name, segments in workspace.catalog.tables.items()}
    read = all(set(run.inputs.get(name, ())) <= set(held.get(name, ())) for name in ("records", "changes"))
    if not read or any(held.get(name, []) != digests for name, digests in run.outputs.items()):
        raise InputError("The tables of the workspace are not those of its last run.", "Make them with: clew run")
    return run


def _ingests(workspace: Workspace, segments: Sequence[str]) -> list[str]:
    """The ingests that brought in some segments of records."""
    found = []
    for path in (workspace.path / "runs").glob("I[0-9]*.json"):
        if set(orjson.loads(path.read_bytes()).get("segments", ())) & set(segments):
            found.append(path.stem)
    return found


def decided_about(workspace: Workspace, records: pa.Table) -> list[str]:
    """The digests of the decisions about links between some records; each is a segment of its own."""
    known, found = set(records["record_id"].to_pylist()), []
    for segment in workspace.segments("decisions"):
        rows = pq.read_table(workspace.path / segment.file, columns=["record_a", "record_b"]).to_pylist()
        if any({row["record_a"], row["record_b"]} <= known for row in rows):
            found.append(segment.sha256)
    return found


def check_manifests(workspace: Workspace, names: Sequence[str], entries: Sequence[Entry]) -> None:
    """Let no manifest out that is not the one of which the ledger took the digest down.

    Raises:
        SealError: one was altered, or the ledger has no entry of it.
    """
    told = verify.manifests_of({"act": e.act, "subject": e.subject, "details": e.facts()} for e in entries)
    for name in names:
        path = manifest_path(workspace, name)
        if hashlib.sha256(path.read_bytes()).hexdigest() != told.get(name):
            raise SealError(f"{path} is not what the ledger took down: it was altered.", "Restore it from a backup.")


def _differing(before: pa.Table, after: pa.Table) -> list[str]:
    """The records in which something was masked."""
    found = set[str]()
    ids = before["record_id"].to_pylist()
    for one, other in zip(before.columns, after.columns, strict=True):
        if not one.equals(other):
            pairs = zip(ids, one.to_pylist(), other.to_pylist(), strict=True)
            found.update(name for name, was, became in pairs if was != became)
    return sorted(found)
