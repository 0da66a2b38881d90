"""Appending, reading, searching, proving and erasing, on both databases."""

from __future__ import annotations

import pytest

from clew.access.roles import alone
from clew.database.base import write
from clew.ledger import merkle
from clew.ledger.entry import Deed
from clew.ledger.heads import fingerprint, heads, sign_head
from clew.ledger.log import (
    Wanted,
    append,
    consistency,
    entries,
    entry,
    erase_private,
    inclusion,
    root,
    search,
    size,
)
from clew.model.errors import MissingError

ANN = alone("ann", "command line")


def add(db, count, actor=ANN, **more):
    with write(db) as connection:
        return [append(connection, actor, Deed("view", f"network NW{n}", {"n": n}, more)) for n in range(count)]


def test_what_is_appended_is_read(db):
    made = add(db, 5, why="a lead")
    with db.connect() as connection:
        assert list(entries(connection)) == made
        assert [e.seq for e in entries(connection, 1, 3)] == [1, 2]
        assert entry(connection, 3) == made[3] and made[3].texts() == {"why": "a lead"}
        assert size(connection) == 5
        with pytest.raises(MissingError, match="no entry 5"):
            entry(connection, 5)


def test_an_act_that_fails_leaves_no_entry(db):
    add(db, 2)
    with pytest.raises(RuntimeError), write(db) as connection:
        append(connection, ANN, Deed("view", "x"))
        raise RuntimeError
    assert add(db, 1)[0].seq == 2


def test_the_purpose_and_the_case_of_the_actor_stand_in_the_entry(db):
    made = add(db, 1, ANN.within("C1", " tip  of a\ncolleague "))[0]
    assert (made.case_id, made.texts()) == ("C1", {"why": "tip of a colleague"})
    assert b"tip" not in made.leaf()


@pytest.mark.parametrize("count", [1, 2, 7, 8, 33])
def test_proofs_hold_for_every_entry_and_every_head(db, count):
    made = add(db, count)
    with db.connect() as connection:
        head = root(connection, count)
        for each in made:
            path = inclusion(connection, each.seq, count)
            assert merkle.includes(head, count, each.seq, merkle.leaf_hash(each.leaf()), path)
        for old in range(1, count + 1):
            proof = consistency(connection, old, count)
            assert merkle.extends(root(connection, old), old, head, count, proof)


def test_heads_are_signed_once_and_say_what_the_tree_was(casework):
    add(casework.db, 3)
    first = sign_head(casework.db, casework.keys)
    assert sign_head(casework.db, casework.keys) == first
    add(casework.db, 1)
    second = sign_head(casework.db, casework.keys)
    assert (first.size, second.size) == (3, 4) and first.valid() and second.valid()
    with casework.db.connect() as connection:
        assert heads(connection) == [first, second]
        assert root(connection, 3).hex() == first.root
    assert first.key == casework.keys.public.hex()
    assert len(fingerprint(first.key).split()) == 8


def test_searching(db):
    add(db, 3, why="Łódź number")
    add(db, 2, alone("bob", "workbench").within("C1"))
    with db.connect() as connection:

        def found(**wanted):
            return [e.seq for e in search(connection, Wanted(**wanted))[0]]

        assert found() == [4, 3, 2, 1, 0]
        assert found(who="bob") == found(case_id="C1") == [4, 3]
        assert found(subject="network NW1") == [4, 1]
        assert found(text="łódŹ") == [2, 1, 0]
        assert found(text="%") == found(act="export") == []
        at = entry(connection, 3).at
        assert found(since=at) == [4, 3] and found(until=at) == [2, 1, 0]
        some, total = search(connection, Wanted(), offset=1, limit=2)
        assert ([e.seq for e in some], total) == ([3, 2], 5)


def test_an_erasure_empties_private_parts_and_leaves_the_tree(db):
    add(db, 3, why="one")
    add(db, 2, ANN.within("C1", "two"))
    with db.connect() as connection:
        before = root(connection, 5)
    with write(db) as connection:
        assert erase_private(connection, ANN, "C1", ["network NW2", "network NW9"]) == 3
        assert erase_private(connection, ANN, "C1") == 0
    with db.connect() as connection:
        left = list(entries(connection))
        assert [e.erased for e in left] == [False, False, True, True, True, False]
        assert all(e.whole() for e in left)
        assert (left[5].act, left[5].subject, left[5].facts()) == ("erase", "private parts", {"entries": "2-4"})
        assert root(connection, 5) == before


def test_hostile_words_stay_words(db):
    word = "'); DROP TABLE ledger_entries; --\0"
    with write(db) as connection:
        append(connection, ANN, Deed("search", word, {"n": word}, {"for": word}))
    with db.connect() as connection:
        held = entry(connection, 0)
        assert held.facts() == {"n": word} and held.texts() == {"for": word} and "\0" not in held.subject
        assert search(connection, Wanted(text="DROP TABLE"))[1] == 1
