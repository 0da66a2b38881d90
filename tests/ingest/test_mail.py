"""Mails as records: bodies, charsets, attachments, and what is broken."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from clew.ingest.mail import parse_mails

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)


def rows(raw: bytes) -> list[dict[str, Any]]:
    """The records of a mail, as columns; extras decoded."""
    (batch,) = parse_mails([raw], [1])
    assert not batch.rejects
    cells = {name: column.to_pylist() for name, column in batch.columns.items()}
    extra = {name: [json.loads(text) if text else None for text in c.to_pylist()] for name, c in batch.encoded.items()}
    found = cells | extra
    return [
        {name: found[name][n] for name in found if name in cells or found[name][n]} for n in range(len(batch.lines))
    ]


def read(raw: bytes) -> dict[str, Any]:
    """The one record of a mail."""
    (row,) = rows(raw)
    return row


HEAD = b"From: Ann <ann@example.org>\nSubject: hello\nMessage-ID: <1@example.org>\n"


def test_headers_become_fields() -> None:
    row = read(
        HEAD + b"Reply-To: other@example.net\nDate: Tue, 1 Jul 2025 10:00:00 +0200\nList-Id: <l.example.org>\n\nBody\n"
    )
    assert (row["handle"], row["contact"], row["native_id"]) == (
        "ann@example.org",
        "other@example.net",
        "<1@example.org>",
    )
    assert (row["title"], row["body"]) == ("hello", "Body\n")
    assert row["headers"] == {"List-Id": "<l.example.org>", "From": "Ann <ann@example.org>"}


@pytest.mark.parametrize(
    ("transfer", "charset", "content", "text"),
    [
        (b"quoted-printable", b"iso-8859-1", b"caf=E9 =\nau lait", "café au lait"),
        (b"base64", b"windows-1251", b64encode("работа".encode("cp1251")), "работа"),
        (b"8bit", b"utf-8", "été".encode(), "été"),
        (b"8bit", b"us-ascii", b"50 \x80", "50 €"),  # a charset that lies
        (b"8bit", b"no-such-charset", "łódź".encode(), "łódź"),
        (b"base64", b"utf-8", b"not*base64", None),
    ],
)
def test_charsets_and_transfer_encodings(transfer: bytes, charset: bytes, content: bytes, text: str | None) -> None:
    kind = b"Content-Type: text/plain; charset=" + charset + b"\nContent-Transfer-Encoding: " + transfer
    body = read(HEAD + kind + b"\n\n" + content)["body"]
    assert body == text if text else isinstance(body, str)


def multipart(*parts: bytes) -> bytes:
    joined = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n' + joined + b"--b--\n"


PLAIN = b"Content-Type: text/plain\n\nplain words"
MARKUP = b"Content-Type: text/html\n\n<p>marked words</p>"


def test_plain_text_is_preferred_unless_it_is_blank() -> None:
    assert read(multipart(PLAIN, MARKUP))["body"] == "plain words"
    assert read(multipart(b"Content-Type: text/plain\n\n \n", MARKUP))["body"] == "<p>marked words</p>"
    assert read(HEAD + MARKUP)["body"] == "<p>marked words</p>"


def test_attached_files_keep_name_size_and_digest() -> None:
    picture = b'Content-Type: image/png; name="=?utf-8?Q?=C3=A9t=C3=A9=2Epng?="\nContent-Transfer-Encoding: base64\n\n'
    named = b'Content-Type: text/plain\nContent-Disposition: attachment; filename="notes.txt"\n\nnot the body'
    row = read(multipart(PLAIN, picture + b64encode(PICTURE), named))
    assert row["body"] == "plain words"
    first, second = row["attachments"]
    assert (first["type"], first["bytes"], first["sha256"]) == ("image/png", 48, hashlib.sha256(PICTURE).hexdigest())
    assert (second["name"], second["type"]) == ("notes.txt", "text/plain")


INNER = (
    b"From: Boss <boss@board.example>\nTo: mira@mail.example\nDate: Tue, 1 Jul 2025 09:00:00 +0200\n"
    b"Message-ID: <in@board.example>\nSubject: inner\n\nan attached threat\n"
)


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: message/rfc822\n\n" + INNER,
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + b64encode(INNER),
        b'Content-Type: application/octet-stream; name="a.EML"\nContent-Transfer-Encoding: base64\n\n'
        + b64encode(INNER),
    ],
)
def test_a_mail_that_is_attached_is_a_record_of_its_own_sender(part: bytes) -> None:
    outer, inner = rows(multipart(PLAIN, part))
    assert (outer["handle"], outer["body"]) == ("ann@example.org", "plain words")
    (file,) = outer["attachments"]
    assert file["name"] in ("inner", "a.EML") and file["bytes"] > 100 and len(file["sha256"]) == 64
    assert (inner["handle"], inner["recipient"]) == ("boss@board.example", "mira@mail.example")
    assert (inner["native_id"], inner["title"], inner["body"].strip()) == (
        "<in@board.example>",
        "inner",
        "an attached threat",
    )
    assert inner["posted_at"] == "Tue, 1 Jul 2025 09:00:00 +0200"
    assert inner["attached_to"] == "<1@example.org>"


def test_mails_in_mails_in_mails_end() -> None:
    deep = INNER
    for level in range(20):
        deep = b"From: a%d@x.example\nSubject: %d\nContent-Type: message/rfc822\n\n%s" % (level, level, deep)
    assert [row["title"] for row in rows(deep)] == ["19", "18", "17", "16", "15", "14"]
    many = rows(multipart(PLAIN, *[b"Content-Type: message/rfc822\n\n" + INNER] * 150))
    assert len(many) == 51 and len(many[0]["attachments"]) == 150


def test_an_attached_mail_that_cannot_be_written_again_hides_nothing() -> None:
    deep = PLAIN
    for level in range(250):
        mark = b"x%d" % level
        deep = b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n%s\n--%s--\n' % (mark, mark, deep, mark)
    outer, inner = rows(multipart(PLAIN, b"Content-Type: message/rfc822\n\nFrom: boss@board.example\n" + deep))
    assert (outer["handle"], outer["body"], inner["handle"]) == ("ann@example.org", "plain words", "boss@board.example")
    assert "sha256" not in outer["attachments"][0]


def test_what_is_attached_as_a_mail_and_is_none_is_a_file_only() -> None:
    (row,) = rows(multipart(PLAIN, b"Content-Type: message/rfc822\n\nno header at all"))
    assert len(row["attachments"]) == 1


@pytest.mark.parametrize("name", [b"=?utf-8?B?w6l0w6kuZXhl?=", b'"=?utf-8?Q?=C3=A9t=C3=A9.exe?="'])
def test_the_name_of_an_attached_file_is_decoded(name: bytes) -> None:
    row = read(multipart(PLAIN, b"Content-Type: application/pdf; name=" + name + b"\n\nx"))
    assert row["attachments"][0]["name"] == "été.exe"


def test_all_whom_a_mail_went_to_are_kept() -> None:
    to = b"To: Ben <ben@x.example>, BEN@x.example\nCc: cas@x.example, ann@example.org\nBcc: dee@x.example\n"
    row = read(HEAD + to + b"\nBody\n")
    assert row["recipient"] is None
    assert row["recipients"] == ["BEN@x.example", "cas@x.example", "dee@x.example"]
    assert read(HEAD + b"To: ben@x.example\nCc: Ann <ann@example.org>\n\nBody\n")["recipient"] == "ben@x.example"


@pytest.mark.parametrize("sender", [b"Boss", b"<>", b"root", b"undisclosed:;"])
def test_a_sender_without_an_address_is_no_account(sender: bytes) -> None:
    row = read(b"From: " + sender + b"\nSubject: hello\n\nBody\n")
    assert row["handle"] is None and row["headers"]["From"] == sender.decode()


def test_nul_bytes_and_stray_bytes_are_replaced() -> None:
    row = read(b"From: a@example.org\nSubject: caf\xe9 \x00\n\none\x00two \xff")
    assert (row["title"], row["body"]) == ("café �", "one�two ÿ")


def test_what_is_no_mail_is_rejected() -> None:
    (batch,) = parse_mails([b"dear all\n\nFrom here", b"x: y\n\nz"], [1, 9])
    assert [(reject.line, reject.reason) for reject in batch.rejects] == [
        (1, "no mail: it has none of a mail's headers"),
        (9, "no mail: it has none of a mail's headers"),
    ]


def test_many_parts_and_deep_nesting_end(tmp_path: Path) -> None:
    assert read(multipart(*[PLAIN] * 1_000))["body"].count("plain words") < 1_000
    deep = PLAIN
    for level in range(60):
        mark = b"x%d" % level
        deep = b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n%s\n--%s--\n' % (mark, mark, deep, mark)
    assert read(HEAD + deep)["body"].strip() == "plain words"


def test_mails_of_a_thread_have_the_first_ones_id() -> None:
    first = read(HEAD + b"To: ben@example.org\n\nBody\n")
    reply = read(HEAD + b"To: Ben <ben@example.org>\nIn-Reply-To: <0@example.org>\n\nBody\n")
    later = read(HEAD + b"To: a@x.org, b@x.org\nReferences: <0@example.org>\n <2@example.org>\n\nBody\n")
    assert [row["conversation"] for row in (first, reply, later)] == [
        "<1@example.org>",
        "<0@example.org>",
        "<0@example.org>",
    ]
    assert [row["recipient"] for row in (first, reply, later)] == ["ben@example.org", "ben@example.org", None]
    assert read(b"From: a@x.org\nTo: b@x.org\nCc: c@x.org\nSubject: x\n\n")["recipient"] is None
