"""Threats that are quoted or retold do not make an offender of the one who repeats them."""

from __future__ import annotations

import pytest
from tests.talk.conftest import Reader, Talks, control_of, stages_of

WORDS = "i know where your mother lives"

RETOLD = [
    f"he told me: {WORDS}",
    f"yesterday She Said that {WORDS}",
    f'look what i got "{WORDS}"',
    f"look what i got “{WORDS}”",
    f"ze zei «{WORDS}»",
    f"ok\n> {WORDS}",
    f"mi-a zis că {WORDS}",
    f"mi-a zis ca {WORDS}",
    f"ОН СКАЗАЛ, {WORDS}",
    f"وقال {WORDS}",
    f"他告诉我{WORDS}",
    f"anh ta nói {WORDS}",
]
MADE = [
    WORDS,
    f"i told you, {WORDS}",
    f'"hello" is all you say? {WORDS}',
    f"listen\n{WORDS}",
    f"he told me what you did, and so did all of the others who came to see me in the evening: {WORDS}",
    f"the sage {WORDS}",
]


@pytest.mark.parametrize("text", RETOLD)
def test_a_quoted_threat_is_not_a_stage(talks: Talks, read: Reader, text: str) -> None:
    talks.say("c", "mira", "threat-family", body=text, at=text.index(WORDS))
    assert stages_of(read(talks)) == []


def test_a_forwarded_threat_is_not_a_stage(talks: Talks, read: Reader) -> None:
    talks.say("c", "mira", "threat-family", extra='{"forwarded_from":"boss","name":"M"}')
    made = read(talks)
    assert stages_of(made) == []
    assert made["conversations"][0]["danger_reason"].startswith("mira repeated on 2026-03-04 what reads as a threat")


