"""Erase records from the tables of a workspace: the segments that hold them are written anew without them.

What was derived from those segments goes with them, and every table that is made from all records; the next run makes
them again. The ids of networks stay with the records that are left. Each step may be repeated, so that an erasure that
was interrupted is simply done again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.keeping.orphans import ORPHANS, naming, orphans_of
from clew.model.tables import ANCHORS
from clew.pipeline.run import OUTPUTS, ROWWISE
from clew.store.views import open_views
from clew.store.workspace import KEPT, Change, Workspace, note_erased, write_manifest

FOLDER = "erasing"  # below the workspace: what an erasure that is under way has to do
_ANCHORS = 16  # as many as a network gets from the linker
# A living network that loses an anchor gets new ones from the records that it keeps, so that its id lasts.
_ANCHORED = f"""
    WITH lost AS (SELECT DISTINCT network_id FROM anchors SEMI JOIN gone USING (rid) WHERE merged_into IS NULL),
    left_over AS (
        SELECT network_id, rid, count(*) OVER (PARTITION BY network_id) AS records
        FROM network_members m ANTI JOIN gone USING (rid) WHERE network_id IN (FROM lost)
        QUALIFY row_number() OVER (PARTITION BY network_id ORDER BY rid) <= {_ANCHORS}
    )
    SELECT network_id, rid, records, merged_into FROM anchors ANTI JOIN gone USING (rid)
    WHERE merged_into IS NOT NULL OR network_id NOT IN (FROM lost)
    UNION ALL SELECT network_id, rid, records, NULL FROM left_over ORDER BY network_id, rid"""


@dataclass(frozen=True)
class Plan:
    """What an erasure of records will do; it stands in the workspace until that is done.

    Attributes:
        name: of the erasure.
        folder: where it is written down.
        records: record_id and rid of what goes.
        orphans: type and value of identifiers that no other record has.
        networks: ids of networks of which nothing is left.
        quarantine: digests of quarantine segments that go as a whole.
        noted: when and why, in one clause.
    """

    name: str
    folder: Path
    records: pa.Table
    orphans: pa.Table
    networks: list[str]
    quarantine: list[str]
    noted: str

    @property
    def rids(self) -> pa.Array:
        """Numbers of the records."""
        return self.records["rid"].combine_chunks()


def make_plan(
    workspace: Workspace, name: str, record_ids: Sequence[str], noted: str, quarantine: Sequence[str] = ()
) -> Plan:
    """Look up what there is of some records, and write down what is to be done."""
    wanted = pa.table({"record_id": pa.array(sorted(set(record_ids)), pa.string())})
    with open_views(workspace, need_run=False, memory_gb=2.0) as engine:
        engine.register({"wanted": wanted})
        records = engine.sql("SELECT record_id, rid FROM records SEMI JOIN wanted USING (record_id) ORDER BY rid")
        engine.register({"gone": records})
        orphans = orphans_of(engine)
        networks = engine.sql(
            "SELECT network_id FROM network_members m LEFT JOIN (SELECT rid, true AS erased FROM gone) USING (rid) "
            "GROUP BY network_id HAVING bool_and(coalesce(erased, false)) ORDER BY network_id"
        )["network_id"].to_pylist()
    home = workspace.path / FOLDER
    home.mkdir(mode=0o700, exist_ok=True)
    plan = Plan(name, home / name, records, orphans, networks, list(quarantine), noted)
    made = Path(tempfile.mkdtemp(prefix=".plan-", dir=home))
    pq.write_table(records, made / "records.parquet")
    pq.write_table(orphans, made / "orphans.parquet")
    about = {"networks": plan.networks, "quarantine": plan.quarantine, "noted": noted}
    (made / "plan.json").write_bytes(orjson.dumps(about))
    made.rename(plan.folder)
    return plan


def read_plan(workspace: Workspace, name: str) -> Plan:
    """A plan that was written down."""
    folder = workspace.path / FOLDER / name
    records, orphans = (pq.read_table(folder / f"{each}.parquet") for each in ("records", "orphans"))
    return Plan(name, folder, records, orphans.cast(ORPHANS), **orjson.loads((folder / "plan.json").read_bytes()))


def sweep_plans(workspace: Workspace, names: Iterable[str]) -> None:
    """Take away the plans of erasures that are done or were never begun: all but these."""
    kept = set(names)
    home = workspace.path / FOLDER
    for folder in home.iterdir() if home.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder)
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()


@dataclass
class Replaced:
    """Segments that went, and what came in their place.

    Attributes:
        old: per table, their digests.
        new: old digest to new digest, where anything was left.
        rows: per table, how many rows went.
        manifests: the SHA-256 that manifests of ingests have now, by id.
        emptied: ids of ingests of which nothing is left.
    """

    old: dict[str, list[str]] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    manifests: dict[str, str] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)


def remove(workspace: Workspace, plan: Plan, progress: Callable[[float], None] = lambda share: None) -> Replaced:
    """Do what a plan says to the tables and files of a workspace.

    Raises:
        WorkspaceError: another process is changing the workspace.
    """
    with workspace.change() as change:
        replaced = _with(_noted(plan), _rewrite(change, plan, progress))
        # Known before it is published: who continues has to know what to clean up.
        _note(plan, replaced)
        change.publish()
        _unlink(workspace, plan.rids)
        note_erased(workspace, (d for digests in replaced.old.values() for d in digests), plan.noted)
        _redact(workspace, replaced)
        _note(plan, replaced)
        shutil.rmtree(workspace.path / "index", ignore_errors=True)
    return replaced


def _rewrite(change: Change, plan: Plan, progress: Callable[[float], None]) -> Replaced:
    replaced = Replaced()
    anchors = _anchors(change, plan)
    tests: dict[str, Callable[[pa.Table], pa.Array]] = {
        "records": lambda rows: pc.is_in(rows["rid"], value_set=plan.rids),
        "changes": lambda rows: pc.or_(
            pc.is_in(rows["rid_from"], value_set=plan.rids), pc.is_in(rows["rid_to"], value_set=plan.rids)
        ),
        "decisions": _either_record(plan),
        "quarantine": lambda rows: naming(rows["raw"], plan.orphans),
    }
    total = max(sum(s.bytes for table in tests for s in change.segments(table)), 1)
    done = 0
    for table, gone in tests.items():
        for segment in change.segments(table):
            source, made = change.workspace.path / segment.file, change.folder(table) / "left.parquet"
            whole = table == "quarantine" and segment.sha256 in plan.quarantine
            went, left = _without(source, made, (lambda rows: pa.array([True] * len(rows))) if whole else gone)
            if went:
                change.drop(table, [segment.sha256])
                replaced.old.setdefault(table, []).append(segment.sha256)
                replaced.rows[table] = replaced.rows.get(table, 0) + went
                if left:
                    (added,) = change.add(table, [made], segment.made_from)
                    replaced.new[segment.sha256] = added.sha256
            done += segment.bytes
            progress(done / total)
    old = tuple(digest[:24] for digest in replaced.old.get("records", ()))
    for table in ROWWISE:
        change.drop(table, [s.sha256 for s in change.segments(table) if s.made_from.startswith(old)] if old else ())
    for table in OUTPUTS:
        change.replace(table, anchors if table == "anchors" else [])
    return replaced


def _with(before: Replaced, now: Replaced) -> Replaced:
    """What was replaced in all, where an erasure is done again: what was published is not there a second time."""
    old = {t: sorted({*before.old.get(t, ()), *now.old.get(t, ())}) for t in {**before.old, **now.old}}
    return Replaced(old, before.new | now.new, before.rows | now.rows, before.manifests, before.emptied)


def _anchors(change: Change, plan: Plan) -> list[Path]:
    if not change.segments("anchors"):
        return []
    path = change.folder("anchors") / "anchors.parquet"
    with open_views(change.workspace, need_run=False) as engine:
        rows = engine.sql(_ANCHORED, {"gone": plan.records})
    pq.write_table(rows.cast(ANCHORS), path)
    return [path]


def _either_record(plan: Plan) -> Callable[[pa.Table], pa.Array]:
    ids = plan.records["record_id"].combine_chunks()
    return lambda rows: pc.or_(pc.is_in(rows["record_a"], value_set=ids), pc.is_in(rows["record_b"], value_set=ids))


def _without(source: Path, made: Path, gone: Callable[[pa.Table], pa.Array]) -> tuple[int, int]:
    """Write a segment without some rows; how many went, and how many are left."""
    went = left = 0
    with pq.ParquetFile(source) as file, pq.ParquetWriter(made, file.schema_arrow, compression="zstd") as writer:
        for batch in file.iter_batches(batch_size=65_536):
            rows = pa.Table.from_batches([batch], file.schema_arrow)
            kept = rows.filter(pc.invert(gone(rows)))
            went, left = went + len(rows) - len(kept), left + len(kept)
            writer.write_table(kept)
    return went, left


def _note(plan: Plan, replaced: Replaced) -> None:
    staged = plan.folder / ".replaced.json"
    with staged.open("wb") as stream:
        stream.write(orjson.dumps(asdict(replaced)))
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(plan.folder / "replaced.json")


def _noted(plan: Plan) -> Replaced:
    path = plan.folder / "replaced.json"
    return Replaced(**orjson.loads(path.read_bytes())) if path.exists() else Replaced()


def _unlink(workspace: Workspace, rids: pa.Array) -> None:
    """Delete the files that the catalog no longer names; of older anchors those that name the records."""
    current = {s.file for segments in workspace.catalog.tables.values() for s in segments}
    for path in (workspace.path / "segments").glob("*/*.parquet"):
        if str(path.relative_to(workspace.path)) in current:
            continue
        if path.parent.name == "anchors" and path.parent.name in KEPT:
            held = pq.read_table(path, columns=["rid"])["rid"]
            if not pc.any(pc.is_in(held, value_set=rids)).as_py():
                continue  # an older run can still be repeated with it
        path.unlink()


def _redact(workspace: Workspace, replaced: Replaced) -> None:
    """Let the manifests of ingests name the new segments; of one of which nothing is left, no file any more."""
    gone = {digest for digests in replaced.old.values() for digest in digests}
    for path in sorted((workspace.path / "runs").glob("I[0-9]*.json")):
        held: dict[str, Any] = orjson.loads(path.read_bytes())
        if not gone & {*held["segments"], *held["quarantine"]}:
            continue
        # A raw file that somebody gave to the workbench holds what was erased, too.
        for name in held["files"]:
            if Path(name).is_relative_to(workspace.path.resolve() / "incoming"):
                Path(name).unlink(missing_ok=True)
        for part in ("segments", "quarantine"):
            held[part] = [replaced.new.get(d, d) for d in held[part] if d not in gone or d in replaced.new]
        if not held["segments"]:
            held |= {"files": [], "mapping": {}, "digests": [{**d, "file": ""} for d in held.get("digests", ())]}
        write_manifest(workspace, path.stem, held)
    for path in sorted((workspace.path / "runs").glob("I[0-9]*.json")):
        content = path.read_bytes()
        held = orjson.loads(content)
        if set(replaced.new.values()) & {*held["segments"], *held["quarantine"]} or not held["files"]:
            replaced.manifests[path.stem] = hashlib.sha256(content).hexdigest()
        if not held["files"]:
            replaced.emptied.append(path.stem)
    replaced.emptied = sorted(set(replaced.emptied))
