"""What people write into a case: brought into form, bounded, refused in a sentence."""

from __future__ import annotations

from datetime import date

from clew.model.errors import InputError

MAX_LINE, MAX_TEXT = 300, 20_000
# Control characters that are no white space.
_CONTROL = dict.fromkeys((*range(9), *range(14, 28), *range(127, 133), *range(134, 160)))


def line(written: str, what: str, most: int = MAX_LINE, *, needed: bool = True) -> str:
    """One line.

    Args:
        written: by a person.
        what: it is, as the sentence of a refusal names it: "a purpose".
        most: characters.
        needed: refuse an empty one.

    Raises:
        InputError: it is empty or too long.
    """
    return _checked(" ".join(_clean(written).split()), what, most, needed)


def text(written: str, what: str, most: int = MAX_TEXT, *, needed: bool = True) -> str:
    """Lines of text; see `line`."""
    lines = (part.rstrip() for part in _clean(written).replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _checked("\n".join(lines).strip(), what, most, needed)


def day(written: str | date, what: str) -> date:
    """A date.

    Raises:
        InputError: it is none.
    """
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise InputError(f"{written[:20]!r} is not {what}.", "Write it as 2027-01-31.") from None


def _clean(written: str) -> str:
    """Without control characters, and without halves of characters, which no file can hold."""
    return written.translate(_CONTROL).encode("utf-8", "replace").decode()


def _checked(written: str, what: str, most: int, needed: bool) -> str:
    if needed and not written:
        raise InputError(f"It takes {what}.", "Say it in a few words.")
    if len(written) > most:
        raise InputError(f"{len(written):,} characters are too long for {what}.", f"Use up to {most:,}.")
    return written
