"""The account that a link names: ``https://t.me/name`` is ``telegram:name``."""

from __future__ import annotations

import re

from clew.extract._words import word_list

# Path of the account's page on each platform, by registrable domain.
_NAME = r"@?([\w.-]{2,64})"
_PATHS = {
    "t.me": ("telegram", r"(?:s/)?(?:joinchat/)?@?(\+?[\w-]{4,64})"),
    "telegram.me": ("telegram", r"(?:s/)?(?:joinchat/)?@?(\+?[\w-]{4,64})"),
    "telegram.dog": ("telegram", r"(?:s/)?(?:joinchat/)?@?(\+?[\w-]{4,64})"),
    "instagram.com": ("instagram", rf"(?:stories/|_u/)?{_NAME}"),
    "instagr.am": ("instagram", _NAME),
    "threads.net": ("threads", _NAME),
    "snapchat.com": ("snapchat", rf"(?:add/|u/|@){_NAME}"),
    "onlyfans.com": ("onlyfans", _NAME),
    "fansly.com": ("fansly", _NAME),
    "twitter.com": ("twitter", r"@?(\w{2,15})"),
    "x.com": ("twitter", r"@?(\w{2,15})"),
    "tiktok.com": ("tiktok", r"@([\w.]{2,32})"),
    "facebook.com": ("facebook", rf"(?:profile\.php\?id=|pages/[^/]+/|people/[^/]+/|pg/)?{_NAME}"),
    "fb.com": ("facebook", rf"(?:profile\.php\?id=)?{_NAME}"),
    "fb.me": ("facebook", _NAME),
    "m.me": ("facebook", _NAME),
    "kik.me": ("kik", _NAME),
    "line.me": ("line", r"(?:R/)?ti/p/[~@]([\w.-]{2,32})"),
    "discord.gg": ("discord", r"([\w-]{2,32})"),
    "discord.com": ("discord", r"(?:invite|users)/([\w-]{2,32})"),
    "threema.id": ("threema", r"(\w{8})"),
    "vk.com": ("vk", _NAME),
    "youtube.com": ("youtube", r"(?:@|c/|user/|channel/)([\w.-]{2,64})"),
    "reddit.com": ("reddit", r"(?:u|user)/([\w-]{2,32})"),
    "linktr.ee": ("linktree", _NAME),
    "allmylinks.com": ("allmylinks", _NAME),
    "beacons.ai": ("beacons", _NAME),
    "paypal.me": ("paypal", _NAME),
    "revolut.me": ("revolut", _NAME),
    "cash.app": ("cashapp", r"\$([\w-]{2,32})"),
    "whatsapp.com": ("whatsapp", r"(?:channel/|invite/)?([a-zA-Z0-9]{20,32})"),
    "wa.me": ("whatsapp", r"message/([a-zA-Z0-9]{8,32})"),
}
_COMPILED = {
    host: (platform, re.compile(rf"/{path}(?:[/?].*)?", re.ASCII)) for host, (platform, path) in _PATHS.items()
}
# Pages of the platforms themselves, not of an account.
_PAGES = frozenset(
    word_list(
        """
    p reel reels explore stories tv accounts direct about legal help privacy terms login signup register
    share sharer sharer.php share.php intent home search hashtag i settings groups group events event
    watch marketplace photo photo.php photos pages profile.php permalink.php story.php video videos
    download web admin blog jobs contact joinchat addstickers addlist proxy socks iv dialog plugins tr
    index.php discover trending following notifications policies send people pg public wall feed status
    """
    )
)


def account_of(domain: str, path: str) -> str:
    """``platform:name`` for a link's registrable domain and the rest of the link after its host, or ""."""
    known = _COMPILED.get(domain)
    match = known[1].fullmatch(path) if known else None
    if known is None or match is None:
        return ""
    name = match[1].lower().strip(".-")
    if len(name) < 2 or name in _PAGES:
        return ""
    if known[0] == "telegram" and name.lstrip("+").isdigit():
        return ""  # t.me/+number is a phone: the phone extractor reads it
    return f"{known[0]}:{name}"
