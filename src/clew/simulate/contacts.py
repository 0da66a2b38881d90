"""Which number, handle, mail, text and picture stands in which advert: numbers of things, not yet their spelling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.simulate.events import PLATFORMS, Events
from clew.simulate.hashing import Ints, below, pick, tailed, unit
from clew.simulate.knobs import AGENCY, HOTLINE, INDEPENDENT, NOISE, RING, SPAM, VENUE, Knobs
from clew.simulate.operations import DAY, Operations
from clew.simulate.places import COUNTRIES

NONE = -1


@dataclass(frozen=True)
class Phones:
    """Telephone numbers by id, and which stand in each advert.

    Attributes:
        country: of each number.
        index: place of each number in its country's plan; recycled numbers share that of an earlier one.
        own: id of the number in each advert, -1 for none.
        second: a second number of the operation, or -1.
        board: id of a rented switchboard's number, or -1.
        helpline: index of a helpline's number in the country of the advert's city, or -1.
    """

    country: NDArray[np.int8]
    index: NDArray[np.int32]
    own: NDArray[np.int32]
    second: NDArray[np.int32]
    board: NDArray[np.int32]
    helpline: NDArray[np.int8]


def draw_phones(operations: Operations, events: Events, knobs: Knobs, seed: int) -> Phones:
    """Give every advert its numbers."""
    op, rows = events.op.astype(np.int64), np.arange(events.count)
    slot, epoch = _slots(operations, events, knobs, seed)
    keys = (op * 4096 + slot) * 512 + epoch
    unique, own = np.unique(keys, return_inverse=True)
    owner = unique // (4096 * 512)
    country = operations.country[owner].astype(np.int64)
    abroad = unit(seed, "phone-abroad", unique) < np.where(operations.kind[owner] == RING, 0.15, 0.07)
    country = np.where(abroad, below(len(COUNTRIES), seed, "phone-country", unique), country)
    index = _recycle(owner, own, events.t, country, operations, knobs, seed)
    # A second own number now and then ties the numbers of an operation together.
    first, last = np.searchsorted(owner, op, "left"), np.searchsorted(owner, op, "right")
    other = first + below(last - first, seed, "second", rows)
    manages = np.isin(operations.kind[op], (RING, AGENCY, VENUE))
    second = np.where((unit(seed, "two", rows) < np.where(manages, 0.08, 0.02)) & (other != own), other, NONE)
    second[operations.kind[op] == SPAM] = NONE
    silent = unit(seed, "silent", events.item) < np.where(operations.kind[op] == NOISE, 0.35, 0.04)
    board, country, index = _boards(operations, events, knobs, seed, country, index)
    replaced = (board != NONE) & (unit(seed, "board-only", rows) < 0.35)
    own = np.where(silent | replaced, NONE, own)
    return Phones(
        country=country.astype(np.int8),
        index=index.astype(np.int32),
        own=own.astype(np.int32),
        second=np.where(own == NONE, NONE, second).astype(np.int32),
        board=board.astype(np.int32),
        helpline=_helplines(operations, events, knobs, seed),
    )


def _slots(operations: Operations, events: Events, knobs: Knobs, seed: int) -> tuple[Ints, Ints]:
    """Which of its numbers an operation shows (below 4096) and the how-manieth after changes (below 512)."""
    ops = np.arange(operations.count)
    kind = operations.kind
    held = np.ones(operations.count, dtype=np.int64)
    held = np.where(kind == RING, 1 + operations.people // (2 + below(2, seed, "share-phone", ops)), held)
    held = np.where(np.isin(kind, (AGENCY, VENUE)), 1 + below(2, seed, "lines", ops), held)
    op = events.op
    slot = np.where(kind[op] == AGENCY, below(held[op], seed, "line", events.item), events.person % held[op])
    # Spam writes numbers at random: a new one for each advert, or one of a few dozen.
    random = np.where(unit(seed, "spam-pool", op) < 0.5, 4000, 30)
    slot = np.where(kind[op] == SPAM, below(random, seed, "spam-phone", events.posting), slot)
    low, high = knobs.burner_days
    burner = unit(seed, "burner", ops) < np.array(knobs.burners)[kind]
    life = np.where(burner, low + (high - low) * unit(seed, "burner-life", ops), 90 + 400 * unit(seed, "life", ops))
    epoch = (events.t + np.floor(unit(seed, "phase", op, slot) * life[op] * DAY).astype(np.int64)) // np.floor(
        life[op] * DAY
    ).astype(np.int64)
    return slot, np.where(kind[op] == SPAM, 0, epoch)


def _recycle(
    owner: Ints, own: Ints, t: NDArray[np.int32], country: Ints, operations: Operations, knobs: Knobs, seed: int
) -> Ints:
    """Place of each number in its country's plan; some take over that of an earlier number no longer in use."""
    ids = np.arange(owner.size)
    first = np.full(owner.size, np.iinfo(np.int32).max)
    last = np.zeros(owner.size, dtype=np.int64)
    np.minimum.at(first, own, t)
    np.maximum.at(last, own, t)
    index = ids.copy()
    order = np.lexsort((ids, country))
    where = np.searchsorted(country[order], np.arange(len(COUNTRIES) + 1))
    size = np.diff(where)
    # Try a few donors of the same country for each; the first that was given up in time is taken.
    wants = unit(seed, "recycled", ids) < knobs.recycled * 2
    for attempt in range(4):
        donor = order[where[country] + below(size[country], seed, "donor", ids, attempt)]
        fits = wants & ~wants[donor] & (last[donor] + 10 * DAY < first) & (owner[donor] != owner)
        index[fits] = donor[fits]
        wants = wants & ~fits
    return index


