"""Where next, against what was seen next: a split in time, the model beside plain baselines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clew.trace.movement.find import Found, found_in
from clew.trace.movement.forecast import Forecast, forecast
from clew.trace.movement.sightings import KINDS, Tracks

DAY = 86_400
CUTS = (0.45, 0.55, 0.65, 0.75, 0.85)  # of the time that a world lasts
WITHIN_DAYS = 14  # a subject that is not seen again in this time is not asked for


@dataclass
class Answers:
    """What each method answers, one row a question: the likeliest places in order with their chances; the truth."""

    kind: np.ndarray
    truth: np.ndarray
    moved: np.ndarray
    seen_before: np.ndarray
    in_network: np.ndarray
    places: dict[str, np.ndarray]
    chances: dict[str, np.ndarray]
    new: np.ndarray


def answers(tracks: Tracks, movers: bool = True) -> Answers:
    """Ask at several times what is seen next."""
    t = tracks.seen.t
    parts = [_asked(tracks, int(t.min() + cut * (t.max() - t.min())), movers) for cut in CUTS] if len(t) else []
    join = lambda pick: np.concatenate([pick(p) for p in parts])  # noqa: E731
    names = parts[0].places
    return Answers(
        join(lambda p: p.kind), join(lambda p: p.truth), join(lambda p: p.moved), join(lambda p: p.seen_before),
        join(lambda p: p.in_network),
        {n: join(lambda p, n=n: p.places[n]) for n in names}, {n: join(lambda p, n=n: p.chances[n]) for n in names},
        join(lambda p: p.new),
    )  # fmt: skip


def _asked(tracks: Tracks, now: int, movers: bool) -> Answers:
    found = found_in(tracks.until(now))
    expected = forecast(found, movers)
    later = tracks.seen.t[tracks.row] > now
    first = (
        np.searchsorted(
            np.append(0, np.cumsum(later)), np.append(0, np.cumsum(later))[tracks.start[expected.subject]] + 1
        )
        - 1
    )
    again = (first >= 0) & (first < tracks.start[expected.subject + 1])
    row = tracks.row[np.minimum(first, len(tracks.row) - 1)]
    asked = again & (tracks.seen.t[row] <= now + WITHIN_DAYS * DAY)
    truth = tracks.seen.place[row]
    places, chances = {}, {}
    places["model"], chances["model"] = expected.place[:, :3], expected.chance[:, :3]
    for name, (place, chance) in _baselines(found, expected):
        places[name], chances[name] = place, chance
    known = (tracks.seen.place[found.tracks.row], np.repeat(np.arange(len(tracks.kind)), np.diff(found.tracks.start)))
    size = len(tracks.places.value)
    before = np.isin(expected.subject * size + truth, known[1] * size + known[0])
    net = tracks.net.astype(np.int64)
    inside = np.isin(net[expected.subject] * size + truth, net[known[1]] * size + known[0])
    return Answers(
        tracks.kind[expected.subject][asked], truth[asked], (truth != expected.current)[asked], before[asked],
        inside[asked],
        {n: p[asked] for n, p in places.items()}, {n: c[asked] for n, c in chances.items()}, expected.new[asked],
    )  # fmt: skip


def _baselines(found: Found, expected: Forecast) -> Iterator[tuple[str, tuple[np.ndarray, np.ndarray]]]:
    """Where it was last; where it was most; what most often followed this place, sighting by sighting."""
    tracks = found.tracks
    size = len(tracks.places.value)
    subject = np.repeat(np.arange(len(tracks.kind)), np.diff(tracks.start))
    place = tracks.seen.place[tracks.row]
    last = place[tracks.start[expected.subject + 1] - 1]
    often = _top(subject, place, expected.subject, size)
    stays = _share(
        subject[1:][subject[1:] == subject[:-1]],
        (place[1:] == place[:-1])[subject[1:] == subject[:-1]],
        expected.subject,
    )
    others = [np.where(often[0] == last[:, None], -1, often[0]), often[1]]
    yield "last place", _first(last, stays, others)
    yield "most frequent", often
    same = subject[1:] == subject[:-1]
    pair = subject[1:][same] * size + place[:-1][same]
    after = _top(pair, place[1:][same], expected.subject * size + last, size)
    yield "Markov", _first_known(after, often)


def _top(group: np.ndarray, place: np.ndarray, wanted: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The three commonest places of each wanted group, and their shares (add-one for all that was not seen)."""
    key, count = np.unique(group * size + place, return_counts=True)
    of = key // size
    order = np.lexsort((key, -count, of))
    of, key, count = of[order], key[order], count[order]
    begin, end = np.searchsorted(of, wanted), np.searchsorted(of, wanted, side="right")
    before = np.append(0, np.cumsum(count))
    total = before[end] - before[begin]
    out, share = np.full((len(wanted), 3), -1), np.zeros((len(wanted), 3))
    for k in range(3):
        has = begin + k < end
        at = np.minimum(begin + k, max(len(key) - 1, 0))
        out[has, k], share[has, k] = (key[at] % size)[has], (count[at] / (total + 1))[has]
    return out, share


