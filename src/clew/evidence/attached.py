"""The picture files that records refer to: which are still there, and whether they are what was read then."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from clew.evidence.freeze import Reference
from clew.evidence.intake.examine import Examined, examine
from clew.extract.image import as_pdq, inside, read_image
from clew.model.errors import InputError

MOST, MOST_BYTES = 1_000, 64 << 20
_WEB = re.compile(r"(?i)^\s*(?:[a-z][a-z0-9+.-]{1,9}:)?//")
_NAMED = 20  # missing or changed files that are named one by one


@dataclass(frozen=True)
class Picture:
    """A picture that is there.

    Attributes:
        path: of the file.
        examined: what it is.
        facts, faults: what is known of it beside that.
    """

    path: Path
    examined: Examined
    facts: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]


@dataclass
class Attached:
    """The pictures of an exhibit.

    Attributes:
        there: those that will be kept.
        lacking: names of the others, with the reason.
        changed: names of those that are no longer what was read.
        elsewhere: how many are web addresses, which are not fetched.
        hashes: how many the source gives as a hash only.
        left: how many were not looked for, as there are too many.
    """

    there: list[Picture] = field(default_factory=list)
    lacking: list[tuple[str, str]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    elsewhere: int = 0
    hashes: int = 0
    left: int = 0

    def facts(self) -> tuple[tuple[str, str], ...]:
        """How many are of which sort, for the exhibit."""
        counts = (
            ("Pictures kept with it", len(self.there)), ("Pictures that could not be kept", len(self.lacking)),
            ("Pictures that changed since they were read", len(self.changed)),
            ("Pictures at web addresses, not fetched", self.elsewhere),
            ("Pictures known by their hash only", self.hashes),
            ("Pictures not looked for, as there are too many", self.left),
        )  # fmt: skip
        return tuple((label, f"{count:,}") for label, count in counts if count)

    def faults(self) -> tuple[str, ...]:
        """What is missing or changed, a sentence each."""
        said = [f"{name}: not kept ({reason})." for name, reason in self.lacking[:_NAMED]]
        more = Counter(reason for _, reason in self.lacking[_NAMED:])
        said += [f"{count:,} more pictures: not kept ({reason})." for reason, count in more.most_common()]
        said += [f"{name}: changed since it was read." for name in self.changed[:_NAMED]]
        return tuple(said)


def look_for(references: Iterable[Reference]) -> Attached:
    """Look for the files, each once, below the folder of the file that its records came from and nowhere else."""
    found = Attached()
    seen: set[Path] = set()
    for reference in references:
        if _WEB.match(reference.name):
            found.elsewhere += 1
        elif as_pdq(reference.name):
            found.hashes += 1
        elif len(found.there) >= MOST:
            found.left += 1
        else:
            _look(reference, found, seen)
    return found


def _look(reference: Reference, found: Attached, seen: set[Path]) -> None:
    name = " ".join(reference.name.split())[:200]
    path = inside(reference.name, Path(reference.file).parent.resolve())
    if isinstance(path, str):
        found.lacking.append((name, path.rstrip(".").lower()))
        return
    if path in seen:
        return
    seen.add(path)
    try:
        if not path.exists():
            raise InputError("it is no longer there")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"it is larger than {MOST_BYTES >> 20} MiB")
        examined = examine(path)
    except (InputError, OSError) as error:
        reason = error.what if isinstance(error, InputError) else error.strerror or "it cannot be read"
        found.lacking.append((name, reason.rstrip(".")))
        return
    faults = _compared(reference, path)
    if faults:
        found.changed.append(name)
    facts = (("Referred to as", name), ("By record", reference.record_id), ("Records", f"{reference.records:,}"))
    found.there.append(Picture(path, examined, facts, faults))


def _compared(reference: Reference, path: Path) -> tuple[str, ...]:
    """A fault where the picture is not the one that was read when its record was."""
    if reference.pdq is None:
        return ()
    try:
        now = read_image(path).pdq
    except InputError as error:
        return (f"It could be read as a picture when the record was, and cannot now: {error.what}",)
    if now != reference.pdq:
        return (f"It is not the picture that was read then: that had the hash {reference.pdq}, this has {now}.",)
    return ()
