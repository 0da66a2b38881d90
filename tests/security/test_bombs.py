"""What is small and becomes huge, slow or deep; and names and links that lead elsewhere. All of it ends soon."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
from PIL import Image
from tests.evidence.makers import tarred, zipped

from clew.evidence.intake.examine import examine, texts
from clew.evidence.intake.limits import Limits
from clew.extract.base import batch_of_texts
from clew.extract.registry import extractors
from clew.ingest.pdq import pdq
from clew.ingest.reading import list_files
from clew.ingest.stage import IngestOptions
from clew.model.errors import InputError
from clew.pipeline.ingest import ingest
from clew.query.asked import understand
from clew.store.workspace import Workspace
from clew.web.incoming import keep

MUCH = b"\0" * (24 << 20)
SMALL = Limits(seconds=20, unpacked=16 << 20, free=8 << 20, ratio=20, parts=2_000, inner=1 << 20)
SECONDS = 20  # of processor time, for what takes less than one on a quiet machine: only what explodes is caught


def in_time(begun: float) -> None:
    assert time.process_time() - begun < SECONDS


def quine() -> bytes:
    """A ZIP file that holds itself as nearly as a few rounds get: each member is the archive before."""
    held = b"x"
    for _ in range(12):
        held = zipped({f"{n}.zip": held for n in range(3)})
    return held


def overlapping() -> bytes:
    """A ZIP file whose thousand members are all the same bytes of it (the better bomb of Fifield, 2019)."""
    packed = zlib.compress(b"\0" * (4 << 20), 9)[2:-4]
    check = zlib.crc32(b"\0" * (4 << 20))
    local = b"PK\x03\x04" + (20).to_bytes(2, "little") + b"\0\0\x08\0" + b"\0" * 4
    local += check.to_bytes(4, "little") + len(packed).to_bytes(4, "little") + (4 << 20).to_bytes(4, "little")
    local += (1).to_bytes(2, "little") + b"\0\0" + b"a" + packed
    central = b""
    for _ in range(1_000):
        central += b"PK\x01\x02" + (20).to_bytes(2, "little") * 2 + b"\0\0\x08\0" + b"\0" * 4
        central += check.to_bytes(4, "little") + len(packed).to_bytes(4, "little") + (4 << 20).to_bytes(4, "little")
        central += (1).to_bytes(2, "little") + b"\0" * 16 + b"a"
    end = b"PK\x05\x06\0\0\0\0" + (1_000).to_bytes(2, "little") * 2 + len(central).to_bytes(4, "little")
    return local + central + end + len(local).to_bytes(4, "little") + b"\0\0"


def sparse() -> bytes:
    """A TAR file whose member claims a terabyte."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a")
        info.size = 0
        archive.addfile(info)
    raw = bytearray(out.getvalue())
    raw[124:136] = b"\x80" + (1 << 40).to_bytes(11, "big")
    raw[148:156] = b" " * 8
    raw[148:156] = f"{sum(raw[:512]):06o}\0 ".encode()
    return bytes(raw)


BOMBS = {
    "gz": lambda: gzip.compress(MUCH, 9),
    "gz in gz": lambda: gzip.compress(gzip.compress(MUCH, 9), 9),
    "zst": lambda: pa.compress(MUCH, "zstd", asbytes=True),
    "zip": lambda: zipped({"a": MUCH}),
    "zip in zip": lambda: zipped(dict.fromkeys(map(str, range(20)), zipped({"a": MUCH[: 8 << 20]}))),
    "zip of itself": quine,
    "overlapping zip": overlapping,
    "tar in zip": lambda: zipped({"a.tar": tarred({"b": MUCH})}),
    "tar of a terabyte": sparse,
    "gz in tar": lambda: tarred({f"{n}.gz": gzip.compress(MUCH[: 8 << 20], 9) for n in range(20)}),
    "many members": lambda: zipped({str(n): b"" for n in range(5_000)}),
    "html of tags": lambda: b"<html>" + b"<div>" * 400_000,
    "html of open tags": lambda: b"<html><a " + b"<a " * 400_000,
    "html of comments": lambda: b"<html>" + b"<!--" * 300_000,
    "html of entities": lambda: b"<html>" + b"&#x41;&amp" * 200_000 + b"&" * 200_000,
    "xml of entities": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a0 "ha">'
        + b"".join(b'<!ENTITY a%d "&a%d;&a%d;">' % (n, n - 1, n - 1) for n in range(1, 60))
        + b"]><z>&a59;</z>"
    ),
    "xml of a file": lambda: b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY e SYSTEM "file:///etc/passwd">]><z>&e;</z>',
    "mail of mails": lambda: b"Content-Type: message/rfc822\n\n" * 20_000 + b"Subject: x\n\nx",
    "mail of parts": lambda: (
        b'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 100_000
    ),
    "mail of one header": lambda: b"From: a@b.example\nSubject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nx",
    "text of blanks": lambda: b" " * 1_000_000 + b"x",
    "text of escapes": lambda: b"\\u0041%41" * 120_000,
    "warc of a lie": lambda: b"WARC/1.1\r\nContent-Length: 99999999999999\r\n\r\nx",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name]())
    begun = time.process_time()
    found = examine(path, SMALL)
    size = 0
    try:
        for piece in texts(path, found, SMALL):
            size += len(piece)
            assert "root:" not in piece
            if size > 200 << 20:
                break
    except InputError:
        pass
    in_time(begun)
    assert size < 200 << 20
    if path.stat().st_size < 1 << 20 and name not in ("xml of a file", "warc of a lie", "text of blanks"):
        assert found.faults or found.kind in ("html", "text", "mail"), found


