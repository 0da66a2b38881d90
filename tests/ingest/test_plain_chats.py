"""Chats as plain tables: conversation, sender, recipient, sent_at, body."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.ingest.stage import IngestOptions, ingest_files
from clew.model.tables import RECORDS

_CHAT = """conversation,sender,recipient,sent_at,body
c1,anna,+31 6 12345678,2025-07-01T10:00:00Z,ok
c1,+31 6 12345678,anna,2025-07-01T10:01:00Z,see you there
c2,anna,bert,2025-07-01T10:00:00Z,ok
"""


def _read(folder: Path, text: str, kind: str | None = "message") -> list[dict[str, object]]:
    file, out = folder / "chat.csv", folder / "out"
    file.write_text(text)
    out.mkdir()
    result = ingest_files([file], IngestOptions(kind, "phone", "chat"), [], out)
    tables = [pq.read_table(path).cast(RECORDS) for path in result.records]
    return sorted(pa.concat_tables(tables).to_pylist(), key=lambda r: r["line"])


def test_the_columns_of_a_chat_fill_their_fields(tmp_path: Path) -> None:
    first, second, third = _read(tmp_path, _CHAT)
    assert (first["conversation"], first["handle"], first["recipient"]) == ("c1", "anna", "+31 6 12345678")
    assert str(second["posted_at"]) == "2025-07-01 10:01:00+00:00"
    assert first["kind"] == "message" and first["extra"] is None
    assert first["record_id"] != third["record_id"], "the same words in another conversation are another message"


def test_a_sender_shown_as_a_number_is_a_contact(tmp_path: Path) -> None:
    assert [row["contact"] for row in _read(tmp_path, _CHAT)] == [None, "+31 6 12345678", None]


def test_who_names_no_kind_gets_adverts_from_a_table(tmp_path: Path) -> None:
    assert {row["kind"] for row in _read(tmp_path, _CHAT, None)} == {"ad"}
