"""What leaves a case beside a package: an original, and the copy of a package that lies on the server."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from clew.cases import approvals, case, exhibits, people
from clew.cases.base import Casework
from clew.evidence.handout import hand_out
from clew.evidence.package import shelf
from clew.evidence.package.make import package
from clew.evidence.take import take_file
from clew.ledger.log import Wanted, search
from clew.model.actor import Actor
from clew.model.errors import DeniedError, MissingError
from clew.store.workspace import Workspace

ANN, BOB, SUE = (
    Actor(name, frozenset((role,)), "workbench")
    for name, role in (("ann", "analyst"), ("bob", "analyst"), ("sue", "supervisor"))
)


@pytest.fixture
def made(workspace: Workspace, tmp_path: Path) -> Casework:
    """Ann's case, in which Bob works, with a letter and a victim that it names."""
    casework = Casework(workspace.path)
    case.open_case(casework, ANN, "Riverside", "Who runs it?", "Art. 8", "2049-12-31")
    case.add_member(casework, ANN, "C1", "bob")
    (tmp_path / "letter.txt").write_text("Mira Example lived there.")
    take_file(casework, ANN, "C1", tmp_path / "letter.txt")
    people.add(casework, ANN, "C1", ["Mira Example"], ["victim"])
    yield casework
    casework.close()


def told(casework: Casework, subject: str) -> list[dict]:
    with casework.db.connect() as connection:
        return [entry.facts() for entry in search(connection, Wanted(act="export", subject=subject), 0, 100)[0]]


def released(casework: Casework) -> None:
    asked = people.ask_release(casework, ANN, "C1-P1", "The court asks")
    people.release(casework, SUE, asked.id, "It does")


def test_an_original_that_names_a_victim_takes_two_people(made, workspace):
    with pytest.raises(DeniedError, match="mentions C1-P1"):
        hand_out(made, workspace, ANN, "C1-E1")
    assert told(made, "exhibit C1-E1") == []
    asked = approvals.ask(made, ANN, "C1", "export", "For the expert")
    approvals.grant(made, SUE, asked.id)
    with pytest.raises(DeniedError):  # it was granted to Ann
        hand_out(made, workspace, BOB, "C1-E1")
    exhibit, pieces = hand_out(made, workspace, ANN, "C1-E1")
    assert hashlib.sha256(b"".join(pieces)).hexdigest() == exhibit.sha256
    assert [(one["sha256"], one["approval"]) for one in told(made, "exhibit C1-E1")] == [(exhibit.sha256, "C1-A1")]
    with pytest.raises(DeniedError):  # once
        hand_out(made, workspace, ANN, "C1-E1")


def test_an_original_that_names_nobody_leaves_with_its_entry(made, workspace):
    released(made)
    exhibit, pieces = hand_out(made, workspace, BOB, "C1-E1")
    assert b"".join(pieces) == b"Mira Example lived there."
    assert [one["bytes"] for one in told(made, "exhibit C1-E1")] == [exhibit.size]
    with pytest.raises(MissingError, match="is not a case of yours"):
        hand_out(made, workspace, Actor("eve", frozenset(("analyst",)), "workbench"), "C1-E1")


def test_the_copy_of_a_package_is_one_file_and_the_same_each_time(made, workspace, tmp_path):
    out = shelf.new_place(workspace.path, "C1")
    package(made, workspace, ANN, "C1", out)
    [found] = shelf.shelved(made, BOB, "C1")
    assert (found.issued.id, found.folder) == ("C1-B1", out.name)
    digests = set()
    for nth in range(2):
        (tmp_path / str(nth)).mkdir()
        path, name = shelf.take_down(made, BOB, "C1", found.folder, tmp_path / str(nth))
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
        assert name == "C1-B1.zip" and "C1-B1/verify.py" in zipfile.ZipFile(path).namelist()
    assert {one["sha256"] for one in told(made, "case C1") if one.get("what") == "zip"} == digests and len(digests) == 1
    shelf.remove(made, BOB, "C1", found.folder)
    assert shelf.shelved(made, BOB, "C1")[0].folder == "" and not out.exists()
    for name in (found.folder, "..", "../../x", ""):
        with pytest.raises(MissingError):
            shelf.take_down(made, BOB, "C1", name, tmp_path)


def test_four_eyes_hold_for_the_copy_too(made, workspace, tmp_path):
    released(made)
    asked = approvals.ask(made, ANN, "C1", "export", "For the prosecutor")
    approvals.grant(made, SUE, asked.id)
    out = shelf.new_place(workspace.path, "C1")
    package(made, workspace, ANN, "C1", out)
    with pytest.raises(DeniedError, match="ann was allowed"):
        shelf.take_down(made, BOB, "C1", out.name, tmp_path)
    assert shelf.take_down(made, ANN, "C1", out.name, tmp_path)
    people.revoke(made, BOB, "C1-P1", "She is threatened")
    with pytest.raises(DeniedError, match="C1-P1 changed since C1-B1 was made"):
        shelf.take_down(made, ANN, "C1", out.name, tmp_path)


def test_erasure_takes_the_copies(made, workspace):
    shelf.new_place(workspace.path, "C1").mkdir()
    shelf.clear_shelf(workspace.path, "C1")
    assert not (workspace.path / "packages" / "C1").exists()
    assert exhibits.all_of(made, ANN, "C1")
