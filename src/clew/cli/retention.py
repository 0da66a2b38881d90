"""Commands that say how long things are kept, and erase them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.common import JsonOption, WorkspaceOption, at_work, clean, console, print_json, steps

if TYPE_CHECKING:
    from clew.keeping.erase import Erased

retention = typer.Typer(help="How long records and cases are kept.", no_args_is_help=True)
erase = typer.Typer(help="Erase a case or records for good.", no_args_is_help=True)

Why = Annotated[str, typer.Option("--why", help="The reason; it stays in the ledger, so let it name nobody.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(retention, name="retention")
    app.add_typer(erase, name="erase")


@retention.command("set")
def set_rule(
    source: Annotated[str, typer.Argument(help="Name of a source, as given to: clew ingest --source")],
    why: Why,
    days: Annotated[int | None, typer.Option(help="Days that its records are kept; for ever when not given.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say how long the records of a source are kept."""
    from clew.keeping.retention import set_rule

    with at_work(workspace, "", None) as (casework, actor, place):
        rule = set_rule(casework, place, actor, source, days, why)
        kept = f"{rule.days:,} days" if rule.days else "without end"
        console().print(f"Records of {clean(rule.source)} are kept {kept}. What is due: clew retention due")


@retention.command("list")
def list_rules(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """The rules that hold."""
    from clew.keeping.retention import permit, rules

    with at_work(workspace, "", None) as (casework, actor, _):
        permit(actor)
        found = rules(casework)
        if as_json:
            print_json([vars(rule) for rule in found])
            return
        for rule in found:
            console().print(
                f"{rule.days:>7,} days  {clean(rule.source, 40):<40}  {clean(rule.why)} ({clean(rule.who)})"
            )
        if not found:
            console().print("No source has a rule: records are kept without end.")


@retention.command("due")
def show_due(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """What should have been erased by now, and what open cases keep."""
    from dataclasses import asdict

    from clew.keeping.erase import unfinished
    from clew.keeping.retention import due, permit

    with at_work(workspace, "", None) as (casework, actor, place):
        permit(actor)
        found, interrupted = due(casework, place), unfinished(casework)
        if as_json:
            print_json(asdict(found) | {"interrupted": [vars(each) for each in interrupted]})
            return
        out = console()
        for each in interrupted:
            out.print(f"The erasure of {each.what} of {each.at[:10]} was interrupted. End it with: clew erase resume")
        for case_id in found.cases:
            out.print(f"case {case_id} is due")
        for source in found.sources:
            line = f"{len(source.records):>12,} records of {clean(source.source)} before {source.before}"
            out.print(line + _held(source.held.items()))
        out.print("Erase them with: clew retention apply" if found else "Nothing is due.")


@retention.command()
def apply(workspace: WorkspaceOption = None) -> None:
    """Erase what is due."""
    from clew.keeping.retention import apply

    with at_work(workspace, "", None) as (casework, actor, place):
        with steps(("erase",)) as told:
            done = apply(casework, place, actor, None, lambda share: told("erase", share))
        _say(done)
        if not done:
            console().print("Nothing is due.")


@erase.command()
def case(case_id: Annotated[str, typer.Argument(metavar="CASE")], why: Why, workspace: WorkspaceOption = None) -> None:
    """Erase a case: its key, originals and papers."""
    from clew.keeping.erase import erase_case

    with at_work(workspace, "", None) as (casework, actor, place):
        _say([erase_case(casework, place, actor, case_id, why)])


@erase.command()
def records(
    why: Why,
    names: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Record ids, or their beginnings.")] = None,
    source: Annotated[str | None, typer.Option(help="Instead of ids: all of a source…")] = None,
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="… captured, posted or ingested before this day.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Erase records and all that was derived from them."""
    from clew.access.roles import need
    from clew.keeping.erase import erase_records
    from clew.keeping.retention import rejected_segments, select_records
    from clew.model.errors import InputError
    from clew.query.show import find_record
    from clew.store.views import open_views

    if bool(names) == bool(source and before):
        raise InputError("It is not clear what to erase.", "Give record ids, or --source with --before.")
    with at_work(workspace, "", None) as (casework, actor, place):
        need(actor, "oversee")  # before anybody is told which records are there
        if names:
            with open_views(place, need_run=False) as engine:
                ids, rejected = [find_record(engine, name)["record_id"] for name in names], list[str]()
        elif source and before:
            ids = select_records(place, source, before.date())
            rejected = rejected_segments(place, source, before.date())
            if not ids and not rejected:
                raise InputError(f"{source} has no records before {before.date()}.")
        with steps(("erase",)) as told:
            done = erase_records(casework, place, actor, ids, why, lambda share: told("erase", share), rejected)
        _say([done])


@erase.command()
def resume(workspace: WorkspaceOption = None) -> None:
    """End an erasure that was interrupted."""
    from clew.keeping.erase import resume

    with at_work(workspace, "", None) as (casework, actor, place):
        with steps(("erase",)) as told:
            done = resume(casework, place, actor, lambda share: told("erase", share))
        _say(done)
        if not done:
            console().print("No erasure was interrupted.")


def _say(done: Iterable[Erased]) -> None:
    out = console()
    for erased in done:
        rows = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(erased.rows.items()))
        out.print(f"Erased: {erased.what}" + (f" ({rows})" if rows else "") + _held(erased.kept.items()))
        if erased.what == "records":
            out.print("What was derived is made again by: clew run")


def _held(held: Iterable[tuple[str, int]]) -> str:
    kept = [f"{case_id} holds {count:,}" for case_id, count in held]
    return f"; kept: {', '.join(kept)}" if kept else ""
