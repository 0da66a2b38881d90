"""Repeat the analysis that a package of evidence holds, and compare the tables with those in it.

With the workspace that it came from, the run is made again from the records and the package's rows are selected from
it again: every table must have the same digest. Without, the mentions are read again from the package's own records.
What a package says is not trusted: nothing in it names a file that would be opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.exchange.selected import NAMES, selected, write_table
from clew.extract.registry import extractors
from clew.extract.stage import extract_segment, version_key
from clew.match.signature import signature
from clew.model.errors import InputError
from clew.model.files import sha256_of
from clew.model.tables import RECORDS
from clew.pipeline.manifest import versions
from clew.pipeline.replay import replay
from clew.pipeline.run import Progress
from clew.store.workspace import Workspace

Mask = Callable[[pa.Table, str], pa.Table]
_MOST_JSON = 1 << 28
_HASH = r"^[0-9a-f]{64}$"


@dataclass
class PackageReplay:
    """What came of repeating a package.

    Attributes:
        package, run: its name, and the run it holds tables of; None where it holds none.
        same: tables that came out as they are in the package.
        differs: tables that did not, and what differs.
        unchecked: what could not be repeated, a sentence each.
        reasons: what is not as it was when the run was made: why tables may differ.
    """

    package: str
    run: str | None
    same: list[str] = field(default_factory=list)
    differs: dict[str, str] = field(default_factory=dict)
    unchecked: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What ``package.json`` tells that a replay needs."""

    folder: Path
    package: str
    run: str | None
    networks: list[str]
    records: list[str]
    masked: frozenset[str]
    hides: bool
    digests: dict[str, str]


def package_of(path: Path) -> Path | None:
    """The folder of the package that a path names: the folder itself, or anything in it; None where it is none."""
    for folder in (path, *path.resolve().parents) if path.exists() else ():
        if (folder / "bagit.txt").is_file() and (folder / "data" / "package.json").is_file():
            return folder
    return None


def read_told(folder: Path) -> Told:
    """What a package says of itself.

    Raises:
        InputError: it cannot be read as such.
    """
    file = folder / "data" / "package.json"
    try:
        if file.stat().st_size > _MOST_JSON:
            raise ValueError("it is too long")
        said: dict[str, Any] = orjson.loads(file.read_bytes())
        run = said["run"]
        if run is not None and not (isinstance(run, str) and run.isalnum()):
            raise ValueError("it names no run")
        masked, tables = said["masked"], said["tables"]
        return Told(
            folder, str(said["package"]), run, [str(n) for n in said["networks"]], [str(r) for r in said["records"]],
            frozenset(map(str, masked["records"])), bool(masked["hides"]),
            {name: str(tables[name]["sha256"]) for name in NAMES},
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} cannot be read ({error}).", f"Check it with: clew evidence verify {folder}") from None


def replay_package(
    folder: Path,
    workspace: Workspace,
    scratch: Path,
    mask: Mask | None = None,
    progress: Progress = lambda step, share: None,
    threads: int | None = None,
) -> PackageReplay:
    """Make the run of a package again from the workspace's records, and its tables from that.

    Args:
        folder: the package.
        workspace: where it came from; only read.
        scratch: an empty folder.
        mask: pseudonymises a table of a name, as when the package was made; needed where somebody was.
        progress: told each step and how much of it is done.
        threads: workers.

    Raises:
        InputError: no package, or the workspace has no such run.
        ReplayError: what the run read is missing or was altered.
    """
    told = read_told(folder)
    made = PackageReplay(told.package, told.run)
    if told.run is None:
        made.unchecked.append("The package holds no tables of a run.")
        return made
    run = replay(workspace, told.run, scratch, progress, threads)
    made.reasons += run.reasons
    if told.hides and mask is None:
        made.unchecked.append("The package is pseudonymised; without the same pseudonyms its texts cannot be equal.")
    for name, table in selected(Workspace(scratch / "workspace"), told.networks, told.records).items():
        path = scratch / f"{name}.parquet"
        write_table(mask(table, name) if mask else table, path)
        _compare(made, told, name, path)
    return made


def _compare(made: PackageReplay, told: Told, name: str, path: Path) -> None:
    """One table that was made again with the one in the package, and with the digest that the package states."""
    there = told.folder / "data" / "tables" / f"{name}.parquet"
    if not there.is_file() or there.is_symlink():
        made.differs[name] = "it is not in the package"
    elif sha256_of(there) != told.digests[name]:
        made.differs[name] = "the file in the package is not the one that the package states: it was changed"
    elif sha256_of(path) == told.digests[name]:
        made.same.append(name)
    else:
        before, after = _read(there), _read(path)
        if before is not None and after is not None and before.equals(after):
            made.same.append(name)
            made.unchecked.append(f"{name}: the rows are equal; the bytes are not, as PyArrow is {pa.__version__} now.")
        elif before is None or after is None or before.num_rows != after.num_rows:
            rows = "cannot be read" if before is None else f"has {before.num_rows:,} rows"
            made.differs[name] = f"the package {rows}, the replay {after.num_rows if after else 0:,}"
        else:
            columns = [c for c in before.column_names if c not in after.column_names or before[c] != after[c]]
            made.differs[name] = f"other values in {', '.join(columns)}"


