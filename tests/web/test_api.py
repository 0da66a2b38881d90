"""The API against its own description: schemathesis asks everything with anything, and nothing may fall over."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def ask_everything(bench, changing: bool, examples: int) -> int:
    """Let schemathesis ask each operation of the description; how many there were."""
    schema = schemathesis.openapi.from_url(f"{bench.url}/api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in operations if (operation.method.upper() != "GET") == changing]
    for operation in operations:

        @settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(checks=CHECKS)

        ask()
    return len(operations)


def test_reading_never_falls_over(bench):
    assert ask_everything(bench, changing=False, examples=8) > 15


def test_changing_never_falls_over(own_bench):
    assert ask_everything(own_bench, changing=True, examples=5) > 2


@pytest.mark.parametrize(
    "path",
    ["/leads", "/networks/{name}", "/records/{record_id}", "/templates/{template_id}", "/runs", "/overview"],
)
def test_the_description_names_it(bench, path):
    paths = bench.client.get("/api/v1/openapi.json").json()["paths"]
    assert "200" in paths[f"/api/v1{path}"]["get"]["responses"]
