"""Whether offers, sites, chats and payments join the networks of the adverts that they belong to, and nobody else's.

    python -m benchmarks.joined [--ads N --seed S --preset P --offers N --sites N --conversations N --payments N]
                                [--world DIR] [--workspace DIR] [--worst 10]

A simulated world goes through ingest, extract, match, talk and link; ``--workspace`` links one again that was run
before. Private people are an operation of their own a conversation.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import metrics
from clew.engine.duckdb import Engine
from clew.ingest.stage import IngestOptions
from clew.link.stage import link
from clew.model.tables import TABLES
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.simulate.world import simulate
from clew.store.workspace import Workspace

FILES = (
    ("ads.jsonl", "ad"), ("offers.jsonl", "job_ad"), ("sites.warc.gz", "page"), ("chats.jsonl", "message"),
    ("payments.jsonl", "payment"), ("crypto.jsonl", "payment"),
)  # fmt: skip
KINDS = ("ad", "job_ad", "page", "message", "payment")
INPUTS = (
    "records", "mentions", "template_members", "templates", "image_members", "conversations", "conversation_members",
    "stages", "control",
    "decisions", "anchors",
)  # fmt: skip

# A page is of its site; private people of a conversation, and who pays what is no operation's, are their own.
TRUTH = """
WITH paid AS (
    SELECT native_id, any_value(coalesce(operation, 'person ' || coalesce(payer_person, payee_person))) AS operation,
           any_value(flow) AS flow
    FROM '{world}/truth/payments.parquet' GROUP BY native_id
)
SELECT r.rid, r.kind,
       coalesce(a.operation, o.operation, s.operation, c.operation, p.operation, 'talk ' || r.conversation, r.item_id)
           AS operation,
       coalesce(a.kind, o.kind, c.kind, p.flow, if(s.exploitation, 'exploiting', 'honest')) AS what,
       coalesce(r.conversation, s.site, r.item_id) AS item
FROM records r
LEFT JOIN '{world}/truth/records.parquet' a
    ON r.kind = 'ad' AND (r.platform, r.native_id, r.version) = (a.platform, a.native_id, a.version)
LEFT JOIN '{world}/truth/offers.parquet' o
    ON r.kind = 'job_ad' AND (r.platform, r.native_id) = (o.platform, o.native_id)
