"""The link stage: from the identifiers of records to networks of one operation.

All ties are weighed anew at each run, so that adding records in any portions gives what one run over all of them gives.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from clew.engine.duckdb import Engine
from clew.engine.parquet import write_tables
from clew.link import tables
from clew.link.cluster import cluster, numbered
from clew.link.decisions import decided, separate
from clew.link.evidence import gather
from clew.link.groups import Ints
from clew.link.ids import name_networks
from clew.link.link_table import write_links
from clew.link.links import spanning_links
from clew.link.ties import write_identifiers, write_ties
from clew.link.weights import DEFAULT, Weights


def link(engine: Engine, out: Path, progress: Callable[[float], None], weights: Weights = DEFAULT) -> dict[str, Path]:
    """Resolve records to networks.

    Args:
        engine: holds the views ``records``, ``mentions``, ``template_members``, ``image_members``, ``conversations``,
            ``conversation_members``, ``templates``, ``stages``, ``control``, ``decisions`` and
            ``anchors`` (of the run before); each may be empty.
        out: a folder to write to.
        progress: called with the share that is done.
        weights: parameters of the evidence model.

    Returns:
        The Parquet files of TIES, IDENTIFIERS, RECORD_IDENTIFIERS, LINKS, NETWORKS, NETWORK_MEMBERS, ANCHORS and
        NETWORK_EVENTS, by name.
    """
    gathered = gather(engine, weights)
    progress(0.25)
    evidence = gathered.evidence
    with ThreadPoolExecutor(1) as beside:  # writing ties takes as long as what clustering cannot do in parallel
        ties = beside.submit(write_ties, gathered.ties, gathered.index, out / "ties.parquet")
        identifiers = beside.submit(write_identifiers, gathered.ties, gathered.index, out)
        said = decided(engine, gathered.index)
        found = cluster(evidence, gathered.told, said.accepted, weights, engine.threads)
        progress(0.7)
        label = separate(found.label, evidence.identifiers, found.bits, said.rejected)

        def tied() -> Path:
            tree = spanning_links(evidence, label, found.bits, engine.threads)
            states = _states(tree, said.accepted, said.rejected, len(label))
            return write_links(gathered, found.bits, states, out / "links.parquet")

        links = beside.submit(tied)
        lowest, network = numbered(label)
        before, at = tables.read_anchors(engine, gathered.index)
        named = name_networks(network, gathered.rid, before, at, _parents(lowest, found.label, network))
        made = {
            "networks": tables.networks(gathered, network, named.id),
            "network_members": tables.members(gathered, network, named.id),
            "anchors": tables.anchors(named),
            "network_events": tables.events(named),
        }
        written = write_tables(made, out, engine.threads)
        written |= {"ties": ties.result(), "links": links.result()} | identifiers.result()
    progress(1.0)
    return written


def _parents(lowest: Ints, together: Ints, network: Ints) -> Ints:
    """int64[networks], the network whose records it was with before analysts' decisions took it away; else itself."""
    return network[together[lowest]]


def _states(
    tree: tuple[Ints, Ints], accepted: tuple[Ints, Ints], rejected: tuple[Ints, Ints], records: int
) -> dict[str, tuple[Ints, Ints]]:
    """Pairs by state; a pair that an analyst judged is shown as judged."""
    key = tree[0] * records + tree[1]
    judged = [p[0] * records + p[1] for p in (accepted, rejected)]
    plain = ~np.isin(key, np.concatenate(judged))
    return {"none": (tree[0][plain], tree[1][plain]), "accepted": accepted, "rejected": rejected}
