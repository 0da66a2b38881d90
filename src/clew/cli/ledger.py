"""Commands of the ledger, for those who check what others did: search it, check it, prove an entry, sign it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.cli.checking import to_check
from clew.cli.common import JsonOption, WhyOption, WorkspaceOption, at_work, clean, console, print_json
from clew.model.errors import InputError, SealError

if TYPE_CHECKING:
    from clew.access.roles import Permission
    from clew.cases.base import Casework
    from clew.ledger.entry import Entry
    from clew.ledger.heads import Head
    from clew.model.actor import Actor

ledger = typer.Typer(
    help="The ledger of everything that was done: search it, check it, prove it.", no_args_is_help=True
)

Sequence = Annotated[int, typer.Argument(metavar="SEQ", min=0, help="The number of an entry.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(ledger, name="ledger")


@contextmanager
def _auditing(workspace: Path | None, why: str, permission: Permission = "audit") -> Iterator[tuple[Casework, Actor]]:
    from clew.access.roles import need
    from clew.pipeline.custody import account_for

    with at_work(workspace, why, None) as (casework, actor, place):
        need(actor, permission)
        account_for(place, casework.db)
        yield casework, actor


@ledger.command()
def search(
    who: Annotated[str | None, typer.Option(help="Who acted.")] = None,
    act: Annotated[str | None, typer.Option(help="intake, view, search, run, decide, export, erase …")] = None,
    subject: Annotated[str | None, typer.Option(help='To what, such as "network N12ab".')] = None,
    case: Annotated[str | None, typer.Option(help="In which case.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day, or time in UTC, on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Before this day, or time in UTC.")] = None,
    text: Annotated[str | None, typer.Option(help="Words in the subject, the details or the private part.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500, help="Most entries.")] = 50,
    why: WhyOption = "",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Entries that fit, the newest first: who did what to what, when and why."""
    from clew.database.base import write
    from clew.ledger.entry import ACTS, Deed
    from clew.ledger.log import Wanted, append
    from clew.ledger.log import search as find

    known = next((name for name in ACTS if name == act), None)
    if act is not None and known is None:
        raise InputError(f"{clean(act)} is no act.", f"Acts: {', '.join(ACTS)}.")
    wanted = Wanted(who, known, subject, case, _time(since), _time(until), text)
    if wanted.since and wanted.until and wanted.until <= wanted.since:
        raise InputError(f"{until} is not later than {since}: nothing can fit.", "Give a later --until.")
    with _auditing(workspace, why) as (casework, actor), write(casework.db) as connection:
        found, total = find(connection, wanted, limit=limit)
        asked = {name: value for name, value in vars(wanted).items() if value is not None}
        append(connection, actor, Deed("search", "ledger", {"entries": total}, asked))
    if json:
        print_json({"total": total, "entries": [_plain(entry) for entry in found]})
        return
    out = console()
    for entry in found:
        out.print(_line(entry))
    out.print(f"{total:,} entries fit." if total > len(found) else "" if found else "No entry fits.")


