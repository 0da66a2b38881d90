"""Eight bytes of an array as one number, for compiled scans that look at eight bytes at a time."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic


def _load8(_typing: Any, data: Any, _at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        word = builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()))
        word.align = 1
        return word

    return types.uint64(data, types.uint64), generate


# load8(data, at): uint64, the eight bytes from data[at] on as the machine orders them. They must be there.
load8: Any = intrinsic(_load8)
