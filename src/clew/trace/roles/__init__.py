"""Who does what in a network: roles from behaviour alone, never from gender or nationality; unknown is an answer."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.roles.acts import count_acts
from clew.trace.roles.brokers import count_brokers
from clew.trace.roles.neighbours import count_neighbours
from clew.trace.roles.nodes import drop_nodes, name_nodes
from clew.trace.roles.tables import role_rows
from clew.trace.roles.weigh import read_signs, weigh


def roles(engine: Engine) -> dict[str, pa.Table]:
    """The roles of people.

    Args:
        engine: holds the views ``records``, ``mentions``, ``changes``, ``ties``, ``networks``, ``network_members``,
            ``conversations``, ``conversation_members``, ``stages``, ``control``, ``payments``, ``money_signs`` and
            ``payment_matches``; each may be empty.

    Returns:
        ROLES, by its name.
    """
    if not engine.row("SELECT count(*) > 0 FROM network_members")[0]:
        return {"roles": TABLES["roles"].empty_table()}
    try:
        name_nodes(engine)
        count_acts(engine)
        count_brokers(engine)
        read_signs(engine)
        count_neighbours(engine)
        weigh(engine)
        return {"roles": role_rows(engine)}
    finally:
        drop_nodes(engine)
        engine.forget("role_signs")
        for name in ("role_acts", "role_done", "role_points"):
            engine.run(f"DROP TABLE IF EXISTS {name}")
