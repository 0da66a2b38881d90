"""HTML read in one pass, in time that grows with the length of the page and no faster.

A parser that builds a tree as browsers do takes minutes for a megabyte of nested elements (each new one looks through
all that are open) and gigabytes for unclosed bold ones, and cannot be stopped half-way. Text and addresses need no
tree. What is kept of the standard: comments, raw text, quoted attributes, elements whose end is left out.
"""

from __future__ import annotations

from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel

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
_DEEPEST, SHAPES = 256, 1 << 13

_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


def _hash(word: str) -> int:
    """FNV-1a of a name."""
    value = int(_OFFSET)
    for byte in word.encode():
        value = ((value ^ byte) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


_P, _HEADER, _FORM, _TITLE, _SCRIPT, _A, _AREA, _IMG, _LINK, _META, _BASE, _HTML, _BODY = (
    np.uint64(_hash(name))
    for name in ("p", "header", "form", "title", "script", "a", "area", "img", "link", "meta", "base", "html", "body")
)
_CLASS, _STYLE, _ROLE, _HIDDEN, _HREF, _SRC, _DATA_SRC, _LAZY_SRC, _CFEMAIL = (
    np.uint64(_hash(name))
    for name in ("class", "style", "role", "hidden", "href", "src", "data-src", "data-lazy-src", "data-cfemail")
)
_EQUALS = np.frombuffer(b"=", np.uint8)
_DISPLAY_NONE = np.frombuffer(b"display:none", np.uint8)
_VISIBILITY_HIDDEN = np.frombuffer(b"visibility:hidden", np.uint8)
_LD_JSON = np.frombuffer(b"ld+json", np.uint8)


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
def _slot(key, keys):  # type: ignore[no-untyped-def]
    """Where a name is in the table, or an empty place."""
    at = np.int64(key & np.uint64(1023))
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & 1023
    return at


@numba.njit(nogil=True, cache=True, inline="always")
def _lower(b):  # type: ignore[no-untyped-def]
    return np.uint8(b + 32) if 65 <= b <= 90 else b


@numba.njit(nogil=True, cache=True, inline="always")
def _blank(b):  # type: ignore[no-untyped-def]
    return b == 32 or 9 <= b <= 13


@numba.njit(nogil=True, cache=True, inline="always")
def _mix(x):  # type: ignore[no-untyped-def]
    x ^= x >> np.uint64(31)
    x *= np.uint64(0x9E3779B97F4A7C15)
    return x ^ (x >> np.uint64(29))


@kernel
def _contains(data, a, b, word):  # type: ignore[no-untyped-def]
    """Whether a text holds a word, white space and case left out."""
    for i in range(a, b):
        if _lower(data[i]) != word[0]:
            continue
        j, k = i, 0
        while j < b and k < len(word) and (_lower(data[j]) == word[k] or (k > 0 and _blank(data[j]))):
            k += _lower(data[j]) == word[k]
            j += 1
        if k == len(word):
            return True
    return False


@kernel
def _name(data, a, b, first):  # type: ignore[no-untyped-def]
    """The hash of a name or role in small letters."""
    h = first
    for i in range(a, b):
        h = (h ^ np.uint64(_lower(data[i]))) * _PRIME
    return h


@kernel
def _next_attribute(data, i, end):  # type: ignore[no-untyped-def]
    """(hash of the name; 0: no more, begin and end of the value, where it goes on)."""
    while i < end and (_blank(data[i]) or data[i] == 47):
        i += 1
    if i >= end:
        return np.uint64(0), i, i, i
    h = _OFFSET
    while i < end and not (_blank(data[i]) or data[i] == 61 or data[i] == 47):
        h = (h ^ np.uint64(_lower(data[i]))) * _PRIME
        i += 1
    after = i
    while i < end and _blank(data[i]):
        i += 1
    if i >= end or data[i] != 61:
        return h, after, after, max(after, i)
    i += 1
    while i < end and _blank(data[i]):
        i += 1
    if i < end and (data[i] == 34 or data[i] == 39):
        begin = i + 1
        i = begin
        while i < end and data[i] != data[begin - 1]:
            i += 1
        return h, begin, i, i + 1
    begin = i
    while i < end and not _blank(data[i]):
        i += 1
    return h, begin, i, max(i, begin)


@kernel
def _tag_end(data, i, end, quotes):  # type: ignore[no-untyped-def]
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
        elif not _blank(b):
            value = False
        i += 1
    return -1


@kernel
def _raw_end(data, i, end, a, b):  # type: ignore[no-untyped-def]
    """Where "</name" begins, with the name that stands at data[a:b]; the end if it does not."""
    size = b - a
    while i + size + 2 <= end:
        if data[i] == 60 and data[i + 1] == 47:
            k = 0
            while k < size and _lower(data[i + 2 + k]) == _lower(data[a + k]):
                k += 1
            stop = i + 2 + size
            if k == size and (stop >= end or _blank(data[stop]) or data[stop] == 47 or data[stop] == 62):
                return i
        i += 1
    return end


@kernel
def _classes(data, a, b):  # type: ignore[no-untyped-def]
    """A number for a set of classes, in any order, digits left out."""
    total, h, inside, digit = np.uint64(0), _OFFSET, False, False
    for i in range(a, b + 1):
        if i == b or _blank(data[i]):
            if inside:
                total += _mix(h)
            h, inside, digit = _OFFSET, False, False
            continue
        inside = True
        if 48 <= data[i] <= 57:
            if not digit:
                h = (h ^ np.uint64(48)) * _PRIME
            digit = True
            continue
        digit = False
        h = (h ^ np.uint64(data[i])) * _PRIME
    return total


@kernel
def _add_shape(shapes, count, key):  # type: ignore[no-untyped-def]
    """Put a number into the set if there is room; gives how many there are."""
    key = key if key != 0 else np.uint64(1)
    at = np.int64(key & np.uint64(SHAPES - 1))
    while shapes[at] != 0 and shapes[at] != key:
        at = (at + 1) & (SHAPES - 1)
    if shapes[at] == 0 and count < SHAPES // 2:
        shapes[at] = key
        count += 1
    return count


@numba.njit(nogil=True, cache=True)
def read_markup(data, keys, does, texts, sizes, notes, shapes, heading):  # type: ignore[no-untyped-def]
    """Read a page.

    Args:
        data: uint8[n], UTF-8.
        keys, does: see :func:`names`.
        texts: uint8[3, n + 8], filled with the text of each part; entities stay as written.
        sizes: int64[3], filled with the length of each.
        notes: int64[most, 3], filled with what is noted: kind, begin, end.
        shapes: uint64[1 << 13] of zeros, filled with the set of elements.
        heading: int64[3], filled with the part, begin and end of the first heading's text.

    Returns:
        How many notes and shapes there are.
    """
    n = len(data)
    gap = np.zeros(3, np.int8)  # what stands before the next word: 1 a blank, 2 a line break
    name_of, part_of = np.zeros(_DEEPEST + 1, np.uint64), np.full(_DEEPEST + 1, PLAIN, np.int8)
    seen_of, shape_of = np.ones(_DEEPEST + 1, np.bool_), np.zeros(_DEEPEST + 1, np.uint64)
    open_of = np.zeros(1024, np.int64)  # how many of each name are open
    top, noted, shaped = 0, 0, 0
    quotes, in_heading = True, False
    heading[0] = -1
    i = 0
    while i < n:
        b = data[i]
        if b != 60 or i + 1 >= n:
            # Text.
            if seen_of[top]:
                part = part_of[top]
                if _blank(b):
                    gap[part] = max(gap[part], np.int8(1))
                else:
                    if gap[part] and sizes[part]:
                        texts[part, sizes[part]] = 10 if gap[part] == 2 else 32
                        sizes[part] += 1
                    gap[part] = 0
                    texts[part, sizes[part]] = b
                    sizes[part] += 1
            i += 1
            continue
        c = data[i + 1]
        if c == 33 or c == 63:
            # A comment ends with "-->", a declaration with ">"; without an end all that follows is inside.
            comment = i + 3 < n and data[i + 2] == 45 and data[i + 3] == 45
            i += 2
            while i < n and not (data[i] == 62 and (not comment or (data[i - 1] == 45 and data[i - 2] == 45))):
                i += 1
            i += 1
            continue
        closing = c == 47
        a = i + 2 if closing else i + 1
        if a >= n or not (97 <= _lower(data[a]) <= 122):
            if seen_of[top]:
                part = part_of[top]
                if gap[part] and sizes[part]:
                    texts[part, sizes[part]] = 10 if gap[part] == 2 else 32
                    sizes[part] += 1
                gap[part] = 0
                texts[part, sizes[part]] = b
                sizes[part] += 1
            i += 1
            continue
        stop = a
        while stop < n and not (_blank(data[stop]) or data[stop] == 47 or data[stop] == 62):
            stop += 1
        end = _tag_end(data, stop, n, quotes)
        if end == -2:  # from here on quotes mean nothing, or each tag would look for their end
            quotes = False
            end = _tag_end(data, stop, n, quotes)
        if end < 0:
            break
        name = _name(data, a, min(stop, a + 40), _OFFSET)
        slot = _slot(name, keys)
        bits = does[slot]
        i = end + 1
        if bits & (BLOCK | CELL) and seen_of[top]:
            gap[part_of[top]] = max(gap[part_of[top]], np.int8(2 if bits & BLOCK else 1))
        if closing:
            if bits & HEADING and in_heading:
                in_heading = False
                heading[2] = sizes[heading[0]]
                heading[0] = heading[0] if heading[2] > heading[1] else -1
            if open_of[slot]:
                k = top
                while k > 0 and name_of[k] != name:
                    k -= 1
                while k > 0 and top >= k:
                    open_of[_slot(name_of[top], keys)] -= 1
                    top -= 1
            continue
        # The attributes that matter.
        has_class, hidden, role, class_a, class_b = False, False, 0, 0, 0
        at = stop
        while at < end:
            key, va, vb, at = _next_attribute(data, at, end)
            if key == _CLASS:
                has_class, class_a, class_b = True, va, vb
            elif key == _STYLE:
                hidden = hidden or _contains(data, va, vb, _DISPLAY_NONE) or _contains(data, va, vb, _VISIBILITY_HIDDEN)
            elif key == _HIDDEN:
                hidden = True
            elif key == _ROLE:
                role = does[_slot(_name(data, va, vb, _name(_EQUALS, 0, 1, _OFFSET)), keys)]
            what = 0
            if key == _CFEMAIL:
                what = CODED_MAIL
            elif key == _HREF and name in (_A, _AREA):
                what = LINK
            elif name == _IMG and key in (_SRC, _DATA_SRC, _LAZY_SRC):
                what = PICTURE
            if what and vb > va and noted < len(notes):
                notes[noted, 0], notes[noted, 1], notes[noted, 2] = what, va, vb
                noted += 1
        what = LINK_ELEMENT if name == _LINK else META if name == _META else BASE if name == _BASE else 0
        what = HTML if name == _HTML else what
        if what and noted < len(notes):
            notes[noted, 0], notes[noted, 1], notes[noted, 2] = what, stop, end
            noted += 1
        if bits & RAW:
            close = _raw_end(data, i, n, a, stop)
            what = TITLE if name == _TITLE and seen_of[top] else 0
            what = DATA if name == _SCRIPT and _contains(data, stop, end, _LD_JSON) else what
            if what and noted < len(notes):
                notes[noted, 0], notes[noted, 1], notes[noted, 2] = what, i, close
                noted += 1
            i = close
            continue
        # Elements whose end is left out are ended by the next one.
        if (
            top > 0
            and does[_slot(name_of[top], keys)] & ENDED
            and (name_of[top] == name or (name_of[top] == _P and bits & BLOCK))
        ):
            open_of[_slot(name_of[top], keys)] -= 1
            top -= 1
        shape = shape_of[top]
        if bits & FOLLOWED or has_class:
            own = _mix(name + (_classes(data, class_a, class_b) if has_class else np.uint64(0)))
            shaped = _add_shape(shapes, shaped, _mix(own ^ (shape_of[top] * np.uint64(0x9E3779B97F4A7C15))))
            shape = own
        if bits & VOID:
            continue
        if bits & HEADING and heading[0] < 0 and seen_of[top]:
            in_heading = True
            heading[0], heading[1] = part_of[top], sizes[part_of[top]]
        hidden = hidden and name != _HTML and name != _BODY  # scripts show the body that a style hides until they run
        equal = not seen_of[top] and name_of[top] == name  # counted, to know the end of what is hidden
        if not (bits & FOLLOWED or hidden or equal) or top >= _DEEPEST:
            continue
        now = part_of[top]
        if bits & ASIDE or role & ASIDE:
            # A header within an article is its heading; some sites put all that they show into one form.
            part = now if now == MARKED and name in (_HEADER, _FORM) else BESIDE
        elif now == PLAIN and (bits & MAIN or role & MAIN):
            part = MARKED
        else:
            part = now
        seen = seen_of[top] and not hidden and not bits & UNSEEN
        top += 1
        name_of[top], part_of[top], seen_of[top], shape_of[top] = name, part, seen, shape
        open_of[slot] += 1
    if in_heading:
        heading[2] = sizes[heading[0]]
    return noted, shaped


@kernel
def which_words(data, words, starts, firsts):  # type: ignore[no-untyped-def]
    """Which of up to 64 words a text holds, as bits.

    Args:
        data: uint8[n].
        words: uint8[], the words one after the other.
        starts: int64[count + 1].
        firsts: bool[65536], which two bytes a word begins with.
    """
    found = np.uint64(0)
    n = len(data)
    for i in range(n - 1):
        if not firsts[(np.int64(data[i]) << 8) | data[i + 1]]:
            continue
        for w in range(len(starts) - 1):
            size = starts[w + 1] - starts[w]
            if i + size > n:
                continue
            k = 0
            while k < size and data[i + k] == words[starts[w] + k]:
                k += 1
            if k == size:
                found |= np.uint64(1) << np.uint64(w)
    return found
