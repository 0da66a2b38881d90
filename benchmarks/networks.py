"""Quality and cost of linking on a world whose operations are known.

    python -m benchmarks.networks [--ads N --seed S --preset P] [--world DIR] [--heldout] [--pipeline] [--worst 10]

Identifiers are the world's own (so that linking is judged apart from extraction) unless ``--pipeline`` asks for those
that ingest, extract and match find. Without ``--world`` a world is made in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import metrics
from clew.engine.duckdb import Engine
from clew.link.stage import link
from clew.model.tables import TABLES

INPUTS = (
    "records", "mentions", "template_members", "templates", "image_members", "conversations", "conversation_members",
    "stages", "control", "decisions", "anchors",
)  # fmt: skip

ADVERTS = """
CREATE TABLE adverts AS
SELECT id AS native_id, platform, place, posted,
       (row_number() OVER (PARTITION BY platform, id ORDER BY captured, posted, url))::INTEGER AS version
FROM (SELECT id, platform, url, city AS place, posted_at::TIMESTAMPTZ AS posted, {captured} AS captured
      FROM read_json('{world}/ads.jsonl', format = 'newline_delimited', maximum_object_size = 67108864,
                     columns = {{id: 'VARCHAR', platform: 'VARCHAR', url: 'VARCHAR', city: 'VARCHAR',
                                posted_at: 'VARCHAR', captured_at: 'VARCHAR'}}))
"""
TRUTH = """
CREATE TABLE truth AS SELECT {rid} AS rid, platform, native_id, version, operation, kind, {language} AS language
FROM {file}
"""


@dataclass(frozen=True)
class World:
    """Tables for linking, and the operation and kind of every record in the order of ``rid``."""

    tables: dict[str, pa.Table | list[Path]]
    rid: np.ndarray
    operation: np.ndarray
    kind: np.ndarray


def _rid(version: str) -> str:
    return f"hash(platform || '|' || native_id || '|' || {version})"


def _world(con: Engine, world: Path, heldout: bool) -> World:
    """The world's own identifiers as the tables that linking reads."""
    captured = "posted_at::TIMESTAMPTZ" if heldout else "captured_at::TIMESTAMPTZ"
    con.run(ADVERTS.format(world=world, captured=captured))
    if heldout:
        file = f"(SELECT t.*, a.platform, a.version FROM '{world}/truth.parquet' t JOIN adverts a USING (native_id))"
        held = (
            f"(SELECT i.*, a.platform, a.version FROM '{world}/identifiers.parquet' i JOIN adverts a USING (native_id))"
        )
        by_type = {t: f"SELECT * FROM {held} WHERE type = '{t}'" for t in ("image", "template")}
        found = f"SELECT * FROM {held} WHERE type NOT IN ('image', 'template')"
    else:
        file = f"'{world}/truth/records.parquet'"
        by_type = {
            "image": f"SELECT *, image AS value FROM '{world}/truth/images.parquet'",
            "template": f"SELECT *, template AS value FROM '{world}/truth/templates.parquet'",
        }
        columns = "platform, native_id, version, type, value"
        phones = f"SELECT platform, native_id, version, 'phone' AS type, value FROM '{world}/truth/phones.parquet'"
        found = f"SELECT {columns} FROM '{world}/truth/mentions.parquet' WHERE type <> 'phone' UNION ALL {phones}"
    rid = _rid("version")
    language = "NULL::VARCHAR" if heldout else "language"
    con.run(TRUTH.format(file=file, rid=rid, language=language))
    records = con.sql(
        f"SELECT {rid} AS rid, platform || '|' || native_id AS item_id, platform, posted AS posted_at, "
        "NULL::TIMESTAMPTZ AS captured_at, 'ad' AS kind, NULL::VARCHAR AS url, NULL::VARCHAR AS handle, "
        "NULL::VARCHAR AS title, NULL::VARCHAR AS body, NULL::VARCHAR AS contact, "
        "NULL::VARCHAR AS currency, NULL::DECIMAL(38, 18) AS amount, NULL::VARCHAR AS payer, NULL::VARCHAR AS payee "
        "FROM adverts ORDER BY rid"
    )
    mentions = con.sql(
        f"SELECT *, 'body' AS field, 0 AS start, 0 AS \"end\" FROM (SELECT {rid} AS rid, type, value FROM ({found}) "
        f"UNION ALL SELECT {rid}, 'place', place FROM adverts WHERE place IS NOT NULL "
        "UNION ALL SELECT rid, 'language', language FROM truth WHERE language IS NOT NULL) ORDER BY ALL"
    )
    members = {
        f"{t}_members": con.sql(f"SELECT {rid} AS rid, value AS {t}_id FROM ({q}) ORDER BY ALL")
        for t, q in by_type.items()
    }
    return _with_truth(con, {"records": records, "mentions": mentions, **members})


