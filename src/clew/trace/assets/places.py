"""Vehicles and premises that texts name, and premises that are rented.

A number plate counts only after a word for a car or a plate: letters and digits with a dash are order numbers
otherwise. An address is a word for a street with a house number. Both are patterns, not parsers: they miss many and
are sometimes wrong, which the reason says.
"""

from __future__ import annotations

_CAR = (
    "car|vehicle|plates?|busje|bestelwagen|kenteken|nummerplaat|wagen|kennzeichen|"
    "nummernschild|voiture|plaque|immatriculation|camionnette|coche|matr[ií]cula|furgoneta|macchina|targa|furgone|"
    "carro|carrinha|samoch[oó]d|rejestracj\\pL*|tablic\\pL*|masina|mașina|rendsz[aá]m|kocsi|номер|машин\\pL*"
)
_PLATE = (  # with blanks only in capitals: "the car is 20 years old"
    r"(?-i:[A-Z0-9]{1,4}[- ][A-Z0-9]{1,5}(?:[- ][A-Z0-9]{1,4})?)|[a-z0-9]{1,4}-[a-z0-9]{1,5}(?:-[a-z0-9]{1,4})?"
)
PLATE = rf"(?i)(?:^|[^\pL])(?:{_CAR})[\s:=.#]+(?:(?:is|no|nr|number)[\s:.]+)?({_PLATE})(?:$|[^\pL\pN-])"
_NAME = r"(?-i:\p{Lu})[\pL'-]{2,24}(?: (?-i:\p{Lu})[\pL'-]{1,24})?"
_STREET = (
    r"\pL{2,24}(?:straat|laan|weg|plein|gracht|kade|singel|stra(?:ß|ss)e|platz|allee|gasse|gatan|v[aä]gen) \d{1,4}\b",
    r"(?:calle|rue|via|viale|avenida|avenue|rua|strada|str\.|ulica|ul\.|boulevard|bd\.|plaza|piazza) "
    rf"(?:d\pL{{1,4}} )?{_NAME},? (?:nr\.? ?|n[°º.] ?)?\d{{1,4}}\b",
    rf"\d{{1,4}}[a-z]?,? {_NAME} (?:street|road|avenue|lane|drive|close|court|st|rd)\b",
)
# A quick look for the words alone, before names and house numbers are looked for around them.
STREET = (
    "(?i)straat|laan|weg|plein|gracht|kade|singel|strasse|straße|platz|allee|gasse|gatan|vägen|vagen|calle|rue|via|viale|"
    "aven|rua|strada|str\\.|ulica|ul\\.|boulevard|bd\\.|plaza|piazza|street|road|lane|drive|close|court| st| rd"
)
ADDRESS = r"(?i)(?:^|[^\pL\pN])(" + "|".join(_STREET) + ")"

_SAID = """
WITH texts AS (
    SELECT r.rid, m.network_id, r.item_id, coalesce(r.posted_at, r.captured_at) AS moment, left(r.body, 4000) AS body
    FROM records r JOIN network_members m USING (rid)
    WHERE r.kind IN ('message', 'payment', 'job_ad') AND r.body IS NOT NULL
), likely AS MATERIALIZED (
    FROM texts WHERE regexp_matches(body, '[0-9]'){first}
), found AS (
    SELECT rid, network_id, item_id, moment, {clean} AS value FROM likely WHERE regexp_matches(body, {pattern})
)
SELECT network_id, '{kind}' AS kind, value, '' AS holder, min(moment) AS first_at, max(moment) AS last_at,
    NULL AS turnover_low, NULL AS turnover_mid, NULL AS turnover_high, NULL AS currency,
    '{reason} (texts: ' || count(DISTINCT item_id) || '); read by its form, so look at the text.' AS reason,
    list(DISTINCT rid ORDER BY rid)[1:200] AS rids
FROM found WHERE {keep} GROUP BY network_id, value
"""
VEHICLES = _SAID.format(
    clean="upper(replace(regexp_extract(body, $plate, 1), ' ', '-'))",
    pattern="$plate",
    first="",
    kind="vehicle",
    reason="Named after a word for a car or number plate",
    keep="regexp_matches(value, '[0-9]{2}') AND regexp_matches(value, '[A-Z]') AND length(value) >= 6",
)
PREMISES = _SAID.format(
    clean="regexp_replace(lower(trim(regexp_extract(body, $address, 1))), '\\s+', ' ', 'g')",
    pattern="$address",
    first=" AND regexp_matches(body, $street)",
    kind="premises",
    reason="An address that texts name",
    keep="length(value) >= 8",
)
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
    list(rid ORDER BY booked_at, rid)[1:200] AS rids
FROM rents LEFT JOIN placed USING (rid) GROUP BY network_id, payee, payee_name, currency
"""
