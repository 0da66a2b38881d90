"""Messages that nobody answers: a mail, an advert in a chat group, a pitch that is pasted to hundreds.

They are no talk. Whoever writes to all controls nobody, and much of what draws somebody in, in a talk, is in a mailing
what every shop writes. Only a grave threat counts there, and only in words that were not sent to many.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.talk.read import Hits, Messages
from clew.talk.senses import Flags

_ONE_SIDED = 3  # messages of one to another that stand for a talk of which the answers are missing
_MANY = 3  # conversations that hold the same text
_SENT = f"""
WITH told AS (SELECT t.template_id, s.conversation, s.message FROM talk_said s JOIN template_members t USING (rid))
SELECT message FROM told SEMI JOIN (
    SELECT template_id FROM told GROUP BY template_id HAVING count(DISTINCT conversation) >= {_MANY}
) USING (template_id)
"""


def talks(messages: Messages) -> Flags:
    """bool[c], the conversations in which two people write, or one often to one other.

    A telephone may hold one side only; a mail, or a sender with many recipients, is no talk.
    """
    count = len(messages.ids)
    wrote = np.unique(messages.sender[messages.sender >= 0])
    writers = np.bincount(messages.member_conversation[wrote], minlength=count)
    spoken = np.bincount(messages.conversation[messages.sender >= 0], minlength=count)
    given = np.flatnonzero((messages.recipient >= 0) & (messages.recipient != messages.sender))
    asked = np.unique(messages.recipient[given])
    recipients = np.bincount(messages.member_conversation[asked], minlength=count)
    addressed = np.bincount(messages.conversation[given], minlength=count)
    one_sided = (recipients == 1) & (spoken >= _ONE_SIDED) & (addressed == spoken)
    two: Flags = (writers >= 2) | ((writers == 1) & one_sided)
    return two


def without_mailings(engine: Engine, messages: Messages, hits: Hits, talk: Flags) -> Hits:
    """The hits, but for those in texts that were sent to many and that nobody answers.

    Args:
        engine: holds the view ``template_members``.
        messages: all.
        hits: their senses.
        talk: which conversations are talks.
    """
    said = np.unique(hits.message[~talk[messages.conversation[hits.message]]])
    if not len(said):
        return hits
    columns = {"message": said, "rid": messages.rid[said], "conversation": messages.conversation[said]}
    try:
        engine.register({"talk_said": pa.table(columns)})
        mailed = engine.sql(_SENT).column("message").to_numpy()
    finally:
        engine.forget("talk_said")
    return hits.only(~np.isin(hits.message, mailed))