@ledger.command()
def show(seq: Sequence, why: WhyOption = "", workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """One entry with its private part, where that was not erased."""
    from clew.database.base import write
    from clew.ledger.entry import Deed
    from clew.ledger.log import append
    from clew.ledger.log import entry as read

    with _auditing(workspace, why) as (casework, actor), write(casework.db) as connection:
        entry = read(connection, seq)
        append(connection, actor, Deed("view", f"ledger entry {seq}"))
    if json:
        print_json(_plain(entry))
        return
    out = console()
    out.print(_line(entry))
    for name, value in {**entry.facts(), **entry.texts()}.items():
        out.print(f"  {clean(name)}: {clean(value, 2_000)}")
    if entry.erased:
        out.print("  The private part was erased.")


@ledger.command()
def check(
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Heads that you kept, from: clew ledger heads --json")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Compute every hash anew and say what was changed, removed, added or moved."""
    from clew.access.roles import need
    from clew.ledger.check import check as check_all
    from clew.ledger.timestamps import configured

    kept = _kept(against) if against else []
    # What the ledger lacks is not written into it first, as elsewhere: it is to be seen.
    with to_check(workspace, "", None) as (casework, actor, place):
        need(actor, "audit")
        found = check_all(casework.db, casework.keys.public, kept, configured(), workspace=place.path)
    if json:
        print_json(asdict(found))
    else:
        out = console()
        for fault in found.faults:
            out.print(fault)
        if found.whole:
            told = f", {found.erased:,} private parts erased by leave" if found.erased else ""
            out.print(f"The ledger is whole: {found.size:,} entries, {found.heads:,} signed heads{told}.")
            out.print(f"Root {found.root}")
            if not found.heads:
                out.print("Without a signed head nobody sees whether it was longer. Sign one: clew ledger sign")
    if not found.whole:
        raise SealError(f"The ledger is not what was written: {len(found.faults):,} faults.")


@ledger.command()
def heads(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """The signed heads and their timestamps: keep them elsewhere, and nobody can write the ledger anew unseen."""
    from clew.access.roles import need
    from clew.ledger.heads import fingerprint
    from clew.ledger.heads import heads as read
    from clew.ledger.timestamps import stamps

    with to_check(workspace, "", None) as (casework, actor, _), casework.db.connect() as connection:
        need(actor, "audit")
        found, stamped = read(connection), stamps(connection)
    if any(not head.valid() for head in found):
        raise SealError("A signed head was changed.", "See which: clew ledger check")
    if json:
        print_json([asdict(head) for head in found])
        return
    out = console()
    for head in found:
        out.print(f"{head.size:>10,}  {head.at}  {head.root}")
        for stamp in stamped:
            if stamp.size == head.size:
                out.print(
                    f"            {stamp.at or 'waits'}  {clean(stamp.authority)}  {clean(stamp.trouble)}".rstrip()
                )
    if found:
        out.print(f"Key {fingerprint(found[-1].key)}")
    else:
        out.print("No head was signed yet. Sign one with: clew ledger sign")


@ledger.command()
def sign(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Sign the ledger as it is now."""
    from clew.ledger.heads import sign_head

    with _auditing(workspace, "") as (casework, _):
        head = sign_head(casework.db, casework.keys)
    _say_head(head, json)


@ledger.command()
def stamp(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Sign the ledger and have the authority of CLEW_TSA_URL stamp it; while it cannot be reached, that waits."""
    from clew.ledger.timestamps import configured
    from clew.ledger.timestamps import stamp as ask

    with _auditing(workspace, "") as (casework, _):
        if configured() is None:
            raise InputError("No timestamp authority is configured.", "Name one in CLEW_TSA_URL and CLEW_TSA_ROOTS.")
        tried = ask(casework.db, casework.keys)
    if json:
        print_json([{"size": s.size, "authority": s.authority, "at": s.at, "trouble": s.trouble} for s in tried])
        return
    for one in tried:
        console().print(f"{one.size:>10,}  {one.at or 'waits: ' + clean(one.trouble, 300)}  {clean(one.authority)}")
    if not tried:
        console().print("Everything is stamped.")


@ledger.command()
def prove(
    seq: Sequence,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Proof that an entry is in the ledger: its leaf, the path to the root, and the signed head over it."""
    from clew.ledger import log, merkle
    from clew.ledger.heads import sign_head

    with _auditing(workspace, "") as (casework, _):
        head = sign_head(casework.db, casework.keys)
        with casework.db.connect() as connection:
            leaf = log.entry(connection, seq).leaf()
            path = log.inclusion(connection, seq, head.size)
    if not merkle.includes(bytes.fromhex(head.root), head.size, seq, merkle.leaf_hash(leaf), path):
        raise SealError(f"Entry {seq} is not what the ledger's tree says.", "See: clew ledger check")
    if json:
        told = {"seq": seq, "leaf": leaf.decode(), "path": [digest.hex() for digest in path]}
        print_json({**told, "head": asdict(head)})
        return
    out = console()
    out.print(f"leaf  {leaf.decode()}")
    for digest in path:
        out.print(f"path  {digest.hex()}")
    _say_head(head, False)


def _say_head(head: Head, json: bool) -> None:
    if json:
        print_json(asdict(head))
        return
    out = console()
    out.print(f"head  {head.size:,} entries, {head.at}, root {head.root}")
    out.print(f"key   {head.key}")
    out.print(f"sign  {head.signature}")


def _plain(entry: Entry) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in ("seq", "at", "who", "via", "act", "subject", "case_id")}
    return {**fields, "details": entry.facts(), "private": None if entry.erased else entry.texts()}


def _line(entry: Entry) -> str:
    texts = entry.texts()
    why = "erased" if entry.erased else texts.get("why") or "not stated"
    case = f" in {entry.case_id}" if entry.case_id else ""
    sought = f" for {clean(texts['for'], 60)}" if "for" in texts else ""
    return clean(
        f"{entry.seq:>7}  {entry.at[:19]}  {entry.who} ({entry.via})  {entry.act} {entry.subject}{sought}{case}"
        f"  why: {why}", 400,
    )  # fmt: skip


def _time(written: str | None) -> str | None:
    """A day or a time, as the ledger writes it."""
    from datetime import UTC, datetime

    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise InputError(
            f"{clean(written)} is no day or time.", "Write it as 2026-11-26 or 2026-11-26T14:30."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _kept(file: Path) -> list[Head]:
    """Heads that were written down by: clew ledger heads --json."""
    import orjson

    from clew.ledger.heads import Head

    try:
        read = orjson.loads(file.read_bytes())
        found = [Head(**one) for one in (read if isinstance(read, list) else [read])]
        texts = [text for one in found for text in (one.root, one.at, one.key, one.signature)]
        if all(type(one.size) is int for one in found) and all(isinstance(text, str) for text in texts):
            return found
    except (OSError, TypeError, orjson.JSONDecodeError):
        pass
    raise InputError(f"{file} holds no heads.", "Make such a file with: clew ledger heads --json")
