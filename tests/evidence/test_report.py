"""The PDF report: what it says, in which order, at which level of evidence; the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from reportlab.platypus import Paragraph
from tests.evidence.reports import NET, NOON, content, cover, made, network, pages, reason

from clew.evidence.report.content import CustodyEvent, Exhibit, with_texts
from clew.evidence.report.content_network import (
    Claim,
    Dot,
    GraphPicture,
    Lane,
    MapPicture,
    Route,
    Rows,
    Spot,
    TimelinePicture,
)
from clew.evidence.report.draw_graph import skeleton, spring
from clew.evidence.report.draw_map import map_figure, near
from clew.evidence.report.write import write_report


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The pages of an ordinary report."""
    return made(content(), tmp_path_factory.mktemp("plain"))


def test_everything_stands_in_order(plain: list[str]) -> None:
    text = " ".join(plain[2:])  # after title and contents
    parts = [
        "1 What was asked",
        "Are these adverts one operation?",
        "2 Summary",
        "They are tied by one number.",
        "3 Networks",
        "Why it is a lead",
        "One text is used with 5 numbers on 19 adverts.",
        "seen in 12 % of networks here",
        "Could also be: Copied or sold texts",
        "To check: Search for a sentence.",
        "call me at 912 345 678 any time",
        "3 records hang on one number.",
        "Structure: the graph",
        "Identities",
        "and 4 more, in data/tables/",
        "the map",
        "Timeline by place",
        "4 Claims",
        "4.1 Facts",
        "O1",
        "E1",
        "4.2 Assessments",
        "L1",
        "A1",
        "J1",
        "confirmed",
        "B3, H1",
        "5 Hypotheses",
        "One wallet.",
        "Texts are sold.",
        "The wallet is the platform's.",
        "6 Persons",
        "Person 1 (pseudonym)",
        "victim",
        "Виктор Ж.",
        "7 Exhibits",
        "8 Custody log",
        "9 Methods",
        "R0001",
        "python -m benchmarks.phones",
        "10 Limits",
        "Indicators are no proof",
        "Board B was not captured.",
        "Appendix",
    ]
    at = 0
    for part in parts:
        assert part in text[at:], part
        at = text.index(part, at)


def test_every_page_says_who_may_read_it_and_which_it_is(plain: list[str]) -> None:
    found = plain
    for number, text in enumerate(found, 1):
        assert "TLP:AMBER+STRICT · H1 · restricted" in text
        assert f"Page {number} of {len(found)}" in text


def test_the_title_page_says_how_to_verify(plain: list[str]) -> None:
    title = plain[0]
    for part in (
        "C1",
        "Lantern",
        "Order 12/26",
        "M. Okafor",
        "2028-12-31",
        "C1-PK2",
        "ab" * 32,
        "SHA256:9f86d081884c7d65",
        "python verify.py BAG",
        "To find out who runs the adverts.",
    ):
        assert part in title


def test_both_digests_are_whole(plain: list[str]) -> None:
    text = "".join(plain).replace(" ", "")
    assert "12" * 32 in text
    assert "34" * 64 in text


def test_each_level_of_evidence_has_its_claim(plain: list[str]) -> None:
    text = " ".join(plain)
    facts, assessments = text.split("4.1 Facts")[-1].split("4.2 Assessments")
    assert (
        facts.index("Observed") < facts.index("ads.csv line 7") < facts.index("Extracted") < facts.index("recall .996")
    )
    order = [
        assessments.index(word)
        for word in ("Linked", "12.3 bits", "Assessed", "template-many-phones", "Judged", "link: accepted")
    ]
    assert order == sorted(order)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, later = (tmp_path / name for name in ("one.pdf", "two.pdf", "later.pdf"))
    write_report(content(), one)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12345")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    write_report(content(), two)
    assert one.read_bytes() == two.read_bytes()
    write_report(content(cover=cover(made_at=NOON + timedelta(seconds=1))), later)
    assert one.read_bytes() != later.read_bytes()
    said = PdfReader(one).metadata
    assert said is not None
    assert said.creation_date == NOON
    assert said.author == "A. Lindqvist"


def test_an_empty_case_says_what_is_not_there(tmp_path: Path) -> None:
    empty = content(
        asked=(),
        summary=(),
        networks=(),
        judgements=(),
        hypotheses=(),
        persons=(),
        exhibits=(),
        custody=(),
        runs=(),
        limits=(),
    )
    text = " ".join(made(empty, tmp_path))
    for part in (
        "The case has no network",
        "No claim at this level",
        "Nobody has judged anything yet",
        "No hypothesis",
        "No person",
        "holds no exhibit",
        "has no event",
        "No run of the analysis",
    ):
        assert part in text


def test_a_network_without_findings_or_times(tmp_path: Path) -> None:
    bare = network(
        reasons=(),
        doubts=(),
        claims=(),
        identities=(),
        graph=None,
        map=None,
        timelines=(),
        first_seen=None,
        last_seen=None,
        rank=None,
        priority=None,
    )
    text = " ".join(made(content(networks=(bare,)), tmp_path))
    assert "Why it is no lead" in text
    assert "no record has a time" in text
    assert "Locations: the map" not in text


