"""Mail addresses, plain ("name@mail.com") and spelled ("name (at) mail dot com")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._marks import OF_EMAIL, next_mark
from clew.extract._spelled import (
    AT,
    PLAIN,
    SPACED,
    WORD,
    mark_before,
    mark_begin,
    mark_words,
    plain_marks,
    read_host,
    read_mark,
)
from clew.extract._suffix import (
    cut_host,
    is_everyday,
    is_provider,
    is_sure,
    last_labels,
    registered_as_they_are,
    registrable,
)
from clew.extract._words import DIGIT, LETTER, put, symbol_kinds, word_list
from clew.extract._written import written
from clew.extract.base import Example, Ints, TextBatch, mentions
from clew.extract.fold import fold_text
from clew.ingest.kernels import kernel_step, making_kernel

_LOCAL, _HOST = 64, 253  # longest parts of an address (RFC 5321, section 4.5.3.1)
_ADDRESS = re.compile(r"[a-z0-9_](?:[a-z0-9._%+-]{0,62}[a-z0-9_+-])?")
# Words before "at" that begin a sentence about a place, not an address.
_NOT_NAMES = frozenset(
    word_list(
        """
    me us him her you it look looking available book booking visit call here now only work working meet
    meeting arrive based located stay staying live living online start starts open price prices from see
    find check available be is am are and or page site profile website reviews more info pictures photos
    ad ads located or
    """
    )
)


@kernel_step
def _atom_begin(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """Where the run of local-part symbols before i begins: with a letter, a digit or "_"."""
    a = i
    stop = max(first, i - _LOCAL)
    while a > stop:
        c = sym[a - 1]
        if not ((c < 128 and (kinds[c] == LETTER or kinds[c] == DIGIT)) or c in (46, 95, 37, 43, 45)):
            break
        a -= 1
    while a < i and not (kinds[sym[a]] == LETTER or kinds[sym[a]] == DIGIT or sym[a] == 95):
        a += 1
    return a


@kernel_step
def _local_begin(sym, i, first, kinds, marks):  # type: ignore[no-untyped-def]
    """Where the local part that ends before i begins, with spelled marks in it (i: there is none)."""
    begin = stop = i
    for _ in range(4):
        a = _atom_begin(sym, stop, first, kinds)
        if a == stop:
            break
        begin = a
        mark, style, stop = mark_before(sym, a, first, kinds, marks)
        if mark <= AT or style < WORD:
            break
    return begin


@making_kernel
def _scan(sym, start, places, kinds, marks, tlds):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, begin and end of the at mark, end, how the at mark and the dots are written."""
    rows = np.empty((256, 7), np.int64)
    marked, at, what = places.first, places.at, places.what
    k = np.int64(0)
    for r in range(start.shape[0] - 1):
        first, end = start[r], start[r + 1]
        done = first
        c, c_end, floor = marked[r], marked[r + 1], first
        while True:
            c = next_mark(at, what, c, c_end, max(floor, done), OF_EMAIL)
            if c >= c_end or at[c] >= end - 1:
                break
            i = np.int64(at[c])
            floor = i + 1
            begin = mark_begin(sym, i, done)
            mark, how, stop = read_mark(sym, begin, end, kinds, marks)
            if mark != AT or begin == done or stop <= i:
                continue
            host_end, dots, _ = read_host(sym, stop, min(end, stop + _HOST + 40), kinds, marks, tlds)
            if host_end == stop:
                continue
            a = _local_begin(sym, begin, done, kinds, marks)
            if a == begin:
                continue
            rows = put(rows, k, (r, a, begin, stop, host_end, how, dots))
            k += 1
            done = host_end
    return rows[:k]


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else fold_text(text)


@lru_cache(maxsize=1 << 14)
def _plain(text: str) -> tuple[str, int]:
    """The canonical value of an address written plainly ("" if it is none) and the length that was read."""
    local, _, rest = text.partition("@")
    local = _folded(local)
    host, length = cut_host(rest)
    if not host or ".." in local or not _ADDRESS.fullmatch(local):
        return "", 0
    return f"{local}@{host}", len(text) - len(rest) + length


