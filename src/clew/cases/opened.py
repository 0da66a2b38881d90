"""An opened case: who may, its key, and its papers (exhibits, notes, hypotheses, tasks, persons, approvals).

A paper has an id such as ``C1-E3`` and versions, which are only added; the newest holds. What it says is sealed with
the case's key, and the ledger has the digest of what was sealed, so that no version can be changed or lost unseen.

Two ways lead to a case. `opened` asks who it is and lets in members and supervisors; functions with an ``actor`` take
it, and those that hand out something to look at write a view into the ledger. `held` asks nobody and writes nothing:
it is for work of Clew that writes down something weightier itself (an export, an erasure).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import sqlalchemy as sa

from clew.access.roles import may, need
from clew.cases.base import Casework
from clew.cases.head import Case, digest_of, lock, number_of, read_case, read_cases
from clew.database.base import METADATA, now, write
from clew.ledger.entry import Act, Deed
from clew.ledger.log import Wanted, append, search
from clew.model.actor import Actor
from clew.model.errors import ClewError, DeniedError, InputError, MissingError, SealError
from clew.vault.keys import case_key
from clew.vault.seal import seal, unseal

Kind = Literal["exhibit", "note", "hypothesis", "task", "person", "approval"]
LETTERS: dict[Kind, str] = {
    "exhibit": "E", "note": "N", "hypothesis": "H", "task": "T", "person": "P", "approval": "A",
}  # fmt: skip

_PAPERS = sa.Table(
    "case_papers",
    METADATA,
    sa.Column("case_id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("nth", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
)


@dataclass(frozen=True)
class Paper:
    """A version of a paper.

    Attributes:
        kind, id: what it is; ``C1-N2``.
        version: from 1.
        content: what it says.
        who, at: made this version, and when.
        first_who, first_at: made the first version, and when.
    """

    kind: Kind
    id: str
    version: int
    content: dict[str, Any]
    who: str
    at: str
    first_who: str
    first_at: str

    @property
    def nth(self) -> int:
        """Its number among those of its kind."""
        return int(self.id.rpartition("-")[2][1:])


class Opened:
    """A case within a transaction.

    Attributes:
        connection: the transaction.
        case: its newest version.
        key: the case's.
        actor: who opened it, in this case; None for Clew's own work.
    """

    def __init__(self, connection: sa.Connection, case: Case, key: bytes, actor: Actor | None) -> None:
        self.connection, self.case, self.key, self.actor = connection, case, key, actor

    @property
    def who(self) -> str:
        """Who opened it."""
        return self.actor.name if self.actor else ""

    def papers(self, kind: Kind) -> list[Paper]:
        """The newest version of each paper of a kind, in their order."""
        return [versions[-1] for versions in self.histories(kind)]

    def histories(self, kind: Kind) -> list[list[Paper]]:
        """Every version of each paper of a kind, the oldest first."""
        found: dict[str, list[Paper]] = {}
        for paper in self._read(kind):
            found.setdefault(paper.id, []).append(paper)
        return list(found.values())

    def paper(self, kind: Kind, paper_id: str) -> Paper:
        """The newest version of one.

        Raises:
            MissingError: the case has none of that id.
        """
        return self.history(kind, paper_id)[-1]

    def history(self, kind: Kind, paper_id: str) -> list[Paper]:
        """Its versions, the oldest first.

        Raises:
            MissingError: the case has none of that id.
        """
        mark = f"{self.case.id}-{LETTERS[kind]}"
        known = re.fullmatch(rf"{mark}([1-9][0-9]{{0,8}})", paper_id)
        found = list(self._read(kind, int(known[1]))) if known else []
        if not found:
            raise MissingError(f"{self.case.id} has no {kind} {paper_id[:20]!r}.")
        return found

    def written(self) -> dict[str, dict[str, Any]]:
        """By name, what stands in the rows of the papers: the digest of what is sealed, and what is in clear."""
        rows = self.connection.execute(_PAPERS.select().where(_PAPERS.c.case_id == self.case.id))
        mark = self.case.id
        return {
            f"{row.kind} {mark}-{LETTERS.get(row.kind, '')}{row.nth}: version {row.version}": {
                "sealed": digest_of(row.sealed), "who": row.who, "at": row.at,
            }
            for row in rows
        }  # fmt: skip

    def add(self, kind: Kind, content: Mapping[str, Any], act: Act = "change", **details: Any) -> Paper:
        """Add a paper, and write it into the ledger."""
        where = (_PAPERS.c.case_id == self.case.id) & (_PAPERS.c.kind == kind)
        last = self.connection.execute(sa.select(sa.func.max(_PAPERS.c.nth)).where(where)).scalar_one()
        paper_id = f"{self.case.id}-{LETTERS[kind]}{(last or 0) + 1}"
        who, at = self.who, now()
        return self._write(Paper(kind, paper_id, 1, dict(content), who, at, who, at), act, details)

    def change(self, paper: Paper, act: Act = "change", /, **fields: Any) -> Paper:
        """Add a version of a paper in which some fields differ, and write it into the ledger."""
        content = {**paper.content, **fields}
        return self._write(
            Paper(paper.kind, paper.id, paper.version + 1, content, self.who, now(), paper.first_who,
                  paper.first_at),
            act, {"fields": sorted(fields)},
        )  # fmt: skip

    def log(
        self, act: Act, subject: str, details: Mapping[str, Any] | None = None, private: Mapping[str, str] | None = None
    ) -> None:
        """Write into the ledger who does what."""
        if self.actor is None:
            raise DeniedError("Nobody is named who does this.")
        append(self.connection, self.actor, Deed(act, subject, details or {}, private or {}))

    def _write(self, paper: Paper, act: Act, details: Mapping[str, Any]) -> Paper:
        sealed = seal(self.key, orjson.dumps(paper.content), f"{paper.kind} {paper.id} {paper.version}")
        row = {
            "case_id": self.case.id, "kind": paper.kind, "nth": paper.nth, "version": paper.version, "sealed": sealed,
            "who": paper.who, "at": paper.at,
        }  # fmt: skip
        self.connection.execute(_PAPERS.insert().values(row))
        said = {"version": paper.version, "sealed": hashlib.sha256(sealed).hexdigest(), **details}
        self.log(act, f"{paper.kind} {paper.id}", said)
        return paper

    def _read(self, kind: Kind, nth: int | None = None) -> Iterator[Paper]:
        query = _PAPERS.select().where(_PAPERS.c.case_id == self.case.id, _PAPERS.c.kind == kind)
        if nth is not None:
            query = query.where(_PAPERS.c.nth == nth)
        first: sa.Row[Any] | None = None
        for row in self.connection.execute(query.order_by(_PAPERS.c.nth, _PAPERS.c.version)):
            first = row if first is None or row.nth != first.nth else first
            paper_id = f"{self.case.id}-{LETTERS[kind]}{row.nth}"
            content = orjson.loads(unseal(self.key, row.sealed, f"{kind} {paper_id} {row.version}"))
            yield Paper(kind, paper_id, row.version, content, row.who, row.at, first.who, first.at)


@contextmanager
def opened(casework: Casework, actor: Actor, case_id: str, *, change: bool = False) -> Iterator[Opened]:
    """Open a case for somebody, in a transaction that ends with the block.

    Args:
        casework: database, vault and keys.
        actor: who.
        case_id: which.
        change: it will be changed, so it must not be closed.

    Raises:
        DeniedError: the role allows no work in cases.
        MissingError: there is no such case, it is none of theirs (the same sentence), or it was erased.
        InputError: it is to be changed but closed.
        SealError: it was not erased, and its cover says so.
    """
    need(actor, "work")
    keys = casework.keys
    with write(casework.db) as connection:
        lock(connection, case_id)
        case = read_case(connection, keys, case_id)
        theirs = case is not None and sees(actor, case)
        if case is not None and theirs:
            if case.state == "erased":
                raise _erased(connection, case_id)
            if change and case.state == "closed":
                raise InputError(f"{case_id} is closed.", f"Open it again with: clew case reopen {case_id}")
            key = case_key(connection, keys, case_id)
            yield Opened(connection, case, key, actor.within(case_id, actor.why))
        elif number_of(case_id) is not None:
            append(connection, actor, Deed("refuse", f"case {case_id}"))
    if not theirs:
        raise not_yours(case_id)


@contextmanager
def held(casework: Casework, case_id: str) -> Iterator[Opened]:
    """Open a case for Clew's own work, to be read only: nobody is asked, nothing is written down.

    Raises:
        MissingError: there is no such case, or it was erased.
    """
    keys = casework.keys
    with casework.db.connect() as connection:
        case = read_case(connection, keys, case_id)
        if case is None:
            raise MissingError(f"There is no case {case_id[:20]!r}.")
        if case.state == "erased":
            raise MissingError(f"{case_id} was erased.")
        yield Opened(connection, case, case_key(connection, keys, case_id), None)


def held_all(casework: Casework) -> Iterator[Opened]:
    """Every case that was not erased, one after the other, for Clew's own work; see `held`."""
    keys = casework.keys
    with casework.db.connect() as connection:
        for case in read_cases(connection, keys):
            if case.state != "erased":
                yield Opened(connection, case, case_key(connection, keys, case.id), None)


