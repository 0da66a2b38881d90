"""What indicators read: a few narrow tables made once from the tables of the stages before.

=========== ============================================================================================================
items       a record: rid, net, kind, item, platform, account, phone, place, name, template, t
entities    an identifier in a network, on two records or more: net, kind, type, h; distinct items, platforms, accounts,
            phones, places, names, templates; first_t, last_t; two records by_time (the first and last), and by_place,
            by_name, by_phone, by_account, by_platform, by_template, which differ in it if any two do (lists of rid)
steps       two consecutive records of one phone or image at different places: net, kind, type, h, rid, prev_rid, t,
            prev_t, place, prev_place, km
places      h, value, lat, lon
mentions    as in the contract, and changes
=========== ============================================================================================================

``net`` is a network's number in the order of its id. ``item``, ``place``, ``h`` … are 64-bit hashes of values: they are
only compared. ``t`` is in seconds. An indicator reads all of them through `only_kinds`: rows of the kinds it names.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clew.assess.profile import profile
from clew.engine.duckdb import Engine
from clew.extract.place import coordinates
from clew.model.tables import KINDS

# Which identifiers make entities; the others of TIES tell too little here.
_TYPES = "'phone', 'email', 'handle', 'template', 'image', 'domain', 'url', 'wallet', 'account'"
_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)
_FIELD_ORDER = "CASE field::VARCHAR WHEN 'place' THEN 0 WHEN 'title' THEN 1 WHEN 'contact' THEN 2 ELSE 3 END"

# Arrow tables that are given to the engine.
REGISTERED = ("places", "all_entities", "all_steps")

NETS = """
CREATE OR REPLACE TEMP TABLE nets AS
SELECT (row_number() OVER (ORDER BY network_id))::INTEGER AS net, network_id FROM networks
"""

# The first phone, place and name of each record; the place field goes before the text. The low half is the value.
FIRST = f"""
CREATE OR REPLACE TEMP TABLE firsts AS
WITH ranked AS (
    SELECT rid, type::VARCHAR AS type,
        ((({_FIELD_ORDER})::UHUGEINT * 4294967296 + greatest(start, 0)::UHUGEINT) << 64)
        | hash(value)::UHUGEINT AS packed
    FROM mentions WHERE type::VARCHAR IN ('phone', 'place', 'name')
)
SELECT rid,
    (min(packed) FILTER (type = 'phone') & 18446744073709551615::UHUGEINT)::UBIGINT AS phone,
    (min(packed) FILTER (type = 'place') & 18446744073709551615::UHUGEINT)::UBIGINT AS place,
    (min(packed) FILTER (type = 'name') & 18446744073709551615::UHUGEINT)::UBIGINT AS name
FROM ranked GROUP BY rid
"""

ITEMS = """
CREATE OR REPLACE TEMP TABLE all_items AS
SELECT r.rid, n.net, r.kind, hash(r.item_id) AS item, hash(r.platform) AS platform,
    CASE WHEN r.handle <> '' THEN hash(r.platform || ':' || r.handle) END AS account,
    f.phone, f.place, f.name, hash(m.template_id) AS template,
    epoch(coalesce(r.posted_at, r.captured_at))::BIGINT AS t
FROM records r
LEFT JOIN (SELECT rid, net FROM network_members JOIN nets USING (network_id)) n ON r.rid = n.rid
LEFT JOIN firsts f ON r.rid = f.rid
LEFT JOIN template_members m ON r.rid = m.rid
"""


NET_KINDS = """
CREATE OR REPLACE TEMP TABLE net_kinds AS
SELECT net, kind, count(DISTINCT item) AS items FROM all_items GROUP BY net, kind
"""

# Every record under each identifier of its network, in time. `at` is the record's place in all_items.
_HELD = f"""
SELECT i.net, i.kind::ENUM({_KINDS}) AS kind, e.type::ENUM({_TYPES}) AS type, hash(e.value) AS h, i.t, i.rowid AS at
FROM ties e JOIN all_items i ON e.rid = i.rid WHERE i.net IS NOT NULL AND e.type IN ({_TYPES})
ORDER BY i.net, kind, type, h, i.t NULLS FIRST, e.rid
"""

_PLACES = "SELECT DISTINCT value, hash(value) AS h FROM mentions WHERE type::VARCHAR = 'place' ORDER BY value"


def register_places(engine: Engine) -> None:
    """The table ``places``: where each place that is mentioned lies; null where that is not known."""
    found = engine.sql(_PLACES)
    latitude, longitude = coordinates(found.column("value"))
    columns = {
        "h": found.column("h"),
        "value": found.column("value"),
        "lat": pa.array(latitude.astype(np.float64), from_pandas=True),  # NaN: null
        "lon": pa.array(longitude.astype(np.float64), from_pandas=True),
    }
    engine.register({"places": pa.table(columns)})


def prepare(engine: Engine) -> None:
    """Make the tables above (``all_items`` … hold every kind) from the views that `clew.assess.stage.assess` names."""
    register_places(engine)
    for step in (NETS, FIRST, ITEMS, NET_KINDS):
        engine.run(step)
    items = engine.sql("SELECT rowid AS at, * EXCLUDE (net, kind) FROM all_items")
    made = profile(items, engine.sql(_HELD), engine.sql("SELECT h, lat, lon FROM places"), engine.threads)
    engine.register({"all_entities": made.entities, "all_steps": made.steps})


def only_kinds(kinds: Sequence[str], query: str) -> str:
    """A query in which ``items``, ``entities`` and ``steps`` hold records of these kinds only."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    tables = ", ".join(
        f"{t} AS (SELECT * FROM all_{t} WHERE kind IN ({listed}))" for t in ("items", "entities", "steps")
    )
    return f"WITH {tables} SELECT * FROM ({query})"
