"""A capture becomes an exhibit of a case: the WARC file, and with it the picture and the account of the capture."""

from __future__ import annotations

from collections.abc import Iterator

from clew.cases import exhibits
from clew.cases.base import Casework
from clew.cases.exhibit import About, Exhibit
from clew.cases.opened import opened
from clew.evidence.capture.page import Captured
from clew.evidence.intake.base import plain
from clew.evidence.intake.examine import examine
from clew.model.actor import Actor

_WARC = "capture.warc.gz"


def check_case(casework: Casework, actor: Actor, case_id: str) -> None:
    """Before a page is asked for: that its capture can be kept.

    Raises:
        MissingError: no case of theirs.
        InputError: it is closed.
    """
    with opened(casework, actor, case_id, change=True):
        pass


def take_capture(casework: Casework, actor: Actor, case_id: str, captured: Captured, why: str = "") -> list[Exhibit]:
    """Bring a capture into a case; the folder stays as it is.

    Returns:
        The WARC file as an exhibit of the kind capture, then its parts.

    Raises:
        InputError: a file changed since it was written, or the case is closed.
    """
    told = (
        ("asked for", captured.url),
        ("reached", captured.final_url),
        ("status", str(captured.status or "no answer")),
        ("server address", captured.address or "none"),
        ("title", captured.title),
        ("begun", captured.begun),
        ("ended", captured.ended),
        ("requests", f"{captured.resources:,}"),
    )
    parts = (_about(captured, name, why, (), ()) for name, *_ in captured.files if name != _WARC)
    pieces: Iterator[exhibits.Piece] = ((about, exhibits.pieces_of(captured.folder / about.name)) for about in parts)
    main = _about(captured, _WARC, why, told, captured.faults)
    return exhibits.add(casework, actor, case_id, main, exhibits.pieces_of(captured.folder / _WARC), pieces)


def _about(
    captured: Captured, name: str, why: str, told: tuple[tuple[str, str], ...], faults: tuple[str, ...]
) -> About:
    """What is said of one file of a capture."""
    seen = examine(captured.folder / name)
    known = next((sha256, blake2b) for file, _, sha256, blake2b in captured.files if file == name)
    facts = tuple((label, plain(value)) for label, value in told if value)
    return About(
        name=name,
        kind="capture",
        media_type=seen.media_type,
        whence=captured.final_url,
        how=captured.software,
        facts=(*facts, *seen.facts),
        faults=(*faults, *seen.faults),
        why=why,
        expected=known,
    )
