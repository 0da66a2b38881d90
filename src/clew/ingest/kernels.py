"""How kernels are compiled, here and in the stages after ingest, and two steps over letters at memory speed."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types
from numba.core import cgutils
from numba.core.cpu import CPUTargetOptions
from numba.extending import intrinsic

# Numba loads what kernels could call: SciPy's linear algebra, which takes a quarter of a second of every command, and
# the parser of C's headers. Ours call neither; whoever imports them later finds them.
_NEVER_CALLED = {"scipy.linalg.cython_blas": "numba.np.arraymath", "cffi": "numba.core.typing.cffi_utils"}
for _called, _caller in _NEVER_CALLED.items():
    if _called not in sys.modules:
        sys.modules[_called] = None  # type: ignore[assignment]
        try:
            importlib.import_module(_caller)
        finally:
            del sys.modules[_called]

# No kernel is called from C, so the entry for it is not compiled.
_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "no_cfunc_wrapper": True}
# What makes no array need not count references; counting them at every call takes much of the time. `_nrt` is private
# to Numba: where a version does not know it, the kernels are only slower.
_MAKES_NONE: dict[str, Any] = {"_nrt": False} if hasattr(CPUTargetOptions, "_nrt") else {}
# What Python never calls needs no entry from it.
_STEP: dict[str, Any] = {"no_cpython_wrapper": True}

kernel = numba.njit(**_OPTIONS, **_MAKES_NONE)
making_kernel = numba.njit(**_OPTIONS)  # one that makes arrays

# What only kernels call.
kernel_step = numba.njit(**_OPTIONS, **_MAKES_NONE, **_STEP)
making_step = numba.njit(**_OPTIONS, **_STEP)

# Small steps of the innermost loop: the call costs more than what they do.
inner = numba.njit(**_OPTIONS, **_MAKES_NONE, **_STEP, forceinline=True)


def _copy_letters(typing, out, at, data, start, size):  # type: ignore[no-untyped-def]
    """``out[at : at + size] = data[start : start + size]`` of one type as one memcpy: a loop copies one at a time."""

    def generate(context, builder, signature, values):  # type: ignore[no-untyped-def]
        to, to_at, source, source_at, count = values
        target = context.make_array(signature.args[0])(context, builder, to).data
        origin = context.make_array(signature.args[2])(context, builder, source).data
        memcpy: Any = cgutils.raw_memcpy
        width = context.get_abi_sizeof(context.get_data_type(signature.args[2].dtype))
        memcpy(builder, builder.gep(target, [to_at]), builder.gep(origin, [source_at]), count, width)
        return context.get_dummy_value()

    return types.void(out, types.int64, data, types.int64, types.int64), generate


copy_letters: Any = intrinsic(_copy_letters)


@making_step
def grown(rows, room):  # type: ignore[no-untyped-def]
    """A copy with more room: what was there, and rows that hold nothing yet.

    ``larger[:n] = rows`` says the same, but its check of shapes takes Numba two seconds to compile each time.
    """
    larger = np.empty((room, *rows.shape[1:]), rows.dtype)
    copy_letters(larger, 0, rows, 0, rows.size)
    return larger


def marked(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """1 for each letter at which a scan of JSON text stops: quote, backslash, control character.

    As long as a multiple of eight and with a mark after the end, so that `next_mark` may look at eight at once.
    """
    marks = np.ones((len(letters) // 8 + 1) * 8, np.uint8)
    _mark(letters, marks)
    return marks


@kernel
def _mark(letters, marks):  # type: ignore[no-untyped-def]
    for i in range(len(letters)):
        letter = letters[i]
        marks[i] = (letter == 34) | (letter == 92) | (letter < 32)


@kernel_step
def next_mark(marks, words, i):  # type: ignore[no-untyped-def]
    """The first marked letter from ``i`` on; ``words`` are the marks, eight in one."""
    k, one = np.uint64(i), np.uint64(1)
    while k & np.uint64(7):
        if marks[k]:
            return np.int64(k)
        k += one
    word = k >> np.uint64(3)
    while words[word] == 0:
        word += one
    k = word << np.uint64(3)
    while not marks[k]:
        k += one
    return np.int64(k)
