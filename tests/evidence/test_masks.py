"""Nobody who is protected is left in what is given away, and nothing else is touched."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.cases.people import Protected
from clew.evidence.masks import Masks, masks_for
from clew.evidence.spellings import Finder, letters_of, name_needles, squeezed
from clew.exchange.tables import QUERIES, export_tables
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.store.workspace import Workspace

ANNA = Protected(
    "C1-P2",
    "C1",
    "Person C1-P2",
    ("Zoë Łukasiewicz", "Mara"),
    (("phone", "+34612345678"), ("email", "zoe.l@example.org"), ("handle", "telegram:zoe_luk")),
)
NAMES = ["Zoë Łukasiewicz", "ZOE LUKASIEWICZ", "Łukasiewicz, Zoë", "zoe.lukasiewicz", "Z\u0308oë  Łukasie\u200bwicz",
         "𝗭𝗼𝗲 Lukasiewicz",
         "mara", "MARA", "Mara2"]  # fmt: skip
NUMBERS = ["+34612345678", "612 34 56 78", "0034-612-345-678", "(+34) 612.345.678", "６１２３４５６７８", "6️⃣1️⃣2️⃣345678"]
OTHERS = [
    "zoe.l@example.org",
    "ZOE.L@EXAMPLE.ORG",
    "zoe.l%40example.org",
    "@zoe_luk",
    "t.me/zoe_luk",
    "telegram:zoe_luk",
]
ONE_BY_ONE = ["m a r a", "M.a.r.a", "M-a-r-a", "M_a_r_a", "m*a*r*a", "M\u200b a\u200b r\u200b a", "M, A, R, A",
              "Z o ë  Ł u k a s i e w i c z", "Z.o.e.L.u.k.a.s.i.e.w.i.c.z", "Z o ë Łukasiewicz", "Lukasiewicz Z-o-e",
              quote("m a r a"), "%4D%20%61%20%72%20%61", "M&nbsp;a&nbsp;r&nbsp;a"]  # fmt: skip
HIDDEN = [quote("Zoë Łukasiewicz"), "Zo&euml; &#321;ukasiewicz", json.dumps("Zoë Łukasiewicz"), "%2B34612345678"]
SPELLED = "six one two 34 56 78"  # only the workspace's mentions tell that this is her number


@pytest.fixture
def masks() -> Masks:
    return Masks([ANNA], {("phone", "+34612345678"): [SPELLED]})


def test_nobody_to_hide_changes_nothing() -> None:
    table = pa.table({"a": ["Mara"]})
    assert not Masks()
    assert Masks().table(table, "records") is table
    assert Masks().text("Mara") == "Mara"
    assert Masks().withholds("C1", ["C1-P2"], False, ["Mara"]) == ""


@pytest.mark.parametrize("spelling", [*NAMES, *ONE_BY_ONE, *NUMBERS, *OTHERS, *HIDDEN, SPELLED])
@pytest.mark.parametrize("around", ["{}", "call {} now", "({})", "«{}», Madrid", "url?x={}&y=1"])
def test_every_spelling_is_masked(masks: Masks, spelling: str, around: str) -> None:
    text = around.format(spelling)
    masked = masks.text(text)
    assert "C1-P2" in masked
    assert not masks.mentioned([masked]), masked
    # What stands around it is left.
    assert masked.startswith(around.split("{}")[0].rstrip("@?x=(+"))


@pytest.mark.parametrize("text", [
    "Maraschino cherries, samara", "612 345 679", "zoe@example.org", "zoelukasiewiczowa", "Zoë and Łukasiewicz", "",
    "☎", "1612", "Madrid 28013", "Ma ra", "M ara", "Mar a", "a m a rather", "m a ra", "M    a    r    a",
    "Zoë Ł ukasiewicz", "Z oë Łukasiewicz",
])  # fmt: skip
def test_others_are_left(masks: Masks, text: str) -> None:
    assert masks.text(text) == text


def test_scripts_without_word_borders() -> None:
    assert Masks([Protected("C1-P1", "C1", "P", ("李娜",), ())]).text("我是李娜的朋友") == "我是[P]的朋友"
    assert Masks([Protected("C1-P1", "C1", "P", ("فاطمة",), ())]).text("مع وفاطمة") == "مع و[P]"


@pytest.mark.parametrize(("name", "text"), [("Ann", "a n n"), ("이수", "이 수"), ("李娜", "李 娜")])
def test_a_short_name_is_not_found_letter_by_letter(name: str, text: str) -> None:
    assert Masks([Protected("C1-P1", "C1", "P", (name,), ())]).text(text) == text


def test_letters_that_are_read_as_two_are_one() -> None:
    masks = Masks([Protected("C1-P1", "C1", "P", ("Weißæ", "김민수영"), ())])
    assert masks.text("W e i ß æ / W.e.i.s.s.a.e / 김 민 수 영") == "[P] / [P] / [P]"


def test_labels_are_the_same_for_all_spellings(masks: Masks) -> None:
    assert masks.text("+34612345678 / 612 34 56 78") == "[Person C1-P2: phone 1] / [Person C1-P2: phone 1]"
    assert masks.text(SPELLED) == "[Person C1-P2: phone 1]"


def test_json_stays_json(masks: Masks) -> None:
    given = {
        "n": 612345678,
        "who": "Zoë Łukasiewicz",
        "Mara": ["a", 7, 1.5, None, True],
        "deep": {"u": "\\Zoe Lukasiewicz"},
    }
    for text in (json.dumps(given), json.dumps(given, ensure_ascii=False)):
        masked = json.loads(masks.text(text))
        assert masked["n"] == "[Person C1-P2: phone 1]"
        assert masked["[Person C1-P2]"] == ["a", 7, 1.5, None, True]
        assert not masks.mentioned([masks.text(text)])


def test_pages_are_masked_across_tags(masks: Masks) -> None:
    page = '<p title="Mara">Hi <mark>Zoë</mark> <b>Łukasiewicz</b>, <i>x</i></p>'
    assert masks.html(page) == '<p title="[Person C1-P2]">Hi <mark>[Person C1-P2]</mark><b></b>, <i>x</i></p>'


def test_prose_is_read_by_the_extractors() -> None:
    masks = Masks([ANNA])  # the workspace never saw the spelling
    text = "She wrote: six one two three four five six seven eight"
    assert "C1-P2" in masks.prose(text)
    assert masks.mentioned([text]) == ["C1-P2"]


def test_originals_are_withheld(masks: Masks) -> None:
    assert "shows C1-P2" in masks.withholds("C1", ["C1-P2"], True, [])
    assert "mentions C1-P2" in masks.withholds("C1", [], True, ["a", "by zoe lukasiewicz"])
    assert "cleared" in masks.withholds("C1", [], False, [])
    assert masks.withholds("C1", [], False, [], cleared=True) == ""
    assert masks.withholds("C1", ["C1-P9"], True, ["nobody"]) == ""
    assert masks.withholds("C2", [], False, []) == ""  # another case, without protected persons


def test_a_reason_names_nobody_of_another_case(masks: Masks) -> None:
    assert masks.withholds("C2", ["C1-P2"], True, []) == "It shows somebody who may not be named."
    assert masks.withholds("C2", [], True, ["zoe lukasiewicz"]) == "It mentions somebody who may not be named."
    two = Masks([ANNA, Protected("C2-P1", "C2", "V", ("Mira Example",), ())])
    text = "Zoe Lukasiewicz and Mira Example"
    assert two.withholds("C2", [], True, [text]) == "It mentions C2-P1, who may not be named."


@given(st.text(st.one_of(st.characters(exclude_categories=("Cn", "Cs")), st.sampled_from("ßæłŁİςΣﬁ𝗔é 9")), max_size=40))
def test_columns_are_read_as_texts_are(text: str) -> None:
    assert squeezed(pa.array([text], pa.large_string())).to_pylist() == [letters_of(text).text]


@cache
def _finder() -> Finder:
    return Finder(name_needles("Zoë Łukasiewicz", "X"))


@given(st.text(max_size=20), st.sampled_from([*NAMES[:6], *HIDDEN[:3]]), st.text(max_size=20))
def test_a_column_never_gives_a_wrong_no(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}".encode("utf-8", "replace").decode()
    assert _finder().find(text)
    assert _finder().may_hold(pa.array([text, None, "x"])).to_pylist() == [True, False, False]


# -- tables -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Adverts of which some name her, in every column."""
    folder = tmp_path_factory.mktemp("masks")
    rows = [
        {"id": str(n), "title": f"Offer {n} in Madrid", "body": f"Nice flat number {n}, call 911 22 33 {n:02}",
         "url": f"https://a.example/{n}", "posted_at": f"2026-01-{n + 1:02}T00:00:00Z"}
        for n in range(20)
    ]  # fmt: skip
    for row, spelling in zip(rows, [*NAMES, *NUMBERS, *OTHERS], strict=False):
        row |= {"body": f"In Madrid: {spelling} waits, from 100 EUR, new girl, age 25", "note": f"see {spelling}"}
    rows[0] |= {
        "title": "Zoë Łukasiewicz",
        "contact": "612345678",
        "handle": "zoe_luk",
        "url": "https://a.example/Mara",
    }
    rows.append(rows[0] | {"body": "Now Mara is in Sevilla", "posted_at": "2026-02-01T00:00:00Z"})  # a change
    rows += [{"id": None, "body": None, "title": None, "note": "Mara"}]
    (folder / "ads.jsonl").write_text("\n".join(map(json.dumps, rows)) + '\n{"broken: Mara 612345678\n')
    workspace = Workspace.create(folder / "workspace")
    ingest(workspace, [folder / "ads.jsonl"], IngestOptions("ad", "test", "mara.example"))
    run(workspace)
    return workspace


