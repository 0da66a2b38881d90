"""How long after a payment the post comes: learnt from how many more posts follow payments than would by chance.

The chance is counted, not assumed: the same hours of the same weekday, one and two weeks before and after. Payments
of which only the day is known, as in bank statements, have delays of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.trace.matching.read import HOUR, Flags, Floats, Ints, Posts

# Hours after the payment; below 0 the post came first: a card is charged, and a day is booked, later than one pays.
HOURS = (
    -96.0, -72.0, -48.0, -24.0, -12.0, -6.0, -3.0, -1.0, -0.25, 0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0,
    24.0, 36.0, 48.0, 72.0, 96.0,
)  # fmt: skip
EDGES = np.array([round(hours * HOUR) for hours in HOURS], np.int64)
WIDTHS = np.diff(EDGES).astype(np.float64)
DATED, EXACT = 0, 1
_SHIFTS = tuple(weeks * 7 * 24 * HOUR for weeks in (-2, -1, 1, 2))
_SAMPLE = 100_000  # payments that delays are learnt from
_PRIOR = 20.0  # payments that the assumption below is worth
# Before anything is seen: most post within the hour, all but a few within the day; by the day, on the day or the two
# before it is booked.
_ASSUMED = np.array(
    [
        [
            0.02, 0.04, 0.1, 0.08, 0.07, 0.05, 0.03, 0.008, 0.002, 0.001, 0.001, 0.003,
            0.005, 0.01, 0.02, 0.03, 0.08, 0.14, 0.27, 0.02, 0.01, 0.005, 0.005,
        ],
        [
            0.001, 0.002, 0.005, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.08, 0.09, 0.2,
            0.16, 0.14, 0.1, 0.06, 0.04, 0.02, 0.02, 0.01, 0.005, 0.004, 0.004,
        ],
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Delays:
    """What is known of delays.

    Attributes:
        share: float64[2, bins], of the posts that a payment paid for, by whether only days are known.
        seen: float64[2], share of payments after which the post is among the records.
        kept: bool[2, bins], the delays that are looked at.
    """

    share: Floats
    seen: Floats
    kept: Flags

    @property
    def density(self) -> Floats:
        """float64[2, bins], of a delay, per microsecond; 0 where it is not looked at."""
        return np.where(self.kept, self.share, 0.0) / WIDTHS

    def window(self) -> tuple[Ints, Ints]:
        """int64[2] each, the earliest and latest delay that is looked at."""
        low = np.array([EDGES[:-1][kept][0] for kept in self.kept])
        high = np.array([EDGES[1:][kept][-1] for kept in self.kept])
        return low, high

    def usual(self) -> Floats:
        """float64[2], microseconds that hold four of five true delays, where these are densest."""
        out = np.zeros(2)
        for k in range(2):
            order = np.argsort(-self.density[k], kind="stable")
            enough = np.searchsorted(np.cumsum(self.share[k][order]), 0.8 * self.share[k].sum()) + 1
            out[k] = WIDTHS[order[:enough]].sum()
        return out


def learn(posts: Posts, platform: Ints, t: Ints, kind: Ints) -> Delays:
    """Delays from how many posts stand around payments.

    Args:
        posts: all.
        platform, t: of payments.
        kind: of each payment, `DATED` or `EXACT`.
    """
    share, seen = np.zeros((2, len(WIDTHS))), np.full(2, 0.5)
    for k in range(2):
        assumed = _ASSUMED[k] / _ASSUMED[k].sum()
        chosen = np.flatnonzero(kind == k)
        chosen = chosen[:: max(1, len(chosen) // _SAMPLE)]
        around = _around(posts, platform[chosen], t[chosen])
        usual, halves = _expected(posts, platform[chosen], t[chosen])
        noise = np.sqrt(around + halves)
        excess = np.maximum(around - usual - noise, 0.0)
        share[k] = (excess + _PRIOR * assumed) / (excess.sum() + _PRIOR)
        seen[k] = np.clip((excess.sum() + _PRIOR / 2) / (len(chosen) + _PRIOR), 0.05, 0.95)
    return Delays(share, seen, np.ones_like(share, np.bool_))


def _around(posts: Posts, platform: Ints, t: Ints) -> Floats:
    """float64[bins], posts at each delay after all payments together."""
    total = np.zeros(len(WIDTHS))
    for k in np.unique(platform).tolist():
        at = np.sort(t[platform == k])
        posted = posts.t[posts.first[k] : posts.first[k + 1]]
        total += np.diff([float(np.searchsorted(posted, at + edge).sum()) for edge in EDGES])
    return total


def _expected(posts: Posts, platform: Ints, t: Ints) -> tuple[Floats, Floats]:
    """float64[bins] each: posts at each delay by chance, and the variance of that mean."""
    total, variance = np.zeros(len(WIDTHS)), np.zeros(len(WIDTHS))
    for k in np.unique(platform).tolist():
        mine = t[platform == k]
        posted = posts.t[posts.first[k] : posts.first[k + 1]]
        first, last = posted[0], posted[-1]
        counted = [
            _around(posts, np.full(len(mine), k), mine + shift) * (len(mine) / inside)
            for shift in _SHIFTS
            if (inside := int(((mine + shift >= first) & (mine + shift <= last)).sum())) > 0
        ]
        if counted:
            mean = np.mean(counted, axis=0)
        else:  # less than two weeks in all
            mean = len(mine) * len(posted) * WIDTHS / max(float(last - first), WIDTHS.sum())
        total += mean
        variance += mean / max(len(counted), 1)
    return total, variance


def bounded(delays: Delays, posts: Posts, platform: Ints, kind: Ints, most: int) -> Delays:
    """The same delays, but the thinnest left out so that at most about ``most`` pairs are looked at."""
    span = np.maximum(posts.t[np.maximum(posts.first[1:] - 1, 0)] - posts.t[posts.first[:-1]], 24 * HOUR)
    rate = np.diff(posts.first) / span  # posts in a microsecond
    busy = np.array([rate[platform[kind == k]].sum() for k in range(2)])
    cost = busy[:, None] * WIDTHS
    order = np.argsort(-delays.density, axis=None, kind="stable")
    kept = np.zeros(delays.share.size, np.bool_)
    kept[order[np.cumsum(cost.ravel()[order]) <= most]] = True
    kept[np.argmax(delays.density, axis=1) + len(WIDTHS) * np.arange(2)] = True
    return Delays(delays.share, delays.seen, kept.reshape(delays.share.shape))
