"""The command that opens the workbench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clew.cli.common import WorkspaceOption, console, passphrase, steps


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(serve)


def serve(
    workspace: WorkspaceOption = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; anything but this machine needs accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    name: Annotated[
        list[str] | None, typer.Option(help="Name under which other machines ask, such as clew.unit.example.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate for TLS, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Key of the certificate, PEM.")] = None,
    proxy: Annotated[
        list[str] | None, typer.Option(help="Address of a reverse proxy whose X-Forwarded headers are believed.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in your browser.")] = True,
) -> None:
    """The workbench: look at leads, networks, templates and records in your browser."""
    from clew.store.workspace import find_workspace
    from clew.web.desk import Desk
    from clew.web.serve import Place
    from clew.web.serve import serve as listen

    desk = Desk(find_workspace(workspace).path, passphrase)
    where = Place(host, port, name or (), tls_cert, tls_key, proxy or ())
    try:
        where.check(desk)
        desk.casework.keys  # noqa: B018  asks for the passphrase now, not in the middle of a page
        with steps(("index",)) as told:
            desk.refresh(lambda share: told("index", share))
        listen(desk, where, browser, console().print)
    finally:
        desk.close()