def _share(group: np.ndarray, flag: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    n = np.bincount(group, minlength=wanted.max(initial=0) + 1)
    k = np.bincount(group, flag, minlength=wanted.max(initial=0) + 1)
    return ((k + 1) / (n + 2))[wanted]


def _first(place: np.ndarray, chance: np.ndarray, rest: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """One place before others, which share what is left."""
    order = np.argsort(rest[0] < 0, axis=1, kind="stable")
    others, shares = np.take_along_axis(rest[0], order, 1)[:, :2], np.take_along_axis(rest[1], order, 1)[:, :2]
    shares = np.where(others >= 0, shares, 0)
    total = np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
    return np.column_stack([place, others]), np.column_stack([chance, shares / total * (1 - chance)[:, None]])


def _first_known(
    one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The first where it knows anything, else the other."""
    use = one[0][:, :1] >= 0
    return np.where(use, one[0], other[0]), np.where(use, one[1], other[1])


def show(given: Answers) -> None:
    """Print top-1 and top-3 of every method, and whether chances mean what they say."""
    for title, rows in _groups(given):
        n = int(rows.sum())
        if n < 30:
            continue
        print(f"  next sighting, {title}: {n:,} questions, moved {given.moved[rows].mean():.2f},"
              f" to a place not seen before {1 - given.seen_before[rows].mean():.2f}")  # fmt: skip
        for name, place in given.places.items():
            hit = place[rows] == given.truth[rows, None]
            chance = np.where(place >= 0, given.chances[name], 0)[rows]
            error = _error(chance[:, 0], hit[:, 0])
            brier = ((chance - hit) ** 2).sum(axis=1) + ~hit.any(axis=1)
            half = 1.96 * np.sqrt(hit[:, 0].mean() * (1 - hit[:, 0].mean()) / n)
            print(f"    {name:<14} top-1 {hit[:, 0].mean():.3f} ± {half:.3f}  top-3 {hit.any(axis=1).mean():.3f}"
                  f"  ECE {error:.3f}  Brier {brier.mean():.3f}")  # fmt: skip
    all_chances, all_hits = given.chances["model"].ravel(), (given.places["model"] == given.truth[:, None]).ravel()
    valid = (given.places["model"] >= 0).ravel()
    rows = _portions(all_chances[valid], all_hits[valid])
    print("    model, expected/observed (n): " + ", ".join(f"{e:.2f}/{o:.2f} ({c:,})" for e, o, c in rows))
    print(f"    a new place: expected {given.new.mean():.3f}, observed (where the network was never seen)"
          f" {1 - given.in_network.mean():.3f}")  # fmt: skip


def _groups(given: Answers) -> Iterator[tuple[str, np.ndarray]]:
    yield "all", np.ones(len(given.truth), np.bool_)
    for k, name in enumerate(KINDS):
        yield f"by {name}", given.kind == k
    yield "of those who moved", given.moved


def _portions(expected: np.ndarray, hit: np.ndarray) -> list[tuple[float, float, int]]:
    portion = np.minimum((expected * 10).astype(int), 9)
    return [
        (expected[portion == k].mean(), hit[portion == k].mean(), int((portion == k).sum())) for k in np.unique(portion)
    ]


def _error(expected: np.ndarray, hit: np.ndarray) -> float:
    return sum(abs(e - o) * n for e, o, n in _portions(expected, hit)) / max(len(hit), 1)
