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


def read(raw: bytes) -> dict[str, Any]:
    """The one record of a mail, as columns; extras decoded."""
    (batch,) = parse_mails([raw], [1])
    assert not batch.rejects and len(batch.lines) == 1
    cells = {name: column[0].as_py() for name, column in batch.columns.items()}
    extra = {name: column[0].as_py() for name, column in batch.encoded.items()}
    return cells | {name: json.loads(text) for name, text in extra.items() if text}


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


def test_a_mail_inside_a_mail_is_read_too() -> None:
    assert read(multipart(PLAIN, b"Content-Type: message/rfc822\n\nSubject: inner\n\nforwarded"))["body"].split(
        "\n"
    ) == [
        "plain words",
        "forwarded",
    ]


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
