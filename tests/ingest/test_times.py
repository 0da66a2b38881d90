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


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        ("5 января 2026", "2026-01-05 00:00:00", None),
        ("5 янв 2026", "2026-01-05 00:00:00", None),
        ("пн, 5 янв. 2026 г., 10:30", "2026-01-05 10:30:00", None),
        ("5 января 2026 года в 10:30", "2026-01-05 10:30:00", None),
        ("5 януари 2026 г.", "2026-01-05 00:00:00", None),
        ("5 січня 2026 р. о 10:30", "2026-01-05 10:30:00", None),
        ("5 Ιανουαρίου 2026", "2026-01-05 00:00:00", None),
        ("5 ocak 2026", "2026-01-05 00:00:00", None),
        ("2026. január 5.", "2026-01-05 00:00:00", None),
        ("2026. január 5., hétfő 10:30", "2026-01-05 10:30:00", None),
        ("2026年1月5日", "2026-01-05 00:00:00", None),
        ("2026年1月5日 10:30", "2026-01-05 10:30:00", None),
        ("2026년 1월 5일", "2026-01-05 00:00:00", None),
        ("05.01.2026, 10:00 Uhr", "2026-01-05 10:00:00", None),
        ("5. Januar 2026 um 10 Uhr", "2026-01-05 10:00:00", None),
        ("10:00 05.01.2026", "2026-01-05 10:00:00", None),
        ("10:00 05-01-2026", "2026-01-05 10:00:00", None),
        ("05/01/2026 à 10:30", "2026-01-05 10:30:00", None),
        ("05/01/2026 à 10h30", "2026-01-05 10:30:00", None),
        ("5 Jan 26", "2026-01-05 00:00:00", None),
        ("5-Jan-98 10:30", "1998-01-05 10:30:00", None),
        ("5. července 2026", "2026-07-05 00:00:00", None),
        ("5. marraskuuta 2026 klo 10.30", "2026-11-05 10:30:00", None),
        ("20260105T100000Z", "2026-01-05 10:00:00", 0),
        ("20260105T100000+0100", "2026-01-05 09:00:00", 60),
        ("20260105100000", "2026-01-05 10:00:00", None),
        ("2026-01-05T24:00:00Z", "2026-01-06 00:00:00", 0),
        ("31 December 2025 24:00", "2026-01-01 00:00:00", None),
        ("2026-01-05 10:00 CET", "2026-01-05 09:00:00", 60),
        ("05.07.2026 10:00 MESZ", "2026-07-05 08:00:00", 120),
        ("2026-01-05 10:00 EST", "2026-01-05 15:00:00", -300),
        ("Jan 5, 2026 10:00 PM PST", "2026-01-06 06:00:00", -480),
        ("5 января 2026 10:00 МСК", "2026-01-05 07:00:00", 180),
        ("2026-07-05 10:00 Europe/Amsterdam", "2026-07-05 08:00:00", 120),
        ("2026-01-05T10:00:00[Europe/Paris]", "2026-01-05 09:00:00", 60),
        ("2026-01-05T10:00:00+01:00[Europe/Paris]", "2026-01-05 09:00:00", 60),
        ("2026-01-05T10:00:00Z[UTC]", "2026-01-05 10:00:00", 0),
        ("Mon Jan 05 2026 10:00:00 GMT+0100 (Central European Standard Time)", "2026-01-05 09:00:00", 60),
        ("January 5, 2026 at 10:30\u202fAM", "2026-01-05 10:30:00", None),
        ("/Date(1767225600000)/", "2026-01-01 00:00:00", None),
        ("/Date(1767225600000+0100)/", "2026-01-01 00:00:00", None),
        ('{"$date":"2026-01-05T10:00:00.000Z"}', "2026-01-05 10:00:00", 0),
        ('{"$date":1767225600000}', "2026-01-01 00:00:00", None),
        ('{"$date": {"$numberLong": "1767225600000"}}', "2026-01-01 00:00:00", None),
    ],
)
def test_times_with_words_are_read(text: str, at: str, offset: int | None) -> None:
    assert read(text) == (at, offset)


_NAMES = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "be": "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
    "sr": "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
    "el": "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου "
    "Νοεμβρίου Δεκεμβρίου",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}


@pytest.mark.parametrize("language", _NAMES)
def test_months_are_known_by_their_names(language: str) -> None:
    for month, name in enumerate(_NAMES[language].split(), 1):
        expected = (f"2026-{month:02}-05 00:00:00", None)
        assert [read(f"5 {name} 2026"), read(f"2026 {name.upper()} 5")] == [expected] * 2, name


def test_what_stands_round_a_date_proves_the_order_of_its_numbers() -> None:
    times = parse_times(pa.array(["01/13/2026 at 10:30", "01/02/2026 à 10:30"]), month_first=True)
    assert times.evidence == (False, True, True)
    assert [at.month for at in times.at.to_pylist()] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05 10:00 IST",
        "2026-01-05 10:00 CST",
        "2026-01-05 10:00 Europe/Nowhere",
        "2026-01-05 10:00 America/../etc",
        "2026-01-05T24:01:00",
        "2026-01-05T24:00:01Z",
        "5 foo 2026",
        "Jan 26",
        "Jan 5, 26",
        "5 Jan",
        "30 февраля 2026",
        "until 05.01.2026",
        "20261305100000",
        "2026年13月5日",
        "2026-01-05 10:00 (about)",
        "/Date(99999999999999999)/",
        '{"$date": null}',
        "1 " * 60,
        "a " * 50,
        "1." * 50,
        "10:00 " * 16,
    ],
)
def test_what_is_not_plain_stays_unread(text: str) -> None:
    assert read(text) is None


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
