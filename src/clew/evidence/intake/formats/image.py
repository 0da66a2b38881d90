"""Pictures: decoded once to see that they are whole; EXIF data as the camera wrote them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from clew.evidence.intake.base import Kind, Notes, Part
from clew.evidence.intake.limits import Budget
from clew.extract.image import camera
from clew.ingest.pdq import DECODE_ERRORS, MAX_BYTES, open_image
from clew.model.errors import InputError

_MARKS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (0, b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (0, b"BM", "image/bmp"),
)

_DECODED = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp")


def sniff(part: Part) -> tuple[float, str]:
    """The first bytes."""
    for at, mark, media_type in _MARKS:
        if part.head.startswith(mark, at) and not (mark == b"BM" and part.head[6:10] != bytes(4)):
            return 0.9, media_type
    return 0.0, ""


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Size, format, EXIF; pixels are decoded within the limits of the extractor of pictures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about damaged EXIF data
        _examine(part, notes, budget, decode=True)


def _examine(part: Part, notes: Notes, budget: Budget, decode: bool) -> None:
    notes.hidden += 1
    media_type = sniff(part)[1]
    if media_type not in _DECODED:
        notes.fact("decoded", f"no, {media_type} is not read")
        return
    if part.size > MAX_BYTES:
        notes.fault(f"The picture was not decoded: it has more than {MAX_BYTES:,} bytes.")
        return
    budget.tick()
    try:
        image = open_image(part.file.read())
    except InputError as error:
        notes.fault(f"The picture was not decoded: {error}")
        return
    notes.fact("format", image.format)
    notes.fact("pixels", f"{image.width} × {image.height}")
    written = camera(image)
    if written.taken_at:
        east = "no offset written" if written.taken_offset is None else f"{written.taken_offset:+d} minutes from UTC"
        notes.fact("EXIF time", f"{written.taken_at:%Y-%m-%dT%H:%M:%SZ} ({east})")
    notes.fact("EXIF device", " ".join(filter(None, (written.make, written.model))))
    notes.fact("EXIF serial number", written.serial)
    notes.fact("EXIF software", written.software)
    if written.place:
        notes.fact("EXIF place", f"{written.place[0]}, {written.place[1]}")
    if not decode:
        return
    try:
        image.load()
    except DECODE_ERRORS as error:
        notes.fault(f"The picture is damaged: {error}.")


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """What the camera or an editor wrote; never the pixels."""
    notes = Notes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _examine(part, notes, budget, decode=False)
    yield from (value for _, value in notes.facts)


PLUGIN = Kind("image", sniff, examine, texts)
