"""What adding something takes in more than one place: a test for each place that is easily forgotten.

docs/contributing.md says the same in words.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Collection
from pathlib import Path

import duckdb
import pytest
from tests.cli.test_reading import clew, signed_up
from typer.main import get_command

from clew.assess import held
from clew.assess.catalogue import SHOWN
from clew.cases.base import Casework
from clew.cli.app import app
from clew.evidence.masks import _PREFIXED, Masks
from clew.evidence.report.words import _TYPES as REPORTED
from clew.exchange.tables import QUERIES
from clew.extract.registry import extractors
from clew.ledger.log import Wanted, search
from clew.link import ties, weights
from clew.model.errors import DeniedError
from clew.model.tables import IDENTIFIER_TYPES, READ_TYPES, TABLES
from clew.query.explore_says import WORDS
from clew.query.network_links import _SENTENCES
from clew.query.search_says import _IDENTIFIERS
from clew.store.workspace import Workspace
from clew.web.access import Rule, rule_of
from clew.web.masking import TheMasks
from clew.web.pages import ROUTERS

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src" / "clew"

# --- an identifier ---

# Where a type of identifier has to stand, and what happens to one that does not.
PLACES = {
    "TYPES of link/weights.py": (weights.TYPES, "it ties no records"),
    "TYPES of assess/held.py": ((*held.TYPES, "conversation"), "no indicator counts who holds it"),
    "SHOWN of assess/catalogue/__init__.py": (
        (*SHOWN, "image", "template", "conversation"), "no indicator can quote it",
    ),
    "_TYPES of evidence/report/words.py": (REPORTED, "reports call it by its code"),
    "_SENTENCES of query/network_links.py": (_SENTENCES, "a link does not say what is shared"),
    "_IDENTIFIERS of query/search_says.py": (_IDENTIFIERS, "a search does not say what was found"),
    "WORDS of query/explore_says.py": (WORDS, "Explore fails over it"),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_an_identifier_stands_wherever_it_is_needed(place: str) -> None:
    there, else_ = PLACES[place]
    missing = sorted(set(IDENTIFIER_TYPES) - set(there))
    assert not missing, f"{', '.join(missing)}: add it to {place}, else {else_}."


def test_an_identifier_has_a_weight_of_its_own() -> None:
    unknown = sorted(set(weights.TYPES) - set(IDENTIFIER_TYPES))
    assert not unknown, f"{', '.join(unknown)}: add it to IDENTIFIER_TYPES of model/tables.py."
    assert len(weights.DEFAULT.bonus) == len(weights.TYPES), "bonus of link/weights.py has one number for each of TYPES"
    assert set(ties._SOURCES) == set(IDENTIFIER_TYPES) - set(READ_TYPES), (
        "what no extractor reads in texts needs a query in _SOURCES of link/ties.py, and a place beside READ_TYPES"
    )


def test_an_identifier_is_read_by_an_extractor() -> None:
    missing = sorted(set(READ_TYPES) - set(_examples()))
    assert not missing, f"{', '.join(missing)}: no PLUGIN of extract/ has an example of it."


def test_an_identifier_with_a_prefix_is_masked_without_it_too() -> None:
    """Texts have a victim's account without the prefix that Clew gives it."""
    found = _examples()
    for kind in set(READ_TYPES) & set(found):
        if all(re.match(r"[a-z_]+:(?!//)", value) for value in found[kind]):
            assert kind in _PREFIXED, f"{kind}: its values begin with a kind: add it to _PREFIXED of evidence/masks.py."


def _examples() -> dict[str, set[str]]:
    """Values that the examples of extractors show, by type."""
    found: dict[str, set[str]] = {}
    for extractor in extractors():
        for example in extractor.examples:
            for kind, value, *_ in example.found:
                found.setdefault(kind, set()).add(value)
    return found


def test_the_page_on_linking_says_every_bonus() -> None:
    row = next(line for line in _page("methods-linking.md") if line.startswith("| bonus |")).split("|")[2]
    said: dict[str, float] = {}
    for part in row.split(","):
        names, number = part.strip().rsplit(" ", 1)
        said |= dict.fromkeys(names.split(" and "), float(number))
    assert said == dict(zip(weights.TYPES, weights.DEFAULT.bonus, strict=True)), "docs/methods-linking.md, row bonus"


# --- an export ---

# Handlers that give away what others masked, and who did.
MASKED_BEFORE = {
    "original": "clew.evidence.handout.hand_out withholds what shows somebody who is protected",
    "make": "clew evidence package masks what it puts in",
    "fetch": "the package was masked when it was made",
    "remove_copy": "gives nothing away",
}
GIVING = {"csv_file", "FileResponse", "StreamingResponse"}  # answers that are saved as a file
# Files about the work of Clew itself, of cases (where the case is the purpose) or of the ledger (auditors).
NO_PURPOSE = {*MASKED_BEFORE, "/audit.csv"}


