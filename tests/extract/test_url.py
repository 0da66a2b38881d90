import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract.base import batch_of_texts
from clew.extract.url import PLUGIN


def found(text: str, region: str = "") -> list[tuple[str, str]]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return sorted((m["type"], m["value"]) for m in rows)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://WWW.Rose-House.NL:80/", "http://rose-house.nl"),
        ("https://rosehouse.com:8443/a?b=1&utm_campaign=x&fbclid=y#z", "https://rosehouse.com:8443/a?b=1"),
        ("(see rosehouse.com/a_(b).)", "https://rosehouse.com/a_(b"),
        ("hxxps[:]//rosehouse[.]com/x", "https://rosehouse.com/x"),
        ("rosehouse (dot) com", "https://rosehouse.com"),
        ("rosehouse.today/menu", "https://rosehouse.today/menu"),
        ("www.rosehouse.today", "https://rosehouse.today"),
        ("rose-house.at", "https://rose-house.at"),
        ("rosehouse.co.uk.Call me", "https://rosehouse.co.uk"),
        ("https://bücher.example.de/ß", "https://xn--bcher-kva.example.de/ß"),
        ("https&#58;//rosehouse.com/?a=1&amp;b=2", "https://rosehouse.com/?a=1&b=2"),
    ],
)
def test_normal_form(text: str, url: str) -> None:
    assert [v for t, v in found(text) if t == "url"] == [url]
    assert [v for t, v in found(url) if t == "url"] == [url]


@pytest.mark.parametrize(
    "text",
    [
        "today.Call",
        "I am here.It is late.And so on",
        "call.me",
        "love.it",
        "look.at this",
        "e.g. p.m. 10.50 1.500.000",
        "photo.jpg",
        "anna@rosehouse.com",
        "anna.nl@rosehouse.com",
        "St.John",
        "10.am",
        "at this point com",
        "the dot com",
        "hotel dot now",
        "gmail.com",
        "seen 2day.love it",
        "...",
        "https://",
        "www.",
        "http://localhost",
        "ok.So",
        "OK.NO",
    ],
)
def test_leaves_what_is_no_link(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("link", "handle"),
    [
        ("https://t.me/Lily_Rose?start=1", "telegram:lily_rose"),
        ("t.me/joinchat/AbCdEf123", "telegram:abcdef123"),
        ("instagram.com/lily.rose", "instagram:lily.rose"),
        ("snapchat.com/add/lily-r", "snapchat:lily-r"),
        ("onlyfans.com/lilyrose", "onlyfans:lilyrose"),
        ("fansly.com/lilyrose/posts", "fansly:lilyrose"),
        ("x.com/lilyrose", "twitter:lilyrose"),
        ("tiktok.com/@lily.rose", "tiktok:lily.rose"),
        ("https://m.facebook.com/profile.php?id=1000", "facebook:1000"),
        ("linktr.ee/lilyrose", "linktree:lilyrose"),
        ("line.me/ti/p/~lily88", "line:lily88"),
        ("discord.gg/AbCd", "discord:abcd"),
        ("threema.id/ABCD1234", "threema:abcd1234"),
        ("chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv", "whatsapp:abcdefghijklmnopqrstuv"),
    ],
)
def test_accounts_in_links(link: str, handle: str) -> None:
    got = found(link)
    assert [v for t, v in got if t == "handle"] == [handle]
    assert [t for t, _ in got] == ["handle", "url"]  # everybody's host: no domain


@pytest.mark.parametrize(
    "link", ["instagram.com/p/AbC", "facebook.com/groups/1", "t.me/+31600000000", "wa.me/31600000000"]
)
def test_pages_of_a_platform_are_no_accounts(link: str) -> None:
    assert [t for t, _ in found(link)] == ["url"]


def test_a_site_builder_lends_its_domain() -> None:
    assert ("domain", "lilyrose.wixsite.com") in found("https://lilyrose.wixsite.com/home")


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.sampled_from(
            [
                "lily",
                "rose",
                "www.",
                ".",
                "com",
                "nl",
                "http://",
                "/",
                "?a=",
                "&",
                "#",
                ":80",
                "é",
                " dot ",
                "[.]",
                "@",
                " ",
                "It",
            ]
        ),
        max_size=14,
    )
)
def test_reading_a_value_again_gives_itself(parts: list[str]) -> None:
    for kind, value in found("".join(parts)):
        if kind == "url":
            assert [v for t, v in found(value) if t == "url"] == [value]


@pytest.mark.parametrize("part", [".", "a.", "a.com/", "a dot ", "http://", "www.", "a.com ", "[.]", "a.com/("])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times
