"""The country of a record: its place as written, else the host it stands on."""

import pyarrow as pa
import pytest

from clew.extract.base import pack_region
from clew.extract.region import regions

COLUMNS = ("place", "platform", "url", "source", "contact", "price", "body")


def batch(*rows: dict[str, str]) -> pa.RecordBatch:
    filled = [{"platform": "board", "source": "test"} | row for row in rows]
    return pa.RecordBatch.from_pydict({c: pa.array([r.get(c) for r in filled], pa.string()) for c in COLUMNS})


def country(**row: str) -> str:
    packed = int(regions(batch(row))[0])
    return chr(packed >> 8) + chr(packed & 0xFF) if packed else ""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Amsterdam", "NL"),
        ("1012 AB Amsterdam", "NL"),
        ("den haag", "NL"),
        ("Wien", "AT"),
        ("Bécs", "AT"),
        ("Киев", "UA"),
        ("Frankrijk", "FR"),
        ("Österreich", "AT"),
        ("NL", "NL"),
        ("Paris, France", "FR"),
        ("Paris, TX", "US"),
        ("Portland, ME", "US"),
        ("Atlanta, Georgia", "US"),
        ("Georgia", "GE"),
        ("London N1", "GB"),
        ("Utrecht (NL)", "NL"),
        ("Nowhereville-on-Sea", ""),
        ("", ""),
        ("🏠🏠", ""),
    ],
)
def test_by_place(place: str, expected: str) -> None:
    assert country(place=place) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"platform": "ads.example.nl"}, "NL"),
        ({"url": "https://www.example.co.uk/a.de?x=1"}, "GB"),
        ({"url": "http://user@example.be:8080/"}, "BE"),
        ({"source": "example.ro"}, "RO"),
        ({"platform": "example.tv", "url": "https://example.pl/1"}, "PL"),
        ({"platform": "example.com", "url": "https://example.com/x.fr"}, ""),
        ({"platform": "example.eu"}, ""),
        ({}, ""),
    ],
)
def test_by_host_where_no_place_is_known(row: dict[str, str], expected: str) -> None:
    assert country(**row) == expected


def test_place_beats_host_and_host_decides_between_namesakes() -> None:
    assert country(place="Rotterdam", platform="example.be") == "NL"
    assert country(place="Birmingham", platform="example.co.uk") == "GB"
    assert country(place="Valencia", platform="example.es") == "ES"
    assert country(place="unknown", platform="example.es") == "ES"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"place": "Newcastle"}, "AU"),
        ({"place": "Newcastle", "body": "call +44 7700 900123"}, "GB"),
        ({"place": "Newcastle", "body": "call +61 491 570 006, £5 off"}, "AU"),
        ({"place": "Newcastle", "price": "£80"}, "GB"),
        ({"place": "Newcastle", "platform": "example.co.za", "price": "£80"}, "ZA"),
        ({"place": "Valencia", "body": "150€"}, "ES"),
        ({"place": "Valencia", "contact": "+58 412"}, "VE"),
        ({"place": "Paris", "body": "call +1 555 0100, £80"}, "FR"),
        ({"place": "Frankfurt", "body": "€80"}, "DE"),
        ({"place": "Halle"}, "DE"),
        ({"place": "Halle", "contact": "+32 470"}, "BE"),
        ({"place": "Den Bosch"}, "NL"),
        ({"place": "San Sebastián", "body": "80 €"}, "ES"),
        ({"place": "Córdoba", "body": "llama al +34 612 345 678"}, "ES"),
        ({"place": "Córdoba", "body": "piso en venta. 957 48 23 16"}, "ES"),
        ({"place": "Córdoba", "contact": "0351 555-1234"}, "AR"),
        ({"place": "Córdoba", "body": "hola"}, "AR"),
        ({"place": "Valencia", "body": "llama al 963 51 12 34"}, "ES"),
        ({"place": "Valencia", "contact": "0412-5551234"}, "VE"),
        ({"place": "Cartagena", "contact": "612 345 678"}, "ES"),
        ({"place": "Cartagena", "body": "llámame 300 555 1234"}, "CO"),
        ({"place": "Mérida", "body": "+34 924 31 23 45"}, "ES"),
        ({"place": "Mérida", "contact": "612345678"}, "ES"),
        ({"place": "Mérida", "body": "whatsapp 999 555 1234"}, "MX"),
        ({"place": "Newcastle", "contact": "07700 900123"}, "GB"),
        ({"place": "Birmingham", "body": "call 07700 900123"}, "GB"),
    ],
)
def test_text_decides_between_namesakes_where_no_host_does(row: dict[str, str], expected: str) -> None:
    assert country(**row) == expected


def test_rows_are_independent_of_each_other() -> None:
    rows = [{"place": "Paris"}, {}, {"place": "Lisboa", "platform": "x.nl"}, {"platform": "x.nl"}]
    alone = [int(regions(batch(row))[0]) for row in rows]
    assert regions(batch(*rows)).tolist() == alone
    assert regions(batch(*rows[::-1])).tolist() == alone[::-1]
    assert alone == [pack_region("FR"), 0, pack_region("PT"), pack_region("NL")]
    assert len(regions(batch())) == 0
