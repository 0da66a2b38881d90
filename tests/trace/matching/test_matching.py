"""Payments matched with posts in small worlds whose truth is plain."""

from __future__ import annotations

from tests.trace.matching.conftest import Matcher, World

from clew.model.tables import TABLES

DAY = 1440.0


def test_nothing_to_match_gives_an_empty_table(world: World, match: Matcher) -> None:
    assert match.table(world).schema.equals(TABLES["payment_matches"])
    world.ad("N1", 10)
    assert match.table(world).num_rows == 0
    world.pay("account:number:1", 5, to="Grocer", text="bread")
    assert match.table(world).num_rows == 0


def test_a_payer_whose_payments_precede_the_same_network_is_found_among_a_crowd(world: World, match: Matcher) -> None:
    world.crowd(1, 600)
    true = []
    for day in range(1, 13):
        paid = world.pay("account:number:7", day * 2 * DAY + 37 * day)
        true.append((paid, world.ad("NX", day * 2 * DAY + 37 * day + 9)))
    found = match(world)
    assert sum(found.get(pair, {"score": 0})["score"] >= 0.9 for pair in true) >= 11
    row = found[true[3]]
    assert row["network_id"] == "NX" and row["payer"] == "account:number:7"
    assert row["chance"] < 1e-6
    assert row["reason"].startswith("Paid 12.5 EUR to velomarket 9 minutes before this post; 12 of 12 such payments")


def test_one_payment_in_a_crowd_proves_little(world: World, match: Matcher) -> None:
    world.crowd(2, 3000)
    world.pay("account:number:7", 9 * DAY)
    assert all(row["score"] < 0.5 and row["chance"] > 0.05 for row in match(world).values())


def test_two_posts_alike_share_the_probability(world: World, match: Matcher) -> None:
    world.crowd(7, 200)
    times = [day * DAY + 601 for day in range(1, 11)]
    paid = [world.pay("account:number:7", t) for t in times]
    posts = [[world.ad("NX", t + 10 + k, handle="h") for k in range(2)] for t in times]
    found = match(world)
    for payment, pair in zip(paid, posts, strict=True):
        scores = [found[payment, post]["score"] for post in pair]
        assert 0.8 < sum(scores) <= 1.0 and abs(scores[0] - scores[1]) < 0.05
        assert "one other post fits this payment" in found[payment, pair[0]]["reason"]


def test_a_post_is_paid_once(world: World, match: Matcher) -> None:
    world.crowd(8, 300)
    for day in range(1, 9):
        world.pay("account:number:1", day * DAY + 601)
        world.ad("NX", day * DAY + 606)
    late = world.pay("account:number:2", 4 * DAY + 603)
    found = match(world)
    assert all(row["score"] < 0.4 for (payment, _), row in found.items() if payment == late)


def test_only_payments_that_were_booked_count(world: World, match: Matcher) -> None:
    for day in range(1, 9):
        world.pay("account:number:1", day * DAY, state="reversed")
        world.ad("NX", day * DAY + 5)
    assert match(world) == {}


def test_an_id_in_the_text_names_the_post_at_any_time(world: World, match: Matcher) -> None:
    world.crowd(3, 200)
    post = world.ad("NX", 3 * DAY, native_id="108688527")
    paid = world.pay("account:number:1", 20 * DAY, to="Kas", text="bump 108688527 thanks")
    row = match(world)[paid, post]
    assert row["score"] > 0.9
    assert row["reason"].startswith("The text of the payment names this advert by its id.")


def test_an_id_on_another_platform_is_another_advert(world: World, match: Matcher) -> None:
    world.ad("NX", 3 * DAY, native_id="108688527", platform="otherboard")
    world.ad("NY", 9 * DAY)
    world.pay("account:number:1", 20 * DAY, text="bump 108688527")
    assert match(world) == {}


def test_a_number_in_the_text_beats_what_is_nearer_in_time(world: World, match: Matcher) -> None:
    post = world.ad("NX", 5 * DAY + 300, phone="+31612345678")
    near = world.ad("NY", 5 * DAY + 3)
    paid = world.pay("account:number:1", 5 * DAY, names="+31612345678", text="ad 0612345678")
    found = match(world)
    assert found[paid, post]["score"] > 0.85
    assert found.get((paid, near), {"score": 0})["score"] < 0.15
    assert "names what this advert shows" in found[paid, post]["reason"]


def test_the_payee_of_an_unnamed_platform_is_learnt_from_what_follows(world: World, match: Matcher) -> None:
    world.crowd(4, 300)
    true = []
    for k in range(45):
        paid = world.pay(f"account:number:{k % 5}", k * 700.0, to="QX Holding", text="order")
        true.append((paid, world.ad(f"NP{k % 5}", k * 700.0 + 6)))
        world.pay("account:number:9", k * 700.0 + 350, to="Grocer", text="bread", amount=f"{k}.10")
    found = match(world)
    assert sum(found.get(pair, {"score": 0})["score"] > 0.8 for pair in true) >= 40
    assert {payment for payment, _ in found} <= {payment for payment, _ in true}


def test_books_that_know_days_only_have_their_own_delays(world: World, match: Matcher) -> None:
    world.crowd(5, 600, days=60)
    for k in range(20):  # booked at midnight of the day of the post
        world.pay("account:number:1", 3 * k * DAY, source="statement")
        world.ad("NX", 3 * k * DAY + 900 + 13 * k)
    found = match(world)
    right = [r for r in found.values() if r["network_id"] == "NX" and r["score"] > 0.5]
    assert len(right) >= 18
    assert "booked within a day of this post" in right[0]["reason"]


def test_rows_in_any_order_and_threads_give_the_same(world: World, match: Matcher) -> None:
    world.crowd(6, 300)
    for k in range(30):
        world.pay(f"account:number:{k % 4}", k * 900.0)
        world.ad(f"NP{k % 4}", k * 900.0 + 11, handle=f"h{k % 4}")
    first = match.table(world)
    assert first.num_rows > 20
    assert match.table(world, seed=1, threads=1).equals(first)
    assert match.table(world, seed=2, threads=3).equals(first)
