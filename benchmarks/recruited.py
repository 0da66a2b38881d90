"""Simulated job offers and chats that went through Clew, beside their truth: for the benchmarks of stages and bias."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.pipeline import clew
from clew.engine.duckdb import Engine
from clew.model.tables import MENTIONS, TABLES
from clew.simulate.world import simulate
from clew.store.workspace import Workspace
from clew.talk.stage import talk

HELDOUT = Path(__file__).parent / "heldout"
_TABLES = ("records", "mentions", "findings", "record_scores", "conversations", "stages", "control")
_TRUTH = ("conversations", "stages", "acts", "offers")


@dataclass(frozen=True)
class World:
    """A run: tables of the workspace by their names, the truth as ``true_…``, ``offer_text`` with the raw offers."""

    con: duckdb.DuckDBPyConnection
    heldout: bool

    def rows(self, query: str, *values: object) -> list[tuple]:
        """The rows that a query gives; ``?`` in it stands for a value."""
        return self.con.execute(query, values).fetchall()


def made(folder: Path, conversations: int, offers: int, seed: int, heldout: bool = False) -> World:
    """Simulate, ingest what is no advert, run, and open the tables."""
    world, place = folder / f"world-{seed}-{heldout}", folder / f"workspace-{seed}-{heldout}"
    banks = HELDOUT if heldout else None
    simulate(world, 10, seed, images=0, offers=offers, sites=0, conversations=conversations, banks=banks)
    clew("init", str(place))
    for name, kind, count in (("offers.jsonl", "job_ad", offers), ("chats.jsonl", "message", conversations)):
        if count:
            clew("ingest", str(world / name), "--kind", kind, "--source", "simulated", "--workspace", str(place))
    clew("run", "--workspace", str(place))
    con = duckdb.connect()
    workspace = Workspace(place)
    for name in _TABLES:
        files = json.dumps([str(path) for path in workspace.paths(name)]).replace('"', "'")
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({files})")
    for name in _TRUTH:
        file = world / "truth" / f"{name}.parquet"
        if file.exists():
            con.execute(f"CREATE VIEW true_{name} AS SELECT * FROM read_parquet('{file}')")
    return World(con, heldout)


# What the messages say by the truth, as mentions: a stage, or another act by the name of its sense.
SAID = """
WITH said AS (
    SELECT conversation, unnest(native_ids) AS native_id, stage AS value FROM true_stages UNION
    SELECT conversation, unnest(native_ids), CASE act WHEN 'fee' THEN 'fee-upfront' ELSE act END FROM true_acts
    WHERE act NOT IN ('quote', 'job-seek')
)
SELECT r.rid, 'wording' AS type, value, '' AS raw, 'body' AS field, 0 AS start, strlen(r.body)::INTEGER AS "end",
    false AS obscured, 'meaning' AS extractor, '1' AS version
FROM said JOIN records r USING (conversation, native_id) ORDER BY r.rid, value
"""


def read_perfectly(world: World, folder: Path) -> World:
    """The same world, had the senses of all messages been read without error: what the talk stage makes of that."""
    out = folder / f"perfect-{world.heldout}"
    out.mkdir()
    records = world.con.sql("SELECT * FROM records WHERE kind = 'message'").to_arrow_table()
    records = records.select(TABLES["records"].names).cast(TABLES["records"])
    said = pa.Table.from_pylist(world.con.sql(SAID).to_arrow_table().to_pylist(), schema=MENTIONS)
    with Engine(out, threads=2) as engine:
        engine.register(
            {"records": records, "mentions": said, "template_members": TABLES["template_members"].empty_table()}
        )
        files = talk(engine, out, lambda share: None)
    con = world.con.cursor()
    for name in ("conversations", "stages", "control"):
        con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('{files[name]}')")
    return World(con, world.heldout)
