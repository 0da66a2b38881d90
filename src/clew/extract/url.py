"""Links, the domains that somebody registered, and the accounts that links name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import idna
import numpy as np
import pyarrow as pa

from clew.extract._marks import OF_URL, next_mark
from clew.extract._platforms import account_of
from clew.extract._spelled import (
    AT,
    DOT,
    PLAIN,
    WORD,
    is_label,
    mark_before,
    mark_begin,
    mark_words,
    plain_marks,
    read_host,
    read_mark,
)  # fmt: skip
from clew.extract._suffix import SURE, cut_host, is_provider, is_public, last_labels, registrable
from clew.extract._words import LETTER, put, symbol_kinds, word_begin, word_list
from clew.extract._written import stands_so, written
from clew.extract.base import Example, Ints, TextBatch, mentions
from clew.ingest.kernels import kernel_step, making_kernel

_LONGEST = 2048  # symbols of a path; more is cut
_SCHEMES = {
    "http": "http",
    "https": "https",
    "hxxp": "http",
    "hxxps": "https",
    "htxp": "http",
    "htxps": "https",
}
_TRACKING = re.compile(r"(?:utm_\w*|fbclid|gclid|dclid|msclkid|yclid|mc_cid|mc_eid|igshid|igsh|_ga)", re.IGNORECASE)
# How long the name in a bare "name.label" must be when the label is also a word; others need more than that.
_LENGTHS = {
    "de": 4,
    "io": 4,
    "tv": 3,
    "cc": 4,
    "co": 5,
    "es": 6,
    "se": 6,
    "us": 6,
    "it": 8,
    "be": 8,
    "at": 8,
    "me": 8,
}
_SPELLED = frozenset(
    word_list(
        """
    com org net info biz nl ru ro bg hu pl cz uk eu fr ua gr pt dk
    """
    )
)
_COMMON = frozenset(
    word_list(
        """
    the a an this that le un el il o no at to in und der ein op een en point punkt
    """
    )
)


@kernel_step
def _path_end(sym, i, end):  # type: ignore[no-untyped-def]
    """Where port, path and query after a host end; marks that close a sentence are not part of them."""
    j = i
    if j + 2 < end and sym[j] == 58 and 48 <= sym[j + 1] <= 57:
        j += 1
        while j < end and j - i < 6 and 48 <= sym[j] <= 57:
            j += 1
    if j >= end or not (sym[j] == 47 or sym[j] == 63 or sym[j] == 35):
        return j if j - i > 2 else i
    stop = min(end, j + _LONGEST)
    depth = 0
    while j < stop:
        c = sym[j]
        if c <= 34 or c in (39, 60, 62, 92, 94, 96, 123, 124, 125) or c >= 0xE000:
            break
        if c == 40:
            depth += 1
        elif c == 41:
            depth -= 1
            if depth < 0:
                break
        j += 1
    while j > i and sym[j - 1] in (33, 41, 44, 46, 58, 59, 63, 93, 42, 45):
        j -= 1
    return j


@kernel_step
def _scheme_begin(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """Where the "http://" before a host begins (i: there is none); "[:]//" counts."""
    if i - 4 < first or sym[i - 1] != 47 or sym[i - 2] != 47:
        return i
    j = i - 2
    if sym[j - 1] == 93:
        j -= 1
    if j == first or sym[j - 1] != 58:
        return i
    j -= 1
    if j > first and sym[j - 1] == 91:
        j -= 1
    begin = word_begin(sym, kinds, j, max(first, j - 6))
    return begin if begin < j else i


@kernel_step
def _host_begin(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """Where the run of labels and dots that ends before i begins."""
    j = i
    stop = max(first, i - 253)
    while j > stop and (is_label(sym[j - 1], kinds) or (sym[j - 1] == 46 and j < i and sym[j] != 46)):
        j -= 1
    while j < i and (sym[j] == 46 or sym[j] == 45):
        j += 1
    return j


@making_kernel
def _scan(sym, start, places, kinds, marks, tlds):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, begin and end of the host, end, how its dots are written, last label's code."""
    rows = np.empty((256, 7), np.int64)
    marked, at, what = places.first, places.at, places.what
    k = np.int64(0)
    for r in range(start.shape[0] - 1):
        first, end = start[r], start[r + 1]
        done = first
        c, c_end, floor = marked[r], marked[r + 1], first + 1
        while True:
            c = next_mark(at, what, c, c_end, max(floor, done), OF_URL)
            if c >= c_end or at[c] >= end - 1:
                break
            begin = i = np.int64(at[c])
            floor = i + 1
            if sym[i] == 46 and is_label(sym[i - 1], kinds):
                if kinds[sym[i + 1]] != LETTER:
                    continue
            else:
                begin = mark_begin(sym, i, done)
                mark, how, _ = read_mark(sym, begin, end, kinds, marks)
                if mark != DOT or how < WORD:
                    continue
            host = _host_begin(sym, begin, done, kinds)
            if host == begin:
                continue
            stop, style, sure = read_host(sym, host, min(end, host + 300), kinds, marks, tlds)
            if stop == host or stop <= i:
                continue
            done = stop
            if host > first and sym[host - 1] in (64, 95, 43):
                continue
            if stop < end and sym[stop] in (64, 95, 43):
                continue
            after, how, _ = read_mark(sym, stop, end, kinds, marks)
            if after == AT and how != WORD:
                continue
            if style >= WORD and mark_before(sym, host, first, kinds, marks)[0] == AT:
                continue
            last = _path_end(sym, stop, end)
            rows = put(rows, k, (r, _scheme_begin(sym, host, first, kinds), host, stop, last, style, sure))
            k += 1
            done = last
    return rows[:k]


