"""Memory for the large arrays of a batch, used again by the next one.

What goes back to the system comes back cleared, page by page: that took as much time as several extractors.
"""

from __future__ import annotations

import weakref
from typing import TypeVar

import numpy as np
import numpy.typing as npt

_SMALL = 1 << 16  # bytes up to which NumPy's own memory is as good

Number = TypeVar("Number", bound=np.generic)


class _Block(np.ndarray):
    """Memory, or a view of it that stands for its use.

    A class of its own because NumPy lets views of a view hold the array under it instead, unless that is of another
    class: so what is looked at always holds the view that stands for its use.
    """


# Those that nobody uses, by size. Threads share them: taking from a list and adding to one are single steps.
_unused: dict[int, list[_Block]] = {}


def room(size: int, kind: type[Number]) -> npt.NDArray[Number]:
    """An array to fill: it holds anything. Its memory is used again once neither it nor a view of it is left."""
    needed = size * np.dtype(kind).itemsize
    if needed <= _SMALL:
        return np.empty(size, kind)
    blocks = _unused.setdefault(1 << (needed - 1).bit_length(), [])
    try:
        block = blocks.pop()
    except IndexError:
        block = _Block(1 << (needed - 1).bit_length(), np.uint8)
    used = block[:]
    weakref.finalize(used, blocks.append, block).atexit = False
    return np.frombuffer(used, kind, size)


def give_back() -> None:
    """Give unused blocks back to the system."""
    for blocks in list(_unused.values()):
        blocks.clear()
