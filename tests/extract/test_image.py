from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational
from tests.tried import tried

from clew.extract import image as module
from clew.extract.image import ImageFacts, as_pdq, hash_references, pdq_values, read_image
from clew.ingest.pdq import pdq
from clew.model.errors import InputError

# Pillow also warns of what is left out here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")

HEX = "0123456789abcdef" * 4


def picture(seed: int, width: int = 160, height: int = 120) -> Image.Image:
    grain = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(grain).resize((width, height), Image.Resampling.BICUBIC)


def saved(path: Path, main: dict[int, Any], camera: dict[int, Any], gps: dict[int, Any]) -> Path:
    exif = Image.Exif()
    exif.update(main)
    exif.get_ifd(IFD.Exif).update(camera)
    exif.get_ifd(IFD.GPSInfo).update(gps)
    picture(1).save(path, exif=exif.tobytes())
    return path


def place_tags(north: Any = (59.0, 58.0, 30.0), ns: Any = "N", east: Any = (10.0, 45.0, 0.0), ew: Any = "E") -> Any:
    tags = {GPS.GPSLatitude: north, GPS.GPSLatitudeRef: ns, GPS.GPSLongitude: east, GPS.GPSLongitudeRef: ew}
    return {tag: value for tag, value in tags.items() if value is not None}


@pytest.mark.parametrize("form", ["jpg", "png", "webp", "tiff"])
def test_reads_hash_place_time_and_device(tmp_path: Path, form: str) -> None:
    path = saved(
        tmp_path / f"a.{form}",
        {Base.Make: "Acme", Base.Model: "Lens 3000", Base.Software: "Editor 1.0"},
        {
            Base.DateTimeOriginal: "2025:03:04 23:30:05",
            Base.OffsetTimeOriginal: "-05:30",
            Base.BodySerialNumber: "SN0001",
        },
        place_tags(ns="S"),
    )
    hashed = pdq(path)
    assert read_image(path) == ImageFacts(
        pdq=hashed.hex,
        quality=hashed.quality,
        width=160,
        height=120,
        place=(-59.975, 10.75),
        taken_at=datetime(2025, 3, 5, 5, 0, 5, tzinfo=UTC),
        taken_offset=-330,
        make="Acme",
        model="Lens 3000",
        serial="SN0001",
        software="Editor 1.0",
    )


def test_a_picture_without_exif(tmp_path: Path) -> None:
    picture(2, 2400, 1200).save(tmp_path / "a.jpg")
    facts = read_image(tmp_path / "a.jpg")
    assert (facts.width, facts.height) == (2400, 1200)
    nothing = (facts.place, facts.taken_at, facts.taken_offset, facts.make, facts.serial)
    assert nothing == (None,) * 5


@pytest.mark.parametrize(
    ("tags", "place"),
    [
        (place_tags(), (59.975, 10.75)),
        (place_tags(ew="W"), (59.975, -10.75)),
        (place_tags(north=(90.0, 0.0, 0.0)), (90.0, 10.75)),
        (place_tags(north=(90.0, 0.0, 1.0)), None),
        (place_tags(east=(180.0, 0.0, 1.0)), None),
        (place_tags(north=(59.0, 60.0, 0.0)), None),
        (place_tags(north=(0.0, 0.0, 0.0), east=(0.0, 0.0, 0.0)), None),
        (place_tags(ns=None), None),
        (place_tags(ns="E"), None),
        (place_tags(ew="EW"), None),
        (place_tags(ew=""), None),
        (place_tags(east=None), None),
        (place_tags(north=(IFDRational(59, 0), 0.0, 0.0)), None),
        (place_tags(north=(59.0, IFDRational(0, 0), 0.0)), None),
        (place_tags(north=(59.0, 58.0)), None),
        ({}, None),
    ],
)
def test_places(tmp_path: Path, tags: dict[int, Any], place: tuple[float, float] | None) -> None:
    assert read_image(saved(tmp_path / "a.jpg", {}, {}, tags)).place == place


@pytest.mark.parametrize(
    ("time", "offset", "taken", "minutes"),
    [
        ("2025:03:04 01:02:03", None, datetime(2025, 3, 4, 1, 2, 3, tzinfo=UTC), None),
        ("2025:03:04 01:02:03", "+02:00", datetime(2025, 3, 3, 23, 2, 3, tzinfo=UTC), 120),
        ("2025:03:04 01:02:03", "Z", datetime(2025, 3, 4, 1, 2, 3, tzinfo=UTC), None),
        ("2025:03:04 01:02:03", "+15:00", datetime(2025, 3, 4, 1, 2, 3, tzinfo=UTC), None),
        ("2025:03:04 01:02:03", "+01:75", datetime(2025, 3, 4, 1, 2, 3, tzinfo=UTC), None),
        ("2025:02:31 01:02:03", None, None, None),
        ("2025:03:04 24:00:00", None, None, None),
        ("1970:01:01 00:00:00", None, None, None),
        ("0000:00:00 00:00:00", "+02:00", None, None),
        ("    :  :     :  :  ", None, None, None),
        ("2025-03-04T01:02:03", None, None, None),
        ("٢٠٢٥:03:04 01:02:03", None, None, None),
    ],
)
def test_times(tmp_path: Path, time: str, offset: str | None, taken: datetime | None, minutes: int | None) -> None:
    camera = {Base.DateTimeOriginal: time} | ({Base.OffsetTimeOriginal: offset} if offset else {})
    facts = read_image(saved(tmp_path / "a.jpg", {Base.DateTime: "2020:01:01 00:00:00"}, camera, {}))
    assert (facts.taken_at, facts.taken_offset) == (taken, minutes)