class _Link(NamedTuple):
    """What one distinct span gives: "" where it gives nothing, and how many symbols of it were read."""

    url: str
    domain: str
    account: str
    hidden: bool
    length: int


_NO_LINK = _Link("", "", "", False, 0)


def _is_bare_name(host: str, domain: str, sure: bool) -> bool:
    """May a host without scheme and path be one, rather than two sentences without a space between?"""
    name, _, suffix = domain.partition(".")
    if name.isdigit() or is_provider(domain):
        return False
    if sure or "." in suffix:
        return len(name) > 1
    if "-" in name or (len(name) > 5 and any(c.isdigit() for c in name)):
        return True
    return len(name) >= _LENGTHS.get(suffix, 64)


def _is_spelled_name(domain: str) -> bool:
    """The same for "name dot label" in bare words."""
    name, _, suffix = domain.partition(".")
    return suffix.rpartition(".")[2] in _SPELLED and len(name) > 2 and name not in _COMMON


def _rest(text: str) -> str:
    """Port, path and query of a link without default port, tracking parameters and fragment."""
    text = text.partition("#")[0]
    path, _, query = text.partition("?")
    for port in (":80", ":443"):
        if path == port or path.startswith(port + "/"):
            path = path[len(port) :]
    kept = "&".join(p for p in query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0]))
    if kept:
        return f"{path or '/'}?{kept}"
    return "" if path == "/" else path


