"""One run: extract what is new, then match, read talks, link, trace and assess all from what extraction left."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from clew.access.roles import need
from clew.assess.mentions import Mentions, read_mentions
from clew.assess.prepare import Prepared, prepare
from clew.assess.stage import assess
from clew.database.base import write
from clew.engine.duckdb import Engine
from clew.extract._room import give_back
from clew.extract.image_mentions import ImageReport
from clew.extract.registry import extractors
from clew.extract.stage import Files, extract_segments, version_key
from clew.ledger.log import append
from clew.link.stage import link
from clew.match.reuse import Before
from clew.match.signature import VERSION as SIGNATURE_VERSION
from clew.match.signature import signature
from clew.match.stage import match
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.model.tables import TABLES
from clew.model.traced import TRACED
from clew.pipeline import custody
from clew.pipeline.manifest import Manifest, code_digest, next_id, now, read_manifest, versions
from clew.store.workspace import Change, Workspace, write_manifest
from clew.talk.stage import talk
from clew.trace.money import keep_book
from clew.trace.stage import trace

Progress = Callable[[str, float], None]  # the step, and how much of it is done (0 to 1)

INPUTS = ("records", "changes", "decisions", "labels", "prices")  # what people gave; all else can be made again
STEPS = ("extract", "match", "talk", "link", "trace", "assess")
ROWWISE = ("mentions", "signatures")
OUTPUTS = (
    "template_members", "templates", "image_members",
    "conversations", "conversation_members", "stages", "control",
    "ties", "identifiers", "record_identifiers", "links", "networks", "network_members", "network_events", "anchors",
    *TRACED,
    "findings", "leads", "record_scores",
)  # fmt: skip


@dataclass(frozen=True)
class RunResult:
    """What a run gave.

    Attributes:
        manifest: of this run, or of the last one when there was nothing to do.
        fresh: whether there was anything to do.
        pictures: files that were read for the first time, and why others could not be.
    """

    manifest: Manifest
    fresh: bool
    pictures: ImageReport


def run(
    workspace: Workspace,
    progress: Progress = lambda step, share: None,
    threads: int | None = None,
    actor: Actor | None = None,
    db: sa.Engine | None = None,
) -> RunResult:
    """Bring the derived tables up to date with what people gave a workspace: records, decisions, lists.

    Only segments that were not extracted before by these extractors are read; the other steps work on all that
    extraction left, which is small, so that adding records a few at a time ends with the same networks as one run.
    A run that is killed keeps the segments it extracted and is continued by the next.

    Args:
        workspace: with records.
        progress: told the step, and how much of it is done.
        threads: workers; all cores when None.
        actor: who does it; the user of the operating system where nobody is named.
        db: the workspace's database, where it is open already.

    Raises:
        DeniedError: the actor may not do that.
        InputError: the workspace holds no records.
        WorkspaceError: another process is changing it.
    """
    threads = threads or os.cpu_count() or 1
    seconds: dict[str, float] = {}
    actor = custody.somebody(actor)
    need(actor, "ingest")
    with custody.ledger(workspace, db) as ledger, workspace.change() as change:
        if not change.segments("records"):
            raise InputError(f"{workspace.path} holds no records.", "Add some with: clew ingest FILES --source NAME")
        started = time.perf_counter()
        pictures = extract_new(change, threads, progress)
        seconds["extract"] = time.perf_counter() - started
        key = state_key(change)
        last = change.segments("networks")
        if last and last[0].made_from == key:
            return RunResult(read_manifest(workspace, "last"), False, pictures)
        before = {name: [s.sha256 for s in change.segments(name)] for name in (*INPUTS, "anchors")}
        with Engine(change.folder("spill"), memory_gb(change), threads) as engine:
            made = derive(engine, change, change.folder("run"), seconds, progress, earlier(workspace, change))
        for name in OUTPUTS:
            change.replace(name, [made[name]], key)
        manifest = Manifest(
            next_id(workspace, "R"),
            now().isoformat(timespec="seconds"),
            before,
            {n: [s.sha256 for s in change.segments(n)] for n in (*ROWWISE, *OUTPUTS)},
            {"extractors": version_key(extractors()), "signature": SIGNATURE_VERSION},
            code_digest(),
            versions(),
            {step: round(spent, 2) for step, spent in seconds.items()},
            {name: rows(change.paths(name)) for name in ("records", *ROWWISE, *OUTPUTS)},
            actor.name,
        )
        write_manifest(workspace, manifest.id, manifest.as_dict())
        change.publish()
        with write(ledger) as connection:
            append(connection, actor, custody.ran(manifest.as_dict()))
    return RunResult(manifest, True, pictures)


def rows(paths: Sequence[Path]) -> int:
    """Rows in Parquet files, from their footers."""
    return sum(pq.ParquetFile(path).metadata.num_rows for path in paths)


def state_key(change: Change) -> str:
    """Stands for all that the derived tables depend on."""
    parts = [code_digest(), *(s.sha256 for name in (*INPUTS, *ROWWISE) for s in change.segments(name))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def memory_gb(change: Change) -> float:
    """What the engine may use before it spills to disk: little for a million records, never half of the machine."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return min(1.0 + 0.4 * rows(change.paths("records")) / 1e6, machine / 2)


