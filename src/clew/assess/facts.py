"""What indicators read: a few narrow tables made once from the tables of the stages before.

=========== ============================================================================================================
items       a record: rid, net, kind, item, platform, account, title, phone, place, name, template, t
entities    an identifier in a network, on two records or more: net, kind, type, h; networks (in how many it stands at
            all); desk (a number that is no one person's, as one that is free of charge); records; distinct items,
            platforms, accounts, titles, phones, places, names, templates; first_t, last_t; two records by_time (the
            first and last), and by_place, by_name, by_phone, by_account, by_platform, by_title, by_template, which
            differ in it if any two do (lists of rid)
steps       two consecutive records of one image or phone (but no desk's) at different places: net, kind, type, h, rid,
            prev_rid, t, prev_t, place, prev_place, km; stay (seconds until the next step, null for the last)
places      h, value, lat, lon
said        what records that are no adverts mention: rid, type (wording, price, claim, company, phone, email), value,
            field, start, end
told        the signs of stages that count in a conversation: rid, conversation_id, stage, actor, field, start, end
mentions    as in the contract, and changes, conversations, conversation_members, control, money_signs, payment_matches
=========== ============================================================================================================

``net`` is a network's number in the order of its id. ``item``, ``place``, ``h`` … are 64-bit hashes of values: they are
only compared; a title is that of an offer or page. ``t`` is in seconds. An indicator reads all of them through
`only_kinds`: rows of the kinds it names.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clew.assess.arrays import Records, distinct
from clew.assess.held import Held
from clew.assess.profile import entities, steps
from clew.engine.duckdb import Engine
from clew.extract.place import coordinates
from clew.model.tables import KINDS

NETS = """
SELECT (row_number() OVER (ORDER BY network_id) - 1)::INTEGER AS net, network_id FROM networks ORDER BY net
"""

# Made once: an indicator that read all mentions of a million adverts to find none would cost a second each.
_SAID = """
SELECT m.rid, m.type::VARCHAR AS type, m.value, m.field::VARCHAR AS field, m.start, m."end"
FROM mentions m SEMI JOIN (SELECT rid FROM records WHERE kind <> 'ad') r USING (rid)
WHERE m.type::VARCHAR IN ('wording', 'hint', 'price', 'claim', 'company', 'phone', 'email')
"""
_TOLD = """
SELECT s.rid, t.conversation_id, t.stage, t.actor, s.field, s.start, s."end"
FROM (SELECT conversation_id, stage, actor, unnest(rids) AS rid FROM stages) t JOIN said s USING (rid)
WHERE s.type IN ('wording', 'hint') AND s.value = t.stage
"""
_NO_ADVERT = "SELECT 1 FROM records WHERE kind <> 'ad' LIMIT 1"

_PLACES = "SELECT DISTINCT value, hash(value) AS h FROM mentions WHERE type::VARCHAR = 'place' ORDER BY value"


def read_said(engine: Engine) -> dict[str, pa.Table]:
    """The tables ``said`` and ``told``."""
    few = "" if engine.sql(_NO_ADVERT).num_rows else " LIMIT 0"
    said = engine.sql(_SAID + few)
    return {"said": said, "told": engine.sql(_TOLD, {"said": said})}


def read_places(engine: Engine) -> pa.Table:
    """The table ``places``: where each place that is mentioned lies; null where that is not known."""
    found = engine.sql(_PLACES)
    latitude, longitude = coordinates(found.column("value"))
    columns = {
        "h": found.column("h"),
        "value": found.column("value"),
        "lat": pa.array(latitude.astype(np.float64), from_pandas=True),  # NaN: null
        "lon": pa.array(longitude.astype(np.float64), from_pandas=True),
    }
    return pa.table(columns)


def tables(records: Records, held: Held, places: pa.Table, threads: int) -> dict[str, pa.Table]:
    """The tables above (``all_items`` … hold every kind)."""
    return {
        "places": places,
        "all_items": records.table(),
        "all_entities": entities(records, held, threads),
        "all_steps": steps(records, held, places),
        "net_kinds": _net_kinds(records),
    }


def _net_kinds(records: Records) -> pa.Table:
    """The items and texts of each kind in each network: net (null: in none), kind, items, texts."""
    group = (records.net.astype(np.int64) + 1) * len(KINDS) + records.kind
    found, items = distinct(group, records.words["item"])
    texts = distinct(group, records.text)[1]
    net = found // len(KINDS) - 1
    kinds = pa.DictionaryArray.from_arrays(pa.array(found % len(KINDS), pa.int8()), pa.array(KINDS))
    columns = {"net": pa.array(net.astype(np.int32), mask=net < 0), "kind": kinds}
    return pa.table(columns | {"items": items, "texts": texts})


def only_kinds(kinds: Sequence[str], query: str) -> str:
    """A query in which ``items``, ``entities`` and ``steps`` hold records of these kinds only."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    named = [t for t in ("items", "entities", "steps") if t in query]
    tables = ", ".join(f"{t} AS (SELECT * FROM all_{t} WHERE kind IN ({listed}))" for t in named)
    return f"{'WITH' if named else ''} {tables} SELECT * FROM ({query})"
