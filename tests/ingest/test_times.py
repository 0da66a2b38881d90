"""Times as they are written, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from clew.ingest.times import parse_times


def read(text: str, *, month_first: bool = False) -> tuple[str, int | None] | None:
    times = parse_times(pa.array([text]), month_first=month_first)
    at = times.at[0].as_py()
    assert times.unread[0].as_py() == (at is None)
    return None if at is None else (at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), times.offset[0].as_py())


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        ("2025-07-01", "2025-07-01 00:00:00", None),
        ("2025-07-01T10:15:30Z", "2025-07-01 10:15:30", 0),
        ("2025-07-01 10:15:30.123456+02:00", "2025-07-01 08:15:30", 120),
        ("2025-07-01T00:30:00-0500", "2025-07-01 05:30:00", -300),
        ("20250701", "2025-07-01 00:00:00", None),
        ("1.7.2025 9:05", "2025-07-01 09:05:00", None),
        ("01/07/25", "2025-07-01 00:00:00", None),
        ("2025.07.01.", "2025-07-01 00:00:00", None),
        ("2025. 07. 01. 9:05", "2025-07-01 09:05:00", None),
        ("1. 7. 2025", "2025-07-01 00:00:00", None),
        ("7/1/2025 9:05 PM", "2025-01-07 21:05:00", None),
        ("13/07/2025", "2025-07-13 00:00:00", None),
        ("07/13/2025", "2025-07-13 00:00:00", None),  # only a month can come first here
        ("1751364000", "2025-07-01 10:00:00", None),
        ("1751364000000", "2025-07-01 10:00:00", None),
        ("1 juillet 2025 à 10:00", "2025-07-01 10:00:00", None),
        ("1. März 2025", "2025-03-01 00:00:00", None),
        ("3 de mayo de 2025", "2025-05-03 00:00:00", None),
        ("July 1, 2025 12:30 am", "2025-07-01 00:30:00", None),
        ("Tue, 1 Jul 2025 10:00:00 +0200 (CEST)", "2025-07-01 08:00:00", 120),
        ("Tue, 1 Jul 2025 10:00:00 -0000", "2025-07-01 10:00:00", None),
        ("Sun, 25 Aug 0102 10:36:36 -1000", "2002-08-25 20:36:36", -600),  # a mailer that counted years from 1900
        ("Thu, 22 Aug 2002 16:44:26 -1900", "2002-08-22 16:44:26", None),  # no such zone
    ],
)
def test_times_are_read(text: str, at: str, offset: int | None) -> None:
    assert read(text) == (at, offset)
    assert read(f"  {text}\n") == (at, offset)


def test_the_order_of_day_and_month_can_be_given() -> None:
    assert read("03/04/2025", month_first=True) == ("2025-03-04 00:00:00", None)
    assert read("03/04/2025") == ("2025-04-03 00:00:00", None)


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2025-13-01",
        "2025-02-29",
        "31.04.2025",
        "99",
        "2025-07-01T25:00",
        "1899-01-01",
        "1/2/3/4",
        "\x01",
        "1.7.",
        "2025-07-01-",
        "2025-07-01.",
    ],
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert read(text) is None


def test_blank_is_no_time_but_not_unread() -> None:
    times = parse_times(pa.array(["", " ", None]), month_first=False)
    assert times.at.null_count == 3 and times.unread.to_pylist() == [False] * 3


def test_a_slice_is_read_like_the_whole() -> None:
    whole = pa.array(["x", "2025-07-01", None, "1 May 2025"])
    assert parse_times(whole.slice(1), month_first=False).at.to_pylist() == [
        datetime(2025, 7, 1, tzinfo=UTC),
        None,
        datetime(2025, 5, 1, tzinfo=UTC),
    ]
