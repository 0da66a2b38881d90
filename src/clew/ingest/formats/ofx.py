"""Statements in OFX and QFX (money programs): the older SGML without closing tags, and XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial

from clew.ingest.base import NUL_BYTE, Chunk, Example, Format, IsField, Reject, Source, clip
from clew.ingest.chats_xml import unescaped
from clew.ingest.money_rows import BLOCK, Ids, Payments, Value, decimal_of, joined, one_line, plain_amount, rest, sides
from clew.ingest.money_statement import Sequence, Statement
from clew.ingest.money_types import of_code
from clew.ingest.money_xml import END, HEAD, Cutter, Piece
from clew.ingest.streams import DamagedError, mend

_KNOWN = re.compile(rb"OFXHEADER|<\?OFX\b|<OFX>")
_LEAF = re.compile(rb"<([A-Z][A-Z0-9.]{1,31})>([^<]*)")
_TIME = re.compile(r"(\d{8})(\d{6})?(?:\.\d{1,6})?\s*(?:\[\s*([+-]?\d{1,2}(?:\.\d{1,2})?)(?::[^\]]*)?\])?")

Leaves = dict[str, str]


@dataclass
class _State:
    """The statement that is open, what was closed before, and the ids given so far."""

    statement: Statement = field(default_factory=lambda: Statement(0))
    ids: Ids = field(default_factory=Ids)
    sequence: Sequence = field(default_factory=Sequence)
    closed: dict[Value, Decimal] = field(default_factory=dict)


def sniff(head: bytes, name: str) -> float:
    """The header of OFX, or its root."""
    return 0.97 if _KNOWN.search(head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2_048]) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk each few thousand payments."""
    payments, state = Payments(), _State()
    try:
        cutter = Cutter(("STMTRS", "CCSTMTRS", "BANKTRANLIST"), ("STMTTRN", "LEDGERBAL"))
        for piece in cutter.found(source.text_blocks()):
            _take(payments, piece, state)
            if len(payments) >= BLOCK:
                yield partial(iter, (payments.batch(),))
    except DamagedError:
        yield from rest(payments)
        raise
    yield from rest(payments)


def _leaves(text: bytes) -> Leaves:
    """The values of a piece by their tags; of a tag that comes twice the first."""
    found: Leaves = {}
    for tag, value in _LEAF.findall(mend(text)):
        said = unescaped(value.decode("utf-8", "replace")).strip()
        if said:
            found.setdefault(tag.decode(), said)
    return found


def _take(payments: Payments, piece: Piece | Reject, state: _State) -> None:
    """Add what a piece holds."""
    if isinstance(piece, Reject):
        payments.rejects.append(piece)
        state.statement.unread += 1
    elif piece.what == END:
        if piece.tag != "BANKTRANLIST":
            payments.rejects += state.sequence.close(state.statement)
            if state.statement.closing is not None:
                state.closed[state.statement.account] = state.statement.closing
            state.statement = Statement(piece.line)
    elif piece.what == HEAD:
        _open(piece, state)
    elif piece.tag == "LEDGERBAL":
        state.statement.closing = decimal_of(_leaves(piece.text).get("BALAMT", "").replace(",", "."))
    elif b"\x00" in piece.text:
        payments.rejects.append(Reject(piece.line, NUL_BYTE, clip(piece.text[:8_000])))
        state.statement.unread += 1
    else:
        _add(payments, piece, state)


def _open(piece: Piece, state: _State) -> None:
    """The account that stands before the list of entries; where one was read before, its balance opens this one."""
    own = _leaves(piece.text)
    if piece.tag != "BANKTRANLIST":
        state.statement = Statement(piece.line, currency=own.get("CURDEF"))
    if "ACCTID" in own:
        state.statement.account, state.statement.bank = own["ACCTID"].replace(" ", ""), own.get("BANKID")
    if piece.tag == "BANKTRANLIST" and "DTSTART" in own:
        state.statement.number = f"from {own['DTSTART'][:8]}"
        state.ids.open(state.statement.account, state.statement.number, own.get("DTEND"))
    state.statement.opening = state.closed.get(state.statement.account)


