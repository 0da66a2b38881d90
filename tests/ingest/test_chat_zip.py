"""WhatsApp's exports in ZIP files: one chat or many, cut off, spoilt, and made to unpack without end."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.ingest.shelf import Shelf, reasons, rows


def read(shelf: Shelf, name: str, text: str | bytes) -> list[dict[str, Any]]:
    return shelf.records(shelf.write(name, text), kind=None)


def messages(count: int) -> str:
    people = ["Ann", "Ben", "Cem", "Dee"]
    return "".join(
        f"{1 + n // 400:02}/05/2021, {n // 20 % 20:02}:{n % 20 // 7:02} - "
        f"{people[n % (3 if n < 900 else 4)]}: message {n % 5}\n"
        for n in range(count)
    )


def packed(name: str, text: str, **more: bytes) -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as out:
        for other, content in more.items():
            out.writestr(other, content)
        out.writestr(name, text)
    return room.getvalue()


def test_a_zip_gives_what_its_text_gives(shelf: Shelf) -> None:
    text = messages(100)
    plain = read(shelf, "WhatsApp Chat with Work.txt", text)
    for name, content in {
        "WhatsApp Chat - Work.zip": packed("_chat.txt", text, a=b"x" * 300_000),
        "export.zip": packed("WhatsApp Chat with Work.txt", text),
    }.items():
        found = read(Shelf(shelf.root / name[:6]), name, content)
        assert [row["native_id"] for row in found] == [row["native_id"] for row in plain]


def test_a_zip_of_several_chats_gives_each(shelf: Shelf) -> None:
    stamp = "13/05/2021, 15:04 - "
    texts = {
        "WhatsApp Chat with Ben.txt": f"{stamp}Ann: hi\n{stamp}Ben: ho\n",
        "phone/Chat de WhatsApp con Cem.txt": f"{stamp}Ann: hi\n{stamp}Cem: ho\n",
        "WhatsApp Chat - Dee/_chat.txt": f"{stamp}Ann: hi\n{stamp}Dee: ho\n",
        "__MACOSX/._WhatsApp Chat with Ben.txt": "Mac",
        "notes.txt": "no chat",
    }
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in texts.items():
            out.writestr(name, text)
    whole = room.getvalue()
    result = shelf.ingest(shelf.write("WhatsApp Chat - Ben.zip", whole), kind=None)
    found = {(row["conversation"], row["handle"], row["recipient"]) for row in rows(result.records)}
    pairs = [("Ann", other) for other in ("Ben", "Cem", "Dee")]
    assert found == {(f"{a} ~ {b}", *two) for a, b in pairs for two in ((a, b), (b, a))} and result.rejected == 0
    spoilt = bytearray(whole)
    spoilt[whole.index(b"Ben.txt") + 9] ^= 0xFF
    result = Shelf(shelf.root / "b").ingest(shelf.write("b/export.zip", bytes(spoilt)), kind=None)
    assert {row["conversation"] for row in rows(result.records)} >= {"Ann ~ Cem", "Ann ~ Dee"}
    assert any(reason.startswith("the file is damaged") for reason in reasons(result))
    cut = Shelf(shelf.root / "c").records(shelf.write("c/export.zip", whole[: whole.index(b"PK\x01\x02")]), kind=None)
    assert {row["conversation"] for row in cut} == {f"{a} ~ {b}" for a, b in pairs}


def test_texts_that_share_their_bytes_are_read_once(shelf: Shelf) -> None:
    content = packed("WhatsApp Chat with B.txt", "13/05/2021, 15:04 - Ann: hi\n13/05/2021, 15:04 - B: ho\n")
    entry = content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")]
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    end[8:10] = end[10:12] = (2).to_bytes(2, "little")
    end[12:16] = (2 * len(entry)).to_bytes(4, "little")
    twice = content[: content.index(b"PK\x01\x02")] + entry + entry.replace(b"with B", b"with C") + end
    result = shelf.ingest(shelf.write("a.zip", twice), kind=None)
    assert (result.read, result.new) == (2, 2)


def test_a_zip_cut_off_gives_what_comes_before(shelf: Shelf) -> None:
    content = packed("_chat.txt", "".join(f"13/05/2021, 15:04 - Ann: {n * n * 7919 % 10007}\n" for n in range(3_000)))
    result = shelf.ingest(shelf.write("WhatsApp Chat - Ann.zip", content[: len(content) // 2]), kind=None)
    assert 1_000 < result.new < 2_000 and reasons(result) == ["the file is damaged: it ends inside the text"]


def test_a_zip_that_unpacks_without_end_is_stopped(shelf: Shelf) -> None:
    text = "13/05/2021, 15:04 - Ann: one\n" + "13/05/2021, 15:04 - Ann: " + "x" * (80 << 20)
    result = shelf.ingest(shelf.write("WhatsApp Chat - Ann.zip", packed("_chat.txt", text)), kind=None)
    assert any("far more than a chat" in reason for reason in reasons(result))
    none = shelf.ingest(shelf.write("WhatsApp Chat - B.zip", packed("other.txt", "x")), kind=None)
    assert reasons(none) == ["no chat in the ZIP file"]
