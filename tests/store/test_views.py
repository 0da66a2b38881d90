"""Tables of an older Clew are named, not read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.model.errors import WorkspaceError
from clew.model.tables import TABLES
from clew.query.index import ensure_index
from clew.store.views import open_views
from clew.store.workspace import Workspace


def _holding(folder: Path, assets: pa.Schema, *others: str) -> Workspace:
    workspace = Workspace.create(folder / "w")
    with workspace.change() as change:
        made = {name: TABLES[name] for name in ("networks", *others)} | {"assets": assets}
        for name, schema in made.items():
            file = change.folder(name) / "part.parquet"
            pq.write_table(schema.empty_table(), file)
            change.add(name, [file])
    return workspace


def test_a_table_without_a_column_asks_for_a_run(tmp_path: Path) -> None:
    older = _holding(tmp_path, pa.schema([field for field in TABLES["assets"] if field.name != "tie"]))
    with pytest.raises(WorkspaceError, match=r"assets have no tie\. Run it again: clew run"), open_views(older):
        pass
    with pytest.raises(WorkspaceError, match="older Clew"):
        ensure_index(older)


def test_ties_that_are_in_one_order_only_ask_for_a_run(tmp_path: Path) -> None:
    older = _holding(tmp_path, TABLES["assets"], "ties")
    with pytest.raises(WorkspaceError, match=r"older Clew: it has no record_identifiers\. Run it"), open_views(older):
        pass


def test_tables_of_today_are_read(tmp_path: Path) -> None:
    with open_views(_holding(tmp_path, TABLES["assets"])) as engine:
        assert engine.row("SELECT count(*) FROM assets") == (0,)
