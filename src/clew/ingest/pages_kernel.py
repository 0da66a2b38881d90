"""HTML read in one pass, in time that grows with the length of the page and no faster.

A parser that builds a tree as browsers do takes minutes for a megabyte of nested elements (each new one looks through
all that are open) and gigabytes for unclosed bold ones, and cannot be stopped half-way. Text and addresses need no
tree. What is kept of the standard: comments, raw text, quoted attributes, elements whose end is left out.
"""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import kernel, making_kernel
from clew.ingest.pages_elements import (
    AREA,
    ASIDE,
    BASE,
    BASE_NAME,
    BESIDE,
    BLOCK,
    BODY,
    CELL,
    CFEMAIL,
    CLASS,
    CODED_MAIL,
    DATA,
    DATA_SRC,
    DEEPEST,
    DISPLAY_NONE,
    ENDED,
    EQUALS,
    FOLLOWED,
    FORM,
    HEADER,
    HEADING,
    HIDDEN,
    HREF,
    HTML,
    HTML_NAME,
    IMG,
    LAZY_SRC,
    LD_JSON,
    LINK,
    LINK_ELEMENT,
    LINK_NAME,
    MAIN,
    MARKED,
    META,
    META_NAME,
    OFFSET,
    PICTURE,
    PLAIN,
    RAW,
    ROLE,
    SCRIPT,
    SRC,
    STYLE,
    TITLE,
    TITLE_NAME,
    UNSEEN,
    VISIBILITY_HIDDEN,
    VOID,
    A,
    P,
    add_shape,
    blank,
    classes_hash,
    contains,
    lower,
    mix,
    name_hash,
    next_attribute,
    raw_end,
    slot_of,
    tag_end,
)


@making_kernel
def read_markup(data, keys, does, texts, sizes, notes, shapes, heading):  # type: ignore[no-untyped-def]
    """Read a page.

    Args:
        data: uint8[n], UTF-8.
        keys, does: see :func:`clew.ingest.pages_elements.names`.
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
    name_of, part_of = np.zeros(DEEPEST + 1, np.uint64), np.full(DEEPEST + 1, PLAIN, np.int8)
    seen_of, shape_of = np.ones(DEEPEST + 1, np.bool_), np.zeros(DEEPEST + 1, np.uint64)
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
                if blank(b):
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
        if a >= n or not (97 <= lower(data[a]) <= 122):
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
        while stop < n and not (blank(data[stop]) or data[stop] == 47 or data[stop] == 62):
            stop += 1
        end = tag_end(data, stop, n, quotes)
        if end == -2:  # from here on quotes mean nothing, or each tag would look for their end
            quotes = False
            end = tag_end(data, stop, n, quotes)
        if end < 0:
            break
        name = name_hash(data, a, min(stop, a + 40), OFFSET)
        slot = slot_of(name, keys)
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
                    open_of[slot_of(name_of[top], keys)] -= 1
                    top -= 1
            continue
        # The attributes that matter.
        has_class, hidden, role, class_a, class_b = False, False, 0, 0, 0
        at = stop
        while at < end:
            key, va, vb, at = next_attribute(data, at, end)
            if key == CLASS:
                has_class, class_a, class_b = True, va, vb
            elif key == STYLE:
                hidden = hidden or contains(data, va, vb, DISPLAY_NONE) or contains(data, va, vb, VISIBILITY_HIDDEN)
            elif key == HIDDEN:
                hidden = True
            elif key == ROLE:
                role = does[slot_of(name_hash(data, va, vb, name_hash(EQUALS, 0, 1, OFFSET)), keys)]
            what = 0
            if key == CFEMAIL:
                what = CODED_MAIL
            elif key == HREF and name in (A, AREA):
                what = LINK
            elif name == IMG and key in (SRC, DATA_SRC, LAZY_SRC):
                what = PICTURE
            if what and vb > va and noted < len(notes):
                notes[noted, 0], notes[noted, 1], notes[noted, 2] = what, va, vb
                noted += 1
        what = LINK_ELEMENT if name == LINK_NAME else META if name == META_NAME else BASE if name == BASE_NAME else 0
        what = HTML if name == HTML_NAME else what
        if what and noted < len(notes):
            notes[noted, 0], notes[noted, 1], notes[noted, 2] = what, stop, end
            noted += 1
        if bits & RAW:
            close = raw_end(data, i, n, a, stop)
            what = TITLE if name == TITLE_NAME and seen_of[top] else 0
            what = DATA if name == SCRIPT and contains(data, stop, end, LD_JSON) else what
            if what and noted < len(notes):
                notes[noted, 0], notes[noted, 1], notes[noted, 2] = what, i, close
                noted += 1
            i = close
            continue
        # Elements whose end is left out are ended by the next one.
        if (
            top > 0
            and does[slot_of(name_of[top], keys)] & ENDED
            and (name_of[top] == name or (name_of[top] == P and bits & BLOCK))
        ):
            open_of[slot_of(name_of[top], keys)] -= 1
            top -= 1
        shape = shape_of[top]
        if bits & FOLLOWED or has_class:
            own = mix(name + (classes_hash(data, class_a, class_b) if has_class else np.uint64(0)))
            shaped = add_shape(shapes, shaped, mix(own ^ (shape_of[top] * np.uint64(0x9E3779B97F4A7C15))))
            shape = own
        if bits & VOID:
            continue
        if bits & HEADING and heading[0] < 0 and seen_of[top]:
            in_heading = True
            heading[0], heading[1] = part_of[top], sizes[part_of[top]]
        hidden = (
            hidden and name != HTML_NAME and name != BODY
        )  # scripts show the body that a style hides until they run
        equal = not seen_of[top] and name_of[top] == name  # counted, to know the end of what is hidden
        if not (bits & FOLLOWED or hidden or equal) or top >= DEEPEST:
            continue
        now = part_of[top]
        if bits & ASIDE or role & ASIDE:
            # A header within an article is its heading; some sites put all that they show into one form.
            part = now if now == MARKED and name in (HEADER, FORM) else BESIDE
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
