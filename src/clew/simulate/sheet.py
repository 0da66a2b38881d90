"""The sheet of a world: one row an advert in order of publication, all that is needed to write it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clew.simulate.banks import LANGUAGES
from clew.simulate.contacts import draw_phones, draw_pictures, draw_texts
from clew.simulate.events import PLATFORMS, Events, country_of, draw_events, moves
from clew.simulate.hashing import Ints, pick, unit
from clew.simulate.knobs import AGENCY, HOTLINE, INDEPENDENT, NOISE, RING, SIGNALS, SPAM, VENUE, Knobs
from clew.simulate.numbers import helpline, national
from clew.simulate.operations import DAY, Operations, draw_operations
from clew.simulate.places import COUNTRIES

CHUNK = 8_192


@dataclass(frozen=True)
class Sheet:
    """A world before it is written.

    Attributes:
        operations: who is in it.
        table: columns by name, rows in order of publication.
        movements: see `moves`; ``row`` counts in the order of publication.
        pictures: how many pictures there are.
        resold: how many texts are on sale.
    """

    operations: Operations
    table: dict[str, NDArray[np.generic]]
    movements: dict[str, Ints]
    pictures: int
    resold: int

    @property
    def count(self) -> int:
        """How many adverts."""
        return int(self.table["t"].size)

    def rows(self, start: int) -> pa.RecordBatch:
        """One chunk of rows, from ``start``."""
        return pa.record_batch({name: pa.array(column[start : start + CHUNK]) for name, column in self.table.items()})


def draw_sheet(ads: int, knobs: Knobs, seed: int) -> Sheet:
    """Draw a world of ``ads`` adverts."""
    operations = draw_operations(ads, knobs, seed)
    events = draw_events(operations, knobs, seed)
    columns = _columns(operations, events, knobs, seed)
    texts = draw_texts(operations, events, knobs, seed)
    columns |= {
        "text": texts.text,
        "alone": texts.alone,
        "language": _text_language(operations, events, texts.text, texts.resold, seed),
        "signals": _signals(operations, events, texts.text, texts.resold, knobs, seed),
    }
    pictures = draw_pictures(operations, events, knobs, seed)
    columns |= {f"image{place}": pictures.images[:, place] for place in range(4)}
    order = np.lexsort((np.arange(events.count), events.t)).astype(np.int32)
    place = np.empty_like(order)
    place[order] = np.arange(order.size, dtype=np.int32)
    movements = moves(events, operations)
    row, before = movements["row"], movements.pop("before")
    same_text = texts.text[row] == texts.text[before]
    movements["how"] = np.where(events.version[row] > 1, 0, np.where(same_text, 1, 2))
    movements["row"] = place[movements["row"]].astype(np.int64)
    for name in list(columns):
        columns[name] = columns[name][order]
    return Sheet(operations, columns, movements, pictures.total, texts.resold)


def _columns(operations: Operations, events: Events, knobs: Knobs, seed: int) -> dict[str, NDArray[np.generic]]:
    """Columns that do not hang on texts and pictures."""
    op, rows = events.op, np.arange(events.count)
    country = country_of(events.city)
    phones = draw_phones(operations, events, knobs, seed)
    columns: dict[str, NDArray[np.generic]] = {
        "op": op,
        "kind": operations.kind[op],
        "exploited": operations.exploited[op],
        "person": events.person,
        "t": events.t,
        "item": events.item,
        "version": events.version,
        "platform": events.platform,
        "city": events.city,
        "country": country.astype(np.int8),
        "posting": events.posting,
        "helpline": _helpline_numbers(country, phones.helpline, seed),
        "obscured": _obscured(operations, events, knobs, seed),
        "changes": _changes(events, knobs, seed),
    }
    for name, ids in (("own", phones.own), ("second", phones.second), ("board", phones.board)):
        known = np.maximum(ids, 0)
        number = national(seed, phones.country[known].astype(np.int64), phones.index[known].astype(np.int64))
        columns[name] = np.where(ids < 0, 0, number)
        columns[f"{name}_country"] = phones.country[known]
    footer = unit(seed, "footer-platform", np.arange(PLATFORMS)) < knobs.footer_platforms
    columns["footer"] = footer[events.platform] & (unit(seed, "footer", events.item) < knobs.footer_rate)
    return columns | _contacts(operations, events, columns, knobs, seed) | {"chance": unit(seed, "row", rows)}


def _contacts(
    operations: Operations, events: Events, columns: dict[str, NDArray[np.generic]], knobs: Knobs, seed: int
) -> dict[str, NDArray[np.generic]]:
    """Ids of the handle, mail, site, wallet and account in each advert, -1 for none."""
    op, item = events.op, events.item
    ops = np.arange(operations.count)
    found: dict[str, NDArray[np.generic]] = {}
    without = (columns["own"] == 0) & (columns["board"] == 0) & (operations.kind[op] != NOISE)
    for name, chances, share in knobs.contacts:
        has = unit(seed, f"has-{name}", ops) < np.array(chances)[operations.kind]
        shows = has[op] & (unit(seed, f"shows-{name}", item) < share)
        if name == "handle":
            shows |= without  # an advert without a number has to say something else
        # A large ring has two or three of each; spam and the rest one.
        several = np.where(operations.kind == RING, 1 + operations.people // 12, 1)
        found[name] = np.where(shows, op * 8 + (events.person % several[op]).astype(np.int32), np.int32(-1))
    # City guides: a channel that many unrelated advertisers name.
    listed = np.isin(operations.kind[op], (INDEPENDENT, RING, AGENCY, VENUE))
    found["guide"] = np.where(
        listed & (unit(seed, "guide", item) < knobs.guides), columns["country"].astype(np.int64), -1
    )
    managed = np.isin(operations.kind, (RING, AGENCY, VENUE, SPAM))
    accounts = np.where(managed, 1 + operations.people // 5, 1)
    slot = events.person % np.minimum(accounts[op], 16)
    # Some who manage adverts take a new account every month; half of the platforms show none.
    fresh = managed & (unit(seed, "new-accounts", ops) < knobs.new_accounts)
    month = np.where(fresh[op], events.t[item] // (30 * DAY), 0)
    shown = unit(seed, "shows-accounts", np.arange(PLATFORMS)) < knobs.account_platforms
    account = ((op.astype(np.int64) * 16 + slot) * 16 + month) * PLATFORMS + events.platform
    found["username"] = np.where(shown[events.platform], account, -1)
    return found


def _helpline_numbers(country: NDArray[np.int16], which: NDArray[np.int8], seed: int) -> Ints:
    """National number of the helpline in each advert, 0 for none."""
    numbers = np.array([[helpline(seed, at, place) for place in range(3)] for at in range(len(COUNTRIES))])
    return np.where(which < 0, 0, numbers[country, np.maximum(which, 0)])


def _obscured(operations: Operations, events: Events, knobs: Knobs, seed: int) -> NDArray[np.bool_]:
    """Whether the number in each advert is obscured: a habit of the operation, kept to in most adverts."""
    ops = np.arange(operations.count)
    chance = np.array(knobs.obscures)[operations.exploited.astype(np.int64)]
    for kind, factor in ((AGENCY, 0.4), (VENUE, 0.3), (NOISE, 0.15), (HOTLINE, 0.0)):
        chance = np.where((operations.kind == kind) & ~operations.exploited, chance * factor, chance)
    habit = unit(seed, "obscures", ops) < chance
    rate = np.where(habit, 0.8, np.where(np.isin(operations.kind, (NOISE, HOTLINE)), 0.0, 0.04))
    return unit(seed, "obscured", events.item) < rate[events.op]


def _changes(events: Events, knobs: Knobs, seed: int) -> NDArray[np.float32]:
    """Share of words changed in each advert against its text; later versions and cross-posts repeat the posting's."""
    draws = unit(seed, "unedited", events.posting)
    share = np.where(draws < knobs.unedited, 0.0, knobs.edit_most * unit(seed, "changes", events.posting))
    return share.astype(np.float32)


