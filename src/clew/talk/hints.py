"""Hints: messages that perhaps say something, which are believed only where other signs show what goes on.

Few ordinary messages may be misread, so much that is said is not read at all. But where somebody has already given an
order or threat that nearly makes a stage, the same words are far more often meant: there, and there alone, hints count
like other signs. In ordinary talk they change nothing.
"""

from __future__ import annotations

import numpy as np

from clew.talk.read import Hits, Messages
from clew.talk.senses import FORCE, OPENS, ORDER, having
from clew.talk.stages import Shown


def with_hints(messages: Messages, every: Hits, sure: Shown) -> Hits:
    """The hits without those hints that are not believed.

    Args:
        messages: all.
        every: all hits, hints among them.
        sure: what the others show.
    """
    directed = (having(ORDER) | having(FORCE))[sure.sense]
    opened = np.zeros(len(messages.ids), np.bool_)
    opened[messages.member_conversation[sure.member[directed & (sure.score >= OPENS)]]] = True
    return every.only(~every.faint | opened[messages.conversation[every.message]])
