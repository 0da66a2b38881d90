"""What is known of a package while it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clew.evidence.package.derived import Derived
from clew.ledger.entry import Entry
from clew.ledger.heads import Head
from clew.ledger.timestamps import Stamp


@dataclass(frozen=True)
class Made:
    """What was put into a package so far.

    Attributes:
        nth, package: the how manieth of its case, and its name.
        at, who, version: when and by whom it is made, and with which version of Clew.
        head: the tree head that it rests on.
        exhibits: what ``package.json`` says of each.
        derived: tables and runs.
        entries: of the ledger.
        stamps: timestamps of outside authorities.
        public: the key that signs, hex.
    """

    nth: int
    package: str
    at: str
    who: str
    version: str
    head: Head
    exhibits: list[dict[str, Any]]
    derived: Derived
    entries: Sequence[Entry]
    stamps: Sequence[Stamp]
    public: str
