"""Images: speed of hashing and of the index, agreement with the reference, and which edits a hash survives.

Pictures are drawn (seeded shapes, gradients, noise): they show the method's behaviour, not the recall on real
photographs. Times are of the processor (user and system), one thread. `python -m benchmarks.images`
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from clew.ingest.pdq import pdq, pdq_dihedral
from clew.match.image_index import MAX_DISTANCE, ImageIndex, families

try:
    import pdqhash
except ImportError:  # the reference compiles at install; without it there is nothing to compare with
    pdqhash = None

U8 = npt.NDArray[np.uint8]
Row = dict[str, Any]
Edit = Callable[[Image.Image], Image.Image | bytes]


def scene(seed: int, width: int = 512, height: int = 512) -> Image.Image:
    """A drawn picture: a coloured gradient, some shapes, blurred edges, grain."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height) - 0.5
    slope = rng.uniform(-150, 150, (2, 3))
    ground = rng.uniform(40, 215, 3) + x[..., None] * slope[0] + y[..., None] * slope[1]
    image = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(8, 30))):
        middle, half = rng.uniform(0, (width, height)), rng.uniform(15, 170, 2)
        box = [float(v) for v in (*(middle - half), *(middle + half))]
        shape = draw.ellipse if rng.random() < 0.6 else draw.rectangle
        shape(box, fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 3)))))
    grain = rng.normal(0, rng.uniform(0, 8), (height, width, 1))
    return Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8))


def _encoded(form: str, quality: int) -> Edit:
    def edit(image: Image.Image) -> bytes:
        out = io.BytesIO()
        image.save(out, form, quality=quality)
        return out.getvalue()

    return edit


def _crop(share: float) -> Edit:
    """Cut this share of the width and of the height, at the right and the bottom."""
    return lambda image: image.crop((0, 0, int(image.width * (1 - share)), int(image.height * (1 - share))))


def _cover(left: float, top: float, right: float, bottom: float) -> Edit:
    """A plain box over a part of the picture, in shares of its sides."""

    def edit(image: Image.Image) -> Image.Image:
        covered = image.copy()
        w, h = image.size
        ImageDraw.Draw(covered).rectangle((left * w, top * h, right * w, bottom * h), fill="white")
        return covered

    return edit


def _caption(image: Image.Image) -> Image.Image:
    """Large letters across the lower part, as numbers are written on pictures."""
    written = image.copy()
    ImageDraw.Draw(written).text((20, 0.85 * image.height), "call 000 000 000", fill="yellow", font_size=48)
    return written


