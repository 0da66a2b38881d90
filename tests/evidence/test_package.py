"""Packages: whole bags of the exhibits and nothing else, in which nobody protected is named; or nothing at all."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import bagit
import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader
from tests.commands import Runner
from tests.evidence.bags import ME, MadeBag, files, pick, rows

from clew.access.roles import alone
from clew.cases import approvals, case, people
from clew.cases.base import Casework
from clew.cli.app import app
from clew.evidence import verify
from clew.evidence.handout import hand_out
from clew.evidence.package import make
from clew.evidence.package.issued import issued_in
from clew.evidence.package.make import package
from clew.evidence.take import take_file, take_network
from clew.exchange.selected import NAMES, selected
from clew.keeping.erase import erase_records
from clew.ledger import log
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError, MissingError, SealError
from clew.pipeline.replay_package import package_of, read_told, replay_package, reread_package
from clew.pipeline.run import run
from clew.store.workspace import Workspace, dumped

BOB = alone("bob", "command line")


def _about(bag: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((bag / "data/package.json").read_bytes())
    return found


def _table(bag: Path, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pq.read_table(bag / f"data/tables/{name}.parquet").to_pylist()
    return found


@pytest.fixture
def mine(workspace: Workspace) -> Iterator[tuple[Casework, Workspace]]:
    """A workspace of one's own with an open case."""
    casework = Casework(workspace.path)
    case.open_case(casework, ME, "Pier", "Who pays?", "Art. 8", "2049-12-31")
    yield casework, workspace
    casework.close()


# --- What is in it --------------------------------------------------------------------------------------------------


def test_it_is_a_valid_bag(made: MadeBag) -> None:
    bag = bagit.Bag(str(made.path))
    assert bag.validate(processes=1)
    assert sorted(bag.algorithms) == ["blake2b", "sha256"]
    assert bag.info["External-Identifier"] == "C1-B1"


def test_it_has_what_every_package_has(made: MadeBag) -> None:
    assert set(verify.REQUIRED) <= set(files(made.path))
    assert tuple(NAMES) == verify.TABLES
    assert (made.path / "verify.py").read_bytes() == Path(verify.__file__).read_bytes()
    assert hashlib.sha256(Path(verify.__file__).read_bytes()).hexdigest() in (made.path / "README.txt").read_text()


