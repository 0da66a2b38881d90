"""What `clew pivot` says of how it read a question."""

from __future__ import annotations

import json

import pytest
from tests.commands import Runner
from typer.testing import Result

from clew.cli.app import app
from clew.store.views import open_views
from clew.store.workspace import Workspace


def pivot(workspace: Workspace, *given: str) -> Result:
    return Runner().invoke(app, ["pivot", *given, "-w", str(workspace.path)])


def test_an_assumed_country_is_told(workspace: Workspace) -> None:
    with open_views(workspace) as engine:
        (value,) = engine.row(
            "SELECT value FROM ties WHERE type = 'phone' AND starts_with(value, '+316') GROUP BY value ORDER BY value"
        )
    told = pivot(workspace, f"0{value[3:]}")
    assert told.exit_code == 0
    assert f"Looked up: phone {value}" in told.stdout
    assert "(NL); give --region for another country." in " ".join(told.stdout.split())
    asked = json.loads(pivot(workspace, f"0{value[3:]}", "--json").stdout)["asked"]
    assert ["phone", value] in asked["identifiers"]
    assert "is read as" not in pivot(workspace, f"0{value[3:]}", "--region", "nl").stdout


def test_what_was_tried_is_told(workspace: Workspace) -> None:
    told = " ".join(pivot(workspace, "(11) 97312-4806").stdout.split())
    assert "No record gives “(11) 97312-4806”, read as" in told and "+55 11 97312-4806 (BR)" in told
    assert "Nothing in this workspace is tied to it." in told
    assert "Looked up" not in told


@pytest.mark.parametrize("region", ["ZZ", "usa", "United States"])
def test_an_unknown_country_is_one_clear_line(workspace: Workspace, region: str) -> None:
    refused = pivot(workspace, "06 10 77 65 63", "--region", region)
    assert refused.exit_code != 0
    assert "is no country" in str(refused.exception or refused.output)
