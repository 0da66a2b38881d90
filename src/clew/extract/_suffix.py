"""What may end a host name, which part of it someone registered, and hosts that belong to everybody.

The public suffix list is the one that ships with tldextract (https://publicsuffix.org, Mozilla Public License
2.0); nothing is fetched.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import idna
import pyarrow as pa
import pyarrow.compute as pc
import tldextract

from clew.extract._words import Words, vocabulary, word_list

_TWO_LABELS = re.compile(r"[a-z0-9][a-z0-9-]*\.([a-z]+)")
UNSURE, SURE = 0, 1  # what a last label says about a bare "word.label" or "word dot label"

# Last labels that hardly ever come about by a missing space after a full stop.
_SURE = word_list(
    """
    com net org info biz eu nl fr uk ro hu bg cz pl ru ua pt dk fi gr lt lv ee tr ca ch sk hr rs lu cy
    mt by md cn jp br mx nz kz ge cat xxx online site website shop store club agency xyz app blog vip
    escort dating adult porn sex london berlin paris amsterdam work jobs рф срб укр бел мкд бг ею қаз
    """
)

_PUBLIC = word_list(
    """
    facebook.com fb.com fb.me messenger.com m.me instagram.com instagr.am twitter.com x.com t.co
    tiktok.com t.me telegram.me telegram.org telegram.dog wa.me whatsapp.com snapchat.com onlyfans.com
    fansly.com youtube.com youtu.be vk.com vk.ru ok.ru linkedin.com pinterest.com reddit.com tumblr.com
    threads.net discord.gg discord.com kik.me kik.com viber.com line.me skype.com wechat.com signal.me
    signal.org signal.group threema.id threema.ch wickr.com getsession.org linktr.ee allmylinks.com
    beacons.ai bio.link lnk.bio linkin.bio taplink.cc campsite.bio solo.to carrd.co imgur.com ibb.co
    imgbb.com postimg.cc flickr.com gyazo.com prnt.sc google.com goo.gl g.co g.page gmail.com
    googlemail.com bing.com yahoo.com outlook.com hotmail.com live.com msn.com microsoft.com apple.com
    icloud.com protonmail.com proton.me gmx.de gmx.net web.de mail.ru yandex.ru yandex.com aol.com
    bit.ly tinyurl.com ow.ly is.gd v.gd cutt.ly rebrand.ly shorturl.at t.ly rb.gy tiny.cc buff.ly soo.gd
    s.id dropbox.com wetransfer.com mega.nz docs.google.com paypal.com paypal.me revolut.me cash.app
    venmo.com wise.com amazon.com ebay.com wikipedia.org openstreetmap.org booking.com airbnb.com
    uber.com zoom.us pornhub.com youtube-nocookie.com w3.org schema.org
    """
)

MAIL_PROVIDERS = frozenset(
    word_list(
        """
    gmail googlemail hotmail outlook live msn yahoo ymail icloud me mac protonmail proton pm aol gmx web
    mail inbox list bk yandex ya rambler ukr seznam wp o2 onet interia abv libero virgilio orange
    wanadoo laposte free sfr telenet skynet ziggo kpnmail planet xs4all t-online freenet zoho tutanota
    tuta fastmail hushmail mailbox posteo
    """
    )
)


@cache
def _extract() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@cache
def last_labels() -> Words:
    """Every last label of a public suffix; its code is UNSURE or SURE."""
    labels = {suffix.rsplit(".", 1)[-1] for suffix in _extract().tlds}
    labels |= {idna.encode(label).decode() for label in labels if not label.isascii()}
    sure = {label: SURE for label in _SURE if label in labels}
    return vocabulary(sure | dict.fromkeys(sorted(labels - set(sure)), UNSURE))


@cache
def _suffixes() -> frozenset[str]:
    return frozenset(_extract().tlds)


@cache
def _plain_last() -> frozenset[str]:
    """Last labels below which the list has a plain answer: whoever has a host of two labels registered it."""
    return frozenset(s for s in _suffixes() if "." not in s and f"*.{s}" not in _suffixes())


@cache
def _as_arrays() -> tuple[pa.Array, pa.Array]:
    return pa.array(sorted(_plain_last())), pa.array(sorted(_suffixes()))


def registered_as_they_are(hosts: pa.Array) -> pa.Array:
    """bool: which of many hosts are what `registrable` gives of them? Others may be too: they have to be asked for."""
    last, suffixes = _as_arrays()
    two = pc.match_substring_regex(hosts, f"^{_TWO_LABELS.pattern}$")
    label = pc.list_element(pc.split_pattern(pc.if_else(two, hosts, "a.b"), "."), 1)
    return pc.and_(pc.and_(two, pc.is_in(label, last)), pc.invert(pc.is_in(hosts, suffixes)))


@lru_cache(maxsize=1 << 18)
def registrable(host: str) -> str:
    """The part of a lower-case host that someone registered ("shop.co.uk" of "www.shop.co.uk"), or ""."""
    two = _TWO_LABELS.fullmatch(host)  # most are such, and the list has a plain answer
    if two and two[1] in _plain_last() and host not in _suffixes():
        return host
    return str(_extract().extract_str(host).top_domain_under_public_suffix)


@cache
def _public() -> frozenset[str]:
    return frozenset(_PUBLIC)


def is_public(domain: str) -> bool:
    """Does a registrable domain belong to a service that everybody uses, so that it ties nothing?"""
    return domain in _public() or domain.startswith(("google.", "yahoo.", "amazon.", "ebay.", "booking."))


def is_provider(domain: str) -> bool:
    """Is a registrable domain one of the large mail providers ("hotmail.fr")?"""
    return domain.split(".", 1)[0] in MAIL_PROVIDERS


def is_sure(domain: str) -> bool:
    """Does a domain end with a label that is seldom a word?"""
    return domain.rpartition(".")[2] in _SURE


def is_everyday(domain: str) -> bool:
    """Does a domain end with a country's label or one that is seldom a word, as most do?"""
    return is_sure(domain) or len(domain.rpartition(".")[2]) == 2


def cut_host(text: str) -> tuple[str, int]:
    """A host up to its last label that may end one: in lower case ("" if none), and its length."""
    labels = text.split(".")
    while len(labels) > 1:
        # "mail.com.Call": a capital after small letters begins a sentence
        if not (labels[-1][:1].isupper() and not labels[-2].isupper()) or (
            len(labels) > 2 and text[:4].lower() == "www."
        ):
            host = ".".join(labels).lower()
            if registrable(host):
                return host, len(host)
        labels.pop()
    return "", 0
