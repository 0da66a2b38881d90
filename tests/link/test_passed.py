"""Accounts that pass on what they receive, against the definition read word for word."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clew.link.passed import Moved, passed_on

DAY = 86_400_000_000
Payment = tuple[int, int, int, int, int]  # payer, payee, currency, moment, amount


@st.composite
def payments(draw: st.DrawFn) -> list[Payment]:
    """Again and again the first account gets 100 and pays the second one, and now and then something else happens."""
    sent, delay, gap = (
        draw(st.sampled_from([59, 60, 61, 110, 111])),
        draw(st.sampled_from([0, 1, 5, 6, 7])),
        draw(st.integers(1, 12)),
    )
    times = range(draw(st.integers(2, 5)))
    wages = [(2, 0, 0, gap * k, 100) for k in times]
    handed = [(0, 1, 0, gap * k + delay, sent) for k in times]
    ways = st.sampled_from([(2, 0), (0, 1), (-1, 0), (0, 2), (1, 0), (0, -1), (0, 0)])
    amounts = st.sampled_from([0, 1, 60, 100, 300])
    other = st.tuples(ways, st.sampled_from([0, 0, 1]), st.integers(0, 40), amounts)
    more = [(*way, *rest) for way, *rest in draw(st.lists(other, max_size=4))]
    return list(draw(st.permutations([*wages, *handed, *more])))


def moved(rows: list[Payment]) -> Moved:
    payer, payee, currency, moment, amount = np.array(rows, np.int64).reshape(-1, 5).T
    return Moved(payer, payee, currency, moment * DAY // 2, amount.astype(np.float64), np.arange(len(rows)))


def plainly(rows: list[Payment]) -> set[tuple[int, int]]:
    """Who passes on to whom, looking through all payments for each."""
    times: dict[tuple[int, int], list[int]] = {}
    for k, (payer, payee, currency, moment, amount) in enumerate(rows):
        if payer < 0 or payee < 0 or payer == payee or not amount:
            continue
        came = [(m, a) for _, to, c, m, a in rows if (to, c) == (payer, currency)]
        before = [
            (m, n)
            for n, (one, other, c, m, a) in enumerate(rows)
            if (one, other, c) == (payer, payee, currency) and a and (m, n) < (moment, k)
        ]
        recent = sum(a for m, a in came if moment - 6 <= m <= moment)
        since = sum(a for m, a in came if (max(before)[0] if before else -1) < m <= moment)
        got = min(recent, since)
        if got and 0.6 * got <= amount <= 1.1 * got + 1e-9:
            times.setdefault((payer, payee), []).append(amount)
    sent: dict[tuple[int, int], int] = {}
    for payer, _, currency, _, amount in rows:
        sent[payer, currency] = sent.get((payer, currency), 0) + amount

    def whole(payer: int, payee: int) -> int:
        used = {c for a, b, c, _, amount in rows if (a, b) == (payer, payee) and amount}
        return max(sent[payer, currency] for currency in used)

    return {pair for pair, most in times.items() if len(most) >= 3 and 2 * sum(most) >= whole(*pair)}


@given(payments())
def test_it_finds_what_the_definition_says(rows: list[Payment]) -> None:
    one, other = passed_on(moved(rows))
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == plainly(rows)
    assert len(set(zip(one.tolist(), other.tolist(), strict=True))) == len(one)


def test_whoever_hands_over_three_times_most_of_what_came_is_found() -> None:
    wages = [(9, 1, 0, 4 * k, 100) for k in range(3)]
    handed = [(1, 2, 0, 4 * k + 1, 80) for k in range(3)]
    assert [pair.tolist() for pair in passed_on(moved(wages + handed))] == [[1], [2]]
    assert not len(passed_on(moved(wages + handed[:2]))[0])
