"""What a picture says beside its pixels: its PDQ hash, and the place, time and device in its EXIF data.

EXIF (JEITA CP-3451, "Exchangeable image file format for digital still cameras") is written by anyone and
often wrong or forged: a value is kept only where it has the right type and a sane size, and a bad one costs
only itself. Nothing is guessed: a place without hemispheres, a time of modification are left out. No face is
sought.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from PIL import ExifTags, Image

from clew.ingest.pdq import DECODE_ERRORS, open_image, pdq
from clew.model.errors import InputError

_PDQ = r"[\t\n\v\f\r ]*[0-9A-Fa-f]{64}[\t\n\v\f\r ]*"
_WEB = re.compile(r"(?i)^(?:[a-z][a-z0-9+.-]{1,9}:)?//")
_TIME = re.compile(r"^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$")
_OFFSET = re.compile(r"^([+-])(\d\d):(\d\d)$")
_MOST_TEXT = 100  # characters of a device's name
_MOST_OFFSET = 14 * 60  # minutes; Kiribati
_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # cameras that lost their clock write 1970 or 1980


@dataclass(frozen=True)
class ImageFacts:
    """What was read from one picture.

    Attributes:
        pdq: 64 lower-case hex digits, the value of a mention of type "image".
        quality: 0 to 100, PDQ's; below 50 the hash is no ground for a link.
        width, height: pixels, as stored.
        place: latitude and longitude in decimal degrees (WGS 84), or None.
        taken_at: when the shutter opened, in UTC; the camera's clock as UTC where no offset was written.
        taken_offset: minutes east of UTC that the camera wrote; None: none.
        make, model, serial, software: the device; None where not written.
    """

    pdq: str
    quality: int
    width: int
    height: int
    place: tuple[float, float] | None
    taken_at: datetime | None
    taken_offset: int | None
    make: str | None
    model: str | None
    serial: str | None
    software: str | None


def read_image(path: Path) -> ImageFacts:
    """Read an untrusted picture.

    Raises:
        InputError: see :func:`clew.ingest.pdq.open_image`; also a truncated file.
    """
    image = open_image(path)
    width, height = image.size  # hashing may decode at a smaller size
    written = camera(image)
    hashed = pdq(image)
    return ImageFacts(hashed.hex, hashed.quality, width, height, *written)


class Camera(NamedTuple):
    """What the EXIF data say; the last seven fields of :class:`ImageFacts`."""

    place: tuple[float, float] | None
    taken_at: datetime | None
    taken_offset: int | None
    make: str | None
    model: str | None
    serial: str | None
    software: str | None


def camera(image: Image.Image) -> Camera:
    """Read the EXIF data of an untrusted picture."""
    main, lens, gps = _exif(image)
    taken_at, offset = _taken(lens.get(ExifTags.Base.DateTimeOriginal), lens.get(ExifTags.Base.OffsetTimeOriginal))
    return Camera(
        place=_place(gps),
        taken_at=taken_at,
        taken_offset=offset,
        make=_text(main.get(ExifTags.Base.Make)),
        model=_text(main.get(ExifTags.Base.Model)),
        serial=_text(lens.get(ExifTags.Base.BodySerialNumber)),
        software=_text(main.get(ExifTags.Base.Software)),
    )


def _exif(image: Image.Image) -> tuple[Mapping[int, Any], Mapping[int, Any], Mapping[int, Any]]:
    """The main, camera and GPS tags; empty where they cannot be read."""
    try:
        exif = image.getexif()
        return dict(exif), _tags(exif, ExifTags.IFD.Exif), _tags(exif, ExifTags.IFD.GPSInfo)
    except DECODE_ERRORS:
        return {}, {}, {}


def _tags(exif: Image.Exif, part: int) -> Mapping[int, Any]:
    try:
        return dict(exif.get_ifd(part))
    except DECODE_ERRORS:
        return {}


def _text(value: object) -> str | None:
    """A short printable text."""
    if isinstance(value, bytes):
        value = value[:_MOST_TEXT].decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    shown = "".join(c for c in value[: 4 * _MOST_TEXT] if c.isprintable())
    return " ".join(shown.split())[:_MOST_TEXT].strip() or None


def _taken(time: object, offset: object) -> tuple[datetime | None, int | None]:
    """The time in UTC, and minutes east of UTC where written."""
    found = _TIME.match(_text(time) or "")
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None, None
    try:
        taken = datetime(*map(int, found.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:  # the 31st of February
        return None, None
    zone = _OFFSET.match(_text(offset) or "")
    if not zone:
        return taken, None
    minutes = int(zone[2]) * 60 + int(zone[3])
    if minutes > _MOST_OFFSET or int(zone[3]) > 59:
        return taken, None
    east = minutes if zone[1] == "+" else -minutes
    return taken - timedelta(minutes=east), east


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude; None where incomplete, off the globe, or 0, 0 (of devices at a loss)."""
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    return latitude, longitude


