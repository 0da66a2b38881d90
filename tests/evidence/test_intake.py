"""The intake: what a file is, whether it is whole, and the text in it; hostile files end in a sentence."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evidence import makers
from tests.tried import tried

from clew.evidence.intake.examine import Examined, examine, searchable, texts
from clew.evidence.intake.limits import Limits
from clew.evidence.intake.registry import all_kinds
from clew.model.errors import InputError

EVERY = makers.every()
SMALL = Limits(seconds=20, unpacked=4 << 20, free=1 << 20, ratio=20, parts=500, inner=1 << 19)


def _examined(tmp_path: Path, content: bytes, limits: Limits | None = None) -> Examined:
    path = tmp_path / "file"
    path.write_bytes(content)
    return examine(path, limits)


def _texts(tmp_path: Path, content: bytes, limits: Limits | None = None) -> str:
    found = _examined(tmp_path, content, limits)
    return "\n".join(texts(tmp_path / "file", found, limits))


def _facts(found: Examined) -> dict[str, str]:
    return dict(reversed(found.facts))


@pytest.mark.parametrize("name", EVERY)
def test_every_kind_is_known_by_its_content_and_whole(name: str, tmp_path: Path) -> None:
    content, kind, media_type = EVERY[name]
    found = _examined(tmp_path, content)
    assert (found.kind, found.media_type) == (kind, media_type)
    assert found.faults == ()
    assert found.size == len(content)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.blake2b == hashlib.blake2b(content).hexdigest()
    assert searchable(found) == (kind not in ("image", "other"))


def test_the_modules_cover_every_kind() -> None:
    assert {kind.name for kind in all_kinds()} == {
        "warc",
        "wacz",
        "html",
        "image",
        "pdf",
        "mail",
        "text",
        "archive",
        "other",
    }


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("warc.gz", "records", "3 (1 request, 1 response, 1 warcinfo)"),
        ("warc.gz", "software", "maker/1.0"),
        ("warc.gz", "target", "https://example.org/jobs"),
        ("warc.gz", "payload digests", "2 right, 0 wrong"),
        ("warc.gz", "block digests", "3 right, 0 wrong"),
        ("wacz", "WACZ version", "1.1.1"),
        ("wacz", "resources", "3 listed, 3 right, 0 wrong or missing"),
        ("wacz", "datapackage-digest.json", "matches, not signed"),
        ("wacz", "pages", "1"),
        ("html", "title", "Jobs & more"),
        ("html", "canonical address", "https://example.org/jobs"),
        ("jpeg", "pixels", "8 × 8"),
        ("jpeg", "EXIF device", "Maker Model 1"),
        ("jpeg", "EXIF time", "2026-01-02T03:04:05Z (no offset written)"),
        ("pdf", "pages", "2"),
        ("pdf", "title", "A file"),
        ("pdf", "encrypted", "no"),
        ("eml", "from", "A <a@example.org>"),
        ("eml", "to", "b@example.org"),
        ("eml", "subject", "Wörk"),
        ("eml", "message-id", "<1@example.org>"),
        ("mbox", "mails", "1"),
        ("zip", "member", "a/b.txt (4 bytes)"),
        ("tgz", "member", "b.txt (4 bytes)"),
        ("txt.gz", "content", "text/plain"),
    ],
)
def test_facts(name: str, label: str, value: str, tmp_path: Path) -> None:
    assert _facts(_examined(tmp_path, EVERY[name][0]))[label] == value


def test_an_attachment_has_its_digest(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"notes of Bertha").hexdigest()
    told = _facts(_examined(tmp_path, makers.mail()))["attachment"]
    assert told == f"notes.txt (text/plain, 15 bytes, SHA-256 {digest})"


@pytest.mark.parametrize(
    "name", ["warc", "warc.gz", "wacz", "html", "pdf", "zip", "tar", "tgz", "txt.gz", "txt.bz2", "txt.xz"]
)
def test_a_name_is_found_in_the_text_of_every_container(name: str, tmp_path: Path) -> None:
    assert "Anna" in _texts(tmp_path, EVERY[name][0])


@pytest.mark.parametrize("name", ["eml", "mbox", "zip", "txt"])
def test_a_name_with_an_accent_is_found_decoded(name: str, tmp_path: Path) -> None:
    assert "Änna" in _texts(tmp_path, EVERY[name][0])


def test_text_of_attachments_and_nested_archives_is_found(tmp_path: Path) -> None:
    assert "Bertha" in _texts(tmp_path, gzip.compress(makers.zipped({"m.eml": makers.mail()})))


def test_every_mail_of_a_mailbox_is_read(tmp_path: Path) -> None:
    one = b"From a@example.org Tue Jul  1 10:00:00 2025\n"
    quoted = makers.mail().replace(b"Call", b"From 9 to 5\n\nCall")
    box = b"".join(
        one + mail + b"\n\n" for mail in (makers.mail(), quoted, makers.mail() + b"x" * 200_000, makers.mail())
    )
    assert _facts(_examined(tmp_path, box))["mails"] == "4"


def test_a_body_in_thousands_of_chunks_is_read(tmp_path: Path) -> None:
    body = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 20_000 + b"4\r\nAnna\r\n0\r\n\r\n"
    digest = hashlib.sha256(b"x" * 20_000 + b"Anna").hexdigest().encode()
    content = _record(body, more=b"WARC-Payload-Digest: sha256:" + digest + b"\r\n")
    assert _facts(_examined(tmp_path, content))["payload digests"] == "1 right, 0 wrong"
    assert "Anna" in _texts(tmp_path, content)


def test_a_name_across_two_pieces_is_whole_in_one(tmp_path: Path) -> None:
    content = b"x" * ((1 << 18) - 2) + b"Anna" + b"x" * (1 << 18)
    assert "Anna" in _texts(tmp_path, content)


def test_a_long_name_in_an_attribute_and_behind_entities(tmp_path: Path) -> None:
    text = _texts(tmp_path, b"<html><body><img alt='Anna Smith'><p>B&#101;rt<i>h</i>a</p></body></html>")
    assert "Anna Smith" in text
    assert "Bertha" in text


@pytest.mark.parametrize(
    "written",
    [
        b'{"name": "\\u00c4nna"}',
        b"x = '\\xc4nna'",
        b"/search?name=%C3%84nna",
        b"<p>&Auml;nna</p>",
        b"<b>\xc3\x84</b>nna",
    ],
)
def test_a_name_behind_escapes_is_found(written: bytes, tmp_path: Path) -> None:
    assert "Änna" in _texts(tmp_path, written)


def test_files_inside_a_page_are_not_searchable(tmp_path: Path) -> None:
    page = b"<html><body><img src='data:image/png;base64,AAAA'></body></html>"
    assert not searchable(_examined(tmp_path, page))


def test_a_compressed_response_is_searched(tmp_path: Path) -> None:
    body = gzip.compress(b"<html>Anna</html>")
    http = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body
    assert "Anna" in _texts(tmp_path, _record(http))


def _record(content: bytes, length: int | None = None, more: bytes = b"") -> bytes:
    head = b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    size = len(content) if length is None else length
    kind = b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n" % size
    return head + more + kind + b"\r\n" + content + b"\r\n\r\n"


def test_pictures_and_encrypted_documents_are_not_searchable(tmp_path: Path) -> None:
    assert not searchable(_examined(tmp_path, makers.pdf(secret="secret")))
    assert _facts(_examined(tmp_path, makers.pdf(secret="secret")))["encrypted"] == "yes"
    assert not searchable(_examined(tmp_path, makers.pdf(text="")))
    assert not searchable(_examined(tmp_path, makers.warc(picture=True)))
    assert not searchable(_examined(tmp_path, makers.zipped({"a.png": makers.png()})))
    assert not searchable(_examined(tmp_path, b"7z\xbc\xaf\x27\x1c\x00\x04"))


def test_a_signed_package_says_by_whom(tmp_path: Path) -> None:
    told = _facts(_examined(tmp_path, makers.wacz(signed=True)))["datapackage-digest.json"]
    assert told == "matches, signed by example.org, 2026; signature not checked"


def _rezipped(content: bytes, change: dict[str, bytes | None]) -> bytes:
    """A package with files replaced, added, or left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        files = {name: found.read(name) for name in found.namelist()}
    return makers.zipped({name: raw for name, raw in (files | change).items() if raw is not None})  # type: ignore[operator]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"pages/pages.jsonl": b"{}\n"}, 'Resource "pages/pages.jsonl" does not match its hash in datapackage.json.'),
        ({"extra.txt": b"x"}, '"extra.txt" is not listed in datapackage.json.'),
        ({"indexes/index.cdx": None}, 'Resource "indexes/index.cdx" is listed in datapackage.json but is not there.'),
        ({"datapackage.json": b'{"wacz_version":"1.1.1"}'}, "datapackage-digest.json does not match datapackage.json"),
        ({"datapackage.json": b"["}, "datapackage.json is no JSON object"),
        ({"datapackage.json": b"{}"}, 'datapackage.json does not have the profile "data-package".'),
        ({"pages/pages.jsonl": None}, "pages/pages.jsonl is not there."),
        ({"datapackage-digest.json": b"[]"}, "datapackage-digest.json is no JSON object."),
        ({"archive/data.warc.gz": makers.warc()[:-9]}, "archive/data.warc.gz: gzip member 3 is cut off."),
    ],
)
def test_a_changed_package_is_named(change: dict[str, bytes | None], fault: str, tmp_path: Path) -> None:
    faults = _examined(tmp_path, _rezipped(makers.wacz(), change)).faults
    assert any(told.startswith(fault) for told in faults), faults


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (makers.warc(gz=False).replace(b"555 0100", b"555 0101"), "The payload digest of record 3"),
        (makers.warc(gz=False).replace(b"maker/1.0", b"maker/1.1"), "The block digest of record 1 is wrong."),
        (_record(b"HTTP/1.1 200 OK\r\n\r\nx", 5_000), "Damaged: record 1 claims 5,000 bytes, but the file ends"),
        (_record(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50, 20), "Damaged: no record begins where record 2 should"),
        (
            _record(b"").replace(b"Content-Length: 0", b"Content-Length: -1"),
            "Damaged: record 1 (byte 0 of the content)",
        ),
        (_record(b"").replace(b"WARC-Date", b"X-Date"), "Record 1 has no WARC-Date."),
        (b"WARC/1.1\r\n" + b"a" * 100_000, "Damaged: the headers of record 1 are cut off or longer"),
        (makers.warc()[:-10], "Damaged: gzip member 3 is cut off."),
        (makers.warc() + b"more", "Damaged: what follows gzip member 3 is no gzip."),
        (_record(b"") + gzip.compress(b"") * 0 + b"\r\n" * 5_000, "Damaged: only blank lines follow"),
        (gzip.compress(_record(b"")) + gzip.compress(b"") * 2_000, "Damaged: more than 1,000 empty gzip members"),
        (makers.zipped({"../../etc/passwd": b"x"}), 'The name "../../etc/passwd" leads out of the folder'),
        (makers.zipped({"/abs": b"x"}), 'The name "/abs" leads out of the folder'),
        (makers.zipped({"C:\\x": b"x"}), "The name"),
        (makers.zipped({"a": b"x"}).replace(b"a", b"\x00"), 'The name "" leads out of the folder'),
        (makers.tarred({"../x": b"x"}), 'The name "../x" leads out of the folder'),
        (makers.tarred({"a": b"x" * 2_000})[:1_500], "Damaged: the tar file is cut off."),
        (makers.zipped({"a": b"x"})[:-10], "Damaged: the directory of the ZIP file cannot be read"),
        (makers.png(64)[:-40], "The picture is damaged"),
        (makers.pdf()[:400], "The PDF"),
        (b"Text" * 30_000 + b"\x00", "It begins as text but holds 1 zero bytes."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_in_a_sentence(content: bytes, fault: str, tmp_path: Path) -> None:
    faults = _examined(tmp_path, content).faults
    assert any(told.startswith(fault) for told in faults), faults
    assert all(told.endswith(".") for told in faults)


def test_archive_bombs_are_cut(tmp_path: Path) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(16)) + bomb.flush()
    inside = makers.zipped({f"{n}.gz": packed for n in range(10)})
    for content in (packed, inside, gzip.compress(inside), makers.tarred({"a": packed})):
        found = _examined(tmp_path, content, SMALL)
        assert "as an archive bomb does" in " ".join(found.faults)
        assert not searchable(found)
        assert len(_texts(tmp_path, content, SMALL)) < 64 << 20