def test_every_export_takes_leave_purpose_masks_and_an_entry(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = json.loads(clew(workspace, "leads", "-n", "1", "--json"))[0]["network_id"]
    signed_up(workspace, "administrator", "analyst")
    masked: list[str] = []
    monkeypatch.setattr(Masks, "__bool__", lambda self: True)
    monkeypatch.setattr(Masks, "table", lambda self, table, name: masked.append(name) or table)
    commands = get_command(app).commands["export"].commands  # type: ignore[attr-defined]
    assert len(commands) >= 4
    for name, command in commands.items():
        out = tmp_path / name
        known = {"network": lead, "out": str(out)}
        words = [known[p.name] for p in command.params if p.param_type_name == "argument"]  # teach this test new ones
        denied = _denied(workspace, "export", name, *words)
        assert denied and not out.exists(), f"clew export {name}: call need_purpose before anything is written."
        masked.clear()
        clew(workspace, "export", name, *words, "--why", "Request 12 of the prosecutor")
        assert out.exists()
        assert masked, f"clew export {name}: hand the table of open_masks to what writes it."
        files = [out] if out.is_file() else sorted(out.iterdir())
        assert _given(workspace) == {file.name for file in files}, f"clew export {name}: write with ready of giving."


def test_every_export_needs_the_right_to_it(workspace: Workspace, tmp_path: Path) -> None:
    lead = json.loads(clew(workspace, "leads", "-n", "1", "--json"))[0]["network_id"]
    signed_up(workspace, "administrator")  # reads nothing, gives nothing
    for name, command in get_command(app).commands["export"].commands.items():  # type: ignore[attr-defined]
        known = {"network": lead, "out": str(tmp_path / name)}
        words = [known[p.name] for p in command.params if p.param_type_name == "argument"]
        denied = _denied(workspace, "export", name, *words, "--why", "Request 12 of the prosecutor")
        assert denied and not (tmp_path / name).exists(), f"clew export {name}: call giving before anything is written."


def test_only_the_commands_under_export_give_tables_away() -> None:
    using = {path.name for path in (SRC / "cli").glob("*.py") if "from clew.exchange" in path.read_text()}
    assert using == {"export.py"}, "a command that writes what clew.exchange makes belongs into cli/export.py"


def test_every_download_of_the_workbench_is_an_export_with_masks() -> None:
    downloads = 0
    for router in ROUTERS:
        for route in router.routes:
            handler = route.endpoint  # type: ignore[attr-defined]
            rule, name = rule_of(handler), handler.__name__
            if not _gives(handler) and rule.act != "export" and rule.permission != "export":
                continue
            downloads += 1
            where = f"{handler.__module__}.{name}"
            _check_download(where, route.path, rule, name)  # type: ignore[attr-defined]
            if name not in MASKED_BEFORE:
                takes = [p for p, kind in inspect.get_annotations(handler, eval_str=True).items() if kind == TheMasks]
                assert takes, f"{where}: take `masks: TheMasks`, or say in MASKED_BEFORE who masked it."
                assert len(re.findall(rf"\b{takes[0]}\b", inspect.getsource(handler))) > 1, f"{where}: use its masks."
    assert downloads > 10


def _check_download(where: str, path: str, rule: Rule, name: str) -> None:
    assert rule.permission in ("export", "audit"), f"{where}: @access needs the permission export."
    if name not in MASKED_BEFORE:
        assert rule.act == "export", f"{where}: @access needs the act export, so that the ledger has its digest."
    if not {name, path} & NO_PURPOSE:
        assert rule.purpose != "none", f"{where}: what leaves needs a purpose."


def _gives(handler: object) -> bool:
    """Does it answer with a file, by itself or by a helper beside it?"""
    module = inspect.getmodule(handler)
    called = _called(inspect.getsource(handler))  # type: ignore[arg-type]
    for name in list(called):
        helper = getattr(module, name, None)
        if inspect.isfunction(helper) and helper.__module__ == module.__name__:  # type: ignore[union-attr]
            called |= _called(inspect.getsource(helper))
    return bool(called & GIVING)


def _called(source: str) -> set[str]:
    tree = ast.parse(inspect.cleandoc("\n" + source))
    return {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


def _given(workspace: Workspace) -> Collection[str]:
    """The files of the newest export that the ledger knows."""
    casework = Casework(workspace.path)
    try:
        with casework.db.connect() as connection:
            entries, _ = search(connection, Wanted(act="export"), 0, 1)
    finally:
        casework.close()
    return set(entries[0].facts()["files"]) if entries else set()


def _denied(workspace: Workspace, *words: str) -> bool:
    try:
        clew(workspace, *words)
    except DeniedError:
        return True
    return False


# --- a room, a table or a column of the export ---


def test_the_page_for_contributors_says_every_room() -> None:
    table = "\n".join(line.split("|")[1] for line in _page("contributing.md") if line.startswith("| `"))
    rooms = sorted(path.parent.name for path in SRC.glob("*/__init__.py"))
    missing = [room for room in rooms if f"`{room}/`" not in table]
    assert not missing, f"docs/contributing.md, table of rooms: {', '.join(missing)}"


def test_the_page_for_users_says_every_column_of_the_export() -> None:
    said = {}
    for line in _page("users.md"):
        names, _, columns = line.strip("| ").partition(" | ")
        if line.startswith("| `") and columns:
            for name, part in zip(re.findall(r"`(\w+)`", names), columns.split(" · "), strict=False):
                said[name] = re.findall(r"\w+", part.partition(".")[0])
    with duckdb.connect() as db:
        for name, schema in TABLES.items():
            db.register(name, schema.empty_table())
        db.execute("CREATE VIEW ids AS SELECT rid, record_id FROM records")
        for name, query in QUERIES.items():
            columns = [column[0] for column in db.execute(query).description]
            assert said.get(name) == columns, f"docs/users.md, table {name}: its columns are {', '.join(columns)}"


def _page(name: str) -> list[str]:
    return (ROOT / "docs" / name).read_text("utf-8").splitlines()
