"""The talk stage: from messages to conversations, stages and control."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES

MADE = ("conversations", "conversation_members", "stages", "control")


def talk(engine: Engine, out: Path, progress: Callable[[float], None]) -> dict[str, Path]:
    """Read the messages.

    Args:
        engine: holds the views ``records`` and ``mentions``.
        out: a folder to write to.
        progress: called with the share that is done.

    Returns:
        The Parquet files of CONVERSATIONS, CONVERSATION_MEMBERS, STAGES and CONTROL, by name.
    """
    written = {}
    for name in MADE:
        written[name] = out / f"{name}.parquet"
        pq.write_table(TABLES[name].empty_table(), written[name])
    progress(1.0)
    return written