def test_a_big_case_is_bounded_and_says_what_is_left_out(tmp_path: Path) -> None:
    many = tuple(Claim("observed", NET, f"Advert {i}: “{'call me ' * 60}”", f"record {i:016x}") for i in range(10_000))
    dots = (*(Dot("record", f"r{i}", 1) for i in range(1_500)), *(Dot("phone", f"p{i}", 30, 9.0) for i in range(100)))
    edges = tuple((i, 1_500 + i % 100, 1) for i in range(1_500))
    lanes = tuple(Lane(f"Place {i}", tuple((18_000 + 9 * k, 1) for k in range(50))) for i in range(400))
    big = network(
        records=10_000,
        reasons=tuple(reason(i) for i in range(60)),
        doubts=("Something hangs on it.",) * 500,
        claims=many,
        graph=GraphPicture(dots, edges),
        timelines=(TimelinePicture("place", lanes),),
        identities=(
            Rows("Identities", ("Identity",), tuple((f"+3519{i:08}",) for i in range(40)), 10_000, "data/tables/"),
        ),
    )
    exhibits = tuple(
        Exhibit(f"C1-E{i}", "Page", "WARC", "A", NOON, "", f"data/{i}", 5, "12" * 32, "34" * 64) for i in range(1_000)
    )
    log = tuple(CustodyEvent(i, NOON, "A", "view", f"C1-E{i}") for i in range(5_000))
    small = tuple(network(network_id=f"N{i:012}", graph=None, map=None, timelines=(), claims=()) for i in range(29))
    told = content(networks=(big, *small), exhibits=exhibits, custody=log, summary=("It is so. " * 60,) * 30)
    found = made(told, tmp_path)
    text = " ".join(found)
    assert len(found) < 100
    assert "and 9,940 more, in the tables of the package, about N0f21803fda60" in text
    assert "and 9,960 more, in data/tables/" in text
    assert "Further networks" in text
    assert "and 700 more, in the manifest of the package" in text
    assert "The first and last 200 of 5,000" in text
    assert "386 places of fewest records, with 19,300 records" in text
    assert "shown are the identifiers that tie most" in text
    summary = next(i for i, page in enumerate(found) if "2 Summary" in page and i > 1)
    assert any("3 Networks" in page for page in found[summary : summary + 2])


def test_heads_of_tables_are_repeated(tmp_path: Path) -> None:
    log = tuple(CustodyEvent(i, NOON, "A. Lindqvist", "view", f"C1-E{i}", "case C1") for i in range(120))
    found = [page for page in made(content(custody=log), tmp_path) if "A. Lindqvist view" in page]
    assert len(found) > 2
    assert all("No. When Who What About Why" in page for page in found)


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    broken = replace(content(), asked=(3,))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        write_report(broken, path)
    assert list(tmp_path.iterdir()) == []


def test_texts_can_be_changed_everywhere(tmp_path: Path) -> None:
    masked = with_texts(content(), lambda text: text.replace("Виктор", "Person 2").replace("912 345 678", "[number]"))
    assert masked.rates == content().rates
    text = " ".join(made(masked, tmp_path))
    assert "Person 2 Ж." in text
    assert "call me at [number] any time" in text
    assert "Виктор" not in text
    assert "912 345 678" not in text


def test_a_skeleton_keeps_what_ties_most() -> None:
    records = (Dot("record", f"r{i}", 1) for i in range(30))
    dots = (*records, Dot("phone", "hub", 25, 5.0), Dot("email", "weak", 5, 1.0))
    edges = tuple((i, 30, 1) for i in range(25)) + tuple((i, 31, 1) for i in range(25, 30))
    kept = skeleton(GraphPicture(dots, edges), 26)
    assert [dot.label for dot in kept.dots] == [f"r{i}" for i in range(25)] + ["hub"]
    assert len(kept.edges) == 25
    assert kept.said == ("6 nodes of 32: shown are the identifiers that tie most, and their records.",)
    assert len(skeleton(GraphPicture(dots, edges), 10).dots) == 10


def test_a_place_far_away_does_not_make_the_map_small() -> None:
    spain = [Spot("Madrid, ES", 40.4, -3.7, 60), Spot("Porto, PT", 41.1, -8.6, 38)]
    far = Spot("Newcastle, AU", -32.9, 151.8, 2)
    assert near([far, *spain]) == (spain, [far])
    assert near([replace(far, records=50), *spain])[1] == []  # many records name it: it belongs on the map
    assert near(spain) == (spain, [])
    text = " ".join(
        flowable.getPlainText()
        for flowable in map_figure(MapPicture((far, *spain), (Route(0, 1, 1),)))
        if isinstance(flowable, Paragraph)
    )
    assert "Outside the map, far from all others: Newcastle, AU (2)." in text
    assert "Map: 2 places" in text


def test_nodes_that_share_lie_nearer() -> None:
    at = spring(6, ((0, 1, 1), (0, 2, 1), (3, 4, 1), (3, 5, 1)))

    def gap(a: int, b: int) -> float:
        return float(((at[a] - at[b]) ** 2).sum())

    assert max(gap(0, 1), gap(0, 2), gap(3, 4), gap(3, 5)) < min(gap(0, 3), gap(1, 4), gap(2, 5))


def test_written_over_an_older_report(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"older")
    write_report(content(), path)
    assert len(pages(path)) > 5