def test_originals_are_what_was_taken_in(made: MadeBag) -> None:
    assert (made.path / "data/originals/C1-E3.txt").read_text() == "Seen at the harbour.\n"
    for exhibit in _about(made.path)["exhibits"]:  # type: ignore[attr-defined]
        (file,) = exhibit["files"]
        assert hashlib.sha256((made.path / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_the_tables_hold_the_exhibits_and_nothing_else(made: MadeBag) -> None:
    """The network with all its records and links, the versions of the record; of other people's records nothing."""
    members = {r["rid"] for r in rows(made.workspace, "network_members") if r["network_id"] == made.network}
    (asked,) = _about(made.path)["records"]  # type: ignore[misc]
    everything = rows(made.workspace, "records")
    item = next(r["item_id"] for r in everything if r["record_id"] == asked)
    want = {r["record_id"] for r in everything if r["rid"] in members or r["item_id"] == item}
    assert {r["record_id"] for r in _table(made.path, "records")} == want
    for name, columns in (("links", ("record_a", "record_b")), ("mentions", ("record_id",)),
                          ("template_members", ("record_id",)), ("record_scores", ("record_id",)),
                          ("image_members", ("record_id",)), ("changes", ("record_from", "record_to"))):  # fmt: skip
        assert {row[c] for row in _table(made.path, name) for c in columns} <= want, name
    assert {r["network_id"] for r in _table(made.path, "networks")} == {made.network}
    assert len(_table(made.path, "links")) > 0
    for template in _table(made.path, "templates"):
        assert template["medoid"] in {None, *want}
        assert template["text"] == "" or template["medoid"] in want
    for row in _table(made.path, "findings"):
        named = [e["record_id"] for e in json.loads(str(row["evidence"])) if "record_id" in e]
        assert set(named) <= want
    others = {str(r["body"]) for r in everything if r["record_id"] not in want and len(str(r["body"])) > 100}
    mine_ = {str(r["body"]) for r in everything if r["record_id"] in want}
    for path, data in files(made.path).items():
        if path.endswith(("json", "jsonl", "jsonld", "csv")):
            assert not any(text in data.decode() for text in others - mine_), path


def test_the_custody_log_is_the_ledger_and_runs_no_formula(made: MadeBag) -> None:
    text = (made.path / "data/custody.csv").read_text(encoding="utf-8-sig")
    found = list(csv.DictReader(text.splitlines()))
    with made.casework.db.connect() as connection:
        for row in found:
            entry = log.entry(connection, int(row["number"]))
            assert (row["at"], row["who"], row["act"], row["about"]) == (entry.at, entry.who, entry.act, entry.subject)
    assert [row["act"] for row in found if row["about"] == "exhibit C1-E1"] == ["intake"]
    about = {(row["act"], row["about"].partition(" ")[0], row["case"]) for row in found}
    assert {("decide", "network", ""), ("decide", "decision", ""), ("intake", "exhibit", "C1")} <= about
    assert "The same person answers" in text
    assert not any(cell[:1] in "=+-@" for row in found for cell in row.values() if cell)


def test_the_export_is_in_the_ledger_with_its_digests(made: MadeBag) -> None:
    with made.casework.db.connect() as connection:
        (entry,), _ = log.search(connection, log.Wanted(act="export"))
        (issued,) = issued_in(connection, "C1")
    signed = (made.path / verify.SIGNED).read_bytes()
    assert entry.facts()["sha256"] == issued.sha256 == hashlib.sha256(signed).hexdigest()
    assert entry.facts()["blake2b"] == issued.blake2b == hashlib.blake2b(signed).hexdigest()
    assert (issued.id, issued.seq, issued.files) == ("C1-B1", entry.seq, made.packaged.files)


def test_the_same_case_gives_the_same_files_but_for_time(made: MadeBag, tmp_path: Path) -> None:
    again = package(made.casework, made.workspace, ME, "C1", tmp_path / "again")
    assert again.id == "C1-B2"
    before, after = files(made.path), files(tmp_path / "again")
    for path in before:
        if path.startswith(("data/tables/", "data/originals/", "data/runs/")):
            assert before[path] == after[path], path
    assert verify.verify(str(tmp_path / "again")).whole


# --- Who is protected -----------------------------------------------------------------------------------------------


def test_victims_stand_under_pseudonyms(mine: tuple[Casework, Workspace], tmp_path: Path) -> None:
    casework, workspace = mine
    network = pick(workspace, 8, 25)
    take_network(casework, workspace, ME, "C1", network)
    harmless = tmp_path / "harmless.txt"
    harmless.write_text("Rain all day.\n")
    take_file(casework, ME, "C1", harmless)
    phone = next(
        str(row["value"])
        for row in selected(workspace, [network], [])["mentions"].to_pylist()
        if row["type"] == "phone"
    )
    person = people.add(casework, ME, "C1", ["Zuzana Example"], ["victim"], identifiers=[("phone", phone)])
    noted = tmp_path / "noted.txt"
    noted.write_text("Zuzana Example called.\n")
    take_file(casework, ME, "C1", noted, why="Zuzana Example called")
    made = package(casework, workspace, ME, "C1", tmp_path / "bag")
    assert set(made.withheld) >= {"C1-E1", "C1-E3"}
    assert "C1-E2" not in made.withheld
    report = verify.verify(str(tmp_path / "bag"))
    assert report.whole, report.faults
    digits = phone.lstrip("+")
    for path, data in files(tmp_path / "bag").items():
        assert b"Zuzana" not in data, path
        assert digits.encode() not in data, path
    printed = "".join(page.extract_text() for page in PdfReader(tmp_path / "bag/data/report.pdf").pages)
    assert person.pseudonym in printed
    assert "Zuzana" not in printed
    assert digits not in "".join(printed.split())
    for name in NAMES:
        cells = json.dumps(_table(tmp_path / "bag", name), default=str)
        assert "Zuzana" not in cells
        assert digits not in cells, name
    assert person.pseudonym in (tmp_path / "bag/data/case.jsonld").read_text()
    assert _about(tmp_path / "bag")["masked"]["records"]  # type: ignore[index]
    _replay_masked(casework, workspace, tmp_path)


def test_a_released_victim_is_named_and_the_export_takes_four_eyes(
    mine: tuple[Casework, Workspace], tmp_path: Path
) -> None:
    casework, workspace = mine
    noted = tmp_path / "noted.txt"
    noted.write_text("Zuzana Example called.\n")
    take_file(casework, ME, "C1", noted)
    person = people.add(casework, ME, "C1", ["Zuzana Example"], ["victim"])
    asked = people.ask_release(casework, ME, person.id, "She testifies")
    people.release(casework, BOB, asked.id, "She agreed")
    with pytest.raises(DeniedError, match="second person"):
        package(casework, workspace, ME, "C1", tmp_path / "bag")
    asked = approvals.ask(casework, ME, "C1", "export", "For the prosecutor")
    approvals.grant(casework, BOB, asked.id, "Yes")
    made = package(casework, workspace, ME, "C1", tmp_path / "bag")
    assert made.withheld == {}
    assert "Zuzana Example" in (tmp_path / "bag/data/case.jsonld").read_text()
    with pytest.raises(DeniedError):  # the approval was used up
        package(casework, workspace, ME, "C1", tmp_path / "second")


def test_a_package_does_not_tell_of_another_case(mine: tuple[Casework, Workspace], tmp_path: Path) -> None:
    casework, workspace = mine
    eve, joe = (Actor(name, frozenset(("analyst",)), "command line") for name in ("eve", "joe"))
    case.open_case(casework, eve, "Dyke", "Who knows?", "Art. 8", "2049-12-31")
    person = people.add(casework, eve, "C2", ["Zuzana Example"], ["victim"])
    case.open_case(casework, joe, "Lock", "Who calls?", "Art. 8", "2049-12-31")
    noted = tmp_path / "noted.txt"
    noted.write_text("Zuzana Example called.\n")
    take_file(casework, joe, "C3", noted)
    made = package(casework, workspace, joe, "C3", tmp_path / "bag")
    assert made.withheld == {"C3-E1": "It mentions somebody who may not be named."}
    for path, data in files(tmp_path / "bag").items():
        assert person.id.encode() not in data and b"Zuzana" not in data, path
    with pytest.raises(DeniedError, match="It mentions somebody"):
        hand_out(casework, workspace, joe, "C3-E1")


def _replay_masked(casework: Casework, workspace: Workspace, tmp_path: Path) -> None:
    """With the same pseudonyms the tables come out the same; without them the package says why not."""
    from clew.evidence.masks import open_masks

    for folder in ("one", "two", "three"):
        (tmp_path / folder).mkdir()
    found = replay_package(tmp_path / "bag", workspace, tmp_path / "one", open_masks(casework, workspace).table)
    assert (found.differs, found.same) == ({}, list(NAMES))
    bare = replay_package(tmp_path / "bag", workspace, tmp_path / "two")
    assert "records" in bare.differs
    assert "pseudonymised" in bare.unchecked[0]
    alone_ = reread_package(tmp_path / "bag", tmp_path / "three")
    assert alone_.same == ["mentions"]
    assert "they were pseudonymised" in alone_.unchecked[0]


# --- Whole, or not at all -------------------------------------------------------------------------------------------


def test_it_never_writes_over_something(made: MadeBag, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "full")
    for name in ("full", "full/x", "link"):
        with pytest.raises(InputError, match="not an empty folder"):
            package(made.casework, made.workspace, ME, "C1", tmp_path / name)


def test_a_package_that_fails_leaves_nothing(mine: tuple[Casework, Workspace], tmp_path: Path) -> None:
    casework, workspace = mine
    note = tmp_path / "note.txt"
    note.write_text("text")
    exhibit = take_file(casework, ME, "C1", note)
    kept = next(p for p in (workspace.path / "vault" / "C1").iterdir() if exhibit.sha256 in p.name)
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    with casework.db.connect() as connection:
        before = log.size(connection)
    with pytest.raises(SealError):
        package(casework, workspace, ME, "C1", tmp_path / "out" / "bag")
    assert list((tmp_path / "out").iterdir()) == []
    with casework.db.connect() as connection:
        assert log.size(connection) == before
        assert issued_in(connection, "C1") == []


@pytest.mark.parametrize("name", ["records", "leads"])
def test_what_was_altered_is_not_packaged(mine: tuple[Casework, Workspace], tmp_path: Path, name: str) -> None:
    casework, workspace = mine
    take_network(casework, workspace, ME, "C1", pick(workspace, 8, 25))
    path = workspace.paths(name)[0]
    before = path.read_bytes()
    pq.write_table(pq.read_table(path).slice(1), path)
    for change in (lambda: package(casework, workspace, ME, "C1", tmp_path / "bag"),
                   lambda: take_network(casework, workspace, ME, "C1", pick(workspace, 2, 7))):  # fmt: skip
        with pytest.raises(SealError, match=f"{path.name} is not what was written"):
            change()
    assert not (tmp_path / "bag").exists()
    path.write_bytes(before)
    catalog = workspace.path / "catalog.json"
    path.write_bytes(before + b"x")
    catalog.write_text(catalog.read_text().replace(path.stem, hashlib.sha256(before + b"x").hexdigest()))
    path.rename(path.with_stem(hashlib.sha256(before + b"x").hexdigest()))
    with pytest.raises(InputError, match="not those of its last run"):
        package(casework, Workspace(workspace.path), ME, "C1", tmp_path / "bag")


@pytest.mark.parametrize("name", ["R0001", "I0001"])
def test_a_manifest_that_the_ledger_does_not_know_is_not_packaged(
    mine: tuple[Casework, Workspace], tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    casework, workspace = mine
    take_network(casework, workspace, ME, "C1", pick(workspace, 8, 25))
    path = workspace.path / f"runs/{name}.json"
    path.write_bytes(dumped(json.loads(path.read_bytes()) | {"who": "mallory"}))
    with pytest.raises(SealError, match=f"{name}.json is not what the ledger took down"):
        package(casework, workspace, ME, "C1", tmp_path / "bag")
    monkeypatch.setattr(make, "check_manifests", lambda *given: None)  # whoever packs with another Clew
    with pytest.raises(SealError, match=f"own check: data/runs/{name}.json: changed"):
        package(casework, workspace, ME, "C1", tmp_path / "bag")


def test_a_manifest_that_was_pseudonymised_is_told(mine: tuple[Casework, Workspace], tmp_path: Path) -> None:
    casework, workspace = mine
    take_network(casework, workspace, ME, "C1", pick(workspace, 8, 25))
    people.add(casework, ME, "C1", ["Simulated"], ["victim"])  # so the source of the records is called
    package(casework, workspace, ME, "C1", tmp_path / "bag")
    assert _about(tmp_path / "bag")["masked"]["runs"] == ["I0001"]  # type: ignore[index]
    report = verify.verify(str(tmp_path / "bag"))
    assert report.whole
    assert [said for said in report.remarks if "I0001.json was pseudonymised" in said]


def test_a_manifest_that_an_erasure_changed_is_proved(mine: tuple[Casework, Workspace], tmp_path: Path) -> None:
    casework, workspace = mine
    erase_records(casework, workspace, ME, [str(rows(workspace, "records")[0]["record_id"])], "Asked for")
    run(workspace)
    take_network(casework, workspace, ME, "C1", pick(workspace, 8, 25))
    package(casework, workspace, ME, "C1", tmp_path / "bag")
    assert {"I0001", "R0002"} <= set(_about(tmp_path / "bag")["runs"])  # type: ignore[call-overload]
    assert verify.verify(str(tmp_path / "bag")).whole


def test_only_members_who_may_export(made: MadeBag, tmp_path: Path) -> None:
    auditor = Actor("eve", frozenset(("auditor",)), "command line")
    stranger = Actor("joe", frozenset(("analyst",)), "command line")
    with pytest.raises(DeniedError):
        package(made.casework, made.workspace, auditor, "C1", tmp_path / "bag")
    with pytest.raises(MissingError, match="not a case of yours"):
        package(made.casework, made.workspace, stranger, "C1", tmp_path / "bag")
    assert not (tmp_path / "bag").exists()


def test_a_case_without_networks_is_packaged_without_a_run(database: str, tmp_path: Path) -> None:
    """On SQLite and on PostgreSQL."""
    shutil.copytree(Workspace.create(tmp_path / "new").path, tmp_path, dirs_exist_ok=True)
    workspace = Workspace(tmp_path)
    casework = Casework(workspace.path)
    case.open_case(casework, ME, "Quay", "Why?", "Art. 8", "2049-12-31")
    note = tmp_path / "note.txt"
    note.write_text("Rain all day.\n")
    take_file(casework, ME, "C1", note)
    for nth in (1, 2):
        made = package(casework, workspace, ME, "C1", tmp_path / f"bag{nth}")
        assert made.id == f"C1-B{nth}"
    casework.close()
    assert verify.verify(str(tmp_path / "bag2")).whole
    assert bagit.Bag(str(tmp_path / "bag2")).validate(processes=1)
    assert _about(tmp_path / "bag2")["run"] is None
    assert len((tmp_path / "bag2" / verify.HEADS).read_text().splitlines()) == 2


# --- Repeated -------------------------------------------------------------------------------------------------------


def test_the_run_of_a_package_gives_its_tables_again(made: MadeBag, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    found = replay_package(made.path, made.workspace, tmp_path / "scratch")
    assert (found.differs, found.same, found.run) == ({}, list(NAMES), "R0001")


def test_a_table_that_was_changed_is_told(made: MadeBag, tmp_path: Path) -> None:
    bag = Path(shutil.copytree(made.path, tmp_path / "bag"))
    scores = pq.read_table(bag / "data/tables/record_scores.parquet")
    other = scores.set_column(1, "priority", [[9.0] * scores.num_rows])
    pq.write_table(other, bag / "data/tables/record_scores.parquet")
    (bag / "data/tables/leads.parquet").unlink()
    (tmp_path / "scratch").mkdir()
    found = replay_package(bag, made.workspace, tmp_path / "scratch")
    assert (
        found.differs["record_scores"]
        == "the file in the package is not the one that the package states: it was changed"
    )
    assert found.differs["leads"] == "it is not in the package"
    assert len(found.same) == len(NAMES) - 2
    about = bag / "data/package.json"
    told = read_told(bag).digests["record_scores"]
    now = hashlib.sha256((bag / "data/tables/record_scores.parquet").read_bytes()).hexdigest()
    about.write_text(about.read_text().replace(told, now))
    (tmp_path / "again").mkdir()
    again = replay_package(bag, made.workspace, tmp_path / "again")
    assert again.differs["record_scores"] == "other values in priority"


def test_mentions_are_read_again_without_the_workspace(made: MadeBag, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    found = reread_package(made.path, tmp_path / "one")
    assert (found.same, found.differs) == (["mentions"], {})
    assert "compare a record with all others" in found.unchecked[-1]
    bag = Path(shutil.copytree(made.path, tmp_path / "bag"))
    mentions = pq.read_table(bag / "data/tables/mentions.parquet")
    pq.write_table(mentions.slice(1), bag / "data/tables/mentions.parquet")
    (tmp_path / "two").mkdir()
    assert reread_package(bag, tmp_path / "two").differs["mentions"].startswith("0 of")


def test_a_package_is_known_by_any_path_into_it(made: MadeBag, tmp_path: Path) -> None:
    assert package_of(made.path) == made.path
    found = package_of(made.path / "data/runs/R0001.json")
    assert found is not None
    assert found.samefile(made.path)
    assert package_of(Path("R0001")) is None
    assert package_of(tmp_path) is None


# --- Commands -------------------------------------------------------------------------------------------------------


def test_commands(made: MadeBag, tmp_path: Path) -> None:
    run, where = Runner(), ["-w", str(made.workspace.path)]
    done = run.invoke(app, ["evidence", "package", "C1", str(tmp_path / "bag"), *where])
    assert done.exit_code == 0, done.output
    assert made.packaged.fingerprint in done.output
    done = run.invoke(app, ["evidence", "verify", str(tmp_path / "bag")])
    assert (done.exit_code, "The package is whole." in done.output) == (0, True)
    (tmp_path / "bag/data/custody.csv").write_text("x")
    done = run.invoke(app, ["evidence", "verify", str(tmp_path / "bag")])
    assert done.exit_code == 1
    assert done.output.startswith("data/custody.csv: changed")
    done = run.invoke(app, ["replay", str(tmp_path / "bag")])
    assert done.exit_code == 0, done.output
    assert "same     mentions" in done.output
    done = run.invoke(app, ["replay", str(tmp_path / "bag/data/runs/R0001.json"), *where])
    assert done.exit_code == 0, done.output
    assert "same     record_scores" in done.output
