"""Commands of evidence that leaves the house: make a package, check one, repeat one."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.case import CaseArgument, at_work
from clew.cli.common import JsonOption, WhyOption, WorkspaceOption, clean, console, passphrase, print_json, steps
from clew.model.errors import ReplayError

if TYPE_CHECKING:
    from clew.pipeline.replay_package import PackageReplay

evidence = typer.Typer(help="Packages of evidence that others can check.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(evidence, name="evidence")


@evidence.callback()
def _group() -> None:
    """Packages of evidence that others can check."""


@evidence.command()
def package(
    case: CaseArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    why: WhyOption = "",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Write a case as a BagIt bag: originals, tables, runs, custody, proofs, timestamps, report, and verify.py.

    Victims and minors stand under pseudonyms unless a supervisor released them; originals that show them stay here.
    """
    from clew.evidence.package.make import STEPS
    from clew.evidence.package.make import package as make

    with at_work(workspace, why, case) as (casework, actor, place), steps(STEPS) as told:
        made = make(casework, place, actor, case, out, told)
    if json:
        print_json(asdict(made) | {"path": str(made.path)})
        return
    say = console()
    say.print(f"{made.id} is in {made.path}: {made.files:,} files, {made.bytes:,} bytes, checked.")
    for exhibit, reason in made.withheld.items():
        say.print(f"  {exhibit} was held back: {clean(reason, 200)}")
    for network in made.gone:
        say.print(f"  {network} is no network any more: the tables hold nothing of it, the exhibit does.")
    if not made.timestamps:
        say.print("  No timestamp of an outside authority is in it. See: clew ledger stamp")
    say.print(f"Key: {made.fingerprint} (tell it to the receiver by another way)")
    say.print(f"Next: python {made.path}/verify.py {made.path}")


@evidence.command()
def verify(
    bag: Annotated[Path, typer.Argument(metavar="BAG", help="Folder of a package.")],
    key: Annotated[str | None, typer.Option(help="The key that must have signed: fingerprint or file.")] = None,
    tsa_roots: Annotated[Path | None, typer.Option(help="Roots of timestamp authorities that you trust (PEM).")] = None,
) -> None:
    """Check a package with the verifier of this Clew; exit code 1 and a line for each fault where it is not whole."""
    from clew.evidence.verify import main

    arguments = [str(bag), *(["--key", key] if key else []), *(["--tsa-roots", str(tsa_roots)] if tsa_roots else [])]
    raise typer.Exit(main(arguments))


def repeat(folder: Path, workspace: Path | None) -> None:
    """Repeat a package (`clew replay BAG`), with the workspace where one is named."""
    from clew.pipeline.replay_package import reread_package

    with tempfile.TemporaryDirectory(prefix="clew-replay-") as scratch:
        if workspace is None:
            found = reread_package(folder, Path(scratch))
        else:
            found = _repeat_with(folder, workspace, Path(scratch))
    say = console()
    for name in found.same:
        say.print(f"same     {name}")
    for name, how in found.differs.items():
        say.print(f"differs  {name}: {clean(how, 300)}")
    for sentence in found.unchecked:
        say.print(f"not checked: {clean(sentence, 300)}")
    if found.differs:
        why = f" What changed since: {'; '.join(found.reasons)}." if found.reasons else ""
        raise ReplayError(f"{clean(found.package)} was not repeated: {', '.join(found.differs)} differ.{why}")
    if found.same:
        say.print(f"{clean(found.package)} was repeated: {', '.join(found.same)} came out as they are in it.")


def _repeat_with(folder: Path, workspace: Path, scratch: Path) -> PackageReplay:
    from clew.pipeline.replay_package import read_told, replay_package
    from clew.pipeline.run import STEPS
    from clew.store.workspace import find_workspace

    place, mask = find_workspace(workspace), None
    if read_told(folder).hides:
        from clew.cases.base import Casework
        from clew.evidence.masks import open_masks

        casework = Casework(place.path, passphrase)
        try:
            mask = open_masks(casework, place).table
        finally:
            casework.close()
    with steps(STEPS) as told:
        return replay_package(folder, place, scratch, mask, told)
