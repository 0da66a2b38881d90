"""Five processes append at once and are killed at random: nothing that was acknowledged is lost, nothing is torn."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy as sa
from tests.forked import forked, pipe
from tests.ledger.writers import keep_writing

from clew.ledger.check import check
from clew.ledger.log import entries

WRITERS, LIVES, EACH = 5, 2, 60


def _keep_writing(workspace: Path, name: str, chance: random.Random, told: list[tuple[str, int, int]]) -> None:
    """Start a writer again and again; kill it within a part of a second after its first entry; note what it told."""
    for _ in range(LIVES):
        here, there = pipe(duplex=False)
        process = forked(_writer, there, workspace, name)
        there.close()
        assert here.recv_bytes() == b"ready"
        killer = threading.Timer(chance.uniform(0.0, 0.6), process.kill)
        killer.start()
        with here, contextlib.suppress(EOFError, OSError):  # the last may have been cut off
            while True:
                seq, nth = map(int, here.recv_bytes().split())
                told.append((name, seq, nth))
        process.join()
        killer.cancel()


def _writer(there: Connection, workspace: Path, name: str) -> None:
    keep_writing(workspace, name, EACH, lambda line: there.send_bytes(line.encode()))


def test_writers_that_are_killed_lose_nothing(db, tmp_path):
    chance, told = random.Random(11), list[tuple[str, int, int]]()
    threads = [
        threading.Thread(target=_keep_writing, args=(tmp_path, f"w{n}", random.Random(chance.random()), told))
        for n in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until = time.monotonic() + 20  # the server ends the transactions of the killed
    while check(db).faults and time.monotonic() < until:
        time.sleep(0.2)
    assert check(db).faults == []
    with db.connect() as connection:
        held = list(entries(connection))
        acts = connection.execute(sa.text("SELECT who, name FROM saved_views ORDER BY id")).all()
    assert [entry.seq for entry in held] == list(range(len(held)))
    assert len({seq for _, seq, _ in told}) == len(told) > 0
    for name, seq, nth in told:
        assert (held[seq].who, held[seq].facts()) == (name, {"nth": nth})
    # No act without its entry, no entry without its act.
    assert sorted((who, int(name)) for who, name in acts) == sorted((e.who, e.facts()["nth"]) for e in held)
    # A writer was killed at most once between an acknowledged entry and telling it.
    assert len(told) <= len(held) <= len(told) + WRITERS * LIVES
