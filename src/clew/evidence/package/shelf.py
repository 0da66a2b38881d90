"""Packages that were made on the server and stay in the workspace until they were fetched: where, and as one file.

They hold originals in the open, so a copy is taken away when it was fetched, and at the latest with its case.
"""

from __future__ import annotations

import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clew.access.roles import need
from clew.cases.base import Casework
from clew.cases.opened import Opened, opened
from clew.cases.people import person_of
from clew.evidence import verify
from clew.evidence.package.bag import pieces_of
from clew.evidence.package.issued import Issued, issued_in
from clew.ledger import log
from clew.model.actor import Actor
from clew.model.errors import DeniedError, MissingError
from clew.vault.store import Digester, Digests

FOLDER = "packages"  # below the workspace
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file, so that the same package is the same file


@dataclass(frozen=True)
class Shelved:
    """A package of a case.

    Attributes:
        issued: what was written down when it was made.
        folder: the name of the copy here; empty where none is.
        exhibits: of the case when it was made.
        withheld: those whose originals are not in it.
    """

    issued: Issued
    folder: str
    exhibits: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def new_place(workspace: Path, case_id: str) -> Path:
    """A folder, which is not there yet, for the next package of a case."""
    shelf = workspace / FOLDER / case_id
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    return shelf / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def shelved(casework: Casework, actor: Actor, case_id: str) -> list[Shelved]:
    """The packages of a case, the newest first, to be looked at; with the copies that are still here.

    Raises:
        MissingError: it is not a case of theirs.
    """
    with opened(casework, actor, case_id) as file:
        issued = issued_in(file.connection, case_id)
        told = [log.entry(file.connection, one.seq).facts() for one in issued]
        file.log("view", f"case {case_id}", {"what": "packages"})
    copies = {_digest(path): path.name for path in _copies(casework.workspace, case_id)}
    return [
        Shelved(one, copies.get(one.sha256, ""), tuple(said.get("exhibits", ())), tuple(said.get("withheld", ())))
        for one, said in reversed(list(zip(issued, told, strict=True)))
    ]


def take_down(casework: Casework, actor: Actor, case_id: str, name: str, scratch: Path) -> tuple[Path, str]:
    """A package as one zip file, to be taken away; the export is written down, with the digests of that file.

    Args:
        casework, actor, case_id: what and who.
        name: of the copy, as `Shelved` says.
        scratch: a folder for the file.

    Returns:
        The file, and what to call it.

    Raises:
        MissingError: it is not a case of theirs, or there is no such copy.
        DeniedError: the role allows no export; or it may show somebody by name who is protected by now, or was made
            with an approval that another person was given.
    """
    need(actor, "export")
    with opened(casework, actor, case_id) as file:
        folder = _copy(casework.workspace, case_id, name)
        issued = next((one for one in issued_in(file.connection, case_id) if one.sha256 == _digest(folder)), None)
        if issued is None:
            raise MissingError("That copy is none of the packages that were written down.", "Make the package again.")
        _check_persons(file, issued, actor)
    packed = scratch / f"{issued.id}.zip"
    digests = zipped(folder, packed, issued.id)
    with opened(casework, actor, case_id) as file:
        details = {"package": issued.id, "what": "zip", "sha256": digests.sha256, "blake2b": digests.blake2b,
                   "bytes": digests.size, "file": packed.name}  # fmt: skip
        file.log("export", f"case {case_id}", details)
    return packed, packed.name


def remove(casework: Casework, actor: Actor, case_id: str, name: str) -> None:
    """Take a copy away from here; that the package was made stays written down."""
    with opened(casework, actor, case_id) as file:
        folder = _copy(casework.workspace, case_id, name)
        file.log("erase", f"case {case_id}", {"what": "copy of a package", "sha256": _digest(folder)})
    shutil.rmtree(folder)


def clear_shelf(workspace: Path, case_id: str) -> None:
    """Take every copy of a case away, for its erasure."""
    shutil.rmtree(workspace / FOLDER / case_id, ignore_errors=True)


def zipped(folder: Path, out: Path, top: str) -> Digests:
    """Pack a folder into a file, below a folder of the name ``top``; the same folder gives the same bytes."""
    with zipfile.ZipFile(out, "x", zipfile.ZIP_STORED, allowZip64=True) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            name = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", _EPOCH)
            name.external_attr = 0o644 << 16
            with packed.open(name, "w", force_zip64=True) as member:
                for piece in pieces_of(path):
                    member.write(piece)
    digester = Digester()
    for _ in digester.watch(pieces_of(out)):
        pass
    return digester.digests()


def _check_persons(file: Opened, issued: Issued, actor: Actor) -> None:
    """Four eyes hold for the copy as they did when the package was made.

    Raises:
        DeniedError: they do not.
    """
    histories = file.histories("person")
    since = [papers[-1].id for papers in histories if person_of(papers[-1]).protected and papers[-1].at > issued.at]
    if since:
        raise DeniedError(
            f"{', '.join(since)} changed since {issued.id} was made, and may not be named.", "Make the package again."
        )
    if issued.who != actor.name and any(paper.content["release"] for papers in histories for paper in papers):
        raise DeniedError(
            f"{issued.id} may show somebody by name, and {issued.who} was allowed to take it out.",
            "Ask for an approval, and make the package again.",
        )


def _copies(workspace: Path, case_id: str) -> Iterator[Path]:
    shelf = workspace / FOLDER / case_id
    for path in sorted(shelf.iterdir()) if shelf.is_dir() else ():
        if _NAME.fullmatch(path.name) and (path / verify.SIGNED).is_file():
            yield path


def _copy(workspace: Path, case_id: str, name: str) -> Path:
    path = workspace / FOLDER / case_id / name
    if not _NAME.fullmatch(name) or not (path / verify.SIGNED).is_file():
        raise MissingError("There is no such copy here.", "Make the package again.")
    return path


def _digest(folder: Path) -> str:
    digester = Digester()
    for _ in digester.watch(pieces_of(folder / verify.SIGNED)):
        pass
    return digester.digests().sha256
