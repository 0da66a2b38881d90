"""Questions in any spelling, and what is tied to them."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from clew.engine.duckdb import Engine
from clew.ingest.stage import IngestOptions
from clew.model.errors import InputError
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.asked import understand
from clew.query.pivot import pivot
from clew.query.show import NetworkView, RecordView, show
from clew.store.views import open_views
from clew.store.workspace import Workspace


@pytest.fixture
def engine(finished: Workspace) -> Iterator[Engine]:
    with open_views(finished) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("+31 6 1234 5678", ("phone", "+31612345678")),
        ("0031-6-12345678", ("phone", "+31612345678")),
        ("user@example.org", ("email", "user@example.org")),
        ("https://t.me/somebody_here", ("handle", "telegram:somebody_here")),
        ("handle:telegram:somebody_here", ("handle", "telegram:somebody_here")),
        ("NL91 ABNA 0417 1643 00", ("account", "iban:NL91ABNA0417164300")),
    ],
)
def test_identifiers_are_read_in_any_spelling(query: str, found: tuple[str, str]) -> None:
    assert found in understand(query).identifiers


def test_a_national_number_needs_its_country() -> None:
    assert ("phone", "+31612345678") in understand("06 12345678", "NL").identifiers


def test_what_cannot_be_looked_up_says_so(finished: Workspace, engine: Engine) -> None:
    for query in ("", "hello", "  ", "--"):
        with pytest.raises(InputError, match="no identifier"):
            pivot(finished, engine, understand(query))


def test_a_phone_leads_to_its_records_and_only_to_them(finished: Workspace, engine: Engine, world: Path) -> None:
    phones = pq.read_table(world / "truth" / "phones.parquet").to_pylist()
    # an item may be there in several versions; count items
    (value, _), *_ = collections.Counter(p["value"] for p in phones).most_common(40)[20:]
    want = {(p["platform"], p["native_id"]) for p in phones if p["value"] == value}
    result = pivot(finished, engine, understand(value), limit=1_000)
    found = {(r.platform, r.native_id) for r in result.records}
    assert found == want
    assert result.ties[0].value == value
    assert sum(n.tied for n in result.networks) == result.total_records


def test_the_text_of_an_advert_leads_to_its_copies(finished: Workspace, engine: Engine) -> None:
    (template,) = engine.row(
        "SELECT template_id, count(*) FROM template_members GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )[:1]
    rows = engine.sql(
        f"SELECT body FROM template_members JOIN records USING (rid) WHERE template_id = '{template}' ORDER BY rid"
    ).to_pylist()
    result = pivot(finished, engine, understand(rows[0]["body"]), limit=1_000)
    assert result.total_records >= 0.5 * len(rows)


def test_a_picture_leads_to_adverts_that_show_it(
    finished: Workspace, engine: Engine, world: Path, tmp_path: Path
) -> None:
    shown = engine.sql(
        "SELECT rid, record_id, images FROM records WHERE images[1] LIKE '%.%' ORDER BY record_id LIMIT 1"
    ).to_pylist()[0]
    copy = tmp_path / "copy.jpg"
    with Image.open(world / shown["images"][0]) as picture:
        picture.convert("RGB").save(copy, quality=60)
    result = pivot(finished, engine, understand(str(copy)), limit=1_000)
    assert shown["record_id"] in {r.record_id for r in result.records}


def test_nothing_is_tied_to_an_unknown_number(finished: Workspace, engine: Engine) -> None:
    result = pivot(finished, engine, understand("+31 6 99 88 77 66"))
    assert (result.total_records, result.records, result.networks) == (0, [], [])


def test_a_missing_picture_is_one_clear_error() -> None:
    with pytest.raises(InputError, match="none"):
        understand("none.jpg")


def test_a_hostile_name_is_only_a_name(engine: Engine) -> None:
    for name in ("'; DROP TABLE records; --", "N'", "%", "_"):
        with pytest.raises(InputError, match="no network"):
            show(engine, name)


def test_a_record_is_found_by_the_beginning_of_its_id(engine: Engine) -> None:
    (record_id,) = engine.row("SELECT record_id FROM records ORDER BY record_id LIMIT 1")
    view = show(engine, record_id[:14])
    assert isinstance(view, RecordView)
    assert view.record["record_id"] == record_id
    network = show(engine, view.record["network_id"])
    assert isinstance(network, NetworkView)


def test_whom_a_mail_went_to_is_found_by_address(tmp_path: Path) -> None:
    mail = "From: Ann <ann@mail-test.com>\nTo: Ben <Ben@mail-test.com>, x@desk-test.com\nCc: cas@mail-test.com\n"
    other = "From: dee@mail-test.com\nTo: x@desk-test.com\nSubject: other\n\nsomething else, for ann@mail-test.com\n"
    (tmp_path / "a.eml").write_text(mail + "Subject: one\n\nwords for you\n")
    (tmp_path / "b.eml").write_text(other)
    workspace = Workspace.create(tmp_path / "w")
    ingest(workspace, [tmp_path / "a.eml", tmp_path / "b.eml"], IngestOptions(None, "test"))
    run(workspace)
    with open_views(workspace) as opened:
        found = {
            name: [(r.title, r.via) for r in pivot(workspace, opened, understand(f"{name}-test.com")).records]
            for name in ("ann@mail", "ben@mail", "cas@mail", "x@desk", "eve@mail")
        }
    assert sorted(title or "" for title, _ in found["ann@mail"]) == ["one", "other"]
    assert found["ben@mail"] == [("one", "email:ben@mail-test.com")]
    assert found["cas@mail"] == [("one", "email:cas@mail-test.com")]
    assert sorted(title or "" for title, _ in found["x@desk"]) == ["one", "other"]
    assert found["eve@mail"] == []