def _with_truth(con: Engine, tables: dict[str, pa.Table | list[Path]]) -> World:
    known = con.sql("SELECT rid, operation::VARCHAR AS operation, kind FROM truth ORDER BY rid")
    return World(
        tables,
        known.column("rid").to_numpy(),
        np.array(known.column("operation").to_pylist()),
        np.array(known.column("kind").to_pylist()),
    )


def _extracted(con: Engine, world: Path, heldout: bool, scratch: Path) -> World:
    """What the stages before linking make of the world's adverts."""
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest  # the pipeline imports every stage: only where it is asked for
    from clew.pipeline.run import run
    from clew.store.workspace import Workspace

    workspace = Workspace.create(scratch / "workspace")
    ingest(workspace, [world / "ads.jsonl"], IngestOptions("ad", "world"))
    run(workspace)
    _world(con, world, heldout)
    tables = {n: workspace.paths(n) for n in ("records", "mentions", "template_members", "image_members")}
    con.register({"found": tables["records"]})
    con.run(
        "CREATE TABLE named AS SELECT f.rid, t.operation, t.kind "
        "FROM found f JOIN truth t USING (platform, native_id, version)"
    )
    con.run("DROP TABLE truth")
    con.run("ALTER TABLE named RENAME TO truth")
    return _with_truth(con, tables)


@dataclass(frozen=True)
class Linked:
    """What linking gave, in the order of ``rid``: network of each record, ties (row, value code), links, cost."""

    network: np.ndarray
    row: np.ndarray
    code: np.ndarray
    ties: pa.Table
    links: pa.Table
    seconds: float
    cpu: float
    peak: float


def _link(world: World, scratch: Path) -> Linked:
    out = scratch / "linked"
    out.mkdir()
    with Engine(scratch / "spill", 1.0 + 0.5 * len(world.rid) / 1e6) as engine:
        engine.register({name: TABLES[name].empty_table() for name in INPUTS} | world.tables)
        wall, cpu = time.perf_counter(), time.process_time()
        made = link(engine, out, lambda share: None)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    members, ties = pq.read_table(made["network_members"]), pq.read_table(made["ties"])
    at = np.searchsorted(members.column("rid").to_numpy(), world.rid)
    row = np.searchsorted(world.rid, ties.column("rid").to_numpy())
    value, type_ = ties.column("value"), ties.column("type")
    key = pa.compute.binary_join_element_wise(type_, value, "|").combine_chunks().dictionary_encode()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform != "darwin" else 1e9)
    return Linked(
        np.array(members.column("network_id").to_pylist())[at], row, key.indices.to_numpy(), ties,
        pq.read_table(made["links"]), wall, cpu, peak,
    )  # fmt: skip


