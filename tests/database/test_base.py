"""The database of a workspace: its schema, older and newer ones, several processes, and addresses that are wrong."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.forked import forked

import clew
from clew.database import migrations
from clew.database.base import FILE, METADATA, open_database, open_file, write
from clew.database.identity import identity
from clew.model.errors import InputError, WorkspaceError


def _steps() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return ScriptDirectory.from_config(config)


def _import_all() -> None:
    """Every module that declares a table."""
    root = Path(clew.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if "METADATA" in path.read_text():
            importlib.import_module(".".join(("clew", *path.relative_to(root).with_suffix("").parts)))


_ROW = {"network_id": "N1", "nth": 1, "state": "dismissed", "reason": "spam", "assignee": "", "who": "ann", "at": "x"}


def _decide(engine: sa.Engine) -> None:
    with write(engine) as connection:
        connection.execute(METADATA.tables["triage"].insert().values(**_ROW))


def _decided(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(sa.text("SELECT reason FROM triage WHERE network_id = 'N1'")).scalar_one())


def test_the_steps_are_one_line_that_ends_with_the_newest():
    assert _steps().get_heads() == [migrations.HEAD]
    assert len(list(_steps().walk_revisions())) == int(migrations.HEAD)


def test_the_steps_make_what_the_modules_declare(db):
    _import_all()
    with db.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
    assert [d for d in differences if "alembic_version" not in str(d)] == []


def test_opening_again_changes_nothing(db, tmp_path):
    _import_all()
    _decide(db)
    again = open_database(tmp_path)
    assert _decided(again) == "spam"
    again.dispose()


@pytest.mark.parametrize("tables", [("triage",), ("triage", "saved_views"), ("explorations", "exploration_steps")])
def test_a_database_of_before_the_steps_is_taken_over(tmp_path, tables):
    _import_all()
    old = sa.create_engine(f"sqlite:///{tmp_path / FILE}")
    METADATA.create_all(old, [METADATA.tables[name] for name in tables])
    if "triage" in tables:
        with old.begin() as connection:
            connection.execute(METADATA.tables["triage"].insert().values(**_ROW))
    old.dispose()
    new = open_database(tmp_path)
    if "triage" in tables:
        assert _decided(new) == "spam"
        with pytest.raises(sa.exc.IntegrityError):
            _decide(new)
    assert {"ledger_entries", "triage", "exploration_steps"} <= set(sa.inspect(new).get_table_names())
    new.dispose()


def test_a_newer_schema_is_refused(db, tmp_path):
    with write(db) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorkspaceError, match=r"schema 9999, which this Clew does not know.*Use the Clew that made it"):
        open_database(tmp_path)


def test_a_step_that_fails_leaves_nothing(tmp_path, postgresql, monkeypatch):
    """The steps are taken all or none: after a fault the next process begins where this one did."""
    name = postgresql.new()
    for address in ("", postgresql.url(name)):
        monkeypatch.setenv("CLEW_DATABASE_URL", address)
        server = migrations.upgrade.__globals__["HEAD"]
        monkeypatch.setattr("clew.database.migrations.HEAD", "none such")  # so that the upgrade runs every time
        engine = open_file(tmp_path / FILE) if not address else sa.create_engine(address.replace("ql:", "ql+psycopg:"))
        with engine.connect() as connection, connection.begin():
            connection.execute(sa.text("CREATE TABLE ledger_heads (thing integer)"))
        with pytest.raises(sa.exc.DBAPIError):
            migrations.upgrade(engine)
        assert set(sa.inspect(engine).get_table_names()) <= {"ledger_heads", "alembic_version"}
        monkeypatch.setattr("clew.database.migrations.HEAD", server)
        engine.dispose()
    postgresql.drop(name)


def _open(folder: Path) -> None:
    open_database(folder).dispose()


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_several_processes_may_open_a_new_one_at_once(where, tmp_path, monkeypatch, request):
    server = request.getfixturevalue("postgresql") if where == "postgresql" else None
    if server:
        name = server.new()
        monkeypatch.setenv("CLEW_DATABASE_URL", server.url(name))
    running = [forked(_open, tmp_path) for _ in range(4)]
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * 4
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT name FROM served_workspace")).scalar_one() == identity(tmp_path)
    engine.dispose()
    if server:
        server.drop(name)


def test_a_database_serves_one_workspace(db, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    if db.dialect.name == "sqlite":
        db.dispose()
        (other / FILE).write_bytes((tmp_path / FILE).read_bytes())
    with pytest.raises(WorkspaceError, match="holds the cases of another workspace"):
        open_database(other)


def test_a_workspace_that_was_moved_is_the_same(db, tmp_path):
    _import_all()
    _decide(db)
    db.dispose()
    moved = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    again = open_database(moved)
    assert _decided(again) == "spam"
    again.dispose()
    moved.rename(tmp_path)


@pytest.mark.parametrize(
    ("address", "error", "said"),
    [
        ("nonsense", InputError, "is no address of a database"),
        ("postgresql://host:port/name", InputError, "is no address of a database"),
        ("mysql://ann:secret@host/name", InputError, "names a mysql database"),
        ("sqlite:////tmp/x", InputError, "names a sqlite database"),
        ("postgresql://ann:secret@127.0.0.1:1/name", WorkspaceError, "does not answer"),
    ],
)
def test_a_wrong_address_is_one_clear_line(tmp_path, monkeypatch, address, error, said):
    monkeypatch.setenv("CLEW_DATABASE_URL", address)
    with pytest.raises(error, match=said) as raised:
        open_database(tmp_path)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_database_that_is_none_is_one_clear_line(tmp_path):
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(WorkspaceError, match="not a database"):
        open_database(tmp_path)


def test_a_disk_that_cannot_be_written_is_one_clear_line(tmp_path):
    with pytest.raises(WorkspaceError, match=r"cannot be written to.*writes down what is looked at"):
        open_database(tmp_path / "none")


def test_the_file_is_its_owners_alone(tmp_path):
    open_database(tmp_path).dispose()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_letters_of_any_alphabet_are_found_in_either_case(db):
    with db.connect() as connection:
        query = sa.select(sa.literal("Ünal Łukasz").icontains("ünal ł"))
        assert connection.execute(query).scalar_one()
