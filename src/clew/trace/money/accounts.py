"""Accounts as numbers: who pays and who is paid in each payment.

There are few accounts beside their payments. What they are called is made, sorted and compared once an account, and
what comes after counts with numbers, which are in the order of the names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.paid import CALLED, safest
from clew.link.ties import coded, distinct

NOBODY = 0  # the number of "": the source does not say who

Ints = npt.NDArray[np.int64]

_CALLED = f"SELECT rid, field = 'payee' AS payee, rank, node FROM ({CALLED})"
_SPACES = r"lower(regexp_replace({}, '\s+', ' ', 'g'))"
# Who is known by no number is known by the name. One is shown under the holder's name; under what was written in its
# place, where that is no number.
_NAMED = f"""
WITH trimmed AS (SELECT nth, nullif(trim(given), '') AS given, nullif(trim(name), '') AS name FROM written)
SELECT coalesce('name:' || {_SPACES.format("coalesce(name, given)")}, '') AS node,
    coalesce(name, '') AS holder, coalesce(name, given, '') AS anybody
FROM trimmed ORDER BY nth
"""


class Sides(NamedTuple):
    """Both sides of n payments.

    Attributes:
        account: int32[2, n], of the payer and of the payee.
        shown: dictionary of strings [2], each of n: the holder's name; "" where it is not known.
        names: string[k], of the accounts: ``type:value`` as in mentions, ``name:…`` where only a name is known.
    """

    account: npt.NDArray[np.int32]
    shown: tuple[pa.DictionaryArray, pa.DictionaryArray]
    names: pa.Array

    def loose(self) -> npt.NDArray[np.bool_]:
        """bool[2, n], whether a side is known by a name alone, or not at all."""
        of_names = pc.starts_with(self.names, "name:").to_numpy(zero_copy_only=False)
        of_names[NOBODY] = True
        loose: npt.NDArray[np.bool_] = of_names[self.account]
        return loose


class Called(NamedTuple):
    """By what number sides of payments are known, as read from ``mentions``; a side may be known by several.

    Attributes:
        rid: uint64[m], the payment.
        payee: bool[m], whether it is the payee.
        rank: int64[m], the least is the safest.
        code: int32[m], which number.
        nodes: string[k], the numbers.
    """

    rid: npt.NDArray[np.uint64]
    payee: npt.NDArray[np.bool_]
    rank: Ints
    code: npt.NDArray[np.int32]
    nodes: pa.Array

    def of(self, find: Callable[[npt.NDArray[np.uint64]], Ints], n: int) -> Ints:
        """int64[2 n], the safest number of each payer, then of each payee; -1 where there is none.

        Args:
            find: the row of each payment, -1 where there is none.
            n: rows.
        """
        row = find(self.rid)
        side = np.where(row >= 0, row + self.payee * n, -1)
        first = safest(side, self.rank)
        out = np.full(2 * n, -1)
        out[side[first]] = self.code[first]
        return out


def called(engine: Engine) -> Called:
    """The numbers of all payers and payees."""
    found = engine.sql(_CALLED)
    rid, payee, rank = (found.column(name).to_numpy() for name in ("rid", "payee", "rank"))
    return Called(rid.astype(np.uint64), payee, rank.astype(np.int64), *coded(found.column("node")))


def sides(engine: Engine, read: pa.Table, known: Ints, nodes: pa.Array) -> Sides:
    """Who pays and who is paid.

    Args:
        engine: works with the names.
        read: payer, payee (as written in their fields), payer_name, payee_name; nulls where nothing is written.
        known: see `Called.of`.
        nodes: the numbers that these are of.
    """
    n = len(read)
    written, node, holder, anybody = _written(engine, read)
    account, names = coded(pa.chunked_array([nodes, node, pa.array([""])]))
    of_side = np.where(known >= 0, account[known], account[len(nodes) + written])
    both = pa.concat_arrays([holder, anybody])
    which = np.where(known >= 0, written, len(holder) + written).astype(np.int32)
    shown = pa.DictionaryArray.from_arrays(pa.array(which), both)
    return Sides(of_side.reshape(2, n), (shown[:n], shown[n:]), names)


def _written(engine: Engine, read: pa.Table) -> tuple[Ints, pa.Array, pa.Array, pa.Array]:
    """int64[2 n], what is written on each side, of the few that are different; and of those what `_NAMED` tells."""
    columns = [
        pa.chunked_array([c for s in ("payer", "payee") for c in read.column(s + end).chunks], pa.string())
        for end in ("", "_name")
    ]
    (given, givens), (name, named) = (coded(column.fill_null("")) for column in columns)
    which, (given, name) = distinct(given, name)
    told = {"nth": pa.array(np.arange(len(given))), "given": givens.take(given), "name": named.take(name)}
    try:
        made = engine.sql(_NAMED, {"written": pa.table(told)})
    finally:
        engine.forget("written")
    node, holder, anybody = (made.column(k).combine_chunks() for k in ("node", "holder", "anybody"))
    return which, node, holder, anybody
