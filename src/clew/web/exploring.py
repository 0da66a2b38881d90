"""What the page and the API of explorations share: from stored answers to the next question, and back to the linker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from clew.cases.exploration import Exploration, add, begin, exploration
from clew.engine.duckdb import Engine
from clew.model.actor import Actor
from clew.model.errors import InputError, WorkspaceError
from clew.query.explore import Candidate, Explored, members_of, next_candidate, rid_of
from clew.query.explore_done import Listed, Verdict, listed, title_of, verdicts
from clew.query.network import Mask
from clew.query.trust import Learned, Said, Trust
from clew.web.desk import Desk
from clew.web.jobs import Job
from clew.web.work import decide_link, start_run

Answer = Literal["yes", "no", "unsure"]
_ASKED_AGAIN = InputError("That was answered already.", "Look at the record that is shown now.")


@dataclass(frozen=True)
class Exploring:
    """An exploration as it stands.

    Attributes:
        id, title, who, at, finished, told: see `clew.cases.exploration.Exploration`.
        step: the number that the next answer has to name.
        candidate: asked about next; None when nothing is left, or it is finished.
        trust: what was learned of each type of tie.
        accepted, networks: records that are held to be one operation, and the networks they are in.
        rows: what was answered, the newest first.
        verdicts: what the linker would be told.
        yes, no, unsure: how many answers.
    """

    id: int
    title: str
    who: str
    at: datetime
    finished: bool
    told: datetime | None
    step: int
    candidate: Candidate | None
    trust: tuple[Trust, ...]
    accepted: int
    networks: int
    rows: tuple[Listed, ...]
    verdicts: tuple[Verdict, ...]
    yes: int
    no: int
    unsure: int


def explored(known: Exploration) -> Explored:
    """What the answers that hold say."""
    found = Explored({rid_of(name) for name in known.seeds})
    for step in known.answers:
        rids = {rid_of(name) for name in step.records}
        if step.act == "yes":
            found.accepted |= rids
        else:
            found.passed |= rids
        if step.act != "unsure":
            found.said.append(Said(step.act == "yes", step.ties))
    found.passed -= found.accepted
    return found


def exploring(desk: Desk, engine: Engine, number: int, mask: Mask | None = None) -> Exploring:
    """An exploration with its next question; ``mask`` is for titles that leave the workbench.

    Raises:
        MissingError: there is none of that number.
    """
    known = exploration(desk.db, number)
    so_far = explored(known)
    candidate = None if known.finished else next_candidate(engine, so_far)
    rows, networks = listed(engine, known.seeds, known.answers, so_far.accepted, mask)
    rows = (*rows[:-1], replace(rows[-1], who=known.who, at=known.at))
    return Exploring(
        known.id, known.title, known.who, known.at, known.finished, known.told, len(known.steps) + 1, candidate,
        Learned(so_far.said).table(), len(so_far.accepted), networks, rows,
        verdicts(engine, known.seeds, known.answers, so_far.accepted),
        known.count("yes"), known.count("no"), known.count("unsure"),
    )  # fmt: skip


def start(
    desk: Desk, engine: Engine, who: Actor, record_id: str, whole_network: bool = False, title: str = ""
) -> Exploration:
    """Begin from a record, or from all records of its network.

    Raises:
        MissingError: there is no such record.
    """
    members = members_of(engine, record_id)
    if record_id not in members:
        members.append(record_id)
    seeds = [record_id, *(name for name in members if name != record_id)] if whole_network else [record_id]
    return begin(desk.db, who, title or title_of(engine, record_id), seeds)


def answer(
    desk: Desk, engine: Engine, who: Actor, number: int, step: int, record_id: str, said: Answer,
    whole_network: bool = False,
) -> Exploration:  # fmt: skip
    """Answer the question that was shown.

    Args:
        desk, engine, who: of the request.
        number: of the exploration.
        step: its number, so that an answer is given once.
        record_id: that was shown.
        said: is it the same operation?
        whole_network: the rest of its network, too.

    Raises:
        InputError: another record is shown now.
    """
    known = exploration(desk.db, number)
    so_far = explored(known)
    candidate = None if known.finished or len(known.steps) + 1 != step else next_candidate(engine, so_far)
    if candidate is None or candidate.record_id != record_id:
        raise _ASKED_AGAIN
    records = [record_id, *candidate.along]
    if whole_network and said == "yes":
        passed = so_far.passed
        records += [n for n in members_of(engine, record_id) if n not in records and rid_of(n) not in passed]
    return add(desk.db, number, step, who, said, records, candidate.ties, candidate.why)


def tell(desk: Desk, engine: Engine, who: Actor, number: int, step: int) -> tuple[int, Job | None]:
    """Tell the linker what was answered, and begin the run that obeys it.

    Returns:
        How many links were decided; the run, None when other work is under way.

    Raises:
        InputError: nothing that the linker does not know.
    """
    known = exploration(desk.db, number)
    if len(known.steps) + 1 != step:
        raise _ASKED_AGAIN
    decided = verdicts(engine, known.seeds, known.answers, explored(known).accepted)
    if not decided:
        raise InputError("There is nothing to tell the linker.", "Answer about records of other networks first.")
    add(desk.db, number, step, who, "tell", [v.record_id for v in decided])
    for verdict in decided:
        why = f"Exploration {number}: {verdict.why}"
        decide_link(desk, who, verdict.against, verdict.record_id, verdict.state, why)
    try:
        return len(decided), start_run(desk, who)
    except WorkspaceError:
        return len(decided), None
