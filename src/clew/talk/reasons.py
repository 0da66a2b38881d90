"""Sentences that say what was counted, made of columns of text: whoever reads one can count the messages again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.talk.read import NEVER, Messages
from clew.talk.senses import Ints, codes

T = TypeVar("T")

_DEMANDS = {
    "location-demand": "location",
    "earnings-demand": "earnings",
    "rules-fines": "rules and fines",
    "image-request": "pictures",
    "debt": "debt",
    "begging-quota": "begging",
    "drug-errand": "errands",
    "account-lending": "use of a bank account",
}
_THREATS = {"threat-publish": "to publish", "threat-family": "against family", "threat-harm": "of violence"}
_HOLDS = {
    "documents-held": ("spoke ", " of holding papers"),
    "isolation": ("told them ", " to keep away from others"),
    "confinement": ("spoke ", " of locking them in"),
}
_ANSWERS = {
    "earnings-report": ("reported earnings ", ""),
    "check-in": ("said ", " where they were"),
    "plea": ("pleaded or was afraid ", ""),
}


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def who(messages: Messages, member: Ints) -> pa.Array:
    """The names of members, as a sentence begins with them."""
    names = messages.member_name.take(pa.array(member))
    return pc.if_else(pc.equal(names, ""), "Somebody", names)


def dates(t: Ints) -> pa.Array:
    """ " on 2026-03-04"; nothing where no time is known."""
    known = pa.array(t != NEVER)
    day = pc.strftime(pa.array(np.where(t == NEVER, 0, t)).cast(pa.timestamp("us", tz="UTC")), format="%Y-%m-%d")
    return pc.if_else(known, joined(" on ", day), "")


def control_reasons(over: pa.Array, under: pa.Array, said: Ints, perhaps: Ints, elsewhere: Ints) -> pa.Array:
    """A sentence for each pair: "A made 7 demands of B (location 3, …); B reported earnings 5 times and …".

    Args:
        over: names of who controls.
        under: names of the controlled.
        said: int64[p, senses], messages that are the evidence, surely read.
        perhaps: int64[p], messages besides that may be meant so.
        elsewhere: int64[p], other talks in which A controls somebody.
    """
    demands = _total(said, _DEMANDS)
    did = [
        _if(demands, joined("made ", _times(demands, "demand"), " of ", under, _listed(said, _DEMANDS))),
        _if(
            _total(said, _THREATS),
            joined("threatened ", under, " ", _often(_total(said, _THREATS)), _listed(said, _THREATS)),
        ),
        *(_if(said[:, at], joined(before, _often(said[:, at]), after)) for at, (before, after) in _coded(_HOLDS)),
    ]
    answered = [
        _if(said[:, at], joined(before, _often(said[:, at]), after)) for at, (before, after) in _coded(_ANSWERS)
    ]
    told = joined(over, " ", _list(did))
    back = joined("; ", under, " ", _list(answered))
    others = joined("; ", over, " seems to control somebody in ", _times(elsewhere, "other talk"))
    return joined(
        told,
        pc.if_else(pa.array(_total(said, _ANSWERS) > 0), back, ""),
        pc.if_else(pa.array(perhaps > 0), joined("; ", _times(perhaps, "more message"), " may say so"), ""),
        pc.if_else(pa.array(elsewhere > 0), others, ""),
        ".",
    )


def _coded(texts: Mapping[str, T]) -> list[tuple[int, T]]:
    return list(zip(codes(*texts).tolist(), texts.values(), strict=True))


def _total(said: Ints, texts: Iterable[str]) -> Ints:
    total: Ints = said[:, codes(*texts)].sum(axis=1)
    return total


def _if(count: Ints, text: pa.Array) -> pa.Array:
    """The text, after a comma, where something was counted; else nothing."""
    return pc.if_else(pa.array(count > 0), joined(", ", text), "")


def _listed(said: Ints, texts: Mapping[str, str]) -> pa.Array:
    """ " (location 3, earnings 2)"."""
    parts = [_if(said[:, at], joined(text + " ", _digits(said[:, at]))) for at, text in _coded(texts)]
    return joined(" (", _list(parts), ")")


def _list(parts: list[pa.Array]) -> pa.Array:
    """Parts that are there, with commas between them."""
    return pc.utf8_slice_codeunits(joined(*parts), 2)


def _digits(count: Ints) -> pa.Array:
    return pa.array(count).cast(pa.string())


def _times(count: Ints, noun: str) -> pa.Array:
    return pc.if_else(pa.array(count == 1), f"1 {noun}", joined(_digits(count), f" {noun}s"))


def _often(count: Ints) -> pa.Array:
    often = pc.if_else(pa.array(count == 2), "twice", joined(_digits(count), " times"))
    return pc.if_else(pa.array(count == 1), "once", often)
