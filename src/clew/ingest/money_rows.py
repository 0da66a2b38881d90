"""What the readers of payments share: rows gathered one by one into columns, ids that survive a second export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache, partial
from hashlib import sha256

import orjson
import pyarrow as pa

from clew.ingest.base import Batch, Chunk, Reject

FIELDS = (
    "payer", "payee", "amount", "currency", "posted_at", "body", "place", "native_id", "platform",
)  # fmt: skip
Value = str | None
BLOCK = 4_096  # payments in a batch of the readers that go entry by entry

_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,18})?|\.\d{1,18}")
_NO_REFERENCE = ("NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NOREF", "NONE", "NA", "N/A", "0", "-", "NULL")
_SPACE = re.compile(r"\s+")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")


def decimal_of(written: str | None) -> Decimal | None:
    """An amount with a decimal point and no grouping, as XML and OFX write it; None for what is none.

    More than 20 digits before or 18 behind the point fit no payment and no column.
    """
    text = (written or "").strip()
    bare = text[1:] if text[:1] in ("-", "+") else text
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(text)
    except DecimalException:
        return None


def plain_amount(amount: Decimal) -> str:
    """An amount as text: a decimal point, no exponent, no grouping; as many decimals as it was written with."""
    return f"{amount:f}"


def one_line(text: str | None) -> Value:
    """Text without line breaks and runs of blanks; None for nothing."""
    return _SPACE.sub(" ", text).strip() or None if text else None


def compact(account: str | None) -> Value:
    """An account number without the blanks that people write into it; None for nothing."""
    if account is None or account.isalnum():
        return account
    return _SPACE.sub("", account) or None


def is_iban(account: str | None) -> bool:
    """Whether it has the shape of an IBAN; check digits are for the extraction."""
    return account is not None and _IBAN.fullmatch(account) is not None


def joined(parts: Iterable[str | None], separator: str = " ") -> Value:
    """The parts that say something, each once, in order."""
    return separator.join(dict.fromkeys(part for part in parts if part)) or None


def reference_of(*written: str | None) -> Value:
    """The first of some references that is one."""
    return next((text for text in written if text and text.upper() not in _NO_REFERENCE), None)


def sides(owner: Value, other: Value, *, credit: bool) -> tuple[Value, Value]:
    """(payer, payee) of an entry in the owner's statement: who has it credited is paid."""
    return (other, owner) if credit else (owner, other)


class Ids:
    """Ids of the payments of a file.

    The same entry read from a second export has the same id; two entries that say the same have two.
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}  # by hash: a million keys as text would be too many
        self._opened: set[tuple[Value, ...]] = set()

    def open(self, *statement: Value) -> None:
        """Begin a statement: one that stands twice in a file has the same ids both times."""
        if statement in self._opened:
            self._seen.clear()
        self._opened.add(statement)

    def of(self, account: Value, reference: Value, amount: str, said: Iterable[Value]) -> str:
        """The bank's own reference with the amount, which tells apart what shares one; without a reference, a digest
        of what is ``said``.

        ``amount`` has its sign: a reversal often repeats the reference of what it takes back.
        """
        if reference and reference.upper() not in _NO_REFERENCE:
            key = "/".join(part for part in (account, reference, amount) if part)
        else:
            digest = sha256(orjson.dumps([amount, *said])).hexdigest()[:24]
            key = f"{account}/{digest}" if account else digest
        nth = self._seen.get(hash(key), 0)
        self._seen[hash(key)] = nth + 1
        return f"{key}/{nth + 1}" if nth else key


_FEW = frozenset(("account", "statement", "status", "direction", "type", "value_at", "payer_bank", "payee_bank"))


@lru_cache(maxsize=4_096)
def _constant(value: object) -> str:
    """A value of which a statement holds few different ones."""
    return orjson.dumps(value).decode()


class Payments:
    """Payments gathered row by row into columns: ``fields`` are those of a record, ``more`` goes to ``extra``."""

    def __init__(self) -> None:
        self._fields: dict[str, list[Value]] = {name: [] for name in FIELDS}
        self._more: dict[str, list[Value]] = {}
        self._lines = list[int]()
        self.rejects = list[Reject]()

    def __len__(self) -> int:
        return len(self._lines) + len(self.rejects)

    def add(self, line: int, fields: Mapping[str, Value], more: Mapping[str, object]) -> None:
        """Add a payment; of ``more`` what is null, false or empty is left out."""
        row = len(self._lines)
        for name, column in self._fields.items():
            column.append(fields.get(name))
        for name, value in more.items():
            if value:
                column = self._more.setdefault(name, [])
                if len(column) < row:
                    column.extend([None] * (row - len(column)))
                column.append(_constant(value) if name in _FEW else orjson.dumps(value).decode())
        self._lines.append(line)

    def batch(self) -> Batch:
        """The rows so far, which are then forgotten."""
        n = len(self._lines)
        columns = {name: pa.array(column, pa.string()) for name, column in self._fields.items()}
        encoded = {
            name: pa.array([*column, *([None] * (n - len(column)))], pa.string()) for name, column in self._more.items()
        }
        made = Batch(columns, pa.array(self._lines, pa.int64()), encoded, tuple(self.rejects))
        self._fields = {name: [] for name in FIELDS}
        self._more, self._lines, self.rejects = {}, [], []
        return made


def rest(payments: Payments) -> Iterator[Chunk]:
    """The last rows of a file, where there are any."""
    if len(payments):
        yield partial(iter, (payments.batch(),))
