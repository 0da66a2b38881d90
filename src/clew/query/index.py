"""The reading index: the workspace's tables once more, laid out so that a page reads a few neighbouring rows.

The tables of a run are laid out for the stages that write them. A page asks for one network, one record or one
identifier at a time, so here everything that belongs to a network lies together (in the order of ``net``, a number for
each network), and ties lie in both orders. It is made from the segments that a catalog names, beside them, and can be
thrown away: the next `ensure_index` makes it again. Pages keep reading an index while a run makes the next one.

Tables have the names of `clew.model.tables`; those that differ:
    networks: with ``net``.
    members: rid, net, template_id, image_id of every record, in the order of rid; network_members is a view of it.
    records, mentions, links, findings, changes: with ``net``, in its order.
    ties: type, value, rid, net, in this order; ties_of: net, rid, type, value, in this order.
Beside them stand the tables that query modules prepare (`PREPARED`).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from clew.engine.duckdb import Engine, parquet
from clew.model.tables import TABLES
from clew.query.explore import NAME_PLACES
from clew.query.holders import HOLDERS
from clew.query.network_facets import SPREAD
from clew.query.queue_table import CHOICES, queue_sql
from clew.query.search_hits import NATIVE_IDS, PICTURES
from clew.query.site_tables import ID_SITES, SITE_CLONES, SITE_IDS, SITE_NETS, SITE_PAGES, SITES
from clew.query.talk_tables import SAID, SIGNS, TALK_CONTROL, TALK_NETS, TALK_STAGES, TALKS
from clew.query.trace_tables import TRACE_TABLES
from clew.query.trends import BASE_RATES, DAILY
from clew.store.views import check_columns
from clew.store.workspace import Workspace

VERSION = "4"  # of the layout
_SOURCES = tuple(name for name in TABLES if name not in ("signatures",))

_LAYOUT = {
    "networks": """
        SELECT (row_number() OVER (ORDER BY network_id))::UINTEGER AS net, * FROM src.networks ORDER BY network_id""",
    "members": """
        SELECT m.rid, net, template_id, image_id
        FROM src.network_members m JOIN networks USING (network_id)
        LEFT JOIN (SELECT rid, min(template_id) AS template_id FROM src.template_members GROUP BY rid) t USING (rid)
        LEFT JOIN (SELECT rid, min(image_id) AS image_id FROM src.image_members GROUP BY rid) i USING (rid)
        ORDER BY rid""",
    "records": "SELECT net, r.* FROM src.records r LEFT JOIN members USING (rid) ORDER BY net, rid",
    "mentions": """SELECT net, m.* FROM src.mentions m JOIN members USING (rid) WHERE m.type::VARCHAR <> 'hint'
                   ORDER BY net, rid""",
    "ties": "SELECT type, value, rid, net FROM src.ties JOIN members USING (rid) ORDER BY type, value, rid",
    "ties_of": "SELECT net, rid, type, value FROM ties ORDER BY net, rid, type, value",
    "links": "SELECT net, l.* FROM src.links l JOIN members ON rid = rid_a ORDER BY net, rid_a, rid_b",
    "findings": """
        SELECT coalesce(n.net, m.net) AS net, f.* EXCLUDE (rid)
        FROM (SELECT *, CASE subject_kind WHEN 'record' THEN ('0x' || left(subject, 16))::UBIGINT END AS rid
              FROM src.findings) f
        LEFT JOIN networks n ON n.network_id = f.subject LEFT JOIN members m ON m.rid = f.rid
        ORDER BY 1, finding_id""",
    "changes": "SELECT net, c.* FROM src.changes c JOIN members ON rid = rid_to ORDER BY net, rid_to",
    "templates": "SELECT * FROM src.templates ORDER BY template_id",
    "template_members": """
        SELECT m.template_id, coalesce(posted_at, captured_at) AS seen_at, rid, r.net
        FROM src.template_members m JOIN records r USING (rid) ORDER BY m.template_id, seen_at, rid""",
    "leads": "SELECT net, l.* FROM src.leads l JOIN networks USING (network_id) ORDER BY rank",
}
# Small tables that are taken over as they are.
_SAME = ("quarantine", "image_members", "anchors", "decisions", "labels", "network_events", "record_scores")
_AFTER = (
    "CREATE VIEW network_members AS SELECT rid, network_id FROM members JOIN networks USING (net)",
    "CREATE INDEX members_rid ON members (rid)",
)

# What query modules want prepared: table name and the query that makes it from the tables above.
PREPARED: dict[str, str] = {
    "queue": queue_sql(),
    "queue_choices": CHOICES,
    "spread": SPREAD,
    "daily": DAILY,
    "base_rates": BASE_RATES,
    "pictures": PICTURES,
    "native_ids": NATIVE_IDS,
    "name_places": NAME_PLACES,
    "talks": TALKS,
    "said": SAID,
    "signs": SIGNS,
    "talk_stages": TALK_STAGES,
    "talk_control": TALK_CONTROL,
    "talk_nets": TALK_NETS,
    "site_pages": SITE_PAGES,
    "site_ids": SITE_IDS,
    "id_sites": ID_SITES,
    "site_clones": SITE_CLONES,
    "site_nets": SITE_NETS,
    "sites": SITES,
    **TRACE_TABLES,
    "holders": HOLDERS,
}


def index_key(workspace: Workspace) -> str:
    """Stands for what an index is made from."""
    parts = [VERSION, *PREPARED.values(), *_LAYOUT.values()]
    parts += [f"{name} {s.sha256}" for name in _SOURCES for s in workspace.segments(name)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def ensure_index(workspace: Workspace, progress: Callable[[float], None] = lambda share: None) -> Path:
    """The index of the workspace as its catalog has it; made if it is not there. Older ones are removed.

    Args:
        workspace: with a fresh catalog; it may have no run or no records yet.
        progress: told the share that is done, 0 to 1.

    Raises:
        WorkspaceError: a run of an older Clew made other columns.
    """
    check_columns(workspace)  # also of an index that an older Clew made
    home = workspace.path / "index"
    home.mkdir(mode=0o700, exist_ok=True)
    target = home / f"{index_key(workspace)}.duckdb"
    if not target.exists():
        with tempfile.TemporaryDirectory(prefix="making-", dir=home) as making:
            made = Path(making) / target.name
            _build(workspace, made, Path(making), progress)
            made.chmod(0o600)
            made.replace(target)
    for old in home.glob("*.duckdb"):
        if old != target:
            old.unlink(missing_ok=True)  # who has it open reads on
    progress(1.0)
    return target


def open_index(path: Path, spill: Path) -> Engine:
    """An engine over an index, for reading; one `Engine.session` for each thread."""
    return Engine(spill, memory_gb=2.0, database=path)


def _build(workspace: Workspace, made: Path, spill: Path, progress: Callable[[float], None]) -> None:
    rows = sum(segment.bytes for segment in workspace.segments("records")) / 1e9
    config = {"memory_limit": f"{min(1.5 + 3 * rows, 6.0):.1f}GB", "temp_directory": str(spill / "spill")}
    steps = [f"CREATE TABLE {name} AS {query}" for name, query in (_LAYOUT | PREPARED).items()]
    steps[len(_LAYOUT) : len(_LAYOUT)] = [*(f"CREATE TABLE {n} AS FROM src.{n}" for n in _SAME), *_AFTER]
    with duckdb.connect(made, config={**config, "preserve_insertion_order": False}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("ATTACH ':memory:' AS src")
        for name in _SOURCES:
            if paths := workspace.paths(name):
                con.execute(f"CREATE VIEW src.{name} AS FROM {parquet(paths)}")
            else:
                con.register("nothing", TABLES[name].empty_table())
                con.execute(f"CREATE TABLE src.{name} AS FROM nothing")
        for at, step in enumerate(steps):
            packed = not step.startswith("CREATE TABLE records ")  # to read one packed text, a thousand are unpacked
            con.execute(f"SET GLOBAL disabled_compression_methods = '{'' if packed else 'fsst,dict_fsst,zstd'}'")
            con.execute(step)
            progress((at + 1) / (len(steps) + 1))
        con.execute("CHECKPOINT")
