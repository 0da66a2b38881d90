"""Buckets of requests, and whose an address is."""

from __future__ import annotations

import ipaddress
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.access.limits import Limits, TooManyError, network_of


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_burst_then_a_rate():
    clock = Clock()
    limits = Limits(2, 3, clock=clock)
    assert [limits.take("a") for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert limits.take("b") == 0  # another has a bucket of their own
    clock.at += 0.5
    assert [limits.take("a"), limits.take("a")] == [0, 0.5]
    clock.at += 3600
    assert [limits.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_what_costs_more_than_the_bucket_takes_all_of_it():
    clock = Clock()
    limits = Limits(1, 4, clock=clock)
    assert limits.take("a", 10) == 0
    assert limits.take("a") > 0


def test_it_forgets_who_asked_longest_ago():
    limits = Limits(1, 1, most=2, clock=Clock())
    for key in ("a", "b", "a", "c"):
        limits.take(key)
    assert limits.take("a") > 0
    assert limits.take("b") == 0


def test_threads_take_no_more_than_there_is():
    limits, went = Limits(0.001, 50, clock=Clock()), []
    threads = [threading.Thread(target=lambda: went.extend(limits.take("a") for _ in range(40))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert went.count(0) == 50


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0.1, 5)), max_size=40))
def test_never_more_than_the_burst_and_the_rate(asked):
    clock, limits, took = Clock(), None, 0.0
    limits = Limits(2, 5, clock=clock)
    for pause, cost in asked:
        clock.at += pause
        wait = limits.take("a", cost)
        took += cost if wait == 0 else 0
        assert wait >= 0
        assert took <= 5 + 2 * (clock.at - 100) + 1e-6


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
        ("\x00", "unknown"),
    ],
)
def test_whose_an_address_is(address, network):
    assert network_of(address) == network


@given(st.one_of(st.text(), st.ip_addresses().map(str)))
def test_any_text_may_be_an_address(address):
    found = network_of(address)
    assert found == "unknown" or ipaddress.ip_network(found)


def test_the_words():
    assert str(TooManyError("Too many.", 7)) == "Too many. Wait 7 seconds."
    assert TooManyError("Too many.", 1).wait == 1
