"""The extract stage: the same files for any number of threads, pictures included, and nothing left of a broken run."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from clew.extract import stage
from clew.extract.base import Example, TextBatch
from clew.extract.image_mentions import image_mentions
from clew.extract.language import PLUGIN as LANGUAGE
from clew.extract.place import PLUGIN as PLACE
from clew.extract.registry import extractors
from clew.extract.stage import _TOGETHER, COLUMNS, Extracted, extract_segment, version_key
from clew.model.tables import MENTIONS, RECORDS, SIGNATURES

HASH = "0123456789abcdef" * 4
BATCH = 40  # records, with `batches`


def records(n: int, folder: Path, images: list[str] | None = None) -> Path:
    texts = [
        "Ik ben er tot het weekend in Utrecht",
        "my name is Jessica, please call me before you come",
        "",
        "Сейчас в Киев, звоните вечером",
    ]
    row = dict.fromkeys(RECORDS.names) | {
        "version": 1, "kind": "ad", "source": "test", "platform": "board.nl", "file": str(folder / "ads.jsonl"),
        "place": "Utrecht", "images": images,
    }  # fmt: skip
    rows = [
        row | {"rid": i, "record_id": f"{i:032x}", "item_id": str(i), "line": i + 1, "body": texts[i % len(texts)]}
        for i in range(n)
    ]
    path = folder / "records.parquet"
    pq.write_table(pa.Table.from_pylist(rows, RECORDS), path)
    return path


def signature(batch: TextBatch) -> pa.Table:
    n = len(batch.rid)
    columns = {f.name: _zeros(f.type, n) for f in SIGNATURES} | {"rid": pa.array(batch.rid)}
    return pa.table(columns, schema=SIGNATURES)


def _zeros(kind: pa.DataType, n: int) -> pa.Array:
    fixed = pa.types.is_fixed_size_binary(kind)
    return pa.array([b"\0" * kind.byte_width] * n if fixed else [0] * n, kind)


def run(source: Path, folder: Path, threads: int, plugins=(LANGUAGE, PLACE), sign=signature) -> Extracted:
    folder.mkdir(exist_ok=True)
    return extract_segment(source, folder / "m", folder / "s", plugins, sign, threads, lambda _: None)


@pytest.fixture
def batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few records."""
    (rows,) = pq.read_table(records(BATCH, tmp_path), columns=COLUMNS).to_batches()
    monkeypatch.setattr(stage, "READ", BATCH)
    monkeypatch.setattr(stage, "_BATCH_BYTES", rows.nbytes + 1)


