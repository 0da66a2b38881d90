"""Pages read by processes beside this one: it is Python that reads them, and threads of it wait for each other."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from queue import SimpleQueue

import orjson
import pyarrow as pa

from clew.engine.helper import Helper, asked, packed, unpacked
from clew.ingest.base import WORKERS, Batch, Reject
from clew.ingest.pages import Raw, pages_batch
from clew.ingest.pages_gather import Certificate, Gathered

_GIVEN = pa.schema([
    ("line", pa.int64()), ("url", pa.string()), ("captured_at", pa.string()), ("body", pa.large_binary()),
    ("content_type", pa.string()), ("whole", pa.bool_()), ("rendered", pa.bool_()), ("beside", pa.bool_()),
    ("certificate", pa.string()),
])  # fmt: skip
_COLUMN, _ENCODED, _LINES, _KINDS = "column ", "encoded ", "lines", "kinds"


class Beside:
    """Processes that read pages; they end when nobody holds this any more.

    Args:
        shared: what the pages of the archive share.
    """

    def __init__(self, shared: Gathered) -> None:
        helpers = [Helper("clew.ingest.pages_beside") for _ in range(min(os.cpu_count() or 1, WORKERS))]
        weakref.finalize(self, _end, helpers)
        self._shared, self._told = shared, _written(shared)
        self._new = set(helpers)
        self._free = SimpleQueue[Helper]()
        for helper in helpers:
            self._free.put(helper)

    def batches(self, pages: Sequence[Raw], rejects: Sequence[Reject]) -> Iterator[Batch]:
        """As :func:`clew.ingest.pages.pages_batch`, on any thread; which does it where a process is lost."""
        helper = self._free.get()
        try:
            answer = self._asked(helper, pages)
        finally:
            self._free.put(helper)
        if answer is None:
            yield from pages_batch(pages, self._shared, rejects)
        else:
            yield _batch(unpacked(answer), rejects)

    def _asked(self, helper: Helper, pages: Sequence[Raw]) -> bytes | None:
        try:
            if helper in self._new:
                self._new.discard(helper)
                helper.send(self._told)
            helper.send(packed(_table(pages)))
            return helper.receive()
        except OSError:
            return None


def _end(helpers: Sequence[Helper]) -> None:
    for helper in helpers:
        helper.close()


def _written(shared: Gathered) -> bytes:
    return orjson.dumps(shared, default=sorted)  # a set as a list


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


def main() -> None:
    """Answer until the input ends."""
    pipe = asked()
    told = pipe.receive()
    if told is None:
        return
    shared = _read_shared(told)
    while (message := pipe.receive()) is not None:
        for batch in pages_batch(_pages(unpacked(message)), shared):
            pipe.send(packed(_rows(batch)))


if __name__ == "__main__":
    main()
