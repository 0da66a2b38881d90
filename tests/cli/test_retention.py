"""Erasing, keeping and bringing back, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands import Runner
from tests.keeping.leavings import holding

from clew.cli.app import app
from clew.model.errors import ClewError, DeniedError, InputError, ReplayError
from clew.store.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A workspace with two adverts, before any run."""
    path = str(Workspace.create(tmp_path / "place").path)
    rows = [{"id": "first01", "body": "quibblefrotz +34 612 345 678", "captured_at": "2026-01-05T00:00:00Z"},
            {"id": "second2", "body": "another text", "captured_at": "2026-03-05T00:00:00Z"}]  # fmt: skip
    (tmp_path / "ads.jsonl").write_text("\n".join(map(json.dumps, rows)))
    clew(path, "ingest", str(tmp_path / "ads.jsonl"), "--source", "board")
    return path


def clew(place: str, *words: str) -> str:
    done = Runner().invoke(app, [*words, "-w", place] if place else list(words))
    if isinstance(done.exception, ClewError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_retention(place: str) -> None:
    assert "No source has a rule" in clew(place, "retention", "list")
    assert "Nothing is due" in clew(place, "retention", "due")
    assert "kept 200 days" in clew(place, "retention", "set", "board", "--days", "200", "--why", "law")
    assert "200 days  board" in clew(place, "retention", "list")
    assert json.loads(clew(place, "retention", "list", "--json"))[0]["days"] == 200
    assert "2 records of board" in clew(place, "retention", "due")
    assert len(json.loads(clew(place, "retention", "due", "--json"))["sources"][0]["records"]) == 2
    assert "2 records)" in clew(place, "retention", "apply")
    assert holding(Path(place), "quibblefrotz") == []
    assert "Nothing is due" in clew(place, "retention", "apply")


def test_erase_records_and_replay(place: str) -> None:
    clew(place, "run")
    with pytest.raises(InputError, match="not clear what to erase"):
        clew(place, "erase", "records", "--why", "law")
    with pytest.raises(InputError, match="board has no records before 2020-01-01"):
        clew(place, "erase", "records", "--source", "board", "--before", "2020-01-01", "--why", "law")
    told = clew(place, "erase", "records", "first01", "--why", "the person asked for it")
    assert "Erased: records" in told and "made again by: clew run" in told
    assert holding(Path(place), "quibblefrotz") == []
    with pytest.raises(ReplayError, match=r"was erased on .* because: the person asked for it"):
        clew(place, "replay", "R0001")
    assert "No erasure was interrupted" in clew(place, "erase", "resume")
    clew(place, "run")


def test_backup_and_restore(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, new = str(tmp_path / "kept"), tmp_path / "new"
    monkeypatch.setenv("CLEW_BACKUP_PASSPHRASE", "short")
    with pytest.raises(InputError, match="too short"):
        clew(place, "backup", out, "--with-keys")
    assert "The keys are not in it" in clew(place, "backup", out)
    assert "is whole" in clew("", "backup", "verify", out)
    with pytest.raises(InputError, match="two folders"):
        clew("", "backup", str(new), out)
    clew(place, "erase", "records", "first01", "--why", "law")
    with pytest.raises(InputError, match="needs a reason"):
        clew("", "restore", out, str(new), "--without-register")
    told = clew("", "restore", out, str(new))
    assert "Erased again: 0 cases (), 1 records" in told
    assert holding(new, "quibblefrotz") == [] and holding(new, "another text")
    clew(str(new), "run")


def test_a_case_takes_four_eyes_where_there_are_accounts(place: str) -> None:
    from clew.access import accounts
    from clew.access.passwords import Cost
    from clew.access.roles import alone
    from clew.cases import approvals, case
    from clew.cases.base import Casework
    from clew.keeping.erase import erase_case

    clew(place, "case", "new", "A", "--purpose", "p", "--legal-basis", "l", "--retain-until", "2049-01-01")
    casework, owner = Casework(Path(place)), alone("owner", "command line")
    accounts.add(casework.db, owner, "ann", ["administrator"], "a long passphrase 1", Cost(1, 8, 1))
    first, second = (type(owner)(name, frozenset(("supervisor",)), "command line") for name in ("bob", "eve"))
    with pytest.raises(DeniedError, match="approval of a second person to erase the case"):
        erase_case(casework, Workspace(Path(place)), first, "C1", "acquitted")
    asked = approvals.ask(casework, first, "C1", "erase", "acquitted")
    with pytest.raises(DeniedError):
        approvals.grant(casework, first, asked.id)
    approvals.grant(casework, second, asked.id)
    erase_case(casework, Workspace(Path(place)), first, "C1", "acquitted")
    assert [c.state for c in case.all_of(casework, second)] == ["erased"]
    casework.close()
    assert Path(place).is_dir()
