"""Draws pictures: rooms, shapes and gradients, never persons; originals and what people do to them before reposting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from clew.simulate.hashing import mix_one

_SIDE = 320
VARIANTS = 4


def _colour(bits: int) -> tuple[int, int, int]:
    return (40 + bits % 200, 40 + (bits >> 8) % 200, 40 + (bits >> 16) % 200)


def scene(seed: int, image: int) -> Image.Image:
    """The original: a room with window, furniture and pictures on a wall, over uneven light."""
    random = np.random.Generator(np.random.PCG64(mix_one(seed, "scene", image)))
    width, height = (_SIDE, 240) if image % 3 else (240, _SIDE)
    # Patches of light and shade like those of a photograph: large ones strong, small ones weak.
    light = np.zeros((height, width, 3))
    for cells, strength in ((3, 0.55), (7, 0.33), (14, 0.12)):
        patches = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        light += strength * np.asarray(patches.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float64)
    picture = Image.fromarray(np.clip((light - 128) * 1.4 + 128, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(random.integers(4, 9))):
        x, y = int(random.integers(width)), int(random.integers(height))
        w, h = int(random.integers(20, width // 3)), int(random.integers(16, height // 3))
        fill = _colour(int(random.integers(1 << 24)))
        shape = int(random.integers(4))
        if shape == 0:
            draw.ellipse((x, y, x + w, y + h), fill=fill)
        elif shape == 1:
            draw.polygon(((x, y), (x + w, y + h // 3), (x + w // 3, y + h)), fill=fill)
        elif shape == 2:
            draw.line((x, y, x + w, y + h), fill=fill, width=6)
        else:
            draw.rectangle((x, y, x + w, y + h), fill=fill)
    return picture


def variant(original: Image.Image, seed: int, image: int, number: int) -> Image.Image:
    """The original (0), or a crop of at most 4 %, another size, or an overlay."""
    width, height = original.size
    bits = mix_one(seed, "variant", image, number)
    if number == 0:
        return original
    if number == 1:
        cut = 5 + bits % 20  # thousandths of each side
        left, top = width * cut * ((bits >> 8) % 100) // 100_000, height * cut * ((bits >> 16) % 100) // 100_000
        return original.crop((left, top, left + width - width * cut // 1000, top + height - height * cut // 1000))
    if number == 2:
        scale = 60 + bits % 80
        return original.resize((width * scale // 100, height * scale // 100), Image.Resampling.BICUBIC)
    marked = original.copy()
    draw = ImageDraw.Draw(marked)
    draw.rectangle((width * 3 // 4, height - 14, width - 4, height - 4), fill=(255, 255, 255))
    draw.text((width * 3 // 4 + 2, height - 14), f"site {bits % 1000}", fill=(30, 30, 30))
    return marked


def chosen(pictures: int, files: int) -> dict[int, list[str]]:
    """Which picture ids are drawn, evenly over all, and the names of their files; at most ``files`` together."""
    originals = min(-(-files // VARIANTS), pictures)
    found: dict[int, list[str]] = {}
    for place in range(originals):
        image = place * pictures // originals
        count = min(VARIANTS, files - place * VARIANTS)
        found[image] = [f"images/{image}-{number}.jpg" for number in range(count)]
    return found


def draw_all(folder: Path, seed: int, drawn: dict[int, list[str]]) -> None:
    """Write the files; the fourth variant and the first differ in how hard they are compressed too."""
    (folder / "images").mkdir()
    for image, names in drawn.items():
        original = scene(seed, image)
        for number, name in enumerate(names):
            quality = (90, 75, 85, 45)[number]
            variant(original, seed, image, number).save(folder / name, "JPEG", quality=quality)
