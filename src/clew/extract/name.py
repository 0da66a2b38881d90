"""First names that a text gives to somebody: "my name is Anna", "Ik heet Anna", "Anna, 24".

After words that announce a name any capitalised word counts that is no everyday word; after words that often stand
before something else ("I'm …"), before an age and in a closing line only a name from the list that ships with
the package. The value says nothing about sex, age or origin, and nothing is inferred from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
import pyarrow as pa

from clew.extract._capitals import CAPITAL, CASELESS, capitals, written_as
from clew.extract._firstnames import DOUBTFUL, NO_NAME, PLAIN, aged, names, word_at, word_before
from clew.extract._marks import NUMBER
from clew.extract._namewords import AFTER, BEHIND, CLOSING, EITHER, LABEL, OPENING, SELF, STRONG, WEAK
from clew.extract._words import LETTER, put, skip_spaces, symbol_kinds
from clew.extract.base import Example, TextBatch, mentions, unique_spans
from clew.ingest.kernels import kernel_step, making_kernel


@kernel_step
def _gap(sym, i, last, colon):  # type: ignore[no-untyped-def]
    """Where a name would begin after what announces it, or -1; a label needs a colon."""
    seen, begin = False, i
    while i < last and i - begin < 5:
        if sym[i] in (58, 61):
            seen = True
        elif sym[i] not in (32, 34, 39, 42, 44, 45, 10) and sym[i] < 0xE000:
            break
        elif sym[i] in (44, 10) and colon:
            return np.int64(-1)
        i += 1
    return np.int64(-1) if colon and not seen else np.int64(i)


@kernel_step
def _is_name(cue, code, written, long):  # type: ignore[no-untyped-def]
    if code == NO_NAME:
        return False
    named = written in (CAPITAL, CASELESS)
    if cue in (STRONG, LABEL):
        return named or code == PLAIN or (code == DOUBTFUL and cue == STRONG and long)
    return named and code >= 0


@kernel_step
def _stands_out(text, r, i, j, last, kinds, letters):  # type: ignore[no-untyped-def]
    """Is the word at ``sym[i:j]`` written with a capital where others are not: neither "ANDREEA" nor "Hope For All"?"""
    if written_as(text, r, i + 1, letters) == CAPITAL:
        return False
    k = skip_spaces(text[0], j, last, 2)
    return k == j or k >= last or kinds[text[0][k]] != LETTER or written_as(text, r, k, letters) != CAPITAL


@kernel_step
def _name_at(text, r, i, last, cue, kinds, letters, names):  # type: ignore[no-untyped-def]
    """Where the name at i ends that words of the kind ``cue`` announce, or i if there is none."""
    if i < 0 or i >= last:
        return i
    j, code, written = word_at(text, r, i, last, kinds, letters, names)
    if j == i or not _is_name(cue, code, written, j - i > 3):
        return i
    if cue in (WEAK, AFTER, OPENING) and code == DOUBTFUL and not aged(text[0], j, last):
        return i
    if cue in (SELF, BEHIND) and code == DOUBTFUL and not _stands_out(text, r, i, j, last, kinds, letters):
        return i
    return j if cue != CLOSING or _closes(text[0], j, last) else i


@kernel_step
def _heads(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """Does no word stand right before? "Company name: …" is not about a person."""
    while i > first and sym[i - 1] == 32:
        i -= 1
    return i == first or kinds[sym[i - 1]] not in (1, 2)


@kernel_step
def _closes(sym, i, last):  # type: ignore[no-untyped-def]
    """Does nothing but marks follow on the line?"""
    while i < last and sym[i] != 10 and sym[i] != 0x1E:
        if sym[i] != 32 and sym[i] < 0xE000 and sym[i] not in (46, 33, 42, 44, 45, 126):
            return False
        i += 1
    return True


@numba.njit(nogil=True, cache=True, inline="always")
def _two_digits(sym, i, first, last):  # type: ignore[no-untyped-def]
    """Is the number at i of two digits, after a mark or a space? Asked first, as few numbers are."""
    if i == first or sym[i] == 48 or i + 1 >= last or not 48 <= sym[i + 1] <= 57:
        return False
    before = sym[i - 1]
    near = before == 32 or before == 44 or before == 40 or before == 124 or before == 47 or before == 45
    return near and (i + 2 >= last or not 48 <= sym[i + 2] <= 57)


@making_kernel
def _scan(text, start, char, starts, places, kinds, letters, names, hits, cue):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end; those beside a cue, then those before an age."""
    sym = text[0]
    rows, n = np.empty((256, 3), np.int64), np.int64(0)
    record, begin, end = hits
    for k in range(record.shape[0]):
        r, last = record[k], start[record[k] + 1]
        first, said = start[r], cue[k]
        if said in (LABEL, OPENING) and not _heads(sym, begin[k], first, kinds):
            continue
        behind = said in (AFTER, BEHIND)
        i = word_before(sym, begin[k], first, kinds) if behind else _gap(sym, end[k], last, said == LABEL)
        told = said
        if said == EITHER:
            told = np.int64(SELF if sym[begin[k]] == 106 else STRONG)  # "jestem"
        j = _name_at(text, r, i, last, told, kinds, letters, names)
        if said == EITHER and j <= i:
            i = word_before(sym, begin[k], first, kinds)
            j = _name_at(text, r, i, last, np.int64(AFTER), kinds, letters, names)
        if i < 0 or j <= i:
            continue
        rows = put(rows, n, (r, i, j))
        n += 1
    marked, at, what = places.first, places.at, places.what
    for r in range(start.shape[0] - 1):
        first, last = start[r], start[r + 1]
        for c in range(marked[r], marked[r + 1]):
            if not what[c] & NUMBER:
                continue
            i = np.int64(at[c])
            if char[i] >= starts[r, 2]:  # title and body are over
                break
            head = word_before(sym, i, first, kinds) if _two_digits(sym, i, first, last) else -1
            if head >= 0:
                j, code, written = word_at(text, r, head, last, kinds, letters, names)
                if j > head and written == CAPITAL and code in (PLAIN, DOUBTFUL) and aged(sym, j, last):
                    rows = put(rows, n, (r, head, j))
                    n += 1
    return rows[:n]


