"""Names of networks that last: a network keeps its id from run to run while it holds most of the id's anchors.

A record number is a digest, so the lowest numbers of a network are a fair sample of it: its anchors. They are all
that one run hands to the next. Networks of up to `ANCHORS_KEPT` records are known exactly that way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.link.groups import Ints
from clew.link.rows import Rids

ANCHORS_KEPT = 16

Ids = npt.NDArray[np.uint64]  # 48 bits: what the twelve hex digits of a network id say
NONE = np.uint64(2**64 - 1)

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


@dataclass(frozen=True)
class Anchors:
    """Anchors of the networks of a run: parallel arrays, one entry an anchor.

    Attributes:
        id: uint64[m], the network.
        rid: uint64[m], a record that it held.
        records: int64[m], how many records it held.
        into: uint64[m], the network that it went into; `NONE` while it lives.
    """

    id: Ids
    rid: Rids
    records: Ints
    into: Ids


@dataclass(frozen=True)
class Named:
    """Ids of the networks of this run, and what became of those of the run before.

    Attributes:
        id: uint64[networks].
        anchors: for the next run.
        merged: uint64[k, 2], a network and the one that it went into.
        split: uint64[k, 2], a network and the one that it came from.
    """

    id: Ids
    anchors: Anchors
    merged: Ids
    split: Ids


def name_networks(network: Ints, rid: Rids, before: Anchors, at: Ints, parent: Ints) -> Named:
    """Give each network its id.

    Each former network goes where most of its anchors are. Where several meet, a living one wins over one that had
    been merged before, then the larger, then the lower id; the others are merged into it. A network that nobody claims
    gets a new id, from its lowest record; it was split from the living network that most anchors in it belonged to.

    Args:
        network: int64[n], the network of each record, 0 to networks - 1.
        rid: uint64[n], sorted.
        before: the anchors of the run before.
        at: int64[len(before.id)], row of each anchor; -1 when the record is gone.
        parent: int64[networks], the network that a decision took each one from in this run; itself otherwise.
    """
    count = int(network.max()) + 1 if len(network) else 0
    size = np.bincount(network, minlength=count)
    known = at >= 0
    ids, first, owner = np.unique(before.id[known], return_index=True, return_inverse=True)
    records, into = before.records[known][first], before.into[known][first]
    pair_id, pair_net, votes = _votes(owner, network[at[known]], count)
    heir = _best_by(pair_id, pair_net, votes, len(ids))
    order = np.lexsort((ids, -records, into != NONE, heir))
    head = order[np.flatnonzero(np.r_[True, heir[order][1:] != heir[order][:-1]])] if len(order) else order
    name = np.full(count, NONE, np.uint64)
    name[heir[head]] = ids[head]
    fresh = np.flatnonzero(name == NONE)
    lowest = np.full(count, len(rid), np.int64)
    np.minimum.at(lowest, network, np.arange(len(network)))
    name[fresh] = _new_ids(rid[lowest[fresh]], ids)

    won = name[heir]
    lost = won != ids
    newly = lost & (into == NONE)
    back = ~lost & (into != NONE)
    source = np.full(count, NONE, np.uint64)
    living = into[pair_id] == NONE
    donor = _best_by(pair_net[living], pair_id[living], votes[living], count)
    told = np.isin(np.arange(count), fresh) & (donor >= 0)
    source[told] = ids[donor[told]]
    cut = np.isin(np.arange(count), fresh) & ~told & (parent != np.arange(count))
    cut &= np.isin(name[parent], ids)
    source[cut] = name[parent[cut]]
    split = np.flatnonzero(source != NONE)
    return Named(
        id=name,
        anchors=_anchors(network, rid, name, size, ids[lost], won[lost], before, known),
        merged=np.stack([ids[newly], won[newly]], axis=1),
        split=np.concatenate(
            [np.stack([name[split], source[split]], axis=1), np.stack([ids[back], into[back]], axis=1)]
        ),
    )


def _votes(owner: Ints, network: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    """Former network, network and number of anchors for each two that meet."""
    key, votes = np.unique(owner.astype(np.int64) * max(count, 1) + network, return_counts=True)
    return key // max(count, 1), key % max(count, 1), votes


def _best_by(key: Ints, value: Ints, votes: Ints, count: int) -> Ints:
    """int64[count], for each key the value with most votes, the lowest of equals; -1 where there is none."""
    order = order_by(key, -votes, value)
    out = np.full(count, -1, np.int64)
    if len(order):
        head = order[np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]])]
        out[key[head]] = value[head]
    return out


def _new_ids(rid: Rids, taken: Ids) -> Ids:
    """The first 48 bits of each record number; the next free number where two would be equal."""
    out = rid >> np.uint64(16)
    if not len(np.intersect1d(out, taken)) and len(np.unique(out)) == len(out):
        return out
    used = set(taken.tolist())
    for k, value in enumerate(out.tolist()):  # rare: one in a few million networks collides
        while value in used:
            value = (value + 1) % 2**48
        used.add(value)
        out[k] = value
    return out


def _anchors(
    network: Ints, rid: Rids, name: Ids, size: Ints, gone: Ids, into: Ids, before: Anchors, known: npt.NDArray[np.bool_]
) -> Anchors:
    """Anchors of the living networks, and those of the merged ones as they were."""
    order = order_by(network)  # within a network by record number
    held = network[order]
    place = np.arange(len(order)) - np.append(0, np.cumsum(size))[:-1][held]
    kept = order[place < ANCHORS_KEPT]
    old = np.flatnonzero(known & np.isin(before.id, gone))
    to = into[np.searchsorted(gone, before.id[old])] if len(gone) else before.into[old]
    all_ids = np.concatenate([name[network[kept]], before.id[old]])
    all_rid = np.concatenate([rid[kept], before.rid[old]])
    by = order_by(all_ids, all_rid)
    return Anchors(
        id=all_ids[by],
        rid=all_rid[by],
        records=np.concatenate([size[network[kept]], before.records[old]])[by],
        into=np.concatenate([np.full(len(kept), NONE), to])[by],
    )


def spell(ids: Ids) -> npt.NDArray[np.bytes_]:
    """bytes[13] each: N and twelve hex digits."""
    shifts = np.arange(44, -4, -4, dtype=np.uint64)
    digits = _HEX[((ids[:, None] >> shifts) & np.uint64(15)).astype(np.intp)]
    text = np.concatenate([np.full((len(ids), 1), ord("N"), np.uint8), digits], axis=1)
    return np.ascontiguousarray(text).view("S13").ravel()


def read(text: npt.NDArray[np.bytes_]) -> Ids:
    """The numbers that `spell` wrote."""
    digits = np.ascontiguousarray(text.astype("S13")).view(np.uint8).reshape(-1, 13)[:, 1:]
    value = np.where(digits >= ord("a"), digits - ord("a") + 10, digits - ord("0")).astype(np.uint64)
    shifts = np.arange(44, -4, -4, dtype=np.uint64)
    total: Ids = (value << shifts).sum(axis=1, dtype=np.uint64)
    return total
