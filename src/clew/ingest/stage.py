"""Ingest: files of any supported format in, records, changes and quarantine out.

A record is what a source says: kind, platform, native id and every field with its extra columns, but not when it was
captured. So a state of an item that comes back unchanged (A, B, A again) is the record it was and adds nothing; sources
that state a time posted or a count of views make it a version of its own. Versions are numbered within an ingest by the
time of capture, then the time posted, then as they stand in the files as given; over ingests in the order in which they
are ingested. A difference always runs from the earlier capture to the later.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyarrow as pa

from clew.ingest.base import WORKERS, Reject
from clew.ingest.columns import ColumnMap, Sought
from clew.ingest.normalise import Setting, to_records
from clew.ingest.reading import Job, Part, Reader, list_files
from clew.ingest.segments import QuarantineWriter, StageWriter
from clew.ingest.versions import COLLISION, resolve
from clew.model.errors import InputError
from clew.model.tables import KINDS

_Made = tuple[pa.RecordBatch, list[Reject], int]  # see `to_records`
_AHEAD = 4  # jobs handed out before the first is written: bounds the memory


@dataclass(frozen=True)
class IngestOptions:
    """What the user says about the files: kind of record (None: that of each format, else adverts), source, platform,
    and ``mapping`` of field to column."""

    kind: str | None
    source: str
    platform: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class IngestResult:
    """Segments written, and counts: ``read`` is always the sum of the four after it; ``untimed`` of these have a time
    that cannot be read.
    """

    records: list[Path]
    changes: Path | None
    quarantine: Path | None
    read: int
    new: int
    changed: int
    identical: int
    rejected: int
    untimed: int


@dataclass(frozen=True)
class Preview:
    """What ingest would make of a file: format, column to field (None: extra), first rows as text, rejects so far."""

    format: str
    fields: dict[str, str | None]
    rows: list[dict[str, str | None]]
    rejects: list[Reject]


def ingest_files(
    files: Sequence[Path],
    options: IngestOptions,
    known: Sequence[Path],
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> IngestResult:
    """Read files into new Parquet segments.

    Args:
        files: files or folders (a folder stands for its files, sorted).
        known: segments of RECORDS already in the workspace.
        out: an empty folder for the new segments, changes and quarantine.
        progress: told (bytes done, bytes in all) as the files are read.

    Raises:
        InputError: an unknown kind or mapped field, a mapped column that no file has, or a file that is missing or
            cannot be opened.
    """
    if options.kind is not None and options.kind not in KINDS:
        raise InputError(f"There is no kind {options.kind!r}.", f"Kinds: {', '.join(KINDS)}.")
    if not options.source.strip():
        raise InputError("The source has no name.", "Name the source of these files.")
    setting = Setting(options.kind, options.source, ColumnMap(options.mapping), options.platform)
    paths = list_files(files)
    total, done = sum(path.stat().st_size for path in paths), 0

    def on_bytes(count: int) -> None:
        nonlocal done
        done += count
        progress(min(done, total), total)

    writer, quarantine = StageWriter(out, paths), QuarantineWriter(out)
    jobs = Reader(setting.columns, out, on_bytes, options.kind).jobs(paths)
    untimed, sought = 0, Sought(options.mapping)
    for rows, rejects, unread in _in_order(jobs, setting, sought):
        untimed += unread
        writer.write(rows)
        for reject in rejects:
            quarantine.write(reject)
    sought.check()
    segments, verdict = resolve(writer.close(), known, out)
    for file, line, record_id in verdict.collisions:
        quarantine.write(Reject(line, COLLISION, record_id, file))
    quarantine.close()
    (out / "spooled").unlink(missing_ok=True)
    counts = (verdict.new, verdict.changed, verdict.identical, quarantine.count)
    return IngestResult(segments, verdict.changes, quarantine.path, sum(counts), *counts, untimed)


def _in_order(jobs: Iterator[Job], setting: Setting, sought: Sought) -> Iterator[_Made]:
    """Run jobs on a few threads, at most four at a time, and give their results in the order of the jobs."""

    def made(part: Part) -> _Made:
        sought.see(chain(part.batch.columns, part.batch.encoded))
        return to_records(part, setting)

    def run(job: Job) -> list[_Made]:
        return [made(part) for part in job()]

    waiting = deque[Future[list[_Made]]]()
    with ThreadPoolExecutor(WORKERS) as pool:
        for job in jobs:
            waiting.append(pool.submit(run, job))
            if len(waiting) >= _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def preview(file: Path, mapping: Mapping[str, str], n: int = 20) -> Preview:
    """What ingest would make of the first rows of a file; writes nothing.

    Raises:
        InputError: an unknown mapped field, or the file is missing.
    """
    columns = ColumnMap(mapping)
    (path,) = list_files([file])[:1]
    rows, rejects, fields, name = (
        list[dict[str, str | None]](),
        list[Reject](),
        dict[str, str | None](),
        "unknown",
    )
    with tempfile.TemporaryDirectory() as spool:
        parts = (part for job in Reader(columns, Path(spool)).jobs([path]) for part in job())
        for part in parts:
            name = part.format.name if part.format else name
            assigned = columns.assign(part.batch.columns)
            filled = {column: target for target, sources in assigned.items() for column in sources}
            cells = {**part.batch.columns, **part.batch.encoded}
            fields |= {column: filled.get(column) for column in cells}
            rejects += part.batch.rejects
            wanted = {column: values.slice(0, n - len(rows)).to_pylist() for column, values in cells.items()}
            rows += [dict(zip(wanted, row, strict=True)) for row in zip(*wanted.values(), strict=True)]
            if len(rows) >= n:
                break
    return Preview(name, fields, rows, rejects)
