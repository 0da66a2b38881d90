"""What the columns of a bank's table are for: the header found among the lines above it, roles, owner, service."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.amounts import parse_amounts, without_thousands
from clew.ingest.base import MAX_COLUMNS
from clew.ingest.money_rows import Value, compact
from clew.ingest.money_types import folded
from clew.ingest.times import parse_times

_LISTS: dict[str, Any] = tomllib.loads((files("clew.ingest") / "money_columns.toml").read_text("utf-8"))
ROLES: dict[str, tuple[str, ...]] = {role: tuple(names.split()) for role, names in _LISTS["roles"].items()}
MARKS: dict[str, frozenset[str]] = {side: frozenset(words.split()) for side, words in _LISTS["marks"].items()}
STATUS: dict[str, str] = {word: state for state, words in _LISTS["status"].items() for word in words.split()}
_ABOVE: dict[str, frozenset[str]] = {key: frozenset(words.split()) for key, words in _LISTS["above"].items()}
_BALANCES = frozenset(_LISTS["balances"]["texts"].split())
_NEAR_BALANCE = _LISTS["balances"]["near"]
_NOT_MONEY = frozenset(_LISTS["not_money"]["columns"].split())
_SERVICES: dict[str, frozenset[str]] = {name: frozenset(cols.split()) for name, cols in _LISTS["services"].items()}
_RANKED: dict[str, list[tuple[int, str]]] = {}
for _role, _names in ROLES.items():
    for _rank, _name in enumerate(_names):
        _RANKED.setdefault(_name, []).append((_rank, _role))

HEAD = 1 << 16  # bytes in which the header is looked for
_ABOVE_LINES = 60
_SAMPLE = 50
_QUOTED = re.compile(r'"[^"]*"?')
_DAY = re.compile(r"\d[\d.,/ -]*")
_LONGEST = 60  # characters of a column's name
_DELIMITERS = (";", ",", "\t", "|")
_STRONG = ("balance", "counter_account", "mark", "value_date", "debit")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_ACCOUNT = r"^'?([A-Z]{2}[0-9]{2} ?[A-Z0-9]{4}|[0-9 /-]{7,})"
_CODES = "EUR USD GBP CHF PLN CZK HUF RON BGN SEK DKK NOK RSD UAH RUB TRY ALL MKD BAM MDL GEL AED NGN GHS KES XOF XAF"
_CODE = re.compile(r"\b(" + "|".join(_CODES.split()) + r")\b|\bEUROS?\b")
_IN_CURRENCY = re.compile(r"\s(" + "|".join(_CODES.split()) + r"|euros?)$", re.IGNORECASE)
_ISO = re.compile("[A-Za-z]{3}")
_LAST = 1_000  # a rank after all in the lists
_DR_CR = r"(?i)\d\s*[dc]r\.?$"
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "Kč": "CZK"}


@dataclass(frozen=True)
class Layout:
    """How a table is built.

    Attributes:
        start: byte (of the text without byte order mark) at which the header begins, after ``lines`` lines.
        roles: role to the ordinals of its columns; one each, but of ``text`` all.
        score: how sure it is a statement, 0 to 1.
        ragged: rows have one delimiter more than the header.
        comma, point: an amount shows for sure which mark is the decimal one.
        dates: ordinals of the columns of days, one of which is filled in each booking.
    """

    start: int
    lines: int
    names: tuple[str, ...]
    roles: dict[str, tuple[int, ...]]
    score: float
    ragged: bool = False
    service: Value = None
    account: Value = None
    owner: Value = None
    currency: Value = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    comma: bool = False
    point: bool = False
    dates: tuple[int, ...] = ()


@lru_cache(maxsize=16_384)
def key_of(cell: str) -> str:
    """A column's name to compare: no currency in brackets, accents, case or punctuation."""
    cell = cell[: 2 * _LONGEST]
    return folded(re.sub(r"[(\[][^)\]]*[)\]]", " ", cell)).replace(" ", "") or folded(cell).replace(" ", "")


def find_layout(head: bytes, file_name: str = "") -> Layout | None:
    """The table of a statement in the first bytes of a file; None where there is none, or it may be something else."""
    return _found(head.removeprefix(b"\xef\xbb\xbf")[:HEAD], file_name)


