"""Rows of a bank's table to payments: which way the money went, who is on the other side; columns at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.amounts import parse_amounts
from clew.ingest.base import Batch, Reject, clip
from clew.ingest.chats import message_ids
from clew.ingest.extras import as_json
from clew.ingest.money_balance import Balances
from clew.ingest.money_roles import MARKS, STATUS, Layout
from clew.ingest.money_statement import Statement
from clew.ingest.money_types import folded, of_words
from clew.model.traced import MONEY

_KEPT = ("reference", "value_date", "fee", "card", "merchant", "mcc", "rate")  # roles that go to extra as they are
_ACCOUNTS = ("account", "counter_account", "from_account", "to_account")
_NAMES = {"value_date": "value_at", "rate": "exchange_rate"}
_ZERO = pa.scalar(Decimal(0)).cast(MONEY)
NOT_MADE = "a payment that was not made"
UNREADABLE, BOTH = "a row without a readable amount", "a row with both a debit and a credit"

Columns = dict[str, pa.Array]


@dataclass
class Table:
    """What is known of a table while it is read: its layout, whose it is, its sums and balances."""

    layout: Layout
    owner: str
    statement: Statement
    balances: Balances = field(default_factory=Balances)
    blocks: int = 0

    def payments(self, batch: Batch) -> Batch:
        """The rows of a batch as payments."""
        self.blocks += 1
        n = len(batch.lines)
        if not n:
            return batch
        names = list(batch.columns)
        if len(names) != len(self.layout.names) + self.layout.ragged:
            rejects = [Reject(line, "a row that is not of this table") for line in batch.lines.to_pylist()]
            return Batch({}, pa.array([], pa.int64()), rejects=(*batch.rejects, *rejects))
        cells = {
            role: (_account if role in _ACCOUNTS else _trimmed)(batch.columns[names[at[0]]])
            for role, at in self.layout.roles.items()
            if role != "text"
        }
        signed, why = self._signed(cells, n)
        why = pc.coalesce(pc.if_else(_failed(cells, n), NOT_MADE, None), why)
        bad = pc.is_valid(why)
        rejects = list(batch.rejects)
        if pc.any(bad, min_count=0).as_py():
            rejects += [
                Reject(batch.lines[row].as_py(), why[row].as_py(), _start(batch, row))
                for row in pc.indices_nonzero(bad).to_pylist()
            ]
            good = pc.invert(bad)
            batch = Batch(
                {name: column.filter(good) for name, column in batch.columns.items()}, batch.lines.filter(good)
            )
            cells = {role: column.filter(good) for role, column in cells.items()}
            signed = signed.filter(good)
        made = self._made(batch, cells, signed, names)
        status = made.encoded["status"]
        rejects += self._checked(cells, signed, status, batch.lines)
        rejects.sort(key=lambda reject: reject.line)
        return Batch(made.columns, made.lines, made.encoded, tuple(rejects))

    def _signed(self, cells: Columns, n: int) -> tuple[pa.Array, pa.Array]:
        """(amount of each row, negative where the owner pays; why a row has none)."""
        comma, none = self.layout.comma, pa.nulls(n, pa.string())
        if "debit" in cells and "credit" in cells and not ("amount" in cells and "mark" in cells):
            out = parse_amounts(cells["debit"], comma=comma)
            into = parse_amounts(cells["credit"], comma=comma)
            paid, got = _nonzero(out.value), _nonzero(into.value)
            both = pc.and_(pc.is_valid(paid), pc.is_valid(got))
            value = pc.coalesce(pc.negate(pc.abs(paid)), pc.abs(got), out.value, into.value)
            unread = pc.or_(pc.or_(out.unread, into.unread), pc.is_null(value))
            return value, pc.if_else(unread, UNREADABLE, pc.if_else(both, BOTH, none))
        amounts = parse_amounts(cells["amount"], comma=comma)
        value = amounts.value
        if "mark" in cells:
            mark = _mapped(cells["mark"], _side)
            size = pc.abs(value)
            value = pc.if_else(
                pc.equal(mark, "debit"), pc.negate(size), pc.if_else(pc.equal(mark, "credit"), size, value)
            )
            value = pc.coalesce(value, amounts.value)
        return value, pc.if_else(pc.is_null(value), UNREADABLE, none)

    def _made(self, batch: Batch, cells: Columns, signed: pa.Array, names: list[str]) -> Batch:
        n = len(batch.lines)
        layout, none = self.layout, pa.nulls(n, pa.string())

        def cell(role: str) -> pa.Array:
            return cells.get(role, none)

        credit = pc.greater_equal(signed, _ZERO)
        owner = pc.fill_null(cell("account"), self.owner)
        other_name = pc.coalesce(cell("counter_name"), cell("merchant"))
        payer_name = pc.coalesce(cell("from_name"), pc.if_else(credit, other_name, layout.owner))
        payee_name = pc.coalesce(cell("to_name"), pc.if_else(credit, layout.owner, other_name))
        other = cell("counter_account")
        payer = pc.if_else(
            credit, pc.coalesce(cell("from_account"), other, cell("from_name"), other_name),
            pc.coalesce(cell("from_account"), owner),
        )  # fmt: skip
        payee = pc.if_else(
            credit, pc.coalesce(cell("to_account"), owner),
            pc.coalesce(cell("to_account"), other, cell("to_name"), other_name),
        )  # fmt: skip
        amount = _plain(pc.abs(signed))
        body = _joined([_trimmed(batch.columns[names[at]]) for at in layout.roles.get("text", ())], n)
        unnamed = [name for name in names if name.startswith("column ") and name.removeprefix("column ").isdigit()]
        body = _joined([body, *(_trimmed(batch.columns[name]) for name in unnamed)], n)
        date = cell("date")
        if "time" in cells:
            date = pc.coalesce(pc.binary_join_element_wise(date, cell("time"), " "), date)
        currency = pc.utf8_upper(pc.fill_null(cell("currency"), layout.currency))
        columns = {
            "payer": payer, "payee": payee, "amount": amount, "currency": currency, "posted_at": date, "body": body,
            "place": cell("place"), "native_id": self._ids(cells, owner, signed, (date, other, other_name, body)),
            "platform": pa.repeat(pa.scalar(layout.service, pa.string()), n),
        }  # fmt: skip
        side = pc.if_else(credit, "credit", "debit")
        if {"from_account", "to_account"} <= cells.keys():  # both sides are named, and amounts may have no sign
            taken = pc.fill_null(pc.equal(payee, owner), False)
            given = pc.fill_null(pc.equal(payer, owner), False)
            side = pc.if_else(taken, "credit", pc.if_else(given, "debit", side))
        extra = {
            "account": owner, "direction": side, "payer_name": payer_name, "payee_name": payee_name,
            "payer_bank": pc.if_else(credit, cell("bank"), none), "payee_bank": pc.if_else(credit, none, cell("bank")),
            "type": _mapped(cell("type"), of_words), "status": _mapped(pc.fill_null(cell("status"), "booked"), _state),
            "balance": _plain(parse_amounts(cell("balance"), comma=layout.comma).value) if "balance" in cells else none,
            **{_NAMES.get(role, role): cell(role) for role in _KEPT if role in cells},
        }  # fmt: skip
        used = {names[at] for ordinals in layout.roles.values() for at in ordinals} | set(unnamed)
        extra |= {name: batch.columns[name] for name in names if name not in used and name not in extra}
        encoded = {name: as_json(column) for name, column in extra.items() if column.null_count < n}
        encoded.setdefault("status", none)
        return Batch(columns, batch.lines, encoded)

    def _ids(self, cells: Columns, owner: pa.Array, signed: pa.Array, said: tuple[pa.Array, ...]) -> pa.Array:
        """The bank's id of each row, if it gives every row one of its own; else one from what the row says."""
        amount = _plain(signed)
        if "id" in cells:
            whole = pc.binary_join_element_wise(owner, cells["id"], amount, "/")
            if whole.null_count == 0 and pc.count_distinct(whole).as_py() == len(whole):
                return whole
        nth = pa.repeat(str(self.blocks) if self.blocks > 1 else "", len(amount))
        more = [cells[role] for role in ("id", "reference", "balance") if role in cells]
        return message_ids([owner, amount, *said, *more, nth])

    def _checked(self, cells: Columns, signed: pa.Array, status: pa.Array, lines: pa.Array) -> list[Reject]:
        """Count what was booked, and see whether the running balances follow."""
        booked = pc.equal(status, '"booked"')
        self.statement.credits += _sum(signed, pc.and_(booked, pc.greater_equal(signed, _ZERO)))
        self.statement.debits -= _sum(signed, pc.and_(booked, pc.less(signed, _ZERO)))
        if "balance" not in cells:
            return []
        balance = pc.if_else(booked, parse_amounts(cells["balance"], comma=self.layout.comma).value, None)
        fees = (
            parse_amounts(cells["fee"], comma=self.layout.comma).value
            if "fee" in cells
            else pa.nulls(len(lines), MONEY)
        )
        keys = [pc.fill_null(cells[role], "") for role in ("account", "currency") if role in cells]
        # A current account and savings of one owner may share a table; the type of product tells them apart.
        groups = pc.binary_join_element_wise(*keys, "") if keys else pa.repeat("", len(lines))
        return self.balances.check(groups, signed, fees, balance, lines)


