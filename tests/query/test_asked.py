"""What a question is understood as, and what a workspace holds of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from clew.engine.duckdb import Engine
from clew.ingest.stage import IngestOptions
from clew.model.errors import InputError
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.asked import Asked, understand
from clew.query.asked_here import known
from clew.query.pivot import PivotResult, pivot
from clew.store.views import open_views
from clew.store.workspace import Workspace

# Addresses of the specifications and of burnt coins: nobody's.
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
BURNT = "1BitcoinEaterAddressDontSendf59kuE"
EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
WALLETS = (SEGWIT, BURNT, EVM)
IBAN = "NL91ABNA0417164300"
PLACE = "Frankfurt am Main, DE"
ADS = [
    {"body": "Call me at +1 313 471 3281 tonight", "city": "Detroit", "author": "rubyyx8u9r7s"},
    {"body": "Appelez le +33 6 10 77 65 63", "city": "Paris", "author": "lena"},
    {"body": "Обади се на +359 888 515 663", "city": "Sofia", "author": "lena"},
    {"body": "Telegram: @lena_qsq, prepay 100 EUR", "city": "Frankfurt am Main", "platform": "else", "author": "lena"},
    {"body": "Instagram: @lena_qsq", "city": "Ghent"},
    *({"body": f"prepay to {wallet}", "city": "Ghent"} for wallet in (*WALLETS, IBAN)),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of these adverts."""
    folder: Path = tmp_path_factory.mktemp("asked")
    rows = [{"id": f"a{n}", "platform": "board", **ad} for n, ad in enumerate(ADS)]
    (folder / "ads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    workspace = Workspace.create(folder / "w")
    ingest(workspace, [folder / "ads.jsonl"], IngestOptions("ad", "test"))
    run(workspace)
    return workspace


@pytest.fixture
def engine(place: Workspace) -> Iterator[Engine]:
    with open_views(place) as opened:
        yield opened


def ids(result: PivotResult) -> set[str | None]:
    return {record.native_id for record in result.records}


@pytest.mark.parametrize("address", WALLETS)
def test_a_wallet_is_no_text(address: str) -> None:
    for query in (address, f"BTC {address}", f"my wallet {address} ok"):
        asked = understand(query)
        assert [kind for kind, _ in asked.identifiers] == ["wallet"]
        assert asked.text is None
    assert understand(f"please send the money soon to {address} now").text


def test_whatever_is_printed_is_found(place: Workspace, engine: Engine) -> None:
    query = """
        SELECT type, value FROM ties WHERE type <> 'image'
        UNION SELECT type::VARCHAR, value FROM mentions WHERE type::VARCHAR IN ('place', 'price', 'language')"""
    printed = [(row["type"], row["value"]) for row in engine.rows(query)]
    assert {"wallet", "handle", "account", "phone", "place", "price"} <= {kind for kind, _ in printed}
    assert ("place", PLACE) in printed
    for kind, value in printed:
        for spelled in (value, f"{kind}:{value}"):
            result = pivot(place, engine, understand(spelled))
            assert (kind, value) in {(tie.type, tie.value) for tie in result.ties}, spelled
            assert result.asked.text is None


@pytest.mark.parametrize("spelled", [f"wallet:{SEGWIT}", f"BTC:{SEGWIT.upper()}", f"Account:{IBAN}", "handle:lena_qsq"])
def test_a_type_before_a_value_as_somebody_wrote_it(place: Workspace, engine: Engine, spelled: str) -> None:
    assert ids(pivot(place, engine, understand(spelled)))


def test_too_little_text_beside_an_identifier_is_no_fault(place: Workspace, engine: Engine) -> None:
    asked = dataclasses.replace(understand(BURNT), text="no")
    assert ids(pivot(place, engine, asked)) == {"a6"}
    with pytest.raises(InputError, match="too short to compare"):
        pivot(place, engine, Asked((), text="no"))


@pytest.mark.parametrize(
    ("query", "value", "shown"),
    [
        ("(313) 471-3281", "+13134713281", "+1 313-471-3281 (US)"),
        ("313 47I 328I", "+13134713281", "+1 313-471-3281 (US)"),
        ("06-10-77-65-63", "+33610776563", "+33 6 10 77 65 63 (FR)"),
        ("0888515663", "+359888515663", "+359 88 851 5663 (BG)"),
        ("Lovely and kind, always in the centre. Call 0888515663 at any time", "+359888515663", "(BG)"),
    ],
)
def test_a_number_without_country_is_the_one_that_stands_here(
    place: Workspace, engine: Engine, query: str, value: str, shown: str
) -> None:
    asked = understand(query)
    assert "phone" not in dict(asked.identifiers)
    result = pivot(place, engine, asked)
    assert [v for kind, v in result.asked.identifiers if kind == "phone"] == [value]
    assert result.total_records == 1
    (read,) = result.asked.read
    assert shown in read


def test_its_country_makes_a_number_sure() -> None:
    assert understand("(11) 97312-4806", "br").identifiers == (("phone", "+5511973124806"),)
    assert understand("+33 6 10 77 65 63").numbers == ()
    assert understand("phone:06 10 77 65 63", "FR").identifiers == (("phone", "+33610776563"),)


def test_a_plus_is_never_put_before_a_national_number() -> None:
    for query in ("(313) 471-3281", "(11) 97312-4806"):
        digits = "".join(c for c in query if c.isdigit())
        asked = understand(query)
        assert asked.identifiers == ()
        assert f"+{digits}" not in asked.numbers[0].readings


def test_readings_that_were_tried_are_told(place: Workspace, engine: Engine) -> None:
    result = pivot(place, engine, understand("(11) 97312-4806"))
    assert (result.total_records, result.asked.identifiers) == (0, ())
    (tried,) = result.asked.tried
    assert "+55 11 97312-4806 (BR)" in tried and "+381 11 973124806 (RS)" in tried
    (tried,) = known(engine, understand("0758906522")).tried
    assert tried.endswith("other numbers")


@pytest.mark.parametrize("region", ["ZZ", "xx", "usa", "United States", "'; --"])
def test_an_unknown_country_is_refused(region: str) -> None:
    with pytest.raises(InputError, match="no country"):
        understand("06 10 77 65 63", region)


def test_a_name_is_found_on_every_platform(place: Workspace, engine: Engine) -> None:
    for query in ("@lena_qsq", "@Lena_QSQ", "lovely and kind and sweet, write to @lena_qsq"):
        found = known(engine, understand(query)).identifiers
        assert set(found) == {("handle", "telegram:lena_qsq"), ("handle", "instagram:lena_qsq")}
    result = pivot(place, engine, understand("@lena_q"))  # no part of a name
    assert result.total_records == 0
    assert result.asked.tried == ("No record names @lena_q on any platform",)


def test_a_bare_name_is_a_handle_where_one_platform_has_it(place: Workspace, engine: Engine) -> None:
    assert ids(pivot(place, engine, understand("rubyyx8u9r7s"))) == {"a0"}
    result = pivot(place, engine, understand("lena"))
    assert result.total_records == 0
    assert "board:lena, else:lena" in result.asked.tried[0]


@pytest.mark.parametrize(
    "query", ["'; DROP TABLE ties; --", "@x'; --", "place:'", "%", "a\x00b", "phone:'", "x\udc80y"]
)
def test_hostile_questions_are_only_looked_up(place: Workspace, engine: Engine, query: str) -> None:
    try:
        assert pivot(place, engine, understand(query)).total_records == 0
    except InputError as error:
        assert error.todo
    assert engine.row("SELECT count(*) FROM ties")[0] > 0
