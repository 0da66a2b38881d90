"""Who controls whom: the log-odds of each pair of people, as a sum of parts that can be told one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.engine.duckdb import Engine
from clew.talk.people import accounts, addressees
from clew.talk.read import NEVER, NOBODY, Hits, Messages
from clew.talk.senses import (
    ANSWER,
    CLOSE,
    DRAWN_MOST,
    ELSEWHERE,
    FORCE,
    LEAST,
    MOST,
    NAMES,
    NEAR,
    OBEYED,
    ORDER,
    ORDINARY_BOTH,
    ORDINARY_MOST,
    PRIOR,
    PROMPT,
    Flags,
    Floats,
    Ints,
    codes,
    column,
    hard,
    having,
    repeated,
    unusual,
)

_ODDS = column("odds")
_ORDINARY = column("ordinary") > 0
_NEAR = having(NEAR)
_OBEYED = (("location-demand", "check-in"), ("earnings-demand", "earnings-report"))
_ASKED = codes("earnings-demand", "location-demand")
_SEEN = 0.2  # messages of a sort of sign from which on it is one: one that is told or hardly read counts so much
_ALONE = 3  # orders and threats, where nobody answers them
_COURTING = 5.0  # messages that draw somebody in, more than a pitch, its promise and where to go on
_LONG = 25  # messages of a talk from which on more must say so
_REPLIES = 5  # of each, before their speed is compared
_SLOWER = 3.0
_SLOW = 60_000_000  # microseconds; nobody waits for who answers within a minute


@dataclass(frozen=True)
class Pairs:
    """Pairs of people of one conversation with signs that the first controls the second.

    Attributes:
        over, under: int64[p], members; sorted by both.
        said: float64[p, senses], messages of each sense, less those that are quoted.
        confidence: float64[p].
        elsewhere: int64[p], other conversations in which the account of the first surely controls somebody.
        of_hit: int64[h], the pair that each hit speaks for; -1 where it speaks for none.
    """

    over: Ints
    under: Ints
    said: Floats
    confidence: Floats
    elsewhere: Ints
    of_hit: Ints

    def shown(self) -> Ints:
        """The pairs with enough evidence."""
        return np.flatnonzero(self.confidence >= LEAST)


def pairs(
    engine: Engine, messages: Messages, hits: Hits, counted: Floats, own: Flags, plain: Flags, talk: Flags
) -> Pairs:
    """Weigh all pairs between whom orders, threats or answers go, in conversations that are talks.

    Args:
        engine: holds the view ``records``.
        messages: all.
        hits: their senses.
        counted: float64[h], what each hit counts for.
        own: bool[h], which are surely meant, and by who writes them.
        plain: bool[h], which of these would be in ordinary talk, too.
        talk: which conversations are talks.
    """
    to = addressees(engine, messages, hits)
    sender = messages.sender[hits.message]
    answers = having(ANSWER)[hits.sense]
    over, under = np.where(answers, to, sender), np.where(answers, sender, to)
    speaks = np.flatnonzero((to != NOBODY) & (_ODDS[hits.sense] > 0) & talk[messages.conversation[hits.message]])
    members = max(len(messages.member_conversation), 1)
    key, row = np.unique(over[speaks] * members + under[speaks], return_inverse=True)
    of_hit = np.full(len(sender), NOBODY)
    of_hit[speaks] = row
    cell = row * len(NAMES) + hits.sense[speaks]
    said = np.bincount(cell, weights=counted[speaks], minlength=len(key) * len(NAMES)).astype(np.float64)
    said = said.reshape(-1, len(NAMES))
    over, under = key // members, key % members
    odds = PRIOR + _for_control(messages, over, under, said)
    possible = _can_be(said, hits, of_hit, own) & _plainly(messages, over, hits, of_hit, plain)
    odds = np.where(possible, odds, -np.inf)
    elsewhere = _elsewhere(messages, over, _confidence(odds) >= LEAST)
    confidence = _confidence(odds + np.where(elsewhere > 0, ELSEWHERE, 0.0))
    return Pairs(over, under, said, confidence, elsewhere, of_hit)


def _confidence(odds: Floats) -> Floats:
    confidence: Floats = np.minimum(np.round(1.0 / (1.0 + np.exp(-odds)), 3), MOST)
    return confidence


def _elsewhere(messages: Messages, over: Ints, controls: Flags) -> Ints:
    """int64[p], in how many other conversations the account of ``over`` controls somebody, by what is said there."""
    account, conversation = accounts(messages)[over], messages.member_conversation[over]
    found = np.unique(account[controls] * len(messages.ids) + conversation[controls])
    often = np.bincount(found // max(len(messages.ids), 1), minlength=account.max(initial=0) + 1)
    here = np.isin(account * len(messages.ids) + conversation, found)
    others: Ints = often[account] - here
    return others


def _for_control(messages: Messages, over: Ints, under: Ints, said: Floats) -> Floats:
    """Log-odds for each pair, less those for the pair turned round."""
    sent = messages.sent()
    by = np.where(having(ANSWER), sent[under][:, None], sent[over][:, None])
    worth = _ODDS * repeated(unusual(said, by, column("usual")))
    ordinary = worth[:, _ORDINARY].sum(axis=1)
    for demand, answer in _OBEYED:
        ordinary += np.where((worth[:, codes(demand, answer)] > 0).all(axis=1), OBEYED, 0.0)
    ordinary += np.where((ordinary > 0) & _prompt(messages, over, under), PROMPT, 0.0)
    most = np.where((worth[:, _ASKED] > 0).all(axis=1), ORDINARY_BOTH, ORDINARY_MOST)
    drawn = np.minimum(worth[:, _NEAR].sum(axis=1), DRAWN_MOST)
    total = np.minimum(ordinary, most) + drawn + worth[:, ~_ORDINARY & ~_NEAR].sum(axis=1)
    back = _find(over, under, under, over, len(messages.member_conversation))
    reverse = np.where(back >= 0, total[back], 0.0) if len(total) else total
    odds: Floats = total - reverse
    return odds


def _find(over: Ints, under: Ints, first: Ints, second: Ints, members: int) -> Ints:
    """The rows of pairs (first, second) among the sorted pairs (over, under); -1 where there is none."""
    key, wanted = over * members + under, first * members + second
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    return np.where(key[at] == wanted, at, NOBODY) if len(key) else np.zeros(0, np.int64)


def _can_be(said: Floats, hits: Hits, of_hit: Ints, own: Flags) -> Flags:
    """Pairs whose first gives an order or threat that a helper would not.

    Two sorts of signs must be seen of them; and the second answers, or there are three such messages and an order among
    them, or force beside two sorts of orders or of what draws somebody in: else it may be a story that is told.

    And it must be more than one message that somebody says so: a second one, a sure answer, or long courting. Who
    offers work to many and says to each that papers are kept has controlled none of them yet.
    """
    pairs = len(said)
    orders = _messages(hits, of_hit, hard()[hits.sense] & own, pairs)
    surely = _messages(hits, of_hit, having(ANSWER)[hits.sense] & own, pairs) > 0
    seen = said >= _SEEN
    answered, ordered = seen[:, having(ANSWER)].any(axis=1), seen[:, having(ORDER)].any(axis=1)
    sorts = seen[:, ~_NEAR].sum(axis=1) + seen[:, _NEAR].any(axis=1)
    drawn = seen[:, having(FORCE)].any(axis=1) & (seen[:, having(ORDER) | _NEAR].sum(axis=1) >= 2)
    courted = seen[:, CLOSE].any(axis=1) | (said[:, _NEAR].sum(axis=1) >= _COURTING)
    told = answered | (ordered & (orders >= _ALONE)) | drawn
    can_be: Flags = (orders > 0) & (sorts >= 2) & told & (surely | (orders > 1) | courted)
    return can_be


def _plainly(messages: Messages, over: Ints, hits: Hits, of_hit: Ints, plain: Flags) -> Flags:
    """Pairs of which one message says so whatever stands beside it; two in a long talk, where something always does."""
    said = _messages(hits, of_hit, plain & ~_NEAR[hits.sense], len(over))
    length = np.diff(messages.start)[messages.member_conversation[over]]
    enough: Flags = said >= np.where(length > _LONG, 2, 1)
    return enough


def _messages(hits: Hits, of_hit: Ints, chosen: Flags, pairs: int) -> Ints:
    """int64[p], the messages with chosen hits of each pair: one that says three things is one."""
    chosen = chosen & (of_hit >= 0)
    count = int(hits.message.max(initial=0)) + 1
    return np.bincount(np.unique(of_hit[chosen] * count + hits.message[chosen]) // count, minlength=pairs)


def _prompt(messages: Messages, over: Ints, under: Ints) -> Flags:
    """Pairs of which the second answers at once and the first when it suits: three times slower, half of the times."""
    members = len(messages.member_conversation)
    counted = np.zeros(members, np.bool_)
    counted[over] = counted[under] = True
    sender, t = messages.sender, messages.t
    follows = np.flatnonzero(
        (messages.conversation[1:] == messages.conversation[:-1])
        & (sender[1:] != sender[:-1]) & (sender[1:] >= 0) & (sender[:-1] >= 0)
        & (t[1:] != NEVER) & (t[:-1] != NEVER)
    )  # fmt: skip
    follows = follows[counted[sender[follows]] & counted[sender[follows + 1]]]
    key = sender[follows + 1] * members + sender[follows]
    order = np.lexsort((t[follows + 1] - t[follows], key))
    key, took = key[order], (t[follows + 1] - t[follows])[order]

    def median(who: Ints, to: Ints) -> Floats:
        """Median time that one takes to answer the other; NaN where it is not often enough."""
        wanted = who * members + to
        low, high = np.searchsorted(key, wanted), np.searchsorted(key, wanted, side="right")
        middle = np.minimum((low + high) // 2, max(len(took) - 1, 0))
        return np.where(high - low >= _REPLIES, took[middle], np.nan) if len(took) else np.full(len(who), np.nan)

    slow = median(over, under)
    prompt: Flags = (slow >= _SLOW) & (slow >= _SLOWER * median(under, over))
    return prompt