def _read(folder: Path) -> dict[str, pa.Table]:
    return {name: pq.read_table(folder / f"{name}.parquet") for name in QUERIES}


def test_exports_hold_nobody(small: Workspace, tmp_path: Path) -> None:
    masks = masks_for([ANNA], small)
    export_tables(small, tmp_path / "plain")
    export_tables(small, tmp_path / "masked", mask=masks.table)
    plain, masked = _read(tmp_path / "plain"), _read(tmp_path / "masked")
    names_her = cache(lambda text: bool(masks.mentioned([text])))  # many cells hold the same
    touched = 0
    for name in QUERIES:
        assert masked[name].num_rows == plain[name].num_rows
        assert masked[name].schema.names == plain[name].schema.names
        for column in masked[name].column_names:
            for before, after in zip(plain[name][column].to_pylist(), masked[name][column].to_pylist(), strict=True):
                texts = [after] if isinstance(after, str) else after if isinstance(after, list) else []
                assert not any(map(names_her, filter(None, texts))), (name, column, after)
                touched += before != after
                if isinstance(before, str) and column not in ("value", "raw", "evidence") and after != before:
                    assert names_her(before), (name, column)
    assert touched > 60
    assert plain["quarantine"].num_rows >= 1 and plain["changes"].num_rows >= 1 and plain["mentions"].num_rows > 60


