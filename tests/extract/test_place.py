"""Places: every spelling of a town, and no town where a word or a person is meant."""

import numpy as np
import pyarrow as pa
import pytest

from clew.extract.base import FIELDS, batch_of_texts, pack_region, text_batch
from clew.extract.place import PLUGIN, coordinates


def found(text: str, region: str = "") -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


def in_column(place: str, region: str = "") -> list[tuple[str, str]]:
    columns = {f: pa.array([place if f == "place" else None], pa.string()) for f in FIELDS}
    columns["rid"] = pa.array([1], pa.uint64())
    batch = text_batch(pa.RecordBatch.from_pydict(columns), np.array([pack_region(region)], np.uint16))
    return [(m["value"], m["field"]) for m in PLUGIN.find(batch).to_pylist()]


@pytest.mark.parametrize("spelling", ["Vienna", "Wien", "Bécs", "Vienne", "Вена", "WIEN", "Viena"])
def test_spellings_of_one_town(spelling: str) -> None:
    assert in_column(spelling, "AT") == [("Vienna, AT", "place")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nu in Den Haag", "The Hague, NL"),
        ("jetzt in München!", "Munich, DE"),
        ("в Москва", "Moscow, RU"),
        ("Łódź, cała noc", "Łódź, PL"),
        ("Cluj-Napoca", "Cluj-Napoca, RO"),
        ("ora a Milano", "Milan, IT"),
    ],
)
def test_towns_in_running_text(text: str, value: str) -> None:
    assert found(text) == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Spotkania w Warszawie i w Krakowie", ["Warsaw, PL", "Kraków, PL"]),
        ("praca w Berlinie, potem do Wrocławia", ["Berlin, DE", "Wrocław, PL"]),
        ("jestem w Zielonej Górze", ["Zielona Góra, PL"]),
        ("jsem v Praze, v pátek v Brně", ["Prague, CZ", "Brno, CZ"]),
        ("som v Bratislave", ["Bratislava, SK"]),
        ("danas u Zagrebu, zatim u Beogradu", ["Zagreb, HR", "Belgrade, RS"]),
        ("v Ljubljani", ["Ljubljana, SI"]),
        ("я в Москве, потом в Нижнем Новгороде", ["Moscow, RU", "Nizhniy Novgorod, RU"]),
        ("из Киева в Варшаву", ["Kyiv, UA", "Warsaw, PL"]),
        ("зустріч в Одесі або в Харкові", ["Odesa, UA", "Kharkiv, UA"]),
        ("састанак у Београду", ["Belgrade, RS"]),
        ("Budapesten és Debrecenben", ["Budapest, HU", "Debrecen, HU"]),
        ("munka Bécsben", ["Vienna, AT"]),
        ("darbas Vilniuje", ["Vilnius, LT"]),
        ("töö Tallinnas", ["Tallinn, EE"]),
        ("Ankara'da yeni", ["Ankara, TR"]),
    ],
)
def test_towns_as_languages_change_their_names(text: str, values: list[str]) -> None:
    assert found(text) == values


@pytest.mark.parametrize("text", ["Mamy piękne Łodzie", "Sumy są różne", "Zimą jest zimno", "Будь ласка, приходь"])
def test_words_that_look_like_changed_names_are_no_places(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a nice bath and reading on my mobile",
        "Nice to meet you",
        "Reading glasses",
        "Split the bill",
        "Man sucht Frau",
        "Essen und Trinken",
        "my name is Paris",
        "Hi, I'm Sofia",
        "Victoria is sweet",
        "call Florence",
        "www.london.com",
        "london@example.org @Berlin",
        "send to berlin_girl",
        "amsterdam",
    ],
)
def test_words_and_people_are_no_places(text: str) -> None:
    assert found(text) == []


def test_doubtful_names_count_where_they_are_announced_or_listed() -> None:
    assert found("I am in Reading today") == ["Reading, GB"]
    assert found("Reading today") == []
    assert found("Paris / Nice / Lyon") == ["Paris, FR", "Nice, FR", "Lyon, FR"]


def test_own_country_comes_first() -> None:
    assert found("Visit me in Birmingham") == ["Birmingham, GB"]
    assert found("Visit me in Birmingham", "US") == ["Birmingham, US"]
    assert found("Portland, ME") == ["Portland, ME, US"]
    assert found("in Hoorn", "NL") == ["Hoorn, NL"]  # too small to be believed elsewhere
    assert found("Hoorn", "FR") == []


def test_a_place_column_is_believed() -> None:
    assert in_column("nice") == [("Nice, FR", "place")]
    assert in_column("reading", "GB") == [("Reading, GB", "place")]
    assert in_column("Amsterdam, NL", "NL") == [("Amsterdam, NL", "place")]


def test_coordinates() -> None:
    latitude, longitude = coordinates(pa.array(["Amsterdam, NL", "Reading, GB", "no such place", None]))
    assert latitude[:2] == pytest.approx([52.37, 51.46], abs=0.05)
    assert longitude[:2] == pytest.approx([4.89, -0.97], abs=0.05)
    assert np.isnan(latitude[2:]).all() and np.isnan(longitude[2:]).all()
