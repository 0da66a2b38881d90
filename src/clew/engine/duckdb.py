"""The embedded engine: relations as SQL in DuckDB, with a bound on memory and a folder to spill to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

import duckdb
import pyarrow as pa

from clew.model.errors import ClewError

Source: TypeAlias = "pa.Table | Sequence[Path]"
T = TypeVar("T")


class EngineError(ClewError):
    """A query failed, which is never the user's fault; the message holds the query and may hold names of files."""


class Engine:
    """Runs SQL over named tables: Arrow tables, or Parquet files. Rows keep their order, as is DuckDB's default.

    Args:
        spill: a folder that DuckDB may use when a relation does not fit.
        memory_gb: bound on DuckDB's own memory.
        threads: workers; all cores when None.
        database: a DuckDB file whose tables are there from the start, opened for reading; none when None. Such an
            engine answers what people ask, so no SQL in it reaches another file, the network or a setting.
    """

    def __init__(
        self, spill: Path, memory_gb: float = 1.2, threads: int | None = None, database: Path | None = None
    ) -> None:
        self.threads = threads or os.cpu_count() or 1
        config: dict[str, Any] = {
            "threads": self.threads,
            "memory_limit": f"{memory_gb:.2f}GB",
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self.con = duckdb.connect(database or ":memory:", read_only=database is not None, config=config)
        self.con.execute("SET GLOBAL TimeZone = 'UTC'")
        if database is not None:
            self.con.execute("SET enable_external_access = false")
            self.con.execute("SET lock_configuration = true")
        self._given: dict[str, pa.Table] = {}

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()

    @contextmanager
    def session(self) -> Iterator[Engine]:
        """The same tables for another thread; what it registers or creates as temporary is its own."""
        twin = Engine.__new__(Engine)
        twin.threads, twin.con = self.threads, self.con.cursor()
        twin._given = {}
        twin.register(self._given)
        with twin:
            yield twin

    @contextmanager
    def beside(self, work: Callable[[Engine], T]) -> Iterator[Future[T]]:
        """Something that another thread does in a `session` of its own; it has ended when the block has."""
        with self.session() as other, ThreadPoolExecutor(1) as pool:
            yield pool.submit(work, other)

    def register(self, tables: Mapping[str, Source]) -> None:
        """Give tables names; a name that is taken is given anew. An empty list of files is refused by `view_of`."""
        for name, source in tables.items():
            self.forget(name)  # a registered table would hide a view of the same name
            if isinstance(source, pa.Table):
                self.con.execute(f"DROP VIEW IF EXISTS {name}")
                self.con.register(name, source)
                self._given[name] = source
            else:
                self.con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {parquet(source)}")

    def forget(self, name: str) -> None:
        """Take back the name of an Arrow table; nothing happens where there is none."""
        self.con.unregister(name)
        self._given.pop(name, None)

    def sql(
        self, query: str, tables: Mapping[str, Source] | None = None, params: Mapping[str, object] | None = None
    ) -> pa.Table:
        """The rows of a query, as an Arrow table; ``$name`` in it stands for a value of ``params``."""
        self.register(tables or {})
        try:
            return self.con.sql(query, params=dict(params) if params else None).to_arrow_table()
        except duckdb.Error as error:
            raise EngineError(f"The engine could not run this step: {error}\n{query}") from error

    @contextmanager
    def batches(self, query: str, size: int) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """The rows of a query in their order, some at a time, for what does not fit into memory."""
        try:
            reader = self.con.sql(query).to_arrow_reader(size)
        except duckdb.Error as error:
            raise EngineError(f"The engine could not run this step: {error}\n{query}") from error
        try:
            yield reader.schema, iter(reader)
        finally:
            reader.close()

    def rows(self, query: str, **params: object) -> list[dict[str, Any]]:
        """The rows of a query, each as a dictionary; ``$name`` in it stands for a value of ``params``."""
        found: list[dict[str, Any]] = self.sql(query, params=params).to_pylist()
        return found

    def row(self, query: str) -> tuple[Any, ...]:
        """The first row of a query that has one."""
        found = self.sql(query).slice(0, 1).to_pylist()
        if not found:
            raise EngineError(f"The engine gave no row for:\n{query}")
        return tuple(found[0].values())

    def run(self, query: str, tables: Mapping[str, Source] | None = None) -> None:
        """Run a statement for its effect (CREATE TABLE, COPY …)."""
        self.register(tables or {})
        try:
            self.con.execute(query)
        except duckdb.Error as error:
            raise EngineError(f"The engine could not run this step: {error}\n{query}") from error


def parquet(paths: Sequence[Path]) -> str:
    """A SQL expression that reads Parquet files."""
    names = ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths)
    return f"read_parquet([{names}])"
