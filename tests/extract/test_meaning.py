"""Meaning: what offers and chats say is found in wordings that no lexicon lists, and ordinary talk is left alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from clew.extract import _meaning_learnt as learnt
from clew.extract._meaning_cache import compiled
from clew.extract._meaning_lexicon import kinds
from clew.extract._never import without_never_learned
from clew.extract.base import FIELDS, batch_of_texts, text_batch
from clew.extract.meaning import PLUGIN, Meaning

RULES = Meaning(learnt=False)


def senses(text: str) -> set[str]:
    return set(RULES.find(batch_of_texts([text]))["value"].to_pylist())


def batch_of_kinds(kinds: list[str | None], text: str) -> pa.RecordBatch:
    n = len(kinds)
    columns = {f: pa.nulls(n, pa.string()) for f in FIELDS} | {
        "body": pa.array([text] * n),
        "kind": pa.array(kinds, pa.string()),
        "rid": pa.array(range(n), pa.uint64()),
    }
    return pa.RecordBatch.from_pydict(columns)


def test_adverts_are_not_read() -> None:
    text = "no experience needed"
    kinds = ["ad", "message", "payment", "page", "ad", "job_ad", None]
    rows = RULES.find(text_batch(batch_of_kinds(kinds, text)))
    assert set(rows["rid"].to_pylist()) == {1, 3, 5, 6}
    assert RULES.find(text_batch(batch_of_kinds(["ad"] * 3, text))).num_rows == 0


def test_only_messages_are_read_for_talk() -> None:
    text = "no experience needed, you must bring 300 euro tonight"
    rows = RULES.find(text_batch(batch_of_kinds(["message", "job_ad", "page"], text))).to_pylist()
    assert {m["rid"] for m in rows if m["value"] == "earnings-demand"} == {0}
    assert {m["rid"] for m in rows if m["value"] == "no-requirements"} == {0, 1, 2}


SAID = {
    "rapport": (
        "how can a woman with such eyes be single",
        "Ik heb nog nooit iemand zoals jij ontmoet, je bent zo bijzonder schat",
        "Du bist anders als die anderen Mädchen, so wunderschön mein Engel",
        "jesteś inna niż wszystkie, moja piękna księżniczko",
        "ты не такая как все, моя красавица, не могу перестать думать о тебе",
        "sei diversa dalle altre, bellissima mia",
    ),
    "isolation": (
        "your girlfriends only hold you back, better stop meeting them",
        "praat niet meer met je vriendinnen, je hebt alleen mij nodig",
        "no le cuentes nada a tu familia, es nuestro secreto",
        "не говори родителям о нас, это наш секрет",
    ),
    "gift": ("let me take care of your rent this month, sweetheart", "ti ho comprato un regalo tesoro"),
    "debt": ("you are not free until you have paid what you owe for the journey", "me debes 3000 euros por el viaje"),
    "move-private": (
        "here they read everything, come to signal",
        "napisz do mnie na telegramie, tu nie jest bezpiecznie",
    ),
    "image-request": (
        "take a selfie without that shirt for me darling",
        "mándame una foto tuya en ropa interior, solo para mí",
    ),
    "threat-publish": (
        "pay by friday or else those pics go to your sister",
        "shall I forward these photos to your husband? then pay",
        "wenn du nicht zahlst schicke ich deine Bilder an deine Familie",
        "если не заплатишь, я отправлю твои фото твоей семье",
        "ha nem fizetsz elküldöm a képeidet a családodnak",
    ),
    "location-demand": (
        "every half hour you share ur location, no excuses",
        "envoie-moi ta position toutes les heures",
        "her saat konumunu at",
        "отправляй мне геолокацию каждый час",
        "otpravlyay mne geolokaciyu kazhdyj chas",
    ),
    "rules-fines": (
        "late twice, that is 100 euro fine",
        "chaque retard c'est 50 euros d'amende",
        "late again: minus 50 euro from your share",
        "every minute late costs you 10 euro of your pay",
        "te laat: 50 euro minder van jouw deel",
        "zu spät, 50 euro werden von deinem Anteil abgezogen",
        "cada retraso te descuento 50 euros del sueldo",
        "spóźnienie, minus 50 euro z twojej części",
        "за опоздание вычту 50 евро из зарплаты",
        "geç kaldın, payından 50 euro keserim",
        "متأخرة، أخصم 50 يورو من نصيبك",
        "迟到一次扣50欧元工资",
    ),
    "confinement": (
        "je mag niet naar buiten",
        "du darfst nicht raus",
        "no te dejo salir",
        "il ne me laisse pas sortir",
        "non mi lascia uscire",
        "nu mă lasă să plec",
        "он меня не отпускает никуда",
        "beni bırakmıyor gitmeye",
        "他不让我出去",
        "không cho em ra ngoài",
    ),
    "earnings-demand": ("I need you to bring 300 tonight, no less", "трябва да донесеш 300 евро тази вечер"),
    "documents-held": (
        "I keep your passport until the ticket is paid",
        "ik houd je paspoort tot je betaald hebt",
        "твой паспорт у меня, пока не отдашь долг",
        "you want your passport? first you pay the rest",
        "paran bitene kadar pasaportun bende kalacak",
    ),
    "threat-family": (
        "if you go to the cops your little brother gets hurt",
        "si te escapas le pasará algo a tu familia",
    ),
    "plea": ("please I just want to see my kids, let me leave", "laisse-moi rentrer chez moi s'il te plaît, j'ai peur"),
    "promise": ("I swear we will marry and have a house", "ígérem jó munkát kapsz"),
}


@pytest.mark.parametrize(("sense", "text"), [(sense, text) for sense, texts in SAID.items() for text in texts])
def test_a_wording_that_no_lexicon_lists(sense: str, text: str) -> None:
    assert sense in senses(text)


@pytest.mark.parametrize(
    "text",
    [
        "send me a photo of the receipt",
        "where are you? I'm outside",
        "call mum",
        "I owe you for lunch",
        "you must see this film",
        "I'll pay you back the 20 euros tomorrow",
        "my passport expires next month, I need to renew it",
        "send me your location, I'll pick you up",
        "I love you, see you tonight",
        "the police stopped me for speeding, got a fine",
        "kun je me de foto's van het feest sturen",
        "vergiss deinen Pass nicht, wir fliegen um acht",
        "appelle maman, elle s'inquiète",
        "¿dónde estás? estoy fuera",
        "trebuie sa lucrez pana tarziu",
        "wyślij mi zdjęcie paragonu",
        "пришли фото чека",
        "bana fişin fotoğrafını gönder",
        "hol vagy? kint várok",
        "прати ми снимка на бележката",
        "把收据的照片发给我",
        "أين أنت؟ أنا في الخارج",
        "gửi cho anh ảnh hóa đơn",
        "var är du? jag är utanför",
        "keep your passport in a safe place when you travel",
        "bewaar je paspoort op een veilige plek als je reist",
        "guarda tu pasaporte en un lugar seguro cuando viajes",
        "держи паспорт в надёжном месте в поездке",
        "my sister marries on Saturday, bring a present",
        "mi hermana se casa el sábado, trae un regalo",
        "сестра выходит замуж в субботу, принеси подарок",
        "we have to pay the electricity bill, 80 euro each",
        "hay que pagar la factura de la luz, 80 euros",
        "leave the credit card so I can get petrol when I get back",
        "take care, let me know when you leave",
    ],
)
def test_ordinary_talk_is_left_alone(text: str) -> None:
    assert senses(text) == set()


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("give me your p4ssport", "give me your p4ssport"),
        ("give me your p@ssport", "give me your p@ssport"),
        ("give me your p a s s p o r t", "give me your p a s s p o r t"),
        ("give me your pass\u200bport", "give me your pass\u200bport"),
    ],
)
def test_disguised_words_are_obscured(text: str, raw: str) -> None:
    rows = RULES.find(batch_of_texts([text])).to_pylist()
    assert [(m["value"], m["raw"], m["obscured"]) for m in rows] == [("documents-handover", raw, True)]


def test_words_of_another_sentence_do_not_count_unless_a_rule_says_so() -> None:
    assert "documents-handover" in senses("please send us your passport")
    assert "documents-handover" not in senses("please send. us? my passport is old")
    assert "threat-publish" in senses("I have the pictures. Pay or else. Your mother will see them")


def test_what_is_said_in_one_place_is_found_once() -> None:
    text = "if you don't pay I will publish your pictures and send your pictures to your friends and family"
    rows = [m for m in RULES.find(batch_of_texts([text])).to_pylist() if m["value"] == "threat-publish"]
    spans = sorted((m["start"], m["end"]) for m in rows)
    assert spans
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_order_and_company_of_records_change_nothing() -> None:
    texts = [text for some in SAID.values() for text in some] * 3
    together = RULES.find(batch_of_texts(texts)).to_pylist()
    n = len(texts)
    back = [m | {"rid": n - 1 - m["rid"]} for m in RULES.find(batch_of_texts(texts[::-1])).to_pylist()]
    assert sorted(map(str, together)) == sorted(map(str, back))
    alone = RULES.find(batch_of_texts(texts[:1])).to_pylist()
    assert [m for m in together if m["rid"] == 0] == alone


def test_a_turn_of_speech_does_not_hide_its_words_and_is_not_counted_with_them() -> None:
    assert "gift" in senses("let me pay for your shoes, don't worry about it")  # "let me pay" is a turn, "pay" a word
    assert "gift" not in senses("let me pay")


SAID_IN_TURNS = {
    "rapport": ("nobody has ever understood me so well, it feels as if I know you all my life",),
    "isolation": ("your friends are jealous of us", "nobody needs to know about us two"),
    "gift": ("I already took care of your rent",),
    "debt": ("do you know how much money all this cost me", "you are still 700 short for the flight"),
    "move-private": ("write me at my other number, they read everything here",),
    "image-request": ("that one is too innocent, take a bolder picture",),
    "threat-publish": ("one click and your mother gets to see what you did",),
    "location-demand": ("your gps is off, put it back on",),
    "rules-fines": ("every customer you turn down costs you 50 off your share",),
    "earnings-demand": ("go back out there until you have 400",),
    "threat-family": ("it would be a pity if something happened to your mother",),
    "threat-harm": ("you know what happened to the last one who ran away",),
    "plea": ("please, I am so tired, I only want to see my mother",),
}


@pytest.mark.parametrize(("sense", "text"), [(s, text) for s, texts in SAID_IN_TURNS.items() for text in texts])
def test_turns_of_speech(sense: str, text: str) -> None:
    assert sense in senses(text)


# A newsletter of one's own making: none of it threatens, demands or flatters.
SMALL_TALK = (
    "The library opens at nine and closes at six from Monday to Thursday. This week the choir sings in the old hall, "
    "and the garden group plants roses behind the station. Bicycles may stand on the left of the gate. The bakery on "
    "the corner sells rye bread again, and the bus to the lake runs twice an hour until the end of September. "
)
THREAT = "If you don't pay I will send your pictures to your family. "


@pytest.mark.parametrize("times", [1, 3, 12])
def test_long_talk_about_something_else_says_nothing(times: int) -> None:
    assert senses(SMALL_TALK * times) & kinds().talk == set()


def test_one_accident_in_a_long_text_is_not_a_threat() -> None:
    assert "threat-publish" in senses(THREAT)
    assert "threat-publish" in senses(THREAT + " ".join(SMALL_TALK.split()[:40]))
    assert "threat-publish" not in senses(SMALL_TALK * 3 + THREAT + SMALL_TALK * 3)


def test_a_long_threat_that_says_it_again_and_again_is_one() -> None:
    mail = (
        "You do not know me, but I know you. I was in your computer for weeks and have seen what you do in front of "
        "your camera. If you don't pay I will send your pictures to your family. You have two days, and I mean it. "
        "Do not write back, and do not talk to the police, for I will hear of it. If the money is not there on Friday, "
        "I will send the video to all your contacts, to your boss and to your friends. Think of your mother when she "
        "opens it. I can also publish your pictures online if you do not answer. It is your choice: pay, or I will "
        "post your photos everywhere for all to see. "
    )
    assert len(mail.split()) > 100
    assert "threat-publish" in senses(mail)


def test_a_long_offer_says_what_it_says_once() -> None:
    """Pages and offers are no talk: there one sentence is enough."""
    text = SMALL_TALK * 4 + "We keep your passport until the debt is paid. "
    rows = RULES.find(text_batch(batch_of_kinds(["job_ad", "message"], text))).to_pylist()
    assert {m["rid"] for m in rows if m["value"] == "documents-held"} == {0}


def read(text: str) -> set[str]:
    """What rules and the learnt reader find together."""
    return {m["value"] for m in PLUGIN.find(batch_of_texts([text])).to_pylist() if m["type"] == "wording"}


@pytest.mark.parametrize(
    ("sense", "text"),
    [
        ("threat-family", "we know every cousin you have and where your mother lives"),
        ("location-demand", "why is your location off, send me a pin"),
        ("earnings-demand", "how much did you make, bring all of it to me tonight"),
        ("documents-held", "dein pass liegt bei mir im safe bis du gezahlt hast"),
    ],
)
def test_the_learnt_reader_knows_what_it_was_shown(sense: str, text: str) -> None:
    assert sense in read(text)


@pytest.mark.parametrize(
    "text",
    [
        "you pay no fee up front",
        "there is nothing to pay in advance",
        "Du zahlst keine Gebühr im Voraus",
        "nu plătești nicio taxă în avans",
        "не плащаш никаква такса предварително",
        "the registration fee is paid by the employer",
    ],
)
def test_the_learnt_reader_says_nothing_of_a_fee_that_is_denied(text: str) -> None:
    assert "fee-upfront" not in {m["value"] for m in PLUGIN.find(batch_of_texts([text])).to_pylist()}


@pytest.mark.parametrize(
    "text",
    [
        "you pay the fee up front",
        "You won't start until you pay the fee up front",
        "no deposit no audition",
        "no deposit, no job",
        "ohne anzahlung kein castingtermin",
        "no registration fee but the deposit must be sent today",
        "you have not paid the deposit yet",
    ],
)
def test_the_learnt_reader_says_a_fee_that_is_asked(text: str) -> None:
    assert "fee-upfront" in read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Schatz, schick Papa bitte deinen Standort, sonst mache ich mir Sorgen",
        "text mum when you land, otherwise I worry",
        "appelle maman sinon je m'inquiète",
        "zadzwoń do mamy, inaczej się martwię",
    ],
)
def test_who_worries_threatens_nobody(text: str) -> None:
    assert "threat-family" not in senses(text)


@pytest.mark.parametrize(
    "text", ["ok see you later", "the dog ate my sandwich", "alles gute zum geburtstag!", "", "?!"]
)
def test_the_learnt_reader_leaves_small_talk_alone(text: str) -> None:
    assert read(text) == set()


def test_the_span_of_the_learnt_reader_lies_in_one_field() -> None:
    rows = PLUGIN.find(batch_of_texts(["x", "why is your location off, send me a pin"])).to_pylist()
    assert {row["field"] for row in rows} == {"body"}
    assert all(0 <= row["start"] < row["end"] and row["raw"].strip() == row["raw"] for row in rows)


def test_the_learnt_reader_is_not_asked_about_offers() -> None:
    texts = ["we know every cousin you have and where your mother lives"] * 2
    batch = text_batch(batch_of_kinds(["job_ad", "page"], texts[0]))
    assert PLUGIN.find(batch).to_pylist() == RULES.find(batch).to_pylist()


def features(text: str) -> tuple[learnt.Scratch, int]:
    """The features of the words of a text, and how many there are."""
    batch, by = batch_of_texts([text]), learnt.reader(compiled().senses)
    words, room, stop = batch.words, learnt.scratch(by), batch.folded.start[1]
    count = learnt.word_features(batch.folded.sym, stop, words.at, words.hash, by, 0, len(words.at), room)
    return room, count


@pytest.mark.parametrize("word", ["Ukrainian", "Muslim", "girl", "woman", "black", "she", "Romania"])
def test_origin_faith_and_gender_have_no_weight_in_the_learnt_reader(word: str) -> None:
    assert without_never_learned(pa.array([f"send it, {word}"])).to_pylist() == ["send it, ·"]
    by = learnt.reader(compiled().senses)
    room, count = features(word)
    learnt.weigh(by, room, count, 1)
    assert count > 0
    assert np.allclose(room.z, by.shift)


@pytest.mark.parametrize("text", ["passport", "passports", "pasport"])
def test_words_that_look_alike_share_pieces(text: str) -> None:
    here, there = features(text), features("passport")
    assert len(set(here[0].id[: here[1]]) & set(there[0].id[: there[1]])) >= 4


@pytest.mark.parametrize("word", ["romania", "girlfriend", "arabs", "женщина", "jewish"])
def test_words_that_are_never_learnt_have_no_pieces(word: str) -> None:
    assert features(word)[1] <= 3  # the word, its beginning, and the pair with nothing before it


def test_a_message_that_says_several_things_is_not_held_back() -> None:
    text = "I keep your passport. You must bring me 300 every night or I will hurt your family"
    found = {m["value"] for m in Meaning().find(batch_of_texts([text])).to_pylist()}
    assert {"documents-held", "earnings-demand", "threat-family", "threat-harm"} <= found


def test_a_message_in_which_nothing_is_read_may_have_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    by = learnt.reader(compiled().senses)
    # what is a hint must not hang on what was learnt: every sense just not read
    nearly = by._replace(
        weight=np.zeros_like(by.weight), shift=np.where(by.sense == by.sense[0], 0.9, -20).astype("f4")
    )
    monkeypatch.setattr("clew.extract.meaning.reader", lambda senses: nearly)
    texts = ["how much did you make today, bring it all to me", "we eat at seven"]
    found = Meaning().find(batch_of_texts(texts)).to_pylist()
    assert {(m["rid"], m["type"]) for m in found} >= {(1, "hint")}
    assert all(m["odds"] < 0 for m in found if m["type"] == "hint")
    offers = Meaning().find(text_batch(batch_of_kinds(["job_ad", "page"], " ".join(texts)))).to_pylist()
    assert {m["type"] for m in offers} <= {"wording"}
