"""Bank statements of SWIFT: MT940 (booked) and MT942 (within the day), with what banks put into field 86."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from clew.ingest.base import Chunk, Example, Format, IsField, Reject, Source, clip
from clew.ingest.money_iban import iban_of
from clew.ingest.money_mt940 import (
    MAX_LINES,
    Field,
    Told,
    amount_of,
    balance_of,
    day_of,
    entry_of,
    fields_of,
    information,
)
from clew.ingest.money_rows import BLOCK, Ids, Payments, Value, compact, plain_amount, reference_of, rest, sides
from clew.ingest.money_statement import Sequence, Statement
from clew.ingest.money_types import of_code
from clew.ingest.streams import DamagedError, line_blocks

_STARTS = re.compile(rb"(?m)^(?:\{4:\r?\n?)?:20:")
_FIELDS = re.compile(rb"(?m)^:(?:25|28C?|60[FM]|61|62[FM]|86|34F|13D?|90[CD])[A-Z]?:")


@dataclass
class _State:
    """What was read of the statement that is open: its entry waits for the fields 86 that may follow it.

    Ids are made with the account as it is ``written``, so that they do not hang on what is known of its country.
    """

    statement: Statement | None = None
    written: Value = None
    entry: Field | None = None
    about: list[str] = field(default_factory=list)
    ids: Ids = field(default_factory=Ids)
    sequence: Sequence = field(default_factory=Sequence)


def sniff(head: bytes, name: str) -> float:
    """Field 20 at the start of a line, and two more fields that statements have."""
    text = head.removeprefix(b"\xef\xbb\xbf")[:65_536].replace(b"\r", b"\n")
    return 0.97 if _STARTS.search(text[:4_096]) and len(set(_FIELDS.findall(text))) >= 2 else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk each few thousand payments."""
    payments, state = Payments(), _State()
    try:
        for found in fields_of(line_blocks(source.text_blocks())):
            if isinstance(found, Reject):
                payments.rejects.append(found)
            else:
                _take(payments, state, found)
            if len(payments) >= BLOCK:
                yield partial(iter, (payments.batch(),))
    except DamagedError:
        _close(payments, state)
        yield from rest(payments)
        raise
    _close(payments, state)
    yield from rest(payments)


def _take(payments: Payments, state: _State, found: Field) -> None:
    """Move on by a field."""
    tag, text = found.tag, found.text
    if tag == "20":
        _close(payments, state)
        state.statement, state.written = Statement(found.line), None
        return
    if not tag:
        _flush(payments, state)
        return
    statement = state.statement = state.statement or Statement(found.line)
    if tag == "86" and state.entry is not None:
        state.about += [text] if len(state.about) < MAX_LINES else []
        return
    if tag in ("62F", "62M"):  # before the last entry is added, which carries it
        _balance(payments, statement, found)
    _flush(payments, state)
    if tag == "61":
        state.entry = found
    elif tag.startswith("25"):
        state.written, statement.bank, currency = _account(text)
        statement.account = iban_of(statement.bank, state.written)
        statement.currency = statement.currency or currency
    elif tag.startswith("28"):
        number, _, page = text.strip().partition("/")
        statement.number, statement.page = number.lstrip("0") or None, page.strip().lstrip("0") or None
        state.ids.open(statement.account, statement.number, statement.page)
    elif tag in ("60F", "60M"):
        _balance(payments, statement, found)


def _account(text: str) -> tuple[Value, Value, Value]:
    """(account, bank, currency) of field 25: the bank, a slash, an IBAN or a number with the currency behind it."""
    written = text.strip().split("\n")[0]
    bank, slash, account = written.partition("/")
    if not slash:
        bank, account = "", written
    account = compact(account) or ""
    found = re.fullmatch(r"(.+?)([A-Z]{3})", account)
    return (found[1], bank.strip() or None, found[2]) if found else (account or None, bank.strip() or None, None)


def _balance(payments: Payments, statement: Statement, found: Field) -> None:
    """Opening or closing balance, of the statement or of one of its pages."""
    read_ = balance_of(found.text.strip())
    if read_ is None:
        payments.rejects.append(
            Reject(found.line, f"a balance that cannot be read (field {found.tag})", clip(found.text))
        )
        return
    statement.currency = read_[1]
    if found.tag.startswith("60"):
        statement.opening = read_[0]
    else:
        statement.closing = read_[0]