LEFT JOIN '{world}/truth/sites.parquet' s ON r.kind IN ('page', 'job_ad') AND contains(r.url, '://' || s.site || '/')
LEFT JOIN '{world}/truth/conversations.parquet' c ON r.conversation = c.conversation
LEFT JOIN paid p ON r.kind = 'payment' AND p.native_id = coalesce(r.native_id, json_extract_string(r.extra, '$.tx'))
ORDER BY r.rid
"""


@dataclass(frozen=True)
class World:
    """Every record in the order of ``rid``: kind, operation, what it is and the thing (talk, site, item) it is of."""

    rid: np.ndarray
    kind: np.ndarray
    operation: np.ndarray
    what: np.ndarray
    item: np.ndarray
    rings: frozenset[str]  # exploit
    advertise: frozenset[str]  # of these, with adverts in the world


def read_world(engine: Engine, world: Path) -> World:
    """The truth beside the records (a view of the engine)."""
    known = engine.sql(TRUTH.format(world=world))
    recruiters = pq.read_table(world / "truth" / "recruiters.parquet").to_pylist()
    operations = pq.read_table(world / "truth" / "operations.parquet").to_pylist()
    rings = {r["operation"] for r in (*recruiters, *operations) if r["exploitation"]}
    advertise = {r["operation"] for r in recruiters if r["exploitation"] and r["adverts"]}
    columns = (np.array(known.column(n).to_pylist(), dtype=object) for n in ("kind", "operation", "what", "item"))
    return World(known.column("rid").to_numpy(), *columns, frozenset(rings), frozenset(advertise))


def main_networks(world: World, network: np.ndarray) -> dict[str, str]:
    """The network in which most adverts of each operation are."""
    out: dict[str, str] = {}
    ads = world.kind == "ad"
    pairs = pa.table({"o": world.operation[ads].tolist(), "n": network[ads].tolist()})
    counted = pairs.group_by(["o", "n"]).aggregate([([], "count_all")])
    for row in counted.sort_by([("count_all", "descending"), ("n", "ascending")]).to_pylist():
        out.setdefault(row["o"], row["n"])
    return out


def joined(world: World, network: np.ndarray) -> list[str]:
    """How much of the rings that advertise is in the network of their adverts."""
    main = main_networks(world, network)
    rows = [
        "",
        "| of rings that advertise | in the ring's main network | things | records |",
        "| --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        of = (world.kind == kind) & np.isin(world.operation, sorted(world.advertise))
        home = np.array([main.get(o) == n for o, n in zip(world.operation[of], network[of], strict=True)], bool)
        things = {i for i, h in zip(world.item[of], home, strict=True) if h}
        total = len(set(world.item[of]))
        rows.append(f"| {kind} | {home.mean() if len(home) else 0:.1%} | {len(things)} of {total} | {len(home)} |")
    return rows


def strayed(world: World, network: np.ndarray) -> list[str]:
    """How much of what is honest or private stands in a network with records of a ring that is not its own."""
    ring = np.isin(world.operation, sorted(world.rings))
    with_ring = np.isin(network, np.unique(network[ring]))
    rows = ["", "| honest or private | in a network with a ring | beside another operation | things |"]
    rows.append("| --- | --- | --- | --- |")
    operations = pa.table({"n": network.tolist(), "o": world.operation.tolist()}).group_by("n")
    many = dict(zip(*operations.aggregate([("o", "count_distinct")]).to_pydict().values(), strict=True))
    mixed = np.array([many[n] > 1 for n in network.tolist()])
    for kind in KINDS:
        of = (world.kind == kind) & ~ring
        total = len(set(world.item[of]))
        bad, beside = (len(set(world.item[of & x])) for x in (with_ring, mixed))
        rows.append(f"| {kind} | {bad / max(total, 1):.1%} | {beside / max(total, 1):.1%} | {total} |")
    return rows


def figures(world: World, network: np.ndarray) -> list[str]:
    """B³ and pairs over all records, and over those of each kind alone."""
    truth, found = (np.unique(x.astype(str), return_inverse=True)[1] for x in (world.operation, network))
    rows = ["| kind | records | B³ precision · recall · F1 | pairwise precision · recall · F1 |"]
    rows.append("| --- | --- | --- | --- |")
    for kind in ("all", *KINDS):
        of = np.ones(len(truth), bool) if kind == "all" else world.kind == kind
        if not of.any():
            continue
        b, p = metrics.bcubed(truth[of], found[of]), metrics.pairwise(truth[of], found[of])
        rows.append(
            f"| {kind} | {of.sum()} | {b.precision:.3f} · {b.recall:.3f} · **{b.f1:.3f}** "
            f"| {p.precision:.3f} · {p.recall:.3f} · {p.f1:.3f} |"
        )
    largest = metrics.largest_wrong(truth, found)
    return [*rows, "", f"largest wrong network: {largest:.2%} of records"]


def _merged(world: World, network: np.ndarray, links: pa.Table, most: int) -> list[str]:
    """Links between operations, at least one of whose ends is no advert."""
    a, b = (np.searchsorted(world.rid, links.column(c).to_numpy()) for c in ("rid_a", "rid_b"))
    other = (world.kind[a] != "ad") | (world.kind[b] != "ad")
    cross = np.flatnonzero((world.operation[a] != world.operation[b]) & other)
    rows = ["", "| joined wrongly | by |", "| --- | --- |"]
    for k in cross[np.argsort(-links.column("weight").to_numpy()[cross], kind="stable")][:most]:
        ends = " — ".join(f"{world.kind[x]} {world.what[x]} {world.operation[x]}" for x in (a[k], b[k]))
        rows.append(f"| {ends} | {links.column('evidence')[int(k)].as_py()} |")
    return rows


def prepare(world: Path, folder: Path, threads: int = 2) -> Workspace:
    """The world's files in a workspace, run to the end."""
    workspace = Workspace.create(folder)
    for name, kind in FILES:
        ingest(workspace, [world / name], IngestOptions(kind, "world"))
    run(workspace, threads=threads)
    return workspace


def linked(workspace: Workspace, world: Path, scratch: Path) -> tuple[World, np.ndarray, pa.Table, float]:
    """Link anew what a workspace holds: the truth, the network of each record, the links, seconds of processor."""
    scratch.mkdir(exist_ok=True)
    with Engine(scratch / "spill", 2.0, 2) as engine:
        tables: dict[str, list[Path] | pa.Table] = {n: workspace.paths(n) for n in INPUTS}
        engine.register({n: t or TABLES[n].empty_table() for n, t in tables.items()})
        known = read_world(engine, world)
        cpu = time.process_time()
        made = link(engine, scratch, lambda share: None)
        cpu = time.process_time() - cpu
    members = pq.read_table(made["network_members"])
    at = np.searchsorted(members.column("rid").to_numpy(), known.rid)
    network = np.array(members.column("network_id").to_pylist(), dtype=object)[at]
    return known, network, pq.read_table(made["links"]), cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--preset", default="mixed")
    for name, count in (("offers", 1_500), ("sites", 150), ("conversations", 600), ("payments", 30_000)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--world", type=Path, help="folder of a world that exists")
    parser.add_argument("--workspace", type=Path, help="of that world, run before")
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clew-joined-") as folder:
        scratch = Path(folder)
        world = options.world or scratch / "world"
        if not options.world:
            counts = {n: getattr(options, n) for n in ("offers", "sites", "conversations", "payments")}
            simulate(world, options.ads, options.seed, preset=options.preset, images=0, **counts)
        workspace = Workspace(options.workspace) if options.workspace else prepare(world, scratch / "workspace")
        known, network, links, cpu = linked(workspace, world, scratch / "linked")
        lines = [*figures(known, network), *joined(known, network), *strayed(known, network)]
        if options.worst:
            lines += _merged(known, network, links, options.worst)
        print("\n".join([*lines, "", f"seconds of processor for linking: {cpu:.1f}"]))


if __name__ == "__main__":
    main()
