"""A shelf of files to ingest, and what came of them; shared by the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from clew.ingest.stage import IngestOptions, IngestResult, ingest_files
from clew.model.tables import CHANGES, QUARANTINE, RECORDS


class Shelf:
    """A folder to write inputs to, and segments that grow as a workspace's do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: list[Path] = []
        self.runs = 0

    def write(self, name: str, content: bytes | str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def jsonl(self, name: str, *rows: Any) -> Path:
        return self.write(name, "".join(json.dumps(row) + "\n" for row in rows))

    def ingest(self, *paths: Path, **options: Any) -> IngestResult:
        self.runs += 1
        out = self.root / f".out{self.runs}"
        out.mkdir()
        given = IngestOptions(**{"kind": "ad", "source": "test"} | options)
        result = ingest_files(paths, given, self.known, out)
        assert result.read == result.new + result.changed + result.identical + result.rejected
        self.known += result.records
        return result

    def records(self, *paths: Path, **options: Any) -> list[dict[str, Any]]:
        return rows(self.ingest(*paths, **options).records)


def rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    return [row for path in paths for row in pq.read_table(path, schema=RECORDS).to_pylist()]


def changes(result: IngestResult) -> list[dict[str, Any]]:
    return pq.read_table(result.changes, schema=CHANGES).to_pylist() if result.changes else []


def reasons(result: IngestResult) -> list[str]:
    return [row["reason"] for row in quarantined(result)]


def quarantined(result: IngestResult) -> list[dict[str, Any]]:
    return pq.read_table(result.quarantine, schema=QUARANTINE).to_pylist() if result.quarantine else []