class Name:
    """Finds first names in context; the value is the name without accents, its first letter a capital."""

    name = "name"
    version = "2"
    types: tuple[str, ...] = ("name",)
    examples: Sequence[Example] = (
        Example("Hi, my name is Anna and I'm new", (("name", "Anna", "Anna", False),)),
        Example("ik heet Sanne", (("name", "Sanne", "Sanne", False),)),
        Example("ich heiße Jürgen", (("name", "Jurgen", "Jürgen", False),)),
        Example("Je m'appelle Chloé", (("name", "Chloe", "Chloé", False),)),
        Example("me llamo Lucía", (("name", "Lucia", "Lucía", False),)),
        Example("Меня зовут Ольга", (("name", "Ольга", "Ольга", False),)),
        Example("Казвам се Мария", (("name", "Мария", "Мария", False),)),
        Example("mam na imię Zofia", (("name", "Zofia", "Zofia", False),)),
        Example("mi chiamo Giulia", (("name", "Giulia", "Giulia", False),)),
        Example("I'm Emma, ich bin Lena", (("name", "Emma", "Emma", False), ("name", "Lena", "Lena", False))),
        Example("Name: Jasmine\nnombre Maria", (("name", "Jasmine", "Jasmine", False),)),
        Example("Sofia, 24, from far away", (("name", "Sofia", "Sofia", False),)),
        Example("my name is anna", (("name", "Anna", "anna", False),)),
        Example("See you soon\nkisses, Emma", (("name", "Emma", "Emma", False),)),
        Example("I'm New in town. I am Available. Ich bin Neu hier. my name is not important", ()),
        Example("I love Paris and name is all; call Now, with Love. Company name: Acme", ()),
    )  # fmt: skip

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f, hits = batch.folded, batch.cued.names
        text = (f.sym, f.byte, batch.data, batch.offsets)
        rows = _scan(
            text, f.start, f.char, batch.starts, batch.marks, symbol_kinds(), capitals(), names(),
            (hits.record, hits.begin, hits.end), hits.code,
        )  # fmt: skip
        rows = rows[np.lexsort((rows[:, 2], rows[:, 1]))]
        rows = rows[np.append(True, np.any(rows[1:] != rows[:-1], axis=1))[: len(rows)]]
        begin, end = np.ascontiguousarray(rows[:, 1]), np.ascontiguousarray(rows[:, 2])
        which, strings = unique_spans(f, begin, end)
        value = pa.array([s.capitalize() for s in strings], pa.string()).take(pa.array(which))
        no = np.zeros(len(rows), np.bool_)
        return mentions(batch, self, "name", np.ascontiguousarray(rows[:, 0]), begin, end, value, no)


PLUGIN = Name()
