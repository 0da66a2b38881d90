"""Places by which leads are filtered: found as people write them, and those written nearly so where none is.

The values are names with a country, "Cork, IE". Asked for by the name alone, the country alone or both, in capitals or
not, with accents or without.
"""

from __future__ import annotations

from clew.engine.duckdb import Engine

_NEAR = 0.82  # of 1, by Jaro and Winkler
_PLAIN = r"trim(regexp_replace(strip_accents(lower({})), '[\s,]+', ' ', 'g'))"
_NAME = _PLAIN.format("regexp_replace(value, ', [A-Z]{2}$', '')")
_ASKED = _PLAIN.format("$place")
# The values of ``queue_choices`` that ``$place`` stands for.
FITTING = f"""
SELECT value FROM queue_choices WHERE kind = 'place' AND ({_PLAIN.format("value")} = {_ASKED} OR {_NAME} = {_ASKED}
    OR regexp_extract(value, ', ([A-Z]{{2}})$', 1) = upper(trim($place)))
"""


def near_places(engine: Engine, place: str, most: int = 8) -> list[str] | None:
    """The places of leads that are written nearly as one that no lead names; None where some lead names it."""
    if engine.rows(f"{FITTING} LIMIT 1", place=place):
        return None
    query = f"""
        SELECT value FROM (SELECT value, leads, jaro_winkler_similarity({_NAME}, {_ASKED}) AS near,
            contains({_NAME}, {_ASKED}) AS part FROM queue_choices WHERE kind = 'place')
        WHERE part OR near >= {_NEAR} ORDER BY near DESC, leads DESC, value LIMIT $most"""
    return [row["value"] for row in engine.rows(query, place=place, most=most)]