def test_texts_are_short_and_printable(tmp_path: Path) -> None:
    main = {Base.Make: "A" * 30_000, Base.Model: "x\x1b[31m  y\x07\n", Base.Software: "  \x01 "}
    facts = read_image(saved(tmp_path / "a.jpg", main, {}, {}))
    assert (facts.make, facts.model, facts.software) == ("A" * 100, "x[31m y", None)


ODD = st.one_of(
    st.none(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=30),
    st.binary(max_size=30),
    st.tuples(st.integers(), st.floats(), st.text(max_size=3)),
    st.tuples(st.floats(), st.floats(), st.floats()),
    st.tuples(*[st.builds(IFDRational, st.integers(-9, 200), st.integers(-2, 3))] * 3),
    st.lists(st.integers(), max_size=4),
)
WANTED = [
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTimeOriginal,
    Base.OffsetTimeOriginal,
    Base.BodySerialNumber,
]
PLACE = [GPS.GPSLatitude, GPS.GPSLatitudeRef, GPS.GPSLongitude, GPS.GPSLongitudeRef]


@settings(max_examples=tried(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from([int(tag) for tag in WANTED]), ODD),
    st.dictionaries(st.sampled_from([int(tag) for tag in PLACE]), st.one_of(ODD, st.sampled_from("NSEW"))),
)
def test_wrong_types_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tags: dict[int, Any], gps: dict[int, Any]
) -> None:
    picture(3).save(tmp_path / "a.png")
    monkeypatch.setattr(module, "_exif", lambda image: (tags, tags, gps))
    facts = read_image(tmp_path / "a.png")
    if facts.place:
        assert abs(facts.place[0]) <= 90
        assert abs(facts.place[1]) <= 180
    for text in (facts.make, facts.model, facts.serial, facts.software):
        assert text is None or (0 < len(text) <= 100 and text.isprintable())


@settings(max_examples=tried(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 160), st.sampled_from(["jpg", "png", "webp"]))
def test_damaged_exif_does_not_cost_the_hash(tmp_path: Path, damage: bytes, at: int, form: str) -> None:
    exif = Image.Exif()
    exif.update({Base.Make: "Acme", Base.Orientation: 1})
    exif.get_ifd(IFD.GPSInfo).update(place_tags())
    block = bytearray(exif.tobytes())
    block[at : at + len(damage)] = damage
    path = tmp_path / f"a.{form}"
    picture(4).save(path, exif=bytes(block))
    assert read_image(path).pdq == pdq(path).hex


def test_hashes_are_told_from_paths() -> None:
    texts = [HEX, HEX.upper(), f" {HEX}\n", HEX[1:], HEX + "0", "g" + HEX[1:], "photos/a.jpg", "", None]
    expected = [HEX, HEX, HEX] + [None] * 6
    assert pdq_values(pa.array(texts)).to_pylist() == expected
    assert [as_pdq(text) for text in texts if text is not None] == expected[:-1]
    assert pdq_values(pa.chunked_array([texts[:2], texts[2:]])).to_pylist() == expected
    assert pdq_values(pa.array([], pa.string())).to_pylist() == []


@given(st.lists(st.from_regex(r"\s{0,2}[0-9a-fA-F]{63,65}[\s\x00]{0,2}", fullmatch=True)))
def test_one_and_many_agree(texts: list[str]) -> None:
    assert pdq_values(pa.array(texts, pa.string())).to_pylist() == [as_pdq(text) for text in texts]


def test_references(tmp_path: Path) -> None:
    base = tmp_path / "source"
    (base / "photos").mkdir(parents=True)
    picture(5).save(base / "photos" / "a.jpg")
    picture(6).save(tmp_path / "secret.png")
    (base / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    os.mkfifo(base / "pipe")
    (base / "link.png").symlink_to(tmp_path / "secret.png")
    (base / "loop").symlink_to(base / "loop")
    inside = str(base / "photos" / "a.jpg")
    refs = [
        "photos/a.jpg",
        "./photos/../photos/a.jpg",
        inside,
        "photos/a.jpg",
        "missing.jpg",
        "bad.jpg",
        "pipe",
    ]
    refs += ["../secret.png", str(tmp_path / "secret.png"), "link.png", "loop", "a\0b", "y" * 9000, ""]
    refs += ["https://example.org/a.jpg", "//example.org/a.jpg", "data:image/png;base64,AAAA"]
    found = hash_references(refs, base)
    assert list(found) == list(dict.fromkeys(refs))
    assert found["photos/a.jpg"] == found[refs[1]] == found[inside] == read_image(base / "photos" / "a.jpg")
    reasons = {ref: facts for ref, facts in found.items() if isinstance(facts, str)}
    assert set(reasons) == set(refs) - {"photos/a.jpg", refs[1], inside}
    assert all(reasons.values())
    for ref in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        assert reasons[ref].startswith("Outside")
    assert "web address" in reasons["https://example.org/a.jpg"]
    assert "no such file" in reasons["missing.jpg"]
    assert "not a regular file" in reasons["pipe"]


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(7).save(tmp_path / "a.png")
    read = []
    monkeypatch.setattr(module, "read_image", lambda path: read.append(path) or read_image(path))
    assert len(hash_references(["a.png", "./a.png", "a.png"], tmp_path)) == 2
    assert read == [tmp_path.resolve() / "a.png"]


def test_unreadable_pictures_raise(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_image(tmp_path / "none.png")
    picture(8).save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"a\.jpg: truncated"):
        read_image(tmp_path / "a.jpg")