def _degrees(parts: object, side: object, sides: str, most: int) -> float | None:
    """Decimal degrees of degrees, minutes and seconds; to 6 digits, a decimetre."""
    letter = (_text(side) or "").upper()
    if letter not in tuple(sides) or not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (_number(part) for part in parts)
    if degrees is None or minutes is None or seconds is None or minutes >= 60 or seconds >= 60:
        return None
    total = round(degrees + minutes / 60 + seconds / 3600, 6)
    if total > most:
        return None
    return total if letter == sides[0] else -total


def _number(value: object) -> float | None:
    """A number from 0 to 180; None for what is not one, such as a fraction of 0."""
    if not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except (OverflowError, ZeroDivisionError):
        return None
    return number if 0 <= number <= 180 else None  # False for "not a number" too


def as_pdq(text: str) -> str | None:
    """The canonical spelling of a text that is a PDQ hash (64 hex digits), else None."""
    return text.strip().lower() if re.fullmatch(_PDQ, text) else None


def pdq_values(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """:func:`as_pdq` of string[n]: the hash, or null. A SHA-256 digest looks the same."""
    is_hash = pc.match_substring_regex(texts, f"^{_PDQ}$")
    lower = pc.ascii_lower(pc.ascii_trim_whitespace(texts))
    return pc.if_else(is_hash, lower, pa.scalar(None, lower.type))


def hash_references(refs: Sequence[str], base: Path, threads: int = 2) -> dict[str, ImageFacts | str]:
    """Read the pictures that records refer to, each file once.

    Args:
        refs: file references of records, untrusted, relative to ``base`` or absolute; duplicates are welcome.
        base: the folder that references must not leave (symbolic links are followed before that is judged).
        threads: how many files are decoded at once, each up to about 0.5 GB for the largest pictures allowed.

    Returns:
        For each distinct reference its facts, or one sentence on why there are none. Never raises for a file.
    """
    root = base.resolve()
    files = {ref: inside(ref, root) for ref in dict.fromkeys(refs)}
    distinct = sorted({file for file in files.values() if isinstance(file, Path)})
    with ThreadPoolExecutor(threads) as pool:
        known = dict(zip(distinct, pool.map(_facts_or_reason, distinct), strict=True))
    return {ref: known[file] if isinstance(file, Path) else file for ref, file in files.items()}


def inside(ref: str, root: Path) -> Path | str:
    """The file that a reference names, or why it is not read."""
    if _WEB.match(ref):
        return "A web address, not a file; pictures are not downloaded."
    try:
        path = (root / ref.strip()).resolve()
    except (OSError, ValueError, RuntimeError):  # a name too long, a zero byte, a loop of links
        return "Not the name of a file."
    if not path.is_relative_to(root):
        return "Outside the folder of the source."
    return path


def _facts_or_reason(path: Path) -> ImageFacts | str:
    try:
        return read_image(path)
    except InputError as error:
        return str(error)
