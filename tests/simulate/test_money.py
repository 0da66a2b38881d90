"""Money, travel and roles of a simulated world: files that agree with their truth, balances that add up, no more."""

from __future__ import annotations

import csv
import mailbox
import re
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import phonenumbers
import pytest
from stdnum import bitcoin, iban
from tests.simulate.test_recruitment import EXPLICIT
from tests.simulate.test_world import MONEY, digests

from clew.model.errors import InputError
from clew.simulate.money.iban import account
from clew.simulate.money.knobs import FLOWS, PURPOSES, ROLES
from clew.simulate.money.texts import _read as texts
from clew.simulate.money.travel import _letters as letters
from clew.simulate.places import CODES
from clew.simulate.truth import SCHEMAS, load
from clew.simulate.world import simulate

Row = dict[str, Any]
WRITTEN = {
    "payments.jsonl", "crypto.jsonl", "prices.csv", "travel.mbox", "statements.camt053.xml", "statements.mt940",
    "bank-1.csv", *(f"truth/{name}.parquet" for name in MONEY),
}  # fmt: skip
CAMT = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4,000 adverts with 9,000 payments and 200 chats."""
    folder = tmp_path_factory.mktemp("money") / "w"
    summary = simulate(folder, 4_000, seed=8, images=0, conversations=200, payments=9_000, processes=1)
    assert summary.payments == 9_000
    return folder


@pytest.fixture(scope="module")
def payments(world: Path) -> dict[str, Row]:
    """Payments and coins by native id."""
    rows = [orjson.loads(line) for line in (world / "payments.jsonl").read_bytes().splitlines()]
    coins = [orjson.loads(line) for line in (world / "crypto.jsonl").read_bytes().splitlines()]
    found = {row["native_id"]: row for row in rows} | {row["tx"]: row for row in coins}
    assert len(found) == len(rows) + len(coins) == 9_000
    return found


@pytest.fixture(scope="module")
def truth(world: Path) -> dict[str, list[Row]]:
    return {name: load(world, name).to_pylist() for name in MONEY}


def test_truth_has_its_schema_and_every_payment(
    world: Path, payments: dict[str, Row], truth: dict[str, list[Row]]
) -> None:
    for name in MONEY:
        assert load(world, name).schema.equals(SCHEMAS[name])
    assert {row["native_id"] for row in truth["payments"]} == payments.keys()
    assert {row["purpose"] for row in truth["payments"]} <= set(PURPOSES)
    assert {row["flow"] for row in truth["payments"]} <= set(FLOWS)
    # Everybody in a payment is somebody whose account is known.
    values = {row["value"]: row for row in truth["accounts"]}
    assert len(values) == len(truth["accounts"])
    for row in payments.values():
        assert row["payer"] in values and row["payee"] in values
        assert row["payer"] != row["payee"] and Decimal(row["amount"])


def test_people_in_the_truth_hold_the_accounts(payments: dict[str, Row], truth: dict[str, list[Row]]) -> None:
    values = {row["value"]: row for row in truth["accounts"]}
    for row in truth["payments"]:
        shown = payments[row["native_id"]]
        ends = [row["payer_person"], row["payee_person"]]
        if Decimal(shown["amount"]) < 0:
            assert row["state"] == "reversal"
            ends.reverse()
        assert ends == [values[shown["payer"]]["person"], values[shown["payee"]]["person"]]


def test_operations_of_the_truth_are_known(world: Path, truth: dict[str, list[Row]]) -> None:
    known = set(load(world, "operations")["operation"].to_pylist())
    known |= set(load(world, "recruiters")["operation"].to_pylist())
    for name in ("payments", "roles", "accounts", "travel"):
        found = {row["operation"] for row in truth[name]} - {None}
        assert found and {one for one in found if not one.startswith("fin-")} <= known
    bad = dict(
        zip(*(load(world, "operations")[name].to_pylist() for name in ("operation", "exploitation")), strict=True)
    )
    for row in truth["roles"]:
        assert row["exploitation"] == bad.get(row["operation"], True) == (row["role"] != "none")
        assert row["person"].startswith(row["operation"] + "-")


def test_adverts_are_paid_before_they_stand_there_by_the_price_list(
    world: Path, payments: dict[str, Row], truth: dict[str, list[Row]]
) -> None:
    posted: dict[tuple[str, str], datetime] = {}
    owner: dict[tuple[str, str], str] = {}
    for line in (world / "ads.jsonl").read_bytes().splitlines():
        advert = orjson.loads(line)
        posted.setdefault((advert["platform"], advert["id"]), datetime.fromisoformat(advert["posted_at"]))
    for row in load(world, "records").to_pylist():
        owner[row["platform"], row["native_id"]] = row["operation"]
    prices: dict[tuple[str, str, str, str], Decimal] = {}
    with (world / "prices.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            prices[row["platform"], row["product"], row["currency"], row["payee"]] = Decimal(row["amount"])
    gaps = []
    for row in truth["payments"]:
        if not row["flow"].startswith("advert-") or row["state"] == "reversal":
            assert not row["ads"]
            continue
        shown = payments[row["native_id"]]
        assert row["ads"] and {owner[row["platform"], ad] for ad in row["ads"]} == {row["operation"]}
        product = row["flow"].removeprefix("advert-")
        price = prices[row["platform"], product, shown["currency"], shown["payee"]]
        assert Decimal(shown["amount"]) == price * (len(row["ads"]) if product == "post" else 1)
        if product != "boost" and row["state"] != "duplicate":  # a boost may be of a later version
            first = min(posted[row["platform"], ad] for ad in row["ads"])
            gaps.append(first - datetime.fromisoformat(shown["booked_at"]))
    assert len(gaps) > 300
    late = [gap for gap in gaps if gap > timedelta(hours=1)]
    assert min(gaps) >= timedelta(0) and len(late) / len(gaps) < 0.08


def test_what_stands_twice_or_is_taken_back_names_the_first(
    payments: dict[str, Row], truth: dict[str, list[Row]]
) -> None:
    by_id = {row["native_id"]: row for row in truth["payments"]}
    states: dict[str, int] = defaultdict(int)
    for row in truth["payments"]:
        states[row["state"]] += 1
        assert (row["of"] is not None) == (row["state"] in ("reversal", "duplicate"))
        if row["of"] is None:
            continue
        one, first = payments[row["native_id"]], payments[row["of"]]
        assert abs(Decimal(one["amount"])) == Decimal(first["amount"]) and one["currency"] == first["currency"]
        same = (one["payer"], one["payee"]) == (first["payer"], first["payee"])
        assert same == (row["state"] == "duplicate" or Decimal(one["amount"]) < 0)
        assert (row["state"] == "reversal") == (by_id[row["of"]]["state"] == "reversed")
        assert datetime.fromisoformat(one["booked_at"]) >= datetime.fromisoformat(first["booked_at"])
    assert states["reversal"] == states["reversed"] > 20 and states["duplicate"] > 50


def test_numbers_of_accounts_pass_their_checks(truth: dict[str, list[Row]]) -> None:
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in truth["accounts"]:
        kinds[row["kind"]].append(row["value"])
        assert row["node"].endswith(row["value"].casefold() if row["kind"] == "name" else row["value"])
    assert all(iban.is_valid(value) for value in kinds["iban"])
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(value)) for value in kinds["phone"])
    coins = [value for value in kinds["wallet"] if value[0] == "1"]
    assert coins and all(bitcoin.is_valid(value) for value in coins)
    assert kinds.keys() == {"iban", "number", "phone", "wallet", "voucher", "name"}


@pytest.mark.parametrize("country", range(len(CODES)), ids=CODES)
def test_every_country_has_accounts(country: int) -> None:
    found = {account(3, country, key) for key in range(60)}
    assert len(found) == 60
    assert CODES[country] in ("US", "RU") or all(iban.is_valid(value) for value in found)


def test_roles_are_tied_to_what_adverts_and_chats_show(world: Path, truth: dict[str, list[Row]]) -> None:
    roles = [row for row in truth["roles"] if row["role"] != "none"]
    assert {row["role"] for row in roles} <= set(ROLES) and len({row["role"] for row in roles}) >= 9
    held: dict[str, set[str]] = defaultdict(set)
    duties: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in roles:
        held[row["operation"]] |= set(row["identifiers"])
        duties[row["operation"], row["person"]].add(row["role"])
        assert row["first_at"] <= row["last_at"]
    # Some people are exploited and have another role.
    assert any({"exploited"} < found for found in duties.values())
    shown = load(world, "phones").to_pylist()
    owners = {(row["platform"], row["native_id"], row["version"]): row for row in load(world, "records").to_pylist()}
    seen = 0
    for row in shown:
        record = owners[row["platform"], row["native_id"], row["version"]]
        if record["exploitation"] and row["role"] == "own":
            assert f"phone:{row['value']}" in held[record["operation"]]
            seen += 1
    assert seen > 100
    for row in load(world, "conversations").to_pylist():
        if row["controller"] and row["operation"]:
            for name in (row["controller"], row["controlled"]):
                node = f"phone:{name}" if name[0] == "+" else f"handle:{row['platform']}:{name}"
                assert row["kind"] == "grooming" or node in held[row["operation"]]


def test_nobody_holds_what_another_holds(truth: dict[str, list[Row]]) -> None:
    holders: dict[str, set[str]] = defaultdict(set)
    for row in truth["roles"]:
        for node in row["identifiers"]:
            if node.startswith(("account:", "wallet:", "handle:telegram:", "email:")):
                holders[node].add(row["person"])
    assert all(len(found) == 1 for found in holders.values())


def test_honest_people_do_much_of_the_same(truth: dict[str, list[Row]]) -> None:
    flows: dict[bool, set[str]] = {True: set(), False: set()}
    for row in truth["payments"]:
        flows[row["exploitation"]].add(row["flow"])
    assert {"client", "rent", "travel", "lodging", "cash-in", "cash-out", "goods", "advert-post"} <= flows[
        True
    ] & flows[False]
    assert {"wage-returned", "sweep", "fine", "funnel-in"} <= flows[True] - flows[False]
    everyday = [row for row in truth["payments"] if row["operation"] is None]
    assert len(everyday) > len(truth["payments"]) * 0.35


def test_a_device_is_of_who_acts(payments: dict[str, Row], truth: dict[str, list[Row]]) -> None:
    people: dict[str, set[str]] = defaultdict(set)
    others = 0
    for row in truth["payments"]:
        shown = payments[row["native_id"]]
        if shown.get("device") and row["state"] == "booked":
            people[shown["device"]].add(row["actor"] or row["payer_person"])
            others += row["actor"] is not None and row["actor"] != row["payer_person"]
    assert len(people) > 100 and others > 5
    assert all(len(found) == 1 for found in people.values())


def balance(statement: ElementTree.Element, code: str) -> Decimal:
    for one in statement.iter(f"{CAMT}Bal"):
        if next(one.iter(f"{CAMT}Cd")).text == code:
            amount = Decimal(str(one.findtext(f"{CAMT}Amt")))
            return amount if one.findtext(f"{CAMT}CdtDbtInd") == "CRDT" else -amount
    raise AssertionError(code)


def test_camt_adds_up_but_for_the_gaps(world: Path, payments: dict[str, Row], truth: dict[str, list[Row]]) -> None:
    known = {(row["account"], row["number"]): row for row in truth["statements"] if row["format"] == "camt"}
    root = ElementTree.parse(world / "statements.camt053.xml").getroot()
    seen = 0
    for one in root.iter(f"{CAMT}Stmt"):
        account_of = next(one.iter(f"{CAMT}IBAN")).text
        row = known[account_of, int(str(one.findtext(f"{CAMT}ElctrncSeqNb")))]
        total = balance(one, "OPBD")
        assert (total, balance(one, "CLBD")) == (row["opening"], row["closing"])
        entries = list(one.iter(f"{CAMT}Ntry"))
        for entry in entries:
            payment = payments[str(entry.findtext(f"{CAMT}NtryRef"))]
            amount = Decimal(str(entry.findtext(f"{CAMT}Amt")))
            credit = entry.findtext(f"{CAMT}CdtDbtInd") == "CRDT"
            assert amount == abs(Decimal(payment["amount"]))
            assert account_of in (payment["payer"], payment["payee"])
            total += amount if credit else -amount
        gap = Decimal(payments[row["missing"]]["amount"]) if row["missing"] else Decimal(0)
        assert abs(row["closing"] - total) == abs(gap) and len(entries) == row["entries"]
        seen += 1
    assert seen == len(known) > 10


def test_mt940_and_tables_add_up(world: Path, truth: dict[str, list[Row]]) -> None:
    known = {(row["account"], row["number"]): row for row in truth["statements"] if row["format"] == "mt940"}
    text = (world / "statements.mt940").read_text("ascii")
    for message in text.split("\n-\n")[:-1]:
        (name,) = re.findall(r"^:25:(\w+)", message, re.M)
        (number,) = re.findall(r"^:28C:(\d+)", message, re.M)
        begun, ended = (
            Decimal(value.replace(",", ".")) for value in re.findall(r"^:6[02]F:C\d{6}\w{3}([\d,]+)", message, re.M)
        )
        lines = re.findall(r"^:61:\d{10}(R?[CD])([\d,]+)N", message, re.M)
        total = sum(Decimal(amount.replace(",", ".")) * (1 if mark in ("C", "RD") else -1) for mark, amount in lines)
        row = known.pop((name, int(number)))
        assert (begun, ended, len(lines)) == (row["opening"], row["closing"], row["entries"])
        assert (begun + total == ended) == (row["missing"] is None)
        assert all(len(line) <= 65 + 4 for line in message.splitlines())
    assert not known
    assert any(row["format"] == "csv" for row in truth["statements"])
    with (world / "bank-1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    mine = {row["account"]: row for row in truth["statements"] if row["file"] == "bank-1.csv"}
    assert {row["Rekening"] for row in rows} == mine.keys()
    assert Decimal(rows[-1]["Saldo na mutatie"].replace(",", ".")) == mine[rows[-1]["Rekening"]]["closing"]


def test_tickets_name_who_goes_and_who_pays(world: Path, truth: dict[str, list[Row]], payments: dict[str, Row]) -> None:
    mails = {str(mail["Message-ID"]).strip("<>"): mail for mail in mailbox.mbox(world / "travel.mbox")}
    known = {row["mail"]: row for row in truth["travel"] if row["mail"]}
    assert mails.keys() == known.keys() and len(mails) > 50
    bad = {row["operation"] for row in truth["roles"] if row["exploitation"]}
    assert {row["operation"] in bad for row in known.values()} == {True, False}
    for key, mail in mails.items():
        row = known[key]
        part = mail.get_payload(0) if mail.is_multipart() else mail
        text = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert row["passenger"] in text and row["to"] in text and (row["how"] == "hotel" or row["from"] in text)
        payment = payments[row["payment"]]
        assert payment["payer_name"] in text and f"{payment['amount']} {payment['currency']}" in text
        assert row["to"] in str(make_header(decode_header(str(mail["Subject"]))))
    # Whoever travels by order of an operation is one of its people.
    people = {row["person"] for row in truth["roles"] if row["role"] == "exploited"}
    assert {row["person"] for row in truth["travel"] if row["operation"] in bad} <= people


def test_letters_are_in_five_languages_and_nothing_is_explicit() -> None:
    for kind in ("ticket", "room"):
        assert {"en", "nl", "de", "es", "ro"} <= {language for one, language in letters() if one == kind}
    for patterns in texts().values():
        assert not any(EXPLICIT.search(before + (after or "")) for before, after in patterns)


def test_nothing_else_hangs_on_money(tmp_path: Path) -> None:
    simulate(tmp_path / "with", 500, seed=3, images=2)
    simulate(tmp_path / "more", 500, seed=3, images=2, payments=3_000, processes=1)
    assert simulate(tmp_path / "without", 500, seed=3, images=2, payments=0).payments == 0
    one, more, other = digests(tmp_path / "with"), digests(tmp_path / "more"), digests(tmp_path / "without")
    assert one.keys() - other.keys() >= WRITTEN
    for found in (one, more):
        assert {name for name in other if found[name] != other[name]} == {"truth/parameters.json"}
    again = tmp_path / "again"
    simulate(again, 500, seed=3, images=2)
    assert digests(again) == one


def test_numbers_of_payments_are_checked(tmp_path: Path) -> None:
    for count in (-1, 10**9):
        with pytest.raises(InputError, match="payments"):
            simulate(tmp_path / "w", 100, payments=count)
    assert simulate(tmp_path / "few", 10, images=0, payments=5).payments <= 5
