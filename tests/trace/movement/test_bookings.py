from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from tests.trace.movement.conftest import Small, day

from clew.trace.movement.days import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-05 10:20", datetime(2026, 3, 5, 10, 20)),
        ("05.03.2026, 10:20 Uhr", datetime(2026, 3, 5, 10, 20)),
        ("5/3/2026 at 10:20 pm", datetime(2026, 3, 5, 22, 20)),
        ("03/14/2026", datetime(2026, 3, 14, 9)),
        ("Thursday, 5th March 2026", datetime(2026, 3, 5, 9)),
        ("March 5, 2026", datetime(2026, 3, 5, 9)),
        ("5 de marzo de 2026", datetime(2026, 3, 5, 9)),
        ("jeudi 5 juin 2026", datetime(2026, 6, 5, 9)),
        ("5 juillet 2026", datetime(2026, 7, 5, 9)),
        ("5 września 2026", datetime(2026, 9, 5, 9)),
        ("2026. március 5", datetime(2026, 3, 5, 9)),
        ("5 марта 2026 в 7:05", datetime(2026, 3, 5, 7, 5)),
        ("31 June 2026", None),
        ("order 5.3", None),
        ("", None),
    ],
)
def test_days(text: str, expected: datetime | None) -> None:
    (found,) = seconds(pa.array([text])).tolist()
    assert found == (-1 if expected is None else expected.replace(tzinfo=UTC).timestamp())


TICKETS = {
    "en": "Booking 123\nPassenger: Ms Anna Kowalska\nFrom: Utrecht Centraal\nTo: Gare du Nord, Paris\n"
    "Date: 5 March 2026 08:00",
    "de": "Reisende: Anna Kowalska\nVon: Utrecht\nNach: Paris\nReisedatum: 05.03.2026 08:00",
    "pl": "Pasażer: Anna Kowalska\nSkąd: Utrecht\nDokąd: Paryż\nData wyjazdu: 5 marca 2026, 08:00",
    "ro": "Pasager: Anna Kowalska\nDe la: Utrecht\nLa: Paris\nData: 05.03.2026 08:00",
    "route": "Guest name: Anna Kowalska\nTrip: Utrecht → Paris\nDate: 2026-03-05 08:00",
}


@pytest.mark.parametrize("language", TICKETS)
def test_tickets(small: Small, language: str) -> None:
    small.record(0, kind="message", body=TICKETS[language], sender="shop@example.org")
    (move,) = small.found()["moves"]
    assert (move["subject"], move["from_place"], move["to_place"]) == ("name:Anna Kowalska", "Utrecht, NL", "Paris, FR")
    assert move["how"] == "booking"
    assert day(move["left_at"]) == pytest.approx(2.833, abs=0.001)  # 5 March, 8:00
    assert 3 < (move["arrived_at"] - move["left_at"]).total_seconds() / 3600 < 5


def test_a_booked_night_is_a_stay_of_every_guest(small: Small) -> None:
    body = "Guests: Anna Kowalska, Maria Nowak (2 adults)\nHotel: Hotel Central, Lyon\n"
    body += "Check-in: 5 March 2026\nCheck-out: 8 March 2026"
    small.record(0, kind="message", body=body)
    stays = small.found()["stays"]
    assert [(row["subject"], row["place"]) for row in stays] == [
        ("name:Anna Kowalska", "Lyon, FR"), ("name:Maria Nowak", "Lyon, FR")]  # fmt: skip
    assert {(row["to_at"] - row["from_at"]).days for row in stays} == {3}


def test_a_passenger_is_whom_an_advert_of_the_network_calls_so_and_a_booking_is_expected(small: Small) -> None:
    for at in range(4):
        small.record(at, ["Utrecht, NL", "Lyon, FR"][at // 2], phone="+31611111111", name="Anna")
    small.record(3.5, kind="message", body="Passenger: Anna Kowalska\nFrom: Lyon\nTo: Berlin\nDate: 9 March 2026")
    found = small.found()
    booked = [row for row in found["forecasts"] if row["subject"] == "name:Anna"]
    assert (booked[0]["place"], booked[0]["probability"] > 0.7) == ("Berlin, DE", True)
    assert "booking" in booked[0]["reason"] and "2026-03-09" in booked[0]["reason"]


@pytest.mark.parametrize(
    "body",
    [
        "Passenger: Anna\nFrom: Utrecht\nTo: Paris",  # no day
        "Passenger: Anna\nFrom: me@example.org\nTo: you@example.org\nDate: 5 March 2026",
        "Passenger: Anna\nFrom: Utrecht\nTo: Utrecht\nDate: 5 March 2026",
        "Passenger: Anna\nFrom: Utrecht\nTo: Paris\nDate: 5 March 1999",  # no journey of now
        "The passenger went from Utrecht to Paris on 5 March 2026",
        "Passenger: \nFrom: \nTo: \nDate: ",
        "Passenger: " + "A" * 50_000 + "\nFrom: Utrecht\nTo: Paris\nDate: 5 March 2026",
    ],
)
def test_what_is_no_booking(small: Small, body: str) -> None:
    small.record(0, kind="message", body=body)
    assert not small.found()["moves"]
