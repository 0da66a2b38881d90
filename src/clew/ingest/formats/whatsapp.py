"""A WhatsApp chat exported as text, from Android or an iPhone, in any language."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.ingest.base import Chunk, Example, Format, IsField, Source
from clew.ingest.chats_heads import BRACKET, BY_COLON, LINE, SENDER, SEPARATOR, find_heads
from clew.ingest.chats_whatsapp import chunks
from clew.ingest.chats_words import chat_name

_LOOKED_AT = 1 << 16  # bytes


def sniff(head: bytes, name: str) -> float:
    """Lines that start with a date, a time and mostly a sender, among the first of them."""
    heads = find_heads(head[:_LOOKED_AT])
    if not len(heads) or head.startswith((b"{", b"[{", b"<", b"PK")):
        return 0.0
    style = heads[0, [BRACKET, SEPARATOR]]
    alike = heads[(heads[:, [BRACKET, SEPARATOR]] == style).all(axis=1)]
    named = chat_name(name) is not None or name == "_chat.txt"
    early = alike[0, LINE] <= 20
    sent = np.count_nonzero(alike[:, SENDER] >= 0)
    if not early or (sent < 2 and not named):
        return 0.1 * named
    return 0.97 if named or (2 * sent >= len(alike) and style[0] != BY_COLON) else 0.6


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """The file is read twice: for the order of its dates and who writes, then for the messages."""
    name = chat_name(source.name) or chat_name(source.path.parent.name)
    yield from chunks(source.text_blocks, name)


def examples() -> tuple[Example, ...]:
    """Android with dates in the American order, an iPhone's, and one with a date that does not exist."""
    android = (
        "1/2/21, 3:04 PM - Messages and calls are end-to-end encrypted.\n1/2/21, 3:05\u202fPM - Ann: Hello\nthere\n"
        "1/14/21, 9:00 AM - Ben B: IMG-20210114-WA0001.jpg (file attached)\n1/14/21, 9:01 AM - Ann: <Media omitted>\n"
    )
    iphone = (
        "\u200e[01.02.21, 15:04:05] Ann: \u200eMessages and calls are end-to-end encrypted.\r\n"
        "[01.02.21, 15:04:06] ~\u202fBen: Hallo\r\n\u200e[01.02.21, 15:05:00] Ann: \u200eimage omitted\r\n"
    )
    damaged = "32/01/2021, 10:00 - Ann: one\n31/01/2021, 10:00 - Ann: two\n31/01/2021, 10:00 - Ben: three\n"
    return (
        Example("WhatsApp Chat with Ben B.txt", android.encode(), (None,) * 4),
        Example("_chat.txt", iphone.encode(), (None,) * 3),
        Example("WhatsApp Chat mit Ben.txt", ("torn\n" + damaged).encode(), (None,) * 2, rejected=2),
    )


PLUGIN = Format("WhatsApp", sniff, read, examples, platform="whatsapp", kind="message", certain_dates=True)