HEADS = [
    ("From", "Sent", "To", "Subject"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("De ", "Envoyé ", "À ", "Objet "),
    ("De", "Enviado el", "Para", "Asunto"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("De", "Enviado", "Para", "Assunto"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("De la", "Trimis", "Către", "Subiect"),
    ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    ("От", "Изпратено", "До", "Относно"),
    ("От", "Отправлено", "Кому", "Тема"),
    ("Від", "Надіслано", "Кому", "Тема"),
    ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("发件人", "发送时间", "收件人", "主题"),
]
MARKED = [
    "-----Original Message-----\n",
    "-----Ursprüngliche Nachricht-----\nVon: B\n",
    "---------- Forwarded message ---------\nFrom: Boss <boss@board.example>\n",
    "-------- Doorgestuurd bericht --------\n",
    "Begin forwarded message:\n\n",
    "-------- Пересылаемое сообщение --------\n",
    "On Mon, 1 Jun 2026 at 10:00, Boss <boss@board.example>\nwrote:\n\n",
    "On 6/1/26 10:00 AM, Boss wrote:\r\n",
    "Le lun. 1 juin 2026 à 10:00, Boss <boss@board.example> a écrit :\n",
    "Am Mo., 1. Juni 2026 um 10:00 Uhr schrieb Boss <\nboss@board.example>:\n\n",
    "Op ma 1 jun 2026 om 10:00 schreef Boss <boss@board.example>:\n",
    "El lun, 1 jun 2026 a las 10:00, Boss (<boss@board.example>) escribió:\n",
    "Il giorno lun 1 giu 2026 alle ore 10:00 Boss <boss@board.example> ha scritto:\n",
    "Em seg., 1 de jun. de 2026 às 10:00, Boss <boss@board.example> escreveu:\n",
    "pon., 1 cze 2026 o 10:00 Boss <boss@board.example> napisał(a):\n",
    "Boss <boss@board.example> ezt írta (időpont: 2026. jún. 1., H, 10:00):\n",
    "На пн, 1.06.2026 г. в 10:00 Boss <boss@board.example> написа:\n",
    "пн, 1 июн. 2026 г. в 10:00, Boss <boss@board.example>:\n",
    "Boss <boss@board.example> 于2026年6月1日周一 10:00写道：\n",
    '<div dir="ltr">see below</div><br><div class="gmail_quote"><div>',
    '<p>see</p><blockquote style="margin:0"><p>',
    '<div>see</div><div id="divRplyFwdMsg"><font>',
    "<p>see</p><div><b>Von:</b> Boss &lt;boss@board.example&gt;<br><b>Gesendet:</b> Montag<br><b>An:</b> M<br><p>",
    *("\n".join(f"{name}: x" for name in names) + "\n\n" for names in HEADS),
]
OWN = [
    f"On Mon, 1 Jun 2026 at 10:00, Mira <mira@board.example> wrote:\n> leave me alone\n\n{WORDS}",
    f"<blockquote>leave me alone</blockquote><p>{WORDS}",
    f"From: Riga\nto you i say: {WORDS}",
    f"i wrote to you on 1 June 2026 and you did not pay, so {WORDS}",
    f"the original message was clear: {WORDS}",
]


@pytest.mark.parametrize("mark", MARKED)
def test_what_a_mail_repeats_is_not_a_stage(talks: Talks, read: Reader, mark: str) -> None:
    body = f"please help me\n\n{mark}{WORDS}"
    talks.say("c", "mira", "threat-family", body=body, at=body.index(WORDS))
    made = read(talks)
    assert stages_of(made) == []
    assert made["conversations"][0]["danger_reason"].startswith("mira repeated")


@pytest.mark.parametrize("mark", MARKED)
def test_a_threat_above_what_a_mail_repeats_is_a_stage(talks: Talks, read: Reader, mark: str) -> None:
    body = f"{WORDS}\n\n{mark}please no"
    talks.say("c", "boss", "threat-family", body=body)
    talks.mentions[-1]["end"] = len(WORDS)
    assert stages_of(read(talks)) == [("threat-family", "boss")]


@pytest.mark.parametrize("text", OWN)
def test_an_answer_below_what_it_answers_is_a_stage(talks: Talks, read: Reader, text: str) -> None:
    talks.say("c", "boss", "threat-family", body=text, at=text.index(WORDS))
    assert stages_of(read(talks)) == [("threat-family", "boss")]


@pytest.mark.parametrize(
    ("title", "own"), [("Re: we know", False), ("WG: we know", False), ("Fwd[2]: we know", False), ("we know", True)]
)
def test_the_subject_of_an_answer_is_repeated(talks: Talks, read: Reader, title: str, own: bool) -> None:
    talks.say("c", "mira", "threat-family", body="")
    talks.records[-1]["title"] = title
    talks.mentions[-1] |= {"field": "title", "end": len(title)}
    assert bool(stages_of(read(talks))) is own


@pytest.mark.parametrize(
    ("text", "retold"),
    [
        ("they keep my passport", True),
        ("They keep MY passport until the debt is paid", True),
        ("i keep your passport", False),
        ("i keep my word: your passport stays here", False),
        ("zij houden mijn paspoort", True),
        ("ik houd jouw paspoort", False),
        ("ellos tienen mi pasaporte", True),
        ("мой паспорт у них", True),
        ("твой паспорт у меня", False),
        ("我的护照在他们那里", True),
        ("你的护照在我这里", False),
        ("pasaportumu aldılar", True),
        ("sie haben meinen pass", True),
        ("daj mi pieniądze albo zdjęcia pójdą w świat", False),
        ("in 30 min everybody sees it", False),
    ],
)
def test_what_is_mine_is_suffered_and_what_is_yours_is_done(
    talks: Talks, read: Reader, text: str, retold: bool
) -> None:
    talks.say("c", "ana", "threat-family", body=text)
    assert (stages_of(read(talks)) == []) is retold


def test_he_said_may_stand_between_the_words(talks: Talks, read: Reader) -> None:
    talks.say("c", "mira", "threat-family", body="if i leave, he said, something happens to my mother", at=0)
    assert stages_of(read(talks)) == []


@pytest.mark.parametrize("text", MADE)
def test_a_threat_is_a_stage_at_once(talks: Talks, read: Reader, text: str) -> None:
    talks.say("c", "boss", "threat-family", body=text, at=text.index(WORDS))
    assert stages_of(read(talks)) == [("threat-family", "boss")]


def test_whoever_repeats_a_threat_to_the_one_who_made_it_is_not_its_actor(talks: Talks, read: Reader) -> None:
    talks.chat(
        "c",
        ("boss", "threat-publish"),
        ("mira", "plea"),
        ("boss", "earnings-demand"),
        ("mira", "threat-publish"),  # "you said that you will send them to all"
        ("boss", "threat-publish"),
    )
    assert {actor for _, actor in stages_of(read(talks))} == {"boss"}


def test_a_friend_who_is_told_of_it_all_controls_nobody_nor_does_the_teller(talks: Talks, read: Reader) -> None:
    talks.chat(
        "c",
        ("mira", "plea"),
        ("friend", "location-demand"),
        ("mira", "check-in documents-held"),  # "they took my passport"
        ("friend", "location-demand"),
        ("mira", "plea threat-family"),
        ("mira", "rules-fines confinement"),
        ("friend", ""),
        ("mira", "plea"),
    )
    made = read(talks)
    assert made["control"] == []
    assert made["stages"] == []
    assert made["conversations"][0]["danger"]


def test_an_accidental_plea_does_not_clear_the_one_who_gives_the_orders(talks: Talks, read: Reader) -> None:
    talks.chat(
        "c",
        ("boss", "threat-publish"),
        ("boss", "plea"),  # "i want to go home now, hurry up"
        ("mira", "check-in"),
        ("boss", "location-demand rules-fines"),
        ("mira", "earnings-report"),
        ("boss", "earnings-demand threat-family"),
        ("mira", "plea"),
    )
    made = read(talks)
    assert control_of(made) == [("boss", "mira")]
    assert ("threat-family", "boss") in stages_of(made)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("they took her passport and say she has to work for it", True),
        ("i just read about a woman who was locked in a flat", True),
        ("meine nachbarin darf nicht allein raus, ihr mann hat ihr handy", True),
        ("lui hanno tolto tutto, le hanno preso i documenti", True),
        ("у неё забрали паспорт", True),
        ("她的护照被拿走了", True),
        ("i heard that you talked, your passport stays here", False),
        ("she has to pick you up, your passport stays here", False),
        ("ihr pass bleibt hier", False),  # a polite "your"
        ("un'amica ti prende alla stazione, il suo passaporto resta qui", False),
        ("sesini çıkarma, mesajlarını okudum", False),
    ],
)
def test_who_tells_of_a_third_person_does_not_order(talks: Talks, read: Reader, text: str, told: bool) -> None:
    talks.say("c", "ana", "threat-publish", body=text, at=len(text) // 2)
    assert (stages_of(read(talks)) == []) is told