def count_versions(connection: sa.Connection, kind: Kind) -> dict[str, int]:
    """How many versions of papers of a kind each case has; versions are only added, so the number tells of a change."""
    query = sa.select(_PAPERS.c.case_id, sa.func.count()).where(_PAPERS.c.kind == kind).group_by(_PAPERS.c.case_id)
    return {case_id: int(count) for case_id, count in connection.execute(query)}


def erase_papers(connection: sa.Connection, case_id: str) -> None:
    """Erase every paper of a case."""
    connection.execute(_PAPERS.delete().where(_PAPERS.c.case_id == case_id))


def sees(actor: Actor, case: Case) -> bool:
    """Is it a case of theirs: as owner or member, or as one who oversees all?"""
    return may(actor, "oversee") or (may(actor, "work") and actor.name in (case.owner, *case.members))


def not_yours(case_id: str) -> MissingError:
    """One sentence for a case that is not there and one that is another's, so that nobody can tell."""
    return MissingError(f"{case_id[:20]} is not a case of yours.", "See the list of your cases.")


def _erased(connection: sa.Connection, case_id: str) -> ClewError:
    """That a case was erased; or that only its cover says so, which hides it."""
    if search(connection, Wanted(act="erase", subject=f"case {case_id}"), limit=1)[1]:
        return MissingError(f"{case_id} was erased.")
    return SealError(f"The cover of {case_id} says that it was erased, and the ledger has no entry of that.")


def case_of(paper_id: str) -> str:
    """The case that a paper's id names."""
    return paper_id.partition("-")[0]
