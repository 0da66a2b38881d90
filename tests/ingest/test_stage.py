"""Ingest as a whole: counts, versions, quarantine."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.ingest.stage import IngestOptions, IngestResult, ingest_files, preview
from clew.model.errors import InputError
from clew.model.tables import CHANGES, QUARANTINE, RECORDS

ADS: list[dict[str, Any]] = [
    {
        "ad_id": "1",
        "headline": "Room in Lyon",
        "text": "quiet <b>house</b>",
        "posted": "2025-07-01T10:00:00+02:00",
        "hair": "red",
    },
    {
        "ad_id": "2",
        "headline": "Car wash",
        "text": "daily work",
        "posted": "2025-07-02",
        "photos": ["a.jpg", "b.jpg"],
    },
    {
        "ad_id": "3",
        "headline": "Farm work",
        "text": "two fields",
        "phone": "+44 7700 900123",
        "email": "a@example.org",
    },
]


class Desk:
    """A folder to write inputs to, and a workspace that grows."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: list[Path] = []
        self.runs = 0

    def write(self, name: str, content: bytes | str) -> Path:
        path = self.root / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def jsonl(self, name: str, rows: Sequence[Any]) -> Path:
        return self.write(name, "".join(json.dumps(row) + "\n" for row in rows))

    def ingest(self, *paths: Path, **options: Any) -> IngestResult:
        self.runs += 1
        out = self.root / f"out{self.runs}"
        out.mkdir()
        result = ingest_files(
            paths, IngestOptions(**{"kind": "ad", "source": "test", **options}), list(self.known), out
        )
        assert result.read == result.new + result.changed + result.identical + result.rejected
        assert {path.parent for path in result.records} <= {out}
        left = {path.name for path in out.iterdir()}
        written = [*result.records, *[path for path in (result.changes, result.quarantine) if path]]
        assert left == {path.name for path in written}
        self.known += result.records
        return result

    @staticmethod
    def rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
        return [row for path in paths for row in pq.read_table(path, schema=RECORDS).to_pylist()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def counts(result: IngestResult) -> tuple[int, int, int, int, int]:
    return result.read, result.new, result.changed, result.identical, result.rejected


def test_fields_are_found_and_the_rest_is_extra(desk: Desk) -> None:
    result = desk.ingest(desk.jsonl("ads.jsonl", ADS))
    assert counts(result) == (3, 3, 0, 0, 0)
    first, second, third = desk.rows(result.records)
    assert (first["native_id"], first["title"], first["body"]) == ("1", "Room in Lyon", "quiet <b>house</b>")
    assert (first["posted_at"].isoformat(), first["posted_offset"]) == ("2025-07-01T08:00:00+00:00", 120)
    assert (first["extra"], first["platform"], first["line"], first["version"]) == (
        '{"hair":"red"}',
        "test",
        1,
        1,
    )
    assert (second["images"], second["posted_offset"]) == (["a.jpg", "b.jpg"], None)
    assert third["contact"] == "+44 7700 900123; a@example.org"
    assert int(first["record_id"][:16], 16) == first["rid"]


def test_times_that_cannot_be_read_are_counted_and_kept_as_they_are(desk: Desk) -> None:
    rows = [
        {"id": str(k), "body": "text", "posted": at} for k, at in enumerate(("soon", "2026-03-31", "", "31/02/2026"))
    ]
    result = desk.ingest(desk.jsonl("ads.jsonl", [*rows, {"id": "9", "posted": "never"}]))
    assert (counts(result), result.untimed) == ((5, 4, 0, 0, 1), 2)  # what is rejected is told apart
    assert [row["extra"] for row in desk.rows(result.records)] == [
        '{"posted":"soon"}', None, None, '{"posted":"31/02/2026"}',
    ]  # fmt: skip


def test_the_same_advert_is_the_same_record_in_every_format(desk: Desk) -> None:
    rows = [{key: str(row.get(key, "")) for key in ("ad_id", "headline", "text", "posted", "hair")} for row in ADS]
    lines = desk.jsonl("ads.jsonl", rows)
    array = desk.write("ads.json", json.dumps({"ads": rows}, indent=1))
    table = desk.root / "ads.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    packed = desk.write("more.csv.gz", gzip.compress(table.read_bytes().replace(b",", b";")))
    result = desk.ingest(lines, array, table, packed)
    assert counts(result) == (12, 3, 0, 9, 0)


def test_reading_again_adds_nothing(desk: Desk) -> None:
    path = desk.jsonl("ads.jsonl", ADS)
    desk.ingest(path)
    assert counts(desk.ingest(path)) == (3, 0, 0, 3, 0)
    assert desk.runs == 2 and len(desk.known) == 1


def test_an_edit_is_a_version_and_the_difference_is_kept(desk: Desk) -> None:
    desk.ingest(desk.jsonl("ads.jsonl", ADS))
    edited = {**ADS[0], "headline": "Room in Nice", "posted": "2025-07-03T10:00:00+02:00"}
    result = desk.ingest(desk.jsonl("later.jsonl", [edited, ADS[1]]))
    assert counts(result) == (2, 0, 1, 1, 0)
    (row,) = desk.rows(result.records)
    assert row["version"] == 2
    assert result.changes is not None
    changes = pq.read_table(result.changes, schema=CHANGES).to_pylist()
    assert [(change["field"], change["old"], change["new"]) for change in changes] == [
        ("title", "Room in Lyon", "Room in Nice"),
        ("posted_at", "2025-07-01T08:00:00.000000Z", "2025-07-03T08:00:00.000000Z"),
    ]
    assert {change["rid_to"] for change in changes} == {row["rid"]}
    third = desk.ingest(desk.jsonl("last.jsonl", [{**edited, "text": "loud"}]))
    assert desk.rows(third.records)[0]["version"] == 3


def test_row_order_changes_neither_ids_nor_the_versions_of_different_times(desk: Desk, tmp_path: Path) -> None:
    rows = [{"ad_id": str(n % 4), "title": f"t{n % 7}", "scraped_at": f"2025-07-{n // 4 + 1:02}"} for n in range(40)]

    def seen(name: str, ordered: Sequence[Any]) -> tuple[set[tuple[str, int, Any]], list[Any]]:
        (tmp_path / name).mkdir()
        other = Desk(tmp_path / name)
        result = other.ingest(other.jsonl("ads.jsonl", ordered))
        records = {(row["record_id"], row["version"], row["captured_at"]) for row in other.rows(result.records)}
        return records, pq.read_table(result.changes).to_pylist() if result.changes else []

    assert seen("forward", rows) == seen("backward", rows[::-1])


def test_the_same_input_gives_the_same_bytes(desk: Desk) -> None:
    path = desk.jsonl("ads.jsonl", ADS * 3)
    digests = set()
    for _ in range(2):
        desk.known = []
        digests.add(hashlib.sha256(desk.ingest(path).records[0].read_bytes()).hexdigest())
    assert len(digests) == 1


def reasons(result: IngestResult) -> list[tuple[int, str]]:
    assert result.quarantine is not None
    return [(row["line"], row["reason"]) for row in pq.read_table(result.quarantine, schema=QUARANTINE).to_pylist()]


def test_bad_lines_are_rejected_one_by_one(desk: Desk) -> None:
    lines = [
        b'{"title": "one"}',
        b'{"title": ',
        b"[1]",
        b'{"title": "x\x00y"}',
        b'{"title": "\\u0000"}',
        b"",
        b'{"views": 3}',
    ]
    lines += [
        b'{"title": "lone \\ud83d"}',
        b'{"title": "caf\xe9"}',
        b'{"title": "\xc3\xa9t\xc3\xa9"}',
        b"[" * 5_000,
    ]
    result = desk.ingest(desk.write("ads.jsonl", b"\n".join(lines)))
    assert [row["title"] for row in desk.rows(result.records)] == ["one", "lone ?", "café", "été"]
    found = dict(reasons(result))
    assert set(found) == {2, 3, 4, 5, 7, 11}
    assert found[2].startswith("bad JSON") and found[3] == "not a JSON object but a list"
    assert found[4] == found[5] == "NUL byte in the row"
    assert found[7] == "nothing to read in this row"


def test_csv_rows_with_other_widths_and_open_quotes(desk: Desk) -> None:
    content = b'id,title,text\n1,"a ""b""\nc",d\n2,x\n3,e,f,g\n4,"open,h\n5,i,j\n,,\n6,k\x00,l\n7,m,"open\n8,n,o\n'
    result = desk.ingest(desk.write("ads.csv", content))
    assert [(row["native_id"], row["title"], row["line"]) for row in desk.rows(result.records)] == [
        ("1", 'a "b"\nc', 2),
        ("5", "i", 7),
        ("8", "n", 11),
    ]
    assert reasons(result) == [
        (4, "2 fields where the header has 3"),
        (5, "4 fields where the header has 3"),
        (6, "2 fields where the header has 3"),
        (9, "NUL byte in the row"),
        (10, "quote that is never closed"),
        (8, "nothing to read in this row"),
    ]


def test_fields_over_a_mebi_of_characters_are_rejected(desk: Desk) -> None:
    big, small = "é" * ((1 << 20) + 1), "é" * (1 << 20)
    table = desk.write("ads.csv", f'id,title\n1,"{big}"\n2,{small}\n3,{big}\n'.encode())
    assert counts(desk.ingest(table, source="a")) == (3, 1, 0, 0, 2)
    lines = desk.jsonl("ads.jsonl", [{"id": 1, "title": big}, {"id": 2, "title": small}])
    assert counts(desk.ingest(lines, source="b")) == (2, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("bomb.jsonl.gz", (b'{"title": "one"}\n{"title": "', b'"}\n{"title": "two"}\n')),
        ("bomb.csv.gz", (b"id,title\n1,", b"\n2,two\n3,three\n")),
    ],
)
def test_a_line_over_the_limit_is_skipped(desk: Desk, name: str, lines: tuple[bytes, bytes]) -> None:
    result = desk.ingest(desk.write(name, gzip.compress((b"x" * (70 << 20)).join(lines), 1)))
    assert counts(result) == (3, 2, 0, 0, 1)
    assert reasons(result) == [(2, "line over 64 MiB")]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp1250"])
