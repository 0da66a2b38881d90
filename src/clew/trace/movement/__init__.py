"""Movement: where whom a network shows was, and where next; see docs/methods-movement.md."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.trace.movement import tables
from clew.trace.movement.find import found_in
from clew.trace.movement.forecast import forecast, with_bookings
from clew.trace.movement.sightings import read_tracks

__all__ = ["movement"]


def movement(engine: Engine) -> dict[str, pa.Table]:
    """Find stays, moves, clashes and patterns, and expect where next.

    Args:
        engine: holds the views ``records``, ``mentions``, ``changes``, ``ties``, ``template_members``,
            ``image_members``, ``networks`` and ``network_members``; each may be empty.

    Returns:
        STAYS, MOVES, CLASHES, PATTERNS and FORECASTS, by name.
    """
    tracks = read_tracks(engine)
    found = found_in(tracks)
    planned = bool(np.any(tracks.seen.t[tracks.row] > tracks.now))
    known = found_in(tracks.until(tracks.now)) if planned else found
    expected = with_bookings(forecast(known), known, tracks) if planned else forecast(known)
    return {
        "stays": tables.stays_table(found),
        "moves": tables.moves_table(found),
        "clashes": tables.clashes_table(found),
        "patterns": tables.patterns_table(found),
        "forecasts": tables.forecasts_table(known, expected),
    }
