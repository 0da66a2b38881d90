"""Files made to break a reader: bombs, depth, huge fields, odd names, and a process killed half-way."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.forked import forked, pipe
from tests.ingest.shelf import Shelf, reasons, rows
from tests.tried import tried

from clew.ingest.stage import IngestOptions
from clew.model.errors import InputError
from clew.pipeline.ingest import ingest
from clew.store.workspace import Workspace

MAIL = b"From a Tue Jul  1 10:00:00 2025\nFrom: a@example.org\nSubject: x\n\n"


def test_a_field_of_20_mb_costs_its_row_alone(shelf: Shelf) -> None:
    huge = "x" * 20_000_000
    lines = shelf.jsonl(
        "a.jsonl", {"title": "one"}, {"title": huge}, {"title": "two", "note": huge}, {"title": "three"}
    )
    table = shelf.write("b.csv", f"title,text\none,a\ntwo,{huge}\nthree,b\n")
    mail = shelf.write("c.eml", f"From: a@example.org\nSubject: big\n\n{huge}")
    result = shelf.ingest(lines, table, mail)
    assert [row["title"] for row in rows(result.records)] == ["one", "three", "one", "three"]
    assert reasons(result) == ["field over 1 MiB characters"] * 4


@pytest.mark.parametrize("name", ["bomb.jsonl.gz", "bomb.csv.zst", "bomb.eml.gz", "bomb.json.zst", "bomb.mbox.gz"])
def test_a_bomb_is_one_rejected_row(shelf: Shelf, name: str) -> None:
    start = {
        "jsonl": b'{"title": "',
        "csv": b"id,title\n1,",
        "eml": b"From: a@example.org\nSubject: x\n\n",
        "json": b'[{"title": "',
        "mbox": MAIL,
    }[name.split(".")[1]]
    content = start + b" " * (70 << 20)
    packed = gzip.compress(content, 1) if name.endswith("gz") else pa.compress(content, "zstd", asbytes=True)
    result = shelf.ingest(shelf.write(name, packed))
    assert (result.new, result.rejected) == (0, 1) and "64 MiB" in reasons(result)[0]


def test_mails_round_one_over_the_limit_are_read(shelf: Shelf) -> None:
    one_line, many_lines = b"x" * (70 << 20), (b"y" * 999 + b"\n") * 72_000
    content = MAIL + b"one\n\n" + MAIL + one_line + b"\nz\n\n" + MAIL + b"two\n\n" + MAIL + many_lines + b"\n" + MAIL
    result = shelf.ingest(shelf.write("a.mbox", content + b"three\n"))
    assert [(row["body"].strip(), row["line"]) for row in rows(result.records)] == [
        ("one", 1),
        ("two", 14),
        ("three", 72_025),
    ]
    assert reasons(result) == ["mail over 64 MiB"] * 2


def test_deep_json_is_rejected_and_its_neighbours_are_not(shelf: Shelf) -> None:
    deep = '{"a":' * 40_000 + "1" + "}" * 40_000
    path = shelf.write("a.jsonl", f'{{"title": "one"}}\n{{"title": "x", "d": {deep}}}\n{{"title": "two"}}\n')
    result = shelf.ingest(path)
    assert {"one", "two"} <= {row["title"] for row in rows(result.records)}
    assert result.read == 3


def test_formulas_and_markup_stay_the_text_they_are(shelf: Shelf) -> None:
    cells = ['=HYPERLINK("http://x.example","y")', "@SUM(1)", "-1+1|cmd", "<script>alert(1)</script>", "{{7*7}}", "%00"]
    records = shelf.records(shelf.jsonl("a.jsonl", *({"title": cell} for cell in cells)))
    assert [row["title"] for row in records] == cells


def test_links_folders_and_odd_names(shelf: Shelf) -> None:
    shelf.jsonl("in/a 'quote\"; --.jsonl", {"title": "one"})
    shelf.jsonl("in/.hidden.jsonl", {"title": "hidden"})
    (shelf.root / "in" / "broken.jsonl").symlink_to("nowhere")
    (shelf.root / "in" / "loop").symlink_to(shelf.root / "in")
    os.mkfifo(shelf.root / "in" / "pipe.jsonl")
    (record,) = shelf.records(shelf.root / "in")
    assert Path(record["file"]) == (shelf.root / "in").resolve() / "a 'quote\"; --.jsonl"
    with pytest.raises(InputError, match="no file or folder"):
        shelf.ingest(shelf.root / "in" / "pipe.jsonl")


def test_the_file_of_a_record_is_absolute(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.jsonl("in/a.jsonl", {"title": "one"})
    monkeypatch.chdir(shelf.root)
    assert shelf.records(Path("in/../in/a.jsonl"))[0]["file"] == str(shelf.root.resolve() / "in" / "a.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(shelf: Shelf) -> None:
    path = shelf.jsonl("a.jsonl", {"title": "one"})
    path.chmod(0)
    with pytest.raises(InputError, match=r"a\.jsonl cannot be read: Permission denied"):
        shelf.ingest(path)


def test_counts_hold_for_spoilt_files(shelf: Shelf) -> None:
    chance = random.Random(4)
    good = b"".join(b'{"id": %d, "title": "room %d", "text": "caf\xc3\xa9"}\n' % (n, n) for n in range(50))
    table = b"id,title\n" + b"".join(b'%d,"room, %d"\n' % (n, n) for n in range(50))
    files = []
    for n in range(40):
        content = bytearray(chance.choice([good, table, gzip.compress(good), gzip.compress(table)]))
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(content))
            content[place : place + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        files.append(shelf.write(f"in/{n}.dat", bytes(content)))
    result = shelf.ingest(*files)
    assert result.read > 0 and all(reasons(result))
    again = shelf.ingest(*files)
    assert (again.new, again.changed, again.rejected) == (0, 0, result.rejected)


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_TABLE = st.lists(st.tuples(_CELL.filter(str.strip), _CELL), min_size=1, max_size=6)


@settings(max_examples=tried(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TABLE)
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str]]) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("round"))
    cells = [{"title": f"<{n}>{title}", "text": text} for n, (title, text) in enumerate(table)]
    expected = [(row["title"], row["text"] or None) for row in cells]
    quoted = (
        "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row.values()) for row in cells)
    ).encode()
    pq.write_table(pa.Table.from_pylist(cells), shelf.root / "a.parquet")
    files = [
        shelf.jsonl("a.jsonl", *cells),
        shelf.write("a.json", json.dumps({"ads": cells}, ensure_ascii=False)),
        shelf.write("a.csv", b"title,text\n" + quoted + b"\n"),
        shelf.root / "a.parquet",
    ]
    for number, path in enumerate(files):
        found = shelf.records(path, source=f"s{number}", platform=f"p{number}")
        assert [(row["title"], row["body"]) for row in found] == expected, path.name


def _take_in(there: Connection, folder: Path, path: Path) -> None:
    there.send_bytes(b"ready")
    ingest(Workspace(folder), [path], IngestOptions("ad", "s"))
    there.send_bytes(b"done")


def test_a_killed_ingest_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ads.jsonl"
    ads = [{"ad_id": n % 5_000, "title": f"room {n}", "text": "quiet house near the park " * 9} for n in range(10_000)]
    path.write_text("".join(json.dumps(row) + "\n" for row in ads))
    workspace = Workspace.create(tmp_path / "w")
    first = tmp_path / "first.jsonl"
    first.write_text(json.dumps({"ad_id": "a", "title": "first"}) + "\n")
    ingest(workspace, [first], IngestOptions("ad", "s"))
    before = (tmp_path / "w" / "catalog.json").read_bytes()
    killed = 0
    for delay in (0.0, 0.2, 0.5):
        here, there = pipe(duplex=False)
        process = forked(_take_in, there, workspace.path, path)
        there.close()
        assert here.recv_bytes() == b"ready"
        time.sleep(delay)
        process.kill()
        process.join()
        with here, contextlib.suppress(EOFError):
            if here.recv_bytes() == b"done":
                break
        assert process.exitcode == -signal.SIGKILL
        killed += 1
        assert (tmp_path / "w" / "catalog.json").read_bytes() == before
    assert killed
    result = ingest(Workspace(workspace.path), [path, first], IngestOptions("ad", "s"))
    assert (result.read, result.rejected) == (10_001, 0)
    held = rows(Workspace(workspace.path).paths("records"))
    assert len(held) == 10_001 and len({row["rid"] for row in held}) == 10_001
    assert list((workspace.path / "staging").iterdir()) == []
