"""What goes on in the workspace over time: how many records, where, on what; what is new; what rises unusually."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.assess.catalogue import catalogue
from clew.engine.duckdb import Engine

Row = dict[str, Any]
Ints = npt.NDArray[np.int64]

TYPES = ("platform", "place", "language")
BEFORE = 8  # weeks that say what is usual
_LEAST = 10  # records this week, below which nothing is called a rise
_FALSE = 0.05  # share of the rises shown that may be chance
_LEVEL = 0.95
MOST = 15  # rows of each list

# Records a day, for all of them (type '') and for each value of a type.
DAILY = """
WITH dated AS (SELECT net, rid, platform, coalesce(posted_at, captured_at)::DATE AS day FROM records),
said AS (
    SELECT DISTINCT net, rid, type::VARCHAR AS type, value FROM mentions WHERE type IN ('place', 'language')
)
SELECT '' AS type, '' AS value, day, count(*) AS records FROM dated WHERE day IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'platform', platform, day, count(*) FROM dated WHERE day IS NOT NULL GROUP BY ALL
UNION ALL SELECT type, value, day, count(*) FROM said JOIN dated USING (rid) WHERE day IS NOT NULL GROUP BY ALL
ORDER BY 1, 2, 3
"""

# How many records and networks show an indicator.
BASE_RATES = """
SELECT indicator, subject_kind, count(DISTINCT subject) AS shown FROM findings GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Series:
    """Records over time.

    Attributes:
        type, value: of what; empty for all.
        first: the first day.
        step: days of each count.
        counts: from the first day on.
    """

    type: str
    value: str
    first: date | None
    step: int
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Records in all."""
        return sum(self.counts)


@dataclass(frozen=True)
class Rise:
    """More records this week than the weeks before let expect.

    Attributes:
        type, value: of what.
        now: records in the last seven days.
        usual: mean of the weeks before.
        low, high: between which 95 of 100 weeks would lie if nothing had changed.
        chance: probability of so many or more if nothing had changed.
    """

    type: str
    value: str
    now: int
    usual: float
    low: int
    high: int
    chance: float


@dataclass(frozen=True)
class NewNetwork:
    """An operation whose first record is of this week."""

    network_id: str
    records: int
    first_seen: datetime
    places: int
    rank: int | None


@dataclass(frozen=True)
class BaseRate:
    """How often an indicator is seen here, as shares of records and of networks (None: not looked for on them)."""

    indicator: str
    name: str
    strength: str
    points: float
    records: float | None
    networks: float | None


@dataclass(frozen=True)
class Trends:
    """All of the overview.

    Attributes:
        records, networks, leads: how many.
        last: the newest day; "this week" is the seven days that end with it.
        series: of what was asked for.
        top: for each type its largest values.
        rises: the least likely first.
        looked: how many values were looked at for rises.
        new: the highest-ranked new operations; new_total: how many there are.
        rates: by indicator.
    """

    records: int
    networks: int
    leads: int
    last: date | None
    series: Series
    top: dict[str, list[Series]]
    rises: list[Rise]
    looked: int
    new: list[NewNetwork]
    new_total: int
    rates: list[BaseRate]


def trends(engine: Engine, type: str = "", value: str = "") -> Trends:
    """Read the overview.

    Args:
        engine: over the reading index.
        type, value: whose records the large chart shows: one of `TYPES` and its value; all where empty.
    """
    counts = engine.row(
        "SELECT (SELECT count(*) FROM records), (SELECT count(*) FROM networks), (SELECT count(*) FROM leads)"
    )
    first, last = engine.row("SELECT min(day), max(day) FROM daily WHERE type = ''")
    top = {kind: _top(engine, kind, first, last) for kind in TYPES}
    rises, looked = _rises(engine, last) if last else ([], 0)
    new, new_total = _new(engine, last) if last else ([], 0)
    return Trends(
        records=counts[0],
        networks=counts[1],
        leads=counts[2],
        last=last,
        series=_series(engine, type if type in TYPES else "", value, first, last),
        top=top,
        rises=rises,
        looked=looked,
        new=new,
        new_total=new_total,
        rates=_rates(engine, counts[0], counts[1]),
    )


def unusual(
    counts: np.ndarray[Any, np.dtype[np.int64]], now: np.ndarray[Any, np.dtype[np.int64]]
) -> np.ndarray[Any, Any]:
    """Which weeks are higher than the weeks before let expect.

    Counts of adverts vary more than chance alone would let them (one operation posts many), so the week is compared
    with a negative binomial whose mean is that of the weeks before and whose variance is theirs where it is above the
    mean, with the uncertainty of the mean added (after Farrington et al., J. R. Stat. Soc. A 159, 1996, without their
    seasons, for which there are too few weeks).

    Args:
        counts: int64[n, weeks] of the weeks before.
        now: int64[n] of this week.

    Returns:
        float64[n, 4]: usual, low, high (95 of 100 weeks), probability of so many or more.
    """
    from scipy.stats import nbinom  # takes a second to load, and is needed by few

    weeks = counts.shape[1]
    mean = np.maximum(counts.mean(axis=1), 0.5)
    spread = np.maximum(counts.var(axis=1, ddof=1), mean * 1.0001)
    variance = spread * (1 + 1 / weeks)
    size = mean**2 / (variance - mean)
    law = nbinom(size, size / (size + mean))
    tail = (1 - _LEVEL) / 2
    return np.stack([mean, law.ppf(tail), law.ppf(1 - tail), law.sf(now - 1)], axis=1)


def _rises(engine: Engine, last: date) -> tuple[list[Rise], int]:
    """The rises whose false discovery rate is bounded (Benjamini and Hochberg 1995), and how many were looked at."""
    query = """
        SELECT type, value, ($last::DATE - day) // 7 AS week, sum(records)::BIGINT AS records FROM daily
        WHERE type <> '' AND day > $last::DATE - 7 * ($weeks + 1) GROUP BY ALL ORDER BY ALL"""
    rows = engine.rows(query, last=last, weeks=BEFORE)
    table: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        table.setdefault((row["type"], row["value"]), [0] * (BEFORE + 1))[row["week"]] += row["records"]
    kept = [(key, weeks) for key, weeks in table.items() if weeks[0] >= _LEAST]
    if not kept:
        return [], 0
    weeks = np.array([w for _, w in kept], np.int64)
    found = unusual(weeks[:, 1:], weeks[:, 0])
    order = np.argsort(found[:, 3], kind="stable")
    below = found[order, 3] <= _FALSE * (np.arange(len(order)) + 1) / len(order)
    shown = order[: int(np.flatnonzero(below)[-1]) + 1] if below.any() else order[:0]
    return [_rise(kept[i][0], kept[i][1], found[i]) for i in shown[:MOST].tolist()], len(kept)


def _rise(key: tuple[str, str], weeks: list[int], found: npt.NDArray[np.float64]) -> Rise:
    usual, low, high, chance = found.tolist()
    return Rise(key[0], key[1], weeks[0], usual, int(low), int(high), chance)


def _series(engine: Engine, type: str, value: str, first: date | None, last: date | None, most: int = 120) -> Series:
    """Records a day of one value; of several days together where there are too many days for a chart."""
    if first is None or last is None:
        return Series(type, value, None, 1, ())
    days = (last - first).days + 1
    step = next(s for s in (1, 7, 14, 28, 84, 364, 3640) if days <= s * most or s == 3640)
    begin = last - timedelta(days=step * -(-days // step) - 1)
    query = """SELECT (day - $begin::DATE) // $step AS at, sum(records)::BIGINT AS records
        FROM daily WHERE type = $type AND value = $value GROUP BY ALL"""
    counts = [0] * -(-days // step)
    for row in engine.rows(query, begin=begin, step=step, type=type, value=value if type else ""):
        counts[row["at"]] = row["records"]
    return Series(type, value, begin, step, tuple(counts))


def _top(engine: Engine, type: str, first: date | None, last: date | None) -> list[Series]:
    query = "SELECT value FROM daily WHERE type = $type GROUP BY value ORDER BY sum(records) DESC, value LIMIT $most"
    names = [row["value"] for row in engine.rows(query, type=type, most=MOST)]
    return [_series(engine, type, name, first, last, 26) for name in names]


def _new(engine: Engine, last: date) -> tuple[list[NewNetwork], int]:
    query = """
        SELECT network_id, n.records, first_seen, places, rank, count(*) OVER () AS total
        FROM networks n LEFT JOIN (SELECT net, rank FROM leads) USING (net)
        WHERE first_seen::DATE > $last::DATE - 7 ORDER BY rank NULLS LAST, n.records DESC, network_id LIMIT $most"""
    rows = engine.rows(query, last=last, most=MOST)
    total = rows[0]["total"] if rows else 0
    names = ("network_id", "records", "first_seen", "places", "rank")
    return [NewNetwork(**{name: row[name] for name in names}) for row in rows], total


def _rates(engine: Engine, records: int, networks: int) -> list[BaseRate]:
    shown = {(r["indicator"], r["subject_kind"]): r["shown"] for r in engine.sql("FROM base_rates").to_pylist()}
    found = []
    for i in catalogue():
        if i.measured:
            on_records = shown.get((i.id, "record"), 0) / max(records, 1) if i.subject == "record" else None
            on_networks = shown.get((i.id, "network"), 0) / max(networks, 1)
            found.append(BaseRate(i.id, i.name, i.strength, i.points, on_records, on_networks))
    return sorted(found, key=lambda rate: (-(rate.networks or 0), rate.indicator))
