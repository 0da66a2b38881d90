"""The loops of matching, compiled."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import grown, kernel, kernel_step, making_kernel


@kernel
def local_rates(t, first, short, long, out):  # type: ignore[no-untyped-def]
    """Posts in a microsecond around each post: the mean of those nearby and of those further off, without itself.

    Posts are sorted by platform and time; ``first`` says where each platform begins; ``short`` and ``long`` are how
    far to look to both sides.
    """
    for k in range(first.shape[0] - 1):
        a, b, c, d = first[k], first[k], first[k], first[k]
        end = first[k + 1]
        for j in range(first[k], end):
            while t[a] < t[j] - short:
                a += 1
            while b < end and t[b] <= t[j] + short:
                b += 1
            while t[c] < t[j] - long:
                c += 1
            while d < end and t[d] <= t[j] + long:
                d += 1
            out[j] = ((b - a - 1 + 0.5) / (2.0 * short) + (d - c - 1 + 0.5) / (2.0 * long)) / 2.0


@kernel_step
def _below(t, low, high, value):  # type: ignore[no-untyped-def]
    """The first of ``t[low:high]`` that is not below a value."""
    while low < high:
        middle = (low + high) >> 1
        if t[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@kernel_step
def _keep(best, odds, n, most, j, o):  # type: ignore[no-untyped-def]
    """Put a post among the ``most`` with the highest odds, sorted; returns how many there are."""
    if n == most and o <= odds[n - 1]:
        return n
    at = n if n < most else most - 1
    while at > 0 and odds[at - 1] < o:
        best[at], odds[at] = best[at - 1], odds[at - 1]
        at -= 1
    best[at], odds[at] = j, o
    return n + 1 if n < most else most


@kernel_step
def _walk(i, paid, posts, law, found, odds):  # type: ignore[no-untyped-def]
    """The posts around payment i and their odds against chance; returns how many."""
    t, platform, kind = paid[0][i], paid[1][i], paid[2][i]
    first, posted, rate = posts[0], posts[1], posts[2]
    density, edges, low, high = law
    n = 0
    b = 0
    end = first[platform + 1]
    j = _below(posted, first[platform], end, t + low[kind])
    while j < end and posted[j] < t + high[kind] and n < found.shape[0]:
        while posted[j] - t >= edges[b + 1]:
            b += 1
        if density[kind, b] > 0.0:
            found[n] = j
            odds[n] = density[kind, b] / rate[j]
            n += 1
        j += 1
    return n


@making_kernel
def candidates(order, of_payer, paid, posts, law, groups, walk, near, fans, friends):  # type: ignore[no-untyped-def]
    """The posts that each payment may have paid for: the likeliest by themselves, and those of the payer's networks.

    A payer's networks are the ``fans`` whose posts follow most of the payments, each time by less likely chance.

    Args:
        order: payments by payer; those of payer k are ``order[of_payer[k]:of_payer[k + 1]]``.
        paid: time, platform and kind of each payment.
        posts: where platforms begin, time, rate, network and the network's share of the posts there, of each post.
        law: density of delays, edges, lowest and highest delay.
        groups: how many networks there are.
        walk: posts to look at around a payment, at most.
        near, friends: of the likeliest, and of the payer's networks, at most.

    Returns:
        Payment, post and odds of each pair, by payer.
    """
    network, share = posts[3], posts[4]
    score, sums = np.zeros(groups), np.zeros(groups)
    touched, here = np.empty(1024, np.int64), np.empty(walk, np.int64)
    top, top_score = np.empty(fans, np.int64), np.empty(fans)
    is_top = np.zeros(groups, np.bool_)
    found, odds = np.empty(walk, np.int64), np.empty(walk)
    best, best_odds = np.empty(near, np.int64), np.empty(near)
    own, own_odds = np.empty(friends, np.int64), np.empty(friends)
    rows, room = 0, 4096
    out_i, out_j, out_o = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float32)
    for p in range(of_payer.shape[0] - 1):
        many = 0
        for at in range(of_payer[p], of_payer[p + 1]):
            n = _walk(order[at], paid, posts, law, found, odds)
            seen = 0
            for k in range(n):
                g = network[found[k]]
                if sums[g] == 0.0:
                    here[seen] = g
                    seen += 1
                sums[g] += odds[k] / share[found[k]]
            for k in range(seen):
                g = here[k]
                if score[g] == 0.0:
                    if many == touched.shape[0]:
                        touched = grown(touched, 2 * many)
                    touched[many] = g
                    many += 1
                score[g] += np.log1p(0.2 * sums[g]) + 1e-12
                sums[g] = 0.0
        tops = 0
        for k in range(many):
            tops = _keep(top, top_score, tops, fans, touched[k], score[touched[k]])
        for k in range(many):
            score[touched[k]] = 0.0
        for k in range(tops):
            is_top[top[k]] = True
        for at in range(of_payer[p], of_payer[p + 1]):
            i = order[at]
            n = _walk(i, paid, posts, law, found, odds)
            a, b = 0, 0
            for k in range(n):
                if is_top[network[found[k]]]:
                    a = _keep(own, own_odds, a, friends, found[k], odds[k])
                elif odds[k] >= 0.003:
                    b = _keep(best, best_odds, b, near, found[k], odds[k])
            if rows + a + b > room:
                room = 2 * (rows + a + b)
                out_i, out_j, out_o = grown(out_i, room), grown(out_j, room), grown(out_o, room)
            for k in range(a):
                out_i[rows], out_j[rows], out_o[rows] = i, own[k], own_odds[k]
                rows += 1
            for k in range(b):
                out_i[rows], out_j[rows], out_o[rows] = i, best[k], best_odds[k]
                rows += 1
        for k in range(tops):
            is_top[top[k]] = False
    return out_i[:rows].copy(), out_j[:rows].copy(), out_o[:rows].copy()


@making_kernel
def step(start, pairs, counts, shift, knobs, now, then):  # type: ignore[no-untyped-def]
    """One round: the probability of each pair, given what the other payments of the same payer went to.

    What a payment itself adds to the counts is taken off first, so that nothing speaks for itself. A payment is for
    one post and a post is paid for once: each passes to the other how much it is wanted elsewhere, as in belief
    propagation.

    Args:
        start: where the pairs of each payment begin.
        pairs: of each pair: odds of the delay and price; its place among (payer, network) and (payer, author) counts;
            the post; the network's share of posts at that time, and the author's share of the network's.
        counts: by (payer, network), (payer, author), and how much each post is wanted; and of each payment: its
            payer's matched payments but counting this one, how many the payer has, the share of its sort of payment
            that is matched.
        shift: the number of the first payment.
        knobs: weight of the prior for networks, authors, and payers.
        now: of each pair, its probability and how much the payment wants the post, of the round before.
        then: the same, of this round.
    """
    odds, pn, pa, post, share, part = pairs
    by_network, by_author, wanted, matched, of_payer, usual = counts
    alpha, beta, kappa = knobs
    r, wants = now
    mine_n, mine_a = np.zeros(by_network.shape[0]), np.zeros(by_author.shape[0])
    for row in range(start.shape[0] - 1):
        low, high, i = start[row], start[row + 1], row + shift
        own = 0.0
        for k in range(low, high):
            own += r[k]
            mine_n[pn[k]] += r[k]
            mine_a[pa[k]] += r[k]
        rest = max(matched[i] - own, 0.0)
        seen = (rest + kappa * usual[i]) / (of_payer[i] - 1.0 + kappa)
        weight = seen / (1.0 - seen)
        total = 0.0
        for k in range(low, high):
            in_network = max(by_network[pn[k]] - mine_n[pn[k]], 0.0)
            in_author = max(by_author[pa[k]] - mine_a[pa[k]], 0.0)
            network = (in_network / share[k] + alpha) / (rest + alpha)
            author = (in_author / part[k] + beta) / (in_network + beta)
            then[1][k] = weight * odds[k] * network * author
            then[0][k] = then[1][k] / (1.0 + max(wanted[post[k]] - wants[k], 0.0))
            total += then[0][k]
        for k in range(low, high):
            then[1][k] = min(then[1][k] / (1.0 + total - then[0][k]), 1e9)
            then[0][k] /= 1.0 + total
            mine_n[pn[k]], mine_a[pa[k]] = 0.0, 0.0
