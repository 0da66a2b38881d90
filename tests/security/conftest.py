"""A workbench over hostile material: every text of it tries to run a script, steer a terminal or start a formula."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.once import once
from tests.web.conftest import Bench, served

from clew.access.roles import alone
from clew.cases import case as cases
from clew.cases import people, thinking, triage
from clew.cases.saved import save_view
from clew.evidence.take import take_file, take_record
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.index import ensure_index
from clew.store.workspace import Workspace

SCRIPT = "window.taken=1"
MARKUP = f"\"'><script>{SCRIPT}</script><img src=x onerror={SCRIPT}><svg onload={SCRIPT}>{{{{7*7}}}}"
CLOSING = f"</textarea></title></script></style>--><iframe srcdoc='<script>parent.{SCRIPT}</script>'></iframe>"
STEER = "\x1b[2J\x1b]0;taken\x07\x9b31m\u202e\u2066"
FORMULA = "=cmd|' /C calc'!A0;=1+1\t@SUM(1)"
LINK = f"javascript:{SCRIPT}//https://evil.example/x"
TALK = f"{MARKUP} / talk"
SITES = ("one.example", "two.example")
ME = alone("tester", "workbench")


def adverts() -> list[dict[str, object]]:
    """Adverts that hang together by a number, so that there are networks, links, a template and leads."""
    return [
        {
            "id": f"{MARKUP}{n}",
            "title": f"=cmd|{n} {MARKUP} room {n}",  # no name of a person, which would be masked
            "body": f"{STEER}{CLOSING} call +32 470 12 34 {n % 3:02} {MARKUP} new in town every day {n % 5} {FORMULA}",
            "url": LINK,
            "handle": f"@{MARKUP}",
            "contact": FORMULA,
            "place": ["Brussels", "Ghent", MARKUP][n % 3],
            "price": MARKUP,
            "posted_at": f"2026-0{1 + n % 9}-11T10:00:00Z",
            "images": [f"{MARKUP}.png", "../../../../etc/passwd"],
            f"own {MARKUP}": CLOSING,
        }
        for n in range(24)
    ]


def messages() -> list[dict[str, object]]:
    """A talk whose people, words and name are hostile."""
    text = f"{MARKUP}{CLOSING}{STEER} send me your live location now or else {FORMULA}"
    people = (f"{MARKUP}a", f"{MARKUP}b")
    return [
        {"conversation": TALK, "sender": people[n % 2], "recipient": people[1 - n % 2], "body": f"{text} {n}"}
        | {"sent_at": f"2026-02-11T10:0{n}:00Z", "reply_to": MARKUP, "media": [f"{MARKUP}.png"]}
        for n in range(6)
    ]


def pages() -> list[dict[str, object]]:
    """Pages of two sites with nearly one text and one id in their code."""
    text = f"{MARKUP} we find work for you in many cities and countries, ask our friendly office for more {CLOSING}"
    return [
        {"url": f"https://{site}/{MARKUP}", "title": f"{MARKUP} {site}", "body": f"{text} {site}"}
        | {"contact": f"tawk:5f3a0000aaaa0000bbbb1111\n{MARKUP}"}
        for site in SITES
    ]


@dataclass(frozen=True)
class Hostile:
    """What was made.

    Attributes:
        bench: that is served.
        case_id, note_id, exhibit_id, record_id, network_id, template_id: to open.
        copied_id: the template of the pages of two sites.
    """

    bench: Bench
    case_id: str
    note_id: str
    exhibit_id: str
    record_id: str
    network_id: str
    template_id: str
    copied_id: str


@pytest.fixture(scope="session")
def hostile_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The material, run; each worker writes to a copy of its own."""
    made = once(tmp_path_factory, "hostile", _make)
    return Path(shutil.copytree(made / "workspace", tmp_path_factory.mktemp("hostile") / "workspace"))


ACCOUNT = "account:number:ACC12345678"


def payments() -> list[dict[str, str]]:
    """Payments of an account to and from names and texts that are no such thing."""
    return [
        {"native_id": f"pay{n}", "payer": "ACC-12345678", "payee": f"{FORMULA}{MARKUP}{n}", "amount": "12.50",
         "currency": "EUR", "booked_at": f"2026-03-0{n + 1}T10:00:00Z", "text": f"{MARKUP}{STEER}",
         "payer_name": MARKUP, "payee_name": f"{FORMULA}{MARKUP}"}
        for n in range(4)
    ]  # fmt: skip


def _make(folder: Path) -> None:
    file = folder / f"ads{STEER}<svg onload={SCRIPT}>'; --.jsonl"
    file.write_text("".join(json.dumps(advert) + "\n" for advert in adverts()) + f"{MARKUP}{STEER}\n")
    workspace = Workspace.create(folder / "workspace")
    ingest(workspace, [file], IngestOptions("ad", f"{MARKUP}{STEER}"[:100], FORMULA))
    for kind, rows in (("message", messages()), ("page", pages()), ("payment", payments())):
        file = folder / f"{kind}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        ingest(workspace, [file], IngestOptions(kind, f"{MARKUP}{STEER}"[:100]))
    run(workspace)
    ensure_index(workspace)


@pytest.fixture(scope="session")
def hostile(hostile_workspace: Path) -> Iterator[Hostile]:
    """It served, with a case whose every text is as hostile."""
    with served(hostile_workspace) as bench:
        text = f"{MARKUP}{STEER}{CLOSING}{FORMULA}"
        work = bench.desk.casework
        opened = cases.open_case(work, ME, text[:150], text, text, "2049-12-31", "H1", text[:200])
        note = thinking.add_note(work, ME, opened.id, text)
        thinking.add_hypothesis(work, ME, opened.id, text, text)
        thinking.add_task(work, ME, opened.id, text[:150])
        people.add(work, ME, opened.id, [MARKUP, FORMULA], ["victim"], identifiers=[("handle", "evil<b>")])
        file = hostile_workspace.parent / f"<svg onload={SCRIPT}>.html"
        file.write_text(f"<title>{MARKUP}</title>{CLOSING}")
        with bench.desk.session() as engine:
            (record,) = engine.row("SELECT record_id FROM records ORDER BY rid LIMIT 1")
            (network,) = engine.row("SELECT network_id FROM networks ORDER BY records DESC, 1 LIMIT 1")
            (template,) = engine.row("SELECT template_id FROM templates ORDER BY members DESC, 1 LIMIT 1")
            (copied,) = engine.row("SELECT template_id FROM template_members JOIN records USING (rid) "
                                   "WHERE kind = 'page' LIMIT 1")  # fmt: skip
        exhibit = take_file(work, ME, opened.id, file)
        take_record(work, bench.desk.workspace, ME, opened.id, str(record))
        triage.decide(bench.desk.db, str(network), ME, "deferred", text[:400])
        save_view(bench.desk.db, ME.name, MARKUP[:60], "state=new")
        yield Hostile(bench, opened.id, note.id, exhibit.id, str(record), str(network), str(template), str(copied))