def _boards(
    operations: Operations, events: Events, knobs: Knobs, seed: int, country: Ints, index: Ints
) -> tuple[Ints, Ints, Ints]:
    """Switchboard number of each advert (or -1), and the tables of numbers with the boards added."""
    ops = np.arange(operations.count)
    rents = unit(seed, "rents", ops) < np.array(knobs.rents_board)[operations.kind]
    boards_in = np.maximum(
        1,
        np.bincount(operations.country[rents], minlength=len(COUNTRIES)) // int(knobs.operations_per_board),
    )
    first = np.concatenate([[0], np.cumsum(boards_in)])
    # Some boards have many renters, most a few.
    home = operations.country
    choice = np.floor(boards_in[home] * unit(seed, "which-board", ops) ** 1.7).astype(np.int64)
    board = first[home] + choice
    shown = rents[events.op] & (unit(seed, "shows-board", events.item) < 0.3)
    added = np.repeat(np.arange(len(COUNTRIES)), boards_in)
    start = country.size
    return (
        np.where(shown, start + board[events.op], NONE),
        np.concatenate([country, added]),
        np.concatenate([index, start + np.arange(added.size)]),
    )


def _helplines(operations: Operations, events: Events, knobs: Knobs, seed: int) -> NDArray[np.int8]:
    """Which of a country's three helplines stands in each advert, or -1."""
    platform = events.platform.astype(np.int64)
    adds = unit(seed, "helpline-platform", np.arange(PLATFORMS)) < knobs.helpline_platforms
    shown = adds[platform] & (unit(seed, "helpline", events.item) < knobs.helpline_rate)
    shown |= operations.kind[events.op] == HOTLINE
    which = pick([0.6, 0.3, 0.1], unit(seed, "which-helpline", events.item))
    return np.where(shown, which, NONE).astype(np.int8)


@dataclass(frozen=True)
class Texts:
    """Texts by id, and which stands in each advert.

    Attributes:
        text: id of each advert's text. Below ``resold`` they are on sale to all operations of a language.
        resold: how many ids are texts on sale.
        alone: whether a text stands in this advert only.
    """

    text: NDArray[np.int64]
    resold: int
    alone: NDArray[np.bool_]


