"""Whether the running balances of a table follow from its amounts, whichever way the rows are ordered."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Reject
from clew.ingest.money_statement import balance_gap
from clew.model.traced import MONEY

_MOST = 20  # gaps told one by one
_MILLIONTHS = pa.decimal128(32, 6)
_LIMIT = pa.scalar(Decimal(10) ** 12).cast(MONEY)
_OLDEST_FIRST, _NEWEST_FIRST = 1, -1
UNORDERED = "the running balances of this table follow from its amounts in neither order of rows; they were not checked"

Ints = npt.NDArray[np.int64]


@dataclass
class Balances:
    """Walks down a table, account by account.

    ``way`` is found in the first rows that show it: oldest first or newest first; None until then, 0 where neither
    fits. Services that book their fee apart from the amount (``net``) are told by their balances too.
    """

    way: int | None = None
    net: bool = False
    told: int = 0
    _last: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)  # account: amount, fee, balance, line

    def check(
        self, groups: pa.Array, amounts: pa.Array, fees: pa.Array, balances: pa.Array, lines: pa.Array
    ) -> list[Reject]:
        """Where a balance does not follow from the one before.

        Args:
            groups: string[n], account and currency.
            amounts, fees, balances: decimal128[n]; rows without amount or balance are passed over.
            lines: int64[n].
        """
        if self.way == 0:
            return []
        kept = pc.and_(_small(amounts), _small(balances))
        if not pc.any(kept, min_count=0).as_py():
            return []
        codes = pc.fill_null(groups, "").filter(kept).dictionary_encode()
        change, after = _ints(amounts.filter(kept)), _ints(balances.filter(kept))
        fee = np.abs(_ints(pc.fill_null(pc.if_else(_small(fees), fees, None), 0).filter(kept)))
        line = lines.filter(kept).to_numpy(zero_copy_only=False)
        names = codes.dictionary.to_pylist()
        order = np.argsort(codes.indices.to_numpy(), kind="stable")
        cuts = np.searchsorted(codes.indices.to_numpy()[order], np.arange(len(names) + 1))
        rows = []
        for n, name in enumerate(names):
            own = order[cuts[n] : cuts[n + 1]]
            group = np.stack([change[own], fee[own], after[own], line[own]])
            if name in self._last:
                group = np.concatenate([np.array(self._last[name])[:, None], group], axis=1)
            self._last[name] = tuple(group[:, -1].tolist())
            rows.append(group)
        if self.way is None:
            self._find_way(rows)
        if not self.way:
            return [Reject(0, UNORDERED)] if self.way == 0 else []
        found = [gap for group in rows for gap in self._gaps(group)]
        shown = found[: max(0, _MOST - self.told)]
        if len(found) > len(shown) and self.told < _MOST + 1:
            self.told = _MOST
            shown.append(Reject(0, f"running balance: more than {_MOST} gaps; the others are not listed"))
        self.told += len(shown)
        return shown

    def _find_way(self, rows: list[Ints]) -> None:
        pairs = sum(group.shape[1] - 1 for group in rows)
        if pairs == 0:
            return
        best, hits = 0, 0
        for way in (_OLDEST_FIRST, _NEWEST_FIRST):
            for net in (False, True):
                fit = sum(int(np.count_nonzero(_differences(group, way, net) == 0)) for group in rows)
                if fit > hits:
                    best, hits, self.net = way, fit, net
        if 2 * hits >= pairs:
            self.way = best
        elif pairs >= 3:
            self.way = 0

    def _gaps(self, group: Ints) -> list[Reject]:
        way = self.way or 0
        found = list[Reject]()
        for n in np.flatnonzero(_differences(group, way, self.net)).tolist():
            older, newer = (n, n + 1) if way == _OLDEST_FIRST else (n + 1, n)
            change = group[0, newer] - (group[1, newer] if self.net else 0)
            found.append(
                balance_gap(int(group[3, newer]), *(_decimal(v) for v in (group[2, older], change, group[2, newer])))
            )
        return found


def _differences(group: Ints, way: int, net: bool) -> Ints:
    change, after = group[0] - group[1] if net else group[0], group[2]
    oldest_first = way == _OLDEST_FIRST
    differ: Ints = after[:-1] + change[1:] - after[1:] if oldest_first else after[1:] + change[:-1] - after[:-1]
    return differ


def _small(column: pa.Array) -> pa.Array:
    return pc.fill_null(pc.less(pc.abs(column), _LIMIT), False)


def _ints(column: pa.Array) -> Ints:
    """Decimals as whole millionths."""
    exact = column.cast(_MILLIONTHS, safe=False)
    words = np.frombuffer(exact.buffers()[1], np.int64).reshape(-1, 2)[exact.offset : exact.offset + len(exact), 0]
    return words.copy()


def _decimal(millionths: int) -> Decimal:
    return Decimal(int(millionths)).scaleb(-6)
