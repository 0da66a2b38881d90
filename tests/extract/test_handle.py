import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.extract.base import batch_of_texts, text_batch
from clew.extract.handle import PLUGIN


def found(text: str, region: str = "") -> list[tuple[str, str]]:
    rows = PLUGIN.find(batch_of_texts([text], [region])).to_pylist()
    return sorted((m["type"], m["value"]) for m in rows)


def values(text: str) -> list[str]:
    return [v for _, v in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "telegram: @lily_88",
        "Telegram @lily_88",
        "tg lily_88",
        "TG: lily_88",
        "telegram - lily_88",
        "telega @lily_88",
        "телеграм: @lily_88",
        "my telegram is lily_88",
        "telegram username: lily_88",
        "@lily_88 on telegram",
        "telegram 👉 lily_88",
        "telegram (@lily_88)",
        "ТЕЛЕГРАМ @lily_88",
    ],
)
def test_spellings_of_one_account(text: str) -> None:
    assert values(text) == ["telegram:lily_88"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("insta: lilyrose", "instagram:lilyrose"),
        ("ig @lilyrose", "instagram:lilyrose"),
        ("snap: lily-rose", "snapchat:lily-rose"),
        ("skype lily.rose", "skype:lily.rose"),
        ("kik: lilyrose1", "kik:lilyrose1"),
        ("wickr lilyrose1", "wickr:lilyrose1"),
        ("tiktok @lilyrose", "tiktok:lilyrose"),
        ("line id lilyrose9", "line:lilyrose9"),
        ("signal: lily.88", "signal:lily.88"),
        ("discord: lilyrose", "discord:lilyrose"),
        ("hi @lilyrose bye", "at:lilyrose"),
    ],
)
def test_platforms(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "on telegram only",
        "telegram available now",
        "telegram: 0600000000",
        "whatsapp: text me first",
        "session: 1 hour",
        "in line with",
        "signal lost",
        "snap please",
        "telegram 24h",
        "lily@mail.com",
        "telegram: lily@mail.com",
        "@ home",
        "@a",
        "insta/snap",
        "messenger services.Establish",
        "messenger plans.Establish",
        "telegram: t.me/lily",
    ],
)
def test_leaves_what_is_no_account(text: str) -> None:
    assert values(text) == []


def test_an_account_belongs_to_the_nearest_platform_before_it() -> None:
    assert values("insta and telegram: @lilyrose") == ["telegram:lilyrose"]
    assert values("insta. " + "x " * 30 + "@lilyrose") == ["at:lilyrose"]


def test_the_author_of_a_record() -> None:
    records = batch_of_texts(["", "", "", ""]).records
    columns = {name: records.column(name) for name in records.schema.names}
    columns["handle"] = pa.array([" @Lily_Rose", None, "+31600000000", "лили"])
    columns["platform"] = pa.array(["Forum", "forum", "whatsapp", "vk"])
    rows = PLUGIN.find(text_batch(pa.RecordBatch.from_pydict(columns))).to_pylist()
    assert [(m["rid"], m["value"], m["raw"], m["field"], m["start"], m["end"]) for m in rows] == [
        (0, "forum:lily_rose", " @Lily_Rose", "handle", 0, 11),
        (3, "vk:лили", "лили", "handle", 0, 4),
    ]


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.sampled_from(["telegram", "ig", "line", ":", "@", " ", "lily", "_", ".", "8", "id", "\n", "é", "on"]),
        max_size=12,
    )
)
def test_reading_a_value_again_gives_itself(parts: list[str]) -> None:
    for value in values("".join(parts)):
        platform, _, name = value.partition(":")
        assert values(f"{'' if platform == 'at' else platform + ': '}@{name}") == [value]


@pytest.mark.parametrize("part", ["@", "@a ", "telegram ", "telegram:", "ig @", "a_", "@abc"])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    times = 1_000_000 // len(part)
    assert PLUGIN.find(batch_of_texts([part * times])).num_rows <= times


def test_a_link_after_a_platform_is_no_account_name() -> None:
    texts = ["Telegram: https://t.me/anna_55", "Jestem na Telegramie: @anna_55"]
    texts += ["Я в телеграме: @anna_55", "تلغرام: @anna_55"]
    rows = PLUGIN.find(batch_of_texts(texts)).to_pylist()
    assert [(r["rid"], r["value"]) for r in rows] == [(k, "telegram:anna_55") for k in (1, 2, 3)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("пиши в телегу lily_88", "telegram:lily_88"),
        ("mon snap c'est lily.rose", "snapchat:lily.rose"),
        ("mon snap c’est : lilyrose", "snapchat:lilyrose"),
        ("mój tg to lily_88", "telegram:lily_88"),
        ("na snapie: lily_88", "snapchat:lily_88"),
        ("telegram małpa lilyrose", "telegram:lilyrose"),
        ("telegram arroba lilyrose", "telegram:lilyrose"),
        ("телеграм собака lilyrose", "telegram:lilyrose"),
        ("t . me / lilyrose", "telegram:lilyrose"),
        ("t. me/lilyrose", "telegram:lilyrose"),
        ("T*legram lily_88", "telegram:lily_88"),
        ("T*legram @lilyrose", "telegram:lilyrose"),
        ("tel3gr4m: lilyrose", "telegram:lilyrose"),
        ("1nsta: lilyrose", "instagram:lilyrose"),
        ("sn@p: lilyrose", "snapchat:lilyrose"),
        ("in sta: lilyrose", "instagram:lilyrose"),
        ("insta gram: lilyrose", "instagram:lilyrose"),
        ("te le gram lily_88", "telegram:lily_88"),
        ("t e l e g r a m : lilyrose", "telegram:lilyrose"),
    ],
)
def test_platforms_in_other_words_and_veiled(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "mon snap c'est gratuit",
        "telegram to connect",
        "tele gram of gold",
        "in sta\nnice",
        "a dog in stable condition: fine",
        "t. me and you / friends",
        "don't. Me / you",
        "insta gram available",
        "it is 1 n sta",
        "te le gram",
    ],
)
def test_what_only_looks_like_a_veiled_platform(text: str) -> None:
    assert values(text) == []


def test_a_word_for_the_sign_is_no_part_of_what_was_found() -> None:
    rows = PLUGIN.find(batch_of_texts(["telegram małpa lilyrose"])).to_pylist()
    assert [m["raw"] for m in rows] == ["lilyrose"]
