"""What assessing reads before networks are traced: who holds what, and what the records show by themselves.

Tracing needs nothing of it and it needs nothing of tracing, so a run reads it beside that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from clew.assess import facts
from clew.assess.arrays import Records, read_records
from clew.assess.catalogue import Indicator, catalogue
from clew.assess.held import read_held
from clew.assess.marks import Marks, find_marks, marked_items, shares
from clew.assess.mentions import Mentions
from clew.engine.duckdb import Engine


@dataclass(frozen=True)
class Prepared:
    """What `clew.assess.stage.assess` begins with.

    Attributes:
        indicators: the catalogue.
        records: the records.
        mentions: what they mention.
        marks: findings on records.
        tables: ``nets`` and those of `clew.assess.facts`; ``shares`` and ``marked_items`` of `clew.assess.marks`.
    """

    indicators: tuple[Indicator, ...]
    records: Records
    mentions: Mentions
    marks: Marks
    tables: dict[str, pa.Table]


def prepare(engine: Engine, mentions: Mentions, indicators: Sequence[Indicator] | None = None) -> Prepared:
    """Read what needs no tracing.

    Args:
        engine: holds the views ``records``, ``changes``, ``mentions``, ``template_members``, ``stages``, ``ties``,
            ``networks`` and ``network_members``; each may be empty. A session of its own: it is given tables.
        mentions: all of them, with what they show of the same indicators.
        indicators: the catalogue unless others are given.
    """
    chosen = catalogue() if indicators is None else tuple(indicators)
    tables = {"nets": engine.sql(facts.NETS), **facts.read_said(engine)}
    engine.register(tables)
    records = read_records(engine)
    held = read_held(engine, records)
    records = replace(records, words=records.words | mentions.first)
    tables |= facts.tables(records, held, facts.read_places(engine), engine.threads)
    del held
    engine.register({"all_items": tables["all_items"]})
    marks = find_marks(engine, chosen, records, mentions)
    tables |= {"shares": shares(marks, records), "marked_items": marked_items(marks, records)}
    return Prepared(chosen, records, mentions, marks, tables)
