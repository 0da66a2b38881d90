"""clew capture: to a folder, and into a case."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.commands import Runner
from typer.testing import Result

from clew.cases import exhibits
from clew.cases.base import Casework
from clew.cli.app import app
from clew.cli.common import acting
from clew.model.errors import InputError, MissingError
from clew.store.workspace import Workspace


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<html><title>Jobs \x1b[2J</title>Anna</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def _clew(*words: str) -> Result:
    return Runner().invoke(app, list(words))


def test_to_a_folder(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = _clew("capture", url, "--why", "to see")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"200 Jobs [2J {url}\n")
    (folder,) = (tmp_path / "captures").iterdir()
    assert {path.name for path in folder.iterdir()} == {"capture.json", "capture.warc.gz", "screenshot.png"}
    told = json.loads((folder / "capture.json").read_text())
    assert (told["url"], told["why"], told["case"]) == (url, "to see", "")
    assert told["user"]


def test_into_a_case(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = Workspace.create(tmp_path / "w")
    words = ("--purpose", "p", "--legal-basis", "l", "--retain-until", "2049-12-31", "-w", str(place.path))
    assert _clew("case", "new", "A case", *words).exit_code == 0
    done = _clew("capture", url, "--case", "C1", "--why", "to see", "--json", "-w", str(place.path))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["exhibits"] == ["C1-E1", "C1-E2", "C1-E3"]
    assert not (tmp_path / "captures").exists()
    assert not Path(told["folder"]).exists()
    casework = Casework(place.path)
    actor = acting(casework.db, "", "C1")
    kept = exhibits.all_of(casework, actor, "C1")
    assert [(one.name, one.kind, one.part_of) for one in kept] == [
        ("capture.warc.gz", "capture", ""),
        ("capture.json", "capture", "C1-E1"),
        ("screenshot.png", "capture", "C1-E1"),
    ]
    assert (kept[0].whence, kept[0].why, kept[0].media_type) == (url, "to see", "application/warc")
    assert dict(kept[0].facts)["server address"] == "127.0.0.1"
    assert "Chromium" in kept[0].how
    assert b"".join(exhibits.read(casework, actor, "C1-E1")).startswith(b"\x1f\x8b")
    casework.close()


def test_a_case_that_is_not_there_is_said_before_the_page_is_asked_for(tmp_path: Path) -> None:
    place = Workspace.create(tmp_path / "w")
    done = _clew("capture", "http://127.0.0.1:9/", "--case", "C9", "-w", str(place.path))
    assert isinstance(done.exception, MissingError)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:1"])
def test_what_is_no_page_is_refused(url: str, tmp_path: Path) -> None:
    done = _clew("capture", url, "--out", str(tmp_path / "out"))
    assert isinstance(done.exception, InputError)
    assert not (tmp_path / "out").exists()


def test_no_answer_is_written_down_and_fails(tmp_path: Path) -> None:
    done = _clew("capture", "http://127.0.0.1:9999/", "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "No answer" in done.stdout
    assert "The page was not loaded: net::" in (tmp_path / "out" / "capture.json").read_text()