def test_encodings(desk: Desk, codec: str) -> None:
    words = {
        "cp1252": "Überfüllte Küche für größere Häuser, täglich geöffnet",
        "cp1250": "źródło łódź żółć ćma męża świętą",
    }
    title = words.get(codec, "żółć für été 🌹")
    body = "\n".join(f"{n};{title};{title} {title}" for n in range(30))
    result = desk.ingest(desk.write("ads.csv", f"id;title;text\n{body}\n".encode(codec)))
    assert {row["title"] for row in desk.rows(result.records)} == {title}


def test_platform_comes_from_option_column_url_then_source(desk: Desk) -> None:
    rows = [
        {"title": "a", "url": "https://www.ads.example.co.uk/1"},
        {"title": "b", "platform": "boards", "url": "https://x.example.com/2"},
        {"title": "c"},
    ]
    path = desk.jsonl("ads.jsonl", rows)
    assert [row["platform"] for row in desk.rows(desk.ingest(path).records)] == [
        "example.co.uk",
        "boards",
        "test",
    ]
    forced = desk.rows(desk.ingest(path, platform="forced").records)
    assert {row["platform"] for row in forced} == {"forced"}
    assert forced[1]["extra"] == '{"platform":"boards"}'


def test_mapping_overrides_detection(desk: Desk) -> None:
    path = desk.jsonl("ads.jsonl", [{"title": "id-like", "kop": "real title", "weird": "5 EUR"}])
    (row,) = desk.rows(desk.ingest(path, mapping={"title": "kop", "price": "weird"}).records)
    assert (row["title"], row["price"], row["extra"]) == ("real title", "5 EUR", '{"title":"id-like"}')
    with pytest.raises(InputError, match="no field 'tittle'"):
        desk.ingest(path, mapping={"tittle": "kop"})


