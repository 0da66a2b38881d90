"""What the page and the API of searches share: the signatures held in memory, and pictures as hashes."""

from __future__ import annotations

from dataclasses import replace

from fastapi import UploadFile

from clew.engine.duckdb import Engine
from clew.ingest.pdq import pdq
from clew.match.query import Texts
from clew.model.errors import InputError
from clew.query.search import Found, read_question, search
from clew.query.search_hits import HeldTexts
from clew.web.desk import Desk

MAX_PICTURE = 20 << 20  # bytes

# Held by the process: reading them takes longer than a page may.
_TEXTS = HeldTexts()


def answer(
    desk: Desk, engine: Engine, q: str, region: str, limit: int, offset: int = 0, part: int | None = None,
    after: int = 0,
) -> Found:  # fmt: skip
    """Search, for the page and for the API.

    Args:
        desk, engine: of the request.
        q, region: what was asked.
        limit, offset: records of each group.
        part: the number of the one group that is wanted; all if None.
        after: see `clew.query.search_hits.word_hits`.
    """

    found = search(engine, read_question(q, region), lambda: texts(desk), limit, offset, after)
    return found if part is None else replace(found, groups=found.groups[part : part + 1])


def texts(desk: Desk) -> Texts:
    """The signatures of the workspace as it is now."""
    workspace = desk.workspace
    segments = workspace.segments("signatures")
    return _TEXTS.of([segment.sha256 for segment in segments], workspace.paths("signatures"))


def warm(desk: Desk) -> None:
    """Read what the first search would wait for: signatures, and the extractors that understand a question."""
    texts(desk)
    read_question("a few words and a number, 0032 470 00 00 00")


def hash_of(picture: UploadFile) -> str:
    """The PDQ hash of an upload, in hex.

    Raises:
        InputError: it is too big, or no picture.
    """
    data = picture.file.read(MAX_PICTURE + 1)
    if len(data) > MAX_PICTURE:
        raise InputError(f"The picture is larger than {MAX_PICTURE >> 20} MB.", "Give a smaller copy of it.")
    return pdq(data).hex
