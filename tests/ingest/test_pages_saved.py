"""Pages saved as one file (MHTML) are pages with an address, not mails."""

from __future__ import annotations

import io
from base64 import encodebytes
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from clew.ingest.formats.mhtml import PLUGIN
from clew.ingest.registry import detect
from clew.ingest.stage import IngestOptions, ingest_files

HEAD = """From: <Saved by Blink>
Snapshot-Content-Location: https://www.rooms.example/offers?id=7
Subject: Rooms
Date: Tue, 1 Jul 2025 10:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----b"

------b
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://www.rooms.example/offers?id=7

<html><head><title>Rooms to let</title></head><body><p>Caf=C3=A9 Lund, call =
+31 6 1234 5678</p><img src=3D"https://www.rooms.example/a.png"><img src=3D"cid:b@x"></body></html>

------b
Content-Type: image/png
Content-Transfer-Encoding: base64
{named}

{picture}
------b--
"""


def picture() -> str:
    """A picture that is not plain, as base64."""
    image = Image.effect_noise((256, 256), 90).resize((512, 512))
    out = io.BytesIO()
    image.save(out, "PNG")
    return encodebytes(out.getvalue()).decode()


@pytest.mark.parametrize("named", ["Content-Location: https://www.rooms.example/a.png", "Content-ID: <b@x>"])
def test_a_saved_page_is_read_with_its_address_and_pictures(tmp_path: Path, named: str) -> None:
    path = tmp_path / "Rooms.mhtml"
    path.write_text(HEAD.format(named=named, picture=picture()).replace("\n", "\r\n"), encoding="ascii", newline="")
    (out := tmp_path / "out").mkdir()
    result = ingest_files([path], IngestOptions(None, "laptop"), [], out)
    (row,) = pq.read_table(result.records[0]).to_pylist()
    assert (row["kind"], row["platform"], row["handle"]) == ("page", "www.rooms.example", None)
    assert row["url"] == row["native_id"] == "https://www.rooms.example/offers?id=7"
    assert (row["title"], row["body"].strip()) == ("Rooms to let", "Café Lund, call +31 6 1234 5678")
    assert str(row["captured_at"]).startswith("2025-07-01 10:00")
    assert row["posted_at"] is None and [len(image) for image in row["images"]] == [64]


def test_only_saved_pages_are_taken() -> None:
    related = b'Subject: x\nFrom: a@mail.example\nDate: x\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    assert detect(related, "a.eml") is not PLUGIN
    assert detect(related, "a.mht") is PLUGIN
    assert detect(related.replace(b"multipart/related", b"text/plain"), "a.mht") is not PLUGIN
    quoting = b"Subject: x\nFrom: a@mail.example\nContent-Type: text/plain\n\nFrom: <Saved by Blink>\n"
    assert detect(quoting, "a") is not PLUGIN
