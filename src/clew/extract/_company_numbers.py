"""Numbers of companies: the words that stand before them, how they are written, and whether they can be.

Numbers of private persons (tax numbers of natural persons, personal identity codes) are no part of this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from stdnum.at import businessid, uid
from stdnum.be import vat as be
from stdnum.bg import vat as bg
from stdnum.ch import uid as ch
from stdnum.cy import vat as cy
from stdnum.cz import dic as cz
from stdnum.de import vat as de
from stdnum.dk import cvr as dk
from stdnum.ee import kmkr as ee
from stdnum.ee import registrikood
from stdnum.es import cif as es
from stdnum.fi import alv as fi
from stdnum.fr import siren, siret
from stdnum.fr import tva as fr
from stdnum.gb import vat as gb
from stdnum.gr import vat as el
from stdnum.hr import oib as hr
from stdnum.hu import anum as hu
from stdnum.ie import vat as ie
from stdnum.it import iva as it
from stdnum.lt import pvm as lt
from stdnum.lu import tva as lu
from stdnum.lv import pvn as lv
from stdnum.mt import vat as mt
from stdnum.nl import btw as nl
from stdnum.no import orgnr
from stdnum.pl import nip as pl
from stdnum.pl import regon
from stdnum.pt import nif as pt
from stdnum.ro import cf as ro
from stdnum.rs import pib as rs
from stdnum.ru import inn, ogrn
from stdnum.se import orgnr as se_orgnr
from stdnum.se import vat as se
from stdnum.si import ddv as si
from stdnum.sk import dph as sk
from stdnum.tr import vkn
from stdnum.ua import edrpou

_ERRORS = (ValueError, IndexError, TypeError, KeyError)

# VAT numbers: letters of the country, their shape after those, the check. Spaces, dots and hyphens are taken out first.
_VAT: dict[str, tuple[str, ModuleType]] = {
    "AT": (r"U\d{8}", uid), "BE": (r"[01]?\d{9}", be), "BG": (r"\d{9,10}", bg), "CY": (r"\d{8}[A-Z]", cy),
    "CZ": (r"\d{8,10}", cz), "DE": (r"\d{9}", de), "DK": (r"\d{8}", dk), "EE": (r"\d{9}", ee), "EL": (r"\d{9}", el),
    "ES": (r"[A-HJNP-SUVW]\d{7}[0-9A-J]", es), "FI": (r"\d{8}", fi), "FR": (r"[0-9A-HJ-NP-Z]{2}\d{9}", fr),
    "GB": (r"\d{9}(?:\d{3})?", gb), "HR": (r"\d{11}", hr), "HU": (r"\d{8}", hu), "IT": (r"\d{11}", it),
    "IE": (r"\d[0-9A-Z+*]\d{5}[A-W][A-I]?", ie), "LT": (r"\d{9}(?:\d{3})?", lt), "LU": (r"\d{8}", lu),
    "LV": (r"\d{11}", lv), "MT": (r"\d{8}", mt), "NL": (r"\d{9}B\d{2}", nl), "PL": (r"\d{10}", pl),
    "PT": (r"\d{9}", pt), "RO": (r"\d{2,10}", ro), "SE": (r"\d{10}01", se), "SI": (r"\d{8}", si), "SK": (r"\d{10}", sk),
}  # fmt: skip
_ALIKE = {"GR": "EL", "XI": "GB"}
_SEPARATORS = re.compile(r"[\s.\-/\u00a0\u2009\u2010-\u2015]")


def _passes(module: ModuleType, number: str) -> bool:
    """Whether the check of a kind of number lets one pass."""
    check: Callable[[str], Any] = module.is_valid
    try:
        return bool(check(number)) and len(set(number)) > 2
    except _ERRORS:
        return False


@dataclass(frozen=True)
class Said:
    """A number that was read: its canonical value, and whether it can be."""

    value: str
    valid: bool


def compact(text: str) -> str:
    """A number without what separates its parts."""
    return _SEPARATORS.sub("", text).upper()


@lru_cache(maxsize=1 << 14)  # the pages of a site repeat its numbers
def read_vat(number: str, countries: tuple[str, ...]) -> Said | None:
    """A VAT number.

    Args:
        number: as :func:`compact` gives it.
        countries: which may be meant where the number does not begin with the letters of one.

    Returns:
        None: it is written as no VAT number is.
    """
    letters = number[:2]
    country = _ALIKE.get(letters, letters)
    if country in _VAT and number[2:3].isdigit() | (country in ("AT", "ES", "FR", "IE")):
        shape, module = _VAT[country]
        body = number[2:]
        if country == "BE" and len(body) == 9:
            body = f"0{body}"
        if re.fullmatch(shape, body):
            return Said(f"{country}{body}", _passes(module, body))
        return Said(f"{country}{body}", valid=False) if sum(map(str.isdigit, body)) >= 6 else None
    for country in countries:
        shape, module = _VAT[country]
        if re.fullmatch(shape, number) and _passes(module, number):
            return Said(f"{country}{number}", valid=True)
    if countries and re.fullmatch(_VAT[countries[0]][0], number):
        return Said(f"{countries[0]}{number}", valid=False)
    return None


@dataclass(frozen=True)
class Scheme:
    """A kind of number.

    Attributes:
        name: what its values begin with.
        words: of which one is in whatever ``label`` matches, as :func:`folded` writes them.
        label: the words before it, a regular expression.
        number: how it is written, from its first to its last sign.
        read: makes the value of a compact number, None where it is none of these.
        sure: whether a number that fails the check is a false claim; else the words may mean something else.
    """

    name: str
    words: tuple[str, ...]
    label: re.Pattern[str]
    number: re.Pattern[str]
    read: Callable[[str], Said | None]
    sure: bool = True


def folded(text: str) -> str:
    """A text in which what patterns take for the same letter is the same."""
    return text.casefold().replace("ı", "i").replace("\u0307", "")  # the dot that "İ" leaves


def _vat(words: str, label: str, *countries: str, sure: bool = True) -> Scheme:
    number = r"(?:[A-Z]{2}[\s.\-]?)?[0-9A-Z](?:[\s.\-/]?[0-9A-Z]){6,13}" if not countries else (
        r"(?:[A-Z]{2}[\s.\-]?)?[0-9A-Z](?:[\s.\-/]{0,2}[0-9A-Z]){5,13}"
    )  # fmt: skip
    return Scheme("vat", _words(words), _label(label), re.compile(number), lambda n: read_vat(n, countries), sure)


def _words(words: str) -> tuple[str, ...]:
    return tuple(folded(words).split())


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{words})(?!\w)", re.IGNORECASE)


def _checked(name: str, words: str, label: str, number: str, module: ModuleType, sure: bool = True) -> Scheme:
    return Scheme(name, _words(words), _label(label), re.compile(number), lambda n: Said(n, _passes(module, n)), sure)


def _formed(name: str, words: str, label: str, number: str) -> Scheme:
    """Without a check: the words and the form must do."""
    return Scheme(
        name,
        _words(words),
        _label(label),
        re.compile(number),
        lambda n: Said(n, len(set(n)) > 2) if len(set(n)) > 2 else None,
    )


def _ico(number: str) -> Said:
    """Czech and Slovak companies: weights 8 to 2, modulo 11."""
    rest = sum(int(d) * w for d, w in zip(number[:7], range(8, 1, -1), strict=True)) % 11
    return Said(number, int(number[7]) == (11 - rest) % 10 and len(set(number)) > 2)


def _siret(number: str) -> Said:
    return Said(number[:9], _passes(siret, number) if len(number) == 14 else _passes(siren, number))


def _swiss(number: str) -> Said:
    return Said(f"CHE{number.removeprefix('CHE')[:9]}", _passes(ch, f"CHE{number.removeprefix('CHE')[:9]}"))


def _swedish(number: str) -> Said | None:
    """Ten digits of a legal person: the third is 2 or more; those of private persons are left alone."""
    return Said(f"SE{number}01", _passes(se_orgnr, number)) if number[2] >= "2" else None


def _norwegian(number: str) -> Said:
    return Said(number[:9], _passes(orgnr, number[:9]))


def _russian(number: str) -> Said | None:
    """Ten digits of a company; those of private persons have twelve."""
    return Said(number, _passes(inn, number)) if len(number) == 10 else None


def _hrb(number: str) -> Said:
    return Said(number, valid=True)


_NR = r"(?:[\s-]*(?:number|num|no|nr|n°|nº|№|numéro|numero|número|nummer|numer|id|code))?"
_D = r"[\s.\-/]{0,2}"


def _digits(count: int) -> str:
    return rf"\d(?:{_D}\d){{{count - 1}}}"


SCHEMES: tuple[Scheme, ...] = (
    _vat("vat v.a.t. ust umsatzsteuer btw tva iva nip nif cif ДДС ΦΠΑ moms",
         rf"(?:EU\s+)?VAT(?:[\s/-]*(?:reg(?:istration)?|tax))?{_NR}|V\.A\.T\.|ust(?:[.-]*\s?id)?[.-]*\s?nr\.?|umsatzsteuer"
         r"(?:-?\s?identifikations)?-?nummer|ust-?id|btw[\s-]*(?:nummer|nr|id|identificatienummer)|tva\s+intracommunautaire"
         r"|n°?\s*(?:de\s+)?tva(?:\s+intracommunautaire)?|p(?:artita|\.)?\s*iva|(?:nip|nif|cif)[\s/-]*(?:ue|vat|eu)|ДДС|ΦΠΑ|moms(?:registrerings)?nr"),
    _vat("btw", r"btw", "NL", "BE", sure=False),
    _vat("tva", r"tva", "FR", "BE", "LU", "RO", sure=False),
    _vat("iva", r"iva", "IT", "ES", "PT", sure=False),
    _vat("kbo bce ondernemings entreprise",
         r"(?:kbo|bce|ondernemings-?(?:nummer|nr)\.?|num[ée]ro\s+d['’]entreprise)", "BE"),
    _vat("iva", r"(?:codice\s+fiscale\s+e\s+)?p(?:artita|\.)?\s*iva", "IT"),
    _vat("nip n.i.p.", rf"(?:nip|n\.i\.p\.){_NR}", "PL"),
    _vat("cif c.i.f. nif n.i.f.", rf"(?:cif|c\.i\.f\.|nif|n\.i\.f\.){_NR}", "ES", "PT"),
    _vat("nipc contribuinte", rf"(?:nipc|contribuinte){_NR}", "PT"),
    _vat("cui c.u.i. cif cod", rf"(?:cui|c\.u\.i\.|cif|cod\s+fiscal|cod\s+unic\s+de\s+[iî]nregistrare){_NR}", "RO"),
    _vat("cvr se-nr", rf"(?:cvr|cvr-nr|se-nr)\.?{_NR}", "DK"),
    _vat("tunnus fo-nummer alv", rf"(?:y-?tunnus|fo-nummer|alv){_NR}", "FI"),
    _vat("dič dic dph", r"dič|dic|ič\s?dph", "CZ", "SK", sure=False),
    _vat("adószám adoszam", r"adószám|közösségi\s+adószám|adoszam", "HU"),
    _vat("ЕИК БУЛСТАТ EIK BULSTAT ДДС", r"(?:ЕИК|БУЛСТАТ|ЕИК/БУЛСТАТ|EIK|BULSTAT|ДДС\s*(?:№|номер))", "BG"),
    _vat("Φ AFM", r"(?:Α\.?\s?Φ\.?\s?Μ\.?|AFM)", "EL"),
    _vat("oib", r"oib", "HR"),
    _vat("ddv davčna", r"(?:id\s+za\s+ddv|davčna\s+številka)", "SI"),
    _vat("kmkr käibemaksukohustuslase", r"(?:kmkr|käibemaksukohustuslase)", "EE"),
    _vat("pvn reģ", r"(?:pvn|reģ\.?\s*nr\.?|reģistrācijas\s+numurs)", "LV"),
    _vat("pvm", r"(?:pvm(?:\s+(?:mokėtojo\s+)?kodas)?)", "LT"),
    Scheme("uid", _words("uid ide idi mwst tva iva unternehmens"),
           _label(r"(?:uid|ide|idi|mwst|tva|iva|unternehmens-?id)[\s:.-]*(?=CHE)"),
           re.compile(rf"CHE[\s.-]?{_digits(9)}", re.IGNORECASE), _swiss),
    _formed("kvk", "kvk k.v.k. koophandel commerce coc",
            rf"(?:kvk|k\.v\.k\.|kamer\s+van\s+koophandel|chamber\s+of\s+commerce|coc){_NR}",
            r"\d(?:[ .]?\d){7}"),
    Scheme("siren", _words("siren siret rcs"),
           _label(rf"(?:siren|siret|rcs(?:\s+[A-ZÀ-Ÿ][\w’' -]{{1,30}}?)?(?:\s+[AB])?){_NR}"),
           re.compile(rf"{_digits(14)}|{_digits(9)}"), _siret),
    _formed("krs", "krs", rf"krs{_NR}", r"\d{10}"),
    _checked("regon", "regon", rf"regon{_NR}", rf"{_digits(14)}|{_digits(9)}", regon),
    Scheme("ico", _words("ič ico"), _label(rf"(?:ič|ičo|ico){_NR}"), re.compile(_digits(8)), _ico, sure=False),
    Scheme("vat", _words("org"),
           _label(r"(?:org(?:anisations?)?[.\s-]*(?:nr|nummer|number))\.?"), re.compile(r"\d{6}[\s-]?\d{4}"),
           _swedish, sure=False),
    Scheme("orgnr", _words("org foretaksregisteret"),
           _label(r"(?:org(?:anisasjons)?[.\s-]*(?:nr|nummer)|foretaksregisteret)\.?"), re.compile(_digits(9)),
           _norwegian, sure=False),
    _formed("companieshouse", "company companies registered",
            rf"(?:company\s+(?:registration\s+)?{_NR}|companies\s+house{_NR}|registered\s+in\s+"
            rf"(?:england|scotland|wales)(?:\s+(?:and|&)\s+wales)?[\s,]*(?:under|with)?\s*(?:company)?\s*{_NR})",
            r"(?:[A-Z]{2}\d{6}|\d{8})"),
    Scheme("onrc", _words("reg ord onrc"),
           _label(r"(?:nr\.?\s*(?:de\s+)?(?:[iî]nreg(?:istrare)?|ord(?:ine)?)\.?(?:\s+\w+){0,3}|"
                          r"reg(?:istrul)?\.?\s*com(?:er[tț]ului)?\.?|onrc)"),
           re.compile(r"[JF]\s?\d{1,2}\s?/\s?\d{1,7}\s?/\s?(?:19|20)\d\d"), lambda n: Said(n, valid=True)),
    _formed("cegjegyzek", "cégjegyzék cg", r"(?:cégjegyzék-?szám|cg\.?)", r"\d\d[-\s]\d\d[-\s]\d{6}"),
    _checked("edrpou", "ЄДРПОУ ЕДРПОУ EDRPOU", r"(?:ЄДРПОУ|ЕДРПОУ|EDRPOU)", _digits(8), edrpou),
    Scheme("inn", _words("ИНН INN"), _label(r"ИНН|INN"), re.compile(r"\d{10}(?:\d\d)?"), _russian, sure=False),
    _checked("ogrn", "ОГРН OGRN", r"ОГРН(?:ИП)?|OGRN", r"\d{13}", ogrn),
    _checked("pib", "pib ПИБ", r"(?:pib|ПИБ)", r"\d{9}", rs, sure=False),
    _checked("vkn", "vergi vkn", r"(?:vergi\s+(?:kimlik\s+)?(?:no|numaras[ıi])|vkn)", r"\d{10}", vkn, sure=False),
    _checked("registrikood", "kood", r"(?:registrikood|reg\.?\s?kood)", r"\d{8}", registrikood),
    _checked("fn", "fn firmenbuch", r"(?:fn|firmenbuch(?:nummer|nr)?)", r"\d{1,6}\s?[a-z]", businessid, sure=False),
)  # fmt: skip

# What says by its form alone what it is.
BARE = re.compile(
    r"(?<![\w.-])(?:NL\s?\d{3}[. ]?\d{3}[. ]?\d{3}[. ]?B[. ]?\d\d|ATU\s?\d{8}|CHE-\d{3}\.\d{3}\.\d{3})(?![\w-])"
)
COURT = re.compile(
    r"(?:Amtsgerichts?|AG|Registergericht(?:\s+Amtsgericht)?|Handelsregister)[:\s]+"
    r"(?P<court>[A-ZÄÖÜ][\w.() äöüß-]{2,40}?)[,;:\s-]{1,6}"
    r"(?:unter\s+|Nr\.?\s+|Registernummer:?\s+)?(?P<kind>HR[AB])[\s-]*(?:Nr\.?\s*)?(?P<number>\d{1,6})\b"
    r"|\b(?P<kind2>HR[AB])[\s-]*(?:Nr\.?\s*)?(?P<number2>\d{1,6})[,;:\s(-]{1,6}(?:beim\s+)?(?:Amtsgericht|AG|Registergericht)\s+"
    r"(?P<court2>[A-ZÄÖÜ][\w.äöüß-]{2,30}(?:\s\([A-Z][\w.]+\))?)"
)


def bare(text: str) -> Said | None:
    """A number that :data:`BARE` matches."""
    number = compact(text)
    return _swiss(number) if number.startswith("CHE") else read_vat(number, ())


def court_value(found: re.Match[str]) -> str:
    """``köln/HRB12345`` of a number in a German register."""
    court = (found["court"] or found["court2"]).strip().lower().removeprefix("amtsgericht ")
    return f"{court}/{found['kind'] or found['kind2']}{int(found['number'] or found['number2'])}"
