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


def _prefetch(context: Any, builder: Any, array_type: Any, array: Any, place: Any) -> Any:
    view = context.make_array(array_type)(context, builder, array)
    item = _cgutils.get_item_pointer(context, builder, array_type, view, place)
    pointer = builder.bitcast(item, _cgutils.voidptr_t)
    read, keep, data = (ir.Constant(ir.IntType(32), number) for number in (0, 3, 1))
    kind = ir.FunctionType(ir.VoidType(), [pointer.type, read.type, keep.type, data.type])
    prefetch = _cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(prefetch, [pointer, read, keep, data])
    return context.get_dummy_value()


def _fetch(typing_context: Any, array: Any, chunk: Any, at: Any) -> Any:
    """Ask for the memory of ``array[chunk, at, 0]`` ahead of its use: prefetch."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = [arguments[1], arguments[2], ir.Constant(arguments[1].type, 0)]
        return _prefetch(context, builder, array, arguments[0], place)

    return types.void(array, types.int64, types.int64), code


def _fetch_item(typing_context: Any, array: Any, at: Any) -> Any:
    """Ask for the memory of ``array[at]`` ahead of its use."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _prefetch(context, builder, array, arguments[0], [arguments[1]])

    return types.void(array, types.int64), code


def _fetch_row(typing_context: Any, array: Any, row: Any) -> Any:
    """Ask for 128 bytes from ``array[row]`` on (uint64, two dimensions) ahead of their use."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for word in (0, 8):
            place = [arguments[1], ir.Constant(arguments[1].type, word)]
            _prefetch(context, builder, array, arguments[0], place)
        return context.get_dummy_value()

    return types.void(array, types.int64), code


ones: Any = intrinsic(_ones)
fetch: Any = intrinsic(_fetch)
fetch_item: Any = intrinsic(_fetch_item)
fetch_row: Any = intrinsic(_fetch_row)
