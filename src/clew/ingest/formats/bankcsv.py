"""Statements of banks and payment services as tables (CSV, TSV), their columns found in some twenty languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path

import pyarrow as pa

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Source, rejected
from clew.ingest.formats import csv as tables
from clew.ingest.money_roles import HEAD, Layout, find_layout
from clew.ingest.money_statement import Statement
from clew.ingest.money_table import Table
from clew.ingest.streams import DamagedError


def sniff(head: bytes, name: str) -> float:
    """A table with a date, an amount and a column that only statements have, whose cells are dates and amounts."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"[", b"<", b"") or head.startswith(b"PAR1"):
        return 0.0
    layout = find_layout(head, name)
    return layout.score if layout is not None else 0.0


@dataclass
class _Below:
    """A source without the lines above its table."""

    source: Source
    layout: Layout
    blocks_: Iterator[bytes]
    name: str
    path: Path

    @property
    def on_bytes(self) -> Callable[[int], None]:
        return self.source.on_bytes

    def blocks(self) -> Iterator[bytes]:
        return self.source.blocks()

    def spooled(self) -> Path:
        return self.source.spooled()

    def text_blocks(self) -> Iterator[bytes]:
        first = next(self.blocks_, b"").removeprefix(b"\xef\xbb\xbf")[self.layout.start :]
        if self.layout.ragged:
            header, end, rest = first.partition(b"\n")
            returned = header.endswith(b"\r")
            header = header.removesuffix(b"\r") + _delimiter(header) + (b"\r" if returned else b"")
            first = header + end + rest
        return chain((first,), self.blocks_)


def _delimiter(header: bytes) -> bytes:
    return max((b";", b",", b"\t", b"|"), key=header.count)


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of rows, mapped as the file is cut: sums and balances need the rows in their order."""
    blocks = source.text_blocks()
    first = next(blocks, b"")
    layout = find_layout(first, source.name)
    if layout is None:
        # What the sniffer saw is no longer there: read it as any other table.
        yield from tables.read(_whole(source, chain((first,), blocks)), is_field)
        return
    table = _table(layout, first, source.name)
    below = _Below(source, layout, chain((first,), blocks), source.name, source.path)
    try:
        for chunk in tables.read(below, is_field):
            yield partial(iter, tuple(table.payments(_moved(batch, layout.lines)) for batch in chunk()))
    except DamagedError:
        yield from _end(table)
        raise
    yield from _end(table)


def _whole(source: Source, blocks: Iterator[bytes]) -> _Below:
    return _Below(source, Layout(0, 0, (), {}, 0.0), blocks, source.name, source.path)


def _table(layout: Layout, first: bytes, name: str) -> Table:
    """The table; an owner who is named nowhere has a name that no other file gives."""
    owner = layout.account or layout.owner
    if owner is None:
        owner = f"owner of {name} #{sha256(first[:HEAD]).hexdigest()[:8]}"
    statement = Statement(
        layout.lines + 1, account=owner, opening=layout.opening, closing=layout.closing, currency=layout.currency
    )
    return Table(layout, owner, statement)


def _moved(batch: Batch, lines: int) -> Batch:
    """Line numbers counted from the start of the file."""
    rejects = tuple(replace(reject, line=reject.line + lines) for reject in batch.rejects)
    return replace(batch, lines=pa.compute.add(batch.lines, lines), rejects=rejects)


def _end(table: Table) -> Iterator[Chunk]:
    found = table.statement.check()
    if found is not None:
        yield partial(iter, rejected(found))


def examples() -> tuple[Example, ...]:
    """A Dutch table with a mark; a German one below a head, debit and credit apart, whose balance skips a row."""
    dutch = (
        '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mededelingen"\n'
        '"20250701","A. Ander","NL91ABNA0417164300","DE89370400440532013000","GT","Bij","20,00","huur juli"\n'
        '"20250702","Winkel","NL91ABNA0417164300","","BA","Af","5,50","kaart"\n'
    )
    german = (
        "Umsatzanzeige\nKonto: DE89 3704 0044 0532 0130 00\n\n"
        "Buchungstag;Wert;Verwendungszweck;IBAN;Soll;Haben;Saldo;W\xe4hrung\n"
        "01.07.2025;01.07.2025;Miete;NL91ABNA0417164300;-400,00;;1.600,00;EUR\n"
        "02.07.2025;02.07.2025;Lohn;NL91ABNA0417164300;;1.000,00;2.600,00;EUR\n"
        "03.07.2025;03.07.2025;Laden;;5,00;5,00;2.600,00;EUR\n"
    )
    return (
        Example("NL91ABNA0417164300_2025.csv", dutch.encode(), (None,) * 2),
        Example("umsatz.txt", german.encode("cp1252"), (None,) * 2, rejected=1),
    )


PLUGIN = Format("bank table", sniff, read, examples, platform="bank", kind="payment")
