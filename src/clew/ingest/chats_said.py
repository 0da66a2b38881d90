"""What a message of a text export says: its text, a file, a mark that it was deleted, or a line of the app itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.chats_words import (
    ATTACHED,
    DELETED,
    EDITED,
    OMITTED,
    OMITTED_AFTER_MARK,
    PHOTO,
    STARTS_WITH_MARK,
    SYSTEM,
    trimmed,
)

_SHORT = 400  # bytes; longer texts are no placeholder


@dataclass(frozen=True)
class Said:
    """Columns, a row a message.

    Attributes:
        sender: as written, without marks; also before lines of the app where the export has one.
        whole: the text as written.
        body: what a person wrote: null for a deleted message and for a file without a caption.
        media: the name of an attached file, or what stands for one that was left out.
        photo, deleted, edited, system: bool.
        marked: bool, the text begins with U+200E, as what an iPhone's app writes does.
    """

    sender: pa.Array
    whole: pa.Array
    body: pa.Array
    media: pa.Array
    photo: pa.Array
    deleted: pa.Array
    edited: pa.Array
    system: pa.Array
    marked: pa.Array


def said(senders: pa.Array, bodies: pa.Array, group: str | None) -> Said:
    """Tell apart what messages are.

    Args:
        senders: null where no colon ends one.
        group: the name of a group, under which an iPhone's app writes what it has to say.
    """
    marked = pc.match_substring_regex(bodies, STARTS_WITH_MARK)
    whole = trimmed(bodies)
    if pc.any(pc.match_substring(whole, "\r"), min_count=0).as_py():
        whole = pc.replace_substring(whole, "\r\n", "\n")
    sender = _people(senders)
    edited = _fits(whole, EDITED)
    body = pc.if_else(edited, pc.replace_substring_regex(whole, EDITED, ""), whole) if _some(edited) else whole
    short = pc.less(pc.binary_length(body), _SHORT)
    deleted = pc.and_(short, _fits(body, DELETED))
    omitted = pc.and_(short, pc.or_(_fits(body, OMITTED), pc.and_(marked, _fits(body, OMITTED_AFTER_MARK))))
    nobody = pc.is_null(sender)
    told = _fits(body, SYSTEM) if group is None else pc.or_(pc.equal(sender, group), _fits(body, SYSTEM))
    system = pc.or_(nobody, pc.and_(short, pc.and_(marked, pc.fill_null(told, False))))
    body, media, photo = _attached(body, system)
    media = pc.if_else(pc.and_(omitted, pc.invert(system)), whole, media)
    deleted = pc.and_(deleted, pc.invert(system))
    gone = pc.or_(deleted, pc.and_(omitted, pc.invert(system)))
    body = pc.if_else(gone, None, body)
    return Said(sender, whole, body, media, photo, deleted, edited, system, marked)


def _some(which: pa.Array) -> bool:
    return bool(pc.any(which, min_count=0).as_py())


def _fits(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(texts, pattern)


def _people(senders: pa.Array) -> pa.Array:
    """Senders without marks and the tilde of people who are in no address book; null where a colon ended no name."""
    coded = senders.dictionary_encode()
    names = pc.utf8_trim(trimmed(coded.dictionary), "~ \u00a0\u202f\u200e\u202a\u202c")
    return pc.if_else(pc.equal(pc.binary_length(names), 0), None, names).take(coded.indices)


def _attached(body: pa.Array, system: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """(bodies, of which attached files are taken away; the names of those; which are photos)."""
    n = len(body)
    likely = pc.and_(_fits(body, ATTACHED), pc.invert(system)).to_numpy(zero_copy_only=False)
    names, photo = pa.nulls(n, pa.string()), pa.array(np.zeros(n, np.bool_))
    if not likely.any():
        return body, names, photo
    rows = np.flatnonzero(likely)
    found = pc.extract_regex(body.take(pa.array(rows)), ATTACHED)
    name = pc.binary_join_element_wise(pc.struct_field(found, "android"), pc.struct_field(found, "ios"), "")
    caption = trimmed(pc.struct_field(found, "caption"))
    caption = pc.if_else(pc.equal(pc.binary_length(caption), 0), None, caption)
    which = pa.array(likely)
    names = pc.replace_with_mask(names, which, name)
    return pc.replace_with_mask(body, which, caption), names, pc.fill_null(_fits(names, PHOTO), False)
