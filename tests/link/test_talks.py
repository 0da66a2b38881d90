"""Talks among adverts: what joins them to a ring, and what must not."""

from __future__ import annotations

from pathlib import Path

from tests.link.worlds import Advert, crowd, run


def talk(number: int, name: str, *people: tuple[str, ...], acts: str = "", day: float = 0.0) -> list[Advert]:
    """Two messages of each of its people, who are given by account and what they say, one after the other."""
    return [
        Advert(
            number + 2 * k + i,
            (f"conversation:{name}", account, *(said if i else ())),
            day=day + (2 * k + i) / 100,
            kind="message",
            sender=account,
            acts=account == acts,
        )
        for k, (account, *said) in enumerate(people)
        for i in range(2)
    ]


def ring(number: int) -> list[Advert]:
    """Forty adverts of one ring with eight numbers, of which each stands on five."""
    return [
        Advert(
            number + 5 * k + i,
            (f"phone:ring{k}", f"template:ring{i % 2}", f"image:ring{(k + i) % 3}", "email:ring"),
            day=6.0 * k + i,
            place=f"town{k % 4}",
        )
        for k in range(8)
        for i in range(5)
    ]


CROWD = crowd(10_000)


def test_a_recruiters_number_joins_the_talk_to_the_adverts_that_show_it(tmp_path: Path) -> None:
    """Whatever other numbers the ring has and whoever else is in the talk; without any stage that was recognised."""
    records = [*CROWD, *ring(0), *talk(100, "a", ("phone:ring3",), ("phone:girl",)), *talk(200, "b", ("phone:x",))]
    result = run(tmp_path, records)
    assert len(result.of([*range(40), *range(100, 104)])) == 1
    assert not result.of([200, 201]) & result.of([0])


def test_a_number_that_a_recruiter_names_joins_but_one_that_others_mention_does_not(tmp_path: Path) -> None:
    named = talk(100, "a", ("handle:boss", "said phone:ring3"), ("handle:girl",), acts="handle:boss")
    heard = talk(200, "b", ("handle:friend", "said phone:ring5"), ("handle:other",))
    used = talk(300, "c", ("phone:ring3",), ("phone:girl3",)) + talk(320, "d", ("phone:ring5",), ("phone:girl5",))
    result = run(tmp_path, [*CROWD, *ring(0), *named, *heard, *used])
    assert result.of(range(100, 104)) == result.of([0])
    assert len(result.of(range(200, 204))) == 1 and result.of([200]) != result.of([0])


def test_another_chat_of_the_same_person_is_not_the_rings(tmp_path: Path) -> None:
    held = talk(100, "a", ("phone:ring3",), ("phone:girl",), acts="phone:ring3")
    family = talk(200, "b", ("phone:girl",), ("phone:mother",))
    friends = talk(300, "c", ("phone:girl",), ("phone:friend",))
    result = run(tmp_path, [*CROWD, *ring(0), *held, *family, *friends])
    assert result.of(range(100, 104)) == result.of([0])
    assert not result.of([*range(200, 204), *range(300, 304)]) & result.of([0])


def test_an_account_that_pitches_in_two_talks_joins_them(tmp_path: Path) -> None:
    talks = [
        message
        for k in range(3)
        for message in talk(100 * k, f"talk{k}", ("handle:boss",), (f"handle:seeker{k}",), acts="handle:boss")
    ]
    assert len(run(tmp_path, [*CROWD, *talks]).of(a.number for a in talks)) == 1


def test_what_everybody_says_joins_nobody(tmp_path: Path) -> None:
    """Twenty talks of ten sentences, in pairs that share three of them."""
    talks = []
    for k in range(20):
        said = [f"template:pair{k // 2}-{i}" for i in range(3)] + [f"template:own{k}-{i}" for i in range(7)]
        first = 100_000 + 1_000 * k
        parts = (talk(first + 4 * i, f"talk{k}", (f"phone:a{k}", s), (f"phone:b{k}",)) for i, s in enumerate(said))
        talks.append([message for part in parts for message in part])
    result = run(tmp_path, [*CROWD, *(message for messages in talks for message in messages)])
    networks = [result.of(message.number for message in messages) for messages in talks]
    assert all(len(n) == 1 for n in networks)
    assert len(set.union(*networks)) == 20


def test_a_pasted_pitch_and_its_account_join_talks(tmp_path: Path) -> None:
    """The account alone is met in both talks, and nobody was seen to act."""
    talks = [
        message
        for k in range(3)
        for message in talk(100 * k, f"talk{k}", ("handle:boss", "template:long"), (f"handle:seeker{k}",), day=9.0 * k)
    ]
    result = run(tmp_path, [*CROWD, *talks])
    assert len(result.of(a.number for a in talks)) == 1


def test_an_offer_or_page_need_not_read_like_the_adverts(tmp_path: Path) -> None:
    """One number and mail address in common; an advert of another text would have to share more."""
    other = [
        Advert(100 + k, ("phone:ring3", "email:ring", f"template:{kind}", "domain:own"), day=50.0, kind=kind)
        for k, kind in enumerate(("job_ad", "page"))
    ]
    result = run(tmp_path, [*CROWD, *ring(0), *other])
    assert result.of([100, 101]) == result.of([0])


def test_an_offer_in_the_code_of_a_page_is_of_the_page(tmp_path: Path) -> None:
    page = Advert(100, ("phone:firm", "widget:gtm:1"), day=None, kind="page", url="https://firm.test/jobs")
    offer = Advert(101, (), day=3.0, kind="job_ad", url="https://firm.test/jobs")
    other = Advert(102, (), day=3.0, kind="job_ad", url="https://other.test/jobs")
    result = run(tmp_path, [*CROWD, page, offer, other])
    assert result.of([100]) == result.of([101]) != result.of([102])


def test_sites_that_one_builder_made_stay_apart_and_copies_join(tmp_path: Path) -> None:
    """Ten firms with the builder's favicon and tag manager; three sites of one operation with its own ids."""
    records = list(CROWD)
    for k in range(10):
        own = (f"phone:firm{k}", f"email:firm{k}", "widget:favicon:builder", *(("widget:gtm:agency",) if k % 3 else ()))
        records += [Advert(100 + 10 * k + i, own, day=None, kind="page") for i in range(3)]
    for k in range(3):
        own = (f"email:front{k}", "widget:gtm:ring", "widget:tawk:ring", "template:front")
        records += [Advert(500 + 10 * k + i, own, day=None, kind="page") for i in range(3)]
    result = run(tmp_path, records)
    firms = [result.of(range(100 + 10 * k, 103 + 10 * k)) for k in range(10)]
    assert all(len(n) == 1 for n in firms) and len(set.union(*firms)) == 10
    assert len(result.of(500 + 10 * k + i for k in range(3) for i in range(3))) == 1


def test_row_order_and_threads_change_no_byte_of_talks(tmp_path: Path) -> None:
    held = talk(100, "a", ("phone:ring3", "template:hello"), ("phone:girl", "said handle:boss"), acts="phone:ring3")
    family = talk(200, "b", ("phone:girl", "template:hello"), ("phone:mother", "said phone:ring5"))
    records = [*CROWD, *ring(0), *held, *family, *talk(300, "c", ("handle:boss",), ("phone:ring5",))]
    first, again = run(tmp_path, records), run(tmp_path, records[::-1], threads=1)
    for name, path in first.files.items():
        assert path.read_bytes() == again.files[name].read_bytes(), name
