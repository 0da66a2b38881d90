"""What the report shows of a network, read from a workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.evidence.reports import content, made

from clew.engine.duckdb import Engine
from clew.evidence.report.content_network import LEVELS
from clew.evidence.report.gather import network_content
from clew.model.errors import MissingError
from clew.query.index import ensure_index, open_index
from clew.store.workspace import Workspace


@pytest.fixture
def reading(workspace: Workspace, tmp_path: Path) -> Iterator[Engine]:
    engine = open_index(ensure_index(workspace), tmp_path)
    yield engine
    engine.con.close()


def _top(engine: Engine) -> str:
    return str(engine.row("SELECT network_id FROM leads ORDER BY rank LIMIT 1")[0])


def test_the_first_lead_at_every_level(reading: Engine, tmp_path: Path) -> None:
    name = _top(reading)
    found = network_content(reading, name, "data/tables/")
    records = reading.row(f"SELECT records FROM networks WHERE network_id = '{name}'")[0]
    assert (found.network_id, found.records, found.rank) == (name, records, 1)
    levels = {claim.level for claim in found.claims}
    assert levels == set(LEVELS) - {"judged"}  # nobody has judged anything in a fresh workspace
    raising = [reason for reason in found.reasons if reason.points > 0]
    assert raising
    assert all(reason.caution and reason.source for reason in raising)
    assert abs(sum(reason.points for reason in found.reasons) - (found.priority or 0)) < 0.1
    assert found.graph is not None
    shown = sum(dot.records for dot in found.graph.dots if dot.kind == "record")
    assert shown == records
    assert found.map is not None
    text = " ".join(made(content(networks=(found,)), tmp_path))
    for part in (raising[0].sentence, raising[0].caution, f"{records:,}, of", "phone version 5", "recall .996", "bits"):
        assert " ".join(part.split()) in text


def test_claims_quote_what_stands_in_the_record(reading: Engine) -> None:
    found = network_content(reading, _top(reading))
    first = next(claim for claim in found.claims if claim.level == "observed")
    record = first.basis.split(",")[0].removeprefix("record ")
    row = reading.rows("SELECT title, line FROM records WHERE record_id = $name", name=record)[0]
    assert (row["title"] or "") in first.statement
    assert f"line {row['line']:,}" in first.basis


def test_a_text_is_masked_before_it_is_cut(reading: Engine) -> None:
    """Of a name that stands across the cut, no half is left that nobody would know again."""
    name = _top(reading)
    query = "SELECT body AS text FROM records WHERE net = (SELECT net FROM networks WHERE network_id = $name)"
    texts = {row["text"] for row in reading.rows(query, name=name) if len(row["text"] or "") > 200}
    texts |= {row["text"] for row in reading.rows("SELECT text FROM templates") if len(row["text"]) > 200}
    assert texts
    found = network_content(reading, name, mask=lambda text: text[:150] + "[who]" if text in texts else text)
    plain = network_content(reading, name)
    for level in ("observed", "extracted"):
        pairs = zip(plain.claims, found.claims, strict=True)
        hit = [(a.statement, b.statement) for a, b in pairs if a.level == level and a.statement != b.statement]
        assert hit
        for before, after in hit:
            assert after[: after.index("[who]")] in before


def test_a_name_that_is_cut_off_beside_a_quote_is_not_shown(reading: Engine) -> None:
    name = _top(reading)
    quotes = [q for r in network_content(reading, name).reasons for q in r.quotes if len(q.before) > 20]
    assert quotes
    half = quotes[0].before.removeprefix("…").split()[0]  # the first word that is left of what stands before it

    def mask(text: str) -> str:
        return re.sub(rf"\S+\s+{re.escape(half)}", "[who]", text)

    found = network_content(reading, name, mask=mask)
    shown = [(q.record_id, q.field, q.before + q.quote + q.after) for r in found.reasons for q in r.quotes]
    assert (quotes[0].record_id, quotes[0].field, f"…{quotes[0].quote}…") in shown
    assert len(shown) == sum(len(r.quotes) for r in network_content(reading, name).reasons)


def test_read_twice_it_is_the_same(reading: Engine) -> None:
    name = _top(reading)
    assert network_content(reading, name) == network_content(reading, name)


def test_a_network_of_one_record(reading: Engine, tmp_path: Path) -> None:
    name = reading.row("SELECT network_id FROM networks WHERE records = 1 ORDER BY network_id LIMIT 1")[0]
    found = network_content(reading, str(name))
    assert not any(claim.level == "linked" for claim in found.claims)
    assert "3.1 Network" in " ".join(made(content(networks=(found,)), tmp_path))


def test_no_such_network(reading: Engine) -> None:
    with pytest.raises(MissingError):
        network_content(reading, "N000000000000")
