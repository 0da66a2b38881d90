"""Ids that betray one operator behind many sites: live chat, analytics, advertising, favicons, templates of sites.

A page's record has them in ``contact``, one a line (``tawk:5d2f…``), as the reader of pages found them in its code.
Offers and adverts have them where somebody pasted HTML. Ids of manuals are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

from clew.extract.base import Example, TextBatch
from clew.extract.company import Row, mention_rows, texts_with
from clew.ingest.pages_codes import CODE_WORDS, KINDS, find_codes, is_example

# Whose ids are the same in capitals and small letters.
_ANY_CASE = frozenset(
    ("tawk", "tidio", "crisp", "zendesk", "elfsight", "freshchat", "favicon", "dom", "cert", "smartsupp")
)
_LINE = re.compile(rf"^({'|'.join(KINDS)}):(\S{{3,200}})$", re.MULTILINE)
_LINE_RE2 = rf"(?m)^(?:{'|'.join(KINDS)}):\S{{3,200}}$"
_PASTED = r"(?i)<script|<iframe|&lt;script|" + "|".join(map(re.escape, CODE_WORDS))
_MOST = 200  # of one field

Reader = Callable[[str], Iterator[tuple[str, int, int]]]


def canonical(kind: str, written: str) -> str:
    """``kind:ID``; "" for an id of manuals and templates."""
    value = f"{kind}:{written.lower() if kind in _ANY_CASE else written}"
    return "" if is_example(value) else value


def _lines(text: str) -> Iterator[tuple[str, int, int]]:
    for found in _LINE.finditer(text):
        yield canonical(found[1], found[2]), *found.span()


def _pasted(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, written, start, end in find_codes(text):
        yield canonical(kind, written), start, end


class Widget:
    """Finds ``tawk:5d2f…``, ``gtm:GTM-…``, ``ga:UA-…``, ``favicon:…``."""

    name = "widget"
    version = "1"
    types: tuple[str, ...] = ("widget",)
    examples: Sequence[Example] = (
        Example(
            "<script src='https://embed.tawk.to/5d2f8a9c0b1e4a3d7c6f9e8b/default'>",
            (("widget", "tawk:5d2f8a9c0b1e4a3d7c6f9e8b", "embed.tawk.to/5d2f8a9c0b1e4a3d7c6f9e8b", False),),
        ),
        Example(
            "<script>gtag('config', 'G-9KD3LX7Q2P'); fbq('init', '481523421607080')</script>",
            (
                ("widget", "ga:G-9KD3LX7Q2P", "'G-9KD3LX7Q2P'", False),
                ("widget", "fb:481523421607080", "fbq('init', '481523421607080", False),
            ),
        ),
        Example("<script>ga('create', 'UA-12345678-1')</script> GTM-XXXX", ()),
        Example("tawk:5d2f8a9c0b1e4a3d7c6f9e8b", ()),  # a line of a contact column only
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        tables = [self._of_field(batch, "contact", _LINE_RE2, _lines), self._of_field(batch, "body", _PASTED, _pasted)]
        return pa.concat_tables(tables).unify_dictionaries()

    def _of_field(self, batch: TextBatch, name: str, some: str, read: Reader) -> pa.Table:
        rows: list[Row] = []
        for record, text in zip(*texts_with(batch.records.column(name), some), strict=True):
            kept = 0
            for value, start, end in read(text):
                if value and kept < _MOST:
                    kept += 1
                    rows.append((record, "widget", value, text[start:end], start, end))
        return mention_rows(batch, self.name, self.version, name, rows)


PLUGIN = Widget()
