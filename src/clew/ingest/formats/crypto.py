"""Transactions of chains: tables of explorers (Etherscan, Tronscan), and JSON (mempool.space, Blockchair and more)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain

import pyarrow.compute as pc

from clew.ingest.base import MAX_LINE, Chunk, Example, Format, IsField, Reject, Source, clip, up_to
from clew.ingest.chats_json import Lists, Object, parse
from clew.ingest.formats import csv as tables
from clew.ingest.money_chain import add_transaction, coin_of, pieces_of
from clew.ingest.money_rows import BLOCK, Ids, Payments, rest
from clew.ingest.money_simple import LISTS, Made, Rows, header_of, read_simple, roles_of
from clew.ingest.streams import DamagedError

_UTXO = re.compile(rb'"(?:vin|inputs)"\s*:\s*\[')
_OUT = re.compile(rb'"(?:vout|outputs|out)"\s*:\s*\[')
_ACCOUNT = re.compile(rb'"(?:timeStamp|block_ts|block_timestamp|blockNumber|ownerAddress)"\s*:')
_VALUE = re.compile(rb'"(?:value|quant|amount|amount_str)"\s*:')
_HASH = re.compile(rb'"(?:hash|txid|transactionHash|transaction_id|txID)"\s*:\s*"(?:0x)?[0-9a-fA-F]{64}"')
_LIST = re.compile(rb'"(result|txs|token_transfers|data|transactions)"\s*:\s*\[')
_COIN = re.compile(r"[(\[]\s*([A-Z]{2,5})\s*[)\]]")


def sniff(head: bytes, name: str) -> float:
    """A table with a transaction, from, to and a value; JSON with the hash of a transaction, and inputs or a sender."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        shape = (_UTXO.search(text) and _OUT.search(text)) or (_ACCOUNT.search(text) and _VALUE.search(text))
        return 0.98 if shape and _HASH.search(text) else 0.0
    roles = roles_of(header_of(head), "explorer").keys()
    known = (
        {"tx", "date", "from", "to"} <= roles
        and roles & {"value", "in", "out"}
        and ("block" in roles or "contract" in roles or "fee" in roles)
    )
    return 0.96 if known and tables.sniff(head, name) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """CSV as any table; JSON transaction by transaction, found without reading the document whole."""
    blocks = source.text_blocks()
    first = next(blocks, b"").removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if first[:1] not in (b"{", b"["):
        yield from read_simple(source, is_field, "explorer", _made)
        return
    payments, ids = Payments(), Ids()
    try:
        for line, said in _transactions(first, blocks):
            if isinstance(said, Reject):
                payments.rejects.append(said)
            else:
                add_transaction(payments, ids, line, said)
            if len(payments) >= BLOCK:
                yield partial(iter, (payments.batch(),))
    except DamagedError:
        yield from rest(payments)
        raise
    yield from rest(payments)


def _transactions(first: bytes, blocks: Iterator[bytes]) -> Iterator[tuple[int, Object | Reject]]:
    """Every transaction of a document with its line: of the list that it is or holds, or the object that it is."""
    listed = _LIST.search(first[: 1 << 18])
    if first.startswith(b"["):
        lists, text = Lists("txs"), chain((b'{"txs":' + first,), blocks)
    elif listed is not None and b"\n{" not in first[: listed.start()]:
        lists, text = Lists(listed[1].decode()), chain((first,), blocks)
    else:
        yield from _objects(first, blocks)
        return
    for cut in lists.cuts(text):
        if isinstance(cut, Reject):
            yield cut.line, cut
            continue
        for piece in cut.pieces:
            yield from piece.objects(cut.text)


def _objects(first: bytes, blocks: Iterator[bytes]) -> Iterator[tuple[int, Object | Reject]]:
    """A document that is one object, or one object a line; at most 64 MiB."""
    whole = up_to(chain((first,), blocks), MAX_LINE)
    if len(whole) > MAX_LINE:
        yield 1, Reject(1, f"record over {MAX_LINE >> 20} MiB", clip(whole))
        return
    found = parse(whole, 1)
    if not isinstance(found, Reject):
        yield from ((1, said) for said in pieces_of(found))
        return
    for line, text in enumerate(whole.split(b"\n"), 1):
        if text.strip():
            yield line, parse(text, line)


def _made(rows: Rows) -> Made:
    """Rows of a table: the coin stands in a column, or in brackets in the name of another."""
    cell = rows.cell
    written = next((found[1] for name in rows.roles.values() if (found := _COIN.search(name)) is not None), None)
    first = next((address for address in cell("from").drop_null().slice(0, 1).to_pylist()), None)
    coin, chain_name = coin_of(first)
    coin = written if written not in (None, "USD", "UTC") else coin
    zero = r"^[0.,]*$"
    moved = [pc.if_else(pc.match_substring_regex(cell(role), zero), None, cell(role)) for role in ("in", "out")]
    value = cell("value")
    tx = cell("tx")
    fields = {
        "payer": cell("from"), "payee": pc.coalesce(cell("to"), cell("contract")),
        "amount": pc.replace_substring_regex(pc.coalesce(*moved, value, cell("in")), r"\s*[A-Za-z]+$", ""),
        "currency": pc.coalesce(cell("symbol"), rows.constant(coin)), "posted_at": cell("date"), "native_id": tx,
        "body": rows.constant(None), "platform": rows.constant(LISTS["chains"].get(written or "", chain_name)),
    }  # fmt: skip
    extra = {
        "tx": tx, "chain": fields["platform"], "fee": cell("fee"), "contract": cell("contract"), "block": cell("block"),
        "method": cell("method"), "type": rows.constant("transfer"), "status": rows.constant("booked"),
    }  # fmt: skip
    return fields, extra


def examples() -> tuple[Example, ...]:
    """A transaction with two outputs; two transfers of an account chain; a table of an explorer."""
    one = "ab" * 32
    utxo = (
        f'[{{"txid": "{one}", "fee": 1000, "status": {{"confirmed": true, "block_time": 1751364000}},\n'
        '"vin": [{"prevout": {"scriptpubkey_address": "bc1qone", "value": 100000}}], "vout":\n'
        '[{"scriptpubkey_address": "bc1qtwo", "value": 60000}, {"scriptpubkey_address": "bc1qone", "value": 39000}]}]'
    )
    ether = (
        f'{{"status": "1", "result": [{{"blockNumber": "1", "timeStamp": "1751364000", "hash": "0x{one}",\n'
        f'"from": "0x1", "to": "0x2", "value": "1500000000000000000"}},\n'
        f'{{"hash": "0x{one}", "from": "0x1", "to": "0x3", "value": "x"}}]}}'
    )
    table = (
        '"Transaction Hash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","ContractAddress",'
        '"Value_IN(ETH)","Value_OUT(ETH)","TxnFee(ETH)","Status"\n'
        f'"0x{one}","1","1751364000","2025-07-01 10:00:00","0x1","0x2","","0","0.5",'
        '"0.0001",""\n'
    )
    return (
        Example("txs.json", utxo.encode(), (None, None)),
        Example("txlist.json", ether.encode(), (None,), rejected=1),
        Example("export-0x1.csv", table.encode(), (None,)),
    )


PLUGIN = Format("transactions of chains", sniff, read, examples, platform="chain", kind="payment", certain_dates=True)
