"""The held-out data keeps its own promises: valid numbers, sizes, truth that fits, hard worlds."""

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pyarrow.parquet as pq
import pytest
from benchmarks.heldout import world

FOLDER = Path(world.__file__).parent
LANGUAGES = {"en", "nl", "de", "fr", "es", "it", "pt", "ro", "pl", "hu", "bg", "ru"}


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def reserved(number: str) -> bool:
    """Fiction ranges, invalid to libphonenumber: GB 07700 900, FR 06 39 98, IE 020 91, US 555-01."""
    fiction = ("+447700900", "+3363998", "+3532091")
    return number.startswith(fiction) or (number[:2] == "+1" and number[5:10] == "55501")


def test_phones_are_valid_and_many() -> None:
    rows = lines("phones.jsonl")
    assert len(rows) >= 400
    assert len({row["text"] for row in rows}) == len(rows)
    assert set(rows[0]) == {"text", "lang", "region", "phones", "reserved", "style"}
    by_language = Counter(row["lang"] for row in rows)
    assert set(by_language) == LANGUAGES and min(by_language.values()) >= 15
    for row in rows:
        assert row["phones"], row
        for phone in row["phones"]:
            number = phonenumbers.parse(phone)
            assert row["reserved"] == reserved(phone), row
            check = phonenumbers.is_possible_number if row["reserved"] else phonenumbers.is_valid_number
            assert check(number), row


def test_no_phones_are_many_and_of_every_language() -> None:
    rows = lines("no_phones.jsonl")
    assert len(rows) >= 400
    assert len({row["text"] for row in rows}) == len(rows)
    assert {row["lang"] for row in rows} == LANGUAGES


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world")
    world.make(out, 3_000, seed=900, noise=0.2)
    return out


def test_world_is_the_same_for_the_same_seed(small: Path, tmp_path: Path) -> None:
    world.make(tmp_path, 3_000, seed=900, noise=0.2)
    for name in ("ads.jsonl", "truth.parquet", "identifiers.parquet"):
        assert (tmp_path / name).read_bytes() == (small / name).read_bytes()
    world.make(tmp_path, 3_000, seed=901, noise=0.2)
    assert (tmp_path / "ads.jsonl").read_bytes() != (small / "ads.jsonl").read_bytes()


def test_world_files_fit_together(small: Path) -> None:
    ads = [json.loads(line) for line in (small / "ads.jsonl").read_text("utf-8").splitlines()]
    truth = pq.read_table(small / "truth.parquet").to_pylist()
    assert [ad["id"] for ad in ads] == [row["native_id"] for row in truth]
    assert {row["kind"] for row in truth} == {"ring", "agency", "independent", "noise", "helpline"}
    kinds = defaultdict(set)
    for row in truth:
        kinds[row["operation"]].add((row["kind"], row["exploitation"]))
    assert all(len(found) == 1 for found in kinds.values())
    share = sum(row["kind"] == "noise" for row in truth) / len(truth)
    assert 0.15 < share <= 0.2
    assert all(len(image) == 64 for ad in ads for image in ad["images"])


def test_world_identifiers_can_be_seen_in_the_adverts(small: Path) -> None:
    ads = {ad["id"]: ad for ad in map(json.loads, (small / "ads.jsonl").read_text("utf-8").splitlines())}
    seen = Counter()
    for row in pq.read_table(small / "identifiers.parquet").to_pylist():
        ad, kind, value = ads[row["native_id"]], row["type"], row["value"]
        if kind == "email" or (kind == "handle" and value.startswith("telegram:")):
            assert value.removeprefix("telegram:") in ad["body"]
        elif kind == "image":
            assert min((int(h, 16) ^ int(value, 16)).bit_count() for h in ad["images"]) <= 12
        elif kind == "phone":
            digits = "".join(str(int(c)) if c.isdigit() else "0" for c in ad["body"] if c.isdigit() or c == "o")
            assert value[-6:] in digits, (value, ad["body"])
        seen[kind] += 1
    assert set(seen) == {"phone", "email", "handle", "template", "image"}


def test_world_is_hard_in_each_of_its_ways(small: Path) -> None:
    truth = {row["native_id"]: row for row in pq.read_table(small / "truth.parquet").to_pylist()}
    days = {ad["id"]: ad["posted_at"] for ad in map(json.loads, (small / "ads.jsonl").open(encoding="utf-8"))}
    owners: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in pq.read_table(small / "identifiers.parquet").to_pylist():
        operation = truth[row["native_id"]]["operation"]
        owners[row["type"], row["value"]][operation].append(days[row["native_id"]])
    most = {kind: max(len(v) for (k, _), v in owners.items() if k == kind) for kind, _ in owners}
    assert most["phone"] > 10 and most["template"] > 5 and most["email"] > 50 and most["image"] > 1
    # A recycled number: all of one operation's days lie before all of the other's.
    spans = [
        sorted((min(d), max(d)) for d in v.values()) for (k, _), v in owners.items() if k == "phone" and len(v) == 2
    ]
    assert any(a[1] < b[0] for pair in spans for a, b in pairwise(pair))
    assert world.figures(small).largest > 0.5


def test_world_refuses_an_unknown_knob(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="colour"):
        world.make(tmp_path, 100, 1, colour=1)
