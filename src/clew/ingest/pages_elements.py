"""What the compiled reading of pages needs of HTML: names of elements and what they do, attributes, ends of tags."""

from __future__ import annotations

from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel_step

# What an element does, as bits.
BLOCK, CELL, FOLLOWED, VOID, UNSEEN, ASIDE, MAIN, RAW, ENDED, HEADING = (1 << n for n in range(10))
# What is noted of a page: spans of its bytes.
LINK, PICTURE, LINK_ELEMENT, META, BASE, HTML, TITLE, DATA, CODED_MAIL = range(1, 10)
# Where text goes: within main or article; anywhere else; in navigation and the like.
MARKED, PLAIN, BESIDE = range(3)

_KINDS = {
    BLOCK: """address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav noscript
    ol optgroup option p pre search section select summary table tbody template tfoot thead tr ul""",
    CELL: "td th",
    # Followed to their end; others only break lines.
    FOLLOWED: """article aside body center details dialog div dl fieldset figure footer form header main menu nav
    noscript ol section select svg table template ul datalist object canvas audio video""",
    VOID: "area base br col embed frame hr img input link meta param source track wbr",
    UNSEEN: "noscript select datalist template svg object canvas audio video",
    ASIDE: "nav header footer aside form",
    MAIN: "main article",
    RAW: "script style textarea title iframe noembed noframes xmp",
    ENDED: "p li dd dt tr td th",  # by the next of their kind
    HEADING: "h1",
}
_ROLES = {
    "navigation": ASIDE, "banner": ASIDE, "contentinfo": ASIDE, "complementary": ASIDE, "search": ASIDE, "form": ASIDE,
    "menu": ASIDE, "main": MAIN,
}  # fmt: skip
DEEPEST, SHAPES = 256, 1 << 13

OFFSET, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