def _add(payments: Payments, piece: Piece, state: _State) -> None:
    own, statement = _leaves(piece.text), state.statement
    amount = decimal_of(own.get("TRNAMT", "").replace(",", "."))
    if amount is None:
        statement.unread += 1
        payments.rejects.append(Reject(piece.line, "an entry without a readable amount", clip(piece.text[:8_000])))
        return
    credit = amount >= 0
    statement.book(abs(amount), credit=credit)
    name = one_line(joined((own.get("NAME"), own.get("EXTDNAME"))))
    other = own.get("ACCTID", "").replace(" ", "") or None
    payer, payee = sides(statement.account, other or name, credit=credit)
    payer_name, payee_name = sides(None, name, credit=credit)
    at, body = moment(own.get("DTPOSTED")), one_line(own.get("MEMO"))
    currency = own.get("CURSYM") if "<CURRENCY>" in piece.text[:4_096].decode("utf-8", "replace") else None
    kind, written = own.get("TRNTYPE"), plain_amount(amount)
    fields: dict[str, Value] = {
        "payer": payer, "payee": payee, "amount": plain_amount(abs(amount)), "posted_at": at, "body": body or name,
        "currency": currency or statement.currency, "platform": statement.bank,
        "native_id": state.ids.of(statement.account, own.get("FITID"), written, (at, name, body, kind)),
    }  # fmt: skip
    payments.add(piece.line, fields, {
        "account": statement.account, "direction": "credit" if credit else "debit", "status": "booked",
        "payer_name": payer_name, "payee_name": payee_name, "type": of_code("ofx", kind), "mcc": own.get("SIC"),
        "reference": own.get("REFNUM") or own.get("CHECKNUM"), "value_at": moment(own.get("DTAVAIL")),
        "reverses": own.get("CORRECTFITID"), "reversal": "true" if own.get("CORRECTACTION") == "DELETE" else None,
    })  # fmt: skip


def moment(written: Value) -> Value:
    """``20250701120000[-5:EST]`` in ISO 8601; what is no such time as it is written."""
    found = _TIME.fullmatch((written or "").strip())
    if found is None:
        return written
    try:
        day = datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%d%H%M%S")
        if found[3]:
            return day.replace(tzinfo=timezone(timedelta(hours=float(found[3])))).isoformat()
    except (ValueError, OverflowError):
        return written
    return day.isoformat() if found[2] else day.date().isoformat()


def examples() -> tuple[Example, ...]:
    """SGML with an entry whose amount cannot be read; XML in which the second statement does not follow."""
    entry = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250701120000[-5:EST]<TRNAMT>-5.00<FITID>F1<NAME>Shop & Co\n</STMTTRN>\n"
    sgml = (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR\n"
        f"<BANKACCTFROM><BANKID>1<ACCTID>123456<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\n{entry}"
        f"{entry.replace('-5.00', 'five')}</BANKTRANLIST><LEDGERBAL><BALAMT>10.00</LEDGERBAL></STMTRS></OFX>\n"
    )
    whole = (
        "<STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM><ACCTID>1</ACCTID></BANKACCTFROM><BANKTRANLIST><STMTTRN>"
        "<TRNAMT>{0}</TRNAMT><NAME>Ann</NAME></STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>{1}</BALAMT></LEDGERBAL></STMTRS>\n"
    )
    xml = f'<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>\n<OFX>{whole.format(1, 1)}{whole.format(2, 4)}</OFX>'
    return (
        Example("statement.ofx", sgml.encode(), (None,), rejected=1),
        Example("statement.qfx", xml.encode(), (None, None), rejected=1),
    )


PLUGIN = Format("OFX", sniff, read, examples, platform="bank", kind="payment", certain_dates=True)
