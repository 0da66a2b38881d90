"""Whatever is done to the tables of the ledger is found, and named."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from clew.access.roles import alone
from clew.database.base import FILE, open_file, write
from clew.ledger import merkle
from clew.ledger.check import check, check_in
from clew.ledger.entry import Deed, canonical, seal
from clew.ledger.heads import Head, heads, sign_head, statement
from clew.ledger.log import append, entries, erase_private
from clew.model.errors import SealError

ANN = alone("ann", "command line").within("C1", "a tip")
COUNT, SIGNED = 21, 13


@pytest.fixture
def ledger(casework):
    """21 entries, of which a head of 13 and one of 21 are signed."""
    with write(casework.db) as connection:
        for n in range(SIGNED):
            append(connection, ANN, Deed("view", f"network NW{n}", {"n": n}))
    sign_head(casework.db, casework.keys)
    with write(casework.db) as connection:
        for n in range(SIGNED, COUNT):
            append(connection, ANN, Deed("search", "search", {"n": n}, {"for": f"word {n}"}))
    sign_head(casework.db, casework.keys)
    return casework


def change(casework, *statements):
    with write(casework.db) as connection:
        for statement_ in statements:
            connection.execute(sa.text(statement_))


def faults(casework, **more):
    return check(casework.db, casework.keys.public, **more).faults


def after(casework, *statements):
    """What a check finds after some statements, which are taken back."""
    with casework.db.connect().execution_options(clew_writes=True) as connection, connection.begin() as transaction:
        for statement_ in statements:
            connection.execute(sa.text(statement_))
        found = check_in(connection, casework.keys.public).faults
        transaction.rollback()
    return found


def test_a_whole_ledger_is_whole(ledger):
    found = check(ledger.db, ledger.keys.public)
    with ledger.db.connect() as connection:
        head = heads(connection)[-1]
    assert found.whole and (found.size, found.heads, found.erased, found.root) == (COUNT, 2, 0, head.root)
    assert faults(ledger, against=[head]) == []


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_a_small_one_is_whole(casework, size):
    with write(casework.db) as connection:
        for _ in range(size):
            append(connection, ANN, Deed("view", "x"))
    sign_head(casework.db, casework.keys)
    assert faults(casework) == []


_COLUMNS = {
    "at": "'2020-01-01T00:00:00+00:00'", "who": "'bob'", "via": "'api'", "act": "'export'", "subject": "'network NW99'",
    "case_id": "NULL", "details": "'{}'", "sealed": "''",
}  # fmt: skip


def test_a_changed_column_names_the_entry(ledger):
    for column, value in _COLUMNS.items():
        for seq in (0, 6, 12, 13, 20):
            found = after(ledger, f"UPDATE ledger_entries SET {column} = {value} WHERE seq = {seq}")
            what = f"The digest of the private part of entry {seq}" if column == "sealed" else f"Entry {seq}"
            assert f"{what} was changed." in found, column
            assert all(f"entry {seq}" in fault.lower() for fault in found)
    assert faults(ledger) == []


def test_a_blank_in_the_details_counts(ledger):
    change(ledger, """UPDATE ledger_entries SET details = '{"n": 5}' WHERE seq = 5""")
    assert faults(ledger) == ["Entry 5 was changed."]


def test_a_changed_private_part_is_named(ledger):
    for column in ("salt", "private"):
        found = after(
            ledger,
            f"UPDATE ledger_entries SET {column} = '00' WHERE seq = 4",
            f"UPDATE ledger_entries SET {column} = 'no hex' WHERE seq = 5",
            f"UPDATE ledger_entries SET {column} = NULL WHERE seq = 7",
        )
        assert found == ["The private part of entries 4 to 5, 7 was changed."]


def test_a_private_part_may_only_be_erased_with_an_entry(ledger):
    with write(ledger.db) as connection:
        erase_private(connection, ANN, subjects=["network NW2", "network NW3"])
    found = check(ledger.db, ledger.keys.public)
    assert found.whole and found.erased == 2
    change(ledger, "UPDATE ledger_entries SET private = NULL, salt = NULL WHERE seq IN (3, 4)")
    assert faults(ledger) == ["The private part of entry 4 was removed, and no erasure is written down."]


def test_an_erased_part_that_is_there_again_is_named(ledger):
    with ledger.db.connect() as connection:
        kept = next(entries(connection, 2, 3))
    with write(ledger.db) as connection:
        erase_private(connection, ANN, subjects=["network NW2"])
        connection.execute(
            sa.text("UPDATE ledger_entries SET private = :p, salt = :s WHERE seq = 2"),
            {"p": kept.private, "s": kept.salt},
        )
    assert faults(ledger) == ["The private part of entry 2 was erased, and is there again."]


def test_removed_rows_are_named(ledger):
    for gone, said in (
        ("= 0", "Entry 0 was removed."),
        ("= 9", "Entry 9 was removed."),
        ("IN (3, 5, 6)", "Entries 3, 5 to 6 were removed."),
        (">= 18", "Entries 18 to 20 were removed."),
    ):
        assert after(ledger, f"DELETE FROM ledger_entries WHERE seq {gone}") == [said]


def test_a_removed_row_with_its_hash_is_named(ledger):
    change(
        ledger,
        "DELETE FROM ledger_entries WHERE seq = 9",
        "DELETE FROM ledger_nodes WHERE level = 0 AND nth = 9",
    )
    assert faults(ledger) == ["Entry 9 was removed."]


def test_exchanged_rows_are_named(ledger):
    change(
        ledger,
        "UPDATE ledger_entries SET seq = -1 WHERE seq = 5",
        "UPDATE ledger_entries SET seq = 5 WHERE seq = 9",
        "UPDATE ledger_entries SET seq = 9 WHERE seq = -1",
    )
    assert faults(ledger) == ["Entries 5 and 9 were exchanged."]


def _shift(ledger, low, step):
    """Number the rows from low on anew."""
    change(
        ledger,
        f"UPDATE ledger_entries SET seq = -1000 - seq WHERE seq >= {low}",
        f"UPDATE ledger_entries SET seq = -1000 - seq + {step} WHERE seq < 0",
    )


def test_a_removed_row_behind_which_all_were_numbered_anew_is_named(ledger):
    change(ledger, "DELETE FROM ledger_entries WHERE seq = 9")
    _shift(ledger, 10, -1)
    assert faults(ledger) == ["Entries 10 to 20 each stand 1 place before its own.", "Entry 9 was removed."]


def test_an_added_row_behind_which_all_were_numbered_anew_is_named(ledger):
    _shift(ledger, 9, 1)
    change(
        ledger,
        "INSERT INTO ledger_entries SELECT 9, at, who, via, act, 'other', case_id, details, sealed, salt, private "
        "FROM ledger_entries WHERE seq = 8",
    )
    assert faults(ledger) == [
        "Entries 9 to 20 each stand 1 place after its own.",
        "What stands as entry 9 was added.",
    ]


def test_a_row_behind_the_end_is_named(ledger):
    change(
        ledger,
        "INSERT INTO ledger_entries SELECT 21, at, who, via, act, 'other', case_id, details, sealed, salt, private "
        "FROM ledger_entries WHERE seq = 8",
    )
    assert faults(ledger) == ["What stands as entry 21 was added."]


def _write_anew(casework, rows):
    """What somebody does who may write to the database and knows how Clew works, but has no key."""
    frontier: list[bytes] = []
    with write(casework.db) as connection:
        for table in ("ledger_entries", "ledger_nodes"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        for nth, entry in enumerate(rows):
            made, frontier = merkle.grow(nth, frontier, merkle.leaf_hash(entry.leaf()))
            columns = vars(entry)
            names = ", ".join(columns)
            values = ", ".join(f":{name}" for name in columns)
            connection.execute(sa.text(f"INSERT INTO ledger_entries ({names}) VALUES ({values})"), columns)
            for level, place, digest in made:
                node = {"l": level, "n": place, "h": digest.hex()}
                connection.execute(sa.text("INSERT INTO ledger_nodes VALUES (:l, :n, :h)"), node)
        joined = {"s": len(rows), "f": " ".join(digest.hex() for digest in frontier)}
        connection.execute(sa.text("UPDATE ledger_size SET size = :s, frontier = :f"), joined)


def _rows(casework):
    with casework.db.connect() as connection:
        return list(entries(connection))


def test_a_tail_that_was_cut_off_with_all_hashes_is_named_by_the_heads(ledger):
    _write_anew(ledger, _rows(ledger)[:18])
    (found,) = faults(ledger)
    assert found.startswith("The head of 21 entries signed at ")
    assert found.endswith("covers entries that are no longer there: entries 18 to 20 were removed.")


def test_a_ledger_that_was_written_anew_is_named_by_the_heads(ledger):
    rows = _rows(ledger)
    rows[15] = rows[15].__class__(**vars(rows[15]) | {"who": "bob"})
    _write_anew(ledger, rows)
    (found,) = faults(ledger)
    assert found.endswith("is of other entries: some of entries 13 to 20 were written anew since.")


def test_heads_that_are_kept_elsewhere_show_what_the_database_no_longer_knows(ledger):
    with ledger.db.connect() as connection:
        kept = heads(connection)
    rows = _rows(ledger)
    rows[15] = rows[15].__class__(**vars(rows[15]) | {"who": "bob"})
    _write_anew(ledger, rows)
    change(ledger, "DELETE FROM ledger_heads WHERE size = 21")
    assert faults(ledger) == []
    assert "some of entries 13 to 20 were written anew" in faults(ledger, against=kept)[0]


_HASHES = {
    "UPDATE ledger_nodes SET hash = '00' WHERE level = 0 AND nth = 4": "The hash in the tree of entry 4 was changed.",
    "DELETE FROM ledger_nodes WHERE level = 0 AND nth = 4": "The hash in the tree of entry 4 is missing.",
    "UPDATE ledger_nodes SET hash = 'zz' WHERE level = 2 AND nth = 1":
        "The hash in the tree of entries 4 to 7 was changed.",
    "DELETE FROM ledger_nodes WHERE level = 3 AND nth = 1": "The hash in the tree of entries 8 to 15 is missing.",
    "UPDATE ledger_nodes SET hash = '00' WHERE level = 4": "The hash in the tree of entries 0 to 15 was changed.",
    "INSERT INTO ledger_nodes VALUES (7, 3, '00')": "Hashes in the tree that belong to no entry: 1.",
    "UPDATE ledger_size SET frontier = '00'": "The frontier of the tree was changed.",
    "UPDATE ledger_size SET size = 22": "The ledger says it has 22 entries, and it has 21: the number was changed.",
    "UPDATE ledger_size SET size = 19": "The ledger says it has 19 entries, and it has 21: the number was changed.",
    "UPDATE ledger_size SET size = 90000000000":
        "The ledger says it has 90,000,000,000 entries, and it has 21: the number was changed.",
}  # fmt: skip


def test_a_changed_hash_or_number_is_named(ledger):
    for statement_, said in _HASHES.items():
        assert after(ledger, statement_) == [said], statement_


def test_a_changed_entry_with_its_hash_is_named(ledger):
    rows = _rows(ledger)
    changed = rows[6].__class__(**vars(rows[6]) | {"who": "bob"})
    digest = merkle.leaf_hash(changed.leaf()).hex()
    change(
        ledger,
        "UPDATE ledger_entries SET who = 'bob' WHERE seq = 6",
        f"UPDATE ledger_nodes SET hash = '{digest}' WHERE level = 0 AND nth = 6",
    )
    assert faults(ledger) == ["Some of entries 6 to 7 were changed together with their own hashes."]


_HEAD = {"size": "14", "root": "'00'", "at": "'2020-01-01T00:00:00+00:00'", "key": "'00'", "signature": "'00'"}


def test_a_changed_head_is_named(ledger):
    for column, value in _HEAD.items():
        (found,) = after(ledger, f"UPDATE ledger_heads SET {column} = {value} WHERE size = 13")
        assert found.endswith("was changed: the signature is not of it."), column


_EVERY = {
    "ledger_entries": (
        "seq", "at", "who", "via", "act", "subject", "case_id", "details", "sealed", "salt", "private",
    ),
    "ledger_heads": ("size", "root", "at", "key", "signature"),
    "ledger_nodes": ("level", "nth", "hash"),
    "ledger_size": ("size", "frontier"),
}  # fmt: skip
_STRANGE = ("zeroblob(64)", "'zz'", "'\u0661'", "1.5", "-7", "9223372036854775807", "''", "'[1]'")


@pytest.mark.parametrize("table", _EVERY)
def test_whatever_stands_in_a_column_is_a_fault_and_never_an_error(ledger, table):
    """SQLite keeps any type in any column."""
    if ledger.db.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses what is of another type")
    for column in _EVERY[table]:
        for value in _STRANGE:
            changed = f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})"
            assert after(ledger, changed), (column, value)


def test_a_head_whose_signature_is_no_text_is_named(ledger):
    if ledger.db.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses what is no text")
    found = after(ledger, "UPDATE ledger_heads SET signature = zeroblob(64)")
    assert len(found) == 2 and all(fault.endswith("was changed: the signature is not of it.") for fault in found)


def test_an_entry_that_cannot_be_read_is_said_to_be_changed(ledger):
    change(ledger, "UPDATE ledger_entries SET details = '{', private = '[1]' WHERE seq = 3")
    entry = _rows(ledger)[3]
    for read in (entry.facts, entry.texts):
        with pytest.raises(SealError, match="Entry 3 of the ledger was changed"):
            read()


def test_a_head_that_somebody_else_signed_is_named(ledger, tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    with ledger.db.connect() as connection:
        head = heads(connection)[0]
    signature, public = key.sign(statement(head.size, head.root, head.at)).hex(), key.public_key().public_bytes_raw()
    assert Head(head.size, head.root, head.at, public.hex(), signature).valid()
    change(
        ledger, f"UPDATE ledger_heads SET key = '{public.hex()}', signature = '{signature}' WHERE size = {head.size}"
    )
    assert faults(ledger)[0].endswith("was signed with another key than this workspace's.")


def test_many_changes_at_once_are_all_named(ledger):
    change(
        ledger,
        "UPDATE ledger_entries SET who = 'bob' WHERE seq = 2",
        "DELETE FROM ledger_entries WHERE seq = 17",
        "UPDATE ledger_entries SET private = '{}' WHERE seq = 19",
    )
    assert faults(ledger) == [
        "Entry 2 was changed.",
        "Entry 17 was removed.",
        "The private part of entry 19 was changed.",
    ]


def test_a_changed_byte_in_the_file_is_noticed(tmp_path):
    """Of an entry, or of the index by which it is found."""
    engine = open_file(tmp_path / FILE)
    from clew.database.migrations import upgrade

    upgrade(engine)
    with write(engine) as connection:
        for n in range(40):
            append(connection, ANN, Deed("view", f"network NW{n}", {"n": n}))
        connection.execute(sa.text("UPDATE served_workspace SET name = 'x'"))
    engine.dispose()
    whole, chance = (tmp_path / FILE).read_bytes(), random.Random(4)
    texts = [at for at in range(len(whole)) if whole[at : at + 10] == b"network NW"]
    assert len(texts) >= 80  # in the table and in the index
    for at in chance.sample(texts, 40):
        (tmp_path / FILE).write_bytes(whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1 :])
        again = open_file(tmp_path / FILE)
        assert check(again).faults != [], at
        again.dispose()


_PACKAGE = "INSERT INTO packages VALUES ('C1', 1, 20, 13, '00', '00', 1, 1, 'ann', 'x')"
_CASE = "INSERT INTO cases VALUES (1, 1, 'open', 'ann', '2049-12-31', NULL, 'ann', 'x')"
_WIPED = (
    "DELETE FROM ledger_heads", "DELETE FROM ledger_entries", "DELETE FROM ledger_nodes",
    "UPDATE ledger_size SET size = 0, frontier = ''",
)  # fmt: skip


def test_a_head_that_is_gone_is_named_by_the_packages_that_rest_on_it(ledger):
    assert after(ledger, _PACKAGE) == []
    gone = "The head of 13 entries is not there, on which package C1-B1 rests."
    assert after(ledger, _PACKAGE, "DELETE FROM ledger_heads") == [gone]
    with write(ledger.db) as connection:
        append(connection, ANN, Deed("export", "case C1", {"package": "C1-B1", "head": 13}))
    assert faults(ledger) == []
    assert after(ledger, "DELETE FROM ledger_heads") == [gone.replace(" rests", " of entry 21 rests")]


def test_a_ledger_that_was_emptied_is_named_by_packages_and_cases(ledger):
    said = "The entry of package C1-B1 is not there: the ledger has 0 entries, and it was entry 20."
    assert said in after(ledger, _PACKAGE, *_WIPED)
    assert after(ledger, _CASE, *_WIPED) == ["The ledger has no entry of case C1, which is there."]


def test_what_the_workbench_did_is_covered_by_a_head(ledger):
    used = "UPDATE ledger_entries SET via = 'workbench' WHERE seq IN (14, 20)"
    assert not any("No head" in fault for fault in after(ledger, used, "DELETE FROM ledger_heads"))
    long = (used, "UPDATE ledger_entries SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 14")
    assert not any("No head" in fault for fault in after(ledger, *long))
    assert any(
        fault.startswith("No head is there that covers entries 14 to 20")
        for fault in after(ledger, *long, "DELETE FROM ledger_heads")
    )


def _manifest(folder, name: str, at: str, who: str = "ann") -> None:
    (folder / "runs").mkdir(exist_ok=True)
    (folder / "runs" / f"{name}.json").write_bytes(canonical({"at": f"2026-11-{at}:00+00:00", "who": who}))


def _noted(casework, subject: str, **details: str) -> None:
    with write(casework.db) as connection:
        append(connection, ANN, Deed("run" if subject.startswith("run") else "intake", subject, details))


def test_of_manifests_only_the_newest_may_lack_its_entry(ledger, tmp_path):
    _manifest(tmp_path, "I0001", "01T10:00")
    assert faults(ledger, workspace=tmp_path) == []  # a process that died
    _manifest(tmp_path, "R0001", "01T11:00")
    assert faults(ledger, workspace=tmp_path) == ["The ledger has no entry of ingest I0001, and more was done since."]
    _noted(ledger, "ingest I0001")
    assert faults(ledger, workspace=tmp_path) == []
    _noted(ledger, "run R0001", noted="later")  # it was the newest, whenever that was
    assert faults(ledger, workspace=tmp_path) == []


def test_entries_that_were_written_long_after_more_was_done_are_named(ledger, tmp_path):
    _manifest(tmp_path, "I0001", "01T10:00")
    _manifest(tmp_path, "I0002", "01T11:00")
    _manifest(tmp_path, "I0003", "01T09:00", who="")  # made before there was a ledger
    for name in ("ingest I0001", "ingest I0002", "ingest I0003"):
        _noted(ledger, name, noted="later")
    assert faults(ledger, workspace=tmp_path) == [
        "The ledger was begun anew: what it has of ingest I0001 was written long after it was done."
    ]


def test_the_digest_of_a_private_part_is_what_is_checked():
    assert seal("00", canonical({"a": "b"}).decode()) == seal("00", '{"a":"b"}')


@pytest.mark.parametrize(
    "spoilt", [b"", b"\xff", b"[" * 100_000, b"[1]", b'{"who": [1], "at": {}}', b'{"who": 1, "at": 2}']
)
def test_spoilt_manifests_are_never_an_error(ledger, tmp_path, spoilt: bytes):
    _manifest(tmp_path, "R0001", "01T11:00")
    (tmp_path / "runs" / "R0002.json").write_bytes(spoilt)
    (tmp_path / "runs" / "I0009.json").write_bytes(spoilt)
    assert all(isinstance(fault, str) for fault in faults(ledger, workspace=tmp_path))
