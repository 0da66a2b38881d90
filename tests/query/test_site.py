"""Sites: what they share, their near-copies; and the facts of offers."""

from __future__ import annotations

import pytest
from tests.recruiting import SITES, workspace

from clew.assess.explain import Finding, Span
from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.index import ensure_index, open_index
from clew.query.offer import marked, offer_of
from clew.query.site import Naming, count_sites, is_site, naming_of, site_view, sites
from clew.query.site_clone import side_by_side

FIRST, SECOND, THIRD = SITES
TAWK = "tawk:5d2f8a9c0b1e4a3d7c6f9e8b"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sites")
    opened = open_index(ensure_index(workspace(tmp_path_factory)), folder)
    yield opened
    opened.con.close()


def test_the_list_counts_what_is_shared(engine):
    rows, total = sites(engine)
    assert total == count_sites(engine) == 3
    assert [(s.site, s.pages, s.offers, s.shared, s.clones, s.claims) for s in rows] == [
        (FIRST, 2, 2, 1, 1, 0), (SECOND, 1, 1, 1, 1, 1), (THIRD, 1, 0, 0, 0, 0),
    ]  # fmt: skip
    assert [s.site for s in sites(engine, "BAKERY")[0]] == [THIRD] and sites(engine, "'; --") == ([], 0)
    assert [s.site for s in sites(engine, sort="name", offset=1, limit=1)[0]] == [THIRD]
    assert is_site(engine, FIRST) and not is_site(engine, "board")


def test_a_site_shows_what_it_shares_and_with_whom(engine):
    view = site_view(engine, FIRST)
    assert (view.ids[0].type, view.ids[0].value, view.ids[0].others) == ("widget", TAWK, (SECOND,))
    held = {(i.type, i.value): (i.pages, i.sites) for i in view.ids}
    assert held["company", "vat:NL000099998B57"] == (1, 1) and held["phone", "+31612345678"] == (2, 1)
    assert [(c.site, c.here, c.there) for c in view.clones] == [(SECOND, 2, 1)]
    assert [p.kind for p in view.pages] == ["page", "page", "job_ad", "job_ad"]
    assert ("claim", "vat-invalid:NL123456789B01") in {(i.type, i.value) for i in site_view(engine, SECOND).ids}
    with pytest.raises(MissingError):
        site_view(engine, "nowhere.example")


def test_a_site_names_the_networks_of_others_that_name_it(tmp_path):
    with Engine(tmp_path, threads=1) as made:
        made.con.execute("""
            CREATE TABLE networks AS SELECT *
                FROM (VALUES (1::UINTEGER, 'Nads', 9), (2, 'Nown', 9)) t(net, network_id, records);
            CREATE TABLE leads AS SELECT 1::UINTEGER AS net, 4 AS rank;
            CREATE TABLE site_pages AS SELECT 'a.example' AS site, 7::UBIGINT AS rid;
            CREATE TABLE ties AS SELECT 'domain' AS type, * FROM
                (VALUES ('a.example', 5::UBIGINT, 1::UINTEGER), ('a.example', 6, 1), ('a.example', 7, 2),
                    ('b.example', 8, 2))
                t(value, rid, net)""")
        assert naming_of(made, "a.example") == ((Naming("Nads", 2, 4),), 1)
        assert naming_of(made, "c.example") == ((), 0)


def test_near_copies_stand_side_by_side(engine):
    family = site_view(engine, FIRST).clones[0].template_id
    found = side_by_side(engine, FIRST, family)
    assert [side.site for side in found.sides] == [FIRST, SECOND]
    assert ("phone", ("+31 6 12345678", "+31 6 55512345")) in [(p.name, p.texts) for p in found.parts]
    same = [p for p in found.parts if p.same]
    assert any("We place motivated people" in p.texts[0] for p in same) and len(same) < len(found.parts)
    for name, template in ((THIRD, family), (FIRST, "T0")):
        with pytest.raises(MissingError):
            side_by_side(engine, name, template)


def test_an_offer_puts_its_facts_under_headings(engine):
    (row,) = engine.rows("SELECT * FROM records WHERE kind = 'job_ad' AND title = 'Chambermaid with Northstar'")
    offer = offer_of(row)
    assert (offer.employer, offer.place, offer.pay, offer.branch) == (
        "Northstar", "Rotterdam, NL", "3500 EUR per month", "Hospitality",
    )  # fmt: skip
    plain = {"extra": '{"Company Name": "A  B", "employment_type": ["x", 2]}', "handle": None, "place": None,
             "price": None, "posted_at": None}  # fmt: skip
    assert offer_of(plain).employer == "A B" and offer_of(plain).terms == (("employment type", "x, 2"),)
    assert offer_of({**plain, "extra": "not JSON", "handle": "h"}).employer == "h"


def test_findings_are_marked_in_the_words_they_rest_on():
    def found(*spans: tuple[str, int, int]) -> Finding:
        return Finding("f", "i", "record", "r", 1.0, "s", tuple(Span("r", *span, None) for span in spans), {})

    record = {"title": "", "body": "Pay the fee first"}
    (text,) = marked(record, [found(("body", 0, 7)), found(("body", 4, 11), ("body", 90, 99), ("title", 0, 2))])
    assert [(s.text, s.findings) for s in text.stretches] == [
        ("Pay ", (1,)), ("the", (1, 2)), (" fee", (2,)), (" first", ()),
    ]  # fmt: skip