@lru_cache(maxsize=4)  # several sniffers look at the same file
def _found(head: bytes, file_name: str) -> Layout | None:
    text = head.decode("utf-8", "replace").replace("\x00", "")
    lines = text.split("\n")[: _ABOVE_LINES + 1]
    best: tuple[float, int, str] | None = None
    for n, line in enumerate(lines):
        for delimiter in _DELIMITERS:
            count = line.count(delimiter)
            if not 2 <= count <= MAX_COLUMNS or not _goes_on(line, lines[n + 1 : n + 5], delimiter):
                continue
            cells = _cells(line, delimiter)
            # The names of columns are short, and few begin with a digit: most rows are passed over by that alone.
            if sum(cell[:1].isdigit() or len(cell) > _LONGEST for cell in cells) * 2 > len(cells):
                continue
            roles = assign(cells)
            if "date" in roles and ("amount" in roles or {"debit", "credit"} <= roles.keys()):
                best = max(best or (0.0, 0, ""), (len(roles) - n / 100, n, delimiter))
    if best is None:
        return None
    _, n, delimiter = best
    start = len("\n".join(lines[:n]).encode()) + (1 if n else 0)
    rows = _rows("\n".join(text.split("\n")[n:]), delimiter)
    return _layout(start, n, rows, lines[:n], file_name)