def test_unreadable_times_stay_in_extra_and_dates_follow_the_evidence(desk: Desk) -> None:
    rows = [{"id": n, "title": "x", "date": text} for n, text in enumerate(["03/04/2025", "04/25/2025", "soon"])]
    first, second, third = desk.rows(desk.ingest(desk.jsonl("us.jsonl", rows)).records)
    assert [row["posted_at"].date().isoformat() for row in (first, second)] == ["2025-03-04", "2025-04-25"]
    assert (third["posted_at"], third["extra"]) == (None, '{"date":"soon"}')
    (row,) = desk.rows(desk.ingest(desk.jsonl("eu.jsonl", rows[:1])).records)
    assert row["posted_at"].date().isoformat() == "2025-04-03"


def test_a_record_with_the_64_bit_id_of_another_is_rejected(desk: Desk) -> None:
    path = desk.jsonl("ads.jsonl", ADS[:1])
    known = pq.read_table(desk.ingest(path).records[0])
    forged = known.set_column(1, RECORDS.field("record_id"), [["0" * 32]])
    pq.write_table(forged, desk.known[0])
    result = desk.ingest(path)
    assert counts(result) == (1, 0, 0, 0, 1)
    assert reasons(result) == [(1, "another record has the same 64-bit id")]


def test_damaged_and_unknown_files_go_to_quarantine(desk: Desk) -> None:
    cut = desk.write("cut.jsonl.gz", gzip.compress(b'{"title": "one"}\n' * 9)[:-12])
    noise = desk.write("noise.bin", bytes(range(128, 256)) * 40)
    result = desk.ingest(cut, noise)
    assert [reason for _, reason in reasons(result)][-1] == "no format that Clew reads"
    assert [line for line, _ in reasons(result)] == [2, 0]  # the row that was cut off, and the file
    with pytest.raises(InputError, match="no file or folder"):
        desk.ingest(desk.root / "missing.csv")


def test_preview_shows_format_columns_and_rows(desk: Desk) -> None:
    shown = preview(desk.jsonl("ads.jsonl", ADS), {}, n=2)
    assert shown.format == "JSON Lines"
    assert (shown.fields["headline"], shown.fields["hair"]) == ("title", None)
    assert [row["headline"] for row in shown.rows] == ["Room in Lyon", "Car wash"]


_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
_ROW = st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "title", "text", "date", "photos", "Ünïcode"), _TEXT))


@settings(max_examples=tried(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ROW, min_size=1, max_size=8))
def test_counts_add_up_whatever_the_rows(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> None:
    desk = Desk(tmp_path_factory.mktemp("rows"))
    path = desk.jsonl("ads.jsonl", rows)
    first = desk.ingest(path)
    assert first.read == len(rows)
    again = desk.ingest(path)
    assert (again.new, again.changed, again.rejected) == (0, 0, first.rejected)
