"""The arithmetic of following money: exact amounts in two integers, in time order, over sorted arrays.

An amount is ``whole + part / 10^18`` with 0 <= part < 10^18; so cents and wei are exact, and sums reconcile to the last
digit. Every account is a line of money. It begins with what must have been there for the books to be possible at all:
the least that keeps every later balance at zero or above. What comes in is put at the end of the line.

* first in, first out (Clayton's Case, 1816): what goes out is taken from the front;
* by proportion (the "haircut" of Möser et al. 2014): each payment takes as large a share of the followed money as of
  all.

The two differ in who has the followed money; in total they agree. Backwards is the same with time and direction turned
round: the last to come in stands at the front, and what is left at the end was there before the records begin.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, making_kernel

Ints = npt.NDArray[np.int64]

UNIT = 10**18
_UNIT = np.int64(UNIT)


def order(t: Ints, payer: npt.NDArray[np.int32], payee: npt.NDArray[np.int32], rid: npt.NDArray[np.uint64]) -> Ints:
    """int64[n], the payments in time; of those of one moment (many books give days alone) what feeds others comes
    first."""
    base = np.lexsort((rid, payer, t))
    new = np.append(True, t[base][1:] != t[base][:-1])[: len(base)]
    begin = np.append(np.flatnonzero(new), len(base))
    out = np.empty(len(base), np.int64)
    nodes = int(max(payer.max(initial=-1), payee.max(initial=-1))) + 2
    _within(begin, payer[base].astype(np.int64), payee[base].astype(np.int64), np.zeros(nodes, np.int64), out)
    return np.asarray(base[out], np.int64)


@making_kernel
def _within(begin, payer, payee, waiting, out):  # type: ignore[no-untyped-def]
    """The rows of each moment in an order in which payers have got what they pay on; circles begin at the lowest
    payer."""
    queue = np.empty(payer.shape[0], np.int64)
    done = np.zeros(payer.shape[0], np.bool_)
    for g in range(begin.shape[0] - 1):
        a, b = begin[g], begin[g + 1]
        if b - a == 1:
            out[a] = a
            continue
        for i in range(a, b):
            if payee[i] != payer[i]:
                waiting[payee[i]] += 1  # -1, an account that is not followed, is the last
        head, tail, oldest = a, a, a
        for i in range(a, b):
            if waiting[payer[i]] == 0 or payer[i] < 0:
                queue[tail] = i
                done[i] = True
                tail += 1
        while head < b:
            if head == tail:
                while done[oldest]:
                    oldest += 1
                queue[tail] = oldest
                done[oldest] = True
                tail += 1
            i = queue[head]
            out[head] = i
            head += 1
            node = payee[i]
            if node == payer[i]:
                continue
            waiting[node] -= 1
            if waiting[node] == 0 and node >= 0:
                low, high = a, b
                while low < high:
                    middle = (low + high) >> 1
                    if payer[middle] < node:
                        low = middle + 1
                    else:
                        high = middle
                while low < b and payer[low] == node:
                    if not done[low]:
                        queue[tail] = low
                        done[low] = True
                        tail += 1
                    low += 1
        for i in range(a, b):
            waiting[payee[i]] = 0


@numba.njit(nogil=True, cache=True, inline="always")
def _plus(aw, af, bw, bf):  # type: ignore[no-untyped-def]
    f = af + bf
    return (aw + bw + 1, f - _UNIT) if f >= _UNIT else (aw + bw, f)


@numba.njit(nogil=True, cache=True, inline="always")
def _minus(aw, af, bw, bf):  # type: ignore[no-untyped-def]
    f = af - bf
    return (aw - bw - 1, f + _UNIT) if f < 0 else (aw - bw, f)


@numba.njit(nogil=True, cache=True, inline="always")
def _less(aw, af, bw, bf):  # type: ignore[no-untyped-def]
    return aw < bw or (aw == bw and af < bf)


@kernel
def split(high, low, whole, part):  # type: ignore[no-untyped-def]
    """Cut 128-bit numbers (upper and lower half) into wholes and parts of 10^18."""
    for k in range(high.shape[0]):
        w = np.int64((np.float64(high[k]) * 18446744073709551616.0 + np.float64(low[k])) / 1e18)
        f = np.int64(low[k] - np.uint64(w) * np.uint64(_UNIT))  # wraps round to the small difference
        while f < 0:
            w, f = w - 1, f + _UNIT
        while f >= _UNIT:
            w, f = w + 1, f - _UNIT
        whole[k], part[k] = w, f


@making_kernel
def openings(payer, payee, whole, part, ow, of):  # type: ignore[no-untyped-def]
    """What each account must have had before,
    at least: payments are in order; -1 is an account that is not followed."""
    n = ow.shape[0]
    bw, bf = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for k in range(payer.shape[0]):
        p, q = payer[k], payee[k]
        if p == q:
            continue
        if p >= 0:
            bw[p], bf[p] = _minus(bw[p], bf[p], whole[k], part[k])
            lw, lf = _minus(0, 0, ow[p], of[p])
            if _less(bw[p], bf[p], lw, lf):
                ow[p], of[p] = _minus(0, 0, bw[p], bf[p])
        if q >= 0:
            bw[q], bf[q] = _plus(bw[q], bf[q], whole[k], part[k])


@making_kernel
def fifo(payer, payee, whole, part, source, ow, of, lot, begin, fw, ff):  # type: ignore[no-untyped-def]
    """How much of each payment is followed money, first in, first out.

    Args:
        payer, payee, whole, part: payments in order.
        source: the account whose money is followed: all that it pays.
        ow, of: what each account had before; is used up.
        lot: room for one number a payment; begin: where the lots of each account begin.
        fw, ff: the answer. Of a payment that is followed in part, that part is spent first.
    """
    n = ow.shape[0]
    head, tail = begin[:-1].copy(), begin[:-1].copy()
    gw, gf = np.zeros(n, np.int64), np.zeros(n, np.int64)  # what of the lot at the front is gone
    for k in range(payer.shape[0]):
        p, q = payer[k], payee[k]
        if p == q:
            continue
        if p == source:
            fw[k], ff[k] = whole[k], part[k]
        elif p >= 0:
            nw, nf = whole[k], part[k]
            if _less(nw, nf, ow[p], of[p]):
                ow[p], of[p] = _minus(ow[p], of[p], nw, nf)
                nw, nf = 0, 0
            else:
                nw, nf = _minus(nw, nf, ow[p], of[p])
                ow[p], of[p] = 0, 0
            while (nw > 0 or nf > 0) and head[p] < tail[p]:
                i = lot[head[p]]
                lw, lf = _minus(whole[i], part[i], gw[p], gf[p])  # what is left of the lot
                last = not _less(nw, nf, lw, lf)
                uw, uf = (lw, lf) if last else (nw, nf)
                if _less(gw[p], gf[p], fw[i], ff[i]):
                    mw, mf = _minus(fw[i], ff[i], gw[p], gf[p])  # what is left of its followed part
                    if _less(uw, uf, mw, mf):
                        mw, mf = uw, uf
                    fw[k], ff[k] = _plus(fw[k], ff[k], mw, mf)
                nw, nf = _minus(nw, nf, uw, uf)
                if last:
                    head[p] += 1
                    gw[p], gf[p] = 0, 0
                else:
                    gw[p], gf[p] = _plus(gw[p], gf[p], uw, uf)
        if q >= 0 and q != source:
            lot[tail[q]] = k
            tail[q] += 1


@making_kernel
def proportion(payer, payee, whole, part, source, ow, of, grain, pw, pf):  # type: ignore[no-untyped-def]
    """How much of each payment is followed money, by its share of the payer's balance, in whole grains of 10^-18."""
    n = ow.shape[0]
    tw, tf = np.zeros(n, np.int64), np.zeros(n, np.int64)
    owed = np.zeros(n)  # what rounding has kept back: of many small payments it would be much
    for k in range(payer.shape[0]):
        p, q = payer[k], payee[k]
        if p == q:
            continue
        if p == source:
            pw[k], pf[k] = whole[k], part[k]
        elif p >= 0:
            lw, lf = _minus(ow[p], of[p], whole[k], part[k])  # what is left afterwards
            if tw[p] > 0 or tf[p] > 0:
                if lw == 0 and lf == 0:
                    xw, xf = tw[p], tf[p]
                else:
                    ratio = (whole[k] + part[k] * 1e-18) / (ow[p] + of[p] * 1e-18)
                    x = max((tw[p] + tf[p] * 1e-18) * min(ratio, 1.0) + owed[p], 0.0)
                    xw = np.int64(x)
                    xf = (np.int64((x - xw) * 1e18) + grain // 2) // grain * grain
                    if xf >= _UNIT:
                        xw, xf = xw + 1, xf - _UNIT
                    owed[p] = x - xw - xf * 1e-18
                    if _less(whole[k], part[k], xw, xf):
                        xw, xf = whole[k], part[k]
                    if _less(tw[p], tf[p], xw, xf):
                        xw, xf = tw[p], tf[p]
                    yw, yf = _minus(tw[p], tf[p], xw, xf)
                    if _less(lw, lf, yw, yf):  # no more stays than there is
                        yw, yf = _minus(yw, yf, lw, lf)
                        xw, xf = _plus(xw, xf, yw, yf)
                pw[k], pf[k] = xw, xf
                tw[p], tf[p] = _minus(tw[p], tf[p], xw, xf)
            ow[p], of[p] = lw, lf
        if q >= 0 and q != source:
            ow[q], of[q] = _plus(ow[q], of[q], whole[k], part[k])
            tw[q], tf[q] = _plus(tw[q], tf[q], pw[k], pf[k])


@kernel
def add_up(group, whole, part, sw, sf):  # type: ignore[no-untyped-def]
    """Exact sums by group; -1 is left out."""
    for k in range(group.shape[0]):
        g = group[k]
        if g >= 0:
            sw[g], sf[g] = _plus(sw[g], sf[g], whole[k], part[k])
