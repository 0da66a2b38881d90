"""Vehicles and premises that texts name, and premises that are rented.

A number plate counts only after a word for a car or a plate: letters and digits with a dash are order numbers
otherwise. An address is a word for a street with a house number. Both are patterns, not parsers: they miss many and
are sometimes wrong, which the reason says.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine

_CAR = (
    "car|vehicle|plates?|busje|bestelwagen|kenteken|nummerplaat|wagen|kennzeichen|"
    "nummernschild|voiture|plaque|immatriculation|camionnette|coche|matr[ií]cula|furgoneta|macchina|targa|furgone|"
    "carro|carrinha|samoch[oó]d|rejestracj\\pL*|tablic\\pL*|masina|mașina|rendsz[aá]m|kocsi|номер|машин\\pL*"
)
_PLATE = (  # with blanks only in capitals: "the car is 20 years old"
    r"(?-i:[A-Z0-9]{1,4}[- ][A-Z0-9]{1,5}(?:[- ][A-Z0-9]{1,4})?)|[a-z0-9]{1,4}-[a-z0-9]{1,5}(?:-[a-z0-9]{1,4})?"
)
PLATE = rf"(?i)(?:^|[^\pL])(?:{_CAR})[\s:=.#]+(?:(?:is|no|nr|number)[\s:.]+)?(?P<it>{_PLATE})(?:$|[^\pL\pN-])"
_NAME = r"(?-i:\p{Lu})[\pL'-]{2,24}(?: (?-i:\p{Lu})[\pL'-]{1,24})?"
_STREET = (
    r"\pL{2,24}(?:straat|laan|weg|plein|gracht|kade|singel|stra(?:ß|ss)e|platz|allee|gasse|gatan|v[aä]gen) \d{1,4}\b",
    r"(?:calle|rue|via|viale|avenida|avenue|rua|strada|str\.|ulica|ul\.|boulevard|bd\.|plaza|piazza) "
    rf"(?:d\pL{{1,4}} )?{_NAME},? (?:nr\.? ?|n[°º.] ?)?\d{{1,4}}\b",
    rf"\d{{1,4}}[a-z]?,? {_NAME} (?:street|road|avenue|lane|drive|close|court|st|rd)\b",
)
# A quick look, form by form, without the repeated letters, which are slow to look for: whatever has an address passes.
STREETS = (
    r"(?i)(?:straat|laan|weg|plein|gracht|kade|singel|stra(?:ß|ss)e|platz|allee|gasse|gatan|v[aä]gen) \d",
    r"(?i:(?:calle|rue|via|viale|avenida|avenue|rua|strada|str\.|ulica|ul\.|boulevard|bd\.|plaza|piazza) )"
    r"(?i:d\pL+ )?\p{Lu}",
    r"\d[a-zA-Z]?,? \p{Lu}[^\d]* (?i:street|road|avenue|lane|drive|close|court|st|rd)\b",
)
ADDRESS = r"(?i)(?:^|[^\pL\pN])(?P<it>" + "|".join(_STREET) + ")"

# Texts that may name one, by a quick look; then the pattern, once for all; then what is found, by network.
_KINDS = "('message', 'payment', 'job_ad')"
_ANY = f"SELECT count(*) > 0 FROM records WHERE kind IN {_KINDS}"
_LIKELY = f"""
SELECT r.rid, m.network_id, r.item_id, coalesce(r.posted_at, r.captured_at) AS moment, left(r.body, 4000) AS body,
    regexp_matches(r.body, $car) AS car,
    regexp_matches(r.body, $street) OR regexp_matches(r.body, $named) OR regexp_matches(r.body, $numbered) AS street
FROM records r JOIN network_members m USING (rid)
WHERE r.kind IN {_KINDS} AND regexp_matches(r.body, '[0-9]') AND (car OR street)
"""
_NAMED = """
SELECT network_id, '{kind}' AS kind, value, '' AS holder, min(moment) AS first_at, max(moment) AS last_at,
    NULL AS turnover_low, NULL AS turnover_mid, NULL AS turnover_high, NULL AS currency,
    '{reason} (texts: ' || count(DISTINCT item_id) || '); read by its form, so look at the text.' AS reason,
    list(DISTINCT rid ORDER BY rid)[1:200] AS rids, 'read' AS tie, 'none' AS turnover
