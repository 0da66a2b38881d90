"""Entries of ISO 20022 bank statements (camt.052, camt.053, camt.054, all versions) to payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from clew.ingest.base import Reject
from clew.ingest.money_flat import Flat, Leaves, values
from clew.ingest.money_rows import (
    Ids,
    Payments,
    Value,
    compact,
    decimal_of,
    joined,
    one_line,
    plain_amount,
    reference_of,
    sides,
)
from clew.ingest.money_statement import Statement, money
from clew.ingest.money_types import of_iso

_OPENING = ("OPBD", "PRCD", "OPAV")
_CLOSING = ("CLBD",)
_INTERIM = "ITBD"
_PENDING = ("PDNG", "FUTR", "INFO")
_NOTHING: Leaves = {}


@dataclass
class Account:
    """The statement that entries belong to, and the ids given so far."""

    statement: Statement
    ids: Ids
    booked_at: Value = None


def statement_of(head: Flat, line: int, ids: Ids) -> Account:
    """What a statement says before its entries; its balances are the parts."""
    own = head.own
    currency = own.get("Acct/Ccy")
    statement = Statement(
        line,
        account=account_of(own, "Acct"),
        currency=currency,
        number=own.get("ElctrncSeqNb") or own.get("LglSeqNb") or own.get("Id"),
        page=own.get("StmtPgntn/PgNb") or own.get("RptPgntn/PgNb"),
        owner=one_line(own.get("Acct/Ownr/Nm")),
        bank=bank_of(own, "Acct/Svcr/FinInstnId/"),
    )
    interim = list[Decimal]()
    for balance in head.parts:
        code, amount = balance.get("Tp/CdOrPrtry/Cd"), decimal_of(balance.get("Amt"))
        if amount is None or (currency and balance.get("Amt@Ccy") not in (currency, None)):
            continue
        amount = -amount if balance.get("CdtDbtInd") == "DBIT" else amount
        if code in _OPENING and statement.opening is None:
            statement.opening = amount
        elif code in _CLOSING and statement.closing is None:
            statement.closing = amount
        elif code == _INTERIM:
            interim.append(amount)
    if statement.opening is None and len(interim) > 1:
        statement.opening = interim.pop(0)
    if statement.closing is None and interim:
        statement.closing = interim[-1]
    return Account(statement, ids, own.get("CreDtTm"))


@cache
def _keys(at: str, *ends: str) -> tuple[str, ...]:
    return tuple(at + end for end in ends)


def account_of(leaves: Leaves, at: str) -> Value:
    """The IBAN of an account, else the number that it goes by, else its proxy (a phone, a mail address)."""
    get = leaves.get
    iban, other, own, proxy = _keys(at, "/Id/IBAN", "/Id/Othr/Id", "/Id/PrtryAcct/Id", "/Prxy/Id")
    return compact(get(iban) or get(other) or get(own) or get(proxy))


def bank_of(leaves: Leaves, at: str) -> Value:
    """The BIC of a bank, else its clearing number, else its name."""
    get = leaves.get
    new, old, member, name = _keys(at, "BICFI", "BIC", "ClrSysMmbId/MmbId", "Nm")
    return get(new) or get(old) or get(member) or one_line(get(name))


def name_of(leaves: Leaves, at: str) -> Value:
    """The name of a party, wherever the version of the schema puts it; else what identifies it."""
    get = leaves.get
    name, inner, firm, person = _keys(at, "/Nm", "/Pty/Nm", "/Id/OrgId/Othr/Id", "/Id/PrvtId/Othr/Id")
    return one_line(get(name) or get(inner) or get(firm) or get(person))


def moment(leaves: Leaves, at: str) -> Value:
    """A date with time, else a date."""
    return leaves.get(f"{at}/DtTm") or leaves.get(f"{at}/Dt")


def add_entry(payments: Payments, entry: Flat, line: int, account: Account) -> None:
    """Add the payments of an entry: one for each transaction in it, or one for the whole."""
    own, parts, statement = entry.own, entry.parts, account.statement
    amount, mark = decimal_of(own.get("Amt")), own.get("CdtDbtInd")
    if amount is None or amount < 0 or mark not in ("CRDT", "DBIT"):
        statement.unread += 1
        payments.rejects.append(Reject(line, "an entry without a readable amount and direction", own.get("Amt")))
        return
    credit = mark == "CRDT"
    status = own.get("Sts/Cd") or own.get("Sts/Prtry") or own.get("Sts") or "BOOK"
    if status not in _PENDING:
        statement.book(amount, credit=credit)
    currency = own.get("Amt@Ccy") or statement.currency
    shared: dict[str, object] = {
        "account": statement.account,
        "statement": statement.number,
        **({} if status in _PENDING else statement.balances()),
        "status": "pending" if status in _PENDING else "booked",
        "value_at": moment(own, "ValDt"),
        "reversal": "true" if own.get("RvslInd") in ("true", "1") else None,
    }
    shares = _shares(parts, currency, credit=credit) if len(parts) > 1 else None
    if shares is None:
        shared["transactions"] = str(len(parts)) if len(parts) > 1 else own.get("NtryDtls/Btch/NbOfTxs")
        _add(
            payments, line, account, own, parts[0] if len(parts) == 1 else _NOTHING, (amount, currency, credit), shared
        )
        return
    total = sum((share if its_credit else -share for share, its_credit in shares), Decimal(0))
    if total != (amount if credit else -amount):
        gap = f"an entry of {money(amount)} whose {len(parts)} transactions add up to {money(abs(total))}: "
        payments.rejects.append(Reject(line, f"{gap}{money(abs(total - (amount if credit else -amount)))} differ"))
    shared["batch"] = reference_of(own.get("AcctSvcrRef"), own.get("NtryRef"))
    for part, (share, its_credit) in zip(parts, shares, strict=True):
        _add(payments, line, account, own, part, (share, currency, its_credit), shared)


def _shares(parts: Sequence[Leaves], currency: Value, *, credit: bool) -> list[tuple[Decimal, bool]] | None:
    """(amount, whether it is a credit) of each transaction of an entry; None where they cannot stand for it: one
    states no amount, or one in another currency."""
    found = list[tuple[Decimal, bool]]()
    for part in parts:
        amount = next((a for path in _SHARE if (a := decimal_of(part.get(path))) is not None), None)
        told = next((part.get(f"{path}@Ccy") for path in _SHARE if path in part), None)
        if amount is None or amount < 0 or told not in (currency, None):
            return None
        mark = part.get("CdtDbtInd")
        found.append((amount, mark == "CRDT" if mark else credit))
    return found


_SHARE = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")


def _add(
    payments: Payments, line: int, account: Account, entry: Leaves, part: Leaves,
    told: tuple[Decimal, Value, bool], shared: Mapping[str, object],
) -> None:  # fmt: skip
    """Add one payment; ``part`` is its transaction where the entry has any."""
    amount, currency, credit = told
    statement, get = account.statement, part.get
    turned = shared["reversal"] is not None or "RtrInf/Rsn/Cd" in part
    side = _other_side(part, statement.account, credit=credit, turned=turned)
    other_account = account_of(part, _ACCOUNT[side])
    other_name, final = name_of(part, _PARTY[side]), name_of(part, _FINAL[side])
    merchant = one_line(get("RltdPties/Prtry/Pty/Nm")) if other_name is None else None
    owner, other = statement.account or statement.owner, other_account or other_name or final or merchant
    payer, payee = sides(owner, other, credit=credit)
    payer_name, payee_name = sides(statement.owner, joined((other_name, final), " / "), credit=credit)
    payer_bank, payee_bank = sides(statement.bank, bank_of(part, _BANK[side]), credit=credit)
    booked = moment(entry, "BookgDt") or moment(entry, "ValDt") or get("RltdDts/TxDtTm") or account.booked_at
    known = reference_of(get("Refs/EndToEndId"), get("Refs/TxId"), get("Refs/InstrId"), entry.get("NtryRef"))
    body = joined((remittance(part), one_line(get("AddtlTxInf")), one_line(entry.get("AddtlNtryInf"))))
    written = plain_amount(amount)
    fields: dict[str, Value] = {
        "payer": payer, "payee": payee, "amount": written, "currency": currency, "posted_at": booked, "body": body,
        "place": one_line(get("RltdPties/Cdtr/PstlAdr/TwnNm")) if not credit else None, "platform": statement.bank,
        "native_id": account.ids.of(
            statement.account, get("Refs/AcctSvcrRef") or entry.get("AcctSvcrRef"),
            written if credit else f"-{written}", (booked, currency, other_account, known, body),
        ),
    }  # fmt: skip
    payments.add(line, fields, {
        **shared, **_exchange(part or entry, currency), "direction": "credit" if credit else "debit",
        "payer_name": payer_name, "payee_name": payee_name, "payer_bank": payer_bank, "payee_bank": payee_bank,
        "reference": known, "mandate": get("Refs/MndtId"), "fee": _fees(part) or _fees(entry), "merchant": merchant,
        "type": _type(part) or _type(entry), "purpose": get("Purp/Cd") or get("Purp/Prtry"),
        "card": get(_CARD) or entry.get(_CARD), "returned": get("RtrInf/Rsn/Cd"), "reverses": known if turned else None,
    })  # fmt: skip


_CARD = "CardTx/Card/PlainCardData/PAN"
_ACCOUNT = {side: f"RltdPties/{side}Acct" for side in ("Dbtr", "Cdtr")}
_PARTY = {side: f"RltdPties/{side}" for side in _ACCOUNT}
_FINAL = {side: f"RltdPties/Ultmt{side}" for side in _ACCOUNT}
_BANK = {side: f"RltdAgts/{side}Agt/FinInstnId/" for side in _ACCOUNT}


def _other_side(part: Leaves, own: Value, *, credit: bool, turned: bool) -> str:
    """Which party is the other one: who paid a credit, who was paid by a debit.

    Returned payments keep the parties of the payment that comes back; and some banks do not turn them. So the owner's
    own account is never the other side, and of a returned payment the side that is told is.
    """
    usual, other = ("Dbtr", "Cdtr") if credit else ("Cdtr", "Dbtr")
    account = account_of(part, _ACCOUNT[usual])
    if account is not None:
        if account != own:
            return usual
        instead = account_of(part, _ACCOUNT[other])
        return other if instead not in (None, own) else usual
    if not turned or name_of(part, _PARTY[usual]) is not None:
        return usual
    instead = account_of(part, _ACCOUNT[other])
    return other if instead != own and (instead or name_of(part, _PARTY[other])) else usual


def _type(leaves: Leaves) -> Value:
    """How it was made: the standard's code, else the bank's own."""
    family = leaves.get("BkTxCd/Domn/Fmly/Cd")
    return of_iso(family, leaves.get("BkTxCd/Domn/Fmly/SubFmlyCd")) if family else leaves.get("BkTxCd/Prtry/Cd")


def remittance(part: Leaves) -> Value:
    """What a payment is for: its lines of text, then the references and texts that are structured."""
    return one_line(joined(text for path in _REMITTANCE if path in part for text in values(part, path)))


_REMITTANCE = (
    "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/AddtlRmtInf",
)  # fmt: skip


def _exchange(leaves: Leaves, currency: Value) -> dict[str, object]:
    """The amount that was ordered, where it was in another currency, and the rate."""
    for at, of in _AMOUNTS:
        ordered = leaves.get(of)
        if ordered and ordered != currency and (amount := decimal_of(leaves.get(at))) is not None:
            rate = next((leaves[path] for path in _RATES if path in leaves), None)
            return {"instructed_amount": plain_amount(amount), "instructed_currency": ordered, "exchange_rate": rate}
    return {}


_ORDERED = ("InstdAmt", "TxAmt", "CntrValAmt")
_AMOUNTS = tuple((f"AmtDtls/{tag}/Amt", f"AmtDtls/{tag}/Amt@Ccy") for tag in _ORDERED)
_RATES = tuple(f"AmtDtls/{tag}/CcyXchg/XchgRate" for tag in _ORDERED)


def _fees(leaves: Leaves) -> Value:
    """What the bank charged, added up; null where nothing is told."""
    if "Chrgs/Rcrd/Amt" not in leaves and "Chrgs/Amt" not in leaves:
        return None
    told = (decimal_of(text) for path in ("Chrgs/Rcrd/Amt", "Chrgs/Amt") for text in values(leaves, path))
    charges = [amount for amount in told if amount is not None]
    return plain_amount(sum(charges, Decimal(0))) if charges else None
