"""An entry of the ledger and its canonical form, which is what the tree hashes.

The leaf of an entry holds nothing that identifies a person in the material: ids, digests, counts, and the name of who
acted. What may identify somebody (the words of a search, a purpose) is the entry's private part. The leaf has a
salted digest of it, so that it can be proved while it is there, and erased without breaking the tree.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson

from clew.model.actor import Via
from clew.model.errors import SealError

Act = Literal[
    "intake", "view", "search", "run", "decide", "export", "erase", "change", "login", "refuse", "backup", "restore",
]  # fmt: skip
ACTS: tuple[Act, ...] = get_args(Act)
FORMAT = 1
_MOST = 300  # characters of a name or an id


@dataclass(frozen=True)
class Deed:
    """What is to be written down, beside who did it.

    Attributes:
        act: of which kind it is.
        subject: what it was done to, by id: ``network NW12``, ``case C1``, ``file SHA-256``; nothing personal.
        details: digests, counts, states: what a court may need and an erasure may leave.
        private: texts that may identify a person; erased with the data.
    """

    act: Act
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row of the ledger.

    Attributes:
        seq: its place, from 0.
        at: when, ISO 8601 in UTC.
        who, via: who acted, and by which way.
        act, subject, case_id: what was done, to what, in which case.
        details: JSON in canonical form.
        sealed: digest of the private part with its salt; empty where there was none.
        salt, private: the private part (JSON in canonical form); None where there was none or it was erased.
    """

    seq: int
    at: str
    who: str
    via: Via
    act: Act
    subject: str
    case_id: str | None
    details: str
    sealed: str
    salt: str | None
    private: str | None

    def leaf(self) -> bytes:
        """The bytes that the tree hashes."""
        return canonical(
            {
                "format": FORMAT, "seq": self.seq, "at": self.at, "who": self.who, "via": self.via, "act": self.act,
                "subject": self.subject, "case": self.case_id, "details": orjson.Fragment(self.details),
                "private": self.sealed,
            }
        )  # fmt: skip

    @property
    def erased(self) -> bool:
        """Was there a private part that has been erased?"""
        return bool(self.sealed) and self.private is None

    def whole(self) -> bool:
        """Is the private part, where it is there, what was written?"""
        if self.private is None:
            return self.salt is None
        return self.salt is not None and seal(self.salt, self.private) == self.sealed

    def texts(self) -> dict[str, str]:
        """The private part.

        Raises:
            SealError: it is none that Clew wrote.
        """
        return self._read(self.private) if self.private else {}

    def facts(self) -> dict[str, Any]:
        """The details.

        Raises:
            SealError: they are none that Clew wrote.
        """
        return self._read(self.details)

    def _read(self, written: str) -> dict[str, Any]:
        try:
            return dict(orjson.loads(written))
        except (ValueError, TypeError):  # TypeError: something that is no text, or no object
            raise SealError(
                f"Entry {self.seq} of the ledger was changed.", "Check it with: clew ledger check"
            ) from None


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def seal(salt: str, private: str) -> str:
    """The digest of a private part by which the leaf holds it."""
    return hashlib.sha256(bytes.fromhex(salt) + private.encode()).hexdigest()


def entry_of(seq: int, at: str, who: str, via: Via, case_id: str | None, deed: Deed) -> Entry:
    """An entry with a fresh salt where there is a private part."""
    # What was typed may hold halves of characters, which no JSON takes.
    texts = {name: text.encode(errors="replace").decode() for name, text in deed.private.items() if text}
    private = canonical(texts).decode() if texts else None
    salt = secrets.token_hex(16) if private else None
    sealed = seal(salt, private) if salt and private else ""
    details = canonical(dict(deed.details)).decode()
    return Entry(seq, at, plain(who), via, deed.act, plain(deed.subject), case_id, details, sealed, salt, private)


def plain(text: str) -> str:
    """A name or an id that any database and JSON can hold: a hostile one is written down, too, as far as it goes."""
    return "".join(c if c.isprintable() else "�" for c in text[:_MOST])


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers in short: ``0-5 9 12-13``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join(f"{low}-{high}" if high > low else str(low) for low, high in found)


def numbers(text: str) -> Iterator[range]:
    """The ranges that `ranges` wrote."""
    for part in text.split():
        low, _, high = part.partition("-")
        yield range(int(low), int(high or low) + 1)