FROM named_in_texts GROUP BY network_id, value
"""


def named_in_texts(engine: Engine) -> list[pa.Table]:
    """Number plates that texts name after a word for a car or plate, and addresses."""
    if not engine.row(_ANY)[0]:
        return []
    street, named, numbered = STREETS
    looks = {"car": f"(?i){_CAR}", "street": street, "named": named, "numbered": numbered}
    texts = engine.sql(_LIKELY, params=looks)
    return [
        _vehicles(engine, texts.filter(texts.column("car"))),
        _premises(engine, texts.filter(texts.column("street"))),
    ]


def _vehicles(engine: Engine, texts: pa.Table) -> pa.Table:
    value = pc.utf8_upper(pc.replace_substring(_said(texts, PLATE), " ", "-"))
    kept = pc.and_(pc.match_substring_regex(value, "[0-9]{2}"), pc.match_substring_regex(value, "[A-Z]"))
    kept = pc.and_(kept, pc.greater_equal(pc.utf8_length(value), 6))
    return _named(engine, texts, value, kept, "vehicle", "Named after a word for a car or number plate")


def _premises(engine: Engine, texts: pa.Table) -> pa.Table:
    value = pc.replace_substring_regex(pc.utf8_lower(pc.utf8_trim_whitespace(_said(texts, ADDRESS))), r"\s+", " ")
    kept = pc.greater_equal(pc.utf8_length(value), 8)
    return _named(engine, texts, value, kept, "premises", "An address that texts name")


def _said(texts: pa.Table, pattern: str) -> pa.ChunkedArray:
    """What the group of a pattern holds in each text."""
    return pc.struct_field(pc.extract_regex(texts.column("body"), pattern), "it")


def _named(
    engine: Engine, texts: pa.Table, value: pa.ChunkedArray, kept: pa.ChunkedArray, kind: str, reason: str
) -> pa.Table:
    rows = texts.drop_columns(["body"]).append_column("value", value).filter(pc.fill_null(kept, False))
    engine.register({"named_in_texts": rows})
    try:
        return engine.sql(_NAMED.format(kind=kind, reason=reason))
    finally:
        engine.forget("named_in_texts")


# What people with a role in the network rent, by landlord; where it stands is what the payments say, if anything.
RENTED = """
WITH people AS (
    SELECT DISTINCT network_id, unnest(identifiers) AS node FROM roles WHERE role <> 'unknown'
), rents AS (
    SELECT w.network_id, p.payee, p.payee_name, p.currency, p.amount, p.booked_at, p.rid
    FROM payments p JOIN people w ON w.node = p.payer WHERE p.state = 'booked' AND p.purpose IN ('rent', 'lodging')
), placed AS (
    SELECT rid, min(value) AS place FROM mentions WHERE type = 'place' AND rid IN (SELECT rid FROM rents) GROUP BY rid
)
SELECT network_id, 'premises' AS kind,
    'rented from ' || if(payee_name = '', regexp_replace(payee, '^[a-z]+:', ''), payee_name)
        || coalesce(', ' || min(place), '') AS value,
    if(payee_name = '', payee, payee_name) AS holder, min(booked_at) AS first_at, max(booked_at) AS last_at,
    NULL AS turnover_low, NULL AS turnover_mid, NULL AS turnover_high, NULL AS currency,
    'Rent or lodging paid by people with a role here: ' || count(*) || ' payments, '
        || regexp_replace(sum(amount)::VARCHAR, '\\.?0+$', '') || ' ' || currency
        || ' in all. The address is with the landlord.' AS reason,
    list(rid ORDER BY booked_at, rid)[1:200] AS rids, 'inferred' AS tie, 'none' AS turnover
FROM rents LEFT JOIN placed USING (rid) GROUP BY network_id, payee, payee_name, currency
"""
