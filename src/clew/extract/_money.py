"""Words for currencies and for what a price is asked for, in the languages of the records."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from clew.extract._words import Words, grouped, vocabulary, word_list
from clew.extract.base import unpack_region

# These mean the currency of the record's country, or where that is unknown what "" gives.
DOLLAR, KRONE, LEU, POUND, PESO, YEN, UNKNOWN = "$", "kr", "lei", "pound", "peso", "¥", ""
ROUBLE, FRANC, RUPEE = "р", "fr.", "rs."
_CURRENCIES = {
    "EUR": "€ eur euro euros eurot euroa evro евро еуро ευρω eu",
    "GBP": "£ gbp quid funt funtow",
    POUND: "pound pounds",
    "USD": "usd",
    DOLLAR: "$",
    "dollar": "dollar dollars dolar dolares dollari bucks доллар долларов",
    PESO: "peso pesos",
    KRONE: "kr kr. kronor kroner krona krone",
    LEU: "lei leu",
    "SEK": "sek", "NOK": "nok", "DKK": "dkk", "ISK": "isk", "RON": "ron", "MDL": "mdl",
    "PLN": "pln zl zloty zlotych zlote złotych",
    "HUF": "huf ft forint",
    "CZK": "czk kc korun koruny",
    "BGN": "bgn лв лева lv leva",
    "RUB": "₽ rub руб рублей рубля rubley",
    ROUBLE: "р",
    "UAH": "₴ uah грн гривен hryvnia",
    "CHF": "chf sfr franken francs stutz",
    FRANC: "fr.",
    "TRY": "₺ tl lira",
    "try": "try",
    "RSD": "rsd dinara динара",
    "AED": "aed dirham dirhams dhs",
    "CAD": "cad", "AUD": "aud", "NZD": "nzd",
    YEN: "¥",
    "JPY": "jpy yen 円", "CNY": "cny rmb yuan", "元": "元", "THB": "฿ thb baht บาท",
    "INR": "₹ inr",
    RUPEE: "rs. rupees",
    "rs": "rs",
    "BRL": "brl reais", "MXN": "mxn", "ILS": "₪ ils shekel", "KRW": "₩ krw",
    "SGD": "sgd", "HKD": "hkd", "TWD": "twd", "CLP": "clp", "COP": "cop", "ARS": "ars",
    "UYU": "uyu", "DOP": "dop", "PHP": "₱ php", "VND": "₫ vnd", "ZAR": "zar",
    "r": "r",
    "KES": "kes ksh kshs ksh. kshs.", "NGN": "₦ ngn naira",
    "s/": "s/ s/. soles pen",
}  # fmt: skip
CODES = tuple(_CURRENCIES)
_PESOS = {"MX": "MXN", "CL": "CLP", "CO": "COP", "AR": "ARS", "UY": "UYU", "DO": "DOP"}
_DOLLARS = {"": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD"}
_BY_REGION = {
    DOLLAR: {**_DOLLARS, **_PESOS, "BR": "BRL"},
    "dollar": _DOLLARS,
    PESO: {"": UNKNOWN, **_PESOS, "PH": "PHP"},
    POUND: {"": "GBP", "US": UNKNOWN, "CA": UNKNOWN},  # there pounds are a weight
    KRONE: {"": UNKNOWN, "SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "FO": "DKK", "GL": "DKK"},
    LEU: {"": "RON", "MD": "MDL"},
    ROUBLE: {"": UNKNOWN, "RU": "RUB"},  # elsewhere "2024 р." is a year
    FRANC: {"": "CHF"},
    "try": {"": UNKNOWN, "TR": "TRY"},
    YEN: {"": UNKNOWN, "JP": "JPY", "CN": "CNY"},
    "元": {"": "CNY", "TW": "TWD", "HK": "HKD", "SG": "SGD", "MO": UNKNOWN},
    RUPEE: {"": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR", "BR": UNKNOWN, "ID": UNKNOWN},
    "rs": {"": UNKNOWN, "IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"},
    "r": {"": UNKNOWN, "ZA": "ZAR"},
    "s/": {"": UNKNOWN, "PE": "PEN"},
}  # fmt: skip
# Less than this is no price: "6 ft" is a height, "PHP 8" a version, "R21" a road.
_LEAST = {
    "HUF": 500,
    "PHP": 100,
    "COP": 500,
    "CLP": 500,
    "DOP": 100,
    "KES": 20,
    "INR": 20,
    "NGN": 100,
    "VND": 1000,
    "r": 100,
    "rs": 20,
    "rs.": 20,
}
# Letters that stand at the sign of a dollar: "R$ 250", "AU$90".
_BESIDE_DOLLAR = {
    "BRL": "r br", "AUD": "a au", "CAD": "c ca can cdn", "NZD": "nz", "HKD": "hk", "SGD": "s sg", "USD": "us u",
    "TWD": "nt", "MXN": "mx mex", "ARS": "ar", "CLP": "cl", "COP": "co col", "DOP": "rd", "UYU": "uy",
}  # fmt: skip
_OF_DOLLAR = word_list("usd aud cad nzd sgd hkd twd mxn clp cop ars uyu dop brl reais peso pesos")
_OF_YEN = word_list("jpy cny rmb yuan yen")

UNITS = ("", "hour", "half-hour", "night", "day", "week", "month", "session")
HOUR, HALF_HOUR = UNITS.index("hour"), UNITS.index("half-hour")
# Codes of unit words beyond UNITS: what links price and unit, halves, and minutes after "30" or "60".
PER, HALF, MINUTES = 20, 21, 22
_UNITS = {
    "hour": "h u hr hrs hour hours hourly uur uurtje stunde std stunden heure ora ore hora horas godzina "
    "godzine godz hodina hodinu hod ora oră час часа ч timme "
    "timmen timen tunti tunnilta ωρα sat",
    "half-hour": "halfuur halfuurtje halbstunde demiheure mezzora mediahora полчаса halvtimme puolituntia "
    "felora hh",
    "night": "night overnight nacht nuit notte noche noc noapte ночь natt nat ejszaka noite νυχτα",
    "day": "day daily dag tag jour giorno dia dzien den zi день сутки nap ημερα",
    "week": "week weekly woche semaine settimana semana tydzien tyden saptamana неделя неделю vecka uge "
    "viikko εβδομαδα",
    "month": "month monthly maand monat mois mese mes miesiac mesic luna месяц manad maned honap mies μηνα",
    "session": "session visit sessie keer afspraak sitzung seance sessione sesion sesja сеанс",
}  # fmt: skip
_PER = word_list(
    """
    / per a an for pro par por al alla all l la the za na pe een eine ein die der un une una en i om voor fur
    pour в за на je p het
    """
)
_HALF_WORDS = word_list("half ½ halve halb halbe halben demi mezza media pol pul jumatate пол halv fel meia μιση puoli")
_MINUTES = word_list(
    """
    min mins minute minutes minuten minut minuti minutos минут мин perc minuuttia minuter minutter
    """
)


# What may stand before an amount, beside the codes; the other words there belong to what was said before.
_BEFORE = word_list("€ £ $ ¥ ₽ ₴ ₺ ฿ ₹ ₪ ₩ ₱ ₫ ₦ euro kr kr. sfr fr. rs rs. r s/ s/. pen try ksh kshs ksh. kshs. rmb")
# A word for it, "k" by itself, "т" that stands at a currency, "тр" that is one with it.
THOUSAND, KILO, SHORT, ROUBLES = 0, 1, 2, 3
_THOUSANDS = word_list(
    """
    тыс тысяч тысячи тысяча тис тисяч тисячі хил хиляди хиљада ezer thousand duizend tausend tsd tys tysiecy tysiące
    tisic tisice mii tusen tusind tuhatta tisuca hiljada hiljade χιλιαδες ribu
    """
)
_LARGE = word_list(
    """
    m mm mn mio mln million millions bn b billion billions млн млрд mil mill millon millones milhao milhoes millió
    millionen miljoen milione milioni milion milionow lakh lakhs lac crore crores juta
    """
)
# What a weight is told with; before "stone" or "ft" a number stands, else it is a massage with hot stones.
WEIGHED, COUNTED = 0, 1
_WEIGHT = {
    WEIGHED: """
        weigh weighs weighed weighing weight weights lose loses losing lost gain gains gained gaining shed lbs kilos
        heavy heavier lighter overweight underweight muscle fat tall bodyweight birthweight
    """,
    COUNTED: "stone stones st ft feet foot inch inches kg lb cm",
}
# What stands before "1 850": a price or a wage, "from" (whose number of two digits may be minutes or an age: "from 18
# 150 €"), or something that has a number itself ("size 38 120 €", "room 2 350 €").
PAID, FROM, NUMBERED = 0, 1, 2
_BEFORE_SPACED = {
    PAID: """
        price prices rate rates cost costs fee rent salary wage wages pay pays paid earn earns earning deposit budget
        total prijs prijzen tarief huur salaris loon verdien verdient borg kosten preis preise miete kaltmiete
        warmmiete kaution lohn gehalt verdienst verdiene verdienen kostet kostenpunkt vb fp prix loyer tarif tarifs
        salaire caution gagner gagnez coût coûte precio precios alquiler salario sueldo fianza gana ganar cuesta
        prezzo affitto stipendio paga guadagno guadagna cauzione costo preço preco aluguel aluguer renda salário ganhe
        custo preț pret chirie salariu salariul garanție câștig castig cena ceny czynsz pensja zarobki zarobek wypłata
        kaucja koszt kosztuje plat mzda nájem cenou kauce ár ára ara bér fizetés bérleti kaució díj díja цена цены
        стоимость оплата зарплата аренда залог доход зп ціна вартість зарплатня оренда застава дохід наем заплата
        наема τιμη ενοικιο μισθος hyra lön pris løn leje hinta vuokra palkka fiyat kira maaş cijena plata najam
        stanarina eur
    """,
    FROM: """
        from only now just for about around approx vanaf slechts nu voor circa ca ab nur nun für etwa rund à de dès
        seulement pour environ desde solo sólo por unos da per só apenas la doar od tylko za około ok jen kolem csak
        mintegy kb от за только около примерно від лише близько приблизно само απο från bara fra kun alkaen vain
    """,
    NUMBERED: """
        size sizes room rooms floor age apartment apt flat house building number no nr nº num bus line tram street
        gate maat kamer leeftijd größe groesse gr zimmer stock alter hausnummer taille pointure chambre âge étage
        numéro talla habitación edad piso número taglia camera età numero interno tamanho quarto idade andar mărime
        vârsta etaj rozmiar pokój wiek piętro numer velikost pokoj věk číslo méret szoba kor emelet szám размер рост
        комната возраст этаж номер кв дом розмір кімната вік поверх стая възраст етаж storlek rum våning ålder strl
        str iphone galaxy playstation ps xbox golf polo
    """,
}


@cache
def currency_words() -> Words:
    """Signs and words of currencies that may stand after an amount; the code is a place in CODES."""
    return vocabulary({w: n for w, n in _codes().items() if w != "r"})


@cache
def leading_currency_words() -> Words:
    """Those that may stand before an amount."""
    codes = _codes()
    return vocabulary({w: n for w, n in codes.items() if w in _BEFORE or (w.isascii() and w.upper() == CODES[n])})


@cache
def dollar_letters() -> Words:
    """Letters and codes beside the sign of a dollar, which say whose dollar it is."""
    codes = {w: CODES.index(name) for name, words in _BESIDE_DOLLAR.items() for w in words.split()}
    return vocabulary(codes | {w: n for w, n in _codes().items() if w in _OF_DOLLAR})


@cache
def deciding_words() -> Words:
    """Words after an amount that say more than the "$" or "¥" before it."""
    return vocabulary({w: n for w, n in _codes().items() if w in _OF_DOLLAR or w in _OF_YEN})


@cache
def least_amounts() -> npt.NDArray[np.int64]:
    """int64[codes]: the least amount, in hundredths, that is a price in each currency."""
    return np.array([100 * _LEAST.get(name, 0) for name in CODES], np.int64)


@cache
def thousand_words() -> Words:
    """Words after a number for a thousand of it: THOUSAND, KILO, SHORT or ROUBLES."""
    return vocabulary(dict.fromkeys(_THOUSANDS, THOUSAND) | {"k": KILO, "т": SHORT, "тр": ROUBLES})


@cache
def large_words() -> Words:
    """Words after an amount that is too large for a price."""
    return vocabulary(dict.fromkeys(_LARGE, 0))


@cache
def words_before_spaced() -> Words:
    """Words before a number with a space in it: PAID, FROM or NUMBERED."""
    return grouped(_BEFORE_SPACED)


@cache
def weight_words() -> Words:
    """Words beside "pounds" that are no money: WEIGHED or COUNTED."""
    return grouped(_WEIGHT)


@cache
def unit_words() -> Words:
    """Words after a price; the code is a place in UNITS, or PER, HALF or MINUTES."""
    codes = {w: UNITS.index(unit) for unit, words in _UNITS.items() for w in words.split()}
    for words, code in ((_PER, PER), (_HALF_WORDS, HALF), (_MINUTES, MINUTES)):
        codes |= {w: code for w in words if w not in codes}
    return vocabulary(codes)


def _codes() -> dict[str, int]:
    return {w: n for n, words in enumerate(_CURRENCIES.values()) for w in words.split()}


def currency(code: int, region: int) -> str:
    """The ISO 4217 code of a place in CODES for a record's packed region, or "" where it cannot be told."""
    own = _BY_REGION.get(CODES[code])
    if own is None:
        return CODES[code]
    return own.get(unpack_region(region), own[""])