def test_places_lead_into_the_masked_texts(small: Workspace, tmp_path: Path) -> None:
    export_tables(small, tmp_path / "plain")
    export_tables(small, tmp_path / "masked", mask=masks_for([ANNA], small).table)
    plain, masked = _read(tmp_path / "plain"), _read(tmp_path / "masked")
    texts = {r["record_id"]: r for r in masked["records"].to_pylist()}
    moved = labels = 0
    for before, after in zip(plain["mentions"].to_pylist(), masked["mentions"].to_pylist(), strict=True):
        if after["field"] == "images" or after["type"] == "language":
            continue
        there = texts[after["record_id"]][after["field"]][after["start"] : after["end"]]
        assert there == after["raw"] or ("C1-P2" in there and "C1-P2" in after["raw"]), (before, after)
        moved += before["start"] != after["start"]
        labels += "C1-P2" in after["value"]
        if before["type"] == "phone" and before["value"] == "+34612345678":
            assert after["value"] == "[Person C1-P2: phone 1]"
    assert moved > 10 and labels > 10
    for finding in masked["findings"].to_pylist():
        for quote_ in json.loads(finding["evidence"]):
            if isinstance(quote_, dict) and quote_.get("start") is not None and quote_.get("raw"):
                there = texts[quote_["record_id"]][quote_["field"]][quote_["start"] : quote_["end"]]
                assert there == quote_["raw"] or "C1-P2" in there


def test_without_the_records_no_place_is_claimed(small: Workspace, tmp_path: Path) -> None:
    export_tables(small, tmp_path / "plain")
    mentions = _read(tmp_path / "plain")["mentions"]
    assert set(masks_for([ANNA], small).table(mentions, "mentions")["start"].to_pylist()) == {None}


def test_an_export_without_protected_persons_is_the_same(small: Workspace, tmp_path: Path) -> None:
    export_tables(small, tmp_path / "a")
    export_tables(small, tmp_path / "b", mask=None)
    for name in QUERIES:
        assert (tmp_path / "a" / f"{name}.parquet").read_bytes() == (tmp_path / "b" / f"{name}.parquet").read_bytes()


@pytest.mark.parametrize("name", ["stays", "moves", "clashes", "patterns", "forecasts", "money_signs"])
def test_whom_a_trace_follows_is_masked(masks: Masks, name: str) -> None:
    table = pa.table({"network_id": ["N34612345678"], "subject": ["phone:+34612345678"]})
    (row,) = masks.table(table, name).to_pylist()
    assert row["network_id"] == "N34612345678" and "C1-P2" in row["subject"] and "612345678" not in row["subject"]
    assert masks.table(table, "findings")["subject"].to_pylist() == ["phone:+34612345678"]
