"""PDQ, the perceptual hash for pictures: a recompressed or resized picture keeps nearly the same 256 bits.

Method: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (hashing.pdf, Facebook,
2019; github.com/facebook/ThreatExchange). Luminance; two passes of a box filter each way (Jarosz); 64 × 64
samples; discrete cosine transform; the 16 × 16 lowest frequencies above 0; one bit each: above their median
or not. Two pictures are taken for the same at a Hamming distance of 31 or less. Everything before the bits is
linear, so that filter and sampling are one weighted sum here, and only pixels that reach a sample are read.

Departures from the reference: a transparent picture is hashed as seen on white (the reference hashes colours
that nobody sees); large pictures are averaged down before the filter; a picture whose transform is only
rounding errors has quality 0. As in the reference, pixels are hashed as stored: an EXIF orientation is not
applied, :func:`pdq_dihedral` finds turned copies.
"""

from __future__ import annotations

import io
import stat
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from clew.ingest.kernels import kernel, making_kernel
from clew.model.errors import InputError

MAX_BYTES = 50_000_000
MAX_PIXELS = 64 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
DIHEDRAL = ("original", "rotate90", "rotate180", "rotate270", "flip", "flip90", "flip180", "flip270")

# What Pillow's decoders raise on broken files (each format has its own habits); all mean "cannot be read".
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    MemoryError,
    AttributeError,
    ZeroDivisionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,  # an exception where warnings are errors
)

_SIDE = 64  # samples each way before the transform
_FREQUENCIES = 16
_ENOUGH = 512  # pixels of the shorter side that are kept when a large picture is shrunk before the filter
_MIN_SIDE = 5  # smaller pictures get no hash in the reference either
_NOISE = 1.0  # coefficients all below this are rounding errors; those of a picture reach thousands

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class PdqHash:
    """A PDQ hash.

    Attributes:
        hash: 32 bytes, the highest frequency first, as in the reference's spelling.
        quality: 0 to 100, how much the picture changes from pixel to pixel; below 50 the hash says little.
    """

    hash: bytes
    quality: int

    @property
    def hex(self) -> str:
        """The hash as 64 lower-case hex digits: its canonical spelling."""
        return self.hash.hex()


def open_image(source: Path | bytes) -> ImageFile.ImageFile:
    """Open a picture from an untrusted file; pixels are not decoded yet.

    Raises:
        InputError: no regular file, over ``MAX_BYTES`` or ``MAX_PIXELS``, none of ``FORMATS``, or broken.
    """
    name = source.name if isinstance(source, Path) else "image"
    data = _read(source) if isinstance(source, Path) else source
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: more than {MAX_BYTES:,} bytes.")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(f"{name}: more than {MAX_PIXELS:,} pixels.") from error
    except DECODE_ERRORS as error:
        formats = ", ".join(FORMATS)
        raise InputError(f"{name}: not a picture that can be read.", f"Readable: {formats}.") from error
    image.filename = name  # for later messages
    _check_pixels(image)
    return image


