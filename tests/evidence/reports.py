"""Content of a report, invented, and the text of the PDF that it gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pypdf import PdfReader

from clew.evidence.report.content import (
    CasePerson,
    Cover,
    CustodyEvent,
    Exhibit,
    Grading,
    Hypothesis,
    Judgement,
    ReportContent,
    RunUsed,
)
from clew.evidence.report.content_network import (
    Claim,
    Dot,
    GraphPicture,
    Lane,
    MapPicture,
    NetworkContent,
    Quoted,
    ReasonShown,
    Route,
    Rows,
    Spot,
    TimelinePicture,
)
from clew.evidence.report.write import write_report

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NET = "N0f21803fda60"


def cover(**other: object) -> Cover:
    known: dict[str, object] = {
        "package_id": "C1-PK2",
        "case_id": "C1",
        "case_name": "Lantern",
        "purpose": "To find out who runs the adverts.",
        "legal_basis": "Order 12/26 of the district court",
        "owner": "M. Okafor",
        "handling_level": "restricted",
        "tlp": "AMBER+STRICT",
        "handling_code": "H1",
        "retain_until": date(2028, 12, 31),
        "made_at": NOON,
        "made_by": "A. Lindqvist",
        "tree_size": 1284,
        "tree_head": "ab" * 32,
        "tree_head_at": NOON,
        "key_fingerprint": "SHA256:9f86d081884c7d65",
    }
    return Cover(**known | other)  # type: ignore[arg-type]


def reason(number: int = 1, sentence: str = "One text is used with 5 numbers on 19 adverts.") -> ReasonShown:
    quote = Quoted("17d273420c0b39bb", "board-a", NOON, "Porto, PT", "body", "call me at ", "912 345 678", " any time")
    return ReasonShown(
        f"template-many-phones-{number}",
        "Same text with different numbers",
        sentence,
        1.5,
        "seen in 12 % of networks here",
        "supported by research",
        "Copied or sold texts",
        "InfoShield 2021",
        ("Search for a sentence.",),
        (quote,),
        19,
    )


def network(**other: object) -> NetworkContent:
    claims = (
        Claim(
            "observed", NET, "Advert on board-a: “call me at 912 345 678”", "record 17d273420c0b39bb, ads.csv line 7"
        ),
        Claim("extracted", NET, "Phone number +351912345678 in 3 records", "phone version 5", "recall .996"),
        Claim(
            "linked",
            NET,
            "Record 17d273420c0b39bb with ded48cd3bb80efc0",
            "Both give one number (12.3 bits)",
            "12.3 bits",
        ),
        Claim(
            "assessed", NET, "One text is used with 5 numbers", "template-many-phones", "12 %", "Copied or sold texts"
        ),
        Claim("judged", NET, "link: accepted", "A. Lindqvist, 2026-11-19", "", "They share a flat."),
    )
    graph = GraphPicture(
        (Dot("record", "first", 2), Dot("record", "second", 1), Dot("phone", "+351912345678", 3, 12.3)),
        ((0, 2, 2), (1, 2, 1)),
    )
    spots = (Spot("Porto, PT", 41.15, -8.61, 3), Spot("Vigo, ES", 42.23, -8.72, 1))
    places = MapPicture(
        spots, (Route(0, 1, 2), Route(1, 0, 1, 1)), ("+351… from Porto, PT to Vigo, ES, 120 km, 2 days later.",)
    )
    lanes = (Lane("Porto, PT", ((20_000, 2), (20_003, 1))), Lane("Vigo, ES", ((20_002, 1),)))
    known: dict[str, object] = {
        "network_id": NET,
        "records": 4,
        "items": 3,
        "first_seen": NOON - timedelta(days=9),
        "last_seen": NOON,
        "rank": 1,
        "priority": 7.5,
        "glance": (("Phones", "1"),),
        "reasons": (reason(),),
        "doubts": ("3 records hang on one number.",),
        "identities": (
            Rows("Identities", ("Type", "Identity"), (("Phone number", "+351912345678"),), 5, "data/tables/"),
        ),
        "claims": claims,
        "graph": graph,
        "map": places,
        "timelines": (TimelinePicture("place", lanes),),
        "table_files": "data/tables/",
    }
    return NetworkContent(**known | other)  # type: ignore[arg-type]


def content(**other: object) -> ReportContent:
    known: dict[str, object] = {
        "cover": cover(),
        "asked": ("Are these adverts one operation?",),
        "summary": ("They are tied by one number.",),
        "networks": (network(),),
        "judgements": (
            Judgement("A. Lindqvist", NOON, "triage", NET, "confirmed", "Two accounts.", Grading("B", "3", "H1")),
        ),
        "hypotheses": (
            Hypothesis(
                "C1-H1",
                "One group manages the adverts",
                "open",
                "M. Okafor",
                NOON,
                ("One wallet.",),
                ("Texts are sold.",),
                ("The wallet is the platform's.",),
            ),
        ),
        "persons": (CasePerson("C1-P1", "Person 1", "victim", True), CasePerson("C1-P2", "Виктор Ж.", "suspect")),
        "exhibits": (
            Exhibit(
                "C1-E1",
                "Page",
                "WARC",
                "A. Lindqvist",
                NOON,
                "https://example.org",
                "data/originals/e1.warc.gz",
                5,
                "12" * 32,
                "34" * 64,
            ),
        ),
        "custody": (CustodyEvent(0, NOON, "A. Lindqvist", "intake", "C1-E1", "case C1"),),
        "runs": (RunUsed("R0001", NOON, "0.1.0", "56" * 32, "4 adverts from board-a", "clew replay manifest.json"),),
        "limits": ("Board B was not captured.",),
    }
    return ReportContent(**known | other)  # type: ignore[arg-type]


def pages(path: Path) -> list[str]:
    """The text of each page, on one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def made(told: ReportContent, folder: Path) -> list[str]:
    """Write a report; the text of its pages."""
    path = folder / "report.pdf"
    write_report(told, path)
    return pages(path)
