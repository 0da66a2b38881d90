"""Look for every indicator: on records, and on networks. What is found goes into two tables of the engine.

========= ==============================================================================================================
marks     an indicator on a record: ind (its place in the catalogue), rid, n (mentions), and the first of them: field,
          start, end, raw
observed  an indicator on a network: ind, net, size, share (1 for network indicators), type and h (the identifier it is
          about, if one), examples (rids), reason (with "{subject}" still to fill in), counts (JSON object)
========= ==============================================================================================================

Values of records never become part of a query: they are compared and joined as data.
"""

from __future__ import annotations

from collections.abc import Sequence

from clew.assess.catalogue import Indicator, slots
from clew.assess.facts import only_kinds
from clew.engine.duckdb import Engine

_FIELD_CODE = (
    "CASE field::VARCHAR WHEN 'title' THEN 0 WHEN 'body' THEN 1 WHEN 'contact' THEN 2 WHEN 'place' THEN 3 ELSE 4 END"
)
# Where a mention stands in its record, as one number: field, start, length.
POSITION = (
    f"(({_FIELD_CODE})::UBIGINT * 1152921504606846976 + greatest(start, 0)::UBIGINT * 4294967296 "
    '+ greatest("end" - start, 0)::UBIGINT)'
)
# The inverse of POSITION.
_FIELD_OF = "['title', 'body', 'contact', 'place', 'price'][(p // 1152921504606846976 + 1)::INTEGER]"
SPAN_OF = (
    f"{_FIELD_OF} AS field, (p // 4294967296 % 268435456)::INTEGER AS start, "
    '(p // 4294967296 % 268435456 + p % 4294967296)::INTEGER AS "end"'
)
_TYPE_WORDS = (
    "CASE type WHEN 'image' THEN 'picture' WHEN 'phone' THEN 'number' WHEN 'email' THEN 'mail address' "
    "WHEN 'url' THEN 'link' WHEN 'account' THEN 'bank account' ELSE type END"
)
_SHARES = """
INSERT INTO observed
WITH found AS (
    SELECT m.ind, i.net, count(DISTINCT i.item) AS items, min(i.rid) AS a, max(i.rid) AS b,
        min((hash(i.rid)::UHUGEINT << 64) | i.rid::UHUGEINT) AS c
    FROM marks m JOIN all_items i ON m.rid = i.rid WHERE i.net IS NOT NULL GROUP BY m.ind, i.net
)
SELECT f.ind, f.net, f.items::DOUBLE, '', 0::UBIGINT, [a, b, (c & {low})::UBIGINT],
    CASE f.ind {reasons} END, concat('{{"with":', f.items, ',"all":', o.items, '}}'), o.items
FROM found f JOIN entries e USING (ind) JOIN net_sets o ON e.kset = o.kset AND f.net = o.net
"""


def literal(text: str) -> str:
    """A text of the catalogue as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def sentence(reason: str, columns: dict[str, str]) -> str:
    """A SQL expression for a reason with its columns filled in.

    Args:
        reason: as in `Indicator.reason`.
        columns: SQL for a column where it is not simply its name.
    """
    parts = []
    for before, column, one, many in slots(reason):
        if before:
            parts.append(literal(before))
        if column == "subject":
            parts.append("'{subject}'")
        elif column:
            value = columns.get(column, column)
            parts.append(f"format('{{:,}}', {value})" if column != "type" else value)
            if one:
                parts.append(f"CASE WHEN {value} = 1 THEN {literal(' ' + one)} ELSE {literal(' ' + many)} END")
    return f"concat({', '.join(parts)})"


def _counts(reason: str) -> str:
    """A SQL expression for the numbers of a reason, as a JSON object."""
    names = [c for _, c, _, _ in slots(reason) if c not in ("", "subject", "type")]
    inner = " || ',' || ".join(f"'\"{name}\":' || {name}" for name in dict.fromkeys(names))
    return f"'{{' || {inner} || '}}'" if inner else "'{}'"


def _kinds(indicator: Indicator) -> str:
    return ", ".join(f"'{kind}'" for kind in indicator.record_kinds)


def mark_records(engine: Engine, indicators: Sequence[Indicator]) -> None:
    """Fill ``marks`` with what record indicators find."""
    engine.run(
        "CREATE OR REPLACE TEMP TABLE marks (ind INTEGER, rid UBIGINT, n BIGINT, field VARCHAR, start INTEGER, "
        '"end" INTEGER, '
        "raw VARCHAR)"
    )
    of_records = [(k, i) for k, i in enumerate(indicators) if i.subject == "record"]
    simple = [(k, i) for k, i in of_records if i.when]
    queries = [_marks_by_condition(simple)] if simple else []
    queries += [
        f"SELECT {k} AS ind, q.* FROM ({only_kinds(i.record_kinds, i.sql)}) q JOIN all_items x ON q.rid = x.rid "
        f"WHERE x.kind IN ({_kinds(i)})"
        for k, i in of_records
        if i.sql
    ]
    for query in queries:
        engine.run(
            f"INSERT INTO marks SELECT ind, rid, n, {SPAN_OF}, raw FROM (SELECT ind, rid, count(*) AS n, min(p) AS p, "
            f"arg_min(raw, p) AS raw FROM (SELECT *, {POSITION} AS p FROM ({query})) GROUP BY ind, rid)"
        )


def _marks_by_condition(simple: Sequence[tuple[int, Indicator]]) -> str:
    """One pass over the mentions for all indicators that are a condition on a mention (the first that holds counts)."""
    cases = " ".join(f"WHEN {i.when} THEN {k}" for k, i in simple)
    # the types are read as text once, in a subquery: comparing the dictionary each time would be slower
    read = """SELECT rid, type::VARCHAR AS type, value, obscured, field, start, "end", raw FROM mentions"""
    said = f"""SELECT CASE {cases} END AS ind, rid, field, start, "end", raw FROM ({read})"""
    return (
        f"""SELECT m.ind, m.rid, m.field, m.start, m."end", m.raw FROM ({said}) m JOIN all_items x ON m.rid = x.rid """
        "SEMI JOIN (SELECT ind, kind FROM entries JOIN applies USING (kset)) a ON m.ind = a.ind AND x.kind = a.kind "
        "WHERE m.ind IS NOT NULL"
    )


def observe_networks(engine: Engine, indicators: Sequence[Indicator]) -> None:
    """Fill ``observed``: network indicators, and for each record indicator the items of a network that show it."""
    engine.run(
        "CREATE OR REPLACE TEMP TABLE observed (ind INTEGER, net INTEGER, size DOUBLE, type VARCHAR, h UBIGINT, "
        "examples UBIGINT[], reason VARCHAR, counts VARCHAR, items BIGINT)"
    )
    for k, i in enumerate(indicators):
        if i.subject == "network":
            engine.run(
                f"INSERT INTO observed SELECT {k}, net, size::DOUBLE, type, h, examples, "
                f"{sentence(i.reason, {'type': _TYPE_WORDS})}, {_counts(i.reason)}, 0 "
                f"FROM ({only_kinds(i.record_kinds, i.sql)}) WHERE net IS NOT NULL "
                "QUALIFY row_number() OVER (PARTITION BY net ORDER BY size DESC, type, h) = 1"
            )
    columns = {"with": "f.items", "all": "o.items"}
    reasons = " ".join(
        f"WHEN {k} THEN {sentence(i.reason_network, columns)}"
        for k, i in enumerate(indicators)
        if i.subject == "record"
    )
    if reasons:
        engine.run(_SHARES.format(reasons=reasons, low="18446744073709551615::UHUGEINT"))
