"""A real RFC 3161 authority on this machine: ``openssl ts`` behind a small HTTP server, with a CA of its own."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# No certs= in it: what openssl then adds is not in the order that DER wants, and strict readers refuse it.
_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Tsa:
    """An authority at work.

    Attributes:
        url: its address.
        roots: PEM file of the root that it is trusted by.
        asked: the requests that it got.
        spoils: whether it sends something else than openssl made.
        repeats: what it sends to anybody, whatever they asked.
    """

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    spoils: bool = False
    repeats: bytes | None = None

    @property
    def roots(self) -> Path:
        """PEM file with its root certificate."""
        return self.folder / "ca.pem"

    def answer(self, request: bytes) -> bytes:
        """What openssl replies."""
        self.asked.append(request)
        if self.repeats is not None:
            return self.repeats
        query, reply = self.folder / f"q{len(self.asked)}", self.folder / f"r{len(self.asked)}"
        query.write_bytes(request)
        _openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", query.name, "-out", reply.name,
                 "-inkey", "tsa.key", "-signer", "tsa.pem")  # fmt: skip
        made = reply.read_bytes()
        return made[:-1] + bytes([made[-1] ^ 1]) if self.spoils else made


def make_authority(folder: Path, name: str = "Clew test") -> Tsa:
    """Keys and certificates of a new authority."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "ext.cnf").write_text("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                                    "extendedKeyUsage=critical,timeStamping\n")  # fmt: skip
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-subj",
             f"/CN={name} root", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    _openssl(folder, "req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name} time")
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
             "tsa.pem", "-days", "3650", "-extfile", "ext.cnf")  # fmt: skip
    return Tsa(folder)


@contextmanager
def serving(authority: Tsa, port: int = 0) -> Iterator[Tsa]:
    """Let it answer on a port of this machine, a free one when none is named."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            answer = authority.answer(content)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
