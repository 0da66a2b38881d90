"""Who may see a page, for what purpose, and what the ledger says of it: declared at the page, enforced in one place.

Every handler carries a rule (`access`, or `open_to_all`). `admit` runs before each handler and obeys the rule;
`clew.web.gate` writes the ledger's entry before the answer leaves. A page without a rule answers nobody.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Request

from clew.access import sessions
from clew.access.roles import Permission, need
from clew.access.sessions import Session
from clew.database.base import write
from clew.engine.duckdb import Engine
from clew.ledger.entry import Act, Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError
from clew.web.desk import Desk
from clew.web.purposes import check_case

Purpose = Literal["stated", "queue", "none"]
Handler = TypeVar("Handler", bound=Callable[..., Any])
TRIAGE = "Triage of the lead queue"
TOKEN = "csrf"  # the field of forms; as a header: clew-csrf
_RULE = "__clew_rule__"


class NotSignedInError(DeniedError):
    """Nobody knows who asks."""


class HandedOutError(DeniedError):
    """Somebody else knows the password."""


class NoPurposeError(DeniedError):
    """What is asked for is shown only for a stated purpose."""


@dataclass(frozen=True)
class Rule:
    """What a page demands and leaves behind.

    Attributes:
        permission: that the person needs; None where being signed in is enough.
        act: what the ledger calls it; None where nothing of people is shown, or where what is done writes its own
            entry in the transaction that does it.
        subject: what it is done to, by id, with parameters of the path in braces: ``network {name}``.
        purpose: stated: the session needs one (or a case); queue: none for what stands in the lead queue, which is
            looked at for triage; none: nothing of people is shown.
        everyone: does it answer people who have not signed in?
    """

    permission: Permission | None
    act: Act | None = None
    subject: str = ""
    purpose: Purpose = "stated"
    everyone: bool = False


@dataclass
class Visit:
    """One request, and who is behind it.

    Attributes:
        actor: the person with purpose and case; None before signing in.
        key: of the session or token, for folding entries; never the secret itself.
        csrf: what this session's forms carry.
        session: of the cookie; None for a token.
        secret: of the session; None for a token.
        handed: does somebody else know the password, so that another has to be taken first?
        proven: does the request come from a page of the workbench, or from no browser at all?
        rule: of the page that answers.
        act, subject, details, private: of the entry; a handler may say more with `note`.
    """

    actor: Actor | None = None
    key: str = ""
    csrf: str = ""
    session: Session | None = None
    secret: str | None = None
    handed: bool = False
    proven: bool = True
    rule: Rule | None = None
    act: Act | None = None
    subject: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)


def access(
    permission: Permission | None, act: Act | None = None, subject: str = "", purpose: Purpose = "stated"
) -> Callable[[Handler], Handler]:
    """Declare a handler's `Rule`; stands under its ``@router.get``."""
    return _declare(Rule(permission, act, subject, purpose))


def signed_in() -> Callable[[Handler], Handler]:
    """For whoever is signed in: nothing of people is shown."""
    return _declare(Rule(None, purpose="none"))


def open_to_all() -> Callable[[Handler], Handler]:
    """For the few pages that answer before anybody has signed in."""
    return _declare(Rule(None, purpose="none", everyone=True))


def _declare(rule: Rule) -> Callable[[Handler], Handler]:
    def declared(handler: Handler) -> Handler:
        setattr(handler, _RULE, rule)
        return handler

    return declared


def rule_of(endpoint: object) -> Rule:
    """The rule of a handler.

    Raises:
        TypeError: it has none; so no page can be forgotten.
    """
    rule = getattr(endpoint, _RULE, None)
    if not isinstance(rule, Rule):
        raise TypeError(f"{endpoint!r} does not say who may ask: see clew.web.access.")
    return rule


def rules(routers: tuple[APIRouter, ...]) -> dict[str, Rule]:
    """The rule of every route, by methods and path."""
    found = {}
    for router in routers:
        for route in router.routes:
            methods = ",".join(sorted(getattr(route, "methods", None) or ()))
            found[f"{methods} {getattr(route, 'path', '')}"] = rule_of(getattr(route, "endpoint", None))
    return found


def visit_of(request: Request) -> Visit:
    """The visit of a request; `clew.web.gate` made it. Nobody's, where something failed before."""
    visit: Visit = getattr(request.state, "visit", None) or Visit()
    return visit


