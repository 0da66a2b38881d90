"""SQL: nothing that is asked becomes part of a query, and the engine of the pages reaches no file at all."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from tests.security.conftest import Hostile

from clew.engine.duckdb import EngineError
from clew.web.app import _sentence

ESCAPES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '{out}'",
    "COPY records TO '{out}' (FORMAT parquet)",
    "EXPORT DATABASE '{out}'",
    "ATTACH '{out}' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET temp_directory = '/tmp'",
    "RESET enable_external_access",
    "CREATE TABLE mine AS SELECT 1",
    "DELETE FROM records",
]
ASKED = [
    "x' OR '1'='1",
    "'; DROP TABLE records; --",
    "') UNION SELECT * FROM read_text('/etc/passwd') --",
    "$q",
    "%",
    "_",
    "\\",
    "{0}",
    "%(name)s",
    "\ufeff'",
    "x\" FROM '/etc/passwd' --",
    "N' || (SELECT content FROM read_text('/etc/passwd')) || '",
]


@pytest.mark.parametrize("query", ESCAPES)
def test_the_index_reaches_no_file_and_no_setting(hostile: Hostile, query: str, tmp_path: Path) -> None:
    with hostile.bench.desk.session() as session, pytest.raises(EngineError):
        session.run(query.format(out=tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_query_is_not_shown() -> None:
    status, what, todo = _sentence(EngineError("IO Error: /home/x/workspace/a.parquet\nSELECT secret FROM records"))
    assert status == 500 and not any(word in what + todo for word in ("SELECT", "/home", "parquet"))


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_stays_a_value(hostile: Hostile, asked: str) -> None:
    name = quote(asked, safe="")
    client = hostile.bench.client
    with hostile.bench.desk.session() as engine:
        before = engine.row("SELECT count(*) FROM records")
    for path in (
        f"/networks/{name}", f"/networks/{name}/records", f"/records/{name}", f"/api/v1/templates/{name}",
        f"/search?q={name}", f"/leads?place={name}&platform={name}&indicator={name}&assignee={name}",
        f"/leads?since={name}&sort={name}", f"/quarantine?reason={name}&file={name}", f"/runs/{name}",
        f"/cases/{name}", f"/cases/{hostile.case_id}/exhibits/{name}", f"/accounts/{name}",
        f"/audit?text={name}&who={name}&subject={name}",
        f"/networks/{hostile.network_id}/records?finding={name}&family={name}", f"/api/v1/networks/{name}/graph",
        f"/networks/{hostile.network_id}/structure?family={name}", f"/explore/{name}", f"/overview?place={name}",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code < 500, (path, answer.text[:300])
        assert "root:" not in answer.text and "Parser Error" not in answer.text, path
    with hostile.bench.desk.session() as engine:
        assert engine.row("SELECT count(*) FROM records") == before
