"""Rows of a bank's table to payments: which way the money went, who is on the other side; columns at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.amounts import Amounts, parse_amounts, without_thousands
from clew.ingest.base import Batch, Reject, clip
from clew.ingest.chats import message_ids
from clew.ingest.extras import as_json
from clew.ingest.money_balance import Balances
from clew.ingest.money_roles import STATUS, Layout, is_balance, side_of
from clew.ingest.money_statement import Statement
from clew.ingest.money_types import folded, of_words
from clew.ingest.money_zones import with_zones
from clew.ingest.times import parse_times
from clew.model.traced import MONEY

_KEPT = ("reference", "value_date", "fee", "card", "merchant", "mcc", "rate")  # roles that go to extra as they are
_ACCOUNTS = ("account", "counter_account", "from_account", "to_account")
_NUMBERS = ("amount", "debit", "credit", "balance", "fee")
_NAMES = {"value_date": "value_at", "rate": "exchange_rate"}
_UNNAMED = re.compile(r"column \d+")
_OWED = r"(?i)\d\s*dr\.?$"  # a balance below zero, as banks of India print it
_ZERO = pa.scalar(Decimal(0)).cast(MONEY)
_SAID = ("text", "reference", "type", "id")
_OTHERS = ("counter_account", "counter_name", "from_account", "from_name", "to_account", "to_name", "merchant")
NOT_MADE = "a payment that was not made"
UNDATED = "a row without a readable date, so no booking: a sum or a balance, perhaps"
BALANCE = "an opening or closing balance, not a booking"
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
    comma: bool | None = None  # the decimal mark; None until the first rows were read
    bare: bool = False  # no amount shows which mark is the decimal one
    minus: bool | None = None  # debits are written with a minus; None until some were seen

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
        self._look(cells)
        signed, why = self._signed(cells, n)
        why = pc.coalesce(self._no_booking(batch, names), pc.if_else(_failed(cells, n), NOT_MADE, None), why)
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

    def _look(self, cells: Columns) -> None:
        """Find which mark is the decimal one, in the first rows where the top of the file did not show it."""
        if self.comma is not None:
            return
        self.comma = self.layout.comma
        if not (self.layout.comma or self.layout.point):
            read = [parse_amounts(cells[role], comma=False) for role in _NUMBERS if role in cells]
            point = any(amounts.point for amounts in read)
            self.comma = any(amounts.comma for amounts in read) and not point
            self.bare = not (self.comma or point)

    def _amounts(self, cells: Columns, role: str) -> Amounts:
        texts = cells[role]
        if self.bare:
            texts = without_thousands(texts, self._currency(cells, len(texts)))
        read = parse_amounts(texts, comma=bool(self.comma))
        if role != "balance":
            return read
        owed = pc.fill_null(pc.match_substring_regex(texts, _OWED), False)
        return replace(read, value=pc.if_else(owed, pc.negate(pc.abs(read.value)), read.value))

    def _currency(self, cells: Columns, n: int) -> pa.Array:
        return pc.utf8_upper(pc.fill_null(cells.get("currency", pa.nulls(n, pa.string())), self.layout.currency))

    def _no_booking(self, batch: Batch, names: list[str]) -> pa.Array:
        """Why a row is none of the bank's bookings: it states a balance, or no day; null where it is one."""
        n = len(batch.lines)
        undated, balance, named = pa.repeat(True, n), pa.repeat(False, n), pa.repeat(False, n)
        for at in self.layout.dates:
            undated = pc.and_(undated, pc.is_null(parse_times(batch.columns[names[at]], month_first=False).at))
        for role in (*_SAID, *_OTHERS):
            for at in self.layout.roles.get(role, ()):
                cells = _trimmed(batch.columns[names[at]])
                told = is_balance(cells)
                balance = pc.or_(balance, told)
                if role in _OTHERS:  # who pays "the final balance" to somebody has made a payment
                    named = pc.or_(named, pc.and_not(pc.is_valid(cells), told))
        return pc.if_else(pc.and_not(balance, named), BALANCE, pc.if_else(undated, UNDATED, None))

    def _signed(self, cells: Columns, n: int) -> tuple[pa.Array, pa.Array]:
        """(amount of each row, negative where the owner pays; why a row has none)."""
        none = pa.nulls(n, pa.string())
        if "debit" in cells and "credit" in cells and not ("amount" in cells and "mark" in cells):
            out, into = self._amounts(cells, "debit"), self._amounts(cells, "credit")
            paid, got = _nonzero(out.value), _nonzero(into.value)
            both = pc.and_(pc.is_valid(paid), pc.is_valid(got))
            value = pc.coalesce(self._taken(paid), got, out.value, into.value)
            unread = pc.or_(pc.or_(out.unread, into.unread), pc.is_null(value))
            return value, pc.if_else(unread, UNREADABLE, pc.if_else(both, BOTH, none))
        amounts = self._amounts(cells, "amount")
        value = amounts.value
        if "mark" in cells:
            written = pc.replace_substring_regex(cells["mark"], r"^.*\d\s*", "")  # "25,000.00 Dr"
            mark = _mapped(written, side_of)
            size = pc.abs(value)
            value = pc.if_else(
                pc.equal(mark, "debit"), pc.negate(size), pc.if_else(pc.equal(mark, "credit"), size, value)
            )
            value = pc.coalesce(value, amounts.value)
        return value, pc.if_else(pc.is_null(value), UNREADABLE, none)

    def _taken(self, paid: pa.Array) -> pa.Array:
        """Debits as negative amounts. One with a minus is a correction, unless that is how this bank writes most."""
        if self.minus is None and paid.null_count < len(paid):
            below = pc.sum(pc.less(paid, _ZERO)).as_py()
            self.minus = 2 * below > len(paid) - paid.null_count
        return pc.negate(pc.abs(paid) if self.minus else paid)

    def _made(self, batch: Batch, cells: Columns, signed: pa.Array, names: list[str]) -> Batch:
        n = len(batch.lines)
        layout, none = self.layout, pa.nulls(n, pa.string())

        def cell(role: str) -> pa.Array:
            return cells.get(role, none)

        credit = pc.greater_equal(signed, _ZERO)
        owner = pc.fill_null(cell("account"), self.owner)
        other_name = pc.coalesce(cell("counter_name"), cell("merchant"))
        own_name = pc.fill_null(cell("owner_name"), layout.owner) if layout.owner else cell("owner_name")
        payer_name = pc.coalesce(cell("from_name"), pc.if_else(credit, other_name, own_name))
        payee_name = pc.coalesce(cell("to_name"), pc.if_else(credit, own_name, other_name))
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
        used = {names[at] for role, ordinals in layout.roles.items() if role != "zone" for at in ordinals}
        unnamed = [name for name in names if name not in used and _UNNAMED.fullmatch(name)]
        body = _joined([body, *(_trimmed(batch.columns[name]) for name in unnamed)], n)
        date = cell("date")
        if "time" in cells:
            date = pc.coalesce(pc.binary_join_element_wise(date, cell("time"), " "), date)
        posted = with_zones(date, cell("zone")) if "zone" in cells else date
        columns = {
            "payer": payer, "payee": payee, "amount": amount, "currency": self._currency(cells, n),
            "posted_at": posted, "body": body,
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
            "balance": _plain(self._amounts(cells, "balance").value) if "balance" in cells else none,
            **{_NAMES.get(role, role): cell(role) for role in _KEPT if role in cells},
        }  # fmt: skip
        used |= {*unnamed, *extra}
        extra |= {name: batch.columns[name] for name in names if name not in used}
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
        balance = pc.if_else(booked, self._amounts(cells, "balance").value, None)
        fees = self._amounts(cells, "fee").value if "fee" in cells else pa.nulls(len(lines), MONEY)
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
