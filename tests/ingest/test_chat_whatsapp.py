"""WhatsApp's exports: every way to write a date, what the app writes itself, and ids that outlive a later export."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows
from tests.ingest.test_chat_zip import messages, packed
from tests.tried import tried

from clew.ingest.chats_heads import SENDER, SENDER_END, find_heads
from clew.ingest.chats_words import chat_name
from clew.ingest.formats.whatsapp import sniff


def read(shelf: Shelf, name: str, text: str | bytes) -> list[dict[str, Any]]:
    return shelf.records(shelf.write(name, text), kind=None)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# The second message is on 13 May 2021 at 15:04 (with seconds: and 5); each spelling proves its own order.
STAMPS = [
    "13/05/2021, 15:04 - ",
    "13/05/21, 15:04 - ",
    "5/13/21, 3:04 PM - ",
    "5/13/21, 3:04\u202fPM - ",
    "05/13/2021 3:04 pm - ",
    "13/5/21 3:04 p. m. - ",
    "13.05.21, 15:04 - ",
    "13.05.2021, 15.04 - ",
    "13. 5. 2021 15:04 - ",
    "13.5.2021 klo 15.04 - ",
    "13.05.21 г., 15:04 - ",
    "13-05-2021 15:04 - ",
    "13-5-21 15:04 - ",
    "2021-05-13, 15:04 - ",
    "2021-05-13 15 h 04 - ",
    "2021. 05. 13. 15:04 - ",
    "2021. 05. 13. du. 3:04 - ",
    "2021/05/13 15:04 - ",
    "21/5/13 下午3:04 - ",
    "2021年5月13日 下午3:04 - ",
    "2021년 5월 13일 오후 3:04 - ",
    "13/5/2021, 3:04 μ.μ. - ",
    "13/5/2021 à 15:04 - ",
    "13\u200f/5\u200f/2021، 3:04 م - ",
    "\u200f١٣\u200f/٥\u200f/٢٠٢١, ٣:٠٤ م - ",
    "13.05.2021 ÖS 3:04 - ",
    "13/05/2021, 3:04 CH - ",
    "13/5/2564 15:04 - ",
    "[13/05/21, 15:04:00] ",
    "\u200e[13/05/21, 15:04:00] ",
    "[5/13/21, 3:04:00 PM] ",
    "[5/13/21, 3:04:00\u202fPM] ",
    "[13.05.21, 15:04:00] ",
    "[13-05-2021 15:04:00] ",
    "[2021-05-13, 15:04:00] ",
    "[2021/5/13 下午3:04:00] ",
    "[13/5/21 15:04:00] ",
    "13/05/21 15:04:00: ",
    "13.05.21 15.04.00: ",
    "13/5/2021 15:04:00: ",
    "5/13/21, 3:04:00 PM: ",
    "13/5/21, 3:04:00 p.m.: ",
]


@pytest.mark.parametrize("stamp", STAMPS)
def test_every_way_to_write_a_time_is_read(shelf: Shelf, stamp: str) -> None:
    found = read(shelf, "_chat.txt", f"{stamp}Ann: one\n{stamp}Ben: two\nand more\n{stamp}Ann: three: 3\n")
    assert [row["posted_at"] for row in found] == [at(2021, 5, 13, 15, 4)] * 3
    assert [row["posted_offset"] for row in found] == [None] * 3
    assert [(row["handle"], row["body"]) for row in found] == [
        ("Ann", "one"),
        ("Ben", "two\nand more"),
        ("Ann", "three: 3"),
    ]


def test_a_colon_ends_a_time_only_where_it_ends_those_of_the_chat(shelf: Shelf) -> None:
    pasted = "13/05/21, 15:04 - Ann: look\n13/05/21 15:04:00: Cem: hello\n13/05/21, 15:05 - Ben: yes\n"
    found = read(shelf, "_chat.txt", pasted)
    assert [row["body"] for row in found] == ["look\n13/05/21 15:04:00: Cem: hello", "yes"]


def test_the_log_of_a_program_is_no_chat() -> None:
    assert sniff(b"2021-05-13 15:04:00: WARNING: low\n2021-05-13 15:04:01: ERROR: gone\n" * 9, "x.log") == 0.0


@pytest.mark.parametrize(
    ("morning", "afternoon"),
    [
        ("e paradites", "e pasdites"), ("PG", "PTG"), ("ጥዋት", "ከሰዓት"), ("পূর্বাহ্ণ", "অপরাহ্ণ"), ("पूर्वाह्न", "अपराह्न"),
        ("претпл.", "попл."), ("GH", "GD"), ("قبل دوپہر", "بعد دوپہر"), ("முற்பகல்", "பிற்பகல்"), ("дп", "пп"),
        ("пр.об.", "сл.об."), ("prije\u202fpodne", "po\u202fpodne"), ("לפנה״צ", "אחה״צ"), ("ก่อนเที่ยง", "หลังเที่ยง"),
        ("ق.ظ.", "ب.ظ."), ("a.\u00a0m.", "p.\u00a0m."), ("凌晨", "晚上"),
    ],
)  # fmt: skip
def test_the_half_of_the_day_in_many_languages(shelf: Shelf, morning: str, afternoon: str) -> None:
    text = f"13/05/21, 9:04 {morning} - Ann: one\n13/05/21, 9:04 {afternoon} - Ben: two\n"
    found = read(shelf, "WhatsApp Chat with Ben.txt", text + f"14/05/21 {afternoon} 12:04 - Ann: three\n")
    assert [row["posted_at"] for row in found] == [
        at(2021, 5, 13, 9, 4),
        at(2021, 5, 13, 21, 4),
        at(2021, 5, 14, 12, 4),
    ]


def test_a_word_beside_the_hour_that_is_not_known_is_no_morning(shelf: Shelf) -> None:
    text = "13/05/21, 9:04 Grumbel - Ann: one\n13/05/21, 9:05 - Ben: two\n13/05/21, 9:06 PM - Ann: three\n"
    result = shelf.ingest(shelf.write("WhatsApp Chat with Ben.txt", text), kind=None)
    one, two, three = rows(result.records)
    assert (one["posted_at"], two["posted_at"], three["posted_at"]) == (
        None,
        at(2021, 5, 13, 9, 5),
        at(2021, 5, 13, 21, 6),
    )
    assert result.untimed == 1 and "Grumbel" in json.loads(one["extra"])["posted_at"]
    whole = text.replace("9:05", "19:05")
    found = read(Shelf(shelf.root / "b"), "WhatsApp Chat with Ben.txt", whole)
    assert found[0]["posted_at"] == at(2021, 5, 13, 9, 4), "a clock of 24 hours needs no such word"
    klo = read(Shelf(shelf.root / "c"), "WhatsApp Chat with Ben.txt", "13.5.2021 klo 9.04 - Ann: one\n" * 2)
    assert klo[0]["posted_at"] == at(2021, 5, 13, 9, 4)


def times(shelf: Shelf, *stamps: str) -> list[datetime]:
    text = "".join(f"{stamp} - {'Ann' if n % 2 else 'Ben'}: {n}\n" for n, stamp in enumerate(stamps))
    return [row["posted_at"] for row in read(shelf, f"WhatsApp Chat with {stamps[0].replace('/', '_')}.txt", text)]


def test_the_order_of_day_and_month_follows_from_times_that_ascend(shelf: Shelf) -> None:
    assert times(shelf, "03/04/2021, 10:00", "04/04/2021, 10:00", "01/05/2021, 10:00")[2] == at(2021, 5, 1, 10)
    assert times(shelf, "04/03/2021, 10:00", "04/04/2021, 10:00", "05/01/2021, 10:00")[2] == at(2021, 5, 1, 10)
    assert times(shelf, "19/11/12, 10:00", "20/01/02, 10:00", "20/02/11, 9:00")[0] == at(2019, 11, 12, 10)


def test_where_nothing_tells_the_american_way_of_writing_does(shelf: Shelf) -> None:
    assert times(shelf, "1/2/21, 3:04 PM", "1/2/21, 3:05 PM")[0] == at(2021, 1, 2, 15, 4)
    assert times(shelf, "01/02/21, 3:04 pm", "01/02/21, 3:05 pm")[0] == at(2021, 2, 1, 15, 4)
    assert times(shelf, "1/2/21, 12:04 AM", "1/2/21, 12:05 PM") == [at(2021, 1, 2, 0, 4), at(2021, 1, 2, 12, 5)]


CHAT = """\
12/05/2021, 09:00 - Messages and calls are end-to-end encrypted. No one outside of this chat can read them.
12/05/2021, 09:00 - Ann created group "Work: abroad"
12/05/2021, 09:01 - Ann: Hello
12/05/2021, 09:02 - +31 6 12345678: <Media omitted>
13/05/2021, 09:02 - Ben: IMG-20210513-WA0001.jpg (Datei angehängt)
See: this
13/05/2021, 09:02 - Ben: report.pdf (file attached)
13/05/2021, 09:03 - Ben: This message was deleted
13/05/2021, 09:04 - Ben: \u200eSmettila <This message was edited>
13/05/2021, 09:04 - Ben: ok
13/05/2021, 09:04 - Ben: ok
14/05/2021, 09:04 - Ben changed the subject from "a: b" to "c: d"
14/05/2021, 09:05 - Ann:
"""


def test_what_the_app_writes_is_told_from_what_people_do(shelf: Shelf) -> None:
    found = read(shelf, "WhatsApp Chat with Work.txt", CHAT)
    extra = [json.loads(row["extra"] or "{}") for row in found]
    assert [row["handle"] for row in found] == [None, None, "Ann", "+31 6 12345678", *["Ben"] * 6, None, "Ann"]
    assert found[3]["contact"] == "+31 6 12345678" and found[2]["contact"] is None
    assert extra[0] == extra[1] == extra[10] == {"system": True}
    assert found[10]["body"] == 'Ben changed the subject from "a: b" to "c: d"'
    assert (found[3]["body"], extra[3]) == (None, {"media": ["<Media omitted>"]})
    assert (found[4]["body"], extra[4]["media"], found[4]["images"]) == (
        "See: this",
        ["IMG-20210513-WA0001.jpg"],
        ["IMG-20210513-WA0001.jpg"],
    )
    assert (found[5]["body"], extra[5]["media"], found[5]["images"]) == (None, ["report.pdf"], None)
    assert (found[6]["body"], extra[6]) == (None, {"deleted": True})
    assert (found[7]["body"], extra[7]) == ("Smettila", {"edited": True})
    assert len({row["native_id"] for row in found}) == len(found) == 12
    assert len({row["conversation"] for row in found}) == 1
    assert {row["recipient"] for row in found} == {None}
    assert {row["kind"] for row in found} == {"message"} and {row["platform"] for row in found} == {"whatsapp"}
    assert [row["line"] for row in found] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13]


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("\u200eimage omitted", {"media": ["image omitted"]}),
        ("\u200eBild weggelassen", {"media": ["Bild weggelassen"]}),
        ("\u200eimagen omitida", {"media": ["imagen omitida"]}),
        ("\u200eimage absente", {"media": ["image absente"]}),
        ("<Multimedia omitido>", {"media": ["<Multimedia omitido>"]}),
        ("<Без медиафайлов>", {"media": ["<Без медиафайлов>"]}),
        (
            "\u200e<attached: 00000012-PHOTO-2021-05-13-15-04-05.jpg>",
            {"media": ["00000012-PHOTO-2021-05-13-15-04-05.jpg"]},
        ),
        (
            "\u200e<Anhang: 00000013-AUDIO-2021-05-13-15-04-05.opus>",
            {"media": ["00000013-AUDIO-2021-05-13-15-04-05.opus"]},
        ),
        ("Diese Nachricht wurde gelöscht.", {"deleted": True}),
        ("\u200eYou deleted this message.", {"deleted": True}),
        ("Данное сообщение удалено", {"deleted": True}),
        ("Bu mesaj silindi", {"deleted": True}),
        ("此消息已删除", {"deleted": True}),
    ],
)
def test_placeholders_in_other_languages(shelf: Shelf, text: str, extra: dict[str, object]) -> None:
    stamp = "[13/05/21, 15:04:05] "
    found = read(shelf, "_chat.txt", f"{stamp}Ann: hi\r\n{stamp}Ben: {text}\r\n")
    assert found[0]["body"] == "hi" and found[1]["body"] is None
    assert json.loads(found[1]["extra"]) == extra


@pytest.mark.parametrize(
    "text", ["I omitted it", "<3>", "we deleted this message: yes", "see a.jpg (it is nice) now", "The report.pdf"]
)
def test_what_people_write_stays_as_it_is(shelf: Shelf, text: str) -> None:
    stamp = "13/05/21, 15:04 - "
    found = read(shelf, "WhatsApp Chat with Ben.txt", f"{stamp}Ann: hi\n{stamp}Ben: {text}\n")
    assert (found[1]["body"], found[1]["extra"]) == (text, None)


def test_two_people_are_each_others_recipients(shelf: Shelf) -> None:
    text = "13/05/21, 15:04 - Ann: hi\n13/05/21, 15:04 - Ben: hi\n"
    found = read(shelf, "Chat de WhatsApp con Ben.txt", text)
    assert [(row["handle"], row["recipient"]) for row in found] == [("Ann", "Ben"), ("Ben", "Ann")]
    assert {row["conversation"] for row in found} == {"Ann ~ Ben"}
    assert shelf.ingest(shelf.write("_chat.txt", text), kind=None).identical == 2


def test_what_an_iphone_writes_under_a_groups_name_is_no_message(shelf: Shelf) -> None:
    stamp = "[13/05/21, 15:04:05] "
    text = f"{stamp}Work: \u200eMessages and calls are end-to-end encrypted.\r\n"
    text += f"{stamp}Work: \u200eAnn made Ben an admin\r\n"
    text += f"{stamp}Ann: hi\r\n{stamp}Ben: ho\r\n"
    found = read(shelf, "WhatsApp Chat - Work.zip", packed("_chat.txt", text))
    assert [row["handle"] for row in found] == [None, None, "Ann", "Ben"]
    assert [json.loads(row["extra"] or "{}") for row in found] == [{"system": True}] * 2 + [{}] * 2
    assert {row["recipient"] for row in found} == {None} and found[0]["conversation"].startswith("Work #")
    two = text.replace("Work:", "Ben:")
    found = read(Shelf(shelf.root / "two"), "_chat.txt", two)
    assert [row["handle"] for row in found] == [None, "Ben", "Ann", "Ben"] and found[2]["recipient"] == "Ben"


def test_a_longer_export_of_a_chat_brings_only_what_is_new(shelf: Shelf) -> None:
    first = shelf.ingest(shelf.write("WhatsApp Chat with Work.txt", messages(800)), kind=None)
    assert (first.new, first.rejected) == (800, 0)
    again = shelf.ingest(shelf.write("later/WhatsApp Chat with Work (1).txt", messages(1_000)), kind=None)
    assert (again.new, again.identical, again.changed) == (200, 800, 0)


def test_a_chat_of_many_blocks_is_the_chat_it_is_in_one(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(shelf, "WhatsApp Chat with Work.txt", messages(1_000))
    monkeypatch.setattr("clew.ingest.streams.FileSource.blocks", _small_blocks)
    pieces = read(Shelf(shelf.root / "b"), "WhatsApp Chat with Work.txt", messages(1_000))
    same = [{name: row[name] for name in row if name != "file"} for row in whole]
    assert [{name: row[name] for name in row if name != "file"} for row in pieces] == same


def _small_blocks(source: Any, size: int = 700) -> Any:
    content = source.path.read_bytes()
    return iter([content[start : start + 700] for start in range(0, len(content), 700)])


def test_what_is_no_message_is_named_with_its_line(shelf: Shelf) -> None:
    text = "torn line\n31/05/2021, 10:00 - Ann: one\n32/05/2021, 10:00 - Ann: two\n31/05/2021, 25:00 - Ben: x\n"
    text += "31/05/2021, 10:01 - Ben: a\x00b\n31/05/2021, 10:02 - Ben: three\n"
    result = shelf.ingest(shelf.write("WhatsApp Chat with Ben.txt", text), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["one", "three"]
    assert reasons(result) == [
        "text before the first message",
        "a date or time that does not exist",
        "a date or time that does not exist",
        "NUL byte in the row",
    ]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("WhatsApp Chat with Ann.txt", "Ann"),
        ("WhatsApp Chat with Ann (2).txt", "Ann"),
        ("WhatsApp Chat - Work 2021.zip", "Work 2021"),
        ("WhatsApp Chat mit +49 151 1234567.txt", "+49 151 1234567"),
        ("Discussion WhatsApp avec Zoë.txt", "Zoë"),
        ("WhatsApp-chat met Jan.txt", "Jan"),
        ("Conversa do WhatsApp com Ana.txt", "Ana"),
        ("Czat WhatsApp z użytkownikiem Ewa.txt", "Ewa"),
        ("Чат WhatsApp с Олег.txt", "Олег"),
        ("Ayşe ile WhatsApp Sohbeti.txt", "Ayşe"),
        ("Чат WhatsApp с контактом Иван.txt", "Иван"),
        ("Чат WhatsApp з контактом Соня.txt", "Соня"),
        ("Chat WhatsApp s kontaktem Jana.txt", "Jana"),
        ("Chat WhatsApp s kontaktom Jana.txt", "Jana"),
        ("Czat WhatsApp z Ewą (1).txt", "Ewą"),
        ("Conversație WhatsApp cu Ion.txt", "Ion"),
        ("WhatsApp-chatt med Åsa.txt", "Åsa"),
        ("Συνομιλία WhatsApp με Νίκος.txt", "Νίκος"),
        ("Chat WhatsApp dengan Budi.txt", "Budi"),
        ("محادثة واتساب مع Sami.txt", "Sami"),
        ("צ'אט WhatsApp עם דן.txt", "דן"),
        ("राम के साथ WhatsApp चैट.txt", "राम"),
        ("与 小明 的 WhatsApp 聊天.txt", "小明"),
        ("_chat.txt", None),
        ("notes.txt", None),
    ],
)
def test_a_chats_name_is_in_the_files(file: str, name: str | None) -> None:
    assert chat_name(file) == name


def test_a_colon_in_quotes_ends_no_name() -> None:
    stamp = "13/05/21, 15:04 - "
    lines = [f"{stamp}Ann said “x: y”", f'{stamp}"Ann": hi', f"{stamp}Ann „so: it“: hi", f"{stamp}Ann: say “x: y”"]
    text = "\n".join(lines).encode()
    found = [text[row[SENDER] : row[SENDER_END]].decode() if row[SENDER] >= 0 else None for row in find_heads(text)]
    assert found == [None, '"Ann"', "Ann „so: it“", "Ann"]


_LINE = st.sampled_from(
    ["13/05/2021, 15:04 - Ann: hi", "14/05/2021, 15:04 - Ben: ho", "more", "\u200e[", " - ", ":", "1/1", "\r"]
)


@settings(max_examples=tried(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(_LINE, st.text(max_size=30)), max_size=12), st.binary(max_size=6), st.integers(0, 400))
def test_no_text_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], torn: bytes, place: int
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("any"))
    good = b"13/05/2021, 15:04 - Ann: first\n13/05/2021, 15:05 - Ben: second\n13/05/2021, 15:06 - Ann: third\n"
    content = "\n".join(lines).encode("utf-8", "replace")
    path = shelf.write("WhatsApp Chat with Ben.txt", good + content[:place] + torn + content[place:])
    result = shelf.ingest(path, kind=None)
    found = rows(result.records)
    assert found[0]["body"] == "first" and found[1]["body"] == "second"
    assert all(row["conversation"] for row in found) and Path(found[0]["file"]) == path
