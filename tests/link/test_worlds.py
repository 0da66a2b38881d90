"""Hard cases one by one, in worlds small enough to check by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.link.worlds import Advert, Result, crowd, run


def test_a_hotline_does_not_join_the_operations_that_name_it(tmp_path: Path) -> None:
    adverts = crowd(10_000)
    for k in range(50):
        holds = (f"phone:own{k}", f"template:own{k}", "phone:hotline")
        adverts += [Advert(10 * k + i, holds, day=k + i, place=f"town{k % 15}") for i in range(4)]
    result = run(tmp_path, adverts)
    networks = [result.of(range(10 * k, 10 * k + 4)) for k in range(50)]
    assert all(len(n) == 1 for n in networks)  # each stays whole
    assert len(set.union(*networks)) == 50  # none joins another


def test_an_agency_is_one_network_though_each_person_has_own_pictures(tmp_path: Path) -> None:
    adverts = crowd(10_000)
    for k in range(12):
        adverts += [
            Advert(
                10 * k + i,
                ("phone:desk", f"image:person{k}-{i % 2}", f"template:agency{i % 2}"),
                day=k * 3 + i,
                place="town1",
            )
            for i in range(4)
        ]
    result = run(tmp_path, adverts)
    assert len(result.of(10 * k + i for k in range(12) for i in range(4))) == 1


def test_a_switchboard_without_any_other_contact_is_one_network(tmp_path: Path) -> None:
    adverts = crowd(10_000) + [Advert(k, ("phone:desk",), day=float(k)) for k in range(40)]
    assert len(run(tmp_path, adverts).of(range(40))) == 1


def test_a_chain_of_burner_phones_is_one_network(tmp_path: Path) -> None:
    adverts = crowd(10_000)
    for k in range(8):
        for i in range(5):
            holds = (f"phone:burner{k}", f"template:ring{i % 2}", f"image:ring{(k + i) % 3}")
            adverts.append(Advert(10 * k + i, holds, day=6.0 * k + i, place=f"town{k % 4}"))
    result = run(tmp_path, adverts)
    assert len(result.of(10 * k + i for k in range(8) for i in range(5))) == 1


@pytest.mark.parametrize("shared", ["template:resold", "image:stolen"])
def test_resold_texts_and_stolen_photos_join_nobody(tmp_path: Path, shared: str) -> None:
    adverts = crowd(10_000)
    for k in range(30):
        holds = (f"phone:own{k}", f"image:own{k}", f"template:own{k}")
        adverts += [
            Advert(10 * k + i, (*holds, shared) if i else holds, day=2.0 * k + i, place=f"town{k % 15}")
            for i in range(4)
        ]
    result = run(tmp_path, adverts)
    assert len(result.of(10 * k + i for k in range(30) for i in range(4))) == 30
    assert all(len(result.of(range(10 * k, 10 * k + 4))) == 1 for k in range(30))


def _many_numbers(days: float, *shared: str) -> list[Advert]:
    """Forty adverts that share something, each with a number and a town of its own, spread over so many days."""
    return [Advert(k, (f"phone:own{k}", *shared), day=5 + k * days / 40, place=f"town{k % 15}") for k in range(40)]


def test_one_text_and_link_at_one_time_are_one_sender_whatever_the_numbers(tmp_path: Path) -> None:
    spam = _many_numbers(2.0, "template:one", "url:http://one.test/a")
    assert len(run(tmp_path, [*crowd(10_000, 1_000), *spam]).of(range(40))) == 1


def test_that_all_is_of_the_day_on_which_it_was_read_ties_nobody(tmp_path: Path) -> None:
    adverts = [*crowd(10_000, 1_000), *_many_numbers(80.0, "template:sold")]
    assert len(run(tmp_path, adverts).of(range(40))) == 40
    at_once = [Advert(a.number, a.holds, day=5.0, place=a.place) for a in adverts]
    assert len(run(tmp_path, at_once).of(range(40))) == 40


def test_numbers_that_use_the_same_few_texts_are_one_network_and_buyers_of_one_text_are_not(tmp_path: Path) -> None:
    adverts = crowd(10_000)
    for k in range(6):
        for i in range(8):
            ring, buyer = 20 * k + i, 1_000 + 20 * k + i
            own = (f"template:own{k}",) if i % 2 else ("template:sold",)
            adverts.append(Advert(ring, (f"phone:ring{k}", f"template:ring{i % 4}"), day=10.0 * k + i))
            adverts.append(Advert(buyer, (f"phone:buyer{k}", *own), day=10.0 * k + i))
    result = run(tmp_path, adverts)
    assert len(result.of(20 * k + i for k in range(6) for i in range(8))) == 1
    assert len(result.of(1_000 + 20 * k + i for k in range(6) for i in range(8))) == 6


def _two_owners(folder: Path, silence: float) -> Result:
    """One number on two sets of adverts that share nothing else."""
    adverts = crowd(10_000)
    for owner, start in ((0, 0.0), (1, 10.0 + silence)):
        own = (f"email:own{owner}", f"template:own{owner}", f"image:own{owner}", "phone:same")
        adverts += [Advert(10 * owner + i, own, day=start + i, place=f"town{owner}") for i in range(10)]
    return run(folder, adverts)


def test_a_number_recycled_after_a_long_silence_joins_nobody(tmp_path: Path) -> None:
    result = _two_owners(tmp_path, silence=200)
    assert len(result.of(range(10))) == len(result.of(range(10, 20))) == 1
    assert result.of(range(10)) != result.of(range(10, 20))


_OWNER = (("name:anna",), "town1")  # what is shown beside the number, before and after the silence


@pytest.mark.parametrize(
    ("silence", "before", "after", "one"),
    [
        (300, _OWNER, (("name:maria",), "town2"), False),
        (300, ((), None), ((), None), False),  # nothing that speaks for one owner
        (300, ((), "town1"), ((), "town2"), False),
        (30, _OWNER, (("name:maria",), "town2"), True),
        (300, _OWNER, _OWNER, True),
        (300, _OWNER, (("name:anna",), "town2"), True),  # on tour
        (300, ((), "town1"), (("name:anna",), "town1"), True),
        (300, (("handle:t:a", "name:anna"), "town1"), (("handle:t:a", "name:maria"), "town2"), True),
        (300, (("template:a", "name:anna"), "town1"), (("template:a", "name:maria"), "town2"), True),
        (300, (("image:a", "name:anna"), "town1"), (("image:a", "name:maria"), "town2"), True),
    ],
)
@pytest.mark.parametrize("others", [0, 150])
def test_a_number_alone_ties_nobody_over_a_long_silence_but_with_any_second_thing_it_does(
    tmp_path: Path,
    others: int,
    silence: float,
    before: tuple[tuple[str, ...], str | None],
    after: tuple[tuple[str, ...], str | None],
    one: bool,
) -> None:
    adverts = [
        Advert(10 * side + k, ("phone:same", *holds), day=side * silence + k, place=place)
        for side, (holds, place) in enumerate((before, after))
        for k in range(2)
    ]
    result = run(tmp_path, [*crowd(100, others), *adverts])
    assert len(result.of((0, 1))) == len(result.of((10, 11))) == 1
    assert (result.network[0] == result.network[10]) is one


def test_platform_mail_in_every_advert_joins_nobody(tmp_path: Path) -> None:
    adverts = [Advert(a.number, (*a.holds, "email:abuse@board"), a.day, a.place) for a in crowd(0)]
    assert len(run(tmp_path, adverts).partition()) == 150


def test_versions_of_one_item_stay_together_whatever_they_hold(tmp_path: Path) -> None:
    adverts = [
        *crowd(10_000),
        Advert(1, ("phone:a",), item="x"),
        Advert(2, ("phone:b",), day=9, item="x"),
        Advert(3, ()),
    ]
    result = run(tmp_path, adverts)
    assert result.network[1] == result.network[2] != result.network[3]
    link = next(
        r for r in result.table("links").to_pylist() if {r["rid_a"], r["rid_b"]} == {adverts[-3].rid, adverts[-2].rid}
    )
    assert '"item"' in link["evidence"]


def test_one_type_of_identifier_is_enough(tmp_path: Path) -> None:
    """Messages that hold domains alone: a rare one ties them, one that a third of all senders use does not."""
    adverts = []
    for k in range(90):
        common = ("domain:mail.test",) if k % 3 == 0 else ()
        adverts += [Advert(10 * k + i, (f"domain:own{k}.test", *common)) for i in range(3)]
    result = run(tmp_path, adverts)
    assert len(result.partition()) == 90


def _mailing_list(authors: int, each: int) -> list[Advert]:
    """Mails that hold the list's address, page and domain; one in twelve names another author."""
    adverts = []
    for k in range(authors):
        for i in range(each):
            holds: tuple[str, ...] = (f"handle:mail:{k}", "email:talk@list", "url:http://list/talk", "domain:list")
            if i % 12 == 0:
                holds += (f"email:{(k * 7 + i * 3 + 1) % authors}",)
            elif i % 12 == 1:
                holds += (f"email:{k}", f"domain:home{k}")
            adverts.append(Advert(100 * k + i, holds, day=(k * 13 + i * 5) % 90))
    return adverts


