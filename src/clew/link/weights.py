"""What a shared identifier or attribute is worth, in bits; every number here is explained in docs/methods-linking.md.

The model is Fellegi and Sunter's (1969) with frequency-based weights: the odds that two groups of records are one
operation start at ``same_prior / groups`` and are multiplied by the likelihood ratio of everything they share or fail
to share. Rarity is counted in *independent owners*, not in records, so a number on five hundred adverts of one
operation stays strong while a helpline on fifty operations does not. ``bonus`` says how much rarer than its spread
suggests it is that strangers share an identifier of this type (they do not pick numbers from a hat).
"""

from __future__ import annotations

from dataclasses import dataclass

# Identifier types in the order of their codes, and the class whose members are not counted as independent evidence.
TYPES = (
    "phone", "email", "handle", "wallet", "account", "url", "domain", "image", "template", "widget", "company",
    "conversation",
)  # fmt: skip
CONTACT, IMAGE, TEMPLATE = 0, 1, 2
CLASS_OF = tuple({"image": IMAGE, "template": TEMPLATE}.get(kind, CONTACT) for kind in TYPES)
ATTRIBUTES = ("place", "name", "language")


@dataclass(frozen=True)
class Weights:
    """Parameters of the evidence model; all in bits unless said otherwise.

    Attributes:
        same_prior: most groups of one operation that a group may be expected to belong with, before evidence.
        least_prior: fewest; between them the scores of the round decide.
        prior_groups: so many groups' worth of `same_prior` are added to what the scores say.
        bonus: per type of `TYPES`, on top of rarity.
        fade: of the bonus, lost each time the owners double: what many share is public.
        wide: per pool, lost each time it doubles (like Jaccard): the pools of contacts, of pictures, of texts;
            of short texts that are said in messages, as each sentence of a talk may equal any of another; and of
            numbers, handles and accounts where one of the two groups is no advert: it is among adverts of the same
            boards, and at addresses and links, that strangers meet.
        second: per pool, the share that a further shared identifier of it counts.
        slack: most that two identifiers add when used together, over the rarity of that pair.
        own_contact: taken off when both groups have a contact of their own that the other never shows.
        own_content: taken off, per class, when both have templates (or images) and share none.
        gap: taken off when they share contacts only and a silence of more than `gap_days` lies between them.
        gap_days: see `gap`; each doubling is a bit more where a number is all they share and nothing else is as it was.
        agree: per attribute of `ATTRIBUTES`, the chance that two groups of one operation draw from the same values.
        agree_cap: most that the agreement of one attribute can add.
        close: chance that groups of one operation that share content are as near in time as they can be.
        small: how much a group with one record counts among all groups (a group with many counts 1).
        by_content: how much a group counts as an owner of content when only other content tells it from the rest.
        by_content_contact: the same, of contacts.
        bare: how much it counts when it holds nothing else at all.
        writes: bonus of an account from which somebody writes in a talk, where adverts, offers or pages show it too.
        met: bonus of what a person shows in a talk who does nothing there that recruits or controls: who is met again
            need not be there for the same purpose, and what is mentioned need not be one's own.
        saying: most that an equal sentence of messages is worth, however few letters it has.
        letters: so many letters more make it worth a bit more, as fewer strangers say it,
        said: up to so much: jokes and wishes are passed on.
        long: from so many letters on it is a text like that of an advert, worth what its rarity says.
    """

    same_prior: float = 3.0
    least_prior: float = 0.02
    prior_groups: float = 100.0
    bonus: tuple[float, ...] = (5.0, 8.0, 7.0, 10.0, 10.0, 5.0, 4.0, 1.5, 1.0, 5.0, 8.0, 12.0)
    fade: float = 0.7
    wide: tuple[float, ...] = (1.8, 1.0, 0.8, 2.0, 1.3)
    second: tuple[float, ...] = (0.3, 0.3, 1.0, 0.3, 0.3)
    slack: float = 6.0
    own_contact: float = 3.0
    own_content: float = 1.5
    gap: float = 4.0
    gap_days: float = 60.0
    agree: tuple[float, ...] = (0.7, 0.3, 0.6)
    agree_cap: float = 4.0
    close: float = 0.5
    small: float = 0.4
    by_content: float = 0.15
    by_content_contact: float = 0.4
    bare: float = 0.01
    writes: float = 12.0
    met: float = -4.0
    saying: float = 8.0
    letters: float = 16.0
    said: float = 14.0
    long: float = 160.0


DEFAULT = Weights()
