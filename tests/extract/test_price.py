import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract._money import UNITS
from clew.extract.base import batch_of_texts
from clew.extract.price import PLUGIN


def values(text: str, region: str = "") -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("150€", "150.00 EUR"),
        ("€ 150", "150.00 EUR"),
        ("150 EUR", "150.00 EUR"),
        ("EUR150", "150.00 EUR"),
        ("150,- euro", "150.00 EUR"),
        ("150.- €", "150.00 EUR"),
        ("€150,50", "150.50 EUR"),
        ("€1.500", "1500.00 EUR"),
        ("€1,500.00", "1500.00 EUR"),
        ("1 500 €", "1500.00 EUR"),
        ("1'500 CHF", "1500.00 CHF"),
        ("2k euro", "2000.00 EUR"),
        ("&euro;150", "150.00 EUR"),
        ("١٥٠ €", "150.00 EUR"),
        ("€150 p/h", "150.00 EUR/hour"),
        ("€150 p.u.", "150.00 EUR/hour"),
        ("150 euro per uur", "150.00 EUR/hour"),
        ("150 € pro Stunde", "150.00 EUR/hour"),
        ("150€/heure", "150.00 EUR/hour"),
        ("150€ l'heure", "150.00 EUR/hour"),
        ("150 euro all'ora", "150.00 EUR/hour"),
        ("150€ la hora", "150.00 EUR/hour"),
        ("150€ por hora", "150.00 EUR/hour"),
        ("150 zł/h", "150.00 PLN/hour"),
        ("150 lei ora", "150.00 RON/hour"),
        ("2000 Kč/hod", "2000.00 CZK/hour"),
        ("5000 руб/час", "5000.00 RUB/hour"),
        ("1000 грн година", "1000.00 UAH"),
        ("150 лв на час", "150.00 BGN/hour"),
        ("1500 TL", "1500.00 TRY"),
        ("€80 30 min", "80.00 EUR/half-hour"),
        ("€150 60min", "150.00 EUR/hour"),
        ("€80 half uur", "80.00 EUR/half-hour"),
        ("80€ demi-heure", "80.00 EUR/half-hour"),
        ("80€ mezz'ora", "80.00 EUR"),
        ("€80/halfuur", "80.00 EUR/half-hour"),
        ("half hour £80", "80.00 GBP/half-hour"),
        ("1h: 150€", "150.00 EUR/hour"),
        ("Overnight: €800", "800.00 EUR/night"),
        ("€800 per night", "800.00 EUR/night"),
        ("€2000 netto per maand", "2000.00 EUR"),
        ("€2000 per maand", "2000.00 EUR/month"),
        ("€300 2 hours", "300.00 EUR"),
        ("€500 a day", "500.00 EUR/day"),
        ("£600 weekly", "600.00 GBP/week"),
        ("€50 per session", "50.00 EUR/session"),
    ],
)
def test_reads_amount_currency_and_unit(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("region", "value"), [("", []), ("SE", ["900.00 SEK"]), ("NO", ["900.00 NOK"]), ("DK", ["900.00 DKK"])]
)
def test_a_crown_is_that_of_the_country(region: str, value: list[str]) -> None:
    assert values("900 kr", region) == value


def test_a_dollar_is_that_of_the_country() -> None:
    assert values("$90", "CA") == ["90.00 CAD"]
    assert values("$90") == values("US$90") == ["90.00 USD"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("30min 80€ 1h 150€ 2h 280€", ["80.00 EUR/half-hour", "150.00 EUR/hour", "280.00 EUR"]),
        ("80€ 30min, 150€ 1h, 280€ 2h", ["80.00 EUR/half-hour", "150.00 EUR/hour", "280.00 EUR"]),
        ("€80 €150 €280", ["80.00 EUR", "150.00 EUR", "280.00 EUR"]),
        ("80€ 150€", ["80.00 EUR", "150.00 EUR"]),
    ],
)
def test_lists_of_prices(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "150",
        "24 years",
        "5 ft 6",
        "+31 600000000 eur",
        "12345678 eur",
        "room 150",
        "150 people",
        "€",
        "euro",
        "0 €",
        "$5M",
        "€40 billion",
        "ir150€",
    ],
)
def test_leaves_what_is_no_price(text: str) -> None:
    assert values(text) == []


@settings(deadline=None)  # the first call compiles
@given(
    st.integers(1, 999_999_999),
    st.sampled_from(["EUR", "GBP", "USD", "PLN", "SEK", "BGN"]),
    st.sampled_from(UNITS),
)
def test_a_value_is_its_own_value(cents: int, currency: str, unit: str) -> None:
    value = f"{cents // 100}.{cents % 100:02d} {currency}" + (f"/{unit}" if unit else "")
    assert values(value) == ([value] if cents >= 100 else [])


@pytest.mark.parametrize("part", ["1", "1.", "1 000 ", "€", "1€", "€1 per ", "1h ", "9,99"])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times
