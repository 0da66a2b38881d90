"""Commands for accounts and API tokens: clew account …, clew token …

They are for whoever owns the workspace's folder: see `clew.access.terminal`. Passwords are asked for on the terminal,
or come from standard input or ``CLEW_PASSWORD``; never from the command line, which other users can see.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from clew.cli.common import JsonOption, WorkspaceOption, console, print_json

if TYPE_CHECKING:
    from clew.access.accounts import Account
    from clew.cases.base import Casework
    from clew.model.actor import Actor

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
RoleOption = Annotated[
    list[str], typer.Option("--role", help="analyst, supervisor, auditor or administrator; give it again for more.")
]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    account = typer.Typer(
        no_args_is_help=True, help="Accounts: who may work here, and as what. For who owns the workspace's folder."
    )
    for command in (add, role, lock, unlock, password, totp):
        account.command()(command)
    account.command("list")(list_accounts)
    app.add_typer(account, name="account")
    token = typer.Typer(no_args_is_help=True, help="API tokens: what programs may do for an account.")
    token.command("make")(make_token)
    token.command("list")(list_tokens)
    token.command("revoke")(revoke_token)
    app.add_typer(token, name="token")


def add(
    name: NameArgument,
    role: RoleOption,
    workspace: WorkspaceOption = None,
    password_stdin: StdinOption = False,
    outside: Annotated[
        bool, typer.Option("--no-password", help="Signs in only at the identity provider.", show_default=False)
    ] = False,
) -> None:
    """Make an account; the first one must be an administrator. From then on everybody signs in."""
    from clew.access import accounts

    with _work(workspace) as (work, actor):
        accounts.roles_of(role)
        made = accounts.add(work.db, actor, name, role, None if outside else _password(password_stdin))
    console().print(f"{made.name} may sign in as {_roles(made)}.")


def list_accounts(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Every account."""
    from clew.access import accounts

    with _work(workspace) as (work, _):
        found = accounts.all_of(work.db)
    if json:
        print_json([asdict(each) | {"roles": sorted(each.roles)} for each in found])
        return
    out = console()
    if not found:
        out.print("No accounts: the workspace is of one person. clew account add makes the first.")
    for each in found:
        ways = [*(["password"] if each.password else []), *(["provider"] if each.outside else [])]
        code = " (handed out)" if each.handed else ""
        code += f", code ({each.recovery} recovery codes left)" if each.totp else ""
        out.print(f"{each.name:<20} {each.state:<7} {_roles(each):<36} {' or '.join(ways) or 'no way in'}{code}")


def role(name: NameArgument, role: RoleOption, workspace: WorkspaceOption = None) -> None:
    """Give an account these roles instead of those it has; its sessions end."""
    from clew.access import accounts

    with _work(workspace) as (work, actor):
        changed = accounts.set_roles(work.db, actor, name, role)
    console().print(f"{changed.name} is {_roles(changed)} now.")


def lock(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Let somebody in no more; their sessions end, their tokens open nothing."""
    from clew.access import accounts

    with _work(workspace) as (work, actor):
        console().print(f"{accounts.lock(work.db, actor, name).name} is locked.")


def unlock(name: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Let somebody in again."""
    from clew.access import accounts

    with _work(workspace) as (work, actor):
        console().print(f"{accounts.unlock(work.db, actor, name).name} may sign in again.")


def password(name: NameArgument, workspace: WorkspaceOption = None, password_stdin: StdinOption = False) -> None:
    """Give an account another password; its sessions end."""
    from clew.access import accounts

    with _work(workspace) as (work, actor):
        known = accounts.find(work.db, name).name
        accounts.set_password(work.db, actor, known, _password(password_stdin))
    console().print(f"{known} has another password.")


def totp(
    name: NameArgument,
    workspace: WorkspaceOption = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Ask for no code any more, as when a device is lost.")
    ] = False,
) -> None:
    """Ask for a one-time code at sign-in: shows the secret, takes a code of it, prints the recovery codes."""
    from clew.access import accounts, totp

    with _work(workspace) as (work, actor):
        known = accounts.find(work.db, name).name
        if remove:
            totp.remove(work.db, actor, known)
            console().print(f"{known} signs in without a code.")
            return
        begun = totp.begin(work.db, work.keys, actor, known)
        print(f"Secret: {begun.secret}\n{begun.uri}", file=sys.stderr)
        if sys.stderr.isatty():
            _draw(begun.uri)
        codes = totp.confirm(work.db, work.keys, actor, _line("Code that the device shows: "), known)
    out = console()
    out.print(f"{known} signs in with a code from now on. Each of these does once in its place; keep them safe:")
    for code in codes:
        out.print(code)


def make_token(
    name: NameArgument,
    scope: Annotated[
        list[str],
        typer.Option("--scope", help="Permission, such as read or export; give it again for more."),
    ],
    label: Annotated[str, typer.Option("--label", help="What it is for.")],
    days: Annotated[int, typer.Option("--days", help="After how many it ends, up to 365.")] = 90,
    workspace: WorkspaceOption = None,
) -> None:
    """Make an API token for an account, and print it: it is shown only now."""
    from clew.access import tokens

    with _work(workspace) as (work, actor):
        secret = tokens.make(work.db, actor, scope, days, label, name)
    print(secret)


def list_tokens(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Of one account.", show_default=False)] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """API tokens, the newest first; not the tokens themselves."""
    from clew.access import accounts, tokens

    with _work(workspace) as (work, actor):
        found = tokens.all_of(work.db, actor, accounts.find(work.db, name).name if name else None)
    if json:
        print_json([asdict(each) for each in found])
        return
    out = console()
    for each in found:
        end = f"revoked {each.revoked_at[:10]}" if each.revoked_at else f"ends {each.ends_at[:10]}"
        used = f"used {each.used_at[:10]}" if each.used_at else "never used"
        out.print(f"{each.id:<5} {each.account:<20} {end}, {used:<16} {' '.join(each.scopes)}: {each.label}")


def revoke_token(
    token: Annotated[str, typer.Argument(metavar="ID", help="Such as T3.")], workspace: WorkspaceOption = None
) -> None:
    """End an API token at once."""
    from clew.access import tokens

    with _work(workspace) as (work, actor):
        tokens.revoke(work.db, actor, token)
    console().print(f"{token} opens nothing any more.")


@contextmanager
def _work(given: WorkspaceOption) -> Iterator[tuple[Casework, Actor]]:
    """The workspace's database and keys, and its owner who types."""
    from clew.access.terminal import owner
    from clew.cases.base import Casework
    from clew.cli.common import passphrase
    from clew.store.workspace import find_workspace

    place = find_workspace(given).path
    actor = owner(place)
    work = Casework(place, passphrase)
    try:
        yield work, actor
    finally:
        work.close()


def _password(from_stdin: bool) -> str:
    """A new password: from standard input, from CLEW_PASSWORD, or asked for twice on the terminal."""
    from clew.model.errors import InputError

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if given := os.environ.get("CLEW_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise InputError("No password was given.", "Use --password-stdin, or CLEW_PASSWORD.")
    import getpass

    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise InputError("That was not the same twice.", "Try again.")
    return first


def _line(prompt: str) -> str:
    """A line from the terminal or from standard input."""
    print(prompt, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _draw(uri: str) -> None:
    """The QR code in the terminal."""
    import segno

    segno.make(uri, error="m").terminal(out=sys.stderr, compact=True)


def _roles(account: Account) -> str:
    from clew.model.actor import ROLES

    return ", ".join(role for role in ROLES if role in account.roles)
