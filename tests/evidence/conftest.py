"""A package made by the real code, once a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.evidence.bags import MadeBag


@pytest.fixture(scope="session")
def made(_finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeBag]:
    """The package and its workspace; read only."""
    from tests.evidence.bags import made_bag

    with made_bag(_finished, tmp_path_factory.mktemp("package")) as found:
        yield found
