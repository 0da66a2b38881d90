from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from tests.tried import tried

from clew.ingest import pdq as module
from clew.ingest.pdq import DIHEDRAL, PdqHash, open_image, pdq, pdq_dihedral
from clew.model.errors import InputError

# Pillow also warns of what is refused here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def scene(seed: int, width: int = 512, height: int = 512) -> Image.Image:
    """A drawn picture: coloured shapes, soft edges, some grain."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), tuple(rng.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        left, top = rng.integers(-50, width), rng.integers(-50, height)
        box = [int(v) for v in (left, top, left + rng.integers(20, 250), top + rng.integers(20, 250))]
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape(box, fill=tuple(rng.integers(0, 256, 3).tolist()))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(1))) + rng.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def apart(a: PdqHash, b: PdqHash) -> int:
    return (int.from_bytes(a.hash) ^ int.from_bytes(b.hash)).bit_count()


@pytest.mark.parametrize("size", [(512, 512), (640, 427), (301, 777), (64, 64), (40, 90), (1023, 700)])
def test_agrees_with_the_reference(size: tuple[int, int]) -> None:
    reference = pytest.importorskip("pdqhash", reason="the reference compiles at install: bench extra only")
    for seed in range(5):
        image = scene(seed, *size)
        bits, quality = reference.compute(np.asarray(image).copy())
        ours = pdq(image)
        assert ours.quality == quality
        assert apart(ours, PdqHash(np.packbits(bits.astype(np.uint8)).tobytes(), quality)) <= 2


def test_large_pictures_stay_close_to_the_reference() -> None:
    reference = pytest.importorskip("pdqhash", reason="the reference compiles at install: bench extra only")
    image = scene(1, 2100, 1500)
    bits, quality = reference.compute(np.asarray(image).copy())
    whole = PdqHash(np.packbits(bits.astype(np.uint8)).tobytes(), quality)
    assert apart(pdq(image), whole) <= 6
    assert apart(pdq(encoded(image, "JPEG", quality=95)), whole) <= 10


def test_spelling_does_not_change() -> None:
    # The value was checked against the reference implementation; a change shows without it.
    y, x = np.mgrid[0:128, 0:128]
    waves = 128 + 60 * np.sin(x / 9 + y / 31) + 50 * np.cos(y / 5 - x / 17)
    hashed = pdq(Image.fromarray(waves.astype(np.uint8)))
    assert hashed.hex == "02a97ffc8aa9fffcaaa9fffcaaa9fffc55560003000602a30aa7aab3aaa5000f"
    assert hashed.hash == bytes.fromhex(hashed.hex)


@pytest.mark.parametrize(("form", "options"), [("JPEG", {"quality": 60}), ("WEBP", {"quality": 60}), ("TIFF", {})])
def test_recompression_keeps_the_hash(form: str, options: dict[str, object]) -> None:
    image = scene(2)
    assert apart(pdq(encoded(image, form, **options)), pdq(image)) <= 12


def test_resizing_keeps_the_hash_and_other_pictures_differ() -> None:
    image = scene(3, 900, 900)
    assert apart(pdq(image.resize((350, 350))), pdq(image)) <= 20
    assert apart(pdq(image), pdq(scene(4, 900, 900))) > 80


def test_turned_and_mirrored() -> None:
    image = scene(5, 300, 400)
    turned = [image.rotate(90 * k, expand=True) for k in range(4)]
    mirror = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned += [mirror.rotate(90 * k, expand=True) for k in range(4)]
    found = pdq_dihedral(image)
    assert len(found) == len(DIHEDRAL)
    assert [apart(a, pdq(b)) for a, b in zip(found, turned, strict=True)] == [0] * 8
    assert len({one.hash for one in found}) == 8


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "RGBA", "LA", "PA"])
def test_modes_of_pillow(mode: str) -> None:
    image = scene(6).filter(ImageFilter.GaussianBlur(6))
    assert apart(pdq(image.convert(mode)), pdq(image)) <= 31


def test_sixteen_bit_grey() -> None:
    image = scene(7).convert("L")
    deep = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    assert apart(pdq(encoded(deep, "PNG")), pdq(image)) <= 2


def test_transparent_is_seen_on_white() -> None:
    image = scene(8)
    hole = Image.new("L", image.size, 255)
    ImageDraw.Draw(hole).rectangle((100, 100, 400, 300), fill=0)
    image.putalpha(hole)
    on_white = Image.new("RGB", image.size, "white")
    on_white.paste(image, mask=hole)
    assert apart(pdq(encoded(image, "PNG")), pdq(on_white)) <= 2


def test_first_frame_of_an_animation() -> None:
    first, second = scene(9).quantize(), scene(10).quantize()
    animated = encoded(first, "GIF", save_all=True, append_images=[second])
    assert apart(pdq(animated), pdq(first)) <= 4


@pytest.mark.parametrize("stripe", [1e9, 20.0, 7.0])
def test_blank_and_striped_pictures_have_no_quality(stripe: float) -> None:
    line = (128 + 127 * np.sign(np.sin(np.arange(512) / stripe * np.pi + 0.1))).astype(np.uint8)
    assert pdq(Image.fromarray(np.tile(line, (512, 1)))).quality == 0


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000, 2**31 - 1])
def test_bombs_are_refused(side: int) -> None:
    with pytest.raises(InputError, match="pixels"):
        pdq(png_header(side, side))


def test_huge_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    big = tmp_path / "big.png"
    big.write_bytes(encoded(scene(11), "PNG"))
    with pytest.raises(InputError, match=r"big\.png: more than 1,000 bytes"):
        pdq(big)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_truncated_files_are_refused(form: str) -> None:
    whole = encoded(scene(12).quantize() if form == "GIF" else scene(12), form)
    for part in (0, 1, 10, 40, len(whole) // 2):
        with pytest.raises(InputError, match=r"truncated|cannot|not a picture|pixels"):
            pdq(whole[:part])


@pytest.mark.parametrize("form", ["PPM", "ICO", "TGA", "PDF"])
def test_other_formats_are_refused(form: str) -> None:
    with pytest.raises(InputError, match="not a picture"):
        pdq(encoded(scene(13, 64, 64), form))


def test_modes_without_colour_and_tiny_pictures_are_refused() -> None:
    with pytest.raises(InputError, match="broken"):
        pdq(Image.new("F", (100, 100)))
    with pytest.raises(InputError, match="too few"):
        pdq(Image.new("RGB", (4, 300)))


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing.jpg", Path("a\0b"), Path("x" * 5000)):
        with pytest.raises(InputError, match=r"regular|no such file"):
            open_image(path)


FORMS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]
SEEDS = {form: encoded(scene(14, 48, 40).quantize() if form == "GIF" else scene(14, 48, 40), form) for form in FORMS}


@settings(max_examples=tried(50), deadline=None)
@given(
    st.sampled_from(FORMS),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=12),
    st.data(),
)
def test_damaged_files_give_a_hash_or_an_input_error(
    form: str, damage: list[tuple[int, int]], data: st.DataObject
) -> None:
    file = bytearray(SEEDS[form])
    for at, value in damage:
        file[at % min(len(file), data.draw(st.sampled_from([40, 400, len(file)])))] = value
    try:
        assert len(pdq(bytes(file)).hash) == 32
    except InputError as error:
        assert str(error)
