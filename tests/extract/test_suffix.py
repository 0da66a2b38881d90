"""Which part of a host somebody registered, as the public suffix list has it."""

from __future__ import annotations

import pyarrow as pa
import pytest
import tldextract
from hypothesis import given
from hypothesis import strategies as st

from clew.extract._suffix import registered_as_they_are, registrable

LIST = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def by_the_list(host: str) -> str:
    return str(LIST.extract_str(host).top_domain_under_public_suffix)


@pytest.mark.parametrize("name", ["shop", "co", "10", "a-b", "xn--p1ai"])
def test_below_every_suffix_it_is_as_the_list_says(name: str) -> None:
    hosts = [f"{name}.{suffix.lstrip('*!.')}" for suffix in LIST.tlds]
    assert [host for host in hosts if registrable(host) != by_the_list(host)] == []


def test_a_suffix_itself_was_registered_by_nobody() -> None:
    assert [registrable(host) for host in ("co.uk", "com", "anything.ck", "www.ck", "a.b.co.uk")] == [
        "", "", "", "www.ck", "b.co.uk",
    ]  # fmt: skip


@given(st.from_regex(r"[a-z0-9-]{0,8}(\.[a-z0-9-]{0,8}){0,3}", fullmatch=True))
def test_whatever_the_host_it_is_as_the_list_says(host: str) -> None:
    assert registrable(host) == by_the_list(host)


HOSTS = st.from_regex(r"[a-z0-9-]{0,8}(\.[a-z0-9-]{0,8}){0,3}", fullmatch=True)
BELOW = st.builds("{}.{}".format, st.sampled_from(["a", "co", "shop", "x-y"]), st.sampled_from(sorted(LIST.tlds)))


@given(st.lists(HOSTS | BELOW))
def test_what_is_said_of_many_hosts_at_once_is_what_is_said_of_each(hosts: list[str]) -> None:
    sure = registered_as_they_are(pa.array(hosts, pa.string())).to_pylist()
    assert [host for host, own in zip(hosts, sure, strict=True) if own and by_the_list(host) != host] == []


def test_most_hosts_are_said_at_once() -> None:
    hosts = ["mail.com", "a-1.de", "mail.co.uk", "co.uk", "www.mail.com", "mail", "a.ck", "-a.com", "a.xn--p1ai"]
    sure = registered_as_they_are(pa.array(hosts)).to_pylist()
    assert sure == [True, True, False, False, False, False, False, False, False]