def _hash(word: str) -> int:
    """FNV-1a of a name."""
    value = int(OFFSET)
    for byte in word.encode():
        value = ((value ^ byte) * int(PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


P, HEADER, FORM, TITLE_NAME, SCRIPT, A, AREA, IMG, LINK_NAME, META_NAME, BASE_NAME, HTML_NAME, BODY = (
    np.uint64(_hash(name))
    for name in ("p", "header", "form", "title", "script", "a", "area", "img", "link", "meta", "base", "html", "body")
)
CLASS, STYLE, ROLE, HIDDEN, HREF, SRC, DATA_SRC, LAZY_SRC, CFEMAIL = (
    np.uint64(_hash(name))
    for name in ("class", "style", "role", "hidden", "href", "src", "data-src", "data-lazy-src", "data-cfemail")
)
EQUALS = np.frombuffer(b"=", np.uint8)
DISPLAY_NONE = np.frombuffer(b"display:none", np.uint8)
VISIBILITY_HIDDEN = np.frombuffer(b"visibility:hidden", np.uint8)
LD_JSON = np.frombuffer(b"ld+json", np.uint8)


@cache
def names() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """A hash table of names of elements and, with another sign before, of roles, and what each does."""
    meant: dict[int, int] = {}
    for bits, words in _KINDS.items():
        for word in words.split():
            meant[_hash(word)] = meant.get(_hash(word), 0) | bits
    for role, bits in _ROLES.items():
        meant[_hash(f"={role}")] = bits
    keys, values = np.zeros(1024, np.uint64), np.zeros(1024, np.int64)
    for key, bits in meant.items():
        at = key & 1023
        while keys[at]:
            at = (at + 1) & 1023
        keys[at], values[at] = key, bits
    return keys, values


@numba.njit(nogil=True, cache=True, inline="always")
def slot_of(key, keys):  # type: ignore[no-untyped-def]
    """Where a name is in the table, or an empty place."""
    at = np.int64(key & np.uint64(1023))
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & 1023
    return at


@numba.njit(nogil=True, cache=True, inline="always")
def lower(b):  # type: ignore[no-untyped-def]
    """An ASCII letter in its small form."""
    return np.uint8(b + 32) if 65 <= b <= 90 else b


@numba.njit(nogil=True, cache=True, inline="always")
def blank(b):  # type: ignore[no-untyped-def]
    """Whether it is white space."""
    return b == 32 or 9 <= b <= 13


@numba.njit(nogil=True, cache=True, inline="always")
def mix(x):  # type: ignore[no-untyped-def]
    """Spread the bits of a number over it."""
    x ^= x >> np.uint64(31)
    x *= np.uint64(0x9E3779B97F4A7C15)
    return x ^ (x >> np.uint64(29))


@kernel_step
def contains(data, a, b, word):  # type: ignore[no-untyped-def]
    """Whether a text holds a word, white space and case left out."""
    for i in range(a, b):
        if lower(data[i]) != word[0]:
            continue
        j, k = i, 0
        while j < b and k < len(word) and (lower(data[j]) == word[k] or (k > 0 and blank(data[j]))):
            k += lower(data[j]) == word[k]
            j += 1
        if k == len(word):
            return True
    return False


@kernel_step
def name_hash(data, a, b, first):  # type: ignore[no-untyped-def]
    """The hash of a name or role in small letters."""
    h = first
    for i in range(a, b):
        h = (h ^ np.uint64(lower(data[i]))) * PRIME
    return h


@kernel_step
def next_attribute(data, i, end):  # type: ignore[no-untyped-def]
    """(hash of the name; 0: no more, begin and end of the value, where it goes on)."""
    while i < end and (blank(data[i]) or data[i] == 47):
        i += 1
    if i >= end:
        return np.uint64(0), i, i, i
    h = OFFSET
    while i < end and not (blank(data[i]) or data[i] == 61 or data[i] == 47):
        h = (h ^ np.uint64(lower(data[i]))) * PRIME
        i += 1
    after = i
    while i < end and blank(data[i]):
        i += 1
    if i >= end or data[i] != 61:
        return h, after, after, max(after, i)
    i += 1
    while i < end and blank(data[i]):
        i += 1
    if i < end and (data[i] == 34 or data[i] == 39):
        begin = i + 1
        i = begin
        while i < end and data[i] != data[begin - 1]:
            i += 1
        return h, begin, i, i + 1
    begin = i
    while i < end and not blank(data[i]):
        i += 1
    return h, begin, i, max(i, begin)


@kernel_step
def tag_end(data, i, end, quotes):  # type: ignore[no-untyped-def]
    """The byte of the ">" that ends a tag; -1: there is none; -2: a quote is never closed."""
    value = False  # whether a value may begin here
    while i < end:
        b = data[i]
        if b == 62:
            return i
        if quotes and value and (b == 34 or b == 39):
            i += 1
            while i < end and data[i] != b:
                i += 1
            if i >= end:
                return -2
            value = False
        elif b == 61:
            value = True
        elif not blank(b):
            value = False
        i += 1
    return -1


@kernel_step
def raw_end(data, i, end, a, b):  # type: ignore[no-untyped-def]
    """Where "</name" begins, with the name that stands at data[a:b]; the end if it does not."""
    size = b - a
    while i + size + 2 <= end:
        if data[i] == 60 and data[i + 1] == 47:
            k = 0
            while k < size and lower(data[i + 2 + k]) == lower(data[a + k]):
                k += 1
            stop = i + 2 + size
            if k == size and (stop >= end or blank(data[stop]) or data[stop] == 47 or data[stop] == 62):
                return i
        i += 1
    return end


@kernel_step
def classes_hash(data, a, b):  # type: ignore[no-untyped-def]
    """A number for a set of classes, in any order, digits left out."""
    total, h, inside, digit = np.uint64(0), OFFSET, False, False
    for i in range(a, b + 1):
        if i == b or blank(data[i]):
            if inside:
                total += mix(h)
            h, inside, digit = OFFSET, False, False
            continue
        inside = True
        if 48 <= data[i] <= 57:
            if not digit:
                h = (h ^ np.uint64(48)) * PRIME
            digit = True
            continue
        digit = False
        h = (h ^ np.uint64(data[i])) * PRIME
    return total


@kernel_step
def add_shape(shapes, count, key):  # type: ignore[no-untyped-def]
    """Put a number into the set if there is room; gives how many there are."""
    key = key if key != 0 else np.uint64(1)
    at = np.int64(key & np.uint64(SHAPES - 1))
    while shapes[at] != 0 and shapes[at] != key:
        at = (at + 1) & (SHAPES - 1)
    if shapes[at] == 0 and count < SHAPES // 2:
        shapes[at] = key
        count += 1
    return count
