"""Price lists that people gave: what they say of payments, and which payees they show to be platforms."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.trace.matching.conftest import START, Matcher, World

DAY = 1440.0


def test_the_sentence_of_a_match_names_the_list_price(world: World, match: Matcher) -> None:
    world.price("Velo-Market", "renewal", "12.00")
    world.price("Velo-Market", "top place", "30.00")
    post = [world.ad("NX", day * DAY + 610) for day in range(4)]
    one = world.pay("account:number:7", 601, amount="12.00")
    three = world.pay("account:number:7", DAY + 601, amount="36.00")
    other = world.pay("account:number:7", 2 * DAY + 601, amount="13.00")
    dear = world.pay("account:number:7", 3 * DAY + 601, amount="30")
    said = {payment: row["reason"] for (payment, ad), row in match(world).items() if ad in post}
    assert said[one].startswith(
        "Paid the platform's list price of 12.00 EUR (renewal; leaflet) to velomarket 9 minutes before this post;"
    )
    assert said[three].startswith(
        "Paid 36 EUR, 3 times the platform's list price of 12.00 EUR (renewal; leaflet), to velomarket 9 minutes"
    )
    assert said[other].startswith("Paid 13 EUR (no price of its list) to velomarket 9 minutes before this post;")
    assert said[dear].startswith("Paid the platform's list price of 30.00 EUR (top place; leaflet) to velomarket")


def test_a_price_counts_while_it_holds_and_only_on_its_own_platform(world: World, match: Matcher) -> None:
    first, later = date(2026, 3, 2), date(2026, 3, 3)
    world.price("velomarket", "posting", "5", valid_until=first)
    world.price("velomarket", "posting", "6", valid_from=later)
    world.price("othermarket", "posting", "7")
    world.price("velomarket", "posting", "9", source="gone")
    world.price("velomarket", "posting", "8", source="gone", at=START + timedelta(1), state="removed")
    for day in range(2):
        world.ad("NX", day * DAY + 1435)
    world.ad("NY", 5, platform="othermarket")
    paid = {
        (day, amount): world.pay("account:number:7", day * DAY + 1430, amount=amount)
        for day in range(2) for amount in ("5", "6", "7", "9")
    }  # fmt: skip
    listed = {payment for (payment, _), row in match(world).items() if "list price" in row["reason"]}
    assert listed == {paid[0, "5"], paid[1, "6"]}


def test_without_a_list_nothing_is_said_of_one(world: World, match: Matcher) -> None:
    world.ad("NX", 610)
    world.pay("account:number:7", 601, amount="12.00")
    ((_, row),) = match(world).items()
    assert row["reason"].startswith("Paid 12 EUR to velomarket 9 minutes") and "list" not in row["reason"]


def _till(world: World, amounts: tuple[str, ...], count: int) -> list[tuple[int, int]]:
    """Payments to a number that says nothing, each some minutes before a post; and other payees with usual prices."""
    draw = Random(5)
    for payee in range(40):
        for _ in range(3):
            amount = draw.choice(("5", "10", "19.99", "8.50"))
            world.pay(f"account:number:{payee}", draw.random() * 30 * DAY, to=f"Shop {payee}", amount=amount)
    pairs = []
    for n in range(count):
        at = n * 2 * DAY + 37 * n
        paid = world.pay(f"account:number:{n % 2}", at, to="4411", amount=amounts[n % len(amounts)])
        pairs.append((paid, world.ad("NX", at + 9)))
    return pairs


def test_a_payee_whose_prices_are_those_of_a_list_is_taken_for_the_platform(world: World, match: Matcher) -> None:
    true = _till(world, ("7.31", "14.62", "41.70"), 6)
    assert match(world) == {}  # six payments are too few for times alone
    for amount in ("7.31", "14.62", "41.70"):
        world.price("velomarket", "posting", amount)
    found = match(world)
    assert {pair for pair, row in found.items() if row["score"] > 0.5} == set(true)


def test_prices_that_many_charge_show_no_platform(world: World, match: Matcher) -> None:
    _till(world, ("5", "10"), 6)
    for amount in ("5", "10"):
        world.price("velomarket", "posting", amount)
    assert match(world) == {}


def test_order_and_threads_do_not_matter(world: World, match: Matcher) -> None:
    _till(world, ("7.31", "14.62", "5"), 12)
    for source in ("a", "b"):
        for amount in ("7.31", "14.62", "5"):
            world.price("velomarket", f"{source} {amount}", amount, source=source)
    first = match.table(world, seed=1, threads=1)
    assert first.num_rows > 0 and first.equals(match.table(world, seed=2, threads=2))
