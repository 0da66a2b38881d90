"""What is in a workspace: how much, the largest families of near-copies, and what the most texts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clew.engine.duckdb import Engine

Row = dict[str, Any]


@dataclass(frozen=True)
class Overview:
    """Counts by kind, and the top of each list; rows as in the queries below."""

    kinds: list[Row]
    templates: list[Row]
    shared: list[Row]
    networks: list[Row]
    rejected: int


_KINDS = """
SELECT kind, count(*) AS records, count(DISTINCT platform) AS platforms, count(*) FILTER (version > 1) AS edited,
       min(coalesce(posted_at, captured_at)) AS first_seen, max(coalesce(posted_at, captured_at)) AS last_seen
FROM records GROUP BY kind ORDER BY records DESC, kind
"""

_TEMPLATES = """
WITH top AS (SELECT template_id, members, text, slots FROM templates ORDER BY members DESC, template_id LIMIT {limit})
SELECT template_id, any_value(members) AS members, count(DISTINCT handle) AS authors,
       count(DISTINCT network_id) AS networks, any_value(text) AS text
FROM top JOIN template_members USING (template_id) JOIN records USING (rid) JOIN network_members USING (rid)
GROUP BY template_id ORDER BY members DESC, template_id
"""

# A campaign here is a family of near-copies: what ties many of them is worth a look, whatever the number of records.
_SHARED = """
SELECT type, value, count(*) AS records, count(DISTINCT template_id) AS campaigns,
       count(DISTINCT network_id) AS networks
FROM ties LEFT JOIN template_members USING (rid) JOIN network_members USING (rid)
WHERE type NOT IN ('template', 'image') GROUP BY type, value HAVING campaigns > 1
ORDER BY campaigns DESC, records DESC, type, value LIMIT {limit}
"""

_NETWORKS = """
SELECT network_id, n.records, n.phones, n.templates, n.places, n.platforms, rank
FROM networks n LEFT JOIN leads USING (network_id) ORDER BY n.records DESC, network_id LIMIT {limit}
"""


def overview(engine: Engine, limit: int = 10) -> Overview:
    """Read the workspace whose tables are views of the engine.

    Args:
        engine: see `clew.store.views`.
        limit: most rows of each list.
    """

    def rows(query: str) -> list[Row]:
        found: list[Row] = engine.sql(query.format(limit=limit)).to_pylist()
        return found

    (rejected,) = engine.row("SELECT count(*) FROM quarantine")
    return Overview(rows(_KINDS), rows(_TEMPLATES), rows(_SHARED), rows(_NETWORKS), int(rejected))
