"""Small real files of every kind, made by other tools than those that read them here."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import tarfile
import zipfile
from email.message import EmailMessage

from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGE = (
    b"<!doctype html><html><head><meta charset='utf-8'><title>Jobs &amp; more</title>"
    b"<link rel=canonical href='https://example.org/jobs'></head><body><p>Call <b>An</b>na at 555 0100</p>"
    b"</body></html>"
)


def warc(gz: bool = True, picture: bool = False) -> bytes:
    """A warcinfo, a request, a response in chunks, a resource."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gz, warc_version="1.1")
    info = {"software": "maker/1.0", "isPartOf": "C1", "operator": "tester"}
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", info))
    url = "https://example.org/jobs"
    asked = StatusAndHeaders("GET /jobs HTTP/1.1", [("Host", "example.org")], is_http_request=True)
    writer.write_record(writer.create_warc_record(url, "request", io.BytesIO(b""), http_headers=asked))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    got = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")], "HTTP/1.1")
    meant = {"WARC-Payload-Digest": "sha256:" + hashlib.sha256(PAGE).hexdigest()}
    record = writer.create_warc_record(url, "response", io.BytesIO(chunked), http_headers=got, warc_headers_dict=meant)
    writer.write_record(record)
    if picture:
        body = png()
        writer.write_record(writer.create_warc_record("urn:shot", "resource", io.BytesIO(body), len(body), "image/png"))
    return out.getvalue()


def wacz(signed: bool = False) -> bytes:
    """A package made by hand after the specification."""
    archive, pages = warc(), b'{"format":"json-pages-1.0"}\n{"url":"https://example.org/jobs","title":"Jobs"}\n'
    files = {"archive/data.warc.gz": archive, "pages/pages.jsonl": pages, "indexes/index.cdx": b"org,example)/ {}\n"}
    resources = [
        {
            "name": name.split("/")[-1],
            "path": name,
            "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
            "bytes": len(raw),
        }
        for name, raw in files.items()
    ]
    package = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}).encode()
    digest: dict[str, object] = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    if signed:
        digest["signedData"] = {"hash": digest["hash"], "signature": "AAAA", "domain": "example.org", "created": "2026"}
    return zipped(files | {"datapackage.json": package, "datapackage-digest.json": json.dumps(digest).encode()})


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as found:
        for name, raw in files.items():
            found.writestr(name, raw, zipfile.ZIP_STORED if name.endswith(".warc.gz") else None)
    return out.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as found:
        for name, raw in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            found.addfile(info, io.BytesIO(raw))
    return out.getvalue()


def png(side: int = 8, form: str = "PNG") -> bytes:
    """A picture; a JPEG has EXIF data."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Model 1"
    exif.get_ifd(0x8769)[0x9003] = "2026:01:02 03:04:05"
    Image.radial_gradient("L").resize((side, side)).save(out, form, **({"exif": exif} if form == "JPEG" else {}))
    return out.getvalue()


def pdf(text: str = "Anna 555 0100", secret: str | None = None) -> bytes:
    """Two pages, perhaps encrypted."""
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=secret)
    canvas.setTitle("A file")
    for _ in range(2):
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def mail() -> bytes:
    """A mail with a text and an attachment."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "A <a@example.org>", "b@example.org", "Wörk"
    message["Date"], message["Message-ID"] = "Tue, 01 Jul 2025 10:00:00 +0000", "<1@example.org>"
    message.set_content("Call Änna at 555 0100")
    message.add_attachment(b"notes of Bertha", "text", "plain", filename="notes.txt")
    return message.as_bytes()


def every() -> dict[str, tuple[bytes, str, str]]:
    """By name: content, kind, media type."""
    return {
        "warc": (warc(gz=False), "warc", "application/warc"),
        "warc.gz": (warc(), "warc", "application/warc"),
        "wacz": (wacz(), "wacz", "application/wacz"),
        "html": (PAGE, "html", "text/html"),
        "png": (png(), "image", "image/png"),
        "jpeg": (png(form="JPEG"), "image", "image/jpeg"),
        "gif": (png(form="GIF"), "image", "image/gif"),
        "webp": (png(form="WEBP"), "image", "image/webp"),
        "tiff": (png(form="TIFF"), "image", "image/tiff"),
        "bmp": (png(form="BMP"), "image", "image/bmp"),
        "pdf": (pdf(), "pdf", "application/pdf"),
        "eml": (mail(), "mail", "message/rfc822"),
        "mbox": (b"From a@example.org Tue Jul  1 10:00:00 2025\n" + mail() + b"\n", "mail", "application/mbox"),
        "txt": ("Änna 555 0100\nzweite Zeile\n".encode("utf-16"), "text", "text/plain"),
        "json": (b'{"name": "Anna"}', "text", "application/json"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><text>Anna</text></svg>", "text", "image/svg+xml"),
        "zip": (zipped({"a/b.txt": b"Anna", "mail.eml": mail()}), "archive", "application/zip"),
        "tar": (tarred({"a/b.txt": b"Anna", "long" * 50: b"x"}), "archive", "application/x-tar"),
        "tgz": (gzip.compress(tarred({"b.txt": b"Anna"}, tarfile.GNU_FORMAT)), "archive", "application/gzip"),
        "txt.gz": (gzip.compress(b"Anna"), "archive", "application/gzip"),
        "txt.bz2": (bz2.compress(b"Anna"), "archive", "application/x-bzip2"),
        "txt.xz": (lzma.compress(b"Anna"), "archive", "application/x-xz"),
        "bin": (bytes(range(256)) * 4, "other", "application/octet-stream"),
        "empty": (b"", "text", "text/plain"),
    }
