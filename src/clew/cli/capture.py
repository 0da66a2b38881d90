"""The command that captures a page."""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from clew.cli.case import at_work
from clew.cli.common import CaseOption, JsonOption, WhyOption, WorkspaceOption, clean, console, print_json

if TYPE_CHECKING:
    from clew.evidence.capture.page import Captured


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(capture)


def capture(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the page: http or https.")],
    out: Annotated[
        Path | None,
        typer.Option(help="New folder to write to; ./captures/… when not given.", show_default=False),
    ] = None,
    case: CaseOption = None,
    why: WhyOption = "",
    javascript: Annotated[bool, typer.Option(help="Let scripts of the page run.")] = True,
    any_certificate: Annotated[
        bool, typer.Option("--any-certificate", help="Load it though its certificate is not trusted, and say so.")
    ] = False,
    private: Annotated[
        bool, typer.Option("--private/--public-only", help="Reach addresses of this machine and its networks, too.")
    ] = True,
    seconds: Annotated[int, typer.Option(min=1, max=3_600, help="After that it is taken as it is.")] = 60,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Capture a page as Chromium shows it: WARC, screenshot, headers. With --case it becomes an exhibit."""
    from clew.access.login import login_name
    from clew.evidence.capture.browser import Bounds
    from clew.evidence.capture.page import capture as take
    from clew.evidence.capture.page import checked

    url, bounds = checked(url), Bounds(seconds=seconds)
    exhibits: list[str] = []
    with ExitStack() as stack:
        user = login_name()
        if case is not None:
            from clew.evidence.capture.exhibit import check_case, take_capture

            casework, actor, _ = stack.enter_context(at_work(workspace, why, case))
            check_case(casework, actor, case)
            user = actor.name
            # The vault keeps the bytes sealed; a copy in the open is only kept where it is asked for.
            out = out or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "capture"
        found = take(
            url, out or _default(url), allow_private=private, javascript=javascript, any_certificate=any_certificate,
            why=why, case=case or "", user=user, bounds=bounds,
        )  # fmt: skip
        if case is not None:
            exhibits = [exhibit.id for exhibit in take_capture(casework, actor, case, found, why)]
    if json:
        print_json(asdict(found) | {"exhibits": exhibits})
    else:
        _print(found, exhibits)
    if found.status is None:
        raise typer.Exit(1)


def _default(url: str) -> Path:
    """A new folder below ./captures."""
    host = re.sub(r"[^A-Za-z0-9.-]", "_", urlsplit(url).hostname or "page")[:80].strip(".")
    return Path("captures") / f"{host}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _print(found: Captured, exhibits: list[str]) -> None:
    """What was taken, where it is, and what is missing."""
    out = console()
    out.print(f"{found.status or 'No answer'} {clean(found.title)} {clean(found.final_url, 300)}")
    where = f"exhibits {', '.join(exhibits)}" if exhibits else str(found.folder)
    out.print(f"{found.resources:,} requests, {found.begun} to {found.ended}: {where}")
    for name, size, sha256, _ in found.files:
        out.print(f"  {name:<16} {size:>12,} bytes  SHA-256 {sha256}")
    for fault in found.faults:
        out.print(f"  Note: {clean(fault, 500)}")
