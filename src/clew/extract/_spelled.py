"""Marks of an address as people spell them to hide it: "(at)", " dot ", "[.]", "chiocciola", "собака"."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from clew.extract._words import (
    LETTER,
    Words,
    lookup,
    skip_spaces,
    skip_spaces_back,
    vocabulary,
    word_begin,
    word_end,
    word_list,
)
from clew.ingest.kernels import kernel_step

AT, DOT, HYPHEN, LOWBAR = 1, 2, 3, 4
PLAIN, SPACED, WORD, BRACKETED = 1, 2, 3, 4  # how a mark is written: "." / " . " / " dot " / "(dot)"

AT_WORDS = word_list(
    """
    at arroba arobase arobas chiocciola chiocciolina malpa kukac zavinac sobaka собака собачка
    klammeraffe apenstaartje apestaart apestaartje snabela alfakrøll majmun papaki παπακι эт ат
    """
)
DOT_WORDS = word_list(
    """
    dot punkt punt punto ponto point punct pont kropka tecka bodka tochka точка тчк tacka тачка nokta
    piste prikk telia τελεια крапка
    """
)
_LOWBAR = ["underscore", "lowbar", "подчеркивание"]
_HYPHEN = ["hyphen", "dash", "minus", "дефис"]


@cache
def mark_words() -> Words:
    """Words for the marks of an address; the code is AT, DOT, HYPHEN or LOWBAR."""
    groups = ((AT_WORDS, AT), (DOT_WORDS, DOT), (_HYPHEN, HYPHEN), (_LOWBAR, LOWBAR))
    return vocabulary({word: code for words, code in groups for word in words})


@kernel_step
def closing(c):  # type: ignore[no-untyped-def]
    """The bracket that closes an opening one, or 0."""
    if c == 40:
        return 41
    if c == 91:
        return 93
    if c == 123:
        return 125
    if c == 60:
        return 62
    return c if c == 42 or c == 126 or c == 124 else 0  # "*at*", "~at~", "|at|"


@kernel_step
def read_mark(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """The mark at i with the spaces around it: which, how it is written, and its end; 0 if none."""
    j = skip_spaces(sym, i, end, 2)
    spaced = j > i
    if j >= end:
        return 0, 0, i
    close = closing(sym[j])
    if close:
        j = skip_spaces(sym, j + 1, end, 2)
        if j >= end:
            return 0, 0, i
    c = sym[j]
    mark, style = 0, PLAIN
    if c == 64:
        mark, j = AT, j + 1
    elif c == 46:
        mark, j = DOT, j + 1
    elif kinds[c] == LETTER and (close or spaced):
        stop = word_end(sym, kinds, j, min(end, j + 14))
        code = lookup(words, sym, j, stop)
        if code < 0 and close and stop == j + 1 and c == 97:  # "(a)"
            code = AT
        if code > 0:
            mark, style, j = code, WORD, stop
    if mark == 0:
        return 0, 0, i
    if close:
        j = skip_spaces(sym, j, end, 2)
        if j >= end or sym[j] != close:
            return 0, 0, i
        return mark, BRACKETED, skip_spaces(sym, j + 1, end, 2)
    k = skip_spaces(sym, j, end, 2)
    if style == WORD:
        return (mark, WORD, k) if k > j else (0, 0, i)
    return mark, (SPACED if spaced or k > j else PLAIN), k


@kernel_step
def mark_begin(sym, i, first):  # type: ignore[no-untyped-def]
    """Where the mark begins whose word or symbol is at i: before its bracket and spaces."""
    j = skip_spaces_back(sym, i, first, 2)
    if j > first and closing(sym[j - 1]):
        j = skip_spaces_back(sym, j - 1, first, 2)
    return j


@kernel_step
def mark_before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """The mark that ends where a label begins: which, how it is written, and its begin; 0 if none."""
    b = i
    while b > first and i - b < 5 and (sym[b - 1] == 32 or sym[b - 1] in (41, 93, 125, 62, 42, 126, 124)):
        b -= 1
    if b == i:
        return 0, 0, i
    w = word_begin(sym, kinds, b, max(first, b - 14))
    begin = mark_begin(sym, w if w < b else max(first, b - 1), first)
    mark, style, stop = read_mark(sym, begin, i, kinds, words)
    return (mark, style, begin) if stop == i else (0, 0, i)


@kernel_step
def is_label(c, kinds):  # type: ignore[no-untyped-def]
    """May a symbol stand in a label of a host name?"""
    return kinds[c] == LETTER or (48 <= c <= 57) or c == 45


@kernel_step
def label_end(sym, i, end, kinds):  # type: ignore[no-untyped-def]
    """Where the label at i ends; i itself if there is none or if it is too long."""
    j = i
    stop = min(end, i + 64)
    while j < stop and is_label(sym[j], kinds):
        j += 1
    if j - i > 63:
        return i
    while j > i and sym[j - 1] == 45:
        j -= 1
    return j if j > i and sym[i] != 45 else i


@kernel_step
def read_host(sym, i, end, kinds, marks, tlds):  # type: ignore[no-untyped-def]
    """Read a host name, spelled or plain, up to the last label that may end one.

    Returns:
        the end (i: no host), the most hidden style of a dot in it, the code of the last label (`_suffix`).
    """
    j = label_end(sym, i, end, kinds)
    best, best_style, sure = i, 0, np.int64(-1)
    style, last = PLAIN, 0
    if j == i:
        return i, 0, sure
    for _ in range(6):
        mark, how, k = read_mark(sym, j, end, kinds, marks)
        if mark == HYPHEN and how >= WORD:
            last = 0
        elif mark != DOT:
            break
        # "mail. com": a spaced dot only where no other dot came before it
        if how == SPACED and last not in (0, SPACED):
            break
        stop = label_end(sym, k, end, kinds)
        if stop == k:
            break
        code = lookup(tlds, sym, k, stop)
        if how == SPACED and code != 1:
            break
        style = max(style, how)
        if mark == DOT:
            last = how
            if code >= 0:
                best, best_style, sure = stop, style, code
        j = stop
    return best, best_style, sure


_BRACKETS = r" {0,2}[(\[{<*~|] {0,2}(?:%s) {0,2}[)\]}>*~|] {0,2}"
_FORMS = {".": (DOT_WORDS, r"\."), "_": (_LOWBAR, "_"), "-": (_HYPHEN, "-")}
_SPELLED = tuple(
    (
        re.compile(f"{_BRACKETS % (word + '|' + own)}|(?<! ) {{1,2}}(?:{word}) {{1,2}}| {{0,2}}{own} {{0,2}}"),
        symbol,
    )
    for symbol, (words, own) in _FORMS.items()
    for word in ["|".join(words)]
)


def plain_marks(text: str) -> str:
    """A folded local part or host with its spelled marks as symbols."""
    if text.isalnum():
        return text
    for pattern, symbol in _SPELLED:
        text = pattern.sub(symbol, text)
    return text
