"""A backup is whole or refused; what is restored holds nothing that was erased since."""

from __future__ import annotations

import random
import shutil
import threading
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from tests.keeping.grounds import PHONE, SECRET, Ground
from tests.keeping.leavings import holding, in_database

from clew.cases import case, people, thinking
from clew.cases.base import Casework
from clew.database.base import write
from clew.database.identity import identity
from clew.evidence.take import take_file
from clew.keeping.backup import MANIFEST, back_up, verify_backup
from clew.keeping.erase import erase_case, erase_records
from clew.keeping.register import register_file
from clew.keeping.restore import Restored, restore
from clew.keeping.retention import set_rule
from clew.ledger.check import check
from clew.ledger.entry import Deed
from clew.ledger.log import Wanted, append, search, size
from clew.model.errors import ClewError, DeniedError, InputError, SealError, WorkspaceError
from clew.pipeline.replay import replay
from clew.store.workspace import Workspace
from clew.vault.keys import key_file

SECRETS = f"body LIKE '%{SECRET}%'"


@pytest.fixture
def full(ground: Ground, tmp_path: Path) -> Ground:
    """With a case in it."""
    casework, boss = ground.casework, ground.boss
    case.open_case(casework, boss, "Case A", "to see", "law", "2049-01-01")
    (tmp_path / "note.txt").write_text("an original")
    take_file(casework, boss, "C1", tmp_path / "note.txt")
    thinking.add_note(casework, boss, "C1", "a note")
    people.add(casework, boss, "C1", ["Mara"], ["victim"], identifiers=[("phone", PHONE)], minor=True)
    return ground


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, full: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Restores go to the other kind of database: SQLite to PostgreSQL, and back."""
    if full.casework.db.dialect.name == "sqlite":
        server = request.getfixturevalue("postgresql")
        name = server.new()
        monkeypatch.setenv("CLEW_DATABASE_URL", server.url(name))
        request.addfinalizer(lambda: server.drop(name))
    else:
        monkeypatch.delenv("CLEW_DATABASE_URL")


def _rows(db: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    with db.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            found[name] = sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
    return found


def test_it_comes_back_as_it_was(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, boss = full.casework, full.boss
    made = back_up(casework, full.workspace, boss, tmp_path / "b")
    assert verify_backup(tmp_path / "b") == made and made.rows["case_papers"] == 3
    with casework.db.connect() as connection:
        (entry,), _ = search(connection, Wanted(act="backup"))
    assert entry.subject == f"backup {made.name}"

    done = restore(tmp_path / "b", tmp_path / "new", boss)

    assert done.cases == [] and done.records == 0
    new = Casework(tmp_path / "new")
    assert new.db.dialect.name != casework.db.dialect.name
    before, after = _rows(casework.db), _rows(new.db)
    same = set(before) - {"restores", "alembic_version"}
    for name in sorted(same):
        if not name.startswith("ledger_"):
            assert after[name] == before[name], name
    assert len(set(after["ledger_entries"]) & set(before["ledger_entries"])) == made.entries
    assert check(new.db, new.keys.public).faults == []
    assert people.all_of(new, boss, "C1")[0].names == ("Mara",)
    people.add(new, boss, "C1", ["Zoe"], ["witness"])  # numbers go on
    with write(new.db) as connection:
        assert append(connection, boss, Deed("search", "search")).seq == size(connection) - 1
    assert Workspace(tmp_path / "new").catalog.tables == Workspace(full.workspace.path).catalog.tables
    assert replay(Workspace(tmp_path / "new"), "R0001", tmp_path / "scratch").differs == []
    new.close()


def test_what_was_erased_since_does_not_come_back(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, workspace, boss = full.casework, full.workspace, full.boss
    case.open_case(casework, boss, "Case B", "to see", "law", "2049-01-01")
    back_up(casework, workspace, boss, tmp_path / "b")
    erase_case(casework, workspace, boss, "C2", "acquitted")
    erase_records(casework, workspace, boss, full.ids(SECRETS), "asked for")
    assert holding(tmp_path / "b", SECRET)

    done = restore(tmp_path / "b", tmp_path / "new", boss)

    assert done.cases == ["C2"] and done.records == 6
    new = Casework(tmp_path / "new")
    assert [c.id for c in case.all_of(new, boss) if c.state != "erased"] == ["C1"]
    assert in_database(new.db, SECRET) == []
    assert check(new.db, new.keys.public).faults == []
    with new.db.connect() as connection:
        (entry,), _ = search(connection, Wanted(act="restore"))
        assert entry.facts()["cases"] == ["C2"] and entry.facts()["records"] == 6
    new.close()
    assert holding(tmp_path / "new", SECRET) == []
    again = restore_anew(tmp_path / "b", tmp_path / "again", full)
    assert again.records == 6  # the register is as it was


def restore_anew(backup: Path, target: Path, ground: Ground) -> Restored:
    if ground.casework.db.dialect.name == "sqlite":
        pytest.skip("The PostgreSQL database is in use by the first one.")
    return restore(backup, target, ground.boss)


def test_what_is_due_does_not_come_back(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, workspace, boss = full.casework, full.workspace, full.boss
    set_rule(casework, workspace, boss, "garden", 30, "law")
    case.open_case(casework, boss, "Short", "to see", "law", date.today() + timedelta(days=2))
    back_up(casework, workspace, boss, tmp_path / "b")
    done = restore(tmp_path / "b", tmp_path / "new", boss, today=date.today() + timedelta(days=9))
    assert done.cases == ["C2"] and done.records == 1
    assert holding(tmp_path / "new", "garden +31") == []


def test_a_case_of_the_same_number_is_another_case(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, workspace, boss = full.casework, full.workspace, full.boss
    back_up(casework, workspace, boss, tmp_path / "b")
    # After an older backup was restored, C1 is opened again; the register knows of an erased C1.
    with write(casework.db) as connection:
        connection.execute(sa.text("UPDATE cases SET at = '2020-01-01T00:00:00+00:00' WHERE number = 1"))
    erase_case(casework, workspace, boss, "C1", "acquitted")
    assert restore(tmp_path / "b", tmp_path / "new", boss).cases == []


def test_without_the_register_nothing_is_restored(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, boss = full.casework, full.boss
    back_up(casework, full.workspace, boss, tmp_path / "b")
    erase_records(casework, full.workspace, boss, full.ids(SECRETS), "asked for")
    home = register_file(casework.keys.workspace)
    shutil.move(home, tmp_path / "copy")
    with pytest.raises(InputError, match="what was erased since the backup would come back"):
        restore(tmp_path / "b", tmp_path / "new", boss)
    cut = tmp_path / "cut"
    lines = (tmp_path / "copy").read_bytes().splitlines(keepends=True)
    cut.write_bytes(b"".join(reversed(lines)))
    with pytest.raises(SealError, match=r"Line 1 of .*cut is not as Clew wrote it"):
        restore(tmp_path / "b", tmp_path / "new", boss, register=cut)
    assert not (tmp_path / "new").exists() and not list(tmp_path.glob(".new*"))
    assert restore(tmp_path / "b", tmp_path / "new", boss, register=tmp_path / "copy").records == 6
    assert home.exists()


def test_without_any_register_it_takes_a_reason(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    back_up(full.casework, full.workspace, full.boss, tmp_path / "b")
    register_file(full.casework.keys.workspace).unlink()
    restore(tmp_path / "b", tmp_path / "new", full.boss, without_register="the machine burnt")
    new = Casework(tmp_path / "new")
    with new.db.connect() as connection:
        (entry,), _ = search(connection, Wanted(act="restore"))
    assert entry.texts()["reason"] == "the machine burnt" and entry.facts()["register"] is False
    new.close()


def test_keys_are_in_it_only_under_a_passphrase(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    keys = full.casework.keys
    back_up(full.casework, full.workspace, full.boss, tmp_path / "without")
    back_up(full.casework, full.workspace, full.boss, tmp_path / "with", "a long passphrase")
    assert holding(tmp_path / "with", keys.master.hex()) == holding(tmp_path / "without", keys.signing.hex()) == []
    held = key_file(keys.workspace)
    content = held.read_bytes()
    held.unlink()
    with pytest.raises(WorkspaceError, match=r"neither in .* nor in the backup"):
        restore(tmp_path / "without", tmp_path / "new", full.boss)
    with pytest.raises(InputError, match="under a passphrase"):
        restore(tmp_path / "with", tmp_path / "new", full.boss)
    with pytest.raises(InputError, match="not the passphrase"):
        restore(tmp_path / "with", tmp_path / "new", full.boss, passphrase="another passphrase")
    restore_with = pytest.MonkeyPatch()
    restore_with.setenv("CLEW_PASSPHRASE", "a long passphrase")
    restore(tmp_path / "with", tmp_path / "new", full.boss, passphrase="a long passphrase")
    restore_with.undo()
    held.write_bytes(content)


def test_a_damaged_backup_is_refused_and_named(ground: Ground, tmp_path: Path) -> None:
    if ground.casework.db.dialect.name != "sqlite":
        pytest.skip("The same on both.")
    back_up(ground.casework, ground.workspace, ground.boss, tmp_path / "b")
    files = sorted(p for p in (tmp_path / "b").rglob("*") if p.is_file())
    chance = random.Random(4)
    for _ in range(60):
        path = chance.choice(files)
        name, content = path.relative_to(tmp_path / "b"), path.read_bytes()
        how = chance.choice(["flip", "cut", "remove", "add"])
        if how == "flip" and content:
            at = chance.randrange(len(content))
            path.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        elif how == "add":
            name = name.with_name("stray")
            (tmp_path / "b" / name).write_bytes(b"x")
        elif how == "remove":
            path.unlink()
        else:
            path.write_bytes(content + b"\0")
        with pytest.raises(ClewError) as refused:
            restore(tmp_path / "b", tmp_path / "new", ground.boss)
        assert isinstance(refused.value, SealError | InputError)
        assert str(name) in str(refused.value) or name.name in (MANIFEST, "manifest.sig"), (name, str(refused.value))
        assert not (tmp_path / "new").exists()
        (tmp_path / "b" / name).unlink(missing_ok=True)
        path.write_bytes(content)
    verify_backup(tmp_path / "b")


def test_a_backup_of_somebody_elses_making_is_refused(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    """Whole in itself and with our public key in it, but signed by another."""
    from clew.keeping import backup
    from clew.vault.keys import Keys

    casework = full.casework
    made = back_up(casework, full.workspace, full.boss, tmp_path / "b")
    thief = Keys(casework.keys.workspace, b"m" * 32, b"s" * 32)
    raw = orjson.loads((tmp_path / "b" / MANIFEST).read_bytes()) | {"key": thief.public.hex()}
    content = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
    (tmp_path / "b" / MANIFEST).write_bytes(content)
    signature = thief.sign(backup._statement(content)).hex()
    (tmp_path / "b" / "manifest.sig").write_bytes(orjson.dumps({"key": thief.public.hex(), "signature": signature}))
    with pytest.raises(SealError):
        restore(tmp_path / "b", tmp_path / "new", full.boss)
    assert not (tmp_path / "new").exists() and made


def test_a_rewritten_ledger_is_refused(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, boss = full.casework, full.boss
    back_up(casework, full.workspace, boss, tmp_path / "a")
    with write(casework.db) as connection:
        connection.execute(sa.text("UPDATE ledger_entries SET who = 'nobody' WHERE seq = 1"))
    back_up(casework, full.workspace, boss, tmp_path / "b")
    with pytest.raises(SealError, match="The ledger in the backup is not whole"):
        restore(tmp_path / "b", tmp_path / "new", boss)
    assert not (tmp_path / "new").exists()
    restore(tmp_path / "a", tmp_path / "new", boss)  # what the refused one left in the database is no hindrance


def test_others_may_write_meanwhile(full: Ground, elsewhere: None, tmp_path: Path) -> None:
    casework, boss = full.casework, full.boss
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.01):
            thinking.add_note(casework, boss, "C1", "written meanwhile")

    other = threading.Thread(target=work)
    other.start()
    try:
        back_up(casework, full.workspace, boss, tmp_path / "b")
    finally:
        stop.set()
        other.join()
    restore(tmp_path / "b", tmp_path / "new", boss)
    new = Casework(tmp_path / "new")
    assert check(new.db, new.keys.public).faults == []
    new.close()


def test_who_may_and_where(full: Ground, tmp_path: Path) -> None:
    analyst = type(full.boss)("ann", frozenset(("analyst",)), "command line")
    with pytest.raises(DeniedError):
        back_up(full.casework, full.workspace, analyst, tmp_path / "b")
    with pytest.raises(InputError, match="lies within the workspace"):
        back_up(full.casework, full.workspace, full.boss, full.workspace.path / "b")
    with pytest.raises(InputError, match="is no backup"):
        verify_backup(tmp_path)
    back_up(full.casework, full.workspace, full.boss, tmp_path / "b")
    with pytest.raises(InputError, match="exists"):
        back_up(full.casework, full.workspace, full.boss, tmp_path / "b")
    with pytest.raises(InputError, match="not an empty folder"):
        restore(tmp_path / "b", full.workspace.path, full.boss)
    if full.casework.db.dialect.name != "sqlite":
        with pytest.raises(WorkspaceError, match="is in use"):
            restore(tmp_path / "b", tmp_path / "new", full.boss)
    assert identity(full.workspace.path)
