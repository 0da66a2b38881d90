"""The talk stage: from messages to conversations, their stages, and who controls whom.

What is found in a talk depends on its own messages. Only where nobody answers it matters whether the same text was
sent to others; and who controls somebody in one talk is sooner believed to control in another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from clew.talk.meant import SURE, opened, pleaded, shares
from clew.talk.read import Hits, Messages, any_messages, read_hits, read_messages
from clew.talk.senses import Flags, Floats
from clew.talk.stages import shown
from clew.talk.told import quoted, weights

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
    repeated = quoted(engine, messages, every)
    made = _believed(messages, every, repeated, np.zeros(len(every.message), np.bool_))
    found = shown(messages, made.hits, made.counted, talk)
    progress(0.6)
    among = opened(messages, every, found)
    if among.any():
        made = _believed(messages, every, repeated, among)
        found = shown(messages, made.hits, made.counted, talk)
    progress(0.7)
    hits, stages, sure = made.hits, found.stages(), made.share >= SURE
    own, plain = made.own & sure, shares(hits, np.zeros(len(sure), np.bool_)) >= SURE
    held = pairs(engine, messages, hits, made.counted, own, own & plain, talk)
    pleas = pleaded(messages, hits.only(sure), every)
    alarming = _believed(messages, every, repeated, among | pleas) if (pleas & ~among).any() else made
    sure = alarming.share >= SURE
    danger = dangers(messages, alarming.hits.only(sure), alarming.own[sure])
    return {
        "conversations": tables.conversations(messages, hits, found, stages, danger),
        "conversation_members": tables.conversation_members(messages),
        "stages": tables.stages(messages, hits, found, stages),
        "control": tables.control(messages, hits, made.own, made.share >= SURE, held),
    }


@dataclass(frozen=True)
class _Believed:
    """What messages are believed to say.

    Attributes:
        hits: h of them.
        share: float64[h], how far each is believed.
        own: bool[h], which are meant by who writes them, as far as one can see.
        counted: float64[h], what each counts for.
    """

    hits: Hits
    share: Floats
    own: Flags
    counted: Floats


def _believed(messages: Messages, every: Hits, repeated: Flags, among: Flags) -> _Believed:
    """Judge all that may be said, ``among`` what is opened as such talk."""
    share = shares(every, among)
    kept = share > 0
    hits, share = every.only(kept), share[kept]
    told = weights(messages, hits, repeated[kept])
    return _Believed(hits, share, told == 1.0, told * share)
