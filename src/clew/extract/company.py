"""What a company says it is: VAT and register numbers that pass their check, and those that cannot be true.

A number counts only where words for it stand before it, or where its form leaves no doubt: telephone, order and account
numbers pass many checks by chance. Few records have any, so that words are sought by Arrow first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import compress, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._company_numbers import BARE, COURT, SCHEMES, Said, Scheme, bare, compact, court_value, folded
from clew.extract.base import Example, TextBatch, constant
from clew.model.tables import MENTIONS

_READ = ("title", "body", "contact")
_LONGEST_GAP = 60
_MOST, _MOST_LOOKED_AT = 50, 500  # numbers of one field that are kept; that have such words near
_AT_ONCE = 4_096  # numbers whose neighbourhood is looked through at once
# Between the words and the number: marks, and words for "number".
_GAP = re.compile(
    r"(?:[\s:.,#№°º()=/-]|gem(?:äß|\.)\s*§?\s*27\s?a?(?:\s+u\w+)?|\b(?:nr|no|num|number|nummer|numéro|numero|número|n|id|is|code|der|des|ist)\b){0,12}",
    re.IGNORECASE,
)
# Any of the words, then a number: what may hold one at all.
_SHORT = (
    r"vat|v\.a\.t\.|vat[\s/-]+(?:reg(?:istration)?|tax)|u\.?st\.?(?:-?\s?id)?\.?-?|btw|tva|iva|nip|n\.i\.p\.|nif|n\.i\.f\.|cif|c\.i\.f\.|"
    r"cui|c\.u\.i\.|ДДС|ΦΠΑ|moms|kbo|bce|nipc|contribuinte|cvr|se|y-?tunnus|fo|alv|di[cč]|i[cč]\s?dph|ad[oó]szám|ЕИК|EIK|БУЛСТАТ|"
    r"bulstat|Α\.?\s?Φ\.?\s?Μ\.?|AFM|oib|ddv|številka|kmkr|pvn|reģ|pvm|kodas|uid|ide|idi|mwst|kvk|k\.v\.k\.|koophandel|commerce|"
    r"coc|siren|siret|krs|regon|i[cč]o?|org|organisations?|organisasjons|foretaksregisteret|company|company\s+registration|"
    r"house|onrc|cégjegyzék|cg|ЄДРПОУ|ЕДРПОУ|edrpou|ИНН|inn|ОГРН(?:ИП)?|ogrn|pib|ПИБ|vkn|kood|registrikood|fn|firmenbuch|"
    r"entreprise|intracommunautaire|ue|eu|eik"
)
_LONG = (
    r"umsatzsteuer|rcs|registered\s+in|ondernemings|cod\s|vergi|[iî]nreg|ord(?:ine)?\b|reg(?:istrul)?\.?\s*com|ust-?id|"
    r"reģistrācijas|käibe"
)
# Between the words and the number stands something: "eur 100" is no "EU", "seven 612…" no "SE".
_NEXT = r"[0-9](?:[\s./-]{0,2}[0-9A-Z]){3}"
_SOME = (
    rf"(?i)(?:^|[^A-Za-zÀ-ÿ])(?:(?:{_SHORT})[.\s-]{{0,3}}(?:n|nr|no|num|number|num[eé]ro|número|nummer|numer|szám|id|code|номер)?"
    rf"[^0-9A-Za-z]{{1,8}}(?:is\s)?[A-Z]{{0,3}}[\s.-]?{_NEXT}|(?:{_LONG})[^\n]{{0,60}}?{_NEXT})"
    r"|NL\s?[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3}|ATU\s?[0-9]{8}|CHE-[0-9]{3}|HR[AB][\s-]*[0-9]|HR[AB]\sNr"
)
_NUMBER = re.compile(r"\d(?:[\s./-]{0,2}[\dA-Z]){3,}+")
_BEFORE, _BEHIND = 90, 24  # characters round a number in which its words stand

_BY_WORD = tuple(
    (word, frozenset(n for n, scheme in enumerate(SCHEMES) if word in scheme.words))
    for word in sorted({word for scheme in SCHEMES for word in scheme.words})
)

Row = tuple[int, str, str, str, int, int]  # record, type, value, raw, start, end


def _with_words(texts: Sequence[str]) -> dict[int, list[re.Match[str]]]:
    """The numbers of each text near which there are such words; Arrow looks through thousands at once."""
    found = ((n, number) for n, text in enumerate(texts) for number in _NUMBER.finditer(text))
    out: dict[int, list[re.Match[str]]] = {n: [] for n in range(len(texts))}
    while held := list(islice(found, _AT_ONCE)):
        near = pa.array([_near(texts[n], number) for n, number in held], pa.string())
        for n, number in compress(held, pc.match_substring_regex(near, _SOME).to_pylist()):
            if len(out[n]) < _MOST_LOOKED_AT:
                out[n].append(number)
    return out


def _near(text: str, number: re.Match[str]) -> str:
    """What stands round a number; where that is not the start of the text it begins with a letter, as of a word."""
    first = max(0, number.start() - _BEFORE)
    return ("x" if first else "") + text[first : number.end() + _BEHIND]


def _claims(text: str, numbers: Sequence[re.Match[str]]) -> Iterator[tuple[str, str, int, int]]:
    """(type, value, start, end) of what a text claims.

    Args:
        text: the text.
        numbers: those of `_with_words`.
    """
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    for number in numbers:
        first = max(0, number.start() - _BEFORE)
        for scheme in _likely(folded(text[first : number.end()])):
            for label in scheme.label.finditer(text, first, number.end()):
                found = _after(text, label.end(), scheme)
                if found is None or not free(found[1], found[2]):
                    continue
                said, start, end = found
                if said.valid or scheme.sure:
                    taken.append((start, end))
                    verdict = ("company", scheme.name) if said.valid else ("claim", f"{scheme.name}-invalid")
                    yield verdict[0], f"{verdict[1]}:{said.value}", start, end
    for match in BARE.finditer(text) if any(sign in text for sign in ("NL", "ATU", "CHE-")) else ():
        known = bare(match[0])
        if known is not None and known.valid and free(*match.span()):
            taken.append(match.span())
            yield "company", f"{'uid' if known.value.startswith('CHE') else 'vat'}:{known.value}", *match.span()
    for match in COURT.finditer(text) if "HR" in text else ():
        yield "company", f"hrb:{court_value(match)}", *match.span()


@lru_cache(1 << 12)  # the pages of a site repeat what stands before their numbers
def _likely(near: str) -> tuple[Scheme, ...]:
    """The kinds of numbers of which a word is near."""
    found = sorted(set[int]().union(*(schemes for word, schemes in _BY_WORD if word in near)))
    return tuple(SCHEMES[n] for n in found)


def _after(text: str, at: int, scheme: Scheme) -> tuple[Said, int, int] | None:
    """The number that follows its words: the longest piece that passes, else the whole as written."""
    gap = _GAP.match(text, at, at + _LONGEST_GAP)
    start = gap.end() if gap else at
    found = scheme.number.match(text, start)
    if found is None or (start == at and text[at : at + 1].isalnum() and text[at - 1 : at].isalpha()):
        return None
    end = found.end()
    failed: tuple[Said, int, int] | None = None
    # The pattern may have run into the next word or number: shorter pieces that end where a part ends are tried.
    while end > start + 5:
        whole = not text[end : end + 1].isalnum()
        said = scheme.read(compact(text[start:end])) if whole and scheme.number.fullmatch(text, start, end) else None
        if said is not None and said.valid:
            return said, start, end
        failed = failed or ((said, start, end) if said is not None else None)
        end -= 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
    return failed


class Company:
    """Finds numbers of companies: ``vat:NL…``, ``kvk:…``; and claims of numbers that fail: ``vat-invalid:NL…``."""

    name = "company"
    version = "2"
    types: tuple[str, ...] = ("company", "claim")
    examples: Sequence[Example] = (
        Example("BTW-nummer: NL 0044.95.445.B01.", (("company", "vat:NL004495445B01", "NL 0044.95.445.B01", False),)),
        Example("VAT NL004495446B01", (("claim", "vat-invalid:NL004495446B01", "NL004495446B01", False),)),
        Example("USt-IdNr.: DE 136 695 976", (("company", "vat:DE136695976", "DE 136 695 976", False),)),
        Example("P.IVA 00743110157 - REA", (("company", "vat:IT00743110157", "00743110157", False),)),
        Example("KvK 30124362, IBAN NL91ABNA0417164300", (("company", "kvk:30124362", "30124362", False),)),
        Example(
            "Amtsgericht Köln, HRB 12345", (("company", "hrb:köln/HRB12345", "Amtsgericht Köln, HRB 12345", False),)
        ),
        Example("SIRET 732 829 320 00074", (("company", "siren:732829320", "732 829 320 00074", False),)),
        Example("btw call me on 0612345678, order 20250304, price incl. VAT 1250", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        found = [self._of_field(batch, name) for name in _READ]
        return pa.concat_tables(found).unify_dictionaries()

    def _of_field(self, batch: TextBatch, name: str) -> pa.Table:
        at, texts = texts_with(batch.records.column(name), _SOME)
        rows: list[Row] = []
        for n, numbers in _with_words(texts).items():
            claims = islice(_claims(texts[n], numbers), _MOST)
            rows += [(at[n], kind, value, texts[n][start:end], start, end) for kind, value, start, end in claims]
        return mention_rows(batch, self.name, self.version, name, rows)


def texts_with(column: pa.Array, pattern: str) -> tuple[list[int], list[str]]:
    """The rows whose text has what a pattern (RE2) says, and those texts."""
    if column.null_count == len(column):  # the pattern would be compiled to look at nothing
        return [], []
    some = pc.fill_null(pc.match_substring_regex(column, pattern), False).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(some)
    return at.tolist(), column.take(pa.array(at)).to_pylist()


def mention_rows(batch: TextBatch, extractor: str, version: str, field: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of MENTIONS for what was found in one field, record by record."""
    if not rows:
        return MENTIONS.empty_table()
    k = len(rows)
    record, kind, value, raw, start, end = zip(*rows, strict=True)
    columns = {
        "rid": pa.array(batch.rid[np.array(record, np.int64)]),
        "type": pa.array(kind, pa.string()).dictionary_encode(),
        "value": pa.array(value, pa.string()),
        "raw": pa.array(raw, pa.string()),
        "field": pa.array([field] * k, pa.string()).dictionary_encode(),
        "start": pa.array(start, pa.int32()),
        "end": pa.array(end, pa.int32()),
        "obscured": pa.array(np.zeros(k, np.bool_)),
        "extractor": constant(extractor, k),
        "version": constant(version, k),
        "odds": pa.nulls(k, pa.float32()),
    }
    return pa.table(columns).cast(MENTIONS)


PLUGIN = Company()
