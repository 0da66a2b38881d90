"""Puts the original bytes of exhibits into a package, unless they must not leave."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from clew.cases.exhibit import Exhibit
from clew.evidence.intake.examine import examine, searchable, texts
from clew.evidence.package.bag import Bag
from clew.evidence.package.material import Material, subject

_SUFFIXES = {
    "application/jsonl": "jsonl", "application/pdf": "pdf", "application/warc": "warc", "application/wacz": "wacz",
    "application/zip": "zip", "application/gzip": "gz", "application/json": "json", "message/rfc822": "eml",
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "text/html": "html",
    "text/plain": "txt", "text/csv": "csv",
}  # fmt: skip
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,6})$")


def add_originals(
    bag: Bag, material: Material, progress: Callable[[float], None] = lambda share: None
) -> list[dict[str, Any]]:
    """Write the originals.

    Returns:
        What ``package.json`` says of each exhibit: its files, or why they were held back.
    """
    said = []
    for nth, exhibit in enumerate(material.whole.exhibits, 1):
        said.append(_add(bag, material, exhibit))
        progress(nth / len(material.whole.exhibits))
    return said


def file_of(exhibit: Exhibit) -> str:
    """The path of an exhibit's original below ``data``: never the name that somebody else gave to the file."""
    ending = _ENDING.search(exhibit.name)
    suffix = _SUFFIXES.get(exhibit.media_type) or (ending[1].lower() if ending else "bin")
    return f"originals/{exhibit.id}.{suffix}"


def _add(bag: Bag, material: Material, exhibit: Exhibit) -> dict[str, Any]:
    path, masks = file_of(exhibit), material.masks
    bag.add(path, material.read(exhibit))
    reason = ""
    if masks:
        file = bag.folder / "data" / path
        found = examine(file)
        reason = masks.withholds(
            exhibit.case_id, exhibit.shows, searchable(found), texts(file, found), cleared=bool(exhibit.cleared_by)
        )
    if reason:
        bag.drop(path)
    named = {"sha256": exhibit.sha256, "blake2b": exhibit.blake2b, "size": exhibit.size}
    plain = ("id", "kind", "part_of", "how", "media_type", "run", "at", "who", "grading", "handling", "tlp")
    written = ("name", "whence", "why", "conditions", "withdrawn")
    return {
        **{name: getattr(exhibit, name) for name in plain},
        **{name: masks.text(getattr(exhibit, name)) for name in written},
        "subject": subject(exhibit),
        "shows": list(exhibit.shows),
        "files": [] if reason else [{"path": f"data/{path}", **named}],
        "withheld": [{**named, "reason": reason}] if reason else [],
    }
