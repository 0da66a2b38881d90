"""The tables of the trace stage: movement, money, roles and assets of networks.

Accounts, persons' identifiers and what is followed are named ``type:value`` as in mentions (``account:iban:NL…``,
``wallet:btc:…``, ``phone:+31…``); an account of which only the holder's name is known is ``name:…``.
"""

from __future__ import annotations

import pyarrow as pa

_TIME = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(38, 18)  # exact: cents and wei alike

PAYMENTS = pa.schema(  # payments as an account book has them; accounts are named as in mentions, ``type:value``
    [
        pa.field("rid", pa.uint64(), nullable=False),
        pa.field("payer", pa.string(), nullable=False),  # "" where the source names none
        pa.field("payee", pa.string(), nullable=False),
        pa.field("payer_name", pa.string(), nullable=False),
        pa.field("payee_name", pa.string(), nullable=False),
        pa.field("amount", MONEY, nullable=False),
        pa.field("currency", pa.string(), nullable=False),  # XXX: the source does not say
        pa.field("booked_at", _TIME),
        pa.field("purpose", pa.string(), nullable=False),
        pa.field("state", pa.string(), nullable=False),  # booked, pending, reversed, reversal, duplicate
        pa.field("of", pa.uint64()),  # the payment that this one reverses or repeats
        pa.field("network_id", pa.string()),
    ]
)

FLOWS = pa.schema(  # what went from one account to another, all booked payments together
    [
        pa.field("payer", pa.string(), nullable=False),
        pa.field("payee", pa.string(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("payments", pa.int64(), nullable=False),
        pa.field("amount", MONEY, nullable=False),
        pa.field("first_at", _TIME),
        pa.field("last_at", _TIME),
        pa.field("network_id", pa.string()),  # where all of them are of one network
    ]
)

MONEY_SIGNS = pa.schema(  # what an account shows that assess makes a finding of
    [
        pa.field("sign", pa.string(), nullable=False),  # the id of the indicator
        pa.field("subject", pa.string(), nullable=False),  # the account
        pa.field("network_id", pa.string()),
        pa.field("weight", pa.float32(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # one sentence, with the figures
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),  # the payments that show it, in time order
    ]
)

PAYMENT_MATCHES = pa.schema(  # which payment may have paid for which post
    [
        pa.field("rid_payment", pa.uint64(), nullable=False),
        pa.field("rid_record", pa.uint64(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),  # probability that it did
        pa.field("chance", pa.float64(), nullable=False),  # of so good a coincidence
        pa.field("network_id", pa.string()),  # of the record
        pa.field("payer", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)

STAYS = pa.schema(  # where somebody was; ``subject`` is what is followed, ``type:value``
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("from_at", _TIME),
        pa.field("to_at", _TIME),
        pa.field("certainty", pa.float32(), nullable=False),  # between 0 and 1
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),
    ]
)

MOVES = pa.schema(
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("from_place", pa.string(), nullable=False),
        pa.field("to_place", pa.string(), nullable=False),
        pa.field("left_at", _TIME),
        pa.field("arrived_at", _TIME),
        pa.field("how", pa.string(), nullable=False),  # edit, repost, tour, booking, location
        pa.field("km", pa.float32()),
        pa.field("certainty", pa.float32(), nullable=False),
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),
    ]
)

CLASHES = pa.schema(  # two places that one person cannot be in so soon one after the other
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("place_a", pa.string(), nullable=False),
        pa.field("place_b", pa.string(), nullable=False),
        pa.field("at_a", _TIME),
        pa.field("at_b", _TIME),
        pa.field("km", pa.float32(), nullable=False),
        pa.field("hours_needed", pa.float32(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),
    ]
)

PATTERNS = pa.schema(
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),  # "" for the network as a whole
        pa.field("pattern", pa.string(), nullable=False),  # hub, circuit, scatter, still
        pa.field("confidence", pa.float32(), nullable=False),
        pa.field("places", pa.list_(pa.string()), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)

FORECASTS = pa.schema(  # where next
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("rank", pa.int64(), nullable=False),
        pa.field("probability", pa.float32(), nullable=False),
        pa.field("baseline", pa.float32(), nullable=False),  # the same by how often it was there alone
        pa.field("reason", pa.string(), nullable=False),
    ]
)

ROLES = pa.schema(  # what somebody does in a network, from behaviour alone; ranked by confidence
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("person", pa.string(), nullable=False),
        pa.field("role", pa.string(), nullable=False),  # "unknown" is an answer
        pa.field("confidence", pa.float32(), nullable=False),
        pa.field("evidence", pa.string(), nullable=False),  # JSON list of {what, count, points}
        pa.field("identifiers", pa.list_(pa.string()), nullable=False),  # ``type:value``
        pa.field("reason", pa.string(), nullable=False),
        pa.field("first_at", _TIME),
        pa.field("last_at", _TIME),
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),
    ]
)

ASSETS = pa.schema(  # what could be frozen or seized
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # account, wallet, domain, phone, vehicle, premises
        pa.field("value", pa.string(), nullable=False),
        pa.field("holder", pa.string(), nullable=False),
        pa.field("first_at", _TIME),
        pa.field("last_at", _TIME),
        pa.field("turnover_low", MONEY),
        pa.field("turnover_mid", MONEY),
        pa.field("turnover_high", MONEY),
        pa.field("currency", pa.string()),
        pa.field("reason", pa.string(), nullable=False),  # how it was estimated
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),
        pa.field("tie", pa.string(), nullable=False),  # named in texts, inferred from acts, or read by its form
        pa.field("turnover", pa.string(), nullable=False),  # observed in payments, assumed from adverts, or none
    ]
)

# Every table of the stage, by the name it has in SQL.
TRACED = {
    "stays": STAYS,
    "moves": MOVES,
    "clashes": CLASHES,
    "patterns": PATTERNS,
    "forecasts": FORECASTS,
    "payments": PAYMENTS,
    "flows": FLOWS,
    "money_signs": MONEY_SIGNS,
    "payment_matches": PAYMENT_MATCHES,
    "roles": ROLES,
    "assets": ASSETS,
}
