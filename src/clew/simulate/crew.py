"""Two processes that write chunks of a world, and the Arrow streams that go between.

Each helper is this module; it is given its orders (JSON), then chunks of the sheet.
"""

from __future__ import annotations

import gc
import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from clew.engine.helper import Helper, asked, packed, unpacked
from clew.simulate.render import Renderer
from clew.simulate.sheet import CHUNK, Sheet

Written = tuple[bytes, dict[str, pa.RecordBatch]]
_TABLES = ("records", "phones", "mentions", "templates", "images")


def _write(renderer: Renderer, rows: pa.RecordBatch) -> Written:
    page = renderer.chunk(rows)
    return b"".join(page.lines), page.batches()


class _Writer(Helper):
    """A helper that writes chunks."""

    def __init__(self, orders: bytes) -> None:
        super().__init__("clew.simulate.crew")
        self.send(orders)

    def write(self, rows: pa.RecordBatch) -> Written:
        """One chunk, written by the process."""
        self.send(packed(rows))
        parts = [self.receive() for _ in range(1 + len(_TABLES))]
        lines, *tables = [part for part in parts if part is not None]
        if len(tables) < len(_TABLES):
            raise OSError("a helper process of the simulation ended early")
        return lines, {name: unpacked(data) for name, data in zip(_TABLES, tables, strict=True)}


def serve() -> None:
    """The life of a helper: orders, then chunk after chunk until the input ends."""
    pipe = asked()
    gc.disable()  # nothing here makes cycles, and going through millions of rows for some takes a tenth of the time
    orders = json.loads(pipe.receive() or b"{}")
    drawn = {int(image): names for image, names in orders["drawn"].items()}
    renderer = Renderer(orders["seed"], orders["resold"], drawn)
    while (data := pipe.receive()) is not None:
        lines, tables = _write(renderer, unpacked(data))
        pipe.send(lines)
        for name in _TABLES:
            pipe.send(packed(tables[name]))


def written(sheet: Sheet, seed: int, drawn: dict[int, list[str]], processes: int) -> Iterator[Written]:
    """Every chunk of the sheet as written, in order; with 1 process in this one. The result is the same."""
    starts = range(0, sheet.count, CHUNK)
    if processes == 1 or len(starts) < 4:
        renderer = Renderer(seed, sheet.resold, drawn)
        for start in starts:
            yield _write(renderer, sheet.rows(start))
        return
    orders = json.dumps({"seed": seed, "resold": sheet.resold, "drawn": drawn}).encode()
    helpers = [_Writer(orders) for _ in range(processes)]
    try:
        # A thread to each helper waits for its pipe; few chunks are under way at once, so memory stays bounded.
        with ThreadPoolExecutor(processes) as threads:
            idle = deque(helpers)

            def one(start: int) -> Written:
                helper = idle.popleft()
                try:
                    return helper.write(sheet.rows(start))
                finally:
                    idle.append(helper)

            waiting: deque[Future[Written]] = deque()
            for start in starts:
                waiting.append(threads.submit(one, start))
                if len(waiting) > processes * 2:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    finally:
        for helper in helpers:
            helper.close()


if __name__ == "__main__":
    serve()
