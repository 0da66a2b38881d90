"""WhatsApp chats as they are exported with their media, one or many in a ZIP file; only the texts are read, media are
not unpacked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from clew.ingest.base import Chunk, Example, Format, IsField, Reject, Source, rejected
from clew.ingest.chats_whatsapp import chunks
from clew.ingest.chats_words import chat_name
from clew.ingest.chats_zip import Entry, find_texts, unpacked
from clew.ingest.streams import DamagedError, noting

_TEXT = re.compile(rb"(?i)_chat\.txt|whatsapp[^\x00\n/]{0,200}\.txt")


def sniff(head: bytes, name: str) -> float:
    """A ZIP file in which a chat's text is named, or whose own name is that of a chat."""
    if not head.startswith(b"PK\x03\x04"):
        return 0.0
    return 0.96 if _TEXT.search(head) or (name.endswith(".zip") and chat_name(name)) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """The texts of the chats, each read twice as a text file is; what is wrong with one costs the others nothing."""
    path = source.spooled()
    entries = find_texts(path, _is_chat)
    if not entries:
        yield partial(rejected, Reject(0, "no chat in the ZIP file"))
    for entry in entries:
        for chunk in noting(chunks(partial(unpacked, path, entry), _name(entry, source.name))):
            if isinstance(chunk, DamagedError):
                yield partial(rejected, Reject(chunk.line, str(chunk)))
            else:
                yield chunk


def _name(entry: Entry, file: str) -> str | None:
    """The name of a chat is that of its text, or of the folder of the text; at the top of the ZIP file that of this."""
    text = PurePosixPath(entry.name)
    return chat_name(text.name) or chat_name(text.parent.name or file)


def _is_chat(name: str) -> bool:
    """Whether this is a text that WhatsApp writes; not what a Mac puts beside it, whose name begins with a dot."""
    text = PurePosixPath(name).name
    named = text.lower().endswith(".txt") and not text.startswith(".") and chat_name(text) is not None
    return named or text == "_chat.txt"


def examples() -> tuple[Example, ...]:
    """A chat with a picture, and the same file cut off."""
    chat = "".join(f"[01.02.21, 15:{n:02}:06] {'Ann' if n % 2 else 'Ben'}: message {n}\r\n" for n in range(40))
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as out:
        out.writestr("_chat.txt", chat)
        out.writestr("00000003-PHOTO-2021-02-01-15-05-00.jpg", b"\xff\xd8")
    whole = room.getvalue()
    return (
        Example("WhatsApp Chat - Ben.zip", whole, (None,) * 40),
        Example("WhatsApp Chat - Cut.zip", whole[:900], (None,) * 22, rejected=1),
    )


PLUGIN = Format("WhatsApp ZIP", sniff, read, examples, platform="whatsapp", kind="message", certain_dates=True)
