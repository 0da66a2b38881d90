"""Commands about the keys by which a workspace seals its cases and signs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from clew.cli.common import WorkspaceOption, at_work, console, passphrase

keys = typer.Typer(help="The keys that seal cases and sign tree heads and packages.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(keys, name="keys")


@keys.command()
def show(workspace: WorkspaceOption = None) -> None:
    """Where the key file is, whether it has a passphrase, and the fingerprint by which others know this workspace."""
    from clew.cases.base import Casework
    from clew.ledger.heads import fingerprint
    from clew.store.workspace import find_workspace
    from clew.vault.keys import key_file, protected

    held = Casework(find_workspace(workspace).path, passphrase).keys
    path, out = key_file(held.workspace), console()
    out.print(f"Key file     {path}")
    out.print(f"Passphrase   {'yes' if protected(path) else 'none: give it one with: clew keys protect'}")
    out.print(f"Fingerprint  {fingerprint(held.public.hex())}")
    out.print("Keep a copy of the file where the workspace is not; without it no case can be opened again.")


@keys.command()
def protect(
    remove: Annotated[bool, typer.Option("--remove", help="Take the passphrase away.")] = False,
    stdin: Annotated[bool, typer.Option("--passphrase-stdin", help="Read the new one from standard input.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Give the key file a passphrase, or another one; whoever has the file alone can then open nothing."""
    from clew.access.roles import need
    from clew.database.base import write
    from clew.ledger.entry import Deed
    from clew.ledger.log import append
    from clew.model.errors import InputError
    from clew.vault import keys as store

    with at_work(workspace, "", None) as (casework, who, _):
        need(who, "administer")
        held = casework.keys
        new = "" if remove else sys.stdin.readline().rstrip("\r\n") if stdin else _twice()
        if not remove and len(new) < store.SHORTEST:
            raise InputError("That passphrase is too short.", f"Take {store.SHORTEST} characters or more.")
        with write(casework.db) as connection:
            append(connection, who, Deed("change", "keys", {"passphrase": not remove}))
            path = store.protect(held, new)
    console().print(f"{path} {'has no passphrase any more' if remove else 'has a passphrase now'}.")


def _twice() -> str:
    from clew.model.errors import InputError

    first = passphrase("New passphrase: ")
    if first != passphrase("Again: "):
        raise InputError("The two are not the same.", "Try again.")
    return first
