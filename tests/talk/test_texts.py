"""Whole talks as people write them, read by the extractor of meanings: from words to who controls whom.

What single phrases mean is tested in tests/extract; here only what follows from a whole talk, so that a phrase more or
less does not matter.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from tests.talk.conftest import Reader, Talks, control_of, stages_of

from clew.extract.base import text_batch
from clew.extract.meaning import PLUGIN
from clew.model.tables import RECORDS

RICK = """
rick: you are so different from the other girls, I never met anyone like you
mira: thank you :)
rick: can you write me on whatsapp? here everybody reads along
rick: I bought you the ticket and paid your visa, don't worry about the money, it is a gift
mira: you are kind
rick: send me a photo of you without clothes, only for me
mira: I don't know
rick: don't tell your friends about us, they are jealous
rick: you owe me 3000 for the ticket and the flat, you have to work for it
mira: please let me go home
rick: if you don't work I send your pictures to your family
rick: send me your location now, every hour
mira: I am at the hotel now
rick: how much did you make today?
mira: today I made 300
rick: who comes late pays a fine of 50
rick: I keep your passport until you have paid
mira: I want to go home, I'm scared
rick: I know where your mother lives, be careful
"""
CHEF = """
chef: hallo, morgen begint het werk om zes uur
lena: goed
chef: ik bewaar je paspoort tot de schuld is betaald
lena: wanneer krijg ik mijn paspoort terug?
chef: wie te laat komt betaalt 50 euro boete
lena: laat me alsjeblieft gaan, ik wil naar huis
chef: als je weggaat doen we je moeder iets aan
chef: je moet vandaag 300 euro binnenbrengen
"""
ORDINARY = {
    "family": """
mum: where are you? dinner is at six
kid: on the bus, home in ten minutes
mum: ok, don't forget to call grandma
kid: can you send me 10 euros for lunch
mum: you still owe me for the cinema :)
mum: send me a picture of the cake when it is done
kid: ok love you
mum: love you too, be home by ten or no phone tomorrow
""",
    "shift manager": """
kim: can you come in at nine tomorrow? we open early
lee: yes
kim: please bring the keys
kim: how much was in the till tonight?
lee: 842 and the card payments
kim: late again, please be on time, the rule is the same for everybody
lee: sorry, the bus was late
kim: send me your hours for this month, the salary comes on friday
""",
    "landlord": """
owner: the rent for march is due, please pay this week
tenant: I will pay on friday
owner: I need a copy of your passport for the contract
owner: late payment costs 25 euro
tenant: sorry, salary comes on friday
owner: no guests after ten, that is a rule of the house
""",
    "couple": """
ana: I miss you, where are you?
ben: still at work, home at eight
ana: send me a picture of the dog
ben: love you darling
ana: love you too
ben: bought you something nice, you will see
ana: don't tell my sister, it is a surprise
""",
    "famille": """
papa: tu es où ? on mange à sept heures
lea: dans le bus, j'arrive
papa: prends du pain
lea: tu peux m'envoyer dix euros ?
papa: oui, mais tu me dois encore le cinéma
lea: bisous
""",
}
FRIEND = """
mira: he said he will send my pictures to my family if I leave
friend: where are you? can you get out?
mira: I am in the flat, he took my passport
friend: do you want me to call the police?
mira: I am afraid, I want to go home
mira: he told me that he knows where my mother lives
"""


@pytest.fixture
def made(read: Reader) -> Any:
    """Gives what is found in a talk that is written as lines of "who: words"."""

    def find(text: str) -> dict[str, list[dict[str, Any]]]:
        talks = Talks()
        for line in text.strip().splitlines():
            who, words = line.split(": ", 1)
            talks.say("c", who, body=words)
        records = pa.RecordBatch.from_pylist(talks.records, schema=RECORDS)
        talks.mentions = PLUGIN.find(text_batch(records)).to_pylist()
        return read(talks)

    return find


def test_from_flattery_to_threats(made: Any) -> None:
    found = made(RICK)
    assert control_of(found) == [("rick", "mira")]
    assert found["control"][0]["confidence"] > 0.9
    assert {actor for _, actor in stages_of(found)} == {"rick"}
    assert {"rapport", "isolation", "debt", "threat-publish", "documents-held"} <= {s for s, _ in stages_of(found)}
    assert found["conversations"][0]["stages"][0] == "rapport"
    assert found["conversations"][0]["danger"]


def test_a_workplace_that_holds_people(made: Any) -> None:
    found = made(CHEF)
    assert control_of(found) == [("chef", "lena")]
    assert found["conversations"][0]["danger"]


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_talks(made: Any, name: str) -> None:
    found = made(ORDINARY[name])
    assert found["control"] == found["stages"] == []
    assert not found["conversations"][0]["danger"]


def test_telling_a_friend(made: Any) -> None:
    found = made(FRIEND)
    assert found["control"] == found["stages"] == []
    assert found["conversations"][0]["danger"]