def test_people_who_quote_each_other_are_no_network_and_a_campaign_is_one(tmp_path: Path) -> None:
    campaign = [
        Advert(90_000 + k, (f"handle:mail:s{k}", "domain:pills", "url:http://pills/a", "template:pills"), day=float(k))
        for k in range(5)
    ]
    result = run(tmp_path, [*_mailing_list(60, 12), *campaign, *crowd(100_000)])
    networks = [result.of(range(100 * k, 100 * k + 12)) for k in range(60)]
    assert max(sum(n in held for held in networks) for n in set.union(*networks)) <= 20  # of 60 authors
    assert len(result.of(range(90_000, 90_005))) == 1


def test_the_messages_of_a_talk_are_one_network_but_a_room_of_many_ties_nobody(tmp_path: Path) -> None:
    adverts = crowd(10_000)
    adverts += [Advert(k, ("conversation:talk",), day=float(k)) for k in range(6)]
    adverts += [Advert(10 + k, ("conversation:room", f"phone:own{k}"), day=float(k)) for k in range(6)]
    result = run(tmp_path, adverts)
    assert len(result.of(range(6))) == 1
    assert len(result.of(range(10, 16))) == 6


def test_a_number_said_in_a_talk_joins_it_to_the_adverts(tmp_path: Path) -> None:
    adverts = crowd(10_000)
    adverts += [Advert(k, ("conversation:talk", *(["phone:ring"] if k == 3 else [])), day=float(k)) for k in range(6)]
    adverts += [Advert(20 + k, ("phone:ring",), day=float(k)) for k in range(3)]
    result = run(tmp_path, adverts)
    assert len(result.of([*range(6), 20, 21, 22])) == 1
