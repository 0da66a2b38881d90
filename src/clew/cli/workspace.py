"""Commands that make and fill a workspace: init, ingest, run, replay."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import WhyOption, WorkspaceOption, at_work, clean, console, steps
from clew.model.errors import InputError, ReplayError, WorkspaceError


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)
    app.command()(ingest)
    app.command()(run)
    app.command()(replay)


def init(path: Annotated[Path, typer.Argument(metavar="WORKSPACE", help="A new or empty folder.")]) -> None:
    """Make an empty workspace, readable by you alone."""
    from clew.store.workspace import Workspace

    Workspace.create(path)
    console().print(f"{path} is ready. Next: clew ingest FILES --kind ad --source NAME --workspace {path}")


def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILES…", help="Files, or folders of files.")],
    source: Annotated[str, typer.Option(help="A name for where they come from, such as board-a or phone-2.")],
    kind: Annotated[
        str | None,
        typer.Option(
            help="What they are: ad, job_ad, page, message, payment or image. When not given: as the file says, or ad."
        ),
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="The platform that all of them are from. When not given: what each record says.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Read a field from a column that was not understood, such as title=headline.",
        ),
    ] = None,
    why: WhyOption = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Take files in: adverts, job offers, saved pages, chats, mails, payments, pictures.

    What a file is, is found by its content: tables, JSON, mailboxes,
    saved pages, exports of messengers and banks, packed or not.
    docs/formats.md lists them all.

    What was read before is not added again. If an advert has changed, it is
    kept as a new version. Rows that cannot be read are put aside with the
    reason, and counted as rejected. Next: clew run.
    """
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.custody import account_for
    from clew.pipeline.ingest import ingest as ingest_into

    options = IngestOptions(kind, source, platform, dict(_pair(text) for text in mapping or ()))
    with at_work(workspace, why, None) as (casework, actor, place), steps(("ingest",)) as told, _room(place.path):
        account_for(place, casework.db)
        result = ingest_into(
            place, files, options, lambda done, total: told("ingest", done / max(total, 1)), actor, casework.db
        )
        told("ingest", 1.0)
    out = console()
    for name in ("read", "new", "changed", "identical", "rejected"):
        out.print(f"{name:<10}{getattr(result, name):>12,}")
    if result.rejected:
        for reason, file, line, count in _reasons(place, result.quarantine):
            out.print(f"  rejected {count:,}: {reason} (first: {file}, line {line})")
    if result.untimed:
        out.print(f"  with a time that cannot be read: {result.untimed:,} (write it as 2026-03-31 14:05)")


@contextmanager
def _room(place: Path) -> Iterator[None]:
    """Say in one line that a disk is full, whoever noticed it: the system, Arrow, or DuckDB.

    Raises:
        WorkspaceError: it is.
    """
    from clew.engine.duckdb import EngineError

    try:
        yield
    except (OSError, EngineError) as error:
        if isinstance(error, OSError):
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        else:  # DuckDB gives no number; what it spills may take no more than there is room
            full = any(words in str(error) for words in (os.strerror(errno.ENOSPC), "max_temp_directory_size"))
        if not full:
            raise
        raise WorkspaceError(
            f"The disk is full: {place} cannot be written to.", "Make room, then give the same command again."
        ) from error


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (field and equals and column):
        raise InputError(f"--map {text!r} is not FIELD=COLUMN.", "For example: --map title=headline")
    return field, column


def _reasons(place: object, quarantine: Path | None) -> list[tuple[str, str, int, int]]:
    """Why rows of the last ingest were rejected: reason, first file and line, how many."""
    from clew.store.views import open_views
    from clew.store.workspace import Workspace

    if quarantine is None or not isinstance(place, Workspace):
        return []
    newest = place.paths("quarantine")[-1:]
    with open_views(place, need_run=False) as engine:
        engine.register({"newest": newest})
        found = engine.sql(
            "SELECT reason, min_by(file, (file, line)) AS file, min_by(line, (file, line)) AS line, count(*) AS n "
            "FROM newest GROUP BY reason ORDER BY n DESC, reason LIMIT 10"
        ).to_pylist()
    return [(r["reason"], r["file"], r["line"], r["n"]) for r in found]


def run(
    workspace: WorkspaceOption = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="How many processor cores to use; all when not given.")
    ] = None,
    why: WhyOption = "",
) -> None:
    """Look for what belongs together, and rank it: after you took files in, or judged a link.

    It finds phones, names, places and more in what is new; compares texts
    and pictures; reads talks; joins records to networks; follows travel and
    money; and orders the networks as leads. If it is stopped, the workspace
    stays as it was: give the command again. Next: clew leads.
    """
    from clew.pipeline.custody import account_for
    from clew.pipeline.run import STEPS
    from clew.pipeline.run import run as run_in

    with at_work(workspace, why, None) as (casework, actor, place), steps(STEPS) as told, _room(place.path):
        account_for(place, casework.db)
        result = run_in(place, told, threads, actor, casework.db)
    manifest, out = result.manifest, console()
    if not result.fresh:
        out.print(f"Nothing is new since run {manifest.id} ({manifest.at}).")
        return
    c = manifest.counts
    spent = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in manifest.seconds.items())
    out.print(
        f"Run {manifest.id}: {c['records']:,} records in {c['networks']:,} networks, {c['leads']:,} leads ({spent})."
    )
    out.print(
        f"  {c['mentions']:,} mentions, {c['templates']:,} templates, {c['links']:,} links, {c['findings']:,} findings"
    )
    unread = result.pictures.unread
    if result.pictures.read or unread:
        out.print(f"  {result.pictures.read:,} pictures read, {unread.total():,} could not be")
    for reason, count in unread.most_common(5):
        out.print(f"    {count:,}: {clean(reason, 200)}")
    out.print("Next: clew leads")


def replay(
    run: Annotated[
        str, typer.Argument(metavar="RUN|PACKAGE", help="A run such as R0001, or: last; or a folder.")
    ] = "last",
    workspace: WorkspaceOption = None,
) -> None:
    """Make a run again, from the records alone, and see whether every table comes out the same.

    Of a package of evidence (or a file in it) the tables in it are made again: all with the workspace that it came
    from, else the mentions from the records in it.
    """
    from clew.pipeline.replay import replay as replay_in
    from clew.pipeline.replay_package import package_of
    from clew.pipeline.run import STEPS
    from clew.store.workspace import find_workspace

    if (package := package_of(Path(run))) is not None:
        from clew.cli.evidence import repeat

        repeat(package, workspace)
        return
    place = find_workspace(workspace)
    with (
        tempfile.TemporaryDirectory(prefix="clew-replay-") as scratch,
        steps(STEPS) as told,
    ):
        result = replay_in(place, run, Path(scratch), told)
    out = console()
    for table in result.manifest.outputs:
        out.print(f"{'differs' if table in result.differs else 'same':<8} {table}")
    if result.differs:
        why = f" What changed since: {'; '.join(result.reasons)}." if result.reasons else ""
        raise ReplayError(f"Run {result.manifest.id} gave other digests for {', '.join(result.differs)}.{why}")
    out.print(f"Run {result.manifest.id} was repeated: every table has the digest that its manifest records.")
