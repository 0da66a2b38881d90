"""Writes the money of a world with its truth, beside its adverts, offers and chats."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from clew.simulate.money.chats import read_spoken
from clew.simulate.money.knobs import Money
from clew.simulate.money.truths import Truths
from clew.simulate.money.world import draw_money
from clew.simulate.money.write import Lines, names, spelling, write_prices
from clew.simulate.recruitment.outfits import Outfit
from clew.simulate.sheet import Sheet


def write(part: Path, sheet: Sheet, outfits: list[Outfit], count: int, seed: int, knobs: Money) -> int:
    """Write payments, coins, prices and their truth; returns how many payments.

    Args:
        part: the folder, in which adverts, chats and their truth are already.
        sheet: the adverts.
        outfits: who recruits and exploits.
        count: how many payments; with 0 nothing is written.
        seed: of the world.
        knobs: parameters.
    """
    if not count:
        return 0
    drawn = draw_money(sheet, outfits, read_spoken(part), count, seed, knobs)
    spelt, native = spelling(drawn), names(drawn.rows, seed)
    lines = Lines(drawn, spelt, native)
    for name, parts in (("payments.jsonl", lines.plain()), ("crypto.jsonl", lines.coins())):
        with (part / name).open("wb") as file:
            file.writelines(parts)
    write_prices(part, drawn, spelt)
    ads = pq.read_table(part / "truth" / "records.parquet", columns=["native_id"])["native_id"].combine_chunks()
    Truths(drawn, sheet, spelt, native, ads).save(part)
    return int(drawn.rows.size)