@pytest.mark.usefixtures("batches")
def test_threads_and_batches_do_not_change_a_byte(tmp_path: Path) -> None:
    source = records(2 * BATCH + 5, tmp_path, [HASH])
    for threads in (1, 3):
        run(source, tmp_path / str(threads), threads)
    for name in ("m", "s"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()
    signed = pq.read_table(tmp_path / "1" / "s")
    assert signed["rid"].to_pylist() == list(range(2 * BATCH + 5))


def test_long_texts_are_read_fewer_at_a_time_and_short_ones_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = records(1000, tmp_path, [HASH])

    def sizes(name: str) -> list[int]:
        seen: list[int] = []

        def counted(batch: TextBatch) -> pa.Table:
            seen.append(len(batch.rid))
            return signature(batch)

        run(source, tmp_path / name, 1, sign=counted)
        return seen[1:]  # the first record is tried alone

    assert sizes("whole") == [1000]
    monkeypatch.setattr(stage, "READ", 300)
    assert sizes("joined") == [1000]
    monkeypatch.setattr(stage, "_BATCH_BYTES", 20_000)
    cut = sizes("cut")
    assert max(cut) < 300 and sum(cut) == 1000
    whole, *others = (
        sorted(map(repr, pq.read_table(tmp_path / folder / "m").to_pylist())) for folder in ("whole", "joined", "cut")
    )
    assert others == [whole, whole]


def test_every_record_gets_its_mentions(tmp_path: Path) -> None:
    done = run(records(4, tmp_path, [HASH, HASH.upper()]), tmp_path / "out", 2)
    table = pq.read_table(tmp_path / "out" / "m")
    assert table.schema == MENTIONS
    assert (done.records, done.mentions) == (4, len(table))
    found = sorted((m["rid"], m["type"], m["value"], m["field"]) for m in table.to_pylist())
    assert [f for f in found if f[1] != "image"] == [
        (0, "language", "nl", "body"),
        (0, "place", "Utrecht, NL", "body"),
        (0, "place", "Utrecht, NL", "place"),
        (1, "language", "en", "body"),
        (1, "place", "Utrecht, NL", "place"),
        (2, "place", "Utrecht, NL", "place"),
        (3, "language", "ru", "body"),
        (3, "place", "Kyiv, UA", "body"),
        (3, "place", "Utrecht, NL", "place"),
    ]
    assert [f for f in found if f[1] == "image"] == [(i, "image", HASH, "images") for i in range(4) for _ in range(2)]


@pytest.mark.usefixtures("batches")
def test_each_row_group_says_which_types_are_in_it(tmp_path: Path) -> None:
    run(records(_TOGETHER * BATCH + 1, tmp_path), tmp_path / "out", 2)  # written in two portions
    with pq.ParquetFile(tmp_path / "out" / "m") as file:
        column = file.schema_arrow.names.index("type")
        told = [file.metadata.row_group(n).column(column).statistics for n in range(file.num_row_groups)]
    assert [(t.min, t.max) for t in told] == [("language", "language"), ("place", "place")] * 2


@pytest.mark.usefixtures("batches")
def test_progress_adds_up_and_no_records_are_no_error(tmp_path: Path) -> None:
    told: list[int] = []
    source = records(BATCH + 1, tmp_path)
    extract_segment(source, tmp_path / "m", tmp_path / "s", (), signature, 2, told.append)
    assert told == [BATCH, 1]
    empty = records(0, tmp_path)
    assert run(empty, tmp_path / "none", 1).records == 0
    assert len(pq.read_table(tmp_path / "none" / "m")) == 0


@pytest.mark.usefixtures("batches")
def test_a_broken_run_leaves_nothing(tmp_path: Path) -> None:
    source, out = records(3 * BATCH, tmp_path), tmp_path / "out"

    def break_down(batch: TextBatch) -> pa.Table:
        if batch.rid[0] == BATCH:
            raise KeyboardInterrupt
        return signature(batch)

    with pytest.raises(KeyboardInterrupt):
        run(source, out, 2, sign=break_down)
    assert list(out.iterdir()) == []
    run(source, out, 2)
    assert sorted(p.name for p in out.iterdir()) == ["m", "s"]


def test_version_key_follows_names_and_versions() -> None:
    class Newer:
        name, version, types = LANGUAGE.name, LANGUAGE.version + "x", LANGUAGE.types
        examples: tuple[Example, ...] = ()

        def find(self, batch: TextBatch) -> pa.Table:
            return MENTIONS.empty_table()

    key = version_key([LANGUAGE, PLACE])
    assert key == version_key([PLACE, LANGUAGE])
    assert len({key, version_key([PLACE]), version_key([Newer(), PLACE]), version_key([])}) == 4
    assert version_key(extractors()) == version_key(extractors())


def pictures(folder: Path) -> None:
    grain = np.random.default_rng(1).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif.update({Base.Make: "Acme", Base.Model: "A1"})
    exif.get_ifd(IFD.Exif).update({Base.BodySerialNumber: "77"})
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (4.0, 15.0, 0.0)})
    (folder / "in").mkdir()
    Image.fromarray(grain).resize((160, 120)).save(folder / "in" / "a.jpg", exif=exif.tobytes())
    (folder / "in" / "broken.jpg").write_bytes(b"no picture")
    (folder.parent / "secret.jpg").write_bytes((folder / "in" / "a.jpg").read_bytes())


def test_pictures_beside_the_source_are_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    pictures(folder)
    refs = ["in/a.jpg", "in/broken.jpg", "in/none.jpg", "../secret.jpg", "https://example.org/a.jpg", HASH]
    done = run(records(2, folder, refs), tmp_path / "out", 1, ())
    rows = pq.read_table(tmp_path / "out" / "m").to_pylist()
    first = [(m["type"], m["raw"]) for m in rows if m["rid"] == 0]
    assert sorted(first) == [("device", "in/a.jpg"), ("exif_place", "in/a.jpg"), ("image", HASH), ("image", "in/a.jpg")]
    values = {m["type"]: m["value"] for m in rows if m["raw"] == "in/a.jpg"}
    assert (values["exif_place"], values["device"]) == ("52.50000,4.25000", "Acme A1 #77")
    assert len(values["image"]) == 64
    joined = "\n".join(refs)
    assert all(joined[m["start"] : m["end"]] == m["raw"] for m in rows)
    assert done.images.read == 2
    assert sum(done.images.unread.values()) == 8
    assert done.images.unread["no such file"] == 2
    assert done.images.unread["outside the folder of the source"] == 2


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    pictures(folder)
    (folder / "way").symlink_to(tmp_path)
    done = run(records(1, folder, ["way/secret.jpg"]), tmp_path / "out", 1, ())
    assert done.images.read == 0
    assert done.mentions == 0


def test_odd_lists_of_pictures() -> None:
    lists = pa.array([None, [], [None, "", " "], ["x" * 5000, "\0", "a/\ud7ff"], [HASH]], pa.list_(pa.string()))
    columns = {"rid": pa.array(range(5), pa.uint64()), "images": lists, "file": pa.array(["f"] * 5)}
    table, report = image_mentions(pa.RecordBatch.from_pydict(columns))
    assert [(m["rid"], m["start"], m["end"]) for m in table.to_pylist()] == [(4, 0, 64)]
    assert report.read == 0
