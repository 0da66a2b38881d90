"""The search page and its API."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot


@pytest.fixture(scope="module")
def number(bench) -> str:
    """A number that several records of one network give."""
    with bench.desk.session() as engine:
        query = """
            SELECT value FROM ties WHERE type = 'phone' GROUP BY value HAVING count(DISTINCT net) = 1
            ORDER BY count(*) DESC, value LIMIT 1"""
        return str(engine.row(query)[0])


def test_the_box_and_an_answer(bench, page, number):
    page.goto(f"{bench.url}/search")
    expect(page.get_by_role("heading", name="What the box takes")).to_be_visible()
    assert faults(page) + faults_in_the_dark(page) == []
    page.locator("textarea[name=q]").fill(number)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"give the number {number}").wait_for()
    assert page.locator("table.found tbody tr").count() > 1
    shot(page, "search")
    assert faults(page) + faults_in_the_dark(page) == []
    page.get_by_role("link", name="Show more records").click()
    page.locator("table.found tbody tr").nth(8).wait_for()
    page.locator(".pulls a").first.click()
    assert "/search?q=" in page.url


def test_nothing_found_says_what_to_try(bench, page):
    page.goto(f"{bench.url}/search?q=%2B3225550000")
    expect(page.get_by_text("No record gives the number +3225550000.")).to_be_visible()
    expect(page.get_by_text("country code")).to_be_visible()
    assert faults(page) + faults_in_the_dark(page) == []


def test_hostile_questions_stay_text(bench, page):
    page.goto(f"{bench.url}/search?q=%3Cscript%3Edocument.title%3D'taken'%3C/script%3E%20and%20%3Cimg%20src%3Dx%3E")
    assert page.title() != "taken" and page.locator("main img").count() == 0
    assert page.locator("textarea[name=q]").input_value().startswith("<script>")
    for query in (
        "'; DROP TABLE records; --",
        "(((((",
        "\\",
        "%00%ff",
        "a" * 8_000,
        "phone:",
        "image:zz",
        "N1",
        "T" * 40,
    ):
        assert bench.client.get("/search", params={"q": query}).status_code in (200, 303)
    assert bench.client.get("/search", params={"q": "a" * 8_001}).status_code == 422
    assert bench.client.get("/search", params={"q": "x", "region": "B1"}).status_code == 422


def test_ids_lead_to_their_pages(bench):
    with bench.desk.session() as engine:
        record, native = engine.row("SELECT record_id, native_id FROM records WHERE version = 1 ORDER BY record_id")
    assert bench.client.get("/search", params={"q": record}).headers["location"] == f"/records/{record}"
    assert bench.client.get("/search", params={"q": native}).status_code in (200, 303)


def test_a_picture_becomes_a_hash_and_is_not_kept(bench):
    drawn = io.BytesIO()
    Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 60).save(drawn, "PNG")
    before = sorted(bench.desk.path.rglob("*"))
    answer = bench.client.post("/search", files={"picture": ("p.png", drawn.getvalue())}, data={"q": ""})
    assert answer.status_code == 303
    assert len(answer.headers["location"].partition("q=")[2]) == 64
    assert sorted(bench.desk.path.rglob("*")) == before
    assert bench.client.post("/search", files={"picture": ("p.png", b"no picture")}).status_code == 400


def test_the_api_gives_the_same(bench, number):
    found = bench.client.get("/api/v1/search", params={"q": number, "limit": 2}).json()
    (group,) = [g for g in found["groups"] if g["kind"] == "identifier"]
    assert group["value"] == number and group["records"] > 2 == len(group["items"])
    assert bench.client.get("/api/v1/search").status_code == 422
    assert bench.client.get("/api/v1/search", params={"q": "--"}).status_code in (200, 400)


def test_an_empty_workspace_says_what_to_do(empty_bench, page):
    page.goto(f"{empty_bench.url}/search")
    expect(page.get_by_role("heading", name="Nothing to search yet")).to_be_visible()
    for query in ("+32470123456", "some words", "a text that is long enough to be compared", "ff" * 32, "name:Ann"):
        assert empty_bench.client.get("/search", params={"q": query}).status_code == 200


def test_words_are_read_on_for_until_something_is_found(bench, page, monkeypatch):
    monkeypatch.setattr("clew.query.search_hits._SECONDS", 0.0)
    monkeypatch.setattr("clew.query.search_hits._BLOCK", 100)
    monkeypatch.setattr("clew.query.search_hits._MOST_BLOCK", 100)
    assert "so far" in bench.client.get("/search", params={"q": "zzqqx yyqqx"}).text
    page.goto(f"{bench.url}/search?q=zzqqx%20yyqqx")
    page.get_by_text("No record has the words: zzqqx yyqqx.", exact=True).wait_for()


def test_both_boxes_take_as_much(bench, page):
    page.goto(f"{bench.url}/search")
    assert page.locator("[name=q]").evaluate_all("boxes => boxes.map(box => box.maxLength)") == [8000, 8000]


def test_how_a_number_was_read_is_told(bench, number):
    with bench.desk.session() as engine:
        (value,) = engine.row("SELECT value FROM ties WHERE type = 'phone' AND starts_with(value, '+316') ORDER BY 1")
    asked = {"q": f"0{value[3:]}"}
    assert "(NL). For another country, give it beside the box." in bench.client.get("/search", params=asked).text
    found = bench.client.get("/api/v1/search", params=asked).json()
    assert value in {group["value"] for group in found["groups"]} and "(NL)" in found["read"][0]
    assert "For another country" not in bench.client.get("/search", params={**asked, "region": "NL"}).text
    assert "is no country" in bench.client.get("/search", params={**asked, "region": "ZZ"}).text
    refused = bench.client.get("/api/v1/search", params={**asked, "region": "ZZ"})
    assert refused.status_code == 400 and "is no country" in refused.text


def test_a_name_is_found_on_its_platforms(bench):
    with bench.desk.session() as engine:
        (value,) = engine.row("SELECT value FROM ties WHERE type = 'handle' AND value LIKE 'telegram:%' ORDER BY value")
    asked = {"q": f"@{value.removeprefix('telegram:')}"}
    groups = bench.client.get("/api/v1/search", params=asked).json()["groups"]
    assert value in {group["value"] for group in groups}
