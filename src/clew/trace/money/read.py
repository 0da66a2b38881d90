"""The payments of a workspace as a book: accounts by their canonical names, purposes, one row a record.

======= ===============================================================================================================
book    rid, payer, payee (numbers of accounts; see `clew.trace.money.accounts`), payer_name, payee_name, payer_loose,
        payee_loose (known by a name alone, or not at all), amount, value (the same in floating point, to compare and
        never to add up), currency, booked_at, purpose, day, minute of the day (local; null where the time is not
        known), t (microseconds), timed (the source gives a time of day), place, account (whose statement it is),
        direction, reference, native, platform, statement (number of the source's file), form (its suffix), device, ip,
        reversal, reverses, pending, later (the newest version of the same item; null for the newest), type, text,
        nth (0, 1, …: the row)
======= ===============================================================================================================

It is an Arrow table, so that what is found out about its rows is added as a column, in their order, and nothing is
joined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.rows import Rids, finder
from clew.link.ties import coded, distinct
from clew.trace.money.accounts import Sides, called, sides
from clew.trace.money.labels import kinds, meaning_of_label, meanings
from clew.trace.money.words import PLAIN, UNKNOWN, lexicon, purposes_of

Ints = npt.NDArray[np.int64]

_ANY = "SELECT count(*) FROM (SELECT 1 FROM records WHERE kind = 'payment' LIMIT 1)"
EXTRA = (
    "payer_name", "payee_name", "reference", "type", "account", "direction", "mcc", "merchant", "device", "ip",
    "status", "reversal", "reverses", "tx", "label",
)  # fmt: skip


# Texts of ASCII are plain but for the size of their letters, to which `purposes_of` is blind.
_PLAIN_TEXT = f"CASE WHEN strlen(body) <> length(body) THEN {PLAIN.format('body')} END"
_WHOLE = ", ".join(f"'$.{name}'" for name in EXTRA)
_E = {name: f"coalesce(e[{k + 1}], '')" for k, name in enumerate(EXTRA)}
# What hangs on the file is read once a file, and the further columns after all is joined: they are the widest.
_READ = f"""
WITH paid AS (
    SELECT rid, source, platform, native_id, body, place, payer, payee, amount, currency, posted_at,
        posted_offset, extra, file
    FROM records WHERE kind = 'payment' AND amount IS NOT NULL AND amount > 0
), newest AS (
    SELECT unnest(rids) AS rid, newest FROM (
        SELECT list(rid) AS rids, arg_max(rid, version) AS newest FROM records
        WHERE kind = 'payment' AND amount > 0 AND item_id IN (SELECT item_id FROM records WHERE version > 1)
        GROUP BY item_id HAVING count(*) > 1
    )
), statements AS (
    SELECT source, file, row_number() OVER (ORDER BY source, file)::INTEGER AS statement,
        regexp_extract(lower(file), '[^.]*$') AS form
    FROM records WHERE kind = 'payment' AND amount > 0 GROUP BY source, file
), joined AS (
    SELECT * FROM paid JOIN statements USING (source, file) LEFT JOIN newest USING (rid)
), told AS (
    SELECT *, json_extract_string(coalesce(extra, '{{}}'), [{_WHOLE}]) AS e, epoch_us(posted_at) AS t,
        epoch_us(posted_at) // 60000000 + coalesce(posted_offset, 0) AS local FROM joined
)
SELECT rid, payer, payee, e[1] AS payer_name, e[2] AS payee_name, amount,
    coalesce(nullif(upper(trim(currency)), ''), 'XXX') AS currency, posted_at AS booked_at,
    (local // 1440)::INTEGER AS day, t, t % 86400000000 <> 0 AND local % 1440 <> 0 AS timed,
    (local % 1440)::INTEGER AS minute, coalesce(place, '') AS place, {_E["account"]} AS account,
    lower({_E["direction"]}) AS direction, coalesce(nullif({_E["tx"]}, ''), {_E["reference"]}) AS reference,
    coalesce(native_id, '') AS native, platform, statement, form, {_E["device"]} AS device, {_E["ip"]} AS ip,
    lower({_E["reversal"]}) IN ('true', '1', 'yes') AS reversal, {_E["reverses"]} AS reverses,
    lower({_E["status"]}) IN ('pending', 'pdng', 'pendiente', 'authorised', 'authorized', 'reserved') AS pending,
    CASE WHEN newest <> rid THEN newest END AS later, lower({_E["type"]}) AS type, coalesce(body, '') AS text,
    {_PLAIN_TEXT} AS plain, {_E["merchant"]} AS merchant, try_cast({_E["mcc"]} AS INTEGER) AS mcc,
    lower({_E["label"]}) AS label, lower({_E["type"]}) = 'change' AND {_E["tx"]} <> '' AS change
FROM told
"""
# What tells the purpose and who is on either side, and is not needed afterwards.
_TOLD = ["plain", "merchant", "mcc", "label", "change", "payer", "payee", "payer_name", "payee_name"]
_MERCHANTS = f"SELECT {PLAIN.format('merchant')} AS merchant FROM merchants ORDER BY nth"
# A platform's name is looked for in texts; one of common words or few letters would be found everywhere.
_PLATFORMS = r"""
SELECT DISTINCT platform FROM records WHERE kind IN ('ad', 'job_ad')
    AND length(regexp_replace(platform, '[^\p{L}]+', '', 'g')) >= 5 AND lower(platform) NOT IN
    ('telegram', 'facebook', 'instagram', 'whatsapp', 'google', 'email', 'website', 'forum', 'board', 'online')
ORDER BY platform LIMIT 10000
"""


class Book(NamedTuple):
    """Payments, and what their accounts are called.

    Attributes:
        table: ``book``, of n rows.
        names: string[k], of the accounts, which are numbers in it.
        find: the row of each record, -1 where there is none.
    """

    table: pa.Table
    names: pa.Array
    find: Callable[[Rids], Ints]

    def accounts(self) -> pa.Table:
        """The accounts: account (the number), name."""
        return pa.table({"account": np.arange(len(self.names), dtype=np.int32), "name": self.names})


def any_payments(engine: Engine) -> bool:
    """Whether there is anything to read."""
    return bool(engine.row(_ANY)[0])


def read_book(engine: Engine) -> Book:
    """The book, from ``records``, ``mentions`` and ``labels``."""
    with engine.beside(called) as numbers:
        read = engine.sql(_READ)
        known = numbers.result()
    find = finder(read.column("rid").to_numpy())
    both = sides(engine, read, known.of(find, len(read)), known.nodes)
    purpose = _purposes(engine, read, both)
    book = read.drop_columns(_TOLD)
    loose = both.loose()
    for k, side in enumerate(("payer", "payee")):
        made = {side: pa.array(both.account[k]), f"{side}_name": both.shown[k], f"{side}_loose": pa.array(loose[k])}
        book = pa.Table.from_arrays([*book.columns, *made.values()], names=[*book.column_names, *made])
    made = {"purpose": purpose, "nth": pa.array(np.arange(len(book)))}
    # In a quarter of the time that DuckDB takes for it.
    made["value"] = read.column("amount").cast(pa.float64())
    for name, column in made.items():
        book = book.append_column(name, column)
    return Book(book, both.names, find)


def _purposes(engine: Engine, read: pa.Table, both: Sides) -> pa.ChunkedArray:
    """What each payment is for."""
    words = lexicon(engine, engine.sql(_PLATFORMS).column("platform").combine_chunks())
    names = pa.array([*words.purposes, "transfer"])
    said = pc.coalesce(read.column("plain"), read.column("text"))
    spoken = purposes_of(words, _whole(said), *_merchants(engine, read, both.shown[1]))
    known = names.take(pa.array(np.where(spoken == UNKNOWN, len(names) - 1, spoken)))
    heard = pa.array(spoken != UNKNOWN)
    sure, otherwise = _by_type(read.column("type"))
    return pc.coalesce(
        pc.if_else(_whole(read.column("change")), "change", None), _by_label(read, both, meanings(engine)), sure,
        _by_merchant(read.column("mcc")), pc.if_else(heard, known, None), otherwise, pa.scalar("transfer"),
    )  # fmt: skip


def networks(engine: Engine, book: Book) -> pa.DictionaryArray:
    """The network of each payment, from ``network_members``; null where it is in none. Rows as wide as these are looked
    up in half the time that a join of them takes.
    """
    members = engine.sql("SELECT rid, network_id FROM network_members")
    row = book.find(members.column("rid").to_numpy().astype(np.uint64))
    code, names = coded(members.column("network_id"))
    of = np.full(len(book.table), -1, np.int32)
    of[row[row >= 0]] = code[row >= 0]
    return pa.DictionaryArray.from_arrays(pa.array(of, mask=of < 0), names)


def _merchants(engine: Engine, read: pa.Table, shown: pa.DictionaryArray) -> tuple[pa.Array, Ints]:
    """The few distinct names of who is paid, plain, and which of them each is."""
    code, merchants = coded(read.column("merchant"))
    which, (merchant, name) = distinct(code, shown.indices.to_numpy())
    called = pc.binary_join_element_wise(merchants.take(merchant), shown.dictionary.take(name), " ")
    given = pa.table({"nth": np.arange(len(called)), "merchant": called})
    try:
        return _whole(engine.sql(_MERCHANTS, {"merchants": given}).column("merchant")), which
    finally:
        engine.forget("merchants")


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _distinct(column: pa.ChunkedArray) -> tuple[list[Any], pa.Array]:
    """The few distinct values of a column, and the number of each row's; null for null."""
    encoded = _whole(column).dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices


def _by_type(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """What the way of payment says about its purpose: for sure, and where no word says it."""
    values, codes = _distinct(column)
    made = []
    for part in ("sure", "otherwise"):
        meaning = {word: purpose for purpose, words in kinds()[part].items() for word in words}
        told = [next((meaning[w] for w in (v, *_parts(v)) if w in meaning), None) for v in values]
        made.append(pa.array(told, pa.string()).take(codes))
    return made[0], made[1]


def _parts(value: str) -> list[str]:
    return value.replace("/", " ").replace("+", " ").replace(":", " ").replace("_", " ").split()


def _by_merchant(column: pa.ChunkedArray) -> pa.Array:
    """What the kind of merchant says."""
    values, codes = _distinct(column)
    ranges = [(low, high, purpose) for purpose, spans in kinds()["merchants"].items() for low, high in spans]
    told = [next((p for low, high, p in ranges if low <= v <= high), None) for v in values if v is not None]
    return pa.array(told, pa.string()).take(codes)


def _by_label(read: pa.Table, both: Sides, labels: dict[str, str]) -> pa.Array:
    """What labels say: of the payment itself, of who is paid, of who pays."""
    values, codes = _distinct(read.column("label"))
    own = pa.array([meaning_of_label(v) for v in values], pa.string()).take(codes)
    if not labels:
        return own
    meant = pa.array(list(labels.values())).take(pc.index_in(both.names, pa.array(list(labels))))
    payer, payee = (meant.take(pa.array(account)) for account in both.account)
    # What comes from a mixer is no payment to one; an exchanger pays out what it exchanged.
    return pc.coalesce(own, payee, pc.if_else(pc.equal(payer, "exchange"), payer, None))
