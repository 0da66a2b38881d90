"""What betrays one operator behind many pages: ids of analytics, advertising and live chat, and hidden contact data.

Each is a line ``kind:ID``. Patterns are looked for in the code as written, comments included, and only where a word of
theirs is in it at all: most pages have few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt

from clew.ingest.pages_kernel import which_words

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_QUOTE = r"""\\?["']"""

# Kind, a text without which the pattern cannot match, the pattern; the group that matches is the id.
_PATTERNS: tuple[tuple[str, str, str], ...] = (
    ("ga", "UA-", r"\b(UA-\d{4,10})-\d{1,4}\b"),
    ("ga", "G-", rf"{_QUOTE}(G-[A-Z0-9]{{8,12}}){_QUOTE}|[?&]id=(G-[A-Z0-9]{{8,12}})\b"),
    ("gtm", "GTM-", r"\b(GTM-[A-Z0-9]{4,9})\b"),
    ("aw", "AW-", r"\b(AW-\d{8,12})\b"),
    ("adsense", "pub-", r"\b(?:ca-)?(pub-\d{16})\b"),
    ("fb", "fbq", rf"fbq\(\s*{_QUOTE}init{_QUOTE}\s*,\s*{_QUOTE}?(\d{{12,17}})"),
    ("fb", "facebook.com", r"facebook\.com/tr/?\?(?:[^\"'<>\s]{0,200}&(?:amp;)?)?id=(\d{12,17})"),
    ("tiktok-pixel", "ttq", rf"ttq\.load\(\s*{_QUOTE}([A-Z0-9]{{15,25}}){_QUOTE}"),
    ("tiktok-pixel", "analytics.tiktok.com", r"analytics\.tiktok\.com/[^\"'<>\s]{0,80}sdkid=([A-Z0-9]{15,25})"),
    ("metrika", "ym(", rf"\bym\(\s*(\d{{5,10}})\s*,\s*{_QUOTE}init"),
    ("metrika", "mc.yandex", r"mc\.yandex\.(?:ru|com)/(?:watch|pixel)/(\d{5,10})"),
    ("metrika", "yaCounter", r"\byaCounter(\d{5,10})\b"),
    ("hotjar", "hjid", r"\bhjid\s*:\s*(\d{5,10})\b"),
    ("hotjar", "static.hotjar.com", r"static\.hotjar\.com/c/hotjar-(\d{5,10})\.js"),
    ("clarity", "clarity.ms", r"clarity\.ms/tag/([a-z0-9]{8,14})\b"),
    ("clarity", "clarity", rf"{_QUOTE}clarity{_QUOTE}\s*,\s*{_QUOTE}script{_QUOTE}\s*,\s*{_QUOTE}([a-z0-9]{{8,14}})"),
    ("linkedin", "_linkedin_partner_id", rf"_linkedin_partner_id\s*=\s*{_QUOTE}?(\d{{4,9}})"),
    ("linkedin", "px.ads.linkedin.com", r"px\.ads\.linkedin\.com/collect/?\?[^\"'<>\s]{0,60}pid=(\d{4,9})"),
    ("tawk", "tawk.to", r"embed\.tawk\.to/([0-9a-f]{24})\b"),
    ("tawk", "Tawk_API", rf"tawk_?[Pp]roperty_?[Ii]d{_QUOTE}?\s*[:=]\s*{_QUOTE}([0-9a-f]{{24}})"),
    ("tidio", "tidio", r"code\.tidio\.co/([a-z0-9]{32})\b"),
    ("jivo", "jivosite", r"jivosite\.com/(?:widget/|script/widget/|widget\.js\?widget_id=)([A-Za-z0-9]{8,12})\b"),
    ("jivo", "widget_id", rf"\bwidget_id\s*=\s*{_QUOTE}([A-Za-z0-9]{{10}}){_QUOTE}\s*;[^<]{{0,400}}jivo"),
    ("jivo", "jivo", r"\bjivo(?:chat)?\.(?:ru|com)/widget/([A-Za-z0-9]{8,12})\b"),
    ("crisp", "CRISP_WEBSITE_ID", rf"CRISP_WEBSITE_ID\s*=\s*{_QUOTE}({_UUID})"),
    ("livechat", "__lc", rf"__lc\.license\s*=\s*{_QUOTE}?(\d{{5,10}})"),
    ("livechat", "livechatinc.com", r"livechatinc\.com/[^\"'<>\s]{0,60}license(?:_id)?=(\d{5,10})"),
    ("intercom", "intercom", r"widget\.intercom\.io/widget/([a-z0-9]{6,10})\b"),
    ("intercom", "intercomSettings", rf"intercomSettings[^<]{{0,400}}?app_id{_QUOTE}?\s*:\s*{_QUOTE}([a-z0-9]{{6,9}})"),
    ("zendesk", "zdassets.com", rf"static\.zdassets\.com/ekr/snippet\.js\?key=({_UUID})"),
    ("zopim", "zopim", r"v2\.zopim\.com/\?([A-Za-z0-9]{32})\b"),
    ("smartsupp", "_smartsupp", rf"_smartsupp\.key\s*=\s*{_QUOTE}([0-9a-f]{{40}}){_QUOTE}"),
    ("olark", "olark", rf"olark\.identify\(\s*{_QUOTE}(\d{{4}}-\d{{3}}-\d{{2}}-\d{{4}}){_QUOTE}"),
    ("hubspot", "hs-scripts.com", r"js(?:-[a-z]{2}\d)?\.hs-scripts\.com/(\d{5,10})\.js"),
    ("hubspot", "hs-analytics.net", r"hs-analytics\.net/analytics/\d+/(\d{5,10})\.js"),
    ("drift", "drift.load", rf"drift\.load\(\s*{_QUOTE}([a-z0-9]{{10,16}}){_QUOTE}"),
    ("freshchat", "fcWidget", rf"fcWidget\.init\([^<]{{0,200}}?token{_QUOTE}?\s*:\s*{_QUOTE}({_UUID}){_QUOTE}"),
    ("freshchat", "freshchat", rf"data-token\s*=\s*{_QUOTE}({_UUID}){_QUOTE}[^<>]{{0,200}}freshchat"),
    ("chatra", "ChatraID", rf"ChatraID\s*=\s*{_QUOTE}([A-Za-z0-9]{{17}}){_QUOTE}"),
    ("userlike", "userlike", r"userlike-cdn-widgets[^\"'<>\s]{0,80}?/([0-9a-f]{32,64})\.js"),
    ("getbutton", "getbutton", r"(?:static|app)\.getbutton\.io/[^\"'<>\s]{0,60}?\?id=([A-Za-z0-9]{4,12})\b"),
    ("elfsight", "elfsight-app-", rf"elfsight-app-({_UUID})"),
    ("callbell", "callbell", rf"callbellSettings[^<]{{0,200}}?token{_QUOTE}?\s*:\s*{_QUOTE}([A-Za-z0-9]{{10,40}})"),
    ("recaptcha", "sitekey", rf"data-sitekey\s*=\s*{_QUOTE}(6L[A-Za-z0-9_-]{{38}}){_QUOTE}"),
    ("recaptcha", "recaptcha", r"recaptcha/(?:api|enterprise)\.js\?[^\"'<>\s]{0,80}render=(6L[A-Za-z0-9_-]{38})"),
    ("vk-pixel", "VK-RTRG-", r"vk\.com/rtrg\?p=(VK-RTRG-\d{4,9}-[A-Za-z0-9]{4,6})"),
    ("vk-pixel", "VK-RTRG-", r"\b(VK-RTRG-\d{4,9}-[A-Za-z0-9]{4,6})\b"),
)  # fmt: skip
_COMPILED = tuple((kind, word, re.compile(pattern)) for kind, word, pattern in _PATTERNS)
_MATOMO_SITE = re.compile(rf"{_QUOTE}setSiteId{_QUOTE}\s*,\s*{_QUOTE}?(\d{{1,6}})")
_MATOMO_HOST = re.compile(
    rf"(?:var\s+u\s*=\s*|setTrackerUrl{_QUOTE}\s*,\s*)[^;\n]{{0,80}}?{_QUOTE}(?:https?:)?//([A-Za-z0-9.-]{{4,100}}(?:/[\w.-]{{1,40}}){{0,3}})"
)
_VERIFICATIONS = {
    "google-site-verification": "google-verification",
    "facebook-domain-verification": "facebook-verification",
    "yandex-verification": "yandex-verification",
    "msvalidate.01": "bing-verification",
    "p:domain_verify": "pinterest-verification",
}
_VERIFICATION = re.compile(r"[\w=+/.-]{8,100}")

# The kinds of ids in lines of ``contact``, and texts of which one is in whatever holds an id.
KINDS = (
    *dict.fromkeys(kind for kind, _, _ in _PATTERNS),
    "matomo",
    "favicon",
    "dom",
    "cert",
    *_VERIFICATIONS.values(),
)
_WORDS = tuple(dict.fromkeys((*(word for _, word, _ in _PATTERNS), "setSiteId")))  # 64 at most
CODE_WORDS = tuple(dict.fromkeys((*(word for _, word, _ in _PATTERNS if len(word) > 3), "setSiteId")))

# Examples of manuals and templates: whoever copies them has them too.
_EXAMPLES = re.compile(
    r"""(?x)
    ga:UA-(?:0+|1234\d*|X+|99999\d*) | ga:G-(?:X+|1234567890|ABC\w*|0+) | gtm:GTM-(?:X+|ABC\w*|0+|1234\w*)
    | aw:AW-(?:123456789\d*|0+|987654321) | adsense:pub-(?:0+|1234567890123456|3940256099942544|1111111111111111)
    | (?:fb|metrika|hotjar|livechat|linkedin|hubspot):(?:0+|1+|1234\d*|9876543\d*)
    | recaptcha:6LeIxAcTAAAA.* | \w+:(?:0{8}-(?:0{4}-){3}0{12}|[0x]+)
    """
)

_LINKS = re.compile(
    r"""(?ix)
    (?: (?: tel | sms | mailto | whatsapp | skype | viber | tg | bitcoin | ethereum | litecoin | monero ): (?!//?/?$) .+
    | (?:https?:)?//(?:www\.|api\.|web\.|m\.|mobile\.)? (?:
        wa\.me | whatsapp\.com/(?:send|channel|catalog) | chat\.whatsapp\.com | t\.me | telegram\.(?:me|dog)
        | m\.me | messenger\.com/t | signal\.(?:me|group) | viber\.(?:me|click) | invite\.viber\.com | line\.me/(?:r|ti)
        | zalo\.me | u\.wechat\.com | weixin\.qq\.com | join\.skype\.com | discord\.(?:gg|com/invite) | ig\.me
        | instagram\.com | facebook\.com | tiktok\.com/@ | vk\.com | vkontakte\.ru | ok\.ru | twitter\.com | x\.com
        | snapchat\.com/add | youtube\.com/(?:@|channel|c/|user) | onlyfans\.com
        | linkedin\.com/(?:in|company) | linktr\.ee
      ) (?:[/?\#] .*)? )
    """
)
_SHARING = re.compile(
    r"(?i)/(?:sharer?|share|intent|dialog|plugins|login|home|hashtag|share\.php|sharer\.php)\b|[?&](?:u|url)=http"
)
_NO_DIGITS = re.compile(r"\D+")
_MOST_LINES, _LONGEST_LINE = 200, 500
_BEFORE, _BEHIND, _MOST_PLACES = 200, 700, 100  # characters round a word; how often one is looked at


def codes_of(code: str) -> Iterator[str]:
    """The ids in the code of a page, as ``kind:ID``, each once."""
    code = code.replace("\\/", "/")
    seen = set[str]()
    for kind, written, _, _ in find_codes(code):
        line = f"{kind}:{written}"
        if line not in seen and not is_example(line):
            seen.add(line)
            yield line


def find_codes(code: str) -> Iterator[tuple[str, str, int, int]]:
    """(kind, id, start, end) of the ids in some code, those of manuals too."""
    held = words_in(code)
    seen = set[tuple[int, int]]()
    for kind, word, pattern in _COMPILED:
        if word not in held:
            continue
        # Only round the word: a pattern that may begin anywhere is slow to look for.
        at, times = code.find(word), 0
        while at >= 0 and times < _MOST_PLACES:
            for found in pattern.finditer(code, max(0, at - _BEFORE), at + _BEHIND):
                if found.span() not in seen:
                    seen.add(found.span())
                    yield kind, next(group for group in found.groups() if group), found.start(), found.end()
            at, times = code.find(word, at + len(word)), times + 1
    if "setSiteId" in held and (site := _MATOMO_SITE.search(code)) and (host := _MATOMO_HOST.search(code)):
        yield "matomo", f"{host[1].lower().rstrip('/')}/{site[1]}", site.start(), site.end()


def words_in(code: str) -> set[str]:
    """Which of the words of the patterns a text holds."""
    words, bounds, firsts = _word_tables()
    bits = which_words(np.frombuffer(code.encode("utf-8", "replace"), np.uint8), words, bounds, firsts)
    return {word for n, word in enumerate(_WORDS) if bits >> n & 1}


@cache
def _word_tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """What :func:`which_words` reads."""
    coded = [word.encode() for word in _WORDS]
    firsts = np.zeros(1 << 16, np.bool_)
    for word in coded:
        firsts[word[0] << 8 | word[1]] = True
    bounds = np.cumsum([0, *map(len, coded)])
    return np.frombuffer(b"".join(coded), np.uint8), bounds.astype(np.int64), firsts


def is_example(line: str) -> bool:
    """Whether an id is one of manuals and templates, and nobody's own."""
    return _EXAMPLES.fullmatch(line) is not None


def verifications_of(meta: dict[str, str]) -> Iterator[str]:
    """What shows to search engines and networks that a site is somebody's."""
    for name, kind in _VERIFICATIONS.items():
        value = meta.get(name, "").strip()
        if _VERIFICATION.fullmatch(value):
            yield f"{kind}:{value}"


def contact_links(links: Iterable[str], text: str) -> Iterator[str]:
    """Links to telephones, mailboxes, messengers, profiles and wallets, where the text does not say the same."""
    telling = [link for link in dict.fromkeys(map(str.strip, links)) if _LINKS.fullmatch(link)]
    digits = _NO_DIGITS.sub("", text) if telling else ""
    lower = text.lower() if telling else ""
    for link in telling:
        if _SHARING.search(link):
            continue
        scheme, _, rest = link.partition(":")
        rest = unquote(rest).strip()
        if scheme.lower() in ("tel", "sms"):
            number = _NO_DIGITS.sub("", rest.partition("?")[0])
            if len(number) < 5 or number.lstrip("0") in digits:
                continue
            link = f"{scheme.lower()}:{rest.partition('?')[0]}"
        elif scheme.lower() == "mailto":
            address = rest.partition("?")[0]
            if not address or address.lower() in lower:
                continue
            link = f"mailto:{address}"
        elif link.startswith("//"):
            link = f"https:{link}"
        yield " ".join(link.split())[:_LONGEST_LINE]


def host_of(url: str) -> str:
    """The host of an address in lower case; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def as_lines(lines: Iterable[str]) -> str | None:
    """Lines of the field ``contact``, each once; None: there is none."""
    kept = list(dict.fromkeys(line for line in lines if line))[:_MOST_LINES]
    return "\n".join(kept) or None
