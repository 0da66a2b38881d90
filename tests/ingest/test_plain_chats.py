"""Chats as plain tables: conversation, sender, recipient, sent_at, body."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.ingest.stage import IngestOptions, ingest_files
from clew.model.tables import RECORDS

_CHAT = """conversation,sender,recipient,sent_at,body
c1,anna,+31 6 12345678,2025-07-01T10:00:00Z,ok
c1,+31 6 12345678,anna,2025-07-01T10:01:00Z,see you there
c2,anna,bert,2025-07-01T10:00:00Z,ok
"""


def _read(
    folder: Path, text: str, kind: str | None = "message", mapping: Mapping[str, str] | None = None
) -> list[dict[str, object]]:
    file, out = folder / "chat.csv", folder / "out"
    file.write_text(text)
    out.mkdir()
    result = ingest_files([file], IngestOptions(kind, "phone", "chat", mapping or {}), [], out)
    tables = [pq.read_table(path).cast(RECORDS) for path in result.records]
    return sorted(pa.concat_tables(tables).to_pylist(), key=lambda r: r["line"])


def test_the_columns_of_a_chat_fill_their_fields(tmp_path: Path) -> None:
    first, second, third = _read(tmp_path, _CHAT)
    assert (first["conversation"], first["handle"], first["recipient"]) == ("c1", "anna", "+31 6 12345678")
    assert str(second["posted_at"]) == "2025-07-01 10:01:00+00:00"
    assert first["kind"] == "message" and first["extra"] is None
    assert first["record_id"] != third["record_id"], "the same words in another conversation are another message"


_HEADERS = [
    "Chat;Absender;Empfänger;Datum;Uhrzeit;Nachricht",
    "Gesprek;Afzender;Ontvanger;Datum;Tijd;Bericht",
    "Discussion;Expéditeur;Destinataire;Date;Heure;Message",
    "Conversación;Remitente;Destinatario;Fecha;Hora;Mensaje",
    "Conversazione;Mittente;Destinatario;Data;Ora;Messaggio",
    "Rozmowa;Nadawca;Odbiorca;Data;Godzina;Wiadomość",
    "Conversație;Expeditor;Destinatar;Data;Ora;Mesaj",
    "Conversa;Remetente;Destinatário;Data;Hora;Mensagem",
    "Konverzace;Odesílatel;Příjemce;Datum;Čas;Zpráva",
    "Beszélgetés;Feladó;Címzett;Dátum;Időpont;Üzenet",
    "Разговор;Подател;Получател;Дата;Час;Съобщение",
    "Розмова;Відправник;Одержувач;Дата;Час;Повідомлення",
    "Чат;Отправитель;Получатель;Дата;Время;Сообщение",
    "Συνομιλία;Αποστολέας;Παραλήπτης;Ημερομηνία;Ώρα;Μήνυμα",
    "Sohbet;Gönderen;Alıcı;Tarih;Saat;Mesaj",
]


@pytest.mark.parametrize("header", _HEADERS)
def test_the_columns_of_a_chat_are_known_in_many_languages(tmp_path: Path, header: str) -> None:
    (row,) = _read(tmp_path, f"{header}\nc1;anna;bert;13.05.2021;15:04:05;ok\n")
    assert [row[name] for name in ("conversation", "handle", "recipient", "body", "extra")] == [
        "c1", "anna", "bert", "ok", None,
    ]  # fmt: skip
    assert str(row["posted_at"]) == "2021-05-13 15:04:05+00:00"


def test_a_time_in_a_column_of_its_own_belongs_to_the_day(tmp_path: Path) -> None:
    rows = """Date,Time,Sender,Message
5/13/2021,3:04 PM,anna,one
5/4/2021,15.04 Uhr,anna,two
2021-05-13 00:00:00,15:04,anna,three
2021-05-13 12:00:00,15:04,anna,four
2021-05-13,soon,anna,five
,15:04,anna,six
"""
    found = _read(tmp_path, rows)
    assert [str(row["posted_at"])[:16] for row in found] == [
        "2021-05-13 15:04", "2021-05-04 15:04", "2021-05-13 15:04", "2021-05-13 12:00", "2021-05-13 00:00", "None",
    ]  # fmt: skip
    assert [row["extra"] for row in found] == [
        None, None, None, '{"Time":"15:04"}', '{"Time":"soon"}', '{"Time":"15:04"}',
    ]  # fmt: skip


def test_the_time_comes_first_or_is_mapped_by_hand(tmp_path: Path) -> None:
    text = "sent_time,sent_date,sender,text\n15:04,2021-05-13,anna,one\n"
    (row,) = _read(tmp_path, text)
    assert (str(row["posted_at"])[:16], row["extra"]) == ("2021-05-13 15:04", None)
    (tmp_path / "out").rename(tmp_path / "before")
    (row,) = _read(tmp_path, text, mapping={"posted_at": "sent_date"})
    assert (str(row["posted_at"])[:16], row["extra"]) == ("2021-05-13 15:04", None)


def test_a_sender_shown_as_a_number_is_a_contact(tmp_path: Path) -> None:
    assert [row["contact"] for row in _read(tmp_path, _CHAT)] == [None, "+31 6 12345678", None]


def test_who_names_no_kind_gets_adverts_from_a_table(tmp_path: Path) -> None:
    assert {row["kind"] for row in _read(tmp_path, _CHAT, None)} == {"ad"}
