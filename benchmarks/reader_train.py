"""Logistic regression on features that are there or not, fitted step by step (AdaGrad; Duchi, Hazan and Singer 2011).

In two ways, of which the mean is kept: each sense against all else, which finds more in sentences unlike those that
were shown, and all senses and "nothing" together, which parts them better. Both are sums of weights, so is their mean.

Each time a message is shown, half of its features are left out (dropout; Wager, Wang and Liang 2013), so no few of them
come to carry a sense alone: what is met later shares only some.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from clew.extract._meaning_learnt import LEAST

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_EPOCHS = 15
_KEPT = 0.5  # share of the features of a message that are shown each time
_SPREAD = 1.3  # makes log-odds on sentences that were not shown as far apart as those that `clew.talk` was made for
_RATE = np.float32(0.5)
_DECAY = np.float32(1e-5)
_LEAST = 2  # phrasings in which a feature must stand
_NEGLIGIBLE = 0.002  # an error so small teaches nothing
_SEED = 1


class Features(NamedTuple):
    """Which features stand in which message: uint32[k] and int64[k], of ``count`` messages."""

    ids: npt.NDArray[np.uint32]
    owner: Ints
    count: int


class Weights(NamedTuple):
    """What is learnt: uint32[f], features, sorted; float32[f, senses]; float32[senses]."""

    keys: npt.NDArray[np.uint32]
    weight: Floats
    bias: Floats


def _rows(keys: npt.NDArray[np.uint32], of: Features) -> tuple[Ints, Ints]:
    """The known features of each message, each once: where those of a message begin, and their rows."""
    at = np.minimum(np.searchsorted(keys, of.ids), len(keys) - 1)
    known = keys[at] == of.ids
    both = np.unique(of.owner[known] * len(keys) + at[known])
    return np.searchsorted(both // len(keys), np.arange(of.count + 1)), both % len(keys)


def fit(of: Features, group: Ints, says: Ints, senses: int, worth: Floats) -> Weights:
    """Weights that tell what messages say.

    Args:
        of: features.
        group: int64[n], the phrasing of each message; a feature must stand in two.
        says: int64[n], the sense of each message; ``senses`` where it says nothing.
        senses: how many there are.
        worth: float32[n], of each message; those of 0 are not shown.
    """
    shown = worth[of.owner] > 0
    pairs = np.unique((of.ids[shown].astype(np.uint64) << np.uint64(32)) | group[of.owner[shown]].astype(np.uint64))
    keys, count = np.unique((pairs >> np.uint64(32)).astype(np.uint32), return_counts=True)
    keys = keys[count >= _LEAST]
    first, rows = _rows(keys, of)
    fitted = [_descend(first, rows, says, senses + 1, worth, len(keys), together) for together in (False, True)]
    (alone, alone_bias), (joint, joint_bias) = fitted
    # All features together say more than those that were shown, by the root of their number.
    weight = (alone[:, :-1] + joint[:, :-1] - joint[:, -1:]) / 2 * np.float32(np.sqrt(_KEPT) * _SPREAD)
    return Weights(keys, weight, (alone_bias[:-1] + joint_bias[:-1] - joint_bias[-1]) / 2 * np.float32(_SPREAD))


def score(by: Weights, of: Features) -> Floats:
    """float32[n, senses], the log-odds of each message and sense."""
    first, rows = _rows(by.keys, of)
    return _score(first, rows, by.weight, by.bias)  # type: ignore[no-any-return]


@numba.njit(cache=True)
def _score(first, rows, weight, bias):  # type: ignore[no-untyped-def]
    out = np.empty((first.shape[0] - 1, weight.shape[1]), np.float32)
    for i in range(out.shape[0]):
        out[i] = bias
        share = np.float32(1 / np.sqrt(max(first[i + 1] - first[i], LEAST)))
        for k in range(first[i], first[i + 1]):
            for s in range(weight.shape[1]):
                out[i, s] += weight[rows[k], s] * share
    return out


@numba.njit(cache=True, nogil=True)
def _descend(first, rows, says, classes, worth, features, together):  # type: ignore[no-untyped-def]
    n = len(says)
    weight, past = np.zeros((features, classes), np.float32), np.full((features, classes), 1e-3, np.float32)
    bias, bias_past = np.zeros(classes, np.float32), np.full(classes, 1e-3, np.float32)
    z, shown = np.empty(classes, np.float32), np.empty((first[1:] - first[:-1]).max(), np.int64)
    np.random.seed(_SEED)
    for _ in range(_EPOCHS):
        for i in np.random.permutation(n):
            if worth[i] == 0:
                continue
            count = 0
            for k in range(first[i], first[i + 1]):
                if np.random.random() < _KEPT:
                    shown[count] = rows[k]
                    count += 1
            share = np.float32(1 / np.sqrt(max(count, 1)))
            z[:] = bias
            for f in shown[:count]:
                for s in range(classes):
                    z[s] += weight[f, s] * share
            if together:
                z[:] = np.exp(z - z.max())
                z /= z.sum()
            else:
                z[:] = 1 / (1 + np.exp(-z))
            z[says[i]] -= 1
            for s in range(classes):
                error = worth[i] * z[s]
                z[s] = error if abs(error) > _NEGLIGIBLE else np.float32(0)
                bias_past[s] += z[s] * z[s]
                bias[s] -= _RATE * z[s] / np.sqrt(bias_past[s])
            for f in shown[:count]:
                for s in range(classes):
                    slope = z[s] * share + _DECAY * weight[f, s]
                    past[f, s] += slope * slope
                    weight[f, s] -= _RATE * slope / np.sqrt(past[f, s])
    return weight, bias
