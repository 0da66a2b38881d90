"""Commands that make backups, check them, and make a workspace from one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import WorkspaceOption, at_work, console, passphrase, steps

Out = Annotated[Path, typer.Argument(metavar="OUT", help="A new folder; or the word: verify")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(backup)
    app.command()(restore)


def backup(
    out: Out,
    made: Annotated[Path | None, typer.Argument(metavar="[BACKUP]", help="After verify: what to check.")] = None,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Put the keys in, under a passphrase (CLEW_BACKUP_PASSPHRASE).")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a backup of a workspace (clew backup OUT), or check one (clew backup verify BACKUP)."""
    from clew.keeping.backup import back_up, verify_backup
    from clew.model.errors import InputError

    if made is not None:
        if str(out) != "verify":
            raise InputError(f"{out} and {made} are two folders.", "Make a backup into one, or: clew backup verify OUT")
        with steps(("verify",)) as told:
            found = verify_backup(made, lambda share: told("verify", share))
        console().print(f"{made} is whole: {len(found.files):,} files of {found.at[:19]}Z, {found.size / 1e6:,.1f} MB.")
        return
    with at_work(workspace, "", None) as (casework, actor, place), steps(("backup",)) as told:
        words = _new_passphrase() if with_keys else ""
        found = back_up(casework, place, actor, out, words, lambda share: told("backup", share))
    console().print(f"{out}: {len(found.files):,} files, {found.size / 1e6:,.1f} MB, {found.entries:,} ledger entries.")
    if not with_keys:
        console().print("The keys are not in it: keep a copy of the key file, see: clew keys show")


def restore(
    made: Annotated[Path, typer.Argument(metavar="BACKUP")],
    target: Annotated[Path, typer.Argument(metavar="NEW_WORKSPACE", help="A new or empty folder.")],
    register: Annotated[
        Path | None, typer.Option(help="Copy of the register of erasures, where this machine has none.")
    ] = None,
    without_register: Annotated[bool, typer.Option("--without-register", help="There is none; needs --why.")] = False,
    why: Annotated[str, typer.Option(help="Why it is done without the register.", show_default=False)] = "",
) -> None:
    """Make a workspace from a backup; what was erased since, or is due, is not in it."""
    import os

    from clew.access.login import login_name
    from clew.access.roles import alone
    from clew.keeping.restore import restore as restore_from
    from clew.model.errors import InputError

    if without_register and not why.strip():
        raise InputError("To restore without the register needs a reason.", "Give it with --why.")
    actor = alone(login_name(), "command line")
    words = os.environ.get("CLEW_BACKUP_PASSPHRASE", "") or os.environ.get("CLEW_PASSPHRASE", "")
    with steps(("restore",)) as told:
        done = restore_from(
            made, target, actor, register=register, without_register=why if without_register else "",
            passphrase=words, progress=lambda share: told("restore", share),
        )  # fmt: skip
    out = console()
    out.print(f"{target} is as it was at {done.manifest.at[:19]}Z. Next: clew run --workspace {target}")
    if done.cases or done.records:
        out.print(f"Erased again: {len(done.cases):,} cases ({', '.join(done.cases)}), {done.records:,} records.")
    if done.behind:
        out.print(f"The ledger had {done.behind:,} entries more than the backup; they are lost.")


def _new_passphrase() -> str:
    import os

    from clew.model.errors import InputError

    given = os.environ.get("CLEW_BACKUP_PASSPHRASE", "")
    if given:
        return given
    first = passphrase("New passphrase of the keys in the backup: ")
    if not first or first != passphrase("Again: "):
        raise InputError("No passphrase was given twice alike.", "Give it in CLEW_BACKUP_PASSPHRASE.")
    return first