def _figures(world: World, linked: Linked) -> list[str]:
    truth = np.unique(world.operation, return_inverse=True)[1]
    score = metrics.bcubed(truth, linked.network)
    pair = metrics.pairwise(truth, linked.network)
    plain = metrics.components(linked.row, linked.code, len(truth))
    border = np.unique(linked.code.astype(np.int64) * (truth.max() + 1) + truth[linked.row], return_inverse=True)[1]
    ceiling = metrics.bcubed(truth, metrics.components(linked.row, border, len(truth)))
    cap = metrics.best_cap(linked.row, linked.code, truth)
    rows = [
        ("adverts · operations · networks", f"{len(truth)} · {truth.max() + 1} · {len(set(linked.network.tolist()))}"),
        ("B³ precision · recall · F1", f"{score.precision:.3f} · {score.recall:.3f} · **{score.f1:.3f}**"),
        ("pairwise precision · recall · F1", f"{pair.precision:.3f} · {pair.recall:.3f} · {pair.f1:.3f}"),
        ("largest wrong network", f"{metrics.largest_wrong(truth, linked.network):.2%} of records"),
        (
            "plain components: B³ F1 · largest",
            f"{metrics.bcubed(truth, plain).f1:.3f} · {metrics.largest_share(plain):.1%}",
        ),
        ("best degree cap, truth in hand: B³ F1", f"{cap.score.f1:.3f} (cap {cap.cap})"),
        ("ceiling (identifiers cut at operations' borders)", f"{ceiling.f1:.3f}"),
        ("seconds wall · CPU · peak memory", f"{linked.seconds:.1f} · {linked.cpu:.1f} · {linked.peak:.2f} GB"),
    ]
    return ["| measure | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]


def _by_kind(world: World, linked: Linked) -> list[str]:
    """B³ precision and recall of the records of each kind of operation."""
    truth, network = (np.unique(x, return_inverse=True)[1] for x in (world.operation, linked.network))
    cell = truth.astype(np.int64) * (network.max() + 1) + network
    _, at, many = np.unique(cell, return_inverse=True, return_counts=True)
    both = many[at]
    precision, recall = both / np.bincount(network)[network], both / np.bincount(truth)[truth]
    lines = ["", "| kind | adverts | precision | recall |", "| --- | --- | --- | --- |"]
    for kind in np.unique(world.kind):
        of = world.kind == kind
        lines.append(f"| {kind} | {of.sum()} | {precision[of].mean():.3f} | {recall[of].mean():.3f} |")
    return lines


def _merged(world: World, linked: Linked, most: int) -> list[str]:
    """The networks with most records beyond their main operation, and the links that cross operations in them."""
    lines = ["", "| merged wrongly | records | operations | links that did it |", "| --- | --- | --- | --- |"]
    a, b = (np.searchsorted(world.rid, linked.links.column(c).to_numpy()) for c in ("rid_a", "rid_b"))
    crossing = np.flatnonzero(world.operation[a] != world.operation[b])
    networks, at = np.unique(linked.network, return_inverse=True)
    operations, of = np.unique(world.operation, return_inverse=True)
    cells, many = np.unique(at.astype(np.int64) * len(operations) + of, return_counts=True)
    main = np.zeros(len(networks), np.int64)
    np.maximum.at(main, cells // len(operations), many)
    foreign = np.bincount(at) - main
    for n in np.lexsort((networks, -foreign))[:most]:
        held, counts = np.unique(world.operation[at == n], return_counts=True)
        kinds = dict(zip(world.operation.tolist(), world.kind.tolist(), strict=True)) if len(held) else {}
        parts = ", ".join(f"{kinds[held[k]]} {counts[k]}" for k in np.argsort(-counts, kind="stable")[:4])
        links = crossing[at[a[crossing]] == n]
        links = links[np.argsort(-linked.links.column("weight").to_numpy()[links], kind="stable")][:3]
        said = [_spoken(linked.links.column("evidence")[int(k)].as_py()) for k in links]
        lines.append(f"| {networks[n]} | {len(linked.network[at == n])} | {parts} | {'; '.join(said)} |")
    return lines


def _spoken(evidence: str) -> str:
    return (
        " + ".join(f"{e['type']} {e['value'][:24]} ({e['bits']:.1f})" for e in json.loads(evidence)) or "nothing shared"
    )


def _split(world: World, linked: Linked, most: int) -> list[str]:
    """The operations with most records outside their largest network, and what would have tied the next part to it."""
    lines = [
        "",
        "| split wrongly | kind | records by network | shared by the two largest parts, with networks that hold it |",
    ]
    lines.append("| --- | --- | --- | --- |")
    networks, at = np.unique(linked.network, return_inverse=True)
    operations, of = np.unique(world.operation, return_inverse=True)
    cells, many = np.unique(of.astype(np.int64) * len(networks) + at, return_counts=True)
    main = np.zeros(len(operations), np.int64)
    np.maximum.at(main, cells // len(networks), many)
    pairs = np.unique(linked.code.astype(np.int64) * len(networks) + at[linked.row])
    holders = np.bincount(pairs // len(networks))
    for o in np.lexsort((operations, main - np.bincount(of)))[:most]:
        mine = np.flatnonzero(cells // len(networks) == o)
        mine = mine[np.argsort(-many[mine], kind="stable")]
        parts = cells[mine] % len(networks)
        held = [set(linked.code[(of[linked.row] == o) & (at[linked.row] == p)].tolist()) for p in parts[:2]]
        shared = sorted(held[0] & held[1] if len(held) > 1 else set(), key=lambda c: (holders[c], c))[:3]
        names = [_name(linked, c) + f" ({holders[c]})" for c in shared]
        kind = world.kind[np.flatnonzero(of == o)[0]]
        sizes = " + ".join(str(m) for m in many[mine][:6]) + (f" + … ({len(mine)} networks)" if len(mine) > 6 else "")
        lines.append(f"| {operations[o]} | {kind} | {sizes} | {', '.join(names) or 'nothing'} |")
    return lines


def _name(linked: Linked, code: int) -> str:
    first = int(np.flatnonzero(linked.code == code)[0])
    return f"{linked.ties.column('type')[first].as_py()} {linked.ties.column('value')[first].as_py()[:24]}"


def _made(options: argparse.Namespace, scratch: Path) -> Path:
    if options.world:
        return Path(options.world)
    out = scratch / "world"
    if options.heldout:
        from benchmarks.heldout.world import make

        make(out, options.ads, options.seed, options.preset)
    else:
        from clew.simulate.world import simulate

        simulate(out, options.ads, options.seed, preset=options.preset, images=0)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ads", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--preset", default="mixed")
    parser.add_argument("--world", help="folder of a world that exists")
    parser.add_argument("--heldout", action="store_true", help="the held-out world; totals only")
    parser.add_argument("--pipeline", action="store_true", help="identifiers as the stages find them")
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-networks-") as folder:
        scratch = Path(folder)
        made = _made(options, scratch)
        with Engine(scratch / "read", 2.0) as engine:
            read = _extracted(engine, made, options.heldout, scratch) if options.pipeline else None
            world = read or _world(engine, made, options.heldout)
            linked = _link(world, scratch)
        lines = [*_figures(world, linked), *_by_kind(world, linked)]
        if options.worst and not options.heldout:
            lines += [*_merged(world, linked, options.worst), *_split(world, linked, options.worst)]
        print("\n".join(lines))


if __name__ == "__main__":
    main()
