"""Which column fills which field."""

from __future__ import annotations

import pytest
from tests.ingest.shelf import Shelf

from clew.ingest.columns import FIELDS, SYNONYMS, ColumnMap, distinct, plain
from clew.model.errors import InputError
from clew.model.tables import RECORDS


def test_every_field_is_one_of_the_table_of_records() -> None:
    assert set(FIELDS) <= set(RECORDS.names)


def test_a_column_name_means_one_field() -> None:
    names = [name for synonyms in SYNONYMS.values() for name in set(synonyms)]
    twice = {name for name in names if names.count(name) > 1}
    assert twice == set() and all(name == plain(name) for name in names)


@pytest.mark.parametrize(
    ("columns", "assigned"),
    [
        (["Ad-ID", "Überschrift", "Ville"], {"native_id": ["Ad-ID"], "place": ["Ville"]}),
        (["ID", "ad_id"], {"native_id": ["ad_id"]}),
        (["E-Mail", "phone", "Tél."], {"contact": ["phone", "Tél.", "E-Mail"]}),
        (["Téléphone", "prix"], {"contact": ["Téléphone"], "price": ["prix"]}),
        (["Treść", "tytuł", "miejscowość"], {"body": ["Treść"], "title": ["tytuł"], "place": ["miejscowość"]}),
        (["hair", "eyes"], {}),
    ],
)  # fmt: skip
def test_columns_are_found_in_any_order(columns: list[str], assigned: dict[str, list[str]]) -> None:
    assert ColumnMap().assign(columns) == ColumnMap().assign(columns[::-1]) == assigned


def test_what_the_user_maps_wins() -> None:
    columns = ColumnMap({"title": "kop", "body": "title"})
    assert columns.assign(["title", "kop", "text"]) == {"title": ["kop"], "body": ["title"]}
    with pytest.raises(InputError, match="no field 'tittle'"):
        ColumnMap({"tittle": "x"})


def test_names_that_come_again_are_told_apart() -> None:
    assert distinct(["title", "x", "title", "title 5", "title"]) == ["title", "x", "title 3", "title 5", "title 5 5"]


def test_a_mapped_column_that_no_file_has_is_refused(shelf: Shelf) -> None:
    table = shelf.write("a.csv", "id,headline,text\n1,Room,quiet\n")
    with pytest.raises(InputError, match=r"'headlin' to read title from\. Columns: headline, id, text\."):
        shelf.ingest(table, mapping={"title": "headlin"})
    other = shelf.jsonl("b.jsonl", {"id": 2, "headlin": "Flat"}, {"id": 3, "title": "Hut"})
    found = shelf.records(table, other, mapping={"title": "headlin"})
    assert [row["title"] for row in found] == [None, "Flat"]
    empty = shelf.write("c.csv", "id,headline\n")
    assert shelf.ingest(empty, mapping={"title": "headline"}).read == 0
