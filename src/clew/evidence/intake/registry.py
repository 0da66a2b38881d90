"""Finds the modules of kinds, and looks into parts of files: a mail in an archive, a page in a WARC."""

from __future__ import annotations

import importlib
import io
import pkgutil
from collections.abc import Iterator
from functools import cache

from clew.evidence.intake import formats
from clew.evidence.intake.base import HEAD, Kind, Notes, Part
from clew.evidence.intake.limits import Budget
from clew.ingest.streams import DamagedError


@cache
def all_kinds() -> tuple[Kind, ...]:
    """Every kind of ``clew.evidence.intake.formats``, by the name of its module.

    Raises:
        TypeError: a module there sets no PLUGIN.
    """
    found = list[Kind]()
    for name in sorted(module.name for module in pkgutil.iter_modules(formats.__path__)):
        plugin = getattr(importlib.import_module(f"{formats.__name__}.{name}"), "PLUGIN", None)
        if not isinstance(plugin, Kind):
            raise TypeError(f"clew.evidence.intake.formats.{name} must set PLUGIN, a Kind")
        found.append(plugin)
    return tuple(found)


def kind_of(part: Part) -> tuple[Kind, str]:
    """The kind that is surest about a part, and the media type."""
    best, sure, media_type = all_kinds()[0], -1.0, ""
    for kind in all_kinds():
        score, named = kind.sniff(part)
        part.file.seek(0)
        if score > sure:
            best, sure, media_type = kind, score, named
    return best, media_type


def is_picture(content: bytes) -> bool:
    """Whether a part that is in memory is a picture; it is not decoded."""
    return kind_of(Part(io.BytesIO(content), len(content), content[:HEAD]))[0].name == "image"


def look_inside(name: str, content: bytes, notes: Notes, budget: Budget) -> str:
    """Examine a part that is in memory: its faults become faults of the whole, its facts are left out.

    Returns:
        The media type.
    """
    part = Part(io.BytesIO(content), len(content), content[:HEAD])
    kind, media_type = kind_of(part)
    if budget.depth >= budget.limits.depth:
        notes.damaged(f"{name}: nested more than {budget.limits.depth} deep; not looked into.")
        return media_type
    found = Notes()
    budget.depth += 1
    try:
        kind.examine(part, found, budget)
    except DamagedError as error:
        found.damaged(f"{error}.")
    finally:
        budget.depth -= 1
    for fault in found.faults:
        notes.fault(f"{name}: {fault}")
    notes.hidden += found.hidden
    return media_type


def texts_inside(content: bytes, budget: Budget) -> Iterator[str]:
    """The human text of a part that is in memory; of a damaged one, what can be read."""
    if budget.depth >= budget.limits.depth:
        return
    part = Part(io.BytesIO(content), len(content), content[:HEAD])
    kind, _ = kind_of(part)
    budget.depth += 1
    try:
        yield from kind.texts(part, budget)
    except DamagedError:
        return
    finally:
        budget.depth -= 1
