"""The small workspace that these tests take things from."""

from __future__ import annotations

from tests.keeping.grounds import _kept_small, ground  # noqa: F401 (fixtures)