def _close(payments: Payments, state: _State) -> None:
    """End the statement that is open and tell whether it adds up."""
    _flush(payments, state)
    if state.statement is not None:
        payments.rejects += state.sequence.close(state.statement)
        state.statement = None


def _flush(payments: Payments, state: _State) -> None:
    """Add the entry that waits."""
    entry, about, statement = state.entry, state.about, state.statement
    state.entry, state.about = None, []
    if entry is None or statement is None:
        return
    found = entry_of(entry.text)
    amount = amount_of(found["amount"]) if found is not None else None
    if found is None or amount is None:
        statement.unread += 1
        raw = "\n:86:".join((f":61:{entry.text}", *about))
        payments.rejects.append(Reject(entry.line, "an entry that cannot be read (field 61)", clip(raw)))
        return
    mark = found["mark"]
    credit = mark in ("C", "RD", "EC")
    pending = mark.startswith("E")
    if not pending:
        statement.book(amount, credit=credit)
    _add(payments, entry.line, state, statement, found, information(*about), (plain_amount(amount), credit, pending))


def _add(
    payments: Payments, line: int, state: _State, statement: Statement, found: re.Match[str], told: Told,
    made: tuple[str, bool, bool],
) -> None:  # fmt: skip
    written, credit, pending = made
    own, _, banks = found["reference"].strip().partition("//")
    reference, reversal = reference_of(told.reference, own), found["mark"].startswith("R")
    more = (found["more"] or "").replace("\n", " ").strip() or None
    other = iban_of(told.bank, told.account) or told.name or told.final
    payer, payee = sides(statement.account, other, credit=credit)
    name = " / ".join(part for part in (told.name, told.final) if part) or None
    payer_name, payee_name = sides(None, name, credit=credit)
    payer_bank, payee_bank = sides(statement.bank, told.bank, credit=credit)
    booked = day_of(found["value"], found["booked"])
    said = (booked, statement.currency, told.account, told.name, told.body, reference)
    fields: dict[str, Value] = {
        "payer": payer, "payee": payee, "amount": written, "currency": statement.currency, "posted_at": booked,
        "body": told.body or more, "platform": statement.bank,
        "native_id": state.ids.of(state.written, banks.strip(), written if credit else f"-{written}", said),
    }  # fmt: skip
    code = of_code("gvc", told.gvc)
    kind = code if code != told.gvc else None
    payments.add(line, fields, {
        "account": statement.account, "statement": statement.number, "status": "pending" if pending else "booked",
        **({} if pending else statement.balances()),
        "direction": "credit" if credit else "debit", "value_at": day_of(found["value"]),
        "payer_name": payer_name, "payee_name": payee_name, "payer_bank": payer_bank, "payee_bank": payee_bank,
        "reference": reference, "mandate": told.mandate, "purpose": told.purpose,
        "type": kind or of_code("swift", (found["type"] or "")[1:]), "reversal": "true" if reversal else None,
        "reverses": reference if reversal else None, "supplement": more if more != fields["body"] else None,
    })  # fmt: skip


def examples() -> tuple[Example, ...]:
    """A statement in its envelope with both ways of field 86, and an entry that cannot be read."""
    text = (
        "{1:F01TESTNL2AXXXX0000000000}{2:I940TESTNL2AXXXXN}{4:\n:20:1\n:25:NL91ABNA0417164300EUR\n:28C:5/1\n"
        ":60F:C250630EUR100,00\n:61:2507010701C20,00NTRFE1//B1\n:86:166?00GUTSCHRIFT?20SVWZ+rent?30COBADEFF?32Ann\n"
        ":61:2507010701D5,00NTRFNONREF//B2\n:86:/EREF/E2/BENM//NAME/Shop/REMI/things/\n:61:nothing\n"
        ":62F:C250701EUR115,00\n-}\n"
    )
    return (Example("statement.sta", text.encode(), (None, None), rejected=1),)


PLUGIN = Format("MT940", sniff, read, examples, platform="bank", kind="payment", certain_dates=True)
