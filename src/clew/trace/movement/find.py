"""All that is found of movement, as arrays: what the tables and the benchmark read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.engine.duckdb import Engine
from clew.trace.movement.clashes import Clashes, clashes
from clew.trace.movement.follow import follow
from clew.trace.movement.sightings import Tracks, read_tracks
from clew.trace.movement.stays import Moves, Stays, moves, stays


@dataclass(frozen=True)
class Found:
    """Subjects with their sightings, the way each sighting is on, and stays, moves and clashes."""

    tracks: Tracks
    way: npt.NDArray[np.int8]
    stays: Stays
    moves: Moves
    clashes: Clashes


def find(engine: Engine) -> Found:
    """Read the views and find stays, moves and clashes."""
    return found_in(read_tracks(engine))


def found_in(tracks: Tracks) -> Found:
    """The same of subjects that were read already."""
    way = follow(tracks)
    there = stays(tracks, way)
    return Found(tracks, way, there, moves(tracks, there), clashes(tracks, way))