@pytest.mark.parametrize("kind", ["gz", "zst", "zip"])
def test_a_bomb_among_adverts_costs_little(kind: str, tmp_path: Path) -> None:
    content = {
        "gz": lambda: gzip.compress(gzip.compress(MUCH, 9), 9),
        "zst": lambda: pa.compress(MUCH, "zstd", asbytes=True),
        "zip": quine,
    }[kind]()
    (tmp_path / f"a.jsonl.{kind}").write_bytes(content)
    begun = time.process_time()
    workspace = Workspace.create(tmp_path / "w")
    result = ingest(workspace, [tmp_path / f"a.jsonl.{kind}"], IngestOptions("ad", "s"))
    in_time(begun)
    assert result.new == 0 and result.rejected == result.read


@pytest.mark.parametrize("form", ["PNG", "GIF", "TIFF", "WEBP", "BMP"])
def test_a_picture_bomb_is_not_drawn(form: str, tmp_path: Path) -> None:
    side = 12_000  # 144 million pixels of one colour
    out = io.BytesIO()
    if form in ("WEBP", "BMP", "TIFF"):
        Image.new("L" if form != "WEBP" else "RGB", (64, 64)).save(out, form)
        raw = out.getvalue()
        if form == "BMP":
            raw = raw[:18] + side.to_bytes(4, "little") * 2 + raw[26:]
        elif form == "TIFF":
            raw = raw.replace(
                b"\x00\x01\x04\x00\x01\x00\x00\x00\x40\x00\x00\x00", b"\x00\x01\x04\x00\x01\x00\x00\x00\x00\xff\x00\x00"
            )
    else:
        Image.new("1" if form == "PNG" else "P", (side, side)).save(out, form)
        raw = out.getvalue()
    begun = time.process_time()
    if form == "PNG" or form == "GIF":
        with pytest.raises(InputError, match="pixels"):
            pdq(raw)
    else:
        try:
            pdq(raw)
        except InputError:
            pass
    in_time(begun)


LEADING = ["../evil.txt", "/etc/evil", "..\\evil", "C:\\evil", "a/../../evil", "~/evil", "a\x00/../evil", "./../evil"]


@pytest.mark.parametrize("name", [each for each in LEADING if each != "~/evil"])
def test_names_in_archives_are_faults_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, b"evil")
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a"
    for content in (out.getvalue(), tarred({name.replace("\x00", ""): b"evil"})):
        path.write_bytes(content)
        found = examine(path)
        "".join(texts(path, found))
        assert any("leads out" in fault or "out of the folder" in fault for fault in found.faults) or "\\" in name, (
            found
        )
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "a"]


@pytest.mark.parametrize("name", LEADING)
def test_names_of_uploads_stay_in_their_folder(name: str, tmp_path: Path) -> None:
    kept = keep(tmp_path, name, io.BytesIO(b"x"))
    path = tmp_path / "incoming" / kept
    assert path.is_file() and path.resolve().is_relative_to(tmp_path / "incoming")
    assert len(list(tmp_path.rglob("*"))) == 3


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    """Who filled the folder must not choose which of the analyst's own files are read."""
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.jsonl").write_text("{}")
    (tmp_path / "in" / "sub" / "same.jsonl").symlink_to(tmp_path / "in" / "a.jsonl")
    assert len(list_files([tmp_path / "in"])) == 2
    (tmp_path / "mine.jsonl").write_text(json.dumps({"title": "secret"}))
    (tmp_path / "in" / "sub" / "b.jsonl").symlink_to(tmp_path / "mine.jsonl")
    with pytest.raises(InputError, match=r"b\.jsonl is a link out of"):
        list_files([tmp_path / "in"])
    assert list_files([tmp_path / "in" / "sub" / "b.jsonl"])  # by name it is meant


ATOMS = [
    "a", "0", " ", ".", "+0 ", "a@", "http://", "0-", "a.", "<a ", "@a ", " 0", "$1 ", "é", "six ", "\n",
    "\U0001f353", "&#",
]  # fmt: skip


LONG = 500_000


@pytest.mark.parametrize("atom", ATOMS)
def test_no_text_makes_an_extractor_slow(atom: str) -> None:
    """Half of the longest field that is taken in of one thing again and again, where backtracking explodes."""
    short, batch = (batch_of_texts([atom * (length // len(atom))]) for length in (1_000, LONG))
    for extractor in extractors():
        extractor.find(short)  # the first call of a kernel loads it
    begun = time.process_time()
    for extractor in extractors():
        extractor.find(batch)
    assert time.process_time() - begun < SECONDS / 3  # what grows with the square takes a quarter


@pytest.mark.parametrize("atom", ATOMS)
def test_no_question_is_slow(atom: str) -> None:
    begun = time.process_time()
    try:
        understand(atom * (100_000 // len(atom)))
    except InputError as error:
        assert str(error)
    in_time(begun)
