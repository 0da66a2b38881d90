"""Tables and layouts that the compiled parts of the phone extractor share."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._phone_near import Near, near
from clew.extract._phone_plan import Plan, plan
from clew.extract._phone_words import Words, denials, tongues, words
from clew.extract.fold import BREAK, EMOJI, OTHER, in_categories

# Classes of symbols.
SPACE, NEWLINE, LETTER, DIGIT, FIELD_END, USUAL, ODD, COMMA, MONEY = range(9)

# What stands between two tokens, as bits. No bit: they touch.
G_SPACE, G_USUAL, G_ODD, G_COMMA, G_NEWLINE, G_WORDS, G_AND = 1, 2, 4, 8, 16, 32, 64

# Kinds of token beside the word kinds of `_phone_words`.
DIGITS, LETTERS = 0, 31

# Columns of a token. FIRST and SIZE say where its digits are; SYMBOL is the one symbol before it (-1: several); SIGN is
# the place of a plus before it (-1: none); CONTEXT is 1 after a phone word, -1 after a word such as "order", else 0.
BEGIN, END, KIND, VALUE, FIRST, SIZE, GAP, SYMBOL, SIGN, CONTEXT, FLAGS = range(11)
COLUMNS = 11
F_WEAK, F_MONEY, F_ALNUM, F_SPELLED, F_TIME, F_NEAR, F_MARK = 1, 2, 4, 8, 16, 32, 64

# The state of the scan of one text.
TOKENS, DIGITS_USED, S_GAP, S_WORDS, S_SIZE, S_SYMBOL, S_SIGN, S_CONTEXT, S_AGE = range(9)
S_FLUSH, S_MONEY, FIELD, S_FLOOR = range(9, 13)
STATE = 13
LANGUAGE, TOLD, VOTES = 2, 3, 8  # places in Scratch.bounds, beside the first and last symbol of the text

MAX_TOKENS = 256
ROOM = 128  # tokens that one run of letters and digits may add
MAX_DIGITS = 2048
MAX_CANDIDATES = 256

_LOOKS = {
    "o": 0, "о": 0, "ο": 0, "l": 1, "i": 1, "|": 1, "і": 1, "!": 1, "ι": 1, "z": 2, "e": 3, "з": 3, "є": 3,
    "a": 4, "ч": 4,
    "s": 5, "$": 5, "b": 8, "@": 0, "θ": 0, "&": 8, "¡": 1, "б": 6, "g": 9, "q": 9, "t": 7, "в": 8, "ѕ": 5,
}  # fmt: skip
_IBAN = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 "
    "FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 "
    "LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 "
    "SI19 SK24 SM27 TN24 TR26 UA29 VA22 VG24 XK20"
)
# Before the number in a link that dials it, and in any other link.
_CALLS = (
    "tel: wa.me/ phone= callto: sms: number= t.me/+ viber p/+ smsto: call: phone: tel= number: whatsapp: "
    "whatsapp/ signal: imo: phone/ %2b"
)
_LINKS = (
    ":// www. .com .nl .net .org .html .php .de/ .fr/ .eu/ .be/ .ro/ .es/ .it/ .pl/ .pt/ .hu/ .bg/ .ru/ .co/ .io/ "
    ".uk/ .me/ .jpg .png ?id="
)
_LONGEST_MARK = 12


class Tables(NamedTuple):
    """Everything constant that the kernels read.

    Attributes:
        words: number words and words around phone numbers.
        tongues: frequent words of languages.
        regions: uint16[languages + 1, 24], see `_phone_words.tongues`.
        home: int16[plan rows], the row of ``regions`` of a region's own language.
        plan: numbering plans.
        near: number words written a little wrong.
        klass: uint8[65536], the class of a symbol.
        looks: uint8[65536], 1 + the digit that a letter looks like, or 0.
        iban: uint8[65536], the length of an IBAN by the packed lower-case letters of its country, or 0.
        denials: uint64[k], hashes of the words before what there is none of.
        calls, links: uint16[k, 12], 0-padded marks of links that dial a number, and of other links.
    """

    words: Words
    tongues: Words
    regions: npt.NDArray[np.uint16]
    home: npt.NDArray[np.int16]
    plan: Plan
    near: Near
    klass: npt.NDArray[np.uint8]
    looks: npt.NDArray[np.uint8]
    iban: npt.NDArray[np.uint8]
    denials: npt.NDArray[np.uint64]
    calls: npt.NDArray[np.uint16]
    links: npt.NDArray[np.uint16]


class Scratch(NamedTuple):
    """Memory for one call of the scan.

    Attributes:
        st: int64[STATE], see above.
        tok, grp: int64[MAX_TOKENS, COLUMNS], the tokens of a chain, and the groups that they make.
        dig, gdig: uint8[MAX_DIGITS], the digits of either.
        cand: int64[MAX_CANDIDATES, 6].
        back: int64[256], of `_phone_tokens.cut`.
        line: uint16[128], letters taken together.
        bounds: int64[40], first and last symbol of the text, row of its language (-1 not known yet),
            row of the country whose code it tells (-1 none, -2 not known yet), and votes.
    """

    st: npt.NDArray[np.int64]
    tok: npt.NDArray[np.int64]
    grp: npt.NDArray[np.int64]
    dig: npt.NDArray[np.uint8]
    gdig: npt.NDArray[np.uint8]
    cand: npt.NDArray[np.int64]
    back: npt.NDArray[np.int64]
    line: npt.NDArray[np.uint16]
    where: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]


def scratch() -> npt.NDArray[np.void]:
    """Fresh memory: a row of `Scratch`."""
    tok, grp = np.zeros((MAX_TOKENS, COLUMNS), np.int64), np.zeros((MAX_TOKENS, COLUMNS), np.int64)
    dig, gdig = np.zeros(MAX_DIGITS, np.uint8), np.zeros(MAX_DIGITS, np.uint8)
    cand, back = np.zeros((MAX_CANDIDATES, 6), np.int64), np.zeros(300, np.int64)
    line, where = np.zeros(128, np.uint16), np.zeros(128, np.int64)
    return packed(
        Scratch(np.zeros(STATE, np.int64), tok, grp, dig, gdig, cand, back, line, where, np.zeros(48, np.int64))
    )


class Text(NamedTuple):
    """The folded symbols of a batch, and the bytes they came from (see `fold.Folded` and `base.TextBatch`)."""

    sym: npt.NDArray[np.uint16]
    char: npt.NDArray[np.uint32]
    byte: npt.NDArray[np.uint32]
    width: npt.NDArray[np.uint8]
    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]


def packed(fields: Any) -> npt.NDArray[np.void]:
    """One structured row with the fields of a named tuple: arrays, whole numbers and named tuples.

    Compiled code gets the row as one address, where every array handed on by itself takes seven arguments; the shapes
    are part of the type.
    """
    rows = {k: packed(v) if hasattr(v, "_asdict") else np.asarray(v) for k, v in fields._asdict().items()}
    kinds = [(k, v.dtype, () if hasattr(getattr(fields, k), "_asdict") else v.shape) for k, v in rows.items()]
    row = np.zeros(1, np.dtype(kinds, align=True))
    for name, value in rows.items():
        row[name] = value
    return row


def _classes() -> npt.NDArray[np.uint8]:
    """uint8[65536], the class of each symbol."""
    letter, money = in_categories("L", "N")[:65536], in_categories("Sc")[:65536]
    klass = np.select([letter, money], [LETTER, MONEY], ODD).astype(np.uint8)
    others = {"0123456789": DIGIT, "-./()": USUAL, ",;": COMMA, "%": MONEY, "\n": NEWLINE, " ": SPACE}
    others |= {chr(BREAK): FIELD_END, chr(OTHER): LETTER, chr(EMOJI): ODD}
    for symbols, kind in others.items():
        klass[[ord(c) for c in symbols]] = kind
    return klass


def _marks(text: str) -> npt.NDArray[np.uint16]:
    rows = [[ord(c) for c in w] + [0] * (_LONGEST_MARK - len(w)) for w in text.split()]
    return np.array(rows, np.uint16)


@cache
def tables() -> npt.NDArray[np.void]:
    """A row of `Tables` (shared; do not change it)."""
    klass = _classes()
    looks, iban = np.zeros(65536, np.uint8), np.zeros(65536, np.uint8)
    for c, digit in _LOOKS.items():
        looks[ord(c)] = digit + 1
    for entry in _IBAN.split():
        iban[ord(entry[0].lower()) << 8 | ord(entry[1].lower())] = int(entry[2:])
    tree, regions = tongues()
    plans = plan()
    home = np.full(len(plans.code), len(regions) - 1, np.int16)
    for row in range(len(regions) - 1):
        for region in regions[row][regions[row] > 0]:
            at = plans.index[region]
            if home[at] == len(regions) - 1:
                home[at] = row
    return packed(
        Tables(
            words(), tree, regions, home, plans, near(), klass, looks, iban, denials(), _marks(_CALLS), _marks(_LINKS)
        )
    )
