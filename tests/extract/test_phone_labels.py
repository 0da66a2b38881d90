"""Phones beside what is none: dates with amounts, numbers that have a name, sentences that end."""

import pytest

from clew.extract.base import batch_of_texts
from clew.extract.phone import PLUGIN

FR, DE, NL, ES, IT = "+33639980123", "+4917139200123", "+31612345678", "+34612345678", "+393123456789"
BE, PL, GB = "+32470123456", "+48512345678", "+447700900123"


def found(text: str, region: str) -> set[str]:
    return set(PLUGIN.find(batch_of_texts([text], [region]))["value"].to_pylist())


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("DE", "EZ 06/12, 145.000 km", ""), ("DE", "HU 04/27, 12.900 €", ""), ("DE", "HU 04/27 12.900 €", ""),
        ("DE", "Miete ab 05/2026, 780 €", ""), ("DE", "HU 04/27, 12.900,- VB", ""),
        ("DE", "EZ 06.2012, 145.000 km", ""),
        ("IT", "revisione 06/2026", ""), ("IT", "revisione 06/2026, 98.000 km", ""),
        ("DE", "EZ 06/12 | 145.000 km", ""),
        ("FR", "mise en circulation 06/12, 145 000 km", ""), ("GB", "MOT 07/2026, 79,500 miles", ""),
        ("GB", "MOT until 07/2026, 79500 miles, 07700 900123", GB), ("RO", "ITP 06/2026, 198.000 km", ""),
        ("DE", "EZ 06/12, 145.000 km, Tel. 0171/39200123", DE), ("DE", "HU 04/2027, Tel 0171 39200123", DE),
        ("FR", "06/12, 34, 56, 78", "+33612345678"), ("FR", "06/12 34 56 78, 80 €", "+33612345678"),
        ("FR", "06/12, 345 678", "+33612345678"), ("IT", "06/2026 1234", "+390620261234"),
        ("BE", "0470/12, 34 56", BE),
    ],
)  # fmt: skip
def test_a_month_and_its_year_beside_an_amount(region: str, text: str, number: str) -> None:
    assert found(text, region) == ({number} if number else set())


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("IT", "CAP 00185. Tel 347 56 12 889", "+393475612889"), ("IT", "00185. Tel 347 56 12 889", "+393475612889"),
        ("FR", "SIRET 123 456 789 00012. Tél. : 06 39 98 01 23", FR), ("PL", "REGON 123456785. Tel. 512 345 678", PL),
        ("PL", "NIP 512-345-67-89. Tel. 512 345 678", PL), ("ES", "CIF B-12345678. Teléfono 612 34 56 78", ES),
        ("ES", "NIF 12345678. Tel. 612 345 678", ES), ("RO", "CUI 12345678. Tel 0712 345 678", "+40712345678"),
        ("CZ", "IČO 12345678. Tel. 601 123 456", "+420601123456"), ("BE", "BTW BE 0477.472.701. Tel 0470 12 34 56", BE),
        ("HU", "Adószám 12345678-1-42. Tel 06 20 123 4567", "+36201234567"),
        ("NL", "KvK 12345678 | Tel 06-12345678", NL),
        ("NL", "KvK 12345678. 06-12345678", NL), ("NL", "KvK 12345678, 06-12345678", NL),
        ("NL", "KvK 12345678, 12345679", ""),
        ("FR", "Siret 12345678900012 Tél 0639980123", FR), ("DE", "Hausnummer 12, 0171 39200123", DE),
        ("NL", "06 bel 12 34 app 56 78", NL), ("NL", "06 bel 12. app 34. nu 56 78", NL), ("NL", "06 TEL 12345678", NL),
    ],
)  # fmt: skip
def test_a_number_behind_one_that_has_a_name(region: str, text: str, number: str) -> None:
    assert found(text, region) == ({number} if number else set())


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("FR", "Pas de contrat. 06 39 98 01 23", FR), ("FR", "pas de contrat 06 39 98 01 23", FR),
        ("DE", "Ohne Vertrag. 0171 39200123", DE), ("DE", "kein Vertrag, 0171 39200123", DE),
        ("ES", "sin contrato 612 345 678", ES),
        ("NL", "Geen contract. 06-12345678", NL), ("NL", "zonder vergunning 06-12345678", NL),
        ("IT", "senza contratto! 312 345 6789", IT),
        ("GB", "no contract 07700 900123", GB), ("GB", "any booking? 07700 900123", GB),
        ("NL", "Nieuw account. 06-12345678", NL),
        ("NL", "contract 0612345678", ""), ("NL", "contract nr. 0612345678", ""), ("NL", "ref. 0612345678", ""),
        ("ES", "cod. 612345678", ""), ("ES", "contrato nº 612345678", ""),
    ],
)  # fmt: skip
def test_a_label_ends_with_its_sentence_and_says_nothing_where_there_is_none(
    region: str, text: str, number: str
) -> None:
    assert found(text, region) == ({number} if number else set())


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("BE", "Ondernemingsnr 0475.382.291", ""), ("BE", "BE 0475.382.291", ""), ("BE", "BE0475382291", ""),
        ("BE", "N° d'entreprise 0475.382.291", ""), ("BE", "BE 0475 38 22 91", "+32475382291"),
        ("BE", "bel 0475.382.291", "+32475382291"), ("DE", "Rechnungsnr. 2026-0301-4477", ""),
        ("DE", "Kundennr. 0171 39200123", ""), ("DE", "Mitgliedsnummer 0171 39200123", ""),
        ("DE", "Best.-Nr.: 0171 39200123", ""),
        ("DE", "Akten-Nr. 0171 39200123", ""), ("NO", "ordrenr 41286305", ""), ("DE", "Tel.-Nr. 0171 39200123", DE),
        ("DE", "Handynr. 0171 39200123", DE), ("NL", "Telnr. 0612345678", NL), ("NL", "WhatsAppnummer: 0612345678", NL),
        ("NL", "mijn nr. 0612345678", NL), ("DE", "Rufnummer 0171 39200123", DE),
        ("DE", "08 15 22 31 37 44 and 03 07", ""), ("GB", "Numbers drawn: 08 15 22 31 37 44 and 03 07", ""),
        ("DE", "03, 12, 19, 27, 35, 48", ""), ("FR", "Euromillions 03 07 15 22 44", ""),
        ("FR", "tel 03 07 15 22 44", "+33307152244"),
    ],
)  # fmt: skip
def test_numbers_that_have_a_name_and_numbers_of_a_draw(region: str, text: str, number: str) -> None:
    assert found(text, region) == ({number} if number else set())


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("", "Masajista en Córdoba, llámame 957 48 23 16", "+34957482316"),
        ("", "+34 612 345 678, 957 48 23 16", "+34957482316"),
        ("AR", "Córdoba, llámame 351 555 1234", "+543515551234"),
        ("CO", "Cartagena, llámame 300 555 1234", "+573005551234"),
        ("", "Hola, soy nueva en Santiago, llámame 9 5748 2316", "+56957482316"),
        ("", "Llámame +56 9 5748 2316 o 957 48 23 17", "+56957482317"),
        ("CL", "Santiago, llámame 957482316", "+56957482316"),
        ("", "Bonjour, appelez moi au 04 78 12 34 56 merci", "+33478123456"),
        ("", "Bonjour, appelez moi au 0478 12 34 56 merci", "+32478123456"),
        ("", "Bonjour, +32 2 512 34 56 ou 04 78 12 34 56", "+32478123456"),
    ],
)
def test_a_language_of_many_countries_is_its_first_unless_the_text_tells(region: str, text: str, number: str) -> None:
    assert number in found(text, region)


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("SE", "noll sju noll ett sju fyra noll sex noll fem", "+46701740605"),
        ("SE", "noll sju tre sex två tre fyra fem sex sju", "+46736234567"),
        ("", "ring mig på noll sju noll ett sju fyra noll sex noll fem", "+46701740605"),
        ("DE", "0151 sex 23456789", "+4915123456789"),
        ("DK", "to nul en to tre fire fem seks", "+4520123456"),
        ("DK", "tyve tolv fire og tredive seks og halvtreds", "+4520123456"),
        ("", "ring til mig: to nul en to tre fire fem seks", "+4520123456"),
        ("NO", "fire en to tre fire fem seks sju", "+4741234567"),
        ("NO", "førti en tjue tre førti fem seksti sju", "+4741234567"),
        ("", "ring meg på fire en to tre fire fem seks sju", "+4741234567"),
        ("NL", "nul zes twaalf vier-en-dertig zes-en-vijftig acht-en-zeventig", "+31612345678"),
        ("NL", "06 en 12 en 34 en 56 en 78", "+31612345678"),
        ("DE", "null eins sieben eins neun-und-dreißig zwanzig null eins zwei drei", DE),
        ("HU", "nulla hat harminc öt három kettő nyolc egy négy hat", "+36305328146"),
        ("ES", "seis34 siete12 tres45", "+34634712345"),
        ("ES", "sеis uno dоs trеs cuаtrо cincо sеis siеtе осhо", ES),
        ("ES", "sειs υno dοs trεs cuαtrο cιncο sειs sιεtε οchο", ES),
        ("GB", "zеrо sеvеn sеvеn zеrо zеrо ninе zеrо zеrо оnе twо thrее", GB),
        ("NO", "6-4 7-5 6-3", ""),
    ],
)
def test_number_words_that_were_missed(region: str, text: str, number: str) -> None:
    assert found(text, region) == ({number} if number else set())
