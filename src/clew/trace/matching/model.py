"""How probable each pair of a payment and a post is: what fits by itself, and what its payer pays for otherwise.

One payment fits many posts. But a payer pays for few authors: where post after post of the same network follows the
same payer's payments, coincidence is soon ruled out (Portnoff et al. 2017). So the probability of a pair is worked out
from the pair and from all other payments of its payer, in rounds, until both agree. This is the collapsed mean-field
method for mixtures with few components a person (CVB0, Asuncion et al. 2009): payers are its documents, networks and
the authors in them its topics, and a topic's part in posts of that time is its prior.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from clew.trace.matching import delays as law
from clew.trace.matching.kernels import candidates, local_rates, step
from clew.trace.matching.listed import PriceList
from clew.trace.matching.named import NOTHING, NUMBER, ODDS, Named
from clew.trace.matching.read import HOUR, Flags, Floats, Ints, Payments, Posts

_PAIRS = 400_000_000  # looked at, at most; the thinnest delays are left out until it is so
_WALK = 4096  # posts around one payment
_NEAR, _FANS, _FRIENDS = 6, 8, 12  # likeliest posts of a payment; networks of a payer; posts of these
_ROUNDS = 4  # before improbable pairs are left out, then before delays are learnt again; twice as many thereafter
_HOPELESS = 1e-4  # such pairs are left out
_KNOBS = (1.0, 5.0, 3.0)  # payments that priors are worth: of a payer's networks, their authors, being matched
_PARTS = (0.9, 0.5, 0.2)  # shares of a payer's payments that one network may have
_PRICED = 3  # payments of the same amount to the same platform make a price
_FEATURES = 30.0  # posts that are worth as much as what is known of all posts
_DAYS = 84 * HOUR  # to both sides: how much of a platform's posts are a network's at the time


@dataclass(frozen=True)
class Pairs:
    """Payments and the posts they may have paid for, sorted by payment and post.

    Attributes:
        payment, post: int64[n], rows.
        start: int64[payments + 1], where the pairs of each payment begin.
        what: int64[n], what the text of the payment names of the post.
        score: float64[n], the probability that it paid for it.
        network, author: int64[n], the numbers of the pair of payer and network, and of payer and author.
    """

    payment: Ints
    post: Ints
    start: Ints
    what: Ints
    score: Floats
    network: Ints
    author: Ints

    def only(self, kept: Ints) -> Pairs:
        """Some of them."""
        return Pairs(
            self.payment[kept],
            self.post[kept],
            np.searchsorted(kept, self.start),
            self.what[kept],
            self.score[kept],
            self.network[kept],
            self.author[kept],
        )


@dataclass(frozen=True)
class Matched:
    """What was found, and by which delays.

    Attributes:
        pairs: of payments and posts.
        delays: as learnt.
        rate: float64[posts], posts in a microsecond around each.
        paid: rows of the payments that were looked at.
        share: float64[pairs], the network's part in the posts of its platform at that time.
        listed: int64[payments], the row of the price list that each is of (`PriceList.find`).
    """

    pairs: Pairs
    delays: law.Delays
    rate: Floats
    paid: Ints
    share: Floats
    listed: Ints


def match(
    payments: Payments, posts: Posts, platform: Ints, named: Named, prices: PriceList, threads: int = 1
) -> Matched:
    """Match payments with posts.

    Args:
        payments: all.
        posts: all.
        platform: int64[payments], that was paid; negative where none is known.
        named: pairs that texts name.
        prices: what platforms ask for, as far as somebody knows.
        threads: workers.
    """
    platform = platform.copy()
    platform[named.payment] = posts.platform[named.post]
    paid = np.flatnonzero(platform >= 0)
    kind = np.where(payments.dated, law.DATED, law.EXACT)
    learnt = law.learn(posts, platform[paid], payments.t[paid], kind[paid])
    learnt = law.bounded(learnt, posts, platform[paid], kind[paid], _PAIRS)
    rate = np.zeros(len(posts.rid))
    local_rates(posts.t, posts.first, int(1.5 * HOUR), 48 * HOUR, rate)
    share, part = _shares(posts)
    payment, post, odds = _candidates(payments, posts, platform, paid, kind, learnt, (rate, share), threads)
    pairs, odds = _with_named(payments, payment, post, odds, named)
    pairs = _numbered(payments, posts, pairs, threads)
    listed = prices.find(payments, platform)
    known = _Known(
        payments, posts, platform, kind, share, part, _sorts(payments, posts, platform, prices, listed), threads
    )
    pairs = _rounds(known, _begun(known, pairs, odds), odds, learnt, _ROUNDS)
    kept = np.flatnonzero((pairs.score >= _HOPELESS) | (pairs.what != NOTHING))
    pairs, odds = _rounds(known, pairs.only(kept), odds[kept], learnt, _ROUNDS), odds[kept]
    again = _relearnt(known, pairs, learnt)
    pairs = _rounds(known, pairs, _again(known, pairs, odds, learnt, again), again, 2 * _ROUNDS)
    return Matched(pairs, again, rate, paid, share[pairs.post], listed)


@dataclass(frozen=True)
class _Known:
    """What the rounds read of payments and posts."""

    payments: Payments
    posts: Posts
    platform: Ints
    kind: Ints
    share: Floats
    part: Floats
    sorts: tuple[Ints, int]
    threads: int


def _shares(posts: Posts) -> tuple[Floats, Floats]:
    """float64[posts] each: of the posts of a platform within days, the part of this network; of those, the author's."""
    minute = (posts.t - posts.t.min(initial=0)) // (HOUR // 60)
    days = _DAYS // (HOUR // 60)
    span = int(minute.max(initial=0)) + 4 * days

    def around(group: Ints) -> Floats:
        key = group * span + minute
        in_order = np.sort(key)
        count = np.searchsorted(in_order, key + days, "right") - np.searchsorted(in_order, key - days)
        floats: Floats = count.astype(np.float64)
        return floats

    by = [posts.platform]
    for group in (posts.network, posts.author):
        by.append(both(posts.platform, group)[1])
    platform, network, author = (around(group + 1) for group in by)
    shares: tuple[Floats, Floats] = (network / platform, author / network)
    return shares


