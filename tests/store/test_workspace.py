"""The workspace: all or nothing, readable by its owner alone, and swept of what nobody names."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.model.errors import InputError, WorkspaceError
from clew.store.workspace import Workspace, find_workspace


def _file(folder: Path, *values: int) -> Path:
    path = folder / "part.parquet"
    pq.write_table(pa.table({"x": list(values)}), path)
    return path


def test_a_new_workspace_is_empty_and_private(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    assert workspace.segments("records") == []
    for path in [workspace.path, *workspace.path.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_segments_are_private_and_named_by_their_digest(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with workspace.change() as change:
        (segment,) = change.add("records", [_file(change.folder("a"), 1, 2)])
    (path,) = Workspace(tmp_path / "w").paths("records")
    assert path.stem == segment.sha256
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert pq.read_table(path).column("x").to_pylist() == [1, 2]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(InputError, match="not an empty folder"):
        Workspace.create(tmp_path)


def test_what_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="clew init"):
        Workspace(tmp_path)


def test_a_workspace_of_another_format_is_refused(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w")
    (tmp_path / "w" / "catalog.json").write_text('{"format": 99, "generation": 0, "tables": {}}')
    with pytest.raises(WorkspaceError, match="format 99"):
        Workspace(tmp_path / "w")


def test_a_failed_change_leaves_nothing(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    before = (workspace.path / "catalog.json").read_bytes()
    with pytest.raises(RuntimeError), workspace.change() as change:
        change.add("mentions", [_file(change.folder("a"), 1)])
        raise RuntimeError
    assert (workspace.path / "catalog.json").read_bytes() == before
    assert not list((workspace.path / "staging").iterdir())
    with workspace.change():
        pass
    assert not list((workspace.path / "segments").rglob("*.parquet"))


def test_the_same_content_is_added_once(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for _ in range(2):
        with workspace.change() as change:
            change.add("records", [_file(change.folder("a"), 1)])
    assert len(workspace.segments("records")) == 1


def test_replaced_derived_segments_are_swept_and_inputs_kept(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for value in (1, 2):
        with workspace.change() as change:
            change.replace("links", [_file(change.folder("a"), value)])
            change.replace("anchors", [_file(change.folder("b"), value + 10)])
    with workspace.change():
        pass
    assert len(list((workspace.path / "segments" / "links").iterdir())) == 1
    assert len(list((workspace.path / "segments" / "anchors").iterdir())) == 2


def test_two_changes_at_once_are_refused(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with (
        workspace.change(),
        pytest.raises(WorkspaceError, match="Another clew process"),
        Workspace(workspace.path).change(),
    ):
        pass


def test_a_killed_change_is_swept_by_the_next(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    code = (
        "import os, sys; from pathlib import Path; from clew.store.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).change() as change:\n"
        "    (change.folder('a') / 'half.parquet').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(workspace.path)], check=False)
    assert done.returncode == -9
    assert list((workspace.path / "staging").iterdir())
    with workspace.change():
        assert len(list((workspace.path / "staging").iterdir())) == 1  # its own


def test_the_workspace_is_found_by_option_then_environment_then_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        Workspace.create(tmp_path / name)
    monkeypatch.chdir(tmp_path / "c")
    assert find_workspace(None).path.resolve() == tmp_path / "c"
    monkeypatch.setenv("CLEW_WORKSPACE", str(tmp_path / "b"))
    assert find_workspace(None).path == tmp_path / "b"
    assert find_workspace(tmp_path / "a").path == tmp_path / "a"
