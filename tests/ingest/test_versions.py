"""Versions over several ingests: what is new, what changed, and in which direction."""

from __future__ import annotations

import itertools
from typing import Any

from tests.ingest.shelf import Shelf, changes, rows


def ad(place: str, day: int, **more: Any) -> dict[str, Any]:
    return {"ad_id": "7", "title": "room", "city": place, "scraped_at": f"2025-07-{day:02}T00:00:00Z"} | more


def test_versions_count_on_over_ingests(shelf: Shelf) -> None:
    shelf.ingest(shelf.jsonl("a.jsonl", ad("Lyon", 1)))
    shelf.ingest(shelf.jsonl("b.jsonl", ad("Nice", 2)))
    result = shelf.ingest(shelf.jsonl("c.jsonl", ad("Metz", 3), ad("Brest", 4), ad("Nice", 2)))
    assert (result.changed, result.identical) == (2, 1)
    assert [(row["place"], row["version"]) for row in rows(result.records)] == [("Metz", 3), ("Brest", 4)]
    assert [(row["old"], row["new"]) for row in changes(result)] == [("Nice", "Metz"), ("Metz", "Brest")]


def test_within_an_ingest_time_orders_versions_and_not_the_file(shelf: Shelf) -> None:
    result = shelf.ingest(shelf.jsonl("a.jsonl", ad("Metz", 3), ad("Lyon", 1), ad("Nice", 2)))
    assert {row["place"]: row["version"] for row in rows(result.records)} == {"Lyon": 1, "Nice": 2, "Metz": 3}
    assert [(row["old"], row["new"]) for row in changes(result)] == [("Lyon", "Nice"), ("Nice", "Metz")]


CITIES = ["Paris", "Lyon", "Nice", "Lille", "Metz", "Brest"]


def test_without_times_versions_stand_as_in_the_file(shelf: Shelf) -> None:
    table = shelf.write("a.csv", "id,title,city\n" + "".join(f"9,Ad,{city}\n" for city in [*CITIES, "Lyon"]))
    result = shelf.ingest(table)
    assert {row["place"]: row["version"] for row in rows(result.records)} == {c: n for n, c in enumerate(CITIES, 1)}
    assert [(row["old"], row["new"]) for row in changes(result)] == list(itertools.pairwise(CITIES))
    again = shelf.ingest(table)
    assert (again.new, again.changed, again.identical) == (0, 0, 7)


def test_without_times_versions_follow_the_files_as_given(shelf: Shelf) -> None:
    files = [
        shelf.write(f"{n}.csv", f"id,title,city\n9,Ad,{city}\n")
        if n % 2
        else shelf.jsonl(f"{n}.jsonl", ad(city, 1, ad_id="9", scraped_at=None))
        for n, city in zip((6, 1, 4, 3, 2, 5), CITIES, strict=True)
    ]
    result = shelf.ingest(*files)
    assert {row["place"]: row["version"] for row in rows(result.records)} == {c: n for n, c in enumerate(CITIES, 1)}


def test_an_earlier_capture_that_comes_late_turns_the_difference_round(shelf: Shelf) -> None:
    (late,) = shelf.records(shelf.jsonl("a.jsonl", ad("Nice", 9)))
    result = shelf.ingest(shelf.jsonl("b.jsonl", ad("Lyon", 2)))
    (early,) = rows(result.records)
    (change,) = changes(result)
    assert (change["field"], change["old"], change["new"]) == ("place", "Lyon", "Nice")
    assert (change["rid_from"], change["rid_to"], early["version"]) == (early["rid"], late["rid"], 2)


def test_a_state_that_comes_back_is_the_record_it_was(shelf: Shelf) -> None:
    shelf.ingest(shelf.jsonl("a.jsonl", ad("Lyon", 1)))
    shelf.ingest(shelf.jsonl("b.jsonl", ad("Nice", 2)))
    again = shelf.ingest(shelf.jsonl("c.jsonl", ad("Lyon", 3)))
    assert (again.new, again.changed, again.identical) == (0, 0, 1)
    # A time posted that moved with the edit makes it a state of its own.
    moved = shelf.ingest(shelf.jsonl("d.jsonl", ad("Lyon", 4, posted_at="2025-07-04")))
    assert (moved.changed, {row["field"] for row in changes(moved)}) == (1, {"place", "posted_at"})


def test_one_text_on_two_platforms_is_two_records(shelf: Shelf) -> None:
    records = shelf.records(shelf.jsonl("a.jsonl", ad("Lyon", 1, platform="x"), ad("Lyon", 1, platform="y")))
    assert [row["version"] for row in records] == [1, 1]
    assert len({row["rid"] for row in records}) == len({row["item_id"] for row in records}) == 2


def test_ids_that_mean_none_make_no_versions(shelf: Shelf) -> None:
    ads = [{"id": text, "title": f"t{n}"} for n, text in enumerate(["null", "N/A", "", "nan", None])]
    result = shelf.ingest(shelf.jsonl("a.jsonl", *ads))
    assert (result.new, result.changed) == (5, 0)


def test_a_change_of_every_field_is_kept(shelf: Shelf) -> None:
    before = ad("Lyon", 1, url="https://a.example/1", text="x", price="1", user="u", photos=["a.jpg"], age="20")
    after = ad("Nice", 2, url="https://a.example/2", text="y", price="2", user="v", photos=["b.jpg"], age="21")
    after |= {"title": "flat", "phone": "1", "posted_at": "2025-07-01T00:00:00+02:00"}
    result = shelf.ingest(shelf.jsonl("a.jsonl", before, after))
    found = {row["field"]: (row["old"], row["new"]) for row in changes(result)}
    assert found["images"] == ('["a.jpg"]', '["b.jpg"]') and found["extra"] == ('{"age":"20"}', '{"age":"21"}')
    assert found["posted_at"] == (None, "2025-06-30T22:00:00.000000Z") and found["posted_offset"] == (None, "120")
    assert set(found) == {
        "url", "title", "body", "contact", "place", "price", "handle", "posted_at", "posted_offset", "images", "extra",
    }  # fmt: skip
