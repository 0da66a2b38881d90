"""What the pages of an archive share: pictures, favicons, certificates, rendered copies. Read before the pages."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clew.ingest.base import Reject
from clew.ingest.pages_codes import host_of
from clew.ingest.pages_http import response_of, split_head
from clew.ingest.pages_warc import Record
from clew.ingest.pdq import open_image, pdq
from clew.model.errors import InputError

RENDERED = "urn:dom:"  # how Clew's capture names the page as the browser had built it
_SMALLEST = 64  # pixels of a side; smaller pictures are buttons
_USABLE = 50  # PDQ quality below which a hash says nothing
_MOST_PICTURES, _MOST_BYTES, _MOST_PIXELS = 50_000, 16 << 20, 4_000_000_000
_LARGEST = 40_000_000  # pixels of one picture
_ICON_BYTES = 256 << 10
_WAITING = 32
_PEM = re.compile(r"^file:///([\w.-]{1,253})(?::\d{1,5})?\.pem$")  # how Scoop names the certificates of a host
_MOST_NAMES = 100


@dataclass(frozen=True)
class Certificate:
    """The certificate that a host gave: SHA-256 of its DER ("": not recorded), the names it is for, who issued it."""

    sha256: str
    names: tuple[str, ...] = ()
    issuer: str = ""


@dataclass
class Gathered:
    """What pages refer to, by address without fragment or by host.

    Attributes:
        pictures: PDQ hash, 64 hex digits.
        icons: the first 32 hex digits of the SHA-256 of small pictures.
        certificates: by host.
        rendered: addresses of which there is a copy as a browser had built it.
        title: of the collection; "": none.
    """

    pictures: dict[str, str] = field(default_factory=dict)
    icons: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    rendered: set[str] = field(default_factory=set)
    title: str = ""


def plain_url(url: str) -> str:
    """An address without its fragment."""
    return urldefrag(url).url if "#" in url else url


def gather(records: Iterable[Record | Reject], into: Gathered, threads: int = 2) -> None:
    """Read what pages share; pictures are decoded on a few threads."""
    pictures = _Pictures(into)
    with ThreadPoolExecutor(threads) as pool:
        waiting = deque[tuple[str, Future[str | None]]]()
        for record in records:
            if isinstance(record, Reject) or not record.whole:
                continue
            if record.type == "response" and record.is_http and not record.target.startswith("file:"):
                if body := pictures.body_of(record):
                    waiting.append((plain_url(record.target), pool.submit(pictures.hash_of, body)))
            elif record.type in ("metadata", "resource", "response"):
                _note(record, into)
            while len(waiting) > _WAITING:
                pictures.keep(*waiting.popleft())
        while waiting:
            pictures.keep(*waiting.popleft())


class _Pictures:
    """Hashes pictures within bounds, each content once."""

    def __init__(self, into: Gathered) -> None:
        self._into = into
        self._known: dict[bytes, str | None] = {}
        self._pixels = _MOST_PIXELS

    def body_of(self, record: Record) -> bytes | None:
        """The picture in a response; None where it holds none or there were enough."""
        start, icon = record.content[:8_192], record.target.lower().endswith("favicon.ico")
        if not icon and b"image/" not in start.lower():  # as nearly all that is no picture
            return None
        status, headers, _ = split_head(start)
        kind = headers.get("content-type", "").lower()
        if status != 200 or not (kind.startswith("image/") or icon):
            return None
        if len(self._into.icons) + len(self._into.pictures) > _MOST_PICTURES:
            return None
        response = response_of(record.content, _MOST_BYTES)
        if not response.body or not response.whole:
            return None
        if len(response.body) <= _ICON_BYTES:
            self._into.icons[plain_url(record.target)] = icon_hash(response.body)
        return None if "svg" in kind or _is_button(response.body) else response.body

    def hash_of(self, body: bytes) -> str | None:
        """The PDQ hash of a picture; None where it is too small, too plain or broken."""
        key = hashlib.blake2b(body, digest_size=16).digest()
        if key not in self._known:
            self._known[key] = self._hashed(body)
        return self._known[key]

    def _hashed(self, body: bytes) -> str | None:
        try:
            image = open_image(body)
            pixels = image.width * image.height
            if min(image.size) < _SMALLEST or pixels > _LARGEST or self._pixels < pixels:
                return None
            self._pixels -= pixels
            found = pdq(image)
        except InputError:
            return None
        return found.hex if found.quality >= _USABLE else None

    def keep(self, url: str, found: Future[str | None]) -> None:
        """Note the hash of the picture at an address."""
        value = found.result()
        if value is not None:
            self._into.pictures[url] = value


def _is_button(body: bytes) -> bool:
    """Whether a picture says in its head that it is too small to be hashed: opening it would take a hundred times as
    long, and most pictures of many sites are that.
    """
    if body[:8] == b"\x89PNG\r\n\x1a\n" and body[12:16] == b"IHDR":
        return bool(min(struct.unpack(">II", body[16:24].ljust(8, b"\0"))) < _SMALLEST)
    return body[:3] == b"GIF" and bool(min(struct.unpack("<HH", body[6:10].ljust(4, b"\0"))) < _SMALLEST)


def icon_hash(body: bytes) -> str:
    """What stands for the bytes of a favicon."""
    return hashlib.sha256(body).hexdigest()[:32]


def embedded_picture(source: str) -> str | None:
    """The PDQ hash of a picture that is written into a page (``data:image/png;base64,…``)."""
    head, _, data = source.partition(",")
    if not head.lower().startswith("data:image/") or "base64" not in head.lower() or not 2_000 < len(data) < 8 << 20:
        return None
    try:
        return _Pictures(Gathered()).hash_of(base64.b64decode(data, validate=False))
    except (binascii.Error, ValueError):
        return None


def _note(record: Record, into: Gathered) -> None:
    """Certificates and rendered copies, as capturing programs write them."""
    target = record.target
    if record.type == "resource" and target.startswith(RENDERED):
        into.rendered.add(plain_url(target.removeprefix(RENDERED)))
    elif (found := _PEM.match(target)) and len(into.certificates) < _MOST_PICTURES:
        body = response_of(record.content).body if record.is_http else record.content
        if certificate := _from_pem(body):
            into.certificates[found[1].lower()] = certificate
    elif record.type == "metadata" and record.headers.get("content-type", "").startswith("application/json"):
        _from_capture(record, into)


def issuer_of(record: Record) -> Certificate | None:
    """What Browsertrix writes of a certificate beside each response: who issued it, no more."""
    try:
        told = orjson.loads(record.headers.get("warc-json-metadata") or "null")
    except ValueError:
        return None
    given = told.get("cert") if isinstance(told, dict) else None
    issuer = given.get("issuer") if isinstance(given, dict) else None
    return Certificate("", (), issuer[:300]) if isinstance(issuer, str) and issuer else None


def _from_pem(body: bytes) -> Certificate | None:
    try:
        first = x509.load_pem_x509_certificates(body[: 1 << 20])[0]
    except (ValueError, IndexError):
        return None
    return _certificate(first)


def _certificate(found: x509.Certificate) -> Certificate:
    digest = hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest()
    try:
        held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(held.get_values_for_type(x509.DNSName)[:_MOST_NAMES])
        issuer = found.issuer.rfc4514_string()[:300]
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return Certificate(digest)
    return Certificate(digest, names, issuer)


def _from_capture(record: Record, into: Gathered) -> None:
    """The certificate in the account that Clew's capture writes."""
    try:
        told: Any = orjson.loads(record.content)
    except ValueError:
        return
    server = told.get("server") if isinstance(told, dict) else None
    given = server.get("certificate") if isinstance(server, dict) else None
    if not isinstance(given, dict):
        return
    digests = given.get("sha256")
    if not (isinstance(digests, list) and digests and re.fullmatch(r"[0-9a-f]{64}", str(digests[0]))):
        return
    names = given.get("sanList")
    listed = tuple(str(name)[:253] for name in names[:_MOST_NAMES]) if isinstance(names, list) else ()
    host = host_of(str(told.get("final_url") or record.target))
    into.certificates[host] = Certificate(str(digests[0]), listed, str(given.get("issuer") or "")[:300])