def draw_texts(operations: Operations, events: Events, knobs: Knobs, seed: int) -> Texts:
    """Give every advert its text."""
    ops = np.arange(operations.count)
    kind = operations.kind
    held = np.ones(operations.count, dtype=np.int64)
    many = 1 + np.floor(np.minimum(operations.people, 40) / 4).astype(np.int64)
    held = np.where(kind == RING, 1 + below(many + 1, seed, "texts", ops), held)
    held = np.where(np.isin(kind, (AGENCY, VENUE)), 1 + below(many, seed, "texts", ops), held)
    held = np.where(kind == INDEPENDENT, 1 + below(3, seed, "texts", ops), held)
    op, posting = events.op, events.posting.astype(np.int64)
    # Some texts go with a person, the others are used by all.
    own = np.where(
        unit(seed, "text-how", posting) < 0.7,
        events.person % held[op],
        below(held[op], seed, "text-which", posting),
    )
    languages = int(operations.language.max()) + 1
    counts = np.bincount(operations.language, minlength=languages)
    on_sale = np.maximum(2, counts // int(knobs.operations_per_resold))
    first = np.concatenate([[0], np.cumsum(on_sale)])
    resold = int(first[-1])
    buys = unit(seed, "buys", ops) < np.array(knobs.resold)[kind]
    language = operations.language
    popular = np.floor(tailed(1, 1000, 0.5, unit(seed, "bought", ops))).astype(np.int64)
    bought = first[language] + popular % on_sale[language]
    uses = buys[op] & (unit(seed, "uses-bought", posting) < np.where(kind[op] == SPAM, 1.0, 0.4))
    alone = ~uses & (unit(seed, "alone", posting) < np.array(knobs.fresh)[kind[op]])
    text = np.where(uses, bought[op], resold + op.astype(np.int64) * 64 + own)
    text = np.where(alone, resold + operations.count * 64 + posting, text)
    # A text written for one posting that went to several platforms is a family all the same.
    once = np.bincount(posting, minlength=posting.size)[posting] == 1
    return Texts(text, resold, alone & once)


@dataclass(frozen=True)
class Pictures:
    """Which pictures stand in each advert: ids, -1 for none, a column a place.

    Attributes:
        images: ids by advert, up to three own ones and one of somebody else.
        total: how many pictures there are.
    """

    images: NDArray[np.int32]
    total: int


def draw_pictures(operations: Operations, events: Events, knobs: Knobs, seed: int) -> Pictures:
    """Give every advert its pictures: four a person, some of them stolen or stock."""
    op, posting = events.op, events.posting.astype(np.int64)
    kind = operations.kind
    each = np.where(kind == NOISE, 1, 4)
    first = np.concatenate([[0], np.cumsum(operations.people * each)])
    stock = max(4, operations.count // 300)  # the first ids: pictures that circulate
    many = below(4, seed, "pictures", posting)
    many = np.where(np.isin(kind[op], (NOISE, HOTLINE)), np.minimum(many, 1), many)
    images = np.full((events.count, 4), NONE, dtype=np.int64)
    for place in range(3):
        which = below(each[op], seed, "picture", posting, place)
        images[:, place] = np.where(many > place, stock + first[op] + events.person * each[op] + which, NONE)
    steals = unit(seed, "steals", np.arange(operations.count)) < np.array(knobs.stolen)[kind]
    shown = steals[op] & (unit(seed, "shows-stolen", posting) < 0.35)
    popular = np.floor(stock * unit(seed, "stock", op, posting % 3) ** 2.5).astype(np.int64)
    # Half circulate widely, half were taken from one independent worker.
    victim = stock + below(int(first[-1]), seed, "victim", op, posting % 3)
    images[:, 3] = np.where(shown, np.where(unit(seed, "stolen-kind", op) < 0.5, popular, victim), NONE)
    return Pictures(images.astype(np.int32), stock + int(first[-1]))
