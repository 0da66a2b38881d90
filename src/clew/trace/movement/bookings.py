"""stub"""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine


def read_bookings(engine: Engine, sort: int) -> pa.Table:
    """None."""
    return engine.sql("SELECT *, '' AS place, '' AS who FROM trace_timed LIMIT 0")
