"""What a workspace knows of the movement of one network, ready to be given away: for maps and calendars."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.exchange.tables import Mask
from clew.extract.place import coordinates
from clew.model.errors import InputError, MissingError
from clew.store.views import open_views
from clew.store.workspace import Workspace

Row = dict[str, Any]
Point = tuple[float, float]  # longitude, latitude

CAUTION = (
    "Places are those that records name; nobody was seen there. A tour alone shows no control: independent workers "
    "tour, too. Look at the records before you act."
)
_QUERIES = {
    "stays": "SELECT * EXCLUDE (rids), len(rids) AS records FROM stays WHERE network_id = $id "
    "ORDER BY subject, from_at, to_at, place",
    "moves": "SELECT * EXCLUDE (rids) FROM moves WHERE network_id = $id "
    "ORDER BY subject, left_at, arrived_at, from_place, to_place",
    "clashes": "SELECT * EXCLUDE (rids) FROM clashes WHERE network_id = $id "
    "ORDER BY subject, at_a, at_b, place_a, place_b",
    "forecasts": "SELECT * FROM forecasts WHERE network_id = $id ORDER BY subject, rank",
    "patterns": "SELECT * FROM patterns WHERE network_id = $id AND subject = ''",
}


@dataclass(frozen=True)
class Moving:
    """The movement of a network, as rows of its tables (without records), and where its places lie.

    Attributes:
        network_id: its name.
        tables: rows of stays, moves, clashes, forecasts and patterns (of the whole network alone).
        points: longitude and latitude of each place that is known.
    """

    network_id: str
    tables: dict[str, list[Row]]
    points: dict[str, Point]


def read_moving(workspace: Workspace, network_id: str, mask: Mask | None = None) -> Moving:
    """Read the tables, with whom may not be named under a pseudonym.

    Raises:
        MissingError: there is no such network.
        WorkspaceError: the workspace has no run yet.
    """
    with open_views(workspace) as engine:
        if not engine.rows("SELECT 1 FROM networks WHERE network_id = $id", id=network_id):
            raise MissingError(f"There is no network {network_id[:40]!r}.", "See them with: clew leads")
        return moving_of(engine, network_id, mask)


def moving_of(engine: Engine, network_id: str, mask: Mask | None = None) -> Moving:
    """The same from an engine that holds the views."""
    tables: dict[str, list[Row]] = {}
    values: set[str] = set()
    for name, query in _QUERIES.items():
        table = engine.sql(query, params={"id": network_id})
        for column in ("place", "from_place", "to_place", "place_a", "place_b"):
            if column in table.column_names:
                values |= set(table.column(column).to_pylist())
        tables[name] = (mask(table, name) if mask else table).to_pylist()
    names = sorted(values)
    latitude, longitude = coordinates(pa.array(names, pa.string()))
    points = {
        name: (round(float(lon), 5), round(float(lat), 5))
        for name, lat, lon in zip(names, latitude, longitude, strict=True)
        if not math.isnan(lat)
    }
    return Moving(network_id, tables, points)


def export_movement(
    workspace: Workspace,
    network_id: str,
    out: Path,
    rendered: Callable[[Moving], tuple[bytes, int]],
    mask: Mask | None = None,
    ready: Callable[[Path], None] = lambda made: None,
) -> int:
    """Write the movement of a network to a file that is not there yet.

    Args:
        workspace: with a run.
        network_id: name of the network.
        out: the file.
        rendered: gives the content of the file, and how many things it holds.
        mask: hides who may not be named (`clew.evidence.masks`).
        ready: told a folder with the finished file before it appears.

    Returns:
        How many things it holds.

    Raises:
        InputError: ``out`` exists.
        MissingError: there is no such network.
    """
    content, count = rendered(read_moving(workspace, network_id, mask))
    write_file(out, content, ready)
    return count


def write_file(out: Path, content: bytes, ready: Callable[[Path], None] = lambda made: None) -> None:
    """Write a file that is there whole or not at all.

    Args:
        out: a file that is not there yet.
        content: of it.
        ready: told a folder with the finished file before it appears as ``out``.

    Raises:
        InputError: ``out`` exists.
    """
    if out.exists():
        raise InputError(f"{out} exists.", "Name a new file.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as staging:
        made = Path(staging) / out.name
        made.write_bytes(content)
        made.chmod(0o600)
        ready(Path(staging))
        shutil.move(made, out)


def called(subject: str) -> str:
    """What is followed, in words: "the number +31…"."""
    kind, _, value = subject.partition(":")
    word = {"phone": "Number", "name": "Name", "handle": "Handle", "image": "Picture", "item": "Item"}.get(kind)
    if word is None:
        return subject
    return f"{word} {value[:12]}…" if kind in ("image", "item") and len(value) > 13 else f"{word} {value}"


def stamp(at: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
