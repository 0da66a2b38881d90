"""How far a message is believed: few ordinary ones may be misread, so what it means is judged by the talk it stands in.

The reader says how likely each sense is. A message mostly means one thing or nothing, so each sense counts for its
share beside nothing and all that is likelier; and nothing is far likelier in ordinary talk. Where somebody has
given orders or threats enough for a stage, the same words are more often meant: there their author's orders, and the
answers of others, count for more, also those that elsewhere are not read ("hints").
"""

from __future__ import annotations

import numpy as np

from clew.extract._meaning_matches import LEAST, NOTHING
from clew.talk.read import Hits, Messages
from clew.talk.senses import ANSWER, CLOSE, COUNTS, FORCE, NAMES, ORDER, Flags, Floats, codes, having
from clew.talk.stages import Shown

ORDINARY = 0.4  # log-odds of "nothing" in ordinary talk; `NOTHING` in talk of orders and threats
CLEAR = 0.9  # share from which on a message counts in full: nothing is read without any doubt
SURE = 0.5  # what a message must count for where it is asked whether it means something


def shares(hits: Hits, opened: Flags) -> Floats:
    """float64[h], what each hit counts for: 1 where it is not graded, 0 where it is less than `LEAST`.

    Args:
        hits: what may be said.
        opened: bool[h], which are judged as in talk of orders and threats.
    """
    graded = ~np.isnan(hits.odds)
    odds = np.where(graded, np.exp(hits.odds), 0.0)
    nothing = np.exp(np.where(opened, NOTHING, ORDINARY))
    share = np.where(graded, odds / (nothing + odds + _likelier(hits, odds)), 1.0)
    return np.where(share >= LEAST, np.minimum(share / CLEAR, 1.0), 0.0)


def _likelier(hits: Hits, odds: Floats) -> Floats:
    """float64[h], what is likelier in the message of each hit, together.

    Message by message: a sum that runs over all of them would round by what stands in others.
    """
    order = np.lexsort((hits.sense, -odds, hits.message))
    message, likelier = hits.message[order], np.zeros(len(order))
    for ahead in range(1, len(NAMES)):
        same = np.flatnonzero(message[ahead:] == message[:-ahead])
        if not len(same):
            break
        likelier[order[same + ahead]] += odds[order[same]]
    return likelier


def opened(messages: Messages, hits: Hits, found: Shown) -> Flags:
    """bool[h], the hits by those whose orders or threats come to a stage, and answers to them.

    Args:
        messages: all.
        hits: what may be said.
        found: what is shown where all is judged as ordinary talk.
    """
    directs = (having(ORDER) | having(FORCE))[found.sense] & (found.score >= COUNTS)
    directing = np.zeros(len(messages.member_conversation), np.bool_)
    directing[found.member[directs]] = True
    among = np.zeros(len(messages.ids), np.bool_)
    among[messages.member_conversation[directing]] = True
    answers = having(ANSWER)[hits.sense] & among[messages.conversation[hits.message]]
    return (directing[messages.sender[hits.message]] | answers) & ~CLOSE[hits.sense]


def pleaded(messages: Messages, hits: Hits, of: Hits) -> Flags:
    """bool[of], those in conversations in which somebody pleads, as ``hits`` say: what else is said there is more often
    meant, by whoever says it.
    """
    pleading = np.zeros(len(messages.ids), np.bool_)
    pleading[messages.conversation[hits.message[hits.sense == codes("plea")[0]]]] = True
    return pleading[messages.conversation[of.message]]
