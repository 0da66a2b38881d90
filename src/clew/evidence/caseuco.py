"""stub"""

from __future__ import annotations

from typing import Any


def describe(material: Any, made: Any) -> dict[str, Any]:
    """Stub."""
    return {}
