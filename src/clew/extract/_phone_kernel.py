"""How the compiled parts of the phone extractor are compiled, and how they get their tables."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba.core.cpu import CPUTargetOptions

# The kernels allocate nothing (scratch memory is handed in), so they need not count references; counting them at every
# call took most of the time. `_nrt` is private to Numba: where a version does not know it, the kernels are only slower.
_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True}
if hasattr(CPUTargetOptions, "_nrt"):
    _OPTIONS["_nrt"] = False

kernel = numba.njit(**_OPTIONS)

# Small steps of the innermost loop: the call costs more than what they do.
inner = numba.njit(**_OPTIONS, forceinline=True)


def packed(fields: Any) -> npt.NDArray[np.void]:
    """One structured row with the fields of a named tuple: arrays, whole numbers and named tuples.

    Compiled code gets the row as one address, where every array handed on by itself takes seven arguments; the shapes
    are part of the type.
    """
    rows = {k: packed(v) if hasattr(v, "_asdict") else np.asarray(v) for k, v in fields._asdict().items()}
    kinds = [(k, v.dtype, () if hasattr(getattr(fields, k), "_asdict") else v.shape) for k, v in rows.items()]
    row = np.zeros(1, np.dtype(kinds, align=True))
    for name, value in rows.items():
        row[name] = value
    return row