def _trimmed(column: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(pc.binary_length(text), 0), None, text)


def _account(column: pa.Array) -> pa.Array:
    """An account without the marks that keep spreadsheets from taking it for a number: ``'123'``, ``="123"``."""
    return _trimmed(pc.utf8_trim(column, "'\"= \u00a0"))


def _nonzero(value: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(value, _ZERO), pa.scalar(None, MONEY), value)


def _plain(value: pa.Array) -> pa.Array:
    """Decimals as text without the zeros behind them."""
    return pc.replace_substring_regex(value.cast(pa.string()), r"\.?0*$", "") if len(value) else value.cast(pa.string())


def _sum(value: pa.Array, where: pa.Array) -> Decimal:
    kept = value.filter(pc.fill_null(where, False)).cast(pa.decimal256(60, 18))
    total: Decimal | None = pc.sum(kept).as_py()
    return total or Decimal(0)


def _mapped(column: pa.Array, word: object) -> pa.Array:
    """Each different cell looked up once."""
    coded = column.dictionary_encode()
    told = [word(cell) for cell in coded.dictionary.to_pylist()]  # type: ignore[operator]
    return pa.array(told, pa.string()).take(coded.indices)


def _side(cell: str) -> str | None:
    plain = folded(cell).replace(" ", "")
    if not plain:
        return "debit" if cell.strip() in ("-", "−", "–") else "credit" if cell.strip() == "+" else None
    return next((side for side, words in MARKS.items() if plain in words), None)


def _state(cell: str) -> str:
    return STATUS.get(folded(cell).replace(" ", ""), cell)


def _joined(columns: list[pa.Array], n: int) -> pa.Array:
    """The texts of each row that are there, with a blank between them; the first is not said twice."""
    whole = pa.repeat("", n)
    first = columns[0] if columns else None
    for column in columns:
        if column is not first:
            column = pc.if_else(pc.fill_null(pc.equal(column, first), False), None, column)
        whole = pc.binary_join_element_wise(whole, pc.fill_null(column, ""), " ")
    whole = pc.replace_substring_regex(pc.utf8_trim_whitespace(whole), r"\s+", " ")
    return pc.if_else(pc.equal(pc.binary_length(whole), 0), None, whole)


def _failed(cells: Columns, n: int) -> pa.Array:
    """Rows that say that the payment was declined, cancelled or taken back before it was made."""
    if "status" not in cells:
        return pa.repeat(False, n)
    return pc.fill_null(pc.equal(_mapped(cells["status"], _state), "failed"), False)


def _start(batch: Batch, row: int) -> str:
    return clip(" | ".join(str(column[row].as_py() or "") for column in batch.columns.values()))
