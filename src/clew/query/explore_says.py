"""The sentences of an exploration: what a candidate shares, and why it is asked about now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from clew.model.words import listed, value_shown
from clew.query.trust import NAME_PLACE, OTHER, SAME

# One of a type, and several.
WORDS = {
    "phone": ("a phone", "phones"), "email": ("a mail address", "mail addresses"), "handle": ("a handle", "handles"),
    "wallet": ("a wallet", "wallets"), "account": ("an account", "accounts"), "url": ("a link", "links"),
    "domain": ("a site", "sites"), "image": ("a picture", "pictures"), "template": ("a text", "texts"),
    "widget": ("an id in the code", "ids in the code"), "company": ("a company number", "company numbers"),
    "conversation": ("a conversation", "conversations"),
    NAME_PLACE: ("a name and place", "names in places"), SAME: ("its network", "records that the linker joined"),
    OTHER: ("no network", "records that the linker left apart"),
}  # fmt: skip
_SHOWN = 48


class Telling(Protocol):
    """What is said of something shared; see `clew.query.explore.Shared`."""

    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def records(self) -> int: ...  # noqa: D102
    @property
    def networks(self) -> int: ...  # noqa: D102


def shares(kind: str, value: str, records: int, networks: int, yes: int, no: int) -> str:
    """One thing that is shared: "the phone +32… , which only 3 records have; you said yes to 2 of 2 with it"."""
    named = (
        "the same picture"
        if kind == "image"
        else f"{WORDS[kind][0].partition(' ')[2]} {_short(value_shown(kind, value))}"
    )
    said = f"; you said yes to {yes} of {yes + no} with it" if yes + no else ""
    return f"{named}, {_spread(records, networks)}{said}"


def why(every: Sequence[Telling], same_network: bool, said: Mapping[str, tuple[int, int]]) -> str:
    """Why it is asked about now: "It shares a phone that only 3 records have; you said yes to 4 of 4 phones …"."""
    best = every[0]
    parts = [f"It shares {WORDS[best.type][0]} {_that(best.records, best.networks)}"]
    more = list(dict.fromkeys(s.type for s in every[1:] if s.type != best.type))
    if more:
        parts[0] += f", and {listed([WORDS[kind][0] for kind in more])}"
    yes, no = said.get(best.type, (0, 0))
    if yes + no:
        parts.append(f"you said yes to {yes} of {yes + no} {WORDS[best.type][1]}")
    parts.append("the linker joined it, too" if same_network else "the linker saw that and left it apart")
    return "; ".join(parts) + "."


def _spread(records: int, networks: int) -> str:
    if networks > 1:
        return f"on {records:,} records of {networks:,} networks"
    return f"on {records:,} records of one network"


def _that(records: int, networks: int) -> str:
    if records <= 20:
        return f"that only {records} records have"
    return f"that {records:,} records of {f'{networks:,} networks' if networks > 1 else 'one network'} have"


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