def _text_language(operations: Operations, events: Events, text: Ints, resold: int, seed: int) -> NDArray[np.int8]:
    """Language of each advert's text: that of the operation, now and then English; one language a text."""
    language = operations.language[events.op].astype(np.int64)
    english = (unit(seed, "in-english", text) < 0.12) & (text >= resold)
    return np.where(english, LANGUAGES.index("en"), language).astype(np.int8)


def _signals(
    operations: Operations, events: Events, text: Ints, resold: int, knobs: Knobs, seed: int
) -> NDArray[np.int16]:
    """Bits of `SIGNALS` in each text: how many first, then which; more, and others, where people are exploited."""
    texts, first, inverse = np.unique(text, return_index=True, return_inverse=True)
    own, op = texts >= resold, events.op[first]
    kind, exploited = operations.kind[op], operations.exploited[op] & own
    draws = unit(seed, "signals", texts)
    count = np.where(exploited, pick(knobs.signs[1], draws), pick(knobs.signs[0], draws))
    plural = np.isin(kind, (AGENCY, VENUE)) & own
    count = np.where(np.isin(kind, (NOISE, HOTLINE)), 0, np.where(plural, np.maximum(count, 1), count))
    keys = np.empty((texts.size, len(SIGNALS)))
    for bit, weights in enumerate(knobs.wording):
        weight = np.where(exploited, weights[1], np.where(plural, weights[2], weights[0]))
        # An operation has its manner: what it says in one text it rather says in the next.
        manner = np.where(unit(seed, f"manner-{bit}", np.where(own, op, -1)) < 0.5, 1.6, 0.4)
        # The largest of u ** (1 / weight) are a weighted sample (Efraimidis and Spirakis 2006).
        keys[:, bit] = unit(seed, f"signal-{bit}", texts) ** (1.0 / (weight * manner))
    rank = np.argsort(np.argsort(-keys, axis=1, kind="stable"), axis=1, kind="stable")
    bits = ((rank < count[:, None]) << np.arange(len(SIGNALS))).sum(axis=1)
    return np.asarray(bits[inverse], dtype=np.int16)
