"""Elements of XML as flat dictionaries: the text of each leaf under its path of tags, attributes as ``path@name``.

The entries of a statement are alike: their tags are the same, only their texts differ. So the parser of the standard
library sees each frame of tags once, and where the texts of that frame belong is remembered. An entry that holds
references, comments, CDATA or odd bytes is parsed by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from xml.etree import ElementTree

from clew.ingest.base import NUL_BYTE, Reject, clip
from clew.ingest.money_xml import Piece
from clew.ingest.streams import mend

MAX_TAGS = 2_000_000  # in one element: what a parser of 64 MiB of nothing but tags would need memory for
MAX_DEPTH = 40  # what stands deeper is not read
_FRAMES, _FRAME_SIZE = 1_024, 1 << 16  # frames remembered, and how long one may be

_PREFIXES = re.compile(rb"(</?)[\w.-]+:(?=[\w.-])")
_ATTRIBUTES = re.compile(rb"""\s(?:xmlns(?::[\w.-]+)?|[\w.-]+:[\w.-]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ODD = (b"&", b"<!", b"<?", b"]]>", b"xmlns")
_CONTROLS = bytes(n for n in range(32) if n not in (9, 10, 13))
_TEXT = re.compile(r">\s*([^<\s][^<]*)<")

Leaves = dict[str, str]


@dataclass(frozen=True)
class Flat:
    """The leaves of an element, and those of the parts that were asked for, each as an element of its own."""

    own: Leaves
    parts: list[Leaves]


@dataclass(frozen=True)
class _Slots:
    """Where the texts of a frame belong: keys and the ordinals of their texts; ``fixed`` are the attributes."""

    fixed: Leaves
    keys: tuple[str, ...]
    pick: Any

    def filled(self, texts: Sequence[str]) -> Leaves:
        """The leaves for some texts."""
        found = self.fixed.copy()
        found.update(zip(self.keys, self.pick(texts), strict=True))
        return found


class Flattener:
    """Parses pieces; ``parts`` are the tags of elements that stand for themselves (the transactions of an entry)."""

    def __init__(self, *parts: str) -> None:
        self._parts = frozenset(parts)
        self._frames: dict[str, tuple[_Slots, list[_Slots]] | None] = {}

    def flat(self, piece: Piece) -> Flat | Reject:
        """The leaves of a piece, or why it cannot be read."""
        text = piece.text
        if piece.prefix:
            text = text.replace(b"<" + piece.prefix, b"<").replace(b"</" + piece.prefix, b"</")
        if len(text) <= _FRAME_SIZE and not _odd(text):
            try:
                split = _TEXT.split(text.decode("utf-8"))
            except UnicodeDecodeError:
                return self._alone(piece, text)
            frame, texts = "\x00".join(split[::2]), list(map(str.strip, split[1::2]))
            if frame not in self._frames:
                if len(self._frames) >= _FRAMES:
                    self._frames.clear()
                self._frames[frame] = self._learn(split[::2])
            if (known := self._frames[frame]) is not None:
                return Flat(known[0].filled(texts), [part.filled(texts) for part in known[1]])
        return self._alone(piece, text)

    def _learn(self, frame: Sequence[str]) -> tuple[_Slots, list[_Slots]] | None:
        """Where texts belong, by a parse of the frame with their ordinals in their place; None where it is no XML."""
        numbered = frame[0] + "".join(f">{n}<{rest}" for n, rest in enumerate(frame[1:]))
        try:
            flat = flattened(ElementTree.fromstring(numbered), self._parts)
        except ElementTree.ParseError:
            return None
        return _slots(flat.own), [_slots(part) for part in flat.parts]

    def _alone(self, piece: Piece, text: bytes) -> Flat | Reject:
        if b"\x00" in text:
            return Reject(piece.line, NUL_BYTE, clip(piece.text[:8_000]))
        if text.count(b"<") > MAX_TAGS:
            return Reject(piece.line, f"more than {MAX_TAGS:,} tags in one entry", clip(piece.text[:8_000]))
        # Prefixes whose namespaces are told elsewhere would be errors.
        cleared = _PREFIXES.sub(rb"\1", _ATTRIBUTES.sub(b"", text))
        try:
            return flattened(ElementTree.fromstring(mend(cleared)), self._parts)
        except ElementTree.ParseError as error:
            return Reject(piece.line, f"bad XML: {error}"[:300], clip(piece.text[:8_000]))


def _odd(text: bytes) -> bool:
    """Whether a text holds what a cut at its tags would read wrongly."""
    return any(mark in text for mark in _ODD) or len(text.translate(None, _CONTROLS)) != len(text)


def _slots(leaves: Leaves) -> _Slots:
    fixed = {key: value for key, value in leaves.items() if "@" in key}
    own = [(key, int(value)) for key, value in leaves.items() if "@" not in key]
    ordinals = [ordinal for _, ordinal in own]
    # One ordinal alone would give a text, not a tuple of texts.
    pick = (
        itemgetter(*ordinals)
        if len(ordinals) > 1
        else itemgetter(slice(ordinals[0], ordinals[0] + 1) if own else slice(0))
    )
    return _Slots(fixed, tuple(key for key, _ in own), pick)


def flattened(root: ElementTree.Element, parts: frozenset[str]) -> Flat:
    """The leaves of an element; of a path that comes again the second is ``path#2``."""
    own: Leaves = {}
    found = list[Leaves]()
    seen: dict[tuple[int, str], int] = {}
    stack = [("", 0, root, own)]
    while stack:
        path, depth, node, leaves = stack.pop()
        if node.tag in parts and node is not root:
            path, leaves = "", {}
            found.append(leaves)
        text = node.text.strip() if node.text else ""
        if text or node.attrib:
            nth = seen[id(leaves), path] = seen.get((id(leaves), path), 0) + 1
            key = path if nth == 1 else f"{path}#{nth}"
            if text:
                leaves[key] = text
            for name, value in node.attrib.items():
                leaves[f"{key}@{name}"] = value
        if depth < MAX_DEPTH:
            stack += [
                (f"{path}/{child.tag}" if path else child.tag, depth + 1, child, leaves) for child in reversed(node)
            ]
    return Flat(own, found)


def values(leaves: Leaves, path: str) -> Iterator[str]:
    """The texts of all elements with one path, in order."""
    nth, key = 1, path
    while (text := leaves.get(key)) is not None:
        yield text
        nth += 1
        key = f"{path}#{nth}"