@lru_cache(maxsize=1 << 14)
def _spelled(text: str, at: int, after: int, style: int, dots: int) -> str:
    """The canonical value of a spelled address, or ""; bare words for the marks must leave no doubt."""
    local, host = plain_marks(_folded(text[:at])), plain_marks(_folded(text[after:]))
    domain = registrable(host)
    if not domain or ".." in local or not _ADDRESS.fullmatch(local):
        return ""
    if style in (SPACED, WORD):
        odd = any(c in "._-+0123456789" for c in local)
        if local in _NOT_NAMES or (len(local) < 3 and not odd) or not is_everyday(domain):
            return ""
        # "a room at some point so that": words for the marks from two languages, before an everyday word
        if text[at:after].strip().lower() == "at" and "dot" not in text[after:].lower() and not odd and dots == WORD:
            return f"{local}@{host}" if is_provider(domain) or is_sure(domain) else ""
        if dots < WORD and not (odd or is_provider(domain)):
            return ""  # "Anna at hotel.com" is a sentence
    return f"{local}@{host}"


def _evident(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which of many strings are plain addresses in lower case, as most are: their own value."""
    lower = pc.match_substring_regex(texts, f"^{_ADDRESS.pattern}@[a-z0-9.-]+$")
    lower = pc.and_(lower, pc.invert(pc.match_substring(texts, "..")))
    hosts = pc.list_element(pc.split_pattern(pc.if_else(lower, texts, "a@b"), "@"), 1)
    return np.asarray(pc.and_(lower, registered_as_they_are(hosts)).to_numpy(zero_copy_only=False))


def _values(strings: list[str], rows: Ints) -> tuple[list[str], Ints]:
    """Value ("" for no address) and length of each distinct string, of which rows holds the first of each."""
    values, lengths = list(strings), np.fromiter(map(len, strings), np.int64, len(strings))
    plain = (rows[:, 5] == PLAIN) & (rows[:, 6] == PLAIN)
    for n in np.flatnonzero(~(plain & _evident(pa.array(strings, pa.string())))).tolist():
        _, begin, at, after, _, style, dots = rows[n].tolist()
        if plain[n]:
            values[n], lengths[n] = _plain(strings[n])
        else:
            values[n] = _spelled(strings[n], at - begin, after - begin, style, dots)
    return values, lengths


class Email:
    """Finds mail addresses; the value is the address in lower case."""

    name = "email"
    version = "1"
    types: tuple[str, ...] = ("email",)
    examples: Sequence[Example] = (
        Example(
            "Write to Anna.Rose@Mail.com today",
            (("email", "anna.rose@mail.com", "Anna.Rose@Mail.com", False),),
        ),
        Example("anna at mail dot com", (("email", "anna@mail.com", "anna at mail dot com", True),)),
        Example("mail: rose(at)gmail(dot)com!", (("email", "rose@gmail.com", "rose(at)gmail(dot)com", True),)),
        Example("rosa99 [at] posta [.] it", (("email", "rosa99@posta.it", "rosa99 [at] posta [.] it", True),)),
        Example(
            "rosa chiocciola libero punto it",
            (("email", "rosa@libero.it", "rosa chiocciola libero punto it", True),),
        ),
        Example("ewa małpa wp kropka pl", (("email", "ewa@wp.pl", "ewa małpa wp kropka pl", True),)),
        Example("olga собака mail точка ru", (("email", "olga@mail.ru", "olga собака mail точка ru", True),)),
        Example(
            "anna dot rose at gmail.com",
            (("email", "anna.rose@gmail.com", "anna dot rose at gmail.com", True),),
        ),
        Example("lily @ gmail . com", (("email", "lily@gmail.com", "lily @ gmail . com", True),)),
        Example("mail lily@ｇmail.com", (("email", "lily@gmail.com", "lily@ｇmail.com", True),)),
        Example("lily@mail.com.Call me", (("email", "lily@mail.com", "lily@mail.com", False),)),
        Example("meet me at hotel.dot or at hotel.com, see you at home. In town", ()),
        Example("I am available at hotel dot com, price @ 100.Call", ()),
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
        record, begin = rows[:, 0].copy(), rows[:, 1].copy()
        inverse, strings, as_is = written(batch, record, begin, rows[:, 4].copy())
        values, lengths = _values(strings, rows[np.unique(inverse, return_index=True)[1]])
        value = pa.array(values, pa.string()).take(pa.array(inverse))
        keep = lengths[inverse] > 0
        keep &= np.array([bool(v) for v in values], np.bool_)[inverse]
        obscured = ~as_is | (rows[:, 5] != PLAIN) | (rows[:, 6] != PLAIN)
        end = begin + lengths[inverse]
        return mentions(
            batch,
            self,
            "email",
            record[keep],
            begin[keep],
            end[keep],
            value.filter(pa.array(keep)),
            obscured[keep],
        )


PLUGIN = Email()