def extract_new(change: Change, threads: int, progress: Progress) -> ImageReport:
    """Extract the segments of records that these extractors have not read yet; each is published when it is done.

    Returns:
        What became of the picture files that their records refer to.
    """
    plugins = extractors()
    version = f"{version_key(plugins)}-{SIGNATURE_VERSION}"
    wanted = {f"{segment.sha256[:24]}:{version}": segment for segment in change.segments("records")}
    for table in ROWWISE:
        change.keep_only(table, wanted)
    present = {s.made_from for s in change.segments("signatures")} & {s.made_from for s in change.segments("mentions")}
    todo = [(key, segment) for key, segment in wanted.items() if key not in present]
    paths = [change.workspace.path / segment.file for _, segment in todo]
    total, done = max(rows(paths), 1), 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        progress("extract", done / total)

    pictures = ImageReport()
    folder = change.folder("extract")
    files = [Files(p, folder / f"mentions-{n}", folder / f"signatures-{n}") for n, p in enumerate(paths)]
    made = extract_segments(files, plugins, signature, threads, more)
    for (key, _), written, done_with in zip(todo, files, made, strict=True):
        pictures.add(done_with.images)
        change.add("mentions", [written.mentions], key)
        change.add("signatures", [written.signatures], key)
        change.publish()
    give_back()
    progress("extract", 1.0)
    return pictures


def earlier(workspace: Workspace, change: Change) -> Before | None:
    """The templates of the last run, if the same code made them from segments that are all still there."""
    tables = ("templates", "template_members")
    if not all(change.segments(name) for name in tables):
        return None
    last = read_manifest(workspace, "last")
    now_held = {name: [s.sha256 for s in change.segments(name)] for name in ("records", *ROWWISE, *tables)}
    held = {name: (last.inputs | last.outputs).get(name, []) for name in now_held}
    same = all(held[name] == now_held[name] for name in tables)
    same &= all(set(held[name]) <= set(now_held[name]) for name in ("records", *ROWWISE))
    if not same or last.code != code_digest() or last.versions != versions():
        return None
    return Before(*(change.paths(name)[0] for name in tables))


def derive(
    engine: Engine,
    change: Change,
    out: Path,
    seconds: dict[str, float],
    progress: Progress,
    before: Before | None = None,
) -> dict[str, Path]:
    """Match, read talks, link, trace and assess all records, into ``out``. What was made ``before`` only saves work.

    Returns:
        The file of each of `OUTPUTS`.
    """
    for name in (*INPUTS, "mentions", "anchors"):
        engine.register({name: change.paths(name) or TABLES[name].empty_table()})
    made: dict[str, Path] = {}
    with ExitStack() as until_the_end:
        # What needs no networks is done beside: to make them leaves a core idle at times.
        book = until_the_end.enter_context(engine.beside(keep_book))
        mentions: Future[Mentions]
        prepared: Future[Prepared]
        steps: dict[str, Callable[[Callable[[float], None]], dict[str, Path]]] = {
            "match": lambda told: match(engine, change.paths("signatures"), out, told, before),
            "talk": lambda told: talk(engine, out, told),
            "link": lambda told: link(engine, out, told),
            "trace": lambda told: trace(engine, out, told, book.result()),
            "assess": lambda told: assess(engine, out, told, prepared.result()),
        }
        for step, work in steps.items():
            if step == "link":  # the talks are read
                mentions = until_the_end.enter_context(engine.beside(read_mentions))
            if step == "trace":  # the networks are known
                prepared = until_the_end.enter_context(engine.beside(partial(_prepared, mentions)))
            started = time.perf_counter()
            written = work(partial(progress, step))
            engine.register({name: [path] for name, path in written.items() if name != "anchors"})
            made |= written
            pa.default_memory_pool().release_unused()
            seconds[step] = time.perf_counter() - started
            progress(step, 1.0)
    return made


def _prepared(mentions: Future[Mentions], engine: Engine) -> Prepared:
    """What assessing begins with, once the mentions are read."""
    return prepare(engine, mentions.result())
