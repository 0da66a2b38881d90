"""The frame of a network's page: its head and tabs, with one tab's content in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import RedirectResponse, Response

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.network import NetworkHead, merged_into, network_head, network_history
from clew.web.page import render

# The tabs: what the address ends with, and the word.
TABS = (
    ("", "Why"),
    ("/identities", "Identities"),
    ("/roles", "Roles"),
    ("/structure", "Structure"),
    ("/locations", "Locations"),
    ("/assets", "Assets"),
    ("/records", "Records"),
    ("/links", "Links"),
)

NetworkName = Annotated[str, Path(max_length=40, description="Id of a network: N and twelve hex digits.")]


def network_tab(
    request: Request,
    engine: Engine,
    name: str,
    tab: str,
    content: Callable[[NetworkHead], Mapping[str, Any]] = lambda head: {},
) -> Response:
    """One tab of a network; a network that went into another leads there.

    Args:
        request: as it came.
        engine: the reading index.
        name: id of the network.
        tab: a word of `TABS`; the template is ``networks/<word in lower case>.html``, which extends network.html.
        content: what the tab's template is given besides ``head``, ``history``, ``tab`` and ``tabs``.

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
        return RedirectResponse(f"/networks/{into}{end}?was={name}", 303)
    counts = {"Records": head.records, "Links": head.links}
    tabs = [(f"/networks/{head.network_id}{end}", word, counts.get(word)) for end, word in TABS]
    context: dict[str, Any] = {"head": head, "history": network_history(engine, name), "tab": tab, "tabs": tabs}
    was = request.query_params.get("was", "")[:40]
    return render(request, f"networks/{tab.lower()}.html", **context, was=was, **content(head))
