"""A template on a page: members under each other, slots by type."""

from __future__ import annotations

import json

import pytest

from clew.model.errors import MissingError
from clew.query.template import template_page

TEXT = (
    "Hello I am {name} and I am in {place} for a short while only please call {phone} between noon and midnight thanks"
)
FILLED = [("Anna", "Ghent", "+32470123456"), ("Sofia", "Lyon", "+33612345678"), ("Clara", "Turin", "+393331234567"),
          ("Elena", "Graz", "+436641234567")]  # fmt: skip


@pytest.fixture(scope="module")
def engine(indexed_once, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("template")
    rows = [
        {
            "id": f"t{at}",
            "platform": "board",
            "body": TEXT.format(name=n, place=p, phone=f),
            "date": f"2026-03-0{at + 1}",
        }
        for at, (n, p, f) in enumerate(FILLED)
    ]
    (tmp_path / "ads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return indexed_once(tmp_path / "ads.jsonl")


def test_members_stand_under_each_other_with_what_fills_the_slots(engine):
    name = engine.row("SELECT template_id FROM templates")[0]
    page = template_page(engine, name)
    assert page.members == 4 and len(page.rows) == 4
    at = [part.name for part in page.parts].index("phone")
    assert {row.fillings[at].value for row in page.rows} == {phone for _, _, phone in FILLED}
    assert all(row.fillings[at].type == "phone" for row in page.rows)
    assert [row.posted_at for row in page.rows[1:]] == sorted(row.posted_at for row in page.rows[1:])
    assert sum(n.members for n in page.networks) == 4


def test_pages_of_members_do_not_overlap(engine):
    name = engine.row("SELECT template_id FROM templates")[0]
    first, second = (template_page(engine, name, offset, 2).rows for offset in (0, 2))
    assert first[0] == second[0]  # the medoid leads each page
    assert len({row.record_id for row in (*first, *second)}) == 4


def test_what_is_not_there_is_said(engine):
    with pytest.raises(MissingError):
        template_page(engine, "T0000000000000000' OR 1=1 --")
