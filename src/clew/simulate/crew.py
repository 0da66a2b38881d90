"""Two processes that write chunks of a world, and the Arrow streams that go between.

Each helper is this module run by the same Python. It reads its orders (JSON in a stream's metadata) and chunks of
the sheet from standard input and answers on standard output. When this process is killed, their
input ends and so do they.
"""

from __future__ import annotations

import gc
import io
import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import pyarrow as pa

from clew.simulate.render import Renderer
from clew.simulate.sheet import CHUNK, Sheet

Written = tuple[bytes, dict[str, pa.RecordBatch]]
_TABLES = ("records", "phones", "mentions", "templates", "images")


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(8, "big"))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None at the end."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    return data if len(data) == size else None


def _packed(batch: pa.RecordBatch) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def _unpacked(data: bytes) -> pa.RecordBatch:
    return pa.ipc.open_stream(data).read_next_batch()


def _write(renderer: Renderer, rows: pa.RecordBatch) -> Written:
    page = renderer.chunk(rows)
    return b"".join(page.lines), page.batches()


class _Helper:
    """One process, used by one thread at a time."""

    def __init__(self, orders: bytes) -> None:
        command = [sys.executable, "-c", "from clew.simulate.crew import serve; serve()"]
        # A session of its own: a key press that stops this process must not make the helper complain.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        if self.process.stdin is None or self.process.stdout is None:  # pipes were asked for
            raise OSError("no pipe to a helper process")
        self.give, self.take = self.process.stdin, self.process.stdout
        _send(self.give, orders)

    def write(self, rows: pa.RecordBatch) -> Written:
        """One chunk, written by the process."""
        _send(self.give, _packed(rows))
        parts = [_receive(self.take) for _ in range(1 + len(_TABLES))]
        lines, *tables = [part for part in parts if part is not None]
        if len(tables) < len(_TABLES):
            raise OSError("a helper process of the simulation ended early")
        return lines, {name: _unpacked(data) for name, data in zip(_TABLES, tables, strict=True)}

    def close(self) -> None:
        """End the process."""
        self.give.close()
        self.take.close()
        self.process.wait()


def serve() -> None:
    """The life of a helper: orders, then chunk after chunk until the input ends."""
    give, take = sys.stdout.buffer, sys.stdin.buffer
    gc.disable()  # nothing here makes cycles, and going through millions of rows for some takes a tenth of the time
    orders = json.loads(_receive(take) or b"{}")
    drawn = {int(image): names for image, names in orders["drawn"].items()}
    renderer = Renderer(orders["seed"], orders["resold"], drawn)
    while (data := _receive(take)) is not None:
        lines, tables = _write(renderer, _unpacked(data))
        _send(give, lines)
        for name in _TABLES:
            _send(give, _packed(tables[name]))


def written(sheet: Sheet, seed: int, drawn: dict[int, list[str]], processes: int) -> Iterator[Written]:
    """Every chunk of the sheet as written, in order; with 1 process in this one. The result is the same."""
    starts = range(0, sheet.count, CHUNK)
    if processes == 1 or len(starts) < 4:
        renderer = Renderer(seed, sheet.resold, drawn)
        for start in starts:
            yield _write(renderer, sheet.rows(start))
        return
    orders = json.dumps({"seed": seed, "resold": sheet.resold, "drawn": drawn}).encode()
    helpers = [_Helper(orders) for _ in range(processes)]
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
