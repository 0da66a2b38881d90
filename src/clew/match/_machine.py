"""Two processor instructions that Numba does not offer by itself, for use inside compiled functions."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.extending import intrinsic

_cgutils: Any = cgutils  # ships no types


def _ones(typing_context: Any, word: Any) -> Any:
    """Bits set in a uint64: the population count."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), code


def _fetch(typing_context: Any, array: Any, chunk: Any, at: Any) -> Any:
    """Ask for the memory of ``array[chunk, at, 0]`` ahead of its use: prefetch."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(array)(context, builder, arguments[0])
        place = [arguments[1], arguments[2], ir.Constant(arguments[1].type, 0)]
        pointer = _cgutils.get_item_pointer(context, builder, array, view, place)
        read, keep, data = (ir.Constant(ir.IntType(32), number) for number in (0, 3, 1))
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, read.type, keep.type, data.type])
        prefetch = _cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [pointer, read, keep, data])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), code


ones: Any = intrinsic(_ones)
fetch: Any = intrinsic(_fetch)
