"""The truth of a world: its tables, and how to lay it beside records."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.model.errors import InputError

_WORD = pa.dictionary(pa.int32(), pa.string())
# An advert as published: an item of a platform, and the number of its version in order of publication from 1.
_KEY = [
    pa.field("native_id", pa.string(), nullable=False),
    pa.field("platform", pa.string(), nullable=False),
    pa.field("version", pa.int32(), nullable=False),
]


def _said(what: str) -> pa.Schema:
    """Messages of a conversation that say one thing."""
    return pa.schema(
        [
            pa.field("conversation", pa.string(), nullable=False),
            pa.field("platform", pa.string(), nullable=False),
            pa.field(what, pa.string(), nullable=False),
            pa.field("actor", pa.string(), nullable=False),
            pa.field("native_ids", pa.list_(pa.string()), nullable=False),  # in order of time
        ]
    )


SCHEMAS: dict[str, pa.Schema] = {
    "records": pa.schema(
        [
            *_KEY,
            pa.field("operation", pa.string(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("person", pa.string(), nullable=False),
            pa.field("template", pa.string()),  # null: a text written for this posting alone
            pa.field("language", pa.string(), nullable=False),
            pa.field("signals", pa.string(), nullable=False),  # wording put into the text, names with commas
        ]
    ),
    "phones": pa.schema(
        [
            *_KEY,
            pa.field("value", pa.string(), nullable=False),
            pa.field("obscured", pa.bool_(), nullable=False),
            pa.field("style", pa.string(), nullable=False),
            pa.field("role", pa.string(), nullable=False),  # own, switchboard, hotline
        ]
    ),
    "mentions": pa.schema(
        [
            *_KEY,
            pa.field("type", pa.string(), nullable=False),
            pa.field("value", pa.string(), nullable=False),
            pa.field("role", pa.string(), nullable=False),  # own, author, guide, footer
        ]
    ),
    "templates": pa.schema([*_KEY, pa.field("template", pa.string(), nullable=False)]),
    "images": pa.schema([*_KEY, pa.field("image", pa.string(), nullable=False)]),
    "movements": pa.schema(
        [
            pa.field("operation", pa.string(), nullable=False),
            pa.field("person", pa.string(), nullable=False),
            pa.field("from", pa.string(), nullable=False),
            pa.field("to", pa.string(), nullable=False),
            pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("how", pa.string(), nullable=False),  # edit, repost, tour
        ]
    ),
    "operations": pa.schema(
        [
            pa.field("operation", pa.string(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("people", pa.int32(), nullable=False),
            pa.field("ads", pa.int32(), nullable=False),
            pa.field("cities", pa.int32(), nullable=False),
            pa.field("country", pa.string(), nullable=False),
            pa.field("language", pa.string(), nullable=False),
            pa.field("tours", pa.bool_(), nullable=False),
        ]
    ),
    # Job offers, sites and chats; a world made without some of them lacks their tables.
    "recruiters": pa.schema(
        [
            pa.field("operation", pa.string(), nullable=False),  # as in the other tables; rec-... has no adverts
            pa.field("kind", pa.string(), nullable=False),  # ring, employer, agency, scam
            pa.field("form", pa.string()),  # of exploitation
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("adverts", pa.bool_(), nullable=False),  # whether it is in `operations` too
            pa.field("country", pa.string(), nullable=False),
            pa.field("language", pa.string(), nullable=False),
            pa.field("offers", pa.int32(), nullable=False),
            pa.field("sites", pa.int32(), nullable=False),
            pa.field("conversations", pa.int32(), nullable=False),
            pa.field("phones", pa.list_(pa.string()), nullable=False),
            pa.field("handles", pa.list_(pa.string()), nullable=False),  # on Telegram
        ]
    ),
    "offers": pa.schema(
        [
            *_KEY[:2],
            pa.field("operation", pa.string(), nullable=False),
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),  # ordinary, exploiting, scam
            pa.field("form", pa.string()),
            pa.field("sector", pa.string(), nullable=False),
            pa.field("language", pa.string(), nullable=False),
            pa.field("signals", pa.string(), nullable=False),  # names with commas
        ]
    ),
    "sites": pa.schema(
        [
            pa.field("site", pa.string(), nullable=False),  # its domain
            pa.field("operation", pa.string(), nullable=False),
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("clone_of", pa.string()),
            pa.field("company", pa.string(), nullable=False),
            pa.field("country", pa.string(), nullable=False),
            pa.field("language", pa.string(), nullable=False),
            pa.field("vat", pa.string()),
            pa.field("vat_valid", pa.bool_()),
            pa.field("ids", pa.list_(pa.string()), nullable=False),  # tawk:..., gtm:..., ga:...
            pa.field("phones", pa.list_(pa.string()), nullable=False),
            pa.field("handle", pa.string()),
        ]
    ),
    "conversations": pa.schema(
        [
            pa.field("conversation", pa.string(), nullable=False),
            pa.field("platform", pa.string(), nullable=False),
            pa.field("kind", pa.string(), nullable=False),
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("form", pa.string()),
            pa.field("operation", pa.string()),  # null: private people
            pa.field("controller", pa.string()),  # as `sender` in chats.jsonl
            pa.field("controlled", pa.string()),
            pa.field("danger", pa.bool_(), nullable=False),
            pa.field("language", pa.string(), nullable=False),
            pa.field("messages", pa.int32(), nullable=False),
        ]
    ),
    # Money, travel and roles.
    "payments": pa.schema(
        [
            pa.field("native_id", pa.string(), nullable=False),  # of payments.jsonl, or `tx` of crypto.jsonl
            pa.field("operation", pa.string()),  # null: private people
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("purpose", pa.string(), nullable=False),  # as in Clew's table of payments
            pa.field("flow", pa.string(), nullable=False),  # what it is in the story: client, sweep, funnel-in ...
            pa.field("payer_person", pa.string()),  # who holds the account; null: a firm
            pa.field("payee_person", pa.string()),
            pa.field("actor", pa.string()),  # who uses the payer's account, where it is another
            pa.field("ads", pa.list_(pa.string()), nullable=False),  # native ids of adverts paid for
            pa.field("platform", pa.string()),  # of these
            pa.field("state", pa.string(), nullable=False),  # booked, reversed, reversal, duplicate
            pa.field("of", pa.string()),  # native id of what it takes back or repeats
        ]
    ),
    "roles": pa.schema(
        [
            pa.field("operation", pa.string(), nullable=False),
            pa.field("person", pa.string(), nullable=False),
            pa.field("role", pa.string(), nullable=False),  # of `ROLES`; none: runs an honest operation
            pa.field("identifiers", pa.list_(pa.string()), nullable=False),  # phone:+31..., account:iban:NL...
            pa.field("exploitation", pa.bool_(), nullable=False),
            pa.field("payments", pa.int32(), nullable=False),  # how many show the role
            pa.field("messages", pa.int32(), nullable=False),
            pa.field("first_at", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("last_at", pa.timestamp("us", tz="UTC"), nullable=False),
        ]
    ),
    "accounts": pa.schema(
        [
            pa.field("value", pa.string(), nullable=False),  # as payer or payee is written
            pa.field("kind", pa.string(), nullable=False),  # iban, number, phone, wallet, voucher, name
            pa.field("node", pa.string(), nullable=False),  # as Clew's graph of money names it
            pa.field("operation", pa.string()),
            pa.field("person", pa.string()),
            pa.field("own", pa.bool_(), nullable=False),  # of an operation; else private people's or a firm's
            pa.field("holder", pa.string()),  # the name it is in
            pa.field("trade", pa.string()),  # what a firm is
            pa.field("exploitation", pa.bool_(), nullable=False),
        ]
    ),
    "travel": pa.schema(
        [
            pa.field("operation", pa.string()),  # of who pays; null: private people
            pa.field("person", pa.string(), nullable=False),  # who goes
            pa.field("from", pa.string(), nullable=False),
            pa.field("to", pa.string(), nullable=False),
            pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("how", pa.string(), nullable=False),  # coach, rail, airline, hotel
            pa.field("payer_person", pa.string(), nullable=False),
            pa.field("payment", pa.string(), nullable=False),  # native id
            pa.field("mail", pa.string()),  # message id, if there is a mail
            pa.field("passenger", pa.string(), nullable=False),  # the name in it
        ]
    ),
    "statements": pa.schema(
        [
            pa.field("file", pa.string(), nullable=False),
            pa.field("format", pa.string(), nullable=False),  # camt, mt940, csv
            pa.field("account", pa.string(), nullable=False),
            pa.field("number", pa.int32(), nullable=False),
            pa.field("currency", pa.string(), nullable=False),
            pa.field("opening", pa.decimal128(18, 2), nullable=False),
            pa.field("closing", pa.decimal128(18, 2), nullable=False),
            pa.field("entries", pa.int32(), nullable=False),
            pa.field("missing", pa.string()),  # native id of an entry that was left out: it does not add up
        ]
    ),
    "stages": _said("stage"),
    "acts": _said("act"),
}


def load(world: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """One table of a world's truth.

    Args:
        world: the folder that `simulate` wrote.
        name: a key of `SCHEMAS`.
        columns: which columns; all if None.
    """
    if name not in SCHEMAS:
        raise InputError(f"The truth has no table {name!r}.", f"Tables: {', '.join(SCHEMAS)}.")
    path = world / "truth" / f"{name}.parquet"
    if not path.is_file():
        todo = "Make one with `clew simulate`; its offers, sites and chats can be switched off."
        raise InputError(f"{world} is no simulated world: {path.name} is missing.", todo)
    return pq.read_table(path, columns=columns)


def items(world: Path) -> pa.Table:
    """One row an item: native_id, platform, operation, kind, exploitation (the same for all its versions)."""
    names = ["native_id", "platform", "operation", "kind", "exploitation"]
    table = load(world, "records", [*names, "version"])
    return table.filter(pc.equal(table["version"], 1)).select(names)


def align(world: Path, platform: pa.ChunkedArray | pa.Array, native_id: pa.ChunkedArray | pa.Array) -> pa.Table:
    """Operation, kind and exploitation for records given by platform and native id, in their order.

    Records that the world does not hold have nulls.
    """
    wanted = pa.table({"platform": platform, "native_id": native_id})
    wanted = wanted.append_column("row", pa.array(range(wanted.num_rows), pa.int64()))
    joined = wanted.join(items(world), ["platform", "native_id"], join_type="left outer")
    return joined.sort_by("row").select(["operation", "kind", "exploitation"])


def values(world: Path, name: str) -> pa.Table:
    """Identifier values of the phones, mentions or images table: one row an item and distinct value."""
    column = "image" if name == "images" else "value"
    table = load(world, name, ["native_id", "platform", column])
    return table.group_by(["native_id", "platform", column], use_threads=False).aggregate([])
