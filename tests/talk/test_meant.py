"""What a message counts for: its share of what it may mean, more beside orders and threats that make a stage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.talk.conftest import Reader, Talks, control_of, stages_of

from clew.talk.meant import shares
from clew.talk.read import Hits

TALK = [("ana", "")] * 2 + [("ben", "")] * 2
ORDERS = [("ben", "documents-held"), ("ana", ""), ("ben", "debt"), ("ana", ""), ("ben", "rules-fines"), ("ana", "")]


def test_hints_alone_say_nothing(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "?threat-family"), ("ben", "?documents-held ?debt"), ("ana", "?plea"))
    made = read(talks)
    assert stages_of(made) == [] and control_of(made) == []
    assert not any(row["danger"] for row in made["conversations"])


def test_hints_beside_orders_that_make_a_stage_count(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, *ORDERS, ("ben", "?isolation"), ("ana", ""))
    talks.chat("d", *TALK, *ORDERS[:2], ("ben", "?isolation"), ("ana", ""))
    made = read(talks)
    assert ("isolation", "ben") in stages_of(made) and stages_of(made, "d") == []


def test_orders_of_one_open_no_hints_of_the_other_but_answers(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, *ORDERS, ("ana", "?threat-family"))
    talks.chat("d", *TALK, *ORDERS)
    talks.chat("e", *TALK, *ORDERS, ("ana", "?plea"))
    made = read(talks)
    sure = {row["conversation_id"]: row["confidence"] for row in made["control"]}
    assert stages_of(made) == stages_of(made, "d") and sure["e"] > sure.get("d", 0)


def test_hints_of_another_conversation_do_not_count(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family"), ("ana", ""))
    talks.chat("d", *TALK, ("ben", "?isolation"), ("ana", ""))
    made = read(talks)
    assert stages_of(made) == [("threat-family", "ben")] and stages_of(made, "d") == []


def test_closeness_alone_opens_nothing(talks: Talks, read: Reader) -> None:
    near = [("ben", "rapport"), ("ana", ""), ("ben", "gift"), ("ana", ""), ("ben", "move-private"), ("ana", "")]
    talks.chat("c", *TALK, *near, ("ben", "?image-request"))
    assert ("image-request", "ben") not in stages_of(read(talks))


def test_a_sense_that_is_read_is_no_hint(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family ?threat-family"), ("ana", ""))
    assert stages_of(read(talks)) == [("threat-family", "ben")]


@pytest.mark.parametrize(("odds", "counts"), [(0.0, False), (8.0, True), (None, True)])
def test_one_threat_that_is_hardly_read_makes_no_stage(
    talks: Talks, read: Reader, odds: float | None, counts: bool
) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family"), ("ana", ""), odds=odds)
    assert bool(stages_of(read(talks))) == counts


def test_a_sense_gives_way_to_what_is_likelier(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family"), ("ana", ""), odds=8.0)
    talks.chat("d", *TALK, ("ben", ""), ("ana", ""))
    talks.say("d", "ben", "threat-family", "threat-publish", odds=8.0)
    talks.mentions[-1]["odds"] = 7.0
    made = read(talks)
    assert stages_of(made) == [("threat-family", "ben")] == stages_of(made, "d")


HITS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.one_of(st.just(np.nan), st.floats(-3, 20))),
    unique_by=lambda hit: hit[:2],
    max_size=25,
).map(sorted)


@given(HITS)
@example([(0, 0, 20.0), (1, 0, 1.0), (1, 1, 0.5)])
def test_what_a_message_counts_for_hangs_on_that_message_alone(rows: list[tuple[int, int, float]]) -> None:
    def counted(some: list[tuple[int, int, float]]) -> list[float]:
        message, sense, odds = (np.array([row[k] for row in some], np.dtype(kind)) for k, kind in enumerate("qqd"))
        hits = Hits(message, sense, message, message, odds)
        return [float(share) for share in shares(hits, np.zeros(len(some), np.bool_))]

    together = counted(rows)
    for one in range(6):
        alone = counted([row for row in rows if row[0] == one])
        assert [s for s, row in zip(together, rows, strict=True) if row[0] == one] == pytest.approx(alone, rel=1e-12)