def _read(path: Path) -> bytes:
    """The bytes of a regular file, at most one more than ``MAX_BYTES``."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{path.name}: not a regular file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise InputError(f"{path.name[:200]!r}: no such file, or it cannot be read.") from error


def _name(image: Image.Image) -> str:
    return str(getattr(image, "filename", "")) or "image"


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise InputError(f"{_name(image)}: {image.width} × {image.height} is more than {MAX_PIXELS:,} pixels.")


def pdq(image: Path | bytes | Image.Image) -> PdqHash:
    """The PDQ hash of a picture (of the first frame where there are several).

    Raises:
        InputError: see :func:`open_image`; also a truncated file.
    """
    return _hash(_pixels(image))


def pdq_dihedral(image: Path | bytes | Image.Image) -> tuple[PdqHash, ...]:
    """The hashes of the picture turned and mirrored, in the order of ``DIHEDRAL``, for querying.

    "rotate" turns counter-clockwise, "flip" mirrors left and right and then turns. The reference derives them
    from one transform; as its filter is not symmetric, that is 15 to 22 bits off the hash of a picture that
    was really turned. Turning the pixels costs eight sums after one decoding and is exact.

    Raises:
        InputError: as :func:`pdq`.
    """
    pixels = _pixels(image)
    turned = [np.rot90(side, turns) for side in (pixels, pixels[:, ::-1]) for turns in range(4)]
    return tuple(_hash(one) for one in turned)


def _pixels(source: Path | bytes | Image.Image) -> U8:
    """uint8[height, width, 1 or 3]: the decoded picture, shrunk where it is large."""
    image = source if isinstance(source, Image.Image) else open_image(source)
    _check_pixels(image)
    if min(image.size) < _MIN_SIDE:
        raise InputError(f"{_name(image)}: {image.width} × {image.height} pixels are too few for a hash.")
    try:
        if image.format == "JPEG":  # decode at 1/2, 1/4 or 1/8 size, and luminance only
            image.draft("L", (_ENOUGH, _ENOUGH))
        image.load()
        return _array(image)
    except DECODE_ERRORS as error:
        raise InputError(f"{_name(image)}: truncated or broken picture.") from error


def _array(image: Image.Image) -> U8:
    """The pixels of a loaded picture in grey or RGB, on white."""
    if image.mode in ("I", "F"):
        raise ValueError("numbers without a known range, no colours")
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    if (factor := min(image.size) // _ENOUGH) > 1:
        image = image.reduce(factor)
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white.convert("RGB")
    pixels = np.asarray(image)
    return pixels.reshape(*pixels.shape[:2], -1)


def _hash(pixels: U8) -> PdqHash:
    """The hash of uint8[height, width, 1 or 3]."""
    height, width, channels = pixels.shape
    flat = np.ascontiguousarray(pixels).reshape(height, width * channels)
    samples = _sample(flat, channels, *_taps(height), *_taps(width))
    coefficients = (_DCT @ samples @ _DCT.T).ravel()
    middle = coefficients.size // 2 - 1  # the lower median, as in the reference
    bits = coefficients[::-1] > np.partition(coefficients, middle)[middle]  # the last coefficient first
    # A picture that changes in one direction only has no frequency in the other: its bits are noise.
    quality = int(_quality(samples)) if np.abs(coefficients).max() >= _NOISE else 0
    return PdqHash(np.packbits(bits).tobytes(), quality)


def _dct_matrix() -> F32:
    """float32[16, 64]: the frequencies 1 to 16 of the discrete cosine transform (type II)."""
    frequency, place = np.arange(1, _FREQUENCIES + 1)[:, None], np.arange(_SIDE)
    matrix: F32 = np.sqrt(2 / _SIDE) * np.cos(np.pi / 2 / _SIDE * frequency * (2 * place + 1))
    return matrix.astype(np.float32)


_DCT = _dct_matrix()


@making_kernel
def _taps(size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], F32]:
    """For each of the 64 samples along a side: the first pixel that it sums, how many, and their weights.

    A box filter of about 1/128 of the side, cut at the edges, applied twice, read at the middle of each 64th.
    """
    window = (size + 2 * _SIDE - 1) // (2 * _SIDE)
    ahead = (window + 2) // 2
    behind = window - ahead
    first = np.zeros(_SIDE, np.int64)
    count = np.zeros(_SIDE, np.int64)
    weights = np.zeros((_SIDE, 2 * window), np.float32)
    for i in range(_SIDE):
        at = int((i + 0.5) * size / _SIDE)
        low, high = max(0, at - behind), min(size, at + ahead)
        first[i] = max(0, low - behind)
        count[i] = min(size, high - 1 + ahead) - first[i]
        for p in range(low, high):
            p_low, p_high = max(0, p - behind), min(size, p + ahead)
            for q in range(p_low, p_high):
                weights[i, q - first[i]] += 1.0 / ((high - low) * (p_high - p_low))
    return first, count, weights


@numba.njit(nogil=True, cache=True, fastmath=True)
def _sample(
    flat: U8,
    channels: int,
    row_first: npt.NDArray[np.int64],
    row_count: npt.NDArray[np.int64],
    row_weights: F32,
    first: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
    weights: F32,
) -> F32:
    """float32[64, 64]: filtered luminance at the samples. ``flat`` is uint8[height, width * channels]."""
    out = np.zeros((_SIDE, _SIDE), np.float32)
    share = np.array((0.299, 0.587, 0.114) if channels == 3 else (1.0, 0.0, 0.0), np.float32)
    line = np.empty(flat.shape[1], np.float32)
    for i in range(_SIDE):
        line[:] = 0
        for r in range(row_count[i]):
            weight = row_weights[i, r]
            source = flat[row_first[i] + r]
            for x in range(source.size):
                line[x] += weight * np.float32(source[x])
        for j in range(_SIDE):
            total = np.float32(0)
            for k in range(count[j]):
                at = (first[j] + k) * channels
                for channel in range(channels):
                    total += weights[j, k] * share[channel] * line[at + channel]
            out[i, j] = total
    return out


@kernel
def _quality(samples: F32) -> int:
    """0 to 100: the sum of the differences between neighbouring samples, in whole percents of the range."""
    total = 0
    for i in range(_SIDE):
        for j in range(_SIDE):
            if i + 1 < _SIDE:
                total += abs(int((samples[i, j] - samples[i + 1, j]) * 100 / 255))
            if j + 1 < _SIDE:
                total += abs(int((samples[i, j] - samples[i, j + 1]) * 100 / 255))
    return min(total // 90, 100)
