"""Payments that were ordered, of ISO 20022: pain.001 (transfers) and pain.008 (direct debits); none is booked yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from clew.ingest.base import Chunk, Example, Format, IsField, Reject, Source
from clew.ingest.money_camt import account_of, bank_of, moment, name_of, remittance
from clew.ingest.money_flat import Flat, Flattener, Leaves
from clew.ingest.money_rows import BLOCK, Ids, Payments, Value, decimal_of, joined, plain_amount, reference_of, rest
from clew.ingest.money_statement import money
from clew.ingest.money_xml import END, HEAD, Cutter, Piece
from clew.ingest.streams import DamagedError

_KNOWN = re.compile(
    rb"urn:iso:std:iso:20022:tech:xsd:pain\.00[18]\.|<(?:[\w.-]{1,40}:)?CstmrCdtTrfInitn[\s>]|<(?:[\w.-]{1,40}:)?CstmrDrctDbtInitn[\s>]"
)


@dataclass
class _Order:
    """What holds for all payments of an order: who pays or collects, and when."""

    line: int
    own: Leaves = field(default_factory=dict)
    total: Decimal = Decimal(0)
    ids: Ids = field(default_factory=Ids)

    def check(self) -> Reject | None:
        """Whether its payments add up to the sum that it states."""
        stated = decimal_of(self.own.get("CtrlSum"))
        if stated is None or stated == self.total:
            return None
        name = f"order {self.own.get('PmtInfId') or 'without a name'}"
        gap = money(abs(stated - self.total))
        return Reject(
            self.line,
            f"{name} states a sum of {money(stated)}, its payments add up to {money(self.total)}: {gap} differ",
        )


def sniff(head: bytes, name: str) -> float:
    """XML that names the schema, or whose message has the name that all versions give it."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return 0.98 if text.startswith(b"<") and _KNOWN.search(text[:65_536]) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk each few thousand payments, parsed as the file is cut."""
    payments, order, flattener = Payments(), _Order(0), Flattener()
    try:
        for piece in Cutter(("PmtInf",), ("CdtTrfTxInf", "DrctDbtTxInf")).found(source.text_blocks()):
            order = _take(payments, piece, order, flattener)
            if len(payments) >= BLOCK:
                yield partial(iter, (payments.batch(),))
    except DamagedError:
        yield from rest(payments)
        raise
    yield from rest(payments)


def _take(payments: Payments, piece: Piece | Reject, order: _Order, flattener: Flattener) -> _Order:
    """Add what a piece holds; returns the order that is open after it."""
    if isinstance(piece, Reject):
        payments.rejects.append(piece)
        return order
    if piece.what == END:
        if (wrong := order.check()) is not None:
            payments.rejects.append(wrong)
        return _Order(piece.line)
    flat = flattener.flat(piece)
    if isinstance(flat, Reject):
        payments.rejects.append(flat)
        return _Order(piece.line) if piece.what == HEAD else order
    if piece.what == HEAD:
        return _Order(piece.line, flat.own)
    _add(payments, piece.line, flat, order, collected=piece.tag == "DrctDbtTxInf")
    return order


def _add(payments: Payments, line: int, flat: Flat, order: _Order, *, collected: bool) -> None:
    """Add one payment; of a direct debit the order names who collects, of a transfer who pays."""
    one, many = flat.own, order.own
    path = next((path for path in ("Amt/InstdAmt", "InstdAmt", "Amt/EqvtAmt/Amt") if path in one), "")
    amount, currency = decimal_of(one.get(path)), one.get(f"{path}@Ccy")
    if amount is None or amount < 0:
        payments.rejects.append(Reject(line, "an order without a readable amount", one.get(path)))
        return
    order.total += amount
    debtor, creditor = (one, many) if collected else (many, one)
    payer = account_of(debtor, "DbtrAcct") or name_of(debtor, "Dbtr")
    payee = account_of(creditor, "CdtrAcct") or name_of(creditor, "Cdtr")
    reference = reference_of(one.get("PmtId/EndToEndId"), one.get("PmtId/InstrId"), one.get("PmtId/UETR"))
    at = moment(many, "ReqdExctnDt") or many.get("ReqdExctnDt") or many.get("ReqdColltnDt")
    body, owner = remittance(one), payee if collected else payer
    written = plain_amount(amount)
    said = (payer, payee, currency, at, body)
    fields: dict[str, Value] = {
        "payer": payer, "payee": payee, "amount": written, "currency": currency, "posted_at": at, "body": body,
        "native_id": order.ids.of(owner, reference, written, said),
    }  # fmt: skip
    payments.add(line, fields, {
        "account": owner, "direction": "credit" if collected else "debit", "status": "pending", "reference": reference,
        "payer_name": joined((name_of(debtor, "Dbtr"), name_of(debtor, "UltmtDbtr")), " / "),
        "payee_name": joined((name_of(creditor, "Cdtr"), name_of(creditor, "UltmtCdtr")), " / "),
        "payer_bank": bank_of(debtor, "DbtrAgt/FinInstnId/"), "payee_bank": bank_of(creditor, "CdtrAgt/FinInstnId/"),
        "type": "direct-debit" if collected else "salary" if _salary(one, many) else "transfer",
        "purpose": one.get("Purp/Cd"), "batch": many.get("PmtInfId"),
        "mandate": one.get("DrctDbtTx/MndtRltdInf/MndtId"),
    })  # fmt: skip


def _salary(one: Leaves, many: Leaves) -> bool:
    return "SALA" in (one.get("Purp/Cd"), one.get("PmtTpInf/CtgyPurp/Cd"), many.get("PmtTpInf/CtgyPurp/Cd"))


def examples() -> tuple[Example, ...]:
    """Two transfers of one order, of which one has no amount that can be read; so the sum is not right either."""
    order = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>\n'
        "<PmtInf><PmtInfId>P1</PmtInfId><CtrlSum>12.50</CtrlSum><ReqdExctnDt>2025-07-01</ReqdExctnDt>\n"
        "<Dbtr><Nm>Ann</Nm></Dbtr><DbtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></DbtrAcct>\n"
        '<CdtTrfTxInf><Amt><InstdAmt Ccy="EUR">12.40</InstdAmt></Amt><Cdtr><Nm>Bo</Nm></Cdtr></CdtTrfTxInf>\n'
        '<CdtTrfTxInf><Amt><InstdAmt Ccy="EUR">,10</InstdAmt></Amt><Cdtr><Nm>Cy</Nm></Cdtr></CdtTrfTxInf>\n'
        "</PmtInf></CstmrCdtTrfInitn></Document>\n"
    )
    return (Example("orders.xml", order.encode(), (None,), rejected=2),)


PLUGIN = Format("pain (ISO 20022)", sniff, read, examples, platform="bank", kind="payment", certain_dates=True)
