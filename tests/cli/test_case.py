"""A case as one works in it from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.commands import Runner
from typer.testing import Result

from clew.cli.app import app, case
from clew.model.errors import ClewError
from clew.store.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A workspace in which no run was."""
    return str(Workspace.create(tmp_path / "place").path)


def clew(place: str, *words: str) -> str:
    done: Result = Runner().invoke(app, [*words, "-w", place])
    if isinstance(done.exception, ClewError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def new(place: str, *more: str) -> str:
    words = ("case", "new", "Riverside", "--purpose", "Find who runs it", "--legal-basis", "Article 2")
    return clew(place, *words, "--retain-until", "2049-12-31", *more)


def test_from_lead_to_case(workspace: Workspace, tmp_path: Path) -> None:
    place = str(workspace.path)
    lead = json.loads(clew(place, "leads", "--json", "-n", "1"))[0]["network_id"]
    record = json.loads(clew(place, "show", lead, "--json"))["records"][0]["record_id"]
    page = tmp_path / "page.html"
    page.write_text("<html><title>x</title></html>")
    assert "C1 is open" in new(place)
    said = clew(place, "case", "add", "C1", lead, record[:12], str(page), "--why", "first lead")
    assert re.findall(r"^(C1-E\d+)  (network|record)", said, re.MULTILINE)[0] == ("C1-E1", "network")
    shown = json.loads(clew(place, "case", "show", "C1", "--json"))
    kinds = [one["kind"] for one in shown["exhibits"] if not one["part_of"]]
    assert kinds == ["network", "record", "file"]
    assert shown["exhibits"][-1]["media_type"] == "text/html"
    assert shown["exhibits"][0]["run"] == "R0001"
    text = clew(place, "case", "show", "C1")
    assert lead in text and "Find who runs it" in text and "H0: used within the rules" in text
    custody = json.loads(clew(place, "case", "custody", "C1", "--json"))
    assert {(one["act"], one["why"]) for one in custody} == {("intake", "first lead")}


def test_what_is_thought_in_a_case(place: str) -> None:
    new(place, "--handling", "H2", "--conditions", "Ask the NGO", "--tlp", "RED")
    assert "C1-N1" in clew(place, "case", "note", "C1", "They moved", "--grading", "b3")
    clew(place, "case", "hypothesis", "add", "C1", "One group", "--would-change", "Two towns at once")
    clew(place, "case", "hypothesis", "for", "C1-H1", "Same pictures", "--on", "F12")
    assert "1 for, 1 against" in clew(place, "case", "hypothesis", "against", "C1-H1", "Other hours")
    clew(place, "case", "hypothesis", "judge", "C1-H1", "supported", "--why", "pictures")
    clew(place, "case", "task", "add", "C1", "Ask the platform", "--for", "bob", "--due", "2099-01-01")
    clew(place, "case", "task", "done", "C1-T1")
    text = clew(place, "case", "show", "C1")
    for part in (
        "H2: not passed on without", "Ask the NGO", "TLP:RED", "They moved", "One group (supported)",
        "for: Same pictures [F12]", "against: Other hours", "Two towns at once", "Ask the platform (bob, done by",
    ):  # fmt: skip
        assert part in text


def test_persons_and_four_eyes(place: str) -> None:
    new(place)
    said = clew(place, "case", "person", "add", "C1", "Ann Example", "--category", "victim", "--category", "suspect",
                "--identifier", "phone=+31 6 1234 5678")  # fmt: skip
    assert re.search(r"C1-P1 is protected: V-\w{6}", said)
    assert "not protected" in clew(place, "case", "person", "add", "C1", "Bo", "--category", "contact")
    assert "phone +31612345678" in clew(place, "case", "show", "C1")
    said = clew(place, "case", "person", "change", "C1-P2", "--category", "contact", "--minor", "--role", "was there")
    assert "C1-P2 is contact, minor; protected" in said
    with pytest.raises(ClewError, match="C1-P2 is protected"):
        clew(place, "case", "person", "change", "C1-P2", "--adult")
    clew(place, "case", "ask", "C1", "--why", "court")
    clew(place, "case", "ask", "C1-P1", "--why", "she asked for it")
    for name in ("C1-A1", "C1-A2"):
        with pytest.raises(ClewError, match="another person has to answer"):
            clew(place, "case", "grant", name, "--why", "fine")
    assert [one["what"] for one in json.loads(clew(place, "case", "approvals", "C1", "--json"))] == [
        "export",
        "release",
    ]
    assert "C1-A2  release of C1-P1, asked" in clew(place, "case", "approvals", "C1")
    with pytest.raises(ClewError, match="is not TYPE=VALUE"):
        clew(place, "case", "person", "add", "C1", "Cy", "--category", "contact", "--identifier", "phone")


def test_exhibits_are_graded_marked_and_withdrawn(place: str, tmp_path: Path) -> None:
    new(place)
    (tmp_path / "a.txt").write_text("a")
    clew(place, "case", "add", "C1", str(tmp_path / "a.txt"), "--whence", "https://example.org/", "--grading", "A1")
    clew(place, "case", "person", "add", "C1", "Ann", "--category", "victim")
    assert "B3: the source is mostly reliable" in clew(place, "case", "grade", "C1-E1", "B3", "--tlp", "RED")
    assert "C1-E1 shows C1-P1" in clew(place, "case", "mark", "C1-E1", "C1-P1")
    assert "nobody of the case" in clew(place, "case", "mark", "C1-E1")
    assert "shows no protected person" in clew(place, "case", "clear", "C1-E1")
    clew(place, "case", "withdraw", "C1-E1", "--why", "wrong file")
    assert "Withdrawn: wrong file" in clew(place, "case", "show", "C1")


def test_members_closing_and_the_list(place: str) -> None:
    assert "No case is yours" in clew(place, "case", "list")
    new(place)
    assert "bob" in clew(place, "case", "member", "add", "C1", "bob")
    assert "bob" not in clew(place, "case", "member", "remove", "C1", "bob")
    clew(place, "case", "change", "C1", "--why", "the court asked", "--tlp", "RED", "--retain-until", "2049-12-30")
    clew(place, "case", "close", "C1", "--why", "judged")
    assert "C1 is whole: 3 versions and 0 originals" in clew(place, "case", "check", "C1")
    with pytest.raises(ClewError, match="C1 is closed"):
        clew(place, "case", "note", "C1", "late")
    clew(place, "case", "reopen", "C1", "--why", "appeal")
    listed = json.loads(clew(place, "case", "list", "--json"))
    assert [(one["id"], one["state"], one["retain_until"]) for one in listed] == [("C1", "open", "2049-12-30")]
    assert "Riverside" in clew(place, "case", "list")


def test_a_case_cannot_steer_the_terminal(place: str) -> None:
    new(place)
    clew(place, "case", "note", "C1", "red \x1b[31m\u202egnp.exe")
    shown = clew(place, "case", "show", "C1")
    assert "\x1b" not in shown and "\u202e" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case", "show", "C9"), "C9 is not a case of yours"),
        (("case", "add", "C9", "x"), "not been run|not a case|no network, template, record"),
        (("case", "add", "C1", "there/is/none.pdf"), "There is no file there/is/none.pdf"),
        (("case", "add", "C1", "N123456"), "has not been run yet"),
        (("case", "add", "C1", "nothing"), "no network, template, record, conversation or site 'nothing'"),
        (("case", "note", "C1", " "), "takes a note"),
        (("case", "task", "done", "C1-T4"), "C1 has no task 'C1-T4'"),
        (("case", "withdraw", "nonsense", "--why", "x"), "nonsense is not a case of yours"),
    ],
)
def test_errors_say_what_to_do(place: str, words: tuple[str, ...], said: str) -> None:
    new(place)
    with pytest.raises(ClewError, match=said):
        clew(place, *words)


def test_every_command_has_help() -> None:
    groups = [case.case, *(group.typer_instance for group in case.case.registered_groups)]
    for group in groups:
        for command in group.registered_commands:  # type: ignore[union-attr]
            assert command.callback.__doc__  # type: ignore[union-attr]
