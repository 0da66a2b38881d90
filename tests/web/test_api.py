"""The API against its own description: schemathesis asks everything with anything, and nothing may fall over."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.people import people

from clew.access import tokens
from clew.model.actor import Actor

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def ask_everything(bench, changing: bool, examples: int, headers: dict[str, str], only: int | None = None) -> int:
    """Let schemathesis ask each operation of the description; how many there were.

    Args:
        bench: that is asked.
        changing: those that change something, or those that read.
        examples: of each operation.
        headers: who asks.
        only: the status that every answer must have.
    """
    schema = schemathesis.openapi.from_dict(bench.client.get("/api/v1/openapi.json").json())
    schema.config.update(base_url=bench.url)
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
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)
            assert only in (None, answer.status_code), answer.text

        ask()
    return len(operations)


def signed_in(bench) -> dict[str, str]:
    """The headers of the bench's own browser."""
    cookies = "; ".join(f"{name}={value}" for name, value in bench.client.cookies.items())
    return {"cookie": cookies, "origin": bench.url}


def test_reading_never_falls_over(bench):
    assert ask_everything(bench, False, 5, signed_in(bench)) > 15


def test_changing_never_falls_over(own_bench):
    assert ask_everything(own_bench, True, 5, signed_in(own_bench)) > 2


def test_who_is_nobody_gets_nothing(bench):
    for changing in (False, True):
        assert ask_everything(bench, changing, 2, {}, only=401) > 2
        assert ask_everything(bench, changing, 1, {"authorization": "Bearer clew_nonsense"}, only=401) > 2


def test_a_token_of_another_scope_gets_nothing(own_bench):
    description = own_bench.client.get("/api/v1/openapi.json").json()
    people(own_bench, ann="analyst")
    who = Actor("ann", frozenset(("analyst",)), "workbench")
    secret = tokens.make(own_bench.desk.db, who, ["export"], 1, "test")
    own_bench.client.get = lambda path: httpx.Response(200, json=description)  # nobody is signed in any more
    for changing in (False, True):
        asked = {"authorization": f"Bearer {secret}", "clew-purpose": "Tests"}
        assert ask_everything(own_bench, changing, 2, asked, only=403) > 2


@pytest.mark.parametrize(
    "path",
    ["/leads", "/networks/{name}", "/records/{record_id}", "/templates/{template_id}", "/runs", "/overview"],
)
def test_the_description_names_it(bench, path):
    paths = bench.client.get("/api/v1/openapi.json").json()["paths"]
    assert "200" in paths[f"/api/v1{path}"]["get"]["responses"]