def admit(request: Request) -> None:
    """Let a request in, or not: runs before every handler.

    Raises:
        NotSignedInError: nobody is signed in.
        DeniedError: the person may not do that.
        NoPurposeError: no purpose was stated.
    """
    visit, rule = visit_of(request), rule_of(request.scope["endpoint"])
    visit.rule = rule
    if rule.everyone:
        return
    if visit.actor is None:
        raise NotSignedInError("Nobody is signed in.", "Sign in first.")
    subject = rule.subject.format(**request.path_params)
    if rule.permission is not None and visit.handed:
        raise HandedOutError("Somebody else knows your password.", "Take another one first, at /account.")
    if rule.permission is not None:
        _need(request, visit.actor, rule.permission)
    if rule.purpose != "none":
        visit.actor = _for_a_purpose(request.app.state.desk, visit, visit.actor, rule, subject)
    visit.act, visit.subject = rule.act, subject  # from here on there is something to write down


def _for_a_purpose(desk: Desk, visit: Visit, actor: Actor, rule: Rule, subject: str) -> Actor:
    """The person with what they look for.

    Raises:
        NoPurposeError: nobody said.
    """
    if visit.session is not None and visit.secret is not None and actor.case_id is not None:
        try:  # whoever left a case, or whose case was closed, no longer looks for it
            check_case(desk.casework, actor, actor.case_id)
        except InputError:
            sessions.end_purpose(desk.db, visit.secret)
            actor = actor.within(None)
    if not actor.why and actor.case_id is None:
        if rule.purpose != "queue" or not _in_queue(desk, subject):
            raise NoPurposeError(
                "Nothing is opened outside of the lead queue without a purpose.", "State what you need it for."
            )
        return actor.within(None, TRIAGE)
    return actor


async def proven(request: Request) -> None:
    """A change that says neither its origin nor anything in a header must carry the token of the session's forms.

    Raises:
        DeniedError: it does not.
    """
    visit = visit_of(request)
    if visit.proven:
        return
    given = request.headers.get(f"clew-{TOKEN}") or (await request.form()).get(TOKEN)
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), visit.csrf.encode()):
        raise DeniedError("Changes are only taken from the workbench's own pages.", "Open the page again.")


def note(
    request: Request, subject: str = "", act: Act | None = None, details: Mapping[str, Any] | None = None,
    private: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Say more of what is shown than the page's rule knows: which record it turned out to be, what was searched."""
    visit = visit_of(request)
    visit.subject, visit.act = subject or visit.subject, act or visit.act
    visit.details |= details or {}
    visit.private |= private or {}


def _who(request: Request) -> Actor:
    actor = visit_of(request).actor
    if actor is None:
        raise NotSignedInError("Nobody is signed in.", "Sign in first.")
    return actor


# What a handler asks for that decides or writes: who it is, why, and in which case.
Who = Annotated[Actor, Depends(_who)]


def _need(request: Request, actor: Actor, permission: Permission) -> None:
    """As `need`; a refusal stands in the ledger."""
    try:
        need(actor, permission)
    except DeniedError:
        desk: Desk = request.app.state.desk
        with write(desk.db) as connection:
            append(connection, actor, Deed("refuse", f"page {path_of(request)}", {"permission": permission}))
        raise


def path_of(request: Request) -> str:
    """The path as the route declares it, without what a person typed."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "")) or "?"


def _in_queue(desk: Desk, subject: str) -> bool:
    """Does it stand in the lead queue: the queue's page, a network that is a lead, what holds a record of one?"""
    kind, _, name = subject.partition(" ")
    if kind == "page":
        return True
    with desk.session() as engine:
        return _leads(engine, kind, name)


def _leads(engine: Engine, kind: str, name: str) -> bool:
    if kind == "network":
        return bool(engine.rows("SELECT 1 FROM leads WHERE network_id = $name LIMIT 1", name=name))
    if kind == "record" and re.fullmatch("[0-9a-f]{32}", name):
        query = "SELECT 1 FROM network_members JOIN leads USING (network_id) WHERE rid = $rid LIMIT 1"
        return bool(engine.rows(query, rid=int(name[:16], 16)))
    if kind == "conversation":
        query = """SELECT 1 FROM talks JOIN talk_nets USING (talk) JOIN leads USING (net)
            WHERE conversation_id = $name OR key = $name LIMIT 1"""
        return bool(engine.rows(query, name=name))
    if kind == "site":
        return bool(engine.rows("SELECT 1 FROM site_nets JOIN leads USING (net) WHERE site = $name LIMIT 1", name=name))
    return False
