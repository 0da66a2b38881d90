"""Tables of the reading index for movement, money, roles and assets: each by network.

Networks are numbered in the order of their names, so rows that a query finds by ``network_id`` lie together as well.
"""

from __future__ import annotations

_BY_NET = "SELECT net, t.* FROM src.{name} t JOIN networks USING (network_id) ORDER BY net, {order}"
_NETLESS = "SELECT net, t.* FROM src.{name} t LEFT JOIN networks USING (network_id) ORDER BY net NULLS LAST, {order}"

TRACE_TABLES = {
    name: _BY_NET.format(name=name, order=order)
    for name, order in {
        "stays": "subject, from_at, place",
        "moves": "subject, arrived_at, to_place",
        "clashes": "subject, at_a, at_b",
        "patterns": "subject, pattern",
        "forecasts": "subject, rank",
        "roles": "confidence DESC, person, role",
        "assets": "kind, value, currency",
    }.items()
} | {
    # Of payments and flows that belong to no network, net is null.
    "payments": _NETLESS.format(name="payments", order="booked_at, rid"),
    "flows": _NETLESS.format(name="flows", order="payer, payee, currency"),
    "money_signs": _NETLESS.format(name="money_signs", order="sign, subject"),
    "payment_matches": _NETLESS.format(name="payment_matches", order="payer, score DESC, rid_payment, rid_record"),
}
