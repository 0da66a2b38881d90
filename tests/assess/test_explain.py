"""Leads and findings as a person reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clew.assess.explain import ONE_FINDING, findings_of, lead_of, leads
from clew.engine.duckdb import Engine


def filled(made: Any, tmp_path: Path) -> Engine:
    for k in range(12):
        made.add(
            "n1", ("phone", "+31612345678"), ("name", f"name{k % 4}"), ("wording", "trust"), ("wording", "movement")
        )
    made.add("n2", ("phone", "+31687654321"), ("wording", "trust"))
    made.plain(20)
    tables = made.assess(tmp_path)
    engine = Engine(tmp_path)
    engine.register(tables)
    return engine


def test_leads_by_rank_with_reasons_in_words(made: Any, tmp_path: Path) -> None:
    with filled(made, tmp_path) as engine:
        found = leads(engine, 1)
        assert [lead.network_id for lead in found] == ["n1"]
        assert [lead.rank for lead in leads(engine)] == list(range(1, len(leads(engine)) + 1))
    (lead,) = found
    assert lead.kinds == ("contact", "wording")
    assert [r.indicator for r in lead.context] == ["wording-movement"]
    assert abs(sum(r.points for r in lead.reasons) - lead.priority) < 1e-9
    text = "\n".join(lead.lines())
    assert "could also be: Scam adverts and honest workers" in text
    assert "held in cases with known outcome" in text
    assert "seen in" in text and "assessed" in text


def test_one_lead_and_its_findings(made: Any, tmp_path: Path) -> None:
    with filled(made, tmp_path) as engine:
        assert lead_of(engine, "nowhere' OR 1=1 --") is None
        lead = lead_of(engine, "n2")
        assert lead is not None and lead.network_id == "n2"
        found = {f.indicator: f for f in findings_of(engine, "n1")}
    many = found["phone-many-ads"]
    assert many.counts == {"items": 12, "names": 4, "places": 0, "versions": 0}
    assert all(s.raw == "«+31612345678»" and s.field == "body" for s in many.spans)
    assert many.subject_kind == "network"


def test_one_finding_means_nothing() -> None:
    assert "81 %" in ONE_FINDING and "not a suspicion" in ONE_FINDING
