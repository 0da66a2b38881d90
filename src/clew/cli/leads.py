"""Commands that answer: leads, conversations, overview, pivot, show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from clew.cli.common import (
    CaseOption,
    JsonOption,
    LimitOption,
    WhyOption,
    WorkspaceOption,
    clean,
    console,
    print_json,
)
from clew.cli.reading import MOST_WORDS, QUEUE, note, shown


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(leads)
    app.command()(conversations)
    app.command()(overview)
    app.command()(pivot)
    app.command()(show)


def leads(
    workspace: WorkspaceOption = None,
    limit: LimitOption = 10,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """The networks to look at first, each with its reasons in words."""
    from clew.assess.explain import ONE_FINDING
    from clew.assess.explain import leads as read_leads
    from clew.cli.text import lead_lines
    from clew.query.show import networks_of
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    with open_views(place) as engine:
        found = read_leads(engine, limit)
        networks = networks_of(engine, [lead.network_id for lead in found])
    note(place, why, case, "view", QUEUE, {"networks": [lead.network_id for lead in found]})
    if json:
        print_json([networks[lead.network_id] | asdict(lead) for lead in found])
        return
    out = console()
    out.print(ONE_FINDING if found else "No network has a finding that speaks for a closer look.")
    for lead in found:
        for line in lead_lines(lead, networks[lead.network_id]):
            out.print(line)


def conversations(
    workspace: WorkspaceOption = None,
    danger: Annotated[bool, typer.Option("--danger", help="Only those with signs of present danger.")] = False,
    limit: LimitOption = 20,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """Conversations, those that somebody should read now first, then those with the surest control."""
    from clew.cli.talktext import conversations_lines
    from clew.query.talk_show import list_conversations
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    with open_views(place) as engine:
        found = list_conversations(engine, danger, limit)
    note(place, why, case, "view", "conversations", {"conversations": [row["key"] for row in found]})
    if json:
        print_json(found)
        return
    out = console()
    for line in conversations_lines(found, danger):
        out.print(line)


def overview(
    workspace: WorkspaceOption = None,
    limit: LimitOption = 10,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """What is in the workspace: families of near-copies with their slots, what texts share, the largest networks."""
    from clew.cli.text import overview_lines
    from clew.query.overview import overview as look
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    with open_views(place) as engine:
        found = look(engine, limit)
    note(place, why, case, "view", "overview", shown(asdict(found)))
    if json:
        print_json(asdict(found))
        return
    out = console()
    for line in overview_lines(found):
        out.print(line)


def pivot(
    query: Annotated[
        str,
        typer.Argument(
            help="A phone, mail address, link, @handle, wallet, picture file, text of an advert, or a value as shown."
        ),
    ],
    workspace: WorkspaceOption = None,
    region: Annotated[str, typer.Option(help="Country of a number without country code, such as NL.")] = "",
    limit: LimitOption = 20,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """Everything tied to one phone, address, link, picture or text, and by which link."""
    from clew.cli.text import pivot_lines
    from clew.query.asked import understand
    from clew.query.pivot import pivot as pivot_from
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    asked = understand(query, region)
    with open_views(place) as engine:
        result = pivot_from(place, engine, asked, limit)
    note(place, why, case, "search", "search", shown(asdict(result)), {"for": query[:MOST_WORDS]})
    if json:
        print_json(asdict(result))
        return
    out = console()
    for line in pivot_lines(result):
        out.print(clean(line, 400) if line.strip() else "")


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NETWORK|RECORD|TEMPLATE|CONVERSATION|SITE",
            help="An id, the native id of an advert, or the host of a site.",
        ),
    ],
    workspace: WorkspaceOption = None,
    limit: LimitOption = 20,
    why: WhyOption = "",
    case: CaseOption = None,
    json: JsonOption = False,
) -> None:
    """One network, record, template, conversation or site, with the evidence."""
    from clew.cli.text import view_lines
    from clew.query.show import show as show_one
    from clew.store.views import open_views
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    with open_views(place) as engine:
        view = show_one(engine, name, limit)
        kind = type(view).__name__.removesuffix("View").lower()
        content = asdict(view)
    # The id of a conversation may be two telephone numbers: the ledger has its key.
    id_of = {"conversation": "key", "site": "site"}.get(kind, f"{kind}_id")
    note(place, why, case, "view", f"{kind} {content[kind][id_of]}", shown(content), {"for": name[:MOST_WORDS]})
    if json:
        print_json(content)
        return
    out = console()
    for line in view_lines(view):
        out.print(line)
