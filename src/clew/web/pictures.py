"""Pictures of records for a page: read with bounds, drawn anew, blurred until a person asks to see them clearly."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import ImageFilter, ImageOps

from clew.ingest.pdq import DECODE_ERRORS, open_image
from clew.model.errors import InputError, MissingError

MOST_PIXELS = 640  # of the longer side
_BLUR = 24  # pixels at that size: shapes and colours stay, faces and bodies do not


def held(file: str, name: str) -> Path | None:
    """Where a picture is that a record refers to; None where no file of it was collected.

    Args:
        file: the file that the record came from; only below its folder is anything looked for.
        name: as the record has it: a hash or a web address, or the name of a file.
    """
    folder = Path(file).parent.resolve()
    try:
        path = (folder / name.strip().replace("\\", "/")).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (OSError, ValueError):  # too long, or a zero byte
        return None


def picture(file: str, name: str, blurred: bool) -> bytes:
    """A picture that a record refers to, as PNG.

    Args:
        file: the file that the record came from; only below its folder is anything read.
        name: as the record has it.
        blurred: make it unrecognisable.

    Raises:
        MissingError: it is a hash or a web address, or lies elsewhere, or is gone.
        InputError: it cannot be read as a picture.
    """
    path = held(file, name)
    if path is None:
        raise MissingError("There is no file of that picture here; only its hash is known.", "See the source.")
    try:
        image = ImageOps.exif_transpose(open_image(path))
        image = image.convert("RGB")
        image.thumbnail((MOST_PIXELS, MOST_PIXELS))
    except DECODE_ERRORS as error:
        raise InputError(f"{path.name}: not a picture that can be shown.") from error
    if blurred:
        image = image.filter(ImageFilter.GaussianBlur(_BLUR))
    drawn = io.BytesIO()
    image.save(drawn, "PNG")
    return drawn.getvalue()
