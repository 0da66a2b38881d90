"""Look for every indicator on networks. What is found goes into a table of the engine.

========= ==============================================================================================================
observed  an indicator on a network: ind, net, size, share (1 for network indicators), type and h (the identifier it is
          about, if one), examples (rids), reason (with "{subject}" still to fill in), counts (JSON object)
========= ==============================================================================================================

Values of records never become part of a query: they are compared and joined as data.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from clew.assess.catalogue import Indicator, clauses, slots
from clew.assess.facts import only_kinds
from clew.engine.duckdb import Engine

_TYPE_WORDS = (
    "CASE type WHEN 'image' THEN 'picture' WHEN 'phone' THEN 'number' WHEN 'email' THEN 'mail address' "
    "WHEN 'url' THEN 'link' WHEN 'account' THEN 'bank account' WHEN 'company' THEN 'company number' "
    "ELSE type END"
)
_SHARES = """
INSERT INTO observed
SELECT f.ind, f.net, (CASE e.most WHEN 1 THEN f.texts ELSE f.items END)::DOUBLE, '', 0::UBIGINT, f.examples,
    CASE f.ind {reasons} END, concat('{{"with":', f.items, ',"all":', o.items, '}}'), o.texts
FROM shares f JOIN entries e USING (ind) JOIN net_sets o ON e.kset = o.kset AND f.net = o.net
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
    said = []
    for optional, clause in clauses(reason):
        text = f"concat({', '.join(_pieces(clause, columns))})"
        absent = " OR ".join(f"{columns.get(s.column, s.column)} = 0" for s in slots(clause) if s.column)
        said.append(f"CASE WHEN {absent} THEN '' ELSE {text} END" if optional and absent else text)
    return f"concat({', '.join(said)})"


def _pieces(clause: str, columns: dict[str, str]) -> list[str]:
    """SQL expressions for the pieces of a clause."""
    parts = []
    for before, column, one, many, counted in slots(clause):
        value = columns.get(column, column)
        if before:
            parts.append(literal(before))
        if column == "subject":
            parts.append("'{subject}'")
        elif column == "type":
            parts.append(value)
        elif column and counted:
            parts.append(f"format('{{:,}}', {value})")
        if one:
            space = " " if counted else ""
            parts.append(f"CASE WHEN {value} = 1 THEN {literal(space + one)} ELSE {literal(space + many)} END")
    return parts


def _counts(reason: str) -> str:
    """A SQL expression for the numbers of a reason, as a JSON object."""
    names = [s.column for s in slots(reason) if s.column not in ("", "subject", "type")]
    inner = " || ',' || ".join(f"'\"{name}\":' || {name}" for name in dict.fromkeys(names))
    return f"'{{' || {inner} || '}}'" if inner else "'{}'"


def observe_networks(engine: Engine, indicators: Sequence[Indicator], kinds: Collection[str]) -> None:
    """Make ``observed`` and fill it with the network indicators.

    Args:
        engine: holds the tables of `clew.assess.facts`.
        indicators: the catalogue.
        kinds: of which there are records: what is looked for on others alone need not be looked for.
    """
    engine.run(
        "CREATE OR REPLACE TEMP TABLE observed (ind INTEGER, net INTEGER, size DOUBLE, type VARCHAR, h UBIGINT, "
        "examples UBIGINT[], reason VARCHAR, counts VARCHAR, texts BIGINT)"
    )
    for k, i in enumerate(indicators):
        if i.subject == "network" and not set(i.record_kinds).isdisjoint(kinds):
            engine.run(
                f"INSERT INTO observed SELECT {k}, net, size::DOUBLE, type, h, examples, "
                f"{sentence(i.reason, {'type': _TYPE_WORDS})}, {_counts(i.reason)}, 0 "
                f"FROM ({only_kinds(i.record_kinds, i.sql)}) WHERE net IS NOT NULL "
                "QUALIFY row_number() OVER (PARTITION BY net ORDER BY size DESC, type, h) = 1"
            )


def observe_shares(engine: Engine, indicators: Sequence[Indicator]) -> None:
    """Add to ``observed`` the record indicators: the items of a network that show them, from ``shares``."""
    columns = {"with": "f.items", "all": "o.items"}
    reasons = " ".join(
        f"WHEN {k} THEN {sentence(i.reason_network, columns)}"
        for k, i in enumerate(indicators)
        if i.subject == "record"
    )
    if reasons:
        engine.run(_SHARES.format(reasons=reasons))
