"""The command that opens the workbench."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from clew.cli.common import WorkspaceOption, console, steps


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(serve)


def serve(
    workspace: WorkspaceOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    browser: Annotated[bool, typer.Option(help="Open the page in your browser.")] = True,
) -> None:
    """The workbench: look at leads, networks, templates and records in your browser."""
    from clew.store.workspace import find_workspace
    from clew.web.desk import Desk
    from clew.web.security import LOOPBACK
    from clew.web.serve import serve as listen

    out = console()
    place = find_workspace(workspace)
    if host not in LOOPBACK:
        out.print(f"Warning: {host} lets other machines in, and the workbench has no login yet.")
    desk = Desk(place.path, getpass.getuser())
    try:
        with steps(("index",)) as told:
            desk.refresh(lambda share: told("index", share))
        listen(desk, host, port, browser, out.print)
    finally:
        desk.close()