def _encoded(host: str) -> str:
    """A host in the ASCII form of internationalised names (RFC 5890), or "" when no such name can exist."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""


@lru_cache(maxsize=1 << 14)
def _read(text: str, at: int, after: int, style: int, sure: bool) -> _Link:
    """Read one link: host in ``text[at:after]``, scheme before, port, path and query behind."""
    written_host, rest = text[at:after], text[after:]
    head = text[:at].lower().rstrip("/:[]")
    scheme = next((plain for known, plain in _SCHEMES.items() if head.endswith(known)), "")
    if style != PLAIN:
        written_host = plain_marks(written_host.lower())
    host, length = cut_host(written_host)
    if length < len(written_host):
        if style != PLAIN or not host:
            return _NO_LINK
        text, rest = text[: at + length], ""
    www = host.startswith("www.")
    while host.startswith("www.") and host.count(".") > 1:
        host = host[4:]
    host = _encoded(host)
    domain = registrable(host)
    if not domain:
        return _NO_LINK
    if not (scheme or www or len(rest) > 1) and not (
        _is_spelled_name(domain) if style == WORD else _is_bare_name(host, domain, sure)
    ):
        return _NO_LINK
    rest = _rest(rest)
    account = account_of(domain, rest) if rest else ""
    return _Link(
        f"{scheme or 'https'}://{host}{rest}",
        "" if is_public(domain) else domain,
        account,
        "xp" in head,
        len(text),
    )


def _links(strings: list[str], rows: Ints) -> list[_Link]:
    """Read the distinct spans, of which rows holds the first of each."""
    return [
        _read(text, host - begin, stop - begin, style, sure == SURE)
        for text, (_, begin, host, stop, _, style, sure) in zip(strings, rows.tolist(), strict=True)
    ]


class Url:
    """Finds links (``https://host/path``), domains (``shop.co.uk``) and accounts (``telegram:name``).

    A link without a scheme is read as https. Hosts of services that everybody uses give no domain.
    """

    name = "url"
    version = "1"
    types: tuple[str, ...] = ("url", "domain", "handle")
    examples: Sequence[Example] = (
        Example(
            "See https://www.Rose-Club.nl/Menu?utm_source=x&id=4#top.",
            (
                ("domain", "rose-club.nl", "https://www.Rose-Club.nl/Menu?utm_source=x&id=4#top", False),
                (
                    "url",
                    "https://rose-club.nl/Menu?id=4",
                    "https://www.Rose-Club.nl/Menu?utm_source=x&id=4#top",
                    False,
                ),
            ),
        ),
        Example(
            "site: rosehouse.com!",
            (
                ("domain", "rosehouse.com", "rosehouse.com", False),
                ("url", "https://rosehouse.com", "rosehouse.com", False),
            ),
        ),
        Example(
            "hxxp://rosehouse[.]com/a",
            (
                ("domain", "rosehouse.com", "hxxp://rosehouse[.]com/a", True),
                ("url", "http://rosehouse.com/a", "hxxp://rosehouse[.]com/a", True),
            ),
        ),
        Example(
            "my page rosehouse dot com",
            (
                ("domain", "rosehouse.com", "rosehouse dot com", True),
                ("url", "https://rosehouse.com", "rosehouse dot com", True),
            ),
        ),
        Example(
            "сайт роза.рф",
            (
                ("domain", "xn--80anuh.xn--p1ai", "роза.рф", False),
                ("url", "https://xn--80anuh.xn--p1ai", "роза.рф", False),
            ),
        ),
        Example(
            "(t.me/Rose_House)",
            (
                ("handle", "telegram:rose_house", "t.me/Rose_House", False),
                ("url", "https://t.me/Rose_House", "t.me/Rose_House", False),
            ),
        ),
        Example(
            '<a href="https://instagram.com/rose.house/">here</a>',
            (
                ("handle", "instagram:rose.house", "https://instagram.com/rose.house/", False),
                ("url", "https://instagram.com/rose.house/", "https://instagram.com/rose.house/", False),
            ),
        ),
        Example("wa.me/31612345678", (("url", "https://wa.me/31612345678", "wa.me/31612345678", False),)),
        Example("I am here today.Call me.now or it.is late.It is 10.50 p.m. call.me e.g. and anna.rose", ()),
        Example("anna@rosehouse.com and rose dot house at rosehouse dot com", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f = batch.folded
        rows = _scan(
            f.sym,
            f.start,
            batch.marks,
            symbol_kinds(),
            mark_words(),
            last_labels(),
        )
        inverse, strings, _ = written(batch, rows[:, 0], rows[:, 1], rows[:, 4])
        links = _links(strings, rows[np.unique(inverse, return_index=True)[1]])
        # only the host tells whether a link is hidden: "&amp;" in a query hides nothing
        as_is = stands_so(batch, rows[:, 0], rows[:, 1], rows[:, 3])
        obscured = ~as_is | (rows[:, 5] != PLAIN) | np.array([x.hidden for x in links], np.bool_)[inverse]
        end = rows[:, 1] + np.array([x.length for x in links], np.int64)[inverse]
        tables = []
        for kind, values in (
            ("url", [x.url for x in links]),
            ("domain", [x.domain for x in links]),
            ("handle", [x.account for x in links]),
        ):
            at = np.flatnonzero(np.array([bool(v) for v in values], np.bool_)[inverse])
            value = pa.array(values, pa.string()).take(pa.array(inverse[at]))
            tables.append(mentions(batch, self, kind, rows[at, 0], rows[at, 1], end[at], value, obscured[at]))
        return pa.concat_tables(tables)


PLUGIN = Url()
