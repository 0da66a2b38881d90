"""Words for currencies and for what a price is asked for, in the languages of the records."""

from __future__ import annotations

from functools import cache

from clew.extract._words import Words, vocabulary, word_list

# "$", "kr" and "lei" mean the currency of the record's country, or where that is unknown what "" gives.
DOLLAR, KRONE, LEU, UNKNOWN = "$", "kr", "lei", ""
_CURRENCIES = {
    "EUR": "€ eur euro euros eurot euroa evro евро еуро ευρω eu",
    "GBP": "£ gbp pound pounds quid funt funtow",
    "USD": "usd",
    DOLLAR: "$ dollar dollars dolar dolares dollari bucks доллар долларов",
    KRONE: "kr kronor kroner krona krone",
    LEU: "lei leu",
    "SEK": "sek", "NOK": "nok", "DKK": "dkk", "ISK": "isk", "RON": "ron", "MDL": "mdl",
    "PLN": "pln zl zloty zlotych zlote złotych",
    "HUF": "huf ft forint",
    "CZK": "czk kc korun koruny",
    "BGN": "bgn лв лева lv leva",
    "RUB": "₽ rub руб рублей рубля rubley",
    "UAH": "₴ uah грн гривен hryvnia",
    "CHF": "chf sfr franken francs stutz",
    "TRY": "₺ tl lira",
    "RSD": "rsd dinara динара",
    "AED": "aed dirham dirhams dhs",
    "CAD": "cad", "AUD": "aud", "NZD": "nzd",
    "JPY": "jpy yen", "CNY": "cny rmb yuan", "THB": "฿ thb baht", "INR": "₹ inr rupees",
    "BRL": "brl reais", "MXN": "mxn", "ILS": "₪ ils shekel", "KRW": "₩ krw",
    "SGD": "sgd", "HKD": "hkd", "TWD": "twd", "CLP": "clp", "COP": "cop", "ARS": "ars",
}  # fmt: skip
CODES = tuple(_CURRENCIES)
_BY_REGION = {
    DOLLAR: {"": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD",
             "MX": "MXN", "CL": "CLP", "CO": "COP", "AR": "ARS"},
    KRONE: {"": UNKNOWN, "SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "FO": "DKK", "GL": "DKK"},
    LEU: {"": "RON", "MD": "MDL"},
}  # fmt: skip

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


# What may stand before an amount; the other words there belong to what was said before.
_BEFORE = word_list(
    """
    € £ $ ₽ ₴ ₺ ฿ ₹ ₪ ₩ eur euro gbp usd pln huf czk bgn rub uah chf sek nok dkk isk ron mdl aed cad aud nzd
    kr sfr
    """
)


@cache
def currency_words() -> Words:
    """Signs and words of currencies; the code is a place in CODES."""
    return vocabulary({w: n for n, words in enumerate(_CURRENCIES.values()) for w in words.split()})


@cache
def leading_currency_words() -> Words:
    """Those that may stand before an amount."""
    codes = {w: n for n, words in enumerate(_CURRENCIES.values()) for w in words.split()}
    return vocabulary({w: codes[w] for w in _BEFORE})


@cache
def large_words() -> Words:
    """Words after an amount that is too large for a price."""
    return vocabulary(dict.fromkeys(word_list("m mm mn mio mln million millions bn b billion billions млн млрд"), 0))


@cache
def unit_words() -> Words:
    """Words after a price; the code is a place in UNITS, or PER, HALF or MINUTES."""
    codes = {w: UNITS.index(unit) for unit, words in _UNITS.items() for w in words.split()}
    for words, code in ((_PER, PER), (_HALF_WORDS, HALF), (_MINUTES, MINUTES)):
        codes |= {w: code for w in words if w not in codes}
    return vocabulary(codes)


def currency(code: int, region: int) -> str:
    """The ISO 4217 code of a place in CODES for a record's packed region, or "" where it cannot be told."""
    own = _BY_REGION.get(CODES[code])
    if own is None:
        return CODES[code]
    where = chr(region >> 8) + chr(region & 0xFF) if region else ""
    return own.get(where, own[""])
