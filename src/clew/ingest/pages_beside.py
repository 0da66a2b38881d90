"""Pages read by processes beside this one: it is Python that reads them, and threads of it wait for each other.

A process gets pages as Arrow batches on its standard input and answers with rows on its standard output. It ends when
its input does, and so with whoever started it, in whatever way that ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from queue import SimpleQueue
from typing import IO

import orjson
import pyarrow as pa

from clew.ingest.base import Batch, Reject
from clew.ingest.pages import Raw, pages_batch
from clew.ingest.pages_gather import Certificate, Gathered

_MOST = 4  # processes: one more reads the archive for them
_PATIENCE = 10  # seconds until a process that does not end is ended
_GIVEN = pa.schema([
    ("line", pa.int64()), ("url", pa.string()), ("captured_at", pa.string()), ("body", pa.large_binary()),
    ("content_type", pa.string()), ("whole", pa.bool_()), ("rendered", pa.bool_()), ("beside", pa.bool_()),
    ("certificate", pa.string()),
])  # fmt: skip
_COLUMN, _ENCODED, _LINES, _KINDS = "column ", "encoded ", "lines", "kinds"

Process = subprocess.Popen[bytes]


class Beside:
    """Processes that read pages; they end when nobody holds this any more.

    Args:
        shared: what the pages of the archive share.
    """

    def __init__(self, shared: Gathered) -> None:
        command = [sys.executable, "-m", "clew.ingest.pages_beside"]
        count = min(os.cpu_count() or 1, _MOST)
        processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(count)]
        weakref.finalize(self, _end, processes)
        self._shared = shared
        self._told = pa.record_batch({"shared": pa.array([_written(shared)], pa.large_binary())})
        self._new = set(range(count))
        self._free = SimpleQueue[tuple[int, Process]]()
        for numbered in enumerate(processes):
            self._free.put(numbered)

    def batches(self, pages: Sequence[Raw], rejects: Sequence[Reject]) -> Iterator[Batch]:
        """As :func:`clew.ingest.pages.pages_batch`, on any thread; which does it where a process is lost."""
        number, process = self._free.get()
        try:
            rows = self._asked(number, process, pages)
        finally:
            self._free.put((number, process))
        if rows is None:
            yield from pages_batch(pages, self._shared, rejects)
        else:
            yield _batch(rows, rejects)

    def _asked(self, number: int, process: Process, pages: Sequence[Raw]) -> pa.RecordBatch | None:
        given, answers = process.stdin, process.stdout
        if given is None or answers is None:
            return None
        try:
            if number in self._new:
                self._new.discard(number)
                _send(given, self._told)
            _send(given, _table(pages))
            return _receive(answers)
        except OSError:
            return None


def _end(processes: Sequence[Process]) -> None:
    for process in processes:
        if process.stdin is not None:
            try:
                process.stdin.close()
            except OSError:
                pass  # it is gone, with what it was told last
    for process in processes:
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _written(shared: Gathered) -> bytes:
    return orjson.dumps(asdict(shared) | {"rendered": sorted(shared.rendered)})


def _read_shared(written: bytes) -> Gathered:
    told = orjson.loads(written)
    certificates = {host: _certificate(given) for host, given in told["certificates"].items()}
    return Gathered(told["pictures"], told["icons"], certificates, set(told["rendered"]), told["title"])


def _certificate(given: dict[str, str | list[str]]) -> Certificate:
    return Certificate(str(given["sha256"]), tuple(given["names"]), str(given["issuer"]))


def _table(pages: Sequence[Raw]) -> pa.RecordBatch:
    """Pages as rows of ``_GIVEN``."""
    plain = _GIVEN.names[:-1]
    columns = [pa.array([getattr(page, name) for page in pages], _GIVEN.field(name).type) for name in plain]
    held = [page.certificate and orjson.dumps(page.certificate).decode() for page in pages]
    return pa.record_batch([*columns, pa.array(held, pa.string())], schema=_GIVEN)


def _pages(rows: pa.RecordBatch) -> list[Raw]:
    """The pages in rows of ``_GIVEN``."""
    found = list[Raw]()
    for row in rows.to_pylist():
        certificate = row.pop("certificate")
        found.append(Raw(**row, certificate=certificate and _certificate(orjson.loads(certificate))))
    return found


def _rows(batch: Batch) -> pa.RecordBatch:
    """A batch without its rejects as one table."""
    columns = {_COLUMN + name: values for name, values in batch.columns.items()}
    columns |= {_ENCODED + name: values for name, values in batch.encoded.items()}
    return pa.record_batch(columns | {_LINES: batch.lines, _KINDS: batch.kinds})


def _batch(rows: pa.RecordBatch, rejects: Sequence[Reject]) -> Batch:
    """The batch of a table that :func:`_rows` made."""
    named = dict(zip(rows.schema.names, rows.columns, strict=True))
    columns = {name.removeprefix(_COLUMN): values for name, values in named.items() if name.startswith(_COLUMN)}
    encoded = {name.removeprefix(_ENCODED): values for name, values in named.items() if name.startswith(_ENCODED)}
    return Batch(columns, named[_LINES], encoded, tuple(rejects), named[_KINDS])


def _send(to: IO[bytes], rows: pa.RecordBatch) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    message = sink.getvalue()
    to.write(len(message).to_bytes(8, "little"))
    to.write(message)
    to.flush()


def _receive(source: IO[bytes]) -> pa.RecordBatch | None:
    """The next rows; None: there are no more."""
    length = source.read(8)
    if len(length) < 8:
        return None
    message = source.read(int.from_bytes(length, "little"))
    try:
        with pa.ipc.open_stream(message) as reader:
            return reader.read_next_batch()
    except (pa.ArrowInvalid, StopIteration):
        return None  # cut off


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    told = _receive(source)
    if told is None:
        return
    shared = _read_shared(told.column("shared")[0].as_py())
    while (rows := _receive(source)) is not None:
        for batch in pages_batch(_pages(rows), shared):
            _send(answers, _rows(batch))


if __name__ == "__main__":
    main()