def test_nesting_is_cut(tmp_path: Path) -> None:
    content = b"Anna"
    for _ in range(6):
        content = makers.zipped({"a": content})
    found = _examined(tmp_path, content)
    assert "nested more than 4 deep" in " ".join(found.faults)
    assert not searchable(found)


def test_too_many_members_are_cut(tmp_path: Path) -> None:
    found = _examined(tmp_path, makers.zipped({str(n): b"" for n in range(600)}), SMALL)
    assert found.faults == ("Not looked at to its end: it has more than 500 parts.",)


def test_a_zip_whose_directory_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    content = makers.zipped({"a": b"x"})
    at = content.rindex(b"PK\x05\x06")
    lying = content[: at + 12] + struct.pack("<II", 0xF0000000, 0) + content[at + 20 :]
    assert _examined(tmp_path, lying).faults[0].startswith(("Damaged: the directory", "Not looked at to its end"))


def test_an_image_bomb_is_not_decoded(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    assert "pixels" in _examined(tmp_path, bomb).faults[0]


def test_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    found = _examined(tmp_path, b"<html><title>a\x1b[2J\nb\xe2\x80\xaec</title></html>")
    assert _facts(found)["title"] == "a [2J b c"


def test_what_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "none", tmp_path / "pipe", Path("\x00")):
        with pytest.raises(InputError):
            examine(path)


