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
    across = np.linspace(0, 1, width)[None, :, None]
    down = np.linspace(0, 1, height)[:, None, None]
    first, second, third = (np.array(_colour(int(random.integers(1 << 24)))) for _ in range(3))
    light = first + (second - first) * across + (third - first) * down * 0.7
    picture = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    floor = int(height * random.uniform(0.55, 0.8))
    draw.rectangle((0, floor, width, height), fill=_colour(int(random.integers(1 << 24))))
    for _ in range(int(random.integers(9, 16))):
        x, y = int(random.integers(width)), int(random.integers(height))
        w, h = int(random.integers(20, width // 2)), int(random.integers(16, height // 2))
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
        left, top = width * (bits % 200) // 10_000, height * (bits >> 8) % 200 // 10_000
        return original.crop((left, top, width - width * 2 // 100 + left, height - height * 2 // 100 + top))
    if number == 2:
        scale = 60 + bits % 80
        return original.resize((width * scale // 100, height * scale // 100), Image.Resampling.BICUBIC)
    marked = original.copy()
    draw = ImageDraw.Draw(marked)
    draw.rectangle((width // 2, height - 16, width - 4, height - 4), fill=(255, 255, 255))
    draw.text((width // 2 + 3, height - 15), f"site {bits % 1000}", fill=(30, 30, 30))
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
