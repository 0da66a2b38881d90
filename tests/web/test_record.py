"""The pages of records and templates, in a real browser."""

from __future__ import annotations

import json

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import served, shot

from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.store.workspace import Workspace

HOSTILE = '<script>document.title="taken"</script><img src=x onerror=alert(1)>'


def one(bench, query: str) -> str:
    with bench.desk.session() as engine:
        return str(engine.row(query)[0])


def test_a_record_shows_mentions_versions_and_digest(bench, page):
    name = one(bench, "SELECT record_id FROM records WHERE version = 2 AND len(images) > 0 ORDER BY record_id")
    page.goto(f"{bench.url}/records/{name}")
    assert page.locator("a.m").count() > 0
    assert page.locator("ins").count() + page.locator("del").count() > 0
    expect(page.get_by_text("The content is what the id was made from.")).to_be_visible()
    shot(page, "record")
    assert faults(page) + faults_in_the_dark(page) == []


def test_a_template_aligns_its_members(bench, page):
    name = one(bench, "SELECT template_id FROM templates ORDER BY members DESC, template_id")
    page.goto(f"{bench.url}/templates/{name}")
    assert page.locator("table.aligned tbody tr").count() > 5
    shot(page, "template")
    assert faults(page) + faults_in_the_dark(page) == []
    page.locator("table.aligned td a").first.click()
    assert "/search?q=" in page.url


def test_a_template_counts_the_member_that_leads_each_page_beside_the_others(bench):
    with bench.desk.session() as engine:
        name, members = engine.row("SELECT template_id, members FROM templates ORDER BY members, template_id LIMIT 1")
    text = bench.client.get(f"/templates/{name}").text
    assert f"over the {members} members below." in text and f"1–{members - 1} of {members - 1} others" in text


def test_the_api_gives_the_same(bench):
    name = one(bench, "SELECT record_id FROM records ORDER BY record_id")
    found = bench.client.get(f"/api/v1/records/{name}").json()
    assert found["record"]["record_id"] == name and found["whole"] is True
    assert bench.client.get("/api/v1/records/ffffffffffffffffffffffffffffffff").status_code == 404
    assert bench.client.get("/api/v1/templates/T0").status_code == 404
    assert bench.client.get(f"/records/{name[:20]}").headers["location"] == f"/records/{name}"


@pytest.fixture
def own_adverts(tmp_path):
    (tmp_path / "in").mkdir()
    Image.new("RGB", (64, 64), "#0b5d7a").save(tmp_path / "in" / "photo.png")
    (tmp_path / "secret.png").write_bytes((tmp_path / "in" / "photo.png").read_bytes())
    (tmp_path / "in" / "cut.png").write_bytes((tmp_path / "in" / "photo.png").read_bytes()[:40])
    images = ["photo.png", "../secret.png", "gone.png", "x" * 5000, "cut.png"]
    advert = {"id": "h1", "title": HOSTILE, "body": f"{HOSTILE} call +32 470 12 34 56", "images": images}
    (tmp_path / "in" / "ads.jsonl").write_text(json.dumps(advert) + "\n")
    place = Workspace.create(tmp_path / "workspace")
    ingest(place, [tmp_path / "in" / "ads.jsonl"], IngestOptions("ad", "own"))
    run(place)
    with served(place.path) as found:
        yield found


def test_hostile_text_stays_text(own_adverts, page):
    page.goto(f"{own_adverts.url}/records/{one(own_adverts, 'SELECT record_id FROM records')}")
    assert page.locator("h1").inner_text() == HOSTILE
    assert page.title() != "taken" and page.locator("main img").count() == 0


def test_pictures_are_blurred_until_asked_for_and_stay_in_their_folder(own_adverts, page):
    name = one(own_adverts, "SELECT record_id FROM records")
    page.goto(f"{own_adverts.url}/records/{name}")
    assert page.locator("img").count() == 0
    page.keyboard.press("b")
    page.locator("#shown img").first.wait_for()
    assert "clear" not in (page.locator("#shown img").first.get_attribute("src") or "")
    expect(page.get_by_text("Show clearly")).to_be_visible()
    expect(page.locator("#shown img")).to_have_count(1)  # of the others no file was collected, and the page says so
    assert page.get_by_text("No file was collected.").count() == 3
    expect(page.get_by_text("This picture cannot be shown.")).to_have_count(1)
    status = [own_adverts.client.get(f"/records/{name}/pictures/{n}").status_code for n in range(6)]
    assert status == [200, 404, 404, 404, 400, 404]


def test_pictures_without_a_file_are_said_to_be_none(bench, page):
    name = one(bench, "SELECT record_id FROM records WHERE len(images) > 0 ORDER BY record_id LIMIT 1")
    page.goto(f"{bench.url}/records/{name}")
    expect(page.get_by_text("No file was collected.").first).to_be_visible()
    assert page.locator("main img, [data-key=b]").count() == 0 and page.get_by_text("Show clearly").count() == 0
