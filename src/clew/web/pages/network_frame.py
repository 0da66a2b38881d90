"""The frame of a network's page: its head, what was decided about it, and tabs, with one tab's content in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Path, Request
from fastapi.responses import RedirectResponse, Response

from clew.cases.mine import holdings
from clew.cases.triage import DISMISSALS, MAX_REASON
from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.conversations import count_of, in_danger
from clew.query.money_network import count_of_accounts
from clew.query.network import NetworkHead, merged_into, network_head, network_history
from clew.web.access import visit_of
from clew.web.desk import Desk
from clew.web.page import render
from clew.web.talks import href as href_of_talk
from clew.web.triage import past
from clew.web.words import language

# The tabs: what the address ends with, and the word.
TABS = (
    ("", "Why"),
    ("/identities", "Identities"),
    ("/roles", "Roles"),
    ("/structure", "Structure"),
    ("/locations", "Locations"),
    ("/money", "Money"),
    ("/assets", "Assets"),
    ("/records", "Records"),
    ("/conversations", "Conversations"),
    ("/links", "Links"),
)

NetworkName = Annotated[str, Path(max_length=40, description="Id of a network: N and twelve hex digits.")]


def network_tab(
    request: Request,
    engine: Engine,
    name: str,
    tab: str,
    content: Callable[[NetworkHead], Mapping[str, Any]] = lambda head: {},
    template: str = "",
) -> Response:
    """One tab of a network; a network that went into another leads there.

    Args:
        request: as it came.
        engine: the reading index.
        name: id of the network.
        tab: a word of `TABS`.
        content: what the tab's template is given besides the head, its history, the tabs, the job at work and what
            was decided.
        template: which extends network.html; ``networks/<tab in lower case>.html`` when empty.

    Raises:
        MissingError: there is no such network.
    """
    try:
        head = network_head(engine, name)
    except MissingError:
        into = merged_into(engine, name)
        if into is None:
            raise
        end = next(end for end, word in TABS if word == tab)
        return RedirectResponse(f"/networks/{quote(into)}{end}?was={quote(name)}", 303)
    desk: Desk = request.app.state.desk
    who = visit_of(request).actor
    counts = {"Records": head.records, "Conversations": count_of(engine, head.net), "Links": head.links}
    counts["Money"] = count_of_accounts(engine, head.network_id)
    decided = past(desk, engine, head.network_id)
    danger, endangered = in_danger(engine, head.net)
    own = [d for d in decided if d.network_id == head.network_id]
    context: dict[str, Any] = {
        "head": head,
        "history": network_history(engine, head.network_id),
        "tab": tab,
        "counts": counts,
        "tabs": [
            (f"/networks/{head.network_id}{end}", word, counts.get(word))
            for end, word in TABS
            if word not in ("Conversations", "Money") or counts[word]  # most networks are of adverts alone
        ],
        "danger": danger,
        "endangered": endangered,
        "talk_href": href_of_talk,
        "was": request.query_params.get("was", "")[:40],
        "job": desk.jobs.current(),
        "decided": decided,
        "standing": own[-1] if own else None,
        "dismissals": DISMISSALS,
        "max_reason": MAX_REASON,
        "language": language,
        "holdings": holdings(desk.casework, who, "network", head.network_id) if who else [],
    }
    return render(request, template or f"networks/{tab.lower()}.html", **context, **content(head))
