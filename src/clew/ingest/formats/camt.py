"""Bank statements of ISO 20022: camt.053 (booked), camt.052 (within the day) and camt.054 (single entries)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from clew.ingest.base import Chunk, Example, Format, IsField, Reject, Source
from clew.ingest.money_camt import Account, add_entry, statement_of
from clew.ingest.money_flat import Flattener
from clew.ingest.money_rows import BLOCK, Ids, Payments, rest
from clew.ingest.money_statement import Sequence, Statement
from clew.ingest.money_xml import END, HEAD, Cutter, Piece
from clew.ingest.streams import DamagedError

_KNOWN = re.compile(
    rb"urn:iso:std:iso:20022:tech:xsd:camt\.05[234]\.|<(?:[\w.-]{1,40}:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)[\s>]"
)


def sniff(head: bytes, name: str) -> float:
    """XML that names the schema, or whose message has the name that all versions give it."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return 0.98 if text.startswith(b"<") and _KNOWN.search(text[:65_536]) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk each few thousand payments, parsed as the file is cut: balances need the entries in their order."""
    payments, sequence, ids = Payments(), Sequence(), Ids()
    flattener = Flattener("TxDtls", "Bal")
    account: Account | None = None
    try:
        for piece in Cutter(("Stmt", "Rpt", "Ntfctn"), ("Ntry",)).found(source.text_blocks()):
            account = _take(payments, piece, account, sequence, flattener, ids)
            if len(payments) >= BLOCK:
                yield partial(iter, (payments.batch(),))
    except DamagedError:
        yield from rest(payments)
        raise
    yield from rest(payments)


def _take(
    payments: Payments,
    piece: Piece | Reject,
    account: Account | None,
    sequence: Sequence,
    flattener: Flattener,
    ids: Ids,
) -> Account | None:
    """Add what a piece holds; returns the statement that is open after it."""
    if isinstance(piece, Reject):
        payments.rejects.append(piece)
        if account is not None:
            account.statement.unread += 1
        return account
    if piece.what == END:
        if account is not None:
            payments.rejects += sequence.close(account.statement)
        return None
    node = flattener.flat(piece)
    if isinstance(node, Reject):
        payments.rejects.append(node)
        if piece.what == HEAD:
            return Account(Statement(piece.line), ids)
        if account is not None:
            account.statement.unread += 1
        return account
    if piece.what == HEAD:
        opened = statement_of(node, piece.line, ids)
        ids.open(opened.statement.account, opened.statement.number, opened.statement.page)
        return opened
    account = account or Account(Statement(piece.line), ids)
    add_entry(payments, node, piece.line, account)
    return account


_HEAD = """<?xml version="1.0"?>
<~Document xmlns{colon}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><~BkToCstmrStmt>
<~Stmt><~Id>S5</~Id><~ElctrncSeqNb>5</~ElctrncSeqNb>
<~Acct><~Id><~IBAN>NL91ABNA0417164300</~IBAN></~Id><~Ccy>EUR</~Ccy></~Acct>
<~Bal><~Tp><~CdOrPrtry><~Cd>OPBD</~Cd></~CdOrPrtry></~Tp>
<~Amt Ccy="EUR">100.00</~Amt><~CdtDbtInd>CRDT</~CdtDbtInd></~Bal>
<~Bal><~Tp><~CdOrPrtry><~Cd>CLBD</~Cd></~CdOrPrtry></~Tp>
<~Amt Ccy="EUR">{close}</~Amt><~CdtDbtInd>CRDT</~CdtDbtInd></~Bal>
"""
_ENTRY = """<~Ntry><~Amt Ccy="EUR">5.00</~Amt><~CdtDbtInd>DBIT</~CdtDbtInd><~Sts>BOOK</~Sts>
<~BookgDt><~Dt>2025-07-01</~Dt></~BookgDt></~Ntry>
"""
_FOOT = "</~Stmt></~BkToCstmrStmt></~Document>\n"


def examples() -> tuple[Example, ...]:
    """A statement that adds up; one with prefixes and a torn entry, which therefore does not."""
    plain = (_HEAD.format(colon="", version="02", close="95.00") + _ENTRY + _FOOT).replace("~", "")
    torn = _HEAD.format(colon=":n", version="10", close="90.00") + _ENTRY.replace("</~Ntry>", "") + _ENTRY + _FOOT
    return (
        Example("statement.xml", plain.encode(), (None,)),
        Example("camt.053.xml", torn.replace("~", "n:").encode(), (None,), rejected=2),
    )


PLUGIN = Format("camt (ISO 20022)", sniff, read, examples, platform="bank", kind="payment", certain_dates=True)
