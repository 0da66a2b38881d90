"""Writes the money of a world with its truth, beside its adverts, offers and chats."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from clew.simulate.money.chats import read_spoken
from clew.simulate.money.formats import camt, mt940, tables
from clew.simulate.money.knobs import Money
from clew.simulate.money.spell import Spelling
from clew.simulate.money.statements import chosen, statements
from clew.simulate.money.travel import Post, Row
from clew.simulate.money.truths import Truths, save
from clew.simulate.money.world import Drawn, draw_money
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
    truths = Truths(drawn, sheet, spelt, native, ads)
    post = Post(drawn, spelt, lines, truths, knobs).write()
    (part / "travel.mbox").write_bytes(post.mails)
    save(part, "travel", post.rows)
    save(part, "statements", _statements(part, drawn, spelt, lines, knobs))
    truths.save(part)
    return int(drawn.rows.size)


def _statements(part: Path, drawn: Drawn, spelt: Spelling, lines: Lines, knobs: Money) -> list[Row]:
    """Write the statements of some accounts; returns the truth about them."""
    low, high = knobs.statements
    accounts = chosen(drawn, spelt, min(high, max(low, drawn.rows.size // 1_000)))
    held = {kind: list(statements(drawn, spelt, lines, some, knobs.gaps)) for kind, some in accounts.items()}
    (part / "statements.camt053.xml").write_text(camt(held["camt"]), "utf-8")
    (part / "statements.mt940").write_text(mt940(held["mt940"]), "ascii", newline="")
    files = {"camt": "statements.camt053.xml", "mt940": "statements.mt940"}
    tabled = tables(held["csv"])
    for name, text in tabled.items():
        (part / name).write_text(text, "utf-8", newline="")
    owners = dict(zip(dict.fromkeys(one.account for one in held["csv"]), tabled, strict=True))
    return [
        (
            files.get(kind) or owners[one.account], kind, one.account, one.number, one.currency,
            Decimal(one.opening).scaleb(-2), Decimal(one.closing).scaleb(-2), len(one.entries), one.missing,
        )
        for kind, some in held.items()
        for one in some
    ]  # fmt: skip
