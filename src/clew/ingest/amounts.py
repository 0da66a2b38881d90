"""Amounts of money as sources write them, to exact decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from clew.model.traced import MONEY

SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₽": "RUB", "₴": "UAH", "₺": "TRY", "₿": "BTC", "zł": "PLN"}
_SIGN = "|".join(rf"\{symbol}" if symbol == "$" else symbol for symbol in SYMBOLS)
# Currencies of ISO 4217 that have no third decimal, so that three digits behind one mark are a part of thousands.
_NO_MILLS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR
IRR ISK JMD JPY KES KGS KHR KMF KPW KRW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
_MORE = "BHD IQD JOD KWD LYD OMR TND BTC ETH LTC XMR TRX USDT USDC"
CODES = frozenset(f"{_NO_MILLS} {_MORE}".split())
_THOUSANDS = r"^([^\d.,]*[1-9]\d{0,2})\.(\d{3}[^\d.,]*)$"
_CURRENCY = r"[A-Za-z]{1,5}\.?|[€$£¥₽₴₺₿]|zł|Kč"
# A sign (a minus behind the number too, as banks print it, or brackets, as accountants do), a currency, a number.
_WRITTEN = (
    rf"^\s*(?P<open>\()?\s*(?P<sign>[+\-−–]?)\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[+\-−–]?)\s*"
    rf"(?P<number>\d[\d.,'’ \x{{a0}}\x{{202f}}]*|[.,]\d+)(?P<power>[eE][+-]?\d{{1,2}})?\s*"
    rf"(?P<behind>-)?\s*(?:{_CURRENCY})?\s*(?P<close>\))?\s*$"
)
_COMMA = r",(\d{1,2}|\d{4,})$|\..*,\d*$|^0?,\d+$"  # the decimal mark is a comma for sure
_POINT = r"\.(\d{1,2}|\d{4,})$|,.*\.\d*$|^0?\.\d+$"
_GROUPED = r"^\d*([.,]\d*)?$|^\d{1,3}([.,]\d{2,3})*[.,]\d{3}([.,]\d*)?$"  # lakhs have groups of two
_SIMPLE = r"^\d{1,18}(\.\d{1,2})?$"  # reads alike whatever the decimal mark of the file
_LARGEST, _SMALLEST = Decimal(10) ** 20, Decimal(10) ** -18
_WIDE = Context(prec=38)  # as many digits as the column holds; the usual 28 are too few to round 1e17


@dataclass(frozen=True)
class Amounts:
    """A column of amounts.

    Attributes:
        value: decimal128(38, 18), with sign; null where nothing was written or nothing could be read.
        unread: bool, something was written that is no amount, or one of more than 20 or 18 digits around the mark.
        comma, point: whether values were seen whose decimal mark is a comma (a point) for sure.
    """

    value: pa.Array
    unread: pa.Array
    comma: bool
    point: bool


def parse_amounts(texts: pa.Array, *, comma: bool) -> Amounts:
    """Read a string array of amounts.

    ``1.234,56``, ``1,234.56``, ``1 234.56``, ``1'234.56``, ``-12.50``, ``12,50-``, ``(12.50)``, ``EUR 12.50``,
    ``12,50 €``, ``1e-7``. A number with one mark and three digits behind it may be either; see ``comma``.

    Args:
        texts: as written.
        comma: whether ``1,234`` and ``1.234`` are to be read with a decimal comma.
    """
    coded = texts.dictionary_encode()  # the same amounts come again and again
    read = _read(coded.dictionary, comma)
    value, unread = (column.take(coded.indices) for column in (read.value, read.unread))
    return Amounts(value, pc.fill_null(unread, False), read.comma, read.point)


def beside(amounts: pa.Array) -> pa.Array:
    """The code or symbol beside each amount, as it is written."""
    return pc.struct_field(pc.extract_regex(amounts, rf"(?P<code>[A-Z]{{3,5}}|{_SIGN})"), "code")


def currency_codes(written: pa.Array) -> pa.Array:
    """Codes in capitals, of codes or symbols."""
    coded = written.dictionary_encode()
    code = pc.utf8_trim_whitespace(coded.dictionary)
    for symbol, name in SYMBOLS.items():
        code = pc.if_else(pc.equal(code, symbol), name, code)
    return pc.utf8_upper(code).take(coded.indices)


def without_thousands(amounts: pa.Array, currency: pa.Array) -> pa.Array:
    """``1.200`` as ``1200`` where the currency has no third decimal, so that the point can only part thousands.

    For a column in which no other amount shows that its point is the decimal mark.

    Args:
        currency: the code or symbol of each row; where null, what stands beside the amount counts.
    """
    grouped = pc.fill_null(pc.match_substring_regex(amounts, _THOUSANDS), False)
    if not pc.any(grouped, min_count=0).as_py():
        return amounts
    code = pc.coalesce(currency_codes(currency), currency_codes(beside(amounts)))
    grouped = pc.and_(grouped, pc.is_in(code, pa.array(_NO_MILLS.split())))
    return pc.if_else(grouped, pc.replace_substring_regex(amounts, _THOUSANDS, r"\1\2"), amounts)


def _read(texts: pa.Array, comma: bool) -> Amounts:
    """As `parse_amounts`, each text by itself. Nearly all are simple, and the rest takes ten times as long."""
    simple = pc.fill_null(pc.match_substring_regex(texts, _SIMPLE), False)
    known = pc.if_else(simple, texts, None)
    value, point = known.cast(MONEY), pc.any(pc.match_substring(known, "."), min_count=0).as_py()
    rest = pc.invert(simple)
    read = _read_any(texts.filter(rest), comma)
    return Amounts(
        pc.replace_with_mask(value, rest, read.value),
        pc.replace_with_mask(pa.repeat(False, len(texts)), rest, read.unread),
        read.comma,
        bool(point) or read.point,
    )


def _read_any(texts: pa.Array, comma: bool) -> Amounts:
    """The same of amounts that may be written in any way."""
    parts = pc.extract_regex(texts, _WRITTEN)
    number = pc.replace_substring_regex(pc.struct_field(parts, "number"), r"['’ \x{a0}\x{202f}]", "")
    number = pc.if_else(pc.match_substring_regex(number, _GROUPED), number, None)
    commas = pc.match_substring_regex(number, _COMMA)
    points = pc.match_substring_regex(number, _POINT)
    by_comma = pc.if_else(pc.xor(commas, points), commas, comma)
    # Marks that stand more than once part thousands.
    with_comma = pc.replace_substring(pc.replace_substring(number, ".", ""), ",", ".")
    plain = pc.if_else(by_comma, with_comma, pc.replace_substring(number, ",", ""))
    several = pc.match_substring_regex(plain, r"\..*\.")
    plain = pc.if_else(several, pc.replace_substring(plain, ".", ""), plain)
    # "5,-" is five without cents, not minus five.
    behind = pc.if_else(pc.match_substring_regex(pc.struct_field(parts, "number"), r"[.,]$"), "", parts.field("behind"))
    negative = pc.or_(
        pc.match_substring_regex(pc.binary_join_element_wise(_joined(parts, "sign", "inner"), behind, ""), "[-−–]"),
        pc.equal(_joined(parts, "open", "close"), "()"),
    )
    signed = pc.binary_join_element_wise(
        pc.if_else(negative, "-", ""), plain, pc.fill_null(pc.struct_field(parts, "power"), ""), ""
    )
    value = _decimals(signed)
    said = pc.fill_null(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(texts)), 0), False)
    return Amounts(value, pc.and_(said, pc.is_null(value)), _seen(commas, points), _seen(points, commas))


def _seen(mark: pa.Array, other: pa.Array) -> bool:
    return bool(pc.any(pc.and_not(mark, other), min_count=0).as_py())


def _joined(parts: pa.Array, *names: str) -> pa.Array:
    return pc.binary_join_element_wise(*(pc.fill_null(pc.struct_field(parts, name), "") for name in names), "")


def _decimals(texts: pa.Array) -> pa.Array:
    """Decimals of plain numbers; null where one does not fit."""
    easy = pc.fill_null(pc.match_substring_regex(texts, r"^-?\d{0,20}(\.\d{0,18})?$"), False)
    easy = pc.and_(easy, pc.fill_null(pc.match_substring_regex(texts, r"\d"), False))
    value = pc.if_else(easy, texts, None).cast(MONEY)
    rest = pc.and_(pc.is_valid(texts), pc.invert(easy))
    if not pc.any(rest, min_count=0).as_py():
        return value
    coded = pc.if_else(rest, texts, None).dictionary_encode()
    others = pa.array([_decimal(text) for text in coded.dictionary.to_pylist()], MONEY).take(coded.indices)
    return pc.coalesce(value, others)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
        exact = value.quantize(_SMALLEST, context=_WIDE) if abs(value) < _LARGEST else None
    except InvalidOperation:
        return None
    return exact if exact == value else None