def _goes_on(line: str, following: Sequence[str], delimiter: str) -> bool:
    """Whether rows as wide as a header come soon after it, or nothing more does; what stands in quotes is no mark."""
    count = _QUOTED.sub("", line).count(delimiter)
    filled = [_QUOTED.sub("", more) for more in following if more.strip()]
    return not filled or any(abs(more.count(delimiter) - count) <= 1 for more in filled)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [" ".join(cell.split()) for cell in next(csv.reader([line.strip("\r")], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """The header and the rows after it; the last may be cut off, so it is left out where there are others."""
    rows = list[list[str]]()
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > _SAMPLE:
                return rows
    except csv.Error:
        pass
    return rows[:-1] if len(text) >= HEAD // 2 and len(rows) > 2 else rows


def assign(cells: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Role to the ordinals of the columns that have it, by their names alone."""
    found: dict[str, tuple[int, int]] = {}
    texts, taken = list[tuple[int, int]](), set[int]()
    wanted = [(rank, role, n) for n, cell in enumerate(cells) for rank, role in _ranked(cell)]
    # Roles in the order of the lists: a name that fits two goes to the one in which it stands nearer to the front.
    for rank, role, n in sorted(wanted, key=lambda one: (one[0], tuple(ROLES).index(one[1]), one[2])):
        if n in taken:
            continue
        if role == "text":
            texts.append((n, rank))
            taken.add(n)
        elif role not in found:
            found[role] = (n, rank)
            taken.add(n)
    roles: dict[str, tuple[int, ...]] = {role: (n,) for role, (n, _) in found.items()}
    if texts:
        roles["text"] = tuple(n for n, _ in sorted(texts))
    return roles


def _layout(start: int, lines: int, rows: list[list[str]], above: Sequence[str], file_name: str) -> Layout | None:
    if not rows:
        return None
    names, body = rows[0], rows[1:]
    width = len(names)
    ragged = bool(body) and sum(len(row) == width + 1 and not row[-1].strip() for row in body) > len(body) / 2
    body = [row[:width] for row in body if len(row) >= width]
    columns = [pa.array([row[n].strip() or None for row in body], pa.string()) for n in range(width)]
    told = _told_above(above, file_name)
    roles = _by_content(assign(names), names, columns, told.get("account"))
    score = _score(roles, names)
    if not score or not _fits(roles, columns):
        return None
    keys = {key_of(name) for name in names} | {folded(name).replace(" ", "") for name in names}
    service = next((name for name, needed in _SERVICES.items() if needed <= keys), None)
    numbers = [parse_amounts(columns[n], comma=False) for n in _numeric(roles)]
    point = any(read.point for read in numbers)
    comma = any(read.comma for read in numbers) and not point
    in_header = "currency" not in roles and _currency_in(names[n] for n in _numeric(roles))
    currency = in_header or told.get("currency")
    rest = None if point else currency
    return Layout(
        start, lines, tuple(names), roles, score, ragged,
        service=service.split(" (")[0] if service else None, account=told.get("account"), owner=told.get("owner"),
        currency=currency, opening=_number(told.get("opening"), comma, rest),
        closing=_number(told.get("closing"), comma, rest), comma=comma, point=point, dates=_dates(roles, names),
    )  # fmt: skip


def _ranked(name: str) -> list[tuple[int, str]]:
    """(rank, role) of what a column may be; one that also says its currency comes after those that do not."""
    if found := _RANKED.get(key_of(name)):
        return found
    short = _IN_CURRENCY.sub("", name)
    return [(rank + _LAST, role) for rank, role in _RANKED.get(key_of(short), ())] if short != name else []


def _dates(roles: dict[str, tuple[int, ...]], names: Sequence[str]) -> tuple[int, ...]:
    """Columns that say when a payment was made; what is not booked yet may have another day than that of booking."""
    named = (n for n, name in enumerate(names) if any(role == "date" for _, role in _ranked(name)))
    return tuple(dict.fromkeys((*roles["date"], *roles.get("value_date", ()), *named)))


def _numeric(roles: dict[str, tuple[int, ...]]) -> list[int]:
    return [roles[role][0] for role in ("amount", "debit", "credit", "balance") if role in roles]


def _currency_in(names: Iterable[str]) -> Value:
    """The currency that stands in the names of columns: ``Bedrag (EUR)``."""
    for name in names:
        if found := _CODE.search(name.upper()):
            return found[1] or "EUR"
        for sign, code in _SIGNS.items():
            if sign in name:
                return code
    return None


def _number(written: Value, comma: bool, grouped: Value) -> Decimal | None:
    """A balance; ``grouped`` is its currency where its point may part thousands."""
    if not written:
        return None
    text = without_thousands(pa.array([written]), pa.array([grouped], pa.string())) if grouped else pa.array([written])
    value: Decimal | None = parse_amounts(text, comma=comma).value[0].as_py()
    return value


def _by_content(
    roles: dict[str, tuple[int, ...]], names: Sequence[str], columns: Sequence[pa.Array], known: Value
) -> dict[str, tuple[int, ...]]:  # fmt: skip
    """Roles put right by what stands in the columns, where a name means one thing here and another there."""
    roles = dict(roles)
    if "value_date" in roles and _share_of(columns[roles["value_date"][0]], r"^[A-Z]{3}$") > 0.5:
        moved = roles.pop("value_date")  # "Valuta" is a currency in Italy and a day in Germany
        roles.setdefault("currency", moved)
    elif "currency" in roles and _share_of(columns[roles["currency"][0]], r"^\d{1,4}[./-]\d") > 0.5:
        moved = roles.pop("currency")
        roles.setdefault("value_date", moved)
    if "account" in roles and "counter_account" not in roles:
        cells = columns[roles["account"][0]]
        differ = len(pc.unique(cells.drop_null())) > 1 or 0 < cells.null_count < len(cells)
        if differ or (known and key_of(names[roles["account"][0]]) in ("iban", "account", "accountnumber")):
            roles["counter_account"] = roles.pop("account")  # an owner's account would be the same in every row
    if "counter_name" in roles and "counter_account" not in roles:
        if _share_of(columns[roles["counter_name"][0]], _ACCOUNT) > 0.5:
            roles["counter_account"] = roles.pop("counter_name")
            used = {n for ordinals in roles.values() for n in ordinals}
            for n, name in enumerate(names):
                if n not in used and "counter_name" in (role for _, role in _RANKED.get(key_of(name), ())):
                    roles.setdefault("counter_name", (n,))
    elif "counter_account" in roles and "counter_name" not in roles:
        cells = columns[roles["counter_account"][0]]
        if len(cells) > cells.null_count and _share_of(cells, r"\d{4}") < 0.3:
            roles["counter_name"] = roles.pop("counter_account")  # "Counterparty" may be a name or a number
    if "type" in roles and "mark" not in roles and "amount" in roles:
        words = {folded(cell).replace(" ", "") for cell in columns[roles["type"][0]].drop_null().to_pylist()}
        if len(words) > 1 and words <= MARKS["debit"] | MARKS["credit"]:
            roles["mark"] = roles.pop("type")
    if "mark" not in roles and "amount" in roles and (beside := _nameless_mark(names, columns, roles["amount"][0])):
        roles["mark"] = (beside,)
    if "mark" not in roles and "amount" in roles and _share_of(columns[roles["amount"][0]], _DR_CR) > 0.5:
        roles["mark"] = roles["amount"]  # "25,000.00 Dr"
    return roles


def _nameless_mark(names: Sequence[str], columns: Sequence[pa.Array], amount: int) -> int | None:
    """A column without a name, next to that of amounts, that says of each whether it is a debit or a credit."""
    for n in (amount + 1, amount - 1):
        if 0 <= n < len(names) and not names[n].strip():
            cells = columns[n].drop_null().to_pylist()
            if cells and all(side_of(cell) for cell in cells):
                return n
    return None


def side_of(cell: str) -> str | None:
    """What a mark says: debit or credit; None for what is no mark."""
    plain = folded(cell).replace(" ", "")
    if not plain:
        return "debit" if cell.strip() in ("-", "−", "–") else "credit" if cell.strip() == "+" else None
    return next((side for side, words in MARKS.items() if plain in words), None)


def is_balance(column: pa.Array) -> pa.Array:
    """Which cells say only that the row is an opening or closing balance."""
    near = pc.fill_null(pc.match_substring_regex(column, _NEAR_BALANCE), False)
    if not pc.any(near, min_count=0).as_py():
        return near
    coded = pc.if_else(near, column, None).dictionary_encode()
    said = [key_of(_DAY.sub("", cell)) in _BALANCES for cell in coded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(said, pa.bool_()).take(coded.indices), False)


def _share_of(cells: pa.Array, pattern: str) -> float:
    filled = cells.drop_null()
    return sum(pc.match_substring_regex(filled, pattern).to_pylist()) / len(filled) if len(filled) else 0.0


def _score(roles: dict[str, tuple[int, ...]], names: Sequence[str]) -> float:
    """Conservative: a date and an amount are not enough, adverts have those too."""
    keys = {key_of(name) for name in names}
    strong = sum(role in roles for role in _STRONG) + any("iban" in key for key in keys)
    plain = {"payer", "payee", "amount"} <= keys
    odd = len(keys & _NOT_MONEY)
    if any(needed <= keys for needed in _SERVICES.values()):
        return 0.95
    if plain or not strong or (odd and strong < 2) or odd > 2:
        return 0.0
    told = sum(role in roles for role in ("counter_name", "text", "currency", "account", "type", "id", "reference"))
    return 0.94 if told else 0.0


def _fits(roles: dict[str, tuple[int, ...]], columns: Sequence[pa.Array]) -> bool:
    """Whether dates are dates and amounts are amounts, in most rows."""
    days = columns[roles["date"][0]]
    dates = days.filter(pc.match_substring_regex(days, r"\d"))  # "Total" may stand there, below the rows
    if not len(dates):
        return not any(len(column) for column in columns)
    good = pc.is_valid(parse_times(dates, month_first=False).at).to_pylist()
    good_us = pc.is_valid(parse_times(dates, month_first=True).at).to_pylist()
    if max(sum(good), sum(good_us)) < 0.6 * len(dates):
        return False
    dated = pc.is_valid(parse_times(days, month_first=False).at)
    for n in _numeric(roles):
        cells = columns[n].filter(dated).drop_null()
        if len(cells) and pc.sum(parse_amounts(cells, comma=False).unread).as_py() > 0.3 * len(cells):
            return False
    return True


def _told_above(lines: Iterable[str], file_name: str) -> dict[str, str]:
    """What the lines above a table say: account, currency, owner, balances; an IBAN in the file's name counts too."""
    told: dict[str, str] = {}
    for line, below in pairwise((*lines, "")):
        cells = _parts(line)
        if "currency" not in told and (code := _currency_above(cells, _parts(below))) is not None:
            told["currency"] = code
        for key, following in pairwise(cells):
            plain = key_of(key)
            for name, keys in _ABOVE.items():
                if name != "currency" and plain in keys and following and name not in told:
                    rest = (
                        line[line.find(key) + len(key) :].strip(" :;,\t|\"'\r")
                        if name in ("opening", "closing")
                        else following
                    )
                    told[name] = rest.split(";")[0].strip(' "')
        if iban_in(told.get("account", "")) is None and (found := iban_in(line)) is not None:
            told["account"] = found
    if "account" not in told and (found := iban_in(file_name.upper())) is not None:
        told["account"] = found
    if (account := told.get("account")) is not None:
        told["account"] = iban_in(account) or compact(account) or account
        if not re.search(r"\d{4}", told["account"]):
            del told["account"]
    return told


def _parts(line: str) -> list[str]:
    return [cell.strip(" \"'\r") for cell in re.split(r"[;,\t|]|:\s", line)]


def _currency_above(cells: Sequence[str], below: Sequence[str]) -> Value:
    """The currency that a line above a table states; some banks write names in one line and values in the next."""
    for n, key in enumerate(cells):
        if key_of(key) in _ABOVE["currency"]:
            for written in (*cells[n + 1 : n + 2], *below[n : n + 1]):
                if code := _currency_in([written]) or (written.upper() if _ISO.fullmatch(written) else None):
                    return code
    return None


def iban_in(text: str) -> Value:
    """The first IBAN in a text whose check digits are right."""
    for found in _IBAN.finditer(text):
        iban = found[0].replace(" ", "")
        for end in range(len(iban), 14, -1):
            turned = iban[4:end] + iban[:4]
            if int("".join(str(int(char, 36)) for char in turned)) % 97 == 1:
                return iban[:end]
            if found[0][-1:] != " " and " " not in found[0]:
                break
    return None
