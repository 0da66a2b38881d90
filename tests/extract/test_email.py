import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract.base import batch_of_texts
from clew.extract.email import PLUGIN


def found(text: str, region: str = "") -> list[tuple[str, str]]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return sorted((m["type"], m["value"]) for m in rows)


def values(text: str) -> list[str]:
    return [v for _, v in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "lily.rose@mail.com",
        "LILY.ROSE@MAIL.COM.",
        "<lily.rose@mail.com>",
        "mailto:lily.rose@mail.com?subject=x",
        "lily dot rose at mail dot com",
        "lily.rose(at)mail(dot)com",
        "lily.rose [at] mail [dot] com",
        "lily.rose{at}mail.com",
        "lily.rose AT mail DOT com",
        "lily.rose @ mail . com",
        "lily.rose(@)mail(.)com",
        "lily.rose&#64;mail&period;com",
        "lily.ro\u200bse@mail.com",
        "𝓁𝒾𝓁𝓎.rose@mail.com",
        "lily (punkt) rose (at) mail (punkt) com",
        "lily punto rose chiocciola mail punto com",
        "lily punto rose arroba mail punto com",
        "lily ponto rose arroba mail ponto com",
        "lily point rose arobase mail point com",
        "lily kropka rose małpa mail kropka com",
        "lily pont rose kukac mail pont com",
        "lily tečka rose zavináč mail tečka com",
        "lily точка rose собака mail точка com",
        "lily punt rose apenstaartje mail punt com",
    ],
)
def test_reads_as_a_person_does(text: str) -> None:
    assert values(text) == ["lily.rose@mail.com"]


@pytest.mark.parametrize(
    "text",
    [
        "meet me at hotel.dot",
        "meet me at hotel.com",
        "Meet me at hotel dot com",
        "look at mail.com",
        "price @ 100",
        "a@b",
        "lily@mail",
        "lily@mail.notasuffix",
        "@lily.com",
        "come at noon. It is late",
        "lily@.com",
        "lily@-mail.com.",
        "Anna at spa dot now",
        "come by our room at some point so we talk",
        "lily..rose@mail..com",
    ],
)
def test_leaves_what_is_no_address(text: str) -> None:
    assert values(text) == []


def test_two_addresses_and_a_sentence_without_a_space() -> None:
    assert values("lily@mail.com,rose@mail.co.uk.Call") == ["lily@mail.com", "rose@mail.co.uk"]


@settings(deadline=None)  # the first call compiles
@given(st.from_regex(r"[a-z0-9]([a-z0-9._+-]{0,20}[a-z0-9])?@mail[a-z0-9]{1,16}\.(com|nl|co\.uk|ru)", fullmatch=True))
def test_a_plain_address_is_its_own_value(address: str) -> None:
    assert values(f"mail {address} now") == ([] if ".." in address else [address])


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.sampled_from(["lily", " ", "at", "(at)", "@", ".", "dot", "com", "nl", "(", "\n", "é", "_"]),
        max_size=14,
    )
)
def test_reading_a_value_again_gives_itself(parts: list[str]) -> None:
    for value in values("".join(parts)):
        assert values(value) == [value]


@pytest.mark.parametrize("part", ["@", "a@", "a at ", "(at)", "a dot ", "a.", "a@a.", " at at", "a@a.com "])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times