def _read(path: Path) -> pa.Table | None:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError):
        return None


def reread_package(folder: Path, scratch: Path, threads: int = 1) -> PackageReplay:
    """Read the mentions again from the records in a package, without the workspace.

    Raises:
        InputError: no package, or its tables cannot be read.
    """
    told = read_told(folder)
    made = PackageReplay(told.package, told.run)
    records, mentions = (_read(folder / "data" / "tables" / f"{name}.parquet") for name in ("records", "mentions"))
    if records is None or mentions is None:
        raise InputError(f"The tables of {folder} cannot be read.", f"Check it with: clew evidence verify {folder}")
    given, found = scratch / "records.parquet", scratch / "mentions.parquet"
    try:
        pq.write_table(_as_segment(records), given)
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise InputError(f"The records of {folder} are none ({error}).", "Was it changed?") from None
    extract_segment(given, found, scratch / "signatures.parquet", extractors(), signature, threads, lambda count: None)
    before = _comparable(mentions, told.masked)
    after = _comparable(_with_ids(pq.read_table(found), records), told.masked)
    if before == after:
        made.same.append("mentions")
    else:
        lost, new = len(before - after), len(after - before)
        made.differs["mentions"] = f"{lost:,} of {len(before):,} are not found again, {new:,} are new"
    _say_unchecked(made, told, mentions)
    return made


def _as_segment(records: pa.Table) -> pa.Table:
    """Records of a package as the extractors read them; picture files are never looked for, hashes stay."""
    rid = pa.array([int(name[:16], 16) for name in records["record_id"].to_pylist()], pa.uint64())
    images = [
        [image for image in row if len(image) == 64 and set(image) <= set("0123456789abcdef")] if row else None
        for row in records["images"].to_pylist()
    ]
    table = records.append_column("rid", rid)
    for name, column in (("images", pa.array(images, pa.list_(pa.string()))), ("file", [""] * records.num_rows)):
        at = table.column_names.index(name)
        table = table.set_column(at, name, column if isinstance(column, pa.Array) else pa.array(column, pa.string()))
    return table.select(RECORDS.names).cast(RECORDS)


def _with_ids(mentions: pa.Table, records: pa.Table) -> pa.Table:
    names = {int(name[:16], 16): name for name in records["record_id"].to_pylist()}
    ids = pa.array([names[rid] for rid in mentions["rid"].to_pylist()], pa.string())
    return mentions.append_column("record_id", ids)


def _comparable(mentions: pa.Table, masked: frozenset[str]) -> set[tuple[object, ...]]:
    """Mentions that can be read again: of texts and hashes of records that were not pseudonymised."""
    columns = ["record_id", "type", "value", "raw", "field", "start", "end", "obscured", "extractor", "version"]
    from_files = pc.and_(
        pc.equal(mentions["field"].cast(pa.string()), "images"),
        pc.invert(pc.match_substring_regex(mentions["raw"], _HASH)),
    )
    kept = mentions.filter(pc.invert(from_files)).select(columns)
    rows = zip(*(kept[name].cast(pa.string()).to_pylist() if pa.types.is_dictionary(kept[name].type)
                 else kept[name].to_pylist() for name in columns), strict=True)  # fmt: skip
    return {row for row in rows if row[0] not in masked}


def _say_unchecked(made: PackageReplay, told: Told, mentions: pa.Table) -> None:
    if told.masked:
        made.unchecked.append(f"Mentions of {len(told.masked):,} records: they were pseudonymised.")
    files = [raw for raw, where in zip(mentions["raw"].to_pylist(), mentions["field"].to_pylist(), strict=True)
             if where == "images" and not (raw and len(raw) == 64)]  # fmt: skip
    if files:
        made.unchecked.append(f"{len(files):,} mentions that were read from picture files.")
    made.unchecked.append(
        "Templates, pictures, links, networks, findings and leads compare a record with all others, of which the "
        "package holds none: they are repeated with the workspace (-w)."
    )
    made.reasons += _version_reasons(told)


def _version_reasons(told: Told) -> list[str]:
    file = told.folder / "data" / "runs" / f"{told.run}.json"
    try:
        said = orjson.loads(file.read_bytes())
        then, today = dict(said["versions"]), versions()
        made_by = said["parameters"]["extractors"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    found = [
        f"{name} was {was}, is {today.get(name, 'missing')}" for name, was in then.items() if today.get(name) != was
    ]
    if made_by != version_key(extractors()):
        found.insert(0, "the extractors are other versions")
    return found