def both(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The distinct pairs of two numbers, as one number each, and which of them each pair is."""
    return distinct(one * (int(other.max(initial=0)) + 1) + other)


def distinct(numbers: Ints) -> tuple[Ints, Ints]:
    """The distinct numbers, sorted, and which of them each is; twice as fast as `numpy.unique`."""
    order = np.argsort(numbers)
    in_order = numbers[order]
    new = np.append(True, in_order[1:] != in_order[:-1])[: len(order)]
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(new) - 1
    return in_order[new], place


def _candidates(
    payments: Payments,
    posts: Posts,
    platform: Ints,
    paid: Ints,
    kind: Ints,
    learnt: law.Delays,
    of_posts: tuple[Floats, Floats],
    threads: int,
) -> tuple[Ints, Ints, Floats]:
    """Payment, post and odds of the pairs to look at."""
    order = paid[np.argsort(payments.payer[paid], kind="stable")]
    starts = np.flatnonzero(np.append(True, payments.payer[order][1:] != payments.payer[order][:-1])[: len(order)])
    of_payer = np.append(starts, len(order))
    rate, share = of_posts
    low, high = learnt.window()
    about = (payments.t, platform, kind)
    there = (posts.first, posts.t, rate, posts.network, share)
    said = (learnt.density, law.EDGES, low, high)

    def some(part: Ints) -> tuple[Ints, Ints, Floats]:
        found: tuple[Ints, Ints, Floats] = candidates(
            order, part, about, there, said, len(posts.networks), _WALK, _NEAR, _FANS, _FRIENDS
        )
        return found

    pieces = max(1, min(4 * threads, len(of_payer) - 1))
    edges = np.searchsorted(of_payer, np.linspace(0, len(order), pieces + 1).astype(np.int64))
    parts = [of_payer[a : b + 1] for a, b in pairwise(edges.tolist())]
    with ThreadPoolExecutor(threads) as workers:
        made = list(workers.map(some, parts))
    return (
        np.concatenate([m[0] for m in made]).astype(np.int64),
        np.concatenate([m[1] for m in made]).astype(np.int64),
        np.concatenate([m[2] for m in made]).astype(np.float64),
    )


def _with_named(payments: Payments, payment: Ints, post: Ints, odds: Floats, named: Named) -> tuple[Pairs, Floats]:
    """All pairs in order, with those that texts name; these fit at any time."""
    payment = np.concatenate([payment, named.payment])
    post = np.concatenate([post, named.post])
    what = np.concatenate([np.zeros(len(odds), np.int64), named.what])
    value = np.concatenate([odds, np.where(named.what == NUMBER, 1.0, 0.05)])
    order = np.argsort((payment * (int(post.max(initial=0)) + 1) + post) * 4 - what)
    payment, post, what, value = payment[order], post[order], what[order], value[order]
    again = np.append(False, (payment[1:] == payment[:-1]) & (post[1:] == post[:-1]))[: len(order)]
    later = np.flatnonzero(again)
    value[later - 1] = np.maximum(value[later - 1], value[later])
    kept = np.flatnonzero(~again)
    payment, post, what, value = payment[kept], post[kept], what[kept], value[kept]
    start = np.searchsorted(payment, np.arange(len(payments.rid) + 1))
    nothing = np.zeros(len(payment), np.int64)
    return Pairs(payment, post, start, what, np.zeros(len(payment)), nothing, nothing), value * ODDS[what]


def _numbered(payments: Payments, posts: Posts, pairs: Pairs, threads: int) -> Pairs:
    """The same, with the numbers of payer and network, and of payer and author."""
    payer = payments.payer[pairs.payment]
    with ThreadPoolExecutor(threads) as workers:
        network, author = workers.map(lambda group: both(payer, group[pairs.post])[1], (posts.network, posts.author))
    return replace(pairs, network=network, author=author)


def _rounds(known: _Known, pairs: Pairs, odds: Floats, learnt: law.Delays, rounds: int) -> Pairs:
    """The probability of each pair, from all."""
    payments, posts = known.payments, known.posts
    keys = (pairs.network, pairs.author)
    sizes = [int(key.max(initial=-1)) + 1 for key in keys]
    asked = known.platform >= 0
    sort, sorts = known.sorts
    of_sort = np.bincount(sort, minlength=sorts)
    of_payer = np.bincount(payments.payer[asked], minlength=len(payments.payers)).astype(np.float64)
    base = learnt.seen[known.kind]
    about = (odds, *keys, pairs.post, known.share[pairs.post], known.part[pairs.post])
    edges = np.linspace(0, len(payments.rid), 4 * known.threads + 1).astype(np.int64)
    now = (pairs.score.copy(), np.zeros_like(pairs.score))
    then = (np.zeros_like(now[0]), np.zeros_like(now[0]))
    with ThreadPoolExecutor(known.threads) as workers:
        for _ in range(rounds):
            held = np.bincount(pairs.payment, now[0], len(payments.rid))
            seen = np.bincount(payments.payer, held, len(of_payer))[payments.payer]
            usual = base.copy()
            if held.any():
                matched = np.bincount(sort, held[asked], sorts)
                usual[asked] = ((matched + 10.0 * base[asked].mean()) / (of_sort + 10.0))[sort]
            counts = (
                *(np.bincount(key, now[0], size) for key, size in zip(keys, sizes, strict=True)),
                np.bincount(pairs.post, now[1], len(posts.rid)),
                *(seen, of_payer[payments.payer], np.clip(usual, 0.02, 0.98)),
            )

            def some(k: int, now: Any = now, then: Any = then, counts: tuple[Any, ...] = counts) -> None:
                step(pairs.start[edges[k] : edges[k + 1] + 1], about, counts, edges[k], _KNOBS, now, then)

            list(workers.map(some, range(len(edges) - 1)))
            now, then = then, now
    return replace(pairs, score=now[0])


def _begun(known: _Known, pairs: Pairs, odds: Floats) -> Pairs:
    """A first guess: how well all payments of a payer together fit each network, against chance.

    From pairs alone the rounds would never get to a payer whose every payment fits a network a little better than
    chance. If a payer pays for a network with a share of the payments, a payment after which no post of it comes
    speaks against that, and one after which a post comes that is rare at that time speaks for it.
    """
    posts, payer = known.posts, known.payments.payer
    each, of_each = both(pairs.payment, posts.network[pairs.post])
    fit = np.bincount(of_each, odds / known.share[pairs.post])
    whose, network = np.divmod(each, int(posts.network[pairs.post].max(initial=0)) + 1)
    of_payer = np.bincount(payer[known.platform >= 0], minlength=len(known.payments.payers))
    couple, of_couple = both(payer[whose], network)
    hits = np.bincount(of_couple)
    total = of_payer[couple // (int(network.max(initial=0)) + 1)]
    evidence = np.full(len(couple), -np.inf)
    for part in _PARTS:
        told = np.bincount(of_couple, np.log(1.0 - part + part * fit)) + (total - hits) * np.log(1.0 - part)
        evidence = np.maximum(evidence, told)
    rare = np.bincount(of_couple, np.bincount(of_each, known.share[pairs.post]) / np.bincount(of_each)) / hits
    owner = couple // (int(network.max(initial=0)) + 1)
    worth = rare * np.exp(np.minimum(evidence, 500.0))
    belief = worth / (1.0 + np.bincount(owner, worth))[owner]
    within = odds / np.bincount(of_each, odds)[of_each]
    score = 0.9 * belief[of_couple][of_each] * within
    return replace(pairs, score=score)


def _sorts(payments: Payments, posts: Posts, platform: Ints, prices: PriceList, listed: Ints) -> tuple[Ints, int]:
    """The sort of each payment that was for a platform, and how many sorts there are.

    What a list says it buys there; else its price, if others paid that there too; else that it is none of its prices.
    """
    asked = platform >= 0
    price = both(platform[asked], payments.price[asked])[1]
    count = np.bincount(price)
    rare = count[price] < _PRICED
    sort = np.where(rare, platform[asked], len(posts.platforms) + price)
    learnt, row = len(posts.platforms) + len(count), listed[asked]
    if not len(prices.entry):
        return sort, learnt
    item = prices.item[prices.entry[np.maximum(row, 0)]]
    return np.where(row >= 0, learnt + item, sort), learnt + int(prices.item.max()) + 1


def _bins(known: _Known, pairs: Pairs) -> tuple[Ints, Flags]:
    delay = known.posts.t[pairs.post] - known.payments.t[pairs.payment]
    at = np.searchsorted(law.EDGES, delay, "right") - 1
    return np.clip(at, 0, len(law.WIDTHS) - 1), (at >= 0) & (at < len(law.WIDTHS))


def _relearnt(known: _Known, pairs: Pairs, before: law.Delays) -> law.Delays:
    """Delays and shares from the pairs that fit, in place of counts."""
    at, inside = _bins(known, pairs)
    score, kind = pairs.score, known.kind[pairs.payment]
    share, seen = np.zeros_like(before.share), before.seen.copy()
    for k in range(2):
        mine = inside & (kind == k)
        found = np.bincount(at[mine], score[mine], len(law.WIDTHS))
        share[k] = (found + 20.0 * before.share[k]) / (found.sum() + 20.0)
        asked = int(((known.platform >= 0) & (known.kind == k)).sum())
        seen[k] = np.clip((score[kind == k].sum() + 20.0 * before.seen[k]) / (asked + 20.0), 0.02, 0.98)
    return law.Delays(share, seen, before.kept)


def _again(known: _Known, pairs: Pairs, odds: Floats, before: law.Delays, after: law.Delays) -> Floats:
    """The odds of each pair by the delays as learnt, and by which sort of post each price goes with."""
    at, inside = _bins(known, pairs)
    score, kind = pairs.score, known.kind[pairs.payment]
    old, new = before.share[kind, at], after.share[kind, at]
    changed = np.where(inside & (old > 0), odds * new / np.where(old > 0, old, 1.0), odds)
    sort = np.zeros(len(known.platform), np.int64)
    sort[known.platform >= 0], sorts = known.sorts
    features = int(known.posts.feature.max(initial=-1)) + 1
    cell = sort[pairs.payment] * features + known.posts.feature[pairs.post]
    cells, place = distinct(cell)
    # What each price went with, against how common that sort of post is on its platform; the payment itself left out.
    platform_of = np.zeros(features, np.int64)
    platform_of[known.posts.feature] = known.posts.platform
    usual = (
        np.bincount(known.posts.feature, minlength=features)
        / np.bincount(known.posts.platform, minlength=len(known.posts.platforms)).clip(1)[platform_of]
    )
    with_this = np.bincount(place, score, len(cells))[place] - score
    with_any = np.bincount(sort[pairs.payment], score, sorts)[sort[pairs.payment]] - score
    common = usual[known.posts.feature[pairs.post]]
    ratio = (np.maximum(with_this, 0.0) + _FEATURES * common) / ((np.maximum(with_any, 0.0) + _FEATURES) * common)
    odds = changed * ratio
    return odds
