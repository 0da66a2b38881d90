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
    assert values("90 dólares", "MX") == ["90.00 USD"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("R$ 250,00 a hora", "250.00 BRL/hour"),
        ("R$250", "250.00 BRL"),
        ("R$ 1.500,00", "1500.00 BRL"),
        ("$100 AUD", "100.00 AUD"),
        ("$100 AUD 30 min", "100.00 AUD/half-hour"),
        ("$ 100 MXN", "100.00 MXN"),
        ("$30.000 CLP", "30000.00 CLP"),
        ("COP $100.000", "100000.00 COP"),
        ("AR$ 5000", "5000.00 ARS"),
        ("A$90", "90.00 AUD"),
        ("AU$90", "90.00 AUD"),
        ("C$90", "90.00 CAD"),
        ("CA$90", "90.00 CAD"),
        ("NZ$90", "90.00 NZD"),
        ("HK$900", "900.00 HKD"),
        ("S$90", "90.00 SGD"),
        ("NT$3000", "3000.00 TWD"),
        ("MX$500", "500.00 MXN"),
        ("a $100 tip", "100.00 USD"),
        ("1h$150", "150.00 USD/hour"),
        ("¥600 RMB", "600.00 CNY"),
    ],
)
def test_letters_and_codes_beside_a_sign_say_whose_it_is(text: str, value: str) -> None:
    assert values(text) == values(text, "GB") == [value]


def test_the_letters_beside_a_sign_are_part_of_what_was_found() -> None:
    rows = PLUGIN.find(batch_of_texts(["now R$ 250,00", "now $100 AUD", "now COP $100.000"])).to_pylist()
    assert [m["raw"] for m in rows] == ["R$ 250,00", "$100 AUD", "COP $100.000"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("£2.5k a week", "2500.00 GBP/week"),
        ("$1.5k per week", "1500.00 USD/week"),
        ("€3.5k per month", "3500.00 EUR/month"),
        ("€ 2.5 K", "2500.00 EUR"),
        ("£25k.", "25000.00 GBP"),
        ("15к руб за ночь", "15000.00 RUB/night"),
        ("15 тыс. руб", "15000.00 RUB"),
        ("15 т. руб", "15000.00 RUB"),
        ("15 т.р.", "15000.00 RUB"),
        ("15 тр за час", "15000.00 RUB/hour"),
        ("30 ezer forint", "30000.00 HUF"),
        ("1,5 tys. zł", "1500.00 PLN"),
        ("2 mii lei", "2000.00 RON"),
        ("$15 thousand", "15000.00 USD"),
        ("$100 к оплате", "100.00 USD"),
        ("10万円", "100000.00 JPY"),
        ("一晩10万円です", "100000.00 JPY"),
    ],
)
def test_thousands(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Fr. 200.-", "200.00 CHF"),
        ("Rs. 5,000", "5000.00 INR"),
        ("₹1,50,000 per month", "150000.00 INR/month"),
        ("600元", "600.00 CNY"),
        ("BRL 250", "250.00 BRL"),
        ("INR 5000", "5000.00 INR"),
        ("THB 2000", "2000.00 THB"),
        ("JPY 10000", "10000.00 JPY"),
        ("CNY 600", "600.00 CNY"),
        ("ZAR 500", "500.00 ZAR"),
        ("KES 2000", "2000.00 KES"),
        ("Ksh 2000", "2000.00 KES"),
        ("NGN 5000", "5000.00 NGN"),
        ("₦5000", "5000.00 NGN"),
        ("₱500", "500.00 PHP"),
        ("₫500.000", "500000.00 VND"),
        ("ARS 5000", "5000.00 ARS"),
        ("CLP 30.000", "30000.00 CLP"),
        ("PHP 500", "500.00 PHP"),
        ("COP 100.000", "100000.00 COP"),
        ("MXN 500", "500.00 MXN"),
    ],
)
def test_currencies_of_the_world(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "region", "value"),
    [
        ("¥100,000", "JP", "100000.00 JPY"),
        ("¥600", "CN", "600.00 CNY"),
        ("600元", "TW", "600.00 TWD"),
        ("TRY 1000", "TR", "1000.00 TRY"),
        ("S/ 100", "PE", "100.00 PEN"),
        ("S/. 100", "PE", "100.00 PEN"),
        ("R500", "ZA", "500.00 ZAR"),
        ("$500 pesos", "CO", "500.00 COP"),
        ("Rs 5,000", "PK", "5000.00 PKR"),
        ("5000р/час", "RU", "5000.00 RUB/hour"),
        ("2 500:- kr", "SE", "2500.00 SEK"),
        ("kr. 500", "DK", "500.00 DKK"),
    ],
)
def test_what_only_the_country_tells(text: str, region: str, value: str) -> None:
    assert values(text, region) == [value]
    assert values("TRY 1000 ¥100,000 S/ 100 R500 5000р kr. 500 RS 500 $500 pesos") == []


@pytest.mark.parametrize(
    "text",
    [
        "it weighs 10 pounds",
        "I lost 20 pounds last year",
        "12 stone 5 pounds",
        "5'4 120 pounds",
        "5 ft 4, 120 pounds",
        "20 pounds overweight",
    ],
)
def test_pounds_of_weight_are_no_price(text: str) -> None:
    assert values(text) == []


def test_pounds_beside_other_words_are_a_price() -> None:
    assert values("hot stone massage 50 pounds") == ["50.00 GBP"]
    assert values("Lost property. 50 pounds an hour") == ["50.00 GBP/hour"]
    assert values("slim, 120 pounds", "US") == []


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
        "$1 million",
        "₹1,00,00,000",
        "10,50,100 €",
        "€ 25 K salary",
        "€ 5 mil",
        "1万5000円",
        "Mo-Fr. 10.00-20.00",
        "Fr. 10.-20. Mai",
        "PHP 8",
        "2.5k per week",
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


@pytest.mark.parametrize(
    "part", ["1", "1.", "1 000 ", "€", "1€", "1,00,", "1 k ", "5 pounds ", "R$ ", "€1 per ", "1h ", "9,99"]
)
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 850 €", ["1850.00 EUR"]),
        ("Оплата 1 250 грн", ["1250.00 UAH"]),
        ("Miete: 2 450 € warm", ["2450.00 EUR"]),
        ("salaire 2 350 € par mois", ["2350.00 EUR/month"]),
        ("€ 1 850", ["1850.00 EUR"]),
        ("lot 12\u202f450 €", ["12450.00 EUR"]),
        ("lot 1&nbsp;850 €", ["1850.00 EUR"]),
        ("120 000 Ft", ["120000.00 HUF"]),
        ("1 850 € / 2 350 €", ["1850.00 EUR", "2350.00 EUR"]),
        ("1h 150 € 2 250 €", ["150.00 EUR/hour", "250.00 EUR"]),
        ("1h 100 €, 2 200 €", ["100.00 EUR/hour", "200.00 EUR"]),
        ("size 38 120 €", ["120.00 EUR"]),
        ("taille 38 100 €", ["100.00 EUR"]),
        ("30 150 €", ["150.00 EUR"]),
        ("od 24 150 zł", ["150.00 PLN"]),
        ("room 2 350 €", ["350.00 EUR"]),
        ("0612 345 678 €", ["678.00 EUR"]),
    ],
)
def test_a_space_parts_thousands_where_the_text_says_so(text: str, found: list[str]) -> None:
    assert values(text) == found
