"""All extractors: every module of this folder that sets ``PLUGIN``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import clew.extract
from clew.extract.base import Extractor


def _named(found: list[Extractor]) -> tuple[Extractor, ...]:
    """Extractors by name; two of one name would make their mentions impossible to tell apart."""
    names = [e.name for e in found]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ValueError(f"more than one extractor is named {', '.join(twice)}")
    return tuple(sorted(found, key=lambda e: e.name))


@cache
def extractors() -> tuple[Extractor, ...]:
    """Every extractor, by name.

    Raises:
        ValueError: two modules give the same name.
    """
    names = sorted(m.name for m in pkgutil.iter_modules(clew.extract.__path__) if not m.name.startswith("_"))
    modules = [importlib.import_module(f"clew.extract.{name}") for name in names]
    return _named([m.PLUGIN for m in modules if hasattr(m, "PLUGIN")])
