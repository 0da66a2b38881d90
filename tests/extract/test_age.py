import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract.age import PLUGIN
from clew.extract.base import batch_of_texts


def values(text: str, region: str = "") -> list[str]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return [m["value"] for m in sorted(rows, key=lambda m: m["start"])]


@pytest.mark.parametrize(
    "text",
    [
        "24 years",
        "24 years old",
        "24-year-old",
        "24yo",
        "24 y.o.",
        "24 y/o",
        "24yrs",
        "age 24",
        "Age: 24",
        "aged 24",
        "I'm 24!",
        "I am 24 years",
        "24 jaar",
        "24 jaar oud",
        "24-jarige",
        "leeftijd 24",
        "24 Jahre alt",
        "24-jährige",
        "Alter: 24",
        "ich bin 24,",
        "24 ans",
        "j'ai 24 ans",
        "âge : 24 ans",
        "24 anni",
        "età 24",
        "24 años",
        "24 años de edad",
        "edad: 24",
        "24 anos",
        "idade 24",
        "24 lata",
        "wiek 24",
        "mam 24 lata",
        "24 de ani",
        "24 ani",
        "vârsta 24",
        "24 let",
        "věk 24",
        "24 év",
        "24 éves",
        "kor: 24",
        "24 года",
        "возраст 24",
        "24 роки",
        "вік: 24",
        "24 години",
        "24 år",
        "24 vuotta",
        "24 ετών",
        "2\u200b4 years",
        "I just turned 24",
        "24 añitos",
        "24enne",
        "24 J. alt",
        "24 jr. oud",
        "24 évesen",
        "24F London",
        "new here (24F)",
        "F/24",
        "24/f/london",
        "I'm 24F",
        "24-летняя",
        "24 years old, apartment near the station",
        "Опыт есть. 24 года",
        "lat 24",
        "mam lat 24",
        "Jana (24)",
        "Jana, 24, calm",
        "Jana (24 jr)",
        "24 jr",
        "she is 24",
        "ik ben nu 24 jaar",
        "jag är 24 år",
        "ho ventiquattro anni",
        "j'ai vingt-quatre ans",
        "tengo veinticuatro años",
        "ich bin vierundzwanzig",
        "I'm twenty-four!",
        "мне двадцать четыре года",
        "huszonnégy éves vagyok",
        "mam dwadzieścia cztery lata",
    ],
)
def test_spellings_of_one_age(text: str) -> None:
    assert values(text) == ["24"]


@pytest.mark.parametrize(
    "text",
    [
        "24 hours",
        "24/7",
        "a 30-year record",
        "for almost 30 years, clients",
        "18 years or over",
        "24h",
        "€24",
        "24 €",
        "24 euro",
        "24 cm",
        "170 cm",
        "1.24 years",
        "2024 years",
        "18+",
        "over 21 years",
        "18-35 years old",
        "24 years of experience",
        "20 jaar ervaring",
        "20 Jahre Erfahrung",
        "20 ans d'expérience",
        "since 20 years",
        "20 years ago",
        "21 years with us",
        "age 24-30",
        "1990",
        "24.12.2024",
        "room 24",
        "call 24",
        "I am 24 km away",
        "age: 124",
        "age: 5",
        "опыт 25 лет",
        "опыт работы 25 лет",
        "работаем 25 лет",
        "более 25 лет на рынке",
        "25 лет на рынке",
        "гарантия 25 лет",
        "25-летний опыт",
        "25 éves tapasztalat",
        "experiență de 25 ani",
        "25 години опит",
        "25 років досвіду",
        "garantie 25 ans",
        "garantía de 25 años",
        "25 Jahre am Markt",
        "25 lat na rynku",
        "experience: 25 years",
        "company is 25 years old",
        "house 25 years old",
        "a 25 year old company",
        "фирме 25 лет",
        "cég 25 éves",
        "the company just turned 25",
        "She turned 25 heads",
        "Flat 25F",
        "10 Baker St, 25F",
        "25F outside",
        "25F, Silver Tower",
        "25/F Silver Centre",
        "90F today",
        "a lens at f/22",
        "od lat 24",
        "firma ma lat 24",
        "am 24. Mai",
        "im 24. Stock",
        "Jana (24 min)",
        "Jana, 24 May",
        "MAC-48",
        "twenty-four years ago",
        "for twenty years",
        "tengo veinticuatro horas",
    ],
)
def test_leaves_what_is_no_age(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "age: 16",
        "17 years old",
        "I am 16 years",
        "I am 17 and new here",
        "ich bin 17 und neu hier",
        "tengo 17 y soy nueva",
        "mám 17 a jsem tu nová",
        "16 ans d'age",
        "Ik ben 16 jaar en nieuw hier",
        "I am sixteen",
        "tengo dieciséis años",
        "she is only 16",
        "girl, aged 16",
        "girls aged 16 to 18",
        "fille 16 ans",
        "meisje van 16 jaar oud",
        "Anna (16)",
        "Anna, 16 jaar",
        "looking for age 16",
        "my daughter, aged 16, is available",
        "escort: mother with daughter aged 16",
        "I have no children, 16 years old",
        "in a private flat, 16 years old",
        "student aged 16",
        "17-jährige Schülerin",
        "niña de 16 años de edad",
        "a 15 year old child",
        "I am 17. Call me",
    ],
)
def test_below_18_only_that_is_said(text: str) -> None:
    assert values(text) == ["under-18-stated"]


@pytest.mark.parametrize(
    "text",
    [
        "Zimmer 17 m2 im 17. Bezirk",
        "am 17. Mai",
        "whisky aged 16 years",
        "16 yo scotch",
        "a patient's daughter aged 15",
        "daughter aged 15 needs a tutor",
        "my son, 14 years old, needs a tutor",
        "tutor wanted for my daughter. She is 15",
        "nanny for children aged 10 to 12",
        "Suche Nachhilfe für meine Tochter, 15 Jahre alt",
        "niñera para niños de 12 años de edad",
        "tutor for my child, age 12",
        "mon fils, âgé de 14 ans",
        "репетитор для дочери, возраст 15",
        "school uniform for age 16",
        "shoes for girls aged 12",
        "doudoune, fille 14 ans",
        "our dog is 12 years old",
        "car, 15 years old",
        "a bicycle for Tim (12)",
        "Anna, 16 May",
    ],
)
def test_below_18_of_a_thing_or_of_a_child_who_is_not_offered(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize("text", ["15 years", "in 12 jaar", "no under 18 years", "open since 15 years"])
def test_a_number_of_years_below_18_alone_says_nothing(text: str) -> None:
    assert values(text) == []


@settings(deadline=None)  # the first call compiles
@given(st.integers(10, 99), st.sampled_from(["{} years old", "age {}", "{}yo", "{} jaar oud"]))
def test_every_age(age: int, form: str) -> None:
    assert values(form.format(age)) == [str(age) if age >= 18 else "under-18-stated"]


@pytest.mark.parametrize(
    "part",
    [
        "2",
        "24",
        "24 ",
        "24 years ",
        "24-",
        "24f ",
        "f/24 ",
        "is ",
        "turned 24",
        "age ",
        "24 years of ",
        "my son 16 years old, ",
    ],
)
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times