def _border(image: Image.Image) -> Image.Image:
    framed = Image.new("RGB", (int(image.width * 1.1), int(image.height * 1.1)), "black")
    framed.paste(image, (image.width // 20, image.height // 20))
    return framed


EDITS: dict[str, Edit] = {
    "JPEG, quality 75": _encoded("JPEG", 75),
    "JPEG, quality 20": _encoded("JPEG", 20),
    "WebP, quality 50": _encoded("WEBP", 50),
    "resized to a half": lambda image: image.resize((image.width // 2, image.height // 2)),
    "resized to a thumbnail of 128": lambda image: image.resize((128, 128)),
    "stretched to 4:3": lambda image: image.resize((image.width, image.height * 3 // 4)),
    "grey": lambda image: image.convert("L"),
    "brightness + 30 %": lambda image: ImageEnhance.Brightness(image).enhance(1.3),
    "contrast + 50 %": lambda image: ImageEnhance.Contrast(image).enhance(1.5),
    "blurred, radius 4": lambda image: image.filter(ImageFilter.GaussianBlur(4)),
    "caption": _caption,
    "box over 4 %": _cover(0.75, 0.75, 0.95, 0.95),
    "box over 16 %": _cover(0.3, 0.3, 0.7, 0.7),
    "bar over the lowest 10 %": _cover(0, 0.9, 1, 1),
    "border of 5 %": _border,
    "cropped by 2 %": _crop(0.02),
    "cropped by 5 %": _crop(0.05),
    "cropped by 10 %": _crop(0.10),
    "cropped by 25 %": _crop(0.25),
    "turned by 3 degrees": lambda image: image.rotate(3),
    "turned by 90 degrees": lambda image: image.rotate(90),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def _as_array(hashes: Sequence[bytes]) -> U8:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)


def _distances(a: U8, b: U8) -> npt.NDArray[np.int64]:
    """int64[len(a), len(b)], by brute force."""
    return np.bitwise_count(a.view(np.uint64)[:, None] ^ b.view(np.uint64)[None]).sum(axis=2, dtype=np.int64)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def hashing(images: Sequence[Image.Image]) -> list[Row]:
    """Hashes per second of decoded 512-pixel pictures and of JPEG files; distance to the reference."""
    ours = [pdq(image) for image in images]  # also compiles
    files = [_encoded("JPEG", 85)(image) for image in images]
    decoded, from_file = (len(images) / _seconds(lambda b=batch: list(map(pdq, b))) for batch in (images, files))
    rows: list[Row] = [
        {"measure": "hashes/s, decoded 512 px", "value": decoded},
        {"measure": "hashes/s, JPEG files of 512 px", "value": from_file},
    ]
    if pdqhash is None:
        return rows
    arrays = [np.asarray(image).copy() for image in images]
    few = arrays[:100]
    seconds = _seconds(lambda: [pdqhash.compute(array) for array in few])
    rows.append({"measure": "hashes/s, reference (pdqhash), decoded 512 px", "value": len(few) / seconds})
    theirs = [np.packbits(pdqhash.compute(array)[0].astype(np.uint8)).tobytes() for array in arrays]
    apart = np.diagonal(_distances(_as_array([one.hash for one in ours]), _as_array(theirs)))
    rows.append({"measure": "bits off the reference, mean", "value": float(apart.mean())})
    rows.append({"measure": "bits off the reference, largest", "value": int(apart.max())})
    return rows


def survival(images: Sequence[Image.Image]) -> list[Row]:
    """For each edit: the share of pictures still found within 31 bits, plainly and with turned queries."""
    whole = _as_array([pdq(image).hash for image in images])
    rows: list[Row] = []
    for name, edit in EDITS.items():
        turned = [pdq_dihedral(edit(image)) for image in images]
        apart = [np.diagonal(_distances(_as_array([t[k].hash for t in turned]), whole)) for k in range(8)]
        plain, best = apart[0], np.min(apart, axis=0)
        rows.append(
            {
                "measure": f"recall, {name}",
                "value": float((plain <= MAX_DISTANCE).mean()),
                "with turned queries": float((best <= MAX_DISTANCE).mean()),
                "median bits": float(np.median(plain)),
            }
        )
    between = _distances(whole, whole)[np.triu_indices(len(whole), 1)]
    share = float((between <= MAX_DISTANCE).mean())
    rows.append({"measure": "pairs of different pictures within 31 bits", "value": share})
    return rows


def _near(hashes: U8, most: int, rng: np.random.Generator) -> U8:
    """Each hash with up to `most` bits flipped."""
    order = rng.permuted(np.tile(np.arange(256, dtype=np.int16), (len(hashes), 1)), axis=1)
    change = order < rng.integers(0, most + 1, (len(hashes), 1))
    return np.packbits(np.unpackbits(hashes, axis=1) ^ change.astype(np.uint8), axis=1)


def indexing(n: int) -> list[Row]:
    """Queries per second over n random distinct hashes, against brute force; a part of them has an answer."""
    rng = np.random.default_rng(7)
    hashes = rng.integers(0, 256, (n, 32), dtype=np.uint8)
    ImageIndex.build(hashes[:10]).query(hashes[:10])  # compiles
    built = []
    seconds = _seconds(lambda: built.append(ImageIndex.build(hashes)))
    known = _near(hashes[rng.integers(0, n, 10_000)], 40, rng)
    queries = np.vstack([known, rng.integers(0, 256, known.shape, dtype=np.uint8)])
    found = []
    asked = _seconds(lambda: found.append(built[0].query(queries)))
    few = queries[:100]
    truth: list[tuple[int, int]] = []
    brute = _seconds(lambda: truth.extend(_brute_force(few, hashes)))
    ours = {pair for pair in zip(found[0].query.tolist(), found[0].index.tolist(), strict=True) if pair[0] < 100}
    return [
        {"measure": f"index of {n:,}: seconds to build", "value": seconds},
        {"measure": f"index of {n:,}: queries/s", "value": len(queries) / asked},
        {"measure": f"brute force over {n:,} (NumPy): queries/s", "value": len(few) / brute},
        {"measure": "recall against brute force", "value": len(ours & set(truth)) / max(1, len(truth))},
        {"measure": "precision against brute force", "value": len(ours & set(truth)) / max(1, len(ours))},
    ]


def _brute_force(queries: U8, hashes: U8) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for q in range(len(queries)):
        near = np.flatnonzero(_distances(queries[q : q + 1], hashes)[0] <= MAX_DISTANCE)
        pairs.extend((q, int(i)) for i in near)
    return pairs


def grouping(n: int) -> list[Row]:
    """Families of n hashes of which 70 % are exact copies, the rest near copies of n / 10 pictures."""
    rng = np.random.default_rng(8)
    originals = rng.integers(0, 256, (n // 10, 32), dtype=np.uint8)
    truth = rng.permutation(np.concatenate([np.arange(n // 10), rng.integers(0, n // 10, n - n // 10)]))
    hashes = originals[truth]
    edited = np.flatnonzero(rng.random(n) < 0.3)
    hashes[edited] = _near(hashes[edited], 24, rng)
    families(hashes[:10])  # compiles
    found = []
    seconds = _seconds(lambda: found.append(families(hashes)))
    wall = time.perf_counter()
    families(hashes, threads=2)
    wall = time.perf_counter() - wall
    label = found[0].label
    agree = len(np.unique(np.stack([truth, label], axis=1), axis=0))
    return [
        {"measure": f"families of {n:,}: seconds", "value": seconds, "wall, 2 threads": wall},
        {"measure": f"families of {n:,}: distinct hashes", "value": len(np.unique(hashes.view("V32")))},
        {"measure": "families found for each true one", "value": agree / len(originals)},
        {"measure": "true ones in each family found", "value": agree / len(np.unique(label))},
    ]


def run(scenes: int = 200, indexed: int = 1_000_000) -> list[Row]:
    """All rows: measure, value, and for edits the recall with turned queries and the median distance."""
    images = [scene(seed) for seed in range(scenes)]
    return [*hashing(images), *survival(images), *indexing(indexed), *grouping(indexed)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--indexed", type=int, default=1_000_000)
    options = parser.parse_args()
    for row in run(options.scenes, options.indexed):
        rest = "  ".join(f"{key} {value:.3g}" for key, value in row.items() if key not in ("measure", "value"))
        print(f"{row['measure']:<50} {row['value']:>12,.4g}  {rest}".rstrip())


if __name__ == "__main__":
    main()
