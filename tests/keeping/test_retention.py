"""What is due is erased, and nothing else; what an open case holds stays and is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.keeping.grounds import Ground
from tests.keeping.leavings import holding

from clew.cases import case
from clew.evidence.take import take_record
from clew.keeping.retention import Due, apply, due, rules, select_records, set_rule
from clew.ledger.log import Wanted, search
from clew.model.errors import DeniedError, InputError, MissingError
from clew.store.workspace import Workspace

TODAY = date(2026, 3, 15)


def test_rules_are_added_and_the_newest_holds(ground: Ground) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    set_rule(casework, workspace, boss, "board", 30, "law")
    set_rule(casework, workspace, boss, "board", 60, "longer, as agreed")
    set_rule(casework, workspace, boss, "garden", 5, "licence")
    set_rule(casework, workspace, boss, "garden", None, "licence changed")
    assert [(rule.source, rule.days) for rule in rules(casework)] == [("board", 60)]
    with casework.db.connect() as connection:
        entries, count = search(connection, Wanted(subject="retention"))
    assert count == 4 and entries[-1].facts() == {"source": "board", "days": 30, "reason": "law"}


def test_what_is_no_rule_is_refused(ground: Ground) -> None:
    analyst = type(ground.boss)("ann", frozenset(("analyst", "supervisor")), "command line")
    with pytest.raises(DeniedError, match="administrator"):
        set_rule(ground.casework, ground.workspace, analyst, "board", 30, "law")
    for days, why in ((0, "law"), (-1, "law"), (10**6, "law"), (30, "")):
        with pytest.raises(InputError):
            set_rule(ground.casework, ground.workspace, ground.boss, "board", days, why)


def test_nothing_is_due_without_a_rule(ground: Ground) -> None:
    assert due(ground.casework, ground.workspace, date(2099, 1, 1)) == Due((), ())
    assert apply(ground.casework, ground.workspace, ground.boss, date(2099, 1, 1)) == []


def test_records_are_due_by_when_they_were_captured(ground: Ground) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    set_rule(casework, workspace, boss, "board", 28, "law")
    (source,) = due(casework, workspace, TODAY).sources
    wanted = ground.ids("source = 'board' AND captured_at < TIMESTAMPTZ '2026-02-15 00:00:00Z'")
    assert source.before == date(2026, 2, 15) and list(source.records) == wanted and 30 < len(wanted) < 40
    kept = ground.ids("true")
    (done,) = apply(casework, workspace, boss, TODAY)
    assert done.rows["records"] == len(wanted)
    ground.workspace = Workspace(workspace.path)
    assert ground.ids("true") == sorted(set(kept) - set(wanted))
    assert not due(casework, ground.workspace, TODAY)
    with casework.db.connect() as connection:
        (entry,), _ = search(connection, Wanted(act="erase", subject="records"))
    assert entry.facts()["reason"] == "records of the source before 2026-02-15 are kept no longer"


def test_rejected_rows_go_with_their_source(ground: Ground) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    set_rule(casework, workspace, boss, "board", 1, "law")
    assert holding(workspace.path, "innocent")
    later = datetime.now(UTC).date() + timedelta(days=3)
    apply(casework, workspace, boss, later)
    assert holding(workspace.path, "innocent") == []
    assert len(ground.ids("source = 'garden'")) == 1


def test_a_record_without_times_counts_from_its_ingest(ground: Ground, tmp_path) -> None:
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest

    (tmp_path / "plain.csv").write_text("id,body\nq1,plain text\n")
    ingest(ground.workspace, [tmp_path / "plain.csv"], IngestOptions("ad", "plain", "c.example"))
    today = datetime.now(UTC).date()
    assert select_records(ground.workspace, "plain", today) == []
    assert len(select_records(ground.workspace, "plain", today + timedelta(days=1))) == 1


def test_open_cases_hold_what_is_due(ground: Ground) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    set_rule(casework, workspace, boss, "garden", 1, "law")
    case.open_case(casework, boss, "A", "to see", "law", "2049-01-01")
    take_record(casework, workspace, boss, "C1", ground.ids("source = 'garden'")[0])
    (source,) = due(casework, workspace, TODAY).sources
    assert source.records == () and source.held == {"C1": 1}
    assert apply(casework, workspace, boss, TODAY) == []
    case.close(casework, boss, "C1", "over")
    assert len(apply(casework, workspace, boss, TODAY)) == 1


def test_cases_are_due_on_their_day(ground: Ground) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    day = datetime.now(UTC).date() + timedelta(days=10)
    case.open_case(casework, boss, "A", "to see", "law", day)
    case.open_case(casework, boss, "B", "to see", "law", day + timedelta(days=1))
    assert due(casework, workspace, day).cases == ()
    assert due(casework, workspace, day + timedelta(days=1)).cases == ("C1",)
    assert [e.what for e in apply(casework, workspace, boss, day + timedelta(days=1))] == ["case C1"]
    with pytest.raises(MissingError):
        case.find(casework, boss, "C1")
    assert case.find(casework, boss, "C2").name == "B"


def test_an_analyst_erases_nothing(ground: Ground) -> None:
    analyst = type(ground.boss)("ann", frozenset(("analyst",)), "command line")
    with pytest.raises(DeniedError, match="supervisor or administrator"):
        apply(ground.casework, ground.workspace, analyst)
