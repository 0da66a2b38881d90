"""Finds the format modules and picks the one for a file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from clew.ingest import formats
from clew.ingest.base import Format
from clew.ingest.binaries import no_text

_SURE = 0.9  # a file that is no text belongs to a format that knows it by its first bytes, or to none


@cache
def all_formats() -> tuple[Format, ...]:
    """Every format of ``clew.ingest.formats``, by name.

    Raises:
        TypeError: a module there sets no PLUGIN, or two have the same name.
    """
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(formats.__path__):
        plugin = getattr(importlib.import_module(f"{formats.__name__}.{module.name}"), "PLUGIN", None)
        if not isinstance(plugin, Format) or plugin.name in found:
            raise TypeError(f"clew.ingest.formats.{module.name} must set PLUGIN, a Format with a name of its own")
        found[plugin.name] = plugin
    return tuple(found[name] for name in sorted(found))


def detect(head: bytes, name: str) -> Format | None:
    """The format whose sniffer is surest about these first bytes; None when none knows them."""
    scored = [(plugin.sniff(head, name.lower()), plugin) for plugin in all_formats()]
    score, best = max(scored, key=lambda pair: pair[0])
    sure = _SURE if no_text(head) else 0.0
    return best if score > sure else None
