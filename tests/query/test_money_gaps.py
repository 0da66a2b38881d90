"""Missing statements are told between files, whatever their format and whenever they were ingested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.ingest.shelf import Shelf

from clew.engine.duckdb import Engine
from clew.extract.registry import extractors
from clew.extract.stage import extract_segment
from clew.match.signature import signature
from clew.model.tables import TABLES
from clew.query.money_gaps import statement_gaps
from clew.trace.money import keep_book, money

OWN = "NL91ABNA0417164300"
ACCOUNT = f"account:iban:{OWN}"


def _mt940(opening: str, closing: str, *entries: tuple[str, str], number: str = "1") -> str:
    """Entries are a day such as 0331 and an amount, negative where it was paid."""
    booked = "".join(
        f":61:26{day}{day}{'D' if amount[0] == '-' else 'C'}{amount.strip('-').replace('.', ',')}NTRFR//{day}{n}\n"
        f":86:Somebody {n}\n"
        for n, (day, amount) in enumerate(entries)
    )
    return (
        f":20:X\n:25:{OWN}\n:28C:{number}\n:60F:C260101EUR{opening.replace('.', ',')}\n{booked}"
        f":62F:C260101EUR{closing.replace('.', ',')}\n-\n"
    )


def _csv(*rows: tuple[str, str, str]) -> str:
    """Day, amount, balance after it."""
    lines = [f"{OWN};{day};Somebody;{amount};EUR;{balance}" for day, amount, balance in rows]
    return "\n".join(["IBAN;Booking date;Counterparty name;Amount;Currency;Balance", *lines]) + "\n"


class Books:
    """Files of an account, ingested one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf = folder, Shelf(folder)

    def add(self, name: str, text: str) -> None:
        self.shelf.ingest(self.shelf.write(name, text), kind=None)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine with their records and payments."""
        plugins = [extractor for extractor in extractors() if "account" in extractor.types]
        mentions = [path.with_suffix(".mentions") for path in self.shelf.known]
        for records, found in zip(self.shelf.known, mentions, strict=True):
            extract_segment(records, found, self.folder / "rest", plugins, signature, 1, lambda count: None)
        with Engine(self.folder, threads=1) as engine:
            engine.register({name: schema.empty_table() for name, schema in TABLES.items()})
            engine.register({"records": self.shelf.known, "mentions": mentions})
            engine.register({"payments": money(engine, keep_book(engine))["payments"].cast(TABLES["payments"])})
            yield engine

    def gaps(self) -> list[tuple[date, date, Decimal]]:
        with self.engine() as engine:
            return [(g.last_day, g.first_day, g.after - g.before) for g in statement_gaps(engine, ACCOUNT)]


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def test_what_lies_between_two_files_is_told_with_its_days_and_its_amount(books: Books) -> None:
    books.add("march.sta", _mt940("100.00", "300.00", ("0302", "250.00"), ("0331", "-50.00")))
    books.add("may.sta", _mt940("1504.50", "1500.00", ("0501", "-4.50"), number="3"))
    with books.engine() as engine:
        (gap,) = statement_gaps(engine, ACCOUNT)
    assert (gap.before, gap.after, gap.currency) == (Decimal(300), Decimal("1504.50"), "EUR")
    assert gap.said == (
        "Statements between 2026-03-31 and 2026-05-01 are missing: 1,204.50 EUR more came in than went out "
        "(the balance was 300.00 EUR, then 1,504.50 EUR)."
    )
    books.add("april.csv", _csv(("2026-04-10", "1210.00", "1510.00"), ("2026-04-20", "-5.50", "1504.50")))
    assert books.gaps() == []


def test_a_table_tells_its_ends_in_either_order_of_rows(books: Books) -> None:
    rows = [("2026-02-01", "10.00", "60.00"), ("2026-02-01", "-20.00", "40.00"), ("2026-02-03", "5.00", "45.00")]
    books.add("february.csv", _csv(*rows[::-1]))
    books.add("january.sta", _mt940("0.00", "50.00", ("0130", "50.00")))
    books.add("march.sta", _mt940("15.00", "16.00", ("0302", "1.00")))
    assert books.gaps() == [(date(2026, 2, 3), date(2026, 3, 2), Decimal(-30))]


def test_what_overlaps_or_does_not_run_through_tells_nothing(books: Books) -> None:
    books.add("quarter.sta", _mt940("100.00", "130.00", ("0102", "10.00"), ("0331", "20.00")))
    books.add("february.csv", _csv(("2026-02-01", "7.00", "999.00"), ("2026-02-03", "5.00", "1004.00")))
    books.add("april.csv", _csv(*((f"2026-04-0{n}", "1.00", f"{n * 10}.00") for n in range(1, 6))))
    books.add("april.sta", _mt940("130.00", "131.00", ("0401", "1.00")))
    assert books.gaps() == []


def test_what_is_missing_within_a_statement_is_not_missing_between_two(books: Books) -> None:
    books.add("january.sta", _mt940("100.00", "130.00", ("0102", "10.00"), ("0105", "5.00")))
    books.add("february.sta", _mt940("130.00", "131.00", ("0201", "1.00")))
    assert books.gaps() == []


def test_accounts_without_balances_have_no_gaps(books: Books) -> None:
    books.add("a.csv", _csv(("2026-01-01", "5.00", "")))
    books.add("b.csv", _csv(("2026-03-01", "5.00", "")))
    assert books.gaps() == []
