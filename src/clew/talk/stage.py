"""The talk stage: from messages to conversations, their stages, and who controls whom.

What is found in a talk depends on its own messages alone. Only where nobody answers it matters whether the same text
was sent to others.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.engine.parquet import write_tables
from clew.model.tables import TABLES
from clew.talk import tables
from clew.talk.alone import talks, without_mailings
from clew.talk.control import pairs
from clew.talk.danger import dangers
from clew.talk.hints import with_hints
from clew.talk.read import any_messages, read_hits, read_messages
from clew.talk.stages import shown
from clew.talk.told import weights

MADE = ("conversations", "conversation_members", "stages", "control")


def talk(engine: Engine, out: Path, progress: Callable[[float], None]) -> dict[str, Path]:
    """Read the messages.

    Args:
        engine: holds the views ``records``, ``mentions`` and ``template_members``.
        out: a folder to write to.
        progress: called with the share that is done.

    Returns:
        The Parquet files of CONVERSATIONS, CONVERSATION_MEMBERS, STAGES and CONTROL, by name.
    """
    made = _read(engine, progress) if any_messages(engine) else {name: TABLES[name].empty_table() for name in MADE}
    written = write_tables({name: made[name] for name in MADE}, out, engine.threads)
    progress(1.0)
    return written


def _read(engine: Engine, progress: Callable[[float], None]) -> dict[str, pa.Table]:
    """The tables, where there are messages."""
    messages = read_messages(engine)
    progress(0.5)
    talk = talks(messages)
    every = without_mailings(engine, messages, read_hits(engine, messages), talk)
    hits = every.only(~every.faint)
    counted = weights(engine, messages, hits)
    found = shown(messages, hits, counted, talk)
    progress(0.6)
    believed = with_hints(messages, every, found)
    if believed.faint.any():
        hits, counted = believed, weights(engine, messages, believed)
        found = shown(messages, hits, counted, talk)
    progress(0.7)
    stages = found.stages()
    own = np.asarray(counted == 1.0)
    return {
        "conversations": tables.conversations(messages, hits, found, stages, dangers(messages, hits, own)),
        "conversation_members": tables.conversation_members(messages),
        "stages": tables.stages(messages, hits, found, stages),
        "control": tables.control(messages, hits, own, pairs(engine, messages, hits, counted, talk)),
    }
