"""PDF documents, read by pypdf in a process of its own with little memory and little time.

PDF is a language with loops and references: a hostile file can keep any reader busy. What goes wrong there ends the
child and becomes a fault here.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import orjson

from clew.evidence.intake.base import Kind, Notes, Part, starts
from clew.evidence.intake.limits import Budget
from clew.ingest.streams import DamagedError

_SECONDS = 60
_MEMORY = 2 << 30
_MOST_OUTPUT = 256 << 20
_MOST_PAGES = 5_000
_PROPERTIES = {"title": "/Title", "author": "/Author", "creator": "/Creator", "producer": "/Producer"} | {
    "created": "/CreationDate",
    "changed": "/ModDate",
}


def sniff(part: Part) -> tuple[float, str]:
    """The header within the first kilobyte."""
    if starts(part, b"%PDF-"):
        return 1.0, "application/pdf"
    return (0.6, "application/pdf") if b"%PDF-" in part.head[:1024] else (0.0, "")


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Pages, producer, encryption; whether each page has text."""
    try:
        found = _ask(part, budget, "facts")
    except DamagedError as error:
        notes.damaged(f"The PDF cannot be read: {error}.")
        return
    notes.fact("PDF version", found.get("version"))
    notes.fact("encrypted", "yes" if found.get("encrypted") else "no")
    notes.fact("pages", found.get("pages"))
    for name in ("title", "author", "creator", "producer", "created", "changed"):
        notes.fact(name, found.get(name))
    notes.fact("pages without text", found.get("blank") or None)
    notes.fact("attached files", found.get("attached") or None)
    if found.get("fault"):
        notes.fault(f"The PDF is damaged: {found['fault']}.")
    notes.hidden += bool(found.get("closed")) + int(found.get("blank") or 0) + bool(found.get("fault"))
    notes.hidden += int(found.get("attached") or 0)


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """The text of each page, and the document's properties."""
    found = _ask(part, budget, "texts")
    yield from (str(text) for text in found.get("texts", ()))


def _ask(part: Part, budget: Budget, what: str) -> dict[str, Any]:
    """Let the child read the document.

    Raises:
        DamagedError: it could not, or not in time.
    """
    part.file.seek(0)
    content = part.file.read(_MOST_OUTPUT + 1)
    if len(content) > _MOST_OUTPUT:
        raise DamagedError(f"it is larger than {_MOST_OUTPUT >> 20} MiB")
    seconds = min(_SECONDS, max(1.0, budget.left()))
    command = [sys.executable, "-I", "-m", "clew.evidence.intake.formats.pdf", what]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise DamagedError(f"reading it takes more than {seconds:.0f} seconds") from error
    except OSError as error:
        raise DamagedError(f"the reader could not be started ({error.strerror})") from error
    finally:
        budget.tick()
    try:
        found = orjson.loads(done.stdout)
    except ValueError:
        found = None
    if done.returncode or not isinstance(found, dict):
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise DamagedError(f"the reader gave up ({last[0][:120] if last else 'no reason given'})")
    return found


def _limit_itself() -> None:
    """In the child: no more than 2 GiB of memory and a minute of work, where the system can say so."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _child(what: str) -> dict[str, Any]:
    """In the child: read the document on standard input."""
    import io
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.disable(logging.CRITICAL)
    found: dict[str, Any] = {"texts": []}
    try:
        reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
        found["version"] = reader.pdf_header.removeprefix("%PDF-")
        found["encrypted"] = reader.is_encrypted
        if reader.is_encrypted and not reader.decrypt(""):
            return found | {"closed": True}
        info: dict[str, Any] = dict(reader.metadata or {})
        for name, key in _PROPERTIES.items():
            found[name] = str(info[key])[:1_000] if info.get(key) is not None else None
        found["texts"] = [str(value)[:10_000] for value in info.values()]
        found["pages"] = len(reader.pages)
        found["attached"] = len(reader.attachments)
        read = [page.extract_text() for page in reader.pages[:_MOST_PAGES]]
        found["blank"] = sum(not text.strip() for text in read) + max(0, found["pages"] - _MOST_PAGES)
        if what == "texts":
            found["texts"] += read
    except (PyPdfError, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
            RuntimeError, NotImplementedError, EOFError, MemoryError, ImportError) as error:  # fmt: skip
        found["fault"] = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
    return found


if __name__ == "__main__":
    _limit_itself()
    answer = orjson.dumps(_child(sys.argv[1]))
    sys.stdout.buffer.write(answer)

PLUGIN = Kind("pdf", sniff, examine, texts)
