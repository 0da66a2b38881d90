"""What of a network could be frozen or seized: accounts, wallets, domains, phones, vehicles, premises, and turnover."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.assets.accounts import ACCOUNTS
from clew.trace.assets.contacts import domains, phones
from clew.trace.assets.places import RENTED, named_in_texts


def assets(engine: Engine) -> dict[str, pa.Table]:
    """The assets of all networks.

    Args:
        engine: holds the views ``records``, ``mentions``, ``ties``, ``network_members``, ``payments``, ``money_signs``
            and ``roles``; each may be empty.

    Returns:
        ASSETS, by its name, sorted by network, kind, value and currency.
    """
    schema = TABLES["assets"]
    told = engine.sql(ACCOUNTS), domains(engine), phones(engine), engine.sql(RENTED)
    found = [*told, *named_in_texts(engine)]
    parts = [part.select(schema.names).cast(schema) for part in found]
    table = pa.concat_tables([schema.empty_table(), *parts])
    return {"assets": table.sort_by([(name, "ascending") for name in ("network_id", "kind", "value", "currency")])}