def test_texts_refuses_another_file(tmp_path: Path) -> None:
    found = _examined(tmp_path, b"one")
    (tmp_path / "file").write_bytes(b"other")
    with pytest.raises(InputError, match="not the file that was examined"):
        list(texts(tmp_path / "file", found))


def test_a_search_that_was_cut_is_not_silent(tmp_path: Path) -> None:
    content = gzip.compress(bytes(range(32, 127)) * 30_000)
    found = _examined(tmp_path, content)
    assert searchable(found)
    with pytest.raises(InputError, match="could not be read to its end"):
        list(texts(tmp_path / "file", found, SMALL))


FUZZ = settings(max_examples=tried(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# The document reader starts a process for each file; it is tried below with fewer.
QUICK = sorted(name for name in EVERY if name != "pdf")


def _never_raises(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    found = examine(path, SMALL)
    assert all("\n" not in line for line in (*found.faults, *(value for _, value in found.facts)))
    try:
        list(texts(path, found, SMALL))
    except InputError as error:
        assert "could not be read to its end" in str(error)


@FUZZ
@given(st.binary(max_size=2_000))
def test_random_bytes_never_raise(tmp_path: Path, content: bytes) -> None:
    _never_raises(tmp_path / "file", content)


@FUZZ
@given(st.sampled_from(sorted({c[0][:n] for c in EVERY.values() for n in (2, 4, 8, 30)})), st.binary(max_size=600))
def test_random_bytes_after_a_known_start_never_raise(tmp_path: Path, mark: bytes, content: bytes) -> None:
    _never_raises(tmp_path / "file", mark + content)


@FUZZ
@given(st.sampled_from(QUICK), st.randoms(use_true_random=False))
def test_damaged_files_never_raise(tmp_path: Path, name: str, chance: random.Random) -> None:
    content = bytearray(EVERY[name][0] or b"x")
    for _ in range(chance.randint(0, 8)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    if chance.random() < 0.4:
        del content[chance.randrange(len(content)) :]
    if chance.random() < 0.2:
        at = chance.randrange(len(content) + 1)
        content[at:at] = chance.randbytes(chance.randint(1, 64))
    _never_raises(tmp_path / "file", bytes(content))


@pytest.mark.parametrize("seed", range(6))
def test_damaged_documents_never_raise(seed: int, tmp_path: Path) -> None:
    chance, content = random.Random(seed), bytearray(makers.pdf())
    for _ in range(20):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    _never_raises(tmp_path / "file", bytes(content))


def test_a_document_that_loops_is_given_up(tmp_path: Path) -> None:
    pages = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    pages += b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj\n"
    found = _examined(tmp_path, pages + b"trailer<</Root 1 0 R>>\n%%EOF\n", Limits(seconds=5))
    assert not searchable(found)
    assert found.faults
