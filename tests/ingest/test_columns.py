"""Which column fills which field."""

from __future__ import annotations

import pytest

from clew.ingest.columns import FIELDS, SYNONYMS, ColumnMap, plain
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
