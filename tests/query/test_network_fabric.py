"""What a network hangs on, against taking each identifier away and looking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clew.link.groups import incidence
from clew.model.errors import InputError
from clew.query.network_fabric import Fabric, Hold, Part, holds, loose, without


def made(held: dict[int, list[str]], bits: dict[str, float] | None = None, items: list[int] | None = None) -> Fabric:
    """A network of records 0, 1, …: what each holds (all phones), and what sharing each is worth (20 unless said)."""
    names = sorted({name for some in held.values() for name in some})
    pairs = [(r, names.index(name)) for r, some in held.items() for name in some]
    row, column = (np.array([p[k] for p in pairs], np.int64) for k in (0, 1))
    return Fabric(
        np.arange(len(held), dtype=np.uint64),
        np.array(items if items is not None else range(len(held)), np.int64),
        [("phone", name) for name in names],
        incidence(row, column, len(held)),
        np.array([(bits or {}).get(name, 20.0) for name in names]),
    )


def test_what_joins_two_sides_is_what_the_smaller_hangs_on():
    # 0 1 2 hold a; 2 3 hold b; 3 4 hold c and d: without b records 3 and 4 are lost, without a 0 and 1.
    found = holds(made({0: ["a"], 1: ["a"], 2: ["a", "b"], 3: ["b", "c", "d"], 4: ["c", "d"]}))
    assert found == [Hold("phone", "a", 20.0, 2, 3), Hold("phone", "b", 20.0, 2, 2)]


def test_versions_of_one_item_stay_together():
    assert holds(made({0: ["a"], 1: ["a"]}, items=[0, 0])) == []
    assert [h.loses for h in holds(made({0: ["a"], 1: ["a"]}))] == [1]


def test_what_strangers_share_holds_nothing_together():
    # b is worth 9 bits only: 2 hangs on it alone, but b is no reason to believe that 2 belongs here.
    network = made({0: ["a"], 1: ["a", "b"], 2: ["b"]}, {"b": 9.0})
    assert [h.value for h in holds(network)] == ["a"] and loose(network) == 1
    assert loose(made({0: ["a"], 1: ["a", "b"], 2: ["b"]})) == 0


def _lost(made_: Fabric, without_: int) -> int:
    """Records that are not in the largest part of what was one part, by trying."""

    def parts(leave_out: int | None) -> np.ndarray:
        n, k = len(made_.rid), len(made_.identifiers)
        row, column = made_.table.row_of(), made_.table.column
        keep = column != leave_out if leave_out is not None else np.ones(len(column), bool)
        row, column = row[keep], column[keep] + n
        row, column = np.append(row, np.arange(n)), np.append(column, n + k + made_.item)
        size = n + k + int(made_.item.max()) + 1
        graph = coo_array((np.ones(len(row)), (row, column)), shape=(size, size))
        return connected_components(graph, directed=False)[1][:n]

    before, after = parts(None), parts(without_)
    member = made_.table.row_of()[made_.table.column == without_]
    whole = np.flatnonzero(before == before[member[0]])
    return len(whole) - int(np.unique(after[whole], return_counts=True)[1].max())


@given(
    st.lists(st.sets(st.sampled_from("abcdefg"), min_size=1, max_size=3), min_size=2, max_size=14),
    st.lists(st.integers(0, 5), min_size=14, max_size=14),
)
def test_as_if_each_identifier_were_taken_away(held, items):
    numbered = np.unique(items[: len(held)], return_inverse=True)[1].tolist()
    network = made({r: sorted(some) for r, some in enumerate(held)}, items=numbered)
    found = {h.value: h.loses for h in holds(network)}
    for column, (_, value) in enumerate(network.identifiers):
        assert found.get(value, 0) == _lost(network, column), value


def test_a_rejected_pair_comes_apart_at_the_least_evidence():
    # 0 1 2 by a; 2 3 by b (8 bits); 3 4 5 by c: to part 0 and 5 the cheapest is to distrust b.
    network = made({0: ["a"], 1: ["a"], 2: ["a", "b"], 3: ["b", "c"], 4: ["c"], 5: ["c"]}, {"b": 8.0})
    split = without(network, 5, 0)
    assert split.first == Part(3, (5, 3, 4)) and split.second == Part(3, (0, 1, 2))
    assert [(h.value, h.bits) for h in split.cut] == [("b", 8.0)]


@pytest.mark.parametrize("pair", [(0, 0), (0, 9), (9, 0)])
def test_only_two_records_of_the_network_can_be_parted(pair):
    with pytest.raises(InputError):
        without(made({0: ["a"], 1: ["a"]}), *pair)
