"""Offers, sites and chats of a simulated world: an honest truth, what operations share, the rates of the parameters."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import numpy as np
import orjson
import pyarrow.compute as pc
import pytest
from stdnum.eu import vat as eu_vat
from tests.simulate.test_world import AROUND, MONEY, digests
from warcio.archiveiterator import ArchiveIterator

from clew.model.errors import InputError
from clew.simulate.recruitment.knobs import ACTS, OFFER_SIGNALS, STAGES, Recruiting
from clew.simulate.recruitment.phrases import MARKS, parse
from clew.simulate.recruitment.write import Made, Numbers, write_chats
from clew.simulate.truth import SCHEMAS, load
from clew.simulate.world import WorldSummary, simulate

Row = dict[str, Any]
DATA = Path(__file__).parents[2] / "src/clew/simulate/data"
EXPLICIT = re.compile(
    r"(?i)\b(?:sex(?:ual\w*|y|o)?\b|seks|porn|nudes?\b|naked|nackt|naakt|desnud|erotic|anal\b|teens?\b|lolita|escort)"
)
ORDINARY = {"family", "couple", "friends", "work", "sport", "landlord", "recruiter", "support", "school", "confide"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, WorldSummary]:
    """3,000 adverts with 3,000 offers, 80 sites and 600 chats."""
    folder = tmp_path_factory.mktemp("around") / "w"
    return folder, simulate(folder, 3_000, seed=4, images=0, offers=3_000, sites=80, conversations=600, processes=1)


@pytest.fixture(scope="module")
def world(made: tuple[Path, WorldSummary]) -> Path:
    return made[0]


@pytest.fixture(scope="module")
def offers(world: Path) -> list[Row]:
    return lines(world / "offers.jsonl")


@pytest.fixture(scope="module")
def chats(world: Path) -> dict[str, list[Row]]:
    """Messages by conversation, as they come."""
    return by_conversation(world)


@pytest.fixture(scope="module")
def pages(world: Path) -> dict[str, str]:
    """Pages by address."""
    found = {}
    with (world / "sites.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            if record.rec_type == "response" and "html" in record.http_headers.get_header("Content-Type"):
                found[record.rec_headers.get_header("WARC-Target-URI")] = record.content_stream().read().decode()
    return found


def lines(path: Path) -> list[Row]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def by_conversation(folder: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in lines(folder / "chats.jsonl"):
        found[row["conversation"]].append(row)
    return dict(found)


def truth(world: Path, name: str) -> list[Row]:
    rows: list[Row] = load(world, name).to_pylist()
    return rows


def test_the_adverts_do_not_hang_on_the_rest(tmp_path: Path) -> None:
    simulate(tmp_path / "with", 500, seed=3, images=2)
    summary = simulate(tmp_path / "without", 500, seed=3, images=2, offers=0, sites=0, conversations=0)
    one, other = digests(tmp_path / "with"), digests(tmp_path / "without")
    of_chats = {"chats.jsonl", "offers.jsonl", "sites.warc.gz", *(f"truth/{name}.parquet" for name in AROUND)}
    assert one.keys() - other.keys() == of_chats
    # Who recruits has money as well.
    banks = {"bank-1.csv", "statements.mt940", "statements.camt053.xml"}
    money = {"payments.jsonl", "crypto.jsonl", *banks, *(f"truth/{name}.parquet" for name in MONEY)}
    assert {name for name in other if one[name] != other[name]} - money == {"truth/parameters.json"}
    assert (summary.offers, summary.sites, summary.conversations, summary.messages) == (0, 0, 0, 0)
    simulate(tmp_path / "again", 500, seed=3, images=2)
    assert digests(tmp_path / "again") == one


@pytest.mark.parametrize(
    ("ads", "given", "expected"),
    [
        (2_000, (None, None, None), Numbers(50, 6, 24)),
        (400_000, (None, None, None), Numbers(10_000, 1_000, 2_000)),
        (20_000_000, (None, 0, None), Numbers(25_000, 0, 5_000)),
        (10, (7, None, 3), Numbers(7, 6, 3)),
    ],
)
def test_numbers_are_in_proportion_within_bounds(ads: int, given: tuple[int | None, ...], expected: Numbers) -> None:
    offers, sites, conversations = given
    assert Numbers.of(ads, Recruiting(), (offers, sites, conversations)) == expected


def test_numbers_that_cannot_be_made_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="from 0 to 5,000,000 sites, not -1"):
        simulate(tmp_path / "w", 100, sites=-1)
    with pytest.raises(InputError, match="offers"):
        simulate(tmp_path / "w", 100, offers=6_000_000)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(AROUND))
def test_truth_has_its_schema_and_names_known_recruiters(world: Path, name: str) -> None:
    table = load(world, name)
    assert table.schema.equals(SCHEMAS[name]) and table.num_rows
    recruiters = load(world, "recruiters", ["operation"])["operation"].to_pylist()
    if "operation" in table.schema.names:
        assert set(table["operation"].drop_null().to_pylist()) <= set(recruiters)


def test_the_summary_counts_what_is_there(made: tuple[Path, WorldSummary], offers: list[Row]) -> None:
    world, summary = made
    assert (summary.offers, summary.sites, summary.conversations) == (3_000, 80, 600)
    assert len(offers) == 3_000 and len(lines(world / "chats.jsonl")) == summary.messages
    recruiters = truth(world, "recruiters")
    assert sum(row["offers"] for row in recruiters) == 3_000 and sum(row["sites"] for row in recruiters) == 80
    with_adverts = {row["operation"] for row in recruiters if row["adverts"]}
    assert with_adverts and with_adverts <= set(load(world, "operations")["operation"].to_pylist())


def test_one_operation_shows_the_same_contacts_in_all_kinds(
    world: Path, offers: list[Row], chats: dict[str, list[Row]], pages: dict[str, str]
) -> None:
    phones, operations = load(world, "phones"), load(world, "records", ["operation", "native_id", "platform"])
    joined = phones.join(operations.group_by(operations.schema.names).aggregate([]), ["native_id", "platform"])
    advertised = defaultdict(set)
    for value, operation in zip(joined["value"].to_pylist(), joined["operation"].to_pylist(), strict=True):
        advertised[operation].add(value)
    offered = {row["native_id"]: row["operation"] for row in truth(world, "offers")}
    shown: dict[str, dict[str, str]] = defaultdict(lambda: defaultdict(str))
    for row in offers:
        shown["offers"][offered[row["id"]]] += f" {row['body']} {row['contact']}"
    for row in truth(world, "conversations"):
        if row["operation"]:
            text = " ".join(f"{one['sender']} {one['body']}" for one in chats[row["conversation"]])
            shown["conversations"][row["operation"]] += text
    for row in truth(world, "sites"):
        shown["sites"][row["operation"]] += " ".join(page for url, page in pages.items() if row["site"] in url)
    found = {kind: set[str]() for kind in shown}
    for row in truth(world, "recruiters"):
        for kind, texts in shown.items():
            text = texts.get(row["operation"], "")
            own = advertised[row["operation"]] & set(row["phones"])
            if row["adverts"] and any(value in text for value in (*own, *row["handles"])):
                found[kind].add(row["operation"])
    assert all(len(operations) >= 2 for operations in found.values()), found
    assert found["offers"] & found["conversations"] and found["sites"] & found["conversations"]


# Offers


def test_offers_have_the_rates_of_their_sources(world: Path, offers: list[Row]) -> None:
    rows = truth(world, "offers")
    assert [(row["native_id"], row["platform"]) for row in rows] == [(row["id"], row["platform"]) for row in offers]
    times = [row["posted_at"] for row in offers]
    assert times == sorted(times) and all(re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times)
    assert mean(row["kind"] != "ordinary" for row in rows) == pytest.approx(0.048, abs=0.012)
    assert all(row["exploitation"] == (row["kind"] == "exploiting") == (row["form"] is not None) for row in rows)
    signals = [row["signals"].split(",") if row["signals"] else [] for row in rows]
    assert {name for names in signals for name in names} == set(OFFER_SIGNALS)
    assert mean(len(names) >= 1 for names in signals) == pytest.approx(0.98, abs=0.01)
    assert mean(len(names) >= 5 for names in signals) == pytest.approx(0.15, abs=0.03)
    honest = [len(names) for names, row in zip(signals, rows, strict=True) if row["kind"] == "ordinary"]
    others = [len(names) for names, row in zip(signals, rows, strict=True) if row["kind"] != "ordinary"]
    assert mean(others) > mean(honest) + 1.5
    assert sum(count >= 5 for count in honest) > 2 * sum(count >= 5 for count in others)  # the base rate is harsh


def test_no_signal_stands_in_bad_offers_alone(world: Path) -> None:
    rows = truth(world, "offers")
    for name in OFFER_SIGNALS:
        assert any(name in row["signals"].split(",") for row in rows if row["kind"] == "ordinary"), name


# Sites


def test_sites_say_what_the_truth_says(world: Path, pages: dict[str, str]) -> None:
    rows = truth(world, "sites")
    assert {url.split("/")[2] for url in pages} == {row["site"] for row in rows}
    for row in rows:
        own = "\n".join(page for url, page in pages.items() if url.split("/")[2] == row["site"])
        assert row["company"] in own and row["phones"][0] in own
        assert all(one.partition(":")[2] in own for one in row["ids"])
        assert (row["vat"] is None) == ("VAT " not in own)
        if row["vat"]:
            assert row["vat"] in own and eu_vat.is_valid(row["vat"]) == row["vat_valid"], row["vat"]
    assert {row["vat_valid"] for row in rows} == {True, False, None}
    postings = [page for page in pages.values() if "application/ld+json" in page]
    assert 0.4 < len(postings) / len(rows) < 0.8
    for page in postings:
        data = orjson.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
        assert data["@type"] == "JobPosting" and data["title"] and data["hiringOrganization"]["name"] in page


def test_copies_share_words_and_ids_but_not_names(world: Path, pages: dict[str, str]) -> None:
    rows = {row["site"]: row for row in truth(world, "sites")}
    copies = [row for row in rows.values() if row["clone_of"]]
    assert copies and all(row["exploitation"] for row in copies)
    for row in copies:
        first = rows[row["clone_of"]]
        assert first["operation"] == row["operation"] and first["company"] != row["company"]
        words, others = (set(re.findall(r"<p>([^<{@]+)</p>", pages[f"https://{s['site']}/jobs"])) for s in (row, first))
        assert {re.sub(r"\d+|€", "", text) for text in words} & {re.sub(r"\d+|€", "", text) for text in others}
    assert any(set(row["ids"]) & set(rows[row["clone_of"]]["ids"]) for row in copies)
    honest = [row for row in rows.values() if not row["exploitation"]]
    assert len({row["operation"] for row in honest}) == len(honest)
    of_tawk = [one for row in honest for one in row["ids"] if one.startswith("tawk:")]
    assert of_tawk and len(set(of_tawk)) == len(of_tawk)


# Chats


def test_conversations_and_their_marks_point_at_messages(world: Path, chats: dict[str, list[Row]]) -> None:
    rows = truth(world, "conversations")
    assert {row["conversation"]: row["messages"] for row in rows} == {name: len(found) for name, found in chats.items()}
    assert len(rows) == len(chats) == 600
    for name, found in chats.items():
        assert len({row["platform"] for row in found}) == 1 and len({row["native_id"] for row in found}) == len(found)
        times = [row["sent_at"] for row in found]
        assert times == sorted(times)
        members = {row["sender"] for row in found}
        if found[0]["recipient"] is not None:
            assert len(members | {row["recipient"] for row in found}) == 2, name
            assert all(row["sender"] != row["recipient"] for row in found)
    kinds = {row["conversation"]: row for row in rows}
    for table, names in (("stages", STAGES), ("acts", ACTS)):
        for row in truth(world, table):
            place = {one["native_id"]: at for at, one in enumerate(chats[row["conversation"]])}
            assert row["native_ids"] and sorted(row["native_ids"], key=place.__getitem__) == row["native_ids"]
            senders = {chats[row["conversation"]][place[one]]["sender"] for one in row["native_ids"]}
            assert senders == {row["actor"]} and row[table[:-1]] in names
            assert kinds[row["conversation"]]["exploitation"]


def test_most_conversations_are_ordinary_and_of_every_kind(world: Path) -> None:
    rows = truth(world, "conversations")
    ordinary = [row for row in rows if not row["exploitation"]]
    assert 0.6 <= len(ordinary) / len(rows) < 0.85
    assert {row["kind"] for row in ordinary} == ORDINARY
    assert all(row["controller"] is None and not row["danger"] and row["form"] is None for row in ordinary)
    assert {row["kind"] for row in rows if row["exploitation"]} == {"grooming", "control", "passive"}


def test_who_controls_asks_and_who_is_controlled_answers(world: Path, chats: dict[str, list[Row]]) -> None:
    stages, first = truth(world, "stages"), 0
    rows = [row for row in truth(world, "conversations") if row["controller"]]
    assert {row["kind"] for row in rows} == {"grooming", "control"}
    for row in rows:
        assert row["controller"] != row["controlled"]
        senders = [one["sender"] for one in chats[row["conversation"]]]
        assert set(senders) <= {row["controller"], row["controlled"]}
        own = [stage for stage in stages if stage["conversation"] == row["conversation"]]
        assert all(stage["actor"] == row["controller"] for stage in own)
        first += senders[0] == row["controller"]
    assert 0.3 < first / len(rows) < 0.8  # who writes first says little


def test_stages_come_in_a_plausible_order(world: Path) -> None:
    kinds = {row["conversation"]: row["kind"] for row in truth(world, "conversations")}
    start: dict[str, dict[str, int]] = defaultdict(dict)
    for row in truth(world, "stages"):
        if kinds[row["conversation"]] == "grooming":
            start[row["conversation"]][row["stage"]] = int(row["native_ids"][0].rpartition("-")[2])
    for early, late in (("rapport", "image-request"), ("move-private", "debt"), ("move-private", "earnings-demand")):
        found = [at[late] > at[early] for at in start.values() if early in at and late in at]
        assert len(found) > 3 and mean(found) > 0.9, (early, late)
    assert any(min(at, key=at.__getitem__) != "rapport" for at in start.values())


def test_danger_is_a_grave_act_or_a_threat_to_who_is_held(world: Path) -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for row in truth(world, "stages"):
        said[row["conversation"]].add(row["stage"])
    for row in truth(world, "acts"):
        said[row["conversation"]].add(row["act"])
    rows = truth(world, "conversations")
    for row in rows:
        found = said[row["conversation"]]
        threat = found & {"threat-family", "threat-publish"} and found & {"location-demand", "documents-held", "plea"}
        assert row["danger"] == bool(found & {"threat-harm", "confinement"} or threat), found
    assert 0.02 < mean(row["danger"] for row in rows) < 0.2


def test_one_account_pastes_one_pitch_to_many_and_promises_differ(world: Path, chats: dict[str, list[Row]]) -> None:
    passive = {row["conversation"]: row for row in truth(world, "conversations") if row["kind"] == "passive"}
    acts = [row for row in truth(world, "acts") if row["conversation"] in passive]
    pitches, promises = defaultdict(list), set()
    for row in acts:
        texts = {one["native_id"]: one["body"] for one in chats[row["conversation"]]}
        body = " ".join(texts[one] for one in row["native_ids"])
        if row["act"] == "job-pitch":
            pitches[passive[row["conversation"]]["operation"], passive[row["conversation"]]["language"]].append(body)
        elif row["act"] == "promise":
            promises.add(body)
    most = max(pitches.values(), key=len)
    assert len(most) >= 5 and len(set(most)) <= 2  # a form has at most a few openings
    assert len(promises) > 5
    assert any(row["act"] == "fee" for row in acts)


# Banks


@pytest.mark.parametrize("path", sorted(DATA.glob("*/*.txt")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_bank_has_all_sections_and_is_safe(path: Path) -> None:
    text = path.read_text("utf-8")
    phrases, model = parse(text, path.stem), parse((path.parent / "en.txt").read_text("utf-8"), "en")
    assert phrases.sections.keys() == model.sections.keys()
    assert path.parent.name == "offers" or all(phrases.words["names"] + phrases.words["money"])
    values = dict.fromkeys(MARKS, "x")
    for section, patterns in phrases.sections.items():
        assert len(patterns) >= min(2, len(model.sections[section])), section
        for pattern in patterns:
            filled = pattern.fill(Random(1), values)
            assert filled.strip() and not re.search(r"[\x00-\x08\x0e-\x1f{}|]", filled), filled
            assert not EXPLICIT.search(filled), filled
            assert not re.search(r"\d(?:[ ./()-]{0,2}\d){7,}", filled), filled  # no telephone number of anybody


def test_chats_alone_come_from_the_given_banks(tmp_path: Path) -> None:
    own = DATA / "talk/en.txt"
    talk = tmp_path / "banks" / "talk"
    talk.mkdir(parents=True)
    sentences = [line if "|" in line or line[:1] == "#" else f"{line} zzz" for line in own.read_text().splitlines()]
    (talk / "xx.txt").write_text("\n".join(sentences), "utf-8")
    made = [write_chats(tmp_path / name, 40, seed=2, banks=tmp_path / "banks") for name in ("a", "b")]
    assert digests(tmp_path / "a") == digests(tmp_path / "b") and made[0] == made[1]
    assert isinstance(made[0], Made) and made[0].conversations == 40
    assert set(load(tmp_path / "a", "conversations")["language"].to_pylist()) == {"xx"}
    bodies = [row["body"] for rows in by_conversation(tmp_path / "a").values() for row in rows]
    assert len(bodies) == made[0].messages
    assert mean("zz" in body.lower() for body in bodies) > 0.5
    assert not pc.any(load(tmp_path / "a", "recruiters")["adverts"]).as_py()
    with pytest.raises(InputError, match="not an empty folder"):
        write_chats(tmp_path / "a", 40)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("# rapport", "# other"), "has no lines in # rapport"),
        (lambda text: text.replace("Haha that's funny", "{pay}"), r"talk/en.txt uses \{pay\} in # small"),
        (lambda text: text.replace("Haha that's funny", "{laugh}"), r"'\{laugh\}' is no mark"),
        (lambda text: text.replace("# names", "# nobody"), "has no lines in # names"),
    ],
)
def test_a_bank_that_cannot_be_used_is_refused(tmp_path: Path, change: Any, message: str) -> None:
    own = DATA / "talk/en.txt"
    (tmp_path / "banks" / "talk").mkdir(parents=True)
    (tmp_path / "banks" / "talk" / "en.txt").write_text(change(own.read_text("utf-8")), "utf-8")
    with pytest.raises(InputError, match=message):
        write_chats(tmp_path / "out", 10, banks=tmp_path / "banks")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_banks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no talk"):
        simulate(tmp_path / "w", 100, banks=tmp_path)
    assert not list(tmp_path.iterdir())


def test_language_and_country_say_nothing_about_exploitation(world: Path) -> None:
    rows = truth(world, "conversations")
    languages = {row["language"] for row in rows}
    for name in languages:
        share = [row["exploitation"] for row in rows if row["language"] == name]
        bound = 4 * np.sqrt(0.25 * 0.75 / len(share))
        assert abs(mean(share) - 0.25) < bound + 0.02, name


def test_the_simulator_knows_nothing_of_those_it_tests() -> None:
    for path in (Path(__file__).parents[2] / "src/clew/simulate").rglob("*.py"):
        # Pipes to other processes know nothing of what goes through them.
        found = set(re.findall(r"clew\.(?!simulate\b|model\b|engine\.helper\b)\w+", path.read_text()))
        assert not found, f"{path.name}: {found}"
