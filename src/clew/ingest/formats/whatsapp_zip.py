"""A WhatsApp chat as it is exported with its media, in a ZIP file; only the text is read, media are not unpacked."""

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
from clew.ingest.chats_zip import find_text, unpacked

_TEXT = re.compile(rb"(?i)_chat\.txt|whatsapp[^\x00\n/]{0,200}\.txt")


def sniff(head: bytes, name: str) -> float:
    """A ZIP file in which a chat's text is named, or whose own name is that of a chat."""
    if not head.startswith(b"PK\x03\x04"):
        return 0.0
    return 0.96 if _TEXT.search(head) or (name.endswith(".zip") and chat_name(name)) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """The chat's text, read twice as a text file is; the name of the chat is that of the text or of the ZIP file."""
    path = source.spooled()
    entry = find_text(path, _is_chat)
    if entry is None:
        yield partial(rejected, Reject(0, "no chat in the ZIP file"))
        return
    name = chat_name(PurePosixPath(entry.name).name) or chat_name(source.name)
    yield from chunks(partial(unpacked, path, entry), name)


def _is_chat(name: str) -> bool:
    """Whether this is the text that WhatsApp writes, at the top of the ZIP file."""
    return name == "_chat.txt" or ("/" not in name and name.lower().endswith(".txt") and chat_name(name) is not None)


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
