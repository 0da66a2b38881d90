"""Pictures, sound, video and documents in a folder of chats: told apart by their first bytes."""

from __future__ import annotations

from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.binaries import known_binary, no_text

FILES = {
    "a.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\n1,2\n\x003,4\n",
    "b.webp": b"RIFF\x20\x00\x00\x00WEBPVP8 1,2\n3,4\n",
    "c.gif": b"GIF89a1,2\n3,4\n5,6\n",
    "d.mp4": b"\x00\x00\x00\x18ftypmp42,1\n3,4\n",
    "e.opus": b"OggS\x00\x02,1\n3,4\n",
    "f.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1,2\n3,4\n",
    "g.csv": b"\x00\x01\x02,\x03\n" * 40,
    "h.wav": b"RIFF\x20\x00\x00\x00WAVEfmt " + b"\x01\x00" * 999,
}


def test_media_beside_chats_are_passed_over_and_counted(shelf: Shelf) -> None:
    for name, content in FILES.items():
        shelf.write(f"chats/{name}", content)
    shelf.write("chats/WhatsApp Chat with Ben.txt", "13/05/2021, 15:04 - Ann: hi\n13/05/2021, 15:05 - Ben: ho\n")
    result = shelf.ingest(shelf.root / "chats", kind=None)
    assert (result.new, result.rejected) == (2, 8)
    picture = "a picture, passed over; --kind image reads it"
    assert reasons(result) == [
        picture, picture, picture, "a video, passed over", "sound, passed over", "a PDF, passed over",
        "no format that Clew reads", "sound, passed over",
    ]  # fmt: skip


def test_a_picture_is_a_record_where_pictures_are_asked_for(shelf: Shelf) -> None:
    one, other = shelf.write("a b.jpg", FILES["a.jpg"]), shelf.write("later/a b.jpg", FILES["a.jpg"] + b"more")
    result = shelf.ingest(one, other, kind="image")
    found = rows(result.records)
    assert [(row["kind"], row["images"]) for row in found] == [("image", ["a b.jpg"])] * 2
    assert [row["file"] for row in found] == [str(one), str(other)] and result.rejected == 0
    assert shelf.ingest(one, kind="image").identical == 1


def test_text_is_text() -> None:
    for text in ("BMW;2021\n", "ID3 is a tag\n", "MZ,1\n2,3\n", "PK;Name\n1;a\n", "RIFF\n", "Ünï\n" * 20, ""):
        assert no_text(text.encode()) is None
        assert known_binary(text.encode("utf-16")) is None
